//! Proofs that a receipt is a block's.

use crate::{receipt::MAX_RECEIPT_BYTES, Word};
use alloc::vec::Vec;
use alloy_primitives::{Bytes, B256};
use alloy_rlp::Encodable;
use alloy_trie::{
	proof::{verify_proof, ProofRetainer},
	HashBuilder, Nibbles, EMPTY_ROOT_HASH,
};

/// The most nodes of a proof. A key of a receipts trie has six nibbles at the most in any block that fits its gas limit.
pub const MAX_PROOF_NODES: usize = 10;

/// Whether `receipt` is what lies at `index` under `root`: `nodes` are the trie's nodes from the root down to it, all that
/// are needed and none more.
///
/// The roots zero and of the empty trie prove nothing.
pub fn verify_receipt<'a>(
	root: &Word,
	index: u32,
	receipt: &[u8],
	nodes: impl ExactSizeIterator<Item = &'a [u8]>,
) -> bool {
	let root = B256::from(*root);
	if root.is_zero() || root == EMPTY_ROOT_HASH || nodes.len() == 0 || nodes.len() > MAX_PROOF_NODES {
		return false;
	}
	if receipt.is_empty() || receipt.len() > MAX_RECEIPT_BYTES {
		return false;
	}
	let nodes: Vec<Bytes> = nodes.map(Bytes::copy_from_slice).collect();
	verify_proof(root, key(index), Some(receipt.to_vec()), &nodes).is_ok()
}

/// The root of the trie of these receipts, in the order of their transactions.
pub fn receipts_root(receipts: &[Vec<u8>]) -> Word {
	build(receipts, None).0
}

/// The proof that [`verify_receipt`] takes for the receipt at `index`, `None` if there is none.
pub fn prove_receipt(receipts: &[Vec<u8>], index: u32) -> Option<Vec<Vec<u8>>> {
	receipts.get(usize::try_from(index).ok()?)?;
	Some(build(receipts, Some(index)).1)
}

fn build(receipts: &[Vec<u8>], prove: Option<u32>) -> (Word, Vec<Vec<u8>>) {
	let mut leaves: Vec<(Nibbles, &Vec<u8>)> =
		receipts.iter().zip(0u32..).map(|(receipt, index)| (key(index), receipt)).collect();
	leaves.sort();
	let retainer = ProofRetainer::new(prove.map(key).into_iter().collect());
	let mut builder = HashBuilder::default().with_proof_retainer(retainer);
	for (key, receipt) in leaves {
		builder.add_leaf(key, receipt);
	}
	let root = builder.root().0;
	let nodes = builder.take_proof_nodes().into_nodes_sorted().into_iter().map(|(_, node)| node.to_vec()).collect();
	(root, nodes)
}

/// The key of a receipt: its index in RLP.
fn key(index: u32) -> Nibbles {
	let mut bytes = Vec::with_capacity(5);
	index.encode(&mut bytes);
	Nibbles::unpack(&bytes)
}
