//! The proof-of-work lane.

use gpu_chain_primitives::pow::PowStats;
use sp_core::U256;

sp_api::decl_runtime_apis! {
	/// Reads what miners may do, and what they did.
	pub trait HybridPowApi {
		/// The difficulty that a miner's block on this one must claim: hashes on average. `None` where no such block may
		/// stand: on a miner's block, on genesis, or too soon after the last miner's block.
		fn next_work() -> Option<U256>;
		/// The difficulty that the chain never goes below, fixed at its genesis: nodes demand as much work of a miner's block
		/// before they look at anything else.
		fn minimum_difficulty() -> U256;
		/// What the lane is doing.
		fn pow_stats() -> PowStats;
	}
}
