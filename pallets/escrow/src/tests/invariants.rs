//! One test breaks each invariant of the crate's documentation.

use crate::{mock::*, EscrowState, Escrows};
use frame_support::{assert_ok, traits::fungibles::hold::Mutate};
use gpu_chain_primitives::Escrow as _;
use sp_runtime::DispatchError;

fn broken(by: impl FnOnce(), expected: &'static str) {
	new_test_ext().execute_with(|| {
		assert_ok!(Escrow::deposit(KEY, &BUYER, NATIVE, 1_000));
		assert_ok!(Escrow::do_try_state());
		by();
		assert_eq!(Escrow::do_try_state(), Err(DispatchError::Other(expected)));
	});
}

fn change(with: impl FnOnce(&mut crate::EscrowRecordOf<Test>)) {
	Escrows::<Test>::mutate(KEY, |record| with(record.as_mut().unwrap()));
}

#[test]
fn invariant_1_no_escrow_of_nothing() {
	broken(|| change(|record| record.amount = 0), "escrow 1: an escrow of nothing");
}

#[test]
fn invariant_2_a_settlement_adds_up() {
	let settle = || {
		assert_ok!(Escrow::release(KEY, &PROVIDER));
	};
	broken(
		|| {
			settle();
			change(|record| record.amount = 999);
		},
		"escrow 2: a settlement does not add up",
	);
	broken(
		|| {
			settle();
			change(|record| match &mut record.state {
				EscrowState::Settled { owed, .. } => owed.fee = 81,
				EscrowState::Held => unreachable!(),
			});
		},
		"escrow 2: a settlement does not add up",
	);
	// It adds up, but the platform has a unit of the provider's.
	broken(
		|| {
			settle();
			change(|record| match &mut record.state {
				EscrowState::Settled { settlement, .. } => (settlement.provider, settlement.fee) = (919, 81),
				EscrowState::Held => unreachable!(),
			});
		},
		"escrow 2: a settlement does not add up",
	);
}

#[test]
fn invariant_3_only_a_settlement_with_a_provider_pays_one() {
	broken(
		|| {
			assert_ok!(Escrow::release(KEY, &PROVIDER));
			change(|record| match &mut record.state {
				EscrowState::Settled { provider, .. } => *provider = None,
				EscrowState::Held => unreachable!(),
			});
		},
		"escrow 3: a settlement pays a provider that it does not have",
	);
}

#[test]
fn invariant_4_what_is_on_hold_is_what_escrows_hold() {
	broken(
		|| {
			assert_ok!(Currencies::hold(NATIVE, &crate::HoldReason::Escrow.into(), &BUYER, 1));
		},
		"escrow 4: what is on hold is not what escrows hold",
	);
}
