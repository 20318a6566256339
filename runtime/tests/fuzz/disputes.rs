//! Calls about disputes.

use super::*;
use pallet_disputes::{Call as Judge, DisputePhase, Verdict};
use sp_runtime::Permill;

impl Fuzzer {
	/// A dispute that stands so, or any.
	fn dispute(&mut self, wanted: &[DisputePhase]) -> u64 {
		let disputes: Vec<u64> = pallet_disputes::Disputes::<Runtime>::iter_keys()
			.filter(|id| Disputes::phase(*id).is_some_and(|phase| wanted.contains(&phase)))
			.collect();
		match disputes.choose(&mut self.rng) {
			Some(dispute) if self.rng.gen_ratio(19, 20) => *dispute,
			_ => self.rng.gen_range(0..50),
		}
	}

	/// One call about disputes.
	pub fn next_dispute(&mut self) -> (&'static str, AccountId, RuntimeCall) {
		match self.rng.gen_range(0..12) {
			0 | 1 => {
				let dispute = self.dispute(&[DisputePhase::Evidence]);
				let deal = Disputes::dispute(dispute).map(|dispute| dispute.deal);
				let who = match deal {
					Some(deal) if self.rng.gen_ratio(9, 10) => {
						[deal.buyer, deal.provider][self.rng.gen_range(0..2)].clone()
					}
					_ => self.anybody(),
				};
				("submit_evidence", who, Judge::submit_evidence { dispute, uri: bounded("ipfs://x") }.into())
			}
			2..=5 => {
				let dispute = self.dispute(&[DisputePhase::Voting]);
				let verdict = match self.rng.gen_range(0..6) {
					0 | 1 => Verdict::Buyer { misuse: self.rng.gen_ratio(1, 8) },
					2 | 3 => Verdict::Provider,
					_ => Verdict::Split { buyer_share: Permill::from_parts(self.rng.gen_range(0..=1_000_000)) },
				};
				("vote", self.anybody(), Judge::vote { dispute, verdict }.into())
			}
			6..=8 => {
				let ripe = [DisputePhase::Decided, DisputePhase::NoQuorum, DisputePhase::Expired];
				let dispute = self.dispute(&ripe);
				("conclude", self.anybody(), Judge::conclude { dispute }.into())
			}
			9 => {
				let dispute = self.dispute(&[DisputePhase::Closed]);
				let voter = Disputes::ballots(dispute).choose(&mut self.rng).map(|ballot| ballot.arbitrator.clone());
				let who = voter.unwrap_or_else(|| self.anybody());
				("claim_fee", who, Judge::claim_fee { dispute }.into())
			}
			10 => {
				let dispute = self.dispute(&[DisputePhase::Closed]);
				("claim_bond", self.anybody(), Judge::claim_bond { dispute }.into())
			}
			_ => {
				let dispute = self.dispute(&[DisputePhase::Closed]);
				let buyer = Disputes::dispute(dispute).map(|dispute| dispute.deal.buyer);
				let who = buyer.unwrap_or_else(|| self.anybody());
				("remove_dispute", who, Judge::remove_dispute { dispute }.into())
			}
		}
	}
}
