//! The proof-of-work lane in the whole runtime: which blocks are valid, who is paid, and that staking, sessions and BABE
//! go on as if miners' blocks were not there.

mod common;

use codec::Encode;
use common::*;
use frame_support::{
	assert_ok,
	traits::{
		fungible::Balanced,
		tokens::{Fortitude, Precision, Preservation},
		EstimateNextSessionRotation, Get, OnUnbalanced, Randomness,
	},
};
use gpu_chain_primitives::{pow::*, NodeId, NodeStatus, ReputationInspect, ResourceType};
use gpu_chain_runtime::{
	configs::{
		money::ShareFees,
		parameters::{dynamic_params::pow, RuntimeParameters},
		pow::TwoSlotsABlock,
		providers::BlockRandomness,
	},
	*,
};
use pallet_hybrid_pow::{Difficulty, Event as Pow, WorkEntropy};
use pallet_provider_registry::Call as Registry;
use pallet_work_verification::Call as Work;
use sp_consensus_babe::BABE_ENGINE_ID;
use sp_core::{H256, U256};
use sp_keyring::Sr25519Keyring::{Bob, Ferdie};
use sp_runtime::{traits::Header as _, DigestItem, Permill};
use std::panic::{catch_unwind, AssertUnwindSafe};

const MINER: [u8; 32] = [77; 32];

fn miner() -> AccountId {
	MINER.into()
}

/// A block of the miner, on the next slot that it may have.
fn mine() {
	open_lane();
	begin_miner_block(&miner());
	end_block();
}

fn events() -> Vec<Pow<Runtime>> {
	System::events()
		.into_iter()
		.filter_map(|record| match record.event {
			RuntimeEvent::HybridPow(event) => Some(event),
			_ => None,
		})
		.collect()
}

/// Why the runtime panics in this; panics itself if it does not.
fn panic_of(what: impl FnOnce()) -> String {
	let panic = catch_unwind(AssertUnwindSafe(what)).expect_err("it must not be valid");
	let text = panic.downcast_ref::<String>().cloned();
	text.or_else(|| panic.downcast_ref::<&str>().map(|text| text.to_string())).expect("a panic has a text")
}

/// The state after the lane was opened, on a chain of four validators.
fn opened() -> sp_io::TestExternalities {
	let mut ext = genesis("local_testnet");
	ext.execute_with(open_lane);
	ext
}

#[test]
fn a_miners_block_is_executed_as_it_was_built() {
	let build = || {
		let slot = head_slot() + 1;
		let logs = vec![pow_digest(&miner(), Difficulty::<Runtime>::get()), babe_digest(slot, 0)];
		Executive::initialize_block(&next_header(logs.clone()));
		let inherent = timestamp(slot_start(slot));
		assert_ok!(Executive::apply_extrinsic(inherent.clone()).expect("valid"));
		let header = Executive::finalize_block();
		assert_eq!(header.digest().logs[..2], logs, "nothing comes before the miner's digest");
		Block { header, extrinsics: vec![inherent] }
	};
	let block = opened().execute_with(build);
	opened().execute_with(|| {
		Executive::execute_block(block.clone().into());
		assert_eq!(HybridPow::stats().miner_blocks, 1);
		check_invariants();
		run_blocks(10);
	});
	// With another miner in its header it is another block: this state does not follow from it.
	opened().execute_with(|| {
		let mut stolen = block;
		stolen.header.digest.logs[0] = pow_digest(&account(Bob), Difficulty::<Runtime>::get());
		panic_of(|| Executive::execute_block(stolen.into()));
	});
}

#[test]
fn every_broken_rule_makes_an_invalid_block() {
	type Logs = fn(slot: u64, difficulty: U256) -> Vec<DigestItem>;
	let broken: [(&str, Logs); 14] = [
		("exactly one BABE pre-digest", |_, d| vec![pow_digest(&miner(), d)]),
		("exactly one BABE pre-digest", |s, d| vec![pow_digest(&miner(), d), babe_digest(s, 0), babe_digest(s, 0)]),
		("BABE pre-digest is malformed", |_, d| {
			vec![pow_digest(&miner(), d), DigestItem::PreRuntime(BABE_ENGINE_ID, vec![0])]
		}),
		("slot must be after", |s, _| vec![babe_digest(s - 1, 0)]),
		("odd slot must have a miner's digest", |s, _| vec![babe_digest(s, 0)]),
		("even slot must not have", |s, d| vec![pow_digest(&miner(), d), babe_digest(s + 1, 0)]),
		("more than one miner's digest", |s, d| {
			vec![pow_digest(&miner(), d), pow_digest(&miner(), d), babe_digest(s, 0)]
		}),
		("miner's digest is malformed", |s, d| {
			let trailing = (PowPreDigest { miner: miner(), difficulty: d, version: POW_VERSION }, 0u8).encode();
			vec![DigestItem::PreRuntime(POW_ENGINE_ID, trailing), babe_digest(s, 0)]
		}),
		("unknown version", |s, d| {
			let claim = PowPreDigest { miner: miner(), difficulty: d, version: 0 }.encode();
			vec![DigestItem::PreRuntime(POW_ENGINE_ID, claim), babe_digest(s, 0)]
		}),
		("authority index 0", |s, d| vec![pow_digest(&miner(), d), babe_digest(s, 1)]),
		("slot after its parent's", |s, d| vec![pow_digest(&miner(), d), babe_digest(s + 2, 0)]),
		("chain's difficulty", |s, d| vec![pow_digest(&miner(), d - 1), babe_digest(s, 0)]),
		("must not stand on a miner's block", |s, _| {
			begin_miner_block(&miner());
			end_block();
			vec![pow_digest(&miner(), Difficulty::<Runtime>::get()), babe_digest(s + 2, 0)]
		}),
		("too few blocks of validators", |_, _| {
			begin_miner_block(&miner());
			end_block();
			run_blocks(3);
			vec![pow_digest(&miner(), Difficulty::<Runtime>::get()), babe_digest(head_slot() + 1, 0)]
		}),
	];
	for (reason, logs) in broken {
		opened().execute_with(|| {
			let logs = logs(head_slot() + 1, Difficulty::<Runtime>::get());
			let text = panic_of(|| _ = Executive::initialize_block(&next_header(logs)));
			assert!(text.starts_with("invalid block: ") && text.contains(reason), "{reason}: {text}");
		});
	}
}

#[test]
fn the_first_block_is_a_validators() {
	genesis("development").execute_with(|| {
		assert_eq!(HybridPow::next_work(), None);
		let logs = vec![pow_digest(&miner(), Difficulty::<Runtime>::get()), babe_digest(1_001, 0)];
		panic_of(|| _ = Executive::initialize_block(&next_header(logs)));
	});
}

/// A block on `slot` at `now`, of the miner if that is its kind.
fn block_at(slot: u64, now: u64) {
	let mut logs = vec![babe_digest(slot, 0)];
	if is_pow_slot(slot) {
		logs.insert(0, pow_digest(&miner(), Difficulty::<Runtime>::get()));
	}
	begin_block_with(logs, now);
	end_block();
}

#[test]
fn blocks_may_be_as_early_and_as_late_as_their_slots_are() {
	// Every block in the first millisecond of its slot, and every block in the last.
	for late in [false, true] {
		opened().execute_with(|| {
			for _ in 0..3 {
				let slot = head_slot() + 1;
				for slot in slot..slot + 10 {
					if !is_pow_slot(slot) || HybridPow::next_work().is_some() {
						let last = slot_start(slot + 1) - 1;
						block_at(slot, if late { last } else { slot_start(slot) });
					}
				}
			}
			assert!(HybridPow::stats().miner_blocks >= 3);
		});
	}
}

#[test]
fn a_miners_block_keeps_its_distance_and_its_slot() {
	// After a validator's block in the last millisecond of its slot; what follows, as far into the next slot.
	let after_late_validator = |offset: fn(u64) -> u64| {
		let slot = head_slot() + 2;
		block_at(slot, slot_start(slot + 1) - 1);
		block_at(slot + 1, slot_start(slot + 1).wrapping_add(offset(slot_start(1))));
		block_at(slot + 2, slot_start(slot + 2).max(Timestamp::get() + slot_start(1) / 2));
	};
	let valid: [fn(u64) -> u64; 2] = [|length| length / 2 - 1, |length| length - 1];
	let invalid: [fn(u64) -> u64; 4] = [|length| length / 2 - 2, |_| 0, |_| u64::MAX, |length| length];
	for offset in valid {
		opened().execute_with(|| after_late_validator(offset));
	}
	for offset in invalid {
		opened().execute_with(|| panic_of(|| after_late_validator(offset)));
	}
}

#[test]
fn a_disabled_validator_0_stops_its_own_blocks_and_no_miners() {
	opened().execute_with(|| {
		assert!(Session::disable_index(0));
		begin_miner_block(&miner());
		end_block();
		assert_eq!(HybridPow::stats().miner_blocks, 1);
		begin_block_of(1);
		end_block();
		begin_block_of(0);
		assert!(panic_of(end_block).contains("is disabled"));
	});
}

#[test]
fn miner_and_includer_are_paid_and_nobody_earns_points_for_a_miners_block() {
	opened().execute_with(|| {
		let points = || pallet_staking::ErasRewardPoints::<Runtime>::get(0);
		// The miner is a validator, to make it harder: Bob's points come from his own blocks alone.
		let validators = Session::validators();
		let bob = validators.iter().position(|who| *who == account(Bob)).expect("Bob is a validator") as u32;
		let includer = (bob + 1) % 4;
		let (before, had) = (points(), issuance()[0]);
		let balances = |who: &AccountId| Balances::free_balance(who);
		let (bob_had, includer_had) = (balances(&account(Bob)), balances(&validators[includer as usize]));
		let (reward, bonus) = (pow::MinerReward::get(), pow::IncluderBonus::get());
		assert!(reward > 0 && bonus > 0);

		let difficulty = Difficulty::<Runtime>::get();
		begin_miner_block(&account(Bob));
		assert_eq!(Authorship::author(), Some(account(Bob)));
		assert_eq!(
			events(),
			[
				Pow::BlockMined { miner: account(Bob), slot: head_slot(), difficulty },
				Pow::MinerRewarded { miner: account(Bob), amount: reward }
			]
		);
		end_block();
		assert_eq!(points().total, before.total);
		assert_eq!(points().individual, before.individual);
		assert!(!ImOnline::is_online(bob), "a miner's block is no sign of life");
		assert_eq!(balances(&account(Bob)) - bob_had, reward);
		assert_eq!((issuance()[0] - had, minted()), (reward, reward));

		begin_block_of(includer);
		assert_eq!(events(), [Pow::IncluderRewarded { author: validators[includer as usize].clone(), amount: bonus }]);
		end_block();
		assert_eq!(points().total, before.total + 20, "the validator's block counts as ever");
		assert_eq!(balances(&validators[includer as usize]) - includer_had, bonus);
		assert_eq!((issuance()[0] - had, minted()), (reward + bonus, reward + bonus));
	});
}

#[test]
fn validator_0_earns_nothing_for_a_miners_block() {
	genesis("local_testnet").execute_with(|| {
		for _ in 0..5 {
			begin_block_of(1);
			end_block();
		}
		let first = Session::validators()[0].clone();
		let balance = Balances::free_balance(&first);
		begin_miner_block(&miner());
		end_block();
		let points = pallet_staking::ErasRewardPoints::<Runtime>::get(0);
		assert_eq!(points.individual.get(&first), None);
		assert!(!ImOnline::is_online(0));
		assert_eq!(Balances::free_balance(&first), balance);
	});
}

#[test]
fn tips_go_to_the_miner() {
	opened().execute_with(|| {
		begin_miner_block(&miner());
		let had = Balances::free_balance(miner());
		let tip = <Balances as Balanced<AccountId>>::withdraw(
			&account(Ferdie),
			5 * UNIT,
			Precision::Exact,
			Preservation::Preserve,
			Fortitude::Polite,
		)
		.expect("Ferdie is rich");
		ShareFees::on_unbalanceds([<Balances as Balanced<AccountId>>::issue(0), tip].into_iter());
		assert_eq!(Balances::free_balance(miner()) - had, 5 * UNIT);
	});
}

#[test]
fn a_reward_that_cannot_be_paid_leaves_the_block_valid() {
	opened().execute_with(|| {
		set(RuntimeParameters::Pow(pow::Parameters::MinerReward(pow::MinerReward, Some(EXISTENTIAL_DEPOSIT - 1))));
		let had = issuance();
		begin_miner_block(&miner());
		assert!(events().iter().any(|event| matches!(event, Pow::RewardWithheld { .. })));
		end_block();
		assert_eq!((issuance(), minted()), (had, 0));
	});
}

#[test]
fn entropy_changes_with_each_miners_block_and_feeds_the_rounds() {
	genesis("development").execute_with(|| {
		let entropy = || <WorkEntropy<Runtime> as Get<Option<H256>>>::get();
		let mut seen = vec![entropy()];
		assert_eq!(seen, [None]);
		for _ in 0..5 {
			mine();
			let mined = System::block_number();
			assert_eq!(entropy(), *seen.last().expect("not empty"), "not in the miner's block itself");
			let before = BlockRandomness::random(b"test").0;
			run_blocks(1);
			assert_eq!(entropy(), Some(hash_of(mined)));
			assert_ne!(BlockRandomness::random(b"test").0, before);
			assert!(!seen.contains(&entropy()));
			seen.push(entropy());
		}
	});
}

#[test]
fn sessions_rotate_when_they_are_expected_to() {
	genesis("local_testnet").execute_with(|| {
		type Estimate = TwoSlotsABlock<Babe>;
		run_blocks(1);
		let epoch = pallet_slot_clock::EpochSlots::<Runtime>::get();
		assert_eq!(u64::from(Estimate::average_session_length()), epoch / 2);
		let expected = Estimate::estimate_next_session_rotation(1).0.expect("there is a next one");
		assert_eq!(u64::from(expected), 1 + epoch / 2);
		let session = Session::current_index();
		while Session::current_index() == session {
			run_blocks(1);
		}
		assert_eq!(System::block_number(), expected);
		let (progress, _) = Estimate::estimate_current_session_progress(expected);
		assert_eq!(progress, Some(Permill::from_rational(1, epoch)));
		// Miners' blocks come on top and shift it by their number alone.
		let next = Estimate::estimate_next_session_rotation(expected).0.expect("there is a next one");
		let session = Session::current_index();
		let mut mined = 0;
		while Session::current_index() == session {
			if HybridPow::next_work().is_some() {
				begin_miner_block(&miner());
				end_block();
				mined += 1;
			}
			run_blocks(1);
		}
		assert_eq!(System::block_number(), next + mined);
	});
}

#[test]
fn epochs_begin_with_validators_blocks_even_when_some_are_skipped() {
	genesis("development").execute_with(|| {
		let epoch = pallet_slot_clock::EpochSlots::<Runtime>::get();
		run_blocks(1);
		let start = *Babe::current_epoch_start();
		for skipped in [0, 0, 1, 5] {
			// A miner's block on the last slot of the epoch.
			let last_even = start + (Babe::epoch_index() + 1) * epoch - 2;
			while head_slot() + 2 < last_even {
				run_blocks(1);
			}
			block_at(last_even, slot_start(last_even));
			let (index, session) = (Babe::epoch_index(), Session::current_index());
			begin_miner_block(&miner());
			end_block();
			assert_eq!((Babe::epoch_index(), Session::current_index()), (index, session));
			// The first block afterwards, epochs later.
			let first = last_even + 2 + skipped * epoch;
			assert_eq!((first - start) % epoch, 0);
			begin_block_with(vec![babe_digest(first, 0)], slot_start(first));
			assert!(events().iter().any(|event| matches!(event, Pow::IncluderRewarded { .. })));
			end_block();
			assert_eq!((Babe::epoch_index(), Session::current_index()), (index + 1 + skipped, session + 1));
			assert_eq!(*Babe::current_epoch_start() % 2, 0);
		}
	});
}

/// An active node of Bob's.
fn active_node() -> NodeId {
	hurry();
	run_blocks(1);
	begin_block();
	assert_ok!(call(&account(Bob), register_call(ResourceType::Cpu, 2 * UNIT)));
	let node = newest_node(&account(Bob));
	sponsor(node);
	end_block();
	begin_block();
	assert_ok!(call(&account(Bob), Work::issue_challenge { node }));
	let nonce = solution(&node).expect("easy");
	assert_ok!(call(&account(Bob), Work::submit_solution { node, nonce }));
	assert_ok!(call(&account(Bob), Registry::activate_node { node }));
	end_block();
	assert_eq!(ProviderRegistry::node(&node).map(|node| node.status), Some(NodeStatus::Active));
	node
}

#[test]
fn a_provider_that_mines_passes_a_challenge_once_a_day() {
	genesis("development").execute_with(|| {
		let node = active_node();
		set(RuntimeParameters::Pow(pow::Parameters::CreditPeriod(pow::CreditPeriod, Some(30))));
		let passed = || <Reputation as ReputationInspect>::track_record(&node).challenges_passed;
		let credited = Pow::ProviderCredited { miner: account(Bob), node };
		let before = passed();
		open_lane();
		begin_miner_block(&account(Bob));
		assert!(events().contains(&credited));
		let first = System::block_number();
		end_block();
		assert_eq!(passed(), before + 1);
		loop {
			open_lane();
			begin_miner_block(&account(Bob));
			let again = events().contains(&credited);
			assert_eq!(again, System::block_number() >= first + 30);
			end_block();
			if again {
				break;
			}
			assert_eq!(passed(), before + 1);
		}
		assert_eq!(passed(), before + 2);
		// Nobody else's block credits it, and a node that is not active gets none.
		mine();
		assert_ok!(call(&account(Bob), Registry::deactivate_node { node }));
		run_blocks(40);
		begin_miner_block(&account(Bob));
		assert!(!events().contains(&credited));
		end_block();
		assert_eq!(passed(), before + 2);
	});
}

#[test]
fn the_lane_starts_as_the_presets_say() {
	for (preset, difficulty, minimum) in [("development", 27, 20), ("local_testnet", 30, 20), ("staging", 36, 30)] {
		genesis(preset).execute_with(|| {
			assert_eq!(Difficulty::<Runtime>::get(), U256::one() << difficulty);
			assert_eq!(pallet_hybrid_pow::MinimumDifficulty::<Runtime>::get(), U256::one() << minimum);
			assert_eq!(HybridPow::next_work(), None);
			run_blocks(4);
			assert_eq!(HybridPow::next_work(), Some(HybridPow::stats().difficulty));
			assert_eq!(HybridPow::stats().spacing, 4);
		});
	}
}

#[test]
fn the_clients_apis_answer() {
	use gpu_chain_runtime_api::runtime_decl_for_hybrid_pow_api::HybridPowApi;
	use sp_consensus_pow::runtime_decl_for_difficulty_api::DifficultyApi;
	opened().execute_with(|| {
		assert_eq!(<Runtime as HybridPowApi<Block>>::next_work(), HybridPow::next_work());
		assert_eq!(<Runtime as HybridPowApi<Block>>::pow_stats().validator_blocks, 4);
		assert_eq!(<Runtime as DifficultyApi<Block, U256>>::difficulty(), Difficulty::<Runtime>::get());
	});
}
