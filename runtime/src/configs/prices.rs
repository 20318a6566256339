//! What currencies are worth: the feeders, the oracle that takes their median, and the index that watches over it.

use crate::{
	configs::{
		money::{asset_ids, AssetKind},
		parameters::dynamic_params::prices,
	},
	*,
};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::cmp::Reverse;
use frame_support::{
	parameter_types,
	traits::{ChangeMembers, Get, Time},
	weights::Weight,
	PalletId,
};
use frame_system::EnsureRoot;
use gpu_chain_primitives::usd::{self, PicoUsd};
use pallet_oracle::{CombineData, OnNewData, TimestampedValue};
use pallet_price_index::WeightInfo as _;
use scale_info::TypeInfo;
use sp_runtime::traits::Convert;

/// The currencies that have a price. Feeders name no others, so what they store is bounded.
#[derive(
	Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum Currency {
	/// The native token.
	#[codec(index = 0)]
	Native,
	/// Ether, bridged.
	#[codec(index = 1)]
	WrappedEth,
	/// USD Coin, bridged.
	#[codec(index = 2)]
	Usdc,
}

impl Currency {
	/// All of them, in order.
	pub const ALL: [Self; 3] = [Self::Native, Self::WrappedEth, Self::Usdc];

	/// The currency of an asset, if it has a price.
	pub fn of(asset: &AssetKind) -> Option<Self> {
		Self::ALL.into_iter().find(|currency| currency.asset() == *asset)
	}

	/// How the rest of the chain names it.
	pub const fn asset(self) -> AssetKind {
		match self {
			Self::Native => AssetKind::Native,
			Self::WrappedEth => AssetKind::WithId(asset_ids::WRAPPED_ETH),
			Self::Usdc => AssetKind::WithId(asset_ids::USDC),
		}
	}

	/// How many decimals a whole unit has.
	pub const fn decimals(self) -> u32 {
		match self {
			Self::Native | Self::WrappedEth => 18,
			Self::Usdc => 6,
		}
	}
}

/// The decimals of the currencies that have a price.
pub struct Decimals;
impl Convert<AssetKind, Option<u32>> for Decimals {
	fn convert(asset: AssetKind) -> Option<u32> {
		Currency::of(&asset).map(Currency::decimals)
	}
}

/// Fewer feeders make no median, whatever the parameter says: one liar of three does not move it beyond the honest ones.
const LEAST_FEEDERS: u32 = 3;

parameter_types! {
	pub const OraclePalletId: PalletId = PalletId(*b"gpu/orcl");
	pub const MaxFeeders: u32 = 15;
	/// The root origin feeds as one feeder more.
	pub const MaxFeedsPerBlock: u32 = MaxFeeders::get() + 1;
	pub const MaxFeedValues: u32 = Currency::ALL.len() as u32;
}

/// A feeder's price, or the median, with its moment.
type StampedPrice = TimestampedValue<PicoUsd, u64>;

/// The median of those feeders' prices that are fresh, as old as so many of them as it takes: it goes stale in the moment in
/// which fewer are fresh.
pub struct FreshMedian;
impl CombineData<Currency, StampedPrice> for FreshMedian {
	fn combine_data(_: &Currency, mut given: Vec<StampedPrice>, before: Option<StampedPrice>) -> Option<StampedPrice> {
		let minimum = prices::MinimumFeeders::get().max(LEAST_FEEDERS);
		let (now, max_age) = (Timestamp::now(), prices::MaxPriceAge::get());
		given.retain(|price| now.saturating_sub(price.timestamp) <= max_age);
		let mut values: Vec<PicoUsd> = given.iter().map(|price| price.value).collect();
		let Some(value) = usd::median(&mut values, minimum) else { return before };
		given.sort_unstable_by_key(|price| Reverse(price.timestamp));
		let timestamp = given.get(minimum.saturating_sub(1) as usize)?.timestamp;
		Some(TimestampedValue { value, timestamp })
	}
}

/// Tells the index of each median.
pub struct NotePrice;
impl NotePrice {
	fn note(currency: &Currency) {
		let combined = pallet_oracle::Values::<Runtime>::get(currency).map(|price| (price.value, price.timestamp));
		PriceIndex::note(&currency.asset(), combined);
	}
}
impl OnNewData<AccountId, Currency, PicoUsd> for NotePrice {
	fn on_new_data(_: &AccountId, currency: &Currency, _: &PicoUsd) {
		Self::note(currency);
	}
}

/// Forgets what feeders who are removed have given, and takes the medians anew of what is left. The oracle itself would go
/// on with the old ones until somebody feeds.
pub struct ForgetFeeders;
impl ChangeMembers<AccountId> for ForgetFeeders {
	fn change_members_sorted(incoming: &[AccountId], outgoing: &[AccountId], new: &[AccountId]) {
		<Oracle as ChangeMembers<AccountId>>::change_members_sorted(incoming, outgoing, new);
		if outgoing.is_empty() {
			return;
		}
		for currency in Currency::ALL {
			let left = Oracle::read_raw_values(&currency);
			match FreshMedian::combine_data(&currency, left, None) {
				Some(median) => pallet_oracle::Values::<Runtime>::insert(currency, median),
				None => pallet_oracle::Values::<Runtime>::remove(currency),
			}
			NotePrice::note(&currency);
		}
	}
	fn set_prime(_: Option<AccountId>) {
		// All feeders count the same.
	}
}

/// What combining and noting so many prices costs beyond what the oracle's own weights were measured with: there, nobody
/// had given a price, and nobody was told.
fn combining(prices: u32) -> Weight {
	let db = <Runtime as frame_system::Config>::DbWeight::get();
	// The members, each one's price, clock and parameters; the median.
	let reads = u64::from(MaxFeedsPerBlock::get()) + 4;
	let one = db.reads_writes(reads, 1).saturating_add(weights::pallet_price_index::WeightInfo::<Runtime>::note());
	one.saturating_mul(prices.into())
}

/// The oracle's weights, with what happens here.
pub struct OracleWeights;
impl pallet_oracle::WeightInfo for OracleWeights {
	fn feed_values(values: u32) -> Weight {
		pallet_oracle::weights::SubstrateWeight::<Runtime>::feed_values(values).saturating_add(combining(values))
	}
	fn on_finalize() -> Weight {
		pallet_oracle::weights::SubstrateWeight::<Runtime>::on_finalize()
	}
}

/// The membership's weights, with what happens here.
pub struct FeederWeights;
impl FeederWeights {
	/// Prices of so many feeders are forgotten, and all medians taken anew.
	fn forgetting(feeders: u32) -> Weight {
		let db = <Runtime as frame_system::Config>::DbWeight::get();
		let currencies = Currency::ALL.len() as u64;
		db.reads_writes(currencies, currencies)
			.saturating_mul(feeders.into())
			.saturating_add(combining(Currency::ALL.len() as u32))
	}
}
type Membership = pallet_membership::weights::SubstrateWeight<Runtime>;
impl pallet_membership::WeightInfo for FeederWeights {
	fn add_member(members: u32) -> Weight {
		Membership::add_member(members)
	}
	fn remove_member(members: u32) -> Weight {
		Membership::remove_member(members).saturating_add(Self::forgetting(1))
	}
	fn swap_member(members: u32) -> Weight {
		Membership::swap_member(members).saturating_add(Self::forgetting(1))
	}
	fn reset_members(members: u32) -> Weight {
		Membership::reset_members(members).saturating_add(Self::forgetting(MaxFeeders::get()))
	}
	fn change_key(members: u32) -> Weight {
		Membership::change_key(members).saturating_add(Self::forgetting(1))
	}
	fn set_prime(members: u32) -> Weight {
		Membership::set_prime(members)
	}
	fn clear_prime() -> Weight {
		Membership::clear_prime()
	}
}

impl pallet_oracle::Config for Runtime {
	type OnNewData = NotePrice;
	type CombineData = FreshMedian;
	type Time = Timestamp;
	type OracleKey = Currency;
	type OracleValue = PicoUsd;
	type PalletId = OraclePalletId;
	type Members = OracleMembership;
	type WeightInfo = OracleWeights;
	type MaxHasDispatchedSize = MaxFeedsPerBlock;
	type MaxFeedValues = MaxFeedValues;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = benchmarks::Helper;
}

impl pallet_membership::Config<pallet_membership::Instance1> for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type AddOrigin = EnsureRoot<AccountId>;
	type RemoveOrigin = EnsureRoot<AccountId>;
	type SwapOrigin = EnsureRoot<AccountId>;
	type ResetOrigin = EnsureRoot<AccountId>;
	type PrimeOrigin = EnsureRoot<AccountId>;
	type MembershipInitialized = ();
	type MembershipChanged = ForgetFeeders;
	type MaxMembers = MaxFeeders;
	type WeightInfo = FeederWeights;
}

impl pallet_price_index::Config for Runtime {
	type AssetKind = AssetKind;
	type Clock = Timestamp;
	type Decimals = Decimals;
	type MaxAge = prices::MaxPriceAge;
	type AverageWindow = prices::AverageWindow;
	type MaxDeviation = prices::MaxDeviation;
	type WeightInfo = weights::pallet_price_index::WeightInfo<Runtime>;
}
