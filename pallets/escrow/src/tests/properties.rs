//! Random operations of several buyers in two currencies: sums are exact, and no unit comes or goes.

use crate::mock::*;
use frame_support::assert_ok;
use gpu_chain_primitives::{Escrow as _, EscrowKey};
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Operation {
	Deposit { key: u64, buyer: AccountId, dollars: bool, amount: Balance },
	Release { key: u64, provider: AccountId },
	Refund { key: u64 },
	Split { key: u64, provider: AccountId, share: u32 },
	Remove { key: u64 },
	Claim { key: u64 },
	Block { who: AccountId },
	Thaw { who: AccountId },
}

fn amount() -> impl Strategy<Value = Balance> {
	prop_oneof![Just(1), 1..200u128, 1..ENDOWMENT / 4, Just(ENDOWMENT), Just(Balance::MAX)]
}

fn operation() -> impl Strategy<Value = Operation> {
	let key = 0..8u64;
	let who = prop_oneof![Just(BUYER), Just(PROVIDER), Just(OTHER), Just(NOBODY)];
	prop_oneof![
		4 => (key.clone(), who.clone(), any::<bool>(), amount())
			.prop_map(|(key, buyer, dollars, amount)| Operation::Deposit { key, buyer, dollars, amount }),
		2 => (key.clone(), who.clone()).prop_map(|(key, provider)| Operation::Release { key, provider }),
		1 => key.clone().prop_map(|key| Operation::Refund { key }),
		2 => (key.clone(), who.clone(), 0..=1_000u32)
			.prop_map(|(key, provider, share)| Operation::Split { key, provider, share }),
		1 => key.clone().prop_map(|key| Operation::Remove { key }),
		1 => key.prop_map(|key| Operation::Claim { key }),
		1 => who.clone().prop_map(|who| Operation::Block { who }),
		1 => who.prop_map(|who| Operation::Thaw { who }),
	]
}

fn apply(operation: Operation) {
	let task = EscrowKey::Task;
	match operation {
		Operation::Deposit { key, buyer, dollars, amount } => {
			let _ = Escrow::deposit(task(key), &buyer, if dollars { DOLLARS } else { NATIVE }, amount);
		}
		Operation::Release { key, provider } => {
			let before = Escrow::escrow(task(key));
			if let Ok(paid) = Escrow::release(task(key), &provider) {
				let amount = before.unwrap().amount;
				assert_eq!(paid.fee, amount * 8 / 100);
				assert_eq!(paid.provider + paid.fee + paid.refund, amount);
			}
		}
		Operation::Refund { key } => {
			let before = Escrow::escrow(task(key));
			if let Ok(paid) = Escrow::refund(task(key)) {
				assert_eq!(paid.refund, before.unwrap().amount);
			}
		}
		Operation::Split { key, provider, share } => {
			let Some(before) = Escrow::escrow(task(key)) else { return };
			let provider_amount = before.amount * u128::from(share) / 1_000;
			if let Ok(paid) = Escrow::split(task(key), &provider, provider_amount) {
				assert_eq!(paid.provider + paid.fee, provider_amount);
				assert_eq!(paid.provider + paid.fee + paid.refund, before.amount);
			}
		}
		Operation::Remove { key } => {
			let _ = Escrow::remove(task(key));
		}
		Operation::Claim { key } => {
			let _ = Escrow::claim_owed(RuntimeOrigin::signed(OTHER), task(key));
		}
		Operation::Block { who } => {
			let _ = Assets::block(RuntimeOrigin::signed(TREASURY), USDC, who);
		}
		Operation::Thaw { who } => {
			let _ = Assets::thaw(RuntimeOrigin::signed(TREASURY), USDC, who);
		}
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(256))]

	#[test]
	fn money_is_conserved_whatever_is_asked(operations in prop::collection::vec(operation(), 1..60)) {
		new_test_ext().execute_with(|| {
			let before = issuance();
			for operation in operations {
				apply(operation);
				assert_ok!(Escrow::do_try_state());
				assert_eq!(issuance(), before);
			}
		});
	}
}
