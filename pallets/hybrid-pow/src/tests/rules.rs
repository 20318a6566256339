//! Each rule's violation makes an invalid block: `on_initialize` panics, and says why.

use crate::{mock::*, *};
use codec::Encode;
use gpu_chain_primitives::pow::{PowPreDigest, POW_ENGINE_ID, POW_VERSION};
use sp_consensus_babe::{
	digests::{PreDigest, PrimaryPreDigest, SecondaryVRFPreDigest},
	BABE_ENGINE_ID,
};
use sp_core::sr25519::vrf::{VrfPreOutput, VrfProof, VrfSignature};
use sp_runtime::{Digest, DigestItem};

/// The next slot after some blocks of validators, with the lane open.
fn open_lane() -> u64 {
	validator_blocks(SPACING);
	slot() + 1
}

fn difficulty() -> U256 {
	Difficulty::<Test>::get()
}

fn vrf() -> VrfSignature {
	let zero = [0u8; 96].encode();
	let pre_output = codec::Decode::decode(&mut &zero[..32]).expect("any 32 bytes");
	let proof = codec::Decode::decode(&mut &zero[32..]).expect("any 64 bytes");
	let (pre_output, proof): (VrfPreOutput, VrfProof) = (pre_output, proof);
	VrfSignature { pre_output, proof }
}

fn with_trailing_byte(item: DigestItem) -> DigestItem {
	match item {
		DigestItem::PreRuntime(engine, mut data) => {
			data.push(0);
			DigestItem::PreRuntime(engine, data)
		}
		other => other,
	}
}

/// What a block with these digests would be refused for, in the state as it is.
fn verdict(logs: Vec<DigestItem>) -> Result<Judged<AccountId>, Violation> {
	judge(&Digest { logs }, &Lane::<Test>::get(), difficulty(), SPACING)
}

#[test]
fn a_miners_block_stands_on_an_open_lane() {
	build_and_execute(|| {
		let slot = open_lane();
		assert_eq!(HybridPow::next_work(), Some(difficulty()));
		block(vec![pow(MINER, difficulty()), babe(slot, 0)]);
		let lane = Lane::<Test>::get();
		assert_eq!((lane.slot, lane.miner_blocks, lane.validator_blocks_since), (Some(slot), 1, 0));
		assert_eq!(lane.validator_blocks, u64::from(SPACING));
		// And the chain goes on, with or without the next slot.
		validator_blocks(2);
	});
}

#[test]
fn digests_of_other_engines_and_kinds_do_not_matter() {
	build_and_execute(|| {
		let slot = open_lane();
		let foreign = DigestItem::PreRuntime(*b"mmrd", vec![1, 2, 3]);
		let log = DigestItem::Consensus(POW_ENGINE_ID, vec![1]);
		assert!(verdict(vec![foreign.clone(), babe(slot + 1, 0), log.clone()]).is_ok());
		assert!(verdict(vec![foreign, pow(MINER, difficulty()), babe(slot, 0), log]).is_ok());
	});
}

#[test]
fn validators_may_use_any_kind_of_slot() {
	build_and_execute(|| {
		let slot = open_lane() + 1;
		let primary =
			PreDigest::Primary(PrimaryPreDigest { authority_index: 3, slot: slot.into(), vrf_signature: vrf() });
		let secondary = PreDigest::SecondaryVRF(SecondaryVRFPreDigest {
			authority_index: 3,
			slot: slot.into(),
			vrf_signature: vrf(),
		});
		for digest in [primary, secondary] {
			let judged = verdict(vec![DigestItem::PreRuntime(BABE_ENGINE_ID, digest.encode())]);
			assert_eq!(judged, Ok(Judged { slot, miner: None }));
		}
	});
}

/// The violation and the panic of one and the same block.
macro_rules! refused {
	($name:ident, $violation:ident, $reason:literal, $logs:expr) => {
		mod $name {
			use super::*;

			#[test]
			fn is_named() {
				build_and_execute(|| assert_eq!(verdict($logs()), Err(Violation::$violation)));
			}

			#[test]
			#[should_panic(expected = $reason)]
			fn makes_the_block_invalid() {
				new_test_ext().execute_with(|| {
					block($logs());
				});
			}
		}
	};
}

refused!(no_slot, NotOneSlot, "invalid block: a block must have exactly one BABE pre-digest", Vec::new);

refused!(two_slots, NotOneSlot, "invalid block: a block must have exactly one BABE pre-digest", || vec![
	babe(FIRST_SLOT, 0),
	babe(FIRST_SLOT, 0)
]);

refused!(malformed_slot, MalformedSlot, "invalid block: the BABE pre-digest is malformed", || vec![
	DigestItem::PreRuntime(BABE_ENGINE_ID, vec![9, 9])
]);

refused!(slot_with_trailing_bytes, MalformedSlot, "invalid block: the BABE pre-digest is malformed", || vec![
	with_trailing_byte(babe(FIRST_SLOT, 0))
]);

refused!(same_slot_again, SlotNotAfterParent, "invalid block: the slot must be after the parent's", || {
	validator_block();
	vec![babe(slot(), 0)]
});

refused!(earlier_slot, SlotNotAfterParent, "invalid block: the slot must be after the parent's", || {
	validator_block();
	vec![babe(slot() - 2, 0)]
});

refused!(
	validator_on_an_odd_slot,
	MinerMissing,
	"invalid block: a block on an odd slot must have a miner's digest",
	|| vec![babe(open_lane(), 0)]
);

refused!(
	miner_on_an_even_slot,
	MinerOnEvenSlot,
	"invalid block: a block on an even slot must not have a miner's digest",
	|| vec![pow(MINER, difficulty()), babe(open_lane() + 1, 0)]
);

refused!(two_miners, ManyMiners, "invalid block: a block must not have more than one miner's digest", || {
	let slot = open_lane();
	vec![pow(MINER, difficulty()), pow(MINER, difficulty()), babe(slot, 0)]
});

refused!(malformed_miner, MalformedMiner, "invalid block: the miner's digest is malformed", || {
	let slot = open_lane();
	vec![DigestItem::PreRuntime(POW_ENGINE_ID, vec![1]), babe(slot, 0)]
});

refused!(miner_with_trailing_bytes, MalformedMiner, "invalid block: the miner's digest is malformed", || {
	let slot = open_lane();
	vec![with_trailing_byte(pow(MINER, difficulty())), babe(slot, 0)]
});

refused!(another_version, WrongVersion, "invalid block: the miner's digest has an unknown version", || {
	let slot = open_lane();
	let claim = PowPreDigest { miner: MINER, difficulty: difficulty(), version: POW_VERSION + 1 };
	vec![DigestItem::PreRuntime(POW_ENGINE_ID, claim.encode()), babe(slot, 0)]
});

refused!(
	miner_with_a_primary_slot,
	NotSecondaryPlain,
	"invalid block: a miner's block must carry a secondary plain slot",
	|| {
		let slot = open_lane();
		let claim = PrimaryPreDigest { authority_index: 0, slot: slot.into(), vrf_signature: vrf() };
		let claim = DigestItem::PreRuntime(BABE_ENGINE_ID, PreDigest::Primary(claim).encode());
		vec![pow(MINER, difficulty()), claim]
	}
);

refused!(
	miner_with_a_secondary_vrf_slot,
	NotSecondaryPlain,
	"invalid block: a miner's block must carry a secondary plain slot",
	|| {
		let slot = open_lane();
		let claim = SecondaryVRFPreDigest { authority_index: 0, slot: slot.into(), vrf_signature: vrf() };
		let claim = DigestItem::PreRuntime(BABE_ENGINE_ID, PreDigest::SecondaryVRF(claim).encode());
		vec![pow(MINER, difficulty()), claim]
	}
);

refused!(
	miner_with_another_authority,
	WrongAuthority,
	"invalid block: a miner's block must carry authority index 0",
	|| {
		let slot = open_lane();
		vec![pow(MINER, difficulty()), babe(slot, 1)]
	}
);

refused!(miner_on_a_miner, MinerOnMiner, "invalid block: a miner's block must not stand on a miner's block", || {
	open_lane();
	miner_block(MINER);
	vec![pow(MINER, difficulty()), babe(slot() + 2, 0)]
});

refused!(
	miner_after_empty_slots,
	NotNextSlot,
	"invalid block: a miner's block must be on the slot after its parent's",
	|| {
		let slot = open_lane();
		vec![pow(MINER, difficulty()), babe(slot + 2, 0)]
	}
);

refused!(
	miner_on_genesis,
	NotNextSlot,
	"invalid block: a miner's block must be on the slot after its parent's",
	|| vec![pow(MINER, difficulty()), babe(FIRST_SLOT + 1, 0)]
);

refused!(
	miner_before_any_spacing,
	TooSoon,
	"invalid block: too few blocks of validators since the last miner's block",
	|| {
		validator_blocks(SPACING - 1);
		vec![pow(MINER, difficulty()), babe(slot() + 1, 0)]
	}
);

refused!(
	miner_too_soon_after_a_miner,
	TooSoon,
	"invalid block: too few blocks of validators since the last miner's block",
	|| {
		open_lane();
		miner_block(MINER);
		validator_blocks(SPACING - 1);
		vec![pow(MINER, difficulty()), babe(slot() + 1, 0)]
	}
);

refused!(
	miner_with_a_lower_difficulty,
	WrongDifficulty,
	"invalid block: a miner's block must claim the chain's difficulty",
	|| {
		let slot = open_lane();
		vec![pow(MINER, difficulty() - 1), babe(slot, 0)]
	}
);

refused!(
	miner_with_a_higher_difficulty,
	WrongDifficulty,
	"invalid block: a miner's block must claim the chain's difficulty",
	|| {
		let slot = open_lane();
		vec![pow(MINER, difficulty() + 1), babe(slot, 0)]
	}
);
