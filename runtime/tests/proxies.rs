//! What each kind of proxy may do in its principal's name, and what it may not by any detour.

mod common;

use common::*;
use frame_support::{assert_ok, traits::InstanceFilter};
use gpu_chain_primitives::ResourceType;
use gpu_chain_runtime::{configs::government::ProxyType, *};
use sp_core::H256;
use sp_keyring::Sr25519Keyring;
use sp_runtime::{DispatchError, MultiAddress};

const KINDS: [ProxyType; 5] =
	[ProxyType::Any, ProxyType::NonTransfer, ProxyType::Staking, ProxyType::Operator, ProxyType::Auditor];

fn transfer() -> RuntimeCall {
	let dest = MultiAddress::Id(account(Sr25519Keyring::Ferdie));
	pallet_balances::Call::transfer_allow_death { dest, value: UNIT }.into()
}

fn heartbeat(node: gpu_chain_primitives::NodeId) -> RuntimeCall {
	pallet_provider_registry::Call::heartbeat { node }.into()
}

fn request() -> gpu_chain_primitives::matching::MatchRequest {
	gpu_chain_primitives::matching::MatchRequest {
		weights: gpu_chain_primitives::score::ScoreWeights {
			price: 10_000,
			reputation: 0,
			latency: 0,
			uptime: 0,
			power: 0,
		},
		regions: Default::default(),
		max_latency_ms: 0,
		min_uptime: 0,
		hardware: Default::default(),
	}
}

fn claim_call(node: gpu_chain_primitives::NodeId) -> RuntimeCall {
	let claim = pallet_work_verification::PowerClaim::Compute { tickets_per_second: 1_000 };
	pallet_work_verification::Call::claim_power { node, device: 0, claim }.into()
}

/// One call of each sort that a filter tells apart.
fn samples() -> Vec<RuntimeCall> {
	let node = H256::zero();
	vec![
		transfer(),
		heartbeat(node),
		register_call(ResourceType::Gpu, UNIT),
		pallet_provider_registry::Call::activate_node { node }.into(),
		pallet_provider_registry::Call::remove_node { node }.into(),
		pallet_provider_staking::Call::withdraw_unbonded { node }.into(),
		pallet_marketplace::Call::start_task { task_id: 0 }.into(),
		pallet_marketplace::Call::approve_result { task_id: 0 }.into(),
		pallet_marketplace::Call::dispute_task { task_id: 0, reason: Default::default() }.into(),
		pallet_disputes::Call::submit_evidence { dispute: 0, uri: Default::default() }.into(),
		pallet_disputes::Call::conclude { dispute: 0 }.into(),
		submit_proof_call(node, 1, vec![]),
		pallet_matching::Call::reveal_bid { auction_id: 0, node_id: node, price: 1, salt: [0; 32] }.into(),
		pallet_matching::Call::open_auction { task_id: 0, request: request(), direct: false }.into(),
		pallet_node_roles::Call::sponsor_node { node }.into(),
		pallet_node_roles::Call::apply { bond: UNIT }.into(),
		pallet_node_roles::Call::withdraw_bond {}.into(),
		claim_call(node),
		pallet_staking::Call::chill {}.into(),
		pallet_session::Call::purge_keys {}.into(),
		pallet_utility::Call::batch { calls: vec![transfer()] }.into(),
		frame_system::Call::remark { remark: vec![] }.into(),
	]
}

/// Acts as Alice by her proxy Bob; gives what the inner call came to.
fn by_proxy(inner: RuntimeCall) -> Result<(), DispatchError> {
	let real = MultiAddress::Id(account(Sr25519Keyring::Alice));
	let outer = pallet_proxy::Call::proxy { real, force_proxy_type: None, call: Box::new(inner) };
	call(&account(Sr25519Keyring::Bob), outer)?;
	System::events()
		.into_iter()
		.rev()
		.find_map(|record| match record.event {
			RuntimeEvent::Proxy(pallet_proxy::Event::ProxyExecuted { result }) => Some(result),
			_ => None,
		})
		.expect("a proxied call is told")
}

fn with_proxy(kind: ProxyType, test: impl FnOnce()) {
	genesis("development").execute_with(|| {
		run_blocks(1);
		begin_block();
		let delegate = MultiAddress::Id(account(Sr25519Keyring::Bob));
		let alice = account(Sr25519Keyring::Alice);
		assert_ok!(call(&alice, pallet_proxy::Call::add_proxy { delegate, proxy_type: kind, delay: 0 }));
		test();
		end_block();
	});
}

fn is_filtered(result: Result<(), DispatchError>) -> bool {
	result == Err(frame_system::Error::<Runtime>::CallFiltered.into())
}

#[test]
fn a_kind_that_contains_another_should_allow_all_that_the_other_does() {
	for outer in &KINDS {
		for inner in &KINDS {
			if !outer.is_superset(inner) {
				continue;
			}
			for call in samples() {
				assert!(!inner.filter(&call) || outer.filter(&call), "{inner:?} allows {call:?}, {outer:?} does not");
			}
		}
	}
}

#[test]
fn only_a_proxy_for_everything_should_move_money() {
	for kind in KINDS {
		let any = kind == ProxyType::Any;
		with_proxy(kind, || {
			let before = Balances::free_balance(account(Sr25519Keyring::Ferdie));
			assert_eq!(by_proxy(transfer()).is_ok(), any);
			// Nor inside another call.
			let detour = pallet_utility::Call::batch_all { calls: vec![transfer()] };
			assert_eq!(by_proxy(detour.into()).is_ok(), any);
			let gained = Balances::free_balance(account(Sr25519Keyring::Ferdie)) - before;
			assert_eq!(gained, if any { 2 * UNIT } else { 0 });
		});
	}
}

#[test]
fn an_operator_should_do_a_providers_work_and_not_touch_its_stake() {
	with_proxy(ProxyType::Operator, || {
		let alice = account(Sr25519Keyring::Alice);
		assert_ok!(call(&alice, register_call(ResourceType::Gpu, 5 * UNIT)));
		let node = newest_node(&alice);

		// It reaches the registry, which answers for itself.
		let answer = by_proxy(heartbeat(node));
		assert!(!is_filtered(answer), "{answer:?}");
		for call in [
			pallet_provider_staking::Call::withdraw_unbonded { node }.into(),
			pallet_provider_registry::Call::remove_node { node }.into(),
			register_call(ResourceType::Gpu, UNIT),
			claim_call(node),
		] {
			assert!(is_filtered(by_proxy(call)));
		}
	});
}

#[test]
fn an_auditor_should_do_a_queens_work_and_not_touch_her_role() {
	with_proxy(ProxyType::Auditor, || {
		let node = H256::zero();
		let answer = by_proxy(pallet_node_roles::Call::sponsor_node { node }.into());
		assert!(!is_filtered(answer), "{answer:?}");
		for call in [
			pallet_node_roles::Call::apply { bond: 10 * UNIT }.into(),
			pallet_node_roles::Call::resign {}.into(),
			pallet_node_roles::Call::withdraw_bond {}.into(),
			heartbeat(node),
		] {
			assert!(is_filtered(by_proxy(call)));
		}
	});
}

#[test]
fn a_proxy_should_not_make_itself_a_stronger_one() {
	for kind in [ProxyType::NonTransfer, ProxyType::Staking, ProxyType::Operator, ProxyType::Auditor] {
		with_proxy(kind, || {
			let delegate = MultiAddress::Id(account(Sr25519Keyring::Bob));
			let stronger = pallet_proxy::Call::add_proxy { delegate, proxy_type: ProxyType::Any, delay: 0 };
			assert!(is_filtered(by_proxy(stronger.into())));
		});
	}
}
