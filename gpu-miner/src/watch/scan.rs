//! Finding a reveal in a block.
//!
//! The chain's event says who revealed for which lottery; the tickets stand in the extrinsic only. However that call is
//! wrapped (batch, proxy, multisignature), its own bytes are in the extrinsic as they are: they are searched for by
//! their beginning, which names the node. What is found is held against the commitment by whoever asks, so bytes that
//! only look like a reveal do no harm.

use crate::chain::Hash;
use subxt::ext::codec::{Compact, Decode};

/// The most tickets that anything found here may have: more than any reveal.
const MOST: usize = 4_096;

/// Tickets and salts of everything in `extrinsic` that begins with `prefix`: a call's two numbers, node, kind and
/// device.
pub fn reveals(extrinsic: &[u8], prefix: &[u8]) -> Vec<(Vec<u64>, Hash)> {
	if prefix.is_empty() {
		return Vec::new();
	}
	let starts = extrinsic.windows(prefix.len()).enumerate().filter(|(_, window)| *window == prefix);
	starts.filter_map(|(start, _)| arguments(&extrinsic[start + prefix.len()..])).collect()
}

/// Tickets and salt at the beginning of some bytes.
fn arguments(mut bytes: &[u8]) -> Option<(Vec<u64>, Hash)> {
	let input = &mut bytes;
	let count = Compact::<u32>::decode(input).ok()?.0 as usize;
	if count > MOST || input.len() < count * 8 + 32 {
		return None;
	}
	let tickets = input[..count * 8].chunks_exact(8).map(|ticket| {
		let mut number = [0; 8];
		number.copy_from_slice(ticket);
		u64::from_le_bytes(number)
	});
	let tickets = tickets.collect();
	let mut salt = Hash::default();
	salt.copy_from_slice(&input[count * 8..count * 8 + 32]);
	Some((tickets, salt))
}

#[cfg(test)]
mod tests {
	use super::*;
	use subxt::ext::codec::Encode;

	fn prefix() -> Vec<u8> {
		[vec![40, 9], vec![7; 32], vec![0, 3]].concat()
	}

	fn call(tickets: &[u64], salt: u8) -> Vec<u8> {
		[prefix(), tickets.to_vec().encode(), vec![salt; 32]].concat()
	}

	#[test]
	fn a_reveal_is_found_however_it_is_wrapped() {
		let tickets: Vec<u64> = (0..300).map(|n| n * 0x0101_0101_0101).collect();
		let plain = call(&tickets, 5);
		let found = vec![(tickets.clone(), [5; 32])];
		assert_eq!(reveals(&plain, &prefix()), found);
		let wrapped = [vec![0x84; 99], vec![1, 2, 4], plain.clone(), vec![9; 7]].concat();
		assert_eq!(reveals(&wrapped, &prefix()), found);
		// Two in one extrinsic, of which the commitment tells the right one.
		let both = [call(&[1], 6), plain].concat();
		assert_eq!(reveals(&both, &prefix()), vec![(vec![1], [6; 32]), (tickets, [5; 32])]);
		let other = [vec![40, 9], vec![7; 32], vec![1, 3]].concat();
		assert_eq!(reveals(&both, &other), []);
	}

	#[test]
	fn bytes_that_only_look_like_one_do_no_harm() {
		let whole = call(&[1, 2, 3], 5);
		for end in 0..whole.len() {
			assert_eq!(reveals(&whole[..end], &prefix()), [], "cut at {end}");
		}
		let huge = [prefix(), Compact(u32::MAX).encode(), vec![0; 100]].concat();
		assert_eq!(reveals(&huge, &prefix()), []);
		assert_eq!(reveals(&whole, &[]), []);
		assert_eq!(reveals(&[], &prefix()), []);
	}
}
