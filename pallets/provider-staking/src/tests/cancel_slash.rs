use super::ledger;
use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;

#[test]
fn cancel_slash_leaves_the_stake_as_it_was() {
	build_and_execute(|| {
		let before = ledger();
		assert_ok!(slash(NODE, 10, Some((BUYER, 50))));
		assert_ok!(Staking::cancel_slash(RuntimeOrigin::root(), 0));
		assert_eq!(ledger(), before);
		assert_eq!(PendingSlashes::<Test>::count(), 0);
		System::assert_last_event(Event::SlashCancelled { slash: 0, node: NODE, amount: 200 }.into());
		run_to(10);
		assert_eq!(ledger(), before);
	});
}

#[test]
fn cancel_slash_leaves_other_slashes_pending() {
	build_and_execute(|| {
		assert_ok!(slash(NODE, 10, None));
		assert_ok!(slash(NODE, 10, None));
		assert_ok!(Staking::cancel_slash(RuntimeOrigin::root(), 0));
		assert_eq!(ledger().pending_slash, 180);
		run_to(6);
		assert_eq!(held(ALICE), 1_820);
	});
}

#[test]
fn cancel_slash_should_fail_when_the_origin_may_not() {
	build_and_execute(|| {
		assert_ok!(slash(NODE, 10, None));
		for origin in [RuntimeOrigin::signed(ALICE), RuntimeOrigin::none()] {
			assert_noop!(Staking::cancel_slash(origin, 0), DispatchError::BadOrigin);
		}
	});
}

#[test]
fn cancel_slash_should_fail_when_there_is_no_such_slash() {
	build_and_execute(|| {
		assert_noop!(Staking::cancel_slash(RuntimeOrigin::root(), 0), Error::<Test>::UnknownSlash);
		assert_ok!(slash(NODE, 10, None));
		assert_ok!(Staking::cancel_slash(RuntimeOrigin::root(), 0));
		assert_noop!(Staking::cancel_slash(RuntimeOrigin::root(), 0), Error::<Test>::UnknownSlash);
	});
}
