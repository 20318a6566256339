//! Keccak-f\[1600\] over lanes of any width: one state a lane, all of them at once.
//!
//! Written out round by round, so that every rotation is by a constant and nothing is indexed at run time. Each width
//! gives four operations; the compiler inlines them into the function that enables the instructions.

/// Several 64-bit lanes that are worked on together.
///
/// The operations are `inline(always)`, so that those made of intrinsics end up inside the caller that has enabled
/// them.
pub(crate) trait Lanes: Copy {
	/// Whether `xor3` is one operation of the processor.
	const XOR3_IS_ONE: bool;
	/// The same value in every lane.
	///
	/// # Safety
	/// The processor must have the instructions of the implementation, and the caller must have enabled them.
	unsafe fn splat(value: u64) -> Self;
	/// `self ^ b`.
	fn xor(self, b: Self) -> Self;
	/// `self ^ b ^ c`.
	fn xor3(self, b: Self, c: Self) -> Self;
	/// `self ^ (!b & c)`.
	fn chi(self, b: Self, c: Self) -> Self;
	/// Rotates to the left by `N` bits.
	fn rol<const N: i32>(self) -> Self;
}

/// Round constants (FIPS 202, section 3.2.5).
pub(crate) const ROUND_CONSTANTS: [u64; 24] = [
	0x0000000000000001,
	0x0000000000008082,
	0x800000000000808a,
	0x8000000080008000,
	0x000000000000808b,
	0x0000000080000001,
	0x8000000080008081,
	0x8000000000008009,
	0x000000000000008a,
	0x0000000000000088,
	0x0000000080008009,
	0x000000008000000a,
	0x000000008000808b,
	0x800000000000008b,
	0x8000000000008089,
	0x8000000000008003,
	0x8000000000008002,
	0x8000000000000080,
	0x000000000000800a,
	0x800000008000000a,
	0x8000000080008081,
	0x8000000000008080,
	0x0000000080000001,
	0x8000000080008008,
];

/// The lanes of a message of 64 bytes with its padding.
pub(crate) fn message(input: &[u8; 64]) -> [u64; 25] {
	let mut message = [0u64; 25];
	for (lane, bytes) in message.iter_mut().zip(input.chunks_exact(8)) {
		*lane = u64::from_le_bytes(bytes.try_into().expect("chunks of eight bytes"));
	}
	message[8] = 1;
	message[16] = 1 << 63;
	message
}

/// The lanes of [`FirstRound`] in plain Rust, for engines that have registers of their own.
pub(crate) fn midstate(input: &[u8; 64]) -> [u64; 25] {
	theta_rho_pi(&message(input).map(|lane| [lane])).map(|[lane]| lane)
}

/// What the constant part of the message makes of the first round, for a search in which only lane 7 varies.
///
/// Theta, rho and pi are linear: the state that chi sees is that of a message whose lane 7 is zero, xored with what
/// lane 7 alone contributes. By theta it reaches itself and the columns of lanes 1 and 3: eleven lanes, each a rotation
/// of it.
pub(crate) struct FirstRound<V>([V; 25]);

impl<V: Lanes> FirstRound<V> {
	/// # Safety
	/// As for [`Lanes::splat`].
	#[inline(always)]
	pub(crate) unsafe fn new(message: &[u64; 25]) -> Self {
		let linear = theta_rho_pi(&message.map(|lane| [lane]));
		// SAFETY: as promised by the caller.
		Self(linear.map(|[lane]| unsafe { V::splat(lane) }))
	}

	/// From what [`midstate`] gives.
	pub(crate) fn from_midstate(lanes: [V; 25]) -> Self {
		Self(lanes)
	}

	#[inline(always)]
	fn with_lane_7(&self, lane: V, rc: V) -> [V; 25] {
		let mut b = self.0;
		// Lane 7 itself.
		b[11] = b[11].xor(lane.rol::<6>());
		// The column of lane 1, for which theta rotates the column of lane 7 by one more.
		b[10] = b[10].xor(lane.rol::<2>());
		b[1] = b[1].xor(lane.rol::<45>());
		b[17] = b[17].xor(lane.rol::<11>());
		b[8] = b[8].xor(lane.rol::<46>());
		b[24] = b[24].xor(lane.rol::<3>());
		// The column of lane 3.
		b[5] = b[5].xor(lane.rol::<28>());
		b[21] = b[21].xor(lane.rol::<55>());
		b[12] = b[12].xor(lane.rol::<25>());
		b[3] = b[3].xor(lane.rol::<21>());
		b[19] = b[19].xor(lane.rol::<56>());
		chi_iota(&b, rc)
	}
}

/// The first lane of the permuted message with `lane` in lane 7: the first eight bytes of the digest, little-endian.
#[inline(always)]
pub(crate) fn first_lane<V: Lanes>(first: &FirstRound<V>, lane: V, constants: &[V; 24]) -> V {
	let mut a = first.with_lane_7(lane, constants[0]);
	for rc in &constants[1..23] {
		a = chi_iota(&theta_rho_pi(&a), *rc);
	}
	last_round(&a, constants[23])
}

/// What theta adds to each column.
struct Theta<V> {
	/// The columns' parities.
	c: [V; 5],
	/// The same rotated by one.
	r: [V; 5],
	/// Their sums, where a sum of three costs two operations.
	d: [V; 5],
}

impl<V: Lanes> Theta<V> {
	#[inline(always)]
	fn new(a: &[V; 25]) -> Self {
		let c = [
			a[0].xor3(a[5], a[10]).xor3(a[15], a[20]),
			a[1].xor3(a[6], a[11]).xor3(a[16], a[21]),
			a[2].xor3(a[7], a[12]).xor3(a[17], a[22]),
			a[3].xor3(a[8], a[13]).xor3(a[18], a[23]),
			a[4].xor3(a[9], a[14]).xor3(a[19], a[24]),
		];
		let r = [c[0].rol::<1>(), c[1].rol::<1>(), c[2].rol::<1>(), c[3].rol::<1>(), c[4].rol::<1>()];
		let d = [c[4].xor(r[1]), c[0].xor(r[2]), c[1].xor(r[3]), c[2].xor(r[4]), c[3].xor(r[0])];
		Self { c, r, d }
	}

	/// A lane of column `X` after theta.
	#[inline(always)]
	fn add<const X: usize>(&self, lane: V) -> V {
		if V::XOR3_IS_ONE {
			lane.xor3(self.c[(X + 4) % 5], self.r[(X + 1) % 5])
		} else {
			lane.xor(self.d[X])
		}
	}
}

/// The linear steps of a round.
#[inline(always)]
fn theta_rho_pi<V: Lanes>(a: &[V; 25]) -> [V; 25] {
	let t = Theta::new(a);
	[
		t.add::<0>(a[0]),
		t.add::<1>(a[6]).rol::<44>(),
		t.add::<2>(a[12]).rol::<43>(),
		t.add::<3>(a[18]).rol::<21>(),
		t.add::<4>(a[24]).rol::<14>(),
		t.add::<3>(a[3]).rol::<28>(),
		t.add::<4>(a[9]).rol::<20>(),
		t.add::<0>(a[10]).rol::<3>(),
		t.add::<1>(a[16]).rol::<45>(),
		t.add::<2>(a[22]).rol::<61>(),
		t.add::<1>(a[1]).rol::<1>(),
		t.add::<2>(a[7]).rol::<6>(),
		t.add::<3>(a[13]).rol::<25>(),
		t.add::<4>(a[19]).rol::<8>(),
		t.add::<0>(a[20]).rol::<18>(),
		t.add::<4>(a[4]).rol::<27>(),
		t.add::<0>(a[5]).rol::<36>(),
		t.add::<1>(a[11]).rol::<10>(),
		t.add::<2>(a[17]).rol::<15>(),
		t.add::<3>(a[23]).rol::<56>(),
		t.add::<2>(a[2]).rol::<62>(),
		t.add::<3>(a[8]).rol::<55>(),
		t.add::<4>(a[14]).rol::<39>(),
		t.add::<0>(a[15]).rol::<41>(),
		t.add::<1>(a[21]).rol::<2>(),
	]
}

/// The other steps of a round.
#[inline(always)]
fn chi_iota<V: Lanes>(b: &[V; 25], rc: V) -> [V; 25] {
	[
		b[0].chi(b[1], b[2]).xor(rc),
		b[1].chi(b[2], b[3]),
		b[2].chi(b[3], b[4]),
		b[3].chi(b[4], b[0]),
		b[4].chi(b[0], b[1]),
		b[5].chi(b[6], b[7]),
		b[6].chi(b[7], b[8]),
		b[7].chi(b[8], b[9]),
		b[8].chi(b[9], b[5]),
		b[9].chi(b[5], b[6]),
		b[10].chi(b[11], b[12]),
		b[11].chi(b[12], b[13]),
		b[12].chi(b[13], b[14]),
		b[13].chi(b[14], b[10]),
		b[14].chi(b[10], b[11]),
		b[15].chi(b[16], b[17]),
		b[16].chi(b[17], b[18]),
		b[17].chi(b[18], b[19]),
		b[18].chi(b[19], b[15]),
		b[19].chi(b[15], b[16]),
		b[20].chi(b[21], b[22]),
		b[21].chi(b[22], b[23]),
		b[22].chi(b[23], b[24]),
		b[23].chi(b[24], b[20]),
		b[24].chi(b[20], b[21]),
	]
}

/// What the last round gives for lane 0 alone.
#[inline(always)]
fn last_round<V: Lanes>(a: &[V; 25], rc: V) -> V {
	let t = Theta::new(a);
	t.add::<0>(a[0]).chi(t.add::<1>(a[6]).rol::<44>(), t.add::<2>(a[12]).rol::<43>()).xor(rc)
}

/// Plain Rust, any number of lanes.
impl<const LANES: usize> Lanes for [u64; LANES] {
	const XOR3_IS_ONE: bool = false;
	#[inline(always)]
	unsafe fn splat(value: u64) -> Self {
		[value; LANES]
	}
	#[inline(always)]
	fn xor(self, b: Self) -> Self {
		core::array::from_fn(|i| self[i] ^ b[i])
	}
	#[inline(always)]
	fn xor3(self, b: Self, c: Self) -> Self {
		core::array::from_fn(|i| self[i] ^ b[i] ^ c[i])
	}
	#[inline(always)]
	fn chi(self, b: Self, c: Self) -> Self {
		core::array::from_fn(|i| self[i] ^ (!b[i] & c[i]))
	}
	#[inline(always)]
	fn rol<const N: i32>(self) -> Self {
		core::array::from_fn(|i| self[i].rotate_left(N as u32))
	}
}
