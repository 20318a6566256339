//! The node of gpu-chain: validators, full nodes and their RPC.
//!
//! - [`cli`]: what can be asked for on the command line; [`command`] does it.
//! - [`chain_spec`]: the chains this node knows by name.
//! - [`service`]: how a node is put together, from database to finality.
//! - [`authoring`]: when a validator may author, and on what clock.
//! - [`rpc`]: what clients may call.
//! - [`hardware`]: how fast this machine is.

mod authoring;
mod chain_spec;
mod cli;
mod command;
mod hardware;
mod rpc;
mod service;

use std::process::ExitCode;

fn main() -> ExitCode {
	match command::run() {
		Ok(()) => ExitCode::SUCCESS,
		Err(error) => {
			eprintln!("Error: {error}");
			ExitCode::FAILURE
		}
	}
}
