//! A content-addressed store of results and specifications: each file is named by the SHA-256 of its bytes.
//!
//! SHA-256 and not the chain's Blake2, because a CIDv1 with the `raw` codec over the same bytes carries the same digest:
//! a file of this store can be pinned to IPFS later, under `ipfs://<cid>`, without a change of the hash on the chain.

use sha2::{Digest as _, Sha256};
use std::{
	fs::{self, File, OpenOptions},
	io::{self, Read, Write},
	path::{Path, PathBuf},
	sync::atomic::{AtomicU64, Ordering},
};

/// The SHA-256 of a file's bytes.
pub type ContentHash = [u8; 32];

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
	/// The file system refused.
	#[error("{path}: {source}")]
	Io {
		/// Where.
		path: PathBuf,
		/// Why.
		source: io::Error,
	},
	/// The file is longer than the caller allows.
	#[error("{path} is longer than the {limit} bytes that are allowed")]
	TooLarge {
		/// Which file.
		path: PathBuf,
		/// The limit, bytes.
		limit: u64,
	},
	/// What lies in the store under a hash does not have it: the disk or somebody changed it.
	#[error("{path} does not have the hash that it is named by; remove it")]
	Corrupt {
		/// Which file.
		path: PathBuf,
	},
}

/// A directory of files that are named by their hash.
#[derive(Clone, Debug)]
pub struct Store {
	dir: PathBuf,
}

/// Tells apart temporary files that one process writes at the same time.
static TEMPORARY: AtomicU64 = AtomicU64::new(0);

impl Store {
	/// Opens the store in `dir`, which is made if need be. What an interrupted write left behind is removed.
	///
	/// # Errors
	/// The directory can be neither made nor read.
	pub fn open(dir: impl Into<PathBuf>) -> Result<Self, StoreError> {
		let dir = dir.into();
		fs::create_dir_all(&dir).map_err(at(&dir))?;
		for entry in fs::read_dir(&dir).map_err(at(&dir))? {
			let path = entry.map_err(at(&dir))?.path();
			if path.extension().is_some_and(|extension| extension == "tmp") {
				fs::remove_file(&path).map_err(at(&path))?;
			}
		}
		Ok(Self { dir })
	}

	/// Where the file with this hash lies, or would lie.
	pub fn path(&self, hash: &ContentHash) -> PathBuf {
		self.dir.join(hex::encode(hash))
	}

	/// Whether there is a file with this hash.
	pub fn contains(&self, hash: &ContentHash) -> bool {
		self.path(hash).is_file()
	}

	/// Puts `bytes` into the store. The file is there as a whole and on the disk when this returns, or not at all.
	///
	/// # Errors
	/// [`StoreError::Io`].
	pub fn put(&self, bytes: &[u8]) -> Result<ContentHash, StoreError> {
		let hash = content_hash(bytes);
		let path = self.path(&hash);
		if !path.is_file() {
			write_atomically(&path, bytes).map_err(at(&path))?;
		}
		Ok(hash)
	}

	/// Puts a copy of the open file `source` into the store; `name` is for messages. The caller opens it, so that it
	/// alone decides which file that is.
	///
	/// # Errors
	/// [`StoreError::TooLarge`] past `limit` bytes, or [`StoreError::Io`].
	pub fn put_file(&self, source: &mut File, name: &Path, limit: u64) -> Result<(ContentHash, u64), StoreError> {
		let temporary = temporary_name(&self.dir);
		let copied = copy_and_hash(source, name, &temporary, limit);
		let (hash, length) = match copied {
			Ok(copied) => copied,
			Err(error) => {
				let _ = fs::remove_file(&temporary);
				return Err(error);
			}
		};
		let path = self.path(&hash);
		fs::rename(&temporary, &path).map_err(at(&path))?;
		sync_dir(&self.dir).map_err(at(&self.dir))?;
		Ok((hash, length))
	}

	/// Reads a file whole and checks its hash. `None` if there is none.
	///
	/// # Errors
	/// [`StoreError::TooLarge`] past `limit` bytes, [`StoreError::Corrupt`], [`StoreError::Io`].
	pub fn get(&self, hash: &ContentHash, limit: u64) -> Result<Option<Vec<u8>>, StoreError> {
		let path = self.path(hash);
		let file = match File::open(&path) {
			Ok(file) => file,
			Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
			Err(source) => return Err(StoreError::Io { path, source }),
		};
		let mut bytes = Vec::new();
		file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(at(&path))?;
		if bytes.len() as u64 > limit {
			return Err(StoreError::TooLarge { path, limit });
		}
		if content_hash(&bytes) != *hash {
			return Err(StoreError::Corrupt { path });
		}
		Ok(Some(bytes))
	}

	/// Files in the store, and their bytes in total.
	///
	/// # Errors
	/// [`StoreError::Io`].
	pub fn usage(&self) -> Result<(u64, u64), StoreError> {
		let mut files = 0;
		let mut bytes = 0;
		for entry in fs::read_dir(&self.dir).map_err(at(&self.dir))? {
			let metadata = entry.and_then(|entry| entry.metadata()).map_err(at(&self.dir))?;
			if metadata.is_file() {
				files += 1;
				bytes += metadata.len();
			}
		}
		Ok((files, bytes))
	}
}

/// The hash by which the store names `bytes`.
pub fn content_hash(bytes: &[u8]) -> ContentHash {
	Sha256::digest(bytes).into()
}

/// Reads a hash as the store writes it: 64 hexadecimal digits, with or without `0x`. `None` for anything else, so that a
/// request's path can never leave the directory.
pub fn parse_hash(text: &str) -> Option<ContentHash> {
	let digits = text.strip_prefix("0x").unwrap_or(text);
	let mut hash = [0; 32];
	hex::decode_to_slice(digits, &mut hash).ok()?;
	Some(hash)
}

/// Writes a file so that after a crash either the old or the new content is there, whole.
///
/// # Errors
/// Whatever the file system refuses.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
	let dir = path.parent().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "a file needs a directory"))?;
	let temporary = temporary_name(dir);
	let written = (|| {
		let mut file = OpenOptions::new().write(true).create_new(true).open(&temporary)?;
		file.write_all(bytes)?;
		file.sync_all()?;
		fs::rename(&temporary, path)
	})();
	if written.is_err() {
		let _ = fs::remove_file(&temporary);
	}
	written?;
	sync_dir(dir)
}

/// A rename is only safe from a power cut once its directory is on the disk.
fn sync_dir(dir: &Path) -> io::Result<()> {
	File::open(dir)?.sync_all()
}

fn temporary_name(dir: &Path) -> PathBuf {
	let number = TEMPORARY.fetch_add(1, Ordering::Relaxed);
	dir.join(format!(".{}-{number}.tmp", std::process::id()))
}

fn copy_and_hash(source: &mut File, name: &Path, target: &Path, limit: u64) -> Result<(ContentHash, u64), StoreError> {
	let mut out = OpenOptions::new().write(true).create_new(true).open(target).map_err(at(target))?;
	let mut hasher = Sha256::new();
	let mut length = 0u64;
	let mut buffer = vec![0; 64 * 1024];
	loop {
		let read = source.read(&mut buffer).map_err(at(name))?;
		if read == 0 {
			break;
		}
		length += read as u64;
		if length > limit {
			return Err(StoreError::TooLarge { path: name.into(), limit });
		}
		hasher.update(&buffer[..read]);
		out.write_all(&buffer[..read]).map_err(at(target))?;
	}
	out.sync_all().map_err(at(target))?;
	Ok((hasher.finalize().into(), length))
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> StoreError + use<> {
	let path = path.to_owned();
	move |source| StoreError::Io { path, source }
}

#[cfg(test)]
mod tests {
	use super::*;

	fn store() -> (tempfile::TempDir, Store) {
		let dir = tempfile::tempdir().unwrap();
		let store = Store::open(dir.path().join("store")).unwrap();
		(dir, store)
	}

	#[test]
	fn the_hash_is_sha256() {
		// FIPS 180-2, appendix B.1.
		assert_eq!(
			hex::encode(content_hash(b"abc")),
			"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
		);
	}

	#[test]
	fn what_is_put_is_got() {
		let (_dir, store) = store();
		let hash = store.put(b"result").unwrap();
		assert_eq!(store.put(b"result").unwrap(), hash);
		assert!(store.contains(&hash));
		assert_eq!(store.get(&hash, 6).unwrap().unwrap(), b"result");
		assert_eq!(store.usage().unwrap(), (1, 6));
		assert!(store.get(&[0; 32], 6).unwrap().is_none());
	}

	#[test]
	fn a_file_is_copied_and_limited() {
		let (dir, store) = store();
		let path = dir.path().join("big");
		fs::write(&path, vec![7u8; 100_000]).unwrap();
		let (hash, length) = store.put_file(&mut File::open(&path).unwrap(), &path, 100_000).unwrap();
		assert_eq!((hash, length), (content_hash(&vec![7u8; 100_000]), 100_000));
		assert!(path.is_file(), "the original stays");

		let refused = store.put_file(&mut File::open(&path).unwrap(), &path, 99_999).unwrap_err();
		assert!(matches!(refused, StoreError::TooLarge { limit: 99_999, .. }));
		assert_eq!(store.usage().unwrap().0, 1, "nothing is left of a refused file");
		assert!(matches!(store.get(&hash, 99_999), Err(StoreError::TooLarge { .. })));
	}

	#[test]
	fn a_changed_file_is_noticed() {
		let (_dir, store) = store();
		let hash = store.put(b"result").unwrap();
		fs::write(store.path(&hash), b"forged").unwrap();
		assert!(matches!(store.get(&hash, 100), Err(StoreError::Corrupt { .. })));
	}

	#[test]
	fn an_interrupted_write_is_swept_away() {
		let (_dir, store) = store();
		let left = store.dir.join(".999-0.tmp");
		fs::write(&left, b"half").unwrap();
		Store::open(&store.dir).unwrap();
		assert!(!left.exists());
	}

	#[test]
	fn only_hashes_are_names() {
		assert_eq!(parse_hash(&"ab".repeat(32)), Some([0xab; 32]));
		assert_eq!(parse_hash(&format!("0x{}", "AB".repeat(32))), Some([0xab; 32]));
		for bad in ["", "..", "../../etc/passwd", "ab", &"ab".repeat(33), &"zz".repeat(32)] {
			assert_eq!(parse_hash(bad), None, "{bad}");
		}
	}
}
