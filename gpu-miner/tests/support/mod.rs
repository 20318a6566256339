//! Real nodes and real agents for tests: started on loopback with ports of the system's choice, asked, and killed when
//! dropped.

// Each test file is a program of its own and uses its own share of this.
#![allow(dead_code)]

use std::{
	io::{BufRead, BufReader, Read, Write},
	net::{SocketAddr, TcpListener, TcpStream},
	path::{Path, PathBuf},
	process::{Child, Command, Stdio},
	sync::{Arc, Mutex, PoisonError},
	thread,
	time::{Duration, Instant},
};

pub const MINER: &str = env!("CARGO_BIN_EXE_gpu-miner");

/// Until a node that was started answers: it has to compile its runtime first.
const START: Duration = Duration::from_secs(120);

/// The node's program: `GPU_CHAIN`, or what was built beside the miner. `None`, with a line that says so, where there
/// is none.
pub fn node_program() -> Option<PathBuf> {
	let beside = Path::new(MINER).with_file_name("gpu-chain");
	let program = std::env::var_os("GPU_CHAIN").map_or(beside, PathBuf::from);
	if program.is_file() {
		return Some(program);
	}
	eprintln!("skipped: {} is not there; build the node first", program.display());
	None
}

/// Waits until `look` finds something.
///
/// # Panics
/// When it has not within `timeout`.
pub fn wait_for<T>(what: &str, timeout: Duration, mut look: impl FnMut() -> Option<T>) -> T {
	let end = Instant::now() + timeout;
	loop {
		if let Some(found) = look() {
			return found;
		}
		assert!(Instant::now() < end, "waited {timeout:?} in vain for {what}");
		thread::sleep(Duration::from_millis(100));
	}
}

/// A process with its lines. Killed when dropped.
pub struct Process {
	child: Child,
	lines: Arc<Mutex<Vec<String>>>,
}

impl Process {
	pub fn start(command: &mut Command) -> Self {
		let mut child =
			command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it was built");
		let lines = Arc::new(Mutex::new(Vec::new()));
		let (stderr, said) = (child.stderr.take().expect("asked for above"), lines.clone());
		thread::spawn(move || {
			for line in BufReader::new(stderr).lines().map_while(Result::ok) {
				said.lock().unwrap_or_else(PoisonError::into_inner).push(line);
			}
		});
		Self { child, lines }
	}

	pub fn id(&self) -> u32 {
		self.child.id()
	}

	pub fn has_ended(&mut self) -> bool {
		self.child.try_wait().expect("it is this process' child").is_some()
	}

	/// All that it said.
	pub fn text(&self) -> String {
		self.lines.lock().unwrap_or_else(PoisonError::into_inner).join("\n")
	}

	/// How many of its lines have that in them.
	pub fn said(&self, part: &str) -> usize {
		self.lines.lock().unwrap_or_else(PoisonError::into_inner).iter().filter(|line| line.contains(part)).count()
	}

	pub fn kill(&mut self) {
		let _ = self.child.kill();
		let _ = self.child.wait();
	}

	/// Processor time so far, user and system, in hundredths of a second (Linux' clock ticks).
	pub fn ticks(&self) -> u64 {
		let stat = std::fs::read_to_string(Path::new("/proc").join(self.id().to_string()).join("stat")).unwrap();
		// The second field is a name in brackets, which may have spaces in it.
		let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
		fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
	}
}

impl Drop for Process {
	fn drop(&mut self) {
		self.kill();
	}
}

/// A development node: alone, with a block a second. All have the same first block.
pub struct Node {
	pub process: Process,
	pub address: SocketAddr,
	_dir: tempfile::TempDir,
}

impl Node {
	pub fn start(program: &Path) -> Self {
		let dir = tempfile::tempdir().unwrap();
		let mut process = Process::start(
			Command::new(program)
				.args(["--dev", "--no-telemetry", "--no-prometheus", "--no-hardware-benchmarks", "--no-mdns"])
				.args(["--listen-addr", "/ip4/127.0.0.1/tcp/0"])
				.args(["--experimental-rpc-endpoint", "listen-addr=127.0.0.1:0,methods=unsafe"])
				.arg("--base-path")
				.arg(dir.path()),
		);
		let address = wait_for("the node's RPC server", START, || {
			assert!(!process.has_ended(), "the node ended: {}", process.text());
			let text = process.text();
			let line = text.lines().find(|line| line.contains("Running JSON-RPC server"))?;
			line.split("addr=").nth(1)?.split([',', ' ']).next()?.parse().ok()
		});
		Self { process, address, _dir: dir }
	}

	pub fn url(&self) -> String {
		format!("ws://{}", self.address)
	}
}

/// A port that nobody has at the moment.
pub fn free_port() -> u16 {
	TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// What an agent's status says; `None` while it does not answer.
pub fn status(port: u16) -> Option<serde_json::Value> {
	let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
	stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
	write!(stream, "GET /status HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").ok()?;
	let mut answer = String::new();
	stream.read_to_string(&mut answer).ok()?;
	serde_json::from_str(answer.split_once("\r\n\r\n")?.1).ok()
}
