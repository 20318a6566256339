//! Work for miners on a real dev node: got, solved, handed in, and made a block that becomes final.

mod support;

use gpu_miner_engine::{solve, CpuEngine, Job, Progress};
use serde_json::{json, Value};
use sp_crypto_hashing::{blake2_128, twox_128};
use std::{
	sync::atomic::{AtomicBool, Ordering},
	thread,
	time::{Duration, Instant},
};
use support::{gpu_chain, one_at_a_time, wait_for, Node, CHAIN_TIMEOUT};

/// Whom the blocks pay: nobody who has anything else.
const PAYEE: [u8; 32] = [7; 32];
/// Until a block is found. The dev chain begins with 2^27 hashes for one.
const FIND_TIMEOUT: Duration = Duration::from_secs(240);

fn hex(bytes: &[u8]) -> String {
	sp_core::bytes::to_hex(bytes, false)
}

fn bytes(value: &Value) -> [u8; 32] {
	let bytes = sp_core::bytes::from_hex(value.as_str().expect("hex is text")).expect("the node wrote hex");
	bytes.try_into().expect("the node wrote 32 bytes")
}

/// Searches for a nonce as long as the work stands. `None` when it does not any more.
fn search(node: &Node, work: &Value) -> Option<[u8; 32]> {
	let job = Job::new(bytes(&work["preHash"]), bytes(&work["target"]));
	let (engine, cancel, progress) = (CpuEngine::best(), AtomicBool::new(false), Progress::default());
	thread::scope(|scope| {
		let search = scope.spawn(|| solve(&engine, &job, 0, 1, &cancel, &progress));
		while !search.is_finished() {
			thread::sleep(Duration::from_millis(20));
			if node.call("pow_getWork", json!([]))["parentHash"] != work["parentHash"] {
				cancel.store(true, Ordering::Relaxed);
			}
		}
		let find = search.join().expect("the engine does not panic")?;
		let mut nonce = [0; 32];
		nonce[24..].copy_from_slice(&find.nonce.to_be_bytes());
		Some(nonce)
	})
}

/// Mines until a find is accepted: the work, and its nonce.
fn mine(node: &Node) -> (Value, String) {
	let end = Instant::now() + FIND_TIMEOUT;
	while Instant::now() < end {
		let work = wait_for("work", CHAIN_TIMEOUT, || {
			let work = node.call("pow_getWork", json!([]));
			(!work.is_null()).then_some(work)
		});
		let Some(nonce) = search(node, &work) else { continue };
		let nonce = hex(&nonce);
		match node.call("pow_submitWork", json!([work["preHash"], nonce])).as_str() {
			Some("accepted") => return (work, nonce),
			// A validator was faster by a moment.
			Some("stale") => (),
			other => panic!("{other:?}"),
		}
	}
	panic!("nothing found within {FIND_TIMEOUT:?}");
}

/// Where the state keeps an account.
fn account_key(account: &[u8; 32]) -> String {
	let key = [&twox_128(b"System")[..], &twox_128(b"Account"), &blake2_128(account), account].concat();
	hex(&key)
}

#[test]
fn a_find_should_become_a_final_block_on_an_odd_slot_that_pays_the_author() {
	let _turn = one_at_a_time();
	let folder = tempfile::tempdir().unwrap();
	let mut command = gpu_chain();
	command.arg("--dev").arg("--base-path").arg(folder.path()).arg("--pow-author").arg(hex(&PAYEE));
	let node = Node::start(&mut command);
	assert_eq!(node.call("state_getStorage", json!([account_key(&PAYEE)])), Value::Null, "nobody knows it yet");

	let (work, nonce) = mine(&node);
	let submit = |nonce: &str| node.call("pow_submitWork", json!([work["preHash"], nonce]));
	assert_eq!(submit(&nonce), "duplicate");
	assert_eq!(submit(&format!("0x{}", "00".repeat(32))), "invalid");
	let unknown = json!([format!("0x{}", "11".repeat(32)), nonce]);
	assert_eq!(node.call("pow_submitWork", unknown), "stale");

	let number = work["number"].as_u64().expect("a height");
	node.wait_for_finality(number + 1);
	let slot = node.slot(number);
	assert_eq!((slot % 2, json!(slot)), (1, work["slot"].clone()));
	assert_eq!(slot, node.slot(number - 1) + 1, "right behind its parent");
	assert_eq!(node.slot(number + 1) % 2, 0, "a validator builds on it");
	let header = node.call("chain_getHeader", json!([node.block_hash(number)]));
	assert_eq!(header["parentHash"], work["parentHash"]);
	let logs = header["digest"]["logs"].as_array().expect("every header has a digest");
	let seal = logs.last().and_then(Value::as_str).expect("it is sealed");
	assert!(seal.ends_with(&nonce[2..]), "{seal}");
	assert_ne!(node.call("state_getStorage", json!([account_key(&PAYEE)])), Value::Null, "it was paid");
}

#[test]
fn a_node_that_was_not_told_whom_to_pay_should_say_so() {
	let _turn = one_at_a_time();
	let folder = tempfile::tempdir().unwrap();
	let node = Node::dev(folder.path());
	let nothing = format!("0x{}", "00".repeat(32));
	for (method, params) in [("pow_getWork", json!([])), ("pow_submitWork", json!([nothing, nothing]))] {
		let error = node.error(method, params);
		assert_eq!(error["code"], 9_100, "{error}");
		assert!(error["message"].as_str().is_some_and(|message| message.contains("--pow-author")), "{error}");
	}
}
