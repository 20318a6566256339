use crate::{mock::*, *};
use frame_support::{assert_ok, traits::Get};
use gpu_chain_primitives::{NodeStatus, TrackRecord, TrustInspect};
use proptest::prelude::*;
use sp_runtime::Permill;

/// A record that is good enough for every level.
fn good() -> TrackRecord {
	TrackRecord {
		score: 10_000,
		challenges_passed: 10,
		challenges_failed: 10,
		tasks_completed: 190,
		tasks_failed: 10,
		flagged: false,
	}
}

/// The level of a node with this stake and record.
fn level(stake: u64, record: TrackRecord, partner: bool) -> u8 {
	<<Test as Config>::Thresholds as Get<TrustThresholds<u64>>>::get().level(stake, 500, &record, || partner)
}

#[test]
fn stake_decides_when_the_record_is_good() {
	new_test_ext().execute_with(|| {
		for (stake, expected) in [
			(0, 0),
			(499, 0),
			(500, 1),
			(999, 1),
			(1_000, 2),
			(2_999, 2),
			(3_000, 3),
			(4_999, 3),
			(5_000, 4),
			(u64::MAX, 4),
		] {
			assert_eq!(level(stake, good(), true), expected, "stake {stake}");
		}
		assert_eq!(level(u64::MAX, good(), false), 3, "only partners get to 4");
	});
}

#[test]
fn no_stake_is_no_trust_even_without_a_minimum() {
	new_test_ext().execute_with(|| {
		assert_eq!(Thresholds::get().level(0, 0, &good(), || true), 0);
		assert_eq!(Thresholds::get().level(1, 0, &good(), || true), 1);
	});
}

#[test]
fn the_record_decides_when_the_stake_is_high() {
	new_test_ext().execute_with(|| {
		assert_eq!(level(5_000, TrackRecord { challenges_passed: 9, ..good() }, true), 1);
		assert_eq!(level(5_000, TrackRecord { challenges_failed: 11, ..good() }, true), 1);
		assert_eq!(level(5_000, TrackRecord { tasks_completed: 99, tasks_failed: 0, ..good() }, true), 2);
		assert_eq!(level(5_000, TrackRecord { tasks_failed: 11, ..good() }, true), 2);
		assert_eq!(level(5_000, TrackRecord { flagged: true, ..good() }, true), 1);
		assert_eq!(level(5_000, TrackRecord::default(), true), 1);
	});
}

#[test]
fn trust_level_reads_stake_status_record_and_commitment() {
	build_and_execute(|| {
		assert_eq!(Staking::trust_level(&NODE), 1);
		TrackRecords::insert(NODE, good());
		assert_eq!(Staking::trust_level(&NODE), 2);
		assert_ok!(Staking::add_stake(RuntimeOrigin::signed(ALICE), NODE, 1_000));
		assert_eq!(Staking::trust_level(&NODE), 3);
		assert_ok!(Staking::add_stake(RuntimeOrigin::signed(ALICE), NODE, 2_000));
		assert_eq!(Staking::trust_level(&NODE), 3);
		assert_ok!(Staking::commit_sla(RuntimeOrigin::signed(ALICE), NODE, TERMS, 1_000));
		assert_eq!(<Staking as TrustInspect>::trust_level(&NODE), 4);
	});
}

#[test]
fn trust_level_counts_neither_unbonding_nor_pending_slashes() {
	build_and_execute(|| {
		TrackRecords::insert(NODE, good());
		assert_ok!(slash(NODE, 51, None));
		assert_eq!(Staking::trust_level(&NODE), 1);
		assert_ok!(Staking::cancel_slash(RuntimeOrigin::root(), 0));
		assert_eq!(Staking::trust_level(&NODE), 2);
		assert_ok!(Staking::request_withdrawal(RuntimeOrigin::signed(ALICE), NODE, 1_001));
		assert_eq!(Staking::trust_level(&NODE), 1);
	});
}

#[test]
fn trust_level_is_zero_for_unknown_rejected_and_banned_nodes() {
	build_and_execute(|| {
		assert_eq!(Staking::trust_level(&STRANGER), 0);
		for status in [NodeStatus::Rejected, NodeStatus::Slashed] {
			Nodes::insert(NODE, (ALICE, status));
			assert_eq!(Staking::trust_level(&NODE), 0);
		}
		Nodes::remove(NODE);
		assert_eq!(Staking::trust_level(&NODE), 0);
	});
}

#[test]
fn trust_level_falls_when_the_minimum_rises_above_the_stake() {
	build_and_execute(|| {
		MinimumStake::set(&2_001);
		assert_eq!(Staking::trust_level(&NODE), 0);
	});
}

/// A node with stake and record of level 4, and a commitment of `TERMS` with a bond of 1,000.
fn partner(test: impl FnOnce()) {
	build_and_execute(|| {
		TrackRecords::insert(NODE, good());
		assert_ok!(Staking::add_stake(RuntimeOrigin::signed(ALICE), NODE, 3_000));
		assert_ok!(Staking::commit_sla(RuntimeOrigin::signed(ALICE), NODE, TERMS, 1_000));
		assert_eq!(Staking::trust_level(&NODE), 4);
		test();
	});
}

#[test]
fn a_commitment_that_ends_is_no_partners() {
	partner(|| {
		assert_ok!(Staking::end_sla(RuntimeOrigin::signed(ALICE), NODE));
		assert_eq!(Staking::trust_level(&NODE), 3);
	});
}

#[test]
fn a_bond_that_a_breach_has_cut_is_no_partners_until_it_is_filled_up() {
	partner(|| {
		measure(NODE, 9_899, WINDOW);
		assert_ok!(Staking::report_breach(RuntimeOrigin::signed(BOB), NODE, None));
		assert_eq!(Staking::trust_level(&NODE), 3);
		assert_ok!(Staking::add_insurance(RuntimeOrigin::signed(ALICE), NODE, 399));
		assert_eq!(Staking::trust_level(&NODE), 3);
		assert_ok!(Staking::add_insurance(RuntimeOrigin::signed(ALICE), NODE, 1));
		assert_eq!(Staking::trust_level(&NODE), 4);
	});
}

#[test]
fn limits_that_rise_above_a_commitment_end_a_partnership() {
	let limits = Limits::get;
	for stricter in [
		SlaLimits { uptime: 9_901, ..limits_of_tests() },
		SlaLimits { penalty: 401, ..limits_of_tests() },
		SlaLimits { bond: 1_001, ..limits_of_tests() },
	] {
		partner(|| {
			Limits::set(&stricter);
			assert_eq!(Staking::trust_level(&NODE), 3);
			Limits::set(&SlaLimits { uptime: 9_900, penalty: 400, bond: 1_000, ..limits() });
			assert_eq!(Staking::trust_level(&NODE), 4);
		});
	}
}

fn limits_of_tests() -> SlaLimits<u64> {
	SlaLimits { uptime: 9_500, response_ms: 10_000, penalty: 100, bond: 1_000 }
}

#[test]
fn level_4_has_a_share_of_tasks_of_its_own() {
	new_test_ext().execute_with(|| {
		let level = |trusted, partner, record: TrackRecord| {
			let thresholds = TrustThresholds {
				trusted_success: Permill::from_percent(trusted),
				partner_success: Permill::from_percent(partner),
				..Thresholds::get()
			};
			thresholds.level(5_000, 500, &record, || true)
		};
		let nine_in_ten = TrackRecord { tasks_completed: 180, tasks_failed: 20, ..good() };
		assert_eq!(level(90, 95, nine_in_ten), 3);
		assert_eq!(level(90, 90, nine_in_ten), 4);
	});
}

#[test]
fn level_2_counts_failed_tasks_once_there_are_any() {
	new_test_ext().execute_with(|| {
		let tasks = |tasks_completed, tasks_failed| TrackRecord { tasks_completed, tasks_failed, ..good() };
		assert_eq!(level(1_000, tasks(0, 0), false), 2);
		assert_eq!(level(1_000, tasks(0, 1), false), 1);
		assert_eq!(level(1_000, tasks(4, 5), false), 1);
		assert_eq!(level(1_000, tasks(5, 5), false), 2);
	});
}

prop_compose! {
	fn any_record()(
		challenges_passed in 0..40u32,
		challenges_failed in 0..40u32,
		tasks_completed in 0..400u32,
		tasks_failed in 0..40u32,
		flagged in any::<bool>(),
	) -> TrackRecord {
		TrackRecord { score: 5_000, challenges_passed, challenges_failed, tasks_completed, tasks_failed, flagged }
	}
}

proptest! {
	#[test]
	fn each_level_has_all_the_conditions_of_those_below(
		stake in 0..7_000u64,
		record in any_record(),
		partner in any::<bool>(),
	) {
		let level = level(stake, record, partner);
		let conditions = [
			stake >= 500,
			stake >= 1_000
				&& !record.flagged
				&& record.challenges_passed >= 10
				&& record.challenges_passed >= record.challenges_failed
				&& record.tasks_completed >= record.tasks_failed,
			stake >= 3_000
				&& record.tasks_completed >= 100
				&& record.tasks_completed * 100 >= (record.tasks_completed + record.tasks_failed) * 95,
			stake >= 5_000 && partner,
		];
		let expected = conditions.iter().take_while(|met| **met).count();
		prop_assert_eq!(usize::from(level), expected);
	}

	#[test]
	fn more_stake_is_never_less_trust(stake in 0..7_000u64, more in 0..7_000u64, record in any_record()) {
		prop_assert!(level(stake + more, record, true) >= level(stake, record, true));
	}
}
