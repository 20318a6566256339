//! Ranks 10,000 nodes for one request and says how long that took, beside a sort of as many plain numbers.
//!
//! `cargo run --release -p gpu-chain-primitives --example rank`. Reading the nodes from storage is not part of it.

use gpu_chain_primitives::{
	score::{rank, score, ScoreInput, ScoreRequest, ScoreWeights},
	PowerVector, RequiredPower,
};
use std::time::Instant;

const NODES: usize = 10_000;
const RUNS: usize = 21;

fn next(state: &mut u64) -> u64 {
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	*state
}

/// The median, in milliseconds.
fn median(mut run: impl FnMut() -> f64) -> f64 {
	let mut times: Vec<f64> = (0..RUNS).map(|_| run()).collect();
	times.sort_by(f64::total_cmp);
	times[RUNS / 2]
}

fn main() {
	let weights = ScoreWeights { price: 3_000, reputation: 2_000, latency: 1_500, uptime: 1_500, power: 2_000 };
	let minimum_power = RequiredPower { hashes_per_second: 1_000_000, milli_tops: 100_000, memory_mib: 8_192 };
	let request = ScoreRequest { weights, budget: 100 * 10u128.pow(18), minimum_power, max_latency_ms: 100 };
	let mut s = 0x9e37_79b9_7f4a_7c15;
	let nodes: Vec<([u8; 32], ScoreInput)> = (0..NODES)
		.map(|_| {
			let mut id = [0; 32];
			id[..8].copy_from_slice(&next(&mut s).to_be_bytes());
			let latency = (next(&mut s) % 150) as u32;
			let input = ScoreInput {
				price: u128::from(next(&mut s)) * 5,
				reputation: (next(&mut s) % 10_001) as u16,
				latency_ms: Some(latency),
				uptime: (next(&mut s) % 10_001) as u16,
				power: PowerVector {
					hashes_per_second: u128::from(next(&mut s) % 4_000_000),
					milli_tops: next(&mut s) % 400_000,
					memory_bytes: next(&mut s) % (64 << 30),
				},
			};
			(id, input)
		})
		.collect();

	let ranked = median(|| {
		let start = Instant::now();
		let mut list: Vec<_> =
			nodes.iter().filter_map(|(id, input)| Some((score(&request, input)?, input.price, id))).collect();
		list.sort_unstable_by(|a, b| rank((a.0, a.1, a.2), (b.0, b.1, b.2)));
		let took = start.elapsed().as_secs_f64() * 1e3;
		assert_eq!(std::hint::black_box(list).len(), NODES);
		took
	});
	let numbers: Vec<u32> = nodes.iter().map(|(_, input)| input.price as u32).collect();
	let sorted = median(|| {
		let mut list = numbers.clone();
		let start = Instant::now();
		list.sort_unstable();
		std::hint::black_box(&list);
		start.elapsed().as_secs_f64() * 1e3
	});
	println!(
		"{NODES} nodes, median of {RUNS} runs: score and rank {ranked:.3} ms, sort of plain numbers {sorted:.3} ms"
	);
}
