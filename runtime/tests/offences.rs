//! A validator that signs two blocks for one slot is reported and slashed; miners, whose blocks may well share a slot, are not.

mod common;

use common::*;
use frame_support::{assert_ok, traits::KeyOwnerProofSystem};
use gpu_chain_primitives::pow::POW_ENGINE_ID;
use gpu_chain_runtime::*;
use pallet_babe::Error as BabeError;
use sp_consensus_babe::{digests::CompatibleDigestItem, AuthorityId, EquivocationProof, Slot};
use sp_core::{crypto::key_types::BABE, sr25519, Pair, U256};
use sp_keyring::Sr25519Keyring::{self, Alice, Bob};
use sp_runtime::{traits::Header as _, DigestItem, Perbill};

type Proof = EquivocationProof<Header>;

/// A header in that slot, with digests, that differs from others by `mark`.
fn header(logs: Vec<DigestItem>, mark: u8) -> Header {
	let mut header = next_header(logs);
	header.set_extrinsics_root([mark; 32].into());
	header
}

/// The header with the seal of the first validator.
fn sealed(mut header: Header, pair: &sr25519::Pair) -> Header {
	let signature = pair.sign(header.hash().as_ref());
	header.digest_mut().push(DigestItem::babe_seal(signature.into()));
	header
}

fn proof(first_header: Header, second_header: Header, offender: Sr25519Keyring, slot: u64) -> Proof {
	EquivocationProof {
		offender: AuthorityId::from(offender.public()),
		slot: Slot::from(slot),
		first_header,
		second_header,
	}
}

/// Two blocks that Alice signed for that slot.
fn double_signed(slot: u64) -> Proof {
	let sign = |mark| sealed(header(vec![babe_digest(slot, 0)], mark), &Alice.pair());
	proof(sign(1), sign(2), Alice, slot)
}

fn report(proof: Proof) -> sp_runtime::DispatchResult {
	let key_owner_proof = Historical::prove((BABE, proof.offender.clone())).expect("Alice is a validator");
	let equivocation_proof = Box::new(proof);
	call(&account(Bob), pallet_babe::Call::report_equivocation { equivocation_proof, key_owner_proof })
}

#[test]
fn a_validator_that_signs_twice_for_a_slot_is_reported_disabled_and_slashed() {
	genesis("local_testnet").execute_with(|| {
		run_blocks(4);
		begin_block_of(1);
		assert_eq!(stake_of(Alice), STASH);
		// What was elected, in votes of fewer digits than plancks have.
		let exposed = Staking::eras_stakers(0, &account(Alice)).own;
		let evidence = double_signed(head_slot());
		assert_ok!(report(evidence.clone()));
		assert!(System::events().iter().any(|record| matches!(
			record.event,
			RuntimeEvent::Offences(pallet_offences::Event::Offence { kind, .. }) if &kind == b"babe:equivocatio"
		)));
		assert_eq!(report(evidence), Err(BabeError::<Runtime>::DuplicateOffenceReport.into()));
		end_block();
		begin_block_of(1);
		end_block();
		let alice = Session::validators().iter().position(|who| *who == account(Alice)).expect("a validator");
		assert_eq!(Session::disabled_validators(), [alice as u32]);

		// Government could still stop it: it is carried out when its time has come. One of four validators: (3 · 1/4)² of it.
		until_slashed(Alice);
		assert_eq!(stake_of(Alice), STASH - Perbill::from_rational(9u32, 16) * exposed);
		assert_eq!(stake_of(Bob), STASH);
	});
}

#[test]
fn evidence_that_proves_nothing_is_refused() {
	genesis("local_testnet").execute_with(|| {
		run_blocks(4);
		begin_block_of(1);
		let slot = head_slot();
		let good = double_signed(slot);
		let refused = Err(BabeError::<Runtime>::InvalidEquivocationProof.into());

		let same = Proof { second_header: good.first_header.clone(), ..good.clone() };
		let unsealed = Proof { second_header: header(vec![babe_digest(slot, 0)], 3), ..good.clone() };
		let others = sealed(header(vec![babe_digest(slot, 0)], 3), &Bob.pair());
		let elsewhere = sealed(header(vec![babe_digest(slot + 2, 0)], 3), &Alice.pair());
		for bad in [
			same,
			unsealed,
			Proof { second_header: others, ..good.clone() },
			Proof { second_header: elsewhere, ..good.clone() },
		] {
			assert_eq!(report(bad), refused);
		}
		assert_ok!(report(good));
		end_block();
	});
}

#[test]
fn two_mined_blocks_in_one_slot_are_nobodys_offence() {
	genesis("local_testnet").execute_with(|| {
		open_lane();
		let slot = head_slot() + 1;
		let mined = |mark| {
			let logs = vec![pow_digest(&account(Alice), U256::one()), babe_digest(slot, 0)];
			let mut header = header(logs, mark);
			header.digest_mut().push(DigestItem::Seal(POW_ENGINE_ID, vec![mark; 32]));
			header
		};
		let siblings = proof(mined(1), mined(2), Alice, slot);
		begin_block_of(1);
		assert_eq!(report(siblings), Err(BabeError::<Runtime>::InvalidEquivocationProof.into()));
		end_block();
		assert_eq!(stake_of(Alice), STASH);
	});
}
