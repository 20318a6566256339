use super::*;
use crate::TaskStatus;
use gpu_chain_primitives::{NodeStatus, PowerVector, RequiredPower, ResourceType};
use sp_core::H256;
use sp_runtime::DispatchError;

#[test]
fn accept_should_assign_the_task() {
	build_and_execute(|| {
		let id = create();
		next_block();
		assert_ok!(Marketplace::accept_task(origin(PROVIDER), id, NODE));
		let task = task(id);
		assert_eq!(task.status, TaskStatus::Assigned);
		assert_eq!((task.node, task.provider, task.deadline), (Some(NODE), Some(PROVIDER), Some(7)));
		assert_eq!(last_event(), Event::TaskAssigned { task_id: id, node: NODE, start_by: 7 });
		assert_eq!(queued(), 1);
	});
}

#[test]
fn accept_should_leave_a_block_to_start_when_the_window_is_zero() {
	build_and_execute(|| {
		StartWindow::set(0);
		let id = assigned();
		next_block();
		assert_ok!(Marketplace::start_task(origin(PROVIDER), id));
	});
}

#[test]
fn accept_should_never_be_overdue_when_the_window_is_the_largest() {
	build_and_execute(|| {
		StartWindow::set(u64::MAX);
		assert_eq!(task(assigned()).deadline, Some(u64::MAX));
	});
}

#[test]
fn accept_should_fail_when_task_is_not_open() {
	build_and_execute(|| {
		for (status, id) in one_of_each() {
			if status != TaskStatus::Open {
				assert_noop!(
					Marketplace::accept_task(origin(OTHER_PROVIDER), id, OTHER_NODE),
					Error::<Test>::TaskNotOpen
				);
			}
		}
	});
}

#[test]
fn accept_should_fail_when_task_is_unknown_or_caller_unsigned() {
	build_and_execute(|| {
		assert_noop!(Marketplace::accept_task(origin(PROVIDER), 7, NODE), Error::<Test>::TaskNotFound);
		assert_noop!(Marketplace::accept_task(RuntimeOrigin::none(), 7, NODE), DispatchError::BadOrigin);
	});
}

#[test]
fn accept_should_fail_when_node_is_unknown_or_somebody_elses() {
	build_and_execute(|| {
		let id = create();
		assert_noop!(Marketplace::accept_task(origin(PROVIDER), id, UNKNOWN_NODE), Error::<Test>::NodeNotFound);
		assert_noop!(Marketplace::accept_task(origin(PROVIDER), id, OTHER_NODE), Error::<Test>::NotNodeOwner);
	});
}

#[test]
fn accept_should_fail_when_buyer_owns_the_node() {
	build_and_execute(|| {
		let id = create_for(PROVIDER, Asset::Native);
		assert_noop!(Marketplace::accept_task(origin(PROVIDER), id, NODE), Error::<Test>::SelfDealing);
	});
}

#[test]
fn accept_should_fail_when_node_is_not_active() {
	build_and_execute(|| {
		let id = create();
		for status in
			[NodeStatus::Pending, NodeStatus::Verified, NodeStatus::Inactive, NodeStatus::Rejected, NodeStatus::Slashed]
		{
			set_node(NODE, |node| node.status = status);
			assert_noop!(Marketplace::accept_task(origin(PROVIDER), id, NODE), Error::<Test>::NodeNotActive);
		}
	});
}

#[test]
fn accept_should_fail_when_node_is_of_another_kind() {
	build_and_execute(|| {
		let id = create();
		set_node(NODE, |node| node.resource_type = ResourceType::Cpu);
		assert_noop!(Marketplace::accept_task(origin(PROVIDER), id, NODE), Error::<Test>::WrongResourceType);
	});
}

#[test]
fn accept_should_fail_when_any_kind_of_power_does_not_suffice() {
	build_and_execute(|| {
		let required_power = RequiredPower { hashes_per_second: 1_000, milli_tops: 50_000, memory_mib: 16_384 };
		let id = crate::NextTaskId::<Test>::get();
		assert_ok!(Marketplace::create_task(
			origin(BUYER),
			ResourceType::Gpu,
			required_power,
			3_600,
			Asset::Native,
			PRICE,
			1,
			uri("ipfs://specification"),
			H256::zero(),
		));
		let enough = PowerVector { hashes_per_second: 1_000, milli_tops: 50_000, memory_bytes: 16 << 30 };
		for too_little in [
			PowerVector { hashes_per_second: 999, ..enough },
			PowerVector { milli_tops: 49_999, ..enough },
			PowerVector { memory_bytes: (16 << 30) - 1, ..enough },
			PowerVector::default(),
		] {
			set_node(NODE, |node| node.power = too_little);
			assert_noop!(Marketplace::accept_task(origin(PROVIDER), id, NODE), Error::<Test>::NotEnoughPower);
		}
		set_node(NODE, |node| node.power = enough);
		assert_ok!(Marketplace::accept_task(origin(PROVIDER), id, NODE));
	});
}

#[test]
fn accept_should_fail_when_power_or_trust_do_not_suffice() {
	build_and_execute(|| {
		let id = create();
		set_node(NODE, |node| node.power.hashes_per_second = 999);
		assert_noop!(Marketplace::accept_task(origin(PROVIDER), id, NODE), Error::<Test>::NotEnoughPower);
		set_node(NODE, |node| {
			node.power.hashes_per_second = 1_000;
			node.trust_level = 0;
		});
		assert_noop!(Marketplace::accept_task(origin(PROVIDER), id, NODE), Error::<Test>::TrustTooLow);
		set_node(NODE, |node| node.trust_level = 1);
		assert_ok!(Marketplace::accept_task(origin(PROVIDER), id, NODE));
	});
}

#[test]
fn accept_should_fail_when_the_price_is_above_the_trust_levels_limit() {
	build_and_execute(|| {
		let id = create();
		set_node(NODE, |node| node.trust_level = 1);
		LevelOneLimit::set(PRICE - 1);
		assert_noop!(Marketplace::accept_task(origin(PROVIDER), id, NODE), Error::<Test>::TaskValueAboveLimit);
		LevelOneLimit::set(PRICE);
		assert_ok!(Marketplace::accept_task(origin(PROVIDER), id, NODE));
	});
}

#[test]
fn accept_should_fail_when_the_value_of_the_currency_is_unknown() {
	build_and_execute(|| {
		let id = create_for(BUYER, TOKEN);
		set_node(NODE, |node| node.trust_level = 1);
		assert_noop!(Marketplace::accept_task(origin(PROVIDER), id, NODE), Error::<Test>::CurrencyNotForTrustLevel);
		set_node(NODE, |node| node.trust_level = 2);
		assert_ok!(Marketplace::accept_task(origin(PROVIDER), id, NODE));
	});
}

#[test]
fn accept_should_fail_when_the_node_is_under_staked() {
	build_and_execute(|| {
		let id = create();
		// A task that asks for no trust at all is still none for a node without its stake.
		crate::Tasks::<Test>::mutate(id, |task| task.as_mut().unwrap().min_trust_level = 0);
		set_node(NODE, |node| node.trust_level = 0);
		assert_noop!(Marketplace::accept_task(origin(PROVIDER), id, NODE), Error::<Test>::NodeUnderStaked);
	});
}

#[test]
fn accept_should_fail_when_node_is_busy() {
	build_and_execute(|| {
		MaxOpenTasksPerNode::set(1);
		let first = assigned();
		let second = create();
		assert_noop!(Marketplace::accept_task(origin(PROVIDER), second, NODE), Error::<Test>::NodeBusy);
		// The owner's other node is not, and once the first task has ended the node is free again.
		let third = create();
		assert_ok!(Marketplace::accept_task(origin(PROVIDER), third, SECOND_NODE));
		assert_ok!(Marketplace::start_task(origin(PROVIDER), first));
		assert_ok!(submit(PROVIDER, first));
		assert_noop!(Marketplace::accept_task(origin(PROVIDER), second, NODE), Error::<Test>::NodeBusy);
		assert_ok!(Marketplace::approve_result(origin(BUYER), first));
		assert_ok!(Marketplace::accept_task(origin(PROVIDER), second, NODE));
	});
}

#[test]
fn accept_should_fail_when_node_failed_this_very_task() {
	build_and_execute(|| {
		let id = assigned();
		run_to(7);
		assert_eq!(status(id), TaskStatus::Open);
		assert_noop!(Marketplace::accept_task(origin(PROVIDER), id, NODE), Error::<Test>::NodeFailedBefore);
		// Another task it may take, and another node this task.
		let second = create();
		assert_ok!(Marketplace::accept_task(origin(PROVIDER), second, NODE));
		assert_ok!(Marketplace::accept_task(origin(PROVIDER), id, SECOND_NODE));
	});
}
