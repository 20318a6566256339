//! Benchmarks of the calls, each at its worst and with the hooks that the runtime wires.

use super::*;
use frame_benchmarking::v2::*;
use frame_support::{
	traits::{
		fungible::Inspect,
		tokens::{Fortitude, Preservation},
		Consideration, EnsureOrigin, Get,
	},
	BoundedVec,
};
use frame_system::RawOrigin;
use gpu_chain_primitives::{
	benchmarking::BenchmarkNodes, HardwareSpec, NodeId, NodeStatus, Reason, Region, ResourceType, Tier, Uri,
};
use sp_runtime::traits::{One, Saturating};

const GPU: ResourceType = ResourceType::Gpu;

fn full<const MAX: u32>(byte: u8) -> BoundedVec<u8, frame_support::traits::ConstU32<MAX>> {
	BoundedVec::truncate_from(alloc::vec![byte; MAX as usize])
}

/// The longest offer there can be, unlike what the helper's nodes offer. Its region is in the list.
fn longest_offer<T: Config>() -> Offer<BalanceOf<T>> {
	let region: Region = full(b'z');
	Regions::<T>::insert(&region, ());
	let mut uri = full::<256>(b'u');
	if let Some(byte) = uri.get_mut(1) {
		*byte = b':';
	}
	let metadata_uri: Uri = uri;
	Offer {
		hardware: HardwareSpec {
			model: full(b'm'),
			gpu_memory_mib: u32::MAX,
			gpu_count: u16::MAX,
			cpu_cores: u16::MAX,
			ram_mib: u32::MAX,
			storage_gib: u32::MAX,
			bandwidth_mbps: u32::MAX,
		},
		region,
		ask_per_hour: T::MaxAsk::get(),
		metadata_uri,
	}
}

fn funded<T: Config>() -> T::AccountId {
	let owner: T::AccountId = whitelisted_caller();
	T::BenchmarkHelper::fund(&owner);
	owner
}

fn pending_node<T: Config>() -> (T::AccountId, NodeId) {
	let owner = funded::<T>();
	let node = T::BenchmarkHelper::pending_node(&owner, GPU);
	(owner, node)
}

fn active_node<T: Config>() -> (T::AccountId, NodeId) {
	let owner = funded::<T>();
	let node = T::BenchmarkHelper::active_node(&owner, GPU);
	(owner, node)
}

fn registrar<T: Config>() -> Result<T::RuntimeOrigin, BenchmarkError> {
	T::RegistrarOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)
}

fn assert_status<T: Config>(node: &NodeId, status: NodeStatus) {
	assert_eq!(Nodes::<T>::get(node).map(|node| node.status), Some(status));
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn register_node() {
		let owner = funded::<T>();
		let Offer { hardware, region, ask_per_hour, metadata_uri } = longest_offer::<T>();
		T::Consideration::ensure_successful(&owner, Pallet::<T>::footprint());
		// The helper's funds suffice for any stake, so half of them do, and leave enough for fee and deposit.
		let stake = T::Currency::reducible_balance(&owner, Preservation::Preserve, Fortitude::Polite) / 2u32.into();

		#[extrinsic_call]
		_(RawOrigin::Signed(owner.clone()), GPU, hardware, region, ask_per_hour, metadata_uri, stake);

		assert_eq!(OwnedCounts::<T>::get(&owner), 1);
	}

	#[benchmark]
	fn update_node() {
		let (owner, node) = active_node::<T>();
		let Offer { hardware, region, ask_per_hour, metadata_uri } = longest_offer::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), node, hardware, region, ask_per_hour, metadata_uri);

		assert_status::<T>(&node, NodeStatus::Pending);
	}

	#[benchmark]
	fn set_ask() {
		let (owner, node) = active_node::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), node, T::MaxAsk::get());

		assert_eq!(Nodes::<T>::get(node).map(|node| node.ask_per_hour), Some(T::MaxAsk::get()));
	}

	#[benchmark]
	fn activate_node() -> Result<(), BenchmarkError> {
		let (owner, node) = active_node::<T>();
		Pallet::<T>::do_deactivate_node(&owner, &node)?;

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), node);

		assert_status::<T>(&node, NodeStatus::Active);
		Ok(())
	}

	#[benchmark]
	fn deactivate_node() {
		let (owner, node) = active_node::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), node);

		assert_status::<T>(&node, NodeStatus::Inactive);
	}

	#[benchmark]
	fn reject_node() -> Result<(), BenchmarkError> {
		let origin = registrar::<T>()?;
		let (_, node) = pending_node::<T>();
		let reason: Reason = full(b'r');

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, node, reason);

		assert_status::<T>(&node, NodeStatus::Rejected);
		Ok(())
	}

	#[benchmark]
	fn ban_node() -> Result<(), BenchmarkError> {
		let origin = registrar::<T>()?;
		let (_, node) = active_node::<T>();
		let reason: Reason = full(b'r');

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, node, reason);

		assert_status::<T>(&node, NodeStatus::Slashed);
		Ok(())
	}

	#[benchmark]
	fn remove_node() -> Result<(), BenchmarkError> {
		let owner = funded::<T>();
		T::Consideration::ensure_successful(&owner, Pallet::<T>::footprint());
		// Made here and not by the helper, whose nodes are staked. It was active, so its heartbeats go too.
		let node = Pallet::<T>::insert_node(&owner, GPU, longest_offer::<T>())?;
		let mut stored = Nodes::<T>::get(node).ok_or("the node was just inserted")?;
		stored.status = NodeStatus::Inactive;
		Nodes::<T>::insert(node, stored);
		Liveness::<T>::insert(node, LivenessRecord::default());

		#[extrinsic_call]
		_(RawOrigin::Signed(owner.clone()), node);

		assert_eq!(Nodes::<T>::get(node), None);
		assert_eq!(OwnedCounts::<T>::get(&owner), 0);
		Ok(())
	}

	#[benchmark]
	fn add_trusted_node() -> Result<(), BenchmarkError> {
		let origin = registrar::<T>()?;
		let (_, node) = pending_node::<T>();

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, node, Tier::Owned);

		assert_eq!(Nodes::<T>::get(node).map(|node| node.tier), Some(Tier::Owned));
		Ok(())
	}

	#[benchmark]
	fn remove_trusted_node() -> Result<(), BenchmarkError> {
		let origin = registrar::<T>()?;
		let (_, node) = pending_node::<T>();
		Pallet::<T>::do_add_trusted_node(&node, Tier::Owned)?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, node);

		assert_eq!(Nodes::<T>::get(node).map(|node| node.tier), Some(Tier::Community));
		Ok(())
	}

	#[benchmark]
	fn heartbeat() {
		let (owner, node) = active_node::<T>();
		let now = frame_system::Pallet::<T>::block_number();
		let periods = T::HeartbeatPeriod::get().max(One::one()).saturating_mul(3u32.into());
		frame_system::Pallet::<T>::set_block_number(now.saturating_add(periods));

		#[extrinsic_call]
		_(RawOrigin::Signed(owner), node);

		assert_eq!(Pallet::<T>::last_seen(&node), Some(now.saturating_add(periods)));
	}

	#[benchmark]
	fn add_region() -> Result<(), BenchmarkError> {
		let origin = registrar::<T>()?;
		let region: Region = full(b'z');

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, region.clone());

		assert!(Regions::<T>::contains_key(&region));
		Ok(())
	}

	#[benchmark]
	fn remove_region() -> Result<(), BenchmarkError> {
		let origin = registrar::<T>()?;
		let region: Region = full(b'z');
		Regions::<T>::insert(&region, ());

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, region.clone());

		assert!(!Regions::<T>::contains_key(&region));
		Ok(())
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
