//! Keccak-f\[1600\] over lanes of any width: one state a lane, all of them at once.
//!
//! Written out round by round, so that every rotation is by a constant and nothing is indexed at run time. Each width gives
//! four operations; the compiler inlines them into the function that enables the instructions.

/// Several 64-bit lanes that are worked on together.
///
/// The operations are `inline(always)`, so that those made of intrinsics end up inside the caller that has enabled them.
pub(crate) trait Lanes: Copy {
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

/// The first lane of the permuted state: the first eight bytes of the digest, little-endian.
#[inline(always)]
pub(crate) fn first_lane<V: Lanes>(mut a: [V; 25], constants: &[V; 24]) -> V {
	for rc in &constants[..23] {
		a = round(&a, *rc);
	}
	last_round(&a, constants[23])
}

#[inline(always)]
fn round<V: Lanes>(a: &[V; 25], rc: V) -> [V; 25] {
	let c = [
		a[0].xor3(a[5], a[10]).xor3(a[15], a[20]),
		a[1].xor3(a[6], a[11]).xor3(a[16], a[21]),
		a[2].xor3(a[7], a[12]).xor3(a[17], a[22]),
		a[3].xor3(a[8], a[13]).xor3(a[18], a[23]),
		a[4].xor3(a[9], a[14]).xor3(a[19], a[24]),
	];
	let r = [c[0].rol::<1>(), c[1].rol::<1>(), c[2].rol::<1>(), c[3].rol::<1>(), c[4].rol::<1>()];
	let b = [
		a[0].xor3(c[4], r[1]),
		a[6].xor3(c[0], r[2]).rol::<44>(),
		a[12].xor3(c[1], r[3]).rol::<43>(),
		a[18].xor3(c[2], r[4]).rol::<21>(),
		a[24].xor3(c[3], r[0]).rol::<14>(),
		a[3].xor3(c[2], r[4]).rol::<28>(),
		a[9].xor3(c[3], r[0]).rol::<20>(),
		a[10].xor3(c[4], r[1]).rol::<3>(),
		a[16].xor3(c[0], r[2]).rol::<45>(),
		a[22].xor3(c[1], r[3]).rol::<61>(),
		a[1].xor3(c[0], r[2]).rol::<1>(),
		a[7].xor3(c[1], r[3]).rol::<6>(),
		a[13].xor3(c[2], r[4]).rol::<25>(),
		a[19].xor3(c[3], r[0]).rol::<8>(),
		a[20].xor3(c[4], r[1]).rol::<18>(),
		a[4].xor3(c[3], r[0]).rol::<27>(),
		a[5].xor3(c[4], r[1]).rol::<36>(),
		a[11].xor3(c[0], r[2]).rol::<10>(),
		a[17].xor3(c[1], r[3]).rol::<15>(),
		a[23].xor3(c[2], r[4]).rol::<56>(),
		a[2].xor3(c[1], r[3]).rol::<62>(),
		a[8].xor3(c[2], r[4]).rol::<55>(),
		a[14].xor3(c[3], r[0]).rol::<39>(),
		a[15].xor3(c[4], r[1]).rol::<41>(),
		a[21].xor3(c[0], r[2]).rol::<2>(),
	];
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
	let c = [
		a[0].xor3(a[5], a[10]).xor3(a[15], a[20]),
		a[1].xor3(a[6], a[11]).xor3(a[16], a[21]),
		a[2].xor3(a[7], a[12]).xor3(a[17], a[22]),
		a[3].xor3(a[8], a[13]).xor3(a[18], a[23]),
		a[4].xor3(a[9], a[14]).xor3(a[19], a[24]),
	];
	let r = [c[0].rol::<1>(), c[1].rol::<1>(), c[2].rol::<1>(), c[3].rol::<1>(), c[4].rol::<1>()];
	a[0].xor3(c[4], r[1]).chi(a[6].xor3(c[0], r[2]).rol::<44>(), a[12].xor3(c[1], r[3]).rol::<43>()).xor(rc)
}
