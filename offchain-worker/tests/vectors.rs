//! Against vectors that other implementations made (`vectors/make.mjs`), and Ethereum's first block.

mod common;

use common::{address, bytes, word};
use gpu_chain_evm_client::{
	client::{Client, Transport},
	eip712::{members_hash, Domain, Member, Message, Struct, Transfer, ValidatorSet, WithdrawBatch},
	events::{
		amount, emit, BatchExecuted, Cancelled, Deposit, Event, MessageReceived, MessageSent, SetUpdated, MAX_PAYLOAD,
	},
	header::{encode_json, follow, Header},
	hex, keccak256,
	proof::{prove_receipt, receipts_root, verify_receipt},
	receipt::{all_from_json, Log, Receipt},
	Address, Word,
};
use serde_json::{json, Value};

fn vectors() -> Value {
	serde_json::from_str(include_str!("../vectors/vectors.json")).unwrap()
}

fn nodes(value: &Value) -> Vec<Vec<u8>> {
	value.as_array().unwrap().iter().map(bytes).collect()
}

fn verify(root: &Word, index: u32, receipt: &[u8], nodes: &[Vec<u8>]) -> bool {
	verify_receipt(root, index, receipt, nodes.iter().map(Vec::as_slice))
}

#[test]
fn ethereums_first_block_should_have_its_hash() {
	let zeros = |n: usize| hex::encode(&vec![0; n]);
	let block = json!({
		"hash": "0xd4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3",
		"parentHash": zeros(32),
		"sha3Uncles": "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347",
		"miner": zeros(20),
		"stateRoot": "0xd7f8974fb5ac78d9ac099b9ad5018bedc2ce0a72dad1827a1709da30580f0544",
		"transactionsRoot": "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421",
		"receiptsRoot": "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421",
		"logsBloom": zeros(256),
		"difficulty": "0x400000000",
		"number": "0x0",
		"gasLimit": "0x1388",
		"gasUsed": "0x0",
		"timestamp": "0x0",
		"extraData": "0x11bbe8db4e347b4e8c937c1c8370e4b5ed33adb3db69cbdb7a38e1e50b1b82fa",
		"mixHash": zeros(32),
		"nonce": "0x0000000000000042",
	});
	let header = Header::from_json(&block).unwrap();
	assert_eq!((header.number, header.timestamp), (0, 0));
	assert_eq!(receipts_root(&[]), header.receipts_root);
}

#[test]
fn headers_of_every_fork_should_have_their_hash() {
	for vector in vectors()["headers"].as_array().unwrap() {
		let rlp = bytes(&vector["rlp"]);
		let header = Header::decode(&rlp).unwrap();
		assert_eq!(encode_json(&vector["rpc"]).unwrap(), rlp, "{}", vector["name"]);
		assert_eq!(Header::from_json(&vector["rpc"]), Some(header));
		assert_eq!(header.hash, word(&vector["rpc"]["hash"]));
		assert_eq!(header.receipts_root, word(&vector["rpc"]["receiptsRoot"]));
		assert_eq!(hex::number(vector["rpc"]["number"].as_str().unwrap()), Some(header.number));
	}
}

#[test]
fn headers_should_be_refused_when_any_field_is_changed_or_missing() {
	for vector in vectors()["headers"].as_array().unwrap() {
		let block = vector["rpc"].as_object().unwrap();
		let unhashed = ["size", "uncles", "transactions"];
		for name in block.keys().filter(|name| !unhashed.contains(&name.as_str())) {
			let mut changed = block.clone();
			changed.remove(name);
			assert_eq!(Header::from_json(&Value::Object(changed)), None, "{name} is missing");
			let mut changed = block.clone();
			let text = block[name].as_str().unwrap();
			let last = if text.ends_with('1') { '2' } else { '1' };
			changed[name] = format!("{}{last}", &text[..text.len() - 1]).into();
			assert_eq!(Header::from_json(&Value::Object(changed)), None, "{name} is changed");
			let mut changed = block.clone();
			changed[name] = json!(5);
			assert_eq!(Header::from_json(&Value::Object(changed)), None, "{name} is a number");
		}
		for garbage in [json!(null), json!([]), json!("0x"), json!({})] {
			assert_eq!(Header::from_json(&garbage), None);
		}
	}
}

#[test]
fn header_bytes_should_be_canonical() {
	let rlp = bytes(&vectors()["headers"][5]["rlp"]);
	assert_eq!(Header::decode(&[]), None);
	assert_eq!(Header::decode(&[rlp.clone(), vec![0]].concat()), None);
	for cut in 0..rlp.len() {
		assert_eq!(Header::decode(&rlp[..cut]), None, "cut to {cut}");
	}
	assert_eq!(Header::decode(&[0xc0]), None);
	assert_eq!(Header::decode(&vec![0xff; 4_096]), None);
}

#[test]
fn ancestors_should_be_followed_by_their_hashes_only() {
	let vectors = vectors();
	let mut chain: Vec<Vec<u8>> = vectors["chain"].as_array().unwrap().iter().map(|h| bytes(&h["rlp"])).collect();
	chain.reverse();
	let anchor = keccak256(&chain[0]);
	let go = |headers: &[&Vec<u8>]| follow(&anchor, headers.iter().map(|header| header.as_slice()));
	let all: Vec<&Vec<u8>> = chain.iter().collect();
	assert_eq!(go(&all).unwrap().number, 2_000);
	assert_eq!(go(&all[..4]).unwrap().receipts_root, word(&vectors["blocks"][3]["root"]));
	assert_eq!(go(&all[..1]).unwrap().hash, anchor);
	assert_eq!(go(&[]), None);
	// One is left out, one comes twice, the order is wrong, it begins elsewhere.
	assert_eq!(go(&[all[0], all[2]]), None);
	assert_eq!(go(&[all[0], all[0]]), None);
	assert_eq!(go(&[all[1], all[0]]), None);
	assert_eq!(go(&all[1..]), None);
	let mut forged = chain[1].clone();
	*forged.last_mut().unwrap() ^= 1;
	assert_eq!(go(&[all[0], &forged]), None);
}

#[test]
fn receipts_should_be_proven_at_their_place_only() {
	let vectors = vectors();
	for block in vectors["blocks"].as_array().unwrap() {
		let root = word(&block["root"]);
		for (index, proof) in block["proofs"].as_object().unwrap() {
			let index: u32 = index.parse().unwrap();
			let proof = nodes(proof);
			let receipt = bytes(&block["receipts"][index as usize]["rlp"]);
			assert!(verify(&root, index, &receipt, &proof), "{index}");
			assert!(!verify(&root, index + 1, &receipt, &proof));
			assert!(!verify(&root, u32::MAX, &receipt, &proof));
			assert!(!verify(&[0; 32], index, &receipt, &proof));
			assert!(!verify(&keccak256(&root), index, &receipt, &proof));
			assert!(!verify(&root, index, &[], &proof));
			assert!(!verify(&root, index, &receipt[..receipt.len() - 1], &proof));
			assert!(!verify(&root, index, &receipt, &[]));
			// A node too few at either end, and too many.
			assert!(!verify(&root, index, &receipt, &proof[..proof.len() - 1]));
			assert!(!verify(&root, index, &receipt, &proof[1..]));
			let last = proof.last().unwrap().clone();
			assert!(!verify(&root, index, &receipt, &[proof.clone(), vec![last]].concat()));
			assert!(!verify(&root, index, &receipt, &[proof.clone(), vec![vec![]]].concat()));
		}
	}
	// The trie without anything proves nothing.
	let empty = receipts_root(&[]);
	assert!(!verify(&empty, 0, &[0x80], &[vec![0x80]]));
	assert!(!verify(&empty, 0, &[], &[vec![0x80]]));
}

#[test]
fn our_tries_should_be_the_others() {
	let vectors = vectors();
	for block in vectors["blocks"].as_array().unwrap().iter().filter(|block| block["count"] != 150) {
		let encoded: Vec<Vec<u8>> =
			block["receipts"].as_array().unwrap().iter().map(|receipt| bytes(&receipt["rlp"])).collect();
		assert_eq!(receipts_root(&encoded), word(&block["root"]));
		for (index, proof) in block["proofs"].as_object().unwrap() {
			assert_eq!(prove_receipt(&encoded, index.parse().unwrap()), Some(nodes(proof)));
		}
		assert_eq!(prove_receipt(&encoded, encoded.len() as u32), None);
	}
	for count in [1usize, 2, 127, 128, 129, 255, 256, 300] {
		let encoded: Vec<Vec<u8>> = (0..count).map(|i| keccak256(&i.to_be_bytes()).repeat(9)).collect();
		let root = receipts_root(&encoded);
		for index in 0..count as u32 {
			let proof = prove_receipt(&encoded, index).unwrap();
			assert!(verify(&root, index, &encoded[index as usize], &proof));
		}
	}
}

/// A generator that needs no crate (xorshift), so that every run tries the same.
struct Random(u64);
impl Random {
	fn below(&mut self, bound: usize) -> usize {
		self.0 ^= self.0 << 13;
		self.0 ^= self.0 >> 7;
		self.0 ^= self.0 << 17;
		(self.0 % bound as u64) as usize
	}
}

#[test]
fn ten_thousand_mutated_proofs_should_be_refused() {
	let vectors = vectors();
	let block = &vectors["blocks"][3];
	let (root, index) = (word(&block["root"]), 77);
	let proof = nodes(&block["proofs"]["77"]);
	let receipt = bytes(&block["receipts"][77]["rlp"]);
	let other = nodes(&block["proofs"]["128"]);
	let mut random = Random(0x9e37_79b9_7f4a_7c15);
	let mut tried = 0;
	while tried < 10_000 {
		let (mut root, mut index, mut receipt, mut proof) = (root, index, receipt.clone(), proof.clone());
		let node = random.below(proof.len());
		let at = random.below(proof[node].len());
		let bit = 1u8 << random.below(8);
		match random.below(12) {
			0 => proof[node][at] ^= bit,
			1 => {
				proof[node].remove(at);
			}
			2 => proof[node].insert(at, bit),
			3 => proof[node].truncate(at),
			4 => {
				proof.remove(node);
			}
			5 => proof.insert(node, other[random.below(other.len())].clone()),
			6 => {
				let with = random.below(proof.len());
				proof.swap(node, with);
			}
			7 => proof[node] = other[random.below(other.len())].clone(),
			8 => {
				let at = random.below(receipt.len());
				receipt[at] ^= bit;
			}
			9 => receipt.truncate(at.min(receipt.len() - 1)),
			10 => root[random.below(32)] ^= bit,
			_ => index = random.below(400) as u32,
		}
		let unchanged = root == word(&block["root"])
			&& index == 77
			&& receipt == bytes(&block["receipts"][77]["rlp"])
			&& proof == nodes(&block["proofs"]["77"]);
		if unchanged {
			continue;
		}
		assert!(!verify(&root, index, &receipt, &proof), "mutation {tried} passed");
		tried += 1;
	}
}

#[test]
fn deposits_should_be_read_from_the_gateways_logs_only() {
	let vectors = vectors();
	let gateway = address(&vectors["gateway"]);
	for block in vectors["blocks"].as_array().unwrap() {
		let at = block["depositAt"].as_u64().unwrap() as usize;
		let receipt = Receipt::decode(&bytes(&block["receipts"][at]["rlp"])).unwrap();
		let deposits: Vec<Deposit> = receipt.logs.iter().filter_map(|log| Deposit::from_log(log, &gateway)).collect();
		let expected = &vectors["deposit"];
		assert_eq!(deposits.len(), 2);
		assert_eq!(deposits[0].nonce, 7);
		assert_eq!(deposits[0].token, [0; 20]);
		assert_eq!(deposits[0].from, address(&expected["from"]));
		assert_eq!(deposits[0].to, word(&expected["to"]));
		assert_eq!(amount(&deposits[0].amount), expected["amount"].as_str().unwrap().parse().ok());
		assert_eq!((deposits[1].nonce, amount(&deposits[1].amount)), (8, Some(1)));

		for log in &receipt.logs {
			assert_eq!(Deposit::from_log(log, &[9; 20]), None, "another contract's event");
			let mut other = log.clone();
			if let Some(topic) = other.topics.first_mut() {
				topic[0] ^= 1;
			}
			assert_eq!(Deposit::from_log(&other, &gateway), None, "another event");
			let mut longer = log.clone();
			longer.data.push(0);
			assert_eq!(Deposit::from_log(&longer, &gateway), None, "bytes behind the data");
			let mut dirty = log.clone();
			if let Some(topic) = dirty.topics.get_mut(2) {
				topic[0] = 1;
			}
			assert!(Deposit::from_log(&dirty, &gateway).is_none(), "bits above an address");
		}
	}
}

/// A word that is the hash of a label, as in `make.mjs`.
fn label(text: &str) -> Word {
	keccak256(text.as_bytes())
}

#[test]
fn events_should_be_read_as_the_contract_writes_them() {
	let vectors = vectors();
	let gateway = address(&vectors["gateway"]);
	let logs: Vec<Log> = vectors["events"]
		.as_array()
		.unwrap()
		.iter()
		.map(|event| Log {
			address: gateway,
			topics: event["topics"].as_array().unwrap().iter().map(word).collect(),
			data: bytes(&event["data"]),
		})
		.collect();
	let sender: Address = label("sender")[12..].try_into().unwrap();
	for (log, (nonce, payload)) in logs.iter().zip([(9, vec![0xcd; 45]), (10, vec![]), (11, vec![0xef; 64])]) {
		let expected = MessageSent { nonce, from: sender, to: label("target"), payload: payload.clone() };
		assert_eq!(MessageSent::from_log(log, &gateway), Some(expected));
		assert_eq!(log.data, emit::bytes(&payload));
		assert_eq!(Deposit::from_log(log, &gateway), None);
	}
	let (content, relayer) = (label("content"), label("relayer"));
	assert_eq!(
		BatchExecuted::from_log(&logs[3], &gateway),
		Some(BatchExecuted { nonce: 41, content, relayer, unpaid: emit::number(5) })
	);
	assert_eq!(
		MessageReceived::from_log(&logs[4], &gateway),
		Some(MessageReceived { nonce: 42, content, relayer, delivered: true })
	);
	assert_eq!(Cancelled::from_log(&logs[5], &gateway), Some(Cancelled { nonce: 43, content, relayer }));
	assert_eq!(
		SetUpdated::from_log(&logs[6], &gateway),
		Some(SetUpdated { set_id: 4, members: label("members"), active_until: 1_802_592_000, relayer })
	);

	let mut odd = logs[4].clone();
	odd.data[63] = 2;
	assert_eq!(MessageReceived::from_log(&odd, &gateway), None, "neither true nor false");
	for log in &logs {
		let mut longer = log.clone();
		longer.data.extend([0; 32]);
		let mut fewer = log.clone();
		fewer.topics.pop();
		let mut wide = log.clone();
		wide.topics[1][0] = 1;
		for bad in [longer, fewer, wide, Log { address: [1; 20], ..log.clone() }, Log { topics: vec![], ..log.clone() }]
		{
			assert_eq!(MessageSent::from_log(&bad, &gateway), None);
			assert_eq!(BatchExecuted::from_log(&bad, &gateway), None);
			assert_eq!(MessageReceived::from_log(&bad, &gateway), None);
			assert_eq!(Cancelled::from_log(&bad, &gateway), None);
			assert_eq!(SetUpdated::from_log(&bad, &gateway), None);
		}
	}
	// A message has one encoding: another offset, dirty padding, a length beyond the data or the limit are refused.
	for (at, value) in [(31, 64), (31, 0), (63, 44), (63, 65), (32, 1), (109, 1), (127, 1)] {
		let mut bad = logs[0].clone();
		bad.data[at] = value;
		assert_eq!(MessageSent::from_log(&bad, &gateway), None, "byte {at}");
	}
	let long = |length| Log { data: emit::bytes(&vec![1; length]), ..logs[0].clone() };
	assert!(MessageSent::from_log(&long(MAX_PAYLOAD), &gateway).is_some());
	assert_eq!(MessageSent::from_log(&long(MAX_PAYLOAD + 1), &gateway), None);
}

#[test]
fn what_tests_emit_should_read_as_it_was() {
	let log =
		Log { address: [5; 20], topics: emit::topics::<Cancelled>(&[emit::number(3), [4; 32]]), data: vec![6; 32] };
	for (kind, succeeded) in [(0, true), (2, false), (0x7f, true)] {
		let receipt = Receipt { succeeded, logs: vec![log.clone(), log.clone()] };
		assert_eq!(Receipt::decode(&receipt.encode(kind)), Some(receipt));
	}
	let header = Header { hash: [0; 32], parent_hash: [1; 32], receipts_root: [2; 32], number: 3, timestamp: 4 };
	let bytes = header.encode();
	assert_eq!(Header::decode(&bytes), Some(Header { hash: keccak256(&bytes), ..header }));
}

#[test]
fn receipts_should_be_canonical() {
	let vectors = vectors();
	let block = &vectors["blocks"][2];
	for receipt in block["receipts"].as_array().unwrap() {
		let rlp = bytes(&receipt["rlp"]);
		let decoded = Receipt::decode(&rlp).unwrap();
		assert_eq!(decoded.succeeded, receipt["rpc"]["status"] == "0x1");
		assert_eq!(decoded.logs.len(), receipt["rpc"]["logs"].as_array().unwrap().len());
		assert_eq!(Receipt::decode(&[rlp.clone(), vec![0]].concat()), None);
		for cut in 0..rlp.len() {
			assert_eq!(Receipt::decode(&rlp[..cut]), None);
		}
	}
	assert_eq!(Receipt::decode(&[]), None);
	assert_eq!(Receipt::decode(&[0x02]), None);
	assert_eq!(Receipt::decode(&vec![0x02; 20_000]), None);
}

#[test]
fn a_node_that_omits_a_log_should_be_found_out() {
	let vectors = vectors();
	for block in vectors["blocks"].as_array().unwrap().iter().filter(|block| block["count"] != 150) {
		let root = word(&block["root"]);
		let honest: Vec<Value> =
			block["receipts"].as_array().unwrap().iter().map(|receipt| receipt["rpc"].clone()).collect();
		let encoded = all_from_json(&json!(honest), &root).unwrap();
		assert_eq!(encoded.len(), honest.len());

		let at = block["depositAt"].as_u64().unwrap() as usize;
		let mut lying = honest.clone();
		lying[at]["logs"].as_array_mut().unwrap().pop();
		assert_eq!(all_from_json(&json!(lying), &root), None, "a log is missing");
		let mut lying = honest.clone();
		lying[at]["logs"][0]["data"] = json!("0x01");
		assert_eq!(all_from_json(&json!(lying), &root), None, "a log is changed");
		let mut lying = honest.clone();
		lying.pop();
		assert_eq!(all_from_json(&json!(lying), &root), None, "a receipt is missing");
		let mut lying = honest.clone();
		lying[at]["status"] = json!("0x0");
		assert_eq!(all_from_json(&json!(lying), &root), None, "a failure hides its logs");
	}
	for garbage in [json!(null), json!({}), json!([1]), json!([{}])] {
		assert_eq!(all_from_json(&garbage, &[1; 32]), None);
	}
}

#[test]
fn digests_should_be_the_others() {
	let vectors = vectors();
	let domain = Domain { chain_id: 1, gateway: address(&vectors["gateway"]) };
	assert_eq!(domain.separator(), word(&vectors["eip712"]["domainSeparator"]));
	let number = |value: &Value| value.as_u64().unwrap();
	for vector in vectors["eip712"]["batches"].as_array().unwrap() {
		let batch = WithdrawBatch {
			set_id: number(&vector["setId"]),
			nonce: number(&vector["nonce"]),
			deadline: number(&vector["deadline"]),
			transfers: vector["transfers"]
				.as_array()
				.unwrap()
				.iter()
				.map(|transfer| Transfer {
					token: address(&transfer["token"]),
					to: address(&transfer["to"]),
					amount: transfer["amount"].as_str().unwrap().parse().unwrap(),
				})
				.collect(),
		};
		assert_eq!(batch.digest(&domain), word(&vector["digest"]));
		assert_ne!(batch.digest(&Domain { chain_id: 61, ..domain }), word(&vector["digest"]));
		assert_ne!(batch.digest(&Domain { gateway: [1; 20], ..domain }), word(&vector["digest"]));
	}
	for vector in vectors["eip712"]["messages"].as_array().unwrap() {
		let message = Message {
			set_id: number(&vector["setId"]),
			nonce: number(&vector["nonce"]),
			deadline: number(&vector["deadline"]),
			sender: word(&vector["sender"]),
			target: address(&vector["target"]),
			gas_limit: number(&vector["gasLimit"]),
			payload: bytes(&vector["payload"]),
		};
		assert_eq!(message.digest(&domain), word(&vector["digest"]));
	}
	let set = &vectors["eip712"]["set"];
	let members: Vec<Member> = set["validators"]
		.as_array()
		.unwrap()
		.iter()
		.map(|member| Member { address: address(&member["address"]), power: number(&member["power"]) })
		.collect();
	assert_eq!(members_hash(&members), Some(word(&set["members"])));
	let update = ValidatorSet {
		set_id: number(&set["setId"]),
		members: word(&set["members"]),
		active_until: number(&set["activeUntil"]),
	};
	assert_eq!(update.digest(&domain), word(&set["digest"]));

	let with = |change: &dyn Fn(&mut Vec<Member>)| {
		let mut changed = members.clone();
		change(&mut changed);
		members_hash(&changed)
	};
	assert_eq!(with(&|members| members.clear()), None);
	assert_eq!(with(&|members| members.swap(0, 1)), None);
	assert_eq!(with(&|members| members[1] = members[0]), None);
	assert_eq!(with(&|members| members[0].power = 0), None);
	assert_eq!(with(&|members| members[0].address = [0; 20]), None);
}

/// Nodes by their address; what they answer to a method.
struct Nodes<F>(F);
impl<F: Fn(&str, &str, &Value) -> Option<Value>> Transport for Nodes<F> {
	fn post_all(&self, requests: &[(&str, &[u8])]) -> Vec<Option<Vec<u8>>> {
		requests
			.iter()
			.map(|(url, body)| {
				let request: Value = serde_json::from_slice(body).unwrap();
				let result = (self.0)(url, request["method"].as_str().unwrap(), &request["params"])?;
				let answer = json!({ "jsonrpc": "2.0", "id": request["id"], "result": result });
				Some(answer.to_string().into_bytes())
			})
			.collect()
	}
}

#[test]
fn a_validator_should_vote_when_all_nodes_agree_and_never_else() {
	use gpu_chain_evm_client::{
		agree::Disagreement::*,
		chain::{Chain, Finality},
	};
	let vectors = vectors();
	let blocks = vectors["chain"].as_array().unwrap();
	let genesis = blocks[0]["rpc"]["hash"].clone();
	let chain = Chain {
		chain_id: 1,
		genesis: word(&genesis),
		gateway: address(&vectors["gateway"]),
		finality: Finality::Finalized,
		alignment: 2,
	};
	let urls: Vec<String> = vec!["http://a".into(), "http://b".into(), "http://c".into()];
	let honest = |method: &str, params: &Value| match (method, params[0].as_str()) {
		("eth_chainId", _) => Some(json!("0x1")),
		("eth_getBlockByNumber", Some("finalized" | "latest")) => Some(blocks[4]["rpc"].clone()),
		("eth_getBlockByNumber", Some("0x0")) => Some(json!({ "hash": genesis })),
		("eth_getBlockByNumber", Some(number)) => {
			Some(blocks[hex::number(number)?.checked_sub(2_000)? as usize]["rpc"].clone())
		}
		_ => None,
	};
	let vote = |chain: Chain, nodes: &dyn Fn(&str, &str, &Value) -> Option<Value>, urls: &[String]| {
		let transport = Nodes(nodes);
		Client { transport: &transport, chain, urls, least: 2 }.next_vote(Some(2_000), None, [])
	};

	let voted = vote(chain, &|_, method, params| honest(method, params), &urls).unwrap().unwrap();
	assert_eq!((voted.number, voted.hash), (2_004, word(&blocks[4]["rpc"]["hash"])));
	// By depth, as on a chain by proof of work.
	let deep = Chain { finality: Finality::Depth(1), ..chain };
	let voted = vote(deep, &|_, method, params| honest(method, params), &urls).unwrap().unwrap();
	assert_eq!(voted.number, 2_002);
	let too_deep = Chain { finality: Finality::Depth(9_999), ..chain };
	assert_eq!(vote(too_deep, &|_, method, params| honest(method, params), &urls), Err(NoAnswer));

	// One node is down, or answers something else than asked, whichever it is.
	for method in ["eth_chainId", "eth_getBlockByNumber"] {
		let silent = |url: &str, m: &str, params: &Value| {
			(url != "http://b" || m != method).then(|| honest(m, params)).flatten()
		};
		assert_eq!(vote(chain, &silent, &urls), Err(NoAnswer));
	}
	let other_chain = |url: &str, m: &str, params: &Value| match (url, m) {
		("http://c", "eth_chainId") => Some(json!("0x3d")),
		_ => honest(m, params),
	};
	assert_eq!(vote(chain, &other_chain, &urls), Err(WrongChain));
	// A node shows a block of another height, sound in itself.
	let lying = |url: &str, m: &str, params: &Value| match (url, params[0].as_str()) {
		("http://a", Some("0x7d4")) => Some(blocks[3]["rpc"].clone()),
		_ => honest(m, params),
	};
	assert_eq!(vote(chain, &lying, &urls), Err(Different));
	// A node changes the root and keeps the hash.
	let forging = |url: &str, m: &str, params: &Value| {
		let mut block = honest(m, params)?;
		if url == "http://a" && params[0] == "0x7d4" {
			block["receiptsRoot"] = json!(hex::encode(&[1; 32]));
		}
		Some(block)
	};
	assert_eq!(vote(chain, &forging, &urls), Err(NoAnswer));
	assert_eq!(vote(chain, &|_, method, params| honest(method, params), &urls[..1]), Err(TooFewNodes));
}
