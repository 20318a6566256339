use crate::{mock::*, Phase};
use frame_support::assert_ok;

#[test]
fn a_quote_is_what_a_booking_then_costs() {
	build_and_execute(|| {
		list_all(Asset::Token);
		let quote = Rental::quote(&NODE, &gpus(&[0, 1, 3]), 90 * MINUTE);
		assert_ok!(try_book(RENTER, &[0, 1, 3], None, 90 * MINUTE));
		assert_eq!(quote, Some((Asset::Token, rental(0).price)));
		assert_eq!(Rental::quote(&NODE, &gpus(&[9]), HOUR), None);
		assert_eq!(Rental::quote(&NODE, &gpus(&[0]), 0), None);
	});
}

#[test]
fn the_rules_are_those_that_apply() {
	build_and_execute(|| {
		let rules = Rental::rules();
		assert_eq!((rules.confirm_window, rules.grace, rules.proof_interval), (15 * MINUTE, 10 * MINUTE, 5 * MINUTE));
		Grace::set(MINUTE);
		assert_eq!(Rental::rules().grace, MINUTE);
	});
}

#[test]
fn lists_are_paged_to_their_ends() {
	build_and_execute(|| {
		list_all(Asset::Native);
		for n in 0..7 {
			assert_ok!(try_book(RENTER, &[0], Some(BEGIN + n * 2 * HOUR), HOUR));
		}
		type Get = fn(Option<u64>) -> gpu_chain_primitives::Page<u64, u64>;
		let lists: [Get; 2] = [
			|cursor| Rental::rentals_by_renter(&RENTER, cursor, 3),
			|cursor| Rental::rentals_by_node(&NODE, cursor, 3),
		];
		for list in lists {
			let (mut all, mut cursor) = (Vec::new(), None);
			loop {
				let page = list(cursor);
				all.extend(page.items);
				cursor = page.next;
				if cursor.is_none() {
					break;
				}
			}
			all.sort();
			assert_eq!(all, [0, 1, 2, 3, 4, 5, 6]);
		}
		assert!(Rental::rentals_by_renter(&ANYBODY, None, 3).items.is_empty());

		let first = Rental::listings(&NODE, None, 3);
		let second = Rental::listings(&NODE, first.next, 3);
		let mut indices: Vec<_> = first.items.into_iter().chain(second.items).map(|(gpu, _)| gpu).collect();
		indices.sort();
		assert_eq!((indices, second.next), (vec![0, 1, 2, 3], None));
		assert_eq!(Rental::schedule(&NODE, 0).len(), 7);
		assert_eq!(Rental::listing(&NODE, 1), Rental::listing(&NODE, 0));
	});
}

#[test]
fn the_phase_follows_the_clock() {
	build_and_execute(|| {
		let id = booked();
		assert_eq!(Rental::phase(id), Some(Phase::Booked));
		pass(2 * HOUR);
		assert_ok!(Rental::confirm_start(origin(PROVIDER), id, access()));
		for (wait, phase) in
			[(0, Phase::Running), (HOUR - 1, Phase::Running), (1, Phase::Paused), (10 * MINUTE, Phase::RanOut)]
		{
			pass(wait);
			assert_eq!(Rental::phase(id), Some(phase));
		}
		assert_ok!(Rental::close(origin(ANYBODY), id));
		assert_eq!(Rental::phase(id), Some(Phase::Ended));
		assert_eq!(Rental::phase(id + 1), None);
	});
}
