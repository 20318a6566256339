use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use gpu_chain_primitives::{HardwareSpec, NodeStatus, ResourceType, Tier};
use sp_runtime::{traits::BadOrigin, ArithmeticError, DispatchError, TokenError};

fn refused(offer: Offer<u64>, resource_type: ResourceType, error: Error<Test>) {
	assert_noop!(try_register(ALICE, resource_type, offer, MIN_STAKE), error);
}

#[test]
fn register_should_store_a_pending_community_node_and_take_fee_and_deposit() {
	build_and_execute(|| {
		advance(4);
		let node = register();

		assert_eq!(
			get(node),
			Node {
				owner: ALICE,
				resource_type: ResourceType::Gpu,
				status: NodeStatus::Pending,
				tier: Tier::Community,
				hardware: hardware(1),
				region: here(),
				ask_per_hour: 7,
				metadata_uri: link(),
				registered_at: 5,
			}
		);
		assert_eq!(Balances::free_balance(TREASURY), ED + FEE);
		assert_eq!(held(ALICE), DEPOSIT);
		assert_eq!(Balances::free_balance(ALICE), RICH - FEE - DEPOSIT);
		assert_eq!(Stakes::get(node), MIN_STAKE);
		assert_eq!(StatusLog::get(), vec![]);
		assert_eq!(ActiveTotals::<Test>::get(ResourceType::Gpu), ActiveTotal::default());
		assert!(happened(Event::NodeRegistered {
			node,
			owner: ALICE,
			resource_type: ResourceType::Gpu,
			region: here(),
			ask_per_hour: 7,
		}));
	});
}

#[test]
fn register_should_give_every_node_another_id() {
	build_and_execute(|| {
		let first = register();
		let second = register();
		let third = register_as(BOB, ResourceType::Gpu, 7);
		assert!(first != second && second != third && first != third);

		// A number is not given out again when its node is gone.
		Stakes::remove(second);
		assert_ok!(Registry::remove_node(signed(ALICE), second));
		assert_ne!(register(), second);
		assert_eq!(NextNode::<Test>::get(), 4);
	});
}

#[test]
fn a_node_id_should_be_the_hash_of_domain_owner_and_number() {
	build_and_execute(|| {
		NextNode::<Test>::put(41);
		let node = register();
		let mut bytes = b"gpu-chain/node".to_vec();
		bytes.extend(ALICE.to_le_bytes());
		bytes.extend(41u64.to_le_bytes());
		assert_eq!(node.0, sp_io::hashing::blake2_256(&bytes));
	});
}

#[test]
fn register_should_cost_no_fee_when_there_is_none() {
	build_and_execute(|| {
		RegistrationFee::set(&0);
		register();
		assert_eq!(Balances::free_balance(TREASURY), ED);
	});
}

#[test]
fn register_should_fail_without_a_signature() {
	build_and_execute(|| {
		for origin in [root(), RuntimeOrigin::none()] {
			assert_noop!(
				Registry::register_node(origin, ResourceType::Gpu, hardware(1), here(), 7, link(), MIN_STAKE),
				BadOrigin
			);
		}
	});
}

#[test]
fn register_should_fail_when_hardware_does_not_fit_the_resource_type() {
	build_and_execute(|| {
		let with = |hardware| Offer { hardware, ..offer(7) };
		refused(with(hardware(0)), ResourceType::Gpu, Error::InvalidHardware);
		refused(with(HardwareSpec { model: text(""), ..hardware(1) }), ResourceType::Gpu, Error::InvalidHardware);
		refused(
			with(HardwareSpec { model: text("RTX\n4090"), ..hardware(1) }),
			ResourceType::Gpu,
			Error::InvalidHardware,
		);
		let not_text = vec![b'R', 0xff].try_into().unwrap();
		refused(with(HardwareSpec { model: not_text, ..hardware(1) }), ResourceType::Mobile, Error::InvalidHardware);
		refused(with(HardwareSpec { cpu_cores: 0, ..hardware(1) }), ResourceType::Cpu, Error::InvalidHardware);
		refused(with(HardwareSpec { bandwidth_mbps: 0, ..hardware(1) }), ResourceType::Network, Error::InvalidHardware);
	});
}

#[test]
fn register_should_ask_no_more_of_hardware_than_the_resource_type_needs() {
	build_and_execute(|| {
		let bare = HardwareSpec::default();
		for (resource_type, hardware) in [
			(ResourceType::Gpu, HardwareSpec { gpu_count: 1, model: text("Arc™ A770"), ..bare.clone() }),
			(ResourceType::Cpu, HardwareSpec { cpu_cores: 1, ..bare.clone() }),
			(ResourceType::Network, HardwareSpec { bandwidth_mbps: 1, ..bare.clone() }),
			(ResourceType::Mobile, bare.clone()),
		] {
			assert_ok!(try_register(ALICE, resource_type, Offer { hardware, ..offer(7) }, MIN_STAKE));
		}
		assert_ok!(try_register(BOB, ResourceType::IoT, Offer { hardware: bare, ..offer(7) }, MIN_STAKE));
	});
}

#[test]
fn register_should_fail_when_the_region_is_not_listed() {
	build_and_execute(|| {
		refused(Offer { region: text("moon"), ..offer(7) }, ResourceType::Gpu, Error::UnknownRegion);
		refused(Offer { region: text(""), ..offer(7) }, ResourceType::Gpu, Error::UnknownRegion);
		assert_ok!(Registry::remove_region(root(), here()));
		refused(offer(7), ResourceType::Gpu, Error::UnknownRegion);
	});
}

#[test]
fn register_should_fail_when_the_link_is_no_uri() {
	build_and_execute(|| {
		for link in ["", "ipfs", "ipfs:", ":rest", "1pfs:x", "ip fs:x", "ipfs:a b", "ipfs:é", "ip/fs:x", "ipfs:x\n"] {
			refused(Offer { metadata_uri: text(link), ..offer(7) }, ResourceType::Gpu, Error::InvalidUri);
		}
	});
}

#[test]
fn register_should_take_links_of_any_scheme_and_the_longest() {
	build_and_execute(|| {
		let longest = format!("https://{}", "a".repeat(256 - 8));
		for link in ["ipfs://bafy", "a:b", "git+ssh://host/x", longest.as_str()] {
			assert_ok!(try_register(
				ALICE,
				ResourceType::Gpu,
				Offer { metadata_uri: text(link), ..offer(7) },
				MIN_STAKE
			));
		}
	});
}

#[test]
fn register_should_fail_when_the_ask_is_out_of_range() {
	build_and_execute(|| {
		refused(offer(0), ResourceType::Gpu, Error::AskOutOfRange);
		refused(offer(MAX_ASK + 1), ResourceType::Gpu, Error::AskOutOfRange);
		refused(offer(u64::MAX), ResourceType::Gpu, Error::AskOutOfRange);
		assert_ok!(try_register(ALICE, ResourceType::Gpu, offer(1), MIN_STAKE));
		assert_ok!(try_register(ALICE, ResourceType::Gpu, offer(MAX_ASK), MIN_STAKE));
	});
}

#[test]
fn register_should_fail_when_the_owner_has_too_many_nodes() {
	build_and_execute(|| {
		let nodes: Vec<_> = (0..MAX_NODES).map(|_| register()).collect();
		refused(offer(7), ResourceType::Gpu, Error::TooManyNodes);
		// Others are not concerned, and a removed node makes room.
		register_as(BOB, ResourceType::Gpu, 7);
		Stakes::remove(nodes[0]);
		assert_ok!(Registry::remove_node(signed(ALICE), nodes[0]));
		register();
	});
}

#[test]
fn register_should_fail_when_the_owner_cannot_pay() {
	build_and_execute(|| {
		// Fee and deposit would leave less than the existential deposit.
		assert_noop!(try_register(POOR, ResourceType::Gpu, offer(7), MIN_STAKE), TokenError::FundsUnavailable);
		RegistrationFee::set(&(FEE + DEPOSIT));
		assert_noop!(try_register(POOR, ResourceType::Gpu, offer(7), MIN_STAKE), TokenError::NotExpendable);
		assert_noop!(try_register(42, ResourceType::Gpu, offer(7), MIN_STAKE), TokenError::FundsUnavailable);
	});
}

#[test]
fn register_should_undo_everything_when_a_hook_refuses() {
	build_and_execute(|| {
		assert_noop!(
			try_register(ALICE, ResourceType::Gpu, offer(7), MIN_STAKE - 1),
			DispatchError::Other("stake too small")
		);
		assert_eq!(Balances::free_balance(ALICE), RICH);
		assert_eq!(Stakes::iter().count(), 0);
	});
}

#[test]
fn register_should_fail_when_numbers_have_run_out() {
	build_and_execute(|| {
		NextNode::<Test>::put(u64::MAX);
		assert_noop!(try_register(ALICE, ResourceType::Gpu, offer(7), MIN_STAKE), ArithmeticError::Overflow);
	});
}
