//! Tasks.

use codec::Codec;
use gpu_chain_primitives::{HashRate, NodeId, Page, ResourceType, TaskId};
use pallet_marketplace::Task;

sp_api::decl_runtime_apis! {
	/// Reads tasks.
	pub trait TaskApi<AccountId, AssetKind, Balance, BlockNumber>
	where
		AccountId: Codec,
		AssetKind: Codec,
		Balance: Codec,
		BlockNumber: Codec,
	{
		/// The task, unless it was never created or is removed.
		fn task(task: TaskId) -> Option<Task<AccountId, AssetKind, Balance, BlockNumber>>;
		/// Open tasks that need a node of a type.
		fn open_tasks(resource_type: ResourceType, cursor: Option<TaskId>, limit: u32) -> Page<TaskId, TaskId>;
		/// A buyer's tasks, ended ones included.
		fn tasks_by_buyer(buyer: AccountId, cursor: Option<TaskId>, limit: u32) -> Page<TaskId, TaskId>;
		/// The tasks that a node has or did.
		fn tasks_by_node(node: NodeId, cursor: Option<TaskId>, limit: u32) -> Page<TaskId, TaskId>;
		/// What so many seconds of such a node would cost, in native tokens.
		fn estimate_cost(resource_type: ResourceType, power: HashRate, duration_secs: u32) -> Balance;
	}
}
