//! Auctions through the whole runtime, with real rounds of challenges behind the nodes, and the money counted to the last unit;
//! and the index of ranked lists against what it is made of.

mod common;

use common::*;
use frame_support::{
	assert_err, assert_ok,
	traits::fungible::{Inspect, InspectHold},
};
use gpu_chain_primitives::{
	matching::{bid_commitment, AuctionId, BidSalt, MatchRequest, MatchTerms, RegionLatency},
	score::ScoreWeights,
	Assignment, Candidates, HardwareSpec, NodeId, RequiredPower, ResourceType, TaskId, Tier,
};
use gpu_chain_runtime::{
	configs::{
		matching::KnownNodes,
		money::{asset_ids, AssetKind, TreasuryAccount},
		parameters::{
			dynamic_params::{market, matching as terms},
			RuntimeParameters,
		},
	},
	*,
};
use pallet_marketplace::{Call as Market, TaskStatus};
use pallet_matching::{AuctionStatus, Call as Match};
use pallet_provider_registry::Call as Registry;
use pallet_work_verification::Call as Work;
use sp_core::H256;
use sp_keyring::Sr25519Keyring::{Alice, Bob, Charlie, Ferdie};
use sp_runtime::DispatchResult;

const SALT: BidSalt = [9; 32];

fn buyer() -> AccountId {
	account(Ferdie)
}

fn providers() -> [AccountId; 2] {
	[account(Bob), account(Charlie)]
}

fn balance(asset: &AssetKind, who: &AccountId) -> Balance {
	match asset {
		AssetKind::Native => Balances::free_balance(who),
		AssetKind::WithId(id) => Assets::balance(*id, who),
	}
}

/// A block in which all nodes answer the round that is open, if there is one, and whatever the test wants happens.
fn block(nodes: &[NodeId], act: impl FnOnce()) {
	begin_block();
	for node in nodes {
		let owner = ProviderRegistry::node(node).expect("it is registered").owner;
		if let Some((round, nonces)) = proof(node, 2_000) {
			// Answered already, perhaps.
			let _ = call(&owner, submit_proof_call(*node, round, nonces));
		}
		let _ = call(&owner, Registry::heartbeat { node: *node });
	}
	act();
	end_block();
}

/// An active node of each provider, with proven power.
fn proven_nodes() -> Vec<NodeId> {
	hurry();
	without_sponsors();
	let windows = [
		terms::Parameters::CommitWindow(terms::CommitWindow, Some(4)),
		terms::Parameters::RevealWindow(terms::RevealWindow, Some(4)),
	];
	windows.into_iter().for_each(|window| set(RuntimeParameters::Matching(window)));
	let mut nodes = Vec::new();
	for owner in providers() {
		begin_block();
		assert_ok!(call(&owner, register_call(ResourceType::Cpu, 2 * UNIT)));
		let node = newest_node(&owner);
		end_block();
		block(&nodes, || {
			assert_ok!(call(&owner, Work::issue_challenge { node }));
			let nonce = solution(&node).expect("easy");
			assert_ok!(call(&owner, Work::submit_solution { node, nonce }));
			assert_ok!(call(&owner, Registry::activate_node { node }));
		});
		nodes.push(node);
	}
	while nodes.iter().any(|node| WorkVerification::verified_power(node) == 0) {
		block(&nodes, || ());
	}
	nodes
}

fn request(min_uptime: u16) -> MatchRequest {
	MatchRequest {
		weights: ScoreWeights { price: 4_000, reputation: 2_000, latency: 1_000, uptime: 1_000, power: 2_000 },
		regions: vec![RegionLatency { region: bounded("local"), latency_ms: 10 }].try_into().expect("one is few"),
		max_latency_ms: 50,
		min_uptime,
		hardware: HardwareSpec { cpu_cores: 4, ..Default::default() },
	}
}

fn create(asset: AssetKind, budget: Balance) -> TaskId {
	let id = pallet_marketplace::NextTaskId::<Runtime>::get();
	let create = Market::create_auction_task {
		resource_type: ResourceType::Cpu,
		required_power: RequiredPower::hashes(1),
		duration_secs: 3_600,
		asset,
		max_price_per_hour: budget,
		min_trust_level: 1,
		specification_uri: bounded("https://example.org/spec"),
		specification_hash: H256::repeat_byte(1),
	};
	assert_ok!(call(&buyer(), create));
	id
}

fn open(task_id: TaskId, min_uptime: u16) -> AuctionId {
	let id = pallet_matching::NextAuctionId::<Runtime>::get();
	assert_ok!(call(&buyer(), Match::open_auction { task_id, request: request(min_uptime), direct: false }));
	id
}

fn commit(auction_id: AuctionId, node: NodeId, bidder: &AccountId, price: Balance) {
	let commitment = bid_commitment(auction_id, bidder, &node, price, &SALT);
	assert_ok!(call(bidder, Match::commit_bid { auction_id, node_id: node, commitment }));
}

fn reveal(auction_id: AuctionId, node: NodeId, bidder: &AccountId, price: Balance) -> DispatchResult {
	call(bidder, Match::reveal_bid { auction_id, node_id: node, price, salt: SALT })
}

/// Blocks until the auction's commit window, or all of it, is over.
fn pass(nodes: &[NodeId], auction_id: AuctionId, all: bool) {
	let auction = Matching::auction(auction_id).expect("it was opened");
	let end = if all { auction.reveal_until } else { auction.commit_until };
	while System::block_number() < end {
		block(nodes, || ());
	}
}

fn task(id: TaskId) -> pallet_marketplace::Task<AccountId, AssetKind, Balance, BlockNumber> {
	Marketplace::task(id).expect("it is stored")
}

fn held(reason: pallet_matching::HoldReason, who: &AccountId) -> Balance {
	Balances::balance_on_hold(&RuntimeHoldReason::Matching(reason), who)
}

#[test]
fn an_auctioned_task_is_paid_at_the_bid_in_every_currency() {
	genesis("development").execute_with(|| {
		let nodes = proven_nodes();
		let [first, second] = providers();
		let issued = issuance();
		for (asset, budget) in [
			(AssetKind::Native, 3 * UNIT + 7),
			(AssetKind::WithId(asset_ids::WRAPPED_ETH), UNIT / 50 + 3),
			(AssetKind::WithId(asset_ids::USDC), 99_999_999),
		] {
			let people = [second.clone(), buyer(), TreasuryAccount::get(), first.clone()];
			let before = people.clone().map(|who| balance(&asset, &who));
			let deposits = people.clone().map(|who| Balances::total_balance_on_hold(&who));
			let (high, low) = (budget / 10 * 9, budget / 2 + 1);
			let mut ids = (0, 0);
			block(&nodes, || {
				let task_id = create(asset.clone(), budget);
				ids = (task_id, open(task_id, 0));
				// Neither directly nor by its buyer's change of mind.
				assert_err!(
					call(&first, Market::accept_task { task_id, node_id: nodes[0] }),
					pallet_marketplace::Error::<Runtime>::ForAuctionOnly
				);
			});
			let (task_id, auction_id) = ids;
			let bond = Matching::auction(auction_id).expect("it was opened").bond;
			assert_eq!(bond, (budget * 2).div_ceil(100));
			block(&nodes, || {
				commit(auction_id, nodes[0], &first, high);
				commit(auction_id, nodes[1], &second, low);
				assert_err!(
					call(&buyer(), Market::cancel_task { task_id }),
					pallet_marketplace::Error::<Runtime>::AuctionRunning
				);
			});
			pass(&nodes, auction_id, false);
			block(&nodes, || {
				assert_ok!(reveal(auction_id, nodes[0], &first, high));
				assert_ok!(reveal(auction_id, nodes[1], &second, low));
				let best = Matching::auction(auction_id).expect("it runs").best;
				assert_eq!(best[0].node, nodes[1], "{best:?}");
				// Anybody can compute the same.
				let terms = MatchTerms {
					resource_type: ResourceType::Cpu,
					required_power: RequiredPower::hashes(1),
					min_trust_level: 1,
					budget,
					request: request(0),
				};
				let candidate = KnownNodes::candidate(&nodes[1]).expect("it is registered");
				assert_eq!(terms.evaluate(&candidate, low), Ok(best[0].score));
			});
			pass(&nodes, auction_id, true);
			block(&nodes, || {
				assert_ok!(call(&account(Alice), Match::settle { auction_id }));
				let given = task(task_id);
				assert_eq!((given.status, given.node), (TaskStatus::Assigned, Some(nodes[1])));
				assert_eq!((given.price, given.agreed_price), (budget, Some(low)));
				for node_id in nodes.clone() {
					assert_ok!(call(&account(Alice), Match::claim_bond { auction_id, node_id }));
				}
				assert_ok!(call(&second, Market::start_task { task_id }));
				let result_uri = bounded("https://example.org/result");
				let submit = Market::submit_result { task_id, result_hash: H256::repeat_byte(2), result_uri };
				assert_ok!(call(&second, submit));
			});
			block(&nodes, || {
				assert_ok!(call(&buyer(), Market::approve_result { task_id }));
				assert_ok!(call(&buyer(), Match::remove_auction { auction_id }));
				assert_ok!(call(&buyer(), Market::remove_task { task_id }));
			});
			let fee = low * 8 / 100;
			let after = people.clone().map(|who| balance(&asset, &who));
			assert_eq!(after[0] - before[0], low - fee, "{asset:?}");
			assert_eq!(before[1] - after[1], low, "{asset:?}: the rest of the budget is back");
			assert_eq!(after[2] - before[2], fee, "{asset:?}");
			assert_eq!(after[3], before[3], "{asset:?}: the other bidder has its bond back");
			assert_eq!(people.map(|who| Balances::total_balance_on_hold(&who)), deposits, "nothing stays held");
			assert_eq!(issuance(), issued);
		}
	});
}

#[test]
fn a_bidder_that_does_not_reveal_pays_its_bond_to_the_treasury() {
	genesis("development").execute_with(|| {
		let nodes = proven_nodes();
		let [first, second] = providers();
		let issued = issuance();
		let (mut task_id, mut auction_id) = (0, 0);
		block(&nodes, || {
			task_id = create(AssetKind::Native, 2 * UNIT);
			auction_id = open(task_id, 0);
			commit(auction_id, nodes[0], &first, UNIT);
			commit(auction_id, nodes[1], &second, UNIT / 2);
			assert_err!(
				call(&second, Match::commit_bid { auction_id, node_id: nodes[1], commitment: H256::zero() }),
				pallet_matching::Error::<Runtime>::AlreadyBid
			);
		});
		let bond = 2 * UNIT / 50;
		assert_eq!(held(pallet_matching::HoldReason::Bond, &second), bond);
		pass(&nodes, auction_id, false);
		block(&nodes, || {
			assert_ok!(reveal(auction_id, nodes[0], &first, UNIT));
		});
		pass(&nodes, auction_id, true);
		block(&nodes, || {
			assert_err!(
				reveal(auction_id, nodes[1], &second, UNIT / 2),
				pallet_matching::Error::<Runtime>::RevealWindowOver
			);
			assert_ok!(call(&first, Match::settle { auction_id }));
			assert_eq!(task(task_id).agreed_price, Some(UNIT));
			let (treasury, loser) = (Balances::free_balance(TreasuryAccount::get()), Balances::total_balance(&second));
			assert_ok!(call(&first, Match::claim_bond { auction_id, node_id: nodes[1] }));
			assert_eq!(Balances::free_balance(TreasuryAccount::get()), treasury + bond);
			assert_eq!(Balances::total_balance(&second), loser - bond);
		});
		assert_eq!(issuance(), issued);
	});
}

#[test]
fn trusted_nodes_come_in_when_nobody_gives_the_service_level() {
	genesis("development").execute_with(|| {
		let nodes = proven_nodes();
		let [first, second] = providers();
		// The second was away for most of its life; so was the first, but the platform answers for it.
		for node in &nodes {
			pallet_provider_registry::Liveness::<Runtime>::mutate(node, |liveness| {
				let liveness = liveness.as_mut().expect("it is active");
				(liveness.window, liveness.full_periods) = (1, 100);
			});
		}
		let mut auction_id = 0;
		let mut task_id = 0;
		block(&nodes, || {
			task_id = create(AssetKind::Native, UNIT);
			auction_id = open(task_id, 9_900);
			commit(auction_id, nodes[1], &second, UNIT / 2);
		});
		pass(&nodes, auction_id, false);
		block(&nodes, || {
			assert_ok!(reveal(auction_id, nodes[1], &second, UNIT / 2));
		});
		pass(&nodes, auction_id, true);
		block(&nodes, || {
			assert_ok!(call(&first, Match::settle { auction_id }));
			assert_eq!(Matching::auction(auction_id).expect("it is stored").status, AuctionStatus::Failed);
			assert_eq!(task(task_id).assignment, Assignment::Trusted);
			assert_err!(
				call(&second, Market::accept_task { task_id, node_id: nodes[1] }),
				pallet_marketplace::Error::<Runtime>::ForTrustedNodesOnly
			);
			assert_ok!(ProviderRegistry::add_trusted_node(RuntimeOrigin::root(), nodes[0], Tier::Owned));
			// Who looks for one finds it.
			let terms = MatchTerms {
				resource_type: ResourceType::Cpu,
				required_power: RequiredPower::hashes(1),
				min_trust_level: 1,
				budget: UNIT,
				request: request(9_900),
			};
			let listed = Matching::rank(&terms, None, 10).expect("the request makes sense").items;
			assert_eq!(listed.iter().map(|item| (item.node, item.fallback)).collect::<Vec<_>>(), [(nodes[0], true)]);
			assert_ok!(call(&first, Market::accept_task { task_id, node_id: nodes[0] }));
			assert_eq!(task(task_id).status, TaskStatus::Assigned);
		});
	});
}

#[test]
fn a_winner_that_does_not_start_is_slashed_and_the_task_is_open_at_its_whole_price() {
	genesis("development").execute_with(|| {
		let nodes = proven_nodes();
		let [first, second] = providers();
		set(RuntimeParameters::Market(market::Parameters::StartWindow(market::StartWindow, Some(2))));
		let (mut task_id, mut auction_id) = (0, 0);
		block(&nodes, || {
			task_id = create(AssetKind::Native, UNIT);
			auction_id = open(task_id, 0);
			commit(auction_id, nodes[0], &first, UNIT / 4);
		});
		pass(&nodes, auction_id, false);
		block(&nodes, || {
			assert_ok!(reveal(auction_id, nodes[0], &first, UNIT / 4));
		});
		pass(&nodes, auction_id, true);
		block(&nodes, || {
			assert_ok!(call(&second, Match::settle { auction_id }));
		});
		for _ in 0..4 {
			block(&nodes, || ());
		}
		let open = task(task_id);
		assert_eq!((open.status, open.agreed_price), (TaskStatus::Open, None));
		assert!(ProviderStaking::stake(&nodes[0]).expect("staked").pending_slash > 0);
		block(&nodes, || {
			// The winner may not have it again, and the other one has it for the whole price.
			assert!(call(&first, Market::accept_task { task_id, node_id: nodes[0] }).is_err());
			assert_ok!(call(&second, Market::accept_task { task_id, node_id: nodes[1] }));
		});
		assert_eq!(task(task_id).agreed_price, None);
	});
}

#[test]
fn a_buyer_cannot_bid_with_its_own_node_and_another_account_costs_it_the_fee() {
	genesis("development").execute_with(|| {
		let nodes = proven_nodes();
		let [first, second] = providers();
		let mut auction_id = 0;
		block(&nodes, || {
			let task_id = pallet_marketplace::NextTaskId::<Runtime>::get();
			let create = Market::create_auction_task {
				resource_type: ResourceType::Cpu,
				required_power: Default::default(),
				duration_secs: 60,
				asset: AssetKind::Native,
				max_price_per_hour: 60 * UNIT,
				min_trust_level: 0,
				specification_uri: bounded("https://example.org/spec"),
				specification_hash: H256::zero(),
			};
			assert_ok!(call(&first, create));
			auction_id = pallet_matching::NextAuctionId::<Runtime>::get();
			assert_ok!(call(&first, Match::open_auction { task_id, request: request(0), direct: true }));
			let own = Match::commit_bid { auction_id, node_id: nodes[0], commitment: H256::zero() };
			assert_err!(call(&first, own), pallet_matching::Error::<Runtime>::SelfDealing);
			assert_err!(
				call(&first, Market::accept_task { task_id, node_id: nodes[0] }),
				pallet_marketplace::Error::<Runtime>::SelfDealing
			);
			commit(auction_id, nodes[1], &second, UNIT);
		});
		// As if the second account were the buyer's too: whatever both have together, the platform has its fee of it.
		let together = || Balances::total_balance(&first) + Balances::total_balance(&second);
		let before = together();
		pass(&nodes, auction_id, false);
		block(&nodes, || {
			assert_ok!(reveal(auction_id, nodes[1], &second, UNIT));
		});
		pass(&nodes, auction_id, true);
		let task_id = Matching::auction(auction_id).expect("it is stored").task_id;
		block(&nodes, || {
			assert_ok!(call(&second, Match::settle { auction_id }));
			assert_ok!(call(&second, Market::start_task { task_id }));
			let result_uri = bounded("https://example.org/result");
			let submit = Market::submit_result { task_id, result_hash: H256::zero(), result_uri };
			assert_ok!(call(&second, submit));
			assert_ok!(call(&first, Market::approve_result { task_id }));
		});
		assert_eq!(before - together(), UNIT * 8 / 100);
	});
}

#[test]
fn the_index_says_what_the_pallets_say() {
	genesis("development").execute_with(|| {
		let mut nodes = proven_nodes();
		let [first, _] = providers();
		let agree = |count: usize| {
			let indexed: Vec<_> = Matching::indexed(ResourceType::Cpu).collect();
			assert_eq!(indexed.len(), count);
			for (node, seen) in indexed {
				let known = KnownNodes::candidate(&node).expect("it is registered");
				assert_eq!((seen.ask_per_hour, seen.tier), (known.ask_per_hour, known.tier));
				assert_eq!((seen.uptime, seen.power), (known.uptime, known.power));
				assert_eq!((seen.reputation, seen.trust_level), (known.reputation, known.trust_level));
				assert_eq!((seen.hardware, seen.region), (known.hardware, known.region));
			}
		};
		agree(2);
		block(&nodes, || {
			assert_ok!(call(&first, Registry::set_ask { node: nodes[0], ask_per_hour: 3 * UNIT }));
			assert_ok!(ProviderRegistry::add_trusted_node(RuntimeOrigin::root(), nodes[1], Tier::CloudPartner));
			agree(2);
		});
		// Nodes that say nothing any more lose uptime and power without anybody touching them.
		run_blocks(120);
		agree(2);
		assert!(Matching::indexed(ResourceType::Cpu).all(|(_, node)| node.power.hashes_per_second == 0));
		block(&nodes[1..], || agree(2));
		begin_block();
		assert_ok!(call(&first, Registry::deactivate_node { node: nodes[0] }));
		agree(1);
		end_block();
		nodes.remove(0);
		for _ in 0..20 {
			block(&nodes, || ());
			agree(1);
		}
		assert!(Matching::indexed(ResourceType::Cpu).all(|(_, node)| node.power.hashes_per_second > 0));
	});
}
