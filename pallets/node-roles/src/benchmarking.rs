//! Benchmarks of the calls and hooks, each at its worst.

use super::*;
use crate::types::approvals_needed;
use alloc::vec;
use frame_benchmarking::v2::*;
use frame_support::{
	traits::{fungibles::Inspect, ChangeMembers, Consideration, EnsureOrigin, Get},
	BoundedVec,
};
use frame_system::RawOrigin;
use gpu_chain_primitives::{
	benchmarking::{BenchmarkCurrency, BenchmarkNodes},
	NodeId, OnSlashed, Reason, ResourceType, Uri,
};
use sp_core::H256;
use sp_runtime::traits::{Saturating, Zero};

type Origin<T> = <T as frame_system::Config>::RuntimeOrigin;

fn admin<T: Config>() -> Result<Origin<T>, BenchmarkError> {
	T::AdminOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)
}

fn signed<T: Config>(who: &T::AccountId) -> Origin<T> {
	RawOrigin::Signed(who.clone()).into()
}

fn bond<T: Config>() -> T::Balance {
	T::QueenBond::get().max(1_000u32.into())
}

/// As many Kings as given, and nobody else.
fn crowned<T: Config>(count: u32) -> KingList<T::AccountId> {
	let mut kings: alloc::vec::Vec<T::AccountId> = (0..count).map(|n| account("king", n, 0)).collect();
	kings.sort();
	let kings = BoundedVec::truncate_from(kings);
	T::OnKingsChanged::set_members_sorted(&kings, &Kings::<T>::get());
	Kings::<T>::put(&kings);
	kings
}

fn funded<T: Config>(name: &'static str) -> T::AccountId {
	let who: T::AccountId = account(name, 0, 0);
	<T::BenchmarkHelper as BenchmarkNodes<_>>::fund(&who);
	who
}

fn candidate<T: Config>() -> T::AccountId {
	let who = funded::<T>("queen");
	assert!(Pallet::<T>::apply(signed::<T>(&who), bond::<T>()).is_ok());
	who
}

/// A live Queen, with all the Kings there may be.
fn queen<T: Config>() -> T::AccountId {
	let kings = crowned::<T>(MAX_KINGS);
	let who = candidate::<T>();
	for king in kings.iter().take(approvals_needed(MAX_KINGS, T::QueenQuorum::get()) as usize) {
		assert!(Pallet::<T>::confirm_queen(signed::<T>(king), who.clone()).is_ok());
	}
	T::Consideration::ensure_successful(&who, Pallet::<T>::footprint());
	who
}

/// What the runtime's helper may have had somebody sponsor is free again.
fn unsponsored<T: Config>(node: &NodeId) {
	if let Some(sponsorship) = Sponsorships::<T>::take(node) {
		SponsoredBy::<T>::remove(&sponsorship.queen, node);
		Tickets::<T>::remove(node);
		Audits::<T>::remove(node);
	}
}

/// A node of somebody, sponsored by the Queen; active if asked for.
fn sponsored<T: Config>(who: &T::AccountId, active: bool) -> NodeId {
	let owner: T::AccountId = account("owner", 0, 0);
	let node = match active {
		true => T::BenchmarkHelper::active_node(&owner, ResourceType::Gpu),
		false => T::BenchmarkHelper::pending_node(&owner, ResourceType::Gpu),
	};
	unsponsored::<T>(&node);
	assert!(Pallet::<T>::sponsor_node(signed::<T>(who), node).is_ok());
	node
}

/// The sponsorship of a node is over, and was not cleared away.
fn over<T: Config>(node: &NodeId) {
	Sponsorships::<T>::mutate(node, |sponsorship| {
		if let Some(sponsorship) = sponsorship {
			sponsorship.ends_at = Some(Zero::zero());
		}
	});
}

fn uri() -> Uri {
	BoundedVec::truncate_from(vec![b'u'; 256])
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn add_king() -> Result<(), BenchmarkError> {
		let origin = admin::<T>()?;
		crowned::<T>(MAX_KINGS - 1);
		let who: T::AccountId = account("new", 0, 0);

		#[extrinsic_call]
		_(origin as Origin<T>, who.clone());

		assert!(Pallet::<T>::is_king(&who));
		Ok(())
	}

	#[benchmark]
	fn remove_king() -> Result<(), BenchmarkError> {
		let origin = admin::<T>()?;
		let who = crowned::<T>(MAX_KINGS)[0].clone();

		#[extrinsic_call]
		_(origin as Origin<T>, who.clone());

		assert!(!Pallet::<T>::is_king(&who));
		Ok(())
	}

	#[benchmark]
	fn apply() {
		crowned::<T>(MAX_KINGS);
		let who = funded::<T>("queen");

		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), bond::<T>());

		assert!(Queens::<T>::contains_key(&who));
	}

	#[benchmark]
	fn add_bond() {
		let who = candidate::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), bond::<T>());

		assert_eq!(Queens::<T>::get(&who).map(|queen| queen.bond), Some(bond::<T>().saturating_mul(2u32.into())));
	}

	#[benchmark]
	fn confirm_queen() {
		let kings = crowned::<T>(MAX_KINGS);
		let who = candidate::<T>();
		let needed = approvals_needed(MAX_KINGS, T::QueenQuorum::get()) as usize;
		for king in kings.iter().take(needed - 1) {
			assert!(Pallet::<T>::confirm_queen(signed::<T>(king), who.clone()).is_ok());
		}

		#[extrinsic_call]
		_(RawOrigin::Signed(kings[needed - 1].clone()), who.clone());

		assert!(Pallet::<T>::is_live_queen(&who));
	}

	#[benchmark]
	fn suspend_queen() {
		let who = queen::<T>();
		let king = Kings::<T>::get()[0].clone();
		let reason = Reason::truncate_from(vec![b'r'; 128]);

		#[extrinsic_call]
		_(RawOrigin::Signed(king), who.clone(), reason);

		assert!(!Pallet::<T>::is_live_queen(&who));
	}

	#[benchmark]
	fn resign() {
		let who = queen::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()));

		assert!(!Pallet::<T>::is_live_queen(&who));
	}

	#[benchmark]
	fn dismiss_queen() -> Result<(), BenchmarkError> {
		let origin = admin::<T>()?;
		let who = queen::<T>();

		#[extrinsic_call]
		_(origin as Origin<T>, who.clone());

		assert!(!Pallet::<T>::is_live_queen(&who));
		Ok(())
	}

	#[benchmark]
	fn withdraw_bond() {
		let who = candidate::<T>();
		// A candidate has no cooldown.
		assert!(Pallet::<T>::resign(signed::<T>(&who)).is_ok());

		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()));

		assert!(!Queens::<T>::contains_key(&who));
	}

	#[benchmark]
	fn sponsor_node() {
		let old = queen::<T>();
		let node = sponsored::<T>(&old, false);
		assert!(Pallet::<T>::audit_node(signed::<T>(&old), node, true, uri(), H256::zero()).is_ok());
		over::<T>(&node);
		// The old one is not asked; another one comes in her place.
		let who: T::AccountId = account("successor", 0, 0);
		<T::BenchmarkHelper as BenchmarkNodes<_>>::fund(&who);
		assert!(Pallet::<T>::apply(signed::<T>(&who), bond::<T>()).is_ok());
		Queens::<T>::mutate(&who, |queen| {
			if let Some(queen) = queen {
				queen.state = QueenState::Active;
			}
		});

		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), node);

		assert_eq!(Pallet::<T>::sponsorship(&node).map(|sponsorship| sponsorship.queen), Some(who));
	}

	#[benchmark]
	fn end_sponsorship() {
		let who = queen::<T>();
		let node = sponsored::<T>(&who, false);
		assert!(Pallet::<T>::audit_node(signed::<T>(&who), node, true, uri(), H256::zero()).is_ok());
		over::<T>(&node);

		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), node);

		assert!(!Sponsorships::<T>::contains_key(node));
	}

	#[benchmark]
	fn audit_node() {
		let who = queen::<T>();
		let node = sponsored::<T>(&who, false);

		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), node, true, uri(), H256::zero());

		assert!(Audits::<T>::contains_key(node));
	}

	#[benchmark]
	fn confirm_audit() {
		let who = queen::<T>();
		let node = sponsored::<T>(&who, true);
		assert!(Pallet::<T>::audit_node(signed::<T>(&who), node, false, uri(), H256::zero()).is_ok());
		let king = Kings::<T>::get()[0].clone();

		#[extrinsic_call]
		_(RawOrigin::Signed(king), node);

		assert!(!Sponsorships::<T>::contains_key(node));
	}

	#[benchmark]
	fn on_fee_paid() {
		let who = queen::<T>();
		let node = sponsored::<T>(&who, true);
		let payer: T::AccountId = account("payer", 0, 0);
		let fee: T::Balance = 1_000_000u32.into();
		let treasury = T::Treasury::get();
		let asset = <T::BenchmarkHelper as BenchmarkCurrency<_, _, _>>::fund(&treasury, fee);
		let _ = <T::BenchmarkHelper as BenchmarkCurrency<_, _, _>>::fund(&who, fee);
		let before = T::Currencies::balance(asset.clone(), &who);

		// The deal's own record is the market's, which reads it anyway in the settlement that this is a part of.
		#[block]
		{
			Pallet::<T>::share_fee(node, &payer, &asset, fee);
		}

		assert!(T::Currencies::balance(asset, &who) > before);
	}

	#[benchmark]
	fn on_slashed() {
		let who = queen::<T>();
		let node = sponsored::<T>(&who, false);
		let harmed = funded::<T>("harmed");
		<T::BenchmarkHelper as BenchmarkNodes<_>>::fund(&T::Treasury::get());
		<Pallet<T> as OnSlashed<_, _>>::on_slash_queued(7, &node);
		let (before, lost) = (Queens::<T>::get(&who).map(|queen| queen.bond), bond::<T>());

		#[block]
		{
			<Pallet<T> as OnSlashed<_, _>>::on_slashed(7, &node, lost, Some((&harmed, 1u32.into())));
		}

		assert!(Queens::<T>::get(&who).map(|queen| queen.bond) < before);
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
