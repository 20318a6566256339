//! A clock that tests move, two currencies with decimals, and one that nobody knows.

use crate as pallet_price_index;
use frame_support::{assert_ok, derive_impl, parameter_types, traits::Time};
use gpu_chain_primitives::usd::PicoUsd;
use sp_runtime::{traits::Convert, BuildStorage, Permill};

type Block = frame_system::mocking::MockBlock<Test>;

/// 18 decimals.
pub const TOKEN: u32 = 0;
/// 6 decimals.
pub const USDC: u32 = 2;
/// Nobody knows its decimals.
pub const UNKNOWN: u32 = 9;
pub const DOLLAR: PicoUsd = 1_000_000_000_000;
pub const UNIT: u128 = 1_000_000_000_000_000_000;
pub const MINUTE: u64 = 60_000;
/// When tests begin.
pub const START: u64 = 1_000_000_000;

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		PriceIndex: pallet_price_index,
	}
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
}

parameter_types! {
	pub static Now: u64 = START;
	pub static MaxAge: u64 = 30 * MINUTE;
	pub static AverageWindow: u64 = 60 * MINUTE;
	pub static MaxDeviation: Permill = Permill::from_percent(25);
}

pub struct Clock;
impl Time for Clock {
	type Moment = u64;
	fn now() -> u64 {
		Now::get()
	}
}

pub struct Decimals;
impl Convert<u32, Option<u32>> for Decimals {
	fn convert(asset: u32) -> Option<u32> {
		match asset {
			TOKEN => Some(18),
			USDC => Some(6),
			_ => None,
		}
	}
}

impl pallet_price_index::Config for Test {
	type AssetKind = u32;
	type Clock = Clock;
	type Decimals = Decimals;
	type MaxAge = MaxAge;
	type AverageWindow = AverageWindow;
	type MaxDeviation = MaxDeviation;
	type WeightInfo = ();
}

/// A chain that begins with these prices.
pub fn chain_with(prices: Vec<(u32, PicoUsd)>) -> sp_io::TestExternalities {
	// They live in the thread, which tests may share.
	Now::set(START);
	MaxAge::set(30 * MINUTE);
	AverageWindow::set(60 * MINUTE);
	MaxDeviation::set(Permill::from_percent(25));
	let genesis =
		RuntimeGenesisConfig { price_index: pallet_price_index::GenesisConfig { prices }, ..Default::default() };
	let mut ext: sp_io::TestExternalities = genesis.build_storage().unwrap().into();
	ext.execute_with(|| System::set_block_number(1));
	ext
}

pub fn new_test_ext() -> sp_io::TestExternalities {
	chain_with(vec![])
}

/// Runs a test, then checks the invariants.
pub fn build_and_execute(test: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		test();
		assert_ok!(PriceIndex::do_try_state());
	});
}

/// So much later.
pub fn wait(time: u64) {
	Now::set(Now::get() + time);
}

/// The feeders give a price now.
pub fn give(asset: u32, median: PicoUsd) {
	PriceIndex::note(&asset, Some((median, Now::get())));
}

pub fn events() -> Vec<pallet_price_index::Event<Test>> {
	System::events()
		.into_iter()
		.filter_map(|record| match record.event {
			RuntimeEvent::PriceIndex(event) => Some(event),
			_ => None,
		})
		.collect()
}
