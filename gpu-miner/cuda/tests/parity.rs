//! The kernels, compiled for the processor, against the engines and the rules. Needs a C++ compiler and no device.

use gpu_miner_engine::{
	device::{midstate, Plan},
	// The scalar twin, which its own tests hold against `tiny-keccak`.
	keccak256 as keccak,
	CpuEngine,
	Engine,
	Job,
};
use gpu_work::{chacha, lottery, matrix, table};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};
use std::{
	io::Write,
	path::{Path, PathBuf},
	process::{Command, Stdio},
	sync::atomic::AtomicBool,
};

/// Compiles `tests/host/<name>.cpp`. A compiler is part of what the tests need: none is a failure, not a test less.
fn compile(name: &str, definitions: &[String]) -> PathBuf {
	let root = Path::new(env!("CARGO_MANIFEST_DIR"));
	let words: String = definitions.join("_").chars().filter(char::is_ascii_alphanumeric).collect();
	let output = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{words}-{}", std::process::id()));
	let compilers = std::env::var("CXX").map_or(vec!["clang++".to_owned(), "c++".to_owned()], |one| vec![one]);
	for compiler in &compilers {
		let result = Command::new(compiler)
			.args(["-std=c++17", "-O2", "-Wall", "-Wextra", "-Werror", "-Wno-unknown-pragmas", "-Wno-unused-function"])
			.arg("-I")
			.arg(root.join("kernels"))
			.args(definitions.iter().map(|definition| format!("-D{definition}")))
			.arg(root.join(format!("tests/host/{name}.cpp")))
			.arg("-o")
			.arg(&output)
			.output();
		match result {
			Ok(done) => {
				assert!(done.status.success(), "{compiler}: {}", String::from_utf8_lossy(&done.stderr));
				return output;
			}
			Err(error) if error.kind() == std::io::ErrorKind::NotFound => (),
			Err(error) => panic!("{compiler}: {error}"),
		}
	}
	panic!("no C++ compiler: install clang, or name one in CXX");
}

/// A program that is removed when the test is over.
struct Program(PathBuf);

impl Program {
	fn new(name: &str, definitions: &[String]) -> Self {
		Self(compile(name, definitions))
	}

	/// Its lines of numbers for these numbers.
	fn run(&self, input: &[u64]) -> Vec<Vec<u64>> {
		let mut child =
			Command::new(&self.0).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it was compiled");
		let text: String = input.iter().map(|word| format!("{word:x}\n")).collect();
		let mut pipe = child.stdin.take().expect("piped");
		let writer = std::thread::spawn(move || pipe.write_all(text.as_bytes()));
		let output = child.wait_with_output().expect("it ends");
		assert!(output.status.success(), "{:?}", output.status);
		let _ = writer.join().expect("does not panic");
		let number = |word: &str| u64::from_str_radix(word, 16).expect("a number");
		let text = String::from_utf8(output.stdout).expect("numbers");
		text.lines().map(|line| line.split_whitespace().map(number).collect()).collect()
	}
}

impl Drop for Program {
	fn drop(&mut self) {
		let _ = std::fs::remove_file(&self.0);
	}
}

/// A search, and how many blocks do it.
#[derive(Clone, Debug)]
struct Search {
	job: Job,
	first: u64,
	count: u64,
	blocks: u64,
	capacity: u64,
}

impl Search {
	fn words(&self) -> Vec<u64> {
		let mut words = vec![self.blocks];
		words.extend(midstate(&self.job));
		let limit = u64::from_be_bytes(self.job.target[..8].try_into().unwrap());
		words.extend([self.first, self.count, limit, self.capacity]);
		words
	}

	/// Candidates are the finds of a target that ends in ones.
	fn expected(&self) -> Vec<u64> {
		let mut target = self.job.target;
		target[8..].fill(0xff);
		let (mut found, job) = (Vec::new(), Job { target, ..self.job });
		CpuEngine::best().search(&job, self.first..self.first + self.count, &AtomicBool::new(false), &mut found);
		found.iter().map(|find| find.nonce).collect()
	}
}

fn assert_parity(program: &Program, searches: &[Search], plan: &Plan) {
	let input: Vec<u64> = searches.iter().flat_map(Search::words).collect();
	let answers = program.run(&input);
	assert_eq!(answers.len(), searches.len());
	for (search, mut answer) in searches.iter().zip(answers) {
		let expected = search.expected();
		assert_eq!(answer.remove(0), expected.len() as u64, "{search:x?} with {plan:?}");
		answer.sort_unstable();
		if expected.len() as u64 <= search.capacity {
			assert_eq!(answer, expected, "{search:x?} with {plan:?}");
		} else {
			assert_eq!(answer.len() as u64, search.capacity);
			assert!(answer.iter().all(|nonce| expected.contains(nonce)));
		}
	}
}

fn keccak_program(plan: &Plan) -> Program {
	let words = [("UNROLL", plan.unroll), ("BLOCK", plan.block), ("MULTIPLIED", plan.multiplied)];
	Program::new("keccak", &words.map(|(name, value)| format!("{name}={value}")))
}

fn searches() -> impl Strategy<Value = Search> {
	let job = (any::<[u8; 32]>(), any::<[u8; 24]>(), any::<[u8; 32]>(), 0u32..6);
	let range = (any::<u64>(), 0u64..700, 1u64..4, 0u64..300);
	(job, range).prop_map(|((seed, nonce_prefix, mut target, zeros), (first, count, blocks, capacity))| {
		target[0] = target[0].checked_shr(zeros).unwrap_or(0);
		let first = first.min(u64::MAX - count);
		Search { job: Job { seed, nonce_prefix, target }, first, count, blocks, capacity }
	})
}

/// Every carry, both ends, a limit that is met exactly, and random ranges.
fn everything(plan: &Plan) {
	let program = keccak_program(plan);
	let mut all = Vec::new();
	let job = |target: [u8; 32]| Job { seed: [3; 32], nonce_prefix: [0xff; 24], target };
	for target in [[0xff; 32], [0x1f; 32]] {
		for bit in 3..64 {
			let first = (1u64 << bit) - 5;
			all.push(Search { job: job(target), first, count: 11, blocks: 1, capacity: 16 });
		}
		let ends = [(0, 0), (0, 1), (0, 300), (u64::MAX - 300, 300), (u64::MAX, 0), (u64::MAX - 1, 1)];
		all.extend(ends.map(|(first, count)| Search { job: job(target), first, count, blocks: 2, capacity: 512 }));
		// More than there is room for, and no room at all.
		all.extend([0, 1, 7].map(|capacity| Search { job: job(target), first: 9, count: 500, blocks: 3, capacity }));
	}
	for nonce in [0u64, 77, u64::MAX - 1] {
		// At its own limit a nonce is a candidate, one below it is not; also where only the second half decides.
		let top = u64::from_be_bytes(keccak(&job([0; 32]).input(nonce))[..8].try_into().unwrap());
		for limit in [top, top - 1, top | 0xffff_ffff, (top & !0xffff_ffff).wrapping_sub(1)] {
			let mut target = [0; 32];
			target[..8].copy_from_slice(&limit.to_be_bytes());
			all.push(Search { job: job(target), first: nonce, count: 1, blocks: 1, capacity: 1 });
		}
	}
	let mut runner = TestRunner::deterministic();
	all.extend((0..40).map(|_| searches().new_tree(&mut runner).unwrap().current()));
	assert_parity(&program, &all, plan);
}

#[test]
fn the_search_should_find_what_the_processor_finds_at_every_unrolling() {
	for unroll in [1, 2, 11, 22] {
		everything(&Plan { unroll, ..Plan::SAFE });
	}
}

#[test]
fn the_search_should_find_it_with_rotations_by_multiplying() {
	for multiplied in [1, 4, 8, 12, 16, 18, 20, 24] {
		everything(&Plan { multiplied, unroll: 2, ..Plan::SAFE });
	}
	everything(&Plan { multiplied: 16, ..Plan::SAFE });
}

#[test]
fn the_search_should_find_it_with_blocks_of_any_size() {
	for block in [32, 128, 1_024] {
		everything(&Plan { block, unroll: 1, ..Plan::SAFE });
	}
}

fn lanes(bytes: &[u8; 32]) -> [u64; 4] {
	core::array::from_fn(|lane| u64::from_le_bytes(bytes[lane * 8..][..8].try_into().unwrap()))
}

/// A row of a matrix, as the kernels keep it: 16-bit floats.
fn halves(seed: &[u8; 32], side: matrix::Side, batch: u32, index: u64, depth: u32) -> Vec<u64> {
	let key = keccak(&matrix::key_input(seed, side, batch, index));
	let half = |entry: i8| -> u64 {
		if entry == 0 {
			return 0;
		}
		let (sign, size) = (u64::from(entry < 0) << 15, u64::from(entry.unsigned_abs()));
		let exponent = u64::from(size.ilog2());
		sign | (exponent + 15) << 10 | (size << (10 - exponent)) & 0x3ff
	};
	(0..depth / 64).flat_map(|counter| chacha::block(&key, counter)).map(|byte| half(matrix::entry(byte))).collect()
}

/// A product of so many blocks of 128 by 128, at every border that some ticket has.
fn assert_product(seed: [u8; 32], batch: u32, depth: u32, first: (u32, u32), blocks: (u32, u32), borders: usize) {
	let program = Program::new("matrix", &[]);
	let mut input = lanes(&seed).to_vec();
	input.extend([batch, depth, first.0, first.1, blocks.0, blocks.1].map(u64::from));
	let tickets = |from: u32, blocks: u32| from / 16..from / 16 + blocks * 8;
	let mut scores: Vec<(u64, u64)> = Vec::new();
	for row in tickets(first.0, blocks.0) {
		for column in tickets(first.1, blocks.1) {
			let ticket = matrix::Ticket { batch, row: row as u16, column: column as u16 };
			scores.push((matrix::score(keccak, &seed, ticket, depth), ticket.to_u64()));
		}
	}
	scores.sort_unstable();
	let step = scores.len().div_ceil(borders);
	let targets: Vec<u64> =
		scores.iter().step_by(step).flat_map(|(score, _)| [*score, score.wrapping_sub(1)]).chain([u64::MAX]).collect();
	input.extend(&targets);
	let answers = program.run(&input);
	assert_eq!(answers[0], halves(&seed, matrix::Side::Rows, batch, u64::from(first.0), depth));
	let last = u64::from(first.1 + blocks.1 * 128 - 1);
	assert_eq!(answers[1], halves(&seed, matrix::Side::Columns, batch, last, depth));
	for (target, mut answer) in targets.iter().zip(answers.into_iter().skip(2)) {
		let mut expected: Vec<u64> =
			scores.iter().filter(|(score, _)| score <= target).map(|(_, ticket)| *ticket).collect();
		expected.sort_unstable();
		assert_eq!(answer.remove(0), expected.len() as u64, "at {target:#x}");
		answer.sort_unstable();
		assert_eq!(answer, expected, "at {target:#x}");
	}
}

#[test]
fn matrix_tickets_should_be_those_of_the_rules() {
	assert_product([0x21; 32], 0, 64, (0, 0), (1, 1), 64);
	assert_product([0x22; 32], u32::MAX, 192, (65_536 - 128, 65_536 - 256), (1, 2), 12);
}

#[test]
fn matrix_tickets_should_be_right_in_groups_of_blocks() {
	// Nine blocks of rows: one group of eight, and one.
	assert_product([0x23; 32], 7, 64, (1_280, 256), (9, 2), 4);
}

#[test]
fn matrix_tickets_should_be_right_at_full_depth() {
	assert_product([0x24; 32], 1, matrix::DEPTH, (128, 0), (1, 1), 2);
}

#[test]
fn tables_and_walks_should_be_those_of_the_rules() {
	let (seed, entropy) = ([0x31; 32], [0x32; 32]);
	let program = Program::new("table", &[]);
	let (first, count) = (0u64, 700u64);
	let walked = |start: u64| {
		let last = table::walk(keccak, &entropy, start, count, |index| table::element(keccak, &seed, index));
		table::score(&last)
	};
	let mut input = lanes(&seed).to_vec();
	input.extend(lanes(&entropy));
	input.extend([first, count]);
	let ranges = [(0u64, 300u64), ((1 << 32) - 50, 100), (u64::MAX - 64, 64)];
	let mut expected = Vec::new();
	for (start, walks) in ranges {
		let scores: Vec<(u64, u64)> = (start..start + walks).map(|nonce| (walked(nonce), nonce)).collect();
		for border in [scores[0].0, scores[7].0, scores[7].0 - 1, 0, u64::MAX] {
			input.extend([start, walks, border]);
			let wins = scores.iter().filter(|(score, _)| *score <= border);
			expected.push(wins.map(|(_, nonce)| *nonce).collect::<Vec<_>>());
		}
	}
	let answers = program.run(&input);
	for (index, answer) in answers[..count as usize].iter().enumerate() {
		assert_eq!(answer[..], lanes(&table::element(keccak, &seed, first + index as u64)), "element {index}");
	}
	for (mut answer, expected) in answers[count as usize..].iter().cloned().zip(expected) {
		assert_eq!(answer.remove(0), expected.len() as u64);
		answer.sort_unstable();
		assert_eq!(answer, expected);
	}
	// And the rules agree with themselves.
	assert!(table::check_walk(keccak, &seed, &entropy, 5, count, walked(5)));
	assert_eq!(lottery::target(1, 2), 1 << 63);
}
