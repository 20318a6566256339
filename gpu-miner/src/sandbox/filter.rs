//! The system calls that a task may not make: those by which it could reach parts of the kernel that namespaces do not
//! divide, or make namespaces of its own, within which it would be root to the kernel again.

use std::{
	fs::File,
	io::{self, Seek, Write},
};

/// What a refused call answers.
#[derive(Clone, Copy)]
enum Answer {
	NotPermitted,
	/// Libraries then fall back to the call of before, which the filter can look into.
	NotImplemented,
}

/// A file with the filter in the form that bubblewrap's `--seccomp` reads, which its child processes inherit. `None` on
/// a processor for which this program knows no calls; namespaces must then do.
pub(super) fn file() -> io::Result<Option<File>> {
	let Some(program) = program() else { return Ok(None) };
	// Inherited on purpose, so not closed on exec. There is nothing secret in it.
	let mut file = File::from(rustix::fs::memfd_create("seccomp", rustix::fs::MemfdFlags::empty())?);
	file.write_all(&program)?;
	file.rewind()?;
	Ok(Some(file))
}

#[cfg(target_arch = "x86_64")]
const ARCHITECTURE: Option<u32> = Some(0xc000_003e);
#[cfg(target_arch = "aarch64")]
const ARCHITECTURE: Option<u32> = Some(0xc000_00b7);
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
const ARCHITECTURE: Option<u32> = None;

/// Numbers from here on are of the x32 interface, whose calls would pass by other numbers. No other processor has as many.
const X32: u32 = 0x4000_0000;

/// Refused whatever they are called with.
const REFUSED: [libc::c_long; 10] = [
	libc::SYS_setns,
	libc::SYS_bpf,
	libc::SYS_perf_event_open,
	libc::SYS_userfaultfd,
	libc::SYS_add_key,
	libc::SYS_keyctl,
	libc::SYS_request_key,
	libc::SYS_io_uring_setup,
	libc::SYS_io_uring_enter,
	libc::SYS_io_uring_register,
];

/// Where the kernel puts things for the filter: `struct seccomp_data`.
mod offset {
	pub(super) const NUMBER: u32 = 0;
	pub(super) const ARCHITECTURE: u32 = 4;
	/// The low half of the first argument, on a little-endian machine.
	pub(super) const FIRST_ARGUMENT: u32 = 16;
}

fn program() -> Option<Vec<u8>> {
	let mut filter = Filter(Vec::new());
	filter.load(offset::ARCHITECTURE);
	filter.unless_equal(ARCHITECTURE?, 1);
	filter.skip(1);
	filter.answer(libc::SECCOMP_RET_KILL_PROCESS);
	filter.load(offset::NUMBER);
	filter.unless_at_least(X32, 1);
	filter.refuse(Answer::NotPermitted);
	for number in REFUSED {
		filter.unless_equal(number as u32, 1);
		filter.refuse(Answer::NotPermitted);
	}
	// Its flags lie in memory, where a filter cannot look.
	filter.unless_equal(libc::SYS_clone3 as u32, 1);
	filter.refuse(Answer::NotImplemented);
	for number in [libc::SYS_clone, libc::SYS_unshare] {
		filter.unless_equal(number as u32, 4);
		filter.load(offset::FIRST_ARGUMENT);
		filter.unless_bit(libc::CLONE_NEWUSER as u32, 1);
		filter.refuse(Answer::NotPermitted);
		filter.answer(libc::SECCOMP_RET_ALLOW);
	}
	filter.answer(libc::SECCOMP_RET_ALLOW);
	Some(filter.0)
}

/// A program of the kernel's packet filter while it is put together: `struct sock_filter`, one after the other.
struct Filter(Vec<u8>);

impl Filter {
	fn push(&mut self, code: u32, if_true: u8, if_false: u8, value: u32) {
		self.0.extend((code as u16).to_ne_bytes());
		self.0.extend([if_true, if_false]);
		self.0.extend(value.to_ne_bytes());
	}

	fn load(&mut self, offset: u32) {
		self.push(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, 0, offset);
	}

	/// Skips the next `skip` instructions unless what was loaded equals `value`.
	fn unless_equal(&mut self, value: u32, skip: u8) {
		self.push(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, 0, skip, value);
	}

	fn unless_at_least(&mut self, value: u32, skip: u8) {
		self.push(libc::BPF_JMP | libc::BPF_JGE | libc::BPF_K, 0, skip, value);
	}

	fn unless_bit(&mut self, value: u32, skip: u8) {
		self.push(libc::BPF_JMP | libc::BPF_JSET | libc::BPF_K, 0, skip, value);
	}

	fn skip(&mut self, skip: u32) {
		self.push(libc::BPF_JMP | libc::BPF_JA, 0, 0, skip);
	}

	fn refuse(&mut self, answer: Answer) {
		let error = match answer {
			Answer::NotPermitted => libc::EPERM,
			Answer::NotImplemented => libc::ENOSYS,
		};
		self.answer(libc::SECCOMP_RET_ERRNO | error as u32);
	}

	fn answer(&mut self, answer: u32) {
		self.push(libc::BPF_RET | libc::BPF_K, 0, 0, answer);
	}
}

#[cfg(all(test, any(target_arch = "x86_64", target_arch = "aarch64")))]
mod tests {
	use super::*;

	/// Runs the filter as the kernel does.
	fn judge(architecture: u32, number: u32, argument: u32) -> u32 {
		let program = program().unwrap();
		let instructions: Vec<_> = program
			.chunks(8)
			.map(|bytes| {
				let code = u32::from(u16::from_ne_bytes([bytes[0], bytes[1]]));
				(code, usize::from(bytes[2]), usize::from(bytes[3]), u32::from_ne_bytes(bytes[4..].try_into().unwrap()))
			})
			.collect();
		let (mut at, mut loaded) = (0, 0);
		loop {
			let (code, if_true, if_false, value) = instructions[at];
			at += 1;
			let jump = |condition: bool| if condition { if_true } else { if_false };
			match code {
				0x20 => {
					loaded = match value {
						0 => number,
						4 => architecture,
						16 => argument,
						other => panic!("loads from {other}"),
					}
				}
				0x05 => at += value as usize,
				0x15 => at += jump(loaded == value),
				0x35 => at += jump(loaded >= value),
				0x45 => at += jump(loaded & value != 0),
				0x06 => return value,
				other => panic!("instruction {other:#x}"),
			}
		}
	}

	fn call(number: libc::c_long, argument: libc::c_int) -> u32 {
		judge(ARCHITECTURE.unwrap(), number as u32, argument as u32)
	}

	const EPERM: u32 = libc::SECCOMP_RET_ERRNO | libc::EPERM as u32;

	#[test]
	fn ordinary_calls_pass() {
		for number in [libc::SYS_read, libc::SYS_execve, libc::SYS_exit_group, libc::SYS_setuid, libc::SYS_mmap] {
			assert_eq!(call(number, -1), libc::SECCOMP_RET_ALLOW, "{number}");
		}
		let thread = libc::CLONE_VM | libc::CLONE_FS | libc::CLONE_THREAD | libc::CLONE_SIGHAND;
		assert_eq!(call(libc::SYS_clone, thread), libc::SECCOMP_RET_ALLOW);
		assert_eq!(call(libc::SYS_clone, libc::SIGCHLD), libc::SECCOMP_RET_ALLOW);
		assert_eq!(call(libc::SYS_unshare, libc::CLONE_FILES), libc::SECCOMP_RET_ALLOW);
	}

	#[test]
	fn user_namespaces_and_the_kernels_back_doors_are_closed() {
		for number in REFUSED {
			assert_eq!(call(number, 0), EPERM, "{number}");
		}
		assert_eq!(call(libc::SYS_clone, libc::CLONE_NEWUSER | libc::SIGCHLD), EPERM);
		assert_eq!(call(libc::SYS_unshare, libc::CLONE_NEWUSER | libc::CLONE_NEWNS), EPERM);
		assert_eq!(call(libc::SYS_clone3, 0), libc::SECCOMP_RET_ERRNO | libc::ENOSYS as u32);
	}

	#[test]
	fn other_interfaces_to_the_same_kernel_are_no_way_around() {
		let number = libc::SYS_read as u32;
		assert_eq!(judge(ARCHITECTURE.unwrap(), X32 | number, 0), EPERM);
		let i386 = 0x4000_0003;
		assert_eq!(judge(i386, number, 0), libc::SECCOMP_RET_KILL_PROCESS);
	}
}
