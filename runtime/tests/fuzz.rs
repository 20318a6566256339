//! Twenty thousand random calls, valid and invalid, of several accounts, in real blocks: after each block the invariants of
//! every pallet hold, and no money came or went but the rewards of miners and of those who include their blocks.

mod common;

use common::*;
use frame_support::assert_ok;
use gpu_chain_primitives::{
	matching::{bid_commitment, AuctionId, MatchRequest, RegionLatency},
	score::ScoreWeights,
	NodeId, ResourceType,
};
use gpu_chain_runtime::{
	configs::{
		money::{asset_ids, AssetKind},
		parameters::{
			dynamic_params::{market, matching, rental, staking},
			RuntimeParameters,
		},
	},
	*,
};
use pallet_marketplace::{Call as Market, TaskStatus};
use pallet_matching::{AuctionPhase, Call as Match};
use pallet_provider_registry::Call as Registry;
use pallet_provider_staking::Call as Stake;
use pallet_rental::{Call as Rent, HourlyRate, Phase, RentalStatus};
use pallet_work_verification::Call as Work;
use rand::{rngs::StdRng, seq::SliceRandom, Rng, SeedableRng};
use sp_core::H256;
use sp_keyring::Sr25519Keyring;
use std::collections::BTreeMap;

const CALLS: u32 = 20_000;
const PEOPLE: [Sr25519Keyring; 5] =
	[Sr25519Keyring::Alice, Sr25519Keyring::Bob, Sr25519Keyring::Charlie, Sr25519Keyring::Dave, Sr25519Keyring::Eve];

struct Fuzzer {
	rng: StdRng,
	outcomes: BTreeMap<&'static str, (u32, u32)>,
	/// What was bid under seal.
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

	/// One call about rentals.
	fn next_rental(&mut self) -> (&'static str, AccountId, RuntimeCall) {
		match self.rng.gen_range(0..14) {
			0 => {
				let active = ProviderRegistry::active_nodes(ResourceType::Cpu, None, 64).items;
				let node = *active.choose(&mut self.rng).unwrap_or(&H256::zero());
				let rate = HourlyRate::Amount(self.amount());
				let list = Rent::list_gpu {
					node,
					gpu: self.rng.gen_range(0..2),
					asset: self.asset(),
					rate,
					min_duration: 0,
					max_duration: self.rng.gen_range(0..100_000),
				};
				("list_gpu", self.owner(&node), list.into())
			}
			1..=3 => {
				let listed: Vec<_> = pallet_rental::Listings::<Runtime>::iter_keys().collect();
				let (node, gpu) = *listed.choose(&mut self.rng).unwrap_or(&(H256::zero(), 0));
				let lead = self.rng.gen_range(0..20_000);
				let book = Rent::book {
					node,
					gpus: vec![gpu].try_into().expect("one is few"),
					start: self.rng.gen::<bool>().then(|| Timestamp::get() + lead),
					duration: self.rng.gen_range(0..12_000),
					encryption_key: [7; 32],
					prepaid_account: self.rng.gen_ratio(1, 10).then(|| self.anybody()),
				};
				("book", self.anybody(), book.into())
			}
			4 | 5 => {
				let rental_id = self.rental(Some(RentalStatus::Booked));
				let access = vec![1; if self.rng.gen_ratio(9, 10) { 64 } else { 5 }].try_into().expect("short enough");
				("confirm_start", self.rental_party(rental_id, true), Rent::confirm_start { rental_id, access }.into())
			}
			6 | 7 => {
				let rental_id = self.rental(Some(RentalStatus::Active));
				// Without an answer to the newest round there is nothing to prove by.
				if let Some(rental) = Rental::rental(rental_id).filter(|_| self.rng.gen_ratio(4, 5)) {
					if let Some((round, nonces)) = proof(&rental.node, 500) {
						let _ = call(&rental.provider, submit_proof_call(rental.node, round, nonces));
					}
				}
				("prove", self.rental_party(rental_id, true), Rent::prove { rental_id }.into())
			}
			8 => {
				let rental_id = self.rental(Some(RentalStatus::Active));
				let more = self.rng.gen_range(0..4_000);
				("extend", self.rental_party(rental_id, false), Rent::extend { rental_id, more }.into())
			}
			9 => {
				let rental_id = self.rental(Some(RentalStatus::Active));
				let provider = self.rng.gen();
				("end_rental", self.rental_party(rental_id, provider), Rent::end_rental { rental_id }.into())
			}
			10 => {
				let rental_id = self.rental(Some(RentalStatus::Booked));
				let provider = self.rng.gen();
				("cancel_booking", self.rental_party(rental_id, provider), Rent::cancel_booking { rental_id }.into())
			}
			11 => {
				let over: Vec<u64> = pallet_rental::Rentals::<Runtime>::iter_keys()
					.filter(|id| matches!(Rental::phase(*id), Some(Phase::Missed | Phase::RanOut)))
					.collect();
				let rental_id = over.choose(&mut self.rng).copied().unwrap_or_else(|| self.rental(None));
				("close", self.anybody(), Rent::close { rental_id }.into())
			}
			12 if self.rng.gen_ratio(1, 3) => {
				let rental_id = self.rental(Some(RentalStatus::Active));
				let dispute = Rent::dispute_rental { rental_id, reason: bounded("bad") };
				("dispute_rental", self.rental_party(rental_id, false), dispute.into())
			}
			12 => {
				let listed: Vec<_> = pallet_rental::Listings::<Runtime>::iter_keys().collect();
				let (node, gpu) = *listed.choose(&mut self.rng).unwrap_or(&(H256::zero(), 0));
				("unlist_gpu", self.owner(&node), Rent::unlist_gpu { node, gpu }.into())
			}
			_ => {
				let rental_id = self.rental(None);
				("remove_rental", self.rental_party(rental_id, false), Rent::remove_rental { rental_id }.into())
			}
		}
	}

	/// An auction that waits for that, or any.
	fn auction(&mut self, wanted: AuctionPhase) -> AuctionId {
		let auctions: Vec<u64> = pallet_matching::Auctions::<Runtime>::iter_keys()
			.filter(|id| Matching::auction_phase(*id) == Some(wanted))
			.collect();
		match auctions.choose(&mut self.rng) {
			Some(auction) if self.rng.gen_ratio(19, 20) => *auction,
			_ => self.rng.gen_range(0..50),
		}
	}

	/// A bid of the auction and its bidder, or anybody's.
	fn bid(&mut self, auction: AuctionId) -> (NodeId, AccountId) {
		let bids = Matching::bids(auction, None, 64).items;
		match bids.choose(&mut self.rng) {
			Some((node, bid)) if self.rng.gen_ratio(9, 10) => (*node, bid.bidder.clone()),
			_ => {
				let node = self.node();
				(node, self.owner(&node))
			}
		}
	}

	/// One call about auctions.
	fn next_matching(&mut self) -> (&'static str, AccountId, RuntimeCall) {
		match self.rng.gen_range(0..16) {
			0 | 1 => {
				let create = Market::create_auction_task {
					resource_type: ResourceType::Cpu,
					required_power: if self.rng.gen() { 0 } else { self.rng.gen_range(0..200) },
					duration_secs: self.rng.gen_range(0..4_000),
					asset: self.asset(),
					max_price_per_hour: self.amount(),
					min_trust_level: self.rng.gen_range(0..3),
					specification_uri: bounded("ipfs://x"),
					specification_hash: H256::zero(),
				};
				("create_auction_task", self.anybody(), create.into())
			}
			2 | 3 => {
				let task_id = self.task(Some(TaskStatus::Open));
				let region = if self.rng.gen_ratio(9, 10) { "local" } else { "elsewhere" };
				let price = self.rng.gen_range(0..=10_000);
				let request = MatchRequest {
					weights: ScoreWeights { price, reputation: 10_000 - price, latency: 0, uptime: 0, power: 0 },
					regions: vec![RegionLatency { region: bounded(region), latency_ms: 9 }].try_into().expect("few"),
					max_latency_ms: self.rng.gen_range(0..100),
					min_uptime: if self.rng.gen_ratio(3, 4) { 0 } else { self.rng.gen_range(0..11_000) },
					hardware: Default::default(),
				};
				let direct = self.rng.gen();
				let open = Match::open_auction { task_id, request, direct };
				("open_auction", self.party(task_id, false), open.into())
			}
			4..=6 => {
				let auction_id = self.auction(AuctionPhase::Commit);
				let active = ProviderRegistry::active_nodes(ResourceType::Cpu, None, 64).items;
				let node = *active.choose(&mut self.rng).unwrap_or(&H256::zero());
				let bidder = self.owner(&node);
				let budget = Matching::auction(auction_id).map_or(1, |auction| auction.budget);
				let price = if self.rng.gen_ratio(4, 5) { self.rng.gen_range(0..=budget) } else { self.amount() };
				let commitment = bid_commitment(auction_id, &bidder, &node, price, &[3; 32]);
				if Matching::bid(auction_id, &node).is_none() {
					self.prices.insert((auction_id, node), price);
				}
				("commit_bid", bidder, Match::commit_bid { auction_id, node_id: node, commitment }.into())
			}
			7..=9 => {
				let auction_id = self.auction(AuctionPhase::Reveal);
				let (node_id, bidder) = self.bid(auction_id);
				let price = match self.prices.get(&(auction_id, node_id)) {
					Some(price) if self.rng.gen_ratio(9, 10) => *price,
					_ => self.amount(),
				};
				("reveal_bid", bidder, Match::reveal_bid { auction_id, node_id, price, salt: [3; 32] }.into())
			}
			10 | 11 => {
				let auction_id = self.auction(AuctionPhase::Settle);
				("settle_auction", self.anybody(), Match::settle { auction_id }.into())
			}
			12 | 13 => {
				let auction_id = self.auction(AuctionPhase::Ended);
				let (node_id, _) = self.bid(auction_id);
				("claim_bond", self.anybody(), Match::claim_bond { auction_id, node_id }.into())
			}
			14 => {
				let auction_id = self.auction(AuctionPhase::Ended);
				("remove_auction", self.anybody(), Match::remove_auction { auction_id }.into())
			}
			_ => {
				let node_id = self.node();
				("refresh_node", self.anybody(), Match::refresh_node { node_id }.into())
			}
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
		match self.rng.gen_range(0..10) {
			0..=2 => return self.next_rental(),
			3..=5 => return self.next_matching(),
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
					required_power: if self.rng.gen() { 0 } else { self.rng.gen_range(0..200) },
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

#[test]
fn money_and_invariants_survive_twenty_thousand_random_calls() {
	genesis("development").execute_with(|| {
		hurry();
		set(RuntimeParameters::Market(market::Parameters::StartWindow(market::StartWindow, Some(1))));
		set(RuntimeParameters::Market(market::Parameters::ReviewWindow(market::ReviewWindow, Some(8))));
		set(RuntimeParameters::Staking(staking::Parameters::SlashDelay(staking::SlashDelay, Some(10))));
		set(RuntimeParameters::Staking(staking::Parameters::AppealPeriod(staking::AppealPeriod, Some(10))));
		set(RuntimeParameters::Staking(staking::Parameters::CooldownPeriod(staking::CooldownPeriod, Some(12))));
		set(RuntimeParameters::Rental(rental::Parameters::MinDuration(rental::MinDuration, Some(1_000))));
		set(RuntimeParameters::Rental(rental::Parameters::ConfirmWindow(rental::ConfirmWindow, Some(6_000))));
		set(RuntimeParameters::Rental(rental::Parameters::Grace(rental::Grace, Some(4_000))));
		set(RuntimeParameters::Rental(rental::Parameters::CancelNotice(rental::CancelNotice, Some(8_000))));
		set(RuntimeParameters::Matching(matching::Parameters::CommitWindow(matching::CommitWindow, Some(3))));
		set(RuntimeParameters::Matching(matching::Parameters::RevealWindow(matching::RevealWindow, Some(3))));
		let issued = issuance();
		let mut fuzzer =
			Fuzzer { rng: StdRng::seed_from_u64(0x6770_752d), outcomes: BTreeMap::new(), prices: BTreeMap::new() };
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
			assert_eq!([native - minted() - staking_minted, eth, usdc], issued, "after {done} calls");
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
		// removing a node takes a whole withdrawal of its stake first: these may, and need not, succeed.
		let never = ["ban_node", "execute_slash", "process_deadline", "remove_node"];
		for (name, (succeeded, failed)) in &fuzzer.outcomes {
			assert!(*succeeded > 0 || never.contains(name), "{name}: {succeeded} of {}", succeeded + failed);
		}
		assert!(fuzzer.outcomes.len() >= 44, "{:?}", fuzzer.outcomes.keys());
	});
}
