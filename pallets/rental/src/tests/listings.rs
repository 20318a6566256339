use crate::{mock::*, Error, Event, HourlyRate, ListingTickets, Listings};
use frame_support::{assert_noop, assert_ok};
use gpu_chain_primitives::NodeStatus;
use sp_runtime::{DispatchError, DispatchResult};

fn list(who: AccountId, node: gpu_chain_primitives::NodeId, gpu: u16, rate: HourlyRate<Balance>) -> DispatchResult {
	Rental::list_gpu(origin(who), node, gpu, Asset::Native, rate, MINUTE, HOUR)
}

const SOME: HourlyRate<Balance> = HourlyRate::Amount(RATE);

#[test]
fn an_accelerator_is_listed_on_new_terms_and_unlisted_for_one_deposit() {
	build_and_execute(|| {
		let free = Balances::free_balance(PROVIDER);
		assert_ok!(list(PROVIDER, NODE, 3, SOME));
		let after = Balances::free_balance(PROVIDER);
		assert!(after < free);
		assert_ok!(list(PROVIDER, NODE, 3, HourlyRate::Usd(2_000_000)));
		assert_eq!(Balances::free_balance(PROVIDER), after);
		assert_eq!(Listings::<Test>::get(NODE, 3).unwrap().rate, HourlyRate::Usd(2_000_000));

		assert_ok!(Rental::unlist_gpu(origin(PROVIDER), NODE, 3));
		assert_eq!(Balances::free_balance(PROVIDER), free);
		assert_eq!(Listings::<Test>::iter().count() + ListingTickets::<Test>::iter().count(), 0);
		System::assert_last_event(Event::GpuUnlisted { node: NODE, gpu: 3 }.into());
	});
}

#[test]
fn listing_should_fail_for_what_is_not_there_or_not_the_callers() {
	build_and_execute(|| {
		assert_noop!(list(PROVIDER, UNKNOWN_NODE, 0, SOME), Error::<Test>::NodeNotFound);
		assert_noop!(list(ANYBODY, NODE, 0, SOME), Error::<Test>::NotNodeOwner);
		assert_noop!(list(PROVIDER, NODE, 4, SOME), Error::<Test>::NoSuchGpu);
		assert_noop!(list(PROVIDER, NODE, u16::MAX, SOME), Error::<Test>::NoSuchGpu);
		for status in [NodeStatus::Pending, NodeStatus::Verified, NodeStatus::Inactive, NodeStatus::Slashed] {
			set_node(NODE, |node| node.status = status);
			assert_noop!(list(PROVIDER, NODE, 0, SOME), Error::<Test>::NodeNotActive);
		}
		assert_noop!(
			Rental::list_gpu(RuntimeOrigin::none(), NODE, 0, Asset::Native, SOME, 1, 1),
			DispatchError::BadOrigin
		);
	});
}

#[test]
fn listing_should_fail_for_senseless_terms() {
	build_and_execute(|| {
		assert_noop!(list(PROVIDER, NODE, 0, HourlyRate::Amount(0)), Error::<Test>::ZeroRate);
		assert_noop!(list(PROVIDER, NODE, 0, HourlyRate::Usd(0)), Error::<Test>::ZeroRate);
		let with = |least, most| Rental::list_gpu(origin(PROVIDER), NODE, 0, Asset::Native, SOME, least, most);
		assert_noop!(with(HOUR + 1, HOUR), Error::<Test>::BadDurations);
		assert_noop!(with(0, 0), Error::<Test>::BadDurations);
		assert_ok!(with(HOUR, HOUR));
	});
}

#[test]
fn unlisting_should_fail_for_what_is_not_listed_or_not_the_callers() {
	build_and_execute(|| {
		assert_noop!(Rental::unlist_gpu(origin(PROVIDER), NODE, 0), Error::<Test>::NotListed);
		assert_ok!(list(PROVIDER, NODE, 0, SOME));
		assert_noop!(Rental::unlist_gpu(origin(ANYBODY), NODE, 0), Error::<Test>::NotNodeOwner);
	});
}

#[test]
fn unlisting_leaves_bookings_alone() {
	build_and_execute(|| {
		let id = active();
		assert_ok!(Rental::unlist_gpu(origin(PROVIDER), NODE, 0));
		assert_noop!(try_book(RENTER, &[0], Some(BEGIN + 5 * HOUR), HOUR), Error::<Test>::NotListed);
		serve(id, HOUR);
		assert_eq!(rental(id).proven, HOUR);
	});
}
