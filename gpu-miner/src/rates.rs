//! Hash rates over sliding windows.

use std::{
	collections::VecDeque,
	sync::{
		atomic::{AtomicU64, Ordering},
		Arc, Mutex, PoisonError,
	},
	time::{Duration, Instant},
};

/// The windows over which rates are shown: 10 s, 60 s, 15 min.
pub const WINDOWS: [Duration; 3] = [Duration::from_secs(10), Duration::from_secs(60), Duration::from_secs(900)];

/// Counts hashes and tells how many there were a second. Clones count together.
#[derive(Clone, Debug)]
pub struct Meter {
	inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
	total: AtomicU64,
	/// (when, total then), one a second, the oldest first.
	samples: Mutex<VecDeque<(Instant, u64)>>,
}

impl Default for Meter {
	fn default() -> Self {
		Self::starting_at(Instant::now())
	}
}

impl Meter {
	fn starting_at(now: Instant) -> Self {
		Self { inner: Arc::new(Inner { total: AtomicU64::new(0), samples: Mutex::new([(now, 0)].into()) }) }
	}

	/// Adds hashes that were done.
	pub fn add(&self, hashes: u64) {
		self.inner.total.fetch_add(hashes, Ordering::Relaxed);
	}

	/// Hashes since the start.
	pub fn total(&self) -> u64 {
		self.inner.total.load(Ordering::Relaxed)
	}

	/// Takes a sample. To be called about once a second.
	pub fn sample(&self, now: Instant) {
		let total = self.total();
		let mut samples = self.inner.samples.lock().unwrap_or_else(PoisonError::into_inner);
		samples.push_back((now, total));
		let longest = WINDOWS[WINDOWS.len() - 1];
		// One sample beyond the window stays, so that the window is always covered.
		while samples.len() > 2 && now.duration_since(samples[1].0) >= longest {
			samples.pop_front();
		}
	}

	/// Hashes per second over the last `window`, or since the start if that is shorter. Zero, never missing.
	pub fn rate(&self, window: Duration, now: Instant) -> f64 {
		let samples = self.inner.samples.lock().unwrap_or_else(PoisonError::into_inner);
		let since =
			samples.iter().rev().find(|(when, _)| now.duration_since(*when) >= window).or_else(|| samples.front());
		let Some((when, total)) = since else { return 0.0 };
		let seconds = now.duration_since(*when).as_secs_f64();
		if seconds <= 0.0 {
			return 0.0;
		}
		self.total().saturating_sub(*total) as f64 / seconds
	}
}

/// A rate for people: `1.23 MH/s`.
pub fn show_rate(hashes_per_second: f64) -> String {
	let units = [(1e12, "TH/s"), (1e9, "GH/s"), (1e6, "MH/s"), (1e3, "kH/s")];
	for (size, unit) in units {
		if hashes_per_second >= size {
			return format!("{:.2} {unit}", hashes_per_second / size);
		}
	}
	format!("{hashes_per_second:.0} H/s")
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn rates_follow_their_windows() {
		let start = Instant::now();
		let meter = Meter::starting_at(start);
		// A minute at 100 a second, then ten seconds at 1,000.
		for second in 1..=70u64 {
			meter.add(if second <= 60 { 100 } else { 1_000 });
			meter.sample(start + Duration::from_secs(second));
		}
		let now = start + Duration::from_secs(70);
		assert_eq!(meter.rate(WINDOWS[0], now), 1_000.0);
		assert_eq!(meter.rate(WINDOWS[1], now), (50.0 * 100.0 + 10_000.0) / 60.0);
		assert_eq!(meter.rate(WINDOWS[2], now), 16_000.0 / 70.0, "since the start");
		assert_eq!(meter.total(), 16_000);
	}

	#[test]
	fn an_idle_meter_shows_zero() {
		let start = Instant::now();
		let meter = Meter::starting_at(start);
		assert_eq!(meter.rate(WINDOWS[0], start), 0.0);
		meter.add(5);
		meter.sample(start + Duration::from_secs(1));
		meter.sample(start + Duration::from_secs(30));
		assert_eq!(meter.rate(WINDOWS[0], start + Duration::from_secs(30)), 0.0);
	}

	#[test]
	fn samples_do_not_grow_without_end() {
		let start = Instant::now();
		let meter = Meter::starting_at(start);
		for second in 1..=5_000u64 {
			meter.sample(start + Duration::from_secs(second));
		}
		assert!(meter.inner.samples.lock().unwrap().len() <= 902);
	}

	#[test]
	fn rates_are_readable() {
		assert_eq!(show_rate(0.0), "0 H/s");
		assert_eq!(show_rate(22_340_000.0), "22.34 MH/s");
		assert_eq!(show_rate(4.1e9), "4.10 GH/s");
	}
}
