use crate::mock::*;
use frame_support::assert_ok;
use gpu_chain_primitives::{NodeStatus, PowerInspect};

fn power() -> u128 {
	<Work as PowerInspect>::verified_power(&NODE)
}

fn prove() {
	open_round();
	assert_ok!(submit(ALICE, NODE, round_number(), proof(NODE, 1_000)));
	assert!(power() > 0);
}

#[test]
fn verified_power_lasts_over_the_next_round_until_that_is_missed() {
	build_and_execute(|| {
		assert_eq!(power(), 0);
		prove();
		close_round();
		open_round();
		assert!(power() > 0, "the new round can still be answered");
		close_round();
		assert_eq!(power(), 0, "missed");
		prove();
	});
}

#[test]
fn verified_power_ends_when_the_proof_is_too_old() {
	build_and_execute(|| {
		MinGap::set(&5_000);
		MaxGap::set(&5_000);
		PowerValidity::set(&50);
		crate::Pallet::<Test>::open_round(System::block_number());
		run_to(System::block_number() + 1);
		assert_ok!(submit(ALICE, NODE, round_number(), proof(NODE, 1_000)));
		let at = System::block_number();
		run_to(at + 50);
		assert!(power() > 0);
		next_block();
		assert_eq!(power(), 0);
	});
}

#[test]
fn verified_power_is_an_active_nodes_only_and_ends_when_it_leaves() {
	build_and_execute(|| {
		for gone in [NodeStatus::Inactive, NodeStatus::Pending, NodeStatus::Slashed] {
			prove();
			close_round();
			set_status(NODE, gone);
			assert_eq!(power(), 0);
			set_status(NODE, NodeStatus::Active);
			assert_eq!(power(), 0, "it answers a round first");
		}
		prove();
		assert_eq!(<Work as PowerInspect>::verified_power(&STRANGER), 0);
	});
}

#[test]
fn two_nodes_on_one_card_gain_nothing_by_taking_turns() {
	build_and_execute(|| {
		for turn in 0..6 {
			// The one whose turn it is answers with all that the card can do; the other one leaves for that round.
			let ((owner, here), (_, away)) =
				if turn % 2 == 0 { ((ALICE, NODE), (BOB, OTHER)) } else { ((BOB, OTHER), (ALICE, NODE)) };
			open_round();
			set_status(away, NodeStatus::Inactive);
			assert_ok!(submit(owner, here, round_number(), proof(here, 1_000)));
			close_round();
			set_status(away, NodeStatus::Active);
			let powers = [here, away].map(|node| Work::verified_power(&node));
			assert!(powers[0] > 0 && powers[1] == 0, "turn {turn}: {powers:?}");
		}
	});
}

#[test]
fn a_round_that_is_open_when_a_node_leaves_need_not_be_answered() {
	build_and_execute(|| {
		open_round();
		set_status(NODE, NodeStatus::Inactive);
		close_round();
		set_status(NODE, NodeStatus::Active);
		open_round();
		assert_ok!(submit(ALICE, NODE, round_number(), proof(NODE, 1_000)));
		assert_eq!(record(NODE), (1, 0));
	});
}
