//! Random journeys: money neither comes nor goes, whatever happens in whatever order.

use crate::{mock::*, types::*, Across, Departing, OutboundNonce, Outbox, Routes, SuspendedCredits, Withdrawals};
use frame_support::assert_ok;
use proptest::{collection::vec, prelude::*};
use sp_core::H160;

#[derive(Clone, Debug)]
enum Step {
	Deposit { native: bool, to: u8, amount: Balance },
	Withdraw { native: bool, who: u8, amount: Balance },
	TakeBack { who: u8, id: u64 },
	Release { id: u64 },
	Message { gas: u64 },
	Run { blocks: u8 },
	Settle { at: u8, cancelled: bool },
	Retry { at: u8 },
	Rotate,
}

fn step() -> impl Strategy<Value = Step> {
	let amount = prop_oneof![Just(1u128), Just(9), Just(10), 10u128..12_000, Just(u128::MAX)];
	prop_oneof![
		(any::<bool>(), 1u8..4, amount.clone()).prop_map(|(native, to, amount)| Step::Deposit { native, to, amount }),
		(any::<bool>(), 1u8..3, amount).prop_map(|(native, who, amount)| Step::Withdraw { native, who, amount }),
		(1u8..3, 0u64..8).prop_map(|(who, id)| Step::TakeBack { who, id }),
		(0u64..8).prop_map(|id| Step::Release { id }),
		(0u64..1_100).prop_map(|gas| Step::Message { gas }),
		(1u8..60).prop_map(|blocks| Step::Run { blocks }),
		(any::<u8>(), any::<bool>()).prop_map(|(at, cancelled)| Step::Settle { at, cancelled }),
		any::<u8>().prop_map(|at| Step::Retry { at }),
		Just(Step::Rotate),
	]
}

/// What the gateway on the other side has: what was deposited less what it paid out.
#[derive(Default)]
struct There {
	ether: Balance,
	gpu: Balance,
	nonce: u64,
}

/// What must hold after every step.
fn check(there: &There, native: Balance) {
	assert_eq!(pallet_balances::TotalIssuance::<Test>::get(), native, "native money is only moved");
	// What is minted here was given there and not paid out again; what waits or is open is in between.
	let leaving: Balance = Outbox::<Test>::iter()
		.filter_map(|(_, _, item)| match item.content {
			Content::Batch(withdrawals) => Some(withdrawals),
			Content::Message { .. } => None,
		})
		.flatten()
		.filter(|one| one.asset == ETHER)
		.map(|one| one.amount)
		.sum();
	let waiting: Balance = SuspendedCredits::<Test>::iter()
		.filter(|(_, _, credit)| credit.token == ETH_TOKEN)
		.filter_map(|(_, _, credit)| gpu_chain_evm_client::events::amount(&credit.amount.0))
		.fold(0, |sum: Balance, amount| sum.saturating_add(amount));
	assert_eq!(Assets::total_supply(ETH).saturating_add(leaving).saturating_add(waiting), there.ether);
	let locked = Across::<Test>::get(CHAIN, GPU_TOKEN) - Departing::<Test>::get(CHAIN, GPU_TOKEN);
	assert!(locked >= there.gpu, "never more there than is locked here");
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(48))]

	#[test]
	fn money_should_neither_come_nor_go(steps in vec(step(), 1..25)) {
		running_ext().execute_with(|| {
			let mut evm = Evm::new();
			let mut there = There::default();
			let native = pallet_balances::TotalIssuance::<Test>::get();
			for step in steps {
				go(step, &mut evm, &mut there);
				assert_ok!(Bridge::do_try_state());
				check(&there, native);
			}
		});
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(2))]

	#[test]
	fn both_sides_should_add_up_after_a_thousand_random_transfers(steps in vec(transfer(), 1_000)) {
		running_ext().execute_with(|| {
			let mut evm = Evm::new();
			let mut there = There::default();
			let native = pallet_balances::TotalIssuance::<Test>::get();
			for (step, number) in steps.into_iter().zip(1u32..) {
				go(step, &mut evm, &mut there);
				check(&there, native);
				if number.is_multiple_of(50) {
					assert_ok!(Bridge::do_try_state());
				}
			}
			settle_everything(&mut evm, &mut there);
			assert_ok!(Bridge::do_try_state());
			check(&there, native);
			// Nothing is under way any more, so each side has exactly what the other counts.
			assert_eq!(Assets::total_supply(ETH), there.ether, "minted here is what lies there");
			assert_eq!(Across::<Test>::get(CHAIN, ETH_TOKEN), there.ether);
			assert_eq!(Across::<Test>::get(CHAIN, GPU_TOKEN), there.gpu, "locked here is what was minted there");
			let bridge = balance(NATIVE, Bridge::account_id());
			assert_eq!(bridge, EXISTENTIAL_DEPOSIT + there.gpu, "and nothing else is left in the account");
			assert!(there.nonce > 100 && OutboundNonce::<Test>::get(CHAIN) > 30, "many of them crossed");
		});
	}
}

/// Steps of which most are transfers that fit.
fn transfer() -> impl Strategy<Value = Step> {
	let amount = prop_oneof![Just(10u128), 10u128..6_000];
	prop_oneof![
		4 => (any::<bool>(), 1u8..4, amount.clone())
			.prop_map(|(native, to, amount)| Step::Deposit { native, to, amount }),
		4 => (any::<bool>(), 1u8..3, amount).prop_map(|(native, who, amount)| Step::Withdraw { native, who, amount }),
		1 => (1u8..3, 0u64..400).prop_map(|(who, id)| Step::TakeBack { who, id }),
		1 => (0u64..400).prop_map(|id| Step::Release { id }),
		4 => (1u8..60).prop_map(|blocks| Step::Run { blocks }),
		4 => (any::<u8>(), 0u8..8).prop_map(|(at, cancelled)| Step::Settle { at, cancelled: cancelled == 0 }),
		2 => any::<u8>().prop_map(|at| Step::Retry { at }),
		1 => Just(Step::Rotate),
	]
}

/// Whatever is under way arrives, when limits do not stand in its way any more.
fn settle_everything(evm: &mut Evm, there: &mut There) {
	let most = 1 << 100;
	let limits = Limits { min: 1, max: most, capacity: most, refill: most, delay_above: most, delay: 0 };
	for token in [ETH_TOKEN, GPU_TOKEN] {
		let route = Routes::<Test>::get(CHAIN, token).unwrap();
		let open = Route { cap: most, inbound: limits, outbound: limits, ..route };
		assert_ok!(Bridge::set_route(root(), CHAIN, token, Some(open)));
	}
	for _ in 0..1_000 {
		run(60);
		for (id, _) in Bridge::withdrawals(CHAIN, None, 99).items {
			let _ = Bridge::release_withdrawal(signed(BOB), CHAIN, id);
		}
		for (key, _) in Bridge::suspended(CHAIN, None, 99).items {
			let _ = Bridge::retry_credit(signed(BOB), CHAIN, key);
		}
		go(Step::Settle { at: 0, cancelled: false }, evm, there);
		let open = Outbox::<Test>::iter().count() + Withdrawals::<Test>::iter().count();
		if open + SuspendedCredits::<Test>::iter().count() == 0 {
			return;
		}
	}
	panic!("something never arrives");
}

fn go(step: Step, evm: &mut Evm, there: &mut There) {
	let asset = |native| if native { NATIVE } else { ETHER };
	match step {
		Step::Deposit { native, to, amount } => {
			// The gateway takes no more than there is, and of the ether no more than can be counted.
			let amount = if native { amount.min(there.gpu) } else { amount };
			if amount == 0 || there.ether.checked_add(amount).is_none() {
				return;
			}
			there.nonce += 1;
			let token = if native { GPU_TOKEN } else { ETH_TOKEN };
			let proof = evm.happens(deposit_log(there.nonce, token, to.into(), amount));
			if native {
				there.gpu -= amount;
			} else {
				there.ether += amount;
			}
			assert_ok!(Bridge::claim_deposit(signed(RELAYER), CHAIN, proof));
		}
		Step::Withdraw { native, who, amount } => {
			let _ = Bridge::withdraw(signed(who.into()), CHAIN, asset(native), H160([7; 20]), amount);
		}
		Step::TakeBack { who, id } => {
			let _ = Bridge::cancel_withdrawal(signed(who.into()), CHAIN, id);
		}
		Step::Release { id } => {
			let _ = Bridge::release_withdrawal(signed(BOB), CHAIN, id);
		}
		Step::Message { gas } => {
			let _ = Bridge::send_message(signed(ALICE), CHAIN, H160([7; 20]), gas, Default::default());
		}
		Step::Run { blocks } => run(blocks.into()),
		Step::Settle { at, cancelled } => {
			let last = OutboundNonce::<Test>::get(CHAIN);
			let Some(nonce) =
				(1..=last).filter(|nonce| Outbox::<Test>::contains_key(CHAIN, nonce)).nth(at as usize % 4)
			else {
				return;
			};
			let set = Bridge::rotation(CHAIN).unwrap().current;
			let content = content(nonce, set);
			let item = Outbox::<Test>::get(CHAIN, nonce).unwrap();
			let log = match (&item.content, cancelled) {
				(_, true) => cancelled_log(nonce, content, word(RELAYER)),
				(Content::Batch(_), false) => executed_log(nonce, content, word(RELAYER)),
				(Content::Message { .. }, false) => delivered_log(nonce, content, word(RELAYER)),
			};
			if let (Content::Batch(withdrawals), false) = (item.content, cancelled) {
				for one in withdrawals {
					if one.asset == NATIVE {
						there.gpu += one.amount;
					} else {
						there.ether -= one.amount;
					}
				}
			}
			assert_ok!(Bridge::confirm_item(signed(BOB), CHAIN, evm.happens(log)));
		}
		Step::Retry { at } => {
			if let Some((key, _)) = Bridge::suspended(CHAIN, None, 99).items.get(usize::from(at) % 4) {
				let _ = Bridge::retry_credit(signed(BOB), CHAIN, *key);
			}
		}
		Step::Rotate => {
			if Bridge::rotation(CHAIN).unwrap().pending {
				assert_ok!(Bridge::confirm_set(signed(BOB), CHAIN, evm.happens(pending_set_log())));
			} else {
				pass(600_000);
			}
		}
	}
}
