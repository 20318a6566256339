//! The proof-of-work lane in this runtime: its pallet, and what a miner's block must not do to BABE, sessions and staking.

use crate::{
	configs::{parameters::dynamic_params::pow, providers::NodeCredit},
	*,
};
use core::marker::PhantomData;
use frame_support::{
	traits::{ConstU32, DisabledValidators, EstimateNextSessionRotation, FindAuthor},
	weights::Weight,
};
use gpu_chain_primitives::pow::POW_ENGINE_ID;
use pallet_authorship::EventHandler;
use sp_runtime::{generic::DigestItem, ConsensusEngineId, Digest, Permill};

/// The validator that a block's BABE digest names. In a miner's block it names the first one, who has not made it.
pub type FindValidator = pallet_session::FindAccountFromAuthorIndex<Runtime, Babe>;

impl pallet_hybrid_pow::Config for Runtime {
	type Currency = Balances;
	// Asked after sessions have rotated: this pallet's index is above theirs, so an index means this block's validators.
	type FindValidator = FindValidator;
	type Spacing = ConstU32<4>;
	type MinerReward = pow::MinerReward;
	type IncluderBonus = pow::IncluderBonus;
	type MinerCredit = NodeCredit;
	type CreditPeriod = pow::CreditPeriod;
	type MaxCredits = ConstU32<128>;
	type WeightInfo = weights::pallet_hybrid_pow::WeightInfo<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = benchmarks::Helper;
}

/// A block's author: its miner, or else its validator. Tips go there.
pub struct MinerOrValidator;
impl FindAuthor<AccountId> for MinerOrValidator {
	fn find_author<'a, I>(digests: I) -> Option<AccountId>
	where
		I: 'a + IntoIterator<Item = (ConsensusEngineId, &'a [u8])>,
	{
		// The digests can be gone through once only, and the miner's need not come first.
		let digests: Vec<_> = digests.into_iter().collect();
		if digests.iter().all(|(engine, _)| *engine != POW_ENGINE_ID) {
			return FindValidator::find_author(digests);
		}
		let logs = digests.into_iter().map(|(engine, data)| DigestItem::PreRuntime(engine, data.to_vec())).collect();
		pallet_hybrid_pow::miner(&Digest { logs })
	}
}

/// Tells of authors of validators' blocks alone: a miner's block brings neither era points nor a sign of life, not to the
/// miner, even where that is a validator too, nor to the first validator.
pub struct ValidatorsBlocks<Handler>(PhantomData<Handler>);
impl<Handler: EventHandler<AccountId, BlockNumber>> EventHandler<AccountId, BlockNumber> for ValidatorsBlocks<Handler> {
	fn note_author(author: AccountId) {
		if HybridPow::miner().is_none() {
			Handler::note_author(author);
		}
	}
}

/// In a miner's block no validator counts as disabled: it carries the first one's index, which says nothing.
pub struct DisabledInValidatorsBlocks<Inner>(PhantomData<Inner>);
impl<Inner: DisabledValidators> DisabledValidators for DisabledInValidatorsBlocks<Inner> {
	fn is_disabled(index: u32) -> bool {
		Inner::is_disabled(index) && HybridPow::miner().is_none()
	}

	fn disabled_validators() -> Vec<u32> {
		Inner::disabled_validators()
	}
}

/// BABE's estimates, which take a slot for a block, in blocks of validators, which stand on every second slot. Blocks of
/// miners come on top, one in twenty: too few to make an estimate wrong.
pub struct TwoSlotsABlock<Inner>(PhantomData<Inner>);
impl<Inner: EstimateNextSessionRotation<BlockNumber>> EstimateNextSessionRotation<BlockNumber>
	for TwoSlotsABlock<Inner>
{
	fn average_session_length() -> BlockNumber {
		Inner::average_session_length() / 2
	}

	fn estimate_current_session_progress(now: BlockNumber) -> (Option<Permill>, Weight) {
		// A share of the epoch's slots, so right as it is.
		Inner::estimate_current_session_progress(now)
	}

	fn estimate_next_session_rotation(now: BlockNumber) -> (Option<BlockNumber>, Weight) {
		let (next, weight) = Inner::estimate_next_session_rotation(now);
		(next.map(|next| now.saturating_add(next.saturating_sub(now).div_ceil(2))), weight)
	}
}
