//! Ranks ten thousand registered nodes for one request, natively, and says how long that takes: with everything read from a
//! state in a trie, as a node has it, and the score and the order alone.
//!
//! `cargo run --release -p gpu-chain-runtime --example ranking [NODES [RUNS]]`. Nodes are registered, activated and given a
//! past by the pallets' own calls as far as there are such; what rounds and months would take is written into the state.

use frame_support::{assert_ok, traits::fungible::Mutate};
use gpu_chain_primitives::{
	matching::{ranked, MatchRequest, MatchTerms, RegionLatency},
	score::ScoreWeights,
	Candidates, HardwareSpec, NodeId, ProviderControl, Region, RequiredPower, ResourceType, WorkOutcome,
};
use gpu_chain_runtime::{
	configs::{
		matching::KnownNodes,
		money::TreasuryAccount,
		parameters::{
			dynamic_params::roles::{Parameters as Roles, SponsorRequired},
			RuntimeParameters,
		},
	},
	*,
};
use std::{hint::black_box, time::Instant};

const REGIONS: [&str; 8] =
	["eu-west", "eu-north", "eu-south", "us-east", "us-west", "ap-south", "ap-northeast", "sa-east"];
const MODELS: [(&str, u32); 5] =
	[("RTX 4090", 24_576), ("RTX 3090", 24_576), ("A100", 81_920), ("H100", 81_559), ("RTX 4070", 12_288)];
const NODES_OF_AN_OWNER: usize = 250;
const NOW: BlockNumber = 100_000;

struct Random(u64);

impl Random {
	fn next(&mut self) -> u64 {
		self.0 ^= self.0 << 13;
		self.0 ^= self.0 >> 7;
		self.0 ^= self.0 << 17;
		self.0
	}
	fn below(&mut self, end: u64) -> u64 {
		self.next() % end
	}
}

fn bounded<const N: u32>(text: &str) -> frame_support::BoundedVec<u8, frame_support::traits::ConstU32<N>> {
	text.as_bytes().to_vec().try_into().expect("short enough")
}

/// An active node with a past.
fn grow_node(owner: &AccountId, random: &mut Random) {
	let (model, gpu_memory_mib) = MODELS[random.below(5) as usize];
	let hardware = HardwareSpec {
		model: bounded(model),
		gpu_memory_mib,
		gpu_count: 1 + random.below(8) as u16,
		cpu_cores: 8 + random.below(56) as u16,
		ram_mib: 65_536,
		storage_gib: 2_048,
		bandwidth_mbps: 1_000,
	};
	assert_ok!(ProviderRegistry::register_node(
		RuntimeOrigin::signed(owner.clone()),
		ResourceType::Gpu,
		hardware,
		bounded(REGIONS[random.below(8) as usize]),
		UNIT / 10 + u128::from(random.below(1_000)) * MILLI_UNIT,
		bounded("https://example.org/providers/0123456789/node.json"),
		UNIT + u128::from(random.below(5)) * UNIT,
	));
	let node: NodeId = System::events()
		.into_iter()
		.rev()
		.find_map(|record| match record.event {
			RuntimeEvent::ProviderRegistry(pallet_provider_registry::Event::NodeRegistered { node, .. }) => Some(node),
			_ => None,
		})
		.expect("it was registered just now");
	System::reset_events();
	for _ in 0..10 + random.below(6) {
		<Reputation as gpu_chain_primitives::Reputation>::record(&node, WorkOutcome::ChallengePassed);
	}
	assert_ok!(<ProviderRegistry as ProviderControl>::mark_verified(&node));
	assert_ok!(ProviderRegistry::activate_node(RuntimeOrigin::signed(owner.clone()), node));
	let power = u128::from(1_000_000 + random.below(4_000_000));
	let proven = pallet_work_verification::types::Proven { round: 0, power, at: NOW };
	pallet_work_verification::NodeWorks::<Runtime>::mutate(node, |work| work.proven = Some(proven));
	let shown = |tries_per_second, bytes| {
		let shown = pallet_work_verification::lottery::Shown { round: 0, tries_per_second, bytes, at: NOW };
		pallet_work_verification::lottery::Standing { newest: Some(shown), previous: Some(shown) }
	};
	// Up to a thousand TOPS; and a table of what its owner says, walked as fast as goes with its hashes.
	let compute = shown((20_000 + random.below(980_000)) * 1_000_000_000 / 2_097_152, 0);
	let memory = shown(1_000_000, u64::from(gpu_memory_mib) << 20);
	let lotteries = pallet_work_verification::LotteryPower { compute, memory };
	pallet_work_verification::LotteryPowers::<Runtime>::insert(node, lotteries);
	let missed = random.below(16) as u32;
	pallet_provider_registry::Liveness::<Runtime>::mutate(node, |liveness| {
		let liveness = liveness.as_mut().expect("it is active");
		(liveness.window, liveness.full_periods) = (u128::MAX >> missed, pallet_provider_registry::WINDOW);
	});
	// What was written past the pallets they have not told the index of.
	assert!(Matching::refresh(&node));
	System::reset_events();
}

/// The median, in milliseconds.
fn median(runs: usize, mut run: impl FnMut()) -> f64 {
	let mut times: Vec<f64> = (0..runs)
		.map(|_| {
			let start = Instant::now();
			run();
			start.elapsed().as_secs_f64() * 1e3
		})
		.collect();
	times.sort_by(f64::total_cmp);
	times[runs / 2]
}

fn terms() -> MatchTerms {
	let regions: Vec<_> =
		REGIONS.iter().zip(1..).map(|(code, n)| RegionLatency { region: bounded(code), latency_ms: n * 20 }).collect();
	MatchTerms {
		resource_type: ResourceType::Gpu,
		required_power: RequiredPower { hashes_per_second: 1_000_000, milli_tops: 50_000, memory_mib: 8_192 },
		min_trust_level: 1,
		budget: 2 * UNIT,
		request: MatchRequest {
			weights: ScoreWeights { price: 3_000, reputation: 2_000, latency: 1_500, uptime: 1_500, power: 2_000 },
			regions: regions.try_into().expect("eight are few"),
			max_latency_ms: 200,
			min_uptime: 5_000,
			hardware: HardwareSpec { gpu_count: 1, ..Default::default() },
		},
	}
}

fn main() {
	let mut arguments = std::env::args().skip(1).map(|text| text.parse().expect("a number"));
	let nodes: usize = arguments.next().unwrap_or(10_000);
	let runs: usize = arguments.next().unwrap_or(21);
	let mut ext = sp_io::TestExternalities::default();
	ext.execute_with(|| {
		System::set_block_number(NOW);
		let parameter = RuntimeParameters::Roles(Roles::SponsorRequired(SponsorRequired, Some(false)));
		assert_ok!(Parameters::set_parameter(RuntimeOrigin::root(), parameter));
		assert_ok!(Balances::mint_into(&TreasuryAccount::get(), UNIT));
		for code in REGIONS {
			let region: Region = bounded(code);
			assert_ok!(ProviderRegistry::add_region(RuntimeOrigin::root(), region));
		}
		let mut random = Random(0x9e37_79b9_7f4a_7c15);
		for number in 0..nodes {
			let owner = AccountId::new(sp_io::hashing::blake2_256(&(number / NODES_OF_AN_OWNER).to_le_bytes()));
			if number % NODES_OF_AN_OWNER == 0 {
				assert_ok!(Balances::mint_into(&owner, 10_000 * UNIT));
			}
			grow_node(&owner, &mut random);
		}
	});
	// Into the trie: what follows reads no changes of a block.
	ext.commit_all().expect("the state can be stored");
	ext.execute_with(|| {
		let terms = terms();
		let page = Matching::rank(&terms, None, 50).expect("the request makes sense");
		let mut fit = page.items.len();
		let mut cursor = page.next;
		while let Some(next) = cursor {
			let page = Matching::rank(&terms, Some(next), 256).expect("the request makes sense");
			fit += page.items.len();
			cursor = page.next;
		}
		assert!(fit > nodes / 2, "only {fit} of {nodes} nodes fit: there is little to put in order");
		let from_state = median(runs, || {
			black_box(Matching::rank(&terms, None, 50));
		});
		let known: Vec<_> = pallet_provider_registry::ActiveNodes::<Runtime>::iter_key_prefix(ResourceType::Gpu)
			.filter_map(|id| Some((id, KnownNodes::candidate(&id)?)))
			.collect();
		assert_eq!(known.len(), nodes);
		let in_memory = median(runs, || {
			black_box(ranked(&terms, known.iter().cloned(), None, 50));
		});
		println!(
			"{nodes} nodes, {fit} of them fit, the first 50 in order, median of {runs}: {from_state:.2} ms from the state, \
			 {in_memory:.2} ms of which are the score and the order"
		);
	});
}
