use crate::{mock::*, *};
use frame_support::{assert_ok, traits::Hooks, weights::Weight};
use gpu_chain_primitives::{Collateral, Misconduct, NodeId, NodeStatus, Reason};
use proptest::prelude::*;
use sp_runtime::Permill;

/// Four nodes, two of Alice's and two of Bob's.
fn node(index: u8) -> NodeId {
	NodeId::repeat_byte(0x10 + index)
}

fn owner(index: u8) -> u64 {
	if index < 2 {
		ALICE
	} else {
		BOB
	}
}

#[derive(Clone, Debug)]
enum Step {
	AddStake(u8, u64, u64),
	Request(u8, u64, u64),
	RequestAll(u8),
	Withdraw(u8, u64),
	CancelWithdrawal(u8, u64),
	Slash(u8, u32, Misconduct, Option<(u64, u64)>),
	AppealSlash(u64, u64),
	CancelSlash(u64),
	RejectAppeal(u64),
	Execute(u64),
	SetStatus(u8, NodeStatus),
	SetBusy(u8, bool),
	SetDelays(u64, u64, u64),
	Block { number: u64, initialize: bool, idle_ms: Option<u64> },
}

fn misconduct() -> impl Strategy<Value = Misconduct> {
	prop_oneof![
		4 => Just(Misconduct::TaskTimeout),
		2 => Just(Misconduct::DisputeLost),
		1 => Just(Misconduct::Misuse),
	]
}

fn status() -> impl Strategy<Value = NodeStatus> {
	prop_oneof![
		4 => Just(NodeStatus::Inactive),
		2 => Just(NodeStatus::Active),
		1 => Just(NodeStatus::Rejected),
	]
}

/// Accounts 1 to 3 are Alice, Bob and the buyer; 4 does not exist at first; 99 is the treasury.
fn account() -> impl Strategy<Value = u64> {
	prop_oneof![9 => 1..=4u64, 1 => Just(TREASURY)]
}

fn step() -> impl Strategy<Value = Step> {
	let node = || 0..4u8;
	let signer = || 1..=2u64;
	prop_oneof![
		3 => (node(), signer(), 0..1_500u64).prop_map(|(n, w, a)| Step::AddStake(n, w, a)),
		3 => (node(), signer(), 0..1_500u64).prop_map(|(n, w, a)| Step::Request(n, w, a)),
		2 => node().prop_map(Step::RequestAll),
		3 => (node(), signer()).prop_map(|(n, w)| Step::Withdraw(n, w)),
		1 => (node(), signer()).prop_map(|(n, w)| Step::CancelWithdrawal(n, w)),
		6 => (node(), 0..=1_000_000u32, misconduct(), prop::option::of((account(), 0..900u64)))
			.prop_map(|(n, s, m, h)| Step::Slash(n, s, m, h)),
		3 => (signer(), 0..30u64).prop_map(|(w, s)| Step::AppealSlash(w, s)),
		1 => (0..30u64).prop_map(Step::CancelSlash),
		1 => (0..30u64).prop_map(Step::RejectAppeal),
		2 => (0..30u64).prop_map(Step::Execute),
		2 => (node(), status()).prop_map(|(n, s)| Step::SetStatus(n, s)),
		1 => (node(), any::<bool>()).prop_map(|(n, b)| Step::SetBusy(n, b)),
		1 => (0..20u64, 0..8u64, 0..8u64).prop_map(|(c, s, a)| Step::SetDelays(c, s, a)),
		8 => (1..9u64, any::<bool>(), prop::option::of(0..4u64))
			.prop_map(|(number, initialize, idle_ms)| Step::Block { number, initialize, idle_ms }),
	]
}

/// Does one step. Whatever a call answers, the state must be sound afterwards; a call that failed must have changed
/// nothing.
fn take(step: Step) {
	let signed = RuntimeOrigin::signed;
	let root = sp_io::storage::root(sp_runtime::StateVersion::V1);
	let done = match step {
		Step::AddStake(n, who, amount) => Staking::add_stake(signed(who), node(n), amount),
		Step::Request(n, who, amount) => Staking::request_withdrawal(signed(who), node(n), amount),
		Step::RequestAll(n) => {
			let all = Staking::stake(&node(n)).map_or(0, |ledger| ledger.counting());
			Staking::request_withdrawal(signed(owner(n)), node(n), all)
		}
		Step::Withdraw(n, who) => {
			let (before, total) = (free(who), Staking::stake(&node(n)).map_or(0, |ledger| ledger.total()));
			let done = Staking::withdraw_unbonded(signed(who), node(n));
			let left = Staking::stake(&node(n)).map_or(0, |ledger| ledger.total());
			assert_eq!(free(who) - before, total - left);
			done
		}
		Step::CancelWithdrawal(n, who) => Staking::cancel_withdrawal(signed(who), node(n)),
		Step::Slash(n, share, misconduct, harmed) => {
			let slashable = Staking::stake(&node(n)).map_or(0, |ledger| ledger.slashable());
			let share = Permill::from_parts(share);
			assert_ok!(<Staking as Collateral<u64, u64>>::slash(&node(n), share, misconduct, harmed));
			let left = Staking::stake(&node(n)).map_or(0, |ledger| ledger.slashable());
			assert_eq!(slashable - left, share.mul_floor(slashable));
			return;
		}
		Step::AppealSlash(who, slash) => {
			// A bond that the caller cannot spare is refused by the currency, as a call would be.
			frame_support::storage::with_storage_layer(|| Staking::appeal_slash(signed(who), slash, Reason::default()))
		}
		Step::CancelSlash(slash) => Staking::cancel_slash(RuntimeOrigin::root(), slash),
		Step::RejectAppeal(slash) => {
			frame_support::storage::with_storage_layer(|| Staking::reject_appeal(RuntimeOrigin::root(), slash))
		}
		Step::Execute(slash) => {
			frame_support::storage::with_storage_layer(|| Staking::execute_slash(signed(BUYER), slash))
				.map(|_| ())
				.map_err(|failed| failed.error)
		}
		Step::SetStatus(n, status) => {
			// A ban is final.
			if Nodes::get(node(n)).unwrap().1 != NodeStatus::Slashed {
				Nodes::insert(node(n), (owner(n), status));
			}
			return;
		}
		Step::SetBusy(n, true) => return Busy::insert(node(n), ()),
		Step::SetBusy(n, false) => return Busy::remove(node(n)),
		Step::SetDelays(cooldown, slash, appeal) => {
			CooldownPeriod::set(&cooldown);
			SlashDelay::set(&slash);
			AppealPeriod::set(&appeal);
			return;
		}
		Step::Block { number, initialize, idle_ms } => {
			System::set_block_number(System::block_number() + number);
			if initialize {
				Staking::on_initialize(System::block_number());
			}
			if let Some(ms) = idle_ms {
				let limit = Weight::from_parts(ms * 1_000_000_000, u64::MAX);
				assert!(idle(limit).all_lte(limit));
			}
			return;
		}
	};
	if done.is_err() {
		assert_eq!(sp_io::storage::root(sp_runtime::StateVersion::V1), root, "a failed call changed something");
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(500))]

	#[test]
	fn money_is_conserved_and_the_state_is_sound_whatever_happens(steps in prop::collection::vec(step(), 1..100)) {
		new_test_ext().execute_with(|| {
			for n in 0..4 {
				add_node(node(n), owner(n), NodeStatus::Inactive, 500 + 700 * u64::from(n));
			}
			let issuance = Balances::total_issuance();
			for step in steps {
				let step_name = format!("{step:?}");
				take(step);
				assert_eq!(Balances::total_issuance(), issuance, "{step_name}");
				if let Err(error) = Staking::do_try_state() {
					panic!("{error:?} after {step_name}");
				}
			}

			// However it went, all can be ended: slashes are carried out, stake comes back, nothing is left behind.
			for n in 0..4 {
				let (who, status) = Nodes::get(node(n)).unwrap();
				if status == NodeStatus::Active {
					Nodes::insert(node(n), (who, NodeStatus::Inactive));
				}
				Busy::remove(node(n));
			}
			for _ in 0..200 {
				System::set_block_number(System::block_number() + 1);
				Staking::on_initialize(System::block_number());
			}
			assert_eq!(PendingSlashes::<Test>::count(), 0);
			MinimumStake::set(&0);
			CooldownPeriod::set(&0);
			for n in 0..4 {
				let Some(ledger) = Staking::stake(&node(n)) else { continue };
				if !ledger.unbonding.is_empty() {
					assert_ok!(Staking::cancel_withdrawal(RuntimeOrigin::signed(owner(n)), node(n)));
				}
				let all = ledger.total();
				assert_ok!(Staking::request_withdrawal(RuntimeOrigin::signed(owner(n)), node(n), all));
				assert_ok!(Staking::withdraw_unbonded(RuntimeOrigin::signed(owner(n)), node(n)));
			}
			assert_eq!((bonded(ALICE), bonded(BOB)), (0, 0));
			assert_eq!((held(ALICE), held(BOB), Stakes::<Test>::iter().count()), (0, 0, 0));
			assert_ok!(Staking::do_try_state());
			assert_eq!(Balances::total_issuance(), issuance);
		});
	}

	#[test]
	fn a_ledger_gives_exactly_what_is_taken(
		active in any::<u64>(),
		chunks in prop::collection::vec((1..=u64::MAX / 32, 0..40u64), 0..8),
		slash in any::<u64>(),
		limit in any::<u64>(),
		now in 0..40u64,
	) {
		let mut ledger = StakeLedger::<u64, u128, u64>::new(ALICE);
		ledger.active = u128::from(active) + chunks.iter().map(|(amount, _)| u128::from(*amount)).sum::<u128>();
		for (amount, unlock_at) in &chunks {
			prop_assert!(ledger.unbond(u128::from(*amount), *unlock_at));
		}
		prop_assert_eq!(ledger.active, u128::from(active));
		let total = ledger.total();

		let taken = ledger.take_slash(u128::from(slash));
		prop_assert_eq!(taken, u128::from(slash).min(total));
		prop_assert_eq!(ledger.total(), total - taken);
		prop_assert!(ledger.active == 0 || ledger.unbonding_total() == total - u128::from(active));

		let (unlocked, before) = (ledger.unlocked(now), ledger.total());
		let paid = ledger.take_unlocked(now, u128::from(limit));
		prop_assert_eq!(paid, unlocked.min(u128::from(limit)));
		prop_assert_eq!(ledger.total(), before - paid);
		prop_assert!(ledger.unbonding.iter().all(|chunk| chunk.amount > 0));
	}
}
