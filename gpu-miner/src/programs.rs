//! The programs that are built in. Each runs in the sandbox like any other: it reads `/in/input.json` and writes one file
//! into `/out`.

pub mod mandelbrot;

use std::path::Path;

/// Their names.
pub const NAMES: [&str; 1] = [mandelbrot::NAME];

/// Why a built-in program failed.
#[derive(Debug, thiserror::Error)]
pub enum ProgramError {
	/// There is none of that name.
	#[error("there is no built-in program `{0}`")]
	Unknown(String),
	/// A file cannot be read or written.
	#[error("{path}: {source}")]
	Io {
		/// Which file.
		path: std::path::PathBuf,
		/// Why.
		source: std::io::Error,
	},
	/// The input is not what the program takes.
	#[error("the input is not what this program takes: {0}")]
	Input(String),
}

/// Runs the program `name` on the input in `input_dir` and leaves the result in `output_dir`.
///
/// # Errors
/// [`ProgramError`].
pub fn run(name: &str, input_dir: &Path, output_dir: &Path) -> Result<(), ProgramError> {
	let input_path = input_dir.join("input.json");
	let input = std::fs::read(&input_path).map_err(|source| ProgramError::Io { path: input_path, source })?;
	let (file, bytes) = match name {
		mandelbrot::NAME => mandelbrot::run(&input)?,
		_ => return Err(ProgramError::Unknown(name.into())),
	};
	let path = output_dir.join(file);
	std::fs::write(&path, bytes).map_err(|source| ProgramError::Io { path, source })
}
