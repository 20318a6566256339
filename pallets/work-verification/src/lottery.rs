//! Lotteries: what devices claim, commit to and show. Knows no Config.

use crate::RoundNumber;
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use gpu_chain_primitives::{NodeId, ProofKind};
use gpu_work::{
	lottery::{self, Foreign, RevealError},
	matrix::{self, Ticket},
	table,
};
use scale_info::TypeInfo;
use sp_core::H256;
use sp_io::hashing::keccak_256;
use sp_runtime::traits::Saturating;

/// A device of a node: an accelerator by its index, or 0 for a node that has none.
pub type DeviceIndex = u8;

/// The hash that both lotteries are built on, by the host.
pub fn keccak(input: &[u8; 64]) -> [u8; 32] {
	keccak_256(input)
}

/// What a device is said to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum PowerClaim {
	/// Products of matrices.
	Compute {
		/// Tickets of the matrix lottery: 2,097,152 operations each.
		tickets_per_second: u64,
	},
	/// A table in its memory.
	Memory {
		/// Walks of sixteen reads.
		walks_per_second: u64,
		/// Its memory, of which the table fills nine tenths.
		table_bytes: u64,
	},
}

/// Why a claim cannot be tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimFault {
	/// All its tries would win, or its table has no element.
	TooSmall,
	/// There are not so many tries in one lottery.
	TooLarge,
}

impl PowerClaim {
	/// The lottery that tests it.
	pub fn kind(&self) -> ProofKind {
		match self {
			Self::Compute { .. } => ProofKind::Compute,
			Self::Memory { .. } => ProofKind::Memory,
		}
	}

	/// Tickets or walks.
	pub fn tries_per_second(&self) -> u64 {
		match self {
			Self::Compute { tickets_per_second } => *tickets_per_second,
			Self::Memory { walks_per_second, .. } => *walks_per_second,
		}
	}

	/// Zero for arithmetic.
	pub fn table_bytes(&self) -> u64 {
		match self {
			Self::Compute { .. } => 0,
			Self::Memory { table_bytes, .. } => *table_bytes,
		}
	}

	/// Tries in so many milliseconds.
	pub fn tries(&self, window_ms: u64) -> u128 {
		u128::from(self.tries_per_second()) * u128::from(window_ms) / 1_000
	}

	/// The target at which `wins` of its tries win on average.
	///
	/// # Errors
	/// [`ClaimFault`].
	pub fn target(&self, wins: u32, window_ms: u64) -> Result<u64, ClaimFault> {
		let tries = self.tries(window_ms);
		let (all, has_table) = match self {
			Self::Compute { .. } => (matrix::TICKETS, true),
			Self::Memory { table_bytes, .. } => (table::WALKS, table::elements(*table_bytes) > 0),
		};
		if tries <= u128::from(wins) || !has_table {
			return Err(ClaimFault::TooSmall);
		}
		if tries > all {
			return Err(ClaimFault::TooLarge);
		}
		Ok(lottery::target(wins, tries))
	}
}

/// A claim as it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct DeviceClaim {
	/// What the device is said to do.
	pub claim: PowerClaim,
	/// The round of the first lottery that it may answer: none whose seed was known when it was made.
	pub from: RoundNumber,
}

/// The lottery behind a round: all devices of all active nodes that claim power of its kind, in the same window of
/// blocks.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Lottery<BlockNumber> {
	/// The round behind which it opened.
	pub round: RoundNumber,
	/// What it tests.
	pub kind: ProofKind,
	/// What nobody knew before it opened: seeds follow from it.
	pub entropy: H256,
	/// The block in which it opened.
	pub opened_at: BlockNumber,
	/// The block from which on it is searched: the first one, or when tables must be filled.
	pub search_from: BlockNumber,
	/// When the search could begin, Unix milliseconds; of a table not known before the walks begin.
	pub search_ms: u64,
	/// The last block of the search.
	pub closes_at: BlockNumber,
	/// The search's length, milliseconds.
	pub window_ms: u64,
	/// The last block in which a commitment is accepted.
	pub commit_until: BlockNumber,
	/// The last block in which a reveal is accepted.
	pub reveal_until: BlockNumber,
	/// What walks begin with: drawn when tables must be filled. `None` for products.
	pub walk_entropy: Option<H256>,
	/// What picks samples: drawn when nobody can commit any more.
	pub sample_entropy: Option<H256>,
	/// Wins that a device has on average if its claim is true.
	pub wins: u32,
	/// Wins that pass.
	pub threshold: u32,
	/// Tickets of a reveal that the chain computes itself.
	pub samples: u32,
	/// Devices that passed so far.
	pub answers: u32,
}

impl<BlockNumber: PartialOrd> Lottery<BlockNumber> {
	/// Whether devices are at work for it.
	pub fn is_searched(&self, now: &BlockNumber) -> bool {
		*now <= self.closes_at
	}

	/// Whether the search can have begun.
	pub fn has_begun(&self, now: &BlockNumber) -> bool {
		*now >= self.search_from && (self.kind == ProofKind::Compute || self.walk_entropy.is_some())
	}

	/// A node's seed in it; its devices have one each that follows from this.
	pub fn node_seed(&self, node: &NodeId) -> H256 {
		H256(keccak_256(&gpu_work::round_seed_input(&self.entropy.0, self.round, &node.0)))
	}

	/// What a device of a node has to find.
	///
	/// # Errors
	/// [`ClaimFault`], where the lottery's numbers are others than when the claim was made.
	pub fn job(&self, node: &NodeId, device: DeviceIndex, claim: &PowerClaim) -> Result<Job, ClaimFault> {
		let seed = H256(lottery::device_seed(keccak, &self.node_seed(node).0, u32::from(device)));
		let target = claim.target(self.wins, self.window_ms)?;
		let elements = table::elements(claim.table_bytes());
		let walks = self.walk_entropy.map(|entropy| Walks { entropy, elements });
		Ok(Job { seed, target, walks })
	}
}

/// The newest lotteries that are over.
#[derive(
	Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct ClosedLotteries {
	/// The round of the last one of products.
	pub compute: RoundNumber,
	/// The round of the last one of tables.
	pub memory: RoundNumber,
}

impl ClosedLotteries {
	/// The last one of a kind; zero before the first.
	pub fn of(&self, kind: ProofKind) -> RoundNumber {
		match kind {
			ProofKind::Compute => self.compute,
			ProofKind::Memory => self.memory,
		}
	}

	/// The last one of any kind; zero before the first.
	pub fn newest(&self) -> RoundNumber {
		self.compute.max(self.memory)
	}

	/// Enters one that is over.
	pub fn close(&mut self, kind: ProofKind, round: RoundNumber) {
		match kind {
			ProofKind::Compute => self.compute = round,
			ProofKind::Memory => self.memory = round,
		}
	}
}

/// Where walks begin, and through which table they go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Walks {
	/// What they begin with.
	pub entropy: H256,
	/// Elements of the table.
	pub elements: u64,
}

/// What a device had to find: all that it takes to compute one of its tickets again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Job {
	/// The device's seed.
	pub seed: H256,
	/// A ticket or walk whose number is at or below this one wins.
	pub target: u64,
	/// For a table.
	pub walks: Option<Walks>,
}

/// What is wrong with a ticket or a walk, or with several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum TicketFault {
	/// There are fewer than pass.
	TooFew,
	/// They are not in ascending order.
	Unordered,
	/// One stands there twice.
	Reused,
	/// One is of another node, device or round.
	OfAnotherNode,
	/// One is of another batch than it says.
	OfAnotherBatch,
	/// There is no such tile.
	NoSuchTicket,
	/// It does not win.
	DoesNotWin,
}

impl From<Foreign> for TicketFault {
	fn from(foreign: Foreign) -> Self {
		match foreign {
			Foreign::Seed => Self::OfAnotherNode,
			Foreign::Batch => Self::OfAnotherBatch,
		}
	}
}

impl Job {
	/// Whether tickets are enough, in order, none twice, and each of them this device's: all that can be said without
	/// computing one.
	///
	/// # Errors
	/// [`TicketFault`], of the first that is at fault.
	pub fn check_tickets(&self, tickets: &[u64], threshold: u32) -> Result<(), TicketFault> {
		lottery::check_reveal(tickets, threshold).map_err(|error| match error {
			RevealError::TooFew { .. } => TicketFault::TooFew,
			RevealError::Reused => TicketFault::Reused,
			RevealError::Unordered => TicketFault::Unordered,
		})?;
		tickets.iter().try_for_each(|ticket| self.check_ticket(*ticket))
	}

	fn check_ticket(&self, ticket: u64) -> Result<(), TicketFault> {
		if self.walks.is_some() {
			return Ok(table::check_start(&self.seed.0, ticket)?);
		}
		lottery::check_batch(&self.seed.0, (ticket >> 32) as u32)?;
		Ticket::from_u64(ticket).map(|_| ()).ok_or(TicketFault::NoSuchTicket)
	}

	/// Computes a ticket, or a walk. By far the dearest thing here.
	pub fn wins(&self, ticket: u64) -> bool {
		match &self.walks {
			Some(Walks { entropy, elements }) => {
				table::check_walk(keccak, &self.seed.0, &entropy.0, ticket, *elements, self.target)
			}
			None => Ticket::from_u64(ticket)
				.is_some_and(|ticket| matrix::check_ticket(keccak, &self.seed.0, ticket, matrix::DEPTH, self.target)),
		}
	}

	/// The index of the first ticket with a fault of its own, and which: what a watcher asks of a reveal. Computes all
	/// of them, so it is for off chain.
	pub fn first_fault(&self, tickets: &[u64]) -> Option<(u32, TicketFault)> {
		tickets.iter().enumerate().find_map(|(index, ticket)| {
			let fault = match self.check_ticket(*ticket) {
				Ok(()) if self.wins(*ticket) => return None,
				Ok(()) => TicketFault::DoesNotWin,
				Err(fault) => fault,
			};
			Some((index as u32, fault))
		})
	}
}

/// The hash by which a device commits to what it found, `gpu_work::lottery::commitment_input` under Keccak-256.
pub fn commitment_hash(
	node: &NodeId,
	kind: ProofKind,
	device: DeviceIndex,
	round: RoundNumber,
	tickets: &[u64],
	salt: &H256,
) -> H256 {
	let mut bytes = Vec::with_capacity(lottery::COMMITMENT_HEAD + 8 * tickets.len());
	lottery::commitment_input(&node.0, round, kind as u8, device, &salt.0, tickets, |part| {
		bytes.extend_from_slice(part);
	});
	H256(keccak_256(&bytes))
}

/// What a device committed to, and showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Commitment<BlockNumber> {
	/// The hash of its tickets.
	pub hash: H256,
	/// How many there are.
	pub count: u32,
	/// What it had to find.
	pub job: Job,
	/// The memory that it claims, bytes; zero for products.
	pub table_bytes: u64,
	/// How long it can have searched, milliseconds.
	pub searched_ms: u64,
	/// The last block in which somebody may name a false ticket; `None` before it was revealed.
	pub challenge_until: Option<BlockNumber>,
}

impl<BlockNumber: PartialOrd> Commitment<BlockNumber> {
	/// Whether a false ticket can be named still.
	pub fn is_challengeable(&self, now: &BlockNumber) -> bool {
		matches!(&self.challenge_until, Some(until) if now <= until)
	}

	/// Tries that its wins show, in a second. Unbiased; with n wins the relative error is `1/√n`.
	pub fn tries_per_second(&self) -> u64 {
		let tries = lottery::tickets(self.count, self.job.target);
		u64::try_from(gpu_work::power(tries, self.searched_ms)).unwrap_or(u64::MAX)
	}
}

/// What a node's devices showed together in one lottery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Shown<BlockNumber> {
	/// The lottery.
	pub round: RoundNumber,
	/// Tickets or walks.
	pub tries_per_second: u64,
	/// Their memory; zero for products.
	pub bytes: u64,
	/// The block of the last reveal.
	pub at: BlockNumber,
}

/// What a node showed in the newest lottery that it answered, and in the one before: while the newest is still being
/// revealed, device by device, the one before counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Standing<BlockNumber> {
	/// In the newest.
	pub newest: Option<Shown<BlockNumber>>,
	/// In the one before.
	pub previous: Option<Shown<BlockNumber>>,
}

impl<BlockNumber> Default for Standing<BlockNumber> {
	fn default() -> Self {
		Self { newest: None, previous: None }
	}
}

impl<BlockNumber: Copy + PartialOrd + Saturating> Standing<BlockNumber> {
	/// Adds what one more device showed.
	pub fn add(&mut self, shown: Shown<BlockNumber>) {
		match &mut self.newest {
			Some(newest) if newest.round == shown.round => {
				newest.tries_per_second = newest.tries_per_second.saturating_add(shown.tries_per_second);
				newest.bytes = newest.bytes.saturating_add(shown.bytes);
				newest.at = shown.at;
			}
			newest => {
				self.previous = newest.replace(shown);
			}
		}
	}

	/// What counts: shown no longer than `validity` blocks ago, and in no lottery before the one that closed last,
	/// unless that one need not be answered. Of two that count the larger.
	pub fn counting(
		&self,
		now: BlockNumber,
		validity: BlockNumber,
		closed: RoundNumber,
		excused: bool,
	) -> Option<Shown<BlockNumber>> {
		[self.newest, self.previous]
			.into_iter()
			.flatten()
			.filter(|shown| (excused || shown.round >= closed) && now <= shown.at.saturating_add(validity))
			.max_by_key(|shown| (shown.bytes, shown.tries_per_second))
	}
}

/// A node's standing in both lotteries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct LotteryPower<BlockNumber> {
	/// Products of matrices.
	pub compute: Standing<BlockNumber>,
	/// Tables in memory.
	pub memory: Standing<BlockNumber>,
}

impl<BlockNumber> Default for LotteryPower<BlockNumber> {
	fn default() -> Self {
		Self { compute: Standing::default(), memory: Standing::default() }
	}
}

impl<BlockNumber> LotteryPower<BlockNumber> {
	/// Its standing in one of them.
	pub fn of(&mut self, kind: ProofKind) -> &mut Standing<BlockNumber> {
		match kind {
			ProofKind::Compute => &mut self.compute,
			ProofKind::Memory => &mut self.memory,
		}
	}
}

/// What a miner has to know of the open lottery for one device.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct LotteryJob<BlockNumber> {
	/// The lottery.
	pub lottery: Lottery<BlockNumber>,
	/// What the device has to find. Of a table the seed is known first, and where walks begin when they do.
	pub job: Job,
	/// What the device committed to in it, if it did.
	pub commitment: Option<Commitment<BlockNumber>>,
}

/// A device's claim, by its key.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct ClaimEntry {
	/// The lottery that tests it.
	pub kind: ProofKind,
	/// Which device.
	pub device: DeviceIndex,
	/// The claim.
	pub claim: DeviceClaim,
}
