//! What must survive a crash and is not on the chain: which node this is, which results were computed, and what bids open to.
//!
//! One JSON file, replaced atomically, in a directory that one agent at a time may use. Everything else the agent needs
//! it reads from the chain.

use crate::{
	agent::bids::StoredBid,
	chain::{Hash, NodeId, TaskId},
	lotteries::LotteryAnswer,
	store::write_atomically,
};
use serde::{Deserialize, Serialize};
use std::{
	collections::BTreeMap,
	fs::{self, File, OpenOptions, TryLockError},
	io,
	path::{Path, PathBuf},
};

/// The version of the state file that this program writes.
const VERSION: u32 = 3;

/// Why the state directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
	/// The file system refused.
	#[error("{path}: {source}")]
	Io {
		/// Where.
		path: PathBuf,
		/// Why.
		source: io::Error,
	},
	/// The state file is not one of this program.
	#[error("{path} cannot be read ({source}); move it away to start afresh: the node stays on the chain")]
	Malformed {
		/// Which file.
		path: PathBuf,
		/// Why.
		source: serde_json::Error,
	},
	/// The state file was written by a later version.
	#[error("{path} has version {found}, this program knows versions up to {VERSION}; use the newer program")]
	TooNew {
		/// Which file.
		path: PathBuf,
		/// Its version.
		found: u32,
	},
	/// Another agent uses the directory.
	#[error("another gpu-miner uses {0}; stop it, or give this one a --state-dir of its own")]
	Locked(PathBuf),
	/// The state belongs to another chain.
	#[error(
		"{path} belongs to the chain with genesis {ours}, but the node is on {theirs}; use another --state-dir for \
		 this chain"
	)]
	OtherChain {
		/// The directory.
		path: PathBuf,
		/// The genesis hash in the state file.
		ours: String,
		/// The genesis hash of the node that was asked.
		theirs: String,
	},
}

/// A result that was computed and put into the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredResult {
	/// The SHA-256 of the specification that it answers, so that another chain's task with the same number gets none.
	#[serde(with = "hex32")]
	pub specification: Hash,
	/// The result's own SHA-256.
	#[serde(with = "hex32")]
	pub hash: Hash,
	/// Its length, bytes.
	pub bytes: u64,
}

/// The state file's content.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
	version: u32,
	/// The chain that all of this is about.
	#[serde(default, with = "hex32_option")]
	pub genesis: Option<Hash>,
	/// The node that this machine runs.
	#[serde(default, with = "hex32_option")]
	pub node: Option<NodeId>,
	/// Results that are computed, by task.
	#[serde(default)]
	pub results: BTreeMap<TaskId, StoredResult>,
	/// What the tokens of rentals are made from. As private as the directory.
	#[serde(default, with = "hex32_option")]
	pub session_secret: Option<Hash>,
	/// Bids that were made and can still be revealed. Whoever reads them before knows what is bid.
	#[serde(default)]
	pub bids: Vec<StoredBid>,
}

/// A round's best nonces so far. Worth keeping, not worth waiting for the disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedSearch {
	/// The seed they belong to.
	#[serde(with = "hex32")]
	pub seed: Hash,
	/// The nonces.
	pub nonces: Vec<u64>,
}

/// A state directory that is open for changes, and locked against another agent until it is dropped.
#[derive(Debug)]
pub struct StateDir {
	dir: PathBuf,
	state: State,
	_lock: File,
}

impl StateDir {
	/// Opens `dir`, which is made if need be (readable by the owner only), and locks it.
	///
	/// # Errors
	/// [`StateError::Locked`] if another process has it, and all but [`StateError::OtherChain`].
	pub fn open(dir: impl Into<PathBuf>) -> Result<Self, StateError> {
		let dir = dir.into();
		make_private(&dir).map_err(at(&dir))?;
		let lock_path = dir.join("lock");
		let lock =
			OpenOptions::new().create(true).truncate(false).write(true).open(&lock_path).map_err(at(&lock_path))?;
		match lock.try_lock() {
			Ok(()) => (),
			Err(TryLockError::WouldBlock) => return Err(StateError::Locked(dir)),
			Err(TryLockError::Error(source)) => return Err(StateError::Io { path: lock_path, source }),
		}
		let state = read(&dir)?;
		Ok(Self { dir, state, _lock: lock })
	}

	/// The directory.
	pub fn path(&self) -> &Path {
		&self.dir
	}

	/// Where tasks are run.
	pub fn work_dir(&self) -> PathBuf {
		self.dir.join("work")
	}

	/// The state as it is on the disk.
	pub fn state(&self) -> &State {
		&self.state
	}

	/// Changes the state, on the disk first. Where that fails nothing is changed.
	///
	/// # Errors
	/// [`StateError::Io`].
	pub fn update(&mut self, change: impl FnOnce(&mut State)) -> Result<(), StateError> {
		let mut next = self.state.clone();
		change(&mut next);
		if next == self.state {
			return Ok(());
		}
		next.version = VERSION;
		let path = self.dir.join("state.json");
		let bytes =
			serde_json::to_vec_pretty(&next).map_err(|source| StateError::Malformed { path: path.clone(), source })?;
		write_atomically(&path, &bytes).map_err(at(&path))?;
		self.state = next;
		Ok(())
	}

	/// Ties the directory to the chain with this genesis hash; a fresh one is tied now.
	///
	/// # Errors
	/// [`StateError::OtherChain`].
	pub fn bind(&mut self, genesis: Hash) -> Result<(), StateError> {
		match self.state.genesis {
			Some(ours) if ours != genesis => Err(StateError::OtherChain {
				path: self.dir.clone(),
				ours: hex::encode(ours),
				theirs: hex::encode(genesis),
			}),
			Some(_) => Ok(()),
			None => self.update(|state| state.genesis = Some(genesis)),
		}
	}

	/// What the tokens of rentals are made from; drawn now if there is none.
	///
	/// # Errors
	/// [`StateError::Io`].
	pub fn session_secret(&mut self) -> Result<Hash, StateError> {
		if let Some(secret) = self.state.session_secret {
			return Ok(secret);
		}
		let mut secret = Hash::default();
		let mut filled = 0;
		while filled < secret.len() {
			filled += rustix::rand::getrandom(&mut secret[filled..], rustix::rand::GetRandomFlags::empty())
				.map_err(|error| at(&self.dir)(error.into()))?;
		}
		self.update(|state| state.session_secret = Some(secret))?;
		Ok(secret)
	}

	/// Saves a search's best nonces, replacing those of any search before.
	///
	/// # Errors
	/// [`StateError::Io`].
	pub fn save_search(&self, search: &SavedSearch) -> Result<(), StateError> {
		let path = self.dir.join("search.json");
		let bytes =
			serde_json::to_vec(search).map_err(|source| StateError::Malformed { path: path.clone(), source })?;
		write_atomically(&path, &bytes).map_err(at(&path))
	}

	/// Saves the tickets that a commitment is to be made to, replacing those of any before.
	///
	/// # Errors
	/// [`StateError::Io`]: then nothing must be committed to, for it could not be revealed after a crash.
	pub fn save_lottery(&self, answer: &LotteryAnswer) -> Result<(), StateError> {
		let path = self.dir.join("lottery.json");
		let bytes =
			serde_json::to_vec(answer).map_err(|source| StateError::Malformed { path: path.clone(), source })?;
		write_atomically(&path, &bytes).map_err(at(&path))
	}

	/// The tickets of the last commitment, if the file can be read.
	pub fn saved_lottery(&self) -> Option<LotteryAnswer> {
		let bytes = fs::read(self.dir.join("lottery.json")).ok()?;
		serde_json::from_slice(&bytes).ok()
	}

	/// The saved nonces for `seed`; empty if there are none. A file that cannot be read counts as none: the search then
	/// starts afresh.
	pub fn saved_search(&self, seed: &Hash) -> Vec<u64> {
		fs::read(self.dir.join("search.json"))
			.ok()
			.and_then(|bytes| serde_json::from_slice::<SavedSearch>(&bytes).ok())
			.filter(|saved| saved.seed == *seed)
			.map(|saved| saved.nonces)
			.unwrap_or_default()
	}
}

/// Reads the state without locking it, for commands that only look.
///
/// # Errors
/// As [`StateDir::open`], without [`StateError::Locked`].
pub fn read(dir: &Path) -> Result<State, StateError> {
	let path = dir.join("state.json");
	let bytes = match fs::read(&path) {
		Ok(bytes) => bytes,
		Err(error) if error.kind() == io::ErrorKind::NotFound => {
			return Ok(State { version: VERSION, ..State::default() });
		}
		Err(source) => return Err(StateError::Io { path, source }),
	};
	#[derive(Deserialize)]
	struct Versioned {
		version: u32,
	}
	let Versioned { version } =
		serde_json::from_slice(&bytes).map_err(|source| StateError::Malformed { path: path.clone(), source })?;
	if version > VERSION {
		return Err(StateError::TooNew { path, found: version });
	}
	serde_json::from_slice(&bytes).map_err(|source| StateError::Malformed { path, source })
}

/// Makes a directory that only its owner can look into: task inputs and results are other people's.
fn make_private(dir: &Path) -> io::Result<()> {
	use std::os::unix::fs::DirBuilderExt;
	fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> StateError + use<> {
	let path = path.to_owned();
	move |source| StateError::Io { path, source }
}

/// 32 bytes as `0x…` in JSON.
pub(crate) mod hex32 {
	use serde::{de::Error, Deserialize, Deserializer, Serializer};

	pub(crate) fn serialize<S: Serializer>(value: &[u8; 32], serializer: S) -> Result<S::Ok, S::Error> {
		serializer.serialize_str(&format!("0x{}", hex::encode(value)))
	}

	pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 32], D::Error> {
		let text = String::deserialize(deserializer)?;
		crate::store::parse_hash(&text).ok_or_else(|| D::Error::custom("not 32 bytes in hexadecimal"))
	}
}

/// The same for a value that may be missing.
mod hex32_option {
	use serde::{de::Error, Deserialize, Deserializer, Serializer};

	pub(super) fn serialize<S: Serializer>(value: &Option<[u8; 32]>, serializer: S) -> Result<S::Ok, S::Error> {
		match value {
			Some(value) => super::hex32::serialize(value, serializer),
			None => serializer.serialize_none(),
		}
	}

	pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<[u8; 32]>, D::Error> {
		Option::<String>::deserialize(deserializer)?
			.map(|text| crate::store::parse_hash(&text).ok_or_else(|| D::Error::custom("not 32 bytes in hexadecimal")))
			.transpose()
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn result(n: u8) -> StoredResult {
		StoredResult { specification: [n; 32], hash: [n + 1; 32], bytes: 5 }
	}

	#[test]
	fn state_survives_reopening() {
		let dir = tempfile::tempdir().unwrap();
		{
			let mut state = StateDir::open(dir.path()).unwrap();
			state.bind([1; 32]).unwrap();
			state.update(|state| state.node = Some([2; 32])).unwrap();
			state.update(|state| _ = state.results.insert(7, result(3))).unwrap();
		}
		let state = StateDir::open(dir.path()).unwrap();
		assert_eq!(state.state().node, Some([2; 32]));
		assert_eq!(state.state().results[&7], result(3));
		assert_eq!(read(dir.path()).unwrap(), *state.state());
	}

	#[test]
	fn two_agents_cannot_share_a_directory() {
		let dir = tempfile::tempdir().unwrap();
		let first = StateDir::open(dir.path()).unwrap();
		assert!(matches!(StateDir::open(dir.path()), Err(StateError::Locked(_))));
		drop(first);
		StateDir::open(dir.path()).unwrap();
	}

	#[test]
	fn another_chain_is_refused() {
		let dir = tempfile::tempdir().unwrap();
		let mut state = StateDir::open(dir.path()).unwrap();
		state.bind([1; 32]).unwrap();
		state.bind([1; 32]).unwrap();
		assert!(matches!(state.bind([2; 32]), Err(StateError::OtherChain { .. })));
		assert_eq!(state.state().genesis, Some([1; 32]));
	}

	#[test]
	fn a_file_that_is_not_ours_is_named_and_kept() {
		let dir = tempfile::tempdir().unwrap();
		let path = dir.path().join("state.json");
		fs::write(&path, b"{\"version\": 1, \"node\": \"0x12\"}").unwrap();
		assert!(matches!(read(dir.path()), Err(StateError::Malformed { .. })));
		fs::write(&path, b"{\"version\": 99, \"what\": 1}").unwrap();
		assert!(matches!(read(dir.path()), Err(StateError::TooNew { found: 99, .. })));
		assert!(StateDir::open(dir.path()).is_err());
		assert!(path.exists());
	}

	#[test]
	fn a_failed_write_changes_nothing() {
		let dir = tempfile::tempdir().unwrap();
		let inner = dir.path().join("state");
		let mut state = StateDir::open(&inner).unwrap();
		fs::remove_dir_all(&inner).unwrap();
		assert!(state.update(|state| state.node = Some([1; 32])).is_err());
		assert_eq!(state.state().node, None);
	}

	#[test]
	fn the_secret_is_drawn_once_and_kept() {
		let dir = tempfile::tempdir().unwrap();
		let secret = StateDir::open(dir.path()).unwrap().session_secret().unwrap();
		assert_ne!(secret, [0; 32]);
		assert_eq!(StateDir::open(dir.path()).unwrap().session_secret().unwrap(), secret);
		let other = tempfile::tempdir().unwrap();
		assert_ne!(StateDir::open(other.path()).unwrap().session_secret().unwrap(), secret);
	}

	#[test]
	fn a_state_of_the_first_version_is_read() {
		let dir = tempfile::tempdir().unwrap();
		fs::write(dir.path().join("state.json"), b"{\"version\": 1, \"results\": {}}").unwrap();
		let state = read(dir.path()).unwrap();
		assert_eq!((state.session_secret, state.bids), (None, vec![]));
	}

	#[test]
	fn bids_are_kept_to_the_last_digit() {
		let dir = tempfile::tempdir().unwrap();
		let bid = StoredBid {
			auction: u64::MAX,
			task: 7,
			price: u128::MAX - 1,
			salt: [9; 32],
			commit_until: 10,
			reveal_until: 20,
		};
		let mut state = StateDir::open(dir.path()).unwrap();
		state.update(|state| state.bids.push(bid.clone())).unwrap();
		drop(state);
		assert_eq!(read(dir.path()).unwrap().bids, [bid]);
	}

	#[test]
	fn a_search_is_saved_for_its_own_seed() {
		let dir = tempfile::tempdir().unwrap();
		let state = StateDir::open(dir.path()).unwrap();
		assert!(state.saved_search(&[1; 32]).is_empty());
		state.save_search(&SavedSearch { seed: [1; 32], nonces: vec![5, u64::MAX] }).unwrap();
		assert_eq!(state.saved_search(&[1; 32]), [5, u64::MAX]);
		assert!(state.saved_search(&[2; 32]).is_empty());
		fs::write(dir.path().join("search.json"), b"torn").unwrap();
		assert!(state.saved_search(&[1; 32]).is_empty());
	}
}
