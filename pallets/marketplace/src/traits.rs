//! What the marketplace asks of, and offers to, pallets above it. `()` implementations say what happens without one.

use crate::types::DisputedTask;
use frame_support::weights::Weight;
use gpu_chain_primitives::{HashRate, ResourceType, Settlement, TaskId};
use sp_runtime::{DispatchError, DispatchResult};

/// What nodes ask for their work on average.
pub trait AskIndex<Balance> {
	/// The average ask, plancks per hour, of nodes of `resource_type` that offer `power` hashes per second. `None` where
	/// there are too few asks to tell.
	fn average_ask_per_hour(resource_type: ResourceType, power: HashRate) -> Option<Balance>;
}

impl<Balance> AskIndex<Balance> for () {
	fn average_ask_per_hour(_: ResourceType, _: HashRate) -> Option<Balance> {
		None
	}
}

/// A buyer refused a result. Called inside the call that does so, after the task is stored as `Disputed`; an error undoes
/// all of it. Must not close the dispute at once.
pub trait OnTaskDisputed<AccountId, AssetKind, Balance> {
	/// `task` is what [`TaskDisputes::disputed_task`] gives from now on.
	fn on_task_disputed(task_id: TaskId, task: &DisputedTask<AccountId, AssetKind, Balance>) -> DispatchResult;

	/// The weight of one call, at most.
	fn weight() -> Weight;
}

impl<AccountId, AssetKind, Balance> OnTaskDisputed<AccountId, AssetKind, Balance> for () {
	fn on_task_disputed(_: TaskId, _: &DisputedTask<AccountId, AssetKind, Balance>) -> DispatchResult {
		Ok(())
	}
	fn weight() -> Weight {
		Weight::zero()
	}
}

/// The door for whoever judges disputes. Implemented by the marketplace.
pub trait TaskDisputes<AccountId, AssetKind, Balance> {
	/// The task, if it is disputed now. O(1), one read.
	fn disputed_task(task_id: TaskId) -> Option<DisputedTask<AccountId, AssetKind, Balance>>;

	/// Ends a disputed task: `provider_amount` for the work, of which the platform fee is taken, and what is left back to
	/// the buyer. Zero makes the task `Cancelled`, anything else `Verified`. Reputation and collateral are left to the
	/// judge. Needs a transactional caller.
	///
	/// # Errors
	/// The task is unknown or not disputed, or less than `provider_amount` is held for it.
	fn close_disputed(task_id: TaskId, provider_amount: Balance) -> Result<Settlement<Balance>, DispatchError>;
}
