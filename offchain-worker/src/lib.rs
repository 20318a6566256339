//! # A small client of EVM chains
//!
//! What the bridge has to know of an EVM chain, and nothing else: what its nodes answer, what that proves, and what is
//! signed for its contracts.
//!
//! ## Overview
//! Bytes come in from nodes that may lie, fail or be down, and from users who may forge. Everything here is a pure function
//! of bytes, except [`client`], which asks the nodes through a [`Transport`](client::Transport).
//!
//! ```text
//! nodes ──▶ client ──▶ jsonrpc ──▶ header, receipt ──▶ agree ──▶ what a validator signs
//!           (I/O)      (parse)      (recompute)       (decide)
//! users ──▶ header, proof ──▶ receipt ──▶ events ──▶ what the chain believes
//! chain ──▶ eip712 ──▶ what validators sign for the contracts
//! ```
//! - [`header`]: headers, as bytes and as nodes describe them; their hash is always recomputed.
//! - [`proof`]: a receipt lies at its place in the trie under a header's receipts root.
//! - [`receipt`]: status and logs. Types of transactions to come are read too: only the first four fields matter.
//! - [`events`]: what the gateway contract says in its logs.
//! - [`eip712`]: what the gateway contract checks signatures of.
//! - [`signature`]: which signatures the contracts take.
//! - [`jsonrpc`]: requests, and answers out of garbage.
//! - [`agree`]: what may be believed when several nodes were asked.
//! - [`chain`]: what makes one EVM chain differ from another. Ethereum, Ethereum Classic and rollups are configuration.
//!
//! ## Rules
//! 1. Nothing panics, whatever the bytes.
//! 2. Nothing is believed that can be recomputed; nothing is believed at all that fewer nodes say than were asked.
//! 3. Every encoding is canonical: what decodes, encodes to the same bytes.
//! 4. Sizes are bounded before anything is allocated for them.
#![cfg_attr(not(feature = "std"), no_std)]
#![warn(missing_docs)]

extern crate alloc;

pub mod agree;
pub mod chain;
pub mod client;
pub mod eip712;
pub mod events;
pub mod header;
pub mod hex;
pub mod jsonrpc;
#[cfg(feature = "offchain")]
pub mod offchain;
pub mod proof;
pub mod receipt;
mod rlp;
pub mod signature;

/// 32 bytes: hashes, roots and words of the EVM, big-endian.
pub type Word = [u8; 32];
/// An account or contract of an EVM chain.
pub type Address = [u8; 20];

/// Keccak-256, the hash of everything on an EVM chain.
pub fn keccak256(bytes: &[u8]) -> Word {
	alloy_primitives::keccak256(bytes).0
}
