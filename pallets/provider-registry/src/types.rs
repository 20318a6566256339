//! What the pallet stores, and its arithmetic. Knows no Config.

use codec::{Decode, Encode, MaxEncodedLen};
use gpu_chain_primitives::{BasisPoints, HardwareSpec, NodeStatus, Region, ResourceType, Tier, Uri, FULL_SCORE};
use scale_info::TypeInfo;
use sp_runtime::{
	traits::{AtLeast32BitUnsigned, One},
	SaturatedConversion,
};

/// A provider's machine.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Node<AccountId, Balance, BlockNumber> {
	/// Who registered it, is paid and pays.
	pub owner: AccountId,
	/// What it offers.
	pub resource_type: ResourceType,
	/// Where it stands.
	pub status: NodeStatus,
	/// Who runs it.
	pub tier: Tier,
	/// What its owner says of its hardware.
	pub hardware: HardwareSpec,
	/// Where it is.
	pub region: Region,
	/// What its owner asks, plancks an hour.
	pub ask_per_hour: Balance,
	/// A link to more about it.
	pub metadata_uri: Uri,
	/// The block in which it was registered.
	pub registered_at: BlockNumber,
}

/// The part of a node that its owner sets and may change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer<Balance> {
	/// What the owner says of the hardware.
	pub hardware: HardwareSpec,
	/// Where the node is.
	pub region: Region,
	/// What the owner asks, plancks an hour.
	pub ask_per_hour: Balance,
	/// A link to more about it.
	pub metadata_uri: Uri,
}

/// A resource type's active nodes, added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct ActiveTotal<Balance> {
	/// How many there are.
	pub count: u32,
	/// The sum of their asks, plancks an hour.
	pub total_ask: Balance,
}

/// How many full periods the window of heartbeats has.
pub const WINDOW: u32 = u128::BITS;

/// A node's heartbeats, in periods of its own clock, which runs while the node is active.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct LivenessRecord<BlockNumber> {
	/// The last [`WINDOW`] full periods, the newest as the lowest bit: set if there was a heartbeat.
	pub window: u128,
	/// How many periods are over.
	pub full_periods: u32,
	/// Whether there was a heartbeat in the period that runs.
	pub seen_in_current: bool,
	/// How far the period that runs had come at `counted_to`, blocks.
	pub into_current: BlockNumber,
	/// Up to which block the clock was read; `None` while it stands still.
	pub counted_to: Option<BlockNumber>,
	/// The block of the last heartbeat.
	pub last_seen: Option<BlockNumber>,
}

impl<BlockNumber: AtLeast32BitUnsigned + Copy> LivenessRecord<BlockNumber> {
	/// Lets the clock run from block `now` on.
	pub(crate) fn start(&mut self, now: BlockNumber) {
		self.counted_to = Some(now);
	}

	/// Lets the clock stand still from block `now` on.
	pub(crate) fn stop(&mut self, now: BlockNumber, period: BlockNumber) {
		self.advance(now, period);
		self.counted_to = None;
	}

	/// Reads the clock at block `now`: ends the periods, of `period` blocks each, that are over.
	pub(crate) fn advance(&mut self, now: BlockNumber, period: BlockNumber) {
		let Some(from) = self.counted_to else { return };
		let period = period.max(One::one());
		let run = self.into_current.saturating_add(now.saturating_sub(from));
		let ended: u32 = (run / period).saturated_into();
		if let Some(unseen) = ended.checked_sub(1) {
			// The period that ran is the first to end; a heartbeat in the others would have brought the clock up to date.
			let window = (self.window << 1) | u128::from(self.seen_in_current);
			self.window = window.checked_shl(unseen).unwrap_or(0);
			self.full_periods = self.full_periods.saturating_add(ended);
			self.seen_in_current = false;
		}
		self.into_current = run % period;
		self.counted_to = Some(now);
	}

	/// The share of full periods in the window with a heartbeat at block `now`, with periods of `period` blocks.
	pub fn uptime_at(mut self, now: BlockNumber, period: BlockNumber) -> BasisPoints {
		self.advance(now, period);
		self.uptime()
	}

	/// The share of full periods in the window with a heartbeat; zero before the first full period. Right only after
	/// [`advance`](Self::advance).
	pub(crate) fn uptime(&self) -> BasisPoints {
		let periods = self.full_periods.min(WINDOW);
		let seen = self.window.count_ones().min(periods);
		let share = seen.saturating_mul(u32::from(FULL_SCORE)).checked_div(periods).unwrap_or(0);
		// At most 10,000, so it converts.
		BasisPoints::try_from(share).unwrap_or(FULL_SCORE)
	}

	/// The first block from `now` on in which a heartbeat is taken; `None` while the clock stands still. Right only after
	/// [`advance`](Self::advance) to `now`.
	pub(crate) fn next_heartbeat(&self, now: BlockNumber, period: BlockNumber) -> Option<BlockNumber> {
		self.counted_to?;
		Some(if self.seen_in_current {
			now.saturating_add(period.max(One::one()).saturating_sub(self.into_current))
		} else {
			now
		})
	}
}

/// Whether a node's status may go from `old` to `new`: the edges of the crate documentation's diagram.
pub(crate) fn may_follow(old: NodeStatus, new: NodeStatus) -> bool {
	use NodeStatus::*;
	matches!(
		(old, new),
		(Pending, Verified)
			| (Verified | Inactive, Active)
			| (Active, Inactive)
			| (Pending | Verified, Rejected)
			| (Verified | Active | Inactive, Pending)
			| (Pending | Verified | Active | Inactive | Rejected, Slashed)
	)
}

/// Whether a node is rejected or banned, so that it can only be removed.
pub(crate) fn is_closed(status: NodeStatus) -> bool {
	matches!(status, NodeStatus::Rejected | NodeStatus::Slashed)
}

/// Whether the claims are complete for `resource_type`, and the model's name is something a wallet can show.
pub(crate) fn is_sound_hardware(resource_type: ResourceType, hardware: &HardwareSpec) -> bool {
	let readable = core::str::from_utf8(&hardware.model).is_ok_and(|model| !model.chars().any(char::is_control));
	let complete = match resource_type {
		ResourceType::Gpu => hardware.gpu_count > 0 && !hardware.model.is_empty(),
		ResourceType::Cpu => hardware.cpu_cores > 0,
		ResourceType::Network => hardware.bandwidth_mbps > 0,
		// Nothing is common to all of them.
		ResourceType::Mobile | ResourceType::IoT => true,
	};
	readable && complete
}

/// Whether `uri` is a scheme (a letter, then letters, digits, `+`, `-`, `.`), a colon and a rest that is not empty, all of it
/// printable ASCII without spaces.
pub(crate) fn is_sound_uri(uri: &[u8]) -> bool {
	let Some(colon) = uri.iter().position(|byte| *byte == b':') else { return false };
	let (scheme, rest) = uri.split_at(colon);
	scheme.first().is_some_and(u8::is_ascii_alphabetic)
		&& scheme.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte))
		&& rest.len() > 1
		&& rest.iter().all(u8::is_ascii_graphic)
}

/// Whether `code` is made of lower-case letters, digits and hyphens, and is not empty.
pub(crate) fn is_sound_region(code: &[u8]) -> bool {
	!code.is_empty() && code.iter().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-')
}
