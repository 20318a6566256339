use super::*;
use crate::TaskStatus;
use frame_support::{dispatch::GetDispatchInfo, storage::with_storage_layer};
use gpu_chain_primitives::{Award, Disputable, DisputedDeal, EscrowKey, OpenWork, Reason, Settlement, TaskId};
use sp_runtime::DispatchError;

fn award(provider: Balance, fee: Balance, refund: Balance, arbitration: Balance) -> Award<Balance> {
	Award { provider, fee, refund, arbitration }
}

/// As the runtime's calls do: an error changes nothing.
fn judge(id: TaskId, award: Award<Balance>) -> Result<Settlement<Balance>, DispatchError> {
	with_storage_layer(|| Marketplace::close_disputed(EscrowKey::Task(id), award, &JUDGE))
}

fn reason(text: &str) -> Reason {
	text.as_bytes().to_vec().try_into().unwrap()
}

#[test]
fn dispute_should_hold_the_money_and_tell_the_judge() {
	build_and_execute(|| {
		let id = completed();
		let before = Balances::free_balance(POT);
		assert_ok!(Marketplace::dispute_task(origin(BUYER), id, reason("black pixels")));
		assert_eq!((status(id), task(id).deadline, queued()), (TaskStatus::Disputed, None, 0));
		assert_eq!(Balances::free_balance(POT), before);
		assert_eq!(
			last_event(),
			Event::TaskDisputed { task_id: id, buyer: BUYER, node: NODE, reason: reason("black pixels") }
		);
		let deal = DisputedDeal {
			buyer: BUYER,
			payer: BUYER,
			provider: PROVIDER,
			node: NODE,
			asset: Asset::Native,
			amount: PRICE,
		};
		assert_eq!(HeardDisputes::get(), vec![(EscrowKey::Task(id), deal.clone())]);
		assert_eq!(Marketplace::disputed(EscrowKey::Task(id)), Some(deal));
		// No deadline ends a dispute.
		run_to(1_000);
		assert_eq!(status(id), TaskStatus::Disputed);
		assert!(Marketplace::has_open_work(&NODE));
	});
}

#[test]
fn dispute_should_work_in_the_deadlines_block_and_fail_after_it() {
	build_and_execute(|| {
		let (first, second) = (completed(), completed());
		jump_to(11);
		assert_ok!(Marketplace::dispute_task(origin(BUYER), first, reason("")));
		jump_to(12);
		assert_eq!(status(second), TaskStatus::Completed);
		assert_noop!(Marketplace::dispute_task(origin(BUYER), second, reason("")), Error::<Test>::DeadlinePassed);
	});
}

#[test]
fn dispute_should_fail_when_task_is_not_completed() {
	build_and_execute(|| {
		for (status, id) in one_of_each() {
			if status != TaskStatus::Completed {
				assert_noop!(Marketplace::dispute_task(origin(BUYER), id, reason("")), Error::<Test>::TaskNotCompleted);
			}
		}
		assert_noop!(Marketplace::dispute_task(origin(BUYER), 77, reason("")), Error::<Test>::TaskNotFound);
	});
}

#[test]
fn dispute_should_fail_when_caller_is_not_the_buyer() {
	build_and_execute(|| {
		let id = completed();
		for who in [PROVIDER, OTHER_BUYER] {
			assert_noop!(Marketplace::dispute_task(origin(who), id, reason("")), Error::<Test>::NotBuyer);
		}
		assert_noop!(Marketplace::dispute_task(RuntimeOrigin::root(), id, reason("")), DispatchError::BadOrigin);
	});
}

#[test]
fn dispute_should_change_nothing_when_the_judge_refuses() {
	build_and_execute(|| {
		let id = completed();
		DisputeHookFails::set(true);
		let call = RuntimeCall::Marketplace(crate::Call::dispute_task { task_id: id, reason: reason("") });
		assert!(call.get_dispatch_info().call_weight.ref_time() > 0);
		let refused = with_storage_layer(|| Marketplace::dispute_task(origin(BUYER), id, reason("")));
		assert_eq!(refused, Err(DispatchError::Other("the judge refuses")));
		assert_eq!(status(id), TaskStatus::Completed);
		// The review goes on: it is approved in the end.
		run_to(13);
		assert_eq!(status(id), TaskStatus::Verified);
	});
}

#[test]
fn verdict_should_share_the_money_out() {
	build_and_execute(|| {
		let id = disputed();
		let accounts = [PROVIDER, TREASURY, BUYER, JUDGE];
		let before = accounts.map(Balances::free_balance);
		let settled = Settlement { provider: 460, fee: 40, refund: 480, arbitration: 20 };
		assert_eq!(judge(id, award(460, 40, 480, 20)), Ok(settled));
		assert_eq!(status(id), TaskStatus::Verified);
		assert_eq!(
			last_event(),
			Event::TaskDisputeClosed { task_id: id, status: TaskStatus::Verified, payout: 460, fee: 40, refund: 480 }
		);
		let after = accounts.map(Balances::free_balance);
		assert_eq!([0, 1, 2, 3].map(|i| after[i] - before[i]), [460, 40, 480, 20]);
		assert!(!Marketplace::has_open_work(&NODE));
		assert_eq!(Marketplace::disputed(EscrowKey::Task(id)), None);
		// The judge has its own say about reputation.
		assert_eq!(Outcomes::get(), vec![]);
		assert_eq!(judge(id, award(460, 40, 480, 20)), Err(Error::<Test>::TaskNotDisputed.into()));
	});
}

#[test]
fn verdict_should_cancel_when_the_provider_has_nothing() {
	build_and_execute(|| {
		let id = disputed();
		let before = Balances::free_balance(BUYER);
		assert_ok!(judge(id, award(0, 0, PRICE - 20, 20)));
		assert_eq!(Balances::free_balance(BUYER), before + PRICE - 20);
		assert_eq!((status(id), task(id).node), (TaskStatus::Cancelled, Some(NODE)));
		assert_ok!(Marketplace::remove_task(origin(BUYER), id));
	});
}

#[test]
fn verdict_should_fail_when_its_parts_are_not_what_is_held() {
	build_and_execute(|| {
		let id = disputed();
		for parts in [award(PRICE, 1, 0, 0), award(0, 0, PRICE - 1, 0), award(PRICE, 0, 0, Balance::MAX)] {
			assert!(judge(id, parts).is_err());
			assert_eq!(status(id), TaskStatus::Disputed);
		}
		assert_ok!(judge(id, award(PRICE, 0, 0, 0)));
	});
}

#[test]
fn verdict_should_fail_when_task_is_not_disputed() {
	build_and_execute(|| {
		let refund = award(0, 0, PRICE, 0);
		for (status, id) in one_of_each() {
			if status != TaskStatus::Disputed {
				let key = EscrowKey::Task(id);
				assert_eq!(Marketplace::disputed(key), None);
				assert_noop!(Marketplace::close_disputed(key, refund, &JUDGE), Error::<Test>::TaskNotDisputed);
			}
		}
		// Neither an unknown task nor another market's deal of the same number.
		let disputed = disputed();
		for key in [EscrowKey::Task(77), EscrowKey::Rental(disputed)] {
			assert_eq!(Marketplace::disputed(key), None);
			assert_noop!(Marketplace::close_disputed(key, refund, &JUDGE), Error::<Test>::TaskNotFound);
		}
	});
}
