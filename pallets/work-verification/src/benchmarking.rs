//! Benchmarks. Proofs and solutions are found by brute force when a benchmark is set up.

use crate::{
	lottery::{commitment_hash, keccak, DeviceClaim, Job, Lottery, PowerClaim, Shown, Walks},
	Call, Challenges, Claims, Commitment, Commitments, Config, CurrentLottery, CurrentRound, LastClosed, LotteryPowers,
	NodeWorks, OpenCommitments, Pallet, Proven, Round, RoundCount, RoundHistory, RoundNumber, RoundSummary,
};
use alloc::vec::Vec;
use core::hint::black_box;
use frame_benchmarking::v2::*;
use frame_support::{traits::Get, BoundedVec};
use frame_system::{pallet_prelude::BlockNumberFor, RawOrigin};
use gpu_chain_primitives::{
	benchmarking::BenchmarkNodes, NodeId, NodeStatus, OnNodeRegistered, OnNodeStatusChanged, ProofKind, ResourceType,
};
use sp_core::H256;
use sp_io::hashing::keccak_256;
use sp_runtime::traits::{One, Saturating};

/// Hashes that are searched for a proof.
const HASHES: u64 = 4_096;

fn active<T: Config>() -> (T::AccountId, NodeId) {
	let owner: T::AccountId = account("owner", 0, 0);
	let node = T::BenchmarkHelper::active_node(&owner, ResourceType::Gpu);
	(owner, node)
}

/// Opens a round of `values` nonces in which the smallest proof shows any power that is asked for.
fn open<T: Config>(values: u32) -> u32 {
	let number = RoundCount::<T>::get().saturating_add(1);
	let now = frame_system::Pallet::<T>::block_number();
	RoundCount::<T>::put(number);
	CurrentRound::<T>::put(Round {
		number,
		entropy: H256::repeat_byte(7),
		opened_at: now,
		opened_ms: Pallet::<T>::now_ms(),
		closes_at: now.saturating_add(One::one()),
		window_ms: 1,
		values,
		answers: 0,
		total_power: 0,
	});
	number
}

/// A node that missed a round: what is counted when it is touched next.
fn miss_a_round<T: Config>() {
	open::<T>(gpu_work::MIN_VALUES);
	if let Some(round) = CurrentRound::<T>::take() {
		LastClosed::<T>::put(round.closes_at);
	}
}

fn fill_round_history<T: Config>() {
	let summary = RoundSummary {
		number: 0,
		opened_at: BlockNumberFor::<T>::default(),
		closed_at: BlockNumberFor::<T>::default(),
		answers: 0,
		total_power: 0,
	};
	let full = (0..T::HistoryLength::get()).map(|_| summary.clone()).collect::<Vec<_>>();
	RoundHistory::<T>::put(BoundedVec::truncate_from(full));
}

fn advance<T: Config>(blocks: BlockNumberFor<T>) {
	let now = frame_system::Pallet::<T>::block_number();
	frame_system::Pallet::<T>::set_block_number(now.saturating_add(blocks));
}

/// An issued challenge that any nonce solves.
fn challenge<T: Config>(owner: &T::AccountId, node: NodeId) {
	assert!(Pallet::<T>::do_issue_challenge(owner.clone(), node).is_ok());
	Challenges::<T>::mutate(node, |challenge| {
		if let Some(challenge) = challenge {
			challenge.target = H256::repeat_byte(0xff);
		}
	});
}

const SALT: H256 = H256::repeat_byte(0x5a);
const CLAIM: PowerClaim = PowerClaim::Compute { tickets_per_second: 1_000_000 };

/// A lottery of products that is searched, or whose samples are drawn, behind the round that was missed.
fn open_lottery<T: Config>(samples: Option<u32>) -> RoundNumber {
	let now = frame_system::Pallet::<T>::block_number();
	let later = |blocks: u32| now.saturating_add(blocks.into());
	let round = RoundCount::<T>::get();
	CurrentLottery::<T>::put(Lottery {
		round,
		kind: ProofKind::Compute,
		entropy: H256::repeat_byte(7),
		opened_at: now,
		search_from: now,
		search_ms: Pallet::<T>::now_ms(),
		closes_at: later(1),
		window_ms: 1_000_000,
		commit_until: later(2),
		reveal_until: later(3),
		walk_entropy: None,
		sample_entropy: samples.map(|_| H256::repeat_byte(8)),
		wins: 1,
		threshold: 1,
		samples: samples.unwrap_or(0),
		answers: 0,
	});
	round
}

/// An active node whose first device claims power, and that showed some in two lotteries.
fn claimed<T: Config>() -> (T::AccountId, NodeId) {
	let (owner, node) = active::<T>();
	miss_a_round::<T>();
	let footprint = Pallet::<T>::claim_footprint();
	let ticket = <T::Consideration as frame_support::traits::Consideration<_, _>>::new(&owner, footprint);
	let Ok(ticket) = ticket else { panic!("the owner is funded") };
	let key = (ProofKind::Compute, 0);
	crate::ClaimTickets::<T>::insert(node, key, (owner.clone(), ticket));
	Claims::<T>::insert(node, key, DeviceClaim { claim: CLAIM, from: 0 });
	let at = frame_system::Pallet::<T>::block_number();
	LotteryPowers::<T>::mutate(node, |power| {
		for kind in [ProofKind::Compute, ProofKind::Memory] {
			for round in [0, 1] {
				power.of(kind).add(Shown { round, tries_per_second: 1, bytes: 1, at });
			}
		}
	});
	(owner, node)
}

/// As many commitments of the device as are kept, none of which can be challenged, all but the newest, which is to
/// `tickets` and was or was not revealed.
fn fill_commitments<T: Config>(node: NodeId, newest: RoundNumber, tickets: &[u64], revealed: bool, target: u64) {
	let until = frame_system::Pallet::<T>::block_number().saturating_add(One::one());
	let most = T::MaxOpenReveals::get();
	let seed = job_seed::<T>(&node);
	let rounds: Vec<RoundNumber> = (1..most).map(|back| u32::MAX - most + back).chain([newest]).collect();
	for round in &rounds {
		let hash = commitment_hash(&node, ProofKind::Compute, 0, *round, tickets, &SALT);
		let is_newest = *round == newest;
		let commitment = Commitment {
			hash,
			count: tickets.len() as u32,
			job: Job { seed, target, walks: None },
			table_bytes: 0,
			searched_ms: 1,
			challenge_until: (is_newest && revealed).then_some(until),
		};
		Commitments::<T>::insert(node, (ProofKind::Compute, 0, *round), commitment);
	}
	OpenCommitments::<T>::insert(node, (ProofKind::Compute, 0), BoundedVec::truncate_from(rounds));
}

fn job_seed<T: Config>(node: &NodeId) -> H256 {
	let job = CurrentLottery::<T>::get().and_then(|lottery| lottery.job(node, 0, &CLAIM).ok());
	job.map(|job| job.seed).unwrap_or_default()
}

/// So many tickets that are the device's own, whatever they score.
fn own_tickets<T: Config>(node: &NodeId, n: u32) -> BoundedVec<u64, T::MaxTickets> {
	let batch = gpu_work::lottery::batch(&job_seed::<T>(node).0, 0);
	let ticket = |column: u32| gpu_work::matrix::Ticket { batch, row: 1, column: column as u16 }.to_u64();
	BoundedVec::truncate_from((0..n).map(ticket).collect())
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn submit_proof(k: Linear<3, 256>) {
		let (owner, node) = active::<T>();
		miss_a_round::<T>();
		let number = open::<T>(k);
		let seed = CurrentRound::<T>::get().map(|round| Pallet::<T>::seed(&round, &node)).unwrap_or_default();
		let mut hashes: Vec<([u8; 32], u64)> =
			(0..HASHES).map(|nonce| (keccak_256(&gpu_work::hash_input(&seed.0, nonce)), nonce)).collect();
		hashes.sort_unstable();
		let nonces: Vec<u64> = hashes.into_iter().take(k as usize).map(|(_, nonce)| nonce).collect();
		let nonces = BoundedVec::truncate_from(nonces);

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), node, number, nonces);

		assert_eq!(NodeWorks::<T>::get(node).proven.map(|proven| proven.round), Some(number));
	}

	#[benchmark]
	fn issue_challenge() {
		let (owner, node) = active::<T>();
		challenge::<T>(&owner, node);
		let wait = T::ChallengeWindow::get().saturating_add(T::ChallengeCooldown::get());
		advance::<T>(wait.saturating_add(One::one()));
		miss_a_round::<T>();
		let expired = Challenges::<T>::get(node).map(|challenge| challenge.id);

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), node);

		assert_ne!(Challenges::<T>::get(node).map(|challenge| challenge.id), expired);
	}

	#[benchmark]
	fn submit_solution() {
		let owner: T::AccountId = account("owner", 0, 0);
		// A pending node is verified by it: the most that a solution does.
		let node = T::BenchmarkHelper::pending_node(&owner, ResourceType::Gpu);
		challenge::<T>(&owner, node);

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), node, 0);

		assert!(!Challenges::<T>::contains_key(node));
	}

	#[benchmark]
	fn settle() {
		let (owner, node) = active::<T>();
		challenge::<T>(&owner, node);
		advance::<T>(T::ChallengeWindow::get().saturating_add(2u32.into()));
		miss_a_round::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), node);

		assert!(!Challenges::<T>::contains_key(node));
	}

	#[benchmark]
	fn on_initialize_idle() {
		open_lottery::<T>(None);
		open::<T>(gpu_work::MIN_VALUES);
		let now = frame_system::Pallet::<T>::block_number();

		#[block]
		{
			Pallet::<T>::tick(now);
		}

		assert!(CurrentRound::<T>::exists());
	}

	#[benchmark]
	fn on_initialize_open() {
		let now = frame_system::Pallet::<T>::block_number();

		#[block]
		{
			Pallet::<T>::open_round(now);
		}

		assert!(CurrentRound::<T>::exists());
	}

	#[benchmark]
	fn on_initialize_close() {
		open::<T>(gpu_work::MIN_VALUES);
		fill_round_history::<T>();
		let round = CurrentRound::<T>::get();

		#[block]
		{
			if let Some(round) = round {
				Pallet::<T>::close_round(round);
			}
		}

		assert!(!CurrentRound::<T>::exists());
	}

	#[benchmark]
	fn on_node_registered() {
		let owner: T::AccountId = account("owner", 0, 0);
		let node = NodeId::repeat_byte(8);

		#[block]
		{
			let registered = <Pallet<T> as OnNodeRegistered<T::AccountId, u128>>::on_node_registered(
				&node,
				&owner,
				ResourceType::Gpu,
				0,
			);
			assert!(registered.is_ok());
		}

		assert!(NodeWorks::<T>::contains_key(node));
	}

	#[benchmark]
	fn on_node_status_changed() {
		let (_, node) = active::<T>();
		miss_a_round::<T>();
		let at = frame_system::Pallet::<T>::block_number();
		NodeWorks::<T>::mutate(node, |work| work.proven = Some(Proven { round: 0, power: 1, at }));

		#[block]
		{
			<Pallet<T> as OnNodeStatusChanged>::on_node_status_changed(
				&node,
				ResourceType::Gpu,
				NodeStatus::Active,
				NodeStatus::Inactive,
			);
		}

		assert_eq!(NodeWorks::<T>::get(node).challenged_from, None);
	}

	#[benchmark]
	fn on_initialize_lottery() {
		// What opening one takes; drawing is one entropy likewise, closing none.
		active::<T>();
		let now = frame_system::Pallet::<T>::block_number();

		#[block]
		{
			Pallet::<T>::open_lottery(1, now);
		}

		assert!(CurrentLottery::<T>::exists());
	}

	#[benchmark]
	fn claim_power() {
		let (owner, node) = active::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), node, 0, CLAIM);

		assert!(Claims::<T>::contains_key(node, (ProofKind::Compute, 0)));
	}

	#[benchmark]
	fn withdraw_claim() {
		let (owner, node) = claimed::<T>();
		let round = open_lottery::<T>(None);
		let tickets = own_tickets::<T>(&node, 1);
		fill_commitments::<T>(node, round, &tickets, false, u64::MAX);

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), node, ProofKind::Compute, 0);

		assert!(!Claims::<T>::contains_key(node, (ProofKind::Compute, 0)));
	}

	#[benchmark]
	fn commit_power() {
		let (owner, node) = claimed::<T>();
		let round = open_lottery::<T>(None);
		let tickets = own_tickets::<T>(&node, 1);
		fill_commitments::<T>(node, round.saturating_sub(1), &tickets, false, u64::MAX);

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), node, ProofKind::Compute, 0, H256::zero(), T::MaxTickets::get());

		assert!(Commitments::<T>::contains_key(node, (ProofKind::Compute, 0, round)));
	}

	#[benchmark]
	fn reveal_power(n: Linear<1, 512>) {
		let (owner, node) = claimed::<T>();
		let round = open_lottery::<T>(Some(0));
		let tickets = own_tickets::<T>(&node, n);
		fill_commitments::<T>(node, round, &tickets, false, u64::MAX);

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), node, ProofKind::Compute, 0, tickets, SALT);

		let kept = Commitments::<T>::get(node, (ProofKind::Compute, 0, round));
		assert!(kept.is_some_and(|kept| kept.challenge_until.is_some()));
	}

	#[benchmark]
	fn challenge_power(n: Linear<1, 512>) {
		let (_, node) = claimed::<T>();
		let round = open_lottery::<T>(Some(0));
		let tickets = own_tickets::<T>(&node, n);
		// At a target of zero nothing wins.
		fill_commitments::<T>(node, round, &tickets, true, 0);
		let watcher: T::AccountId = account("watcher", 0, 0);
		T::BenchmarkHelper::fund(&watcher);

		#[extrinsic_call]
		_(RawOrigin::Signed(watcher), node, ProofKind::Compute, 0, round, tickets, SALT, n - 1);

		assert!(!Commitments::<T>::contains_key(node, (ProofKind::Compute, 0, round)));
	}

	#[benchmark]
	fn check_ticket() {
		let job = Job { seed: H256::repeat_byte(9), target: u64::MAX, walks: None };
		let batch = gpu_work::lottery::batch(&job.seed.0, 7);
		let ticket = gpu_work::matrix::Ticket { batch, row: 4_095, column: 17 }.to_u64();
		let wins;

		#[block]
		{
			wins = black_box(job).wins(black_box(ticket));
		}

		assert!(wins);
	}

	#[benchmark]
	fn check_walk() {
		let walks = Some(Walks { entropy: H256(keccak(&[1; 64])), elements: 1 << 32 });
		let job = Job { seed: H256::repeat_byte(9), target: u64::MAX, walks };
		let wins;

		#[block]
		{
			wins = black_box(job).wins(black_box(7));
		}

		assert!(wins);
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
