//! What a user is, and what a wallet signs.

use alloc::{format, string::String, vec::Vec};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::traits::{ConstU32, Footprint};
use scale_info::TypeInfo;
use sp_core::{H160, H256};
use sp_io::{crypto::secp256k1_ecdsa_recover, hashing::keccak_256};
use sp_runtime::BoundedVec;

/// Longest URI of a profile, bytes.
pub const MAX_URI: u32 = 256;

/// Most wallets of one user.
pub const MAX_WALLETS: u32 = 8;

/// `r ‖ s ‖ v`, as `personal_sign` returns it.
pub type EvmSignature = [u8; 65];

/// Half of the order of secp256k1, big-endian: no `s` above it is taken (EIP-2).
pub const HALF_ORDER: [u8; 32] = [
	0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x5d, 0x57, 0x6e,
	0x73, 0x57, 0xa4, 0x50, 0x1d, 0xdf, 0xe9, 0x2f, 0x46, 0x68, 0x1b, 0x20, 0xa0,
];

/// The points of X25519 of a small order, as little-endian coordinates without the highest bit, which no implementation
/// reads: whatever is agreed upon with one of them is all zeros, so that everybody could open what is sealed to it. They
/// are 0, 1, the two of order 8, and `p - 1`; `p` and `p + 1` are 0 and 1 once more.
const LOW_ORDER: [[u8; 32]; 7] = [
	[
		0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
		0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	],
	[
		0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
		0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	],
	[
		0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4, 0x6a, 0xda, 0x09,
		0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00,
	],
	[
		0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1, 0x55, 0x9c, 0x83, 0xef, 0x5b, 0x04, 0x44,
		0x5c, 0xc4, 0x58, 0x1c, 0x8e, 0x86, 0xd8, 0x22, 0x4e, 0xdd, 0xd0, 0x9f, 0x11, 0x57,
	],
	[
		0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f,
	],
	[
		0xed, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f,
	],
	[
		0xee, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f,
	],
];

/// Whether nothing can be sealed to an X25519 key.
pub fn is_weak_key(key: &[u8; 32]) -> bool {
	let mut point = *key;
	point[31] &= 0x7f;
	LOW_ORDER.contains(&point)
}

/// What a user tells of themselves.
#[derive(Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub struct Profile {
	/// Where the profile lies. May be empty.
	pub uri: BoundedVec<u8, ConstU32<MAX_URI>>,
	/// Hash of the name; zero for none.
	pub name_hash: H256,
	/// X25519 public key that others seal messages to.
	pub encryption_key: Option<[u8; 32]>,
}

/// A registered user.
#[derive(Clone, Debug, Decode, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub struct User<BlockNumber> {
	/// What they tell of themselves.
	pub profile: Profile,
	/// When they registered, block.
	pub registered_at: BlockNumber,
	/// What the next wallet must sign. Never the same twice, whoever the user is.
	pub nonce: u64,
	/// The wallets that they proved to be theirs, oldest first.
	pub wallets: BoundedVec<H160, ConstU32<MAX_WALLETS>>,
}

impl<BlockNumber: MaxEncodedLen> User<BlockNumber> {
	/// What the storage deposit is for: the record, and an entry of each wallet.
	pub fn footprint(&self) -> Footprint {
		let wallets = self.wallets.len() as u64;
		let bytes = self.profile.encoded_size() as u64 + BlockNumber::max_encoded_len() as u64 + 8;
		// Each wallet: 20 bytes in the record; 20 of key and 32 of account in the map back.
		// One item: a linear price multiplies the number of items by the bytes of all of them.
		Footprint { count: 1, size: bytes.saturating_add(wallets.saturating_mul(72)) }
	}
}

fn hex(bytes: &[u8]) -> String {
	bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The text that a wallet signs: four lines, no line end after the last. `account` is SCALE-encoded.
pub fn link_message(genesis: &[u8], account: &[u8], nonce: u64) -> Vec<u8> {
	format!("gpu-chain: link this wallet\nGenesis: 0x{}\nAccount: 0x{}\nNonce: {nonce}", hex(genesis), hex(account))
		.into_bytes()
}

/// What `personal_sign` hashes for a text (EIP-191, version 0x45).
pub fn eip191_digest(message: &[u8]) -> [u8; 32] {
	let mut text = format!("\x19Ethereum Signed Message:\n{}", message.len()).into_bytes();
	text.extend_from_slice(message);
	keccak_256(&text)
}

/// Why a signature was refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum BadSignature {
	/// `v` is none of 0, 1, 27 and 28.
	RecoveryId,
	/// `s` is above half of the order.
	HighS,
	/// No key has this signature.
	Unrecoverable,
}

/// The address whose key signed the digest.
///
/// # Errors
/// As [`BadSignature`] says.
pub fn recover(digest: &[u8; 32], signature: &EvmSignature) -> Result<H160, BadSignature> {
	if !matches!(signature[64], 0 | 1 | 27 | 28) {
		return Err(BadSignature::RecoveryId);
	}
	if signature[32..64] > HALF_ORDER[..] {
		return Err(BadSignature::HighS);
	}
	let key = secp256k1_ecdsa_recover(signature, digest).map_err(|_| BadSignature::Unrecoverable)?;
	Ok(H160::from_slice(&keccak_256(&key)[12..]))
}
