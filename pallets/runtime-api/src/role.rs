//! Kings, Queens and providers.

use alloc::vec::Vec;
use codec::{Codec, Decode, Encode};
use gpu_chain_primitives::{NodeId, Page};
use pallet_node_roles::{Audit, Queen, QueenState, Sponsorship};
use scale_info::TypeInfo;

/// The roles that an account has.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct AccountRoles<BlockNumber> {
	/// Oversees: has a seat.
	pub king: bool,
	/// Sponsors, or wants to: where she stands.
	pub queen: Option<QueenState<BlockNumber>>,
	/// Whether she may sponsor and audit now: active, with a bond that is large enough.
	pub live_queen: bool,
	/// Serves: has a registered node.
	pub provider: bool,
}

sp_api::decl_runtime_apis! {
	/// Reads roles, sponsorships and audits.
	pub trait RoleApi<AccountId, Balance, BlockNumber>
	where
		AccountId: Codec,
		Balance: Codec,
		BlockNumber: Codec,
	{
		/// An account's roles.
		fn role(who: AccountId) -> AccountRoles<BlockNumber>;
		/// The Kings, in order.
		fn kings() -> Vec<AccountId>;
		/// Bond, state and counts of a Queen.
		fn queen(who: AccountId) -> Option<Queen<AccountId, Balance, BlockNumber>>;
		/// The Queens, candidates included.
		fn queens(cursor: Option<AccountId>, limit: u32) -> Page<AccountId, AccountId>;
		/// Who answers for a node; `None` where nobody does.
		fn sponsorship(node: NodeId) -> Option<Sponsorship<AccountId, BlockNumber>>;
		/// The nodes that a Queen answers for.
		fn nodes_of_queen(queen: AccountId, cursor: Option<NodeId>, limit: u32) -> Page<NodeId, NodeId>;
		/// What the last audit of a sponsored node found.
		fn audit(node: NodeId) -> Option<Audit<AccountId, BlockNumber>>;
		/// Whether a node has passed a challenge and stays pending until somebody answers for it.
		fn awaits_sponsor(node: NodeId) -> bool;
	}
}
