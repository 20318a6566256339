//! Calls about rentals.

use super::*;
use pallet_rental::{Call as Rent, HourlyRate, Phase};

impl Fuzzer {
	/// One call about rentals.
	pub fn next_rental(&mut self) -> (&'static str, AccountId, RuntimeCall) {
		match self.rng.gen_range(0..14) {
			0 => {
				let active = ProviderRegistry::active_nodes(ResourceType::Cpu, None, 64).items;
				let node = *active.choose(&mut self.rng).unwrap_or(&H256::zero());
				let rate = match self.rng.gen_ratio(1, 4) {
					true => HourlyRate::Usd(self.rng.gen_range(0..10_000_000)),
					false => HourlyRate::Amount(self.amount()),
				};
				let list = Rent::list_gpu {
					node,
					gpu: self.rng.gen_range(0..2),
					asset: self.asset(),
					rate,
					min_duration: 0,
					max_duration: self.rng.gen_range(0..100_000),
				};
				("list_gpu", self.owner(&node), list.into())
			}
			1..=3 => {
				let listed: Vec<_> = pallet_rental::Listings::<Runtime>::iter_keys().collect();
				let (node, gpu) = *listed.choose(&mut self.rng).unwrap_or(&(H256::zero(), 0));
				let lead = self.rng.gen_range(0..20_000);
				let (owner, spender, _) = self.allowance();
				let (who, prepaid_account) = match self.rng.gen_range(0..6) {
					0 => (spender, Some(owner)),
					1 => (owner.clone(), Some(owner)),
					2 => (self.anybody(), Some(self.anybody())),
					_ => (self.anybody(), None),
				};
				let book = Rent::book {
					node,
					gpus: vec![gpu].try_into().expect("one is few"),
					start: self.rng.gen::<bool>().then(|| Timestamp::get() + lead),
					duration: self.rng.gen_range(0..12_000),
					encryption_key: [7; 32],
					prepaid_account: prepaid_account.clone(),
				};
				(if prepaid_account.is_some() { "book prepaid" } else { "book" }, who, book.into())
			}
			4 | 5 => {
				let rental_id = self.rental(Some(RentalStatus::Booked));
				let access = vec![1; if self.rng.gen_ratio(9, 10) { 64 } else { 5 }].try_into().expect("short enough");
				("confirm_start", self.rental_party(rental_id, true), Rent::confirm_start { rental_id, access }.into())
			}
			6 | 7 => {
				let rental_id = self.rental(Some(RentalStatus::Active));
				// Without an answer to the newest round there is nothing to prove by.
				if let Some(rental) = Rental::rental(rental_id).filter(|_| self.rng.gen_ratio(4, 5)) {
					if let Some((round, nonces)) = proof(&rental.node, 500) {
						let _ = call(&rental.provider, submit_proof_call(rental.node, round, nonces));
					}
				}
				("prove", self.rental_party(rental_id, true), Rent::prove { rental_id }.into())
			}
			8 => {
				let rental_id = self.rental(Some(RentalStatus::Active));
				let more = self.rng.gen_range(0..4_000);
				("extend", self.rental_party(rental_id, false), Rent::extend { rental_id, more }.into())
			}
			9 => {
				let rental_id = self.rental(Some(RentalStatus::Active));
				let provider = self.rng.gen();
				("end_rental", self.rental_party(rental_id, provider), Rent::end_rental { rental_id }.into())
			}
			10 => {
				let rental_id = self.rental(Some(RentalStatus::Booked));
				let provider = self.rng.gen();
				("cancel_booking", self.rental_party(rental_id, provider), Rent::cancel_booking { rental_id }.into())
			}
			11 => {
				let over: Vec<u64> = pallet_rental::Rentals::<Runtime>::iter_keys()
					.filter(|id| matches!(Rental::phase(*id), Some(Phase::Missed | Phase::RanOut)))
					.collect();
				let rental_id = over.choose(&mut self.rng).copied().unwrap_or_else(|| self.rental(None));
				("close", self.anybody(), Rent::close { rental_id }.into())
			}
			12 if self.rng.gen_ratio(1, 3) => {
				let rental_id = self.rental(Some(RentalStatus::Active));
				let dispute = Rent::dispute_rental { rental_id, reason: bounded("bad") };
				("dispute_rental", self.rental_party(rental_id, false), dispute.into())
			}
			12 => {
				let listed: Vec<_> = pallet_rental::Listings::<Runtime>::iter_keys().collect();
				let (node, gpu) = *listed.choose(&mut self.rng).unwrap_or(&(H256::zero(), 0));
				("unlist_gpu", self.owner(&node), Rent::unlist_gpu { node, gpu }.into())
			}
			_ => {
				let rental_id = self.rental(None);
				("remove_rental", self.rental_party(rental_id, false), Rent::remove_rental { rental_id }.into())
			}
		}
	}
}
