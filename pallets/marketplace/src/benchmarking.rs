//! What the calls and the deadline hook cost, each on its dearest way.

use super::*;
use crate::types::{price_for, FailedNodes};
use alloc::vec;
use frame_benchmarking::v2::*;
use frame_support::{traits::Get, weights::WeightMeter};
use frame_system::RawOrigin;
use gpu_chain_primitives::{
	benchmarking::{BenchmarkCurrency, BenchmarkNodes},
	Assignment, NodeId, Reason, RequiredPower, ResourceType, TaskId, Uri,
};
use sp_core::H256;
use sp_runtime::{
	traits::{One, Saturating},
	DispatchError,
};

type Helper<T> = <T as Config>::BenchmarkHelper;

/// The longest URI.
fn uri() -> Uri {
	let mut bytes = b"ipfs://".to_vec();
	bytes.resize(Uri::bound(), b'x');
	Uri::truncate_from(bytes)
}

fn buyer<T: Config>() -> T::AccountId {
	let who: T::AccountId = account("buyer", 0, 0);
	<Helper<T> as BenchmarkNodes<_>>::fund(&who);
	who
}

fn provider<T: Config>() -> T::AccountId {
	account("provider", 0, 0)
}

fn duration<T: Config>() -> u32 {
	T::MinDuration::get().max(1)
}

/// An hour's price: one whole coin of 18 decimals, above any least balance.
fn per_hour<T: Config>() -> T::Balance {
	let billion = T::Balance::from(1_000_000_000u32);
	billion.saturating_mul(billion)
}

/// The dearest currency, of which `who` has enough.
fn dearest_asset<T: Config>(who: &T::AccountId) -> T::AssetKind {
	let price = price_for(per_hour::<T>(), duration::<T>()).unwrap_or_default();
	// Twice, so that the account does not die of paying.
	<Helper<T> as BenchmarkCurrency<_, _, _>>::fund(who, price.saturating_add(price))
}

fn created<T: Config>(asset: T::AssetKind, buyer: &T::AccountId) -> Result<TaskId, DispatchError> {
	let task_id = NextTaskId::<T>::get();
	Pallet::<T>::do_create_task(
		buyer.clone(),
		ResourceType::Gpu,
		RequiredPower::default(),
		duration::<T>(),
		asset,
		per_hour::<T>(),
		1,
		uri(),
		H256::repeat_byte(1),
		Assignment::Direct,
	)?;
	Ok(task_id)
}

/// A task that was taken, in the dearest currency.
fn assigned<T: Config>() -> Result<(T::AccountId, TaskId), DispatchError> {
	let buyer = buyer::<T>();
	let asset = dearest_asset::<T>(&buyer);
	assigned_for::<T>(asset, buyer)
}

fn assigned_for<T: Config>(asset: T::AssetKind, buyer: T::AccountId) -> Result<(T::AccountId, TaskId), DispatchError> {
	let task_id = created::<T>(asset, &buyer)?;
	let node = ready_node::<T>();
	Pallet::<T>::do_accept_task(provider::<T>(), task_id, node)?;
	Ok((buyer, task_id))
}

fn ready_node<T: Config>() -> NodeId {
	<Helper<T> as BenchmarkNodes<_>>::fund(&provider::<T>());
	<Helper<T> as BenchmarkNodes<_>>::active_node(&provider::<T>(), ResourceType::Gpu)
}

fn in_progress<T: Config>() -> Result<(T::AccountId, TaskId), DispatchError> {
	let (buyer, task_id) = assigned::<T>()?;
	Pallet::<T>::do_start_task(provider::<T>(), task_id)?;
	Ok((buyer, task_id))
}

fn completed<T: Config>() -> Result<(T::AccountId, TaskId), DispatchError> {
	let (buyer, task_id) = in_progress::<T>()?;
	Pallet::<T>::do_submit_result(provider::<T>(), task_id, H256::repeat_byte(2), uri())?;
	Ok((buyer, task_id))
}

/// Lets all nodes but one have failed the task.
fn one_failure_left<T: Config>(task_id: TaskId) {
	Tasks::<T>::mutate(task_id, |task| {
		if let Some(task) = task {
			let failed = (1..Pallet::<T>::max_failures())
				.map(|n| NodeId::from(sp_io::hashing::blake2_256(&n.to_le_bytes())))
				.collect();
			task.failed_nodes = FailedNodes::truncate_from(failed);
		}
	});
}

/// As if the node had bid half of the price: then a settlement pays three.
fn by_auction<T: Config>(task_id: TaskId) {
	Tasks::<T>::mutate(task_id, |task| {
		if let Some(task) = task {
			task.agreed_price = Some(task.price / 2u32.into());
		}
	});
}

/// Goes to the block after the task's deadline, and says the deadline.
fn pass_deadline<T: Config>(task_id: TaskId) -> BlockNumberFor<T> {
	let deadline = Tasks::<T>::get(task_id).and_then(|task| task.deadline).unwrap_or_default();
	frame_system::Pallet::<T>::set_block_number(deadline.saturating_add(One::one()));
	deadline
}

fn assert_status<T: Config>(task_id: TaskId, status: TaskStatus) {
	assert_eq!(Tasks::<T>::get(task_id).map(|task| task.status), Some(status));
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn create_task() {
		let buyer = buyer::<T>();
		let asset = dearest_asset::<T>(&buyer);
		let task_id = NextTaskId::<T>::get();

		#[extrinsic_call]
		_(
			RawOrigin::Signed(buyer),
			ResourceType::Gpu,
			RequiredPower::default(),
			duration::<T>(),
			asset,
			per_hour::<T>(),
			1,
			uri(),
			H256::repeat_byte(1),
		);

		assert_status::<T>(task_id, TaskStatus::Open);
	}

	#[benchmark]
	fn cancel_task() -> Result<(), BenchmarkError> {
		let buyer = buyer::<T>();
		let asset = dearest_asset::<T>(&buyer);
		let task_id = created::<T>(asset, &buyer)?;

		#[extrinsic_call]
		_(RawOrigin::Signed(buyer), task_id);

		assert_status::<T>(task_id, TaskStatus::Cancelled);
		Ok(())
	}

	#[benchmark]
	fn accept_task() -> Result<(), BenchmarkError> {
		let buyer = buyer::<T>();
		let asset = dearest_asset::<T>(&buyer);
		let task_id = created::<T>(asset, &buyer)?;
		one_failure_left::<T>(task_id);
		let node = ready_node::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(provider::<T>()), task_id, node);

		assert_status::<T>(task_id, TaskStatus::Assigned);
		Ok(())
	}

	#[benchmark]
	fn start_task() -> Result<(), BenchmarkError> {
		let (_, task_id) = assigned::<T>()?;
		one_failure_left::<T>(task_id);

		#[extrinsic_call]
		_(RawOrigin::Signed(provider::<T>()), task_id);

		assert_status::<T>(task_id, TaskStatus::InProgress);
		Ok(())
	}

	#[benchmark]
	fn submit_result() -> Result<(), BenchmarkError> {
		let (_, task_id) = in_progress::<T>()?;
		one_failure_left::<T>(task_id);

		#[extrinsic_call]
		_(RawOrigin::Signed(provider::<T>()), task_id, H256::repeat_byte(2), uri());

		assert_status::<T>(task_id, TaskStatus::Completed);
		Ok(())
	}

	#[benchmark]
	fn approve_result() -> Result<(), BenchmarkError> {
		let (buyer, task_id) = completed::<T>()?;
		one_failure_left::<T>(task_id);
		by_auction::<T>(task_id);

		#[extrinsic_call]
		_(RawOrigin::Signed(buyer), task_id);

		assert_status::<T>(task_id, TaskStatus::Verified);
		Ok(())
	}

	#[benchmark]
	fn dispute_task() -> Result<(), BenchmarkError> {
		let (buyer, task_id) = completed::<T>()?;
		one_failure_left::<T>(task_id);
		let reason = Reason::truncate_from(vec![b'x'; Reason::bound()]);

		#[extrinsic_call]
		_(RawOrigin::Signed(buyer), task_id, reason);

		assert_status::<T>(task_id, TaskStatus::Disputed);
		Ok(())
	}

	#[benchmark]
	fn remove_task() -> Result<(), BenchmarkError> {
		let (buyer, task_id) = completed::<T>()?;
		one_failure_left::<T>(task_id);
		Pallet::<T>::do_approve_result(buyer, task_id)?;
		let ended_at = frame_system::Pallet::<T>::block_number();
		frame_system::Pallet::<T>::set_block_number(ended_at.saturating_add(T::RetentionPeriod::get()));

		#[extrinsic_call]
		_(RawOrigin::Signed(whitelisted_caller()), task_id);

		assert!(!Tasks::<T>::contains_key(task_id));
		Ok(())
	}

	#[benchmark]
	fn process_deadline() -> Result<(), BenchmarkError> {
		let (_, task_id) = assigned::<T>()?;
		one_failure_left::<T>(task_id);
		pass_deadline::<T>(task_id);

		#[extrinsic_call]
		_(RawOrigin::Signed(whitelisted_caller()), task_id);

		assert_status::<T>(task_id, TaskStatus::Cancelled);
		Ok(())
	}

	#[benchmark]
	fn deadlines_base() {
		let now = BlockNumberFor::<T>::from(10u32);
		frame_system::Pallet::<T>::set_block_number(now);
		FirstDeadlineBlock::<T>::kill();
		let mut meter = WeightMeter::new();

		#[block]
		{
			Pallet::<T>::work_off_deadlines(now, &mut meter, u32::MAX, u32::MAX);
		}

		assert_eq!(FirstDeadlineBlock::<T>::get(), Some(now));
	}

	#[benchmark]
	fn deadlines_scan() -> Result<(), BenchmarkError> {
		let (_, task_id) = assigned::<T>()?;
		let deadline = Tasks::<T>::get(task_id).and_then(|task| task.deadline).unwrap_or_default();
		let found;

		#[block]
		{
			found = Pallet::<T>::next_deadline(deadline);
		}

		assert_eq!(found, Some(task_id));
		Ok(())
	}

	#[benchmark]
	fn deadline_reopen() -> Result<(), BenchmarkError> {
		// In native money, so that the slash has somebody to compensate.
		let (_, task_id) = assigned_for::<T>(T::NativeAsset::get(), buyer::<T>())?;
		Pallet::<T>::do_start_task(provider::<T>(), task_id)?;
		let deadline = pass_deadline::<T>(task_id);

		#[block]
		{
			Pallet::<T>::work_off_deadline(deadline, task_id);
		}

		// With one failure allowed there is no way back to the market.
		let status = if Pallet::<T>::max_failures() > 1 { TaskStatus::Open } else { TaskStatus::Cancelled };
		assert_status::<T>(task_id, status);
		Ok(())
	}

	#[benchmark]
	fn deadline_cancel() -> Result<(), BenchmarkError> {
		let (_, task_id) = in_progress::<T>()?;
		one_failure_left::<T>(task_id);
		let deadline = pass_deadline::<T>(task_id);

		#[block]
		{
			Pallet::<T>::work_off_deadline(deadline, task_id);
		}

		assert_status::<T>(task_id, TaskStatus::Cancelled);
		Ok(())
	}

	#[benchmark]
	fn deadline_approve() -> Result<(), BenchmarkError> {
		let (_, task_id) = completed::<T>()?;
		one_failure_left::<T>(task_id);
		by_auction::<T>(task_id);
		let deadline = pass_deadline::<T>(task_id);

		#[block]
		{
			Pallet::<T>::work_off_deadline(deadline, task_id);
		}

		assert_status::<T>(task_id, TaskStatus::Verified);
		Ok(())
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
