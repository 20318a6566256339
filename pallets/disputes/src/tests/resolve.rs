use crate::{mock::*, Error, Ruling};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;

fn resolve(id: u64, verdict: crate::Verdict) -> sp_runtime::DispatchResult {
	Disputes::resolve(RuntimeOrigin::root(), id, verdict)
}

#[test]
fn the_council_decides_where_there_is_no_quorum_and_the_treasury_has_the_arbitration() {
	for (verdict, provider, refund, fee) in
		[(FOR_BUYER, 0, 980, 0), (FOR_PROVIDER, 900, 0, 80), (split(60), 361, 588, 31), (MISUSE, 0, 980, 0)]
	{
		build_and_execute(|| {
			let id = opened(NATIVE);
			voted(id, &[FOR_BUYER; 2]);
			assert_ok!(conclude(id));
			let before = free(&NATIVE, TREASURY);
			assert_ok!(resolve(id, verdict));
			let paid = settlement(id);
			assert_eq!((paid.provider, paid.refund, paid.fee, paid.arbitration), (provider, refund, fee, 20));
			assert_eq!(ruling(id), Ruling::ByCouncil(verdict));
			assert_eq!(free(&NATIVE, TREASURY) - before, fee + 20);
			assert_noop!(Disputes::claim_fee(origin(ARBITRATOR), id), Error::<Test>::NothingToClaim);
			assert_noop!(resolve(id, verdict), Error::<Test>::AlreadyClosed);
		});
	}
}

#[test]
fn the_council_need_not_wait_for_somebody_to_escalate() {
	build_and_execute(|| {
		let id = opened(NATIVE);
		assert_noop!(resolve(id, FOR_BUYER), Error::<Test>::VotingNotOver);
		System::set_block_number(record(id).vote_by);
		assert_noop!(resolve(id, FOR_BUYER), Error::<Test>::VotingNotOver);
		pass(1);
		assert_ok!(resolve(id, FOR_BUYER));
	});
}

#[test]
fn resolving_should_fail_when_the_arbitrators_have_decided() {
	build_and_execute(|| {
		let id = opened(NATIVE);
		voted(id, &[FOR_BUYER; 3]);
		assert_noop!(resolve(id, FOR_PROVIDER), Error::<Test>::QuorumReached);
		assert_ok!(conclude(id));
	});
}

#[test]
fn resolving_should_fail_when_the_councils_time_is_over() {
	build_and_execute(|| {
		let id = opened(NATIVE);
		to_end_of_voting(id);
		assert_ok!(conclude(id));
		pass(COUNCIL_WINDOW + 1);
		assert_noop!(resolve(id, FOR_BUYER), Error::<Test>::CouncilTooLate);
		pass(0);
		System::set_block_number(System::block_number() - 1);
		assert_ok!(resolve(id, FOR_BUYER));
	});
}

#[test]
fn resolving_should_fail_for_anybody_but_the_council() {
	build_and_execute(|| {
		let id = opened(NATIVE);
		to_end_of_voting(id);
		for who in [BUYER, PROVIDER, ARBITRATOR, ANYBODY] {
			assert_noop!(Disputes::resolve(origin(who), id, FOR_BUYER), DispatchError::BadOrigin);
		}
		assert_noop!(resolve(id + 1, FOR_BUYER), Error::<Test>::DisputeNotFound);
	});
}
