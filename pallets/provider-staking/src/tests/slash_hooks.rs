use crate::mock::*;
use frame_support::assert_ok;
use SlashTold::*;

#[test]
fn whoever_shares_the_blame_is_told_of_a_slash_from_its_queueing_to_its_end() {
	build_and_execute(|| {
		assert_ok!(slash(NODE, 10, Some((BUYER, 150))));
		assert_ok!(slash(NODE, 10, None));
		assert_eq!(SlashLog::take(), vec![Queued(0, NODE), Queued(1, NODE)]);
		assert_ok!(Staking::cancel_slash(RuntimeOrigin::root(), 1));
		assert_eq!(SlashLog::take(), vec![Cancelled(1, NODE)]);
		run_to(6);
		// A tenth of 2,000, of which the buyer was owed 150.
		assert_eq!(SlashLog::take(), vec![Slashed(0, NODE, 200, Some((BUYER, 0)))]);
	});
}

#[test]
fn what_the_stake_did_not_compensate_is_told() {
	build_and_execute(|| {
		assert_ok!(slash(NODE, 10, Some((BUYER, 900))));
		run_to(6);
		assert_eq!(SlashLog::take(), vec![Queued(0, NODE), Slashed(0, NODE, 200, Some((BUYER, 700)))]);
		assert_eq!(free(BUYER), FUNDS + 200);
	});
}

#[test]
fn nobody_is_told_of_a_slash_of_nothing() {
	build_and_execute(|| {
		assert_ok!(slash(NODE, 0, None));
		assert_ok!(slash(STRANGER, 50, None));
		assert_eq!(SlashLog::get(), vec![]);
	});
}
