//! The program itself, on a disk that is full, with a node that is not there or dies, and with a network that is cut:
//! it says so, and neither spins nor hangs. The disk is a real file system of a few KiB, by bubblewrap, and the nodes
//! are real ones; what is missing is skipped, with a line that says so.

mod support;

use std::{
	io::{Read, Write},
	net::{Shutdown, SocketAddr, TcpListener, TcpStream},
	path::Path,
	process::{Command, Output, Stdio},
	sync::{
		atomic::{AtomicBool, Ordering},
		Arc,
	},
	thread,
	time::{Duration, Instant},
};
use support::{free_port, node_program, status, wait_for, Node, Process, MINER};

/// Runs a shell script in which `/state` is a file system of `size` bytes and `$MINER` the program.
fn on_small_disk(size: u32, script: &str) -> Option<Output> {
	let output = Command::new("bwrap")
		.args(["--dev-bind", "/", "/", "--size", &size.to_string(), "--tmpfs", "/tmp/state"])
		.args(["--setenv", "MINER", MINER, "--die-with-parent", "/bin/sh", "-c", script])
		.output();
	match output {
		Ok(output) if String::from_utf8_lossy(&output.stderr).starts_with("bwrap:") => {
			eprintln!("skipped: {}", String::from_utf8_lossy(&output.stderr).trim());
			None
		}
		Ok(output) => Some(output),
		Err(error) => {
			eprintln!("skipped: bwrap: {error}");
			None
		}
	}
}

fn text(bytes: &[u8]) -> String {
	String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_full_disk_keeps_nothing_half_and_is_named() {
	std::fs::create_dir_all("/tmp/state").unwrap();
	let script = "head -c 200000 /dev/urandom > /tmp/state.large; \
		\"$MINER\" --state-dir /tmp/state store add /tmp/state.large; echo \"code $?\"; \
		rm /tmp/state.large; \"$MINER\" --state-dir /tmp/state store usage; \
		echo small > /tmp/state.small; \"$MINER\" --state-dir /tmp/state store add /tmp/state.small; rm /tmp/state.small";
	let Some(output) = on_small_disk(64 << 10, script) else { return };
	let (said, answers) = (text(&output.stderr), text(&output.stdout));
	assert!(said.contains("No space left on device") && said.contains("/tmp/state/store"), "{said}");
	assert!(answers.contains("code 1\n") && answers.contains("0 files, 0 bytes"), "{answers}");
	assert!(answers.contains("/store/"), "what fits is taken afterwards: {answers}");
}

#[test]
fn an_agent_that_cannot_write_its_state_says_so_and_ends() {
	std::fs::create_dir_all("/tmp/state").unwrap();
	let node = "0x".to_owned() + &"11".repeat(32);
	let script = format!(
		"mkdir -p /tmp/state/store /tmp/state/work; \
		echo '{{\"version\": 1, \"node\": \"{node}\"}}' > /tmp/state/state.json; touch /tmp/state/lock; \
		cat /dev/zero > /tmp/state/fill 2>/dev/null; \
		exec timeout 30 \"$MINER\" --state-dir /tmp/state --suri //Bob --node ws://127.0.0.1:9 \
		--store-listen 127.0.0.1:0 --api-listen 127.0.0.1:0 --devices none --threads 1 run"
	);
	let Some(output) = on_small_disk(64 << 10, &script) else { return };
	let said = text(&output.stderr);
	assert_eq!(output.status.code(), Some(1), "{said}");
	assert!(said.contains("No space left on device") && said.contains("/tmp/state/state.json"), "{said}");
}

#[test]
fn an_agent_without_a_node_waits_calmly_and_ends_at_once_when_it_is_told_to() {
	let dir = tempfile::tempdir().unwrap();
	let state = format!("{{\"version\": 1, \"node\": \"0x{}\"}}", "11".repeat(32));
	std::fs::write(dir.path().join("state.json"), state).unwrap();
	let agent = Command::new(MINER)
		.args(["--state-dir".as_ref(), dir.path().as_os_str()])
		.args(["--suri", "//Bob", "--node", "ws://127.0.0.1:9", "--devices", "none", "--threads", "1"])
		.args(["--store-listen", "127.0.0.1:0", "--api-listen", "127.0.0.1:0", "run"])
		.stdout(Stdio::null())
		.stderr(Stdio::piped())
		.spawn()
		.unwrap();
	std::thread::sleep(Duration::from_secs(4));
	let busy = processor_ticks(agent.id());
	assert!(busy < 100, "{busy} hundredths of a second of work in four seconds of waiting");

	let told = Instant::now();
	let id = rustix::process::Pid::from_raw(agent.id().try_into().unwrap()).unwrap();
	rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
	let output = agent.wait_with_output().unwrap();
	let said = text(&output.stderr);
	assert!(told.elapsed() < Duration::from_secs(5), "{:?}", told.elapsed());
	assert_eq!(output.status.code(), Some(0), "{said}");
	assert!(said.contains("cannot reach a node") && said.contains("trying again in"), "{said}");
	assert!(said.matches("trying again").count() < 6, "a few lines, not a flood: {said}");
}

/// An agent whose node is on no chain: it follows the chain all the same.
struct Agent {
	process: Process,
	port: u16,
	_dir: tempfile::TempDir,
}

impl Agent {
	fn start(nodes: &[String]) -> Self {
		let dir = tempfile::tempdir().unwrap();
		let state = format!("{{\"version\": 1, \"node\": \"0x{}\"}}", "11".repeat(32));
		std::fs::write(dir.path().join("state.json"), state).unwrap();
		let port = free_port();
		let mut command = Command::new(MINER);
		command.args(["--state-dir".as_ref(), dir.path().as_os_str()]);
		for node in nodes {
			command.args(["--node", node]);
		}
		command.args(["--suri", "//Bob", "--devices", "none", "--threads", "1", "--store-listen", "127.0.0.1:0"]);
		let process = Process::start(command.args(["--api-listen", &format!("127.0.0.1:{port}"), "run"]));
		Self { process, port, _dir: dir }
	}

	/// Its best block and who says so, while it is connected.
	fn sees(&self) -> Option<(u64, String)> {
		let status = status(self.port)?;
		let connected = status["connected"].as_bool()?;
		connected.then(|| Some((status["block"].as_u64()?, status["endpoint"].as_str()?.to_owned())))?
	}

	/// Waits until it sees a block behind `block` by that node.
	fn follows(&mut self, url: &str, block: u64, timeout: Duration) -> u64 {
		let what = format!("block {block} by {url}");
		wait_for(&what, timeout, || {
			assert!(!self.process.has_ended(), "the agent ended: {}", self.process.text());
			self.sees().filter(|(best, endpoint)| *best > block && endpoint == url).map(|(best, _)| best)
		})
	}
}

#[test]
fn an_agent_goes_on_with_the_second_node_when_the_first_is_killed() {
	let Some(program) = node_program() else { return };
	let (mut first, second) = (Node::start(&program), Node::start(&program));
	let mut agent = Agent::start(&[first.url(), second.url()]);
	agent.follows(&first.url(), 1, Duration::from_secs(60));
	let busy = agent.process.ticks();

	let killed = Instant::now();
	first.process.kill();
	let block = agent.follows(&second.url(), 0, Duration::from_secs(60));
	println!("went on with the second node after {:?}", killed.elapsed());
	agent.follows(&second.url(), block + 2, Duration::from_secs(60));
	let text = agent.process.text();
	assert!(text.contains("trying again in") && text.contains(&format!("connected to {}", second.url())), "{text}");
	assert!(agent.process.said("trying again") < 8, "a few lines, not a flood: {text}");
	let busy = agent.process.ticks() - busy;
	assert!(busy < 500, "{busy} hundredths of a second of work in {:?}", killed.elapsed());
}

/// A way to a node that can be cut: then nothing goes through, and nobody is told.
struct Wire {
	address: SocketAddr,
	cut: Arc<AtomicBool>,
}

impl Wire {
	fn to(node: SocketAddr) -> Self {
		let listener = TcpListener::bind("127.0.0.1:0").unwrap();
		let (address, cut) = (listener.local_addr().unwrap(), Arc::new(AtomicBool::new(false)));
		let flag = cut.clone();
		thread::spawn(move || {
			for incoming in listener.incoming().map_while(Result::ok) {
				let Ok(outgoing) = TcpStream::connect(node) else { continue };
				for (from, to) in [(incoming.try_clone().unwrap(), outgoing.try_clone().unwrap()), (outgoing, incoming)]
				{
					let cut = flag.clone();
					thread::spawn(move || forward(from, to, &cut));
				}
			}
		});
		Self { address, cut }
	}

	fn url(&self) -> String {
		format!("ws://{}", self.address)
	}

	fn set_cut(&self, cut: bool) {
		self.cut.store(cut, Ordering::Relaxed);
	}
}

/// Forwards bytes. What comes while the wire is cut is lost, and with it the connection: it stays open, and silent for
/// ever.
fn forward(mut from: TcpStream, mut to: TcpStream, cut: &AtomicBool) {
	let (mut buffer, mut lost) = (vec![0; 1 << 16], false);
	while let Ok(count @ 1..) = from.read(&mut buffer) {
		lost |= cut.load(Ordering::Relaxed);
		if !lost && to.write_all(&buffer[..count]).is_err() {
			break;
		}
	}
	if !lost {
		let _ = to.shutdown(Shutdown::Both);
	}
}

#[test]
fn an_agent_whose_network_is_cut_says_so_waits_and_goes_on() {
	let Some(program) = node_program() else { return };
	let node = Node::start(&program);
	let wire = Wire::to(node.address);
	let mut agent = Agent::start(&[wire.url()]);
	let block = agent.follows(&wire.url(), 1, Duration::from_secs(60));

	wire.set_cut(true);
	let (cut, busy) = (Instant::now(), agent.process.ticks());
	// No block may come for a minute and a half: a chain may stand still, and that is no reason to leave a node.
	wait_for("the agent to notice", Duration::from_secs(150), || {
		status(agent.port).filter(|status| status["connected"] == serde_json::json!(false))
	});
	println!("noticed after {:?}", cut.elapsed());
	thread::sleep(Duration::from_secs(20));
	let busy = agent.process.ticks() - busy;
	assert!(busy < 300, "{busy} hundredths of a second of work in {:?} without a network", cut.elapsed());
	let text = agent.process.text();
	assert!(text.contains("said nothing for") && text.contains("trying again in"), "{text}");
	assert!(agent.process.said("trying again") < 12, "a few lines, not a flood: {text}");
	let status = status(agent.port).expect("it answers whatever the network does");
	assert!(status["last_problem"].as_str().is_some_and(|problem| problem.contains("cannot reach a node")), "{status}");

	wire.set_cut(false);
	agent.follows(&wire.url(), block + 10, Duration::from_secs(90));
	assert!(!agent.process.has_ended());
}

/// Processor time of a process so far, user and system, in hundredths of a second (Linux' clock ticks).
fn processor_ticks(process: u32) -> u64 {
	let stat = std::fs::read_to_string(Path::new("/proc").join(process.to_string()).join("stat")).unwrap();
	// The second field is a name in brackets, which may have spaces in it.
	let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
	fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}
