//! What a program in the sandbox can and cannot do. Skipped, with a line that says so, where bubblewrap is missing.

use gpu_miner::{
	policy::Limits,
	sandbox::{log_tail, Job, Limit, Outcome, Sandbox, SandboxError},
};
use std::{
	fs,
	net::TcpListener,
	path::Path,
	sync::{
		atomic::{AtomicBool, Ordering},
		Arc,
	},
	time::{Duration, Instant},
};

struct Bench {
	dir: tempfile::TempDir,
	sandbox: Sandbox,
}

/// A sandbox and its directories, or `None` where there is no bubblewrap.
fn bench() -> Option<Bench> {
	let sandbox = match Sandbox::find(env!("CARGO_BIN_EXE_gpu-miner")) {
		Ok(sandbox) => sandbox,
		Err(error @ SandboxError::Missing) => {
			eprintln!("skipped: {error}");
			return None;
		}
		Err(error) => panic!("{error}"),
	};
	let dir = tempfile::tempdir().unwrap();
	for name in ["in", "out"] {
		fs::create_dir(dir.path().join(name)).unwrap();
	}
	Some(Bench { dir, sandbox })
}

impl Bench {
	fn path(&self, name: &str) -> std::path::PathBuf {
		self.dir.path().join(name)
	}

	fn job(&self, script: &str, limits: Limits) -> Job {
		Job {
			command: ["/bin/sh", "-c", script].map(Into::into).into(),
			input: self.path("in"),
			output: self.path("out"),
			log: self.path("log"),
			read: vec![],
			devices: vec![],
			limits,
		}
	}

	fn run(&self, script: &str, limits: Limits) -> Outcome {
		self.sandbox.run(&self.job(script, limits), &AtomicBool::new(false)).unwrap()
	}

	fn printed(&self) -> String {
		log_tail(&self.path("log"))
	}
}

#[test]
fn a_program_reads_its_input_and_leaves_its_result() {
	let Some(bench) = bench() else { return };
	bench.sandbox.check(bench.dir.path()).unwrap();
	fs::write(bench.path("in/input.json"), "42").unwrap();
	let outcome = bench.run("cat /in/input.json > /out/result && echo done", Limits::default());
	assert_eq!((outcome, bench.printed().as_str()), (Outcome::Exited(0), "done"));
	assert_eq!(fs::read(bench.path("out/result")).unwrap(), b"42");
	assert_eq!(bench.run("exit 7", Limits::default()), Outcome::Exited(7));
}

#[test]
fn a_built_in_program_runs_inside() {
	let Some(bench) = bench() else { return };
	let input = br#"{"width": 32, "height": 24, "max_iterations": 50}"#;
	fs::write(bench.path("in/input.json"), input).unwrap();
	let mut job = bench.job("", Limits::default());
	job.command = bench.sandbox.built_in("mandelbrot");
	assert_eq!(bench.sandbox.run(&job, &AtomicBool::new(false)).unwrap(), Outcome::Exited(0), "{}", bench.printed());
	let (name, expected) = gpu_miner::programs::mandelbrot::run(input).unwrap();
	assert_eq!(fs::read(bench.path("out").join(name)).unwrap(), expected);
}

#[test]
fn there_is_no_network() {
	let Some(bench) = bench() else { return };
	let listener = TcpListener::bind("127.0.0.1:0").unwrap();
	listener.set_nonblocking(true).unwrap();
	let port = listener.local_addr().unwrap().port();
	// Bash's /dev/tcp; where there is no bash the interfaces alone must do.
	let script = format!(
		"if [ -x /bin/bash ]; then /bin/bash -c 'exec 3<>/dev/tcp/127.0.0.1/{port}' && exit 3; fi; \
		 grep -v -e face -e Inter -e lo: /proc/net/dev && exit 4; exit 0"
	);
	assert_eq!(bench.run(&script, Limits::default()), Outcome::Exited(0), "{}", bench.printed());
	assert_eq!(listener.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
}

#[test]
fn nothing_outside_of_out_and_tmp_can_be_written() {
	let Some(bench) = bench() else { return };
	fs::write(bench.path("in/input.json"), "1").unwrap();
	for target in [
		"/in/input.json",
		"/in/new",
		"/usr/new",
		"/new",
		"/etc/new",
		"/dev/new",
		"/program/new",
		"/proc/sys/kernel/hostname",
	] {
		let outcome = bench.run(&format!("echo x 2>/dev/null > {target}"), Limits::default());
		assert_ne!(outcome, Outcome::Exited(0), "{target} was written");
	}
	assert_eq!(fs::read(bench.path("in/input.json")).unwrap(), b"1");
	assert_eq!(
		bench.run("echo x > /tmp/a && echo x > /dev/shm/b && echo x > /out/c", Limits::default()),
		Outcome::Exited(0)
	);
}

#[test]
fn the_host_cannot_be_seen() {
	let Some(bench) = bench() else { return };
	let secret = bench.path("secret");
	fs::write(&secret, "secret").unwrap();
	let secret = secret.display();
	let script =
		format!("cat {secret} /etc/shadow /etc/passwd /root/.ssh/* /home/* 2>/dev/null | grep -q . && exit 3; exit 0");
	assert_eq!(bench.run(&script, Limits::default()), Outcome::Exited(0));
	// Only the sandbox' own processes, and none of the environment.
	let script = "[ $(ls -d /proc/[0-9]* | wc -l) -le 8 ] && [ -z \"$CARGO_PKG_NAME$USER\" ] && [ \"$HOME\" = /tmp ]";
	assert_eq!(bench.run(script, Limits::default()), Outcome::Exited(0));
	assert_ne!(bench.run("unshare --user true", Limits::default()), Outcome::Exited(0), "no namespaces within");
}

#[test]
fn the_time_limit_kills() {
	let Some(bench) = bench() else { return };
	let started = Instant::now();
	let outcome = bench.run("sleep 1000", Limits { wall_seconds: 1, ..Limits::default() });
	assert_eq!(outcome, Outcome::Limit(Limit::Wall));
	assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
}

#[test]
fn the_processor_time_limit_kills() {
	let Some(bench) = bench() else { return };
	let outcome = bench.run("while :; do :; done", Limits { cpu_seconds: 1, wall_seconds: 60, ..Limits::default() });
	assert_eq!(outcome, Outcome::Limit(Limit::Cpu));
}

#[test]
fn the_memory_limit_stops_one_process() {
	let Some(bench) = bench() else { return };
	let limits = Limits { memory_mib: 128, ..Limits::default() };
	let outcome = bench.run("dd if=/dev/zero of=/dev/null bs=300M count=1", limits);
	assert!(matches!(outcome, Outcome::Exited(code) if code != 0), "{outcome:?}");
	assert_eq!(bench.run("dd if=/dev/zero of=/dev/null bs=30M count=1", limits), Outcome::Exited(0));
}

#[test]
fn the_memory_limit_stops_many_processes() {
	let Some(bench) = bench() else { return };
	let limits = Limits { memory_mib: 128, wall_seconds: 60, ..Limits::default() };
	// Each is within the limit, all together are not.
	let script = "for i in 1 2 3; do dd if=/dev/zero of=/dev/null bs=60M & done; wait";
	assert_eq!(bench.run(script, limits), Outcome::Limit(Limit::Memory));
}

#[test]
fn the_output_limit_stops_one_file_and_many() {
	let Some(bench) = bench() else { return };
	let limits = Limits { output_mib: 4, wall_seconds: 60, ..Limits::default() };
	assert_eq!(bench.run("exec dd if=/dev/zero of=/out/a bs=1M", limits), Outcome::Limit(Limit::Output));
	fs::remove_file(bench.path("out/a")).unwrap();
	let script = "for i in 1 2 3 4; do dd if=/dev/zero of=/out/$i bs=1M count=3; done; sleep 30";
	assert_eq!(bench.run(script, limits), Outcome::Limit(Limit::Output));
}

#[test]
fn the_temporary_directory_is_limited() {
	let Some(bench) = bench() else { return };
	let limits = Limits { tmp_mib: 2, ..Limits::default() };
	for dir in ["/tmp", "/dev/shm"] {
		assert_ne!(bench.run(&format!("dd if=/dev/zero of={dir}/a bs=1M count=3"), limits), Outcome::Exited(0));
	}
}

#[test]
fn the_process_limit_stops_a_crowd() {
	let Some(bench) = bench() else { return };
	let limits = Limits { processes: 8, wall_seconds: 60, ..Limits::default() };
	let outcome = bench.run("for i in 1 2 3 4 5 6 7 8 9 10 11 12; do sleep 30 & done; wait", limits);
	// From inside (fork fails) or from outside (all are killed), whichever is first.
	assert!(
		matches!(outcome, Outcome::Limit(Limit::Processes)) || matches!(outcome, Outcome::Exited(code) if code != 0),
		"{outcome:?}"
	);
}

#[test]
fn cancelling_leaves_nothing_running() {
	let Some(bench) = bench() else { return };
	let cancel = Arc::new(AtomicBool::new(false));
	let job = bench.job("while :; do date +%N > /out/alive; sleep 0.01; done", Limits::default());
	let (sandbox, flag) = (bench.sandbox.clone(), cancel.clone());
	let run = std::thread::spawn(move || sandbox.run(&job, &flag).unwrap());
	let alive = bench.path("out/alive");
	wait_for(&alive);
	cancel.store(true, Ordering::Relaxed);
	assert_eq!(run.join().unwrap(), Outcome::Cancelled);
	let last = fs::read(&alive).unwrap();
	std::thread::sleep(Duration::from_millis(100));
	assert_eq!(fs::read(&alive).unwrap(), last, "it still writes");
}

fn wait_for(path: &Path) {
	let patience = Instant::now() + Duration::from_secs(20);
	while !path.exists() {
		assert!(Instant::now() < patience, "{} did not appear", path.display());
		std::thread::sleep(Duration::from_millis(10));
	}
}
