//! The command line.

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
