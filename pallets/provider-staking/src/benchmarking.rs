//! Benchmarks of the calls, of the hooks' units and of what other pallets call, each at its worst.

use super::*;
use alloc::vec;
use frame_benchmarking::v2::*;
use frame_support::{
	storage::with_storage_layer,
	traits::{EnsureOrigin, Get},
	weights::WeightMeter,
	BoundedVec,
};
use frame_system::RawOrigin;
use gpu_chain_primitives::{
	benchmarking::{BenchmarkNodes, BenchmarkUptime},
	Collateral, Misconduct, NodeId, OnNodeRegistered, OpenWork, Reason, ResourceType, FULL_SCORE,
};
use sp_runtime::{
	traits::{One, Saturating, Zero},
	Permill,
};

/// A funded owner and its node, staked and out of the market, with twice the minimum stake at least.
fn owner_and_node<T: Config>() -> (T::AccountId, NodeId) {
	// Not the whitelisted caller: slashes touch the account of somebody who signs nothing.
	let owner: T::AccountId = account("owner", 0, 0);
	let node = T::BenchmarkHelper::pending_node(&owner, ResourceType::Gpu);
	T::BenchmarkHelper::fund(&owner);
	Pallet::<T>::add_stake(RawOrigin::Signed(owner.clone()).into(), node, some_stake::<T>())
		.expect("a funded owner may stake for its node");
	(owner, node)
}

/// The minimum stake, and enough for its parts not to be zero where there is none.
fn some_stake<T: Config>() -> BalanceOf<T> {
	T::MinimumStake::get().max(1_000u32.into())
}

/// Splits a node's active stake so that as many chunks unbond as may, all of them unlocked, and returns what unbonds.
fn fill_unbonding<T: Config>(node: &NodeId) -> BalanceOf<T> {
	let mut ledger = Stakes::<T>::get(node).expect("the node is staked");
	let part = ledger.active / (2 * MAX_UNBONDING).into();
	let now = frame_system::Pallet::<T>::block_number();
	ledger.unbonding =
		BoundedVec::truncate_from(vec![UnbondingChunk { amount: part, unlock_at: now }; MAX_UNBONDING as usize]);
	let sum = part.saturating_mul(MAX_UNBONDING.into());
	ledger.active = ledger.active.saturating_sub(sum);
	Stakes::<T>::insert(node, ledger);
	sum
}

/// Slashes `node` so that a harmed account and the treasury both receive something.
fn pending_slash<T: Config>(node: &NodeId) -> (SlashId, T::AccountId) {
	let harmed: T::AccountId = account("harmed", 0, 0);
	T::BenchmarkHelper::fund(&harmed);
	T::BenchmarkHelper::fund(&T::Treasury::get());
	let slash = NextSlashId::<T>::get();
	let cap = some_stake::<T>() / 10u32.into();
	Pallet::<T>::slash(node, Permill::from_percent(50), Misconduct::DisputeLost, Some((harmed.clone(), cap)))
		.expect("a staked node can be slashed");
	(slash, harmed)
}

/// The strictest terms, and a bond as large as any benchmark needs.
fn terms<T: Config>() -> (SlaTerms<BalanceOf<T>>, BalanceOf<T>) {
	let limits = T::SlaLimits::get();
	let bond = limits.bond.max(limits.penalty).max(1_000u32.into());
	// Half of it, so that a breach leaves a commitment behind.
	let penalty = limits.penalty.max(1u32.into());
	(SlaTerms { uptime: FULL_SCORE, response_ms: limits.response_ms.max(1), penalty }, bond.saturating_mul(2u32.into()))
}

/// The owner of a node that is committed to them.
fn committed<T: Config>(owner: T::AccountId, node: NodeId) -> T::AccountId {
	let (terms, bond) = terms::<T>();
	Pallet::<T>::commit_sla(RawOrigin::Signed(owner.clone()).into(), node, terms, bond)
		.expect("a funded owner may commit its node");
	owner
}

/// Goes to the block in which `slash` is due, and its cursor with it.
fn make_due<T: Config>(slash: SlashId) -> BlockNumberFor<T> {
	let due = PendingSlashes::<T>::get(slash).expect("the slash is pending").due;
	frame_system::Pallet::<T>::set_block_number(due);
	due
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn add_stake() {
		let (owner, node) = owner_and_node::<T>();
		let before = Pallet::<T>::staked(&node);

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), node, some_stake::<T>());

		assert_eq!(Pallet::<T>::staked(&node), before.saturating_add(some_stake::<T>()));
	}

	#[benchmark]
	fn request_withdrawal() {
		let (owner, node) = owner_and_node::<T>();
		let all = Pallet::<T>::staked(&node);

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), node, all);

		assert!(Pallet::<T>::staked(&node).is_zero());
	}

	#[benchmark]
	fn withdraw_unbonded() {
		let (owner, node) = owner_and_node::<T>();
		fill_unbonding::<T>(&node);

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), node);

		assert!(Stakes::<T>::get(node).is_some_and(|ledger| ledger.unbonding.is_empty()));
	}

	#[benchmark]
	fn cancel_withdrawal() {
		let (owner, node) = owner_and_node::<T>();
		let before = Pallet::<T>::staked(&node);
		fill_unbonding::<T>(&node);

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), node);

		assert_eq!(Pallet::<T>::staked(&node), before);
	}

	#[benchmark]
	fn appeal_slash() {
		let (owner, node) = owner_and_node::<T>();
		let (id, _) = pending_slash::<T>(&node);
		let reason = Reason::truncate_from(vec![b'r'; 128]);

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), id, reason);

		assert!(PendingSlashes::<T>::get(id).is_some_and(|pending| matches!(pending.appeal, Appeal::Open { .. })));
	}

	#[benchmark]
	fn reject_appeal() -> Result<(), BenchmarkError> {
		let origin = T::SlashCancelOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		let (owner, node) = owner_and_node::<T>();
		let (id, _) = pending_slash::<T>(&node);
		Pallet::<T>::appeal_slash(RawOrigin::Signed(owner).into(), id, Reason::default())?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, id);

		assert!(PendingSlashes::<T>::get(id).is_some_and(|pending| pending.appeal == Appeal::Rejected));
		Ok(())
	}

	#[benchmark]
	fn cancel_slash() -> Result<(), BenchmarkError> {
		let origin = T::SlashCancelOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		let (owner, node) = owner_and_node::<T>();
		let (id, _) = pending_slash::<T>(&node);
		Pallet::<T>::appeal_slash(RawOrigin::Signed(owner).into(), id, Reason::default())?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, id);

		assert!(!PendingSlashes::<T>::contains_key(id));
		Ok(())
	}

	#[benchmark]
	fn execute_slash() {
		let (owner, node) = owner_and_node::<T>();
		fill_unbonding::<T>(&node);
		let (id, _) = pending_slash::<T>(&node);
		Pallet::<T>::appeal_slash(RawOrigin::Signed(owner).into(), id, Reason::default())
			.expect("a funded owner may appeal");
		make_due::<T>(id);

		#[extrinsic_call]
		_(RawOrigin::Signed(whitelisted_caller()), id);

		assert!(!PendingSlashes::<T>::contains_key(id));
	}

	#[benchmark]
	fn commit_sla() {
		let (owner, node) = owner_and_node::<T>();
		let (terms, bond) = terms::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), node, terms, bond);

		assert!(Pallet::<T>::is_partner(&node));
	}

	#[benchmark]
	fn add_insurance() {
		let (owner, node) = owner_and_node::<T>();
		let owner = committed::<T>(owner, node);
		let (_, bond) = terms::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), node, One::one());

		assert_eq!(
			Commitments::<T>::get(node).map(|commitment| commitment.bond),
			Some(bond.saturating_add(One::one()))
		);
	}

	#[benchmark]
	fn end_sla() {
		let (owner, node) = owner_and_node::<T>();
		let owner = committed::<T>(owner, node);

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), node);

		assert!(!Pallet::<T>::is_partner(&node));
	}

	#[benchmark]
	fn withdraw_insurance() {
		let (owner, node) = owner_and_node::<T>();
		let owner = committed::<T>(owner, node);
		Commitments::<T>::mutate(node, |commitment| {
			if let Some(commitment) = commitment {
				commitment.unlock_at = Some(Zero::zero());
			}
		});

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), node);

		assert!(!Commitments::<T>::contains_key(node));
	}

	#[benchmark]
	fn report_breach() {
		let owner: T::AccountId = account("owner", 0, 0);
		let harmed: T::AccountId = account("harmed", 0, 0);
		let node = T::BenchmarkHelper::active_node(&owner, ResourceType::Gpu);
		T::BenchmarkHelper::fund(&owner);
		T::BenchmarkHelper::fund(&harmed);
		T::BenchmarkHelper::fund(&T::Treasury::get());
		committed::<T>(owner, node);
		T::BenchmarkHelper::miss_window(&node);

		// What the call does for somebody who is harmed: that there is a deal with them is not worth making one here.
		#[block]
		{
			let (commitment, measured) = Pallet::<T>::find_breach(&node).expect("a whole window was missed");
			let _ = T::OpenWork::is_counterparty(&node, &harmed);
			Pallet::<T>::settle_breach(&node, commitment, measured, Some(harmed)).expect("everybody can be paid");
		}

		assert_eq!(Commitments::<T>::get(node).map(|commitment| commitment.breaches), Some(1));
	}

	#[benchmark]
	fn slash() {
		let (_, node) = owner_and_node::<T>();
		let (_, harmed) = pending_slash::<T>(&node);
		let id = NextSlashId::<T>::get();

		#[block]
		{
			<Pallet<T> as Collateral<T::AccountId, BalanceOf<T>>>::slash(
				&node,
				Permill::from_percent(50),
				Misconduct::Misuse,
				Some((harmed, One::one())),
			)
			.expect("a staked node can be slashed");
		}

		assert!(PendingSlashes::<T>::contains_key(id));
	}

	#[benchmark]
	fn on_node_registered() -> Result<(), BenchmarkError> {
		let owner: T::AccountId = whitelisted_caller();
		T::BenchmarkHelper::fund(&owner);
		let node = NodeId::repeat_byte(7);

		#[block]
		{
			<Pallet<T> as OnNodeRegistered<T::AccountId, BalanceOf<T>>>::on_node_registered(
				&node,
				&owner,
				ResourceType::Gpu,
				some_stake::<T>(),
			)?;
		}

		assert_eq!(Pallet::<T>::staked(&node), some_stake::<T>());
		Ok(())
	}

	#[benchmark]
	fn service_queue_base() {
		let (_, node) = owner_and_node::<T>();
		let (id, _) = pending_slash::<T>(&node);
		// The cursor stands at a block without a slash, so that it is written; the one step is measured twice.
		let now = make_due::<T>(id).saturating_sub(One::one());
		QueueCursor::<T>::put(now);

		#[block]
		{
			Pallet::<T>::service_queue(now, 0, &mut WeightMeter::new());
		}

		assert_eq!(QueueCursor::<T>::get(), now.saturating_add(One::one()));
	}

	#[benchmark]
	fn queue_step() {
		let (_, node) = owner_and_node::<T>();
		let (id, _) = pending_slash::<T>(&node);
		let due = make_due::<T>(id);
		let found;

		#[block]
		{
			found = SlashQueue::<T>::iter_key_prefix(due).next();
		}

		assert_eq!(found, Some(id));
	}

	#[benchmark]
	fn process_slash() {
		let (owner, node) = owner_and_node::<T>();
		fill_unbonding::<T>(&node);
		let (id, _) = pending_slash::<T>(&node);
		Pallet::<T>::appeal_slash(RawOrigin::Signed(owner).into(), id, Reason::default())
			.expect("a funded owner may appeal");
		make_due::<T>(id);

		#[block]
		{
			with_storage_layer(|| Pallet::<T>::do_execute_slash(id)).expect("the slash is due");
		}

		assert!(!PendingSlashes::<T>::contains_key(id));
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
