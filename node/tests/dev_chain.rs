//! A dev node from start to end.

mod support;

use serde_json::json;
use support::{gpu_chain, one_at_a_time, wait_for, Node, CHAIN_TIMEOUT};

#[test]
fn a_validator_should_author_on_even_slots_only_and_its_blocks_become_final() {
	let _turn = one_at_a_time();
	let folder = tempfile::tempdir().unwrap();
	let node = Node::dev(folder.path());

	node.wait_for_finality(6);

	let slots: Vec<_> = (1..=node.best_number()).map(|number| node.slot(number)).collect();
	assert!(slots.len() >= 6);
	assert!(slots.iter().all(|slot| slot % 2 == 0), "odd slots among {slots:?}");
	assert!(slots.windows(2).all(|pair| pair[0] < pair[1]), "slots do not rise: {slots:?}");
}

#[test]
fn clients_should_find_the_methods_and_properties_they_need() {
	let _turn = one_at_a_time();
	let folder = tempfile::tempdir().unwrap();
	let node = Node::dev(folder.path());

	let methods = node.call("rpc_methods", json!([]));
	let methods: Vec<_> =
		methods["methods"].as_array().into_iter().flatten().filter_map(|method| method.as_str()).collect();
	for wanted in [
		"author_submitAndWatchExtrinsic",
		"babe_epochAuthorship",
		"chainHead_v1_follow",
		"chainSpec_v1_genesisHash",
		"dev_getBlockStats",
		"grandpa_proveFinality",
		"grandpa_subscribeJustifications",
		"payment_queryInfo",
		"state_getMetadata",
		"sync_state_genSyncSpec",
		"system_accountNextIndex",
	] {
		assert!(methods.contains(&wanted), "{wanted} is not offered");
	}
	assert_eq!(
		node.call("system_properties", json!([])),
		json!({ "ss58Format": 42, "tokenDecimals": 18, "tokenSymbol": "GPU" })
	);

	// The methods answer, too: the dev chain's validator may author, votes alone, and has sent nothing.
	node.wait_for_finality(1);
	let claims = node.call("babe_epochAuthorship", json!([]));
	assert_eq!(claims.as_object().map(|claims| claims.len()), Some(1), "{claims}");
	let alice = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
	assert_eq!(node.call("system_accountNextIndex", json!([alice])), json!(0));
	let round = node.call("grandpa_roundState", json!([]));
	assert_eq!(round["best"]["totalWeight"], json!(1), "{round}");
}

#[test]
fn a_node_should_stop_cleanly_when_asked_and_leave_no_trace_at_home() {
	let _turn = one_at_a_time();
	let (home, temporary) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
	let node = Node::start(
		gpu_chain().arg("--dev").env("HOME", home.path()).env_remove("XDG_DATA_HOME").env("TMPDIR", temporary.path()),
	);
	node.wait_for_finality(1);

	let status = node.terminate();

	assert_eq!(status.code(), Some(0));
	assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0, "--dev wrote to the home folder");
}

#[test]
fn a_killed_node_should_go_on_with_the_same_chain() {
	let _turn = one_at_a_time();
	let folder = tempfile::tempdir().unwrap();
	let node = Node::dev(folder.path());
	node.wait_for_finality(3);
	let (genesis, third) = (node.block_hash(0), node.block_hash(3));
	// The database writes behind: what is checked must be older than what a kill can lose.
	node.wait_for_finality(8);
	node.kill();

	let chain = folder.path().join("chains/gpu_chain_dev");
	assert!(chain.join("paritydb/full").is_dir(), "ParityDB is the default");
	assert!(!chain.join("db").exists(), "no other database is made");
	let node = Node::dev(folder.path());
	let restarted_at = node.best_number();

	assert!(restarted_at >= 3, "the chain was lost: it restarts at {restarted_at}");
	assert_eq!(node.block_hash(0), genesis);
	assert_eq!(node.block_hash(3), third);
	node.wait_for_finality(restarted_at + 3);
	assert_eq!(node.block_hash(3), third);
	assert!((1..=node.best_number()).all(|number| node.slot(number).is_multiple_of(2)));
}

#[test]
fn a_full_node_should_follow_a_validator_over_either_network_backend() {
	let _turn = one_at_a_time();
	let folder = tempfile::tempdir().unwrap();
	let validator = Node::dev(&folder.path().join("validator"));
	let address = validator.address();

	for backend in ["litep2p", "libp2p"] {
		let follower = Node::start(
			gpu_chain()
				.args(["--chain", "dev", "--bootnodes", &address, "--network-backend", backend])
				.arg("--base-path")
				.arg(folder.path().join(backend)),
		);
		let goal = validator.best_number() + 3;
		follower.wait_for_finality(goal);
		assert_eq!(follower.block_hash(goal), validator.block_hash(goal), "{backend}");
		// It follows and does not author: whatever it has, the validator has, too.
		let head = follower.block_hash(follower.best_number());
		wait_for("the validator to know the follower's head", CHAIN_TIMEOUT, || {
			validator.call("chain_getHeader", json!([head])).is_object().then_some(())
		});
	}
}
