//! Canonical RLP, on alloy's: exact lengths, shortest forms, nothing behind the end.

use alloc::vec::Vec;
use alloy_rlp::{Encodable, Header};

/// Reads one item after the other out of a list.
pub(crate) struct Items<'a>(&'a [u8]);

impl<'a> Items<'a> {
	/// The items of the list that `bytes` are: exactly, nothing behind it.
	pub(crate) fn of_list(bytes: &'a [u8]) -> Option<Self> {
		let mut rest = bytes;
		let payload = Header::decode_bytes(&mut rest, true).ok()?;
		rest.is_empty().then_some(Self(payload))
	}

	pub(crate) fn is_empty(&self) -> bool {
		self.0.is_empty()
	}

	/// The next item, a list.
	pub(crate) fn list(&mut self) -> Option<Items<'a>> {
		Header::decode_bytes(&mut self.0, true).ok().map(Items)
	}

	/// The next item, a string.
	pub(crate) fn bytes(&mut self) -> Option<&'a [u8]> {
		Header::decode_bytes(&mut self.0, false).ok()
	}

	/// The next item, a string of `N` bytes.
	pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
		self.bytes()?.try_into().ok()
	}

	/// The next item, a number: no leading zeros.
	pub(crate) fn number(&mut self) -> Option<u64> {
		let bytes = self.bytes()?;
		if bytes.first() == Some(&0) || bytes.len() > 8 {
			return None;
		}
		Some(bytes.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
	}

	/// The next item, whatever it is.
	pub(crate) fn skip(&mut self) -> Option<()> {
		let header = Header::decode(&mut self.0).ok()?;
		self.0 = self.0.get(header.payload_length..)?;
		Some(())
	}
}

/// A string.
pub(crate) fn put_bytes(bytes: &[u8], out: &mut Vec<u8>) {
	bytes.encode(out);
}

/// A number.
pub(crate) fn put_number(number: u64, out: &mut Vec<u8>) {
	number.encode(out);
}

/// The list whose items are encoded in `payload`.
pub(crate) fn put_list(payload: &[u8], out: &mut Vec<u8>) {
	Header { list: true, payload_length: payload.len() }.encode(out);
	out.extend_from_slice(payload);
}
