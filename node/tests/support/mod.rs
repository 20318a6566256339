//! Real nodes for tests: started on loopback with ports of the system's choice, asked over RPC, and stopped.

// Each test file is a program of its own and uses its own share of this.
#![allow(dead_code)]

use codec::Decode;
use serde_json::{json, Value};
use sp_consensus_babe::digests::CompatibleDigestItem;
use sp_runtime::generic::DigestItem;
use std::{
	ffi::OsStr,
	io::{BufRead, BufReader, Read, Write},
	net::{SocketAddr, TcpStream},
	path::Path,
	process::{Child, Command, ExitStatus, Output, Stdio},
	sync::{Arc, Mutex, MutexGuard, PoisonError},
	thread,
	time::{Duration, Instant},
};

/// Until a node that was started answers: it has to compile its runtime first.
const START_TIMEOUT: Duration = Duration::from_secs(120);
/// Until a node that was asked to stop has stopped.
pub const STOP_TIMEOUT: Duration = Duration::from_secs(20);
/// Until the chain has come as far as a test waits for.
pub const CHAIN_TIMEOUT: Duration = Duration::from_secs(180);
/// Until an RPC call is answered.
const CALL_TIMEOUT: Duration = Duration::from_secs(30);
/// Between two looks at something that is waited for.
const POLL_INTERVAL: Duration = Duration::from_millis(100);
/// Lines of a node's log that are shown when a test fails.
const LOG_TAIL: usize = 60;

/// Lets tests of one file wait for each other: slots are short on a dev chain, and nodes that fight for the processor
/// miss them.
pub fn one_at_a_time() -> MutexGuard<'static, ()> {
	static TURN: Mutex<()> = Mutex::new(());
	TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The program under test.
pub fn gpu_chain() -> Command {
	Command::new(env!("CARGO_BIN_EXE_gpu-chain"))
}

/// Runs the program to its end.
pub fn run<I: AsRef<OsStr>>(args: impl IntoIterator<Item = I>) -> Output {
	gpu_chain().args(args).output().expect("the program was built for this test")
}

/// Runs the program to its end and takes what it wrote to standard output.
///
/// # Panics
/// When the program fails.
pub fn run_well<I: AsRef<OsStr>>(args: impl IntoIterator<Item = I>) -> Vec<u8> {
	let output = run(args);
	assert!(output.status.success(), "{}: {}", output.status, String::from_utf8_lossy(&output.stderr));
	output.stdout
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
		thread::sleep(POLL_INTERVAL);
	}
}

/// A running node. Killed when dropped.
pub struct Node {
	process: Child,
	rpc: SocketAddr,
	log: Arc<Mutex<Vec<String>>>,
}

impl Node {
	/// Starts a validator of the dev chain on `base_path`.
	pub fn dev(base_path: &Path) -> Self {
		Self::start(gpu_chain().arg("--dev").arg("--base-path").arg(base_path))
	}

	/// Starts a node with the arguments and the environment of `command`, and waits until it answers.
	pub fn start(command: &mut Command) -> Self {
		let mut process = command
			.args(["--no-telemetry", "--no-prometheus", "--no-hardware-benchmarks", "--no-mdns"])
			.args(["--listen-addr", "/ip4/127.0.0.1/tcp/0"])
			.args(["--experimental-rpc-endpoint", "listen-addr=127.0.0.1:0,methods=unsafe"])
			.stdin(Stdio::null())
			.stdout(Stdio::null())
			.stderr(Stdio::piped())
			.spawn()
			.expect("the program was built for this test");
		let log = Arc::new(Mutex::new(Vec::new()));
		let stderr = process.stderr.take().expect("asked for above");
		thread::spawn({
			let log = log.clone();
			move || {
				for line in BufReader::new(stderr).lines().map_while(Result::ok) {
					log.lock().unwrap_or_else(PoisonError::into_inner).push(line);
				}
			}
		});
		let mut node = Self { process, rpc: SocketAddr::from(([127, 0, 0, 1], 0)), log };
		node.rpc = wait_for("the node's RPC server", START_TIMEOUT, || {
			let exit = node.process.try_wait().expect("the process is this one's child");
			assert!(exit.is_none(), "the node ended: {exit:?}");
			node.rpc_address()
		});
		node
	}

	/// The address in the log line `Running JSON-RPC server: addr=127.0.0.1:40123,`.
	fn rpc_address(&self) -> Option<SocketAddr> {
		let log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
		let line = log.iter().find(|line| line.contains("Running JSON-RPC server"))?;
		line.split("addr=").nth(1)?.split([',', ' ']).next()?.parse().ok()
	}

	/// Calls an RPC method and takes its result.
	///
	/// # Panics
	/// When the node does not answer, or answers with an error.
	pub fn call(&self, method: &str, params: Value) -> Value {
		let mut answer = self
			.post(json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }))
			.unwrap_or_else(|error| panic!("{method}: {error}"));
		assert!(answer["error"].is_null(), "{method}: {}", answer["error"]);
		answer["result"].take()
	}

	/// Calls an RPC method and takes its error.
	///
	/// # Panics
	/// When the node does not answer, or answers with a result.
	pub fn error(&self, method: &str, params: Value) -> Value {
		let mut answer = self
			.post(json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }))
			.unwrap_or_else(|error| panic!("{method}: {error}"));
		assert!(!answer["error"].is_null(), "{method}: {}", answer["result"]);
		answer["error"].take()
	}

	fn post(&self, request: Value) -> std::io::Result<Value> {
		let body = request.to_string();
		let mut stream = TcpStream::connect(self.rpc)?;
		stream.set_read_timeout(Some(CALL_TIMEOUT))?;
		write!(
			stream,
			"POST / HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
			 Connection: close\r\n\r\n{body}",
			self.rpc,
			body.len(),
		)?;
		let mut response = String::new();
		stream.read_to_string(&mut response)?;
		let (_, body) = response.split_once("\r\n\r\n").ok_or(std::io::ErrorKind::UnexpectedEof)?;
		serde_json::from_str(body).map_err(Into::into)
	}

	/// The hash of the block of that height, if there is one.
	pub fn block_hash(&self, number: u64) -> Option<String> {
		self.call("chain_getBlockHash", json!([number])).as_str().map(Into::into)
	}

	/// Height of the best block.
	pub fn best_number(&self) -> u64 {
		number(&self.call("chain_getHeader", json!([])))
	}

	/// Height of the last final block.
	pub fn finalised_number(&self) -> u64 {
		let hash = self.call("chain_getFinalizedHead", json!([]));
		number(&self.call("chain_getHeader", json!([hash])))
	}

	/// Waits until a block of that height is final.
	pub fn wait_for_finality(&self, number: u64) {
		wait_for(&format!("finality of block {number}"), CHAIN_TIMEOUT, || {
			(self.finalised_number() >= number).then_some(())
		});
	}

	/// The slot that the block of that height names in its header.
	pub fn slot(&self, number: u64) -> u64 {
		let header = self.call("chain_getHeader", json!([self.block_hash(number)]));
		let logs = header["digest"]["logs"].as_array().expect("every header has a digest");
		let digest = logs
			.iter()
			.map(|log| sp_core::bytes::from_hex(log.as_str().expect("a log is hex")).expect("a log is hex"))
			.map(|log| DigestItem::decode(&mut &log[..]).expect("the runtime wrote it"))
			.find_map(|log| log.as_babe_pre_digest())
			.unwrap_or_else(|| panic!("block {number} names no slot"));
		*digest.slot()
	}

	/// Where other nodes reach this one.
	pub fn address(&self) -> String {
		let peer = self.call("system_localPeerId", json!([]));
		let addresses = self.call("system_localListenAddresses", json!([]));
		let address = addresses
			.as_array()
			.into_iter()
			.flatten()
			.filter_map(Value::as_str)
			.find(|address| address.starts_with("/ip4/127.0.0.1/tcp/"))
			.unwrap_or_else(|| panic!("not listening on loopback: {addresses}"));
		let address = address.split("/p2p/").next().expect("split gives at least one part");
		format!("{address}/p2p/{}", peer.as_str().expect("a peer id is a string"))
	}

	/// Asks the node to stop (SIGTERM) and waits until it has.
	pub fn terminate(mut self) -> ExitStatus {
		let sent = Command::new("kill").arg("-TERM").arg(self.process.id().to_string()).status();
		assert!(sent.is_ok_and(|status| status.success()), "no signal was sent");
		wait_for("the node to stop", STOP_TIMEOUT, || self.process.try_wait().expect("the process is this one's child"))
	}

	/// Ends the node on the spot (SIGKILL).
	pub fn kill(mut self) {
		self.process.kill().expect("the process is this one's child");
		self.process.wait().expect("the process is this one's child");
	}
}

impl Drop for Node {
	fn drop(&mut self) {
		// It may have ended by itself: then there is nothing to kill.
		let _ = self.process.kill();
		let _ = self.process.wait();
		if thread::panicking() {
			let log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
			let tail = &log[log.len().saturating_sub(LOG_TAIL)..];
			eprintln!("log of the node:\n{}", tail.join("\n"));
		}
	}
}

/// The height in a header.
fn number(header: &Value) -> u64 {
	let hex = header["number"].as_str().unwrap_or_else(|| panic!("no header: {header}"));
	u64::from_str_radix(hex.trim_start_matches("0x"), 16).expect("heights are hex")
}
