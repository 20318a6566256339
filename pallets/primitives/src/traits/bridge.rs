//! What EVM chains say to this one, and what this one says to them. Told by `evm-bridge`.

use crate::{ReportSubject, WorkReport};
use sp_core::{H160, H256};
use sp_runtime::DispatchResult;

/// Takes messages that contracts or accounts of EVM chains send.
pub trait OnBridgeMessage {
	/// `sender` on the EVM chain with the number `chain_id` says `payload` to `target`: an account of this chain, or whatever
	/// the handler makes of 32 bytes. It was proven, comes once, and in no order.
	///
	/// Called within the transaction of whoever proved it. At most 4,096 bytes; the handler bounds its own weight.
	///
	/// # Errors
	/// The message is used up all the same; the error is told by an event.
	fn on_bridge_message(chain_id: u64, sender: H160, target: H256, payload: &[u8]) -> DispatchResult;
}

/// Nobody listens: messages are told by the bridge's event alone.
impl OnBridgeMessage for () {
	fn on_bridge_message(_: u64, _: H160, _: H256, _: &[u8]) -> DispatchResult {
		Ok(())
	}
}

/// What this chain recorded of work, for contracts elsewhere. Implemented by the runtime, over the pallets that verify it.
pub trait WorkReports {
	/// What is recorded of `subject`; `None` if nothing is. O(1).
	fn work_report(subject: &ReportSubject) -> Option<WorkReport>;

	/// The subject whose report is the dearest to look up, existing from now on.
	#[cfg(feature = "runtime-benchmarks")]
	fn dearest_subject() -> ReportSubject;
}
