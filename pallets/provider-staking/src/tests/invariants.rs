use crate::{mock::*, *};
use frame_support::assert_ok;
use gpu_chain_primitives::NodeStatus;
use sp_runtime::DispatchError;

/// Runs `break_it` on a sound state with slash 0 pending, due at block 6, and expects `do_try_state` to name `why`.
fn assert_broken(why: &'static str, break_it: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		add_node(NODE, ALICE, NodeStatus::Inactive, 2_000);
		assert_ok!(Staking::request_withdrawal(RuntimeOrigin::signed(ALICE), NODE, 500));
		assert_ok!(slash(NODE, 10, Some((BUYER, 10))));
		assert_ok!(Staking::do_try_state());
		break_it();
		assert_eq!(Staking::do_try_state(), Err(DispatchError::Other(why)));
	});
}

fn change_ledger(change: impl FnOnce(&mut StakeLedgerOf<Test>)) {
	Stakes::<Test>::mutate(NODE, |ledger| change(ledger.as_mut().unwrap()));
}

fn change_slash(change: impl FnOnce(&mut PendingSlashOf<Test>)) {
	PendingSlashes::<Test>::mutate(0, |slash| change(slash.as_mut().unwrap()));
}

#[test]
fn ledgers_that_are_not_what_is_on_hold_are_found() {
	let why = "provider staking 1: an owner's ledgers are not what is on hold";
	assert_broken(why, || change_ledger(|ledger| ledger.active += 1));
	assert_broken(why, || change_ledger(|ledger| ledger.unbonding[0].amount -= 1));
}

#[test]
fn a_pending_slash_that_is_not_the_sum_is_found() {
	let why = "provider staking 2: a ledger's pending slash is not the sum, or above the stake";
	assert_broken(why, || change_ledger(|ledger| ledger.pending_slash += 1));
	assert_broken(why, || {
		change_ledger(|ledger| ledger.pending_slash = 2_001);
		change_slash(|slash| slash.amount = 2_001);
	});
	assert_broken("provider staking 2: a slash is pending on a node without stake", || Stakes::<Test>::remove(NODE));
}

#[test]
fn a_queue_or_list_that_does_not_match_is_found() {
	let missing = "provider staking 3: a pending slash is not queued or not listed";
	assert_broken(missing, || SlashQueue::<Test>::remove(6, 0));
	assert_broken(missing, || PendingByNode::<Test>::remove(NODE, 0));
	assert_broken(missing, || change_slash(|slash| slash.due = 7));
	let surplus = "provider staking 3: the queue, the list and the slashes do not match";
	assert_broken(surplus, || SlashQueue::<Test>::insert(9, 0, ()));
	assert_broken(surplus, || PendingByNode::<Test>::insert(STRANGER, 0, ()));
}

#[test]
fn a_cursor_past_a_slash_or_an_id_twice_is_found() {
	assert_broken("provider staking 4: a slash is due before the cursor", || QueueCursor::<Test>::put(7));
	assert_broken("provider staking 4: a pending slash has an id still to be given", || NextSlashId::<Test>::put(0));
}

#[test]
fn appeals_that_are_not_what_is_on_hold_are_found() {
	let why = "provider staking 6: an owner's open appeals are not what is on hold";
	assert_broken(why, || change_slash(|slash| slash.appeal = Appeal::Open { bond: 1 }));
	assert_broken(why, || {
		assert_ok!(Staking::appeal_slash(RuntimeOrigin::signed(ALICE), 0, Default::default()));
		assert_ok!(Staking::do_try_state());
		change_slash(|slash| slash.appeal = Appeal::Rejected);
	});
}

#[test]
fn emptiness_and_self_compensation_are_found() {
	let slash = "provider staking 5: a slash is zero or compensates its own node's owner";
	assert_broken(slash, || change_slash(|slash| slash.harmed = Some((ALICE, 1))));
	assert_broken(slash, || change_slash(|slash| slash.amount = 0));
	let ledger = "provider staking 5: a ledger or an unbonding chunk is empty";
	assert_broken(ledger, || Stakes::<Test>::insert(STRANGER, StakeLedger::new(BOB)));
	assert_broken(ledger, || {
		change_ledger(|ledger| {
			ledger.active += 500;
			ledger.unbonding[0].amount = 0;
		})
	});
}

#[test]
fn commitments_that_are_not_what_is_on_hold_are_found() {
	let change = |change: fn(&mut CommitmentOf<Test>)| {
		move || {
			assert_ok!(Staking::commit_sla(RuntimeOrigin::signed(ALICE), NODE, TERMS, 1_000));
			assert_ok!(Staking::do_try_state());
			Commitments::<Test>::mutate(NODE, |commitment| change(commitment.as_mut().unwrap()));
		}
	};
	let held = "provider staking 7: an owner's insurance bonds are not what is on hold";
	assert_broken(held, change(|commitment| commitment.bond += 1));
	assert_broken(held, change(|commitment| commitment.owner = BOB));
	let empty = "provider staking 7: a commitment without a bond or a penalty";
	assert_broken(empty, change(|commitment| commitment.bond = 0));
	assert_broken(empty, change(|commitment| commitment.terms.penalty = 0));
}
