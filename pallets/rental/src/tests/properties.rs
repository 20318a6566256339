//! Random lives of rentals: whatever happens in whatever order, every unit is accounted for.

use crate::{mock::*, types::cost_down, HourlyRate, NextRentalId, RentalStatus, Rentals};
use frame_support::storage::with_storage_layer;
use gpu_chain_primitives::{Award, Disputable, EscrowKey, NodeStatus};
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Act {
	Book { who: AccountId, gpu: u16, lead: u64, duration: u64, prepaid: bool },
	Confirm(u64),
	Prove(u64),
	Extend(u64, u64),
	End(AccountId, u64),
	Cancel(AccountId, u64),
	Close(u64),
	Dispute(u64),
	Judge(u64, u8, u8),
	Remove(u64),
	Pass(u64),
	Power(bool),
	Ban(bool),
}

fn acts() -> impl Strategy<Value = Act> {
	let who = prop_oneof![Just(RENTER), Just(OTHER_RENTER), Just(PROVIDER), Just(ANYBODY)];
	let id = 0u64..8;
	prop_oneof![
		4 => (who.clone(), 0u16..5, 0u64..3 * HOUR, 0u64..3 * HOUR, any::<bool>())
			.prop_map(|(who, gpu, lead, duration, prepaid)| Act::Book { who, gpu, lead, duration, prepaid }),
		4 => id.clone().prop_map(Act::Confirm),
		6 => id.clone().prop_map(Act::Prove),
		2 => (id.clone(), 0u64..2 * HOUR).prop_map(|(id, more)| Act::Extend(id, more)),
		2 => (who.clone(), id.clone()).prop_map(|(who, id)| Act::End(who, id)),
		1 => (who, id.clone()).prop_map(|(who, id)| Act::Cancel(who, id)),
		2 => id.clone().prop_map(Act::Close),
		1 => id.clone().prop_map(Act::Dispute),
		2 => (id.clone(), any::<u8>(), any::<u8>()).prop_map(|(id, a, b)| Act::Judge(id, a, b)),
		1 => id.prop_map(Act::Remove),
		6 => (0u64..40 * MINUTE).prop_map(Act::Pass),
		1 => any::<bool>().prop_map(Act::Power),
		1 => (0u8..8).prop_map(|n| Act::Ban(n == 0)),
	]
}

fn perform(act: Act) {
	// Whether it is refused is the business of other tests; here only what it leaves behind counts.
	let _ = with_storage_layer(|| match act {
		Act::Book { who, gpu, lead, duration, prepaid } => {
			let account = prepaid.then_some(SPONSOR);
			Rental::book(origin(who), NODE, gpus(&[gpu]), Some(Now::get() + lead), duration, KEY, account)
		}
		Act::Confirm(id) => Rental::confirm_start(origin(PROVIDER), id, access()),
		Act::Prove(id) => Rental::prove(origin(PROVIDER), id),
		Act::Extend(id, more) => {
			let renter = Rentals::<Test>::get(id).map_or(ANYBODY, |rental| rental.renter);
			Rental::extend(origin(renter), id, more)
		}
		Act::End(who, id) => Rental::end_rental(origin(who), id),
		Act::Cancel(who, id) => Rental::cancel_booking(origin(who), id),
		Act::Close(id) => Rental::close(origin(ANYBODY), id).map(|_| ()).map_err(|error| error.error),
		Act::Dispute(id) => Rental::dispute_rental(origin(RENTER), id, Default::default()),
		Act::Judge(id, a, b) => {
			let amount = Rental::disputed(EscrowKey::Rental(id)).map_or(0, |deal| deal.amount);
			let arbitration = amount / 50;
			let provider = (amount - arbitration) * u128::from(a) / 255;
			let fee = (amount - arbitration - provider) * u128::from(b) / 255;
			let award = Award { provider, fee, refund: amount - arbitration - provider - fee, arbitration };
			Rental::close_disputed(EscrowKey::Rental(id), award, &JUDGE).map(|_| ())
		}
		Act::Remove(id) => Rental::remove_rental(origin(RENTER), id),
		Act::Pass(time) => {
			pass(time);
			Ok(())
		}
		Act::Power(on) => {
			set_node(NODE, |node| node.power = u128::from(on));
			Ok(())
		}
		Act::Ban(on) => {
			set_node(NODE, |node| node.status = if on { NodeStatus::Slashed } else { NodeStatus::Active });
			Ok(())
		}
	});
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(64))]

	/// `paid + fee + refund + arbitration` is what was held, at any price, one unit an hour included, and whatever happens.
	#[test]
	fn every_unit_is_accounted_for(
		rates in prop::collection::vec(prop_oneof![Just(1u128), 1u128..10_000, 1u128..10_000_000], 4),
		native in any::<bool>(),
		acts in prop::collection::vec(acts(), 1..120),
	) {
		new_test_ext().execute_with(|| {
			let asset = if native { Asset::Native } else { Asset::Token };
			for (gpu, rate) in rates.into_iter().enumerate() {
				let rate = HourlyRate::Amount(rate);
				let listed = Rental::list_gpu(origin(PROVIDER), NODE, gpu as u16, asset, rate, MINUTE, 24 * HOUR);
				assert_eq!(listed, Ok(()));
			}
			Allowance::put(1_000_000);
			for act in acts {
				perform(act.clone());
				check_everything();
				for id in 0..NextRentalId::<Test>::get() {
					let Some(rental) = Rental::rental(id) else { continue };
					// What is earned never passes what the proven time costs.
					if let RentalStatus::Ended(reason) = rental.status {
						let paid = settlement(id);
						let sum = paid.provider + paid.fee + paid.refund + paid.arbitration;
						assert_eq!(sum, rental.price, "{reason:?}");
						let fair = cost_down(rental.hourly_rate, rental.proven).unwrap();
						let by_clock = !matches!(
							reason,
							crate::EndReason::Judged | crate::EndReason::CancelledByRenter
						);
						assert!(!by_clock || paid.provider + paid.fee == fair.min(rental.price), "{reason:?}");
					}
				}
			}
		});
	}

	/// The most that an amount can be takes part in everything a small one does.
	#[test]
	fn the_largest_prices_neither_overflow_nor_lose_anything(rate in Balance::MAX / 1_000_000..Balance::MAX, time in 1u64..HOUR) {
		let (down, up) = (cost_down(rate, time), crate::types::cost_up(rate, time));
		match (down, up) {
			(Some(down), Some(up)) => prop_assert!(up - down <= 1),
			(down, None) => prop_assert!(down.is_none() || down == Some(Balance::MAX)),
			(None, Some(_)) => prop_assert!(false, "rounding down overflowed and rounding up did not"),
		}
	}
}
