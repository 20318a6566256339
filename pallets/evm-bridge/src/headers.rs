//! Votes on headers.

use crate::{
	types::{
		follow_ancestors, is_quorum, signer, total_power, AcceptedHeader, Ancestors, Chain, HeaderRange, HeaderVote,
		MemberIndex, Signature,
	},
	Authorities, AuthoritySetId, AuthoritySetOf, Ballots, ChainId, Config, Error, Event, HeaderRanges, Headers, Pallet,
	SessionActivity,
};
use frame_support::{ensure, traits::Get, weights::Weight};
use gpu_chain_evm_client::header::Header as EvmHeader;
use sp_core::H256;
use sp_runtime::{
	traits::Zero,
	transaction_validity::{
		InvalidTransaction, TransactionPriority, TransactionValidityError, TransactionValidityWithRefund,
		ValidTransaction,
	},
	DispatchError, DispatchResult,
};

/// How long a vote or signature stays in the pool, blocks. The worker sends it again while it is of use.
const LONGEVITY: u64 = 32;

impl<T: Config> Pallet<T> {
	/// The hash of this chain's first block.
	pub(crate) fn own_genesis() -> H256 {
		let hash = frame_system::Pallet::<T>::block_hash(frame_system::pallet_prelude::BlockNumberFor::<T>::zero());
		H256::from_slice(hash.as_ref().get(..32).unwrap_or(&[0; 32]))
	}

	/// What a member signs for a vote.
	pub(crate) fn vote_digest(vote: &HeaderVote, chain: &Chain) -> H256 {
		H256(vote.digest(&Self::own_genesis(), &chain.gateway))
	}

	/// The set and the digest of a vote that counts, but for the signature; cheapest first.
	///
	/// A vote for the header that was accepted last counts for whoever gives it late, and for nothing else.
	pub(crate) fn check_vote(
		vote: &HeaderVote,
		index: MemberIndex,
	) -> Result<(AuthoritySetOf<T>, H256), DispatchError> {
		let chain = Self::running(vote.chain_id)?;
		ensure!(vote.set_id > 0 && vote.set_id == AuthoritySetId::<T>::get(), Error::<T>::WrongSet);
		ensure!(!vote.block_hash.is_zero() && !vote.receipts_root.is_zero(), Error::<T>::ZeroHash);
		let aligned = vote.number > 0 && vote.number.is_multiple_of(chain.alignment.max(1).into());
		let late = |range: HeaderRange| {
			vote.number == range.newest
				&& Headers::<T>::get(vote.chain_id, range.newest).is_some_and(|header| {
					header.block_hash == vote.block_hash
						&& header.receipts_root == vote.receipts_root
						&& header.timestamp == vote.timestamp
				})
		};
		let newest = HeaderRanges::<T>::get(vote.chain_id);
		let new = newest.is_none_or(|range| vote.number > range.newest || late(range));
		ensure!(aligned && new, Error::<T>::BadHeight);
		let voted = Ballots::<T>::get(vote.chain_id).voted(vote.set_id, index);
		ensure!(voted.is_none_or(|last| vote.number > last), Error::<T>::AlreadyVoted);
		let set = Authorities::<T>::get(vote.set_id).ok_or(Error::<T>::WrongSet)?;
		ensure!(usize::from(index) < set.members.len(), Error::<T>::NoSuchMember);
		Ok((set, Self::vote_digest(vote, &chain)))
	}

	pub(crate) fn check_signed_vote(
		vote: &HeaderVote,
		index: MemberIndex,
		signature: &Signature,
	) -> TransactionValidityWithRefund {
		let (set, digest) = Self::check_vote(vote, index).map_err(Self::invalid)?;
		let member = set.members.get(usize::from(index)).ok_or(InvalidTransaction::BadProof)?;
		if signer(signature, &digest.0) != Some(member.address) {
			return Err(InvalidTransaction::BadProof.into());
		}
		// One vote a member is in the pool at a time, whatever it votes for: a higher one takes the place of a lower one.
		Self::valid(("vote", vote.chain_id, vote.set_id, index), vote.number)
	}

	pub(crate) fn valid(tag: impl codec::Encode, urgency: u64) -> TransactionValidityWithRefund {
		ValidTransaction::with_tag_prefix("EvmBridge")
			.priority((TransactionPriority::MAX / 2).saturating_add(urgency))
			.and_provides(tag)
			.longevity(LONGEVITY)
			.propagate(true)
			.build()
			.map(|valid| (valid, Weight::zero()))
	}

	/// What the pool is told of a vote or signature that does not count: later it may, or never.
	pub(crate) fn invalid(error: DispatchError) -> TransactionValidityError {
		let stale =
			[Error::<T>::AlreadyVoted, Error::<T>::AlreadySigned, Error::<T>::NothingToSign, Error::<T>::BadHeight];
		if stale.into_iter().any(|one| DispatchError::from(one) == error) {
			return InvalidTransaction::Stale.into();
		}
		InvalidTransaction::Call.into()
	}

	pub(crate) fn do_vote_header(vote: HeaderVote, index: MemberIndex) -> DispatchResult {
		let (set, digest) = Self::check_vote(&vote, index)?;
		let HeaderVote { chain_id, set_id, number, block_hash, .. } = vote;
		let member = set.members.get(usize::from(index)).ok_or(Error::<T>::NoSuchMember)?;

		let mut ballot = Ballots::<T>::get(chain_id);
		ensure!(ballot.cast(set_id, set.members.len(), index, number, digest), Error::<T>::NoSuchMember);
		let power = ballot.power(&set.members, &digest);
		Ballots::<T>::insert(chain_id, ballot);
		Self::note_activity(index);
		Self::deposit_event(Event::HeaderVoted { chain_id, number, block_hash, validator: member.account.clone() });

		let known = Headers::<T>::contains_key(chain_id, number);
		if !known && is_quorum(power, total_power(&set.members)) {
			Self::accept(&vote);
		}
		Ok(())
	}

	fn accept(vote: &HeaderVote) {
		let HeaderVote { chain_id, number, block_hash, receipts_root, timestamp, .. } = *vote;
		let mut range =
			HeaderRanges::<T>::get(chain_id).unwrap_or(HeaderRange { oldest: number, newest: number, count: 0 });
		if range.count > 0 {
			Headers::<T>::mutate(chain_id, range.newest, |header| {
				if let Some(header) = header {
					header.next = Some(number);
				}
			});
		}
		Headers::<T>::insert(chain_id, number, AcceptedHeader { block_hash, receipts_root, timestamp, next: None });
		range.newest = number;
		Self::count_one_more(chain_id, range);
		SessionActivity::<T>::mutate(|activity| activity.headers = activity.headers.saturating_add(1));

		Self::deposit_event(Event::HeaderAccepted { chain_id, number, block_hash });
	}

	pub(crate) fn do_prove_header(
		chain_id: ChainId,
		anchor: u64,
		previous: Option<u64>,
		ancestors: &Ancestors,
	) -> DispatchResult {
		let chain = Self::running(chain_id)?;
		let above = Headers::<T>::get(chain_id, anchor).ok_or(Error::<T>::HeaderNotFound)?;
		let mut range = HeaderRanges::<T>::get(chain_id).ok_or(Error::<T>::HeaderNotFound)?;
		let header = follow_ancestors(&above, ancestors).ok_or(Error::<T>::BadAncestors)?;
		let EvmHeader { number, hash, receipts_root, timestamp, .. } = header;
		let aligned = number > 0 && number.is_multiple_of(chain.alignment.max(1).into());
		ensure!(aligned && number < anchor, Error::<T>::BadHeight);
		ensure!(receipts_root != [0; 32], Error::<T>::ZeroHash);
		let below = match previous {
			Some(previous) => Headers::<T>::get(chain_id, previous)
				.filter(|below| below.next == Some(anchor) && previous < number)
				.map(|below| Some((previous, below))),
			// Below all of them, if there is room: else it would be forgotten at once.
			None => (anchor == range.oldest && range.count < T::HeaderRetention::get()).then_some(None),
		};
		let below = below.ok_or(Error::<T>::BadHeight)?;

		match below {
			Some((previous, below)) => {
				Headers::<T>::insert(chain_id, previous, AcceptedHeader { next: Some(number), ..below })
			}
			None => range.oldest = number,
		}
		let (block_hash, receipts_root) = (H256(hash), H256(receipts_root));
		let header = AcceptedHeader { block_hash, receipts_root, timestamp, next: Some(anchor) };
		Headers::<T>::insert(chain_id, number, header);
		Self::count_one_more(chain_id, range);

		Self::deposit_event(Event::HeaderProven { chain_id, number, block_hash });
		Ok(())
	}

	fn count_one_more(chain_id: ChainId, mut range: HeaderRange) {
		range.count = range.count.saturating_add(1);
		// Two at the most: so the number falls, and does not jump, when fewer are to be kept.
		for _ in 0..2 {
			if range.count <= T::HeaderRetention::get().max(1) {
				break;
			}
			Self::forget_oldest(chain_id, &mut range);
		}
		HeaderRanges::<T>::insert(chain_id, range);
	}

	fn forget_oldest(chain_id: ChainId, range: &mut HeaderRange) {
		if let Some(next) = Headers::<T>::take(chain_id, range.oldest).and_then(|header| header.next) {
			range.oldest = next;
			range.count = range.count.saturating_sub(1);
		}
	}
}
