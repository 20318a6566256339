//! The rules for a miner's header: those that need nothing but the header, and those that need its parent.

use crate::{
	digest::{self, Lane, PowClaim},
	error::Refusal,
};
use gpu_chain_primitives::pow::is_pow_slot;
use gpu_work::{block_input, meets_target, target_for_difficulty};
use sp_blockchain::HeaderBackend;
use sp_core::{H256, U256};
use sp_crypto_hashing::keccak_256;
use sp_runtime::{
	traits::{Block as BlockT, Header as HeaderT, One, Zero},
	DigestItem,
};

/// Checks a miner's header by itself: `header` is the one without its seal. Reads no state and no other header, so that
/// a header without work costs a node two hashes and its sender all of them.
///
/// # Errors
/// [`Refusal::Digest`], [`Refusal::NotMinersSlot`], [`Refusal::BelowFloor`] and [`Refusal::NoWork`].
pub fn check_header<Header: HeaderT<Hash = H256>>(
	header: &Header,
	seal: &DigestItem,
	floor: U256,
) -> Result<PowClaim, Refusal> {
	let nonce = digest::read_seal(seal)?;
	let claim = digest::read_claim(header.digest().logs())?;
	if !is_pow_slot(*claim.slot) {
		return Err(Refusal::NotMinersSlot(claim.slot));
	}
	if claim.difficulty < floor {
		return Err(Refusal::BelowFloor { claimed: claim.difficulty, floor });
	}
	let work = keccak_256(&block_input(&header.hash().0, &nonce));
	if !meets_target(&work, &target_for_difficulty(claim.difficulty)) {
		return Err(Refusal::NoWork);
	}
	Ok(claim)
}

/// Checks a miner's header against its parent, which it returns: a validator's block, one slot and one number before.
///
/// # Errors
/// [`Refusal::UnknownParent`], [`Refusal::ParentNotValidators`], [`Refusal::NotNextNumber`], [`Refusal::NotNextSlot`], and
/// [`Refusal::Client`] when the database fails.
pub fn check_parent<Block: BlockT>(
	client: &impl HeaderBackend<Block>,
	header: &Block::Header,
	claim: &PowClaim,
) -> Result<Block::Header, Refusal> {
	let parent = client.header(*header.parent_hash())?.ok_or(Refusal::UnknownParent)?;
	let logs = parent.digest().logs();
	// Genesis has no seal at all.
	if digest::lane(logs.last()) != Ok(Lane::Validators) {
		return Err(Refusal::ParentNotValidators);
	}
	if *header.number() != *parent.number() + One::one() {
		return Err(Refusal::NotNextNumber);
	}
	let parent_slot = digest::read_validators_slot(logs)?;
	if Some(*claim.slot) != parent_slot.checked_add(1) {
		return Err(Refusal::NotNextSlot { slot: claim.slot, parent: parent_slot });
	}
	Ok(parent)
}

/// Checks of a validator's header, sealed or not, what BABE does not: that it keeps to its lane, and that it is not a
/// second genesis, at whose number BABE's verifier stops the node (it subtracts one, and this chain's programs check their
/// sums).
///
/// # Errors
/// [`Refusal::NotNextNumber`], [`Refusal::Digest`] and [`Refusal::NotValidatorsSlot`].
pub fn check_validators_header<Header: HeaderT>(header: &Header) -> Result<(), Refusal> {
	if header.number().is_zero() {
		return Err(Refusal::NotNextNumber);
	}
	let slot = digest::read_validators_slot(header.digest().logs())?;
	if is_pow_slot(*slot) {
		return Err(Refusal::NotValidatorsSlot(slot));
	}
	Ok(())
}
