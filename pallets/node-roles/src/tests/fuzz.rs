//! Random calls and hooks of several accounts, with the invariants and the money checked after each.

use crate::{mock::*, *};
use frame_support::{storage::with_storage_layer, traits::fungible::NativeOrWithId};
use gpu_chain_primitives::{NodeId, NodeStatus};
use proptest::prelude::*;
use sp_io::storage::root as storage_root;
use sp_runtime::{DispatchResult, StateVersion};

#[derive(Clone, Debug)]
enum Step {
	AddKing(u64),
	RemoveKing(u64),
	Apply(u128),
	AddBond(u128),
	Confirm(u64),
	Suspend(u64),
	Resign,
	Dismiss(u64),
	Withdraw,
	Sponsor,
	End,
	Audit(bool),
	ConfirmAudit,
	// What the world around does.
	Fee(u128, bool),
	Queue,
	Cancel(u64),
	Execute(u64, u128, Option<(u64, u128)>),
	Status(u8),
	Wait(u64),
	Parameters(u128, u32, u64),
}

const PEOPLE: [u64; 8] = [11, 12, 13, 21, 22, 31, 32, 33];

fn person() -> impl Strategy<Value = u64> {
	prop::sample::select(PEOPLE.to_vec())
}

fn step() -> impl Strategy<Value = Step> {
	let amount = || prop_oneof![6 => 0..3 * BOND, 1 => Just(0), 1 => Just(u128::MAX)];
	prop_oneof![
		1 => person().prop_map(Step::AddKing),
		1 => person().prop_map(Step::RemoveKing),
		4 => amount().prop_map(Step::Apply),
		2 => amount().prop_map(Step::AddBond),
		8 => person().prop_map(Step::Confirm),
		2 => person().prop_map(Step::Suspend),
		2 => Just(Step::Resign),
		1 => person().prop_map(Step::Dismiss),
		3 => Just(Step::Withdraw),
		8 => Just(Step::Sponsor),
		4 => Just(Step::End),
		4 => any::<bool>().prop_map(Step::Audit),
		2 => Just(Step::ConfirmAudit),
		4 => (0..100_000u128, any::<bool>()).prop_map(|(fee, native)| Step::Fee(fee, native)),
		4 => Just(Step::Queue),
		1 => (0..40u64).prop_map(Step::Cancel),
		4 => (0..40u64, amount(), prop::option::of((person(), amount()))).prop_map(|(s, a, h)| Step::Execute(s, a, h)),
		2 => (0..5u8).prop_map(Step::Status),
		5 => (0..30u64).prop_map(Step::Wait),
		1 => (0..2 * BOND, 0..=1_000_000u32, 0..30u64).prop_map(|(b, p, n)| Step::Parameters(b, p, n)),
	]
}

/// Does `step` as `who` on `node`. `None` for what is no call.
fn run(step: Step, who: u64, node: NodeId, next: &mut u64) -> Option<DispatchResult> {
	let by = signed(who);
	Some(match step {
		Step::AddKing(king) => Roles::add_king(root(), king),
		Step::RemoveKing(king) => Roles::remove_king(root(), king),
		Step::Apply(bond) => Roles::apply(by, bond),
		Step::AddBond(amount) => Roles::add_bond(by, amount),
		Step::Confirm(queen) => Roles::confirm_queen(by, queen),
		Step::Suspend(queen) => Roles::suspend_queen(by, queen, Default::default()),
		Step::Resign => Roles::resign(by),
		Step::Dismiss(queen) => Roles::dismiss_queen(root(), queen),
		Step::Withdraw => Roles::withdraw_bond(by),
		Step::Sponsor => with_storage_layer(|| Roles::sponsor_node(by, node)),
		Step::End => with_storage_layer(|| Roles::end_sponsorship(by, node)),
		Step::Audit(passed) => audit(who, node, passed),
		Step::ConfirmAudit => with_storage_layer(|| Roles::confirm_audit(by, node)),
		Step::Fee(fee, native) => {
			fee_paid(if native { NativeOrWithId::Native } else { NativeOrWithId::WithId(USDC) }, fee);
			return None;
		}
		Step::Queue => {
			slash_queued(*next, node);
			*next += 1;
			return None;
		}
		Step::Cancel(slash) => {
			slash_cancelled(slash, node);
			return None;
		}
		Step::Execute(slash, lost, harmed) => {
			slashed(slash, node, lost, harmed);
			return None;
		}
		Step::Status(status) => {
			use NodeStatus::*;
			let status = [Pending, Active, Rejected, Slashed].get(usize::from(status)).copied();
			match status {
				Some(status) => Nodes::insert(node, (OWNER, status)),
				None => Nodes::remove(node),
			}
			return None;
		}
		Step::Wait(blocks) => {
			advance(blocks);
			return None;
		}
		Step::Parameters(bond, parts, blocks) => {
			QueenBond::set(&bond);
			for share in [FeeShare::set, BlameShare::set, QueenQuorum::set] {
				share(&sp_runtime::Permill::from_parts(parts));
			}
			SponsorNotice::set(&blocks);
			QueenCooldown::set(&blocks);
			return None;
		}
	})
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(256))]

	#[test]
	fn invariants_hold_after_random_calls(
		steps in prop::collection::vec((step(), person(), any::<bool>()), 1..150),
	) {
		build_and_execute(|| {
			let mut next = 0;
			for (step, who, first) in steps {
				let node = if first { NODE } else { OTHER_NODE };
				let before = storage_root(StateVersion::V1);
				if let Some(Err(error)) = run(step.clone(), who, node, &mut next) {
					assert_eq!(storage_root(StateVersion::V1), before, "{step:?}: {error:?} changed something");
				}
				if let Err(error) = Roles::do_try_state() {
					panic!("{error:?} after {step:?}");
				}
			}

			// However it went, every Queen can leave with what is left of her bond.
			for slash in 0..next {
				slash_cancelled(slash, NODE);
			}
			SponsorNotice::set(&0);
			for node in [NODE, OTHER_NODE] {
				if Sponsorships::<Test>::contains_key(node) {
					Nodes::remove(node);
					frame_support::assert_ok!(Roles::end_sponsorship(signed(STRANGER), node));
				}
			}
			advance(100);
			for who in PEOPLE {
				let Some(queen) = Roles::queen(&who) else { continue };
				if !matches!(queen.state, QueenState::Leaving { .. }) {
					frame_support::assert_ok!(Roles::resign(signed(who)));
				}
				advance(100);
				frame_support::assert_ok!(Roles::withdraw_bond(signed(who)));
				assert_eq!((bonded(who), deposits(who)), (0, 0));
			}
			assert_eq!(Queens::<Test>::iter().count(), 0);
		});
	}
}
