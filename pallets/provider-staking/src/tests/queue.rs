use crate::{mock::*, *};
use frame_support::{
	assert_ok,
	traits::{fungible::Mutate, Get, Hooks},
	weights::Weight,
};
use gpu_chain_primitives::NodeStatus;
use sp_runtime::TokenError;

fn pending() -> u32 {
	PendingSlashes::<Test>::count()
}

#[test]
fn full_blocks_cannot_postpone_slashes_for_ever() {
	build_and_execute(|| {
		for _ in 0..5 {
			assert_ok!(slash(NODE, 1, None));
		}
		run_to(5);
		assert_eq!(pending(), 5, "not due yet");
		run_to(6);
		assert_eq!(pending(), 5 - SLASHES_PER_BLOCK);
		run_to(8);
		assert_eq!(pending(), 0);
	});
}

#[test]
fn idle_time_carries_out_more() {
	build_and_execute(|| {
		for _ in 0..5 {
			assert_ok!(slash(NODE, 1, None));
		}
		run_to(6);
		let used = idle(Weight::MAX);
		assert_eq!(pending(), 0);
		assert!(used.all_gte(<() as WeightInfo>::process_slash().saturating_mul(3)));
	});
}

#[test]
fn idle_time_uses_no_more_than_there_is() {
	build_and_execute(|| {
		for _ in 0..5 {
			assert_ok!(slash(NODE, 1, None));
		}
		run_to(6);
		assert_eq!(idle(Weight::zero()), Weight::zero());
		assert_eq!(pending(), 3);
		let one = <() as WeightInfo>::service_queue_base()
			.saturating_add(<() as WeightInfo>::queue_step())
			.saturating_add(<() as WeightInfo>::process_slash());
		let used = idle(one);
		assert!(used.all_lte(one));
		assert_eq!(pending(), 2);
		idle(one.saturating_sub(Weight::from_parts(1, 0)));
		assert_eq!(pending(), 2);
	});
}

#[test]
fn an_empty_queue_costs_one_look() {
	build_and_execute(|| {
		assert_eq!(Staking::on_initialize(1_000), <() as WeightInfo>::service_queue_base());
		assert_eq!(idle(Weight::MAX), <() as WeightInfo>::service_queue_base());
	});
}

#[test]
fn a_far_slash_costs_one_look() {
	build_and_execute(|| {
		SlashDelay::set(&1_000_000);
		assert_ok!(slash(NODE, 1, None));
		assert_eq!(QueueCursor::<Test>::get(), 1_000_001, "nothing before it needs a look");
		assert_eq!(Staking::on_initialize(2), <() as WeightInfo>::service_queue_base());
	});
}

#[test]
fn the_cursor_goes_back_for_a_slash_with_a_shorter_delay() {
	build_and_execute(|| {
		SlashDelay::set(&100);
		assert_ok!(slash(NODE, 10, None));
		SlashDelay::set(&2);
		assert_ok!(slash(NODE, 10, None));
		run_to(3);
		assert_eq!(held(ALICE), 2_000 - 180);
		run_to(101);
		assert_eq!(held(ALICE), 2_000 - 380);
	});
}

#[test]
fn the_cursor_catches_up_in_bounded_steps() {
	build_and_execute(|| {
		assert_ok!(slash(NODE, 10, None));
		SlashDelay::set(&40);
		assert_ok!(slash(NODE, 10, None));
		assert_ok!(Staking::cancel_slash(RuntimeOrigin::root(), 0));
		// The first block that looks at the queue again is far behind the cursor.
		assert_eq!(QueueCursor::<Test>::get(), 6);
		let most = <() as WeightInfo>::service_queue_base()
			.saturating_add(<() as WeightInfo>::queue_step().saturating_mul(u64::from(MAX_QUEUE_STEPS) + 1));
		for (block, cursor) in (50..).zip((9..=39).step_by(3)) {
			System::set_block_number(block);
			assert_eq!(Staking::on_initialize(block), most);
			assert_eq!(QueueCursor::<Test>::get(), cursor);
			assert_eq!(pending(), 1);
		}
		System::set_block_number(61);
		Staking::on_initialize(61);
		assert_eq!(pending(), 0);
	});
}

#[test]
fn slashes_are_carried_out_by_age() {
	build_and_execute(|| {
		for block in [1, 2, 3] {
			System::set_block_number(block);
			assert_ok!(slash(NODE, 1, None));
		}
		System::set_block_number(20);
		Staking::on_initialize(20);
		let left: Vec<u64> = PendingSlashes::<Test>::iter_keys().collect();
		assert_eq!(left, [2]);
	});
}

#[test]
fn a_slash_that_cannot_be_paid_out_is_postponed_and_blocks_no_other() {
	build_and_execute(|| {
		assert_ok!(<Balances as Mutate<u64>>::transfer(
			&TREASURY,
			&BOB,
			FUNDS,
			frame_support::traits::tokens::Preservation::Expendable
		));
		MinimumStake::set(&20);
		add_node(STRANGER, BOB, NodeStatus::Inactive, 90);
		// Nine do not create the treasury. The other slash, which would, is due one block later.
		assert_ok!(slash(STRANGER, 10, None));
		System::set_block_number(2);
		assert_ok!(slash(NODE, 10, None));
		run_to(6);
		System::assert_last_event(
			Event::SlashPostponed { slash: 0, node: STRANGER, due: 11, error: TokenError::CannotCreate.into() }.into(),
		);
		assert_ok!(Staking::do_try_state());
		assert_eq!(pending(), 2);
		run_to(7);
		assert_eq!((pending(), free(TREASURY)), (1, 200));
		run_to(11);
		assert_eq!((pending(), free(TREASURY)), (0, 209));
	});
}

#[test]
fn integrity_test_accepts_the_mock() {
	<Staking as Hooks<u64>>::integrity_test();
	assert!(<<Test as Config>::SlashesPerBlock as Get<u32>>::get() > 0);
}
