use crate::{self as pallet_slot_clock, *};
use frame_support::{assert_ok, derive_impl};
use sp_runtime::BuildStorage;

type Block = frame_system::mocking::MockBlock<Test>;

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		SlotClock: pallet_slot_clock,
	}
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
}

impl Config for Test {}

fn with_genesis(slot_duration_ms: u64, epoch_slots: u64) -> sp_io::TestExternalities {
	let slot_clock = GenesisConfig { slot_duration_ms, epoch_slots, ..Default::default() };
	RuntimeGenesisConfig { slot_clock, ..Default::default() }.build_storage().unwrap().into()
}

#[test]
fn lengths_follow_from_the_genesis_slot() {
	with_genesis(500, 120).execute_with(|| {
		assert_eq!(MinimumPeriod::<Test>::get(), 250);
		assert_eq!(BlockTime::<Test>::get(), 1_000);
		assert_eq!(EpochDuration::<Test>::get(), 120);
		assert_ok!(SlotClock::do_try_state());
	});
}

#[test]
#[should_panic(expected = "must be even and positive")]
fn genesis_should_fail_when_a_slot_is_odd() {
	with_genesis(501, 120);
}

#[test]
#[should_panic(expected = "must be even and positive")]
fn genesis_should_fail_when_a_slot_has_no_length() {
	with_genesis(0, 120);
}

#[test]
#[should_panic(expected = "must be even and positive")]
fn genesis_should_fail_when_an_epoch_is_odd() {
	with_genesis(500, 121);
}

#[test]
fn each_invariant_is_checked() {
	with_genesis(500, 120).execute_with(|| {
		SlotDuration::<Test>::put(501);
		assert_eq!(
			SlotClock::do_try_state(),
			Err(DispatchError::Other("slot clock 1: slot length must be even and positive"))
		);
		SlotDuration::<Test>::put(500);
		EpochSlots::<Test>::put(3);
		assert_eq!(
			SlotClock::do_try_state(),
			Err(DispatchError::Other("slot clock 2: epoch length must be even and positive"))
		);
	});
}
