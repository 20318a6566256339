use crate::{mock::*, *};
use frame_support::assert_ok;
use gpu_chain_primitives::{Reputation, WorkOutcome};

#[test]
fn the_history_keeps_the_newest_changes_in_order() {
	build_and_execute(|| {
		for block in 1..=u64::from(HISTORY) + 2 {
			System::set_block_number(block);
			<ReputationPallet as Reputation>::record(&NODE, WorkOutcome::TaskCompleted);
		}
		let history = ReputationPallet::history(&NODE);
		let expected: Vec<_> = (3..=6)
			.map(|at| ScoreChange {
				at,
				cause: ScoreCause::Outcome(WorkOutcome::TaskCompleted),
				score: 5_000 + 100 * at as u16,
			})
			.collect();
		assert_eq!(history, expected);
	});
}

#[test]
fn adjustments_and_outcomes_share_the_history() {
	build_and_execute(|| {
		<ReputationPallet as Reputation>::record(&NODE, WorkOutcome::ChallengesFailed(2));
		assert_ok!(ReputationPallet::adjust(&NODE, -600));
		assert_eq!(
			ReputationPallet::history(&NODE),
			[
				ScoreChange { at: 1, cause: ScoreCause::Outcome(WorkOutcome::ChallengesFailed(2)), score: 4_600 },
				ScoreChange { at: 1, cause: ScoreCause::Adjusted(-600), score: 4_000 },
			]
		);
	});
}

#[test]
fn integrity_test_accepts_the_mock() {
	use frame_support::traits::Hooks;
	<ReputationPallet as Hooks<u64>>::integrity_test();
}
