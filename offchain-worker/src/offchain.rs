//! The transport over the HTTP of the runtime's offchain workers.

use crate::{client::Transport, jsonrpc::MAX_ANSWER_BYTES};
use alloc::vec::Vec;
use sp_core::offchain::Timestamp;
use sp_runtime::offchain::http::{PendingRequest, Request};

/// Posts by HTTP, until a moment.
pub struct Http {
	/// When waiting ends, for all requests together.
	pub deadline: Timestamp,
}

impl Http {
	fn answer(&self, pending: PendingRequest) -> Option<Vec<u8>> {
		let response = pending.try_wait(self.deadline).ok()?.ok()?;
		if response.code != 200 {
			return None;
		}
		let mut body = response.body();
		body.deadline(self.deadline);
		// One byte more than may come tells that more came.
		let bytes: Vec<u8> = body.by_ref().take(MAX_ANSWER_BYTES.saturating_add(1)).collect();
		(body.error().is_none() && bytes.len() <= MAX_ANSWER_BYTES).then_some(bytes)
	}
}

impl Transport for Http {
	fn post_all(&self, requests: &[(&str, &[u8])]) -> Vec<Option<Vec<u8>>> {
		// All are under way before the first is waited for.
		let pending: Vec<_> = requests
			.iter()
			.map(|(url, body)| {
				Request::post(url, alloc::vec![*body])
					.add_header("content-type", "application/json")
					.deadline(self.deadline)
					.send()
					.ok()
			})
			.collect();
		pending.into_iter().map(|pending| self.answer(pending?)).collect()
	}
}
