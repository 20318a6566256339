//! A provider's and a buyer's way through the whole runtime, in each currency, with the money counted to the last unit.

mod common;

use common::*;
use frame_support::{assert_err, assert_ok, traits::fungible::InspectHold};
use gpu_chain_primitives::{NodeId, NodeStatus, RequiredPower, ResourceType, TaskId};
use gpu_chain_runtime::{
	configs::{
		money::{asset_ids, AssetKind, TreasuryAccount},
		parameters::{
			dynamic_params::{market, staking},
			RuntimeParameters,
		},
	},
	*,
};
use pallet_marketplace::{Call as Market, TaskStatus};
use pallet_provider_registry::Call as Registry;
use pallet_provider_staking::Call as Stake;
use pallet_work_verification::Call as Work;
use sp_core::H256;
use sp_keyring::Sr25519Keyring::{Bob, Ferdie};
use sp_runtime::DispatchError;

fn provider() -> AccountId {
	account(Bob)
}

fn buyer() -> AccountId {
	account(Ferdie)
}

fn balance(asset: &AssetKind, who: &AccountId) -> Balance {
	match asset {
		AssetKind::Native => Balances::free_balance(who),
		AssetKind::WithId(id) => Assets::balance(*id, who),
	}
}

/// A registered node that solved its challenge, is active and has proven its power.
fn active_node() -> NodeId {
	hurry();
	begin_block();
	assert_ok!(call(&provider(), register_call(ResourceType::Cpu, 2 * UNIT)));
	let node = newest_node(&provider());
	sponsor(node);
	end_block();
	begin_block();
	assert_ok!(call(&provider(), Work::issue_challenge { node }));
	let nonce = solution(&node).expect("easy");
	assert_ok!(call(&provider(), Work::submit_solution { node, nonce }));
	assert_ok!(call(&provider(), Registry::activate_node { node }));
	end_block();
	loop {
		begin_block();
		if let Some((round, nonces)) = proof(&node, 20_000) {
			assert_ok!(call(&provider(), submit_proof_call(node, round, nonces)));
			end_block();
			break;
		}
		end_block();
	}
	assert!(WorkVerification::verified_power(&node) > 0);
	node
}

fn create(asset: AssetKind, per_hour: Balance, required_power: u128) -> Result<TaskId, DispatchError> {
	let id = pallet_marketplace::NextTaskId::<Runtime>::get();
	call(
		&buyer(),
		Market::create_task {
			resource_type: ResourceType::Cpu,
			required_power: RequiredPower::hashes(required_power),
			duration_secs: 3_600,
			asset,
			max_price_per_hour: per_hour,
			min_trust_level: 1,
			specification_uri: bounded("https://example.org/spec"),
			specification_hash: H256::repeat_byte(1),
		},
	)?;
	Ok(id)
}

fn compute(task_id: TaskId, node: NodeId) {
	assert_ok!(call(&provider(), Market::accept_task { task_id, node_id: node }));
	assert_ok!(call(&provider(), Market::start_task { task_id }));
	assert_ok!(call(
		&provider(),
		Market::submit_result {
			task_id,
			result_hash: H256::repeat_byte(2),
			result_uri: bounded("https://example.org/result")
		}
	));
}

fn status(task: TaskId) -> TaskStatus {
	Marketplace::task(task).expect("it is stored").status
}

#[test]
fn registering_pays_the_fee_and_holds_stake_and_deposit() {
	genesis("development").execute_with(|| {
		let (before, issued) = (Balances::free_balance(provider()), issuance());
		let treasury = Balances::free_balance(TreasuryAccount::get());
		begin_block();
		assert_ok!(call(&provider(), register_call(ResourceType::Gpu, UNIT)));
		end_block();
		assert_eq!(Balances::free_balance(TreasuryAccount::get()) - treasury, UNIT / 10);
		let held = Balances::total_balance_on_hold(&provider());
		assert_eq!(before - Balances::free_balance(provider()), UNIT / 10 + held);
		assert!(held > UNIT && held < 11 * UNIT / 10, "stake and a small deposit: {held}");
		assert_eq!(issuance(), issued);
		let node = ProviderRegistry::node(&newest_node(&provider())).expect("it is stored");
		assert_eq!((node.status, node.owner), (NodeStatus::Pending, provider()));
	});
}

#[test]
fn a_task_is_paid_92_to_8_in_every_currency() {
	genesis("development").execute_with(|| {
		let node = active_node();
		let issued = issuance();
		for (asset, price) in [
			(AssetKind::Native, 3 * UNIT + 7),
			(AssetKind::WithId(asset_ids::WRAPPED_ETH), UNIT / 50 + 3),
			(AssetKind::WithId(asset_ids::USDC), 99_999_999),
		] {
			let people = [provider(), buyer(), TreasuryAccount::get(), queen()];
			let before = people.clone().map(|who| balance(&asset, &who));
			begin_block();
			let task = create(asset.clone(), price, 1).expect("the buyer can pay");
			compute(task, node);
			end_block();
			begin_block();
			let held = Balances::total_balance_on_hold(&buyer());
			assert_ok!(call(&buyer(), Market::approve_result { task_id: task }));
			assert_err!(
				call(&buyer(), Market::approve_result { task_id: task }),
				pallet_marketplace::Error::<Runtime>::TaskNotCompleted
			);
			end_block();
			let after = people.map(|who| balance(&asset, &who));
			let fee = price * 8 / 100;
			assert_eq!(after[0] - before[0], price - fee, "{asset:?}");
			// A tenth of the fee goes on to the Queen who answers for the node.
			assert_eq!(after[3] - before[3], fee / 10, "{asset:?}");
			assert_eq!(after[2] - before[2], fee - fee / 10, "{asset:?}");
			// The buyer's storage deposit is still held, in native money.
			let deposit = if asset == AssetKind::Native { held - price } else { 0 };
			assert_eq!(before[1] - after[1], price + deposit, "{asset:?}");
			assert_eq!(status(task), TaskStatus::Verified);
		}
		assert_eq!(Reputation::track_record(&node).tasks_completed, 3);
		assert_eq!(issuance(), issued);
	});
}

#[test]
fn a_result_that_nobody_reviews_is_approved_by_itself() {
	genesis("development").execute_with(|| {
		let node = active_node();
		set(RuntimeParameters::Market(market::Parameters::ReviewWindow(market::ReviewWindow, Some(5))));
		begin_block();
		let task = create(AssetKind::Native, UNIT, 0).expect("the buyer can pay");
		compute(task, node);
		end_block();
		run_blocks(4);
		assert_eq!(status(task), TaskStatus::Completed);
		run_blocks(3);
		assert_eq!(status(task), TaskStatus::Verified);
	});
}

#[test]
fn a_provider_that_does_not_start_is_slashed_and_the_buyer_compensated() {
	genesis("development").execute_with(|| {
		let node = active_node();
		set(RuntimeParameters::Market(market::Parameters::StartWindow(market::StartWindow, Some(3))));
		set(RuntimeParameters::Staking(staking::Parameters::SlashDelay(staking::SlashDelay, Some(4))));
		begin_block();
		let task = create(AssetKind::Native, UNIT, 0).expect("the buyer can pay");
		assert_ok!(call(&provider(), Market::accept_task { task_id: task, node_id: node }));
		end_block();
		let before = Balances::free_balance(buyer());
		run_blocks(5);
		assert_eq!(status(task), TaskStatus::Open);
		assert_eq!(ProviderStaking::stake(&node).expect("staked").pending_slash, UNIT / 10, "5 % of 2");
		run_blocks(6);
		let ledger = ProviderStaking::stake(&node).expect("staked");
		assert_eq!((ledger.active, ledger.pending_slash), (2 * UNIT - UNIT / 10, 0));
		// As much again comes from the bond of the Queen who answered for the node: the buyer was owed the whole price.
		assert_eq!(Balances::free_balance(buyer()) - before, 2 * UNIT / 10);
		begin_block();
		assert!(call(&provider(), Market::accept_task { task_id: task, node_id: node }).is_err(), "not a second time");
		end_block();
	});
}

#[test]
fn disputed_money_stays_held() {
	genesis("development").execute_with(|| {
		let node = active_node();
		begin_block();
		let task = create(AssetKind::Native, UNIT, 0).expect("the buyer can pay");
		compute(task, node);
		assert_ok!(call(&buyer(), Market::dispute_task { task_id: task, reason: bounded("wrong") }));
		end_block();
		run_blocks(10);
		assert_eq!(status(task), TaskStatus::Disputed);
		assert!(Balances::total_balance_on_hold(&buyer()) >= UNIT);
		assert!(call(&buyer(), Market::approve_result { task_id: task }).is_err());
	});
}

#[test]
fn stake_is_withdrawn_only_by_an_idle_node_and_after_the_cooldown() {
	genesis("development").execute_with(|| {
		let node = active_node();
		set(RuntimeParameters::Staking(staking::Parameters::CooldownPeriod(staking::CooldownPeriod, Some(5))));
		begin_block();
		let all = Stake::request_withdrawal { node, amount: 2 * UNIT };
		assert!(call(&provider(), all.clone()).is_err(), "the node is active");
		assert_ok!(call(&provider(), Registry::deactivate_node { node }));
		assert_ok!(call(&provider(), all));
		assert!(call(&provider(), Stake::withdraw_unbonded { node }).is_err(), "it cools down");
		end_block();
		run_blocks(5);
		let before = Balances::free_balance(provider());
		begin_block();
		assert_ok!(call(&provider(), Stake::withdraw_unbonded { node }));
		assert_eq!(Balances::free_balance(provider()) - before, 2 * UNIT);
		assert!(call(&provider(), Registry::activate_node { node }).is_err(), "without stake there is no way back");
		end_block();
	});
}

#[test]
fn a_node_of_trust_level_1_takes_small_tasks_only() {
	genesis("development").execute_with(|| {
		let node = active_node();
		assert_eq!(ProviderStaking::trust_level(&node), 1);
		begin_block();
		for (asset, price) in [(AssetKind::Native, 101 * UNIT), (AssetKind::WithId(asset_ids::USDC), 100_000_001)] {
			let task = create(asset, price, 0).expect("the buyer can pay");
			assert!(call(&provider(), Market::accept_task { task_id: task, node_id: node }).is_err());
			assert_ok!(call(&buyer(), Market::cancel_task { task_id: task }));
		}
		end_block();
	});
}

#[test]
fn nobody_works_for_themselves() {
	genesis("development").execute_with(|| {
		let node = active_node();
		begin_block();
		let id = pallet_marketplace::NextTaskId::<Runtime>::get();
		assert_ok!(call(
			&provider(),
			Market::create_task {
				resource_type: ResourceType::Cpu,
				required_power: Default::default(),
				duration_secs: 60,
				asset: AssetKind::Native,
				max_price_per_hour: UNIT,
				min_trust_level: 0,
				specification_uri: bounded("https://example.org/spec"),
				specification_hash: H256::zero(),
			}
		));
		assert!(call(&provider(), Market::accept_task { task_id: id, node_id: node }).is_err());
		end_block();
	});
}
