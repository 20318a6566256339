//! Whatever the bytes, nothing panics, and nothing that is no header, receipt, proof or answer is taken for one.

use gpu_chain_evm_client::{
	events::{Cancelled, Deposit, Event, MessageSent},
	header::{follow, Header},
	hex,
	jsonrpc::{endpoints, Request},
	keccak256,
	proof::{prove_receipt, receipts_root, verify_receipt},
	receipt::{all_from_json, Log, Receipt},
};
use proptest::{collection::vec, prelude::*};

proptest! {
	#[test]
	fn bytes_should_never_panic(bytes in vec(any::<u8>(), 0..1_200), topics in vec(any::<[u8; 32]>(), 0..5)) {
		let _ = Header::decode(&bytes);
		let _ = Receipt::decode(&bytes);
		let _ = follow(&[1; 32], [bytes.as_slice()]);
		let _ = Request::latest(1).answer(&bytes);
		prop_assert!(!verify_receipt(&[1; 32], 0, &bytes, [bytes.as_slice()].into_iter()));
		let log = Log { address: [1; 20], topics, data: bytes };
		prop_assert!(Deposit::from_log(&log, &[1; 20]).is_none());
		prop_assert!(Cancelled::from_log(&log, &[1; 20]).is_none());
		prop_assert!(MessageSent::from_log(&log, &[1; 20]).is_none());
	}

	/// Bytes that begin as a list of that length reach the parsers' insides.
	#[test]
	fn lists_should_never_panic(mut bytes in vec(any::<u8>(), 56..1_000), kind: bool) {
		let length = (bytes.len() as u16).to_be_bytes();
		bytes.splice(0..0, if bytes.len() < 256 { vec![0xf8, length[1]] } else { [&[0xf9], &length[..]].concat() });
		let _ = Header::decode(&bytes);
		if kind {
			bytes.insert(0, 2);
		}
		let _ = Receipt::decode(&bytes);
	}

	#[test]
	fn text_should_never_panic(text in ".{0,200}") {
		let _ = (hex::bytes(&text, 64), hex::quantity(&text), hex::number(&text), endpoints(&text, 1, 4));
		let _ = Request::latest(1).answer(text.as_bytes());
		let answer = format!(r#"{{"jsonrpc":"2.0","id":1,"result":[{{"logs":[{text:?}],"status":{text:?}}}]}}"#);
		if let Ok(value) = Request::latest(1).answer(answer.as_bytes()) {
			prop_assert!(all_from_json(&value, &[1; 32]).is_none());
			prop_assert!(Header::from_json(&value).is_none());
		}
	}

	#[test]
	fn receipts_should_round_trip(
		succeeded: bool,
		kind in 0u8..0x80,
		logs in vec((any::<[u8; 20]>(), vec(any::<[u8; 32]>(), 0..5), vec(any::<u8>(), 0..100)), 0..6),
	) {
		let logs = logs.into_iter().map(|(address, topics, data)| Log { address, topics, data }).collect();
		let receipt = Receipt { succeeded, logs };
		prop_assert_eq!(Receipt::decode(&receipt.encode(kind)), Some(receipt));
	}

	#[test]
	fn every_receipt_of_a_block_should_be_provable_and_no_other(count in 1usize..200, at: u32, other: u32) {
		let receipts: Vec<Vec<u8>> = (0..count).map(|i| keccak256(&i.to_le_bytes()).repeat(2)).collect();
		let root = receipts_root(&receipts);
		let at = at % count as u32;
		let proof = prove_receipt(&receipts, at).unwrap();
		let nodes = || proof.iter().map(Vec::as_slice);
		prop_assert!(verify_receipt(&root, at, &receipts[at as usize], nodes()));
		prop_assert!(other == at || !verify_receipt(&root, other, &receipts[at as usize], nodes()));
		let wrong = (at as usize + 1) % count;
		prop_assert!(wrong == at as usize || !verify_receipt(&root, at, &receipts[wrong], nodes()));
	}
}
