//! Hexadecimal as nodes write it: `0x` in front, bytes in full, quantities without leading zeros.

use alloc::{string::String, vec::Vec};

/// Bytes out of `0x…`. No more than `max` of them.
pub fn bytes(text: &str, max: usize) -> Option<Vec<u8>> {
	let digits = text.strip_prefix("0x")?.as_bytes();
	if digits.len() % 2 != 0 || digits.len() / 2 > max {
		return None;
	}
	digits.chunks_exact(2).map(|pair| Some(digit(*pair.first()?)? << 4 | digit(*pair.get(1)?)?)).collect()
}

/// Exactly `N` bytes out of `0x…`.
pub fn array<const N: usize>(text: &str) -> Option<[u8; N]> {
	bytes(text, N)?.try_into().ok()
}

/// A quantity of up to 256 bits, as the fewest bytes that hold it: none for zero, as RLP wants it.
pub fn quantity(text: &str) -> Option<Vec<u8>> {
	let digits = text.strip_prefix("0x")?;
	if digits.is_empty() || digits.len() > 64 || (digits.len() > 1 && digits.starts_with('0')) {
		return None;
	}
	if digits == "0" {
		return Some(Vec::new());
	}
	let mut even = String::from("0x");
	if digits.len() % 2 != 0 {
		even.push('0');
	}
	even.push_str(digits);
	bytes(&even, 32)
}

/// A quantity of up to 64 bits.
pub fn number(text: &str) -> Option<u64> {
	let bytes = quantity(text)?;
	if bytes.len() > 8 {
		return None;
	}
	Some(bytes.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
}

/// `0x…` of bytes.
pub fn encode(bytes: &[u8]) -> String {
	let mut text = String::with_capacity(2 + 2 * bytes.len());
	text.push_str("0x");
	for byte in bytes {
		for nibble in [byte >> 4, byte & 15] {
			text.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
		}
	}
	text
}

fn digit(byte: u8) -> Option<u8> {
	char::from(byte).to_digit(16).and_then(|value| value.try_into().ok())
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn quantities_should_have_one_form() {
		assert_eq!(number("0x0"), Some(0));
		assert_eq!(number("0xffffffffffffffff"), Some(u64::MAX));
		assert_eq!(number("0x10000000000000000"), None);
		assert_eq!(quantity("0x100"), Some(alloc::vec![1, 0]));
		for bad in ["", "0x", "0x00", "0x01", "1", "0xg", "0x-1", "-0x1", "0x+1", " 0x1"] {
			assert_eq!(quantity(bad), None, "{bad}");
		}
	}

	#[test]
	fn bytes_should_round_trip_and_be_bounded() {
		let all: Vec<u8> = (0..=255).collect();
		assert_eq!(bytes(&encode(&all), 256), Some(all.clone()));
		assert_eq!(bytes(&encode(&all), 255), None);
		assert_eq!(array::<4>("0xdeadBEEF"), Some([0xde, 0xad, 0xbe, 0xef]));
		for bad in ["0xabc", "abcd", "0xéé", "0x 1"] {
			assert_eq!(bytes(bad, 99), None, "{bad}");
		}
		assert_eq!(array::<4>("0x00"), None);
	}
}
