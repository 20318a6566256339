//! Compiling kernels while the program runs.

use crate::kernels::Kernel;
use cudarc::nvrtc::{result, sys};
use std::{
	ffi::CString,
	fs,
	panic::catch_unwind,
	path::{Path, PathBuf},
};

/// Why a kernel was not compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CompileError {
	/// There is no libnvrtc here.
	NoCompiler,
	/// The compiler refused. What it said.
	Refused(String),
}

impl std::fmt::Display for CompileError {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		match self {
			Self::NoCompiler => f.write_str(
				"libnvrtc is not installed (NVIDIA's package cuda-nvrtc, or the Python package nvidia-cuda-nvrtc-cu12 with \
				 its lib folder in LD_LIBRARY_PATH)",
			),
			Self::Refused(log) => f.write_str(log.trim()),
		}
	}
}

impl std::error::Error for CompileError {}

/// Whether there is a compiler.
pub fn is_present() -> bool {
	// SAFETY: loads a library and calls nothing in it; its constructors are NVIDIA's.
	unsafe { sys::is_culib_present() }
}

/// What there is of compiled kernels in a folder; none is kept without one.
#[derive(Clone, Debug, Default)]
pub struct Cache(Option<PathBuf>);

impl Cache {
	/// A folder, which need not exist.
	pub fn at(dir: impl Into<PathBuf>) -> Self {
		Self(Some(dir.into()))
	}

	/// The kernel for `sm_XY`: from the folder, or compiled.
	///
	/// # Errors
	/// [`CompileError`].
	pub fn get(&self, kernel: &Kernel, architecture: (u32, u32)) -> Result<Vec<u8>, CompileError> {
		let name = format!("sm_{}{}", architecture.0, architecture.1);
		let path = self.0.as_ref().map(|dir| dir.join(kernel.file_name(&name)));
		if let Some(bytes) = path.as_ref().and_then(|path| fs::read(path).ok()).filter(|bytes| is_elf(bytes)) {
			return Ok(bytes);
		}
		let bytes = compile(kernel, architecture)?;
		if let Some(path) = path.filter(|_| is_elf(&bytes)) {
			keep(&path, &bytes);
		}
		Ok(bytes)
	}
}

fn is_elf(bytes: &[u8]) -> bool {
	bytes.starts_with(b"\x7fELF")
}

/// Writes a file whole or not at all. That it cannot be written costs the next start some seconds.
fn keep(path: &Path, bytes: &[u8]) {
	let beside = path.with_extension(format!("new-{}", std::process::id()));
	if let Some(dir) = path.parent() {
		let _ = fs::create_dir_all(dir);
	}
	if fs::write(&beside, bytes).is_ok() {
		let _ = fs::rename(&beside, path);
	}
}

/// Compiles for a device: machine code where the compiler knows the device, otherwise the portable code of the newest that it
/// knows, ended by a zero, which the driver translates.
///
/// # Errors
/// [`CompileError`].
pub fn compile(kernel: &Kernel, architecture: (u32, u32)) -> Result<Vec<u8>, CompileError> {
	if !is_present() {
		return Err(CompileError::NoCompiler);
	}
	let exact = compile_as(kernel, &format!("sm_{}{}", architecture.0, architecture.1));
	let Err(refused) = exact else { return exact };
	for (major, minor) in [(9, 0), (8, 0), (7, 5)] {
		if (major, minor) < architecture {
			if let Ok(portable) = compile_as(kernel, &format!("compute_{major}{minor}")) {
				return Ok(portable);
			}
		}
	}
	Err(refused)
}

fn compile_as(kernel: &Kernel, architecture: &str) -> Result<Vec<u8>, CompileError> {
	let (text, name) = (kernel.text(), kernel.name);
	let mut options =
		vec![format!("--gpu-architecture={architecture}"), "--std=c++17".into(), "-default-device".into()];
	options.extend(kernel.definitions.iter().map(|definition| format!("-D{definition}")));
	// A library that is older than what we ask of it panics.
	catch_unwind(|| compile_with(&text, name, &options))
		.unwrap_or_else(|_| Err(CompileError::Refused("this libnvrtc is too old".into())))
}

fn compile_with(text: &str, name: &str, options: &[String]) -> Result<Vec<u8>, CompileError> {
	let refused = |what: &dyn std::fmt::Debug| CompileError::Refused(format!("{what:?}"));
	let (text, name) = (CString::new(text), CString::new(name));
	let (Ok(text), Ok(name)) = (text, name) else { return Err(CompileError::Refused("a zero in the source".into())) };
	let program = Program(result::create_program(&text, Some(&name)).map_err(|error| refused(&error))?);
	// SAFETY: the program was created above and is destroyed when it is dropped.
	if let Err(error) = unsafe { result::compile_program(program.0, options) } {
		// SAFETY: as above.
		let log = unsafe { result::get_program_log(program.0) }.unwrap_or_default();
		let log: Vec<u8> = log.into_iter().map(|c| c as u8).take_while(|c| *c != 0).collect();
		return Err(CompileError::Refused(format!("{error:?}: {}", String::from_utf8_lossy(&log))));
	}
	if options[0].contains("=compute_") {
		// SAFETY: the program was compiled above.
		let text = unsafe { result::get_ptx(program.0) }.map_err(|error| refused(&error))?;
		return Ok(text.into_iter().map(|c| c as u8).collect());
	}
	let mut size = 0;
	// SAFETY: the program was compiled above, and `size` outlives the call.
	unsafe { sys::nvrtcGetCUBINSize(program.0, &mut size) }.result().map_err(|error| refused(&error))?;
	let mut code = vec![0u8; size];
	// SAFETY: the program was compiled above, and there is room for as many bytes as it said.
	unsafe { sys::nvrtcGetCUBIN(program.0, code.as_mut_ptr().cast()) }.result().map_err(|error| refused(&error))?;
	Ok(code)
}

/// Destroyed when it goes out of scope.
struct Program(sys::nvrtcProgram);

impl Drop for Program {
	fn drop(&mut self) {
		// SAFETY: it was created by `create_program`, and this is its only owner.
		let _ = unsafe { result::destroy_program(self.0) };
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use gpu_miner_engine::device::Plan;

	fn kernels() -> Vec<Kernel> {
		vec![Kernel::keccak(&Plan::SAFE), Kernel::rows(), Kernel::tiles(), Kernel::table()]
	}

	/// Where there is a compiler every kernel must compile; where there is none that must be what is said.
	#[test]
	fn every_kernel_should_compile_for_every_generation() {
		for kernel in kernels() {
			for architecture in [(7, 5), (8, 0), (8, 6), (8, 9), (9, 0)] {
				match compile(&kernel, architecture) {
					Ok(code) => assert!(is_elf(&code), "{} for {architecture:?}", kernel.name),
					Err(CompileError::NoCompiler) => println!("skipped: there is no libnvrtc here"),
					Err(error) => panic!("{} for {architecture:?}: {error}", kernel.name),
				}
			}
		}
		let newest = compile(&Kernel::rows(), (99, 0));
		assert!(newest == Err(CompileError::NoCompiler) || newest.is_ok_and(|text| text.ends_with(&[0])));
	}

	#[test]
	fn what_was_compiled_should_be_found_again() {
		let dir = std::env::temp_dir().join(format!("gpu-miner-kernels-{}", std::process::id()));
		let (cache, kernel) = (Cache::at(&dir), Kernel::rows());
		fs::create_dir_all(&dir).unwrap();
		let path = dir.join(kernel.file_name("sm_75"));
		fs::write(&path, b"\x7fELF from elsewhere").unwrap();
		assert_eq!(cache.get(&kernel, (7, 5)).unwrap(), b"\x7fELF from elsewhere");
		fs::write(&path, b"half a fi").unwrap();
		match cache.get(&kernel, (7, 5)) {
			Ok(code) => assert_eq!(fs::read(&path).unwrap(), code),
			Err(error) => assert_eq!(error, CompileError::NoCompiler),
		}
		fs::remove_dir_all(&dir).unwrap();
	}

	#[test]
	fn mistakes_in_a_kernel_should_be_told() {
		let mut kernel = Kernel::rows();
		kernel.definitions.push("entry_of=}".into());
		match compile(&kernel, (8, 0)) {
			Err(CompileError::Refused(log)) => assert!(log.contains("error"), "{log}"),
			other => assert!(other == Err(CompileError::NoCompiler), "it was compiled"),
		}
		assert!(CompileError::NoCompiler.to_string().contains("libnvrtc"));
	}
}
