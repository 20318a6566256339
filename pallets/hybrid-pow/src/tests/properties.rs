//! What holds for every chain of blocks, honest or not.

use crate::{mock::*, *};
use proptest::prelude::*;
use sp_runtime::Digest;

/// A block that somebody offers: empty slots before it, whether it has a miner's digest, and by how much its claim is off.
#[derive(Clone, Debug)]
struct Offer {
	gap: u64,
	mined: bool,
	off_by: u64,
}

fn offer() -> impl Strategy<Value = Offer> {
	// Mostly the next slots; sometimes whole epochs are skipped.
	let gap = prop_oneof![20 => 1u64..4, 2 => 4u64..400, 1 => 400u64..20_000];
	(gap, any::<bool>(), prop_oneof![9 => Just(0u64), 1 => Just(1u64)]).prop_map(|(gap, mined, off_by)| Offer {
		gap,
		mined,
		off_by,
	})
}

/// The epoch that a slot lies in, as BABE counts from the slot of block 1.
fn epoch(slot: u64, first_slot: u64, length: u64) -> u64 {
	(slot - first_slot) / length
}

proptest! {
	#[test]
	fn a_miners_block_is_never_first_in_an_epoch(
		offers in prop::collection::vec(offer(), 1..200),
		half_epoch in 1u64..100,
		half_start in 1u64..1_000,
	) {
		let (length, first_slot) = (2 * half_epoch, 2 * half_start);
		let (mut lane, difficulty) = (LaneState::default().after_validator(first_slot), U256::from(1 << 20));
		let mut since = 1;
		for Offer { gap, mined, off_by } in offers {
			let parent = lane.slot.expect("there is a block");
			let slot = parent + gap;
			let mut logs = vec![babe(slot, 0)];
			if mined {
				logs.insert(0, pow(MINER, difficulty + off_by));
			}
			let Ok(judged) = judge::<AccountId>(&Digest { logs }, &lane, difficulty, SPACING) else { continue };
			prop_assert_eq!(judged.miner.is_some(), slot % 2 == 1);
			lane = if judged.miner.is_some() {
				prop_assert_eq!(epoch(slot, first_slot, length), epoch(parent, first_slot, length));
				prop_assert!(since >= SPACING && parent + 1 == slot && parent % 2 == 0 && off_by == 0);
				since = 0;
				lane.after_miner(slot)
			} else {
				since += 1;
				lane.after_validator(slot)
			};
		}
	}

	#[test]
	fn what_next_work_says_is_what_is_taken(offers in prop::collection::vec(offer(), 1..60)) {
		build_and_execute(|| {
			validator_block();
			for Offer { gap, mined, .. } in offers {
				if mined {
					// Exactly where work is offered a miner's block is valid on the next slot.
					let logs = vec![pow(MINER, Difficulty::<Test>::get()), babe(slot() + 1, 0)];
					let judged = judge::<AccountId>(
						&Digest { logs: logs.clone() }, &Lane::<Test>::get(), Difficulty::<Test>::get(), SPACING,
					);
					assert_eq!(judged.is_ok(), HybridPow::next_work().is_some());
					if judged.is_ok() {
						block(logs);
					}
				} else {
					block(vec![babe((slot() + gap) / 2 * 2 + 2, 0)]);
				}
				HybridPow::do_try_state().unwrap();
			}
		});
	}

	#[test]
	fn each_reward_is_minted_once_and_nothing_else_is(mined in prop::collection::vec(any::<bool>(), 1..80)) {
		build_and_execute(|| {
			let before = Balances::total_issuance();
			for mined in mined {
				if mined && HybridPow::next_work().is_some() {
					miner_block(MINER);
				} else {
					validator_block();
				}
			}
			let minted = Balances::total_issuance() - before;
			let lane = Lane::<Test>::get();
			let included = lane.miner_blocks - u64::from(lane.ends_with_miner());
			assert_eq!(minted, TotalMinted::<Test>::get());
			assert_eq!(minted, u128::from(lane.miner_blocks) * 1_000 + u128::from(included) * 100);
		});
	}

	#[test]
	fn the_difficulty_stays_in_bounds(mined in prop::collection::vec(any::<bool>(), 0..500), bits in 16u32..200) {
		let minimum = U256::one() << bits;
		let mut difficulty = minimum;
		for mined in mined {
			let next = if mined {
				retarget::after_miner(difficulty, minimum)
			} else {
				retarget::after_validator(difficulty, minimum)
			};
			prop_assert!(minimum <= next && next <= retarget::CAP);
			let moved = if mined { next > difficulty || next == retarget::CAP } else { next < difficulty || next == minimum };
			prop_assert!(moved);
			difficulty = next;
		}
	}
}
