//! Specifications: what a buyer wants run, and running it.
//!
//! A specification is a JSON document whose SHA-256 stands on the chain:
//! ```json
//! { "version": 1, "program": "mandelbrot", "args": [], "input": { "width": 640, "height": 480, "max_iterations": 256 } }
//! ```
//! `program` names one of the provider's own programs (its policy says which those are). Instead there can be a
//! `"command": ["…"]`, which is run inside the sandbox where the policy allows it. The program finds the whole document
//! as `/in/spec.json` and the value of `input` as `/in/input.json`, and leaves exactly one file in `/out`: the result.

use crate::{
	chain::TaskId,
	policy::{Executable, Policy, Refusal},
	sandbox::{log_tail, Job, Limit, Outcome, Sandbox, SandboxError},
	state::StoredResult,
	store::{content_hash, Store, StoreError},
};
use serde::Deserialize;
use std::{
	fs::{self, File, OpenOptions},
	io,
	os::unix::fs::OpenOptionsExt,
	path::{Path, PathBuf},
	sync::atomic::AtomicBool,
	time::Duration,
};

/// The version of specifications that this program understands.
pub const SPECIFICATION_VERSION: u32 = 1;

/// Why a specification cannot be understood.
#[derive(Debug, thiserror::Error)]
pub enum SpecificationError {
	/// No JSON, or not the fields that there should be.
	#[error("not a specification: {0}")]
	Malformed(#[from] serde_json::Error),
	/// Written for another version.
	#[error("has version {0}; this program understands version {SPECIFICATION_VERSION}")]
	Version(u32),
	/// Neither or both of `program` and `command`.
	#[error("must have either `program` or `command`")]
	Work,
	/// An argument has a zero byte, or there is no command.
	#[error("has an argument that no program can be given")]
	Argument,
}

/// Why a task's program left no result.
#[derive(Debug, thiserror::Error)]
pub enum TaskError {
	/// The specification cannot be understood.
	#[error("the specification {0}")]
	Specification(#[from] SpecificationError),
	/// The policy does not allow it.
	#[error("the specification {0}")]
	Refused(#[from] Refusal),
	/// Nothing could be run.
	#[error(transparent)]
	Sandbox(#[from] SandboxError),
	/// The program failed.
	#[error("the program ended with exit code {code}: {log}")]
	Exit {
		/// Its exit code.
		code: i32,
		/// The end of what it printed.
		log: String,
	},
	/// The program was killed.
	#[error("the program passed {limit} and was killed: {log}")]
	Limit {
		/// What it passed.
		limit: Limit,
		/// The end of what it printed.
		log: String,
	},
	/// The agent stops.
	#[error("interrupted")]
	Cancelled,
	/// There is not exactly one result.
	#[error("the program left {0} in /out; it must leave one file")]
	Result(&'static str),
	/// The file system refused.
	#[error("{path}: {source}")]
	Io {
		/// Where.
		path: PathBuf,
		/// Why.
		source: io::Error,
	},
	/// The result cannot be kept.
	#[error(transparent)]
	Store(#[from] StoreError),
}

/// A specification that was understood.
#[derive(Clone, Debug, PartialEq)]
pub struct Specification {
	/// What is to be run.
	pub work: Work,
	/// Arguments of the specification.
	pub args: Vec<String>,
	/// What the program is given as `/in/input.json`.
	pub input: serde_json::Value,
}

/// What a specification wants run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Work {
	/// A program of the provider.
	Program(String),
	/// The buyer's own command line.
	Command(Vec<String>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SpecificationFile {
	#[serde(rename = "version")]
	_version: u32,
	program: Option<String>,
	command: Option<Vec<String>>,
	#[serde(default)]
	args: Vec<String>,
	#[serde(default)]
	input: serde_json::Value,
}

impl Specification {
	/// Reads a specification.
	///
	/// # Errors
	/// [`SpecificationError`].
	pub fn parse(bytes: &[u8]) -> Result<Self, SpecificationError> {
		#[derive(Deserialize)]
		struct Versioned {
			version: u32,
		}
		let Versioned { version } = serde_json::from_slice(bytes)?;
		if version != SPECIFICATION_VERSION {
			return Err(SpecificationError::Version(version));
		}
		let file: SpecificationFile = serde_json::from_slice(bytes)?;
		let work = match (file.program, file.command) {
			(Some(program), None) => Work::Program(program),
			(None, Some(command)) => Work::Command(command),
			_ => return Err(SpecificationError::Work),
		};
		let no_command = matches!(&work, Work::Command(command) if command.first().is_none_or(String::is_empty));
		let command: &[String] = if let Work::Command(command) = &work { command } else { &[] };
		if no_command || command.iter().chain(&file.args).any(|argument| argument.contains('\0')) {
			return Err(SpecificationError::Argument);
		}
		Ok(Self { work, args: file.args, input: file.input })
	}

	/// Whether the owner's policy lets it run.
	///
	/// # Errors
	/// The reason against it.
	pub fn check(&self, policy: &Policy) -> Result<(), Refusal> {
		match &self.work {
			Work::Program(name) => {
				let program = policy.check_program(name)?;
				if !self.args.is_empty() && !program.accept_arguments {
					return Err(Refusal::Command);
				}
				Ok(())
			}
			Work::Command(_) if policy.allow_commands => Ok(()),
			Work::Command(_) => Err(Refusal::Command),
		}
	}
}

/// Where and with what tasks are run.
#[derive(Clone, Debug)]
pub struct Runner {
	/// Makes the sandboxes.
	pub sandbox: Sandbox,
	/// What is allowed.
	pub policy: Policy,
	/// Keeps the results.
	pub store: Store,
	/// One directory below this for each task.
	pub work_dir: PathBuf,
}

impl Runner {
	/// Runs a specification from the start and puts its result into the store. Blocks until it is done, killed (after
	/// `time`, if the policy's own limit is not shorter), or `cancel` is set.
	///
	/// # Errors
	/// [`TaskError`]. Nothing is left but the directory with the program's log, until the task is run again or
	/// [`Runner::forget`] is called.
	pub fn run(
		&self,
		task: TaskId,
		specification: &[u8],
		time: Duration,
		cancel: &AtomicBool,
	) -> Result<StoredResult, TaskError> {
		let parsed = Specification::parse(specification)?;
		parsed.check(&self.policy)?;

		let dir = self.dir(task);
		let (input, output, log) = (dir.join("in"), dir.join("out"), dir.join("log"));
		// What an interrupted run left is not to be trusted.
		remove_dir(&dir)?;
		for path in [&input, &output] {
			fs::create_dir_all(path).map_err(at(path))?;
		}
		let spec_path = input.join("spec.json");
		fs::write(&spec_path, specification).map_err(at(&spec_path))?;
		let input_path = input.join("input.json");
		let value = serde_json::to_vec(&parsed.input).map_err(SpecificationError::Malformed)?;
		fs::write(&input_path, value).map_err(at(&input_path))?;

		let mut job = self.job(&parsed, &input, &output, &log)?;
		job.limits.wall_seconds = job.limits.wall_seconds.min(time.as_secs());
		match self.sandbox.run(&job, cancel)? {
			Outcome::Exited(0) => (),
			Outcome::Exited(code) => return Err(TaskError::Exit { code, log: log_tail(&log) }),
			Outcome::Limit(limit) => return Err(TaskError::Limit { limit, log: log_tail(&log) }),
			Outcome::Cancelled => return Err(TaskError::Cancelled),
		}
		let (mut file, path) = the_result(&output)?;
		let (hash, bytes) = self.store.put_file(&mut file, &path, self.policy.limits.output_mib << 20)?;
		remove_dir(&dir)?;
		Ok(StoredResult { specification: content_hash(specification), hash, bytes })
	}

	/// Removes what is left of a task.
	///
	/// # Errors
	/// [`TaskError::Io`].
	pub fn forget(&self, task: TaskId) -> Result<(), TaskError> {
		remove_dir(&self.dir(task))
	}

	fn dir(&self, task: TaskId) -> PathBuf {
		self.work_dir.join(task.to_string())
	}

	fn job(&self, specification: &Specification, input: &Path, output: &Path, log: &Path) -> Result<Job, TaskError> {
		let mut job = Job {
			command: vec![],
			input: input.into(),
			output: output.into(),
			log: log.into(),
			read: vec![],
			devices: vec![],
			limits: self.policy.limits,
		};
		match &specification.work {
			Work::Program(name) => {
				let program = self.policy.check_program(name)?;
				job.read.clone_from(&program.read);
				job.devices.clone_from(&program.devices);
				job.command = match &program.executable {
					Executable::BuiltIn => self.sandbox.built_in(name),
					Executable::Path(path) => {
						if !path.starts_with("/usr") {
							job.read.push(path.clone());
						}
						vec![path.into()]
					}
				};
				job.command.extend(program.arguments.iter().map(Into::into));
			}
			Work::Command(command) => job.command.extend(command.iter().map(Into::into)),
		}
		job.command.extend(specification.args.iter().map(Into::into));
		Ok(job)
	}
}

/// The one file in `dir`, opened. It was written by a stranger: a link is not followed, and a pipe would block for ever.
fn the_result(dir: &Path) -> Result<(File, PathBuf), TaskError> {
	let mut entries = fs::read_dir(dir).map_err(at(dir))?;
	let path = entries.next().ok_or(TaskError::Result("nothing"))?.map_err(at(dir))?.path();
	if entries.next().is_some() {
		return Err(TaskError::Result("several files"));
	}
	let is_file = |metadata: fs::Metadata| metadata.is_file();
	if !fs::symlink_metadata(&path).map(is_file).map_err(at(&path))? {
		return Err(TaskError::Result("a directory, a link or a device"));
	}
	let no_follow = (rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK).bits() as i32;
	let file = OpenOptions::new().read(true).custom_flags(no_follow).open(&path).map_err(at(&path))?;
	Ok((file, path))
}

fn remove_dir(dir: &Path) -> Result<(), TaskError> {
	match fs::remove_dir_all(dir) {
		Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at(dir)(error)),
		_ => Ok(()),
	}
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> TaskError + use<> {
	let path = path.to_owned();
	move |source| TaskError::Io { path, source }
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::policy::tests::parse as policy;

	#[test]
	fn a_specification_is_read() {
		let bytes = br#"{"version": 1, "program": "mandelbrot", "input": {"width": 3}}"#;
		let specification = Specification::parse(bytes).unwrap();
		assert_eq!(specification.work, Work::Program("mandelbrot".into()));
		assert_eq!(specification.input["width"], 3);
		let bytes = br#"{"version": 1, "command": ["sh", "-c", "true"]}"#;
		let specification = Specification::parse(bytes).unwrap();
		assert_eq!(specification.work, Work::Command(vec!["sh".into(), "-c".into(), "true".into()]));
	}

	#[test]
	fn what_is_not_one_is_refused_by_name() {
		let parse = |text: &str| Specification::parse(text.as_bytes()).unwrap_err();
		assert!(matches!(parse("{"), SpecificationError::Malformed(_)));
		assert!(matches!(parse(r#"{"program": "x"}"#), SpecificationError::Malformed(_)));
		assert!(matches!(parse(r#"{"version": 1, "program": "x", "extra": 1}"#), SpecificationError::Malformed(_)));
		assert!(matches!(parse(r#"{"version": 2, "program": "x", "extra": 1}"#), SpecificationError::Version(2)));
		assert!(matches!(parse(r#"{"version": 1}"#), SpecificationError::Work));
		assert!(matches!(parse(r#"{"version": 1, "program": "x", "command": ["x"]}"#), SpecificationError::Work));
		assert!(matches!(parse(r#"{"version": 1, "command": []}"#), SpecificationError::Argument));
		assert!(matches!(parse(r#"{"version": 1, "command": [""]}"#), SpecificationError::Argument));
		assert!(matches!(
			parse(r#"{"version": 1, "program": "x", "args": ["a\u0000b"]}"#),
			SpecificationError::Argument
		));
	}

	#[test]
	fn the_policy_decides_what_runs() {
		let program = |args: &str| {
			let text = format!(r#"{{"version": 1, "program": "tool", "args": [{args}]}}"#);
			Specification::parse(text.as_bytes()).unwrap()
		};
		let command = Specification::parse(br#"{"version": 1, "command": ["sh"]}"#).unwrap();
		let nothing = policy("").unwrap();
		assert_eq!(program("").check(&nothing), Err(Refusal::Program("tool".into())));
		assert_eq!(command.check(&nothing), Err(Refusal::Command));
		let tool = policy("[programs.tool]\npath = \"/usr/bin/tool\"").unwrap();
		assert_eq!(program("").check(&tool), Ok(()));
		assert_eq!(program(r#""--evil""#).check(&tool), Err(Refusal::Command));
		let free = policy("allow_commands = true\n[programs.tool]\npath = \"/usr/bin/tool\"\naccept_arguments = true")
			.unwrap();
		assert_eq!(program(r#""--good""#).check(&free), Ok(()));
		assert_eq!(command.check(&free), Ok(()));
	}

	#[test]
	fn the_result_must_be_one_plain_file() {
		let dir = tempfile::tempdir().unwrap();
		let message = || the_result(dir.path()).unwrap_err().to_string();
		assert!(message().contains("nothing"));
		std::os::unix::fs::symlink("/etc/passwd", dir.path().join("link")).unwrap();
		assert!(message().contains("link"));
		fs::remove_file(dir.path().join("link")).unwrap();
		fs::create_dir(dir.path().join("sub")).unwrap();
		assert!(message().contains("directory"));
		fs::remove_dir(dir.path().join("sub")).unwrap();
		fs::write(dir.path().join("a"), "1").unwrap();
		assert!(the_result(dir.path()).is_ok());
		fs::write(dir.path().join("b"), "2").unwrap();
		assert!(message().contains("several"));
	}
}
