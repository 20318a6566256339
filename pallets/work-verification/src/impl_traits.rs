//! The traits of `gpu_chain_primitives` that this pallet implements.

use crate::{
	Config, LastLotteries, LotteryPowers, NodeWork, NodeWorks, Pallet, PowerMoment, PowerRecord, RoundCount, WeightInfo,
};
use frame_support::{traits::Get, weights::Weight};
use frame_system::pallet_prelude::BlockNumberFor;
use gpu_chain_primitives::{
	HashRate, NodeId, NodeStatus, OnNodeRegistered, OnNodeStatusChanged, OpenWork, PowerInspect, PowerVector,
	ProviderInspect, ResourceType,
};
use sp_runtime::DispatchResult;

impl<T: Config> PowerInspect for Pallet<T> {
	fn verified_power(node: &NodeId) -> HashRate {
		if !matches!(T::Providers::node(node), Some(summary) if summary.status == NodeStatus::Active) {
			return 0;
		}
		Self::hashes_of_active(node)
	}

	fn power_vector(node: &NodeId) -> PowerVector {
		if !matches!(T::Providers::node(node), Some(summary) if summary.status == NodeStatus::Active) {
			return PowerVector::default();
		}
		Self::power_record(node).at(&Self::power_moment())
	}
}

impl<T: Config> Pallet<T> {
	/// What is recorded of the proofs of a node that is active, for whoever keeps it to compute the power of many nodes later.
	pub fn power_record(node: &NodeId) -> PowerRecord<BlockNumberFor<T>> {
		let lotteries = LotteryPowers::<T>::get(node);
		let has_open_work =
			lotteries.memory.newest.is_some() && <T::OpenWork as OpenWork<T::AccountId>>::has_open_work(node);
		PowerRecord { rounds: NodeWorks::<T>::get(node), lotteries, has_open_work }
	}

	/// What the power of all nodes is computed with in this block.
	pub fn power_moment() -> PowerMoment<BlockNumberFor<T>> {
		PowerMoment {
			now: frame_system::Pallet::<T>::block_number(),
			validity: T::PowerValidity::get(),
			closed_rounds: Self::closed_rounds(),
			closed_lotteries: LastLotteries::<T>::get(),
			hashes_per_walk: T::HashesPerWalk::get(),
		}
	}

	/// Hashes per second that count for a node that is active.
	pub(crate) fn hashes_of_active(node: &NodeId) -> HashRate {
		let now = frame_system::Pallet::<T>::block_number();
		NodeWorks::<T>::get(node).verified_power(Self::closed_rounds(), now, T::PowerValidity::get())
	}
}

impl<T: Config, Balance> OnNodeRegistered<T::AccountId, Balance> for Pallet<T> {
	fn on_node_registered(node: &NodeId, _: &T::AccountId, _: ResourceType, _: Balance) -> DispatchResult {
		NodeWorks::<T>::insert(node, NodeWork::default());
		Ok(())
	}

	fn weight() -> Weight {
		T::WeightInfo::on_node_registered()
	}
}

impl<T: Config> OnNodeStatusChanged for Pallet<T> {
	fn on_node_status_changed(node: &NodeId, _: ResourceType, old: NodeStatus, new: NodeStatus) {
		let mut work = NodeWorks::<T>::get(node);
		if old == NodeStatus::Active {
			Self::settle_missed(node, &mut work);
			work.challenged_from = None;
			// What was proven holds for one uninterrupted stay in the market. Otherwise two nodes could share a card:
			// one leaves whenever the other answers, and both keep the whole card's power.
			work.proven = None;
			LotteryPowers::<T>::remove(node);
		}
		if new == NodeStatus::Active {
			// A round that is open already began without this node: its seed has been known for a while.
			work.challenged_from = Some(RoundCount::<T>::get().saturating_add(1));
		}
		NodeWorks::<T>::insert(node, work);
	}

	fn weight() -> Weight {
		T::WeightInfo::on_node_status_changed()
	}
}
