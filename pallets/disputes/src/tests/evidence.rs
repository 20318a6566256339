use crate::{mock::*, Error, Event, EvidenceTickets, Side, MAX_EVIDENCE};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{DispatchError, TokenError};

fn submit(who: AccountId, id: u64, text: &str) -> sp_runtime::DispatchResult {
	frame_support::storage::with_storage_layer(|| Disputes::submit_evidence(origin(who), id, uri(text)))
}

#[test]
fn each_side_brings_evidence_and_pays_for_its_storage() {
	build_and_execute(|| {
		let id = opened(DOLLARS);
		let own = deposited(BUYER);
		assert_ok!(submit(BUYER, id, "ipfs://black-pixels"));
		System::assert_last_event(
			Event::EvidenceSubmitted { dispute: id, side: Side::Buyer, uri: uri("ipfs://black-pixels") }.into(),
		);
		pass(EVIDENCE_WINDOW);
		assert_ok!(submit(PROVIDER, id, "https://log"));
		assert_ok!(submit(BUYER, id, "ipfs://more"));
		let list = Disputes::evidence(id, Side::Buyer);
		// Two lengths, two block numbers and the length of the list beside the links.
		assert_eq!(
			(deposited(BUYER) - own, deposited(PROVIDER)),
			(DEPOSIT_BASE + 19 + 11 + 19, DEPOSIT_BASE + 11 + 10)
		);
		assert_eq!(
			list.iter().map(|one| (one.uri.to_vec(), one.at)).collect::<Vec<_>>(),
			[(b"ipfs://black-pixels".to_vec(), 1), (b"ipfs://more".to_vec(), 1 + EVIDENCE_WINDOW)]
		);
		assert_eq!(Disputes::evidence(id, Side::Provider).len(), 1);
	});
}

#[test]
fn evidence_should_fail_for_others_and_out_of_time() {
	build_and_execute(|| {
		let id = dispute_deal(Deal { payer: SPONSOR, ..deal(NATIVE, PRICE) });
		for who in [ANYBODY, ARBITRATOR, SPONSOR, NODE_OWNER] {
			assert_noop!(submit(who, id, "a:b"), Error::<Test>::NotParty);
		}
		assert_noop!(submit(BUYER, id + 1, "a:b"), Error::<Test>::DisputeNotFound);
		assert_noop!(Disputes::submit_evidence(RuntimeOrigin::root(), id, uri("a:b")), DispatchError::BadOrigin);
		to_voting(id);
		assert_noop!(submit(BUYER, id, "a:b"), Error::<Test>::EvidenceOver);
		concluded(id, &[FOR_BUYER; 3]);
		assert_noop!(submit(BUYER, id, "a:b"), Error::<Test>::EvidenceOver);
		System::set_block_number(2);
		assert_noop!(submit(BUYER, id, "a:b"), Error::<Test>::EvidenceOver);
	});
}

#[test]
fn evidence_should_fail_when_it_is_no_link_or_too_much() {
	build_and_execute(|| {
		let id = opened(NATIVE);
		for bad in ["", "a", "a:", ":b", "1a:b", "a b:c", "a:b c", "a:\n"] {
			assert_noop!(submit(BUYER, id, bad), Error::<Test>::BadUri);
		}
		for n in 0..MAX_EVIDENCE {
			assert_ok!(submit(PROVIDER, id, &format!("a:{n}")));
		}
		assert_noop!(submit(PROVIDER, id, "a:b"), Error::<Test>::TooMuchEvidence);
		// One side cannot use up the other's room.
		assert_ok!(submit(BUYER, id, "a:b"));
	});
}

#[test]
fn evidence_should_fail_when_its_deposit_cannot_be_spared() {
	build_and_execute(|| {
		let id = dispute_deal(Deal { provider: NOBODY, ..deal(DOLLARS, PRICE) });
		assert_noop!(submit(NOBODY, id, "a:b"), TokenError::FundsUnavailable);
		assert!(EvidenceTickets::<Test>::iter().next().is_none());
	});
}
