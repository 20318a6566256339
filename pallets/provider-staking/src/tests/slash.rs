use super::ledger;
use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok, assert_storage_noop};
use gpu_chain_primitives::{Collateral, Misconduct, NodeStatus};
use sp_runtime::{DispatchError, Permill};

fn misuse(node: gpu_chain_primitives::NodeId) -> sp_runtime::DispatchResult {
	<Staking as Collateral<u64, u64>>::slash(&node, Permill::from_percent(50), Misconduct::Misuse, None)
}

#[test]
fn slash_queues_a_share_of_the_stake_and_takes_nothing_yet() {
	build_and_execute(|| {
		assert_ok!(slash(NODE, 5, Some((BUYER, 30))));
		assert_eq!((ledger().active, ledger().pending_slash, held(ALICE)), (2_000, 100, 2_000));
		assert_eq!(<Staking as Collateral<u64, u64>>::staked(&NODE), 1_900);
		assert_eq!(
			PendingSlashes::<Test>::get(0),
			Some(PendingSlash {
				node: NODE,
				amount: 100,
				misconduct: Misconduct::TaskTimeout,
				harmed: Some((BUYER, 30)),
				due: 6,
				appeal: Appeal::None,
			})
		);
		System::assert_last_event(
			Event::SlashQueued { slash: 0, node: NODE, amount: 100, misconduct: Misconduct::TaskTimeout, due: 6 }
				.into(),
		);
	});
}

#[test]
fn slash_takes_its_share_of_unbonding_stake_too_and_of_what_earlier_slashes_leave() {
	build_and_execute(|| {
		assert_ok!(Staking::request_withdrawal(RuntimeOrigin::signed(ALICE), NODE, 1_500));
		assert_ok!(slash(NODE, 50, None));
		assert_eq!(ledger().pending_slash, 1_000);
		assert_ok!(slash(NODE, 50, None));
		assert_eq!(ledger().pending_slash, 1_500);
		assert_eq!(<Staking as Collateral<u64, u64>>::staked(&NODE), 0, "what counts does not go below zero");
	});
}

#[test]
fn slash_of_all_leaves_nothing_for_a_further_one() {
	build_and_execute(|| {
		assert_ok!(slash(NODE, 100, None));
		assert_storage_noop!(slash(NODE, 100, None).unwrap());
	});
}

#[test]
fn slash_rounds_down() {
	build_and_execute(|| {
		add_node(STRANGER, BOB, NodeStatus::Inactive, 519);
		assert_ok!(slash(STRANGER, 5, None));
		assert_eq!(Staking::stake(&STRANGER).unwrap().pending_slash, 25);
	});
}

#[test]
fn slash_forgets_a_harmed_account_that_is_the_owner_or_is_owed_nothing() {
	build_and_execute(|| {
		assert_ok!(slash(NODE, 5, Some((ALICE, 30))));
		assert_ok!(slash(NODE, 5, Some((BUYER, 0))));
		assert_eq!(PendingSlashes::<Test>::get(0).unwrap().harmed, None);
		assert_eq!(PendingSlashes::<Test>::get(1).unwrap().harmed, None);
	});
}

#[test]
fn slash_does_nothing_to_an_unknown_node_or_for_no_share() {
	build_and_execute(|| {
		assert_storage_noop!(slash(STRANGER, 50, None).unwrap());
		assert_storage_noop!(slash(NODE, 0, None).unwrap());
		assert_storage_noop!(misuse(STRANGER).unwrap());
	});
}

#[test]
fn slash_for_misuse_bans_at_once() {
	build_and_execute(|| {
		assert_ok!(misuse(NODE));
		assert_eq!(Nodes::get(NODE), Some((ALICE, NodeStatus::Slashed)));
		assert_eq!(Staking::trust_level(&NODE), 0);
		assert_eq!(ledger().pending_slash, 1_000);
	});
}

#[test]
fn slash_for_misuse_bans_a_node_without_stake() {
	build_and_execute(|| {
		Nodes::insert(STRANGER, (BOB, NodeStatus::Inactive));
		assert_ok!(misuse(STRANGER));
		assert_eq!(Nodes::get(STRANGER), Some((BOB, NodeStatus::Slashed)));
	});
}

#[test]
fn slash_for_anything_else_does_not_ban() {
	build_and_execute(|| {
		for misconduct in [Misconduct::TaskTimeout, Misconduct::DisputeLost, Misconduct::NoShow, Misconduct::FalseProof]
		{
			assert_ok!(<Staking as Collateral<u64, u64>>::slash(&NODE, Permill::from_percent(1), misconduct, None));
		}
		assert_eq!(Nodes::get(NODE), Some((ALICE, NodeStatus::Inactive)));
	});
}

#[test]
fn slash_that_fails_changes_nothing() {
	build_and_execute(|| {
		BanFails::put(());
		// Outside of any call: the pallet's own storage layer undoes the ban's write.
		assert_noop!(misuse(NODE), DispatchError::Other("ban failed"));
		BanFails::kill();
		NextSlashId::<Test>::put(u64::MAX);
		assert_noop!(misuse(NODE), sp_runtime::ArithmeticError::Overflow);
		NextSlashId::<Test>::kill();
	});
}

#[test]
fn slash_without_a_delay_is_due_in_the_next_block() {
	build_and_execute(|| {
		SlashDelay::set(&0);
		assert_ok!(slash(NODE, 10, None));
		assert_eq!(PendingSlashes::<Test>::get(0).unwrap().due, 2);
		run_to(2);
		assert_eq!(free(TREASURY), FUNDS + 200);
	});
}
