//! What a user is, and what a wallet signs.

use alloc::{format, string::String, vec::Vec};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::traits::{ConstU32, Footprint};
use gpu_chain_primitives::x25519::EncryptionKey;
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

/// What a user tells of themselves.
#[derive(Clone, Debug, Decode, DecodeWithMemTracking, Encode, Eq, MaxEncodedLen, PartialEq, TypeInfo)]
pub struct Profile {
	/// Where the profile lies. May be empty.
	pub uri: BoundedVec<u8, ConstU32<MAX_URI>>,
	/// Hash of the name; zero for none.
	pub name_hash: H256,
	/// X25519 public key that others seal messages to.
	pub encryption_key: Option<EncryptionKey>,
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
