//! The two lotteries on a device: matrix products on its tensor units, and walks through a table in its memory.

use crate::{
	driver::{fault, guarded, load},
	kernels::Kernel,
	Cuda,
};
use cudarc::driver::{CudaContext, CudaFunction, CudaSlice, CudaStream, DeviceRepr, LaunchConfig, PushKernelArg};
use gpu_miner_engine::{
	device::{lottery::SIDE, DeviceInfo, Driver, Fault, MatrixDevice, TableDevice},
	keccak256,
};
use gpu_work::{
	matrix::{self, Side, Ticket, DEPTH, TILE, TILES},
	table, Nonce, Seed,
};
use std::{sync::Arc, time::Duration, time::Instant};

/// Wins of a launch that are kept.
const CAPACITY: usize = 1 << 16;
/// Threads of such a block.
const PRODUCT_THREADS: u32 = 128;

/// What a launch brought, and how long the device took.
#[derive(Clone, Debug, PartialEq)]
pub struct Wins<T> {
	/// What won, each computed again by the processor. In ascending order.
	pub wins: Vec<T>,
	/// How much was looked at: tickets, or walks.
	pub tried: u64,
	/// How long it took, from launch to answer.
	pub took: Duration,
}

/// A seed, or entropy, as the four words that the kernels take.
#[repr(C)]
#[derive(Clone, Copy)]
struct Words([u64; 4]);

// SAFETY: four words without padding, as the kernels' `struct Digest`.
unsafe impl DeviceRepr for Words {}

impl Words {
	fn new(bytes: &[u8; 32]) -> Self {
		Self(core::array::from_fn(|lane| {
			let mut word = [0; 8];
			word.copy_from_slice(&bytes[lane * 8..][..8]);
			u64::from_le_bytes(word)
		}))
	}
}

/// The kernel's `struct Product`.
#[repr(C)]
#[derive(Clone, Copy)]
struct Product {
	key: u64,
	target: u64,
	capacity: u64,
	batch: u32,
	depth: u32,
	first_row: u32,
	first_column: u32,
	row_blocks: u32,
	column_blocks: u32,
}

// SAFETY: plain numbers without padding, laid out as in tiles.cu; every win is computed again by the processor.
unsafe impl DeviceRepr for Product {}

/// A device as the lotteries use it: one stream, one thread.
struct Lane {
	info: DeviceInfo,
	context: Arc<CudaContext>,
	stream: Arc<CudaStream>,
	found: CudaSlice<u64>,
}

impl Lane {
	fn open(cuda: &Cuda, index: usize) -> Result<Self, Fault> {
		let info = cuda
			.devices()
			.into_iter()
			.find(|info| info.index == index)
			.ok_or_else(|| Fault::Lost("there is no such device".into()))?;
		let context = CudaContext::new(index).map_err(fault)?;
		context.set_blocking_synchronize().map_err(fault)?;
		let stream = context.new_stream().map_err(fault)?;
		let found = stream.alloc_zeros(CAPACITY + 1).map_err(fault)?;
		Ok(Self { info, context, stream, found })
	}

	fn function(&self, cuda: &Cuda, kernel: &Kernel, name: &str) -> Result<CudaFunction, Fault> {
		let code =
			cuda.cache().get(kernel, self.info.architecture).map_err(|error| Fault::Compile(error.to_string()))?;
		load(&self.context, code, name)
	}

	fn clear(&mut self) -> Result<(), Fault> {
		self.stream.memset_zeros(&mut self.found.slice_mut(0..1)).map_err(fault)
	}

	/// Waits, and reads what won. More wins than there is room for mean a target that is far too easy.
	fn read(&self) -> Result<Vec<u64>, Fault> {
		let words = self.stream.clone_dtoh(&self.found).map_err(fault)?;
		self.stream.synchronize().map_err(fault)?;
		let total = usize::try_from(words[0]).unwrap_or(usize::MAX);
		if total > CAPACITY {
			return Err(Fault::Launch("more wins than there is room for".into()));
		}
		let mut wins = words[1..=total].to_vec();
		wins.sort_unstable();
		Ok(wins)
	}
}

fn grid(blocks: u32, threads: u32) -> LaunchConfig {
	LaunchConfig { grid_dim: (blocks.max(1), 1, 1), block_dim: (threads, 1, 1), shared_mem_bytes: 0 }
}

/// Matrix products on a device.
pub struct Matrices {
	lane: Lane,
	rows: CudaFunction,
	tickets: CudaFunction,
	/// Rows of A, and columns of B, that are in memory.
	held: u32,
	sides: [CudaSlice<u32>; 2],
	/// The seed and batch of what is in memory.
	current: Option<(Seed, u32)>,
}

impl Matrices {
	/// Takes memory for `rows` rows and as many columns, rounded down to a multiple of 128; a whole batch is 65,536 and
	/// takes 1 GiB.
	///
	/// # Errors
	/// [`Fault`].
	pub fn open(cuda: &Cuda, index: usize, rows: u32) -> Result<Self, Fault> {
		let lane = Lane::open(cuda, index)?;
		let held = (rows / SIDE * SIDE).clamp(SIDE, u32::from(TILES) * TILE as u32);
		let (rows, tickets) = (
			lane.function(cuda, &Kernel::rows(), "matrix_rows")?,
			lane.function(cuda, &Kernel::tiles(), "matrix_tickets")?,
		);
		let words = held as usize * DEPTH as usize / 2;
		let sides = [lane.stream.alloc_zeros(words).map_err(fault)?, lane.stream.alloc_zeros(words).map_err(fault)?];
		Ok(Self { lane, rows, tickets, held, sides, current: None })
	}

	/// Makes the first rows and columns of a batch, and says how long that took.
	///
	/// # Errors
	/// [`Fault`].
	pub fn fill(&mut self, seed: &Seed, batch: u32) -> Result<Duration, Fault> {
		let (start, words) = (Instant::now(), Words::new(seed));
		self.current = None;
		for (side, memory) in [Side::Rows, Side::Columns].into_iter().zip(&mut self.sides) {
			let (side, first, depth) = (side as u32, 0u64, DEPTH);
			let mut launch = self.lane.stream.launch_builder(&self.rows);
			launch.arg(&words).arg(&side).arg(&batch).arg(&first).arg(&depth).arg(memory);
			// SAFETY: the kernel's six arguments; a block writes one row of `depth` 16-bit numbers, and there is memory for as
			// many rows as there are blocks.
			unsafe { launch.launch(grid(self.held, DEPTH / 64)) }.map_err(fault)?;
		}
		self.lane.stream.synchronize().map_err(fault)?;
		self.current = Some((*seed, batch));
		Ok(start.elapsed())
	}

	/// Looks at all tickets of 128-row blocks `first` to `first + blocks` (of A) with all columns that are in memory.
	///
	/// # Errors
	/// [`Fault::Wrong`] if a win is none; others.
	pub fn tickets(&mut self, first: u32, blocks: u32, target: u64) -> Result<Wins<Ticket>, Fault> {
		let Some((seed, batch)) = self.current else { return Err(Fault::Launch("no batch was filled".into())) };
		let all = self.held / SIDE;
		let (first, column_blocks) = (first.min(all - 1), all);
		let row_blocks = blocks.clamp(1, all - first);
		let product = Product {
			key: Words::new(&seed).0[0],
			target,
			capacity: CAPACITY as u64,
			batch,
			depth: DEPTH,
			first_row: first * SIDE,
			first_column: 0,
			row_blocks,
			column_blocks,
		};
		self.lane.clear()?;
		let start = Instant::now();
		let from = first as usize * SIDE as usize * DEPTH as usize / 2;
		let rows = self.sides[0].slice(from..);
		let stream = self.lane.stream.clone();
		let mut launch = stream.launch_builder(&self.tickets);
		launch.arg(&product).arg(&rows).arg(&self.sides[1]).arg(&mut self.lane.found);
		// SAFETY: the kernel's four arguments; it reads `row_blocks` blocks of rows behind `rows` and `column_blocks` of
		// columns, which are there, and writes at most `1 + capacity` words.
		unsafe { launch.launch(grid(row_blocks * column_blocks, PRODUCT_THREADS)) }.map_err(fault)?;
		let found = self.lane.read()?;
		let took = start.elapsed();
		let wins = found.into_iter().map(|bits| {
			let ticket = Ticket::from_u64(bits).ok_or(Fault::Wrong(bits))?;
			let right = matrix::check_ticket(keccak256, &seed, ticket, DEPTH, target);
			if right {
				Ok(ticket)
			} else {
				Err(Fault::Wrong(bits))
			}
		});
		let tried = u64::from(row_blocks) * u64::from(column_blocks) * 64;
		Ok(Wins { wins: wins.collect::<Result<_, _>>()?, tried, took })
	}

	/// Blocks of 128 rows that are in memory.
	pub fn blocks(&self) -> u32 {
		self.held / SIDE
	}
}

impl MatrixDevice for Matrices {
	fn blocks(&self) -> u32 {
		self.held / SIDE
	}

	fn fill(&mut self, seed: &Seed, batch: u32) -> Result<(), Fault> {
		guarded(|| Matrices::fill(self, seed, batch)).map(drop)
	}

	fn tickets(&mut self, first: u32, blocks: u32, target: u64) -> Result<Vec<u64>, Fault> {
		let found = guarded(|| Matrices::tickets(self, first, blocks, target))?;
		Ok(found.wins.into_iter().map(Ticket::to_u64).collect())
	}
}

/// A table in a device's memory.
pub struct Table {
	lane: Lane,
	fill: CudaFunction,
	walk: CudaFunction,
	elements: u64,
	memory: CudaSlice<u64>,
	seed: Option<Seed>,
}

impl Table {
	/// Takes memory for a table of nine tenths of `bytes`.
	///
	/// # Errors
	/// [`Fault`]: out of memory, first of all.
	pub fn open(cuda: &Cuda, index: usize, bytes: u64) -> Result<Self, Fault> {
		let lane = Lane::open(cuda, index)?;
		let kernel = Kernel::table();
		let (fill, walk) = (lane.function(cuda, &kernel, "table_fill")?, lane.function(cuda, &kernel, "table_walk")?);
		let elements = table::elements(bytes).max(1);
		let words = usize::try_from(elements * 4).map_err(|_| Fault::OutOfMemory)?;
		// SAFETY: it is filled before anything reads it (`seed` says so), and any bits are a number.
		let memory = unsafe { lane.stream.alloc(words) }.map_err(fault)?;
		Ok(Self { lane, fill, walk, elements, memory, seed: None })
	}

	/// Elements of the table.
	pub fn elements(&self) -> u64 {
		self.elements
	}

	fn blocks(&self, count: u64) -> u32 {
		u32::try_from(count.div_ceil(256)).unwrap_or(u32::MAX).clamp(1, self.lane.info.multiprocessors.max(1) * 16)
	}

	/// Fills the table, and says how long that took.
	///
	/// # Errors
	/// [`Fault`].
	pub fn fill(&mut self, seed: &Seed) -> Result<Duration, Fault> {
		let (start, words, first, count) = (Instant::now(), Words::new(seed), 0u64, self.elements);
		let config = grid(self.blocks(count), 256);
		let mut launch = self.lane.stream.launch_builder(&self.fill);
		launch.arg(&words).arg(&first).arg(&count).arg(&mut self.memory);
		// SAFETY: the kernel's four arguments; it writes `count` elements of 32 bytes, for which there is memory.
		unsafe { launch.launch(config) }.map_err(fault)?;
		self.lane.stream.synchronize().map_err(fault)?;
		self.seed = Some(*seed);
		Ok(start.elapsed())
	}

	/// Takes `count` walks from `first` on.
	///
	/// # Errors
	/// [`Fault::Wrong`] if a win is none; others.
	pub fn walk(&mut self, entropy: &Seed, first: Nonce, count: u64, target: u64) -> Result<Wins<Nonce>, Fault> {
		let Some(seed) = self.seed else { return Err(Fault::Launch("the table is empty".into())) };
		self.lane.clear()?;
		let (start, words, elements, capacity) = (Instant::now(), Words::new(entropy), self.elements, CAPACITY as u64);
		let config = grid(self.blocks(count), 256);
		let stream = self.lane.stream.clone();
		let mut launch = stream.launch_builder(&self.walk);
		launch.arg(&words).arg(&first).arg(&count).arg(&elements).arg(&target).arg(&capacity);
		launch.arg(&self.memory).arg(&mut self.lane.found);
		// SAFETY: the kernel's eight arguments; it reads below `elements`, which are filled, and writes at most
		// `1 + capacity` words.
		unsafe { launch.launch(config) }.map_err(fault)?;
		let wins = self.lane.read()?;
		let took = start.elapsed();
		let wrong = wins.iter().find(|nonce| !table::check_walk(keccak256, &seed, entropy, **nonce, elements, target));
		match wrong {
			Some(nonce) => Err(Fault::Wrong(*nonce)),
			None => Ok(Wins { wins, tried: count, took }),
		}
	}
}

impl TableDevice for Table {
	fn fill(&mut self, seed: &Seed) -> Result<(), Fault> {
		guarded(|| Table::fill(self, seed)).map(drop)
	}

	fn walk(&mut self, entropy: &Seed, first: Nonce, count: u64, target: u64) -> Result<Vec<u64>, Fault> {
		Ok(guarded(|| Table::walk(self, entropy, first, count, target))?.wins)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn arguments_should_be_laid_out_as_in_the_kernels() {
		assert_eq!((size_of::<Product>(), size_of::<Words>()), (48, 32));
		assert_eq!(core::mem::offset_of!(Product, batch), 24);
		let words = Words::new(&core::array::from_fn(|index| index as u8));
		assert_eq!(words.0[1], u64::from_le_bytes([8, 9, 10, 11, 12, 13, 14, 15]));
	}
}
