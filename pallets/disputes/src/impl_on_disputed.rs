//! What happens when a market's deal is disputed.

use crate::{
	Config, Dispute, DisputeRecordOf, DisputeStatus, Disputes, DisputesByDeal, Error, Event, NextDisputeId,
	OpenDisputes, Pallet, Tickets, WeightInfo,
};
use codec::MaxEncodedLen;
use frame_support::{
	ensure,
	traits::{Consideration, Footprint, Get},
	weights::Weight,
};
use gpu_chain_primitives::{DisputedDeal, EscrowInspect, EscrowKey, OnDisputed};
use sp_runtime::{
	traits::{One, Saturating},
	ArithmeticError, DispatchResult,
};

/// Opens a dispute and holds the buyer's bond. Needs a transactional caller, as the trait says.
impl<T: Config> OnDisputed<T::AccountId, T::AssetKind, T::Balance> for Pallet<T> {
	fn on_disputed(key: EscrowKey, deal: &DisputedDeal<T::AccountId, T::AssetKind, T::Balance>) -> DispatchResult {
		ensure!(!DisputesByDeal::<T>::contains_key(key), Error::<T>::AlreadyDisputed);
		ensure!(deal.buyer != deal.provider && deal.payer != deal.provider, Error::<T>::SelfDealing);
		let id = NextDisputeId::<T>::get();
		let next = id.checked_add(1).ok_or(ArithmeticError::Overflow)?;
		let bond = T::BondShare::get().mul_floor(deal.amount).max(One::one());
		Self::hold_bond(deal, bond)?;
		let ticket = T::Consideration::new(&deal.buyer, Self::footprint())?;

		let now = Self::now();
		let evidence_by = now.saturating_add(T::EvidenceWindow::get());
		let vote_by = evidence_by.saturating_add(T::VotingWindow::get().max(One::one()));
		let dispute = Dispute {
			key,
			deal: deal.clone(),
			bond,
			bond_owed_to: None,
			arbitration: T::ArbitrationShare::get().mul_floor(deal.amount),
			fee: T::Escrow::platform_fee(key).unwrap_or_default(),
			quorum: T::Quorum::get().max(1),
			opened_at: now,
			evidence_by,
			vote_by,
			status: DisputeStatus::Open,
		};
		NextDisputeId::<T>::put(next);
		Disputes::<T>::insert(id, dispute);
		DisputesByDeal::<T>::insert(key, id);
		OpenDisputes::<T>::insert(id, ());
		Tickets::<T>::insert(id, ticket);
		let DisputedDeal { buyer, provider, node, asset, amount, .. } = deal.clone();
		Self::deposit_event(Event::DisputeOpened {
			dispute: id,
			key,
			buyer,
			provider,
			node,
			asset,
			amount,
			bond,
			evidence_by,
			vote_by,
		});
		Ok(())
	}

	fn weight() -> Weight {
		T::WeightInfo::on_disputed()
	}
}

impl<T: Config> Pallet<T> {
	/// What the storage deposit for a dispute is taken for: one item as large as any can become. The arbitrators' votes
	/// are the chain's own.
	pub fn footprint() -> Footprint {
		Footprint::from_parts(1, DisputeRecordOf::<T>::max_encoded_len())
	}
}
