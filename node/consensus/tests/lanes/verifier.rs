//! Who may have made a block.

use crate::support::*;
use codec::{Decode, Encode};
use gpu_chain_consensus::{
	digest::{pow_pre_digests, pow_seal},
	DigestError, Refusal,
};
use gpu_chain_primitives::pow::{PowPreDigest, POW_ENGINE_ID, POW_VERSION};
use sc_consensus_babe::{BabeIntermediate, INTERMEDIATE_KEY};
use sp_consensus_babe::{
	digests::{CompatibleDigestItem, PreDigest, SecondaryPlainPreDigest},
	BABE_ENGINE_ID,
};
use sp_core::{H256, U256};
use sp_keyring::Sr25519Keyring;
use sp_runtime::DigestItem;

/// A chain with Alice's first block.
fn chain() -> (Chain, Header) {
	let mut chain = Chain::new();
	let first = chain.start();
	(chain, first)
}

/// The header must be refused for that reason and no other.
fn assert_refused(chain: &Chain, header: &Header, reason: impl Into<Refusal>) {
	let reason = reason.into();
	assert_eq!(chain.verify(header).map(|_| ()), Err(reason.to_string()));
}

/// A miner's block on that parent whose logs were tampered with before the work was done.
fn mined_with(chain: &Chain, parent: &Header, tamper: impl FnOnce(&mut Vec<DigestItem>)) -> Header {
	let mut logs = miners_logs(slot_of(parent) + 1);
	tamper(&mut logs);
	mine(chain.build(parent, logs, 0))
}

fn babe_digest(authority_index: u32, slot: u64) -> DigestItem {
	DigestItem::babe_pre_digest(PreDigest::SecondaryPlain(SecondaryPlainPreDigest {
		authority_index,
		slot: slot.into(),
	}))
}

#[test]
fn a_validators_block_should_be_verified_by_babe() {
	let (chain, first) = chain();
	for primary in [true, false] {
		let header = chain.validators_block(&first, chain.slot_after(&first, primary), 0);
		let block = chain.verify(&header).unwrap();
		assert_eq!(block.post_header(), header);
		assert_eq!(block.post_digests.len(), 1);
		assert!(block.get_intermediate::<BabeIntermediate<Block>>(INTERMEDIATE_KEY).is_ok());
	}
}

#[test]
fn a_validators_block_with_a_wrong_signature_should_be_refused() {
	let (chain, first) = chain();
	let mut header = chain.validators_block(&first, slot_of(&first) + 2, 0);
	header.extrinsics_root = H256::repeat_byte(9);
	assert!(chain.verify(&header).err().unwrap().contains("Bad signature"));
}

#[test]
fn a_miners_block_should_be_verified_and_made_ready_for_babes_import() {
	let (chain, first) = chain();
	let header = chain.miners_block(&first, 0);
	let block = chain.verify(&header).unwrap();
	assert_eq!(block.post_digests, header.digest.logs[2..]);
	assert_eq!(block.header.digest.logs, header.digest.logs[..2]);
	assert_eq!(block.post_hash, Some(header.hash()));
	assert_eq!(block.post_header(), header);
	assert_eq!(block.fork_choice, None, "which head is best is BABE's decision");
	assert_eq!(block.intermediates.len(), 1);
	let epoch = block.get_intermediate::<BabeIntermediate<Block>>(INTERMEDIATE_KEY).unwrap();
	assert_eq!(*epoch.epoch_descriptor.start_slot(), slot_of(&first));
}

#[test]
fn what_the_runtime_logs_should_be_no_matter() {
	let (chain, first) = chain();
	let header = mined_with(&chain, &first, |logs| {
		logs.extend([
			DigestItem::Consensus(*b"FRNK", vec![1]),
			DigestItem::Consensus(POW_ENGINE_ID, vec![2]),
			DigestItem::RuntimeEnvironmentUpdated,
			DigestItem::Other(vec![3]),
		])
	});
	assert!(chain.verify(&header).is_ok());
}

#[test]
fn babe_seal_should_be_refused_on_an_odd_slot() {
	let (chain, first) = chain();
	let slot = slot_of(&first) + 3;
	assert_refused(&chain, &chain.validators_block(&first, slot, 0), Refusal::NotValidatorsSlot(slot.into()));
}

#[test]
fn babe_seal_should_be_refused_over_a_pow_digest() {
	let (chain, first) = chain();
	let slot = slot_of(&first) + 2;
	let stray = [
		pow_pre_digests(bob(), FLOOR.into(), slot.into()).remove(0),
		DigestItem::PreRuntime(POW_ENGINE_ID, Vec::new()),
		pow_seal(&[0; 32]),
	];
	for stray in stray {
		for first_log in [true, false] {
			let mut logs = chain.validators_logs(&first, slot);
			logs.insert(if first_log { 0 } else { logs.len() }, stray.clone());
			let header = chain.sign(chain.build(&first, logs, 0));
			assert_refused(&chain, &header, DigestError::PowDigestUnderBabeSeal);
		}
	}
}

#[test]
fn babe_seal_should_be_refused_on_a_miners_header() {
	let (chain, first) = chain();
	let header = chain.sign(chain.build(&first, miners_logs(slot_of(&first) + 1), 0));
	assert_refused(&chain, &header, DigestError::PowDigestUnderBabeSeal);
	// The same without what names the miner: the slot is the miners', and plain secondary slots are not allowed anyway.
	let slot = slot_of(&first) + 1;
	let header = chain.sign(chain.build(&first, vec![babe_digest(0, slot)], 0));
	assert_refused(&chain, &header, Refusal::NotValidatorsSlot(slot.into()));
	assert!(chain.verify(&chain.sign(chain.build(&first, vec![babe_digest(0, slot + 1)], 0))).is_err());
}

#[test]
fn babe_seal_should_be_refused_without_or_with_two_slots() {
	let (chain, first) = chain();
	assert_refused(&chain, &chain.sign(chain.build(&first, Vec::new(), 0)), DigestError::NoBabeDigest);
	let slot = slot_of(&first) + 2;
	let mut logs = chain.validators_logs(&first, slot);
	logs.push(babe_digest(0, slot + 1));
	let header = chain.sign(chain.build(&first, logs, 0));
	assert_refused(&chain, &header, DigestError::ExtraPreDigest(BABE_ENGINE_ID));
}

#[test]
fn a_header_should_be_refused_without_a_seal_of_a_known_engine() {
	let (chain, first) = chain();
	let header = chain.build(&first, miners_logs(slot_of(&first) + 1), 0);
	assert_refused(&chain, &header, DigestError::Unsealed);
	assert_refused(&chain, &chain.build(&first, Vec::new(), 0), DigestError::Unsealed);
	let mut foreign = header.clone();
	foreign.digest.push(DigestItem::Seal(*b"aura", vec![0; 64]));
	assert_refused(&chain, &foreign, DigestError::UnknownSeal(*b"aura"));
	// A seal counts only where it is last.
	let mut followed = mine(header);
	followed.digest.push(DigestItem::Other(Vec::new()));
	assert_refused(&chain, &followed, DigestError::Unsealed);
}

#[test]
fn pow_seal_should_be_refused_without_its_digest() {
	let (chain, first) = chain();
	let header = mined_with(&chain, &first, |logs| drop(logs.remove(0)));
	assert_refused(&chain, &header, DigestError::NoPowDigest);
	let header = mined_with(&chain, &first, |logs| logs.clear());
	assert_refused(&chain, &header, DigestError::NoPowDigest);
	let header = mined_with(&chain, &first, |logs| drop(logs.pop()));
	assert_refused(&chain, &header, DigestError::NoBabeDigest);
}

#[test]
fn pow_seal_should_be_refused_over_a_validators_header() {
	let (chain, first) = chain();
	let header = mine(chain.build(&first, chain.validators_logs(&first, slot_of(&first) + 1), 0));
	assert_refused(&chain, &header, DigestError::NoPowDigest);
}

#[test]
fn pow_seal_should_be_refused_over_digests_in_another_order() {
	let (chain, first) = chain();
	let header = mined_with(&chain, &first, |logs| logs.swap(0, 1));
	assert_refused(&chain, &header, DigestError::NoPowDigest);
	let header = mined_with(&chain, &first, |logs| logs.insert(1, DigestItem::Other(Vec::new())));
	assert_refused(&chain, &header, DigestError::NoBabeDigest);
}

#[test]
fn pow_seal_should_be_refused_over_duplicate_or_extra_pre_digests() {
	let (chain, first) = chain();
	let slot = slot_of(&first) + 1;
	for (extra, engine) in [
		(miners_logs(slot).remove(0), POW_ENGINE_ID),
		(babe_digest(0, slot), BABE_ENGINE_ID),
		(babe_digest(0, slot + 1), BABE_ENGINE_ID),
		(DigestItem::PreRuntime(*b"aura", Vec::new()), *b"aura"),
	] {
		let header = mined_with(&chain, &first, |logs| logs.push(extra));
		assert_refused(&chain, &header, DigestError::ExtraPreDigest(engine));
	}
	let header = mined_with(&chain, &first, |logs| logs.insert(1, logs[0].clone()));
	assert_refused(&chain, &header, DigestError::NoBabeDigest);
}

#[test]
fn pow_seal_should_be_refused_over_another_seal() {
	let (chain, first) = chain();
	for seal in [pow_seal(&[0; 32]), DigestItem::Seal(BABE_ENGINE_ID, vec![0; 64])] {
		let header = mined_with(&chain, &first, |logs| logs.push(seal));
		assert_refused(&chain, &header, DigestError::ExtraSeal);
	}
}

#[test]
fn pow_seal_should_be_refused_over_digests_that_do_not_decode_or_go_on() {
	let (chain, first) = chain();
	let spoil: [fn(&mut Vec<u8>); 3] = [|bytes| bytes.push(0), |bytes| bytes.truncate(bytes.len() - 1), Vec::clear];
	for spoil in spoil {
		for (index, reason) in [(0, DigestError::BadPowDigest), (1, DigestError::BadBabeDigest)] {
			let header = mined_with(&chain, &first, |logs| match &mut logs[index] {
				DigestItem::PreRuntime(_, bytes) => spoil(bytes),
				other => panic!("a miner's first logs are pre-digests, not {other:?}"),
			});
			assert_refused(&chain, &header, reason);
		}
	}
}

#[test]
fn pow_seal_should_be_refused_over_another_version() {
	let (chain, first) = chain();
	let claim = PowPreDigest { miner: bob(), difficulty: U256::from(FLOOR), version: POW_VERSION + 1 };
	let header = mined_with(&chain, &first, |logs| logs[0] = DigestItem::PreRuntime(POW_ENGINE_ID, claim.encode()));
	assert_refused(&chain, &header, DigestError::UnknownVersion(POW_VERSION + 1));
}

#[test]
fn pow_seal_should_be_refused_over_another_authority_index() {
	let (chain, first) = chain();
	let header = mined_with(&chain, &first, |logs| logs[1] = babe_digest(1, slot_of(&first) + 1));
	assert_refused(&chain, &header, DigestError::AuthorityIndex(1));
}

#[test]
fn pow_seal_should_be_refused_over_a_slot_that_was_won() {
	let (chain, first) = chain();
	let claims = (0u64..).map(|n| chain.claim(&first, slot_of(&first) + 1 + 2 * n));
	let (mut primary, mut secondary) = (false, false);
	for claim in claims {
		match claim {
			PreDigest::Primary(_) => primary = true,
			_ => secondary = true,
		}
		let header = mined_with(&chain, &first, |logs| logs[1] = DigestItem::babe_pre_digest(claim));
		assert_refused(&chain, &header, DigestError::NotSecondaryPlain);
		if primary && secondary {
			break;
		}
	}
}

#[test]
fn pow_seal_should_be_refused_when_it_is_not_32_bytes() {
	let (chain, first) = chain();
	for length in [0, 8, 31, 33, 64] {
		let mut header = chain.miners_block(&first, 0);
		header.digest.pop();
		header.digest.push(DigestItem::Seal(POW_ENGINE_ID, vec![0; length]));
		assert_refused(&chain, &header, DigestError::SealLength(length));
	}
}

#[test]
fn pow_seal_should_be_refused_when_the_work_was_not_done() {
	let (chain, first) = chain();
	let mut header = chain.build(&first, miners_logs(slot_of(&first) + 1), 0);
	let idle = nonce(&header, FLOOR.into(), false);
	header.digest.push(pow_seal(&idle));
	assert_refused(&chain, &header, Refusal::NoWork);
}

#[test]
fn pow_seal_should_not_survive_a_change_of_the_miner_or_of_anything_else() {
	let (chain, first) = chain();
	let charlie = Sr25519Keyring::Charlie.to_account_id();
	let slot = slot_of(&first) + 1;
	// The chance that a nonce is good for a changed header too is one in 2^20.
	let difficulty = U256::from(1 << 20);
	let mined = mine_at(chain.build(&first, pow_pre_digests(bob(), difficulty, slot.into()), 0), difficulty);
	assert!(chain.verify(&mined).is_ok());

	let mut stolen = mined.clone();
	stolen.digest.logs[0] = pow_pre_digests(charlie, difficulty, slot.into()).remove(0);
	assert_refused(&chain, &stolen, Refusal::NoWork);
	let mut other = mined.clone();
	other.extrinsics_root = H256::repeat_byte(1);
	assert_refused(&chain, &other, Refusal::NoWork);
	let mut other = mined.clone();
	other.state_root = H256::repeat_byte(1);
	assert_refused(&chain, &other, Refusal::NoWork);
	let mut other = mined;
	other.digest.logs.insert(2, DigestItem::Other(Vec::new()));
	assert_refused(&chain, &other, Refusal::NoWork);
}

#[test]
fn pow_seal_should_be_refused_below_the_floor() {
	let (chain, first) = chain();
	for claimed in [0, 1, FLOOR - 1] {
		let logs = pow_pre_digests(bob(), claimed.into(), (slot_of(&first) + 1).into());
		let header = mine_at(chain.build(&first, logs, 0), claimed.into());
		assert_refused(&chain, &header, Refusal::BelowFloor { claimed: claimed.into(), floor: FLOOR.into() });
	}
}

#[test]
fn pow_seal_should_be_refused_on_an_even_slot() {
	let (chain, first) = chain();
	let slot = slot_of(&first) + 2;
	assert_refused(&chain, &mine(chain.build(&first, miners_logs(slot), 0)), Refusal::NotMinersSlot(slot.into()));
}

#[test]
fn pow_seal_should_be_refused_in_any_slot_but_the_one_after_the_parents() {
	let (mut chain, first) = chain();
	let second = chain.must_take(chain.validators_block(&first, slot_of(&first) + 4, 0));
	let parent = slot_of(&second);
	for slot in [parent - 3, parent - 1, parent + 3, parent + 5, 1] {
		let header = mine(chain.build(&second, miners_logs(slot), 0));
		assert_refused(&chain, &header, Refusal::NotNextSlot { slot: slot.into(), parent: parent.into() });
	}
	assert!(chain.verify(&mine(chain.build(&second, miners_logs(parent + 1), 0))).is_ok());
}

#[test]
fn pow_seal_should_be_refused_in_the_future() {
	let (chain, first) = chain();
	for ahead in [3, 1_000, u64::MAX / 2] {
		let slot = (*now() + ahead) | 1;
		let header = mine(chain.build(&first, miners_logs(slot), 0));
		let refusal = chain.verify(&header).err().unwrap();
		assert!(refusal.contains("lies in the future"), "{refusal}");
	}
}

#[test]
fn pow_seal_should_be_taken_as_far_ahead_of_the_clock_as_babe_takes_a_block() {
	let mut chain = Chain::new();
	// Alice's clock is ahead: her block is in this slot or the next, whichever is even.
	let parent = (*now() + 1) & !1;
	let first = chain.must_take(chain.validators_block(&chain.genesis(), parent, 0));
	let found = chain.verify(&chain.miners_block(&first, 0));
	// A miner's slot can be one ahead when the clock is in the validator's, and the test may be in either.
	if parent + 1 > *now() + 1 {
		assert!(found.err().unwrap().contains("lies in the future"));
	} else {
		assert!(found.is_ok());
	}
}

#[test]
fn pow_seal_should_be_refused_on_a_miners_block_and_on_genesis() {
	let (mut chain, first) = chain();
	let mined = chain.must_take(chain.miners_block(&first, 0));
	for slot in [slot_of(&mined), slot_of(&mined) + 2] {
		let header = mine(chain.build(&mined, miners_logs(slot), 0));
		assert_refused(&chain, &header, Refusal::ParentNotValidators);
	}
	let header = mine(chain.build(&chain.genesis(), miners_logs(1), 0));
	assert_refused(&chain, &header, Refusal::ParentNotValidators);
}

#[test]
fn pow_seal_should_be_refused_on_an_unknown_parent_and_with_another_number() {
	let (chain, first) = chain();
	let mut orphan = chain.build(&first, miners_logs(slot_of(&first) + 1), 0);
	orphan.parent_hash = H256::repeat_byte(7);
	assert_refused(&chain, &mine(orphan), Refusal::UnknownParent);
	for number in [0, 1, 3, u32::MAX] {
		let mut header = chain.build(&first, miners_logs(slot_of(&first) + 1), 0);
		header.number = number;
		assert_refused(&chain, &mine(header), Refusal::NotNextNumber);
	}
}

#[test]
fn a_validators_block_should_be_refused_as_a_second_genesis() {
	let (chain, first) = chain();
	let mut header = chain.build(&first, chain.validators_logs(&first, slot_of(&first) + 2), 0);
	header.number = 0;
	assert_refused(&chain, &chain.sign(header), Refusal::NotNextNumber);
}

#[test]
fn a_validators_block_should_be_refused_in_the_future_on_any_parent() {
	let (mut chain, first) = chain();
	let mined = chain.must_take(chain.miners_block(&first, 0));
	for parent in [chain.genesis(), first, mined] {
		for slot in [(*now() + 4) & !1, u64::MAX - 1] {
			let header = chain.sign(chain.build(&parent, vec![babe_digest(0, slot)], 0));
			let refusal = chain.verify(&header).err().unwrap();
			assert!(refusal.contains("too far in the future"), "{refusal}");
		}
	}
}

/// Whatever bytes a peer sends, the verifier answers; and of a header that it takes, every byte counts.
#[test]
fn a_spoilt_header_should_be_refused_without_a_panic() {
	let (mut chain, first) = chain();
	let second = chain.must_take(chain.validators_block(&first, slot_of(&first) + 2, 0));
	// So much work that no spoilt header has it by chance.
	let logs = pow_pre_digests(bob(), U256::from(1 << 20), (slot_of(&second) + 1).into());
	let mined = mine_at(chain.build(&second, logs, 0), U256::from(1 << 20));
	let signed = chain.validators_block(&second, slot_of(&second) + 2, 0);
	for header in [mined, signed] {
		assert!(chain.verify(&header).is_ok());
		let bytes = header.encode();
		let mut decoded = 0;
		for (index, byte) in bytes.iter().enumerate() {
			for spoilt in [0, 1, 0x7f, 0x80, 0xff, byte ^ 1, byte.wrapping_add(4)] {
				let mut bytes = bytes.clone();
				bytes[index] = spoilt;
				let Ok(header) = Header::decode(&mut &bytes[..]) else { continue };
				if spoilt != *byte {
					decoded += 1;
					assert!(chain.verify(&header).is_err(), "byte {index} is {spoilt} instead of {byte}");
				}
			}
		}
		assert!(decoded > 1_000, "{decoded} spoilt headers");
	}
}

#[test]
fn refusals_should_be_counted_by_reason() {
	let (chain, first) = chain();
	let mut header = chain.build(&first, miners_logs(slot_of(&first) + 1), 0);
	assert!(chain.verify(&header).is_err());
	let idle = nonce(&header, FLOOR.into(), false);
	header.digest.push(pow_seal(&idle));
	assert!(chain.verify(&header).is_err());
	assert!(chain.verify(&header).is_err());
	assert_eq!(chain.count("gpu_chain_blocks_refused_total", "digest"), 1);
	assert_eq!(chain.count("gpu_chain_blocks_refused_total", "work"), 2);
}

/// What no work was done for must cost nothing: neither a look into the database nor a call of the runtime.
#[test]
fn a_flood_of_headers_without_work_should_not_reach_the_runtime() {
	let (mut chain, first) = chain();
	let before = chain.answers.calls();
	assert!(before > 0, "the block before was executed");
	let due = U256::from(1u64 << 40);
	for n in 0..10_000u32 {
		let mut header = chain.build(&first, pow_pre_digests(bob(), due, (slot_of(&first) + 1).into()), 0);
		header.digest.push(pow_seal(&U256::from(n).to_big_endian()));
		assert!(chain.take(&header).is_err());
	}
	assert_eq!(chain.answers.calls(), before);
	assert_eq!(chain.count("gpu_chain_blocks_refused_total", "work"), 10_000);

	// An unknown parent is not even noticed, so the database was not asked for it.
	let mut orphan = chain.build(&first, pow_pre_digests(bob(), due, (slot_of(&first) + 1).into()), 0);
	orphan.parent_hash = H256::repeat_byte(7);
	orphan.digest.push(pow_seal(&[0; 32]));
	assert_refused(&chain, &orphan, Refusal::NoWork);
}
