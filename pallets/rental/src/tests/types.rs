use crate::types::*;
use proptest::prelude::*;

fn booking(start: Millis, end: Millis, rental_id: RentalId) -> Booking {
	Booking { start, end, rental_id }
}

#[test]
fn what_costs_something_is_rounded_up_when_it_is_held_and_down_when_it_is_earned() {
	for (rate, time, down, up) in [
		(1u128, 1, 0, 1),
		(1, MILLIS_PER_HOUR, 1, 1),
		(1, MILLIS_PER_HOUR + 1, 1, 2),
		(7_200, 1_000, 2, 2),
		(3_600_000, 1, 1, 1),
		(0, 5, 0, 0),
		(5, 0, 0, 0),
	] {
		assert_eq!((cost_down(rate, time), cost_up(rate, time)), (Some(down), Some(up)), "{rate} for {time}");
	}
	assert_eq!(cost_down(u128::MAX, MILLIS_PER_HOUR), Some(u128::MAX));
	assert_eq!(cost_up(u128::MAX, MILLIS_PER_HOUR + 1), None);
	assert_eq!(cost_down(u128::MAX, 2 * MILLIS_PER_HOUR), None);
	assert_eq!(cost_down(u64::MAX, u64::MAX), None);
}

#[test]
fn a_booking_is_extended_until_the_next() {
	let mut schedule = Schedule::default();
	assert_eq!(schedule.book(booking(0, 10, 1)), Ok(()));
	assert_eq!(schedule.book(booking(20, 30, 2)), Ok(()));
	assert_eq!(schedule.extend(1, 20), Ok(()));
	assert_eq!(schedule.extend(1, 21), Err(ScheduleError::Taken));
	assert_eq!(schedule.extend(2, u64::MAX), Ok(()));
	assert_eq!(schedule.extend(3, 5), Err(ScheduleError::NotBooked));
	schedule.release(3);
	schedule.release(2);
	assert_eq!(schedule.0.to_vec(), [booking(0, 20, 1)]);
}

proptest! {
	/// Against the plain sum, where that fits.
	#[test]
	fn costs_are_exact(rate in 0u128..1 << 90, time in 0u64..1 << 36) {
		let (hour, product) = (u128::from(MILLIS_PER_HOUR), rate * u128::from(time));
		prop_assert_eq!(cost_down(rate, time), Some(product / hour));
		prop_assert_eq!(cost_up(rate, time), Some(product.div_ceil(hour)));
	}

	/// Against every millisecond, one by one.
	#[test]
	fn a_schedule_is_what_a_calendar_of_milliseconds_is(
		bookings in prop::collection::vec((0u64..200, 1u64..20, any::<bool>(), 0u64..40), 1..120),
	) {
		let mut schedule = Schedule::default();
		let mut calendar = [None; 256];
		for (id, (start, length, book, other)) in bookings.into_iter().enumerate() {
			let id = id as u64;
			if book {
				let window = start as usize..(start + length) as usize;
				let free = calendar[window.clone()].iter().all(Option::is_none);
				let expected = match free {
					false => Err(ScheduleError::Taken),
					true if schedule.0.len() as u32 == MAX_BOOKINGS => Err(ScheduleError::Full),
					true => Ok(()),
				};
				prop_assert_eq!(schedule.book(booking(start, start + length, id)), expected);
				if expected.is_ok() {
					calendar[window].fill(Some(id));
				}
			} else {
				schedule.release(other);
				calendar.iter_mut().filter(|day| **day == Some(other)).for_each(|day| *day = None);
			}
			let taken: u64 = schedule.0.iter().map(|booking| booking.end - booking.start).sum();
			prop_assert_eq!(taken, calendar.iter().flatten().count() as u64);
			prop_assert!(schedule.0.windows(2).all(|pair| pair[0].end <= pair[1].start));
		}
	}
}
