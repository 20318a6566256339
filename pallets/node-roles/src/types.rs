//! What the pallet stores, and the rules on it. Knows no Config.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::traits::ConstU32;
use gpu_chain_primitives::Uri;
use scale_info::TypeInfo;
use sp_core::H256;
use sp_runtime::{BoundedVec, Permill};

/// Most Kings at a time.
pub const MAX_KINGS: u32 = 16;

/// Kings, in order.
pub type KingList<AccountId> = BoundedVec<AccountId, ConstU32<MAX_KINGS>>;

/// Where a Queen stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum QueenState<BlockNumber> {
	/// Waits for the Kings.
	Candidate,
	/// May sponsor and audit.
	Active,
	/// A King has stopped her. Blame goes on, fees do not.
	Suspended,
	/// On her way out, until her bond is withdrawn.
	Leaving {
		/// The first block in which it can be.
		until: BlockNumber,
	},
}

/// Somebody who sponsors and audits nodes, or wants to.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Queen<AccountId, Balance, BlockNumber> {
	/// What she loses a part of when her nodes are slashed, plancks on hold.
	pub bond: Balance,
	/// Where she stands.
	pub state: QueenState<BlockNumber>,
	/// Since which block.
	pub since: BlockNumber,
	/// How many nodes she sponsors, those whose sponsorship is ending included.
	pub sponsored: u32,
	/// How many slashes are pending that she shares the blame of.
	pub blamed: u32,
	/// Kings who want her active. Empty unless she is a candidate or suspended.
	pub approvals: KingList<AccountId>,
}

impl<AccountId: Ord, Balance: Ord, BlockNumber> Queen<AccountId, Balance, BlockNumber> {
	/// Whether she may sponsor, audit, and have a part of fees.
	pub fn is_live(&self, minimum_bond: &Balance) -> bool {
		matches!(self.state, QueenState::Active) && self.bond >= *minimum_bond
	}

	/// Whether Kings may make her active.
	pub fn is_confirmable(&self) -> bool {
		matches!(self.state, QueenState::Candidate | QueenState::Suspended)
	}

	/// Whether more than `quorum` of the Kings of today approve of her, or all of them.
	pub fn is_confirmed(&self, kings: &[AccountId], quorum: Permill) -> bool {
		let approving = self.approvals.iter().filter(|who| kings.binary_search(who).is_ok()).count() as u32;
		approving >= approvals_needed(kings.len() as u32, quorum)
	}
}

/// Approvals that make a Queen: more than `quorum` of `kings`, at least one, and at most all of them.
pub fn approvals_needed(kings: u32, quorum: Permill) -> u32 {
	quorum.mul_floor(kings).saturating_add(1).min(kings.max(1))
}

/// A Queen's answering for a node.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Sponsorship<AccountId, BlockNumber> {
	/// Who answers for it.
	pub queen: AccountId,
	/// The block in which it began.
	pub since: BlockNumber,
	/// The block of the last audit that the node passed; at first that of the beginning.
	pub audited_at: BlockNumber,
	/// The first block without it, once its end was told.
	pub ends_at: Option<BlockNumber>,
}

impl<AccountId, BlockNumber: PartialOrd + Copy> Sponsorship<AccountId, BlockNumber> {
	/// Whether it is over at block `now`.
	pub fn is_over(&self, now: BlockNumber) -> bool {
		self.ends_at.is_some_and(|end| end <= now)
	}
}

/// What an audit of a node found.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Audit<AccountId, BlockNumber> {
	/// Who audited: the node's sponsor.
	pub queen: AccountId,
	/// The block in which it was recorded.
	pub at: BlockNumber,
	/// Whether the node passed.
	pub passed: bool,
	/// Where the report lies. Not empty.
	pub report_uri: Uri,
	/// The hash of the report.
	pub report_hash: H256,
	/// The King who confirmed it.
	pub confirmed_by: Option<AccountId>,
}
