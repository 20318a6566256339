//! Chains, routes, fees, pauses.

use crate::{mock::*, types::*, Chains, Error, Event, Guardians, PauseCause, Routes, TokenOf};
use frame_support::{assert_noop, assert_ok};
use sp_core::{H160, H256};
use sp_runtime::DispatchError;

const GOOD: Chain = Chain { genesis: GENESIS, gateway: GATEWAY, finality: Finality::Depth(40), alignment: 32 };

fn register_as(chain_id: ChainId, chain: Chain, authorities: u64, set: u64) -> sp_runtime::DispatchResult {
	Bridge::register_chain(root(), chain_id, chain, authorities, set, START + 1_000)
}

#[test]
fn a_chain_should_begin_paused() {
	build_and_execute(|| {
		assert_ok!(register_as(61, GOOD, 1, 5));
		assert_eq!(last_event(), Event::ChainPaused { chain_id: 61, cause: PauseCause::Registered });
		assert!(events().contains(&Event::ChainRegistered { chain_id: 61, gateway: GATEWAY }));
		assert_eq!(Bridge::rotation(61), Some(Rotation { current: 5, pending: false }));
		assert_eq!(Bridge::gateway_set(61, 5).unwrap().members, Bridge::gateway_set(CHAIN, 1).unwrap().members);
		assert_noop!(Bridge::resume(root(), 61), Error::<Test>::ResumeTooEarly);
	});
}

#[test]
fn a_chain_should_be_refused_when_it_makes_no_sense() {
	build_and_execute(|| {
		assert_noop!(register_as(CHAIN, GOOD, 1, 1), Error::<Test>::ChainExists);
		assert_noop!(register_as(0, GOOD, 1, 1), Error::<Test>::BadChain);
		assert_noop!(register_as(5, Chain { genesis: H256::zero(), ..GOOD }, 1, 1), Error::<Test>::BadChain);
		assert_noop!(register_as(5, Chain { gateway: H160::zero(), ..GOOD }, 1, 1), Error::<Test>::BadChain);
		assert_noop!(register_as(5, Chain { alignment: 0, ..GOOD }, 1, 1), Error::<Test>::BadChain);
		assert_noop!(register_as(5, Chain { alignment: 64, ..GOOD }, 1, 1), Error::<Test>::BadChain);
		assert_noop!(register_as(5, GOOD, 1, 0), Error::<Test>::BadChain);
		assert_noop!(register_as(5, GOOD, 9, 1), Error::<Test>::SetNotFound);
		assert_noop!(Bridge::register_chain(signed(ALICE), 5, GOOD, 1, 1, START), DispatchError::BadOrigin);
		assert_ok!(register_as(5, Chain { alignment: 63, ..GOOD }, 1, 1));
		assert_ok!(register_as(6, GOOD, 1, 1));
		assert_noop!(register_as(7, GOOD, 1, 1), Error::<Test>::TooManyChains);
		assert_eq!(Chains::<Test>::count(), 3);
	});
}

#[test]
fn any_guardian_should_pause_and_only_government_resume() {
	build_and_execute(|| {
		assert_noop!(Bridge::pause(signed(ALICE), CHAIN), Error::<Test>::NotGuardian);
		assert_noop!(Bridge::pause(RuntimeOrigin::none(), CHAIN), DispatchError::BadOrigin);
		assert_noop!(Bridge::pause(root(), 9), Error::<Test>::ChainNotFound);
		assert_noop!(Bridge::resume(root(), CHAIN), Error::<Test>::NotPaused);
		assert_ok!(Bridge::pause(signed(GUARDIAN), CHAIN));
		assert_eq!(last_event(), Event::ChainPaused { chain_id: CHAIN, cause: PauseCause::Asked });
		assert_noop!(Bridge::pause(root(), CHAIN), Error::<Test>::ChainPaused);
		assert_noop!(Bridge::resume(signed(GUARDIAN), CHAIN), DispatchError::BadOrigin);
		run(19);
		assert_noop!(Bridge::resume(root(), CHAIN), Error::<Test>::ResumeTooEarly);
		run(1);
		assert_ok!(Bridge::resume(root(), CHAIN));
		assert_eq!(last_event(), Event::ChainResumed { chain_id: CHAIN });
		assert_ok!(Bridge::pause(root(), CHAIN));
	});
}

#[test]
fn guardians_should_be_named_by_government() {
	build_and_execute(|| {
		let named = vec![ALICE, BOB];
		assert_noop!(
			Bridge::set_guardians(signed(GUARDIAN), named.clone().try_into().unwrap()),
			DispatchError::BadOrigin
		);
		assert_ok!(Bridge::set_guardians(root(), named.clone().try_into().unwrap()));
		assert_eq!(last_event(), Event::GuardiansSet { guardians: named.clone() });
		assert_eq!(Guardians::<Test>::get().into_inner(), named);
		assert_noop!(Bridge::pause(signed(GUARDIAN), CHAIN), Error::<Test>::NotGuardian);
		assert_ok!(Bridge::pause(signed(ALICE), CHAIN));
	});
}

#[test]
fn routes_should_be_one_to_one() {
	build_and_execute(|| {
		let route = Routes::<Test>::get(CHAIN, ETH_TOKEN).unwrap();
		let token = H160([0x33; 20]);
		let set = |token, route| Bridge::set_route(root(), CHAIN, token, route);
		assert_noop!(set(token, Some(route.clone())), Error::<Test>::RouteTaken);
		let other = Route { asset: AssetKind::WithId(9), ..route.clone() };
		assert_noop!(set(ETH_TOKEN, Some(other.clone())), Error::<Test>::RouteTaken);
		let kind = Route { kind: RouteKind::Locked, ..route.clone() };
		assert_noop!(set(ETH_TOKEN, Some(kind)), Error::<Test>::RouteTaken);
		let signed = Bridge::set_route(signed(ALICE), CHAIN, token, None);
		assert_noop!(signed, DispatchError::BadOrigin);
		assert_noop!(Bridge::set_route(root(), 9, token, None), Error::<Test>::ChainNotFound);
		assert_noop!(set(token, None), Error::<Test>::NoRoute);
		assert_ok!(set(token, Some(other.clone())));
		assert_eq!(last_event(), Event::RouteSet { chain_id: CHAIN, token, asset: other.asset.clone() });
		assert_ok!(set(token, None));
		assert_eq!(last_event(), Event::RouteRemoved { chain_id: CHAIN, token, asset: other.asset.clone() });
		assert_eq!(TokenOf::<Test>::get(CHAIN, other.asset), None);
		// While some of it is across it stays.
		assert_ok!(Bridge::withdraw(crate::mock::signed(ALICE), CHAIN, NATIVE, token, 100));
		assert_noop!(set(GPU_TOKEN, None), Error::<Test>::StillAcross);
		// Nor while the last of it waits to go home.
		let mut evm = Evm::new();
		// Holding leaves the account its last unit.
		assert_ok!(Assets::mint(crate::mock::signed(TREASURY), ETH, ALICE, 1));
		give_ether(&mut evm, 1, ALICE, 100);
		assert_ok!(Bridge::withdraw(crate::mock::signed(ALICE), CHAIN, ETHER, token, 100));
		assert_noop!(set(ETH_TOKEN, None), Error::<Test>::StillAcross);
		run(6);
		assert_ok!(set(ETH_TOKEN, None));
	});
}

#[test]
fn limits_should_not_contradict_each_other() {
	build_and_execute(|| {
		let route = Routes::<Test>::get(CHAIN, ETH_TOKEN).unwrap();
		let bad = [
			Limits { min: 0, ..LIMITS },
			Limits { min: 10_001, ..LIMITS },
			Limits { max: 20_001, ..LIMITS },
			Limits { capacity: 9_999, ..LIMITS },
		];
		for limits in bad {
			let inbound = Route { inbound: limits, ..route.clone() };
			assert_noop!(Bridge::set_route(root(), CHAIN, ETH_TOKEN, Some(inbound)), Error::<Test>::BadLimits);
			let outbound = Route { outbound: limits, ..route.clone() };
			assert_noop!(Bridge::set_route(root(), CHAIN, ETH_TOKEN, Some(outbound)), Error::<Test>::BadLimits);
		}
		let edge = Limits { min: 1, max: 1, capacity: 1, ..LIMITS };
		assert_ok!(Bridge::set_route(root(), CHAIN, ETH_TOKEN, Some(Route { inbound: edge, outbound: edge, ..route })));
	});
}

#[test]
fn fees_should_be_set_by_government() {
	build_and_execute(|| {
		assert_noop!(Bridge::set_fees(signed(ALICE), CHAIN, FEES), DispatchError::BadOrigin);
		assert_noop!(Bridge::set_fees(root(), 9, FEES), Error::<Test>::ChainNotFound);
		assert_ok!(Bridge::set_fees(root(), CHAIN, FEES));
		assert_eq!(last_event(), Event::FeesSet { chain_id: CHAIN, fees: FEES });
	});
}
