//! Ten thousand headers that nobody did any work for, handed to a node's import queue as its peers would.

use crate::support::*;
use futures::{channel::mpsc, executor::block_on, FutureExt, StreamExt};
use gpu_chain_consensus::{
	digest::{pow_pre_digests, pow_seal},
	import_queue, ImportQueueParams,
};
use sc_consensus::import_queue::{BlockImportError, BlockImportStatus, ImportQueue, Link};
use sp_consensus::BlockOrigin;
use sp_core::{testing::TaskExecutor, H256, U256};
use sp_runtime::DigestItem;

const HEADERS: u32 = 10_000;
/// What the node's memory may grow by while it refuses them.
const MAX_GROWTH: u64 = 50 << 20;

type Processed = Result<BlockImportStatus<u32>, BlockImportError>;

/// Passes on what became of each block.
struct Results(mpsc::UnboundedSender<Processed>);

impl Link<Block> for Results {
	fn blocks_processed(&self, _: usize, _: usize, results: Vec<(Processed, H256)>) {
		for (result, _) in results {
			let _ = self.0.unbounded_send(result);
		}
	}
}

/// Bytes of memory that this process has now.
fn resident() -> u64 {
	const PAGE: u64 = 4_096;
	let pages = std::fs::read_to_string("/proc/self/statm").unwrap();
	PAGE * pages.split(' ').nth(1).unwrap().parse::<u64>().unwrap()
}

/// One of the ways in which a header costs its sender nothing.
fn worthless(chain: &Chain, parent: &Header, n: u32) -> Header {
	let slot = slot_of(parent) + 1;
	let due = U256::from(1u64 << 40);
	let seal = pow_seal(&U256::from(n).to_big_endian());
	let with = |logs: Vec<DigestItem>, seal: DigestItem| {
		let mut header = chain.build(parent, logs, n as u8);
		header.digest.push(seal);
		header
	};
	match n % 5 {
		0 => with(pow_pre_digests(bob(), due, slot.into()), seal),
		1 => with(pow_pre_digests(bob(), (FLOOR - 1).into(), slot.into()), seal),
		2 => with(pow_pre_digests(bob(), due, (slot + 1_000_000).into()), seal),
		3 => with(pow_pre_digests(bob(), due, slot.into()).split_off(1), seal),
		_ => {
			let mut header = chain.build(parent, pow_pre_digests(bob(), due, slot.into()), 0);
			header.parent_hash = H256::from_low_u64_be(n.into());
			header.digest.push(seal);
			header
		}
	}
}

#[test]
fn a_flood_of_worthless_headers_should_cost_neither_runtime_nor_memory_nor_the_chain() {
	let mut chain = Chain::new();
	let first = chain.start();
	let executor = TaskExecutor::new();
	let (mut queue, _worker) = import_queue(ImportQueueParams {
		link: chain.link.clone(),
		block_import: chain.import.clone(),
		justification_import: None,
		client: chain.client.clone(),
		floor: FLOOR.into(),
		spawner: &executor,
		registry: None,
		metrics: chain.metrics.clone(),
		telemetry: None,
	})
	.unwrap();
	let mut service = queue.service();
	let (results, mut processed) = mpsc::unbounded();
	let link = Results(results);
	// Hands a block over and waits for what becomes of it.
	let mut take = |header: &Header| -> Processed {
		service.import_blocks(BlockOrigin::NetworkBroadcast, vec![incoming(header)]);
		block_on(futures::future::poll_fn(|context| {
			queue.poll_actions(context, &link);
			processed.next().poll_unpin(context).map(|result| result.expect("the link is there"))
		}))
	};

	// The queue's own buffers are no growth.
	for n in 0..100 {
		assert!(take(&worthless(&chain, &first, n)).is_err());
	}
	let (calls, memory) = (chain.answers.calls(), resident());
	for n in 0..HEADERS {
		assert!(take(&worthless(&chain, &first, n)).is_err(), "header {n}");
	}
	let growth = resident().saturating_sub(memory);
	println!("{HEADERS} headers refused, {} KiB more memory", growth >> 10);
	assert!(growth < MAX_GROWTH, "{growth} bytes more");
	assert_eq!(chain.answers.calls(), calls, "the runtime was asked");
	// A header from the future fails at the work already; one on an unknown parent does not come as far as the verifier.
	for (reason, share) in [("work", 2), ("floor", 1), ("digest", 1)] {
		let refused = chain.count("gpu_chain_blocks_refused_total", reason);
		assert_eq!(refused, u64::from(share * (HEADERS + 100) / 5), "{reason}");
	}

	// And the node goes on: the next block of either lane becomes part of the chain.
	for good in [chain.miners_block(&first, 0), chain.validators_block(&first, slot_of(&first) + 2, 0)] {
		assert!(matches!(take(&good), Ok(BlockImportStatus::ImportedUnknown(..))));
	}
	assert_eq!(chain.client_info().best_number, first.number + 1);
}
