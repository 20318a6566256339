//! The command line.

use gpu_chain_runtime::AccountId;

/// What was asked for. Without a subcommand the node runs.
#[derive(Debug, clap::Parser)]
pub struct Cli {
	/// What to do instead of running a node.
	#[command(subcommand)]
	pub subcommand: Option<Subcommand>,

	/// How to run a node.
	#[clap(flatten)]
	pub run: sc_cli::RunCmd,

	/// Do not measure the hardware at start.
	///
	/// Otherwise speed of CPU, memory and disk are measured for about a second, logged, and sent to telemetry if there
	/// is any.
	#[arg(long)]
	pub no_hardware_benchmarks: bool,

	/// Give out work to miners, whose blocks pay this account: an address, or 32 bytes as 0x….
	///
	/// Miners get the work by the RPC methods pow_getWork and pow_subscribeWork, and hand in what they find by
	/// pow_submitWork; `gpu-miner mine` does. Any node can do this, validator or not.
	#[arg(long, value_name = "ACCOUNT", value_parser = parse_account)]
	pub pow_author: Option<AccountId>,
}

fn parse_account(text: &str) -> Result<AccountId, String> {
	text.parse().map_err(|error| format!("this is neither an address nor 32 bytes as 0x…: {error}"))
}

/// Everything but running a node.
#[derive(Debug, clap::Subcommand)]
pub enum Subcommand {
	/// Make, inspect and insert keys.
	#[command(subcommand)]
	Key(sc_cli::KeySubcommand),

	/// Sign a message with a secret key.
	Sign(sc_cli::SignCmd),

	/// Verify a message's signature.
	Verify(sc_cli::VerifyCmd),

	/// Make a key whose address starts with given letters.
	Vanity(sc_cli::VanityCmd),

	/// Write a chain spec, with a boot node added, to standard output.
	BuildSpec(sc_cli::BuildSpecCmd),

	/// Write a chain spec to a file or to standard output.
	ExportChainSpec(sc_cli::ExportChainSpecCmd),

	/// Check a block again.
	CheckBlock(sc_cli::CheckBlockCmd),

	/// Write blocks to a file.
	ExportBlocks(sc_cli::ExportBlocksCmd),

	/// Write the state at a block as a chain spec.
	ExportState(sc_cli::ExportStateCmd),

	/// Read blocks from a file.
	ImportBlocks(sc_cli::ImportBlocksCmd),

	/// Delete the chain's database.
	PurgeChain(sc_cli::PurgeChainCmd),

	/// Take back blocks that are not final.
	Revert(sc_cli::RevertCmd),

	/// Show what the database says of the chain's head.
	ChainInfo(sc_cli::ChainInfoCmd),

	/// Measure weights.
	#[cfg(feature = "runtime-benchmarks")]
	#[command(subcommand)]
	Benchmark(frame_benchmarking_cli::BenchmarkCmd),

	/// Measure weights (only a node built with `--features runtime-benchmarks` can).
	#[cfg(not(feature = "runtime-benchmarks"))]
	#[command(disable_help_flag = true)]
	Benchmark(IgnoredArguments),
}

/// Whatever follows a subcommand that this build does not have, so that the answer is how to build it and not a
/// complaint about the first argument.
#[cfg(not(feature = "runtime-benchmarks"))]
#[derive(Debug, clap::Args)]
pub struct IgnoredArguments {
	/// Not looked at.
	#[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
	pub rest: Vec<std::ffi::OsString>,
}

#[cfg(test)]
mod tests {
	use super::*;
	use clap::Parser;

	const ALICE: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
	const ALICE_HEX: &str = "0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d";

	fn pow_author(arguments: &[&str]) -> Result<Option<AccountId>, String> {
		let arguments = ["gpu-chain"].iter().chain(arguments);
		Cli::try_parse_from(arguments).map(|cli| cli.pow_author).map_err(|error| error.to_string())
	}

	#[test]
	fn the_payee_should_be_an_address_or_hex() {
		assert_eq!(pow_author(&[]), Ok(None));
		let alice = pow_author(&["--pow-author", ALICE]).unwrap().unwrap();
		assert_eq!(pow_author(&["--pow-author", ALICE_HEX]), Ok(Some(alice.clone())));
		assert_eq!(format!("0x{}", sp_core::bytes::to_hex(alice.as_ref(), false).trim_start_matches("0x")), ALICE_HEX);
	}

	#[test]
	fn a_payee_that_is_none_should_be_refused() {
		let (mistyped, short) = (ALICE.replace("Grw", "Gsw"), &ALICE_HEX[..64]);
		for text in ["", "alice", "//Alice", &mistyped, short] {
			let error = pow_author(&["--pow-author", text]).unwrap_err();
			assert!(error.contains("neither an address nor 32 bytes"), "{text}: {error}");
		}
	}
}
