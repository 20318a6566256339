//! What the pallet stores, and how money is shared out. Knows no Config.

use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use gpu_chain_primitives::{Award, DisputedDeal, EscrowKey, Settlement, Uri};
use scale_info::TypeInfo;
use sp_runtime::{traits::AtLeast32BitUnsigned, Permill};

/// A dispute, numbered from 0.
pub type DisputeId = u64;

/// Links to evidence that each side may submit for one dispute.
pub const MAX_EVIDENCE: u32 = 8;

/// How a dispute is decided. The cases are the specification's A, B and C.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Verdict {
	/// A: the provider failed.
	Buyer {
		/// It also breached data or misused the work: it loses more of its stake, and its node is banned.
		misuse: bool,
	},
	/// B: the buyer was wrong.
	Provider,
	/// C: both are at fault.
	Split {
		/// The buyer's part of what is left after the arbitration.
		buyer_share: Permill,
	},
}

impl Verdict {
	/// The part of the money, after the arbitration, that it gives the buyer.
	pub fn buyer_share(&self) -> Permill {
		match self {
			Self::Buyer { .. } => Permill::one(),
			Self::Provider => Permill::zero(),
			Self::Split { buyer_share } => *buyer_share,
		}
	}

	/// What votes come to. More than half of them for one side decide for it, and more than half of them for misuse
	/// find misuse. Otherwise it is a split, and the buyer's share is the median of all shares voted for, where a vote
	/// for a side counts as all or nothing; of two middle ones it is the mean, rounded down. `None` without votes.
	pub fn tally(votes: &[Self]) -> Option<Self> {
		let majority = |votes_for: usize| votes_for.saturating_mul(2) > votes.len();
		let count = |is: fn(&Self) -> bool| votes.iter().filter(|vote| is(vote)).count();
		if majority(count(|vote| matches!(vote, Self::Buyer { .. }))) {
			let misuse = majority(count(|vote| matches!(vote, Self::Buyer { misuse: true })));
			return Some(Self::Buyer { misuse });
		}
		if majority(count(|vote| matches!(vote, Self::Provider))) {
			return Some(Self::Provider);
		}
		let mut shares: Vec<u32> = votes.iter().map(|vote| vote.buyer_share().deconstruct()).collect();
		shares.sort_unstable();
		let upper = *shares.get(shares.len() / 2)?;
		let lower = *shares.get(shares.len().saturating_sub(1) / 2)?;
		// Two of at most a million each: no overflow.
		Some(Self::Split { buyer_share: Permill::from_parts(lower.saturating_add(upper) / 2) })
	}
}

/// Who decided, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Ruling {
	/// A quorum of arbitrators; the arbitration's part is theirs.
	ByArbitrators(Verdict),
	/// The council, since there was no quorum; the arbitration's part is the treasury's.
	ByCouncil(Verdict),
	/// Nobody did in time: everything goes back to whoever paid it.
	Expired,
}

impl Ruling {
	/// The verdict, unless there was none.
	pub fn verdict(&self) -> Option<Verdict> {
		match self {
			Self::ByArbitrators(verdict) | Self::ByCouncil(verdict) => Some(*verdict),
			Self::Expired => None,
		}
	}
}

/// Where a dispute stands. Which window is open follows from the block number and is not stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum DisputeStatus<Balance, BlockNumber> {
	/// The parties bring evidence, then arbitrators vote.
	Open,
	/// There was no quorum: the council decides.
	Escalated {
		/// The last block in which it may.
		decide_by: BlockNumber,
	},
	/// Decided and paid out.
	Closed {
		/// Who decided, and how.
		ruling: Ruling,
		/// How the price was shared out.
		settlement: Settlement<Balance>,
		/// The block in which that happened.
		at: BlockNumber,
	},
}

/// What a client is shown of where a dispute stands now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum DisputePhase {
	/// The parties may bring evidence.
	Evidence,
	/// Arbitrators may vote.
	Voting,
	/// A quorum has voted: anybody may conclude it.
	Decided,
	/// There was no quorum: anybody may escalate it, and the council may decide at once.
	NoQuorum,
	/// The council may decide.
	Escalated,
	/// The council did not decide in time: anybody may close it.
	Expired,
	/// Decided and paid out.
	Closed,
}

/// A side of a dispute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Side {
	/// Who ordered the work.
	Buyer,
	/// Who did it.
	Provider,
}

impl Side {
	/// Both of them.
	pub const BOTH: [Self; 2] = [Self::Buyer, Self::Provider];
}

/// A link to something that speaks for one side.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Evidence<BlockNumber> {
	/// Where it lies.
	pub uri: Uri,
	/// The block in which it was submitted.
	pub at: BlockNumber,
}

/// What one side submitted.
pub type EvidenceList<BlockNumber> = BoundedVec<Evidence<BlockNumber>, ConstU32<MAX_EVIDENCE>>;

/// An arbitrator's vote.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Ballot<AccountId> {
	/// Who voted.
	pub arbitrator: AccountId,
	/// How.
	pub verdict: Verdict,
	/// Whether the arbitrator's part of the arbitration is paid.
	pub claimed: bool,
}

/// A case about a task or a rental.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Dispute<AccountId, AssetKind, Balance, BlockNumber> {
	/// The task or rental.
	pub key: EscrowKey,
	/// Who deals with whom about how much. The buyer disputes.
	pub deal: DisputedDeal<AccountId, AssetKind, Balance>,
	/// What the buyer loses to the provider if the provider wins, in the deal's currency. On hold on the buyer's
	/// account.
	pub bond: Balance,
	/// Who has the bond, where it could not be paid when the dispute was closed: it stays held until `claim_bond`.
	pub bond_owed_to: Option<AccountId>,
	/// What of the price is the judges', in the deal's currency.
	pub arbitration: Balance,
	/// The platform's share of what the provider earns, as it was when the price was deposited.
	pub fee: Permill,
	/// Votes that it takes.
	pub quorum: u32,
	/// The block in which it was opened.
	pub opened_at: BlockNumber,
	/// The last block in which evidence is taken; from the next on arbitrators vote.
	pub evidence_by: BlockNumber,
	/// The last block in which votes are taken.
	pub vote_by: BlockNumber,
	/// Where it stands.
	pub status: DisputeStatus<Balance, BlockNumber>,
}

impl<AccountId: PartialEq, AssetKind, Balance, BlockNumber> Dispute<AccountId, AssetKind, Balance, BlockNumber>
where
	Balance: AtLeast32BitUnsigned + Copy,
	BlockNumber: PartialOrd + Copy,
{
	/// On which side somebody stands who may bring evidence.
	pub fn side(&self, who: &AccountId) -> Option<Side> {
		if *who == self.deal.buyer {
			Some(Side::Buyer)
		} else if *who == self.deal.provider {
			Some(Side::Provider)
		} else {
			None
		}
	}

	/// Who stands on a side.
	pub fn party(&self, side: Side) -> &AccountId {
		match side {
			Side::Buyer => &self.deal.buyer,
			Side::Provider => &self.deal.provider,
		}
	}

	/// Whether the outcome is somebody's own money.
	pub fn is_interested(&self, who: &AccountId) -> bool {
		self.side(who).is_some() || *who == self.deal.payer
	}

	/// Whether nothing happens to it any more, except that money that is owed is paid and it is removed.
	pub fn is_closed(&self) -> bool {
		matches!(self.status, DisputeStatus::Closed { .. })
	}

	/// Where it stands at block `now`, with so many votes.
	pub fn phase(&self, now: BlockNumber, votes: u32) -> DisputePhase {
		match self.status {
			DisputeStatus::Closed { .. } => DisputePhase::Closed,
			DisputeStatus::Escalated { decide_by } if now > decide_by => DisputePhase::Expired,
			DisputeStatus::Escalated { .. } => DisputePhase::Escalated,
			DisputeStatus::Open if now <= self.evidence_by => DisputePhase::Evidence,
			DisputeStatus::Open if now <= self.vote_by => DisputePhase::Voting,
			DisputeStatus::Open if votes >= self.quorum => DisputePhase::Decided,
			DisputeStatus::Open => DisputePhase::NoQuorum,
		}
	}

	/// How `ruling` shares the price out. The parts always add up to it.
	pub fn award(&self, ruling: &Ruling) -> Award<Balance> {
		award(self.deal.amount, self.arbitration, self.fee, ruling.verdict())
	}
}

/// How `amount` is shared out, of which `arbitration` is the judges' and `fee` the platform's share of what the
/// provider earns; without a verdict everything goes back. Shares are rounded down: the buyer's of a split in the
/// provider's favour, the fee in the provider's favour too, so that the provider has the last unit wherever it has any.
pub fn award<Balance: AtLeast32BitUnsigned + Copy>(
	amount: Balance,
	arbitration: Balance,
	fee: Permill,
	verdict: Option<Verdict>,
) -> Award<Balance> {
	let none = Balance::zero();
	let Some(verdict) = verdict else {
		return Award { provider: none, fee: none, refund: amount, arbitration: none };
	};
	let arbitration = arbitration.min(amount);
	let rest = amount - arbitration;
	match verdict {
		Verdict::Buyer { .. } => Award { provider: none, fee: none, refund: rest, arbitration },
		Verdict::Provider => {
			// The fee is of the whole price, as without a dispute: the provider bears the arbitration.
			let fee = fee.mul_floor(amount).min(rest);
			Award { provider: rest - fee, fee, refund: none, arbitration }
		}
		Verdict::Split { buyer_share } => {
			let refund = buyer_share.mul_floor(rest);
			let earned = rest - refund;
			let fee = fee.mul_floor(earned);
			Award { provider: earned - fee, fee, refund, arbitration }
		}
	}
}

/// The part of `arbitration` of the voter of that place among `voters`: equal parts, and what is left over to whoever
/// voted first.
pub fn fee_share<Balance: AtLeast32BitUnsigned + Copy>(arbitration: Balance, voters: u32, place: u32) -> Balance {
	if place >= voters {
		return Balance::zero();
	}
	let voters = Balance::from(voters);
	let left_over = if place == 0 { arbitration % voters } else { Balance::zero() };
	arbitration / voters + left_over
}

/// The parts of a settlement together; `None` where they are more than any amount can be.
pub fn total<Balance: AtLeast32BitUnsigned + Copy>(settlement: &Settlement<Balance>) -> Option<Balance> {
	let Settlement { provider, fee, refund, arbitration } = settlement;
	provider.checked_add(fee)?.checked_add(refund)?.checked_add(arbitration)
}

/// Whether `bytes` are `scheme:rest`: a letter, then letters, digits, `+`, `-` or `.`; a colon; and at least one more
/// character. All of it printable ASCII without blanks.
pub fn is_uri(bytes: &[u8]) -> bool {
	let Some(colon) = bytes.iter().position(|byte| *byte == b':') else { return false };
	let (scheme, rest) = bytes.split_at(colon);
	scheme.first().is_some_and(u8::is_ascii_alphabetic)
		&& scheme.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
		&& rest.len() > 1
		&& rest.iter().all(u8::is_ascii_graphic)
}
