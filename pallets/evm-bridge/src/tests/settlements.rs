//! The worked example of docs/market/bridge.md, and that nothing is lost on the way.

use crate::{mock::*, types::*, Across, Routes};
use frame_support::assert_ok;
use sp_core::H160;

/// Alice's ether and native money, against the beginning; ether's supply; what is locked; the fees that are held.
fn state() -> (Balance, i128, Balance, Balance, Balance) {
	let bridge = balance(NATIVE, Bridge::account_id()) - EXISTENTIAL_DEPOSIT;
	let waiting: Balance = Bridge::withdrawals(CHAIN, None, 9)
		.items
		.iter()
		.filter(|(_, queued)| queued.withdrawal.asset == NATIVE)
		.map(|(_, queued)| queued.withdrawal.amount)
		.sum();
	let locked = Across::<Test>::get(CHAIN, GPU_TOKEN) - waiting;
	let native = balance(NATIVE, ALICE) as i128 - ENDOWMENT as i128;
	(balance(ETHER, ALICE), native, Assets::total_supply(ETH), locked, bridge - locked)
}

#[test]
fn a_worked_example_should_settle_to_the_last_unit() {
	for cancelled in [false, true] {
		build_and_execute(|| {
			let mut evm = Evm::new();
			give_ether(&mut evm, 1, ALICE, 3_000);
			assert_eq!(state(), (3_000, 0, 3_000, 0, 0));
			for (asset, amount) in [(ETHER, 1_000), (NATIVE, 4_000)] {
				assert_ok!(Bridge::withdraw(signed(ALICE), CHAIN, asset, H160([7; 20]), amount));
			}
			assert_eq!(state(), (2_000, -4_200, 3_000, 0, 200));
			run(6);
			assert_eq!(state(), (2_000, -4_200, 2_000, 4_000, 200));
			let content = content(1, 1);
			let log = match cancelled {
				false => executed_log(1, content, word(RELAYER)),
				true => cancelled_log(1, content, word(RELAYER)),
			};
			assert_ok!(Bridge::confirm_item(signed(BOB), CHAIN, evm.happens(log)));
			let expected = if cancelled { (3_000, -200, 3_000, 0, 0) } else { (2_000, -4_200, 2_000, 4_000, 0) };
			assert_eq!(state(), expected);
			assert_eq!(balance(NATIVE, RELAYER), 200);
		});
	}
}

/// There and back again: what was deposited, what is credited, what a batch pays out, what is left here.
fn round_trip(evm: &mut Evm, nonces: (u64, u64), asset: AssetKind, token: H160, amount: Balance) {
	let supply = |asset: &AssetKind| match asset {
		AssetKind::WithId(id) => Assets::total_supply(*id),
		AssetKind::Native => pallet_balances::TotalIssuance::<Test>::get(),
	};
	let (before, had) = (supply(&asset), balance(asset.clone(), ALICE));
	let proof = evm.happens(deposit_log(nonces.0, token, ALICE, amount));
	assert_ok!(Bridge::claim_deposit(signed(RELAYER), CHAIN, proof));
	assert_eq!(balance(asset.clone(), ALICE) - had, amount, "credited to the last unit");
	assert_eq!((supply(&asset) - before, Across::<Test>::get(CHAIN, token)), (amount, amount));
	assert_ok!(Bridge::withdraw(signed(ALICE), CHAIN, asset.clone(), H160([7; 20]), amount));
	run(6);
	let Some(Payload::Batch { transfers, .. }) = Bridge::payload(CHAIN, Subject::Item(nonces.1)) else {
		panic!("there is a batch");
	};
	assert_eq!(transfers.to_vec(), vec![PayloadTransfer { token, to: H160([7; 20]), amount }], "paid to the last unit");
	let log = executed_log(nonces.1, content(nonces.1, 1), word(RELAYER));
	assert_ok!(Bridge::confirm_item(signed(BOB), CHAIN, evm.happens(log)));
	assert_eq!((supply(&asset), balance(asset, ALICE)), (before, had), "nothing is left, nothing is missing");
	assert_eq!(Across::<Test>::get(CHAIN, token), 0);
}

#[test]
fn a_round_trip_should_be_exact_to_the_last_unit_whatever_the_decimals() {
	build_and_execute(|| {
		let mut evm = Evm::new();
		let most = 1_000_000 * 10u128.pow(18);
		let limits = Limits { min: 1, max: most, capacity: most, refill: most, delay_above: most, delay: 0 };
		for (asset, token) in [(ETHER, ETH_TOKEN), (USD, USDC_TOKEN)] {
			let route = Route { asset, kind: RouteKind::Minted, cap: most, inbound: limits, outbound: limits };
			assert_ok!(Bridge::set_route(root(), CHAIN, token, Some(route)));
		}
		// Holding leaves the account its last unit: this one stays.
		for id in [ETH, USDC] {
			assert_ok!(Assets::mint(signed(TREASURY), id, ALICE, 1));
		}
		let (ether, dollar) = (10u128.pow(18), 10u128.pow(6));
		let amounts = [
			(ETHER, ETH_TOKEN, ether + 1),
			(ETHER, ETH_TOKEN, 1),
			(ETHER, ETH_TOKEN, ether / 3),
			(ETHER, ETH_TOKEN, most),
			(USD, USDC_TOKEN, dollar + 1),
			(USD, USDC_TOKEN, 1),
			(USD, USDC_TOKEN, dollar / 3),
			(USD, USDC_TOKEN, 999_999_999_999),
		];
		for ((asset, token, amount), nonce) in amounts.into_iter().zip(1u64..) {
			round_trip(&mut evm, (nonce, nonce), asset, token, amount);
		}
	});
}

#[test]
fn native_money_should_come_home_to_the_last_planck() {
	build_and_execute(|| {
		let mut evm = Evm::new();
		let most = ENDOWMENT / 4;
		let limits = Limits { min: 1, max: most, capacity: most, refill: most, delay_above: most, delay: 0 };
		let route = Routes::<Test>::get(CHAIN, GPU_TOKEN).unwrap();
		let route = Route { cap: most, inbound: limits, outbound: limits, ..route };
		assert_ok!(Bridge::set_route(root(), CHAIN, GPU_TOKEN, Some(route)));
		assert_ok!(Bridge::set_fees(root(), CHAIN, RelayerFees { withdrawal: 0, ..FEES }));
		for (amount, nonce) in [1, 999_999_999, most].into_iter().zip(1u64..) {
			assert_ok!(Bridge::withdraw(signed(ALICE), CHAIN, NATIVE, H160([7; 20]), amount));
			run(6);
			let log = executed_log(nonce, content(nonce, 1), word(RELAYER));
			assert_ok!(Bridge::confirm_item(signed(BOB), CHAIN, evm.happens(log)));
			assert_eq!(balance(NATIVE, ALICE), ENDOWMENT - amount);
			let proof = evm.happens(deposit_log(nonce, GPU_TOKEN, ALICE, amount));
			assert_ok!(Bridge::claim_deposit(signed(RELAYER), CHAIN, proof));
			assert_eq!(balance(NATIVE, ALICE), ENDOWMENT);
			assert_eq!(balance(NATIVE, Bridge::account_id()), EXISTENTIAL_DEPOSIT);
		}
	});
}
