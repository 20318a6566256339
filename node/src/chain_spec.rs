//! The chains that this node knows by name.
//!
//! What is in their genesis is the runtime's: each is one of its presets. What is here is what a client shows of them.

use gpu_chain_runtime::{opaque::Block, WASM_BINARY};
use sc_chain_spec::ChainSpecExtension;
use sc_service::{ChainType, Properties};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// What the chain's unit is called.
const TOKEN_SYMBOL: &str = "GPU";
/// Digits behind the point: 10^18 plancks are one GPU.
const TOKEN_DECIMALS: u8 = 18;
/// The prefix of addresses, the one for chains that have none of their own.
const SS58_FORMAT: u16 = 42;
/// Names the chain's protocols on the wire, beside the genesis hash.
const PROTOCOL_ID: &str = "gpu";

/// A chain, as JSON or by name.
pub type ChainSpec = sc_service::GenericChainSpec<Extensions>;

/// What a node needs to know of a chain beside its genesis.
#[derive(Default, Clone, Serialize, Deserialize, ChainSpecExtension)]
#[serde(rename_all = "camelCase")]
pub struct Extensions {
	/// Blocks that this chain has at given heights, whatever another fork says.
	pub fork_blocks: sc_client_api::ForkBlocks<Block>,
	/// Blocks that are never taken.
	pub bad_blocks: sc_client_api::BadBlocks<Block>,
	/// Where a light client may start; written by the RPC `sync_state_genSyncSpec`.
	pub light_sync_state: sc_sync_state_rpc::LightSyncStateExtension,
}

/// Why there is no chain spec.
#[derive(Debug, thiserror::Error)]
pub enum Error {
	/// `--chain` was not given, nor `--dev`.
	#[error("no chain was named: pass --dev, --chain local, --chain staging, or --chain and the path of a chain spec")]
	NoChain,
	/// The build left the runtime out.
	#[error("this node was built without the runtime's WebAssembly: build it without SKIP_WASM_BUILD")]
	NoRuntime,
	/// `--chain` names no chain, and as a path it cannot be used.
	#[error("`{path}` is neither dev, local nor staging, and as a chain spec it cannot be read: {reason}")]
	Unreadable {
		/// What was given.
		path: PathBuf,
		/// What went wrong.
		reason: String,
	},
}

/// Finds the chain that `--chain` names: `dev`, `local`, `staging` or the path of a chain spec.
///
/// # Errors
/// See [`Error`].
pub fn load(name: &str) -> Result<ChainSpec, Error> {
	match name {
		"" => Err(Error::NoChain),
		"dev" => development(),
		"local" => local(),
		"staging" => staging(),
		path => ChainSpec::from_json_file(path.into())
			.map_err(|reason| Error::Unreadable { path: Path::new(path).into(), reason }),
	}
}

/// One validator, Alice, and short slots.
fn development() -> Result<ChainSpec, Error> {
	from_preset("GPU Chain Development", "gpu_chain_dev", ChainType::Development, "development")
}

/// Four validators, Alice to Dave, on one machine.
fn local() -> Result<ChainSpec, Error> {
	from_preset("GPU Chain Local Testnet", "gpu_chain_local", ChainType::Local, "local_testnet")
}

/// The public testnet.
fn staging() -> Result<ChainSpec, Error> {
	from_preset("GPU Chain Staging", "gpu_chain_staging", ChainType::Live, "staging")
}

/// A chain whose genesis is one of the runtime's presets.
fn from_preset(name: &str, id: &str, chain_type: ChainType, preset: &str) -> Result<ChainSpec, Error> {
	let code = WASM_BINARY.ok_or(Error::NoRuntime)?;
	Ok(ChainSpec::builder(code, Extensions::default())
		.with_name(name)
		.with_id(id)
		.with_chain_type(chain_type)
		.with_protocol_id(PROTOCOL_ID)
		.with_properties(properties())
		.with_genesis_config_preset_name(preset)
		.build())
}

/// What wallets need to show amounts and addresses.
fn properties() -> Properties {
	let mut properties = Properties::new();
	properties.insert("tokenSymbol".into(), TOKEN_SYMBOL.into());
	properties.insert("tokenDecimals".into(), TOKEN_DECIMALS.into());
	properties.insert("ss58Format".into(), SS58_FORMAT.into());
	properties
}

#[cfg(test)]
mod tests {
	use super::*;
	use sp_runtime::BuildStorage;

	#[test]
	fn load_should_ask_for_a_chain_when_none_is_named() {
		assert!(matches!(load(""), Err(Error::NoChain)));
	}

	#[test]
	fn load_should_say_what_was_given_when_it_is_no_chain() {
		let error = load("devv").err().expect("no file of that name is here");
		assert!(matches!(&error, Error::Unreadable { path, .. } if path == Path::new("devv")));
		assert!(error.to_string().contains("`devv` is neither dev, local nor staging"));
	}

	#[test]
	fn every_named_chain_should_have_a_genesis_of_its_own() {
		let mut seen = std::collections::BTreeSet::new();
		for name in ["dev", "local", "staging"] {
			let storage = load(name).unwrap().build_storage().unwrap();
			assert!(storage.top.contains_key(sp_core::storage::well_known_keys::CODE), "{name} has no runtime");
			assert!(seen.insert(storage.top), "{name} has the genesis of another chain");
		}
	}

	#[test]
	fn a_written_spec_should_read_back_as_the_same_chain() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("dev.json");
		let written = load("dev").unwrap().as_json(true).unwrap();
		std::fs::write(&path, &written).unwrap();

		let read = load(path.to_str().unwrap()).unwrap();

		assert_eq!(read.id(), "gpu_chain_dev");
		assert_eq!(read.properties(), properties());
		assert_eq!(read.as_json(true).unwrap(), written);
	}
}
