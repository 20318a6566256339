//! Four lanes in an AVX2 register, eight in an AVX-512 one.

use super::{scan_lanes, vector::Lanes, LaneArray};
use crate::Job;
use core::arch::x86_64::*;

/// # Safety
/// The processor must have AVX2.
#[target_feature(enable = "avx2")]
pub(super) unsafe fn scan_avx2(job: &Job, first: u64, groups: u64, limit: u64, candidate: &mut dyn FnMut(u64)) {
	// SAFETY: this function has AVX2 enabled, and its caller has checked for it.
	unsafe { scan_lanes::<Avx2, 4>(job, first, groups, limit, candidate) }
}

/// # Safety
/// The processor must have AVX-512F.
#[target_feature(enable = "avx512f")]
pub(super) unsafe fn scan_avx512(job: &Job, first: u64, groups: u64, limit: u64, candidate: &mut dyn FnMut(u64)) {
	// SAFETY: this function has AVX-512F enabled, and its caller has checked for it.
	unsafe { scan_lanes::<Avx512, 8>(job, first, groups, limit, candidate) }
}

/// Exists only where AVX2 is enabled: it is made by the `unsafe` functions `splat` and `from_array` alone.
#[derive(Clone, Copy)]
struct Avx2(__m256i);

impl Lanes for Avx2 {
	const XOR3_IS_ONE: bool = false;
	#[inline(always)]
	unsafe fn splat(value: u64) -> Self {
		// SAFETY: AVX2 is enabled, as the caller promises.
		Self(unsafe { _mm256_set1_epi64x(value as i64) })
	}
	#[inline(always)]
	fn xor(self, b: Self) -> Self {
		// SAFETY: there is an `Avx2` only where AVX2 is enabled.
		Self(unsafe { _mm256_xor_si256(self.0, b.0) })
	}
	#[inline(always)]
	fn xor3(self, b: Self, c: Self) -> Self {
		self.xor(b).xor(c)
	}
	#[inline(always)]
	fn chi(self, b: Self, c: Self) -> Self {
		// SAFETY: there is an `Avx2` only where AVX2 is enabled.
		Self(unsafe { _mm256_xor_si256(self.0, _mm256_andnot_si256(b.0, c.0)) })
	}
	#[inline(always)]
	fn rol<const N: i32>(self) -> Self {
		// SAFETY: there is an `Avx2` only where AVX2 is enabled. The counts are constants, which the compiler folds.
		Self(unsafe {
			_mm256_or_si256(
				_mm256_sllv_epi64(self.0, _mm256_set1_epi64x(i64::from(N))),
				_mm256_srlv_epi64(self.0, _mm256_set1_epi64x(i64::from(64 - N))),
			)
		})
	}
}

impl LaneArray<4> for Avx2 {
	#[inline(always)]
	unsafe fn from_array(values: [u64; 4]) -> Self {
		// SAFETY: AVX2 is enabled, as the caller promises; an unaligned load of 32 bytes from an array of 32.
		Self(unsafe { _mm256_loadu_si256(values.as_ptr().cast()) })
	}
	#[inline(always)]
	fn to_array(self) -> [u64; 4] {
		let mut values = [0; 4];
		// SAFETY: there is an `Avx2` only where AVX2 is enabled; an unaligned store of 32 bytes to an array of 32.
		unsafe { _mm256_storeu_si256(values.as_mut_ptr().cast(), self.0) };
		values
	}
}

/// Exists only where AVX-512F is enabled: it is made by the `unsafe` functions `splat` and `from_array` alone.
#[derive(Clone, Copy)]
struct Avx512(__m512i);

impl Lanes for Avx512 {
	const XOR3_IS_ONE: bool = true;
	#[inline(always)]
	unsafe fn splat(value: u64) -> Self {
		// SAFETY: AVX-512F is enabled, as the caller promises.
		Self(unsafe { _mm512_set1_epi64(value as i64) })
	}
	#[inline(always)]
	fn xor(self, b: Self) -> Self {
		// SAFETY: there is an `Avx512` only where AVX-512F is enabled.
		Self(unsafe { _mm512_xor_si512(self.0, b.0) })
	}
	#[inline(always)]
	fn xor3(self, b: Self, c: Self) -> Self {
		// SAFETY: there is an `Avx512` only where AVX-512F is enabled. 0x96 is the truth table of a ^ b ^ c.
		Self(unsafe { _mm512_ternarylogic_epi64::<0x96>(self.0, b.0, c.0) })
	}
	#[inline(always)]
	fn chi(self, b: Self, c: Self) -> Self {
		// SAFETY: there is an `Avx512` only where AVX-512F is enabled. 0xD2 is the truth table of a ^ (!b & c).
		Self(unsafe { _mm512_ternarylogic_epi64::<0xD2>(self.0, b.0, c.0) })
	}
	#[inline(always)]
	fn rol<const N: i32>(self) -> Self {
		// SAFETY: there is an `Avx512` only where AVX-512F is enabled.
		Self(unsafe { _mm512_rol_epi64::<N>(self.0) })
	}
}

impl LaneArray<8> for Avx512 {
	#[inline(always)]
	unsafe fn from_array(values: [u64; 8]) -> Self {
		// SAFETY: AVX-512F is enabled, as the caller promises; an unaligned load of 64 bytes from an array of 64.
		Self(unsafe { _mm512_loadu_si512(values.as_ptr().cast()) })
	}
	#[inline(always)]
	fn to_array(self) -> [u64; 8] {
		let mut values = [0; 8];
		// SAFETY: there is an `Avx512` only where AVX-512F is enabled; an unaligned store of 64 bytes to an array of
		// 64.
		unsafe { _mm512_storeu_si512(values.as_mut_ptr().cast(), self.0) };
		values
	}
}
