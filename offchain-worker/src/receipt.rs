//! Receipts of transactions, and the logs in them.

use crate::{
	hex,
	proof::receipts_root,
	rlp::{put_bytes, put_list, put_number, Items},
	Address, Word,
};
use alloc::vec::Vec;
use serde_json::Value;

/// The largest receipt that is read out of bytes. Larger ones exist; who uses the gateway in such a transaction has to use
/// a smaller one.
pub const MAX_RECEIPT_BYTES: usize = 16_384;
/// The most topics of a log, as the EVM has it.
const MAX_TOPICS: usize = 4;

/// A log: what a contract said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
	/// The contract.
	pub address: Address,
	/// The event's signature and its indexed parameters.
	pub topics: Vec<Word>,
	/// The other parameters.
	pub data: Vec<u8>,
}

/// What the bridge needs of a receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
	/// Whether the transaction was carried out. If not it has no logs that count.
	pub succeeded: bool,
	/// What the contracts said, in order.
	pub logs: Vec<Log>,
}

impl Receipt {
	/// A receipt out of its encoding: a type byte unless it is of the oldest type, then a list of which the first four fields
	/// are read. So types to come survive.
	///
	/// `None` if that is no canonical encoding, or one from before statuses.
	pub fn decode(bytes: &[u8]) -> Option<Self> {
		if bytes.len() > MAX_RECEIPT_BYTES {
			return None;
		}
		// EIP-2718: types are 0x00 to 0x7f, lists begin with 0xc0 at the least.
		let body = match bytes.split_first()? {
			(kind, body) if *kind <= 0x7f => body,
			_ => bytes,
		};
		let mut items = Items::of_list(body)?;
		let succeeded = match items.number()? {
			0 => false,
			1 => true,
			_ => return None,
		};
		items.number()?; // gas
		items.array::<256>()?; // bloom filter
		let mut list = items.list()?;
		let mut logs = Vec::new();
		while !list.is_empty() {
			logs.push(decode_log(list.list()?)?);
		}
		while !items.is_empty() {
			items.skip()?;
		}
		Some(Self { succeeded, logs })
	}
}

impl Receipt {
	/// The encoding of a receipt of that type, as a chain makes it: for tests and benchmarks, which play one.
	pub fn encode(&self, kind: u8) -> Vec<u8> {
		let mut logs = Vec::new();
		for log in &self.logs {
			let mut payload = Vec::new();
			put_bytes(&log.address, &mut payload);
			let mut topics = Vec::new();
			log.topics.iter().for_each(|topic| put_bytes(topic, &mut topics));
			put_list(&topics, &mut payload);
			put_bytes(&log.data, &mut payload);
			put_list(&payload, &mut logs);
		}
		let mut payload = Vec::new();
		put_number(u64::from(self.succeeded), &mut payload);
		put_number(21_000, &mut payload);
		put_bytes(&[0; 256], &mut payload);
		put_list(&logs, &mut payload);
		let mut out = Vec::new();
		if kind != 0 {
			out.push(kind);
		}
		put_list(&payload, &mut out);
		out
	}
}

fn decode_log(mut items: Items) -> Option<Log> {
	let address = items.array()?;
	let mut list = items.list()?;
	let mut topics = Vec::new();
	while !list.is_empty() {
		topics.push(list.array()?);
	}
	let data = items.bytes()?.to_vec();
	(items.is_empty() && topics.len() <= MAX_TOPICS).then_some(Log { address, topics, data })
}

/// The encoding of a receipt that a node describes.
fn encode_json(receipt: &Value) -> Option<Vec<u8>> {
	let text = |name: &str| receipt.get(name).and_then(Value::as_str);
	let mut logs = Vec::new();
	for log in receipt.get("logs")?.as_array()? {
		let text = |name: &str| log.get(name).and_then(Value::as_str);
		let mut payload = Vec::new();
		put_bytes(&hex::array::<20>(text("address")?)?, &mut payload);
		let mut topics = Vec::new();
		for topic in log.get("topics")?.as_array()? {
			put_bytes(&hex::array::<32>(topic.as_str()?)?, &mut topics);
		}
		put_list(&topics, &mut payload);
		put_bytes(&hex::bytes(text("data")?, usize::MAX)?, &mut payload);
		put_list(&payload, &mut logs);
	}
	let mut payload = Vec::new();
	put_bytes(&hex::quantity(text("status")?)?, &mut payload);
	put_number(hex::number(text("cumulativeGasUsed")?)?, &mut payload);
	put_bytes(&hex::array::<256>(text("logsBloom")?)?, &mut payload);
	put_list(&logs, &mut payload);
	let mut out = Vec::new();
	match hex::number(text("type")?)? {
		0 => {}
		kind => out.push(u8::try_from(kind).ok().filter(|kind| *kind <= 0x7f)?),
	}
	put_list(&payload, &mut out);
	Some(out)
}

/// The encodings of a block's receipts, out of what a node answers to `eth_getBlockReceipts`: all of them, exactly as they
/// lie under `root`. A node that omits, adds or changes a log is found out.
///
/// `None` if they do not have that root.
pub fn all_from_json(receipts: &Value, root: &Word) -> Option<Vec<Vec<u8>>> {
	let encoded: Vec<Vec<u8>> = receipts.as_array()?.iter().map(encode_json).collect::<Option<_>>()?;
	(receipts_root(&encoded) == *root).then_some(encoded)
}
