//! Asks nodes. The only module with I/O, which it does through [`Transport`]; what the answers mean is decided elsewhere.

use crate::{
	agree::{self, Disagreement, Status},
	chain::{Chain, Finality},
	header::Header,
	jsonrpc::{self, Request},
	receipt, Word,
};
use alloc::{string::String, vec::Vec};
use serde_json::Value;

/// Carries requests to nodes.
pub trait Transport {
	/// Posts each body to its address, all at once, and returns each answer, or `None` where there was none in time, or none
	/// that fits [`MAX_ANSWER_BYTES`](jsonrpc::MAX_ANSWER_BYTES). As many as there are requests, in their order.
	fn post_all(&self, requests: &[(&str, &[u8])]) -> Vec<Option<Vec<u8>>>;
}

/// The nodes that a validator asks.
pub struct Client<'a, T> {
	/// Carries the requests.
	pub transport: &'a T,
	/// The chain that they are asked about.
	pub chain: Chain,
	/// Their addresses.
	pub urls: &'a [String],
	/// The fewest that must be asked.
	pub least: usize,
}

impl<T: Transport> Client<'_, T> {
	/// Asks every node the same; what each of them answers, if it does.
	fn ask(&self, request: &Request) -> Vec<Option<Value>> {
		let requests: Vec<(&str, &[u8])> = self.urls.iter().map(|url| (url.as_str(), request.body())).collect();
		let mut answers = self.transport.post_all(&requests);
		answers.resize(self.urls.len(), None);
		answers.into_iter().map(|body| request.answer(&body?).ok()).collect()
	}

	/// The newest block that is final by every node's word.
	///
	/// # Errors
	/// [`Disagreement`].
	pub fn finalized(&self) -> Result<u64, Disagreement> {
		let chain_ids = self.ask(&Request::chain_id(1));
		let first_blocks = self.ask(&Request::block(2, 0));
		let newest = match self.chain.finality {
			Finality::Finalized => self.ask(&Request::finalized(3)),
			Finality::Depth(_) => self.ask(&Request::latest(3)),
		};
		let answers: Vec<Option<Status>> = chain_ids
			.iter()
			.zip(&first_blocks)
			.zip(&newest)
			.map(|((chain_id, first), newest)| {
				let newest = Header::from_json(newest.as_ref()?)?.number;
				Some(Status {
					chain_id: jsonrpc::number(chain_id.as_ref()?)?,
					// Some chains' first headers do not follow the rules of the later ones: what counts is the hash.
					genesis: crate::hex::array(first.as_ref()?.get("hash")?.as_str()?)?,
					finalized: match self.chain.finality {
						Finality::Finalized => newest,
						Finality::Depth(depth) => newest.checked_sub(depth)?,
					},
				})
			})
			.collect();
		agree::finalized(&self.chain, self.least, &answers)
	}

	/// The header at that height, by every node's word.
	///
	/// # Errors
	/// [`Disagreement`].
	pub fn header(&self, number: u64) -> Result<Header, Disagreement> {
		let answers: Vec<Option<Header>> =
			self.ask(&Request::block(4, number)).iter().map(|answer| Header::from_json(answer.as_ref()?)).collect();
		agree::header(number, self.least, &answers)
	}

	/// The encoded receipts of a block, from the first node whose answer has the header's root: one is enough, since the root
	/// leaves nothing to believe.
	pub fn receipts(&self, header: &Header) -> Option<Vec<Vec<u8>>> {
		let answers = self.ask(&Request::receipts(5, &header.hash));
		answers.iter().flatten().find_map(|answer| receipt::all_from_json(answer, &header.receipts_root))
	}

	/// The header that a validator may vote on next, with the heights that [`agree::target`] weighs; `None` if there is
	/// none yet.
	///
	/// # Errors
	/// [`Disagreement`].
	pub fn next_vote(
		&self,
		accepted: Option<u64>,
		voted: Option<u64>,
		open: impl IntoIterator<Item = u64>,
	) -> Result<Option<Header>, Disagreement> {
		let finalized = self.finalized()?;
		agree::target(&self.chain, finalized, accepted, voted, open).map(|number| self.header(number)).transpose()
	}

	/// Whether every node still has that block at that height.
	pub fn still_has(&self, number: u64, hash: &Word) -> bool {
		self.header(number).is_ok_and(|header| header.hash == *hash)
	}
}
