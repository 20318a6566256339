//! The bridge to EVM chains.

use alloc::vec::Vec;
use codec::{Codec, Decode, Encode};
use gpu_chain_primitives::Page;
use pallet_evm_bridge::{
	AcceptedHeader, Authority, Chain, ChainId, CreditKey, Direction, GatewaySet, HeaderRange, Nonce, OutboundItem,
	Payload, Queued, RelayerFees, Rotation, Route, Signatures, Subject, Suspended, WithdrawalId,
};
use scale_info::TypeInfo;
use sp_core::{H160, H256};

/// A chain that can be bridged to.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct BridgedChain<Balance> {
	/// The number that its transactions are signed for (EIP-155).
	pub chain_id: ChainId,
	/// The chain and its gateway.
	pub chain: Chain,
	/// Since which block nothing crosses, if so.
	pub paused_since: Option<u32>,
	/// The headers that deposits can be proven under.
	pub headers: Option<HeaderRange>,
	/// Which set of validators its gateway has.
	pub rotation: Option<Rotation>,
	/// The last number given to a batch or message.
	pub outbound_nonce: Nonce,
	/// What relayers are paid, in plancks.
	pub fees: RelayerFees<Balance>,
}

/// The validators that attest headers now.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct RunningSet<AccountId> {
	/// Its number on this chain.
	pub set_id: u64,
	/// Its members, by ascending address.
	pub members: Vec<Authority<AccountId>>,
	/// The hash by which contracts know them.
	pub members_hash: H256,
}

sp_api::decl_runtime_apis! {
	/// Reads what users, relayers and guardians of the bridge need.
	pub trait EvmBridgeApi<AccountId, AssetKind, Balance>
	where
		AccountId: Codec,
		AssetKind: Codec,
		Balance: Codec,
	{
		/// The chains, all of them.
		fn chains() -> Vec<BridgedChain<Balance>>;
		/// The account that holds what is locked, and relayers' fees.
		fn bridge_account() -> AccountId;
		/// The validators that attest headers now; none before the first session.
		fn running_set() -> Option<RunningSet<AccountId>>;
		/// A set that a gateway has, had or is to have, by its number there.
		fn gateway_set(chain_id: ChainId, set_id: u64) -> Option<GatewaySet<AccountId>>;
		/// The accepted header of that height.
		fn header(chain_id: ChainId, number: u64) -> Option<AcceptedHeader>;
		/// The assets that cross, by token.
		fn routes(
			chain_id: ChainId,
			cursor: Option<H160>,
			limit: u32,
		) -> Page<(H160, Route<AssetKind, Balance>), H160>;
		/// How much of a token may cross now, in its smallest unit.
		fn available(chain_id: ChainId, token: H160, direction: Direction) -> Option<Balance>;
		/// Whether a deposit or message came in already.
		fn is_claimed(chain_id: ChainId, nonce: Nonce) -> bool;
		/// Deposits and refunds that wait.
		fn suspended(
			chain_id: ChainId,
			cursor: Option<CreditKey>,
			limit: u32,
		) -> Page<(CreditKey, Suspended<AccountId>), CreditKey>;
		/// Withdrawals that are in no batch yet.
		fn withdrawals(
			chain_id: ChainId,
			cursor: Option<WithdrawalId>,
			limit: u32,
		) -> Page<(WithdrawalId, Queued<AccountId, AssetKind, Balance>), WithdrawalId>;
		/// Batches and messages that the gateway is not proven to be done with.
		fn outbox(
			chain_id: ChainId,
			cursor: Option<Nonce>,
			limit: u32,
		) -> Page<(Nonce, OutboundItem<AccountId, AssetKind, Balance>), Nonce>;
		/// What a relayer carries: a batch, a message or a set as the gateway takes it.
		fn payload(chain_id: ChainId, subject: Subject) -> Option<Payload>;
		/// The signatures for it so far. Contracts want `v` 27 higher.
		fn signatures(chain_id: ChainId, subject: Subject) -> Signatures;
		/// The 32 bytes that an account is to contracts: the `to` of deposits, the `relayer` of what is carried.
		fn account_word(account: AccountId) -> H256;
	}
}
