//! How mining is going.

use super::work::{Outcome, Work};
use crate::rates::{show_rate, Meter};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What there is to say at a moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
	/// The node that gives the work.
	pub endpoint: Option<String>,
	/// What is searched for.
	pub work: Option<Work>,
	/// Finds that became the head of the chain.
	pub accepted: u64,
	/// Finds that came too late.
	pub stale: u64,
	/// Finds that the node took for wrong ones.
	pub invalid: u64,
	/// Finds for work that somebody else had solved.
	pub duplicate: u64,
	/// Finds that could not be handed in, or that the node could make no block of.
	pub failed: u64,
	/// Nonces that the engine took for finds and that were none; never handed in.
	pub wrong: u64,
	/// What last went wrong.
	pub problem: Option<String>,
}

impl Figures {
	/// Counts an answer.
	pub fn count(&mut self, outcome: Outcome) {
		*match outcome {
			Outcome::Accepted => &mut self.accepted,
			Outcome::Stale => &mut self.stale,
			Outcome::Invalid => &mut self.invalid,
			Outcome::Duplicate => &mut self.duplicate,
		} += 1;
	}

	/// The share of finds that came too late among those that could have been blocks.
	pub fn stale_share(&self) -> f64 {
		self.stale as f64 / (self.stale + self.accepted).max(1) as f64
	}

	/// One line.
	pub fn describe(&self, hashes_per_second: f64) -> String {
		let doing = match (&self.work, &self.endpoint) {
			(Some(work), _) => format!(
				"{} on block {}, difficulty {}",
				show_rate(hashes_per_second),
				work.number,
				show_hashes(work.difficulty.to_string().parse().unwrap_or(f64::INFINITY)),
			),
			(None, Some(_)) => "no work at the moment".into(),
			(None, None) => "no node".into(),
		};
		let mut line =
			format!("{doing}; accepted {}, stale {} ({:.1} %)", self.accepted, self.stale, self.stale_share() * 100.0);
		let rest =
			[("invalid", self.invalid), ("duplicate", self.duplicate), ("failed", self.failed), ("wrong", self.wrong)];
		for (name, count) in rest.into_iter().filter(|(name, count)| *name == "invalid" || *count > 0) {
			line.push_str(&format!(", {name} {count}"));
		}
		line
	}
}

/// A number of hashes for people: `1.23 M`.
fn show_hashes(hashes: f64) -> String {
	let units = [(1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")];
	match units.into_iter().find(|(size, _)| hashes >= *size) {
		Some((size, unit)) => format!("{:.2} {unit}", hashes / size),
		None => format!("{hashes:.0}"),
	}
}

/// Figures that the miner changes and others read.
#[derive(Clone, Debug, Default)]
pub struct SharedFigures {
	figures: Arc<Mutex<Figures>>,
	meter: Meter,
}

impl SharedFigures {
	/// As they are now.
	pub fn get(&self) -> Figures {
		self.lock().clone()
	}

	/// Counts hashes.
	pub fn meter(&self) -> &Meter {
		&self.meter
	}

	pub(super) fn update<R>(&self, change: impl FnOnce(&mut Figures) -> R) -> R {
		change(&mut self.lock())
	}

	fn lock(&self) -> MutexGuard<'_, Figures> {
		self.figures.lock().unwrap_or_else(PoisonError::into_inner)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_line_should_say_what_is_done_and_what_came_of_it() {
		let mut figures = Figures::default();
		assert_eq!(figures.describe(0.0), "no node; accepted 0, stale 0 (0.0 %), invalid 0");
		figures.endpoint = Some("ws://a".into());
		for outcome in [Outcome::Accepted, Outcome::Accepted, Outcome::Accepted, Outcome::Stale] {
			figures.count(outcome);
		}
		assert_eq!(figures.describe(0.0), "no work at the moment; accepted 3, stale 1 (25.0 %), invalid 0");
		figures.work = Some(Work {
			pre_hash: [1; 32],
			parent_hash: [2; 32],
			number: 70,
			difficulty: 93_500_000u64.into(),
			target: [0; 32],
			seq: 1,
		});
		figures.count(Outcome::Duplicate);
		figures.count(Outcome::Invalid);
		assert_eq!(
			figures.describe(22_340_000.0),
			"22.34 MH/s on block 70, difficulty 93.50 M; accepted 3, stale 1 (25.0 %), invalid 1, duplicate 1"
		);
	}

	#[test]
	fn any_difficulty_should_be_readable() {
		assert_eq!(show_hashes(0.0), "0");
		assert_eq!(show_hashes(999.0), "999");
		assert_eq!(show_hashes(4.1e16), "41.00 P");
	}
}
