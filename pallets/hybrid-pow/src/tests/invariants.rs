//! Each invariant of the crate's documentation is checked.

use crate::{mock::*, *};
use sp_core::H256;
use sp_runtime::DispatchError;

/// A chain with one miner's block somewhere, broken by `breakage`.
fn broken(expected: &'static str, breakage: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		next_miner_block(PROVIDER);
		validator_blocks(3);
		HybridPow::do_try_state().unwrap();
		breakage();
		assert_eq!(HybridPow::do_try_state(), Err(DispatchError::Other(expected)));
	});
}

#[test]
fn invariant_1() {
	let expected = "hybrid pow 1: difficulty or its minimum is out of bounds";
	broken(expected, || Difficulty::<Test>::mutate(|d| *d = MinimumDifficulty::<Test>::get() - 1));
	broken(expected, || Difficulty::<Test>::put(retarget::CAP + 1));
	broken(expected, || MinimumDifficulty::<Test>::put(retarget::LOWEST - 1));
}

#[test]
fn invariant_2() {
	let expected = "hybrid pow 2: there is a newest slot without blocks, or blocks without one";
	broken(expected, || Lane::<Test>::mutate(|lane| lane.slot = None));
	broken(expected, || Lane::<Test>::mutate(|lane| (lane.validator_blocks, lane.miner_blocks) = (0, 0)));
	let expected = "hybrid pow 2: the newest slot and the blocks since the last miner's disagree";
	broken(expected, || Lane::<Test>::mutate(|lane| lane.validator_blocks_since = 0));
	broken(expected, || Lane::<Test>::mutate(|lane| lane.slot = lane.slot.map(|slot| slot + 1)));
}

#[test]
fn invariant_3() {
	let expected = "hybrid pow 3: there are more blocks of miners than the spacing allows";
	broken(expected, || Lane::<Test>::mutate(|lane| lane.miner_blocks = 2));
	broken(expected, || Lane::<Test>::mutate(|lane| lane.validator_blocks_since = 100));
}

#[test]
fn invariant_4() {
	let expected = "hybrid pow 4: something was minted or found without a miner's block";
	broken(expected, || Lane::<Test>::mutate(|lane| lane.miner_blocks = 0));
	new_test_ext().execute_with(|| {
		LatestWork::<Test>::put(H256::zero());
		assert_eq!(HybridPow::do_try_state(), Err(DispatchError::Other(expected)));
		LatestWork::<Test>::kill();
		TotalMinted::<Test>::put(1);
		assert_eq!(HybridPow::do_try_state(), Err(DispatchError::Other(expected)));
	});
}

#[test]
fn invariant_5() {
	let expected = "hybrid pow 5: credits are out of order, in the future, or twice a miner's";
	let put =
		|credits: &[(AccountId, u64)]| Credits::<Test>::put(frame_support::BoundedVec::truncate_from(credits.to_vec()));
	broken(expected, || put(&[(PROVIDER, 2), (OTHER_PROVIDER, 1)]));
	broken(expected, || put(&[(PROVIDER, 2), (PROVIDER, 3)]));
	broken(expected, || put(&[(PROVIDER, 1_000)]));
}
