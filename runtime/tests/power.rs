//! Lotteries through the whole runtime, with its own parameters: a device claims, searches, commits and reveals; a forger is
//! named by a watcher, slashed by provider staking, and the watcher is paid.

mod common;

use common::*;
use frame_support::{assert_err, assert_ok, traits::Get};
use gpu_chain_primitives::{
	matching::{MatchRequest, MatchTerms},
	score::ScoreWeights,
	Candidates, NodeId, PowerInspect, ProofKind, RequiredPower, ResourceType,
};
use gpu_chain_runtime::{
	configs::{
		matching::KnownNodes,
		money::{AssetKind, TreasuryAccount},
		parameters::{
			dynamic_params::{staking, verification},
			RuntimeParameters,
		},
	},
	*,
};
use gpu_work::{lottery, matrix, table};
use pallet_marketplace::Call as Market;
use pallet_provider_registry::Call as Registry;
use pallet_work_verification::{lottery::commitment_hash, Call as Work, Job, PowerClaim, WeightInfo};
use sp_core::H256;
use sp_keyring::Sr25519Keyring::{Bob, Ferdie};

const SALT: H256 = H256::repeat_byte(7);

fn provider() -> AccountId {
	account(Bob)
}

fn watcher() -> AccountId {
	account(Ferdie)
}

/// An active node on a chain whose lotteries are all of one kind.
fn node_in_lotteries_of(kind: ProofKind) -> NodeId {
	use verification::*;
	hurry();
	without_sponsors();
	for parameter in [
		Parameters::LotteryWindow(LotteryWindow, Some(10)),
		Parameters::MemoryEvery(MemoryEvery, Some(u32::from(kind == ProofKind::Memory))),
		Parameters::TableFill(TableFill, Some(2)),
	] {
		set(RuntimeParameters::Verification(parameter));
	}
	begin_block();
	assert_ok!(call(&provider(), register_call(ResourceType::Gpu, 2 * UNIT)));
	let node = newest_node(&provider());
	end_block();
	begin_block();
	assert_ok!(call(&provider(), Work::issue_challenge { node }));
	let nonce = solution(&node).expect("easy");
	assert_ok!(call(&provider(), Work::submit_solution { node, nonce }));
	assert_ok!(call(&provider(), Registry::activate_node { node }));
	end_block();
	node
}

/// A claim of which nearly half of the tries win, so that a test finds them.
fn claim(node: NodeId, kind: ProofKind) {
	let window_ms = 10 * pallet_slot_clock::BlockTime::<Runtime>::get();
	let rate = 600 * 1_000 / window_ms;
	let claim = match kind {
		ProofKind::Compute => PowerClaim::Compute { tickets_per_second: rate },
		ProofKind::Memory => PowerClaim::Memory { walks_per_second: rate, table_bytes: 1 << 30 },
	};
	begin_block();
	assert_ok!(call(&provider(), Work::claim_power { node, device: 0, claim }));
	assert_err!(
		call(&provider(), Work::claim_power { node, device: 1, claim }),
		pallet_work_verification::Error::<Runtime>::NoSuchDevice
	);
	end_block();
}

/// Runs blocks until the device can search, and gives what for.
fn job(node: &NodeId) -> (u32, Job) {
	loop {
		run_blocks(1);
		let Some(open) = WorkVerification::lottery_job(node, 0) else { continue };
		if open.lottery.has_begun(&System::block_number()) {
			return (open.lottery.round, open.job);
		}
	}
}

/// Winning tickets, and losing ones, in ascending order.
fn search(job: &Job, wins: usize, losses: usize) -> Vec<u64> {
	let ticket = |number: u64| match job.walks {
		Some(_) => table::start(&job.seed.0, number),
		None => {
			let batch = lottery::batch(&job.seed.0, 0);
			matrix::Ticket { batch, row: (number / 64) as u16, column: (number % 64) as u16 }.to_u64()
		}
	};
	let (mut good, mut bad): (Vec<u64>, Vec<u64>) = (vec![], vec![]);
	for ticket in (0..4_096).map(ticket) {
		if good.len() < wins && job.wins(ticket) {
			good.push(ticket);
		} else if good.len() == wins && bad.len() < losses && !job.wins(ticket) {
			bad.push(ticket);
		}
		if good.len() == wins && bad.len() == losses {
			break;
		}
	}
	good.extend(bad);
	good.sort_unstable();
	assert_eq!(good.len(), wins + losses);
	good
}

fn commit(node: NodeId, kind: ProofKind, round: u32, tickets: &[u64]) {
	let commitment = commitment_hash(&node, kind, 0, round, tickets, &SALT);
	begin_block();
	let count = tickets.len() as u32;
	assert_ok!(call(&provider(), Work::commit_power { node, kind, device: 0, commitment, count }));
	end_block();
	while WorkVerification::current_lottery().is_some_and(|lottery| lottery.sample_entropy.is_none()) {
		run_blocks(1);
	}
}

fn reveal(node: NodeId, kind: ProofKind, tickets: &[u64]) -> sp_runtime::DispatchResult {
	let tickets = tickets.to_vec().try_into().expect("at most 512");
	begin_block();
	let revealed = call(&provider(), Work::reveal_power { node, kind, device: 0, tickets, salt: SALT });
	end_block();
	revealed
}

#[test]
fn a_device_claims_searches_commits_reveals_and_counts() {
	for kind in [ProofKind::Compute, ProofKind::Memory] {
		genesis("development").execute_with(|| {
			let node = node_in_lotteries_of(kind);
			claim(node, kind);
			// A table counts beside hashes that were proven: one hash a second is enough here.
			let (round, job) = job(&node);
			let tickets = search(&job, 256, 0);
			commit(node, kind, round, &tickets);
			assert_ok!(reveal(node, kind, &tickets));
			let kept = WorkVerification::power_commitments(&node, kind, 0);
			let shown = kept.last().expect("it was revealed").1.tries_per_second();
			let claimed = WorkVerification::power_claims(&node, None, 1).items.pop().expect("it claims").claim.claim;
			// 256 wins are what was claimed, less what the block after the search took.
			assert!((claimed.tries_per_second() * 3 / 4..=claimed.tries_per_second()).contains(&shown), "{shown}");
			let vector = <WorkVerification as PowerInspect>::power_vector(&node);
			assert_eq!(vector.hashes_per_second, WorkVerification::verified_power(&node));
			// The node proved no hashes, beside which walks could be judged.
			assert_eq!(vector.memory_bytes, 0);
		});
	}
}

/// A block in which the node answers the round that is open, with next to nothing: no table would be walked more slowly.
fn proving_block(node: &NodeId, act: impl FnOnce()) {
	begin_block();
	if let Some((round, nonces)) = proof(node, 16) {
		// Answered already, perhaps.
		let _ = call(&provider(), submit_proof_call(*node, round, nonces));
	}
	act();
	end_block();
}

#[test]
fn a_table_counts_beside_proven_hashes() {
	genesis("development").execute_with(|| {
		let node = node_in_lotteries_of(ProofKind::Memory);
		claim(node, ProofKind::Memory);
		let (round, job) = loop {
			proving_block(&node, || ());
			let Some(open) = WorkVerification::lottery_job(&node, 0) else { continue };
			if open.lottery.has_begun(&System::block_number()) && WorkVerification::verified_power(&node) > 0 {
				break (open.lottery.round, open.job);
			}
		};
		let tickets = search(&job, 205, 0);
		let kind = ProofKind::Memory;
		let commitment = commitment_hash(&node, kind, 0, round, &tickets, &SALT);
		proving_block(&node, || {
			let commit = Work::commit_power { node, kind, device: 0, commitment, count: 205 };
			assert_ok!(call(&provider(), commit));
		});
		while WorkVerification::current_lottery().is_some_and(|lottery| lottery.sample_entropy.is_none()) {
			proving_block(&node, || ());
		}
		proving_block(&node, || {
			let tickets = tickets.try_into().expect("at most 512");
			assert_ok!(call(&provider(), Work::reveal_power { node, kind, device: 0, tickets, salt: SALT }));
		});
		assert_eq!(WorkVerification::power_vector(&node).memory_bytes, 1 << 30);
		looked_for_by_its_memory(node);
	});
}

/// Who asks for no more memory than the node has shown finds it, and can give it a task; nobody else does.
fn looked_for_by_its_memory(node: NodeId) {
	let proven = WorkVerification::power_vector(&node);
	let known = KnownNodes::candidate(&node).expect("it is registered");
	assert_eq!(known.power, proven);
	let all = ScoreWeights { price: 0, reputation: 0, latency: 0, uptime: 0, power: 10_000 };
	let request = MatchRequest {
		weights: all,
		regions: Default::default(),
		max_latency_ms: 0,
		min_uptime: 0,
		hardware: Default::default(),
	};
	let asking = |required_power| MatchTerms {
		resource_type: ResourceType::Gpu,
		required_power,
		min_trust_level: 1,
		budget: Balance::MAX,
		request: request.clone(),
	};
	let gib = RequiredPower { memory_mib: 1_024, ..RequiredPower::default() };
	for (required, fits) in [
		(RequiredPower::default(), Some(10_000)),
		(gib, Some(5_000)),
		(RequiredPower { memory_mib: 512, ..gib }, Some(10_000)),
		(RequiredPower { memory_mib: 1_025, ..gib }, None),
		(RequiredPower { milli_tops: 1, ..gib }, None),
		(RequiredPower { hashes_per_second: proven.hashes_per_second, ..gib }, Some(5_000)),
		(RequiredPower { hashes_per_second: proven.hashes_per_second + 1, ..gib }, None),
	] {
		let terms = asking(required);
		// The index, which the reveal brought up to date, says what an auction would compute.
		let listed = Matching::rank(&terms, None, 10).expect("it makes sense").items;
		let evaluated = terms.evaluate(&known, known.ask_per_hour);
		assert_eq!(evaluated.ok(), fits.map(|component| component * 10_000), "{required:?}");
		assert_eq!(
			listed.iter().map(|item| (item.node, item.score)).collect::<Vec<_>>(),
			match fits {
				Some(component) => vec![(node, component * 10_000)],
				None => vec![],
			}
		);
		assert!(listed.iter().all(|item| item.power == proven));
	}

	let mut refused = Err(sp_runtime::DispatchError::Unavailable);
	for (memory_mib, enough) in [(1_025, false), (1_024, true)] {
		proving_block(&node, || {
			let task_id = pallet_marketplace::NextTaskId::<Runtime>::get();
			let create = Market::create_task {
				resource_type: ResourceType::Gpu,
				required_power: RequiredPower { memory_mib, ..gib },
				duration_secs: 60,
				asset: AssetKind::Native,
				max_price_per_hour: UNIT / 100,
				min_trust_level: 0,
				specification_uri: bounded("https://example.org/spec"),
				specification_hash: H256::zero(),
			};
			assert_ok!(call(&watcher(), create));
			refused = call(&provider(), Market::accept_task { task_id, node_id: node });
		});
		let too_weak = pallet_marketplace::Error::<Runtime>::NotEnoughPower.into();
		assert_eq!(refused == Err(too_weak), !enough, "{refused:?}");
	}
	assert_ok!(refused);
}

#[test]
fn a_forger_that_passes_the_samples_is_named_slashed_and_pays_the_watcher() {
	genesis("development").execute_with(|| {
		use verification::*;
		let kind = ProofKind::Compute;
		let node = node_in_lotteries_of(kind);
		set(RuntimeParameters::Verification(Parameters::Samples(Samples, Some(0))));
		set(RuntimeParameters::Staking(staking::Parameters::SlashDelay(staking::SlashDelay, Some(4))));
		claim(node, kind);
		let (round, job) = job(&node);
		let tickets = search(&job, 200, 5);
		commit(node, kind, round, &tickets);
		assert_ok!(reveal(node, kind, &tickets));
		let (index, _) =
			WorkVerification::false_ticket(&node, kind, 0, round, &tickets).expect("five of them do not win");

		let (paid, treasury) = (Balances::free_balance(watcher()), Balances::free_balance(TreasuryAccount::get()));
		let issued = issuance();
		begin_block();
		let named = |index| Work::challenge_power {
			node,
			kind,
			device: 0,
			round,
			tickets: tickets.clone().try_into().expect("at most 512"),
			salt: SALT,
			index,
		};
		let honest = (0..205).find(|index| job.wins(tickets[*index as usize])).expect("two hundred win");
		assert_err!(call(&watcher(), named(honest)), pallet_work_verification::Error::<Runtime>::TicketWins);
		assert_ok!(call(&watcher(), named(index)));
		assert_err!(call(&watcher(), named(index)), pallet_work_verification::Error::<Runtime>::NotCommitted);
		end_block();
		run_blocks(6);
		// Half of the two staked, and a fifth of that to the watcher.
		assert_eq!(Balances::free_balance(watcher()) - paid, UNIT / 5);
		assert_eq!(Balances::free_balance(TreasuryAccount::get()) - treasury, UNIT - UNIT / 5);
		assert_eq!(issuance(), issued);
		assert_eq!(WorkVerification::power_vector(&node).milli_tops, 0);
	});
}

#[test]
fn forged_tickets_are_found_by_the_samples() {
	genesis("development").execute_with(|| {
		let kind = ProofKind::Compute;
		let node = node_in_lotteries_of(kind);
		claim(node, kind);
		let (round, job) = job(&node);
		// Nine of ten are false: eight samples miss them in one case of 10^8.
		let tickets = search(&job, 20, 185);
		commit(node, kind, round, &tickets);
		assert_err!(reveal(node, kind, &tickets), pallet_work_verification::Error::<Runtime>::TicketDoesNotWin);
	});
}

#[test]
fn a_ticket_is_checked_in_less_than_a_millisecond() {
	type Weights = weights::pallet_work_verification::WeightInfo<Runtime>;
	const MILLISECOND: u64 = 1_000_000_000;
	assert!(<Weights as WeightInfo>::check_ticket().ref_time() < MILLISECOND);
	assert!(<Weights as WeightInfo>::check_walk().ref_time() < MILLISECOND);
}
