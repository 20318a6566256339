use crate::{mock::*, Error, Event, UnclaimedFees};
use frame_support::{
	assert_noop, assert_ok,
	traits::{fungibles::Mutate, tokens::Preservation},
};
use sp_runtime::{DispatchError, TokenError};

fn claim(who: AccountId, id: u64) -> sp_runtime::DispatchResult {
	frame_support::storage::with_storage_layer(|| Disputes::claim_fee(origin(who), id))
}

/// Leaves the pot so much of a currency.
fn drain_pot(asset: &AssetKind, left: Balance) {
	let rest = free(asset, POT) - left;
	assert_ok!(Currencies::transfer(asset.clone(), &POT, &ANYBODY, rest, Preservation::Expendable));
}

#[test]
fn every_voter_has_its_part_and_the_first_what_is_left_over() {
	for asset in CURRENCIES {
		build_and_execute(|| {
			let id = opened(asset.clone());
			concluded(id, &[FOR_BUYER, FOR_PROVIDER, FOR_BUYER]);
			assert_eq!(UnclaimedFees::<Test>::get(&asset), 20);
			for (who, amount) in [(ARBITRATOR + 2, 6), (ARBITRATOR, 8), (ARBITRATOR + 1, 6)] {
				assert_eq!(Disputes::claimable_fee(id, &who), amount);
				let before = free(&asset, who);
				assert_ok!(claim(who, id));
				assert_eq!(free(&asset, who) - before, amount);
				System::assert_last_event(
					Event::FeeClaimed { dispute: id, arbitrator: who, asset: asset.clone(), amount }.into(),
				);
				assert_eq!(Disputes::claimable_fee(id, &who), 0);
				assert_noop!(claim(who, id), Error::<Test>::NothingToClaim);
				assert_ok!(Disputes::do_try_state());
			}
			assert_eq!((UnclaimedFees::<Test>::get(&asset), free(&asset, POT)), (0, ENDOWMENT));
		});
	}
}

#[test]
fn claiming_should_fail_for_others_and_too_early() {
	build_and_execute(|| {
		let id = opened(NATIVE);
		voted(id, &[FOR_BUYER; 3]);
		assert_noop!(claim(ARBITRATOR, id), Error::<Test>::NotClosed);
		assert_ok!(conclude(id));
		for who in [ARBITRATOR + 3, BUYER, ANYBODY] {
			assert_noop!(claim(who, id), Error::<Test>::NotVoter);
		}
		assert_noop!(claim(ARBITRATOR, id + 1), Error::<Test>::DisputeNotFound);
		assert_noop!(Disputes::claim_fee(RuntimeOrigin::none(), id), DispatchError::BadOrigin);
	});
}

#[test]
fn claiming_should_fail_when_the_part_is_nothing() {
	build_and_execute(|| {
		// Nothing for anybody, then one unit for the first.
		let id = dispute_deal(deal(NATIVE, 49));
		concluded(id, &[FOR_BUYER; 3]);
		assert_noop!(claim(ARBITRATOR, id), Error::<Test>::NothingToClaim);
		let id = dispute_deal(deal(NATIVE, 50));
		concluded(id, &[FOR_BUYER; 3]);
		assert_noop!(claim(ARBITRATOR + 1, id), Error::<Test>::NothingToClaim);
		assert_ok!(claim(ARBITRATOR, id));
	});
}

#[test]
fn claiming_should_fail_until_the_pot_has_the_money() {
	build_and_execute(|| {
		// Two are too few to make the pot an account, so they stay owed; other cases' money is not theirs.
		drain_pot(&COINS, 0);
		let owed = dispute_deal(deal(COINS, 100));
		concluded(owed, &[FOR_BUYER; 3]);
		assert_ok!(Disputes::do_try_state());
		assert_noop!(claim(ARBITRATOR, owed), Error::<Test>::FeesOwed);
		let paid = dispute_deal(deal(COINS, 10_000));
		concluded(paid, &[FOR_BUYER; 3]);
		assert_noop!(claim(ARBITRATOR, owed), Error::<Test>::FeesOwed);
		Market::claim_owed(record(owed).key);
		assert_ok!(claim(ARBITRATOR, owed));
	});
}

#[test]
fn the_pot_is_kept_alive_for_the_others() {
	build_and_execute(|| {
		drain_pot(&COINS, 0);
		let id = dispute_deal(deal(COINS, 10_000));
		concluded(id, &[FOR_BUYER; 3]);
		// 200 are there: 66 leave 134, and 66 more would leave less than an account takes, and lose it.
		assert_ok!(claim(ARBITRATOR + 1, id));
		assert!(claim(ARBITRATOR + 2, id).is_err());
		// Whoever makes the pot exist for good ends that.
		assert_ok!(Currencies::transfer(COINS, &ANYBODY, &POT, COIN_MINIMUM, Preservation::Preserve));
		assert_ok!(claim(ARBITRATOR + 2, id));
		assert_ok!(claim(ARBITRATOR, id));
		assert_eq!(free(&COINS, POT), COIN_MINIMUM);
	});
}

#[test]
fn the_last_claim_may_empty_the_pot() {
	build_and_execute(|| {
		drain_pot(&DOLLARS, 0);
		let id = opened(DOLLARS);
		concluded(id, &[FOR_BUYER; 3]);
		for n in 0..3 {
			assert_ok!(claim(ARBITRATOR + n, id));
		}
		assert_eq!(free(&DOLLARS, POT), 0);
	});
}

#[test]
fn claiming_should_fail_when_the_voter_cannot_receive_it() {
	build_and_execute(|| {
		let id = opened(COINS);
		to_voting(id);
		// An arbitrator without an account in that currency, and six are too few to make one.
		for who in [ARBITRATOR, ARBITRATOR + 1, ARBITRATOR + 7] {
			assert_ok!(Disputes::vote(origin(who), id, FOR_BUYER));
		}
		to_end_of_voting(id);
		assert_ok!(conclude(id));
		assert_noop!(claim(ARBITRATOR + 7, id), TokenError::BelowMinimum);
		assert_ok!(Currencies::transfer(COINS, &ANYBODY, &(ARBITRATOR + 7), COIN_MINIMUM, Preservation::Preserve));
		assert_ok!(claim(ARBITRATOR + 7, id));
	});
}
