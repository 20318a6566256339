//! What it costs to verify a header, by lane, on one thread: `cargo run --release --example header_verification`.
//!
//! Prints µs per header for a miner's that is good, a miner's without work (what a flood is made of), and a validator's.

#[path = "../tests/lanes/support.rs"]
mod support;

use gpu_chain_consensus::digest::pow_seal;
use std::time::{Duration, Instant};
use support::*;

/// How long each is measured.
const TIME: Duration = Duration::from_secs(2);

fn main() {
	let mut chain = Chain::new();
	let first = chain.start();
	let mined = chain.miners_block(&first, 0);
	let mut idle = mined.clone();
	idle.digest.pop();
	let nonce = nonce(&idle, FLOOR.into(), false);
	idle.digest.push(pow_seal(&nonce));
	let primary = chain.validators_block(&first, chain.slot_after(&first, true), 0);
	let secondary = chain.validators_block(&first, chain.slot_after(&first, false), 0);

	for (name, header, good) in [
		("miner's, good", &mined, true),
		("miner's, without work", &idle, false),
		("validator's, primary", &primary, true),
		("validator's, secondary", &secondary, true),
	] {
		println!("{name:<24} {:>9.2} µs", microseconds(&chain, header, good));
	}
}

/// The mean over as many headers as fit into [`TIME`].
fn microseconds(chain: &Chain, header: &Header, good: bool) -> f64 {
	let start = Instant::now();
	let mut headers = 0u32;
	while start.elapsed() < TIME {
		for _ in 0..100 {
			assert_eq!(chain.verify(header).is_ok(), good);
		}
		headers += 100;
	}
	start.elapsed().as_secs_f64() * 1e6 / f64::from(headers)
}
