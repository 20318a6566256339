//! Benchmarks of the calls and of being told of a dispute, each at its worst, with the dearest currency.

use crate::{
	types::MAX_EVIDENCE, Arbitrators, Ballot, Ballots, Call, Config, DisputeId, DisputeStatus, Disputes,
	DisputesByDeal, Pallet, Side, Verdict,
};
use alloc::vec;
use frame_benchmarking::v2::*;
use frame_support::{
	assert_ok,
	traits::{EnsureOrigin, Get},
	BoundedVec,
};
use frame_system::{pallet_prelude::BlockNumberFor, RawOrigin};
use gpu_chain_primitives::{
	benchmarking::{BenchmarkCurrency, BenchmarkNodes},
	DisputedDeal, EscrowKey, NodeId, OnDisputed, Reason, ResourceType, Uri,
};
use sp_runtime::traits::{One, Saturating, Zero};

/// Makes deals ready. Implemented by the runtime, with the real pallets, and by this pallet's mock.
pub trait BenchmarkDeals<AccountId> {
	/// Has `buyer` order work in the dearest currency, `provider` do it, and `buyer` dispute it in its market.
	fn disputed_deal(buyer: &AccountId, provider: &AccountId) -> EscrowKey;
}

fn parties<T: Config>() -> (T::AccountId, T::AccountId) {
	(account("buyer", 0, 0), account("provider", 0, 0))
}

/// An open dispute. Everybody who may be paid can receive it.
fn dispute<T: Config>() -> DisputeId {
	let (buyer, provider) = parties::<T>();
	for who in [&provider, &T::Pot::get(), &T::Treasury::get()] {
		<T::BenchmarkHelper as BenchmarkNodes<T::AccountId>>::fund(who);
		let _: T::AssetKind =
			<T::BenchmarkHelper as BenchmarkCurrency<T::AssetKind, T::AccountId, T::Balance>>::fund(who, One::one());
	}
	let key = T::BenchmarkHelper::disputed_deal(&buyer, &provider);
	DisputesByDeal::<T>::get(key).expect("the market tells of disputes")
}

fn go_to<T: Config>(block: BlockNumberFor<T>) {
	frame_system::Pallet::<T>::set_block_number(block);
}

/// An arbitrator that can be paid.
fn arbitrator<T: Config>(index: u32) -> T::AccountId {
	let who: T::AccountId = account("arbitrator", index, 0);
	let _: T::AssetKind =
		<T::BenchmarkHelper as BenchmarkCurrency<T::AssetKind, T::AccountId, T::Balance>>::fund(&who, One::one());
	who
}

/// Casts so many votes, none of which is claimed.
fn cast<T: Config>(id: DisputeId, votes: u32, verdict: Verdict) {
	let ballots =
		(0..votes).map(|index| Ballot { arbitrator: account("arbitrator", index, 0), verdict, claimed: false });
	Ballots::<T>::insert(id, BoundedVec::truncate_from(ballots.collect()));
}

/// A dispute on which as many as can have voted for `verdict`, ready to be concluded.
fn voted<T: Config>(verdict: Verdict) -> DisputeId {
	let id = dispute::<T>();
	Disputes::<T>::mutate(id, |dispute| {
		if let Some(dispute) = dispute {
			dispute.quorum = T::MaxArbitrators::get();
		}
	});
	cast::<T>(id, T::MaxArbitrators::get(), verdict);
	let vote_by = Disputes::<T>::get(id).expect("it was just opened").vote_by;
	go_to::<T>(vote_by.saturating_add(One::one()));
	id
}

fn longest_uri() -> Uri {
	let mut uri = b"https://".to_vec();
	uri.resize(256, b'x');
	Uri::truncate_from(uri)
}

fn is_closed<T: Config>(id: DisputeId) -> bool {
	Disputes::<T>::get(id).is_some_and(|dispute| dispute.is_closed() && dispute.bond_owed_to.is_none())
}

/// A concluded dispute that the first of as many voters as can be may claim for.
fn concluded<T: Config>() -> DisputeId {
	let id = voted::<T>(Verdict::Provider);
	assert_ok!(Pallet::<T>::do_conclude(id));
	id
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn on_disputed() {
		let (buyer, provider) = parties::<T>();
		let amount: T::Balance = 1_000_000u32.into();
		<T::BenchmarkHelper as BenchmarkNodes<T::AccountId>>::fund(&buyer);
		let asset =
			<T::BenchmarkHelper as BenchmarkCurrency<T::AssetKind, T::AccountId, T::Balance>>::fund(&buyer, amount);
		let deal = DisputedDeal { buyer: buyer.clone(), payer: buyer, provider, node: NodeId::zero(), asset, amount };
		let key = EscrowKey::Task(u64::MAX);

		#[block]
		{
			assert_ok!(<Pallet<T> as OnDisputed<T::AccountId, T::AssetKind, T::Balance>>::on_disputed(key, &deal));
		}

		assert!(DisputesByDeal::<T>::contains_key(key));
	}

	#[benchmark]
	fn submit_evidence() {
		let id = dispute::<T>();
		let (_, provider) = parties::<T>();
		for _ in 1..MAX_EVIDENCE {
			assert_ok!(Pallet::<T>::do_submit_evidence(provider.clone(), id, longest_uri()));
		}

		#[extrinsic_call]
		_(RawOrigin::Signed(provider), id, longest_uri());

		assert_eq!(Pallet::<T>::evidence(id, Side::Provider).len() as u32, MAX_EVIDENCE);
	}

	#[benchmark]
	fn vote() {
		let id = dispute::<T>();
		cast::<T>(id, T::MaxArbitrators::get().saturating_sub(1), Verdict::Provider);
		let who: T::AccountId = account("voter", 0, 0);
		Arbitrators::<T>::insert(&who, BlockNumberFor::<T>::zero());
		let evidence_by = Disputes::<T>::get(id).expect("it was just opened").evidence_by;
		go_to::<T>(evidence_by.saturating_add(One::one()));

		#[extrinsic_call]
		_(RawOrigin::Signed(who), id, Verdict::Provider);

		assert_eq!(Pallet::<T>::ballots(id).len() as u32, T::MaxArbitrators::get());
	}

	#[benchmark]
	fn escalate() {
		let id = voted::<T>(Verdict::Provider);
		cast::<T>(id, T::MaxArbitrators::get().saturating_sub(1), Verdict::Provider);

		#[extrinsic_call]
		conclude(RawOrigin::Signed(whitelisted_caller()), id);

		let status = Disputes::<T>::get(id).map(|dispute| dispute.status);
		assert!(matches!(status, Some(DisputeStatus::Escalated { .. })));
	}

	#[benchmark]
	fn close_for_buyer() {
		let id = voted::<T>(Verdict::Buyer { misuse: true });

		#[extrinsic_call]
		conclude(RawOrigin::Signed(whitelisted_caller()), id);

		assert!(is_closed::<T>(id));
	}

	#[benchmark]
	fn close_for_provider() {
		let id = voted::<T>(Verdict::Provider);

		#[extrinsic_call]
		conclude(RawOrigin::Signed(whitelisted_caller()), id);

		assert!(is_closed::<T>(id));
	}

	#[benchmark]
	fn claim_fee() {
		let id = concluded::<T>();
		let who = arbitrator::<T>(0);
		assert!(!Pallet::<T>::claimable_fee(id, &who).is_zero());

		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), id);

		assert!(Pallet::<T>::claimable_fee(id, &who).is_zero());
	}

	#[benchmark]
	fn claim_bond() -> Result<(), BenchmarkError> {
		let id = dispute::<T>();
		let (_, provider) = parties::<T>();
		// As if it could not have been paid.
		Disputes::<T>::mutate(id, |dispute| {
			if let Some(dispute) = dispute {
				dispute.bond_owed_to = Some(provider.clone());
			}
		});

		#[extrinsic_call]
		_(RawOrigin::Signed(whitelisted_caller()), id);

		assert!(Disputes::<T>::get(id).is_some_and(|dispute| dispute.bond_owed_to.is_none()));
		Ok(())
	}

	#[benchmark]
	fn remove_dispute() {
		let id = dispute::<T>();
		let (buyer, provider) = parties::<T>();
		for who in [&buyer, &provider] {
			for _ in 0..MAX_EVIDENCE {
				assert_ok!(Pallet::<T>::do_submit_evidence(who.clone(), id, longest_uri()));
			}
		}
		cast::<T>(id, T::MaxArbitrators::get(), Verdict::Provider);
		let vote_by = Disputes::<T>::get(id).expect("it was just opened").vote_by;
		go_to::<T>(vote_by.saturating_add(One::one()));
		assert_ok!(Pallet::<T>::do_conclude(id));
		let now = frame_system::Pallet::<T>::block_number();
		go_to::<T>(now.saturating_add(T::RetentionPeriod::get()));

		#[extrinsic_call]
		_(RawOrigin::Signed(whitelisted_caller()), id);

		assert!(!Disputes::<T>::contains_key(id));
	}

	#[benchmark]
	fn punish_misuse() -> Result<(), BenchmarkError> {
		let origin = T::CouncilOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		let (buyer, provider) = parties::<T>();
		let node = T::BenchmarkHelper::active_node(&provider, ResourceType::Gpu);
		let reason = Reason::truncate_from(vec![b'r'; 128]);

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, node, Some((buyer, One::one())), reason);

		Ok(())
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
