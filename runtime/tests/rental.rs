//! A rental through the whole runtime, with real rounds of challenges behind the proofs, and the money counted to the last
//! unit in each currency.

mod common;

use common::*;
use frame_support::{assert_err, assert_ok};
use gpu_chain_primitives::{NodeId, NodeStatus, OpenWork, ResourceType};
use gpu_chain_runtime::{
	configs::{
		money::{asset_ids, AssetKind, TreasuryAccount},
		parameters::{dynamic_params::rental as terms, RuntimeParameters},
	},
	*,
};
use pallet_provider_registry::Call as Registry;
use pallet_rental::{Call as Rent, EndReason, HourlyRate, RentalStatus};
use pallet_work_verification::Call as Work;
use sp_keyring::Sr25519Keyring::{Bob, Ferdie};

const SECOND: u64 = 1_000;

fn provider() -> AccountId {
	account(Bob)
}

fn renter() -> AccountId {
	account(Ferdie)
}

fn balance(asset: &AssetKind, who: &AccountId) -> Balance {
	match asset {
		AssetKind::Native => Balances::free_balance(who),
		AssetKind::WithId(id) => Assets::balance(*id, who),
	}
}

/// A block in which the provider answers the round that is open, if there is one, and does what the test says.
fn block(node: &NodeId, act: impl FnOnce()) {
	begin_block();
	if let Some((round, nonces)) = proof(node, 20_000) {
		// Answered already, perhaps.
		let _ = call(&provider(), submit_proof_call(*node, round, nonces));
	}
	act();
	end_block();
}

/// A node of one accelerator that has proven its power.
fn proven_node() -> NodeId {
	hurry();
	begin_block();
	assert_ok!(call(&provider(), register_call(ResourceType::Gpu, 2 * UNIT)));
	let node = newest_node(&provider());
	sponsor(node);
	end_block();
	begin_block();
	assert_ok!(call(&provider(), Work::issue_challenge { node }));
	let nonce = solution(&node).expect("easy");
	assert_ok!(call(&provider(), Work::submit_solution { node, nonce }));
	assert_ok!(call(&provider(), Registry::activate_node { node }));
	end_block();
	while WorkVerification::verified_power(&node) == 0 {
		block(&node, || ());
	}
	node
}

fn short_times() {
	set(RuntimeParameters::Rental(terms::Parameters::Grace(terms::Grace, Some(20 * SECOND))));
	set(RuntimeParameters::Rental(terms::Parameters::ProofInterval(terms::ProofInterval, Some(10 * SECOND))));
}

fn list(node: NodeId, asset: AssetKind, rate: Balance) {
	let rate = HourlyRate::Amount(rate);
	let list = Rent::list_gpu { node, gpu: 0, asset, rate, min_duration: SECOND, max_duration: 3_600 * SECOND };
	assert_ok!(call(&provider(), list));
}

fn book(node: NodeId, duration: u64) -> sp_runtime::DispatchResult {
	let gpus = vec![0].try_into().expect("one is few");
	call(&renter(), Rent::book { node, gpus, start: None, duration, encryption_key: [1; 32], prepaid_account: None })
}

fn confirm(rental_id: u64) {
	let access = vec![9; 80].try_into().expect("short enough");
	assert_ok!(call(&provider(), Rent::confirm_start { rental_id, access }));
}

#[test]
fn a_rental_is_paid_for_its_proven_seconds_in_every_currency() {
	genesis("development").execute_with(|| {
		let node = proven_node();
		short_times();
		let issued = issuance();
		for (rental_id, asset, rate) in [
			(0, AssetKind::Native, 3 * UNIT + 7),
			(1, AssetKind::WithId(asset_ids::WRAPPED_ETH), UNIT / 50 + 3),
			(2, AssetKind::WithId(asset_ids::USDC), 3_600_001),
		] {
			let people = [provider(), renter(), TreasuryAccount::get(), queen()];
			let before = people.clone().map(|who| balance(&asset, &who));
			block(&node, || {
				list(node, asset.clone(), rate);
				assert_ok!(book(node, 60 * SECOND));
				confirm(rental_id);
				let asked = Rental::quote(&node, &vec![0].try_into().expect("one is few"), 60 * SECOND);
				assert_eq!(asked, Some((asset.clone(), Rental::rental(rental_id).expect("booked").price)));
			});
			assert!(<Rental as OpenWork<AccountId>>::has_open_work(&node));

			// For half a minute the provider is there, for twenty seconds it is not, and then it is there again.
			for second in 1..=60 {
				block(&node, || {
					if !(31..50).contains(&second) {
						let _ = call(&provider(), Rent::prove { rental_id });
					}
				});
			}
			let proven = Rental::rental(rental_id).expect("it runs").proven;
			assert!((45 * SECOND..=55 * SECOND).contains(&proven), "{proven}: ten seconds of twenty are lost");

			begin_block();
			assert_ok!(call(&renter(), Rent::end_rental { rental_id }));
			let record = Rental::rental(rental_id).expect("it stays readable");
			assert_eq!(record.status, RentalStatus::Ended(EndReason::EndedByRenter));
			let earned = rate * Balance::from(record.proven) / 3_600_000;
			let fee = earned * 8 / 100;
			let deposit = if asset == AssetKind::Native { held_for_storage() } else { (0, 0) };
			let after = people.map(|who| balance(&asset, &who));
			assert_eq!(after[0] + deposit.0 - before[0], earned - fee);
			assert_eq!(before[1] - deposit.1 - after[1], earned);
			assert_eq!(after[3] - before[3], fee / 10);
			assert_eq!(after[2] - before[2], fee - fee / 10);
			assert_ok!(call(&renter(), Rent::remove_rental { rental_id }));
			assert_ok!(call(&provider(), Rent::unlist_gpu { node, gpu: 0 }));
			end_block();
			assert_eq!(issuance(), issued);
		}
	});
}

/// What is held on provider and renter for a listing and a rental.
fn held_for_storage() -> (Balance, Balance) {
	use frame_support::traits::fungible::InspectHold;
	let reason = RuntimeHoldReason::Rental(pallet_rental::HoldReason::Storage);
	(Balances::balance_on_hold(&reason, &provider()), Balances::balance_on_hold(&reason, &renter()))
}

#[test]
fn a_provider_that_does_not_show_up_is_slashed_for_the_renter() {
	genesis("development").execute_with(|| {
		let node = proven_node();
		short_times();
		let window = terms::Parameters::ConfirmWindow(terms::ConfirmWindow, Some(3 * SECOND));
		set(RuntimeParameters::Rental(window));
		block(&node, || {
			list(node, AssetKind::Native, UNIT);
			assert_ok!(book(node, 60 * SECOND));
			// Neither may a node leave that somebody has booked.
			assert!(call(&provider(), Registry::remove_node { node }).is_err());
		});
		let paid = Balances::free_balance(renter());
		for _ in 0..4 {
			block(&node, || ());
		}
		block(&node, || {
			assert_ok!(call(&account(Ferdie), Rent::close { rental_id: 0 }));
			assert_err!(
				call(&account(Ferdie), Rent::close { rental_id: 0 }),
				pallet_rental::Error::<Runtime>::NothingToClose
			);
		});
		let record = Rental::rental(0).expect("it stays readable");
		assert_eq!(record.status, RentalStatus::Ended(EndReason::NoShow));
		assert_eq!(Balances::free_balance(renter()) - paid, record.price);
		let slashes: Vec<_> = pallet_provider_staking::PendingSlashes::<Runtime>::iter_values().collect();
		assert!(slashes.iter().any(|slash| slash.node == node), "{slashes:?}");
		assert_eq!(ProviderRegistry::node(&node).expect("it is there").status, NodeStatus::Active);
	});
}
