//! Each invariant, broken.

use crate::{
	mock::*, types::*, Across, Authorities, CollectedSignatures, Departing, HeaderRanges, Headers, OpenItems, Recorded,
	TokenOf, Withdrawals,
};
use frame_support::assert_ok;
use sp_core::{H160, H256};
use sp_runtime::DispatchError;

fn broken(name: &'static str, sabotage: impl FnOnce(&mut Evm)) {
	running_ext().execute_with(|| {
		let mut evm = Evm::new();
		give_ether(&mut evm, 1, ALICE, 1_000);
		assert_ok!(Bridge::withdraw(signed(ALICE), CHAIN, NATIVE, H160([7; 20]), 1_000));
		assert_ok!(Bridge::send_message(signed(ALICE), CHAIN, H160([7; 20]), 1, Default::default()));
		assert_ok!(co_sign(0, Subject::Item(1)));
		assert_ok!(Bridge::do_try_state());
		sabotage(&mut evm);
		assert_eq!(Bridge::do_try_state(), Err(DispatchError::Other(name)));
	});
}

#[test]
fn headers_should_form_one_list() {
	broken("evm-bridge 1: a header is missing", |_| Headers::<Test>::remove(CHAIN, 4));
	broken("evm-bridge 1: headers are out of order or zero", |_| {
		Headers::<Test>::mutate(CHAIN, 4, |header| header.as_mut().unwrap().receipts_root = H256::zero())
	});
	broken("evm-bridge 1: headers are not as many as are counted", |_| {
		HeaderRanges::<Test>::mutate(CHAIN, |range| range.as_mut().unwrap().count = 2)
	});
	broken("evm-bridge 1: a header is in no list", |_| {
		let header = Bridge::header(CHAIN, 4).unwrap();
		Headers::<Test>::insert(CHAIN, 99, header)
	});
}

#[test]
fn sets_should_be_sound() {
	broken("evm-bridge 2: there is no running set", |_| Authorities::<Test>::remove(1));
	broken("evm-bridge 2: a set is not sound", |_| {
		Authorities::<Test>::mutate(1, |set| set.as_mut().unwrap().members[0].power = 0)
	});
}

#[test]
fn items_should_be_counted_and_recorded() {
	broken("evm-bridge 3: an item is not recorded", |_| Recorded::<Test>::insert(CHAIN, 1, H256::zero()));
	broken("evm-bridge 3: items are not as many as are counted", |_| OpenItems::<Test>::insert(CHAIN, 2));
}

#[test]
fn signatures_should_be_for_something_and_add_up() {
	broken("evm-bridge 4: signatures for nothing", |_| {
		let collected = Bridge::signatures(CHAIN, Subject::Item(1));
		CollectedSignatures::<Test>::insert(CHAIN, Subject::Item(2), collected)
	});
	broken("evm-bridge 4: signatures do not add up", |_| {
		CollectedSignatures::<Test>::mutate(CHAIN, Subject::Item(1), |collected| collected.power = 3)
	});
}

#[test]
fn money_should_be_held_and_locked() {
	broken("evm-bridge 5: what is on hold is not what waits", |_| {
		Withdrawals::<Test>::mutate(CHAIN, 0, |queued| queued.as_mut().unwrap().withdrawal.amount = 999);
		Departing::<Test>::insert(CHAIN, GPU_TOKEN, 999)
	});
	broken("evm-bridge 5: what waits is not what is counted", |_| Departing::<Test>::insert(CHAIN, GPU_TOKEN, 999));
	broken("evm-bridge 6: the account has less than is locked and owed", |_| {
		Across::<Test>::insert(CHAIN, GPU_TOKEN, 2_000)
	});
}

#[test]
fn routes_should_name_each_other() {
	broken("evm-bridge 7: a route that its asset does not name", |_| TokenOf::<Test>::remove(CHAIN, ETHER));
	broken("evm-bridge 7: an asset that its route does not name", |_| {
		TokenOf::<Test>::insert(CHAIN, AssetKind::WithId(9), H160([9; 20]))
	});
}
