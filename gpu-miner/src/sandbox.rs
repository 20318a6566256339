//! Runs one program where it can do no harm: in namespaces of its own, made by bubblewrap.
//!
//! | the program has | and has not |
//! | --- | --- |
//! | `/in`, read-only: `spec.json` and `input.json` | any network, not even loopback to the host |
//! | `/out`, writable: the result | any other file of the host but `/usr`, the loader's cache, and what the policy names, all read-only |
//! | `/tmp` and `/dev/shm`, in memory, limited | the host's processes, users, environment, terminal |
//!
//! Two guards watch the limits. The kernel's own (`setrlimit`) are set inside by this program itself, which is the first to
//! run there ([`exec_limited`]); they hold for each process. What processes use together (memory, `/out`, their number)
//! and the wall clock are looked at ten times a second from outside, and past a limit everything is killed. If this
//! program dies, the kernel kills the sandbox.

use crate::policy::Limits;
use std::{
	ffi::OsString,
	fs::{self, File},
	io,
	os::unix::{
		fs::MetadataExt,
		process::{CommandExt, ExitStatusExt},
	},
	path::{Path, PathBuf},
	process::{Child, Command, ExitStatus, Stdio},
	sync::atomic::{AtomicBool, Ordering},
	thread,
	time::{Duration, Instant},
};

/// How often the limits on everything together are looked at.
const WATCH: Duration = Duration::from_millis(100);

/// Free space, bytes, that a task must leave on the disk.
const KEEP_FREE: u64 = 512 * 1024 * 1024;

/// Where this program lies inside the sandbox.
const LAUNCHER: &str = "/program/gpu-miner";

/// Why nothing could be run.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
	/// There is no `bwrap`.
	#[error(
		"bubblewrap is missing, and without it no task is run; install it (Debian, Ubuntu: `apt install bubblewrap`)"
	)]
	Missing,
	/// It is too old.
	#[error("bubblewrap 0.8 or newer is needed, but {version} has no {option}; install a newer one")]
	TooOld {
		/// What it says it is.
		version: String,
		/// The first option that it lacks.
		option: &'static str,
	},
	/// It is there and cannot make a sandbox on this machine.
	#[error(
		"bubblewrap cannot make a sandbox here: {0}; unprivileged user namespaces are probably switched off \
		 (see the sysctls kernel.unprivileged_userns_clone and kernel.apparmor_restrict_unprivileged_userns)"
	)]
	Broken(String),
	/// The file system refused.
	#[error("{path}: {source}")]
	Io {
		/// Where.
		path: PathBuf,
		/// Why.
		source: io::Error,
	},
}

/// What is to be run.
#[derive(Clone, Debug)]
pub struct Job {
	/// The program and its arguments. A path outside of `/usr` must be among `read`.
	pub command: Vec<OsString>,
	/// Becomes `/in`.
	pub input: PathBuf,
	/// Becomes `/out`.
	pub output: PathBuf,
	/// Where what the program prints goes, limited like any file.
	pub log: PathBuf,
	/// What else of the host it may read, at the same path.
	pub read: Vec<PathBuf>,
	/// Devices that it may use. With any, the address space is not limited: drivers reserve much more than they use.
	pub devices: Vec<PathBuf>,
	/// What it may use.
	pub limits: Limits,
}

/// A limit that was passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Limit {
	/// The wall clock.
	#[error("the time limit")]
	Wall,
	/// One process' processor time.
	#[error("the processor time limit")]
	Cpu,
	/// Memory of all processes together.
	#[error("the memory limit")]
	Memory,
	/// One file's length, or all that lies in `/out`.
	#[error("the output limit")]
	Output,
	/// Processes and threads.
	#[error("the process limit")]
	Processes,
	/// The disk is nearly full.
	#[error("what the disk has free")]
	Disk,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
	/// By itself, with this exit code (128 and a signal's number, if that ended it).
	Exited(i32),
	/// It was killed, because it passed a limit.
	Limit(Limit),
	/// It was killed, because the caller asked for it.
	Cancelled,
}

/// Bubblewrap on this machine.
#[derive(Clone, Debug)]
pub struct Sandbox {
	bwrap: PathBuf,
	version: String,
	launcher: PathBuf,
}

impl Sandbox {
	/// Finds bubblewrap in `PATH`. `launcher` is this program's own executable: it is run inside to set limits, and is
	/// what built-in programs are.
	///
	/// # Errors
	/// [`SandboxError::Missing`] and [`SandboxError::TooOld`].
	pub fn find(launcher: impl Into<PathBuf>) -> Result<Self, SandboxError> {
		let path = std::env::var_os("PATH").unwrap_or_default();
		let bwrap = std::env::split_paths(&path)
			.map(|dir| dir.join("bwrap"))
			.find(|candidate| candidate.is_file())
			.ok_or(SandboxError::Missing)?;
		let ask = |option: &str| {
			let output = Command::new(&bwrap).arg(option).output().map_err(at(&bwrap))?;
			Ok::<_, SandboxError>(String::from_utf8_lossy(&output.stdout).into_owned())
		};
		let version = ask("--version")?.trim().to_owned();
		let help = ask("--help")?;
		for option in ["--size", "--clearenv", "--disable-userns"] {
			if !help.contains(option) {
				return Err(SandboxError::TooOld { version, option });
			}
		}
		Ok(Self { bwrap, version, launcher: launcher.into() })
	}

	/// What bubblewrap calls itself.
	pub fn version(&self) -> &str {
		&self.version
	}

	/// How built-in programs are called inside.
	pub fn built_in(&self, name: &str) -> Vec<OsString> {
		[LAUNCHER, "program", name].map(OsString::from).into()
	}

	/// Runs `true` in a sandbox, in a directory below `scratch`.
	///
	/// # Errors
	/// [`SandboxError::Broken`] with what bubblewrap says.
	pub fn check(&self, scratch: &Path) -> Result<(), SandboxError> {
		let dir = scratch.join(format!("check-{}", std::process::id()));
		fs::create_dir_all(&dir).map_err(at(&dir))?;
		let job = Job {
			command: vec!["true".into()],
			input: dir.clone(),
			output: dir.clone(),
			log: dir.join("log"),
			read: vec![],
			devices: vec![],
			limits: Limits { wall_seconds: 20, ..Limits::default() },
		};
		let outcome = self.run(&job, &AtomicBool::new(false));
		let log = log_tail(&job.log);
		let _ = fs::remove_dir_all(&dir);
		match outcome? {
			Outcome::Exited(0) => Ok(()),
			Outcome::Exited(code) => {
				Err(SandboxError::Broken(if log.is_empty() { format!("exit code {code}") } else { log }))
			}
			Outcome::Limit(limit) => Err(SandboxError::Broken(format!("it passed {limit}"))),
			Outcome::Cancelled => Err(SandboxError::Broken("it was killed".into())),
		}
	}

	/// Runs `job` to its end, to its limits, or until `cancel` is set, and blocks as long. When it returns nothing of it
	/// runs any more.
	///
	/// # Errors
	/// [`SandboxError::Io`], if bubblewrap itself cannot be started or looked after.
	pub fn run(&self, job: &Job, cancel: &AtomicBool) -> Result<Outcome, SandboxError> {
		let log = File::create(&job.log).map_err(at(&job.log))?;
		let errors = log.try_clone().map_err(at(&job.log))?;
		let mut command = Command::new(&self.bwrap);
		command
			.args(self.arguments(job))
			.env_clear()
			.stdin(Stdio::null())
			.stdout(log)
			.stderr(errors)
			// Ctrl-C in the agent's terminal is the agent's to handle.
			.process_group(0);
		let started = Instant::now();
		// The kernel ties bubblewrap's life to the thread that starts it. This one waits for it below.
		let child = command.spawn().map_err(at(&self.bwrap))?;
		let mut guard = KillOnDrop(child);
		loop {
			if let Some(status) = guard.0.try_wait().map_err(at(&self.bwrap))? {
				return Ok(ended(status));
			}
			let reason = if cancel.load(Ordering::Relaxed) {
				Some(Outcome::Cancelled)
			} else if started.elapsed() >= job.limits.wall() {
				Some(Outcome::Limit(Limit::Wall))
			} else {
				passed_together(guard.0.id(), job).map(Outcome::Limit)
			};
			if let Some(reason) = reason {
				guard.kill_all();
				return Ok(reason);
			}
			thread::sleep(WATCH);
		}
	}

	fn arguments(&self, job: &Job) -> Vec<OsString> {
		let mut all = Arguments(Vec::new());
		all.words("--unshare-all --unshare-user --disable-userns --die-with-parent --new-session --clearenv");
		all.words("--cap-drop ALL --uid 65534 --gid 65534 --hostname task");
		all.words("--setenv PATH /usr/local/bin:/usr/bin:/bin --setenv HOME /tmp --setenv TMPDIR /tmp");
		all.words("--setenv LANG C.UTF-8");
		all.mount("--ro-bind", "/usr", "/usr");
		for dir in ["/bin", "/sbin", "/lib", "/lib32", "/lib64"] {
			// Links into /usr on most systems, directories on some.
			match fs::read_link(dir) {
				Ok(target) => all.mount("--symlink", target, dir),
				Err(_) => all.mount("--ro-bind-try", dir, dir),
			}
		}
		for file in ["/etc/ld.so.cache", "/etc/alternatives", "/etc/localtime"] {
			all.mount("--ro-bind-try", file, file);
		}
		all.words("--proc /proc --dev /dev");
		let tmp = job.limits.tmp_mib << 20;
		all.words(&format!("--size {tmp} --tmpfs /tmp --size {tmp} --tmpfs /dev/shm"));
		for path in &job.read {
			all.mount("--ro-bind", path, path);
		}
		for path in &job.devices {
			all.mount("--dev-bind", path, path);
		}
		all.mount("--ro-bind", &self.launcher, LAUNCHER);
		all.mount("--ro-bind", &job.input, "/in");
		all.mount("--bind", &job.output, "/out");
		// The root and /dev are file systems in memory too: nobody may fill them.
		all.words("--remount-ro /proc --remount-ro /dev --remount-ro / --chdir /out --");

		let limits = Rlimits {
			address_space: if job.devices.is_empty() { job.limits.memory_mib << 20 } else { 0 },
			cpu_seconds: job.limits.cpu_seconds,
			file_bytes: job.limits.output_mib << 20,
			open_files: job.limits.open_files.into(),
			processes: job.limits.processes.into(),
		};
		all.0.push(LAUNCHER.into());
		all.0.extend(limits.arguments());
		all.0.push("--".into());
		all.0.extend(job.command.iter().cloned());
		all.0
	}
}

/// Bubblewrap's command line while it is put together.
struct Arguments(Vec<OsString>);

impl Arguments {
	fn words(&mut self, words: &str) {
		self.0.extend(words.split(' ').map(OsString::from));
	}

	fn mount(&mut self, option: &str, source: impl AsRef<Path>, target: impl AsRef<Path>) {
		self.0.extend([option.into(), source.as_ref().into(), target.as_ref().into()]);
	}
}

/// The kernel's limits on each process of a sandbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::Args)]
pub struct Rlimits {
	/// Bytes of address space; 0 for no limit.
	#[arg(long)]
	pub address_space: u64,
	/// Seconds of processor time.
	#[arg(long)]
	pub cpu_seconds: u64,
	/// The longest file that may be written, bytes.
	#[arg(long)]
	pub file_bytes: u64,
	/// Open files.
	#[arg(long)]
	pub open_files: u64,
	/// Processes and threads of the sandbox' user.
	#[arg(long)]
	pub processes: u64,
}

impl Rlimits {
	fn arguments(&self) -> Vec<OsString> {
		let mut arguments = vec!["sandbox-exec".into()];
		for (name, value) in [
			("--address-space", self.address_space),
			("--cpu-seconds", self.cpu_seconds),
			("--file-bytes", self.file_bytes),
			("--open-files", self.open_files),
			("--processes", self.processes),
		] {
			arguments.push(name.into());
			arguments.push(value.to_string().into());
		}
		arguments
	}
}

/// Inside the sandbox: sets the limits on this process and becomes `command`. Returns only if that fails.
pub fn exec_limited(limits: &Rlimits, command: &[OsString]) -> io::Error {
	use rustix::process::{setrlimit, Resource, Rlimit};
	let Some((program, arguments)) = command.split_first() else {
		return io::Error::new(io::ErrorKind::InvalidInput, "no program is named");
	};
	let both = |value: u64| Rlimit { current: Some(value), maximum: Some(value) };
	let mut wanted = vec![
		// A second to report in before it is killed.
		(
			Resource::Cpu,
			Rlimit { current: Some(limits.cpu_seconds), maximum: Some(limits.cpu_seconds.saturating_add(1)) },
		),
		(Resource::Fsize, both(limits.file_bytes)),
		(Resource::Nofile, both(limits.open_files)),
		(Resource::Nproc, both(limits.processes)),
		(Resource::Core, both(0)),
	];
	if limits.address_space > 0 {
		wanted.push((Resource::As, both(limits.address_space)));
	}
	for (resource, limit) in wanted {
		if let Err(error) = setrlimit(resource, limit) {
			return error.into();
		}
	}
	Command::new(program).args(arguments).exec()
}

/// The end of what a program printed, for messages: the last lines, at most 500 characters.
pub fn log_tail(path: &Path) -> String {
	use std::io::{Read, Seek, SeekFrom};
	let read = || -> io::Result<Vec<u8>> {
		let mut file = File::open(path)?;
		let length = file.metadata()?.len();
		file.seek(SeekFrom::Start(length.saturating_sub(2_000)))?;
		let mut bytes = Vec::new();
		file.take(2_000).read_to_end(&mut bytes)?;
		Ok(bytes)
	};
	let text = String::from_utf8_lossy(&read().unwrap_or_default()).into_owned();
	let clean: String = text.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
	let skip = clean.chars().count().saturating_sub(500);
	clean.chars().skip(skip).collect()
}

/// Whoever leaves early leaves nothing running.
struct KillOnDrop(Child);

impl KillOnDrop {
	/// Kills bubblewrap, and with it the first process of the sandbox, and with that all of them.
	fn kill_all(&mut self) {
		let inside = descendants(self.0.id());
		let _ = self.0.kill();
		let _ = self.0.wait();
		// They die at once, but not before `wait` returns: /out must not change any more.
		let patience = Instant::now() + Duration::from_secs(5);
		while Instant::now() < patience && inside.iter().any(|pid| is_running(*pid)) {
			thread::sleep(Duration::from_millis(5));
		}
	}
}

impl Drop for KillOnDrop {
	fn drop(&mut self) {
		if matches!(self.0.try_wait(), Ok(None)) {
			self.kill_all();
		}
	}
}

fn ended(status: ExitStatus) -> Outcome {
	const SIGXCPU: i32 = 24;
	const SIGXFSZ: i32 = 25;
	// Bubblewrap passes on the exit code of what it ran, as a shell does: 128 and the signal.
	match status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or_default()) {
		code if code == 128 + SIGXCPU => Outcome::Limit(Limit::Cpu),
		code if code == 128 + SIGXFSZ => Outcome::Limit(Limit::Output),
		code => Outcome::Exited(code),
	}
}

/// The limit that the processes of a sandbox pass together, if any.
fn passed_together(bwrap: u32, job: &Job) -> Option<Limit> {
	let (mut memory, mut threads) = (0u64, 0u64);
	for pid in descendants(bwrap) {
		memory = memory.saturating_add(private_memory(pid));
		threads = threads.saturating_add(fs::read_dir(format!("/proc/{pid}/task")).map_or(0, |dir| dir.count() as u64));
	}
	// Bubblewrap's own process inside is not the task's.
	if threads > u64::from(job.limits.processes).saturating_add(1) {
		return Some(Limit::Processes);
	}
	if memory > job.limits.memory_mib << 20 {
		return Some(Limit::Memory);
	}
	if used_bytes(&job.output, 0) > job.limits.output_mib << 20 {
		return Some(Limit::Output);
	}
	let disk = rustix::fs::statvfs(&job.output).ok()?;
	(disk.f_bavail.saturating_mul(disk.f_frsize) < KEEP_FREE).then_some(Limit::Disk)
}

/// The processes below `pid`, without itself.
fn descendants(pid: u32) -> Vec<u32> {
	let mut found = Vec::new();
	let mut waiting = vec![pid];
	while let Some(parent) = waiting.pop() {
		let Ok(threads) = fs::read_dir(format!("/proc/{parent}/task")) else { continue };
		for thread in threads.flatten() {
			let children = fs::read_to_string(thread.path().join("children")).unwrap_or_default();
			for child in children.split_whitespace().filter_map(|number| number.parse().ok()) {
				found.push(child);
				waiting.push(child);
			}
		}
	}
	found
}

/// Resident bytes that a process shares with no file. Pages shared after a fork count for each process.
fn private_memory(pid: u32) -> u64 {
	let statm = fs::read_to_string(format!("/proc/{pid}/statm")).unwrap_or_default();
	let mut pages = statm.split(' ').skip(1).map(|number| number.parse::<u64>().unwrap_or_default());
	let (resident, shared) = (pages.next().unwrap_or_default(), pages.next().unwrap_or_default());
	resident.saturating_sub(shared).saturating_mul(rustix::param::page_size() as u64)
}

fn is_running(pid: u32) -> bool {
	// A zombie does nothing any more.
	fs::read_to_string(format!("/proc/{pid}/stat"))
		.is_ok_and(|stat| stat.rsplit(')').next().is_some_and(|rest| !rest.trim_start().starts_with('Z')))
}

/// Bytes that a directory's files take on the disk. Links are not followed; what lies deeper than 64 is not counted, and
/// is not a result either.
fn used_bytes(dir: &Path, depth: u32) -> u64 {
	let Ok(entries) = fs::read_dir(dir) else { return 0 };
	entries
		.flatten()
		.map(|entry| match entry.metadata() {
			Ok(metadata) if metadata.is_dir() && depth < 64 => used_bytes(&entry.path(), depth + 1),
			Ok(metadata) => metadata.blocks() * 512,
			Err(_) => 0,
		})
		.sum()
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> SandboxError + use<> {
	let path = path.to_owned();
	move |source| SandboxError::Io { path, source }
}
