//! The program itself, on a disk that is full and with a node that is not there: it says so, and neither spins nor hangs. The disk is
//! a real file system of a few KiB, by bubblewrap; skipped, with a line that says so, where that is missing.

use std::{
	path::Path,
	process::{Command, Output, Stdio},
	time::{Duration, Instant},
};

const MINER: &str = env!("CARGO_BIN_EXE_gpu-miner");

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

/// Processor time of a process so far, user and system, in hundredths of a second (Linux' clock ticks).
fn processor_ticks(process: u32) -> u64 {
	let stat = std::fs::read_to_string(Path::new("/proc").join(process.to_string()).join("stat")).unwrap();
	// The second field is a name in brackets, which may have spaces in it.
	let fields: Vec<&str> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
	fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}
