//! Sessions: what a renter gets for the time of a rental, and how the way in is handed over.
//!
//! The owner's policy says what opens a session. `"built-in"` serves the machine's sandbox over HTTP: whoever has the rental's
//! token posts specifications to `/session/<rental>` and has the result in the answer, on the rental's terms and within the
//! policy's limits. Otherwise it is a program of the owner (one that starts a virtual machine, say, or a container with
//! the rented cards), which prints how to get in:
//! ```text
//! PROGRAM open  < rental.json     prints the way in, at most 464 bytes of any kind; called again after a restart
//! PROGRAM close < rental.json     ends it; called once the rental is over, and perhaps again
//! ```
//! Either way the way in is sealed to the renter's X25519 key ([libsodium's sealed box][box]) before it goes on the chain.
//!
//! [box]: https://doc.libsodium.org/public-key_cryptography/sealed_boxes

use crate::{
	chain::{RentalId, RentalView},
	policy::{Executable, Rentals},
	tasks::{Runner, TaskError},
};
use sha2::{Digest, Sha256};
use std::{
	collections::BTreeMap,
	io,
	path::{Path, PathBuf},
	process::Stdio,
	sync::{
		atomic::{AtomicBool, Ordering},
		Arc, Mutex, MutexGuard, PoisonError,
	},
	thread,
	time::Duration,
};
use tokio::{io::AsyncWriteExt, process::Command, sync::oneshot};

/// The longest way in, bytes: the chain keeps 512, of which the sealed box takes 48.
pub const MAX_ACCESS: usize = 464;

/// How long the owner's program may take.
const PROGRAM_PATIENCE: Duration = Duration::from_secs(120);

/// Why a session cannot be opened or closed.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
	/// There is no sandbox to serve.
	#[error("there is no sandbox on this machine; name a program that opens sessions in the policy's [rentals]")]
	NoSandbox,
	/// The owner's program cannot be run.
	#[error("{path}: {source}")]
	Io {
		/// Which program.
		path: PathBuf,
		/// Why.
		source: io::Error,
	},
	/// The owner's program failed.
	#[error("{path} {command} failed ({status}): {log}")]
	Failed {
		/// Which program.
		path: PathBuf,
		/// What it was asked to do.
		command: &'static str,
		/// How it ended.
		status: String,
		/// The end of what it said.
		log: String,
	},
	/// The owner's program printed no way in, or one that is too long.
	#[error("{path} open printed {bytes} bytes; it must print how to get in, in 1 to {MAX_ACCESS} bytes")]
	BadAccess {
		/// Which program.
		path: PathBuf,
		/// How much it printed.
		bytes: usize,
	},
	/// The renter's key is none.
	#[error("the renter's key cannot be sealed to")]
	BadKey,
}

/// Why a session does not do what its renter asks for.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
	/// No session, or another token than its own: which of them is nobody's business.
	#[error("no such session, or not its token")]
	NotAllowed,
	/// The rental has not begun, is paused, or is over.
	#[error("the rental does not run now")]
	NotRunning,
	/// Something runs already.
	#[error("the session runs something already; wait for it")]
	Busy,
	/// There is no sandbox.
	#[error("this machine runs nothing at the moment")]
	Unavailable,
	/// What was asked for could not be done.
	#[error(transparent)]
	Task(#[from] TaskError),
}

/// Opens, serves and closes sessions. Clones share them.
#[derive(Clone)]
pub struct Sessions {
	kind: Kind,
	open: Arc<Mutex<BTreeMap<RentalId, Session>>>,
}

#[derive(Clone)]
enum Kind {
	/// The sandbox over HTTP.
	BuiltIn { runner: Option<Box<Runner>>, url: String, secret: [u8; 32] },
	/// A program of the owner.
	Program(PathBuf),
}

/// One that is open.
struct Session {
	token: [u8; 32],
	/// Moments at which it begins and ends, ms since 1970 by the chain's clock.
	start: u64,
	end: u64,
	/// The chain's clock, when it was read last.
	now: u64,
	busy: bool,
	cancel: Arc<AtomicBool>,
}

impl Sessions {
	/// Sessions as the policy wants them. `runner` works below a directory of its own, `url` is how renters reach this machine's
	/// HTTP server, and `secret` is what tokens are made from: the same after each restart.
	pub fn new(policy: &Rentals, runner: Option<Runner>, url: String, secret: [u8; 32]) -> Self {
		let kind = match &policy.session {
			Executable::BuiltIn => Kind::BuiltIn { runner: runner.map(Box::new), url, secret },
			Executable::Path(path) => Kind::Program(path.clone()),
		};
		Self { kind, open: Arc::default() }
	}

	/// Opens the session of a rental and gives the way in, sealed to the renter. `now` is the chain's clock, ms. May be asked
	/// again.
	///
	/// # Errors
	/// [`SessionError`].
	pub async fn open(&self, rental: &RentalView, now: u64) -> Result<Vec<u8>, SessionError> {
		let access = match &self.kind {
			Kind::BuiltIn { runner: None, .. } => return Err(SessionError::NoSandbox),
			Kind::BuiltIn { url, secret, .. } => {
				let token = token(secret, rental);
				self.lock().entry(rental.id).or_insert_with(|| Session {
					token: Sha256::digest(hex::encode(token)).into(),
					start: rental.start,
					end: rental.end,
					now,
					busy: false,
					cancel: Arc::default(),
				});
				let url = format!("{url}/session/{}", rental.id);
				serde_json::json!({ "version": 1, "url": url, "token": hex::encode(token) }).to_string().into_bytes()
			}
			Kind::Program(path) => {
				let access = call(path, "open", rental).await?;
				if access.is_empty() || access.len() > MAX_ACCESS {
					return Err(SessionError::BadAccess { path: path.clone(), bytes: access.len() });
				}
				access
			}
		};
		seal(&access, rental.encryption_key)
	}

	/// Takes over what the chain says of an open session's rental now.
	pub fn refresh(&self, rental: &RentalView, now: u64) {
		if let Some(session) = self.lock().get_mut(&rental.id) {
			(session.start, session.end, session.now) = (rental.start, rental.end, now);
			if now >= session.end {
				session.cancel.store(true, Ordering::Relaxed);
			}
		}
	}

	/// Ends a session, and what runs in it.
	///
	/// # Errors
	/// [`SessionError`] of the owner's program.
	pub async fn close(&self, rental: &RentalView) -> Result<(), SessionError> {
		if let Some(session) = self.lock().remove(&rental.id) {
			session.cancel.store(true, Ordering::Relaxed);
		}
		match &self.kind {
			Kind::BuiltIn { .. } => Ok(()),
			Kind::Program(path) => call(path, "close", rental).await.map(|_| ()),
		}
	}

	/// Ends all that runs in built-in sessions: the program stops, the rentals do not.
	pub fn interrupt(&self) {
		for session in self.lock().values() {
			session.cancel.store(true, Ordering::Relaxed);
		}
	}

	/// Runs a specification for whoever has the token, and gives the result.
	///
	/// # Errors
	/// [`RunError`].
	pub async fn run(&self, rental: RentalId, token: &str, specification: Vec<u8>) -> Result<Vec<u8>, RunError> {
		let Kind::BuiltIn { runner, .. } = &self.kind else { return Err(RunError::NotAllowed) };
		let (cancel, left) = {
			let mut open = self.lock();
			let session = open.get_mut(&rental).ok_or(RunError::NotAllowed)?;
			// Digests are compared, so how long that takes tells nothing about the token.
			if session.token != <[u8; 32]>::from(Sha256::digest(token)) {
				return Err(RunError::NotAllowed);
			}
			if session.now < session.start || session.now >= session.end {
				return Err(RunError::NotRunning);
			}
			if session.busy {
				return Err(RunError::Busy);
			}
			session.busy = true;
			session.cancel = Arc::default();
			(session.cancel.clone(), session.end - session.now)
		};
		let runner = runner.clone().ok_or(RunError::Unavailable)?;
		let (sender, answer) = oneshot::channel();
		let sessions = self.clone();
		// A thread of its own, which lives as long as the sandbox: see `crate::sandbox`. It goes on if the renter hangs up.
		let body = move || {
			let outcome = run(&runner, rental, &specification, Duration::from_millis(left), &cancel);
			if let Some(session) = sessions.lock().get_mut(&rental) {
				session.busy = false;
			}
			let _ = sender.send(outcome);
		};
		if let Err(error) = thread::Builder::new().name(format!("session-{rental}")).spawn(body) {
			tracing::warn!("rental {rental}: no thread for it: {error}");
			if let Some(session) = self.lock().get_mut(&rental) {
				session.busy = false;
			}
			return Err(RunError::Unavailable);
		}
		Ok(answer.await.map_err(|_| RunError::Unavailable)??)
	}

	fn lock(&self) -> MutexGuard<'_, BTreeMap<RentalId, Session>> {
		self.open.lock().unwrap_or_else(PoisonError::into_inner)
	}
}

fn run(
	runner: &Runner,
	rental: RentalId,
	specification: &[u8],
	time: Duration,
	cancel: &AtomicBool,
) -> Result<Vec<u8>, TaskError> {
	let stored = runner.run(rental, specification, time, cancel)?;
	let limit = runner.policy.limits.output_mib << 20;
	// It was put there a moment ago; only somebody who empties the store in between can have taken it.
	runner.store.get(&stored.hash, limit)?.ok_or(TaskError::Result("nothing that could be read again"))
}

/// The token of a rental: as hard to guess as the secret, another one for each rental, and the same after a restart.
fn token(secret: &[u8; 32], rental: &RentalView) -> [u8; 32] {
	let mut hasher = Sha256::new_with_prefix(b"gpu-miner session");
	hasher.update(secret);
	hasher.update(rental.id.to_le_bytes());
	hasher.update(rental.renter);
	hasher.update(rental.start.to_le_bytes());
	hasher.finalize().into()
}

/// Seals a message so that only the owner of the X25519 key can read it.
///
/// # Errors
/// [`SessionError::BadKey`].
pub fn seal(message: &[u8], key: [u8; 32]) -> Result<Vec<u8>, SessionError> {
	let key = crypto_box::PublicKey::from(key);
	key.seal(&mut crypto_box::aead::OsRng, message).map_err(|_| SessionError::BadKey)
}

/// Runs the owner's program and gives what it printed.
async fn call(path: &Path, command: &'static str, rental: &RentalView) -> Result<Vec<u8>, SessionError> {
	let io = |source| SessionError::Io { path: path.into(), source };
	let mut child = Command::new(path)
		.arg(command)
		.stdin(Stdio::piped())
		.stdout(Stdio::piped())
		.stderr(Stdio::piped())
		.kill_on_drop(true)
		.spawn()
		.map_err(io)?;
	let input = serde_json::to_vec(rental).map_err(|error| io(error.into()))?;
	if let Some(mut stdin) = child.stdin.take() {
		// A program that does not want to know closes its input early.
		let _ = stdin.write_all(&input).await;
	}
	let output = match tokio::time::timeout(PROGRAM_PATIENCE, child.wait_with_output()).await {
		Ok(output) => output.map_err(io)?,
		Err(_) => return Err(io(io::ErrorKind::TimedOut.into())),
	};
	if !output.status.success() {
		let log = String::from_utf8_lossy(&output.stderr);
		let log = log.trim_end().lines().last().unwrap_or_default().chars().take(200).collect();
		return Err(SessionError::Failed { path: path.into(), command, status: output.status.to_string(), log });
	}
	Ok(output.stdout)
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::policy::tests::rental;
	use std::os::unix::fs::PermissionsExt;

	const SECRET: [u8; 32] = [7; 32];

	fn renter() -> crypto_box::SecretKey {
		crypto_box::SecretKey::from([5; 32])
	}

	fn booked() -> RentalView {
		RentalView { encryption_key: *renter().public_key().as_bytes(), ..rental(3) }
	}

	fn program(dir: &Path, script: &str) -> Rentals {
		let path = dir.join("open-session");
		std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
		std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
		Rentals { session: Executable::Path(path) }
	}

	#[test]
	fn only_the_renter_can_read_what_is_sealed() {
		let sealed = seal(b"come in", *renter().public_key().as_bytes()).unwrap();
		assert_eq!(sealed.len(), 7 + 48, "what the chain takes a sealed box to add");
		assert_eq!(renter().unseal(&sealed).unwrap(), b"come in");
		assert!(crypto_box::SecretKey::from([6; 32]).unseal(&sealed).is_err());
		assert_ne!(sealed, seal(b"come in", *renter().public_key().as_bytes()).unwrap());
	}

	#[test]
	fn tokens_are_the_same_after_a_restart_and_differ_by_rental() {
		assert_eq!(token(&SECRET, &rental(1)), token(&SECRET, &rental(1)));
		assert_ne!(token(&SECRET, &rental(1)), token(&SECRET, &rental(2)));
		assert_ne!(token(&SECRET, &rental(1)), token(&[8; 32], &rental(1)));
		let other = RentalView { renter: [1; 32], ..rental(1) };
		assert_ne!(token(&SECRET, &rental(1)), token(&SECRET, &other), "a number that a reorganisation gave away anew");
	}

	#[tokio::test]
	async fn the_owners_program_says_how_to_get_in() {
		let dir = tempfile::tempdir().unwrap();
		let script = format!("cat > {0}/$1.json; [ $1 = close ] || printf 'ssh renter@host'", dir.path().display());
		let sessions = Sessions::new(&program(dir.path(), &script), None, String::new(), SECRET);
		let access = sessions.open(&booked(), 0).await.unwrap();
		assert_eq!(renter().unseal(&access).unwrap(), b"ssh renter@host");
		sessions.close(&booked()).await.unwrap();
		for command in ["open", "close"] {
			let told = std::fs::read(dir.path().join(format!("{command}.json"))).unwrap();
			let told: serde_json::Value = serde_json::from_slice(&told).unwrap();
			assert_eq!((told["id"].as_u64(), told["gpus"][0].as_u64()), (Some(3), Some(0)), "{told}");
		}
	}

	#[tokio::test]
	async fn a_program_that_fails_or_says_nothing_is_named() {
		let dir = tempfile::tempdir().unwrap();
		for (script, expected) in [
			("echo 'no card is free' >&2; exit 3", "no card is free"),
			("exit 0", "0 bytes"),
			("head -c 465 /dev/zero", "465 bytes"),
		] {
			let sessions = Sessions::new(&program(dir.path(), script), None, String::new(), SECRET);
			let error = sessions.open(&booked(), 0).await.unwrap_err().to_string();
			assert!(error.contains(expected) && error.contains("open-session"), "{error}");
		}
		let missing = Rentals { session: Executable::Path("/nowhere/at-all".into()) };
		let error = Sessions::new(&missing, None, String::new(), SECRET).open(&booked(), 0).await.unwrap_err();
		assert!(error.to_string().contains("/nowhere/at-all"), "{error}");
	}

	#[tokio::test]
	async fn without_a_sandbox_there_is_no_built_in_session() {
		let sessions = Sessions::new(&Rentals::default(), None, "http://x".into(), SECRET);
		assert!(matches!(sessions.open(&booked(), 0).await, Err(SessionError::NoSandbox)));
		assert!(matches!(sessions.run(3, "", vec![]).await, Err(RunError::NotAllowed)));
	}
}
