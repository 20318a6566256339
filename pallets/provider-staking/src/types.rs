//! What the pallet stores, and its arithmetic. Knows no Config.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use gpu_chain_primitives::{BasisPoints, Misconduct, NodeId, TrackRecord, TrustLevel, FULL_SCORE};
use scale_info::TypeInfo;
use sp_runtime::{
	traits::{AtLeast32BitUnsigned, Zero},
	Permill,
};

/// A slash, numbered from 0.
pub type SlashId = u64;

/// Withdrawals of one node that may cool down at the same time. Those that unlock in one block count once.
pub const MAX_UNBONDING: u32 = 8;

/// Stake that cools down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct UnbondingChunk<Balance, BlockNumber> {
	/// How much, plancks. Not zero.
	pub amount: Balance,
	/// The first block in which it can be withdrawn.
	pub unlock_at: BlockNumber,
}

/// The stake behind one node. All of it, `active` and `unbonding`, is on hold on the owner's account.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct StakeLedger<AccountId, Balance, BlockNumber> {
	/// Who staked it and has it back.
	pub owner: AccountId,
	/// Plancks that stand behind the node.
	pub active: Balance,
	/// Plancks of `active` and `unbonding` together that pending slashes will take.
	pub pending_slash: Balance,
	/// Withdrawals that were requested and not paid out, oldest first.
	pub unbonding: BoundedVec<UnbondingChunk<Balance, BlockNumber>, ConstU32<MAX_UNBONDING>>,
}

/// Whether the owner of a slashed node accepts the slash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum Appeal<Balance> {
	/// The owner has not appealed.
	None,
	/// The owner appealed, and nobody has decided.
	Open {
		/// What the owner loses if the appeal is rejected, plancks. On hold on the owner's account.
		bond: Balance,
	},
	/// The appeal was rejected.
	Rejected,
}

/// A slash that is neither carried out nor cancelled.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct PendingSlash<AccountId, Balance, BlockNumber> {
	/// The node whose stake is cut.
	pub node: NodeId,
	/// How much it takes, plancks. Not zero.
	pub amount: Balance,
	/// What for.
	pub misconduct: Misconduct,
	/// Who is compensated first, up to so many plancks.
	pub harmed: Option<(AccountId, Balance)>,
	/// The first block in which it may be carried out.
	pub due: BlockNumber,
	/// Whether the owner appealed.
	pub appeal: Appeal<Balance>,
}

/// What trust levels 2 to 4 take. Level 1 takes the minimum stake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct TrustThresholds<Balance> {
	/// Level 2: stake, plancks.
	pub verified_stake: Balance,
	/// Level 2: challenges passed.
	pub verified_challenges: u32,
	/// Level 2: challenges passed of all challenges, and tasks completed of all once there are any.
	pub verified_success: Permill,
	/// Level 3: stake, plancks.
	pub trusted_stake: Balance,
	/// Level 3: tasks completed.
	pub trusted_tasks: u32,
	/// Level 3: tasks completed of all tasks taken and ended.
	pub trusted_success: Permill,
	/// Level 4: stake, plancks.
	pub partner_stake: Balance,
	/// Level 4: tasks completed of all tasks taken and ended.
	pub partner_success: Permill,
}

/// What a node's owner commits to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct SlaTerms<Balance> {
	/// The least uptime over a window of heartbeats, basis points.
	pub uptime: BasisPoints,
	/// How soon the node answers, milliseconds. Recorded: nothing on chain measures it.
	pub response_ms: u32,
	/// What a breach costs, plancks.
	pub penalty: Balance,
}

/// What partners have to commit to at least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct SlaLimits<Balance> {
	/// The least uptime, basis points.
	pub uptime: BasisPoints,
	/// The longest time to respond in, milliseconds.
	pub response_ms: u32,
	/// The least penalty, plancks.
	pub penalty: Balance,
	/// The least insurance bond, plancks.
	pub bond: Balance,
}

/// A commitment to a service level.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Commitment<AccountId, Balance, BlockNumber> {
	/// Who committed, and has the bond back.
	pub owner: AccountId,
	/// To what.
	pub terms: SlaTerms<Balance>,
	/// What stands behind it, plancks on hold. Not zero.
	pub bond: Balance,
	/// The block of the commitment.
	pub since: BlockNumber,
	/// Full periods of the node's clock at the commitment or at the last breach: periods before do not count.
	pub counted_from: u32,
	/// Breaches that were reported.
	pub breaches: u32,
	/// The first block in which the bond can be withdrawn, once the commitment is ended.
	pub unlock_at: Option<BlockNumber>,
}

impl<AccountId, Balance: AtLeast32BitUnsigned + Copy, BlockNumber> Commitment<AccountId, Balance, BlockNumber> {
	/// Whether the commitment makes a partner, under the limits of today.
	pub fn is_partners(&self, limits: &SlaLimits<Balance>) -> bool {
		self.unlock_at.is_none()
			&& !self.bond.is_zero()
			&& self.bond >= limits.bond
			&& self.terms.penalty >= limits.penalty
			&& (limits.uptime..=FULL_SCORE).contains(&self.terms.uptime)
	}
}

impl<Balance: AtLeast32BitUnsigned + Copy> TrustThresholds<Balance> {
	/// The level of a node that may work at all and has `stake` that counts. Each level takes the conditions of all below
	/// it; a flagged node does not get above 1. `is_partner` is asked only when it decides.
	pub fn level(
		&self,
		stake: Balance,
		minimum_stake: Balance,
		record: &TrackRecord,
		is_partner: impl FnOnce() -> bool,
	) -> TrustLevel {
		let at_least = |success: Option<Permill>, wanted: Permill| success.unwrap_or_default() >= wanted;
		if stake.is_zero() || stake < minimum_stake {
			return 0;
		}
		if record.flagged
			|| stake < self.verified_stake
			|| record.challenges_passed < self.verified_challenges
			|| !at_least(record.challenge_success(), self.verified_success)
			|| record.task_success().is_some_and(|success| success < self.verified_success)
		{
			return 1;
		}
		if stake < self.trusted_stake
			|| record.tasks_completed < self.trusted_tasks
			|| !at_least(record.task_success(), self.trusted_success)
		{
			return 2;
		}
		if stake < self.partner_stake || !at_least(record.task_success(), self.partner_success) || !is_partner() {
			return 3;
		}
		4
	}
}

impl<AccountId, Balance, BlockNumber> StakeLedger<AccountId, Balance, BlockNumber>
where
	Balance: AtLeast32BitUnsigned + Copy,
	BlockNumber: Ord + Copy,
{
	/// A ledger without stake.
	pub(crate) fn new(owner: AccountId) -> Self {
		Self { owner, active: Zero::zero(), pending_slash: Zero::zero(), unbonding: BoundedVec::new() }
	}

	/// Plancks that cool down or have cooled down.
	pub fn unbonding_total(&self) -> Balance {
		self.unbonding.iter().fold(Balance::zero(), |sum, chunk| sum.saturating_add(chunk.amount))
	}

	/// Plancks on hold for this node.
	pub fn total(&self) -> Balance {
		self.active.saturating_add(self.unbonding_total())
	}

	/// Plancks that count as stake: active, less what pending slashes will take.
	pub fn counting(&self) -> Balance {
		self.active.saturating_sub(self.pending_slash)
	}

	/// Plancks that a further slash could take a share of.
	pub fn slashable(&self) -> Balance {
		self.total().saturating_sub(self.pending_slash)
	}

	/// Plancks that have cooled down at block `now`.
	pub fn unlocked(&self, now: BlockNumber) -> Balance {
		self.unbonding
			.iter()
			.filter(|chunk| chunk.unlock_at <= now)
			.fold(Balance::zero(), |sum, chunk| sum.saturating_add(chunk.amount))
	}

	/// Whether there is nothing left to keep the ledger for.
	pub(crate) fn is_empty(&self) -> bool {
		self.active.is_zero() && self.unbonding.is_empty() && self.pending_slash.is_zero()
	}

	/// Moves `amount` of active stake to a chunk that unlocks at `unlock_at`. `false`, and nothing moved, when there are
	/// too many chunks already.
	pub(crate) fn unbond(&mut self, amount: Balance, unlock_at: BlockNumber) -> bool {
		match self.unbonding.last_mut().filter(|newest| newest.unlock_at == unlock_at) {
			Some(newest) => newest.amount = newest.amount.saturating_add(amount),
			None => {
				if self.unbonding.try_push(UnbondingChunk { amount, unlock_at }).is_err() {
					return false;
				}
			}
		}
		self.active = self.active.saturating_sub(amount);
		true
	}

	/// Makes all unbonding stake active again and returns how much it was.
	pub(crate) fn rebond(&mut self) -> Balance {
		let amount = self.unbonding_total();
		self.unbonding = BoundedVec::new();
		self.active = self.active.saturating_add(amount);
		amount
	}

	/// Takes up to `limit` of what has cooled down at block `now`, oldest first, and returns how much that was.
	pub(crate) fn take_unlocked(&mut self, now: BlockNumber, limit: Balance) -> Balance {
		let mut left = limit;
		for chunk in self.unbonding.iter_mut().filter(|chunk| chunk.unlock_at <= now) {
			let part = chunk.amount.min(left);
			chunk.amount = chunk.amount.saturating_sub(part);
			left = left.saturating_sub(part);
		}
		self.unbonding.retain(|chunk| !chunk.amount.is_zero());
		limit.saturating_sub(left)
	}

	/// Takes up to `amount`, active stake first, then the newest unbonding stake, and returns how much that was.
	pub(crate) fn take_slash(&mut self, amount: Balance) -> Balance {
		let part = self.active.min(amount);
		self.active = self.active.saturating_sub(part);
		let mut left = amount.saturating_sub(part);
		for chunk in self.unbonding.iter_mut().rev() {
			let part = chunk.amount.min(left);
			chunk.amount = chunk.amount.saturating_sub(part);
			left = left.saturating_sub(part);
		}
		self.unbonding.retain(|chunk| !chunk.amount.is_zero());
		amount.saturating_sub(left)
	}
}
