//! Who is paid, who is credited, and what happens where nobody can be.

use crate::{mock::*, *};
use frame_support::assert_ok;
use gpu_chain_primitives::NodeId;
use sp_runtime::{DispatchError, TokenError};

fn balance(who: AccountId) -> Balance {
	Balances::free_balance(who)
}

fn issuance() -> Balance {
	Balances::total_issuance()
}

#[test]
fn the_miner_is_paid_in_its_block() {
	build_and_execute(|| {
		let before = issuance();
		validator_blocks(SPACING);
		let difficulty = Difficulty::<Test>::get();
		miner_block(MINER);
		assert_eq!(balance(MINER), 1_000);
		assert_eq!((issuance() - before, TotalMinted::<Test>::get()), (1_000, 1_000));
		assert_eq!(
			events(),
			[
				Event::BlockMined { miner: MINER, slot: slot(), difficulty },
				Event::MinerRewarded { miner: MINER, amount: 1_000 }
			]
		);
	});
}

#[test]
fn the_includer_is_paid_for_building_right_on_it() {
	build_and_execute(|| {
		next_miner_block(MINER);
		let (before, had) = (issuance(), balance(VALIDATOR + 7));
		block(vec![babe(slot() + 1, 7)]);
		assert_eq!(balance(VALIDATOR + 7) - had, 100);
		assert_eq!((issuance() - before, TotalMinted::<Test>::get()), (100, 1_100));
		assert_eq!(events(), [Event::IncluderRewarded { author: VALIDATOR + 7, amount: 100 }]);
		// Once.
		validator_block();
		assert_eq!((events(), TotalMinted::<Test>::get()), (vec![], 1_100));
	});
}

#[test]
fn the_includer_may_come_late() {
	build_and_execute(|| {
		next_miner_block(MINER);
		block(vec![babe(slot() + 101, 0)]);
		assert_eq!(events(), [Event::IncluderRewarded { author: VALIDATOR, amount: 100 }]);
	});
}

#[test]
fn validators_without_a_miner_below_mint_nothing() {
	build_and_execute(|| {
		let before = issuance();
		validator_blocks(20);
		assert_eq!((issuance(), TotalMinted::<Test>::get(), events()), (before, 0, vec![]));
	});
}

#[test]
fn an_unknown_includer_is_not_paid() {
	build_and_execute(|| {
		next_miner_block(MINER);
		block(vec![babe(slot() + 1, 50)]);
		assert_eq!((events(), TotalMinted::<Test>::get()), (vec![], 1_000));
	});
}

#[test]
fn a_reward_that_cannot_be_paid_leaves_the_block_valid() {
	build_and_execute(|| {
		MinerReward::set(&(EXISTENTIAL_DEPOSIT - 1));
		IncluderBonus::set(&(EXISTENTIAL_DEPOSIT - 1));
		let before = issuance();
		next_miner_block(MINER);
		let withheld = |payee| Event::RewardWithheld {
			payee,
			amount: EXISTENTIAL_DEPOSIT - 1,
			error: DispatchError::Token(TokenError::BelowMinimum),
		};
		assert!(events().contains(&withheld(MINER)));
		block(vec![babe(slot() + 1, 7)]);
		assert_eq!(events(), [withheld(VALIDATOR + 7)]);
		assert_eq!((issuance(), TotalMinted::<Test>::get(), balance(MINER)), (before, 0, 0));
	});
}

#[test]
fn a_reward_that_would_overflow_the_issuance_leaves_the_block_valid() {
	build_and_execute(|| {
		MinerReward::set(&Balance::MAX);
		let before = issuance();
		next_miner_block(MINER);
		assert!(events().iter().any(|event| matches!(event, Event::RewardWithheld { payee: MINER, .. })));
		assert_eq!((issuance(), TotalMinted::<Test>::get()), (before, 0));
	});
}

#[test]
fn rewards_of_nothing_are_silent() {
	build_and_execute(|| {
		MinerReward::set(&0);
		IncluderBonus::set(&0);
		next_miner_block(MINER);
		assert!(matches!(events()[..], [Event::BlockMined { .. }]));
		validator_block();
		assert_eq!((events(), TotalMinted::<Test>::get()), (vec![], 0));
	});
}

#[test]
fn a_provider_is_credited_once_in_a_period() {
	build_and_execute(|| {
		let credited = Event::ProviderCredited { miner: PROVIDER, node: NodeId::from_low_u64_be(PROVIDER) };
		next_miner_block(PROVIDER);
		assert!(events().contains(&credited));
		let first = System::block_number();
		loop {
			next_miner_block(PROVIDER);
			if System::block_number() >= first + CreditPeriod::get() {
				break;
			}
			assert!(!events().contains(&credited), "{}", System::block_number());
			assert_ok!(HybridPow::do_try_state());
		}
		assert!(events().contains(&credited));
		assert_eq!(Credits::<Test>::get().len(), 1, "what has run out makes room");
	});
}

#[test]
fn a_miner_without_a_node_is_not_remembered() {
	build_and_execute(|| {
		next_miner_block(MINER);
		assert!(Credits::<Test>::get().is_empty());
	});
}

#[test]
fn no_more_miners_are_credited_than_there_is_room_for() {
	build_and_execute(|| {
		let credited = || events().iter().any(|event| matches!(event, Event::ProviderCredited { .. }));
		for (miner, expected) in [(PROVIDER, true), (OTHER_PROVIDER, true), (THIRD_PROVIDER, false)] {
			next_miner_block(miner);
			assert_eq!(credited(), expected, "{miner}");
		}
		validator_blocks(50);
		next_miner_block(THIRD_PROVIDER);
		assert!(credited(), "there is room again");
	});
}

#[test]
fn without_a_period_each_block_is_credited() {
	build_and_execute(|| {
		CreditPeriod::set(&0);
		for _ in 0..3 {
			next_miner_block(PROVIDER);
			assert!(events().iter().any(|event| matches!(event, Event::ProviderCredited { .. })));
			assert_eq!(Credits::<Test>::get().len(), 1);
		}
	});
}
