//! Headers of blocks.

use crate::{
	hex, keccak256,
	rlp::{put_bytes, put_list, put_number, Items},
	Word,
};
use alloc::vec::Vec;
use serde_json::Value;

/// The largest header that is read, bytes. Ethereum's have about 650.
pub const MAX_HEADER_BYTES: usize = 2_048;
/// The most headers that a proof goes down from one that is believed, itself among them.
pub const MAX_ANCESTORS: usize = 64;
/// The most fields of a header: 15 from the beginning, 21 after Prague, and room for forks to come.
const MAX_FIELDS: usize = 32;
const FIRST_FIELDS: usize = 15;

/// What the bridge needs of a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
	/// Keccak-256 of the header's encoding.
	pub hash: Word,
	/// The hash of the block before.
	pub parent_hash: Word,
	/// The root of the trie of receipts.
	pub receipts_root: Word,
	/// The height.
	pub number: u64,
	/// Seconds since 1970.
	pub timestamp: u64,
}

impl Header {
	/// A header out of its RLP. Fields that forks append are taken as they are: they count in the hash.
	///
	/// `None` if that is no canonical RLP of a header.
	pub fn decode(bytes: &[u8]) -> Option<Self> {
		if bytes.len() > MAX_HEADER_BYTES {
			return None;
		}
		let mut items = Items::of_list(bytes)?;
		let parent_hash = items.array()?;
		items.array::<32>()?; // uncles
		items.array::<20>()?; // who is paid
		items.array::<32>()?; // state
		items.array::<32>()?; // transactions
		let receipts_root = items.array()?;
		items.array::<256>()?; // bloom filter of the logs
		items.bytes()?; // difficulty
		let number = items.number()?;
		items.number()?; // gas limit
		items.number()?; // gas used
		let timestamp = items.number()?;
		items.bytes()?; // extra data
		items.array::<32>()?; // mix hash, or randomness
		items.array::<8>()?; // nonce
		let mut fields = FIRST_FIELDS;
		while !items.is_empty() {
			items.skip()?;
			fields += 1;
		}
		(fields <= MAX_FIELDS).then(|| Self { hash: keccak256(bytes), parent_hash, receipts_root, number, timestamp })
	}

	/// A header out of what a node answers to `eth_getBlockByNumber` or `eth_getBlockByHash`: the hash is recomputed from the
	/// fields, and must be the one that the node names.
	///
	/// `None` if that is no block, or its hash is another. So it is too when a fork appended a field that this crate does not
	/// know: nothing is signed until it does.
	pub fn from_json(block: &Value) -> Option<Self> {
		let header = Self::decode(&encode_json(block)?)?;
		let named: Word = hex::array(block.get("hash")?.as_str()?)?;
		(named == header.hash).then_some(header)
	}
}

impl Header {
	/// The encoding of a header with these fields, the others zero, as a chain makes it: for tests and benchmarks, which play
	/// one. `hash` is left out: it follows.
	pub fn encode(&self) -> Vec<u8> {
		self.encode_with(&[])
	}

	/// The same, with whatever its miner says in it.
	pub fn encode_with(&self, extra: &[u8]) -> Vec<u8> {
		let mut payload = Vec::new();
		put_bytes(&self.parent_hash, &mut payload);
		for length in [32usize, 20, 32, 32] {
			put_bytes(&alloc::vec![0; length], &mut payload);
		}
		put_bytes(&self.receipts_root, &mut payload);
		put_bytes(&[0; 256], &mut payload);
		put_number(0, &mut payload);
		for number in [self.number, 30_000_000, 21_000, self.timestamp] {
			put_number(number, &mut payload);
		}
		put_bytes(extra, &mut payload);
		put_bytes(&[0; 32], &mut payload);
		put_bytes(&[0; 8], &mut payload);
		let mut out = Vec::new();
		put_list(&payload, &mut out);
		out
	}
}

enum Kind {
	Fixed(usize),
	Data,
	Quantity,
}

/// The fields in the order of their encoding.
const FIELDS: [(&str, Kind); 21] = [
	("parentHash", Kind::Fixed(32)),
	("sha3Uncles", Kind::Fixed(32)),
	("miner", Kind::Fixed(20)),
	("stateRoot", Kind::Fixed(32)),
	("transactionsRoot", Kind::Fixed(32)),
	("receiptsRoot", Kind::Fixed(32)),
	("logsBloom", Kind::Fixed(256)),
	("difficulty", Kind::Quantity),
	("number", Kind::Quantity),
	("gasLimit", Kind::Quantity),
	("gasUsed", Kind::Quantity),
	("timestamp", Kind::Quantity),
	("extraData", Kind::Data),
	("mixHash", Kind::Fixed(32)),
	("nonce", Kind::Fixed(8)),
	// London
	("baseFeePerGas", Kind::Quantity),
	// Shanghai
	("withdrawalsRoot", Kind::Fixed(32)),
	// Cancun
	("blobGasUsed", Kind::Quantity),
	("excessBlobGas", Kind::Quantity),
	("parentBeaconBlockRoot", Kind::Fixed(32)),
	// Prague
	("requestsHash", Kind::Fixed(32)),
];

/// The RLP of the header that a node describes. Appended fields are there up to some point, and none behind a missing one.
pub fn encode_json(block: &Value) -> Option<Vec<u8>> {
	let mut payload = Vec::with_capacity(MAX_HEADER_BYTES);
	let mut ended = false;
	for (index, (name, kind)) in FIELDS.iter().enumerate() {
		let value = block.get(*name).filter(|value| !value.is_null());
		let Some(value) = value else {
			if index < FIRST_FIELDS {
				return None;
			}
			ended = true;
			continue;
		};
		if ended {
			return None;
		}
		let text = value.as_str()?;
		let bytes = match kind {
			Kind::Fixed(length) => hex::bytes(text, *length).filter(|bytes| bytes.len() == *length)?,
			Kind::Data => hex::bytes(text, MAX_HEADER_BYTES)?,
			Kind::Quantity => hex::quantity(text)?,
		};
		put_bytes(&bytes, &mut payload);
	}
	let mut out = Vec::with_capacity(payload.len() + 4);
	put_list(&payload, &mut out);
	Some(out)
}

/// Follows `ancestors`, raw headers from the newest down, each the parent of the one before, beginning with the header whose
/// hash is `anchor`. Returns the last.
///
/// `None` if one is no header, or not the parent of the one before it, or if there are none.
pub fn follow<'a>(anchor: &Word, ancestors: impl IntoIterator<Item = &'a [u8]>) -> Option<Header> {
	let mut expected = *anchor;
	let mut last: Option<Header> = None;
	for bytes in ancestors {
		let header = Header::decode(bytes).filter(|header| header.hash == expected)?;
		// Numbers follow from the hashes on a chain that lives by its rules; we ask all the same.
		if last.is_some_and(|child| child.number.checked_sub(1) != Some(header.number)) {
			return None;
		}
		expected = header.parent_hash;
		last = Some(header);
	}
	last
}
