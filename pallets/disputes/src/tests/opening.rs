use crate::{mock::*, DisputeStatus, Disputes as Records, DisputesByDeal, Error, Event, NextDisputeId, OpenDisputes};
use frame_support::{
	assert_noop, assert_ok,
	dispatch::GetDispatchInfo,
	traits::{fungibles::Mutate, tokens::Preservation, Hooks, LockableCurrency, WithdrawReasons},
};
use gpu_chain_primitives::{EscrowKey, OnDisputed};
use sp_runtime::Permill;

const KEY: EscrowKey = EscrowKey::Rental(4);

#[test]
fn a_dispute_holds_the_bond_and_a_deposit_and_has_its_deadlines() {
	for asset in CURRENCIES {
		build_and_execute(|| {
			let deal = deal(asset.clone(), 12_345);
			make_deal(KEY, deal.clone());
			let before = free(&asset, BUYER);
			assert_ok!(tell(KEY, &deal));
			assert_eq!(bonded(&asset, BUYER), 246);
			let deposit = DEPOSIT_BASE + Balance::from(Disputes::footprint().size);
			assert_eq!(deposited(BUYER), deposit);
			assert_eq!(before - free(&asset, BUYER), 246 + if asset == NATIVE { deposit } else { 0 });

			let record = record(0);
			assert_eq!((record.key, &record.deal, record.status), (KEY, &deal, DisputeStatus::Open));
			assert_eq!((record.bond, record.arbitration, record.fee), (246, 246, Permill::from_percent(8)));
			assert_eq!((record.opened_at, record.evidence_by, record.vote_by, record.quorum), (1, 11, 31, 3));
			assert_eq!((DisputesByDeal::<Test>::get(KEY), OpenDisputes::<Test>::contains_key(0)), (Some(0), true));
			System::assert_last_event(
				Event::DisputeOpened {
					dispute: 0,
					key: KEY,
					buyer: BUYER,
					provider: PROVIDER,
					node: NODE,
					asset: asset.clone(),
					amount: 12_345,
					bond: 246,
					evidence_by: 11,
					vote_by: 31,
				}
				.into(),
			);
		});
	}
}

#[test]
fn the_bond_is_one_unit_at_least() {
	build_and_execute(|| {
		for (amount, bond) in [(1, 1), (49, 1), (50, 1), (99, 1), (100, 2), (149, 2), (150, 3)] {
			let id = dispute_deal(deal(DOLLARS, amount));
			assert_eq!(record(id).bond, bond, "of {amount}");
		}
		BondShare::set(&Permill::zero());
		let id = dispute_deal(deal(DOLLARS, 1_000_000));
		assert_eq!(record(id).bond, 1);
	});
}

#[test]
fn the_terms_are_those_of_the_day_it_was_opened() {
	build_and_execute(|| {
		let id = opened(NATIVE);
		ArbitrationShare::set(&Permill::from_percent(50));
		BondShare::set(&Permill::from_percent(50));
		Fee::set(&Permill::from_percent(50));
		Quorum::set(&1);
		VotingWindow::set(&1_000);
		concluded(id, &[FOR_PROVIDER; 3]);
		let paid = settlement(id);
		assert_eq!((paid.provider, paid.fee, paid.refund, paid.arbitration), (900, 80, 0, 20));
	});
}

#[test]
fn senseless_windows_and_quorums_count_as_one() {
	build_and_execute(|| {
		for setting in [EvidenceWindow::set, VotingWindow::set, CouncilWindow::set] {
			setting(&0);
		}
		Quorum::set(&0);
		let id = opened(NATIVE);
		assert_eq!((record(id).evidence_by, record(id).vote_by, record(id).quorum), (1, 2, 1));
		assert_ok!(Disputes::submit_evidence(origin(BUYER), id, uri("a:b")));
		assert_eq!(concluded(id, &[FOR_BUYER]), crate::Ruling::ByArbitrators(FOR_BUYER));
		// Without a vote it is the council's, for one block.
		let id = opened(NATIVE);
		to_end_of_voting(id);
		assert_ok!(conclude(id));
		assert_eq!(conclude(id), Err(Error::<Test>::CouncilMayDecide.into()));
		pass(1);
		assert_ok!(conclude(id));
	});
}

#[test]
fn the_buyer_bonds_and_not_the_payer() {
	build_and_execute(|| {
		let id = dispute_deal(Deal { payer: SPONSOR, ..deal(DOLLARS, PRICE) });
		assert_eq!((bonded(&DOLLARS, BUYER), bonded(&DOLLARS, SPONSOR), deposited(SPONSOR)), (20, 0, 0));
		let before = [BUYER, SPONSOR].map(|who| free(&DOLLARS, who));
		concluded(id, &[FOR_BUYER; 3]);
		assert_eq!([BUYER, SPONSOR].map(|who| free(&DOLLARS, who)), [before[0] + 20, before[1] + 980]);
	});
}

#[test]
fn opening_should_fail_when_the_buyer_cannot_spare_bond_or_deposit() {
	build_and_execute(|| {
		for (asset, left) in [(NATIVE, EXISTENTIAL_DEPOSIT), (DOLLARS, 1), (COINS, COIN_MINIMUM)] {
			let deal = Deal { payer: SPONSOR, ..deal(asset.clone(), PRICE) };
			make_deal(KEY, deal.clone());
			let spend = |left| {
				let rest = free(&asset, BUYER) - left;
				assert_ok!(Currencies::transfer(asset.clone(), &BUYER, &ANYBODY, rest, Preservation::Preserve));
			};
			// One unit short of the bond.
			spend(left + 19);
			assert_noop!(tell(KEY, &deal), Error::<Test>::CannotSpareBond);
			assert_eq!((NextDisputeId::<Test>::get(), Records::<Test>::iter().count()), (0, 0));
			assert_ok!(Currencies::transfer(asset.clone(), &ANYBODY, &BUYER, 1, Preservation::Preserve));
			if asset == NATIVE {
				// Now the deposit is missing.
				assert_noop!(tell(KEY, &deal), sp_runtime::TokenError::FundsUnavailable);
				assert_ok!(Currencies::transfer(NATIVE, &ANYBODY, &BUYER, 10_000, Preservation::Preserve));
			}
		}
	});
}

#[test]
fn opening_should_fail_when_the_money_is_frozen() {
	build_and_execute(|| {
		let deal = deal(NATIVE, PRICE);
		make_deal(KEY, deal.clone());
		Balances::set_lock(*b"vesting ", &BUYER, free(&NATIVE, BUYER) - 19, WithdrawReasons::all());
		assert_noop!(tell(KEY, &deal), Error::<Test>::CannotSpareBond);
	});
}

#[test]
fn opening_should_fail_when_the_deal_was_disputed_already() {
	build_and_execute(|| {
		let id = opened(NATIVE);
		let deal = record(id).deal;
		assert_noop!(tell(record(id).key, &deal), Error::<Test>::AlreadyDisputed);
		concluded(id, &[FOR_BUYER; 3]);
		assert_noop!(tell(record(id).key, &deal), Error::<Test>::AlreadyDisputed);
	});
}

#[test]
fn opening_should_fail_when_buyer_or_payer_is_the_provider() {
	build_and_execute(|| {
		for alone in [
			Deal { buyer: PROVIDER, payer: SPONSOR, ..deal(NATIVE, PRICE) },
			Deal { payer: PROVIDER, ..deal(NATIVE, PRICE) },
		] {
			make_deal(KEY, alone.clone());
			assert_noop!(tell(KEY, &alone), Error::<Test>::SelfDealing);
		}
	});
}

#[test]
fn opening_should_fail_when_there_are_no_numbers_left() {
	build_and_execute(|| {
		make_deal(KEY, deal(NATIVE, PRICE));
		NextDisputeId::<Test>::put(u64::MAX);
		assert_noop!(tell(KEY, &deal(NATIVE, PRICE)), sp_runtime::ArithmeticError::Overflow);
	});
}

#[test]
fn weights_are_there_and_the_configuration_is_sound() {
	new_test_ext().execute_with(|| {
		<Disputes as Hooks<u64>>::integrity_test();
		let told = <Disputes as OnDisputed<AccountId, AssetKind, Balance>>::weight();
		assert!(told.ref_time() > 0);
		let calls: [crate::Call<Test>; 8] = [
			crate::Call::submit_evidence { dispute: 0, uri: uri("a:b") },
			crate::Call::vote { dispute: 0, verdict: FOR_BUYER },
			crate::Call::conclude { dispute: 0 },
			crate::Call::resolve { dispute: 0, verdict: FOR_BUYER },
			crate::Call::claim_fee { dispute: 0 },
			crate::Call::claim_bond { dispute: 0 },
			crate::Call::remove_dispute { dispute: 0 },
			crate::Call::punish_misuse { node: NODE, harmed: None, reason: Default::default() },
		];
		assert!(calls.iter().all(|call| call.get_dispatch_info().call_weight.ref_time() > 0));
	});
}
