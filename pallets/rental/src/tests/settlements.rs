//! The worked examples of docs/market/rentals.md: an hour of one accelerator at 7,200 an hour, with ten minutes of grace.

use crate::{mock::*, EndReason};
use frame_support::assert_ok;
use gpu_chain_primitives::Settlement;

fn paid(provider: Balance, fee: Balance, refund: Balance) -> Settlement<Balance> {
	Settlement { provider, fee, refund, arbitration: 0 }
}

#[test]
fn served_to_the_end_and_ended_in_time() {
	build_and_execute(|| {
		let id = active();
		serve(id, HOUR);
		assert_ok!(Rental::end_rental(origin(RENTER), id));
		assert_eq!(settlement(id), paid(6_624, 576, 1_200));
	});
}

#[test]
fn served_to_the_end_and_left_to_run_out() {
	build_and_execute(|| {
		let id = active();
		serve(id, HOUR + 10 * MINUTE);
		assert_ok!(Rental::close(origin(ANYBODY), id));
		assert_eq!((ended(id), settlement(id)), (Some(EndReason::RanOut), paid(7_728, 672, 0)));
	});
}

#[test]
fn the_provider_was_gone_for_half_an_hour() {
	build_and_execute(|| {
		let id = active();
		serve(id, 20 * MINUTE);
		pass(30 * MINUTE);
		// The first proof afterwards covers five of the thirty minutes.
		assert_ok!(Rental::prove(origin(PROVIDER), id));
		serve(id, 10 * MINUTE);
		assert_ok!(Rental::end_rental(origin(RENTER), id));
		assert_eq!(rental(id).proven, 35 * MINUTE);
		assert_eq!(settlement(id), paid(3_864, 336, 4_200));
	});
}

#[test]
fn ended_after_twenty_minutes() {
	build_and_execute(|| {
		let id = active();
		serve(id, 20 * MINUTE);
		assert_ok!(Rental::end_rental(origin(RENTER), id));
		assert_eq!(settlement(id), paid(2_208, 192, 6_000));
	});
}

#[test]
fn extended_by_an_hour() {
	build_and_execute(|| {
		let id = active();
		serve(id, 30 * MINUTE);
		assert_ok!(Rental::extend(origin(RENTER), id, HOUR));
		serve(id, 90 * MINUTE);
		assert_ok!(Rental::end_rental(origin(RENTER), id));
		assert_eq!(settlement(id), paid(13_248, 1_152, 1_200));
	});
}

#[test]
fn not_confirmed() {
	build_and_execute(|| {
		let id = booked_in(0, Asset::Native);
		pass(15 * MINUTE + 1);
		assert_ok!(Rental::close(origin(ANYBODY), id));
		assert_eq!((ended(id), settlement(id)), (Some(EndReason::NoShow), paid(0, 0, 8_400)));
	});
}

#[test]
fn cancelled_in_time_late_and_because_nobody_came() {
	for (lead, wait, lost) in [
		(2 * HOUR, HOUR, paid(0, 0, 8_400)),
		// A tenth of the window's price, not of the grace's.
		(2 * HOUR, HOUR + 1, paid(663, 57, 7_680)),
		(0, MINUTE, paid(0, 0, 8_400)),
	] {
		build_and_execute(|| {
			let id = booked_in(lead, Asset::Token);
			pass(wait);
			assert_ok!(Rental::cancel_booking(origin(RENTER), id));
			assert_eq!((ended(id), settlement(id)), (Some(EndReason::CancelledByRenter), lost));
		});
	}
}

#[test]
fn cancelled_late_although_it_was_confirmed() {
	build_and_execute(|| {
		let id = booked_in(10 * MINUTE, Asset::Native);
		assert_ok!(Rental::confirm_start(origin(PROVIDER), id, access()));
		assert_ok!(Rental::cancel_booking(origin(RENTER), id));
		assert_eq!(settlement(id), paid(663, 57, 7_680));
	});
}

#[test]
fn cancelled_by_the_provider() {
	build_and_execute(|| {
		let id = booked_in(10 * MINUTE, Asset::Native);
		assert_ok!(Rental::cancel_booking(origin(PROVIDER), id));
		assert_eq!((ended(id), settlement(id)), (Some(EndReason::CancelledByProvider), paid(0, 0, 8_400)));
	});
}
