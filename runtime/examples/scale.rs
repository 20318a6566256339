//! What ten thousand active rentals cost the rest of the chain: the fixed cost of a block beside them, and settling one of them,
//! each against a chain that is the same but for them, block by block in one run.
//!
//! ```text
//! cargo run --release --workspace --example scale [-- RENTALS]
//! ```
//! The runtime runs natively, on the trie database that its own tests use. Printed, one `name value` a line: medians in µs.

#[path = "../tests/common/mod.rs"]
mod common;

use common::*;
use frame_support::{assert_ok, dispatch::GetDispatchInfo};
use gpu_chain_primitives::{NodeId, ResourceType};
use gpu_chain_runtime::{
	configs::{
		money::AssetKind,
		parameters::{dynamic_params::rental as terms, RuntimeParameters},
	},
	*,
};
use pallet_provider_registry::Call as Registry;
use pallet_rental::{Call as Rent, HourlyRate, RentalStatus};
use pallet_work_verification::Call as Work;
use sp_keyring::Sr25519Keyring::{Bob, Ferdie};
use std::time::Instant;

/// Accelerators of one node.
const GPUS: u16 = 16;
/// Rentals of the chain that has few.
const FEW: u32 = 10;
/// Blocks of each chain that are measured.
const BLOCKS: u32 = 101;
/// Rentals that are ended on each chain.
const SETTLED: u32 = 9;
const HOUR: u64 = 3_600_000;

/// A chain with nodes that list all their accelerators, and `rentals` of them rented for hours.
fn chain(nodes: u32, rentals: u32) -> sp_io::TestExternalities {
	let mut ext = genesis("development");
	ext.execute_with(|| {
		hurry();
		without_sponsors();
		set(RuntimeParameters::Rental(terms::Parameters::MaxDuration(terms::MaxDuration, Some(100 * HOUR))));
		let mut nodes_left = nodes;
		let mut owner = 0;
		let mut rental_id = 0;
		while nodes_left > 0 {
			// An owner has a bounded number of nodes.
			let some = nodes_left.min(200);
			nodes_left -= some;
			let provider = AccountId::from([100 + owner; 32]);
			owner += 1;
			begin();
			assert_ok!(call(
				&account(Bob),
				pallet_balances::Call::transfer_keep_alive { dest: provider.clone().into(), value: 10_000 * UNIT }
			));
			for _ in 0..some {
				assert_ok!(call(&provider, register()));
			}
			end();
			let mine: Vec<NodeId> = pallet_provider_registry::Nodes::<Runtime>::iter()
				.filter(|(_, node)| node.owner == provider)
				.map(|(id, _)| id)
				.collect();
			for node in mine {
				begin();
				bring_to_market(&provider, node);
				for gpu in 0..GPUS {
					let rate = HourlyRate::Amount(UNIT / 100);
					let (min_duration, max_duration) = (1, 100 * HOUR);
					let asset = AssetKind::Native;
					assert_ok!(call(&provider, Rent::list_gpu { node, gpu, asset, rate, min_duration, max_duration }));
					if rental_id < u64::from(rentals) {
						rent(&provider, node, gpu, rental_id);
						rental_id += 1;
					}
				}
				end();
			}
		}
		let active =
			pallet_rental::Rentals::<Runtime>::iter_values().filter(|rental| rental.status == RentalStatus::Active);
		assert_eq!(active.count(), rentals as usize, "all of them are active");
	});
	// What was built lies in the database, as on a chain, not in the overlay.
	ext.commit_all().expect("the overlay is in order");
	ext
}

fn register() -> RuntimeCall {
	let mut register = register_call(ResourceType::Gpu, 2 * UNIT);
	if let RuntimeCall::ProviderRegistry(Registry::register_node { hardware, .. }) = &mut register {
		hardware.gpu_count = GPUS;
	}
	register
}

fn bring_to_market(provider: &AccountId, node: NodeId) {
	assert_ok!(call(provider, Work::issue_challenge { node }));
	let nonce = solution(&node).expect("easy");
	assert_ok!(call(provider, Work::submit_solution { node, nonce }));
	assert_ok!(call(provider, Registry::activate_node { node }));
}

fn rent(provider: &AccountId, node: NodeId, gpu: u16, rental_id: u64) {
	let gpus = vec![gpu].try_into().expect("one is few");
	let book =
		Rent::book { node, gpus, start: None, duration: 50 * HOUR, encryption_key: [1; 32], prepaid_account: None };
	assert_ok!(call(&account(Ferdie), book));
	let access = vec![9; 80].try_into().expect("short enough");
	assert_ok!(call(provider, Rent::confirm_start { rental_id, access }));
}

fn begin() {
	begin_block();
}

fn end() {
	Executive::finalize_block();
	System::reset_events();
}

/// An empty block from its beginning to its storage root, µs.
fn empty_block(ext: &mut sp_io::TestExternalities) -> f64 {
	let time = ext.execute_with(|| {
		let start = Instant::now();
		begin();
		end();
		start.elapsed()
	});
	ext.commit_all().expect("the overlay is in order");
	time.as_secs_f64() * 1e6
}

/// Ending one rental, µs.
fn settle(ext: &mut sp_io::TestExternalities, rental_id: u64) -> f64 {
	let time = ext.execute_with(|| {
		begin();
		let start = Instant::now();
		assert_ok!(call(&account(Ferdie), Rent::end_rental { rental_id }));
		let time = start.elapsed();
		end();
		time
	});
	ext.commit_all().expect("the overlay is in order");
	time.as_secs_f64() * 1e6
}

fn median(mut values: Vec<f64>) -> f64 {
	values.sort_by(f64::total_cmp);
	values[values.len() / 2]
}

fn main() {
	let rentals: u32 = std::env::args().nth(1).map_or(10_000, |text| text.parse().expect("a number of rentals"));
	let nodes = rentals.div_ceil(u32::from(GPUS));
	eprintln!("building chains of {nodes} nodes, with 0, {FEW} and {rentals} active rentals");
	let mut chains = [0, FEW, rentals].map(|rentals| chain(nodes, rentals));
	let mut times = [const { Vec::new() }; 3];
	for _ in 0..BLOCKS {
		// In turn, so that whatever else the machine does falls on all of them alike.
		for (chain, times) in chains.iter_mut().zip(&mut times) {
			times.push(empty_block(chain));
		}
	}
	let [none, _, all] = times.map(median);
	println!("block_us_without {none:.1}\nblock_us_with {all:.1}\nblock_ratio {:.3}", all / none);

	let [few, all] = [1, 2].map(|chain: usize| {
		let last = if chain == 1 { u64::from(FEW) } else { u64::from(rentals) };
		median((0..u64::from(SETTLED)).map(|n| settle(&mut chains[chain], last - 1 - n)).collect())
	});
	println!("settle_us_few {few:.1}\nsettle_us_all {all:.1}");
	// What a block is charged for it knows nothing of how many there are.
	let weight = RuntimeCall::from(Rent::<Runtime>::end_rental { rental_id: 0 }).get_dispatch_info().call_weight;
	println!("settle_weight_ps {}\nsettle_proof_bytes {}", weight.ref_time(), weight.proof_size());
}
