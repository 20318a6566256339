//! How large batches are, when a device rests, and how long a failed one is left alone.

use std::time::Duration;

/// How long a batch should take. Two are under way, and a search that is cancelled waits for both: below 50 ms.
const GOAL: Duration = Duration::from_millis(20);
/// The fewest nonces of a batch.
const FEWEST: u64 = 1 << 14;
/// The most: beyond, batches would be longer than the counters of any device are wide.
const MOST: u64 = 1 << 36;
/// A batch is at most so many times as large as the one before: one odd measurement must not make a batch of minutes.
const GROWTH: u64 = 4;
/// A paused device begins again so many degrees below the limit.
const COOLER: f64 = 8.0;

/// Finds the batch size that takes [`GOAL`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
	next: u64,
}

impl Default for Pace {
	fn default() -> Self {
		Self { next: 1 << 20 }
	}
}

impl Pace {
	/// The nonces of the next batch, so few that `room` candidates are not likely to be exceeded at `limit`.
	pub(crate) fn batch(&self, limit: u64, room: u64) -> u64 {
		// Of `count` nonces `count · (limit + 1) / 2^64` are candidates. A quarter of the room: four times as many never come.
		let fits = (u128::from(room.max(1)) << 62) / (u128::from(limit) + 1);
		u64::try_from(fits).unwrap_or(u64::MAX).max(1).min(self.next)
	}

	/// Learns from a whole batch of `count` nonces.
	pub(crate) fn observe(&mut self, count: u64, took: Duration) {
		// Small batches are all overhead, and a clock that stood still or leapt says nothing.
		if count < self.next / 2 || took < Duration::from_micros(20) || took > Duration::from_secs(30) {
			if count >= self.next / 2 && took < Duration::from_micros(20) {
				self.next = self.next.saturating_mul(GROWTH).min(MOST);
			}
			return;
		}
		let ideal = u128::from(count) * GOAL.as_nanos() / took.as_nanos().max(1);
		let ideal = u64::try_from(ideal).unwrap_or(u64::MAX);
		self.next = ideal.min(self.next.saturating_mul(GROWTH)).clamp(FEWEST, MOST);
	}
}

/// How long a device that is to work `intensity` percent of its time rests after work that took so long.
pub(crate) fn rest(took: Duration, intensity: u8) -> Duration {
	let rest = took.as_secs_f64() * (100.0 / f64::from(intensity.clamp(1, 100)) - 1.0);
	Duration::try_from_secs_f64(rest).unwrap_or_default()
}

/// Whether a device counts as too hot, °C: from the limit on, and until it is well below again.
pub(crate) fn is_hot(was: bool, temperature: f64, limit: f64) -> bool {
	if was {
		temperature > limit - COOLER
	} else {
		temperature >= limit
	}
}

/// The pause after a device's `failures`-th fault in a row: 1 s, 2 s, … 5 min.
pub(crate) fn back_off(first: Duration, longest: Duration, failures: u32) -> Duration {
	first.saturating_mul(1 << failures.saturating_sub(1).min(20)).min(longest)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn batches_should_come_to_take_their_time() {
		let mut pace = Pace::default();
		// Four thousand million a second.
		for _ in 0..20 {
			let batch = pace.batch(0, 1_024);
			pace.observe(batch, Duration::from_nanos(batch / 4));
		}
		assert_eq!(pace.batch(0, 1_024), 80_000_000);
		// And a thousand times slower at once.
		pace.observe(80_000_000, Duration::from_secs(20));
		assert_eq!(pace.batch(0, 1_024), 80_000);
	}

	#[test]
	fn a_clock_that_stands_or_leaps_should_change_little() {
		let mut pace = Pace::default();
		let before = pace.batch(0, 1);
		pace.observe(before, Duration::from_secs(86_400));
		assert_eq!(pace.batch(0, 1), before);
		pace.observe(before, Duration::ZERO);
		assert_eq!(pace.batch(0, 1), before * GROWTH);
		for _ in 0..100 {
			pace.observe(pace.batch(0, 1), Duration::ZERO);
		}
		assert_eq!(pace.batch(0, 1), MOST);
		pace.observe(MOST, Duration::from_secs(29));
		assert!(pace.batch(0, 1) >= FEWEST);
		pace.observe(3, Duration::from_secs(1));
		assert!(pace.batch(0, 1) >= FEWEST, "a small batch says nothing");
	}

	#[test]
	fn easy_targets_should_make_small_batches() {
		let pace = Pace::default();
		assert_eq!(pace.batch(u64::MAX, 1_024), 256);
		assert_eq!(pace.batch(u64::MAX, 1), 1);
		assert_eq!(pace.batch(u64::MAX >> 2, 1_024), 1_024);
		assert_eq!(pace.batch(0, 1_024), 1 << 20);
	}

	#[test]
	fn pauses_should_double_up_to_the_longest() {
		let pause = |failures| back_off(Duration::from_secs(1), Duration::from_secs(300), failures).as_secs();
		assert_eq!([0, 1, 2, 3, 9, 10, u32::MAX].map(pause), [1, 1, 2, 4, 256, 300, 300]);
	}
}
