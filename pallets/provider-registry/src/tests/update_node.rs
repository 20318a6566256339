use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use gpu_chain_primitives::{NodeId, NodeStatus, ResourceType};
use sp_runtime::traits::BadOrigin;

#[test]
fn update_should_store_what_the_owner_offers() {
	build_and_execute(|| {
		let node = register();
		let before = get(node);
		let changed =
			Offer { hardware: hardware(8), region: there(), ask_per_hour: 9, metadata_uri: text("https://a.example") };
		assert_ok!(try_update(ALICE, node, changed.clone()));

		assert_eq!(
			get(node),
			Node {
				hardware: changed.hardware,
				region: changed.region,
				ask_per_hour: 9,
				metadata_uri: changed.metadata_uri,
				..before
			}
		);
		assert!(happened(Event::NodeUpdated { node }));
		assert!(happened(Event::AskChanged { node, old: 7, new: 9 }));
		assert_eq!(StatusLog::get(), vec![]);
		assert_eq!(held(ALICE), DEPOSIT);
	});
}

#[test]
fn update_should_make_a_node_pending_when_its_hardware_changes() {
	build_and_execute(|| {
		for status in [NodeStatus::Verified, NodeStatus::Active, NodeStatus::Inactive] {
			let node = in_status(status);
			StatusLog::kill();
			assert_ok!(try_update(ALICE, node, Offer { hardware: hardware(2), ..offer(9) }));

			assert_eq!(get(node).status, NodeStatus::Pending);
			assert_eq!(get(node).hardware, hardware(2));
			assert_eq!(StatusLog::get(), vec![(node, ResourceType::Gpu, status, NodeStatus::Pending)]);
			assert_eq!(ActiveTotals::<Test>::get(ResourceType::Gpu), ActiveTotal::default());
			assert_noop!(Registry::activate_node(signed(ALICE), node), Error::<Test>::NotActivatable);
			assert_ok!(Registry::do_try_state());

			verify(node);
			activate(node);
			assert_eq!(ActiveTotals::<Test>::get(ResourceType::Gpu), ActiveTotal { count: 1, total_ask: 9 });
			assert_ok!(Registry::deactivate_node(signed(ALICE), node));
		}
	});
}

#[test]
fn update_should_leave_the_status_when_hardware_stays() {
	build_and_execute(|| {
		for status in [NodeStatus::Pending, NodeStatus::Verified, NodeStatus::Inactive, NodeStatus::Active] {
			let node = in_status(status);
			StatusLog::kill();
			assert_ok!(try_update(ALICE, node, Offer { region: there(), metadata_uri: text("a:b"), ..offer(11) }));
			assert_eq!(get(node).status, status);
			assert_eq!(StatusLog::get(), vec![]);
		}
		assert_eq!(ActiveTotals::<Test>::get(ResourceType::Gpu), ActiveTotal { count: 1, total_ask: 11 });
	});
}

#[test]
fn update_should_fail_when_hardware_or_region_change_under_open_work() {
	build_and_execute(|| {
		let node = active();
		Busy::insert(node, ());
		assert_noop!(try_update(ALICE, node, Offer { hardware: hardware(2), ..offer(7) }), Error::<Test>::HasOpenWork);
		assert_noop!(try_update(ALICE, node, Offer { region: there(), ..offer(7) }), Error::<Test>::HasOpenWork);

		assert_ok!(try_update(ALICE, node, Offer { metadata_uri: text("a:b"), ..offer(8) }));
		assert_eq!((get(node).ask_per_hour, get(node).status), (8, NodeStatus::Active));
	});
}

#[test]
fn update_should_let_a_node_stay_in_a_region_that_was_removed() {
	build_and_execute(|| {
		let node = register();
		assert_ok!(Registry::remove_region(root(), here()));
		assert_ok!(try_update(ALICE, node, offer(8)));
		assert_ok!(try_update(ALICE, node, Offer { region: there(), ..offer(8) }));
		assert_noop!(try_update(ALICE, node, offer(8)), Error::<Test>::UnknownRegion);
	});
}

#[test]
fn update_should_fail_for_strangers_and_unknown_nodes() {
	build_and_execute(|| {
		let node = register();
		assert_noop!(try_update(BOB, node, offer(8)), Error::<Test>::NotOwner);
		assert_noop!(try_update(ALICE, NodeId::repeat_byte(1), offer(8)), Error::<Test>::UnknownNode);
		assert_noop!(Registry::update_node(root(), node, hardware(1), here(), 8, link()), BadOrigin);
	});
}

#[test]
fn update_should_fail_when_the_node_is_closed() {
	build_and_execute(|| {
		for status in [NodeStatus::Rejected, NodeStatus::Slashed] {
			let node = in_status(status);
			assert_noop!(try_update(ALICE, node, offer(8)), Error::<Test>::NodeClosed);
			assert_noop!(
				try_update(ALICE, node, Offer { hardware: hardware(2), ..offer(8) }),
				Error::<Test>::NodeClosed
			);
		}
	});
}

#[test]
fn update_should_fail_when_the_offer_is_not_sound() {
	build_and_execute(|| {
		let node = active();
		let refused = |offer, error: Error<Test>| {
			assert_noop!(try_update(ALICE, node, offer), error);
		};
		refused(Offer { hardware: hardware(0), ..offer(7) }, Error::InvalidHardware);
		refused(Offer { region: text("moon"), ..offer(7) }, Error::UnknownRegion);
		refused(Offer { metadata_uri: text("none"), ..offer(7) }, Error::InvalidUri);
		refused(offer(0), Error::AskOutOfRange);
		refused(offer(MAX_ASK + 1), Error::AskOutOfRange);
	});
}
