//! The worked example of docs/market/bridge.md.

use crate::{mock::*, types::*, Across};
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
