//! Random calls of several accounts, with the invariants checked after each.

use crate::{mock::*, *};
use frame_support::assert_ok;
use gpu_chain_primitives::{NodeId, NodeVerification, ProviderControl, ResourceType, Tier};
use proptest::prelude::*;
use sp_io::storage::root as storage_root;
use sp_runtime::{DispatchResult, StateVersion};

#[derive(Clone, Debug)]
enum Step {
	Register { resource_type: usize, ask: u64, gpu_count: u16, region: u8, stake: u64 },
	Update { ask: u64, gpu_count: u16, region: u8 },
	SetAsk(u64),
	Activate,
	Deactivate,
	Reject,
	Ban,
	BanByTrait,
	MarkVerified,
	Remove,
	AddTrusted(Tier),
	RemoveTrusted,
	Heartbeat,
	AddRegion(u8),
	RemoveRegion(u8),
	// What the world around does.
	SetStake(u64),
	ToggleWork,
	Wait(u64),
	SetPeriod(u64),
	SetSponsored(bool),
	Sponsor,
	Unverify,
}

fn ask() -> impl Strategy<Value = u64> {
	prop_oneof![8 => 1..=MAX_ASK, 1 => Just(0), 1 => Just(MAX_ASK + 1), 1 => Just(u64::MAX)]
}

fn step() -> impl Strategy<Value = Step> {
	let stake = || prop_oneof![4 => Just(MIN_STAKE), 2 => Just(0), 1 => Just(MIN_STAKE - 1)];
	prop_oneof![
		6 => (0..5usize, ask(), 0..3u16, 0..4u8, stake()).prop_map(|(resource_type, ask, gpu_count, region, stake)| {
			Step::Register { resource_type, ask, gpu_count, region, stake }
		}),
		4 => (ask(), 0..3u16, 0..4u8)
			.prop_map(|(ask, gpu_count, region)| Step::Update { ask, gpu_count, region }),
		2 => ask().prop_map(Step::SetAsk),
		6 => Just(Step::Activate),
		3 => Just(Step::Deactivate),
		1 => Just(Step::Reject),
		1 => Just(Step::Ban),
		1 => Just(Step::BanByTrait),
		6 => Just(Step::MarkVerified),
		2 => Just(Step::Remove),
		1 => prop::sample::select(vec![Tier::Owned, Tier::CloudPartner, Tier::Community]).prop_map(Step::AddTrusted),
		1 => Just(Step::RemoveTrusted),
		4 => Just(Step::Heartbeat),
		1 => (0..4u8).prop_map(Step::AddRegion),
		1 => (0..4u8).prop_map(Step::RemoveRegion),
		2 => stake().prop_map(Step::SetStake),
		1 => Just(Step::ToggleWork),
		3 => (0..40u64).prop_map(Step::Wait),
		1 => (0..30u64).prop_map(Step::SetPeriod),
		1 => any::<bool>().prop_map(Step::SetSponsored),
		3 => Just(Step::Sponsor),
		1 => Just(Step::Unverify),
	]
}

fn region(index: u8) -> gpu_chain_primitives::Region {
	text(["eu-west", "us-east-2", "moon", "Not A Code"][usize::from(index)])
}

/// Does `step` as `who` on `node`. `None` for what is no call.
fn run(step: Step, who: u64, node: NodeId) -> Option<DispatchResult> {
	let origin = signed(who);
	Some(match step {
		Step::Register { resource_type, ask, gpu_count, region: at, stake } => {
			let offer = Offer { hardware: hardware(gpu_count), region: region(at), ..offer(ask) };
			try_register(who, ResourceType::ALL[resource_type], offer, stake)
		}
		Step::Update { ask, gpu_count, region: at } => {
			try_update(who, node, Offer { hardware: hardware(gpu_count), region: region(at), ..offer(ask) })
		}
		Step::SetAsk(ask) => Registry::set_ask(origin, node, ask),
		Step::Activate => Registry::activate_node(origin, node),
		Step::Deactivate => Registry::deactivate_node(origin, node),
		Step::Reject => Registry::reject_node(root(), node, text("fuzz")),
		Step::Ban => Registry::ban_node(root(), node, text("fuzz")),
		Step::BanByTrait => <Registry as ProviderControl>::ban(&node),
		Step::MarkVerified => <Registry as ProviderControl>::mark_verified(&node),
		Step::Sponsor => <Registry as NodeVerification>::on_sponsored(&node),
		Step::Unverify => <Registry as NodeVerification>::unverify(&node),
		Step::Remove => Registry::remove_node(origin, node),
		Step::AddTrusted(tier) => Registry::add_trusted_node(root(), node, tier),
		Step::RemoveTrusted => Registry::remove_trusted_node(root(), node),
		Step::Heartbeat => Registry::heartbeat(origin, node),
		Step::AddRegion(at) => Registry::add_region(root(), region(at)),
		Step::RemoveRegion(at) => Registry::remove_region(root(), region(at)),
		Step::SetStake(stake) => {
			Stakes::insert(node, stake);
			return None;
		}
		Step::ToggleWork => {
			if Busy::take(node).is_none() {
				Busy::insert(node, ());
			}
			return None;
		}
		Step::Wait(blocks) => {
			advance(blocks);
			return None;
		}
		Step::SetSponsored(sponsored) => {
			Sponsored::set(&sponsored);
			return None;
		}
		Step::SetPeriod(period) => {
			HeartbeatPeriod::set(&period);
			return None;
		}
	})
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(256))]
	#[test]
	fn invariants_hold_after_random_calls(
		steps in prop::collection::vec((step(), 1..=4u64, any::<prop::sample::Index>(), 0..8u8), 1..150),
	) {
		build_and_execute(|| {
			assert_ok!(Balances::force_set_balance(root(), 4, RICH));
			let money = Balances::total_issuance();
			for (step, someone, which, stranger) in steps {
				let nodes: Vec<NodeId> = Nodes::<Test>::iter_keys().collect();
				let node = if nodes.is_empty() { NodeId::zero() } else { *which.get(&nodes) };
				// Mostly the owner of the node, sometimes anybody; a registration is anybody's.
				let register = matches!(step, Step::Register { .. });
				let who = Nodes::<Test>::get(node).filter(|_| stranger > 0 && !register).map_or(someone, |node| node.owner);

				let before = storage_root(StateVersion::V1);
				if let Some(Err(error)) = run(step.clone(), who, node) {
					assert_eq!(storage_root(StateVersion::V1), before, "{step:?} failed with {error:?} and changed something");
				}
				assert_ok!(Registry::do_try_state());
				assert_eq!(Balances::total_issuance(), money);
				for owner in 1..=4 {
					assert_eq!(held(owner), u64::from(OwnedCounts::<Test>::get(owner)) * DEPOSIT);
				}
			}
		});
	}
}
