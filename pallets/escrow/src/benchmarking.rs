//! Benchmarks, with the dearest currency.

use crate::{Call, Config, EscrowState, Escrows, Pallet};
use frame_benchmarking::v2::*;
use frame_system::RawOrigin;
use gpu_chain_primitives::{benchmarking::BenchmarkCurrency, Award, Escrow, EscrowKey, Settlement};

const KEY: EscrowKey = EscrowKey::Task(1);

fn amount<T: Config>() -> T::Balance {
	1_000_000u32.into()
}

/// A funded buyer and a provider that exist, with an open escrow between them.
fn open<T: Config>() -> (T::AccountId, T::AccountId) {
	let (buyer, provider): (T::AccountId, T::AccountId) = (account("buyer", 0, 0), account("provider", 0, 0));
	T::BenchmarkHelper::fund(&provider, amount::<T>());
	let asset = T::BenchmarkHelper::fund(&buyer, amount::<T>());
	assert!(Pallet::<T>::deposit(KEY, &buyer, asset, amount::<T>()).is_ok());
	(buyer, provider)
}

/// Everybody was paid, and as much as `earned` says: a settlement succeeds, and is cheaper, when nobody can be paid.
fn assert_paid<T: Config>(earned: T::Balance) {
	let Some(record) = Escrows::<T>::get(KEY) else { panic!("the escrow is gone") };
	let expected = record.share(earned);
	assert!(matches!(
		record.state,
		EscrowState::Settled { settlement, owed, .. } if settlement == expected && owed == Settlement::default()
	));
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn claim_owed() {
		let (_, provider) = open::<T>();
		// All three parts owed: the most that one call pays.
		Escrows::<T>::mutate(KEY, |record| {
			if let Some(record) = record {
				let half = record.share(500_000u32.into());
				record.state = EscrowState::Settled {
					provider: Some(provider.clone()),
					judge: Some(provider.clone()),
					settlement: half,
					owed: half,
				};
			}
		});

		#[extrinsic_call]
		_(RawOrigin::Signed(provider.clone()), KEY);

		assert_paid::<T>(500_000u32.into());
	}

	#[benchmark]
	fn deposit() {
		// The buyer's second: the hold of the first is lifted to see what is free to be spent.
		let (buyer, _) = open::<T>();
		let second = EscrowKey::Task(2);
		let asset = T::BenchmarkHelper::fund(&buyer, amount::<T>());

		#[block]
		{
			assert!(Pallet::<T>::deposit(second, &buyer, asset, amount::<T>()).is_ok());
		}

		assert!(Escrows::<T>::contains_key(second));
	}

	#[benchmark]
	fn top_up() {
		let (buyer, _) = open::<T>();
		T::BenchmarkHelper::fund(&buyer, amount::<T>());

		#[block]
		{
			assert!(<Pallet<T> as Escrow<_, _, _>>::top_up(KEY, amount::<T>()).is_ok());
		}

		assert_eq!(Escrows::<T>::get(KEY).map(|record| record.amount), Some(2_000_000u32.into()));
	}

	#[benchmark]
	fn release() {
		let (_, provider) = open::<T>();

		#[block]
		{
			assert!(<Pallet<T> as Escrow<_, _, _>>::release(KEY, &provider).is_ok());
		}

		assert_paid::<T>(amount::<T>());
	}

	#[benchmark]
	fn refund() {
		open::<T>();

		#[block]
		{
			assert!(<Pallet<T> as Escrow<_, _, _>>::refund(KEY).is_ok());
		}

		assert_paid::<T>(0u32.into());
	}

	#[benchmark]
	fn split() {
		let (_, provider) = open::<T>();

		#[block]
		{
			assert!(<Pallet<T> as Escrow<_, _, _>>::split(KEY, &provider, 500_000u32.into()).is_ok());
		}

		assert_paid::<T>(500_000u32.into());
	}

	#[benchmark]
	fn award() {
		let (_, provider) = open::<T>();
		let judge: T::AccountId = account("judge", 0, 0);
		T::BenchmarkHelper::fund(&judge, amount::<T>());
		let quarter: T::Balance = 250_000u32.into();
		let verdict = Award { provider: quarter, fee: quarter, refund: quarter, arbitration: quarter };

		#[block]
		{
			assert!(<Pallet<T> as Escrow<_, _, _>>::award(KEY, &provider, verdict, &judge).is_ok());
		}

		assert!(matches!(
			Escrows::<T>::get(KEY).map(|record| record.state),
			Some(EscrowState::Settled { owed, .. }) if owed == Settlement::default()
		));
	}

	#[benchmark]
	fn remove() {
		open::<T>();
		assert!(<Pallet<T> as Escrow<_, _, _>>::refund(KEY).is_ok());

		#[block]
		{
			assert!(<Pallet<T> as Escrow<_, _, _>>::remove(KEY).is_ok());
		}

		assert!(!Escrows::<T>::contains_key(KEY));
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
