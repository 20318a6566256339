//! The subcommands, run as a user runs them.

mod support;

use serde_json::{json, Value};
use std::{ffi::OsStr, path::Path};
use support::{one_at_a_time, run, run_well, Node};

#[test]
fn build_spec_should_describe_every_named_chain() {
	let _turn = one_at_a_time();
	for (chain, id, chain_type) in [
		("dev", "gpu_chain_dev", "Development"),
		("local", "gpu_chain_local", "Local"),
		("staging", "gpu_chain_staging", "Live"),
	] {
		let written = run_well(["build-spec", "--chain", chain, "--disable-default-bootnode"]);
		let spec: Value = serde_json::from_slice(&written).expect("standard output is JSON and nothing else");
		assert_eq!(spec["id"], json!(id));
		assert_eq!(spec["chainType"], json!(chain_type));
		assert_eq!(spec["bootNodes"], json!([]));
		assert_eq!(spec["properties"], json!({ "ss58Format": 42, "tokenDecimals": 18, "tokenSymbol": "GPU" }));
		assert!(spec["genesis"]["runtimeGenesis"]["code"].is_string(), "{chain} has no runtime");
	}
}

#[test]
fn an_exported_raw_spec_should_name_the_same_genesis() {
	let _turn = one_at_a_time();
	let folder = tempfile::tempdir().unwrap();
	let file = folder.path().join("dev.json");
	run_well([
		OsStr::new("export-chain-spec"),
		"--chain=dev".as_ref(),
		"--raw".as_ref(),
		"--output".as_ref(),
		file.as_ref(),
	]);

	let again = run_well([
		OsStr::new("build-spec"),
		"--disable-default-bootnode".as_ref(),
		"--raw".as_ref(),
		"--chain".as_ref(),
		file.as_ref(),
	]);

	let read = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).expect("a chain spec is JSON");
	assert_eq!(read(&std::fs::read(&file).unwrap()), read(&again));
}

#[test]
fn a_missing_or_wrong_chain_should_be_explained() {
	let _turn = one_at_a_time();
	for (args, message) in
		[(&[][..], "no chain was named"), (&["--chain", "stagin"][..], "`stagin` is neither dev, local nor staging")]
	{
		let output = run(args);
		assert!(!output.status.success());
		let said = String::from_utf8_lossy(&output.stderr);
		assert!(said.contains(message), "{args:?} answered: {said}");
	}
}

#[cfg(not(feature = "runtime-benchmarks"))]
#[test]
fn benchmark_should_say_how_to_build_a_node_that_can() {
	let _turn = one_at_a_time();
	for args in [&["benchmark"][..], &["benchmark", "pallet", "--steps", "50"], &["benchmark", "--help"]] {
		let output = run(args);
		assert!(!output.status.success());
		let said = String::from_utf8_lossy(&output.stderr);
		assert!(said.contains("--features runtime-benchmarks"), "{args:?} answered: {said}");
	}
}

/// What `chain-info` says of the dev chain on `base_path`.
fn chain_info(base_path: &Path) -> Value {
	let written = dev_command("chain-info", base_path, []);
	serde_json::from_slice(&written).expect("standard output is JSON and nothing else")
}

/// Runs a command on the dev chain on `base_path`.
fn dev_command<const N: usize>(name: &str, base_path: &Path, more: [&OsStr; N]) -> Vec<u8> {
	let fixed = [name.as_ref(), "--chain".as_ref(), "dev".as_ref(), "--base-path".as_ref(), base_path.as_os_str()];
	run_well(fixed.into_iter().chain(more))
}

#[test]
fn a_chain_should_export_import_revert_and_purge() {
	let _turn = one_at_a_time();
	let folder = tempfile::tempdir().unwrap();
	let (first, second) = (folder.path().join("first"), folder.path().join("second"));
	let file = folder.path().join("blocks");

	let node = Node::dev(&first);
	node.wait_for_finality(4);
	assert_eq!(node.terminate().code(), Some(0));
	let exported = chain_info(&first);
	let height = exported["best_number"].as_u64().expect("a height is a number");
	assert!(height >= 4);

	dev_command("check-block", &first, ["2".as_ref()]);
	dev_command("export-blocks", &first, ["--binary".as_ref(), file.as_os_str()]);
	dev_command("import-blocks", &second, ["--binary".as_ref(), file.as_os_str()]);
	let imported = chain_info(&second);
	assert_eq!(imported["best_hash"], exported["best_hash"]);
	assert_eq!(imported["genesis_hash"], exported["genesis_hash"]);

	// Few of the blocks carry a proof of finality, so that in the copy the last ones can go back.
	assert!(imported["finalized_number"].as_u64().is_some_and(|finalised| finalised + 2 <= height), "{imported}");
	dev_command("revert", &second, ["2".as_ref()]);
	assert_eq!(chain_info(&second)["best_number"], json!(height - 2));

	let database = second.join("chains/gpu_chain_dev/paritydb/full");
	assert!(database.is_dir());
	dev_command("purge-chain", &second, ["-y".as_ref()]);
	assert!(!database.exists());
}
