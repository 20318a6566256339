//! What clients may call beyond what every node of the SDK offers.
//!
//! `sc-service` itself adds `system`, `state`, `chain`, `author`, `offchain` and the newer `chainHead`, `chainSpec`,
//! `transaction` and `archive`. Methods that can harm the node check by themselves that they are called over a
//! connection which may (`--rpc-methods`).

use crate::service::{FullBackend, FullClient, MinersKeeper, MinersNode, Pool, SelectChain};
use gpu_chain_consensus::rpc::{Pow, PowApiServer};
use gpu_chain_runtime::{opaque::Block, AccountId, Balance, BlockNumber, Hash, Nonce};
use jsonrpsee::{core::RegisterMethodError, RpcModule};
use pallet_transaction_payment::RuntimeDispatchInfo;
use pallet_transaction_payment_rpc::{TransactionPayment, TransactionPaymentApiServer};
use sc_chain_spec::ChainSpec;
use sc_consensus_babe::BabeWorkerHandle;
use sc_consensus_babe_rpc::{Babe, BabeApiServer};
use sc_consensus_grandpa::{FinalityProofProvider, GrandpaJustificationStream, SharedAuthoritySet, SharedVoterState};
use sc_consensus_grandpa_rpc::{Grandpa, GrandpaApiServer};
use sc_rpc::{
	dev::{Dev, DevApiServer},
	SubscriptionTaskExecutor,
};
use sc_sync_state_rpc::{SyncState, SyncStateApiServer};
use sp_keystore::KeystorePtr;
use std::sync::Arc;
use substrate_frame_rpc_system::{System, SystemApiServer};

/// Why the RPC could not be put together.
#[derive(Debug, thiserror::Error)]
pub enum Error {
	/// Two modules offer a method of one name.
	#[error(transparent)]
	Register(#[from] RegisterMethodError),
	/// The chain spec cannot hold a light client's starting point.
	#[error(transparent)]
	SyncState(#[from] sc_sync_state_rpc::Error<Block>),
}

/// What the methods work on.
pub struct Deps {
	/// The chain.
	pub client: Arc<FullClient>,
	/// Transactions that wait.
	pub pool: Arc<Pool>,
	/// Which head is best.
	pub select_chain: SelectChain,
	/// The chain spec that the node runs on.
	pub chain_spec: Box<dyn ChainSpec>,
	/// The node's keys.
	pub keystore: KeystorePtr,
	/// Epochs and their authorities.
	pub babe: BabeWorkerHandle<Block>,
	/// Finality.
	pub grandpa: GrandpaDeps,
	/// Work for miners, if the node gives out any.
	pub miners: Option<MinersKeeper>,
}

/// What the methods about finality work on.
pub struct GrandpaDeps {
	/// How this node votes; empty while it does not.
	pub voter_state: SharedVoterState,
	/// Who votes.
	pub authority_set: SharedAuthoritySet<Hash, BlockNumber>,
	/// Justifications as they come.
	pub justifications: GrandpaJustificationStream<Block>,
	/// Proofs of finality of old blocks.
	pub proofs: Arc<FinalityProofProvider<FullBackend, Block>>,
}

/// Puts the methods together. Called once for the server and once for the node's own use.
///
/// # Errors
/// See [`Error`].
pub fn create(deps: &Deps, subscriptions: SubscriptionTaskExecutor) -> Result<RpcModule<()>, Error> {
	let client = || deps.client.clone();
	let grandpa = &deps.grandpa;
	let mut module = RpcModule::new(());

	let system = System::<Pool, FullClient, Block>::new(client(), deps.pool.clone());
	module.merge(SystemApiServer::<Hash, AccountId, Nonce>::into_rpc(system))?;

	let payment = TransactionPayment::<FullClient, Block>::new(client());
	module.merge(TransactionPaymentApiServer::<Hash, RuntimeDispatchInfo<Balance>>::into_rpc(payment))?;

	let babe = Babe::new(client(), deps.babe.clone(), deps.keystore.clone(), deps.select_chain.clone());
	module.merge(babe.into_rpc())?;

	let finality = Grandpa::new(
		subscriptions,
		grandpa.authority_set.clone(),
		grandpa.voter_state.clone(),
		grandpa.justifications.clone(),
		grandpa.proofs.clone(),
	);
	module.merge(finality.into_rpc())?;

	let sync_state =
		SyncState::new(deps.chain_spec.cloned_box(), client(), grandpa.authority_set.clone(), deps.babe.clone())?;
	module.merge(sync_state.into_rpc())?;

	module.merge(Pow::<MinersNode>::new(deps.miners.clone()).into_rpc())?;

	module.merge(Dev::<Block, FullClient>::new(client()).into_rpc())?;

	Ok(module)
}
