use crate::{mock::*, DisputeStatus, Error, Event, OpenDisputes, Ruling};
use frame_support::{assert_noop, assert_ok, dispatch::Pays};
use gpu_chain_primitives::{Disputable, Misconduct, Settlement};
use sp_runtime::{DispatchError, Permill};

#[test]
fn concluding_is_anybodys_and_free() {
	build_and_execute(|| {
		let id = opened(NATIVE);
		voted(id, &[FOR_BUYER, FOR_BUYER, FOR_PROVIDER]);
		let done = Disputes::conclude(origin(NOBODY), id).unwrap();
		assert_eq!(done.pays_fee, Pays::No);
		let settlement = Settlement { provider: 0, fee: 0, refund: 980, arbitration: 20 };
		System::assert_has_event(
			Event::DisputeClosed {
				dispute: id,
				key: record(id).key,
				ruling: Ruling::ByArbitrators(FOR_BUYER),
				settlement,
				bond: 20,
				bond_to: BUYER,
			}
			.into(),
		);
		assert_eq!(Market::disputed(record(id).key), None);
		assert!(!OpenDisputes::<Test>::contains_key(id));
		assert_noop!(conclude(id), Error::<Test>::AlreadyClosed);
	});
}

#[test]
fn concluding_should_fail_while_votes_can_be_cast() {
	build_and_execute(|| {
		let id = opened(NATIVE);
		assert_noop!(conclude(id), Error::<Test>::VotingNotOver);
		to_voting(id);
		for n in 0..5 {
			assert_ok!(Disputes::vote(origin(ARBITRATOR + n), id, FOR_BUYER));
		}
		System::set_block_number(record(id).vote_by);
		assert_noop!(conclude(id), Error::<Test>::VotingNotOver);
		assert_noop!(conclude(id + 1), Error::<Test>::DisputeNotFound);
		assert_noop!(Disputes::conclude(RuntimeOrigin::none(), id), DispatchError::BadOrigin);
		pass(1);
		assert_ok!(conclude(id));
	});
}

#[test]
fn without_a_quorum_it_goes_to_the_council_and_then_back() {
	build_and_execute(|| {
		let id = opened(DOLLARS);
		voted(id, &[FOR_PROVIDER; 2]);
		let decide_by = System::block_number() + COUNCIL_WINDOW;
		assert_ok!(conclude(id));
		assert_eq!(record(id).status, DisputeStatus::Escalated { decide_by });
		System::assert_last_event(Event::DisputeEscalated { dispute: id, votes: 2, decide_by }.into());
		assert_eq!(bonded(&DOLLARS, BUYER), 20);
		System::set_block_number(decide_by);
		assert_noop!(conclude(id), Error::<Test>::CouncilMayDecide);
		pass(1);
		assert_ok!(conclude(id));
		assert_eq!(ruling(id), Ruling::Expired);
		// Those who voted have nothing: there was no quorum.
		assert_noop!(Disputes::claim_fee(origin(ARBITRATOR), id), Error::<Test>::NothingToClaim);
	});
}

#[test]
fn misuse_that_most_found_costs_more_and_bans() {
	build_and_execute(|| {
		let id = opened(NATIVE);
		assert_eq!(concluded(id, &[MISUSE, MISUSE, FOR_BUYER]), Ruling::ByArbitrators(MISUSE));
		assert_eq!(Slashes::get(), [(NODE, Permill::from_percent(50), Misconduct::Misuse, Some((BUYER, PRICE)))]);
	});
}

#[test]
fn a_payer_in_another_currency_is_compensated_at_the_price_of_the_day() {
	build_and_execute(|| {
		let id = dispute_deal(Deal { payer: SPONSOR, ..deal(DOLLARS, 2_000_000) });
		DollarPrice::set(&3_000);
		concluded(id, &[FOR_BUYER; 3]);
		assert_eq!(Slashes::get()[0].3, Some((SPONSOR, 6_000)));
		// Nobody knows what a coin is worth.
		let id = opened(COINS);
		concluded(id, &[FOR_BUYER; 3]);
		assert_eq!(Slashes::get()[1].3, None);
	});
}

#[test]
fn a_node_that_cannot_be_slashed_keeps_nobody_waiting() {
	build_and_execute(|| {
		let id = opened(NATIVE);
		SlashFails::set(&true);
		concluded(id, &[FOR_BUYER; 3]);
		System::assert_last_event(
			Event::SlashFailed { dispute: id, node: NODE, error: DispatchError::Unavailable }.into(),
		);
		assert_eq!(settlement(id).refund, 980);
	});
}

#[test]
fn a_market_that_refuses_changes_nothing() {
	build_and_execute(|| {
		let id = opened(NATIVE);
		voted(id, &[FOR_BUYER; 3]);
		let key = record(id).key;
		let deal = MarketDeals::take(key).unwrap();
		assert_noop!(frame_support::storage::with_storage_layer(|| conclude(id)), DispatchError::Other("not disputed"));
		MarketDeals::insert(key, deal);
		assert_ok!(conclude(id));
	});
}
