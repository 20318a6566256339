//! The matrix-product lottery: a proof of arithmetic, of the kind that AI work is made of.
//!
//! # The game
//! Nobody knows `seed` before the window opens. Under it stand, for every batch, two matrices: row i of A and column j
//! of B are streams of [`chacha`](crate::chacha) bytes, their entries integers from −63 to 63, [`DEPTH`] of them each.
//! A *ticket* is one tile of [`TILE`]² entries of A·B; [`fold`] makes one number of it, and a ticket whose number is at
//! most a target wins. Whoever does more products wins more tickets: the number of wins in a window is the measure of
//! power.
//!
//! ```text
//!              B: 16 columns
//!            ┌──────┐
//!            │ 4096 │            C = A·B, exact:  |Σ| ≤ 4096 · 63² < 2^24
//!            │ deep │            F = Σ mix64(C_uv, u, v, ticket, seed)
//!   ┌────────┼──────┤            wins if F ≤ target
//! 16│  4096  │  C   │
//!   └────────┴──────┘
//! ```
//! # Why it is exact everywhere
//! Entries fit in every format that matrix units take (fp16, bf16, int8), and every partial sum is an integer below
//! 2^24, which fp32 holds exactly, in whatever order a unit adds. So all vendors' units, and the plain integers here,
//! agree to the bit.
//!
//! # Why there is no short cut
//! The fold is not linear: a sum of entries could be had from sums of rows (Freivalds), a sum of their mixes cannot.
//! Each entry is mixed with its place and its ticket, so that nothing computed for one ticket serves another, but for
//! the products themselves. Fast multiplication (Strassen) is open to everybody and gains an eighth a level.

use crate::{
	chacha::{self, BLOCK},
	Digest, Seed,
};

/// Rows and columns of a ticket.
pub const TILE: usize = 16;
/// Entries of a row: multiplications behind one entry of the product.
pub const DEPTH: u32 = 4_096;
/// Tiles along a side of a batch: 65,536 rows.
pub const TILES: u16 = 4_096;
/// Entries are from minus this to this.
pub const LARGEST: i32 = 63;

/// Multiplications and additions behind a ticket.
pub const OPERATIONS: u64 = 2 * (TILE * TILE) as u64 * DEPTH as u64;
/// Tickets that a device may look at under one seed: 65,536 batches of 4,096² tiles.
pub const TICKETS: u128 = 1 << 40;

/// A rate of tickets as thousandths of a TOPS, 10^9 operations a second. Rounded down.
pub const fn milli_tops(tickets_per_second: u64) -> u64 {
	(tickets_per_second as u128 * OPERATIONS as u128 / 1_000_000_000) as u64
}

/// A tile of a product, by its rows.
pub type Tile = [[i32; TILE]; TILE];

/// Which tile of which product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket {
	/// The number of the pair of matrices.
	pub batch: u32,
	/// The tile's place along the rows of A, below [`TILES`].
	pub row: u16,
	/// Its place along the columns of B, below [`TILES`].
	pub column: u16,
}

impl Ticket {
	/// As the eight bytes that are committed to and revealed. In the order of the tickets.
	pub const fn to_u64(self) -> u64 {
		(self.batch as u64) << 32 | (self.row as u64) << 16 | self.column as u64
	}

	/// From eight bytes. `None` where there is no such tile.
	pub const fn from_u64(bits: u64) -> Option<Self> {
		let ticket = Self { batch: (bits >> 32) as u32, row: (bits >> 16) as u16, column: bits as u16 };
		if ticket.row < TILES && ticket.column < TILES {
			Some(ticket)
		} else {
			None
		}
	}
}

/// The left or the right matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
	/// Rows of A.
	Rows = 0,
	/// Columns of B.
	Columns = 1,
}

/// The 64 bytes whose Keccak-256 keys row (or column) `index` of a batch: the seed, then 19 zeros, the side, the batch
/// and the index, big-endian.
pub fn key_input(seed: &Seed, side: Side, batch: u32, index: u64) -> [u8; 64] {
	let mut input = [0u8; 64];
	input[..32].copy_from_slice(seed);
	input[51] = side as u8;
	input[52..56].copy_from_slice(&batch.to_be_bytes());
	input[56..].copy_from_slice(&index.to_be_bytes());
	input
}

/// What an entry a byte of a stream is: from −63 to 63, each as likely as the others to within a part in 128.
#[inline]
pub const fn entry(byte: u8) -> i8 {
	((byte as i32 * (2 * LARGEST + 1)) >> 8) as i8 - LARGEST as i8
}

/// The finaliser of SplitMix64 (Steele, Lea, Flood, 2014): a permutation of 64 bits in which every bit depends on all.
#[inline]
pub const fn mix64(mut z: u64) -> u64 {
	z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
	z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
	z ^ (z >> 31)
}

/// What the entries of a ticket are mixed with.
pub fn ticket_key(seed: &Seed, ticket: Ticket) -> u64 {
	let mut first = [0u8; 8];
	first.copy_from_slice(&seed[..8]);
	mix64(u64::from_le_bytes(first) ^ mix64(ticket.to_u64()))
}

/// One number of a tile: `Σ mix64(key ^ (place << 32 | entry))` modulo 2^64, place = 16 · row + column.
pub fn fold(key: u64, tile: &Tile) -> u64 {
	let mut sum = 0u64;
	for (u, row) in tile.iter().enumerate() {
		for (v, entry) in row.iter().enumerate() {
			let place = (u * TILE + v) as u64;
			sum = sum.wrapping_add(mix64(key ^ (place << 32 | u64::from(*entry as u32))));
		}
	}
	sum
}

/// Entries of four columns that are multiplied together: lanes of 16 bits in one number.
const LANES: usize = 4;
/// One in the lowest bit of each lane.
const ONES: u64 = 0x0001_0001_0001_0001;
/// The lanes that are left when every second one is taken out: room for 32 bits each.
const HALF: u64 = 0x0000_ffff_0000_ffff;
/// Products that fit in a lane: 8 · 63² is below 2^15.
const TERMS: usize = 8;
/// Half of a lane's range: added so that no sum is negative and none borrows from its neighbour.
const BIAS: u64 = 0x8000;

/// The tile of a ticket, of matrices `depth` deep (a multiple of 64, at most [`DEPTH`]; 64 at least).
///
/// In some 6 KiB of stack and without memory from elsewhere, as the runtime needs it. A runtime has no vector
/// instructions either: four columns share one 64-bit number, by which one multiplication makes four products.
pub fn tile(keccak256: impl Fn(&[u8; 64]) -> Digest, seed: &Seed, ticket: Ticket, depth: u32) -> Tile {
	let keys = |side, tile: u16| -> [Digest; TILE] {
		let first = u64::from(tile) * TILE as u64;
		core::array::from_fn(|index| keccak256(&key_input(seed, side, ticket.batch, first + index as u64)))
	};
	let (rows, columns) = (keys(Side::Rows, ticket.row), keys(Side::Columns, ticket.column));
	let blocks = depth.clamp(64, DEPTH) / BLOCK as u32;
	// Sums of lanes 0 and 2, and of lanes 1 and 3.
	let mut even = [[0u64; TILE / LANES]; TILE];
	let mut odd = [[0u64; TILE / LANES]; TILE];
	for counter in 0..blocks {
		let left: [[i8; BLOCK]; TILE] = core::array::from_fn(|row| chacha::block(&rows[row], counter).map(entry));
		let right: [[u64; BLOCK]; TILE / LANES] =
			core::array::from_fn(|group| pack(core::array::from_fn(|lane| &columns[group * LANES + lane]), counter));
		for (row, (even, odd)) in left.iter().zip(even.iter_mut().zip(&mut odd)) {
			for (group, (even, odd)) in right.iter().zip(even.iter_mut().zip(odd)) {
				for (a, b) in row.chunks_exact(TERMS).zip(group.chunks_exact(TERMS)) {
					let mut lanes = BIAS * ONES;
					for (a, b) in a.iter().zip(b) {
						lanes = lanes.wrapping_add((i64::from(*a) as u64).wrapping_mul(*b));
					}
					// At most 512 · 2^16 each.
					*even = even.wrapping_add(lanes & HALF);
					*odd = odd.wrapping_add((lanes >> 16) & HALF);
				}
			}
		}
	}
	let bias = (BIAS as u32).wrapping_mul(blocks * (BLOCK / TERMS) as u32);
	let mut product = [[0i32; TILE]; TILE];
	for (products, (even, odd)) in product.iter_mut().zip(even.iter().zip(&odd)) {
		for (products, (even, odd)) in products.chunks_exact_mut(LANES).zip(even.iter().zip(odd)) {
			let sums = [*even, *odd, *even >> 32, *odd >> 32];
			for (product, sum) in products.iter_mut().zip(sums) {
				*product = (sum as u32).wrapping_sub(bias) as i32;
			}
		}
	}
	product
}

/// Block `counter` of four columns' entries, each four in one number: `Σ entry << 16 · lane`, modulo 2^64.
fn pack(keys: [&Digest; LANES], counter: u32) -> [u64; BLOCK] {
	let bytes = keys.map(|key| chacha::block(key, counter));
	core::array::from_fn(|k| {
		let mut lanes = 0u64;
		for (lane, bytes) in bytes.iter().enumerate() {
			lanes |= u64::from(bytes[k]) << (16 * lane);
		}
		// [`entry`] of all four: byte · 127 / 256 − 63. A byte times 127 fits in its lane.
		let scaled = (lanes << 7).wrapping_sub(lanes);
		((scaled >> 8) & (0xff * ONES)).wrapping_sub(LARGEST as u64 * ONES)
	})
}

/// A ticket's number.
pub fn score(keccak256: impl Fn(&[u8; 64]) -> Digest, seed: &Seed, ticket: Ticket, depth: u32) -> u64 {
	fold(ticket_key(seed, ticket), &tile(keccak256, seed, ticket, depth))
}

/// Whether a ticket wins: what the runtime recomputes, and what anybody may.
pub fn check_ticket(
	keccak256: impl Fn(&[u8; 64]) -> Digest,
	seed: &Seed,
	ticket: Ticket,
	depth: u32,
	target: u64,
) -> bool {
	score(keccak256, seed, ticket, depth) <= target
}
