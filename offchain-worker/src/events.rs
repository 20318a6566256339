//! What the gateway contract says in its logs.
//!
//! A log is read only if it is the gateway's, and of the event that is looked for: the same event of any other contract says
//! nothing. Its parameters have one encoding only.

use crate::{keccak256, receipt::Log, Address, Word};
use alloc::vec::Vec;

/// The longest payload of a message, bytes; as the gateway has it.
pub const MAX_PAYLOAD: usize = 4_096;

/// An event of the gateway.
pub trait Event: Sized {
	/// Name and types, as its hash is made of.
	const SIGNATURE: &'static str;

	/// The event out of its parameters: those that are indexed, and the others.
	fn decode(indexed: &[Word], data: &[u8]) -> Option<Self>;

	/// The event that `log` is, if it is `gateway`'s and this one.
	fn from_log(log: &Log, gateway: &Address) -> Option<Self> {
		let (topic, indexed) = log.topics.split_first()?;
		if log.address != *gateway || *topic != keccak256(Self::SIGNATURE.as_bytes()) {
			return None;
		}
		Self::decode(indexed, &log.data)
	}
}

/// Somebody gave money to the gateway for an account on this chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deposit {
	/// Counts deposits and messages.
	pub nonce: u64,
	/// The token's contract; zero is the chain's own money.
	pub token: Address,
	/// Who gave it.
	pub from: Address,
	/// The account that receives it.
	pub to: Word,
	/// How much, in the token's smallest unit: a number of 256 bits.
	pub amount: Word,
}

impl Event for Deposit {
	const SIGNATURE: &'static str = "Deposit(uint64,address,address,bytes32,uint256)";

	fn decode(indexed: &[Word], data: &[u8]) -> Option<Self> {
		let [nonce, token, from] = indexed else { return None };
		let [to, amount] = words(data)?;
		Some(Self { nonce: number(nonce)?, token: address(token)?, from: address(from)?, to, amount })
	}
}

/// A contract or somebody says something to an account on this chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageSent {
	/// Counts deposits and messages.
	pub nonce: u64,
	/// Who says it.
	pub from: Address,
	/// The account that it is said to.
	pub to: Word,
	/// What is said.
	pub payload: Vec<u8>,
}

impl Event for MessageSent {
	const SIGNATURE: &'static str = "MessageSent(uint64,address,bytes32,bytes)";

	fn decode(indexed: &[Word], data: &[u8]) -> Option<Self> {
		let [nonce, from, to] = indexed else { return None };
		Some(Self { nonce: number(nonce)?, from: address(from)?, to: *to, payload: bytes(data)? })
	}
}

/// A batch was carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchExecuted {
	/// The batch.
	pub nonce: u64,
	/// The hash of its type and fields.
	pub content: Word,
	/// The account on this chain that whoever paid for it names.
	pub relayer: Word,
	/// Bit i is set where transfer i is held or owed instead of paid.
	pub unpaid: Word,
}

impl Event for BatchExecuted {
	const SIGNATURE: &'static str = "BatchExecuted(uint64,bytes32,bytes32,uint256)";

	fn decode(indexed: &[Word], data: &[u8]) -> Option<Self> {
		let [nonce, content] = indexed else { return None };
		let [relayer, unpaid] = words(data)?;
		Some(Self { nonce: number(nonce)?, content: *content, relayer, unpaid })
	}
}

/// A message reached the gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageReceived {
	/// The message.
	pub nonce: u64,
	/// The hash of its type and fields.
	pub content: Word,
	/// The account on this chain that whoever paid for it names.
	pub relayer: Word,
	/// Whether its target took it; if not, anybody may try again.
	pub delivered: bool,
}

impl Event for MessageReceived {
	const SIGNATURE: &'static str = "MessageReceived(uint64,bytes32,bytes32,bool)";

	fn decode(indexed: &[Word], data: &[u8]) -> Option<Self> {
		let [nonce, content] = indexed else { return None };
		let [relayer, delivered] = words(data)?;
		let delivered = match number(&delivered)? {
			0 => false,
			1 => true,
			_ => return None,
		};
		Some(Self { nonce: number(nonce)?, content: *content, relayer, delivered })
	}
}

/// A batch or message was not carried out, and never will be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cancelled {
	/// The batch or message.
	pub nonce: u64,
	/// The hash of its type and fields.
	pub content: Word,
	/// The account on this chain that whoever paid for it names.
	pub relayer: Word,
}

impl Event for Cancelled {
	const SIGNATURE: &'static str = "Cancelled(uint64,bytes32,bytes32)";

	fn decode(indexed: &[Word], data: &[u8]) -> Option<Self> {
		let [nonce, content] = indexed else { return None };
		let [relayer] = words(data)?;
		Some(Self { nonce: number(nonce)?, content: *content, relayer })
	}
}

/// Another set of validators took over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetUpdated {
	/// The set.
	pub set_id: u64,
	/// The hash of its members.
	pub members: Word,
	/// The last second since 1970 at which its signatures count.
	pub active_until: u64,
	/// The account on this chain that whoever paid for it names.
	pub relayer: Word,
}

impl Event for SetUpdated {
	const SIGNATURE: &'static str = "SetUpdated(uint64,bytes32,uint64,bytes32)";

	fn decode(indexed: &[Word], data: &[u8]) -> Option<Self> {
		let [set_id, members] = indexed else { return None };
		let [active_until, relayer] = words(data)?;
		Some(Self { set_id: number(set_id)?, members: *members, active_until: number(&active_until)?, relayer })
	}
}

/// Exactly `N` words.
fn words<const N: usize>(data: &[u8]) -> Option<[Word; N]> {
	let (words, rest) = data.as_chunks::<32>();
	if !rest.is_empty() {
		return None;
	}
	words.try_into().ok()
}

/// The one dynamic parameter of an event: offset, length, bytes, and zeros up to a whole word.
fn bytes(data: &[u8]) -> Option<Vec<u8>> {
	let (words, rest) = data.as_chunks::<32>();
	let [offset, length, ..] = words else { return None };
	let length = usize::try_from(number(length)?).ok().filter(|length| *length <= MAX_PAYLOAD)?;
	if !rest.is_empty() || number(offset)? != 32 || words.len() != length.div_ceil(32).checked_add(2)? {
		return None;
	}
	let (content, padding) = data.get(64..)?.split_at_checked(length)?;
	padding.iter().all(|byte| *byte == 0).then(|| content.to_vec())
}

/// A number of up to 64 bits.
fn number(word: &Word) -> Option<u64> {
	let (high, low) = word.split_at(24);
	if high.iter().any(|byte| *byte != 0) {
		return None;
	}
	Some(u64::from_be_bytes(low.try_into().ok()?))
}

fn address(word: &Word) -> Option<Address> {
	let (high, low) = word.split_at(12);
	if high.iter().any(|byte| *byte != 0) {
		return None;
	}
	low.try_into().ok()
}

/// A number of 256 bits as one of 128, if it is small enough.
pub fn amount(word: &Word) -> Option<u128> {
	let (high, low) = word.split_at(16);
	if high.iter().any(|byte| *byte != 0) {
		return None;
	}
	Some(u128::from_be_bytes(low.try_into().ok()?))
}

/// The topics and the data of an event, as the contract makes them: for tests and benchmarks, which play the contract.
pub mod emit {
	use super::*;

	/// The data of a dynamic parameter.
	pub fn bytes(content: &[u8]) -> Vec<u8> {
		let mut data = Vec::new();
		data.extend_from_slice(&number(32));
		data.extend_from_slice(&number(u64::try_from(content.len()).unwrap_or(u64::MAX)));
		data.extend_from_slice(content);
		data.resize(data.len().next_multiple_of(32), 0);
		data
	}

	/// A number in a word.
	pub fn number(value: u64) -> Word {
		let mut word = [0; 32];
		let (_, low) = word.split_at_mut(24);
		low.copy_from_slice(&value.to_be_bytes());
		word
	}

	/// A number of 128 bits in a word.
	pub fn amount(value: u128) -> Word {
		let mut word = [0; 32];
		let (_, low) = word.split_at_mut(16);
		low.copy_from_slice(&value.to_be_bytes());
		word
	}

	/// An address in a word.
	pub fn address(value: &Address) -> Word {
		let mut word = [0; 32];
		let (_, low) = word.split_at_mut(12);
		low.copy_from_slice(value);
		word
	}

	/// The topics of event `E` with these indexed parameters.
	pub fn topics<E: Event>(indexed: &[Word]) -> Vec<Word> {
		let mut topics = alloc::vec![keccak256(E::SIGNATURE.as_bytes())];
		topics.extend_from_slice(indexed);
		topics
	}
}
