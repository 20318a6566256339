//! What a listing and a rental are, and the arithmetic and rules that need no storage.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	traits::{ConstU32, Footprint},
	BoundedVec,
};
use gpu_chain_primitives::{x25519::EncryptionKey, DisputedDeal, MicroUsd, NodeId};
use scale_info::TypeInfo;
use sp_runtime::traits::{AtLeast32BitUnsigned, SaturatedConversion};

/// A rental, numbered from 0.
pub type RentalId = u64;

/// Which of a node's accelerators, counted from 0.
pub type GpuIndex = u16;

/// A moment, milliseconds since 1970; also a length of time in milliseconds.
pub type Millis = u64;

/// Milliseconds that an hourly price pays for.
pub const MILLIS_PER_HOUR: Millis = 3_600_000;

/// The most accelerators that one rental can have.
pub const MAX_GPUS: u32 = 16;

/// The most bookings that wait or run on one accelerator.
pub const MAX_BOOKINGS: u32 = 64;

/// The accelerators of a rental: sorted, none twice, at least one.
pub type Gpus = BoundedVec<GpuIndex, ConstU32<MAX_GPUS>>;

/// How a renter gets in: sealed to the renter's X25519 key (libsodium's sealed box, `crypto_box_seal`), at most 512 bytes, of
/// which 48 are the box's own. Only the renter can read it, so the chain does not look inside.
pub type AccessDescriptor = BoundedVec<u8, ConstU32<512>>;

/// What a sealed box is longer than what is in it: a public key of 32 bytes and a tag of 16.
pub const SEALED_BOX_OVERHEAD: usize = 48;

/// What an hour of one accelerator costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum HourlyRate<Balance> {
	/// That much, in the smallest unit of the listing's currency.
	Amount(Balance),
	/// That many millionths of a dollar, converted when it is booked.
	Usd(MicroUsd),
}

/// What an accelerator is offered for.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Listing<AssetKind, Balance> {
	/// The currency that it is paid in.
	pub asset: AssetKind,
	/// The price of an hour.
	pub rate: HourlyRate<Balance>,
	/// The shortest booking, ms.
	pub min_duration: Millis,
	/// The longest booking, ms.
	pub max_duration: Millis,
}

/// A window in an accelerator's schedule. The end, grace included, is no part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Booking {
	/// The first millisecond.
	pub start: Millis,
	/// The first millisecond after it.
	pub end: Millis,
	/// For which rental.
	pub rental_id: RentalId,
}

/// Why a window cannot be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScheduleError {
	/// Another booking has a part of it.
	Taken,
	/// There are [`MAX_BOOKINGS`] bookings.
	Full,
	/// The rental is not in this schedule.
	NotBooked,
}

/// The bookings of one accelerator, in the order of time; no two share a millisecond.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Schedule(pub BoundedVec<Booking, ConstU32<MAX_BOOKINGS>>);

impl Schedule {
	/// Adds a booking.
	///
	/// # Errors
	/// [`ScheduleError::Taken`] and [`ScheduleError::Full`].
	pub fn book(&mut self, booking: Booking) -> Result<(), ScheduleError> {
		let place = self.0.partition_point(|other| other.start < booking.start);
		let free_before = place == 0 || self.0.get(place - 1).is_none_or(|before| before.end <= booking.start);
		let free_behind = self.0.get(place).is_none_or(|behind| booking.end <= behind.start);
		if !(free_before && free_behind) {
			return Err(ScheduleError::Taken);
		}
		self.0.try_insert(place, booking).map_err(|_| ScheduleError::Full)
	}

	/// Moves the end of a rental's booking.
	///
	/// # Errors
	/// [`ScheduleError::NotBooked`] and [`ScheduleError::Taken`].
	pub fn extend(&mut self, rental_id: RentalId, end: Millis) -> Result<(), ScheduleError> {
		let place = self.place(rental_id).ok_or(ScheduleError::NotBooked)?;
		if self.0.get(place + 1).is_some_and(|behind| behind.start < end) {
			return Err(ScheduleError::Taken);
		}
		if let Some(booking) = self.0.get_mut(place) {
			booking.end = end;
		}
		Ok(())
	}

	/// Takes a rental's booking out, if there is one.
	pub fn release(&mut self, rental_id: RentalId) {
		if let Some(place) = self.place(rental_id) {
			self.0.remove(place);
		}
	}

	fn place(&self, rental_id: RentalId) -> Option<usize> {
		self.0.iter().position(|booking| booking.rental_id == rental_id)
	}
}

/// The times that government sets, ms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Rules {
	/// The shortest window.
	pub min_duration: Millis,
	/// The longest window, extensions included.
	pub max_duration: Millis,
	/// How far ahead a window may begin.
	pub max_lead: Millis,
	/// How long before and after the start the provider may confirm it.
	pub confirm_window: Millis,
	/// How long accelerators are kept after the end.
	pub grace: Millis,
	/// The most that one proof covers.
	pub proof_interval: Millis,
	/// Until how long before the start a renter may cancel for nothing.
	pub cancel_notice: Millis,
}

/// Why a rental ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum EndReason {
	/// Its time and the grace after it were over.
	RanOut,
	/// The renter needed it no longer.
	EndedByRenter,
	/// The provider gave it up.
	EndedByProvider,
	/// The renter took the booking back before its start.
	CancelledByRenter,
	/// The provider took the booking back before its start.
	CancelledByProvider,
	/// The provider did not confirm the start in time.
	NoShow,
	/// A verdict.
	Judged,
}

/// Where a rental stands. That it is paused, or has run out, follows from the clock and is not stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum RentalStatus {
	/// Booked and paid for; the provider has not confirmed.
	Booked,
	/// Confirmed: time that is proven is earned.
	Active,
	/// The renter disputes it; the money stays held until the verdict.
	Disputed,
	/// Settled.
	Ended(EndReason),
}

impl RentalStatus {
	/// Nothing happens to the rental any more, except that it is removed.
	pub fn has_ended(self) -> bool {
		matches!(self, Self::Ended(_))
	}
}

/// What a client is shown of where a rental stands now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub enum Phase {
	/// Waits for its start, or for the provider to confirm it.
	Booked,
	/// The provider did not confirm in time: anybody may close it.
	Missed,
	/// Runs.
	Running,
	/// Its time is over; the grace that was paid in advance runs, and the renter may extend it.
	Paused,
	/// The grace is over too: anybody may close it.
	RanOut,
	/// Waits for a verdict.
	Disputed,
	/// Settled.
	Ended,
}

/// Accelerators of one node, rented for a window of time.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Rental<AccountId, AssetKind, Balance, BlockNumber> {
	/// Who booked it, gets in, and decides about it.
	pub renter: AccountId,
	/// Who paid: the renter, or the owner of a prepaid account that the renter may spend from. What is left goes back there.
	pub payer: AccountId,
	/// Whether the payer's prepaid account was drawn on.
	pub prepaid: bool,
	/// The node.
	pub node: NodeId,
	/// Who owned the node when it was booked: acts for it and is paid.
	pub provider: AccountId,
	/// Which of its accelerators.
	pub gpus: Gpus,
	/// The currency.
	pub asset: AssetKind,
	/// What an hour of all of them costs, in the smallest unit of `asset`, fee included.
	pub hourly_rate: Balance,
	/// What is held in escrow, in the smallest unit of `asset`: the window's price and the grace's.
	pub price: Balance,
	/// When it begins.
	pub start: Millis,
	/// When its time is over, the grace not included.
	pub end: Millis,
	/// How long the accelerators are kept for the renter after `end`, ms. Paid in advance.
	pub grace: Millis,
	/// Access is sealed to this key.
	pub encryption_key: EncryptionKey,
	/// Where it stands.
	pub status: RentalStatus,
	/// How the renter gets in, since the provider confirmed.
	pub access: Option<AccessDescriptor>,
	/// Time that is earned, ms.
	pub proven: Millis,
	/// Until when proofs were asked for: what lies before is decided, and what follows is open.
	pub proven_until: Millis,
	/// The block in which it was booked.
	pub booked_at: BlockNumber,
	/// When it ended, and in which block.
	pub ended_at: Option<(Millis, BlockNumber)>,
}

impl<AccountId, AssetKind, Balance, BlockNumber> Rental<AccountId, AssetKind, Balance, BlockNumber>
where
	Balance: AtLeast32BitUnsigned + Copy,
{
	/// The first moment that is not paid for any more.
	pub fn paid_until(&self) -> Millis {
		self.end.saturating_add(self.grace)
	}

	/// The last moment at which the provider may confirm.
	pub fn confirm_by(&self, window: Millis) -> Millis {
		self.start.saturating_add(window)
	}

	/// Time that a proof at `now` earns, at most `interval` of it, and the moment until which that decides.
	pub fn provable(&self, now: Millis, interval: Millis) -> (Millis, Millis) {
		let until = now.min(self.paid_until()).max(self.proven_until);
		((until - self.proven_until).min(interval), until)
	}

	/// What the proven time costs: rounded down, so that the last unit goes back to the payer.
	pub fn earned(&self) -> Balance {
		cost_down(self.hourly_rate, self.proven).unwrap_or(self.price).min(self.price)
	}

	/// Where it stands at `now`.
	pub fn phase(&self, now: Millis, confirm_window: Millis) -> Phase {
		match self.status {
			RentalStatus::Booked if now > self.confirm_by(confirm_window) => Phase::Missed,
			RentalStatus::Booked => Phase::Booked,
			RentalStatus::Active if now >= self.paid_until() => Phase::RanOut,
			RentalStatus::Active if now >= self.end => Phase::Paused,
			RentalStatus::Active => Phase::Running,
			RentalStatus::Disputed => Phase::Disputed,
			RentalStatus::Ended(_) => Phase::Ended,
		}
	}
}

impl<AccountId, AssetKind, Balance, BlockNumber> Rental<AccountId, AssetKind, Balance, BlockNumber>
where
	Self: MaxEncodedLen,
{
	/// What the storage deposit is taken for: one item as large as any rental can become.
	pub fn footprint() -> Footprint {
		Footprint::from_parts(1, Self::max_encoded_len())
	}
}

impl<AccountId: Clone, AssetKind: Clone, Balance: Copy, BlockNumber>
	From<&Rental<AccountId, AssetKind, Balance, BlockNumber>> for DisputedDeal<AccountId, AssetKind, Balance>
{
	fn from(rental: &Rental<AccountId, AssetKind, Balance, BlockNumber>) -> Self {
		Self {
			buyer: rental.renter.clone(),
			payer: rental.payer.clone(),
			provider: rental.provider.clone(),
			node: rental.node,
			asset: rental.asset.clone(),
			amount: rental.price,
		}
	}
}

/// What `time` costs at `per_hour`, rounded up: nothing is free. `None` where it does not fit into `Balance`.
pub fn cost_up<Balance: AtLeast32BitUnsigned + Copy>(per_hour: Balance, time: Millis) -> Option<Balance> {
	let down = cost_down(per_hour, time)?;
	if is_whole(per_hour, time) {
		return Some(down);
	}
	down.checked_add(&Balance::one())
}

/// What `time` costs at `per_hour`, rounded down. `None` where it does not fit into `Balance`.
pub fn cost_down<Balance: AtLeast32BitUnsigned + Copy>(per_hour: Balance, time: Millis) -> Option<Balance> {
	// Hours, milliseconds of the last, and the rate's whole and broken part by the millisecond, each apart: exact without a
	// wider type.
	let (hours, rest) = (time / MILLIS_PER_HOUR, time % MILLIS_PER_HOUR);
	let hour = Balance::saturated_from(MILLIS_PER_HOUR);
	let rest = Balance::saturated_from(rest);
	let whole = per_hour.checked_mul(&Balance::try_from(hours).ok()?)?;
	let part = (per_hour / hour).checked_mul(&rest)?;
	let broken = (per_hour % hour).checked_mul(&rest)? / hour;
	whole.checked_add(&part)?.checked_add(&broken)
}

fn is_whole<Balance: AtLeast32BitUnsigned + Copy>(per_hour: Balance, time: Millis) -> bool {
	let rate = (per_hour % Balance::saturated_from(MILLIS_PER_HOUR)).saturated_into::<u64>();
	let rest = time % MILLIS_PER_HOUR;
	// Both below 3,600,000, so the product fits.
	(rate * rest).is_multiple_of(MILLIS_PER_HOUR)
}
