//! The traits of `gpu_chain_primitives` that this pallet implements.

use crate::{
	types::{counted, moved},
	Config, Error, Event, History, Pallet, Records, Reviews, ScoreCause, ScoreChange, WeightInfo,
};
use frame_support::{ensure, traits::Get, weights::Weight};
use gpu_chain_primitives::{
	BasisPoints, NodeId, OnNodeRegistered, Reputation, ReputationInspect, ResourceType, TrackRecord, WorkOutcome,
	FULL_SCORE,
};
use sp_runtime::DispatchResult;

impl<T: Config> ReputationInspect for Pallet<T> {
	fn track_record(node: &NodeId) -> TrackRecord {
		Records::<T>::get(node).unwrap_or_default()
	}
}

impl<T: Config> Reputation for Pallet<T> {
	fn record(node: &NodeId, outcome: WorkOutcome) {
		if outcome == WorkOutcome::ChallengesFailed(0) {
			return;
		}
		let Some(before) = Records::<T>::get(node) else { return };

		let mut record = counted(before, outcome);
		record.score = moved(before.score, Self::score_delta(outcome));
		record.flagged =
			Reviews::<T>::get(node).calls_for_flag(&record, T::MinOutcomesForFlag::get(), T::FlagThreshold::get());
		Self::store_change(node, before.score, record, ScoreCause::Outcome(outcome));
		match (before.flagged, record.flagged) {
			(false, true) => Self::deposit_event(Event::NodeFlagged { node: *node }),
			(true, false) => Self::deposit_event(Event::NodeUnflagged { node: *node }),
			_ => (),
		}
	}
}

impl<T: Config, AccountId, Balance> OnNodeRegistered<AccountId, Balance> for Pallet<T> {
	fn on_node_registered(node: &NodeId, _: &AccountId, _: ResourceType, _: Balance) -> DispatchResult {
		ensure!(!Records::<T>::contains_key(node), Error::<T>::RecordExists);

		let score = T::InitialScore::get().min(FULL_SCORE);
		Records::<T>::insert(node, TrackRecord { score, ..Default::default() });
		Self::deposit_event(Event::RecordCreated { node: *node, score });
		Ok(())
	}

	fn weight() -> Weight {
		T::WeightInfo::on_node_registered()
	}
}

impl<T: Config> Pallet<T> {
	/// By how many basis points `outcome` moves a score.
	fn score_delta(outcome: WorkOutcome) -> i64 {
		match outcome {
			WorkOutcome::ChallengePassed => i64::from(T::ChallengePassedReward::get()),
			WorkOutcome::ChallengesFailed(n) => {
				i64::from(T::ChallengeFailedPenalty::get()).saturating_mul(i64::from(n)).saturating_neg()
			}
			WorkOutcome::TaskCompleted => i64::from(T::TaskCompletedReward::get()),
			WorkOutcome::TaskFailed => i64::from(T::TaskFailedPenalty::get()).saturating_neg(),
			WorkOutcome::DisputeWon => i64::from(T::DisputeWonReward::get()),
			WorkOutcome::DisputeLost => i64::from(T::DisputeLostPenalty::get()).saturating_neg(),
		}
	}

	/// The one gate through which scores change: stores the record, remembers the change and says so.
	pub(crate) fn store_change(node: &NodeId, old: BasisPoints, record: TrackRecord, cause: ScoreCause) {
		let at = frame_system::Pallet::<T>::block_number();
		Records::<T>::insert(node, record);
		History::<T>::mutate(node, |history| {
			if history.is_full() && !history.is_empty() {
				history.remove(0);
			}
			// There is room now; `integrity_test` refuses a history without any.
			let _ = history.try_push(ScoreChange { at, cause, score: record.score });
		});
		Self::deposit_event(Event::ReputationChanged { node: *node, old, new: record.score, cause });
	}
}
