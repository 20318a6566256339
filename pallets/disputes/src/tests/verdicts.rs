//! The worked examples of docs/market/disputes.md.

use crate::{mock::*, types::fee_share, Ruling, Verdict};
use gpu_chain_primitives::{Misconduct, Settlement, WorkOutcome};
use sp_runtime::Permill;

fn paid(provider: Balance, fee: Balance, refund: Balance, arbitration: Balance) -> Settlement<Balance> {
	Settlement { provider, fee, refund, arbitration }
}

/// What buyer, provider, treasury and pot gained by the verdict, the bond included.
fn gains(asset: &AssetKind, amount: Balance, votes: &[Verdict]) -> ([Balance; 4], Settlement<Balance>) {
	let id = dispute_deal(deal(asset.clone(), amount));
	let accounts = [BUYER, PROVIDER, TREASURY, POT];
	let before = accounts.map(|who| free(asset, who));
	assert!(matches!(concluded(id, votes), Ruling::ByArbitrators(_)));
	let after = accounts.map(|who| free(asset, who));
	assert_eq!(bonded(asset, BUYER), 0);
	([0, 1, 2, 3].map(|i| after[i] - before[i]), settlement(id))
}

#[test]
fn case_a_the_buyer_wins() {
	for asset in CURRENCIES {
		build_and_execute(|| {
			let (gained, settlement) = gains(&asset, 1_000, &[FOR_BUYER; 3]);
			assert_eq!(settlement, paid(0, 0, 980, 20));
			assert_eq!(gained, [980 + 20, 0, 0, 20]);
			assert_eq!(Outcomes::get(), [(NODE, WorkOutcome::DisputeLost)]);
			let harmed = (asset == NATIVE).then_some((BUYER, 1_000));
			assert_eq!(Slashes::get(), [(NODE, Permill::from_percent(5), Misconduct::DisputeLost, harmed)]);
		});
	}
}

#[test]
fn case_b_the_provider_wins() {
	for asset in CURRENCIES {
		build_and_execute(|| {
			let (gained, settlement) = gains(&asset, 1_000, &[FOR_PROVIDER; 3]);
			assert_eq!(settlement, paid(900, 80, 0, 20));
			assert_eq!(gained, [0, 900 + 20, 80, 20]);
			assert_eq!(Outcomes::get(), [(NODE, WorkOutcome::DisputeWon)]);
			assert!(Slashes::get().is_empty());
		});
	}
}

#[test]
fn case_c_a_split() {
	for asset in CURRENCIES {
		build_and_execute(|| {
			let (gained, settlement) = gains(&asset, 1_000, &[split(50), split(60), split(90)]);
			assert_eq!(settlement, paid(361, 31, 588, 20));
			assert_eq!(gained, [588 + 20, 361, 31, 20]);
			assert!(Outcomes::get().is_empty() && Slashes::get().is_empty());
		});
	}
}

#[test]
fn the_smallest_prices() {
	build_and_execute(|| {
		for (amount, votes, settlement, gained) in [
			(1, FOR_BUYER, paid(0, 0, 1, 0), [1 + 1, 0, 0, 0]),
			(1, FOR_PROVIDER, paid(1, 0, 0, 0), [0, 1 + 1, 0, 0]),
			(1, split(50), paid(1, 0, 0, 0), [1, 1, 0, 0]),
			(99, FOR_BUYER, paid(0, 0, 98, 1), [98 + 1, 0, 0, 1]),
			(99, FOR_PROVIDER, paid(91, 7, 0, 1), [0, 91 + 1, 7, 1]),
			(99, split(33), paid(61, 5, 32, 1), [32 + 1, 61, 5, 1]),
		] {
			assert_eq!(gains(&DOLLARS, amount, &[votes; 3]), (gained, settlement), "{votes:?} of {amount}");
		}
	});
}

#[test]
fn twenty_shared_among_three_voters() {
	assert_eq!([0, 1, 2, 3].map(|place| fee_share(20u128, 3, place)), [8, 6, 6, 0]);
}

#[test]
fn nobody_decided() {
	for asset in CURRENCIES {
		build_and_execute(|| {
			let id = opened(asset.clone());
			let before = [BUYER, PROVIDER, TREASURY, POT].map(|who| free(&asset, who));
			voted(id, &[FOR_BUYER; 2]);
			conclude(id).unwrap();
			pass(COUNCIL_WINDOW + 1);
			conclude(id).unwrap();
			assert_eq!((ruling(id), settlement(id)), (Ruling::Expired, paid(0, 0, 1_000, 0)));
			let after = [BUYER, PROVIDER, TREASURY, POT].map(|who| free(&asset, who));
			assert_eq!([0, 1, 2, 3].map(|i| after[i] - before[i]), [1_000 + 20, 0, 0, 0]);
			assert!(Outcomes::get().is_empty() && Slashes::get().is_empty());
		});
	}
}

#[test]
fn a_buyer_that_is_the_provider_by_another_account_pays_for_it() {
	build_and_execute(|| {
		for (votes, cost) in [(FOR_BUYER, 20), (FOR_PROVIDER, 100), (split(60), 51)] {
			let ([buyer, provider, ..], _) = gains(&DOLLARS, 1_000, &[votes; 3]);
			assert_eq!(1_000 + 20 - buyer - provider, cost);
		}
	});
}
