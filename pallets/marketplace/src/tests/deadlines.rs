use super::*;
use crate::{
	types::MAX_FAILED_NODES, FirstDeadlineBlock, StuckDeadlines, TaskStatus, WeightInfo, GUARANTEED_DEADLINES,
	GUARANTEED_SCANS,
};
use frame_support::{dispatch::Pays, storage::with_storage_layer, traits::Hooks, weights::Weight};
use gpu_chain_primitives::{Misconduct, NodeId, WorkOutcome};
use sp_runtime::{DispatchError, Permill};

const FIVE_PERCENT: Permill = Permill::from_percent(5);

#[test]
fn late_start_should_slash_the_node_and_reopen_the_task() {
	build_and_execute(|| {
		let id = assigned();
		run_to(6);
		assert_eq!(status(id), TaskStatus::Assigned);
		next_block();
		let task = task(id);
		assert_eq!((task.status, task.deadline), (TaskStatus::Open, None));
		assert_eq!((task.node, task.provider, task.started_at), (None, None, None));
		assert_eq!(task.failed_nodes.to_vec(), vec![NODE]);
		assert_eq!(Slashes::get(), vec![(NODE, FIVE_PERCENT, Misconduct::TaskTimeout, Some((BUYER, PRICE)))]);
		assert_eq!(Outcomes::get(), vec![(NODE, WorkOutcome::TaskFailed)]);
		assert_eq!(last_event(), Event::TaskTimedOut { task_id: id, node: NODE, reopened: true });
		assert_eq!(queued(), 0);
		// The buyer may have it back now.
		assert_ok!(Marketplace::cancel_task(origin(BUYER), id));
		assert_eq!(Balances::free_balance(BUYER), FUNDS - deposit(&task));
	});
}

#[test]
fn late_result_should_slash_the_node_and_reopen_the_task() {
	build_and_execute(|| {
		let id = in_progress();
		run_to(1 + HOUR + 3);
		assert_eq!(status(id), TaskStatus::InProgress);
		next_block();
		assert_eq!(status(id), TaskStatus::Open);
		assert_eq!(task(id).started_at, None);
		assert_eq!(Slashes::get().len(), 1);
		// Another node does it after all.
		assert_ok!(Marketplace::accept_task(origin(OTHER_PROVIDER), id, OTHER_NODE));
		assert_ok!(Marketplace::start_task(origin(OTHER_PROVIDER), id));
		assert_ok!(submit(OTHER_PROVIDER, id));
		assert_ok!(Marketplace::approve_result(origin(BUYER), id));
		assert_eq!(Balances::free_balance(OTHER_PROVIDER), FUNDS + PAYOUT);
	});
}

#[test]
fn buyer_should_not_be_compensated_from_a_stake_in_another_currency() {
	build_and_execute(|| {
		let id = create_for(BUYER, TOKEN);
		assert_ok!(Marketplace::accept_task(origin(PROVIDER), id, NODE));
		run_to(7);
		assert_eq!(Slashes::get(), vec![(NODE, FIVE_PERCENT, Misconduct::TaskTimeout, None)]);
	});
}

#[test]
fn nothing_should_be_slashed_when_the_share_is_zero() {
	build_and_execute(|| {
		TimeoutSlash::set(Permill::zero());
		let id = assigned();
		run_to(7);
		assert_eq!(status(id), TaskStatus::Open);
		assert_eq!(Slashes::get(), vec![]);
	});
}

#[test]
fn task_should_be_reopened_when_the_slash_fails() {
	build_and_execute(|| {
		SlashFails::set(true);
		let id = assigned();
		run_to(7);
		assert_eq!(status(id), TaskStatus::Open);
		assert!(events().contains(&Event::SlashFailed { task_id: id, node: NODE, error: DispatchError::Unavailable }));
	});
}

#[test]
fn task_should_be_cancelled_and_refunded_when_too_many_nodes_failed() {
	build_and_execute(|| {
		let id = assigned();
		run_to(7);
		assert_ok!(Marketplace::accept_task(origin(OTHER_PROVIDER), id, OTHER_NODE));
		run_to(13);
		let ended = task(id);
		assert_eq!((ended.status, ended.ended_at, ended.node), (TaskStatus::Cancelled, Some(13), None));
		assert_eq!(ended.failed_nodes.to_vec(), vec![NODE, OTHER_NODE]);
		assert_eq!(Balances::free_balance(BUYER), FUNDS - deposit(&ended));
		let happened = events();
		assert_eq!(
			happened[happened.len() - 2..],
			[
				Event::TaskTimedOut { task_id: id, node: OTHER_NODE, reopened: false },
				Event::TaskCancelled { task_id: id, refund: PRICE },
			]
		);
		assert_ok!(Marketplace::remove_task(origin(BUYER), id));
	});
}

#[test]
fn failures_should_count_at_least_to_one_and_at_most_to_their_room() {
	build_and_execute(|| {
		MaxFailures::set(0);
		let id = assigned();
		run_to(7);
		assert_eq!(status(id), TaskStatus::Cancelled);

		MaxFailures::set(u32::MAX);
		let id = create();
		for number in 0..MAX_FAILED_NODES {
			assert_eq!(status(id), TaskStatus::Open);
			let node = NodeId::from_low_u64_be(u64::from(number));
			set_node(node, |_| {});
			assert_ok!(Marketplace::accept_task(origin(PROVIDER), id, node));
			run_to(task(id).deadline.unwrap() + 1);
		}
		assert_eq!(status(id), TaskStatus::Cancelled);
	});
}

#[test]
fn result_should_be_approved_by_itself_when_nobody_reviews_it() {
	build_and_execute(|| {
		let id = completed();
		run_to(11);
		assert_eq!(status(id), TaskStatus::Completed);
		next_block();
		assert_eq!(status(id), TaskStatus::Verified);
		assert_eq!(Balances::free_balance(PROVIDER), FUNDS + PAYOUT);
		assert_eq!(Outcomes::get(), vec![(NODE, WorkOutcome::TaskCompleted)]);
		assert_eq!(
			last_event(),
			Event::TaskVerified { task_id: id, node: NODE, payout: PAYOUT, fee: FEE, automatic: true }
		);
	});
}

#[test]
fn deadline_should_leave_the_queue_when_the_task_moves_on() {
	build_and_execute(|| {
		let id = assigned();
		assert_ok!(Marketplace::start_task(origin(PROVIDER), id));
		run_to(20);
		assert_eq!(status(id), TaskStatus::InProgress);
		assert_eq!(Slashes::get(), vec![]);
	});
}

/// `count` assigned tasks with one and the same deadline, block 6.
fn many_assigned(count: u32) -> Vec<u64> {
	MaxOpenTasksPerBuyer::set(count);
	MaxOpenTasksPerNode::set(count);
	(0..count).map(|_| assigned()).collect()
}

fn still_assigned(ids: &[u64]) -> usize {
	ids.iter().filter(|id| status(**id) == TaskStatus::Assigned).count()
}

#[test]
fn full_blocks_should_still_work_off_a_guaranteed_number_of_deadlines() {
	build_and_execute(|| {
		IdleWeight::set(Weight::zero());
		let ids = many_assigned(10);
		run_to(6);
		assert_eq!(still_assigned(&ids), 10);
		next_block();
		assert_eq!(still_assigned(&ids), 10 - GUARANTEED_DEADLINES as usize);
		assert_eq!(first_deadline_block(), Some(6));
		next_block();
		assert_eq!(still_assigned(&ids), 10 - 2 * GUARANTEED_DEADLINES as usize);
		next_block();
		assert_eq!(still_assigned(&ids), 0);
		assert_eq!(first_deadline_block(), Some(9));
	});
}

#[test]
fn idle_blocks_should_work_off_as_many_deadlines_as_fit() {
	build_and_execute(|| {
		let ids = many_assigned(40);
		run_to(7);
		assert_eq!(still_assigned(&ids), 36);
		// Room for three, and for all but a trifle of what a fourth might cost.
		let scan = <() as WeightInfo>::deadlines_scan();
		let three = (scan + <() as WeightInfo>::deadline_reopen()) * 3;
		let fourth = scan + Marketplace::heaviest_deadline() - Weight::from_parts(1, 0);
		let room = <() as WeightInfo>::deadlines_base() + three + fourth;
		let used = Marketplace::on_idle(7, room);
		assert_eq!(used, <() as WeightInfo>::deadlines_base() + three + scan);
		assert_eq!(still_assigned(&ids), 33);
		Marketplace::on_idle(7, Weight::MAX);
		assert_eq!(still_assigned(&ids), 0);
	});
}

#[test]
fn idle_hook_should_do_nothing_when_there_is_no_room_at_all() {
	build_and_execute(|| {
		many_assigned(1);
		jump_to(100);
		assert_eq!(Marketplace::on_idle(100, Weight::zero()), Weight::zero());
		assert_eq!(first_deadline_block(), Some(1));
	});
}

#[test]
fn queue_should_catch_up_over_empty_blocks_within_bounds() {
	build_and_execute(|| {
		IdleWeight::set(Weight::zero());
		jump_to(1_000);
		Marketplace::on_initialize(1_000);
		assert_eq!(first_deadline_block(), Some(1 + u64::from(GUARANTEED_SCANS)));
		run_to(1_100);
		assert_eq!(first_deadline_block(), Some(1_100));
		// With room it is done at once.
		jump_to(50_000);
		Marketplace::on_idle(50_000, Weight::MAX);
		assert_eq!(first_deadline_block(), Some(50_000));
	});
}

#[test]
fn queue_should_begin_now_when_the_pallet_is_new_on_an_old_chain() {
	build_and_execute(|| {
		FirstDeadlineBlock::<Test>::kill();
		jump_to(5_000_000);
		Marketplace::on_initialize(5_000_000);
		assert_eq!(first_deadline_block(), Some(5_000_000));
	});
}

#[test]
fn failing_deadline_should_not_keep_the_queue_from_moving_on() {
	build_and_execute(|| {
		let stuck = completed();
		let fine = assigned();
		EscrowFails::set(true);
		run_to(12);
		// Nothing of it happened, and the other one moved on.
		assert_eq!((status(stuck), status(fine)), (TaskStatus::Completed, TaskStatus::Open));
		assert_eq!(Outcomes::get(), vec![(NODE, WorkOutcome::TaskFailed)]);
		assert!(StuckDeadlines::<Test>::contains_key(stuck));
		assert_eq!(queued(), 0);
		let error = DispatchError::Unavailable;
		assert_eq!(last_event(), Event::DeadlineFailed { task_id: stuck, error });
		check_everything();

		// It is not tried over and over, but whoever likes may.
		run_to(20);
		assert_eq!(events().iter().filter(|event| matches!(event, Event::DeadlineFailed { .. })).count(), 1);
		let poke = || with_storage_layer(|| Marketplace::process_deadline(origin(ANYBODY), stuck));
		assert!(poke().is_err());
		EscrowFails::set(false);
		assert_ok!(poke());
		assert_eq!(status(stuck), TaskStatus::Verified);
		assert!(!StuckDeadlines::<Test>::contains_key(stuck));
	});
}

#[test]
fn stuck_result_should_still_be_approved_by_its_buyer_but_not_disputed() {
	build_and_execute(|| {
		let id = completed();
		EscrowFails::set(true);
		run_to(12);
		EscrowFails::set(false);
		assert_noop!(Marketplace::dispute_task(origin(BUYER), id, Default::default()), Error::<Test>::DeadlinePassed);
		assert_ok!(Marketplace::approve_result(origin(BUYER), id));
		assert_eq!(StuckDeadlines::<Test>::iter().count(), 0);
	});
}

#[test]
fn queue_should_move_on_when_it_names_a_task_that_does_not_exist() {
	build_and_execute(|| {
		crate::Deadlines::<Test>::insert(3, 77, ());
		run_to(5);
		assert_eq!((queued(), StuckDeadlines::<Test>::iter().count()), (0, 0));
		assert_eq!(last_event(), Event::DeadlineFailed { task_id: 77, error: Error::<Test>::TaskNotFound.into() });
	});
}

#[test]
fn process_deadline_should_be_free_and_for_anybody() {
	build_and_execute(|| {
		let (late, unreviewed) = (assigned(), completed());
		jump_to(12);
		for id in [late, unreviewed] {
			let info = Marketplace::process_deadline(origin(ANYBODY), id).unwrap();
			assert_eq!(info.pays_fee, Pays::No);
		}
		assert_eq!((status(late), status(unreviewed)), (TaskStatus::Open, TaskStatus::Verified));
		assert_eq!(queued(), 0);
		// Not twice.
		for id in [late, unreviewed] {
			assert_noop!(Marketplace::process_deadline(origin(ANYBODY), id), Error::<Test>::DeadlineNotPassed);
		}
		assert_eq!(Slashes::get().len(), 1);
	});
}

#[test]
fn process_deadline_should_fail_when_there_is_none_or_it_has_not_passed() {
	build_and_execute(|| {
		for (_, id) in one_of_each() {
			assert_noop!(Marketplace::process_deadline(origin(ANYBODY), id), Error::<Test>::DeadlineNotPassed);
		}
		let id = assigned();
		jump_to(6);
		assert_noop!(Marketplace::process_deadline(origin(ANYBODY), id), Error::<Test>::DeadlineNotPassed);
		assert_noop!(Marketplace::process_deadline(origin(ANYBODY), 77), Error::<Test>::TaskNotFound);
		assert_noop!(Marketplace::process_deadline(RuntimeOrigin::none(), id), DispatchError::BadOrigin);
	});
}

#[test]
fn guaranteed_share_should_fit_into_a_quarter_of_a_block() {
	new_test_ext().execute_with(<Marketplace as Hooks<u64>>::integrity_test);
}
