use crate::{mock::*, *};
use frame_support::{assert_ok, BoundedVec};
use gpu_chain_primitives::{Reputation, TrackRecord, WorkOutcome};
use sp_runtime::DispatchError;

/// Runs `break_it` on a sound state and expects `do_try_state` to name `why`.
fn assert_broken(why: &'static str, break_it: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		register(NODE).unwrap();
		<ReputationPallet as Reputation>::record(&NODE, WorkOutcome::ChallengesFailed(10));
		assert_ok!(ReputationPallet::clear_flag(RuntimeOrigin::root(), NODE));
		assert_ok!(ReputationPallet::do_try_state());
		break_it();
		assert_eq!(ReputationPallet::do_try_state(), Err(DispatchError::Other(why)));
	});
}

fn entry(at: u64, score: u16) -> ScoreChange<u64> {
	ScoreChange { at, cause: ScoreCause::Adjusted(1), score }
}

fn put_history(entries: Vec<ScoreChange<u64>>) {
	History::<Test>::insert(NODE, BoundedVec::truncate_from(entries));
}

#[test]
fn a_score_above_full_is_found() {
	assert_broken("reputation 1: a score is above 10,000", || {
		Records::<Test>::insert(NODE, TrackRecord { score: 10_001, ..Default::default() });
	});
}

#[test]
fn a_history_or_review_without_a_record_is_found() {
	assert_broken("reputation 2: a history without a record", || Records::<Test>::remove(NODE));
	assert_broken("reputation 2: a review without a record", || {
		Records::<Test>::remove(NODE);
		History::<Test>::remove(NODE);
	});
}

#[test]
fn a_history_that_does_not_fit_the_record_is_found() {
	assert_broken("reputation 3: an empty history is stored", || put_history(vec![]));
	assert_broken("reputation 3: the newest score of a history is not the record's", || {
		put_history(vec![entry(1, 3_001)]);
	});
	let score = 3_000;
	assert_broken("reputation 3: a history is out of order", || {
		System::set_block_number(5);
		put_history(vec![entry(4, 1), entry(3, score)]);
	});
	assert_broken("reputation 3: a history is out of order", || put_history(vec![entry(2, score)]));
}

#[test]
fn a_review_that_counts_too_much_is_found() {
	for review in [
		Review { outcomes: 11, failures: 10 },
		Review { outcomes: 10, failures: 11 },
		Review { outcomes: 1, failures: 2 },
	] {
		assert_broken("reputation 4: a review counts more than the record", || Reviews::<Test>::insert(NODE, review));
	}
}
