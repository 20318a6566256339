use crate::{mock::*, *};
use frame_support::assert_ok;
use gpu_chain_primitives::NodeStatus;
use sp_runtime::DispatchError;

/// Runs `break_it` on a sound state, in which the Queen sponsors and has audited [`NODE`] and is blamed for slash 1, and
/// expects `do_try_state` to name `why`.
fn assert_broken(why: &'static str, break_it: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		assert_ok!(sponsor(QUEEN, NODE));
		assert_ok!(audit(QUEEN, NODE, true));
		slash_queued(1, NODE);
		assert_ok!(Roles::do_try_state());
		break_it();
		assert_eq!(Roles::do_try_state(), Err(DispatchError::Other(why)));
	});
}

fn change_queen(change: impl FnOnce(&mut QueenOf<Test>)) {
	Queens::<Test>::mutate(QUEEN, |queen| change(queen.as_mut().unwrap()));
}

#[test]
fn invariant_1_kings() {
	let why = "node-roles 1: Kings are not in order, or one of them is a Queen";
	assert_broken(why, || Kings::<Test>::mutate(|kings| (kings[0], kings[1]) = (kings[1], kings[0])));
	assert_broken(why, || Kings::<Test>::mutate(|kings| kings[0] = kings[1]));
	assert_broken(why, || Kings::<Test>::mutate(|kings| kings.try_push(QUEEN).unwrap()));
}

#[test]
fn invariant_2_bonds() {
	assert_broken("node-roles 2: a bond is not what is on hold", || change_queen(|queen| queen.bond += 1));
}

#[test]
fn invariant_3_sponsorships() {
	let alone = "node-roles 3: a sponsorship without a Queen, a place in her list or a deposit";
	assert_broken(alone, || Tickets::<Test>::remove(NODE));
	assert_broken("node-roles 3: a Queen's count is not the length of her list", || {
		SponsoredBy::<Test>::remove(QUEEN, NODE)
	});
	assert_broken("node-roles 3: a Queen's count is not the length of her list", || {
		change_queen(|queen| queen.sponsored += 1)
	});
	let surplus = "node-roles 3: something is listed or paid for that is not sponsored";
	assert_broken(surplus, || SponsoredBy::<Test>::insert(STRANGER, NODE, ()));
	assert_broken(surplus, || {
		let ticket = Tickets::<Test>::get(NODE).unwrap();
		Tickets::<Test>::insert(OTHER_NODE, ticket);
	});
	assert_broken("node-roles 3: a Queen sponsors a node of her own", || {
		Nodes::insert(NODE, (QUEEN, NodeStatus::Pending))
	});
}

#[test]
fn invariant_4_audits() {
	let why = "node-roles 4: an audit that is not of the node's sponsor";
	assert_broken(why, || Audits::<Test>::mutate(NODE, |audit| audit.as_mut().unwrap().queen = STRANGER));
	assert_broken(why, || {
		let audit = Audits::<Test>::get(NODE).unwrap();
		Audits::<Test>::insert(OTHER_NODE, audit);
	});
}

#[test]
fn invariant_5_blames() {
	assert_broken("node-roles 5: somebody is blamed who is no Queen", || Blames::<Test>::insert(2, STRANGER));
	let count = "node-roles 5: a Queen's blames are not counted";
	assert_broken(count, || Blames::<Test>::remove(1));
	assert_broken(count, || Blames::<Test>::insert(2, QUEEN));
}

#[test]
fn invariant_6_approvals() {
	let why = "node-roles 6: approvals twice, or of a Queen who needs none";
	assert_broken(why, || change_queen(|queen| queen.approvals.try_push(KINGS[0]).unwrap()));
	assert_broken(why, || {
		change_queen(|queen| {
			queen.state = QueenState::Suspended;
			queen.approvals = vec![KINGS[0], KINGS[0]].try_into().unwrap();
		})
	});
}
