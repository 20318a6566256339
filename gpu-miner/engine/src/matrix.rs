//! The matrix lottery on the processor: the rules' plain arithmetic, and the same by AVX2, sixteen products an instruction.
//!
//! A device does this thousands of times as fast: this is what its wins are checked by, and what a machine without one proves.

use crate::keccak256;
use core::{
	ops::Range,
	sync::atomic::{AtomicBool, Ordering},
};
use gpu_work::{
	chacha,
	matrix::{entry, fold, key_input, ticket_key, Side, Ticket, Tile, DEPTH, TILE},
	Seed,
};

/// How products are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arithmetic {
	/// One after the other.
	Scalar,
	/// Sixteen at a time.
	Avx2,
}

impl Arithmetic {
	/// Whether this processor has the instructions.
	pub fn is_available(self) -> bool {
		match self {
			Self::Scalar => true,
			#[cfg(target_arch = "x86_64")]
			Self::Avx2 => std::arch::is_x86_feature_detected!("avx2"),
			#[cfg(not(target_arch = "x86_64"))]
			Self::Avx2 => false,
		}
	}

	/// The fastest that this processor has.
	pub fn best() -> Self {
		if Self::Avx2.is_available() {
			Self::Avx2
		} else {
			Self::Scalar
		}
	}
}

/// Rows of A or columns of B, tile by tile: what several tickets have in common.
#[derive(Clone, Debug)]
pub struct Lines {
	depth: usize,
	first: u16,
	entries: Vec<i16>,
}

impl Lines {
	/// Makes the rows (or columns) of some tiles of a batch, `depth` entries each: a multiple of 64 up to
	/// [`DEPTH`]; other depths are made one, as by the rules.
	pub fn new(seed: &Seed, side: Side, batch: u32, tiles: Range<u16>, depth: u32) -> Self {
		let blocks = depth.clamp(64, DEPTH) / 64;
		let lines = u64::from(tiles.start) * TILE as u64..u64::from(tiles.end.max(tiles.start)) * TILE as u64;
		let mut entries = Vec::with_capacity((lines.end - lines.start) as usize * blocks as usize * 64);
		for index in lines {
			let key = keccak256(&key_input(seed, side, batch, index));
			for counter in 0..blocks {
				entries.extend(chacha::block(&key, counter).map(|byte| i16::from(entry(byte))));
			}
		}
		Self { depth: blocks as usize * 64, first: tiles.start, entries }
	}

	fn tiles(&self) -> usize {
		self.entries.len() / (self.depth * TILE)
	}

	/// The entries of a tile's 16 lines.
	fn tile(&self, index: usize) -> &[i16] {
		&self.entries[index * self.depth * TILE..][..self.depth * TILE]
	}
}

/// The product of 16 rows with 16 columns, `depth` entries each, exact.
///
/// # Panics
/// Where there are not 16 lines of that depth, a multiple of 64.
pub fn product(arithmetic: Arithmetic, rows: &[i16], columns: &[i16], depth: usize) -> Tile {
	assert!(depth.is_multiple_of(64) && rows.len() == depth * TILE && columns.len() == rows.len(), "16 lines each");
	match arithmetic {
		#[cfg(target_arch = "x86_64")]
		Arithmetic::Avx2 if arithmetic.is_available() => {
			// SAFETY: the processor has AVX2, and there are 16 lines of a multiple of 64 entries on both sides.
			unsafe { product_avx2(rows, columns, depth) }
		}
		_ => core::array::from_fn(|u| {
			core::array::from_fn(|v| {
				let (row, column) = (&rows[u * depth..][..depth], &columns[v * depth..][..depth]);
				row.iter().zip(column).map(|(a, b)| i32::from(*a) * i32::from(*b)).sum()
			})
		}),
	}
}

/// # Safety
/// The processor must have AVX2; `rows` and `columns` must have 16 lines of `depth` entries, a multiple of 16.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
unsafe fn product_avx2(rows: &[i16], columns: &[i16], depth: usize) -> Tile {
	use core::arch::x86_64::*;
	/// Rows and columns that are worked on together: sixteen sums fit in registers with what they are made of.
	const R: usize = 2;
	const C: usize = 4;
	let mut tile = [[0i32; TILE]; TILE];
	for u in (0..TILE).step_by(R) {
		for v in (0..TILE).step_by(C) {
			let mut sums = [[_mm256_setzero_si256(); C]; R];
			for k in (0..depth).step_by(16) {
				// SAFETY: line · depth + k + 16 is at most 16 · depth, the length of both.
				let load = |lines: &[i16], line: usize| unsafe {
					_mm256_loadu_si256(lines.as_ptr().add(line * depth + k).cast())
				};
				let row: [__m256i; R] = core::array::from_fn(|i| load(rows, u + i));
				let column: [__m256i; C] = core::array::from_fn(|j| load(columns, v + j));
				for (i, sums) in sums.iter_mut().enumerate() {
					for (j, sum) in sums.iter_mut().enumerate() {
						// Two products of at most 63² a lane: no lane comes near its 32 bits.
						*sum = _mm256_add_epi32(*sum, _mm256_madd_epi16(row[i], column[j]));
					}
				}
			}
			for (i, sums) in sums.iter().enumerate() {
				for (j, sum) in sums.iter().enumerate() {
					let mut lanes = [0i32; 8];
					// SAFETY: there is room for the 32 bytes of one register.
					unsafe { _mm256_storeu_si256(lanes.as_mut_ptr().cast(), *sum) };
					tile[u + i][v + j] = lanes.iter().sum();
				}
			}
		}
	}
	tile
}

/// Looks at all tickets of these rows with these columns and adds those that win to `found`, in ascending order. Gives how
/// many it looked at before `cancel` was set, which it asks before each.
pub fn search_tickets(
	arithmetic: Arithmetic,
	seed: &Seed,
	batch: u32,
	(rows, columns): (&Lines, &Lines),
	target: u64,
	cancel: &AtomicBool,
	found: &mut Vec<Ticket>,
) -> u64 {
	let mut looked_at = 0;
	for i in 0..rows.tiles() {
		for j in 0..columns.tiles() {
			if cancel.load(Ordering::Relaxed) {
				return looked_at;
			}
			let ticket = Ticket { batch, row: rows.first + i as u16, column: columns.first + j as u16 };
			let tile = product(arithmetic, rows.tile(i), columns.tile(j), rows.depth);
			if fold(ticket_key(seed, ticket), &tile) <= target {
				found.push(ticket);
			}
			looked_at += 1;
		}
	}
	looked_at
}

#[cfg(test)]
mod tests {
	use super::*;
	use gpu_work::matrix::{score, tile};
	use proptest::prelude::*;

	static NEVER: AtomicBool = AtomicBool::new(false);

	fn all_arithmetic() -> Vec<Arithmetic> {
		[Arithmetic::Scalar, Arithmetic::Avx2].into_iter().filter(|way| way.is_available()).collect()
	}

	#[test]
	fn tiles_should_be_those_of_the_rules() {
		let seed = [0x42; 32];
		for (batch, row, column, depth) in [(0, 0, 0, DEPTH), (9, 4_095, 17, 64), (u32::MAX, 3, 4_095, 192)] {
			let rows = Lines::new(&seed, Side::Rows, batch, row..row + 1, depth);
			let columns = Lines::new(&seed, Side::Columns, batch, column..column + 1, depth);
			let expected = tile(keccak256, &seed, Ticket { batch, row, column }, depth);
			for arithmetic in all_arithmetic() {
				let got = product(arithmetic, rows.tile(0), columns.tile(0), rows.depth);
				assert_eq!(got, expected, "{arithmetic:?} at depth {depth}");
			}
		}
	}

	#[test]
	fn the_largest_sums_should_be_exact() {
		let depth = DEPTH as usize;
		for (a, b) in [(63, 63), (63, -63), (-63, -63)] {
			let (rows, columns) = (vec![a; depth * TILE], vec![b; depth * TILE]);
			for arithmetic in all_arithmetic() {
				let tile = product(arithmetic, &rows, &columns, depth);
				assert!(tile.iter().flatten().all(|sum| *sum == i32::from(a) * i32::from(b) * depth as i32));
			}
		}
	}

	#[test]
	fn wins_should_be_those_of_the_rules_in_order() {
		let (seed, batch, depth) = ([1; 32], 3, 64);
		let rows = Lines::new(&seed, Side::Rows, batch, 10..14, depth);
		let columns = Lines::new(&seed, Side::Columns, batch, 4_090..4_096, depth);
		let all = (10..14).flat_map(|row| (4_090..4_096).map(move |column| Ticket { batch, row, column }));
		let scores: Vec<(Ticket, u64)> = all.map(|ticket| (ticket, score(keccak256, &seed, ticket, depth))).collect();
		for target in [0, scores[5].1 - 1, scores[5].1, u64::MAX] {
			let expected: Vec<Ticket> =
				scores.iter().filter(|(_, score)| *score <= target).map(|(ticket, _)| *ticket).collect();
			for arithmetic in all_arithmetic() {
				let mut found = Vec::new();
				let lines = (&rows, &columns);
				let looked_at = search_tickets(arithmetic, &seed, batch, lines, target, &NEVER, &mut found);
				assert_eq!((looked_at, &found), (24, &expected), "{arithmetic:?}");
			}
		}
		let (cancelled, mut found) = (AtomicBool::new(true), Vec::new());
		let lines = (&rows, &columns);
		assert_eq!(search_tickets(Arithmetic::best(), &seed, batch, lines, u64::MAX, &cancelled, &mut found), 0);
		assert!(found.is_empty());
	}

	proptest! {
		#![proptest_config(ProptestConfig::with_cases(32))]

		#[test]
		fn avx2_should_be_the_scalar_bit_for_bit(
			rows in prop::collection::vec(-63i16..=63, 192 * TILE),
			columns in prop::collection::vec(-63i16..=63, 192 * TILE),
		) {
			let scalar = product(Arithmetic::Scalar, &rows, &columns, 192);
			for arithmetic in all_arithmetic() {
				prop_assert_eq!(product(arithmetic, &rows, &columns, 192), scalar);
			}
		}
	}
}
