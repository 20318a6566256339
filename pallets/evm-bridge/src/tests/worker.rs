//! The validators' worker, over nodes that are played.

use crate::{crypto::KEY_TYPE, endpoints_key, mock::*, types::*, Call};
use codec::Decode;
use frame_support::{assert_ok, traits::Hooks};
use gpu_chain_evm_client::{client::Transport, hex, offchain::Http};
use sp_core::{
	ecdsa,
	offchain::{
		testing::{PendingRequest, PoolState, TestOffchainExt, TestTransactionPoolExt},
		Duration, OffchainDbExt, OffchainWorkerExt, StorageKind, TransactionPoolExt,
	},
};
use sp_io::TestExternalities;
use std::rc::Rc;

/// A running world whose node is validator 0's.
fn with_worker(test: impl FnOnce(ecdsa::Public, Rc<submitted::Pool>)) {
	let mut ext = running_ext();
	let pool = offchain(&mut ext);
	ext.execute_with(|| {
		let key = sp_io::crypto::ecdsa_generate(KEY_TYPE, Some(b"//Bridge".to_vec()));
		let pool = Rc::new(submitted::Pool(pool));
		test(key, pool);
		assert_ok!(Bridge::do_try_state());
	});
}

mod submitted {
	use super::*;

	/// The transactions that were submitted.
	pub struct Pool(pub Rc<dyn Fn() -> Vec<Vec<u8>>>);
	impl Pool {
		pub fn calls(&self) -> Vec<Call<Test>> {
			(self.0)()
				.into_iter()
				.map(|bytes| match Extrinsic::decode(&mut &bytes[..]).unwrap().function {
					RuntimeCall::Bridge(call) => call,
					other => panic!("not the bridge's: {other:?}"),
				})
				.collect()
		}
	}
}

fn offchain(ext: &mut TestExternalities) -> Rc<dyn Fn() -> Vec<Vec<u8>>> {
	let (worker, _) = TestOffchainExt::new();
	let (pool, state): (_, _) = TestTransactionPoolExt::new();
	ext.register_extension(OffchainDbExt::new(worker.clone()));
	ext.register_extension(OffchainWorkerExt::new(worker));
	ext.register_extension(TransactionPoolExt::new(pool));
	Rc::new(move || {
		let state: &PoolState = &state.read();
		state.transactions.clone()
	})
}

/// A session in which the worker's key is a member, together with three others.
fn join(key: ecdsa::Public) {
	use frame_support::traits::OneSessionHandler;
	let mut members = vec![(VALIDATOR, key.into())];
	members.extend((1..4).map(|v| (VALIDATOR + u64::from(v), sp_core::Pair::public(&pair(v)).into())));
	let all = || members.iter().map(|(who, key): &(AccountId, crate::crypto::AuthorityId)| (who, key.clone()));
	<Bridge as OneSessionHandler<AccountId>>::on_new_session(true, all(), all());
}

fn set_endpoints(text: &str) {
	sp_io::offchain::local_storage_set(StorageKind::PERSISTENT, &endpoints_key(CHAIN), text.as_bytes());
}

/// Two nodes of a chain; the second may be told to lie.
struct Nodes<'a> {
	evm: &'a Evm,
	finalized: u64,
	second: Second,
}

#[derive(Clone, Copy, PartialEq)]
enum Second {
	Honest,
	Silent,
	Lying,
}

impl Nodes<'_> {
	fn block(&self, number: u64) -> String {
		// The worker recomputes the hash from these fields, as of any node.
		let header = self.evm.header(number);
		let zeros = |n: usize| hex::encode(&vec![0; n]);
		format!(
			r#"{{"hash":"{}","parentHash":"{}","sha3Uncles":"{z32}","miner":"{z20}","stateRoot":"{z32}",
			"transactionsRoot":"{z32}","receiptsRoot":"{}","logsBloom":"{}","difficulty":"0x0","number":"{:#x}",
			"gasLimit":"0x1c9c380","gasUsed":"0x5208","timestamp":"{:#x}","extraData":"0x","mixHash":"{z32}",
			"nonce":"0x0000000000000000"}}"#,
			hex::encode(&header.hash),
			hex::encode(&header.parent_hash),
			hex::encode(&header.receipts_root),
			zeros(256),
			header.number,
			header.timestamp,
			z32 = zeros(32),
			z20 = zeros(20),
		)
	}

	fn answer(&self, url: &str, body: &str) -> Option<String> {
		let second = url.contains("two");
		if second && self.second == Second::Silent {
			return None;
		}
		let id = body.split("\"id\":").nth(1)?.split([',', '}']).next()?;
		let result = if body.contains("eth_chainId") {
			"\"0x1\"".into()
		} else if body.contains("\"finalized\"") {
			self.block(self.finalized)
		} else if body.contains("\"0x0\"") {
			format!(r#"{{"hash":"{}"}}"#, hex::encode(&GENESIS.0))
		} else {
			let number = body.split("\"0x").nth(1)?.split('"').next()?;
			let number = u64::from_str_radix(number, 16).ok()?;
			self.block(if second && self.second == Second::Lying { number - 1 } else { number })
		};
		Some(format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{result}}}"#))
	}
}

impl Transport for Nodes<'_> {
	fn post_all(&self, requests: &[(&str, &[u8])]) -> Vec<Option<Vec<u8>>> {
		requests
			.iter()
			.map(|(url, body)| Some(self.answer(url, core::str::from_utf8(body).ok()?)?.into_bytes()))
			.collect()
	}
}

fn long_chain() -> Evm {
	let mut evm = Evm::new();
	for _ in 0..30 {
		evm.mine(vec![]);
	}
	evm
}

fn vote_with(key: &ecdsa::Public, nodes: &Nodes) {
	Bridge::vote(CHAIN, &Bridge::chain(CHAIN).unwrap(), &[*key], nodes);
}

#[test]
fn a_worker_should_vote_once_for_each_height() {
	with_worker(|key, pool| {
		join(key);
		let evm = long_chain();
		let nodes = Nodes { evm: &evm, finalized: 10, second: Second::Honest };
		vote_with(&key, &nodes);
		assert!(pool.calls().is_empty(), "nobody told it whom to ask");
		set_endpoints("http://one");
		vote_with(&key, &nodes);
		assert!(pool.calls().is_empty(), "one node is not enough");
		set_endpoints("http://one\nhttp://two");
		vote_with(&key, &nodes);
		let Some(Call::vote_header { vote, index, signature }) = pool.calls().pop() else { panic!("no vote") };
		assert_eq!(vote.number, 8);
		assert_eq!(vote.block_hash.0, evm.header(8).hash);
		assert_ok!(submit(Call::vote_header { vote, index, signature }));

		// Nothing new: nothing sent. Then the next height.
		vote_with(&key, &nodes);
		assert_eq!(pool.calls().len(), 1);
		vote_with(&key, &Nodes { finalized: 12, ..nodes });
		assert!(matches!(pool.calls().last(), Some(Call::vote_header { vote, .. }) if vote.number == 12));
	});
}

#[test]
fn a_worker_should_never_sign_at_or_below_its_last_height() {
	with_worker(|key, pool| {
		join(key);
		set_endpoints("http://one\nhttp://two");
		let evm = long_chain();
		let nodes = Nodes { evm: &evm, finalized: 8, second: Second::Honest };
		vote_with(&key, &nodes);
		// The vote did not reach the chain; the other chain shows another block at that height now.
		let mut fork = evm.fork(6);
		for _ in 0..20 {
			fork.mine(vec![]);
		}
		run(10);
		vote_with(&key, &Nodes { evm: &fork, ..nodes });
		let votes: Vec<HeaderVote> = pool
			.calls()
			.into_iter()
			.filter_map(|call| match call {
				Call::vote_header { vote, .. } => Some(vote),
				_ => None,
			})
			.collect();
		assert_eq!(votes.len(), 2, "sent again");
		assert_eq!(votes[0], votes[1], "the same");
		// In another set that vote counts no more; its height is spent all the same.
		start_session(&[1, 2, 3]);
		join(key);
		vote_with(&key, &Nodes { evm: &fork, ..nodes });
		assert_eq!(pool.calls().len(), 2);
		vote_with(&key, &Nodes { evm: &fork, finalized: 13, ..nodes });
		assert!(matches!(pool.calls().last(), Some(Call::vote_header { vote, .. }) if vote.number == 12));
	});
}

#[test]
fn a_worker_should_not_vote_when_an_accepted_block_is_gone() {
	with_worker(|key, pool| {
		join(key);
		set_endpoints("http://one\nhttp://two");
		let evm = long_chain();
		for validator in 1..4 {
			assert_ok!(cast(validator, vote_for(&evm.header(8))));
		}
		// Reorganised below what was accepted, and all nodes agree on it.
		let mut fork = evm.fork(6);
		for _ in 0..20 {
			fork.mine(vec![]);
		}
		vote_with(&key, &Nodes { evm: &fork, finalized: 13, second: Second::Honest });
		assert!(pool.calls().is_empty());
		vote_with(&key, &Nodes { evm: &evm, finalized: 13, second: Second::Honest });
		assert!(matches!(pool.calls().last(), Some(Call::vote_header { vote, .. }) if vote.number == 12));
	});
}

#[test]
fn a_worker_should_not_vote_when_a_node_lies_or_is_silent() {
	with_worker(|key, pool| {
		join(key);
		set_endpoints("http://one\nhttp://two");
		let evm = long_chain();
		for second in [Second::Silent, Second::Lying] {
			vote_with(&key, &Nodes { evm: &evm, finalized: 8, second });
		}
		assert!(pool.calls().is_empty());
		vote_with(&key, &Nodes { evm: &evm, finalized: 8, second: Second::Honest });
		assert_eq!(pool.calls().len(), 1);
	});
}

#[test]
fn workers_should_meet_at_a_height_that_others_voted_on() {
	with_worker(|key, pool| {
		join(key);
		set_endpoints("http://one\nhttp://two");
		let evm = long_chain();
		assert_ok!(cast(1, vote_for(&evm.header(8))));
		vote_with(&key, &Nodes { evm: &evm, finalized: 13, second: Second::Honest });
		assert!(matches!(pool.calls().last(), Some(Call::vote_header { vote, .. }) if vote.number == 8));
	});
}

#[test]
fn a_worker_should_sign_what_leaves_when_it_is_old_enough() {
	let mut ext = new_test_ext();
	let pool = offchain(&mut ext);
	ext.execute_with(|| {
		let pool = submitted::Pool(pool);
		let key = sp_io::crypto::ecdsa_generate(KEY_TYPE, Some(b"//Bridge".to_vec()));
		join(key);
		assert_ok!(register(CHAIN));
		resume();
		assert_ok!(Bridge::send_message(signed(ALICE), CHAIN, sp_core::H160([7; 20]), 1, Default::default()));
		run(2);
		Bridge::offchain_worker(System::block_number());
		assert!(pool.calls().is_empty(), "this chain may still change its mind");
		run(1);
		Bridge::offchain_worker(System::block_number());
		let Some(call) = pool.calls().pop() else { panic!("nothing was signed") };
		assert!(matches!(call, Call::sign { subject: Subject::Item(1), set_id: 1, .. }));
		assert_ok!(submit(call));
		run(1);
		Bridge::offchain_worker(System::block_number());
		assert_eq!(pool.calls().len(), 1, "once");
		// The set that takes over.
		start_session(&[1, 2, 3, 4]);
		run(1);
		Bridge::offchain_worker(System::block_number());
		let Some(call) = pool.calls().pop() else { panic!("nothing was signed") };
		assert!(matches!(call, Call::sign { subject: Subject::Set(2), set_id: 1, .. }));
		assert_ok!(submit(call));
		assert_ok!(Bridge::do_try_state());
	});
}

#[test]
fn a_node_without_keys_should_do_nothing() {
	with_worker(|key, pool| {
		set_endpoints("http://one\nhttp://two");
		let evm = long_chain();
		// The key is no member.
		vote_with(&key, &Nodes { evm: &evm, finalized: 8, second: Second::Honest });
		Bridge::sign_what_leaves(CHAIN, &[key]);
		assert!(pool.calls().is_empty());
	});
}

#[test]
fn http_should_be_bounded_in_size_and_time() {
	let (worker, state) = TestOffchainExt::new();
	let mut ext = TestExternalities::default();
	ext.register_extension(OffchainWorkerExt::new(worker));
	let post = |uri: &str, status: u16, response: Vec<u8>| {
		state.write().expect_request(PendingRequest {
			method: "POST".into(),
			uri: uri.into(),
			headers: vec![("content-type".into(), "application/json".into())],
			body: b"ask".to_vec(),
			sent: true,
			response: (status == 200).then_some(response),
			..Default::default()
		});
	};
	ext.execute_with(|| {
		let http = Http { deadline: sp_io::offchain::timestamp().add(Duration::from_millis(50)) };
		post("http://one", 200, b"answer".to_vec());
		post("http://two", 200, vec![b' '; 256 * 1024 + 1]);
		let requests: [(&str, &[u8]); 2] = [("http://one", b"ask"), ("http://two", b"ask")];
		assert_eq!(http.post_all(&requests), vec![Some(b"answer".to_vec()), None]);
	});
}
