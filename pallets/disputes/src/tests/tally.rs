//! What votes come to.

use crate::{mock::*, Verdict};
use proptest::prelude::*;
use sp_runtime::Permill;

fn parts(parts: u32) -> Verdict {
	Verdict::Split { buyer_share: Permill::from_parts(parts) }
}

#[test]
fn a_majority_for_one_side_decides_for_it() {
	for (votes, verdict) in [
		(vec![FOR_BUYER], FOR_BUYER),
		(vec![FOR_PROVIDER], FOR_PROVIDER),
		(vec![FOR_BUYER, FOR_BUYER, FOR_PROVIDER], FOR_BUYER),
		(vec![FOR_PROVIDER, split(50), FOR_PROVIDER], FOR_PROVIDER),
		(vec![MISUSE, MISUSE, FOR_PROVIDER], MISUSE),
		// Misuse takes a majority of its own.
		(vec![MISUSE, FOR_BUYER, FOR_PROVIDER], FOR_BUYER),
		(vec![MISUSE, FOR_BUYER, FOR_BUYER, MISUSE], FOR_BUYER),
		(vec![MISUSE, MISUSE, FOR_BUYER, MISUSE], MISUSE),
	] {
		assert_eq!(Verdict::tally(&votes), Some(verdict), "{votes:?}");
	}
}

#[test]
fn without_a_majority_the_median_of_all_votes_splits_it() {
	for (votes, share) in [
		(vec![split(60)], 600_000),
		(vec![split(10), split(60), split(70)], 600_000),
		(vec![FOR_BUYER, split(40), FOR_PROVIDER], 400_000),
		(vec![FOR_BUYER, FOR_PROVIDER], 500_000),
		(vec![FOR_BUYER, FOR_BUYER, FOR_PROVIDER, FOR_PROVIDER], 500_000),
		(vec![MISUSE, FOR_BUYER, split(50), FOR_PROVIDER], 750_000),
		// One extreme vote does not move it.
		(vec![split(30), split(31), split(100)], 310_000),
		// Of two middle ones the mean, rounded down.
		(vec![parts(1), parts(2)], 1),
		(vec![split(100), split(100)], 1_000_000),
	] {
		assert_eq!(Verdict::tally(&votes), Some(parts(share)), "{votes:?}");
	}
}

#[test]
fn no_votes_are_no_verdict() {
	assert_eq!(Verdict::tally(&[]), None);
}

fn verdicts() -> impl Strategy<Value = Vec<Verdict>> {
	let verdict = prop_oneof![
		any::<bool>().prop_map(|misuse| Verdict::Buyer { misuse }),
		Just(Verdict::Provider),
		(0..=1_000_000u32).prop_map(parts),
	];
	prop::collection::vec(verdict, 1..33)
}

proptest! {
	#[test]
	fn the_order_of_votes_decides_nothing(votes in verdicts()) {
		let mut sorted = votes.clone();
		sorted.sort_by_key(|vote| (vote.buyer_share(), *vote == MISUSE));
		prop_assert_eq!(Verdict::tally(&sorted), Verdict::tally(&votes));
	}

	#[test]
	fn a_split_has_as_many_votes_above_as_below(votes in verdicts()) {
		if let Some(Verdict::Split { buyer_share }) = Verdict::tally(&votes) {
			let above = votes.iter().filter(|vote| vote.buyer_share() > buyer_share).count();
			let below = votes.iter().filter(|vote| vote.buyer_share() < buyer_share).count();
			prop_assert!(2 * above <= votes.len() && 2 * below <= votes.len());
		}
	}

	#[test]
	fn one_more_vote_for_a_side_never_turns_against_it(votes in verdicts()) {
		let share = |votes: &[Verdict]| Verdict::tally(votes).map(|verdict| verdict.buyer_share());
		let before = share(&votes);
		let more = |vote| [votes.clone(), vec![vote]].concat();
		prop_assert!(share(&more(FOR_BUYER)) >= before);
		prop_assert!(share(&more(FOR_PROVIDER)) <= before);
	}
}
