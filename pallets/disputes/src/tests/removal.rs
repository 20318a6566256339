use crate::{mock::*, Ballots, Disputes as Records, DisputesByDeal, Error, Event, EvidenceBySide, Tickets};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;

fn remove(who: AccountId, id: u64) -> sp_runtime::DispatchResult {
	frame_support::storage::with_storage_layer(|| Disputes::remove_dispute(origin(who), id))
}

#[test]
fn a_party_removes_it_when_everybody_has_claimed_and_all_deposits_go_back() {
	for party in [BUYER, PROVIDER] {
		build_and_execute(|| {
			let id = opened(NATIVE);
			for who in [BUYER, BUYER, PROVIDER] {
				assert_ok!(Disputes::submit_evidence(origin(who), id, uri("ipfs://x")));
			}
			concluded(id, &[FOR_BUYER; 3]);
			for n in 0..3 {
				assert_noop!(remove(party, id), Error::<Test>::RetentionNotOver);
				assert_ok!(Disputes::claim_fee(origin(ARBITRATOR + n), id));
			}
			assert_noop!(remove(ANYBODY, id), Error::<Test>::RetentionNotOver);
			assert!(deposited(BUYER) > 0 && deposited(PROVIDER) > 0);
			assert_ok!(remove(party, id));
			System::assert_last_event(Event::DisputeRemoved { dispute: id, unclaimed: 0 }.into());
			assert_eq!((deposited(BUYER), deposited(PROVIDER)), (0, 0));
			assert_eq!(
				(
					Records::<Test>::iter().count(),
					DisputesByDeal::<Test>::iter().count(),
					Tickets::<Test>::iter().count(),
					Ballots::<Test>::iter().count(),
					EvidenceBySide::<Test>::iter().count(),
				),
				(0, 0, 0, 0, 0)
			);
			assert_noop!(remove(party, id), Error::<Test>::DisputeNotFound);
		});
	}
}

#[test]
fn anybody_removes_it_after_the_retention_period_and_the_treasury_has_what_nobody_claimed() {
	build_and_execute(|| {
		let id = opened(DOLLARS);
		concluded(id, &[FOR_PROVIDER; 3]);
		assert_ok!(Disputes::claim_fee(origin(ARBITRATOR), id));
		pass(RETENTION - 1);
		for who in [ANYBODY, BUYER] {
			assert_noop!(remove(who, id), Error::<Test>::RetentionNotOver);
		}
		pass(1);
		let before = free(&DOLLARS, TREASURY);
		assert_ok!(remove(ANYBODY, id));
		System::assert_last_event(Event::DisputeRemoved { dispute: id, unclaimed: 12 }.into());
		assert_eq!(free(&DOLLARS, TREASURY) - before, 12);
	});
}

#[test]
fn removing_should_fail_when_it_is_not_closed() {
	build_and_execute(|| {
		let id = opened(NATIVE);
		assert_noop!(remove(BUYER, id), Error::<Test>::NotClosed);
		to_end_of_voting(id);
		assert_ok!(conclude(id));
		assert_noop!(remove(BUYER, id), Error::<Test>::NotClosed);
		pass(COUNCIL_WINDOW + 1);
		assert_ok!(conclude(id));
		assert_noop!(Disputes::remove_dispute(RuntimeOrigin::none(), id), DispatchError::BadOrigin);
		assert_ok!(remove(PROVIDER, id));
	});
}

#[test]
fn removing_should_fail_while_the_pot_waits_for_the_money() {
	build_and_execute(|| {
		use frame_support::traits::{fungibles::Mutate, tokens::Preservation};
		assert_ok!(Currencies::transfer(COINS, &POT, &ANYBODY, ENDOWMENT, Preservation::Expendable));
		let id = dispute_deal(deal(COINS, 100));
		concluded(id, &[FOR_BUYER; 3]);
		pass(RETENTION);
		assert_noop!(remove(ANYBODY, id), Error::<Test>::FeesOwed);
		assert_ok!(Currencies::transfer(COINS, &ANYBODY, &POT, COIN_MINIMUM, Preservation::Preserve));
		Market::claim_owed(record(id).key);
		assert_ok!(remove(ANYBODY, id));
	});
}
