//! Which work is out, and what became of the work before it. Knows nothing of time, threads or the chain.

use gpu_work::{block_input, meets_target, target_for_difficulty};
use serde::{Deserialize, Serialize};
use sp_core::{H256, U256};
use sp_crypto_hashing::keccak_256;
use std::collections::VecDeque;

/// Templates that can be sealed at a time. Those that stand on one block differ in their transactions only; a miner that
/// has not heard of the newest yet still works for one of the others.
pub const MAX_OPEN: usize = 8;

/// Work that is over and still remembered, so that its finds are told apart from nonsense.
const MAX_CLOSED: usize = 64;

/// What a miner works on. Over RPC, 32 bytes are hex with `0x`, and so is the difficulty, a number; the rest are JSON
/// numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Work {
	/// The hash of the header without its seal: the first 32 bytes that are hashed; the nonce is the other 32.
	pub pre_hash: H256,
	/// The block that the miner's block stands on.
	pub parent_hash: H256,
	/// The height of the miner's block.
	pub number: u64,
	/// Its slot.
	pub slot: u64,
	/// Hashes that it takes on average.
	pub difficulty: U256,
	/// `keccak256(preHash ‖ nonce)`, read as a big-endian number, must be at or below this: `(2^256 − 1) / difficulty`.
	pub target: H256,
	/// Grows with each work of this node, so that a miner can tell which of two is newer.
	pub seq: u64,
}

/// A block without its seal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template<Build> {
	/// The hash of its header.
	pub pre_hash: H256,
	/// The block that it stands on.
	pub parent_hash: H256,
	/// Its height.
	pub number: u64,
	/// Its slot.
	pub slot: u64,
	/// Hashes that its seal takes on average.
	pub difficulty: U256,
	/// What is imported once the seal is found.
	pub build: Build,
}

/// Why a find makes no block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
	/// It does not meet the target.
	Invalid,
	/// It was right, too late: its parent is not the head any more, or something newer pushed its template out.
	Stale,
	/// Its template has its seal already.
	Duplicate,
	/// Nothing is known of its template: it is another node's, or of long ago.
	Unknown,
}

struct Open<Build> {
	work: Work,
	build: Build,
}

struct Closed {
	pre_hash: H256,
	target: H256,
	sealed: bool,
}

/// The book.
pub struct Book<Build> {
	/// The newest last.
	open: VecDeque<Open<Build>>,
	/// The newest last.
	closed: VecDeque<Closed>,
	/// The block that the last sealed template stands on: a second block of miners there would be in vain.
	sealed_on: Option<H256>,
	seq: u64,
}

impl<Build> Default for Book<Build> {
	fn default() -> Self {
		Self { open: VecDeque::new(), closed: VecDeque::new(), sealed_on: None, seq: 0 }
	}
}

impl<Build> Book<Build> {
	/// Enters a template, which is the current work from now on. `None` for one that is in the book already, so that nobody
	/// need be told of it again, and for one whose place is taken.
	pub fn offer(&mut self, template: Template<Build>) -> Option<Work> {
		let Template { pre_hash, parent_hash, number, slot, difficulty, build } = template;
		let is_known = self.open.iter().any(|open| open.work.pre_hash == pre_hash);
		if is_known || self.sealed_on == Some(parent_hash) {
			return None;
		}
		// A template that was given up and is built again counts as it does now.
		self.closed.retain(|closed| closed.pre_hash != pre_hash);
		self.seq += 1;
		let target = H256(target_for_difficulty(difficulty));
		let work = Work { pre_hash, parent_hash, number, slot, difficulty, target, seq: self.seq };
		self.open.push_back(Open { work: work.clone(), build });
		while self.open.len() > MAX_OPEN {
			self.give_up_oldest();
		}
		Some(work)
	}

	/// What to work on, if anything.
	pub fn current(&self) -> Option<&Work> {
		self.open.back().map(|open| &open.work)
	}

	/// Gives all work up. Whether there was any.
	pub fn clear(&mut self) -> bool {
		let had_work = !self.open.is_empty();
		while !self.open.is_empty() {
			self.give_up_oldest();
		}
		had_work
	}

	/// Takes the template that `nonce` seals out of the book, and gives up the others: they stand where its block will.
	/// So of several finds one alone is taken, and whoever takes it has the block to himself.
	///
	/// # Errors
	/// [`Refusal`]. That costs a look into the book and, for work that it knows, one hash.
	pub fn take(&mut self, pre_hash: &H256, nonce: &[u8; 32]) -> Result<(Work, Build), Refusal> {
		let meets = |target: &H256| meets_target(&keccak_256(&block_input(&pre_hash.0, nonce)), &target.0);
		if let Some(index) = self.open.iter().position(|open| open.work.pre_hash == *pre_hash) {
			if !meets(&self.open[index].work.target) {
				return Err(Refusal::Invalid);
			}
			let open = self.open.remove(index).ok_or(Refusal::Unknown)?;
			self.clear();
			self.close(&open.work, true);
			self.sealed_on = Some(open.work.parent_hash);
			return Ok((open.work, open.build));
		}
		let closed = self.closed.iter().find(|closed| closed.pre_hash == *pre_hash).ok_or(Refusal::Unknown)?;
		Err(match meets(&closed.target) {
			false => Refusal::Invalid,
			true if closed.sealed => Refusal::Duplicate,
			true => Refusal::Stale,
		})
	}

	/// Nothing came of the block that `work` was sealed for: its place is free again, and a second find for it late, not
	/// a duplicate.
	pub fn unseal(&mut self, work: &Work) {
		self.sealed_on = None;
		self.closed
			.iter_mut()
			.filter(|closed| closed.pre_hash == work.pre_hash)
			.for_each(|closed| closed.sealed = false);
	}

	fn give_up_oldest(&mut self) {
		if let Some(open) = self.open.pop_front() {
			self.close(&open.work, false);
		}
	}

	fn close(&mut self, work: &Work, sealed: bool) {
		self.closed.push_back(Closed { pre_hash: work.pre_hash, target: work.target, sealed });
		while self.closed.len() > MAX_CLOSED {
			self.closed.pop_front();
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	const EASY: u64 = 4;

	fn template(number: u8) -> Template<u8> {
		Template {
			pre_hash: H256([number; 32]),
			parent_hash: H256([0xaa; 32]),
			number: 7,
			slot: 9,
			difficulty: EASY.into(),
			build: number,
		}
	}

	/// The first nonce that meets the target of a template, or that does not.
	fn nonce(template: u8, right: bool) -> [u8; 32] {
		let target = target_for_difficulty(EASY.into());
		let nonces = (0u64..).map(|number| U256::from(number).to_big_endian());
		let mut wanted =
			nonces.filter(|nonce| meets_target(&keccak_256(&block_input(&[template; 32], nonce)), &target) == right);
		wanted.next().unwrap()
	}

	fn take(book: &mut Book<u8>, template: u8, right: bool) -> Result<u8, Refusal> {
		book.take(&H256([template; 32]), &nonce(template, right)).map(|(_, build)| build)
	}

	#[test]
	fn the_newest_template_should_be_the_current_work() {
		let mut book = Book::default();
		assert_eq!(book.current(), None);
		let first = book.offer(template(1)).unwrap();
		let second = book.offer(template(2)).unwrap();
		assert_eq!(book.current(), Some(&second));
		assert!(second.seq > first.seq);
		assert_eq!(second.target.0, target_for_difficulty(EASY.into()));
	}

	#[test]
	fn a_template_should_be_told_of_once() {
		let mut book = Book::default();
		let work = book.offer(template(1)).unwrap();
		assert_eq!(book.offer(template(1)), None, "a full template without transactions is the empty one");
		assert_eq!(book.current(), Some(&work));
		take(&mut book, 1, true).unwrap();
		assert_eq!(book.offer(template(1)), None, "sealed once is for good");
	}

	#[test]
	fn an_older_template_should_be_sealed_as_well_as_the_newest() {
		let mut book = Book::default();
		book.offer(template(1));
		book.offer(template(2));
		assert_eq!(take(&mut book, 1, true), Ok(1));
		assert_eq!(book.current(), None, "its siblings are no work any more");
		assert_eq!(take(&mut book, 2, true), Err(Refusal::Stale));
	}

	#[test]
	fn a_second_find_should_be_a_duplicate_whatever_its_nonce() {
		let mut book = Book::default();
		book.offer(template(1));
		assert_eq!(take(&mut book, 1, true), Ok(1));
		assert_eq!(take(&mut book, 1, true), Err(Refusal::Duplicate));
		assert_eq!(take(&mut book, 1, false), Err(Refusal::Invalid));
	}

	#[test]
	fn nothing_should_be_offered_beside_a_sealed_block_until_it_failed() {
		let mut book = Book::default();
		book.offer(template(1));
		let (work, _) = book.take(&H256([1; 32]), &nonce(1, true)).unwrap();
		assert_eq!(book.offer(template(2)), None, "the same parent");
		let elsewhere = Template { parent_hash: H256([0xbb; 32]), ..template(3) };
		assert!(book.offer(elsewhere).is_some());
		book.unseal(&work);
		assert_eq!(take(&mut book, 1, true), Err(Refusal::Stale));
		assert!(book.offer(template(1)).is_some());
		assert_eq!(take(&mut book, 1, true), Ok(1));
	}

	#[test]
	fn a_wrong_nonce_should_leave_the_work_open() {
		let mut book = Book::default();
		book.offer(template(1));
		assert_eq!(take(&mut book, 1, false), Err(Refusal::Invalid));
		assert_eq!(take(&mut book, 1, true), Ok(1));
	}

	#[test]
	fn work_that_was_given_up_should_be_stale_and_a_wrong_nonce_for_it_invalid() {
		let mut book = Book::default();
		book.offer(template(1));
		assert!(book.clear());
		assert!(!book.clear());
		assert_eq!(take(&mut book, 1, true), Err(Refusal::Stale));
		assert_eq!(take(&mut book, 1, false), Err(Refusal::Invalid));
		assert_eq!(take(&mut book, 2, true), Err(Refusal::Unknown));
	}

	#[test]
	fn work_that_is_built_again_after_it_was_given_up_should_be_open() {
		let mut book = Book::default();
		book.offer(template(1));
		book.clear();
		assert!(book.offer(template(1)).is_some());
		assert_eq!(take(&mut book, 1, true), Ok(1));
	}

	#[test]
	fn the_ninth_template_should_push_the_first_out() {
		let mut book = Book::default();
		(1..=9).for_each(|number| _ = book.offer(template(number)).unwrap());
		assert_eq!(book.open.len(), MAX_OPEN);
		assert_eq!(take(&mut book, 1, true), Err(Refusal::Stale));
		assert_eq!(take(&mut book, 2, true), Ok(2));
	}

	#[test]
	fn the_book_should_not_grow_without_end() {
		let mut book = Book::default();
		(0..=255).for_each(|number| _ = book.offer(template(number)));
		assert_eq!((book.open.len(), book.closed.len()), (MAX_OPEN, MAX_CLOSED));
		assert_eq!(take(&mut book, 1, true), Err(Refusal::Unknown), "long ago");
	}
}
