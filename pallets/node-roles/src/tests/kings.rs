use crate::{mock::*, *};
use frame_support::{
	assert_noop, assert_ok,
	traits::{Contains, EnsureOrigin, SortedMembers},
};
use sp_runtime::{BuildStorage, DispatchError};

#[test]
fn add_and_remove_king_should_keep_the_list_in_order_and_tell_the_council() {
	build_and_execute(|| {
		assert_eq!(Council::get(), KINGS, "the council knows the Kings of genesis");
		assert_ok!(Roles::add_king(root(), 5));
		System::assert_last_event(Event::KingAdded { who: 5 }.into());
		assert_eq!(Kings::<Test>::get().to_vec(), vec![5, 11, 12, 13]);
		assert_ok!(Roles::remove_king(root(), 12));
		System::assert_last_event(Event::KingRemoved { who: 12 }.into());
		assert_eq!(Kings::<Test>::get().to_vec(), vec![5, 11, 13]);
		assert_eq!(Council::get(), vec![5, 11, 13]);
	});
}

#[test]
fn add_king_should_fail() {
	build_and_execute(|| {
		for origin in [signed(KINGS[0]), signed(STRANGER)] {
			assert_noop!(Roles::add_king(origin, 5), DispatchError::BadOrigin);
		}
		assert_noop!(Roles::add_king(root(), KINGS[1]), Error::<Test>::AlreadyKing);
		assert_noop!(Roles::add_king(root(), QUEEN), Error::<Test>::IsQueen);
		for who in 100..100 + u64::from(MAX_KINGS) - 3 {
			assert_ok!(Roles::add_king(root(), who));
		}
		assert_noop!(Roles::add_king(root(), 5), Error::<Test>::TooManyKings);
	});
}

#[test]
fn remove_king_should_fail() {
	build_and_execute(|| {
		assert_noop!(Roles::remove_king(signed(KINGS[0]), KINGS[1]), DispatchError::BadOrigin);
		assert_noop!(Roles::remove_king(root(), STRANGER), Error::<Test>::NotKing);
	});
}

#[test]
fn a_seat_should_be_an_origin_and_a_membership() {
	build_and_execute(|| {
		assert_eq!(EnsureKing::<Test>::try_origin(signed(KINGS[0])).ok(), Some(KINGS[0]));
		for origin in [signed(QUEEN), signed(STRANGER), root(), RuntimeOrigin::none()] {
			assert!(EnsureKing::<Test>::try_origin(origin).is_err());
		}
		assert_eq!(<Roles as SortedMembers<u64>>::sorted_members(), KINGS);
		assert!(<Roles as SortedMembers<u64>>::contains(&KINGS[2]) && <Roles as Contains<u64>>::contains(&KINGS[2]));
		assert!(!<Roles as SortedMembers<u64>>::contains(&QUEEN) && !<Roles as Contains<u64>>::contains(&QUEEN));
	});
}

fn build(kings: Vec<u64>, queens: Vec<(u64, u128)>) {
	let balances =
		pallet_balances::GenesisConfig::<Test> { balances: vec![(QUEEN, FUNDS), (1, FUNDS)], ..Default::default() };
	let roles = GenesisConfig { kings, queens };
	let _ = RuntimeGenesisConfig { balances, roles, ..Default::default() }.build_storage().unwrap();
}

#[test]
#[should_panic(expected = "genesis: a King twice, or too many")]
fn genesis_should_refuse_a_king_twice() {
	build(vec![1, 1], vec![]);
}

#[test]
#[should_panic(expected = "genesis: a Queen without a bond")]
fn genesis_should_refuse_a_queen_without_a_bond() {
	build(vec![], vec![(QUEEN, 0)]);
}

#[test]
#[should_panic(expected = "genesis: a Queen without a bond")]
fn genesis_should_refuse_a_bond_that_nobody_can_pay() {
	build(vec![], vec![(STRANGER, 1)]);
}

#[test]
#[should_panic(expected = "genesis: a Queen without a bond")]
fn genesis_should_refuse_a_queen_who_is_a_king() {
	build(vec![1], vec![(1, 1)]);
}
