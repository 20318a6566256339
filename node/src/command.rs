//! Does what the command line asks for.

use crate::{
	chain_spec,
	cli::{Cli, Subcommand},
	service,
};
use gpu_chain_runtime::opaque::Block;
use sc_cli::{Result, SubstrateCli};
use std::sync::Arc;

impl SubstrateCli for Cli {
	fn impl_name() -> String {
		"GPU Chain Node".into()
	}

	fn impl_version() -> String {
		env!("SUBSTRATE_CLI_IMPL_VERSION").into()
	}

	fn description() -> String {
		env!("CARGO_PKG_DESCRIPTION").into()
	}

	fn author() -> String {
		env!("CARGO_PKG_AUTHORS").into()
	}

	fn support_url() -> String {
		concat!(env!("CARGO_PKG_REPOSITORY"), "/issues").into()
	}

	fn copyright_start_year() -> i32 {
		2026
	}

	fn load_spec(&self, id: &str) -> std::result::Result<Box<dyn sc_service::ChainSpec>, String> {
		let spec = chain_spec::load(id).map_err(|error| error.to_string())?;
		Ok(Box::new(spec))
	}
}

/// Reads the command line and does what it says.
///
/// # Errors
/// What the command answers.
pub fn run() -> Result<()> {
	let cli = Cli::from_args();
	match &cli.subcommand {
		None => {
			let options =
				service::Options { measure_hardware: !cli.no_hardware_benchmarks, pow_author: cli.pow_author.clone() };
			cli.create_runner(&cli.run)?.run_node_until_exit(|config| async move {
				service::new_full(config, options).map_err(sc_cli::Error::Service)
			})
		}
		Some(Subcommand::Key(cmd)) => cmd.run(&cli),
		Some(Subcommand::Sign(cmd)) => cmd.run(),
		Some(Subcommand::Verify(cmd)) => cmd.run(),
		Some(Subcommand::Vanity(cmd)) => cmd.run(),
		Some(Subcommand::BuildSpec(cmd)) => {
			cli.create_runner(cmd)?.sync_run(|config| cmd.run(config.chain_spec, config.network))
		}
		Some(Subcommand::ExportChainSpec(cmd)) => cmd.run(cli.load_spec(&cmd.chain)?),
		Some(Subcommand::CheckBlock(cmd)) => cli.create_runner(cmd)?.async_run(|config| {
			let (client, import_queue, tasks) = service::new_partial(&config)?.for_importing();
			Ok((cmd.run(client, import_queue), tasks))
		}),
		Some(Subcommand::ExportBlocks(cmd)) => cli.create_runner(cmd)?.async_run(|config| {
			let (client, _, tasks) = service::new_partial(&config)?.for_reading();
			Ok((cmd.run(client, config.database), tasks))
		}),
		Some(Subcommand::ExportState(cmd)) => cli.create_runner(cmd)?.async_run(|config| {
			let (client, _, tasks) = service::new_partial(&config)?.for_reading();
			Ok((cmd.run(client, config.chain_spec), tasks))
		}),
		Some(Subcommand::ImportBlocks(cmd)) => cli.create_runner(cmd)?.async_run(|config| {
			let (client, import_queue, tasks) = service::new_partial(&config)?.for_importing();
			Ok((cmd.run(client, import_queue), tasks))
		}),
		Some(Subcommand::PurgeChain(cmd)) => cli.create_runner(cmd)?.sync_run(|config| cmd.run(config.database)),
		Some(Subcommand::Revert(cmd)) => cli.create_runner(cmd)?.async_run(|config| {
			let (client, backend, tasks) = service::new_partial(&config)?.for_reading();
			// What consensus keeps beside the chain goes back with it.
			let revert_consensus = Box::new(|client: Arc<service::FullClient>, backend, blocks| {
				sc_consensus_babe::revert(client.clone(), backend, blocks)?;
				sc_consensus_grandpa::revert(client, blocks)?;
				Ok(())
			});
			Ok((cmd.run(client, backend, Some(revert_consensus)), tasks))
		}),
		Some(Subcommand::ChainInfo(cmd)) => cli.create_runner(cmd)?.sync_run(|config| cmd.run::<Block>(&config)),
		#[cfg(feature = "runtime-benchmarks")]
		Some(Subcommand::Benchmark(cmd)) => benchmark(&cli, cmd),
		#[cfg(not(feature = "runtime-benchmarks"))]
		Some(Subcommand::Benchmark(_)) => Err(sc_cli::Error::Application(Box::new(NoBenchmarks))),
	}
}

/// The node was asked for what only another build of it can do.
#[cfg(not(feature = "runtime-benchmarks"))]
#[derive(Debug, thiserror::Error)]
#[error(
	"this node was built without benchmarks; build one that has them with \
	 `cargo build --release -p gpu-chain-node --features runtime-benchmarks`"
)]
struct NoBenchmarks;

/// `benchmark extrinsic` wants transactions that this node does not know how to make.
#[cfg(feature = "runtime-benchmarks")]
#[derive(Debug, thiserror::Error)]
#[error("`benchmark extrinsic` is not offered: use `benchmark pallet` for calls and `benchmark overhead` for the rest")]
struct NoExtrinsicBenchmark;

/// Measures weights, of calls (`pallet`), of the database (`storage`), of blocks (`overhead`, `block`), or the machine.
#[cfg(feature = "runtime-benchmarks")]
fn benchmark(cli: &Cli, cmd: &frame_benchmarking_cli::BenchmarkCmd) -> Result<()> {
	use frame_benchmarking_cli::{BenchmarkCmd, SUBSTRATE_REFERENCE_HARDWARE};
	use sp_runtime::traits::HashingFor;

	cli.create_runner(cmd)?.sync_run(|config| match cmd {
		BenchmarkCmd::Pallet(cmd) => cmd.run_with_spec::<HashingFor<Block>, ()>(Some(config.chain_spec)),
		BenchmarkCmd::Overhead(cmd) => cmd.run_with_default_builder_and_spec::<Block, ()>(Some(config.chain_spec)),
		BenchmarkCmd::Block(cmd) => {
			let (client, _, _tasks) = service::new_partial(&config)?.for_reading();
			cmd.run(client)
		}
		BenchmarkCmd::Storage(cmd) => {
			let (client, backend, _tasks) = service::new_partial(&config)?.for_reading();
			let (db, storage, cache) =
				(backend.expose_db(), backend.expose_storage(), backend.expose_shared_trie_cache());
			cmd.run(config, client, db, storage, cache)
		}
		BenchmarkCmd::Machine(cmd) => cmd.run(&config, SUBSTRATE_REFERENCE_HARDWARE.clone()),
		BenchmarkCmd::Extrinsic(_) => Err(sc_cli::Error::Application(Box::new(NoExtrinsicBenchmark))),
	})
}
