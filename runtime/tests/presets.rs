//! The chains that can be started.

mod common;

use common::*;
use gpu_chain_runtime::{
	configs::{disputes::ArbitrationPot, money::TreasuryAccount},
	*,
};

#[test]
fn every_preset_builds_and_holds_its_invariants() {
	for preset in genesis_config_presets::preset_names() {
		genesis(preset.as_ref()).execute_with(|| {
			check_invariants();
			assert!(Balances::free_balance(TreasuryAccount::get()) > 0, "fees of any size must find the treasury");
			assert_eq!(Session::validators().len(), if preset == "development" { 1 } else { 4 });
			assert!(ProviderRegistry::regions(None, 100).items.len() > 1);
			let council = pallet_collective::Members::<Runtime, pallet_collective::Instance1>::get();
			assert!(
				pallet_node_roles::Kings::<Runtime>::get().iter().all(|king| council.contains(king)),
				"every King has a seat"
			);
			let judges = [council.len(), Arbitrators::members().len()];
			assert!(judges.iter().all(|count| *count >= 3), "a quorum, and a majority that is more than one");
			assert_eq!(pallet_disputes::Arbitrators::<Runtime>::iter().count(), judges[1]);
			assert!(Balances::free_balance(ArbitrationPot::get()) > 0, "fees of any size must find the pot");
			let slot = if preset == "development" { 500 } else { 3_000 };
			assert_eq!((pallet_slot_clock::SlotDuration::<Runtime>::get(), Babe::slot_duration()), (slot, slot));
			assert_eq!(pallet_slot_clock::EpochSlots::<Runtime>::get() % 2, 0);
		});
	}
}

#[test]
fn validators_can_lose_their_stake_from_the_first_era_on() {
	for preset in genesis_config_presets::preset_names() {
		genesis(preset.as_ref()).execute_with(|| {
			for validator in Session::validators() {
				let exposed = Staking::eras_stakers(0, &validator).total;
				let bonded = Staking::ledger(validator.into()).expect("validators are bonded").active;
				// Votes have fewer digits than plancks.
				assert!(bonded - exposed < MICRO_UNIT, "{preset}: {exposed} of {bonded}");
			}
		});
	}
}

#[test]
fn only_test_chains_have_sudo_and_money_from_nothing() {
	let sudo = |preset| genesis(preset).execute_with(pallet_sudo::Key::<Runtime>::get);
	assert!(sudo("development").is_some() && sudo("local_testnet").is_some());
	assert_eq!(sudo("staging"), None);
	genesis("staging").execute_with(|| assert_eq!(issuance()[1..], [0, 0], "assets come over the bridge alone"));
}

#[test]
fn kings_oversee_every_chain_and_test_chains_have_a_queen() {
	use sp_core::Pair;
	let of_phrase =
		|uri: &str| AccountId::from(sp_core::sr25519::Pair::from_string(uri, None).expect("it is one").public());
	for preset in genesis_config_presets::preset_names() {
		genesis(preset.as_ref()).execute_with(|| {
			let is_test = preset != genesis_config_presets::STAGING_PRESET;
			let kings = pallet_node_roles::Kings::<Runtime>::get();
			assert_eq!(kings.len(), if is_test { 1 } else { 4 });
			assert_eq!(NodeRoles::is_king(&of_phrase("//King")), is_test);
			assert_eq!(NodeRoles::is_live_queen(&of_phrase("//Queen")), is_test);
		});
	}
}

#[test]
fn an_unknown_preset_is_none() {
	assert_eq!(genesis_config_presets::get_preset(&"mainnet".into()), None);
}

#[test]
fn blocks_can_be_made() {
	genesis("development").execute_with(|| {
		run_blocks(20);
		assert_eq!(System::block_number(), 20);
	});
}
