//! Validators that make two blocks in one slot.

use crate::support::*;
use futures::executor::block_on;
use sc_consensus::BlockImport;
use sp_consensus::BlockOrigin;
use sp_consensus_babe::{check_equivocation_proof, AuthorityId};
use sp_keyring::Sr25519Keyring;

#[test]
fn a_validators_siblings_should_be_reported_once_with_a_proof_that_the_runtime_accepts() {
	let mut chain = Chain::new();
	let first = chain.start();
	let slot = slot_of(&first) + 2;
	let one = chain.must_take(chain.validators_block(&first, slot, 1));
	assert!(chain.answers.reports.lock().unwrap().is_empty());
	let other = chain.must_take(chain.validators_block(&first, slot, 2));

	let reports = chain.answers.reports.lock().unwrap().clone();
	let [proof] = &reports[..] else { panic!("one report, not {reports:?}") };
	assert_eq!(proof.offender, AuthorityId::from(Sr25519Keyring::Alice.public()));
	assert_eq!(*proof.slot, slot);
	assert_eq!((&proof.first_header, &proof.second_header), (&one, &other));
	assert!(check_equivocation_proof(proof.clone()), "what the runtime checks a report by");
}

#[test]
fn an_offender_should_be_looked_up_at_the_parent_and_at_the_best_block_and_not_reported_when_unknown() {
	let mut chain = Chain::new();
	let first = chain.start();
	*chain.answers.knows_validators.lock().unwrap() = false;
	for salt in [1, 2] {
		let header = chain.validators_block(&first, slot_of(&first) + 2, salt);
		chain.must_take(header);
	}
	assert_eq!(chain.answers.calls_of("BabeApi_generate_key_ownership_proof"), 2);
	assert_eq!(chain.answers.calls_of("BabeApi_submit_report_equivocation_unsigned_extrinsic"), 0);
}

#[test]
fn a_block_that_comes_twice_should_not_be_reported() {
	let mut chain = Chain::new();
	let first = chain.start();
	let header = chain.validators_block(&first, slot_of(&first) + 2, 1);
	for _ in 0..2 {
		let block = chain.verify(&header).unwrap();
		chain.import(block).unwrap();
	}
	assert!(chain.answers.reports.lock().unwrap().is_empty());
}

#[test]
fn siblings_from_synchronisation_should_not_be_reported() {
	let mut chain = Chain::new();
	let first = chain.start();
	for salt in [1, 2] {
		let header = chain.validators_block(&first, slot_of(&first) + 2, salt);
		chain.take_from(BlockOrigin::NetworkInitialSync, &header).unwrap();
	}
	assert!(chain.answers.reports.lock().unwrap().is_empty());
}

#[test]
fn miners_siblings_should_not_be_reported() {
	let mut chain = Chain::new();
	let first = chain.start();
	for salt in 1..=3 {
		let header = chain.must_take(chain.miners_block(&first, salt));
		assert_eq!(chain.header(header.hash()), header);
	}
	assert!(chain.answers.reports.lock().unwrap().is_empty());
}

/// Why this crate reports itself. When one of these fails, BABE's import reports well by itself, and
/// `Equivocations` and `RestoreOrigin` can be looked at anew.
#[test]
fn babes_own_import_reports_without_seals_what_the_runtime_then_refuses() {
	let mut chain = Chain::new();
	let first = chain.start();
	for salt in [1, 2] {
		let block = chain.verify(&chain.validators_block(&first, slot_of(&first) + 2, salt)).unwrap();
		block_on(chain.stock.import_block(block)).unwrap();
	}
	let reports = chain.answers.reports.lock().unwrap().clone();
	let [proof] = &reports[..] else { panic!("one report, not {reports:?}") };
	assert!(!check_equivocation_proof(proof.clone()));
}

/// The same: miners' blocks must not come before BABE's own look.
#[test]
fn babes_own_import_reports_miners_siblings_as_the_first_validators() {
	let mut chain = Chain::new();
	let first = chain.start();
	for salt in [1, 2] {
		let block = chain.verify(&chain.miners_block(&first, salt)).unwrap();
		block_on(chain.stock.import_block(block)).unwrap();
	}
	let reports = chain.answers.reports.lock().unwrap().clone();
	let [proof] = &reports[..] else { panic!("one report, not {reports:?}") };
	assert_eq!(proof.offender, AuthorityId::from(Sr25519Keyring::Alice.public()));
}
