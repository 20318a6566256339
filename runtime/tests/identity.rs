//! Who is who, through the whole runtime: users and wallets, sponsors and their fee and blame, partners and their
//! insurance; and that dealing with oneself is refused or costs.

mod common;

use common::*;
use frame_support::{
	assert_err, assert_ok,
	dispatch::GetDispatchInfo,
	traits::{
		fungible::{Inspect, InspectHold},
		EnsureOrigin,
	},
};
use gpu_chain_primitives::{NodeId, NodeStatus, ResourceType, TaskId, Tier, WorkOutcome};
use gpu_chain_runtime::{
	configs::{
		money::{AssetKind, TreasuryAccount},
		parameters::{
			dynamic_params::{market, partners, registry, roles, staking},
			RuntimeParameters,
		},
	},
	*,
};
use pallet_marketplace::Call as Market;
use pallet_node_roles::{Call as Roles, QueenState};
use pallet_provider_registry::Call as Registry;
use pallet_provider_staking::{Call as Stake, SlaTerms};
use pallet_user_registry::{Call as Users, Profile};
use pallet_work_verification::Call as Work;
use sp_core::{ecdsa, Pair, H160, H256};
use sp_keyring::Sr25519Keyring::{Alice, Bob, Charlie, Dave, Ferdie};

fn provider() -> AccountId {
	account(Bob)
}

fn buyer() -> AccountId {
	account(Ferdie)
}

/// A pending node of that account.
fn registered(who: &AccountId) -> NodeId {
	hurry();
	begin_block();
	assert_ok!(call(who, register_call(ResourceType::Cpu, 2 * UNIT)));
	let node = newest_node(who);
	end_block();
	node
}

/// The node solves a challenge of its owner's.
fn solve(who: &AccountId, node: NodeId) {
	assert_ok!(call(who, Work::issue_challenge { node }));
	let nonce = solution(&node).expect("easy");
	assert_ok!(call(who, Work::submit_solution { node, nonce }));
}

fn status(node: &NodeId) -> NodeStatus {
	ProviderRegistry::node(node).expect("it is registered").status
}

/// An active, sponsored node of that account.
fn active(who: &AccountId) -> NodeId {
	let node = registered(who);
	begin_block();
	sponsor(node);
	solve(who, node);
	assert_ok!(call(who, Registry::activate_node { node }));
	end_block();
	node
}

/// Somebody has a task done and pays for it.
fn deal(who: &AccountId, node: NodeId, provider: &AccountId, per_hour: Balance) -> TaskId {
	let task_id = pallet_marketplace::NextTaskId::<Runtime>::get();
	for (by, step) in steps(who, provider, node, task_id, per_hour) {
		assert_ok!(call(by, step));
	}
	task_id
}

/// The five calls of a task's life.
fn steps<'a>(
	buyer: &'a AccountId,
	provider: &'a AccountId,
	node_id: NodeId,
	task_id: TaskId,
	max_price_per_hour: Balance,
) -> [(&'a AccountId, RuntimeCall); 5] {
	let create = Market::create_task {
		resource_type: ResourceType::Cpu,
		required_power: Default::default(),
		duration_secs: 3_600,
		asset: AssetKind::Native,
		max_price_per_hour,
		min_trust_level: 0,
		specification_uri: bounded("https://example.org/spec"),
		specification_hash: H256::repeat_byte(1),
	};
	let submit = Market::submit_result {
		task_id,
		result_hash: H256::repeat_byte(2),
		result_uri: bounded("https://example.org/result"),
	};
	[
		(buyer, create.into()),
		(provider, Market::accept_task { task_id, node_id }.into()),
		(provider, Market::start_task { task_id }.into()),
		(provider, submit.into()),
		(buyer, Market::approve_result { task_id }.into()),
	]
}

fn wealth(who: &AccountId) -> Balance {
	<Balances as Inspect<AccountId>>::total_balance(who)
}

#[test]
fn no_provider_is_verified_without_challenge_and_sponsor() {
	genesis("development").execute_with(|| {
		let node = registered(&provider());
		begin_block();
		solve(&provider(), node);
		assert_eq!((status(&node), ProviderRegistry::awaits_sponsor(&node)), (NodeStatus::Pending, true));
		assert_err!(
			call(&provider(), Registry::activate_node { node }),
			pallet_provider_registry::Error::<Runtime>::NotActivatable
		);
		sponsor(node);
		assert_eq!(status(&node), NodeStatus::Verified);
		assert_ok!(call(&provider(), Registry::activate_node { node }));
		end_block();

		let other = registered(&account(Charlie));
		begin_block();
		sponsor(other);
		assert_eq!(status(&other), NodeStatus::Pending, "a sponsor without a challenge is not enough");
		solve(&account(Charlie), other);
		assert_eq!(status(&other), NodeStatus::Verified);
		end_block();
	});
}

#[test]
fn the_trusted_flag_does_instead_of_a_sponsor_and_government_may_ask_for_none() {
	genesis("development").execute_with(|| {
		let node = registered(&provider());
		begin_block();
		assert_ok!(ProviderRegistry::add_trusted_node(RuntimeOrigin::root(), node, Tier::CloudPartner));
		solve(&provider(), node);
		assert_eq!(status(&node), NodeStatus::Verified);
		end_block();

		set(RuntimeParameters::Roles(roles::Parameters::SponsorRequired(roles::SponsorRequired, Some(false))));
		let other = registered(&account(Charlie));
		begin_block();
		solve(&account(Charlie), other);
		assert_eq!(status(&other), NodeStatus::Verified);
		end_block();
	});
}

#[test]
fn a_queen_does_not_sponsor_her_own_node() {
	genesis("development").execute_with(|| {
		let node = registered(&queen());
		begin_block();
		assert_err!(call(&queen(), Roles::sponsor_node { node }), pallet_node_roles::Error::<Runtime>::OwnNode);
		solve(&queen(), node);
		assert_eq!(status(&node), NodeStatus::Pending);
		end_block();
	});
}

#[test]
fn a_king_has_a_seat_in_the_council_for_as_long_as_it_is_one() {
	let seats = pallet_collective::Members::<Runtime, pallet_collective::Instance1>::get;
	genesis("development").execute_with(|| {
		begin_block();
		let before = seats();
		assert!(before.contains(&king()));
		assert_ok!(NodeRoles::add_king(RuntimeOrigin::root(), account(Dave)));
		assert!(seats().contains(&account(Dave)) && seats().len() == before.len() + 1);
		assert_ok!(NodeRoles::remove_king(RuntimeOrigin::root(), account(Dave)));
		assert_eq!(seats(), before);
		end_block();
	});
}

#[test]
fn a_queen_is_made_by_the_kings_of_government() {
	genesis("development").execute_with(|| {
		begin_block();
		for who in [Alice, Charlie] {
			assert_ok!(NodeRoles::add_king(RuntimeOrigin::root(), account(who)));
		}
		assert_err!(
			call(&account(Alice), Roles::apply { bond: 10 * UNIT }),
			pallet_node_roles::Error::<Runtime>::IsKing
		);
		assert_ok!(call(&provider(), Roles::apply { bond: 10 * UNIT }));
		assert_ok!(call(&king(), Roles::confirm_queen { queen: provider() }));
		assert_eq!(NodeRoles::queen(&provider()).map(|queen| queen.state), Some(QueenState::Candidate));
		assert_ok!(call(&account(Alice), Roles::confirm_queen { queen: provider() }));
		assert!(NodeRoles::is_live_queen(&provider()));
		// The seat is an origin that others may ask for.
		assert!(pallet_node_roles::EnsureKing::<Runtime>::try_origin(RuntimeOrigin::signed(king())).is_ok());
		assert!(pallet_node_roles::EnsureKing::<Runtime>::try_origin(RuntimeOrigin::signed(queen())).is_err());
		end_block();
	});
}

#[test]
fn a_failed_audit_sends_a_node_back_once_a_king_confirms_it() {
	genesis("development").execute_with(|| {
		let node = active(&provider());
		begin_block();
		let audit = Roles::audit_node {
			node,
			passed: false,
			report_uri: bounded("ipfs://report"),
			report_hash: H256::repeat_byte(3),
		};
		assert_ok!(call(&queen(), audit));
		assert_eq!(status(&node), NodeStatus::Active);
		assert_ok!(call(&king(), Roles::confirm_audit { node }));
		assert_eq!((status(&node), NodeRoles::sponsorship(&node)), (NodeStatus::Pending, None));
		end_block();
		// It takes both again.
		run_blocks(4);
		begin_block();
		solve(&provider(), node);
		assert_eq!(status(&node), NodeStatus::Pending);
		sponsor(node);
		assert_eq!(status(&node), NodeStatus::Verified);
		end_block();
	});
}

/// The example of docs/market/identity.md.
#[test]
fn of_a_deal_of_100_the_provider_has_92_the_treasury_7_20_and_the_sponsor_80_cents() {
	genesis("development").execute_with(|| {
		let node = active(&provider());
		let people = [provider(), TreasuryAccount::get(), queen()];
		begin_block();
		let before = people.clone().map(|who| wealth(&who));
		deal(&buyer(), node, &provider(), 100 * UNIT);
		let after = people.map(|who| wealth(&who));
		let gained: Vec<_> = before.iter().zip(after).map(|(before, after)| after - before).collect();
		assert_eq!(gained, [92 * UNIT, 72 * UNIT / 10, 8 * UNIT / 10]);
		end_block();
	});
}

/// The example of docs/market/identity.md.
#[test]
fn a_slash_of_a_sponsored_node_costs_the_queen_as_much_as_the_node_at_most() {
	genesis("development").execute_with(|| {
		let node = active(&provider());
		set(RuntimeParameters::Market(market::Parameters::StartWindow(market::StartWindow, Some(3))));
		set(RuntimeParameters::Staking(staking::Parameters::SlashDelay(staking::SlashDelay, Some(4))));
		begin_block();
		let task_id = pallet_marketplace::NextTaskId::<Runtime>::get();
		for (by, step) in steps(&buyer(), &provider(), node, task_id, UNIT).into_iter().take(2) {
			assert_ok!(call(by, step));
		}
		end_block();
		let issued = issuance();
		let before = (NodeRoles::queen(&queen()).expect("she is one").bond, wealth(&buyer()));
		run_blocks(5);
		assert_eq!(NodeRoles::queen(&queen()).expect("she is one").blamed, 1);
		run_blocks(6);
		let now = NodeRoles::queen(&queen()).expect("she is one");
		// 5 % of a stake of 2; a tenth of her bond of 100 would be 10. The buyer was owed 1.
		assert_eq!((before.0 - now.bond, now.blamed), (UNIT / 10, 0));
		assert_eq!(wealth(&buyer()) - before.1, 2 * UNIT / 10);
		assert_eq!(issuance(), issued);
	});
}

#[test]
fn dealing_with_oneself_costs_the_greater_part_of_the_fee_even_with_a_queen_of_ones_own() {
	genesis("development").execute_with(|| {
		let node = active(&provider());
		// Buyer, provider and Queen are one person's.
		let all = || wealth(&buyer()) + wealth(&provider()) + wealth(&queen());
		begin_block();
		let before = all();
		deal(&buyer(), node, &provider(), 100 * UNIT);
		assert_eq!(before - all(), 72 * UNIT / 10, "7.2 % of the price");
		// The Queen as the buyer has nothing back at all.
		let before = all();
		deal(&queen(), node, &provider(), 100 * UNIT);
		assert_eq!(before - all(), 8 * UNIT, "8 % of the price");
		end_block();
		// Not even government can make it free.
		set(RuntimeParameters::Roles(roles::Parameters::FeeShare(
			roles::FeeShare,
			Some(sp_runtime::Permill::from_percent(100)),
		)));
		begin_block();
		let before = all();
		deal(&buyer(), node, &provider(), 100 * UNIT);
		assert_eq!(before - all(), 4 * UNIT);
		end_block();
	});
}

#[test]
fn nobody_works_for_themselves_and_washing_reputation_with_tasks_of_nothing_costs_fees() {
	genesis("development").execute_with(|| {
		let node = active(&provider());
		begin_block();
		let task_id = pallet_marketplace::NextTaskId::<Runtime>::get();
		let [(_, create), (_, accept), ..] = steps(&provider(), &provider(), node, task_id, UNIT);
		assert_ok!(call(&provider(), create));
		assert!(call(&provider(), accept).is_err(), "a node does not work for its owner");
		// Level 3 takes a hundred tasks. At a price of one planck there is no fee of the platform, and still each task is
		// five transactions, which pay for their weight and length before any tip.
		let one: Balance = steps(&buyer(), &provider(), node, task_id, 1)
			.into_iter()
			.map(|(_, step)| {
				let length = codec::Encode::encode(&step).len() as u32 + 100;
				let weight = step.get_dispatch_info().call_weight;
				TransactionPayment::weight_to_fee(weight) + TransactionPayment::length_to_fee(length)
			})
			.sum();
		assert!(100 * one >= UNIT, "a hundred of them cost {} of plancks", 100 * one);
		end_block();
	});
}

/// A node with stake and record of level 3, sponsored and active.
fn trusted() -> NodeId {
	let node = active(&provider());
	begin_block();
	assert_ok!(call(&provider(), Stake::add_stake { node, amount: 3 * UNIT }));
	for _ in 0..10 {
		<Reputation as gpu_chain_primitives::Reputation>::record(&node, WorkOutcome::ChallengePassed);
	}
	for _ in 0..100 {
		<Reputation as gpu_chain_primitives::Reputation>::record(&node, WorkOutcome::TaskCompleted);
	}
	end_block();
	assert_eq!(ProviderStaking::trust_level(&node), 3);
	node
}

fn commit(node: NodeId, terms: SlaTerms<Balance>, bond: Balance) -> sp_runtime::DispatchResult {
	call(&provider(), Stake::commit_sla { node, terms, bond })
}

const TERMS: SlaTerms<Balance> = SlaTerms { uptime: 9_900, response_ms: 5_000, penalty: UNIT };

/// The example of docs/market/identity.md.
#[test]
fn a_partner_commits_is_insured_and_pays_for_a_breach() {
	genesis("development").execute_with(|| {
		let node = trusted();
		set(RuntimeParameters::Registry(registry::Parameters::HeartbeatPeriod(registry::HeartbeatPeriod, Some(1))));
		set(RuntimeParameters::Partners(partners::Parameters::InsuranceCooldown(partners::InsuranceCooldown, Some(3))));
		begin_block();
		assert!(commit(node, TERMS, 5 * UNIT - 1).is_err());
		assert!(commit(node, SlaTerms { uptime: 9_499, ..TERMS }, 5 * UNIT).is_err());
		assert_ok!(commit(node, TERMS, 5 * UNIT));
		assert_eq!(ProviderStaking::trust_level(&node), 4);
		end_block();

		// A window of 128 periods in which nobody was there, with a renter waiting.
		begin_block();
		let task_id = pallet_marketplace::NextTaskId::<Runtime>::get();
		for (by, step) in steps(&buyer(), &provider(), node, task_id, UNIT).into_iter().take(3) {
			assert_ok!(call(by, step));
		}
		end_block();
		run_blocks(130);
		begin_block();
		let (renter, treasury) = (wealth(&buyer()), wealth(&TreasuryAccount::get()));
		let report = |harmed| call(&account(Charlie), Stake::report_breach { node, harmed });
		assert!(report(None).is_err() && report(Some(account(Charlie))).is_err() && report(Some(provider())).is_err());
		assert_ok!(report(Some(buyer())));
		assert!(report(Some(buyer())).is_err(), "no window counts twice");
		assert_eq!(wealth(&buyer()) - renter, UNIT / 2);
		assert_eq!(wealth(&TreasuryAccount::get()) - treasury, UNIT / 2);
		assert_eq!(ProviderStaking::trust_level(&node), 3, "the bond is too small");
		assert_ok!(call(&provider(), Stake::add_insurance { node, amount: UNIT }));
		assert_eq!(ProviderStaking::trust_level(&node), 4);
		assert!(call(&provider(), Stake::end_sla { node }).is_err(), "there is open work");
		end_block();

		begin_block();
		for (by, step) in steps(&buyer(), &provider(), node, task_id, UNIT).into_iter().skip(3) {
			assert_ok!(call(by, step));
		}
		assert_ok!(call(&provider(), Stake::end_sla { node }));
		assert_eq!(ProviderStaking::trust_level(&node), 3);
		assert!(call(&provider(), Stake::withdraw_insurance { node }).is_err());
		end_block();
		run_blocks(3);
		begin_block();
		assert_ok!(call(&provider(), Stake::withdraw_insurance { node }));
		let reason = RuntimeHoldReason::ProviderStaking(pallet_provider_staking::HoldReason::InsuranceBond);
		assert_eq!(Balances::balance_on_hold(&reason, &provider()), 0);
		end_block();
	});
}

/// The address of a key, and its `personal_sign` of what the user has to sign now.
fn sign_link(key: &ecdsa::Pair, who: &AccountId) -> (H160, [u8; 65]) {
	let text = UserRegistry::link_message(who).expect("registered");
	let digest = pallet_user_registry::types::eip191_digest(&text);
	let mut signature: [u8; 65] = key.sign_prehashed(&digest).into();
	signature[64] += 27;
	(pallet_user_registry::types::recover(&digest, &signature).expect("signed just now"), signature)
}

fn profile() -> Profile {
	Profile { uri: bounded("ipfs://me"), name_hash: H256::repeat_byte(4), encryption_key: Some([9; 32]) }
}

#[test]
fn a_wallet_is_linked_found_both_ways_and_given_back() {
	genesis("development").execute_with(|| {
		run_blocks(2);
		begin_block();
		let reason = RuntimeHoldReason::UserRegistry(pallet_user_registry::HoldReason::UserStorage);
		assert_ok!(call(&buyer(), Users::register { profile: profile() }));
		let (address, signature) = sign_link(&ecdsa::Pair::from_seed(&[7; 32]), &buyer());
		// Whoever sees the signature on its way cannot use it.
		assert_ok!(call(&provider(), Users::register { profile: profile() }));
		assert!(call(&provider(), Users::link_wallet { address, signature }).is_err());
		assert_ok!(call(&buyer(), Users::link_wallet { address, signature }));
		assert_eq!(UserRegistry::account_of(address), Some(buyer()));
		assert_eq!(UserRegistry::user(&buyer()).expect("registered").wallets.to_vec(), vec![address]);
		assert!(Balances::balance_on_hold(&reason, &buyer()) > 0);
		assert_ok!(call(&buyer(), Users::remove {}));
		assert_eq!(Balances::balance_on_hold(&reason, &buyer()), 0);
		assert_eq!(UserRegistry::account_of(address), None);
		end_block();
	});
}

#[test]
fn what_a_wallet_signs_names_this_chain_however_old_it_is() {
	genesis("development").execute_with(|| {
		run_blocks(1);
		begin_block();
		assert_ok!(call(&buyer(), Users::register { profile: profile() }));
		let young = UserRegistry::link_message(&buyer());
		end_block();
		assert_ne!(System::block_hash(0), H256::zero());
		// So old that its first blocks are forgotten, as frame_system prunes them.
		let kept = configs::system::BlockHashCount::get();
		assert_ne!(System::block_hash(1), H256::zero());
		System::set_block_number(kept);
		for number in kept + 1..=kept + 4 {
			System::initialize(&number, &hash_of(number - 1), &Default::default());
			System::note_finished_extrinsics();
			System::finalize();
		}
		assert_eq!(System::block_hash(1), H256::zero());
		assert_eq!(UserRegistry::link_message(&buyer()), young);
	});
}
