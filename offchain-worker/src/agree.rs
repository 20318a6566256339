//! What may be believed when several nodes were asked: pure decisions, and all of them fail closed.
//!
//! Every node that was asked has to answer, and all have to say the same. A node that times out stops the vote as much as one
//! that lies: were it left out, whoever can keep the honest nodes from answering would decide alone.

use crate::{chain::Chain, header::Header, Word};

/// What one node said of itself and its chain, or nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
	/// The chain's number.
	pub chain_id: u64,
	/// The hash of its first block, as the node names it.
	pub genesis: Word,
	/// The newest block that is final.
	pub finalized: u64,
}

/// Why nothing is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disagreement {
	/// Fewer nodes were asked than must be.
	TooFewNodes,
	/// A node did not answer, or with something that is no answer.
	NoAnswer,
	/// A node is on another chain.
	WrongChain,
	/// Nodes say different things, or one says something else than it was asked for.
	Different,
	/// A node describes a block whose root of receipts or hash is zero.
	Senseless,
}

/// The newest block that is final by every node's word.
///
/// # Errors
/// [`Disagreement`].
pub fn finalized(chain: &Chain, least: usize, answers: &[Option<Status>]) -> Result<u64, Disagreement> {
	if least == 0 || answers.len() < least {
		return Err(Disagreement::TooFewNodes);
	}
	let mut newest = u64::MAX;
	for answer in answers {
		let status = answer.ok_or(Disagreement::NoAnswer)?;
		if status.chain_id != chain.chain_id || status.genesis != chain.genesis {
			return Err(Disagreement::WrongChain);
		}
		newest = newest.min(status.finalized);
	}
	Ok(newest)
}

/// The height to vote on, `None` if there is none yet.
///
/// `accepted` is the last that the chain accepted and `voted` the last that this validator voted on, on the chain or by its
/// own notes: never at or below either. `open` are heights that others voted on. The lowest of them that is final goes
/// first, so that the votes of validators that see finality at different moments meet; else it is the newest aligned block.
pub fn target(
	chain: &Chain,
	finalized: u64,
	accepted: Option<u64>,
	voted: Option<u64>,
	open: impl IntoIterator<Item = u64>,
) -> Option<u64> {
	let newest = chain.aligned(finalized);
	let after = accepted.max(voted);
	let allowed = |height: &u64| {
		*height <= newest && chain.aligned(*height) == *height && after.is_none_or(|after| *height > after)
	};
	open.into_iter().filter(allowed).min().or_else(|| Some(newest).filter(allowed))
}

/// The header of the block at `number`, that every node described with the hash that it has.
///
/// # Errors
/// [`Disagreement`].
pub fn header(number: u64, least: usize, answers: &[Option<Header>]) -> Result<Header, Disagreement> {
	if least == 0 || answers.len() < least {
		return Err(Disagreement::TooFewNodes);
	}
	let first = answers.first().copied().flatten().ok_or(Disagreement::NoAnswer)?;
	for answer in answers {
		let header = answer.ok_or(Disagreement::NoAnswer)?;
		if header != first || header.number != number {
			return Err(Disagreement::Different);
		}
	}
	if first.hash == [0; 32] || first.receipts_root == [0; 32] {
		return Err(Disagreement::Senseless);
	}
	Ok(first)
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::chain::Finality;
	use alloc::{vec, vec::Vec};
	use proptest::prelude::*;

	const CHAIN: Chain =
		Chain { chain_id: 1, genesis: [7; 32], gateway: [8; 20], finality: Finality::Finalized, alignment: 32 };

	fn status(finalized: u64) -> Status {
		Status { chain_id: 1, genesis: [7; 32], finalized }
	}

	fn block(number: u64, salt: u8) -> Header {
		Header { hash: [salt; 32], parent_hash: [1; 32], receipts_root: [2; 32], number, timestamp: 5 }
	}

	#[test]
	fn finality_should_be_the_slowest_nodes() {
		assert_eq!(finalized(&CHAIN, 2, &[Some(status(70)), Some(status(64))]), Ok(64));
	}

	#[test]
	fn a_node_that_times_out_should_stop_the_vote() {
		let answers = [Some(status(70)), Some(status(70)), None];
		assert_eq!(finalized(&CHAIN, 2, &answers), Err(Disagreement::NoAnswer));
		let headers = [Some(block(64, 1)), Some(block(64, 1)), None];
		assert_eq!(header(64, 2, &headers), Err(Disagreement::NoAnswer));
		assert_eq!(header(64, 2, &[None, Some(block(64, 1))]), Err(Disagreement::NoAnswer));
	}

	#[test]
	fn too_few_nodes_should_stop_the_vote() {
		assert_eq!(finalized(&CHAIN, 2, &[Some(status(70))]), Err(Disagreement::TooFewNodes));
		assert_eq!(finalized(&CHAIN, 0, &[]), Err(Disagreement::TooFewNodes));
		assert_eq!(header(64, 2, &[Some(block(64, 1))]), Err(Disagreement::TooFewNodes));
		assert_eq!(header(64, 0, &[]), Err(Disagreement::TooFewNodes));
	}

	#[test]
	fn nodes_of_other_chains_should_stop_the_vote() {
		let other = |chain_id, genesis| Some(Status { chain_id, genesis, finalized: 70 });
		assert_eq!(finalized(&CHAIN, 2, &[Some(status(70)), other(61, [7; 32])]), Err(Disagreement::WrongChain));
		assert_eq!(finalized(&CHAIN, 2, &[Some(status(70)), other(1, [9; 32])]), Err(Disagreement::WrongChain));
	}

	#[test]
	fn a_lying_node_should_stop_the_vote() {
		assert_eq!(header(64, 2, &[Some(block(64, 1)), Some(block(64, 2))]), Err(Disagreement::Different));
		let forged = Header { receipts_root: [3; 32], ..block(64, 1) };
		assert_eq!(header(64, 2, &[Some(block(64, 1)), Some(forged)]), Err(Disagreement::Different));
		// All agree, on another block than was asked for.
		assert_eq!(header(64, 2, &[Some(block(65, 1)), Some(block(65, 1))]), Err(Disagreement::Different));
		let zero = Header { receipts_root: [0; 32], ..block(64, 1) };
		assert_eq!(header(64, 2, &[Some(zero), Some(zero)]), Err(Disagreement::Senseless));
		assert_eq!(header(64, 2, &[Some(block(64, 0)), Some(block(64, 0))]), Err(Disagreement::Senseless));
	}

	#[test]
	fn votes_should_only_go_up_and_meet() {
		let nothing: Vec<u64> = vec![];
		assert_eq!(target(&CHAIN, 100, None, None, nothing.clone()), Some(96));
		assert_eq!(target(&CHAIN, 100, Some(96), None, nothing.clone()), None);
		assert_eq!(target(&CHAIN, 100, None, Some(96), nothing.clone()), None);
		assert_eq!(target(&CHAIN, 128, Some(64), Some(96), nothing), Some(128));
		// Others are at 96 still: meet them there. What is not final, not aligned or over is not followed.
		assert_eq!(target(&CHAIN, 130, Some(64), None, vec![160, 128, 96, 97, 64]), Some(96));
		assert_eq!(target(&CHAIN, 130, Some(64), Some(96), vec![96]), Some(128));
	}

	proptest! {
		#[test]
		fn a_vote_should_be_final_aligned_and_new(
			last in 0u64..1_000, accepted: Option<u8>, voted: Option<u8>, open: Vec<u16>, alignment in 0u64..40,
		) {
			let chain = Chain { alignment, ..CHAIN };
			let (accepted, voted) = (accepted.map(u64::from), voted.map(u64::from));
			if let Some(height) = target(&chain, last, accepted, voted, open.into_iter().map(u64::from)) {
				prop_assert!(height <= last && height % alignment.max(1) == 0);
				prop_assert!(accepted.is_none_or(|accepted| height > accepted));
				prop_assert!(voted.is_none_or(|voted| height > voted));
			}
		}

		#[test]
		fn one_dissenter_should_always_be_enough(count in 2usize..6, at in 0usize..6, salt in 2u8..=255) {
			let mut answers = vec![Some(block(64, 1)); count];
			answers[at % count] = Some(block(64, salt));
			prop_assert!(header(64, 2, &answers).is_err());
			answers[at % count] = None;
			prop_assert!(header(64, 2, &answers).is_err());
			answers[at % count] = Some(block(64, 1));
			prop_assert_eq!(header(64, 2, &answers), Ok(block(64, 1)));
		}
	}
}
