//! How miners get work and hand in what they find.
//!
//! | method | parameters | answer |
//! | --- | --- | --- |
//! | `pow_getWork` | | the current [`Work`], or `null` while there is none |
//! | `pow_submitWork` | `preHash`, `nonce`: 32 bytes each, hex with `0x` | `"accepted"`, `"stale"`, `"invalid"` or `"duplicate"` |
//! | `pow_subscribeWork` | | pushes [`Work`] when it changes, and `null` for "stop" |
//!
//! A find is checked before anything else is done about it, so that a flood of wrong ones costs a hash each. Whoever may
//! call can only do the node's owner a favour: the account that is paid is in the work.

use crate::worker::{Keeper, Node, Outcome, Work};
use jsonrpsee::{
	core::{async_trait, SubscriptionResult},
	proc_macros::rpc,
	types::ErrorObjectOwned,
	PendingSubscriptionSink, SubscriptionMessage,
};
use sp_core::H256;
use std::sync::Arc;

/// The code of [`Error::NoAuthor`].
pub const NO_AUTHOR: i32 = 9_100;
/// The code of [`Error::Import`].
pub const IMPORT_FAILED: i32 = 9_101;

/// Why a call has no answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
	/// The node was not told whom to pay.
	#[error("this node has no work for miners: start it with --pow-author <account>, the account that is paid")]
	NoAuthor,
	/// A find was right, and its block could still not be imported.
	#[error("the block could not be imported: {0}")]
	Import(crate::worker::Error),
}

impl From<Error> for ErrorObjectOwned {
	fn from(error: Error) -> Self {
		let code = match &error {
			Error::NoAuthor => NO_AUTHOR,
			Error::Import(_) => IMPORT_FAILED,
		};
		ErrorObjectOwned::owned(code, error.to_string(), None::<()>)
	}
}

/// The methods for miners.
#[rpc(server, namespace = "pow")]
pub trait PowApi {
	/// What to work on, if anything.
	#[method(name = "getWork")]
	fn work(&self) -> Result<Option<Work>, Error>;

	/// Hands in a nonce for the work `pre_hash`.
	#[method(name = "submitWork")]
	async fn submit_work(&self, pre_hash: H256, nonce: H256) -> Result<Outcome, Error>;

	/// What to work on now, and whenever it changes; `null` means stop.
	#[subscription(name = "subscribeWork" => "work", unsubscribe = "unsubscribeWork", item = Option<Work>)]
	async fn subscribe_work(&self) -> SubscriptionResult;
}

/// Answers for a keeper, or, without one, why there is none.
pub struct Pow<N: Node>(Option<Arc<Keeper<N>>>);

impl<N: Node> Pow<N> {
	/// Answers for that keeper.
	pub fn new(keeper: Option<Arc<Keeper<N>>>) -> Self {
		Self(keeper)
	}

	fn keeper(&self) -> Result<&Arc<Keeper<N>>, Error> {
		self.0.as_ref().ok_or(Error::NoAuthor)
	}
}

#[async_trait]
impl<N: Node> PowApiServer for Pow<N> {
	fn work(&self) -> Result<Option<Work>, Error> {
		Ok(self.keeper()?.work())
	}

	async fn submit_work(&self, pre_hash: H256, nonce: H256) -> Result<Outcome, Error> {
		self.keeper()?.submit(pre_hash, nonce.0).await.map_err(Error::Import)
	}

	async fn subscribe_work(&self, pending: PendingSubscriptionSink) -> SubscriptionResult {
		let mut work = match self.keeper() {
			Ok(keeper) => keeper.watch(),
			Err(error) => {
				pending.reject(error).await;
				return Ok(());
			}
		};
		let sink = pending.accept().await?;
		loop {
			let message = SubscriptionMessage::from_json(&*work.borrow_and_update())?;
			if sink.send(message).await.is_err() {
				return Ok(());
			}
			tokio::select! {
				changed = work.changed() => if changed.is_err() { return Ok(()) },
				() = sink.closed() => return Ok(()),
			}
		}
	}
}
