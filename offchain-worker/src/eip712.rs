//! What validators sign for the gateway contract: structured data by EIP-712.
//!
//! The domain binds a signature to one contract on one chain, the types to one purpose, and the encoding is injective: no two
//! different values have the same digest.

use crate::{keccak256, Address, Word};
use alloc::vec::Vec;

const DOMAIN_TYPE: &[u8] = b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)";
const NAME: &[u8] = b"GpuGateway";
const VERSION: &[u8] = b"1";
const BATCH_TYPE: &[u8] = b"WithdrawBatch(uint64 setId,uint64 nonce,uint64 deadline,Transfer[] transfers)\
	Transfer(address token,address to,uint256 amount)";
const TRANSFER_TYPE: &[u8] = b"Transfer(address token,address to,uint256 amount)";
const SET_TYPE: &[u8] = b"ValidatorSet(uint64 setId,bytes32 members,uint64 activeUntil)";
const MESSAGE_TYPE: &[u8] = b"Message(uint64 setId,uint64 nonce,uint64 deadline,bytes32 sender,address target,\
	uint64 gasLimit,bytes payload)";

/// The gateway contract that a signature is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Domain {
	/// The chain's number.
	pub chain_id: u64,
	/// The gateway contract.
	pub gateway: Address,
}

/// Something that the contract checks signatures of.
pub trait Struct {
	/// The hash of its type and its fields.
	fn struct_hash(&self) -> Word;

	/// What is signed.
	fn digest(&self, domain: &Domain) -> Word {
		digest(domain, &self.struct_hash())
	}
}

/// What is signed for a struct with that hash.
pub fn digest(domain: &Domain, struct_hash: &Word) -> Word {
	let mut bytes = Vec::with_capacity(66);
	bytes.extend_from_slice(&[0x19, 0x01]);
	bytes.extend_from_slice(&domain.separator());
	bytes.extend_from_slice(struct_hash);
	keccak256(&bytes)
}

impl Domain {
	/// The hash of the domain.
	pub fn separator(&self) -> Word {
		hash(&[
			keccak256(DOMAIN_TYPE),
			keccak256(NAME),
			keccak256(VERSION),
			number(self.chain_id),
			address(&self.gateway),
		])
	}
}

/// Money that leaves the gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transfer {
	/// The token's contract; zero is the chain's own money.
	pub token: Address,
	/// Who receives it.
	pub to: Address,
	/// How much, in the token's smallest unit.
	pub amount: u128,
}

impl Struct for Transfer {
	fn struct_hash(&self) -> Word {
		hash(&[keccak256(TRANSFER_TYPE), address(&self.token), address(&self.to), number(self.amount)])
	}
}

/// Transfers that are carried out together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WithdrawBatch {
	/// The set whose members sign it.
	pub set_id: u64,
	/// Counts batches and messages; the contract takes the one behind the last.
	pub nonce: u64,
	/// The last second since 1970 at which it may be executed.
	pub deadline: u64,
	/// What is transferred, in order.
	pub transfers: Vec<Transfer>,
}

impl WithdrawBatch {
	/// The hash of what is transferred: the same whichever set signs it.
	pub fn transfers_hash(&self) -> Word {
		let transfers: Vec<Word> = self.transfers.iter().map(Struct::struct_hash).collect();
		hash(&transfers)
	}

	/// The struct's hash if the set `set_id` signed it; `transfers` is [`Self::transfers_hash`].
	pub fn hash_by(&self, set_id: u64, transfers: Word) -> Word {
		hash(&[keccak256(BATCH_TYPE), number(set_id), number(self.nonce), number(self.deadline), transfers])
	}
}

impl Struct for WithdrawBatch {
	fn struct_hash(&self) -> Word {
		self.hash_by(self.set_id, self.transfers_hash())
	}
}

/// A member of a set of validators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Member {
	/// The address of its key.
	pub address: Address,
	/// What its signature weighs.
	pub power: u64,
}

/// The set that takes over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ValidatorSet {
	/// Counts sets: one more than its predecessor's.
	pub set_id: u64,
	/// [`members_hash`] of its members.
	pub members: Word,
	/// The last second since 1970 at which its signatures count.
	pub active_until: u64,
}

impl Struct for ValidatorSet {
	fn struct_hash(&self) -> Word {
		hash(&[keccak256(SET_TYPE), number(self.set_id), self.members, number(self.active_until)])
	}
}

/// What somebody on this chain says to a contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
	/// The set whose members sign it.
	pub set_id: u64,
	/// Counts batches and messages; the contract takes the one behind the last.
	pub nonce: u64,
	/// The last second since 1970 at which it may be delivered.
	pub deadline: u64,
	/// The account that says it.
	pub sender: Word,
	/// The contract that it is said to.
	pub target: Address,
	/// What the contract may use, gas.
	pub gas_limit: u64,
	/// What it says.
	pub payload: Vec<u8>,
}

impl Message {
	/// The struct's hash if the set `set_id` signed it; `payload` is the hash of the payload.
	pub fn hash_by(&self, set_id: u64, payload: Word) -> Word {
		hash(&[
			keccak256(MESSAGE_TYPE),
			number(set_id),
			number(self.nonce),
			number(self.deadline),
			self.sender,
			address(&self.target),
			number(self.gas_limit),
			payload,
		])
	}
}

impl Struct for Message {
	fn struct_hash(&self) -> Word {
		self.hash_by(self.set_id, keccak256(&self.payload))
	}
}

/// The most members of a set, as the gateway has it: what a rotation costs must fit every chain's blocks.
pub const MAX_MEMBERS: usize = 128;

/// The hash of a set's members: of `abi.encode(address[], uint64[])`, in ascending order of the addresses.
///
/// `None` if there are none or more than [`MAX_MEMBERS`], one has the address zero or no power, they are not in order, or one
/// is there twice: such sets the gateway refuses.
pub fn members_hash(members: &[Member]) -> Option<Word> {
	let sorted = members.windows(2).all(|pair| matches!(pair, [a, b] if a.address < b.address));
	let sound = members.iter().all(|member| member.address != [0; 20] && member.power > 0);
	if members.is_empty() || members.len() > MAX_MEMBERS || !sorted || !sound {
		return None;
	}
	let length = number(u128::try_from(members.len()).ok()?);
	// Two offsets, then each list behind its length.
	let behind = members.len().checked_add(3)?.checked_mul(32)?;
	let mut words = Vec::with_capacity(members.len().saturating_mul(2).saturating_add(4));
	words.extend([number(64u64), number(u128::try_from(behind).ok()?), length]);
	words.extend(members.iter().map(|member| address(&member.address)));
	words.push(length);
	words.extend(members.iter().map(|member| number(member.power)));
	Some(hash(&words))
}

fn hash(words: &[Word]) -> Word {
	keccak256(words.as_flattened())
}

fn number(value: impl Into<u128>) -> Word {
	let mut word = [0; 32];
	let (_, low) = word.split_at_mut(16);
	low.copy_from_slice(&value.into().to_be_bytes());
	word
}

fn address(address: &Address) -> Word {
	let mut word = [0; 32];
	let (_, low) = word.split_at_mut(12);
	low.copy_from_slice(address);
	word
}
