//! Random operations of several buyers in two currencies, against a model that only adds and subtracts: sums are exact,
//! everybody has what is theirs, and no unit comes or goes.

use crate::{mock::*, EscrowState};
use frame_support::{
	assert_ok,
	traits::{
		fungible::{NativeFromLeft, UnionOf},
		fungibles::{Inspect, Mutate},
	},
};
use gpu_chain_primitives::{Escrow as _, EscrowKey, Settlement};
use proptest::prelude::*;
use sp_core::U256;
use sp_runtime::Permill;
use std::collections::BTreeMap;

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
	let who = prop_oneof![Just(BUYER), Just(PROVIDER), Just(OTHER), Just(NOBODY), Just(TREASURY)];
	prop_oneof![
		4 => (key.clone(), who.clone(), any::<bool>(), amount())
			.prop_map(|(key, buyer, dollars, amount)| Operation::Deposit { key, buyer, dollars, amount }),
		2 => (key.clone(), who.clone()).prop_map(|(key, provider)| Operation::Release { key, provider }),
		1 => key.clone().prop_map(|key| Operation::Refund { key }),
		2 => (key.clone(), who.clone(), 0..=1_001u32)
			.prop_map(|(key, provider, share)| Operation::Split { key, provider, share }),
		1 => key.clone().prop_map(|key| Operation::Remove { key }),
		2 => key.prop_map(|key| Operation::Claim { key }),
		1 => who.clone().prop_map(|who| Operation::Block { who }),
		1 => who.prop_map(|who| Operation::Thaw { who }),
	]
}

/// What everybody should have free, by whether it is dollars and by account.
struct Model(BTreeMap<(bool, AccountId), Balance>);

impl Model {
	fn new() -> Self {
		let everybody = [BUYER, PROVIDER, OTHER, NOBODY, TREASURY];
		Self(
			[(false, NATIVE), (true, DOLLARS)]
				.into_iter()
				.flat_map(|(dollars, asset)| everybody.map(|who| ((dollars, who), free(&asset, who))))
				.collect(),
		)
	}

	fn earn(&mut self, dollars: bool, who: AccountId, amount: Balance) {
		*self.0.get_mut(&(dollars, who)).unwrap() += amount;
	}

	/// Everybody is paid what was owed before and is not owed any more.
	fn pay(&mut self, key: EscrowKey, before: Settlement<Balance>) {
		let record = Escrow::escrow(key).unwrap();
		let EscrowState::Settled { provider, owed, .. } = record.state else { panic!("not settled") };
		let dollars = record.asset == DOLLARS;
		if let Some(provider) = provider {
			self.earn(dollars, provider, before.provider - owed.provider);
			self.earn(dollars, TREASURY, before.fee - owed.fee);
		}
		self.earn(dollars, record.buyer, before.refund - owed.refund);
	}

	fn apply(&mut self, operation: Operation) {
		let task = EscrowKey::Task;
		match operation {
			Operation::Deposit { key, buyer, dollars, amount } => {
				if Escrow::deposit(task(key), &buyer, if dollars { DOLLARS } else { NATIVE }, amount).is_ok() {
					*self.0.get_mut(&(dollars, buyer)).unwrap() -= amount;
				}
			}
			Operation::Release { key, provider } => {
				let before = Escrow::escrow(task(key));
				if let Ok(paid) = Escrow::release(task(key), &provider) {
					let amount = before.unwrap().amount;
					let fee = amount * 8 / 100;
					assert_eq!(paid, Settlement { provider: amount - fee, fee, refund: 0, arbitration: 0 });
					self.pay(task(key), paid);
				}
			}
			Operation::Refund { key } => {
				let before = Escrow::escrow(task(key));
				if let Ok(paid) = Escrow::refund(task(key)) {
					assert_eq!(
						paid,
						Settlement { provider: 0, fee: 0, refund: before.unwrap().amount, arbitration: 0 }
					);
					self.pay(task(key), paid);
				}
			}
			Operation::Split { key, provider, share } => {
				let Some(before) = Escrow::escrow(task(key)) else { return };
				let earned = (before.amount * u128::from(share)).div_ceil(1_000);
				if let Ok(paid) = Escrow::split(task(key), &provider, earned) {
					let fee = earned * 8 / 100;
					assert_eq!(
						paid,
						Settlement { provider: earned - fee, fee, refund: before.amount - earned, arbitration: 0 }
					);
					self.pay(task(key), paid);
				}
			}
			Operation::Remove { key } => {
				let _ = Escrow::remove(task(key));
			}
			Operation::Claim { key } => {
				let before = Escrow::escrow(task(key)).map(|record| record.state);
				if Escrow::claim_owed(RuntimeOrigin::signed(OTHER), task(key)).is_ok() {
					let Some(EscrowState::Settled { owed, .. }) = before else { panic!("paid without a settlement") };
					self.pay(task(key), owed);
				}
			}
			Operation::Block { who } => {
				let _ = Assets::block(RuntimeOrigin::signed(TREASURY), USDC, who);
			}
			Operation::Thaw { who } => {
				let _ = Assets::thaw(RuntimeOrigin::signed(TREASURY), USDC, who);
			}
		}
	}

	fn check(&self) {
		for ((dollars, who), expected) in &self.0 {
			let asset = if *dollars { DOLLARS } else { NATIVE };
			assert_eq!(free(&asset, *who), *expected, "{asset:?} of {who}");
		}
	}
}

/// The same money, as far as it can be minted: the holder of assets cannot.
type Coins = UnionOf<Balances, Assets, NativeFromLeft, AssetKind, AccountId>;

/// The most that a buyer has here: all there is then fits the type twice. Both currencies count an amount a second time
/// for a moment when they take it from hold.
const FORTUNE: Balance = Balance::MAX / 2 - 3 * ENDOWMENT;

/// Mints until the buyer has `amount` of a currency.
fn enrich_buyer(asset: &AssetKind, amount: Balance) {
	assert_ok!(Coins::mint_into(asset.clone(), &BUYER, amount - ENDOWMENT));
	assert_eq!(free(asset, BUYER), amount);
}

#[test]
fn money_beyond_half_of_the_maximum_is_owed_until_there_is_less() {
	let amount = Balance::MAX / 4;
	let owed_and_claimed = |asset: AssetKind, make_less: fn()| {
		new_test_ext().execute_with(|| {
			enrich_buyer(&asset, Balance::MAX - 3 * ENDOWMENT);
			assert_ok!(Escrow::deposit(KEY, &BUYER, asset, amount));
			assert_ok!(Escrow::refund(KEY));
			assert_eq!(owed(KEY), Settlement { provider: 0, fee: 0, refund: amount, arbitration: 0 });
			assert_ok!(Escrow::do_try_state());

			make_less();
			assert_ok!(Escrow::claim_owed(RuntimeOrigin::signed(OTHER), KEY));
			assert_eq!(owed(KEY), Settlement::default());
			assert_ok!(Escrow::do_try_state());
		});
	};
	owed_and_claimed(NATIVE, || {
		assert_ok!(Balances::transfer_keep_alive(RuntimeOrigin::signed(BUYER), OTHER, Balance::MAX / 2));
	});
	owed_and_claimed(DOLLARS, || {
		assert_ok!(Assets::burn(RuntimeOrigin::signed(TREASURY), USDC, BUYER, Balance::MAX / 2));
	});
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(512))]

	#[test]
	fn money_is_conserved_whatever_is_asked(operations in prop::collection::vec(operation(), 1..80)) {
		new_test_ext().execute_with(|| {
			let before = issuance();
			let mut model = Model::new();
			for operation in operations {
				model.apply(operation);
				model.check();
				assert_ok!(Escrow::do_try_state());
				assert_eq!(issuance(), before);
			}
		});
	}

	#[test]
	fn shares_are_exact_for_any_amount_fee_and_currency(
		amount in prop_oneof![Just(1), 1..1_000u128, 1..FORTUNE, Just(FORTUNE)],
		fee in prop_oneof![Just(0), Just(1_000_000), 0..=1_000_000u32],
		share in prop_oneof![Just(0), Just(1_000_000), 0..=1_000_000u32],
		dollars: bool,
	) {
		new_test_ext().execute_with(|| {
			let asset = if dollars { DOLLARS } else { NATIVE };
			enrich_buyer(&asset, FORTUNE);
			let amount = amount.min(FORTUNE - EXISTENTIAL_DEPOSIT);
			let issued = Currencies::total_issuance(asset.clone());

			Fee::set(Permill::from_parts(fee));
			assert_ok!(Escrow::deposit(KEY, &BUYER, asset.clone(), amount));
			let earned = Permill::from_parts(share).mul_floor(amount);
			let paid = Escrow::split(KEY, &PROVIDER, earned).unwrap();

			let exact_fee = (U256::from(earned) * U256::from(fee) / U256::from(1_000_000)).as_u128();
			assert_eq!(paid, Settlement { provider: earned - exact_fee, fee: exact_fee, refund: amount - earned, arbitration: 0 });
			assert_eq!(owed(KEY), Settlement::default());
			assert_eq!(free(&asset, PROVIDER), ENDOWMENT + paid.provider);
			assert_eq!(free(&asset, TREASURY), ENDOWMENT + paid.fee);
			assert_eq!(free(&asset, BUYER), FORTUNE - amount + paid.refund);
			assert_eq!(Currencies::total_issuance(asset), issued);
			assert_ok!(Escrow::do_try_state());
		});
	}
}
