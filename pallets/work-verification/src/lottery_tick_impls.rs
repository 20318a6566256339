//! Lotteries: opening, drawing and closing, by blocks' hooks. Each costs the same however many nodes there are.

use crate::{
	ClosedLotteries, Config, CurrentLottery, Event, LastLotteries, Lottery, LotteryCount, LotteryOf, Pallet,
	RoundNumber, WeightInfo,
};
use frame_support::{traits::Get, weights::Weight};
use frame_system::pallet_prelude::BlockNumberFor;
use gpu_chain_primitives::ProofKind;
use sp_runtime::traits::{One, SaturatedConversion, Saturating, Zero};

impl<T: Config> Pallet<T> {
	/// What is due for the open lottery in this block: its walks begin, its samples are drawn, or it is over.
	pub(crate) fn lottery_tick(now: BlockNumberFor<T>) -> Weight {
		let Some(mut lottery) = CurrentLottery::<T>::get() else { return Weight::zero() };
		let round = lottery.round;
		if now > lottery.reveal_until {
			Self::close_lottery(lottery);
		} else if lottery.kind == ProofKind::Memory && lottery.walk_entropy.is_none() && now >= lottery.search_from {
			let entropy = Self::entropy(b"work-verification/walks", round.into());
			lottery.walk_entropy = Some(entropy);
			lottery.search_ms = Self::next_ms();
			CurrentLottery::<T>::put(lottery);
			Self::deposit_event(Event::WalksBegun { round, entropy });
		} else if lottery.sample_entropy.is_none() && now > Self::last_before_samples(&lottery) {
			let entropy = Self::entropy(b"work-verification/samples", round.into());
			lottery.sample_entropy = Some(entropy);
			CurrentLottery::<T>::put(lottery);
			Self::deposit_event(Event::SamplesDrawn { round, entropy });
		} else {
			return Weight::zero();
		}
		T::WeightInfo::on_initialize_lottery()
	}

	/// The block before the one that draws samples: one later than the last commitment. A block's author knows what
	/// randomness it brings, and could commit in it to tickets that its own samples miss.
	fn last_before_samples(lottery: &LotteryOf<T>) -> BlockNumberFor<T> {
		lottery.commit_until.saturating_add(One::one())
	}

	/// Opens the lottery behind a round that closed in this block, unless there are none or the one before is not over.
	pub(crate) fn open_lottery(round: RoundNumber, now: BlockNumberFor<T>) -> Weight {
		let window = T::LotteryWindow::get();
		if window.is_zero() || CurrentLottery::<T>::exists() {
			return Weight::zero();
		}
		let count = LotteryCount::<T>::mutate(|count| {
			*count = count.saturating_add(1);
			*count
		});
		let every = T::MemoryEvery::get();
		let (kind, subject, fill): (_, &[u8], _) = if every > 0 && count.is_multiple_of(every) {
			(ProofKind::Memory, b"work-verification/memory", T::TableFill::get().max(One::one()))
		} else {
			(ProofKind::Compute, b"work-verification/compute", BlockNumberFor::<T>::default())
		};
		let search_from = now.saturating_add(fill);
		let closes_at = search_from.saturating_add(window);
		let commit_until = closes_at.saturating_add(T::CommitGrace::get());
		let most = T::MaxTickets::get();
		let wins = Self::wins();
		let lottery = Lottery {
			round,
			kind,
			entropy: Self::entropy(subject, round.into()),
			opened_at: now,
			search_from,
			search_ms: Self::next_ms(),
			closes_at,
			window_ms: Self::search_window_ms(),
			commit_until,
			reveal_until: commit_until
				.saturating_add(One::one())
				.saturating_add(T::RevealWindow::get().max(One::one())),
			walk_entropy: None,
			sample_entropy: None,
			wins,
			threshold: T::Threshold::get().clamp(1, most),
			samples: T::Samples::get().min(T::MaxSamples::get()),
			answers: 0,
		};
		Self::deposit_event(Event::LotteryOpened {
			round,
			kind,
			entropy: lottery.entropy,
			search_from,
			closes_at,
			commit_until,
			reveal_until: lottery.reveal_until,
		});
		CurrentLottery::<T>::put(lottery);
		T::WeightInfo::on_initialize_lottery()
	}

	fn close_lottery(lottery: LotteryOf<T>) {
		CurrentLottery::<T>::kill();
		LastLotteries::<T>::mutate(|closed: &mut ClosedLotteries| closed.close(lottery.kind, lottery.round));
		Self::deposit_event(Event::LotteryClosed {
			round: lottery.round,
			kind: lottery.kind,
			answers: lottery.answers,
		});
	}

	/// This block's time, which is not known before its timestamp is set: a block's length after the parent's.
	fn next_ms() -> u64 {
		Self::now_ms().saturating_add(T::BlockTime::get())
	}

	/// How long the next lottery is searched, milliseconds.
	pub(crate) fn search_window_ms() -> u64 {
		T::BlockTime::get().saturating_mul(T::LotteryWindow::get().saturated_into())
	}

	/// Wins that a true claim has on average.
	pub(crate) fn wins() -> u32 {
		T::Wins::get().clamp(1, T::MaxTickets::get())
	}

	/// The round of the newest lottery, open or over; zero before the first.
	pub(crate) fn newest_lottery() -> RoundNumber {
		CurrentLottery::<T>::get().map_or_else(|| LastLotteries::<T>::get().newest(), |lottery| lottery.round)
	}
}
