//! What contracts on other chains are told of work done here: words of 32 bytes, as Solidity's ABI has structs of static fields.
//! `contracts/src/libraries/WorkReports.sol` reads them.

use crate::{NodeId, PowerVector, TaskId};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_core::H256;

/// What a report is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum ReportSubject {
	/// A task: where it stands, who does it, and what was handed in.
	Task(TaskId),
	/// A node: what it was proven able to compute.
	Node(NodeId),
}

/// What this chain recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkReport {
	/// Of a task.
	Task {
		/// Its number.
		id: TaskId,
		/// Its place among the states of a task: 4 is verified, 6 cancelled.
		status: u8,
		/// The node that has, or had last, the task; zero if none ever had.
		node: NodeId,
		/// Who is paid for that node's work, as the 32 bytes of an account; zero if nobody.
		provider: H256,
		/// The hash of the result's bytes; zero if none was handed in.
		result: H256,
		/// The block in which the task ended; zero if it did not.
		ended_at: u32,
	},
	/// Of a node.
	Node {
		/// The node.
		id: NodeId,
		/// What it was proven able to do, by now.
		power: PowerVector,
	},
}

impl WorkReport {
	/// The report as it was in block `at`: which kind of report it is (1 a task's, 2 a node's), the block, and the fields in
	/// their order, a word each.
	pub fn abi(&self, at: u32) -> Vec<u8> {
		let words: Vec<[u8; 32]> = match self {
			Self::Task { id, status, node, provider, result, ended_at } => {
				let [kind, at, id, status, ended_at] =
					[1, at.into(), (*id).into(), (*status).into(), (*ended_at).into()].map(word);
				[kind, at, id, status, node.0, provider.0, result.0, ended_at].into()
			}
			Self::Node { id, power: PowerVector { hashes_per_second, milli_tops, memory_bytes } } => {
				let [kind, at] = [2, at.into()].map(word);
				let [hashes, tops, memory] =
					[*hashes_per_second, (*milli_tops).into(), (*memory_bytes).into()].map(word);
				[kind, at, id.0, hashes, tops, memory].into()
			}
		};
		words.concat()
	}
}

/// A number as a word, big-endian.
fn word(number: u128) -> [u8; 32] {
	let mut word = [0; 32];
	let (_, low) = word.split_at_mut(16);
	low.copy_from_slice(&number.to_be_bytes());
	word
}

#[cfg(test)]
mod tests {
	use super::*;

	/// The same bytes as in `contracts/test/unit/WorkReports.t.sol`.
	fn hex(words: &[&str]) -> Vec<u8> {
		words
			.iter()
			.flat_map(|word| {
				(0..32).map(move |i| u8::from_str_radix(&format!("{word:0>64}")[2 * i..2 * i + 2], 16).unwrap())
			})
			.collect()
	}

	#[test]
	fn a_tasks_report_should_be_the_words_that_contracts_read() {
		let [node, provider, result] = [0x11, 0x22, 0x33].map(|byte| H256([byte; 32]));
		let report = WorkReport::Task { id: 7, status: 4, node, provider, result, ended_at: 90 };
		let (ones, twos, threes) = ("11".repeat(32), "22".repeat(32), "33".repeat(32));
		assert_eq!(report.abi(100), hex(&["1", "64", "7", "4", &ones, &twos, &threes, "5a"]));
	}

	#[test]
	fn a_nodes_report_should_be_the_words_that_contracts_read() {
		let power = PowerVector { hashes_per_second: u128::MAX, milli_tops: 1_000_000, memory_bytes: u64::MAX };
		let report = WorkReport::Node { id: H256([0x11; 32]), power };
		let (ones, most) = ("11".repeat(32), "f".repeat(32));
		assert_eq!(report.abi(100), hex(&["2", "64", &ones, &most, "f4240", &"f".repeat(16)]));
	}
}
