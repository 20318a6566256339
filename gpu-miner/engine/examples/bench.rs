//! Prints the rate of each path on this processor beside `tiny-keccak`.

use gpu_miner_engine::bench::{ratio, run};
use std::{thread::available_parallelism, time::Duration};

fn main() {
	let threads = available_parallelism().map_or(1, |n| n.get());
	let rates = run(Duration::from_secs(3), threads);
	for rate in &rates {
		println!(
			"{:12} {:2} threads {:8.2} MH/s {:6.2} × tiny-keccak per thread",
			rate.name,
			rate.threads,
			rate.hashes_per_second / 1e6,
			ratio(&rates, rate).unwrap_or_default()
		);
	}
}
