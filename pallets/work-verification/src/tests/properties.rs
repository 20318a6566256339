//! The lazy counting of missed rounds against a model that counts each round for each node when it closes.

use crate::{mock::*, CurrentRound};
use gpu_chain_primitives::{NodeId, NodeStatus};
use proptest::prelude::*;
use std::collections::BTreeMap;

#[derive(Clone, Debug)]
enum Step {
	Blocks(u64),
	Answer(u8),
	Settle(u8),
	Leave(u8),
	Join(u8),
	Challenge(u8),
}

fn step() -> impl Strategy<Value = Step> {
	prop_oneof![
		6 => (1..9u64).prop_map(Step::Blocks),
		4 => (0..3u8).prop_map(Step::Answer),
		1 => (0..3u8).prop_map(Step::Settle),
		1 => (0..3u8).prop_map(Step::Leave),
		2 => (0..3u8).prop_map(Step::Join),
		1 => (0..3u8).prop_map(Step::Challenge),
	]
}

#[derive(Clone, Copy, Default)]
struct Model {
	/// Whether it must answer the open round.
	owes: bool,
	active: bool,
	answered: bool,
	/// Answered the newest closed round that it had to answer, or the open one, since it last became active.
	powerful: bool,
	passed: u32,
	missed: u32,
}

fn node(index: u8) -> NodeId {
	NodeId::repeat_byte(50 + index)
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(200))]

	#[test]
	fn lazily_counted_rounds_are_those_of_an_eager_model(steps in prop::collection::vec(step(), 1..60)) {
		new_test_ext().execute_with(|| {
			MinimumPower::set(&0);
			ChallengeWindow::set(&100_000);
			let mut models: BTreeMap<u8, Model> = BTreeMap::new();
			for index in 0..3 {
				add_node(node(index), ALICE, NodeStatus::Verified);
				models.insert(index, Model::default());
			}
			for step in steps {
				match step {
					Step::Blocks(blocks) => for _ in 0..blocks {
						let before = (CurrentRound::<Test>::get().map(|round| round.number), round_number());
						next_block();
						let open = CurrentRound::<Test>::get().map(|round| round.number);
						for model in models.values_mut() {
							if before.0.is_some() && open != before.0 {
								model.missed += u32::from(model.owes && !model.answered);
								model.powerful &= !model.owes || model.answered;
								(model.owes, model.answered) = (false, false);
							}
							if round_number() > before.1 {
								(model.owes, model.answered) = (model.active, false);
							}
						}
					},
					Step::Answer(index) => {
						let model = models.get_mut(&index).unwrap();
						if CurrentRound::<Test>::exists() {
							let nonces = Work::round_seed(&node(index)).map(|seed| smallest(&seed.0, 64, 8));
							let accepted = submit(ALICE, node(index), round_number(), nonces.unwrap_or_default()).is_ok();
							prop_assert_eq!(accepted, model.owes && !model.answered);
							model.passed += u32::from(accepted);
							model.answered |= accepted;
							model.powerful |= accepted;
						}
					},
					Step::Settle(index) => {
						let _ = Work::settle(RuntimeOrigin::signed(BUYER), node(index));
						prop_assert_eq!(record(node(index)), (models[&index].passed, models[&index].missed));
					},
					Step::Leave(index) => {
						set_status(node(index), NodeStatus::Inactive);
						let model = models.get_mut(&index).unwrap();
						(model.active, model.owes, model.powerful) = (false, false, false);
						prop_assert_eq!(record(node(index)), (model.passed, model.missed));
					},
					Step::Join(index) => {
						set_status(node(index), NodeStatus::Active);
						models.get_mut(&index).unwrap().active = true;
					},
					Step::Challenge(index) => {
						let _ = Work::issue_challenge(RuntimeOrigin::signed(ALICE), node(index));
					},
				}
				prop_assert_eq!(Work::do_try_state(), Ok(()));
				for (index, model) in &models {
					prop_assert_eq!(Work::verified_power(&node(*index)) > 0, model.powerful);
				}
			}
			for (index, model) in models {
				let _ = Work::settle(RuntimeOrigin::signed(BUYER), node(index));
				prop_assert_eq!(record(node(index)), (model.passed, model.missed));
			}
			Ok(())
		})?;
	}
}
