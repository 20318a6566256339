//! Connecting, catching up and failing over, against nodes that answer by JSON-RPC and have no chain behind them.

use super::*;
use jsonrpsee::{
	server::{RpcModule, Server, ServerHandle, SubscriptionMessage},
	types::ErrorObjectOwned,
};
use serde_json::{json, Value};
use subxt::{
	config::{
		substrate::{BlakeTwo256, Digest, SubstrateHeader},
		Hasher,
	},
	ext::codec::Encode,
	utils::H256,
};
use tokio::sync::watch;

/// A node whose best block is whatever the test says.
struct FakeNode {
	url: String,
	best: watch::Sender<u64>,
	handle: ServerHandle,
}

struct Answers {
	genesis: H256,
	best: watch::Receiver<u64>,
}

fn header(number: u64) -> SubstrateHeader<H256> {
	let zero = H256::zero();
	SubstrateHeader { parent_hash: zero, number, state_root: zero, extrinsics_root: zero, digest: Digest::default() }
}

fn header_hash(number: u64) -> H256 {
	BlakeTwo256.hash(&header(number).encode())
}

fn header_json(number: u64) -> Value {
	let zero = format!("{:?}", H256::zero());
	json!({
		"parentHash": zero, "number": format!("{number:#x}"), "stateRoot": zero, "extrinsicsRoot": zero,
		"digest": { "logs": [] },
	})
}

/// What the runtime of a chain without a single node, task or round answers.
fn state_call(function: &str) -> Result<Vec<u8>, ErrorObjectOwned> {
	Ok(match function {
		"Core_version" => {
			let apis = Vec::<([u8; 8], u32)>::new();
			("gpu-chain", "gpu-chain", 1u32, 1u32, 1u32, apis, 1u32, 1u8).encode()
		}
		"Metadata_metadata_versions" => vec![u32::from(METADATA[4])].encode(),
		"Metadata_metadata_at_version" => Some(METADATA.to_vec()).encode(),
		// `None`.
		"NodeApi_node" => vec![0],
		// No items, and no next page.
		"NodeApi_nodes_by_owner" => vec![0, 0],
		other => return Err(ErrorObjectOwned::owned(-32_601, format!("no {other} here"), None::<()>)),
	})
}

static METADATA: &[u8] = include_bytes!("../../../metadata.scale");

fn hex_json(bytes: &[u8]) -> Value {
	json!(show(bytes))
}

impl FakeNode {
	async fn start(genesis: u8, best: u64) -> Self {
		let server = Server::builder().max_response_body_size(50 << 20).build("127.0.0.1:0").await.unwrap();
		let url = format!("ws://{}", server.local_addr().unwrap());
		let (best, receiver) = watch::channel(best);
		let mut module = RpcModule::new(Answers { genesis: H256::repeat_byte(genesis), best: receiver });
		module
			.register_method("chain_getBlockHash", |params, chain, _| match params.one::<u64>() {
				Ok(0) => hex_json(chain.genesis.as_bytes()),
				_ => hex_json(header_hash(*chain.best.borrow()).as_bytes()),
			})
			.unwrap();
		module
			.register_method("chain_getFinalizedHead", |_, chain, _| {
				hex_json(header_hash(*chain.best.borrow()).as_bytes())
			})
			.unwrap();
		module
			.register_method("chain_getHeader", |params, chain, _| {
				let wanted: H256 = params.one().unwrap_or_default();
				let best = *chain.best.borrow();
				(0..=best).find(|number| header_hash(*number) == wanted).map_or(Value::Null, header_json)
			})
			.unwrap();
		module
			.register_method("state_call", |params, _, _| {
				let (function, _, _): (String, String, Option<H256>) = params.parse()?;
				state_call(&function).map(|bytes| hex_json(&bytes))
			})
			.unwrap();
		// Nobody has an account, and it is 1970.
		module.register_method("state_getStorage", |_, _, _| Value::Null).unwrap();
		module.register_method("system_chain", |_, _, _| "Fake").unwrap();
		module
			.register_method(
				"system_health",
				|_, _, _| json!({"peers": 1, "isSyncing": false, "shouldHavePeers": true}),
			)
			.unwrap();
		module
			.register_subscription(
				"chain_subscribeNewHeads",
				"chain_newHead",
				"chain_unsubscribeNewHeads",
				|_, pending, chain, _| async move {
					let Ok(sink) = pending.accept().await else { return };
					let mut best = chain.best.clone();
					let mut told = *best.borrow_and_update();
					loop {
						let message = SubscriptionMessage::from_json(&header_json(told)).unwrap();
						if sink.send(message).await.is_err() {
							return;
						}
						while told == *best.borrow() {
							if best.changed().await.is_err() {
								return;
							}
						}
						told += 1;
					}
				},
			)
			.unwrap();
		Self { url, best, handle: server.start(module) }
	}

	async fn stop(self) {
		self.handle.stop().unwrap();
		self.handle.stopped().await;
	}
}

/// A port where nobody listens.
fn nobody() -> String {
	let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
	format!("ws://{}", listener.local_addr().unwrap())
}

#[tokio::test]
async fn the_interface_fits_its_own_metadata() {
	let node = FakeNode::start(1, 7).await;
	let live = Live::new(vec![node.url.clone()], None);
	let info = live.info().await.unwrap();
	assert_eq!(info.interface, Ok(()));
	assert_eq!((info.name.as_str(), info.genesis, info.best), ("Fake", [1; 32], 7));
	assert_eq!((info.spec_name.as_str(), info.spec_version), ("gpu-chain", 1));
}

#[tokio::test]
async fn a_dead_node_is_passed_over_and_a_dying_one_replaced() {
	let (first, second) = (FakeNode::start(1, 7).await, FakeNode::start(1, 8).await);
	let live = Live::new(vec![nobody(), first.url.clone(), second.url.clone()], None);
	live.next_block().await.unwrap();
	assert_eq!(live.endpoint(), first.url);
	assert_eq!(live.view(&[9; 32]).await.unwrap().block, 7);

	first.stop().await;
	// The break is noticed, told once, and mended by the next call.
	assert!(live.next_block().await.unwrap_err().is_connection());
	live.next_block().await.unwrap();
	assert_eq!(live.endpoint(), second.url);
	assert_eq!(live.view(&[9; 32]).await.unwrap().block, 8);
}

#[tokio::test]
async fn when_no_node_answers_each_is_named() {
	let urls = vec![nobody(), nobody()];
	let error = Live::new(urls.clone(), None).info().await.unwrap_err();
	assert!(error.is_connection());
	assert!(urls.iter().all(|url| error.to_string().contains(url.as_str())), "{error}");
}

#[tokio::test]
async fn a_node_of_another_chain_is_never_talked_to() {
	let (ours, other) = (FakeNode::start(1, 7).await, FakeNode::start(2, 7).await);
	let live = Live::new(vec![ours.url.clone(), other.url.clone()], None);
	live.next_block().await.unwrap();
	ours.stop().await;
	assert!(live.next_block().await.is_err());
	let error = live.next_block().await.unwrap_err();
	assert!(error.to_string().contains("another chain"), "{error}");
}

#[tokio::test]
async fn the_newest_block_is_read_and_not_one_that_waited() {
	let node = FakeNode::start(1, 1).await;
	let live = Live::new(vec![node.url.clone()], None);
	live.next_block().await.unwrap();
	assert_eq!(live.view(&[9; 32]).await.unwrap().block, 1);
	// While the agent did something else the chain went on.
	node.best.send_replace(5);
	for _ in 0..200 {
		if live.view(&[9; 32]).await.unwrap().block == 5 {
			break;
		}
		tokio::time::sleep(Duration::from_millis(10)).await;
	}
	assert_eq!(live.view(&[9; 32]).await.unwrap().block, 5, "without waiting for another block");
	// All five are told of: nothing is left to wait for.
	assert!(timeout(Duration::from_millis(300), live.next_block()).await.is_err());
	node.best.send_replace(6);
	timeout(Duration::from_secs(10), live.next_block()).await.unwrap().unwrap();
	assert_eq!(live.view(&[9; 32]).await.unwrap().block, 6);
}

#[tokio::test]
async fn an_empty_chain_is_read() {
	let node = FakeNode::start(1, 3).await;
	let live = Live::new(vec![node.url.clone()], None);
	let view = live.view(&[9; 32]).await.unwrap();
	assert_eq!(view, ChainView { block: 3, ..ChainView::default() });
	assert_eq!(live.free_balance().await.unwrap(), 0);
	assert_eq!(live.nodes_of_account().await.unwrap(), []);
	let outcome = live.submit(&[Call::StartTask { task: 1 }]).await;
	assert!(matches!(outcome.as_slice(), [Err(ChainError::Key(_))]), "without a key nothing is sent");
}

#[test]
fn refusals_of_the_pool_are_told_apart() {
	let call = Call::StartTask { task: 1 };
	for (code, details) in [(1012, ""), (1013, ""), (1014, ""), (1010, "Transaction is outdated")] {
		let error = refusal(&call, code, "refused", details);
		assert!(matches!(error, ChainError::Pending { call: "start_task" }), "{code}");
	}
	let poor = refusal(&call, 1010, "Invalid Transaction", "Inability to pay some fees");
	assert!(matches!(&poor, ChainError::Refused { .. }) && poor.to_string().contains("Inability"), "{poor}");
	assert!(matches!(refusal(&call, 1016, "dropped", ""), ChainError::Refused { .. }));
}
