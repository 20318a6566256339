//! Benchmarks, with the dearest currency, in schedules that are nearly full.

use crate::{
	types::{AccessDescriptor, Gpus, Millis, MAX_BOOKINGS, MAX_GPUS, MILLIS_PER_HOUR},
	Call, Config, HourlyRate, ListingTickets, Listings, NextRentalId, Pallet, RentalId, RentalStatus, Rentals,
};
use alloc::{vec, vec::Vec};
use frame_benchmarking::v2::*;
use frame_support::traits::{Get, Time};
use frame_system::{pallet_prelude::BlockNumberFor, RawOrigin};
use gpu_chain_primitives::{
	benchmarking::{BenchmarkCurrency, BenchmarkNodes},
	NodeId, ResourceType,
};
use sp_runtime::traits::{One, Saturating};

/// Moves the clock that [`Config::Clock`] shows.
pub trait BenchmarkClock {
	/// It is `now`, ms since 1970, from now on.
	fn set_now(now: Millis);

	/// The newest round has proven that node's power.
	fn prove_power(node: &NodeId);
}

const BEGIN: Millis = 1_800_000_000_000;
const KEY: [u8; 32] = [7; 32];

struct Setting<AccountId> {
	renter: AccountId,
	provider: AccountId,
	node: NodeId,
	gpus: Gpus,
}

/// A node with so many accelerators listed, whose schedules have room for one booking more, and a renter with money.
fn setting<T: Config>(n: u32) -> Setting<T::AccountId> {
	T::BenchmarkHelper::set_now(BEGIN);
	let (renter, provider): (T::AccountId, T::AccountId) = (account("renter", 0, 0), account("provider", 0, 0));
	<T::BenchmarkHelper as BenchmarkNodes<_>>::fund(&renter);
	<T::BenchmarkHelper as BenchmarkNodes<_>>::fund(&provider);
	<T::BenchmarkHelper as BenchmarkCurrency<_, _, _>>::fund(&provider, 1_000_000u32.into());
	let asset = <T::BenchmarkHelper as BenchmarkCurrency<_, _, _>>::fund(&renter, 1_000_000_000u32.into());
	let node = T::BenchmarkHelper::active_node(&provider, ResourceType::Gpu);
	let indices: Vec<u16> = (0..n as u16).collect();
	for gpu in &indices {
		let rate = HourlyRate::Amount(1_000u32.into());
		let listed = Pallet::<T>::do_list_gpu(
			provider.clone(),
			node,
			*gpu,
			crate::Listing { asset: asset.clone(), rate, min_duration: 1, max_duration: Millis::MAX },
		);
		assert!(listed.is_ok(), "{listed:?}");
	}
	let Ok(gpus) = Gpus::try_from(indices) else { panic!("too many accelerators") };
	let setting = Setting { renter, provider, node, gpus };
	// Later than what is measured, and far enough apart.
	for booking in (1..u64::from(MAX_BOOKINGS)).take_while(|_| n > 0) {
		book::<T>(&setting, BEGIN + MILLIS_PER_HOUR * (4 + booking * 3));
	}
	setting
}

fn book<T: Config>(setting: &Setting<T::AccountId>, start: Millis) -> RentalId {
	let id = NextRentalId::<T>::get();
	let booked = Pallet::<T>::do_book(
		setting.renter.clone(),
		setting.node,
		setting.gpus.clone(),
		Some(start),
		duration::<T>(),
		KEY,
		None,
	);
	assert!(booked.is_ok(), "{booked:?}");
	id
}

fn duration<T: Config>() -> Millis {
	T::MinDuration::get().max(MILLIS_PER_HOUR).min(T::MaxDuration::get())
}

fn access() -> AccessDescriptor {
	AccessDescriptor::truncate_from(vec![1; 512])
}

/// A rental that runs, a while after its start.
fn running<T: Config>(n: u32) -> (Setting<T::AccountId>, RentalId) {
	let setting = setting::<T>(n);
	let id = book::<T>(&setting, BEGIN);
	assert!(Pallet::<T>::do_confirm_start(setting.provider.clone(), id, access()).is_ok());
	// What a proof would do, without one: whether a node is proven is not this pallet's to arrange.
	Rentals::<T>::mutate(id, |rental| {
		if let Some(rental) = rental {
			rental.proven = 60_000;
		}
	});
	T::BenchmarkHelper::set_now(BEGIN + 120_000);
	(setting, id)
}

fn assert_ended<T: Config>(id: RentalId) {
	assert!(Rentals::<T>::get(id).is_some_and(|rental| rental.status.has_ended()));
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn list_gpu() {
		let Setting { provider, node, .. } = setting::<T>(0);
		let asset = <T::BenchmarkHelper as BenchmarkCurrency<_, _, _>>::fund(&provider, 1_000u32.into());

		#[extrinsic_call]
		_(RawOrigin::Signed(provider), node, 0, asset, HourlyRate::Usd(1_000_000), 1, Millis::MAX);

		assert!(Listings::<T>::contains_key(node, 0));
	}

	#[benchmark]
	fn unlist_gpu() {
		let Setting { provider, node, .. } = setting::<T>(1);

		#[extrinsic_call]
		_(RawOrigin::Signed(provider), node, 0);

		assert!(!ListingTickets::<T>::contains_key(node, 0));
	}

	#[benchmark]
	fn book(n: Linear<1, { MAX_GPUS }>) {
		let Setting { renter, node, gpus, .. } = setting::<T>(n);
		let id = NextRentalId::<T>::get();

		#[extrinsic_call]
		_(RawOrigin::Signed(renter), node, gpus, Some(BEGIN), duration::<T>(), KEY, None);

		assert!(Rentals::<T>::contains_key(id));
	}

	#[benchmark]
	fn cancel_booking(n: Linear<1, { MAX_GPUS }>) {
		let setting = setting::<T>(n);
		// So soon that the provider earns a share, and the money goes three ways.
		let id = super::book::<T>(&setting, BEGIN + 1);

		#[extrinsic_call]
		_(RawOrigin::Signed(setting.renter), id);

		assert_ended::<T>(id);
	}

	#[benchmark]
	fn confirm_start() {
		let setting = setting::<T>(MAX_GPUS);
		let id = super::book::<T>(&setting, BEGIN);

		#[extrinsic_call]
		_(RawOrigin::Signed(setting.provider), id, access());

		assert!(Rentals::<T>::get(id).is_some_and(|rental| rental.status == RentalStatus::Active));
	}

	#[benchmark]
	fn prove() {
		let (setting, id) = running::<T>(MAX_GPUS);
		T::BenchmarkHelper::prove_power(&setting.node);
		let before = Rentals::<T>::get(id).map(|rental| rental.proven);

		#[extrinsic_call]
		_(RawOrigin::Signed(setting.provider), id);

		assert!(Rentals::<T>::get(id).map(|rental| rental.proven) > before);
	}

	#[benchmark]
	fn extend(n: Linear<1, { MAX_GPUS }>) {
		let (setting, id) = running::<T>(n);
		let end = Rentals::<T>::get(id).map(|rental| rental.end);

		#[extrinsic_call]
		_(RawOrigin::Signed(setting.renter), id, 60_000);

		assert!(Rentals::<T>::get(id).map(|rental| rental.end) > end);
	}

	#[benchmark]
	fn end_rental(n: Linear<1, { MAX_GPUS }>) {
		let (setting, id) = running::<T>(n);

		#[extrinsic_call]
		_(RawOrigin::Signed(setting.renter), id);

		assert_ended::<T>(id);
	}

	#[benchmark]
	fn close(n: Linear<1, { MAX_GPUS }>) {
		// One that nobody confirmed: beside the money there is a slash.
		let setting = setting::<T>(n);
		let id = super::book::<T>(&setting, BEGIN);
		T::BenchmarkHelper::set_now(T::Clock::now().saturating_add(T::ConfirmWindow::get()).saturating_add(1));

		#[extrinsic_call]
		_(RawOrigin::Signed(setting.provider), id);

		assert_ended::<T>(id);
	}

	#[benchmark]
	fn dispute_rental(n: Linear<1, { MAX_GPUS }>) {
		let (setting, id) = running::<T>(n);

		#[extrinsic_call]
		_(RawOrigin::Signed(setting.renter), id, Default::default());

		assert!(Rentals::<T>::get(id).is_some_and(|rental| rental.status == RentalStatus::Disputed));
	}

	#[benchmark]
	fn remove_rental() {
		let (setting, id) = running::<T>(MAX_GPUS);
		assert!(Pallet::<T>::do_end_rental(setting.renter.clone(), id).is_ok());
		let later = frame_system::Pallet::<T>::block_number()
			.saturating_add(T::RetentionPeriod::get())
			.saturating_add(BlockNumberFor::<T>::one());
		frame_system::Pallet::<T>::set_block_number(later);

		#[extrinsic_call]
		_(RawOrigin::Signed(setting.provider), id);

		assert!(!Rentals::<T>::contains_key(id));
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
