//! What a price is, and the arithmetic of its average. Knows no Config.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use gpu_chain_primitives::usd::PicoUsd;
use scale_info::TypeInfo;
use sp_core::U256;
use sp_runtime::Permill;

/// Milliseconds: a moment since 1970, or a length of time.
pub type Millis = u64;

/// The highest price that is believed: a trillion dollars for one whole unit.
pub const MAX_PRICE: PicoUsd = 1_000_000_000_000_000_000_000_000;

/// What one whole unit of a currency is worth, and was on average.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Price {
	/// The newest median of the feeders' prices, pico-dollars a whole unit.
	pub median: PicoUsd,
	/// As old as this are the values of which that is the median, ms since 1970.
	pub stamp: Millis,
	/// When it was noted, ms since 1970.
	pub since: Millis,
	/// The time-weighted average of the medians until `since`, pico-dollars a whole unit.
	pub average: PicoUsd,
}

impl Price {
	/// The first price, or the first after a time without one: the average begins with it.
	pub fn first(median: PicoUsd, stamp: Millis, now: Millis) -> Self {
		Self { median, stamp, since: now, average: median }
	}

	/// The price that follows on this one at `now`.
	pub fn followed_by(&self, median: PicoUsd, stamp: Millis, now: Millis, window: Millis) -> Self {
		Self { median, stamp, since: now, average: self.average_at(now, window) }
	}

	/// The average at `now`: the median has stood since it was noted, and counts with that time's share of the window. So it
	/// weighs each price with how long it stood and forgets those of long ago; a price that stands for a whole window is the
	/// average. Rounded towards the average of before; always between that and the median.
	pub fn average_at(&self, now: Millis, window: Millis) -> PicoUsd {
		let stood = now.saturating_sub(self.since);
		if stood >= window {
			return self.median;
		}
		let way = U256::from(self.median.abs_diff(self.average));
		// Less than `way`, which fits; the window is not zero, or it would have been over.
		let moved = (way * U256::from(stood) / U256::from(window)).low_u128();
		if self.median > self.average {
			self.average.saturating_add(moved)
		} else {
			self.average.saturating_sub(moved)
		}
	}

	/// Whether its values are at most `max_age` old at `now`.
	pub fn is_fresh(&self, now: Millis, max_age: Millis) -> bool {
		now.saturating_sub(self.stamp) <= max_age
	}

	/// Whether the median is no further from `average` than that share of the average.
	pub fn is_steady(&self, average: PicoUsd, max_deviation: Permill) -> bool {
		max_deviation == Permill::one() || self.median.abs_diff(average) <= max_deviation.mul_floor(average)
	}
}

/// Whether a price may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum PriceStatus {
	/// It is in use.
	Fresh,
	/// A test chain's first price, in use until the feeders have given one.
	Initial,
	/// Too few feeders have given a price lately.
	Stale,
	/// It is too far from its average: it is used when the average has followed, or it has come back.
	Unsteady,
}

/// A price as clients are shown it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Quote {
	/// The newest median of the feeders' prices, pico-dollars (10^-12) a whole unit.
	pub median: PicoUsd,
	/// The time-weighted average now, pico-dollars a whole unit.
	pub average: PicoUsd,
	/// As old as this are the values of which it is the median, ms since 1970; 0 for a test chain's first price.
	pub stamp: Millis,
	/// Whether it may be used.
	pub status: PriceStatus,
}
