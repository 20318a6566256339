//! Random calls from several accounts, valid and not, over many blocks, with the invariants after each block.

use super::*;
use crate::{NextTaskId, TaskStatus, Tasks};
use frame_support::{storage::with_storage_layer, weights::Weight};
use gpu_chain_primitives::{
	Assignable, Assignment, Award, Disputable, EscrowKey, NodeId, NodeStatus, PowerVector, RequiredPower, ResourceType,
	Tier,
};
use proptest::{
	prelude::*,
	test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use sp_core::H256;
use sp_runtime::DispatchResult;
use std::{cell::RefCell, collections::BTreeMap};

const SIGNERS: [AccountId; 5] = [BUYER, OTHER_BUYER, PROVIDER, OTHER_PROVIDER, ANYBODY];
const NODES: [NodeId; 4] = [NODE, SECOND_NODE, OTHER_NODE, UNKNOWN_NODE];

#[derive(Clone, Copy, Debug)]
enum Act {
	Create { cpu: bool, secs: u32, per_hour: u32, token: bool, level: u8, bad_uri: bool },
	Cancel,
	Accept,
	Start,
	Submit,
	Approve,
	Dispute,
	Remove,
	Poke,
	Judge { percent: u8 },
	SetAssignment(Assignment),
	Assign { percent: u8 },
	SetNode { status: NodeStatus, power: u16, level: u8 },
	Escrow { fails: bool },
	Slashes { fail: bool },
	Idle { full: bool },
	Blocks(u16),
}

/// What happens, who does it to which task with which node, and whether instead of `who` the one does it who may.
#[derive(Clone, Copy, Debug)]
struct Step {
	act: Act,
	who: usize,
	right_one: bool,
	task: u64,
	node: usize,
}

fn act() -> impl Strategy<Value = Act> {
	prop_oneof![
		6 => (prop::bool::weighted(0.2), 0u32..400, 0u32..2_000_000, any::<bool>(), 0u8..6, prop::bool::weighted(0.1))
			.prop_map(|(cpu, secs, per_hour, token, level, bad_uri)| {
				Act::Create { cpu, secs, per_hour, token, level, bad_uri }
			}),
		1 => Just(Act::Cancel),
		9 => Just(Act::Accept),
		6 => Just(Act::Start),
		5 => Just(Act::Submit),
		2 => Just(Act::Approve),
		2 => Just(Act::Dispute),
		2 => Just(Act::Remove),
		2 => Just(Act::Poke),
		2 => (0u8..130).prop_map(|percent| Act::Judge { percent }),
		3 => prop_oneof![
			1 => Just(Assignment::Direct),
			3 => Just(Assignment::Auction),
			1 => Just(Assignment::Both),
			1 => Just(Assignment::Trusted)
		]
		.prop_map(Act::SetAssignment),
		4 => (0u8..120).prop_map(|percent| Act::Assign { percent }),
		1 => (
			prop_oneof![
				6 => Just(NodeStatus::Active),
				1 => Just(NodeStatus::Inactive),
				1 => Just(NodeStatus::Slashed)
			],
			0u16..2_000,
			0u8..5
		)
			.prop_map(|(status, power, level)| Act::SetNode { status, power, level }),
		1 => prop::bool::weighted(0.4).prop_map(|fails| Act::Escrow { fails }),
		1 => any::<bool>().prop_map(|fail| Act::Slashes { fail }),
		1 => any::<bool>().prop_map(|full| Act::Idle { full }),
		6 => prop_oneof![4 => 1u16..4, 1 => 1u16..40].prop_map(Act::Blocks),
	]
}

fn step() -> impl Strategy<Value = Step> {
	(act(), 0..SIGNERS.len(), prop::bool::weighted(0.8), any::<u64>(), 0..NODES.len())
		.prop_map(|(act, who, right_one, task, node)| Step { act, who, right_one, task, node })
}

/// A task that `act` suits, if there is one and the step wants it; else any number there could be.
fn pick(step: &Step) -> u64 {
	let wanted: &[TaskStatus] = match step.act {
		Act::Cancel | Act::Accept | Act::SetAssignment(_) | Act::Assign { .. } => &[TaskStatus::Open],
		Act::Start => &[TaskStatus::Assigned],
		Act::Submit => &[TaskStatus::InProgress],
		Act::Approve | Act::Dispute => &[TaskStatus::Completed],
		Act::Judge { .. } => &[TaskStatus::Disputed],
		Act::Remove => &[TaskStatus::Verified, TaskStatus::Cancelled],
		_ => &[TaskStatus::Assigned, TaskStatus::InProgress, TaskStatus::Completed],
	};
	let mut fitting: Vec<u64> =
		Tasks::<Test>::iter().filter(|(_, task)| wanted.contains(&task.status)).map(|(id, _)| id).collect();
	fitting.sort_unstable();
	if step.right_one && !fitting.is_empty() {
		fitting[(step.task % fitting.len() as u64) as usize]
	} else {
		step.task % (NextTaskId::<Test>::get() + 1)
	}
}

fn perform(step: &Step) -> DispatchResult {
	let id = pick(step);
	let node = NODES[step.node];
	let known = Tasks::<Test>::get(id);
	let may = match step.act {
		Act::Cancel | Act::Approve | Act::Dispute | Act::Remove => known.map(|task| task.buyer),
		Act::Accept => Nodes::get().get(&node).map(|node| node.owner),
		Act::Start | Act::Submit => known.and_then(|task| task.provider),
		Act::Create { .. } => Some([BUYER, OTHER_BUYER][step.who % 2]),
		_ => None,
	};
	let who = may.filter(|_| step.right_one).unwrap_or(SIGNERS[step.who]);
	let signed = origin(who);
	match step.act {
		Act::Create { cpu, secs, per_hour, token, level, bad_uri } => Marketplace::create_task(
			signed,
			if cpu { ResourceType::Cpu } else { ResourceType::Gpu },
			RequiredPower::hashes(500),
			secs,
			if token { TOKEN } else { Asset::Native },
			per_hour.into(),
			level,
			uri(if bad_uri { "none" } else { "ipfs://x" }),
			H256::zero(),
		),
		Act::Cancel => Marketplace::cancel_task(signed, id),
		Act::Accept => Marketplace::accept_task(signed, id, node),
		Act::Start => Marketplace::start_task(signed, id),
		Act::Submit => submit(who, id),
		Act::Approve => Marketplace::approve_result(signed, id),
		Act::Dispute => Marketplace::dispute_task(signed, id, Default::default()),
		Act::Remove => Marketplace::remove_task(signed, id),
		Act::Poke => Marketplace::process_deadline(signed, id).map(|_| ()).map_err(|error| error.error),
		Act::Judge { percent } => {
			let price = Tasks::<Test>::get(id).map_or(1, |task| task.due());
			// Above 100 % the parts are more than is held.
			let provider = price * Balance::from(percent) / 100;
			let rest = price.saturating_sub(provider);
			let award = Award { provider, fee: 0, refund: rest - rest / 50, arbitration: rest / 50 };
			Marketplace::close_disputed(EscrowKey::Task(id), award, &JUDGE).map(|_| ())
		}
		Act::SetAssignment(assignment) => Marketplace::set_assignment(id, assignment),
		Act::Assign { percent } => {
			let price = Tasks::<Test>::get(id).map_or(1, |task| task.price);
			Marketplace::assign(id, &node, price * Balance::from(percent) / 100)
		}
		_ => Ok(()),
	}
}

/// Everything that the pallet stores, by which a refused call is seen to have changed nothing.
fn root() -> Vec<u8> {
	sp_io::storage::root(sp_runtime::StateVersion::V1)
}

fn run(steps: &[Step], seen: &RefCell<BTreeMap<String, u32>>) {
	for step in steps {
		match step.act {
			Act::SetNode { status, power, level } if NODES[step.node] != UNKNOWN_NODE => {
				set_node(NODES[step.node], |node| {
					node.status = status;
					node.power = PowerVector { hashes_per_second: power.into(), ..node.power };
					node.trust_level = level;
					node.tier = if level > 3 { Tier::Owned } else { Tier::Community };
				});
			}
			Act::Escrow { fails } => EscrowFails::set(fails),
			Act::Slashes { fail } => SlashFails::set(fail),
			Act::Idle { full } => IdleWeight::set(if full { Weight::zero() } else { Weight::MAX }),
			Act::Blocks(count) => {
				for _ in 0..count {
					next_block();
					check_everything();
				}
			}
			_ => {
				let before = root();
				let done = with_storage_layer(|| perform(step));
				if done.is_err() {
					assert_eq!(root(), before, "a refused call changed something");
				}
			}
		}
	}
	for event in events() {
		let name = format!("{event:?}").split([' ', '{']).next().unwrap_or_default().to_string();
		*seen.borrow_mut().entry(name).or_default() += 1;
	}
}

#[test]
fn invariants_should_hold_whatever_anybody_does() {
	let seen = RefCell::new(BTreeMap::new());
	let config = Config { cases: 96, failure_persistence: None, ..Config::default() };
	// The same steps in every run, so that what they reach can be asserted below.
	let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
	runner
		.run(&prop::collection::vec(step(), 150..250), |steps| {
			new_test_ext().execute_with(|| {
				MinDuration::set(1);
				ReviewWindow::set(6);
				run(&steps, &seen);
				check_everything();
			});
			Ok(())
		})
		.unwrap();
	// Random steps prove little unless they go everywhere.
	let seen = seen.into_inner();
	for event in [
		"TaskCreated",
		"TaskAssigned",
		"TaskStarted",
		"TaskCompleted",
		"TaskVerified",
		"TaskDisputed",
		"TaskDisputeClosed",
		"TaskCancelled",
		"TaskTimedOut",
		"TaskRemoved",
		"SlashFailed",
		"DeadlineFailed",
	] {
		let count = seen.iter().filter(|(name, _)| name.contains(event)).map(|(_, count)| count).sum::<u32>();
		assert!(count >= 10, "{event} came {count} times only: {seen:?}");
	}
}
