use super::*;
use crate::{types::MAX_FAILED_NODES, LiveTasks, NextTaskId, Task, TaskOf, TaskStatus};
use codec::{Encode, MaxEncodedLen};
use frame_support::traits::fungible::InspectHold;
use gpu_chain_primitives::{EscrowKey, RequiredPower, ResourceType, Uri};
use sp_core::H256;
use sp_runtime::{ArithmeticError, DispatchError, DispatchResult};

struct Offer {
	duration_secs: u32,
	per_hour: Balance,
	min_trust_level: u8,
	uri: Uri,
	asset: Asset,
}

impl Default for Offer {
	fn default() -> Self {
		Self {
			duration_secs: 3_600,
			per_hour: 1_000,
			min_trust_level: 1,
			uri: uri("ipfs://spec"),
			asset: Asset::Native,
		}
	}
}

fn create_with(offer: Offer) -> DispatchResult {
	Marketplace::create_task(
		origin(BUYER),
		ResourceType::Gpu,
		RequiredPower::hashes(5),
		offer.duration_secs,
		offer.asset,
		offer.per_hour,
		offer.min_trust_level,
		offer.uri,
		H256::zero(),
	)
}

#[test]
fn create_should_lock_the_price_and_the_deposit() {
	build_and_execute(|| {
		let before = Balances::free_balance(BUYER);
		assert_ok!(create_with(Offer { duration_secs: 61, per_hour: 1_000, ..Default::default() }));

		// 61 s of 1,000 an hour are 16.94: rounded up.
		let created = task(0);
		assert_eq!(created.price, 17);
		assert_eq!(
			created,
			Task {
				buyer: BUYER,
				resource_type: ResourceType::Gpu,
				required_power: RequiredPower::hashes(5),
				duration_secs: 61,
				asset: Asset::Native,
				price: 17,
				min_trust_level: 1,
				specification_uri: uri("ipfs://spec"),
				specification_hash: H256::zero(),
				created_at: 1,
				status: TaskStatus::Open,
				deadline: None,
				node: None,
				provider: None,
				started_at: None,
				result: None,
				ended_at: None,
				failed_nodes: Default::default(),
				assignment: gpu_chain_primitives::Assignment::Direct,
				agreed_price: None,
			}
		);
		let held = Balances::balance_on_hold(&TaskStorage::get(), &BUYER);
		assert_eq!(held, deposit(&created));
		assert_eq!(Balances::free_balance(BUYER), before - 17 - held);
		assert_eq!(Escrows::get(EscrowKey::Task(0)).unwrap().amount, 17);
		assert_eq!(NextTaskId::<Test>::get(), 1);
		assert_eq!(
			last_event(),
			Event::TaskCreated {
				task_id: 0,
				buyer: BUYER,
				resource_type: ResourceType::Gpu,
				asset: Asset::Native,
				price: 17
			}
		);
	});
}

#[test]
fn create_should_take_another_currency() {
	build_and_execute(|| {
		create_for(BUYER, TOKEN);
		assert_eq!(tokens(BUYER), FUNDS - PRICE);
	});
}

#[test]
fn deposit_should_cover_the_largest_the_task_can_become() {
	build_and_execute(|| {
		let mut grown = task(create());
		let paid_for = grown.footprint().size;
		let short_uri = grown.specification_uri.clone();
		grown.node = Some(NODE);
		grown.provider = Some(PROVIDER);
		grown.deadline = Some(1);
		grown.started_at = Some(1);
		grown.ended_at = Some(1);
		let longest: Uri = vec![b'x'; 256].try_into().unwrap();
		grown.result = Some(crate::TaskResult { hash: H256::zero(), uri: longest.clone(), submitted_at: 1 });
		grown.agreed_price = Some(1);
		grown.failed_nodes = vec![NODE; MAX_FAILED_NODES as usize].try_into().unwrap();
		assert!(grown.encoded_size() as u64 <= paid_for);
		// And hardly more: only compact lengths are not counted exactly, and the asset.
		assert!(grown.encoded_size() as u64 + 8 >= paid_for);
		grown.specification_uri = longest;
		assert_eq!(grown.footprint().size, TaskOf::<Test>::max_encoded_len() as u64);
		assert!(grown.footprint().size > paid_for && short_uri.len() < 256);
	});
}

#[test]
fn create_should_fail_when_unsigned() {
	build_and_execute(|| {
		let call = |origin| {
			Marketplace::create_task(
				origin,
				ResourceType::Gpu,
				RequiredPower::hashes(5),
				3_600,
				Asset::Native,
				1,
				1,
				uri("ipfs://spec"),
				H256::zero(),
			)
		};
		assert_noop!(call(RuntimeOrigin::none()), DispatchError::BadOrigin);
		assert_noop!(call(RuntimeOrigin::root()), DispatchError::BadOrigin);
	});
}

#[test]
fn create_should_fail_when_trust_level_does_not_exist() {
	build_and_execute(|| {
		assert_noop!(create_with(Offer { min_trust_level: 5, ..Default::default() }), Error::<Test>::TrustLevelTooHigh);
		assert_ok!(create_with(Offer { min_trust_level: 4, ..Default::default() }));
	});
}

#[test]
fn create_should_fail_when_uri_is_none() {
	build_and_execute(|| {
		for bad in ["", "ipfs", "ipfs:", "://x", "1pfs://x", "ipfs://a b", "ipfs://ä"] {
			assert_noop!(create_with(Offer { uri: uri(bad), ..Default::default() }), Error::<Test>::BadUri);
		}
	});
}

#[test]
fn create_should_fail_when_duration_is_out_of_bounds() {
	build_and_execute(|| {
		for duration_secs in [0, 59, 86_401, u32::MAX] {
			assert_noop!(
				create_with(Offer { duration_secs, ..Default::default() }),
				Error::<Test>::DurationOutOfBounds
			);
		}
		assert_ok!(create_with(Offer { duration_secs: 60, ..Default::default() }));
		assert_ok!(create_with(Offer { duration_secs: 86_400, ..Default::default() }));
		MaxDuration::set(0);
		assert_noop!(create_with(Offer::default()), Error::<Test>::DurationOutOfBounds);
	});
}

#[test]
fn create_should_fail_when_price_is_zero() {
	build_and_execute(|| {
		assert_noop!(create_with(Offer { per_hour: 0, ..Default::default() }), Error::<Test>::ZeroPrice);
		// A zero duration is free whatever an hour costs.
		MinDuration::set(0);
		assert_noop!(create_with(Offer { duration_secs: 0, ..Default::default() }), Error::<Test>::ZeroPrice);
		assert_ok!(create_with(Offer { duration_secs: 1, per_hour: 1, ..Default::default() }));
		assert_eq!(task(0).price, 1);
	});
}

#[test]
fn create_should_fail_when_price_overflows() {
	build_and_execute(|| {
		assert_noop!(
			create_with(Offer { duration_secs: 3_601, per_hour: Balance::MAX, ..Default::default() }),
			Error::<Test>::PriceOverflow
		);
	});
}

#[test]
fn create_should_fail_when_buyer_has_too_many_live_tasks() {
	build_and_execute(|| {
		MaxOpenTasksPerBuyer::set(2);
		create();
		let second = create();
		assert_noop!(create_with(Offer::default()), Error::<Test>::TooManyTasks);
		assert_ok!(Marketplace::cancel_task(origin(BUYER), second));
		create();
		assert_eq!(LiveTasks::<Test>::get(BUYER), 2);
		// Others are not concerned.
		create_for(OTHER_BUYER, Asset::Native);
	});
}

#[test]
fn create_should_fail_when_buyer_cannot_pay() {
	build_and_execute(|| {
		assert!(create_with(Offer { per_hour: FUNDS, ..Default::default() }).is_err());
		assert_noop!(
			create_with(Offer { per_hour: FUNDS + 1, asset: TOKEN, ..Default::default() }),
			DispatchError::Other("too few tokens")
		);
		EscrowFails::set(true);
		assert_noop!(create_with(Offer::default()), DispatchError::Unavailable);
		assert_eq!(Balances::balance_on_hold(&TaskStorage::get(), &BUYER), 0);
	});
}

#[test]
fn create_should_fail_when_numbers_are_used_up() {
	build_and_execute(|| {
		NextTaskId::<Test>::put(u64::MAX);
		assert_noop!(create_with(Offer::default()), ArithmeticError::Overflow);
	});
}
