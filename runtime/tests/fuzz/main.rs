//! Fifty thousand random calls, valid and invalid, of several accounts, in real blocks: after each block the invariants of
//! every pallet hold, and no money came or went but the rewards of miners and of those who include their blocks, and what
//! crossed the bridge.
//!
//! One file an area says which calls there are; two halves with seeds of their own run side by side.

#[path = "../common/mod.rs"]
mod common;

mod bids;
mod bridge;
mod disputes;
mod identity;
mod money;
mod rentals;

use common::*;
use frame_support::assert_ok;
use gpu_chain_primitives::{matching::AuctionId, NodeId, RequiredPower, ResourceType};
use gpu_chain_runtime::{
	configs::{
		money::{asset_ids, AssetKind},
		parameters::{
			dynamic_params::{
				bridge as outside, disputes as judging, market, matching, partners, registry, rental, roles, staking,
			},
			RuntimeParameters,
		},
	},
	*,
};
use pallet_asset_conversion::Call as Exchange;
use pallet_marketplace::{Call as Market, TaskStatus};
use pallet_provider_registry::Call as Registry;
use pallet_provider_staking::Call as Stake;
use pallet_rental::RentalStatus;
use pallet_work_verification::Call as Work;
use rand::{rngs::StdRng, seq::SliceRandom, Rng, SeedableRng};
use sp_core::H256;
use sp_keyring::Sr25519Keyring;
use std::collections::BTreeMap;

/// Calls of each half.
const CALLS: u32 = 25_000;
const PEOPLE: [Sr25519Keyring; 5] =
	[Sr25519Keyring::Alice, Sr25519Keyring::Bob, Sr25519Keyring::Charlie, Sr25519Keyring::Dave, Sr25519Keyring::Eve];

struct Fuzzer {
	rng: StdRng,
	outcomes: BTreeMap<&'static str, (u32, u32)>,
	/// What bidders remember of their sealed bids.
	prices: BTreeMap<(AuctionId, NodeId), Balance>,
}

impl Fuzzer {
	fn anybody(&mut self) -> AccountId {
		account(*PEOPLE.choose(&mut self.rng).expect("there are people"))
	}

	/// Somebody, or an account that nobody knows and that exists from its first block on.
	fn miner(&mut self) -> AccountId {
		match self.rng.gen_ratio(4, 5) {
			true => self.anybody(),
			false => self.rng.gen::<[u8; 32]>().into(),
		}
	}

	/// A node, of anybody, or one that is not there.
	fn node(&mut self) -> NodeId {
		let nodes: Vec<NodeId> = pallet_provider_registry::Nodes::<Runtime>::iter_keys().collect();
		match nodes.choose(&mut self.rng) {
			Some(node) if self.rng.gen_ratio(19, 20) => *node,
			_ => H256::from_low_u64_be(self.rng.gen_range(0..5)),
		}
	}

	/// The node's owner, or anybody.
	fn owner(&mut self, node: &NodeId) -> AccountId {
		match ProviderRegistry::node(node) {
			Some(node) if self.rng.gen_ratio(9, 10) => node.owner,
			_ => self.anybody(),
		}
	}

	fn task(&mut self, wanted: Option<TaskStatus>) -> u64 {
		let tasks: Vec<u64> = pallet_marketplace::Tasks::<Runtime>::iter()
			.filter(|(_, task)| wanted.is_none_or(|wanted| task.status == wanted))
			.map(|(id, _)| id)
			.collect();
		match tasks.choose(&mut self.rng) {
			Some(task) if self.rng.gen_ratio(19, 20) => *task,
			_ => self.rng.gen_range(0..50),
		}
	}

	/// Who acts for the task, or anybody.
	fn party(&mut self, task: u64, provider: bool) -> AccountId {
		let party = Marketplace::task(task).and_then(|task| if provider { task.provider } else { Some(task.buyer) });
		match party {
			Some(party) if self.rng.gen_ratio(9, 10) => party,
			_ => self.anybody(),
		}
	}

	fn rental(&mut self, wanted: Option<RentalStatus>) -> u64 {
		let rentals: Vec<u64> = pallet_rental::Rentals::<Runtime>::iter()
			.filter(|(_, rental)| wanted.is_none_or(|wanted| rental.status == wanted))
			.map(|(id, _)| id)
			.collect();
		match rentals.choose(&mut self.rng) {
			Some(rental) if self.rng.gen_ratio(19, 20) => *rental,
			_ => self.rng.gen_range(0..50),
		}
	}

	/// Who acts for the rental, or anybody.
	fn rental_party(&mut self, rental: u64, provider: bool) -> AccountId {
		let party = Rental::rental(rental).map(|rental| if provider { rental.provider } else { rental.renter });
		match party {
			Some(party) if self.rng.gen_ratio(9, 10) => party,
			_ => self.anybody(),
		}
	}

	fn amount(&mut self) -> Balance {
		match self.rng.gen_range(0..12) {
			0 => 0,
			1 => 1,
			2 => Balance::MAX,
			3 => self.rng.gen(),
			_ => self.rng.gen_range(1..4 * UNIT),
		}
	}

	/// None, or a little of some kinds: lotteries are not played here, so only hashes are ever shown.
	pub fn required_power(&mut self) -> RequiredPower {
		match self.rng.gen_range(0..8) {
			0..4 => RequiredPower::default(),
			4 => RequiredPower {
				hashes_per_second: self.rng.gen(),
				milli_tops: self.rng.gen_range(0..2),
				memory_mib: self.rng.gen_range(0..2) * u32::MAX,
			},
			_ => RequiredPower::hashes(self.rng.gen_range(0..200)),
		}
	}

	fn asset(&mut self) -> AssetKind {
		match self.rng.gen_range(0..8) {
			0 | 1 => AssetKind::WithId(asset_ids::WRAPPED_ETH),
			2 => AssetKind::WithId(asset_ids::USDC),
			3 => AssetKind::WithId(77),
			_ => AssetKind::Native,
		}
	}

	/// One call: what it is called in the count, who makes it, and the call.
	fn next(&mut self) -> (&'static str, AccountId, RuntimeCall) {
		match self.rng.gen_range(0..21) {
			0..=4 => return self.next_rental(),
			5..=8 => return self.next_matching(),
			9 | 10 => return self.next_money(),
			11 => return self.next_dispute(),
			12 | 13 => return self.next_identity(),
			14 => return self.next_bridge(),
			_ => (),
		}
		let node = self.node();
		let owner = self.owner(&node);
		match self.rng.gen_range(0..27) {
			0 => {
				let stake = self.amount();
				("register_node", self.anybody(), register_call(ResourceType::Cpu, stake))
			}
			1 => ("activate_node", owner, Registry::activate_node { node }.into()),
			2 if self.rng.gen_ratio(1, 4) => ("deactivate_node", owner, Registry::deactivate_node { node }.into()),
			2 => ("heartbeat", owner, Registry::heartbeat { node }.into()),
			3 => ("set_ask", owner, Registry::set_ask { node, ask_per_hour: self.amount() }.into()),
			4 if self.rng.gen_ratio(1, 3) => ("remove_node", owner, Registry::remove_node { node }.into()),
			4 => ("ban_node", owner, Registry::ban_node { node, reason: bounded("for fun") }.into()),
			5 => ("add_stake", owner, Stake::add_stake { node, amount: self.amount() }.into()),
			6 => ("request_withdrawal", owner, Stake::request_withdrawal { node, amount: self.amount() }.into()),
			7 => ("withdraw_unbonded", owner, Stake::withdraw_unbonded { node }.into()),
			8 => ("cancel_withdrawal", owner, Stake::cancel_withdrawal { node }.into()),
			9 => {
				let pending: Vec<_> = pallet_provider_staking::PendingSlashes::<Runtime>::iter().collect();
				let (slash_id, who) = match pending.choose(&mut self.rng) {
					Some((id, slash)) if self.rng.gen_ratio(9, 10) => (*id, self.owner(&slash.node)),
					_ => (self.rng.gen_range(0..60), self.anybody()),
				};
				if self.rng.gen() {
					("appeal_slash", who, Stake::appeal_slash { slash_id, reason: bounded("no") }.into())
				} else {
					("execute_slash", who, Stake::execute_slash { slash_id }.into())
				}
			}
			10 | 11 => ("issue_challenge", owner, Work::issue_challenge { node }.into()),
			12 | 13 => {
				let good = solution(&node).filter(|_| self.rng.gen_ratio(4, 5));
				let nonce = good.unwrap_or_else(|| self.rng.gen());
				("submit_solution", owner, Work::submit_solution { node, nonce }.into())
			}
			14 => ("settle", self.anybody(), Work::settle { node }.into()),
			15 | 16 => {
				let hashes = self.rng.gen_range(3..3_000);
				let (round, mut nonces) = proof(&node, hashes).unwrap_or((self.rng.gen_range(0..9), vec![1, 2, 3, 4]));
				match self.rng.gen_range(0..10) {
					0 => nonces.reverse(),
					1 => nonces.push(7),
					2 => _ = nonces.pop(),
					_ => (),
				}
				("submit_proof", owner, submit_proof_call(node, round, nonces))
			}
			17 | 18 => {
				let per_hour = self.amount();
				let create = Market::create_task {
					resource_type: if self.rng.gen_ratio(9, 10) { ResourceType::Cpu } else { ResourceType::IoT },
					required_power: self.required_power(),
					duration_secs: self.rng.gen_range(0..4_000),
					asset: self.asset(),
					max_price_per_hour: per_hour,
					min_trust_level: self.rng.gen_range(0..3),
					specification_uri: bounded(if self.rng.gen_ratio(9, 10) { "ipfs://x" } else { "" }),
					specification_hash: H256::zero(),
				};
				("create_task", self.anybody(), create.into())
			}
			19 if self.rng.gen_ratio(1, 3) => {
				let task_id = self.task(Some(TaskStatus::Open));
				("cancel_task", self.party(task_id, false), Market::cancel_task { task_id }.into())
			}
			19..=21 => {
				let task_id = self.task(Some(TaskStatus::Open));
				let active = ProviderRegistry::active_nodes(ResourceType::Cpu, None, 64).items;
				let node_id = *active.choose(&mut self.rng).unwrap_or(&node);
				("accept_task", self.owner(&node_id), Market::accept_task { task_id, node_id }.into())
			}
			22 => {
				let task_id = self.task(Some(TaskStatus::Assigned));
				("start_task", self.party(task_id, true), Market::start_task { task_id }.into())
			}
			23 => {
				let task_id = self.task(Some(TaskStatus::InProgress));
				let submit =
					Market::submit_result { task_id, result_hash: H256::zero(), result_uri: bounded("http://x/y") };
				("submit_result", self.party(task_id, true), submit.into())
			}
			24 => {
				let task_id = self.task(Some(TaskStatus::Completed));
				let who = self.party(task_id, false);
				if self.rng.gen_ratio(4, 5) {
					("approve_result", who, Market::approve_result { task_id }.into())
				} else {
					("dispute_task", who, Market::dispute_task { task_id, reason: bounded("bad") }.into())
				}
			}
			25 => {
				let task_id = self.task(None);
				if self.rng.gen() {
					("remove_task", self.party(task_id, false), Market::remove_task { task_id }.into())
				} else {
					("process_deadline", self.anybody(), Market::process_deadline { task_id }.into())
				}
			}
			_ => {
				let dest = self.anybody().into();
				let value = self.amount();
				("transfer", self.anybody(), pallet_balances::Call::transfer_keep_alive { dest, value }.into())
			}
		}
	}

	fn step(&mut self, number: u32) {
		let (name, who, what) = self.next();
		// The storage root is dear: a sample of the calls is held against it.
		let sampled = number.is_multiple_of(25);
		let root = || sp_io::storage::root(sp_core::storage::StateVersion::V1);
		let before = sampled.then(root);
		let succeeded = call(&who, what).is_ok();
		let count = self.outcomes.entry(name).or_default();
		if succeeded {
			count.0 += 1;
		} else {
			count.1 += 1;
			if let Some(before) = before {
				assert_eq!(before, root(), "a refused {name} left something behind");
			}
		}
	}
}

/// What the end of an era has minted for the treasury.
fn era_remainder(event: &RuntimeEvent) -> Balance {
	match event {
		RuntimeEvent::Staking(pallet_staking::Event::EraPaid { remainder, .. }) => *remainder,
		_ => 0,
	}
}

/// Pools, in which Alice's money lies.
fn open_pools() {
	let alice = account(Sr25519Keyring::Alice);
	for asset in [asset_ids::WRAPPED_ETH, asset_ids::USDC] {
		let (asset1, asset2) = (Box::new(AssetKind::Native), Box::new(AssetKind::WithId(asset)));
		assert_ok!(call(&alice, Exchange::create_pool { asset1: asset1.clone(), asset2: asset2.clone() }));
		let liquidity = Exchange::add_liquidity {
			asset1,
			asset2,
			amount1_desired: 100 * UNIT,
			amount2_desired: UNIT / 2_000_000,
			amount1_min: 0,
			amount2_min: 0,
			mint_to: alice.clone(),
		};
		assert_ok!(call(&alice, liquidity));
	}
}

#[test]
fn money_and_invariants_survive_the_first_half_of_fifty_thousand_random_calls() {
	survive(0x6770_752d);
}

#[test]
fn money_and_invariants_survive_the_second_half_of_fifty_thousand_random_calls() {
	survive(0x6368_6169);
}

fn survive(seed: u64) {
	genesis("development").execute_with(|| {
		hurry();
		set(RuntimeParameters::Market(market::Parameters::StartWindow(market::StartWindow, Some(4))));
		set(RuntimeParameters::Market(market::Parameters::ReviewWindow(market::ReviewWindow, Some(12))));
		set(RuntimeParameters::Staking(staking::Parameters::SlashDelay(staking::SlashDelay, Some(10))));
		set(RuntimeParameters::Staking(staking::Parameters::AppealPeriod(staking::AppealPeriod, Some(10))));
		set(RuntimeParameters::Staking(staking::Parameters::CooldownPeriod(staking::CooldownPeriod, Some(12))));
		set(RuntimeParameters::Rental(rental::Parameters::MinDuration(rental::MinDuration, Some(1_000))));
		set(RuntimeParameters::Rental(rental::Parameters::ConfirmWindow(rental::ConfirmWindow, Some(6_000))));
		set(RuntimeParameters::Rental(rental::Parameters::Grace(rental::Grace, Some(4_000))));
		set(RuntimeParameters::Rental(rental::Parameters::CancelNotice(rental::CancelNotice, Some(8_000))));
		set(RuntimeParameters::Roles(roles::Parameters::MaxSponsored(roles::MaxSponsored, Some(100_000))));
		set(RuntimeParameters::Roles(roles::Parameters::SponsorNotice(roles::SponsorNotice, Some(12))));
		set(RuntimeParameters::Roles(roles::Parameters::QueenCooldown(roles::QueenCooldown, Some(12))));
		set(RuntimeParameters::Registry(registry::Parameters::HeartbeatPeriod(registry::HeartbeatPeriod, Some(2))));
		let cooldown = partners::Parameters::InsuranceCooldown(partners::InsuranceCooldown, Some(12));
		set(RuntimeParameters::Partners(cooldown));
		set(RuntimeParameters::Matching(matching::Parameters::CommitWindow(matching::CommitWindow, Some(3))));
		set(RuntimeParameters::Matching(matching::Parameters::RevealWindow(matching::RevealWindow, Some(3))));
		for parameter in [
			judging::Parameters::EvidenceWindow(judging::EvidenceWindow, Some(4)),
			judging::Parameters::VotingWindow(judging::VotingWindow, Some(8)),
			judging::Parameters::CouncilWindow(judging::CouncilWindow, Some(4)),
			judging::Parameters::Quorum(judging::Quorum, Some(1)),
		] {
			set(RuntimeParameters::Disputes(parameter));
		}
		for parameter in [
			outside::Parameters::BatchInterval(outside::BatchInterval, Some(2)),
			outside::Parameters::ResumeDelay(outside::ResumeDelay, Some(2)),
			outside::Parameters::HeaderRetention(outside::HeaderRetention, Some(20)),
		] {
			set(RuntimeParameters::Bridge(parameter));
		}
		common::bridge::open_bridge();
		let guardians = vec![account(Sr25519Keyring::Bob)].try_into().expect("they are few");
		assert_ok!(EvmBridge::set_guardians(RuntimeOrigin::root(), guardians));
		open_pools();
		let issued = issuance();
		let mut fuzzer =
			Fuzzer { rng: StdRng::seed_from_u64(seed), outcomes: BTreeMap::new(), prices: BTreeMap::new() };
		let mut done = 0;
		// What staking has minted: the treasury's part, at the end of each era. Validators come for theirs, and here none does.
		let mut staking_minted = 0;
		while done < CALLS {
			if HybridPow::next_work().is_some() && fuzzer.rng.gen() {
				let miner = fuzzer.miner();
				begin_miner_block(&miner);
			} else {
				begin_block();
			}
			staking_minted += System::events().into_iter().map(|record| era_remainder(&record.event)).sum::<Balance>();
			for _ in 0..fuzzer.rng.gen_range(0..30) {
				fuzzer.step(done);
				done += 1;
			}
			end_block();
			let [native, eth, usdc] = issuance();
			let own =
				[native - minted() - staking_minted, eth - bridge::bridged_ether(), usdc - bridge::bridged_dollars()];
			assert_eq!(own, issued, "after {done} calls");
		}
		for (name, (succeeded, failed)) in &fuzzer.outcomes {
			println!("{name:20} {succeeded:5} succeeded {failed:5} refused");
		}
		assert_ok!(Escrow::do_try_state());
		let lane = HybridPow::stats();
		println!("{} blocks of miners, {} of validators", lane.miner_blocks, lane.validator_blocks);
		assert!(lane.miner_blocks > 50 && minted() > 0);
		// A fuzzer whose calls all fail proves nothing.
		// Banning is the registrar's. Due slashes and deadlines are worked off by the chain before anybody asks for it, and
		// removing a node takes a whole withdrawal of its stake first; bonds are owed to those alone who cannot be paid; a breach
		// takes a partner who is there for a whole window of heartbeats: these may, and need not, succeed.
		let never = ["ban_node", "claim_bond", "execute_slash", "process_deadline", "remove_node", "report_breach"];
		for (name, (succeeded, failed)) in &fuzzer.outcomes {
			assert!(*succeeded > 0 || never.contains(name), "{name}: {succeeded} of {}", succeeded + failed);
		}
		assert!(fuzzer.outcomes.len() >= 89, "{:?}", fuzzer.outcomes.keys());
	});
}
