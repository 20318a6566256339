//! Benchmarks. Proofs and solutions are found by brute force when a benchmark is set up.

use crate::{
	Call, Challenges, Config, CurrentRound, LastClosed, NodeWorks, Pallet, Proven, Round, RoundCount, RoundHistory,
	RoundSummary,
};
use alloc::vec::Vec;
use frame_benchmarking::v2::*;
use frame_support::{traits::Get, BoundedVec};
use frame_system::{pallet_prelude::BlockNumberFor, RawOrigin};
use gpu_chain_primitives::{
	benchmarking::BenchmarkNodes, NodeId, NodeStatus, OnNodeRegistered, OnNodeStatusChanged, ResourceType,
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

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
