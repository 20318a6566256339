use crate::{mock::*, EndReason, Error, Event, RentalStatus, Schedules};
use frame_support::{assert_noop, assert_ok};
use gpu_chain_primitives::{Award, Disputable, EscrowKey, OpenWork, Settlement};
use sp_runtime::DispatchError;

fn dispute(who: AccountId, id: u64) -> sp_runtime::DispatchResult {
	Rental::dispute_rental(origin(who), id, b"no such card".to_vec().try_into().unwrap())
}

#[test]
fn a_dispute_frees_the_accelerators_and_keeps_the_money_and_the_node() {
	build_and_execute(|| {
		let id = active();
		serve(id, 10 * MINUTE);
		assert_ok!(dispute(RENTER, id));
		assert_eq!(rental(id).status, RentalStatus::Disputed);
		assert_eq!(Schedules::<Test>::iter().count(), 0);
		assert!(Rental::has_open_work(&NODE));
		let deal = Rental::disputed(EscrowKey::Rental(id)).unwrap();
		assert_eq!((deal.buyer, deal.payer, deal.provider, deal.amount), (RENTER, RENTER, PROVIDER, 8_400));
		assert_eq!(HeardDisputes::get(), [(EscrowKey::Rental(id), deal)]);

		// Nobody moves it any more but the judge.
		for refused in [
			Rental::prove(origin(PROVIDER), id),
			Rental::end_rental(origin(RENTER), id),
			Rental::extend(origin(RENTER), id, HOUR),
			dispute(RENTER, id),
		] {
			assert_eq!(refused, Err(Error::<Test>::NotActive.into()));
		}
		pass(10 * HOUR);
		assert_noop!(Rental::close(origin(ANYBODY), id), Error::<Test>::NothingToClose);
		assert_noop!(Rental::cancel_booking(origin(RENTER), id), Error::<Test>::NotBooked);
	});
}

#[test]
fn a_verdict_ends_it_to_the_last_unit() {
	for asset in [Asset::Native, Asset::Token] {
		build_and_execute(|| {
			let id = active_in(asset);
			assert_ok!(dispute(RENTER, id));
			let award = Award { provider: 4_000, fee: 400, refund: 3_832, arbitration: 168 };
			let settled = Settlement { provider: 4_000, fee: 400, refund: 3_832, arbitration: 168 };
			assert_eq!(Rental::close_disputed(EscrowKey::Rental(id), award, &JUDGE), Ok(settled));
			assert_eq!((ended(id), settlement(id)), (Some(EndReason::Judged), settled));
			assert!(!Rental::has_open_work(&NODE) && Outcomes::get().is_empty());
			System::assert_last_event(
				Event::RentalEnded {
					rental_id: id,
					reason: EndReason::Judged,
					proven: 0,
					payout: 4_000,
					fee: 400,
					refund: 3_832,
				}
				.into(),
			);
		});
	}
}

#[test]
fn a_verdict_should_fail_where_there_is_no_dispute_or_it_does_not_add_up() {
	build_and_execute(|| {
		let id = active();
		let close =
			|key, award| frame_support::storage::with_storage_layer(|| Rental::close_disputed(key, award, &JUDGE));
		let key = EscrowKey::Rental(id);
		assert_noop!(close(key, Award::default()), Error::<Test>::NotDisputed);
		assert_noop!(close(EscrowKey::Rental(id + 1), Award::default()), Error::<Test>::RentalNotFound);
		assert_noop!(close(EscrowKey::Task(id), Award::default()), Error::<Test>::RentalNotFound);
		assert_eq!(Rental::disputed(key), None);
		assert_eq!(Rental::disputed(EscrowKey::Task(id)), None);
		assert_ok!(dispute(RENTER, id));
		assert_noop!(close(key, Award::default()), DispatchError::Other("the parts are not what is held"));
	});
}

#[test]
fn disputing_should_fail_for_others_and_out_of_turn() {
	build_and_execute(|| {
		let id = booked_in(0, Asset::Native);
		assert_noop!(dispute(RENTER, id), Error::<Test>::NotActive);
		assert_noop!(dispute(RENTER, id + 1), Error::<Test>::RentalNotFound);
		assert_ok!(Rental::confirm_start(origin(PROVIDER), id, access()));
		assert_noop!(dispute(PROVIDER, id), Error::<Test>::NotRenter);
		DisputeHookFails::set(true);
		assert_noop!(dispute(RENTER, id), DispatchError::Other("the judge refuses"));
	});
}
