//! Heartbeats against a model that remembers everything.

use crate::{mock::*, *};
use frame_support::assert_ok;
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Step {
	Wait(u64),
	Beat,
	Activate,
	Deactivate,
}

fn step() -> impl Strategy<Value = Step> {
	prop_oneof![
		3 => (0..25u64).prop_map(Step::Wait),
		1 => (0..3_000u64).prop_map(Step::Wait),
		6 => Just(Step::Beat),
		1 => Just(Step::Activate),
		1 => Just(Step::Deactivate),
	]
}

/// The node's clock, and the clock's time at each heartbeat that was taken.
struct Model {
	period: u64,
	clock: u64,
	active: bool,
	beats: Vec<u64>,
	last_seen: Option<u64>,
}

impl Model {
	fn beat_in(&self, period: u64) -> bool {
		self.beats.iter().any(|beat| beat / self.period == period)
	}

	fn uptime(&self) -> u64 {
		let current = self.clock / self.period;
		let first = current.saturating_sub(128);
		let seen = (first..current).filter(|period| self.beat_in(*period)).count() as u64;
		(seen * 10_000).checked_div(current - first).unwrap_or(0)
	}

	fn next_heartbeat(&self, now: u64) -> Option<u64> {
		let current = self.clock / self.period;
		self.active.then(|| if self.beat_in(current) { now + (current + 1) * self.period - self.clock } else { now })
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(512))]
	#[test]
	fn uptime_is_what_a_model_that_remembers_everything_says(
		period in 1..20u64,
		steps in prop::collection::vec(step(), 1..200),
	) {
		build_and_execute(|| {
			HeartbeatPeriod::set(&period);
			let node = active();
			let mut model = Model { period, clock: 0, active: true, beats: vec![], last_seen: None };
			for step in steps {
				match step {
					Step::Wait(blocks) => {
						advance(blocks);
						model.clock += if model.active { blocks } else { 0 };
					},
					Step::Beat => {
						let taken = Registry::heartbeat(signed(ALICE), node);
						let expected = if !model.active {
							Err(Error::<Test>::NotActive.into())
						} else if model.beat_in(model.clock / period) {
							Err(Error::<Test>::HeartbeatTooSoon.into())
						} else {
							model.beats.push(model.clock);
							model.last_seen = Some(System::block_number());
							Ok(())
						};
						assert_eq!(taken, expected);
					},
					Step::Activate => {
						assert_eq!(Registry::activate_node(signed(ALICE), node).is_ok(), !model.active);
						model.active = true;
					},
					Step::Deactivate => {
						assert_eq!(Registry::deactivate_node(signed(ALICE), node).is_ok(), model.active);
						model.active = false;
					},
				}
				assert_eq!(u64::from(Registry::uptime(&node)), model.uptime());
				assert_eq!(Registry::last_seen(&node), model.last_seen);
				assert_eq!(Registry::next_heartbeat(&node), model.next_heartbeat(System::block_number()));
				assert_ok!(Registry::do_try_state());
			}
		});
	}

	#[test]
	fn a_clock_read_often_is_a_clock_read_once(
		period in 0..50u64,
		waits in prop::collection::vec(0..500u64, 1..50),
		window: u128,
		seen_in_current: bool,
	) {
		let mut often = LivenessRecord { window, full_periods: 200, seen_in_current, ..Default::default() };
		often.start(0);
		let mut once = often;
		let mut now = 0;
		for wait in waits {
			now += wait;
			often.advance(now, period);
		}
		once.advance(now, period);
		assert_eq!(often, once);
		assert!(once.uptime() <= 10_000);
	}

	#[test]
	fn a_clock_does_not_overflow(
		into_current: u32, from: u32, now: u32, period: u32, full_periods: u32, window: u128, seen_in_current: bool,
	) {
		let mut liveness = LivenessRecord {
			window, full_periods, seen_in_current, into_current, counted_to: Some(from), last_seen: None,
		};
		liveness.advance(now, period);
		assert!(liveness.full_periods >= full_periods);
		assert!(liveness.into_current < period.max(1));
		assert!(liveness.uptime() <= 10_000);
		assert!(liveness.next_heartbeat(now, period).is_some_and(|next| next >= now));
	}
}
