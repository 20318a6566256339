use crate::{mock::*, *};
use frame_support::{assert_ok, traits::fungible::NativeOrWithId};
use gpu_chain_primitives::{EscrowKey, OnFeePaid};
use proptest::prelude::*;
use sp_runtime::Permill;

const NATIVE: AssetKind = NativeOrWithId::Native;
const DOLLARS: AssetKind = NativeOrWithId::WithId(USDC);

/// What the Queen has had of a fee of 8,000 in native money.
fn share() -> u128 {
	let before = free(QUEEN);
	fee_paid(NATIVE, 8_000);
	free(QUEEN) - before
}

fn sponsored(test: impl FnOnce()) {
	build_and_execute(|| {
		assert_ok!(sponsor(QUEEN, NODE));
		test();
	});
}

#[test]
fn the_sponsor_should_have_a_tenth_of_the_fee_from_the_treasury() {
	sponsored(|| {
		assert_eq!(share(), 800);
		assert_eq!(free(TREASURY), FUNDS - 800);
		assert!(happened(Event::FeeShared { node: NODE, queen: QUEEN, asset: NATIVE, amount: 800 }));
	});
}

#[test]
fn the_share_should_be_in_the_currency_of_the_deal() {
	sponsored(|| {
		fee_paid(DOLLARS, 8_009);
		assert_eq!((Assets::balance(USDC, QUEEN), Assets::balance(USDC, TREASURY)), (800, FUNDS - 800));
	});
}

#[test]
fn what_the_sponsor_cannot_receive_should_stay_with_the_treasury() {
	sponsored(|| {
		// Four are less than an account of the asset must have.
		fee_paid(DOLLARS, 40);
		assert_eq!((Assets::balance(USDC, QUEEN), Assets::balance(USDC, TREASURY)), (0, FUNDS));
		assert!(happened(Event::FeeNotShared { node: NODE, queen: QUEEN, asset: DOLLARS, amount: 4 }));
		fee_paid(DOLLARS, 50);
		assert_eq!(Assets::balance(USDC, QUEEN), 5);
		// Nor may the treasury go below what it must have to exist.
		let all = free(TREASURY) - ED;
		assert_ok!(Balances::transfer_keep_alive(signed(TREASURY), STRANGER, all));
		assert_eq!(share(), 0);
	});
}

#[test]
fn a_share_of_nothing_should_not_be_told() {
	sponsored(|| {
		System::reset_events();
		fee_paid(NATIVE, 9);
		FeeShare::set(&Permill::zero());
		fee_paid(NATIVE, 8_000);
		assert_eq!(System::events(), vec![]);
	});
}

#[test]
fn nobody_should_share_the_fee_of_a_deal_without_node_or_sponsor() {
	build_and_execute(|| {
		assert_eq!(share(), 0);
		<Roles as OnFeePaid<_, _, _>>::on_fee_paid(EscrowKey::Rental(7), &BUYER, &NATIVE, 8_000);
		assert_eq!(free(TREASURY), FUNDS);
	});
}

#[test]
fn a_queen_who_pays_for_the_deal_herself_should_have_nothing_back() {
	sponsored(|| {
		let before = free(QUEEN);
		<Roles as OnFeePaid<_, _, _>>::on_fee_paid(DEAL, &QUEEN, &NATIVE, 8_000);
		assert_eq!(free(QUEEN), before);
	});
}

#[test]
fn government_should_not_give_the_greater_part_of_the_fee_away() {
	sponsored(|| {
		FeeShare::set(&Permill::one());
		assert_eq!(share(), 4_000);
	});
}

#[test]
fn only_a_live_sponsor_should_share_the_fee() {
	sponsored(|| {
		QueenBond::set(&(10 * BOND + 1));
		assert_eq!(share(), 0);
		QueenBond::set(&BOND);
		assert_ok!(Roles::suspend_queen(signed(KINGS[0]), QUEEN, Default::default()));
		assert_eq!(share(), 0);
	});
}

#[test]
fn a_sponsor_should_share_the_fee_until_the_sponsorship_is_over() {
	sponsored(|| {
		assert_ok!(Roles::end_sponsorship(signed(OWNER), NODE));
		advance(NOTICE - 1);
		assert_eq!(share(), 800);
		advance(1);
		assert_eq!(share(), 0);
	});
}

#[test]
fn a_sponsor_who_does_not_audit_should_not_share_the_fee() {
	sponsored(|| {
		advance(VALIDITY);
		assert_eq!(share(), 800);
		advance(1);
		assert_eq!(share(), 0);
		assert_ok!(audit(QUEEN, NODE, false));
		assert_eq!(share(), 0);
		assert_ok!(audit(QUEEN, NODE, true));
		assert_eq!(share(), 800);
		advance(VALIDITY);
		assert_eq!(share(), 800);
		advance(1);
		assert_eq!(share(), 0);
	});
}

proptest! {
	#[test]
	fn a_share_is_never_more_than_its_part_and_money_is_conserved(fee in 1..=u128::MAX, parts in 0..=1_000_000u32) {
		sponsored(|| {
			FeeShare::set(&Permill::from_parts(parts));
			let (queen, treasury) = (free(QUEEN), free(TREASURY));
			fee_paid(NATIVE, fee);
			let paid = free(QUEEN) - queen;
			assert_eq!(treasury - free(TREASURY), paid);
			// All of it, or nothing where the treasury does not have so much.
			let due = Permill::from_parts(parts.min(500_000)).mul_floor(fee);
			assert_eq!(paid, if due <= treasury - ED { due } else { 0 });
		});
	}
}
