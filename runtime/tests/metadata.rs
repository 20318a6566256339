//! `gpu-miner/metadata.scale`, from which the miner's interface is generated, is this runtime's.

// With these features the runtime has more APIs than any node offers.
#![cfg(not(any(feature = "runtime-benchmarks", feature = "try-runtime")))]

mod common;

use common::genesis;
use gpu_chain_runtime::Runtime;
use std::path::PathBuf;

#[test]
fn the_miners_metadata_is_fresh() {
	let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../gpu-miner/metadata.scale");
	// Constants of the slot clock are state: they are taken from the development chain.
	let metadata =
		genesis("development").execute_with(|| Runtime::metadata_at_version(15)).expect("version 15 is there");
	let metadata: &[u8] = &metadata;
	if std::env::var_os("UPDATE_METADATA").is_some() {
		std::fs::write(&path, metadata).expect("the file can be written");
	}
	let file = std::fs::read(&path).expect("the file can be read");
	assert!(
		file == metadata,
		"gpu-miner/metadata.scale is stale; regenerate it:\n  \
		 UPDATE_METADATA=1 cargo test --release -p gpu-chain-runtime --test metadata"
	);
}
