//! Running specifications as the agent does. Skipped, with a line that says so, where bubblewrap is missing.

use gpu_miner::{
	policy::Policy,
	sandbox::{Sandbox, SandboxError},
	store::{content_hash, Store},
	tasks::{Runner, TaskError},
};
use std::{path::Path, sync::atomic::AtomicBool, time::Duration};

fn runner(dir: &Path, policy: &str) -> Option<Runner> {
	let sandbox = match Sandbox::find(env!("CARGO_BIN_EXE_gpu-miner")) {
		Ok(sandbox) => sandbox,
		Err(error @ SandboxError::Missing) => {
			eprintln!("skipped: {error}");
			return None;
		}
		Err(error) => panic!("{error}"),
	};
	let policy = Policy::parse(policy, Path::new("policy.toml")).unwrap();
	Some(Runner { sandbox, policy, store: Store::open(dir.join("store")).unwrap(), work_dir: dir.join("work") })
}

fn run(runner: &Runner, specification: &str) -> Result<Vec<u8>, TaskError> {
	let result = runner.run(7, specification.as_bytes(), Duration::from_secs(60), &AtomicBool::new(false))?;
	assert_eq!(result.specification, content_hash(specification.as_bytes()));
	let bytes = runner.store.get(&result.hash, u64::MAX - 1).unwrap().unwrap();
	assert_eq!(bytes.len() as u64, result.bytes);
	Ok(bytes)
}

#[test]
fn a_picture_is_rendered_and_kept() {
	let dir = tempfile::tempdir().unwrap();
	let Some(runner) = runner(dir.path(), include_str!("../examples/policy.toml")) else { return };
	let specification =
		r#"{"version": 1, "program": "mandelbrot", "input": {"width": 16, "height": 8, "max_iterations": 9}}"#;
	let picture = run(&runner, specification).unwrap();
	assert!(picture.starts_with(b"P6\n16 8\n255\n"));
	assert_eq!(run(&runner, specification).unwrap(), picture, "the same again");
	assert!(!dir.path().join("work/7").exists(), "the work directory is cleared");
}

#[test]
fn a_command_runs_only_where_it_may() {
	let dir = tempfile::tempdir().unwrap();
	let specification = r#"{"version": 1, "command": ["/bin/sh", "-c", "cat /in/input.json > /out/r; cat /in/spec.json >> /out/r"], "input": [1, 2]}"#;
	let Some(strict) = runner(dir.path(), "") else { return };
	assert!(matches!(run(&strict, specification), Err(TaskError::Refused(_))));
	let Some(open) = runner(dir.path(), "allow_commands = true") else { return };
	assert_eq!(run(&open, specification).unwrap(), format!("[1,2]{specification}").into_bytes());
}

#[test]
fn failures_say_what_happened() {
	let dir = tempfile::tempdir().unwrap();
	let Some(runner) = runner(dir.path(), "allow_commands = true\n[limits]\nwall_seconds = 2") else { return };
	let sh = |script: &str| {
		let specification = serde_json::json!({ "version": 1, "command": ["/bin/sh", "-c", script] }).to_string();
		run(&runner, &specification).unwrap_err()
	};
	assert!(matches!(sh("echo no such scene; exit 3"), TaskError::Exit { code: 3, log } if log == "no such scene"));
	assert!(matches!(sh("sleep 100"), TaskError::Limit { .. }));
	assert!(matches!(sh("true"), TaskError::Result("nothing")));
	assert!(matches!(sh("touch /out/a /out/b"), TaskError::Result("several files")));
	assert!(matches!(sh("ln -s /etc/passwd /out/a"), TaskError::Result(_)));
	assert!(matches!(sh("mkfifo /out/a"), TaskError::Result(_)));
	assert_eq!(runner.store.usage().unwrap(), (0, 0));
	runner.forget(7).unwrap();
	assert!(!dir.path().join("work/7").exists());
}

#[test]
fn what_an_interrupted_run_left_is_not_the_result() {
	let dir = tempfile::tempdir().unwrap();
	let Some(runner) = runner(dir.path(), "allow_commands = true") else { return };
	std::fs::create_dir_all(dir.path().join("work/7/out")).unwrap();
	std::fs::write(dir.path().join("work/7/out/half"), "half").unwrap();
	let whole = run(&runner, r#"{"version": 1, "command": ["/bin/sh", "-c", "echo -n whole > /out/whole"]}"#).unwrap();
	assert_eq!(whole, b"whole");
}
