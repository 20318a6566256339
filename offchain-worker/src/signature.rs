//! Which signatures the contracts take.

use alloc::vec::Vec;

/// Half the order of secp256k1. Of the two values of `s` that sign the same, contracts take the one that is not larger.
const HALF_ORDER: [u8; 32] = [
	0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x5d, 0x57, 0x6e,
	0x73, 0x57, 0xa4, 0x50, 0x1d, 0xdf, 0xe9, 0x2f, 0x46, 0x68, 0x1b, 0x20, 0xa0,
];

/// Whether a recoverable signature (r, s, v) has the one form that everybody takes: `s` in the lower half, `v` 0 or 1.
pub fn is_canonical(signature: &[u8; 65]) -> bool {
	let (Some(s), Some(v)) = (signature.get(32..64), signature.get(64)) else { return false };
	*v <= 1 && s <= HALF_ORDER.as_slice() && s.iter().any(|byte| *byte != 0)
}

/// The signature as Solidity takes it: `v` is 27 or 28.
pub fn for_solidity(signature: &[u8; 65]) -> Vec<u8> {
	let mut bytes = signature.to_vec();
	if let Some(v) = bytes.last_mut() {
		*v = v.saturating_add(27);
	}
	bytes
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn high_s_and_odd_v_should_be_refused() {
		let mut signature = [1; 65];
		assert!(is_canonical(&signature));
		signature[64] = 2;
		assert!(!is_canonical(&signature));
		signature[64] = 0;
		signature[32..64].copy_from_slice(&HALF_ORDER);
		assert!(is_canonical(&signature));
		signature[63] += 1;
		assert!(!is_canonical(&signature));
		signature[32..64].copy_from_slice(&[0; 32]);
		assert!(!is_canonical(&signature));
		assert_eq!(for_solidity(&[1; 65]).last(), Some(&28));
	}
}
