//! The engine for processors.

use crate::{
	keccak::{keccak256, scan, top64, Path},
	Engine, Find, Job, Outcome,
};
use core::{
	ops::Range,
	sync::atomic::{AtomicBool, Ordering},
};
use gpu_work::{meets_target, Nonce};

/// Nonces between two looks at the cancel flag: below 50 ms even at a hundred thousand hashes per second.
const BATCH: u64 = 4_096;

/// Searches on the calling thread with one of the [`Path`]s.
#[derive(Clone, Copy, Debug)]
pub struct CpuEngine {
	path: Path,
}

impl CpuEngine {
	/// The fastest path that this processor has.
	pub fn best() -> Self {
		Self { path: Path::best() }
	}

	/// A certain path, or `None` where this processor has not got it.
	pub fn with_path(path: Path) -> Option<Self> {
		path.is_available().then_some(Self { path })
	}

	/// The path in use.
	pub fn path(&self) -> Path {
		self.path
	}
}

impl Engine for CpuEngine {
	fn name(&self) -> &str {
		self.path.name()
	}

	fn search(&self, job: &Job, range: Range<Nonce>, cancel: &AtomicBool, found: &mut Vec<Find>) -> Outcome {
		let limit = top64(&job.target);
		let mut check = |nonce| {
			let digest = keccak256(&job.input(nonce));
			if meets_target(&digest, &job.target) {
				found.push(Find { nonce, digest });
			}
		};
		let mut next = range.start;
		while next < range.end {
			if cancel.load(Ordering::Relaxed) {
				return Outcome { hashes: next - range.start, cancelled: true };
			}
			let batch = (range.end - next).min(BATCH);
			let groups = batch / self.path.lanes();
			let in_groups = groups * self.path.lanes();
			scan(self.path, job, next, groups, limit, &mut check);
			// The end of a range that is no whole number of groups.
			scan(Path::Scalar, job, next + in_groups, batch - in_groups, limit, &mut check);
			next += batch;
		}
		Outcome { hashes: range.end.saturating_sub(range.start), cancelled: false }
	}
}
