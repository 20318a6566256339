//! The arithmetic against a wider type, and random lives of disputes.

use crate::{
	mock::*,
	types::{award, fee_share, total},
	DisputeStatus, Disputes as Records, NextDisputeId, UnclaimedFees, Verdict,
};
use frame_support::{assert_ok, storage::with_storage_layer, traits::fungibles::Mutate};
use gpu_chain_primitives::Settlement;
use proptest::prelude::*;
use sp_core::U256;
use sp_runtime::Permill;

fn verdict() -> impl Strategy<Value = Verdict> {
	prop_oneof![
		any::<bool>().prop_map(|misuse| Verdict::Buyer { misuse }),
		Just(Verdict::Provider),
		(0..=1_000_000u32).prop_map(|parts| Verdict::Split { buyer_share: Permill::from_parts(parts) }),
		prop_oneof![Just(0), Just(100)].prop_map(split),
	]
}

fn amount() -> impl Strategy<Value = Balance> {
	prop_oneof![
		2 => 1..200u128,
		2 => 1..1_000_000_000u128,
		2 => any::<u64>().prop_map(|n| u128::from(n) + 1),
		2 => 1..=Balance::MAX,
		1 => Just(1),
		1 => Just(Balance::MAX),
	]
}

fn share() -> impl Strategy<Value = Permill> {
	prop_oneof![
		2 => Just(20_000u32),
		2 => 0..=1_000_000u32,
		1 => Just(0),
		1 => Just(1_000_000),
	]
	.prop_map(Permill::from_parts)
}

/// `⌊share · amount⌋` in a type that has room for it.
fn floor(share: Permill, amount: Balance) -> Balance {
	(U256::from(amount) * share.deconstruct() / 1_000_000u32).as_u128()
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(2_000))]

	/// `paid + fee + refund + arbitration == escrow`, whatever the price, the shares and the verdict, and each part is
	/// what the documentation says.
	#[test]
	fn every_unit_of_the_price_is_awarded(
		amount in amount(),
		arbitration in share(),
		fee in share(),
		verdict in prop::option::of(verdict()),
	) {
		let a = arbitration.mul_floor(amount);
		prop_assert_eq!(a, floor(arbitration, amount));
		let parts = award(amount, a, fee, verdict);
		let gpu_chain_primitives::Award { provider, fee: platform, refund, arbitration } = parts;
		prop_assert_eq!(total(&Settlement { provider, fee: platform, refund, arbitration }), Some(amount));
		prop_assert_eq!(arbitration, if verdict.is_some() { a } else { 0 });
		let rest = amount - a;
		match verdict {
			None => prop_assert_eq!(refund, amount),
			Some(Verdict::Buyer { .. }) => prop_assert_eq!(refund, rest),
			Some(Verdict::Provider) => {
				prop_assert_eq!((refund, platform), (0, floor(fee, amount).min(rest)));
			}
			Some(Verdict::Split { buyer_share }) => {
				prop_assert_eq!(refund, floor(buyer_share, rest));
				prop_assert_eq!(platform, floor(fee, rest - refund));
			}
		}
	}

	/// What the judges have is shared out among them to the last unit, and nobody has more than one part and what is
	/// left over.
	#[test]
	fn every_unit_of_the_arbitration_is_somebodys(arbitration in amount(), voters in 1..=32u32) {
		let shares: Vec<Balance> = (0..voters).map(|place| fee_share(arbitration, voters, place)).collect();
		prop_assert_eq!(shares.iter().fold(0u128, |sum, share| sum.checked_add(*share).unwrap()), arbitration);
		let least = arbitration / u128::from(voters);
		prop_assert!(shares.iter().skip(1).all(|share| *share == least));
		prop_assert!(shares[0] - least < u128::from(voters));
		prop_assert_eq!(fee_share(arbitration, voters, voters), 0);
	}
}

#[derive(Clone, Debug)]
enum Act {
	Open { currency: usize, amount: Balance, prepaid: bool, unknown_provider: bool },
	Evidence(AccountId, u64),
	Vote(u64, u64, Verdict),
	Conclude(u64),
	Resolve(u64, Verdict),
	ClaimFee(u64, u64),
	ClaimBond(u64),
	Remove(AccountId, u64),
	Pass(u64),
	Shares(u32, u32),
	Quorum(u32),
}

fn acts() -> impl Strategy<Value = Act> {
	let id = || 0u64..8;
	let arbitrator = || ARBITRATOR..ARBITRATOR + 7;
	let who = || prop_oneof![Just(BUYER), Just(PROVIDER), Just(ANYBODY)];
	// What the buyer of the mock can spare, and the smallest.
	let amount = prop_oneof![1..200u128, 1..1_000_000u128, 1..20_000_000_000u128];
	prop_oneof![
		4 => (0..3usize, amount, any::<bool>(), prop::bool::weighted(0.1)).prop_map(
			|(currency, amount, prepaid, unknown_provider)| Act::Open { currency, amount, prepaid, unknown_provider }
		),
		2 => (who(), id()).prop_map(|(who, id)| Act::Evidence(who, id)),
		14 => (arbitrator(), id(), verdict()).prop_map(|(who, id, verdict)| Act::Vote(who, id, verdict)),
		6 => id().prop_map(Act::Conclude),
		2 => (id(), verdict()).prop_map(|(id, verdict)| Act::Resolve(id, verdict)),
		6 => (arbitrator(), id()).prop_map(|(who, id)| Act::ClaimFee(who, id)),
		1 => id().prop_map(Act::ClaimBond),
		2 => (who(), id()).prop_map(|(who, id)| Act::Remove(who, id)),
		8 => (0..25u64).prop_map(Act::Pass),
		1 => (0..=1_000_000u32, 0..=100_000u32).prop_map(|(a, b)| Act::Shares(a, b)),
		1 => (0..7u32).prop_map(Act::Quorum),
	]
}

fn perform(act: Act) {
	// Whether it is refused is the business of other tests; here only what it leaves behind counts.
	let _ = with_storage_layer(|| match act {
		Act::Open { currency, amount, prepaid, unknown_provider } => {
			let asset = CURRENCIES[currency].clone();
			// An unknown provider in a currency that needs more than this to make an account.
			let provider = if unknown_provider && amount > 10_000 { NOBODY } else { PROVIDER };
			let payer = if prepaid { SPONSOR } else { BUYER };
			if [BUYER, payer].iter().any(|who| free(&asset, *who) < 2 * amount + 10_000) {
				return Ok(());
			}
			dispute_deal(Deal { provider, payer, ..deal(asset, amount) });
			Ok(())
		}
		Act::Evidence(who, id) => Disputes::submit_evidence(origin(who), id, uri("ipfs://x")),
		Act::Vote(who, id, verdict) => Disputes::vote(origin(who), id, verdict),
		Act::Conclude(id) => conclude(id),
		Act::Resolve(id, verdict) => Disputes::resolve(RuntimeOrigin::root(), id, verdict),
		Act::ClaimFee(who, id) => Disputes::claim_fee(origin(who), id),
		Act::ClaimBond(id) => Disputes::claim_bond(origin(ANYBODY), id),
		Act::Remove(who, id) => Disputes::remove_dispute(origin(who), id),
		Act::Pass(blocks) => {
			pass(blocks);
			Ok(())
		}
		Act::Shares(arbitration, bond) => {
			ArbitrationShare::set(&Permill::from_parts(arbitration));
			BondShare::set(&Permill::from_parts(bond));
			Ok(())
		}
		Act::Quorum(quorum) => {
			Quorum::set(&quorum);
			Ok(())
		}
	});
}

/// What all accounts of the mock have together, held or not.
fn wealth(asset: &AssetKind) -> Balance {
	let everybody = ENDOWED.into_iter().chain([NOBODY]).chain(ARBITRATOR + 5..ARBITRATOR + 10);
	everybody
		.map(|who| {
			<Currencies as frame_support::traits::fungibles::Inspect<AccountId>>::total_balance(asset.clone(), &who)
		})
		.sum()
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(200))]

	#[test]
	fn the_books_balance_whatever_happens_and_everything_can_be_ended(acts in prop::collection::vec(acts(), 1..150)) {
		new_test_ext().execute_with(|| {
			let (issued, before) = (issuance(), CURRENCIES.map(|asset| wealth(&asset)));
			for act in acts {
				let name = format!("{act:?}");
				perform(act);
				if let Err(error) = Disputes::do_try_state() {
					panic!("{error:?} after {name}");
				}
				assert_eq!((issuance(), CURRENCIES.map(|asset| wealth(&asset))), (issued, before), "{name}");
			}

			// However it went, all can be ended: by time alone.
			for id in 0..NextDisputeId::<Test>::get() {
				let Some(dispute) = Records::<Test>::get(id) else { continue };
				if !dispute.is_closed() {
					pass(EVIDENCE_WINDOW + VOTING_WINDOW + COUNCIL_WINDOW + 2);
					assert_ok!(conclude(id));
					if let DisputeStatus::Escalated { .. } = record(id).status {
						pass(COUNCIL_WINDOW + 1);
						assert_ok!(conclude(id));
					}
				}
				if let Some(winner) = record(id).bond_owed_to {
					assert_ok!(Currencies::transfer(
						record(id).deal.asset,
						&ANYBODY,
						&winner,
						COIN_MINIMUM,
						frame_support::traits::tokens::Preservation::Preserve
					));
					assert_ok!(Disputes::claim_bond(origin(ANYBODY), id));
				}
				pass(RETENTION);
				assert_ok!(Disputes::remove_dispute(origin(ANYBODY), id));
			}
			assert_ok!(Disputes::do_try_state());
			assert_eq!(Records::<Test>::iter().count() + UnclaimedFees::<Test>::iter().count(), 0);
			for who in [BUYER, PROVIDER, NOBODY] {
				assert_eq!((deposited(who), CURRENCIES.map(|asset| bonded(&asset, who))), (0, [0, 0, 0]));
			}
			for asset in CURRENCIES {
				let owed = OwedToProviders::get(codec::Encode::encode(&asset));
				assert_eq!((free(&asset, POT), free(&asset, MARKET)), (ENDOWMENT, ENDOWMENT + owed));
			}
		});
	}

	/// `paid + fee + refund + arbitration == escrow + bond`, in money that moves, up to the largest amounts there can
	/// be.
	#[test]
	fn escrow_and_bond_are_paid_out_to_the_last_unit(
		amount in prop_oneof![1..300u128, 1..=Balance::MAX / 4],
		currency in 0..3usize,
		votes in prop::collection::vec(verdict(), 3..=5),
	) {
		new_test_ext().execute_with(|| {
			let asset = CURRENCIES[currency].clone();
			assert_ok!(Currencies::mint_into(asset.clone(), &BUYER, amount + amount / 50));
			let accounts = [BUYER, PROVIDER, TREASURY, POT];
			let id = dispute_deal(deal(asset.clone(), amount));
			let bond = record(id).bond;
			let before = accounts.map(|who| free(&asset, who));
			concluded(id, &votes);
			let after = accounts.map(|who| free(&asset, who));
			let gained: Balance = (0..4).map(|i| after[i] - before[i]).sum();
			assert_eq!(gained, amount + bond);
			for (index, _) in votes.iter().enumerate() {
				let _ = Disputes::claim_fee(origin(ARBITRATOR + index as u64), id);
			}
			assert_eq!(free(&asset, POT), ENDOWMENT);
			assert_ok!(Disputes::do_try_state());
		});
	}
}
