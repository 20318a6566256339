//! The chains that can be started: `development` (one validator, blocks each second), `local_testnet` (four validators,
//! blocks each six seconds) and `staging` (the real chain's shape, without sudo).

use crate::{
	configs::{
		consensus::GENESIS_EPOCH_CONFIG,
		disputes::ArbitrationPot,
		money::{asset_ids, TreasuryAccount},
		prices::Currency,
	},
	*,
};
use alloc::{string::ToString, vec, vec::Vec};
use frame_support::build_struct_json_patch;
use gpu_chain_primitives::usd::PicoUsd;
use hex_literal::hex;
use pallet_staking::StakerStatus;
use serde_json::Value;
use sp_core::{ecdsa, ed25519, sr25519, U256};
use sp_genesis_builder::PresetId;
use sp_keyring::Sr25519Keyring;
use sp_runtime::Perbill;

/// The preset of the staging chain.
pub const STAGING_PRESET: &str = "staging";

/// A validator that a chain starts with.
struct Validator {
	stash: AccountId,
	keys: SessionKeys,
}

impl Validator {
	/// A validator of a test chain: every key comes from `//name`, as the node's own `--alice` and the like expect.
	fn of_keyring(who: Sr25519Keyring) -> Self {
		let sr25519 = who.public();
		let ed25519: ed25519::Public = match who {
			Sr25519Keyring::Alice => sp_keyring::Ed25519Keyring::Alice,
			Sr25519Keyring::Bob => sp_keyring::Ed25519Keyring::Bob,
			Sr25519Keyring::Charlie => sp_keyring::Ed25519Keyring::Charlie,
			_ => sp_keyring::Ed25519Keyring::Dave,
		}
		.public();
		let ecdsa = ecdsa::Public::from_raw(match who {
			Sr25519Keyring::Alice => KEYRING_ECDSA[0],
			Sr25519Keyring::Bob => KEYRING_ECDSA[1],
			Sr25519Keyring::Charlie => KEYRING_ECDSA[2],
			_ => KEYRING_ECDSA[3],
		});
		Self { stash: who.to_account_id(), keys: session_keys(sr25519, ed25519, ecdsa) }
	}
}

/// The ECDSA keys of `//Alice`, `//Bob`, `//Charlie` and `//Dave`: the SDK's keyring has none of that scheme.
const KEYRING_ECDSA: [[u8; 33]; 4] = [
	hex!("020a1091341fe5664bfa1782d5e04779689068c916b04cb365ec3153755684d9a1"),
	hex!("0390084fdbf27d2b79d26a4f13f0ccd982cb755a661969143c37cbc49ef5b91f27"),
	hex!("0389411795514af1627765eceffcbd002719f031604fadd7d188e2dc585b4e1afb"),
	hex!("03bc9d0ca094bd5b8b3225d7651eac5d18c1c04bf8ae8f8b263eebca4e1410ed0c"),
];

fn session_keys(sr25519: sr25519::Public, ed25519: ed25519::Public, ecdsa: ecdsa::Public) -> SessionKeys {
	SessionKeys {
		grandpa: ed25519.into(),
		babe: sr25519.into(),
		im_online: sr25519.into(),
		authority_discovery: sr25519.into(),
		evm_bridge: ecdsa.into(),
	}
}

/// What the presets differ in.
struct Chain {
	validators: Vec<Validator>,
	endowed: Vec<AccountId>,
	sudo: Option<AccountId>,
	/// Who governs before there are referenda, and decides what arbitrators do not.
	council: Vec<AccountId>,
	/// Who judges disputes.
	arbitrators: Vec<AccountId>,
	kings: Vec<AccountId>,
	queens: Vec<AccountId>,
	slot_duration_ms: u64,
	epoch_slots: u64,
	/// Hashes that the first block of a miner takes on average, and the fewest that any ever takes, as powers of two.
	difficulty_bits: (u32, u32),
}

/// Native tokens of each endowed account of a test chain.
const ENDOWMENT: Balance = 1_000_000 * UNIT;
/// Stake of each genesis validator.
const STASH: Balance = 10_000 * UNIT;
/// Bond of each genesis Queen.
const QUEEN_BOND: Balance = 100 * UNIT;
/// What the treasury starts with: it must exist to receive fees of any size.
const TREASURY: Balance = 1_000 * UNIT;
/// The regions in which nodes may be registered from the start.
const REGIONS: [&str; 8] =
	["eu-west", "eu-central", "us-east", "us-west", "ap-south", "ap-northeast", "sa-east", "local"];

/// Who feeds prices on a test chain.
const FEEDERS: [Sr25519Keyring; 3] = [Sr25519Keyring::Alice, Sr25519Keyring::Bob, Sr25519Keyring::Charlie];
/// What a whole unit is worth on a test chain until they have fed, dollars.
const FIRST_PRICES: [(Currency, PicoUsd); 3] =
	[(Currency::Native, 1), (Currency::WrappedEth, 3_000), (Currency::Usdc, 1)];
/// A dollar in pico-dollars.
const DOLLAR: PicoUsd = 1_000_000_000_000;

fn genesis(chain: Chain) -> Value {
	let mut balances: Vec<(AccountId, Balance)> = chain.endowed.iter().map(|who| (who.clone(), ENDOWMENT)).collect();
	for validator in &chain.validators {
		if !chain.endowed.contains(&validator.stash) {
			balances.push((validator.stash.clone(), 2 * STASH));
		}
	}
	let treasury = TreasuryAccount::get();
	balances.push((treasury.clone(), TREASURY));
	// It must exist as well: what is too little to make an account could not be paid to it.
	balances.push((ArbitrationPot::get(), EXISTENTIAL_DEPOSIT));
	// Whatever is locked in the bridge can leave it again to the last planck.
	balances.push((EvmBridge::account_id(), EXISTENTIAL_DEPOSIT));
	let validators = chain.validators.len() as u32;

	build_struct_json_patch!(RuntimeGenesisConfig {
		balances: BalancesConfig { balances },
		slot_clock: SlotClockConfig { slot_duration_ms: chain.slot_duration_ms, epoch_slots: chain.epoch_slots },
		hybrid_pow: HybridPowConfig {
			initial_difficulty: U256::one() << chain.difficulty_bits.0,
			minimum_difficulty: U256::one() << chain.difficulty_bits.1,
		},
		babe: BabeConfig { epoch_config: GENESIS_EPOCH_CONFIG },
		session: SessionConfig {
			keys: chain
				.validators
				.iter()
				.map(|v| (v.stash.clone(), v.stash.clone(), v.keys.clone()))
				.collect::<Vec<_>>(),
		},
		staking: StakingConfig {
			validator_count: validators.max(1),
			minimum_validator_count: 1,
			slash_reward_fraction: Perbill::from_percent(10),
			min_nominator_bond: UNIT,
			min_validator_bond: 100 * UNIT,
			stakers: chain
				.validators
				.iter()
				.map(|v| (v.stash.clone(), v.stash.clone(), STASH, StakerStatus::<AccountId>::Validator))
				.collect::<Vec<_>>(),
		},
		assets: AssetsConfig {
			assets: vec![
				(asset_ids::WRAPPED_ETH, treasury.clone(), true, 1_000_000_000u128),
				(asset_ids::USDC, treasury.clone(), true, 1u128),
			],
			metadata: vec![
				(asset_ids::WRAPPED_ETH, b"Wrapped Ether".to_vec(), b"wETH".to_vec(), 18),
				(asset_ids::USDC, b"USD Coin".to_vec(), b"USDC".to_vec(), 6),
			],
			accounts: match chain.sudo {
				// Test chains only: something to pay with.
				Some(_) => chain
					.endowed
					.iter()
					.flat_map(|who| {
						[
							(asset_ids::WRAPPED_ETH, who.clone(), 1_000 * UNIT),
							(asset_ids::USDC, who.clone(), 1_000_000_000_000u128),
						]
					})
					.collect::<Vec<_>>(),
				None => vec![],
			},
		},
		oracle_membership: OracleMembershipConfig {
			members: match chain.sudo {
				// Test chains only; elsewhere government names the feeders.
				Some(_) => FEEDERS.map(|who| who.to_account_id()).to_vec().try_into().unwrap_or_default(),
				None => Default::default(),
			},
		},
		price_index: PriceIndexConfig {
			prices: match chain.sudo {
				// Test chains only: they need no feeders before somebody wants to try them.
				Some(_) => FIRST_PRICES.map(|(currency, dollars)| (currency.asset(), dollars * DOLLAR)).to_vec(),
				None => vec![],
			},
		},
		provider_registry: ProviderRegistryConfig {
			regions: REGIONS.iter().map(|region| region.to_string()).collect::<Vec<_>>(),
		},
		council: CouncilConfig { members: chain.council },
		arbitrators: ArbitratorsConfig { members: chain.arbitrators.try_into().expect("a preset has few arbitrators") },
		node_roles: NodeRolesConfig {
			kings: chain.kings,
			queens: chain.queens.into_iter().map(|who| (who, QUEEN_BOND)).collect::<Vec<_>>(),
		},
		sudo: SudoConfig { key: chain.sudo },
	})
}

/// The council of the test chains, with their King.
fn test_council() -> Vec<AccountId> {
	vec![Sr25519Keyring::Alice.to_account_id(), Sr25519Keyring::Charlie.to_account_id(), TEST_KING.into()]
}

/// The arbitrators of the test chains: more than a quorum, since a party may be among them.
fn test_arbitrators() -> Vec<AccountId> {
	use Sr25519Keyring::{Charlie, Dave, DaveStash, Eve, Ferdie};
	[Charlie, Dave, Eve, Ferdie, DaveStash].map(|who| who.to_account_id()).to_vec()
}

/// The King of test chains: `//King` of the phrase that everybody knows.
pub const TEST_KING: [u8; 32] = hex!("74f98af316ec3416c413386b73a12df717e089b09644cd3f861c5c422b43bf31");
/// The Queen of test chains, who sponsors what is to be tried: `//Queen` of the same phrase.
pub const TEST_QUEEN: [u8; 32] = hex!("e6f1747cf558b97a3c304241e989967e2eb7e3b22aa40da0c7b06d42e7e0c710");

/// Everybody who has money on a test chain.
fn test_accounts() -> Vec<AccountId> {
	let roles = [TEST_KING, TEST_QUEEN].map(AccountId::from);
	Sr25519Keyring::well_known().map(|who| who.to_account_id()).chain(roles).collect()
}

/// One validator (Alice), half-second slots: a block each second.
///
/// A miner's block in twenty seconds, for sixteen of which the lane is open: 2^27 hashes suit one processor core of 5 to 20
/// million hashes a second. The minimum takes such a core a tenth of a second.
fn development() -> Value {
	genesis(Chain {
		validators: vec![Validator::of_keyring(Sr25519Keyring::Alice)],
		endowed: test_accounts(),
		sudo: Some(Sr25519Keyring::Alice.to_account_id()),
		council: test_council(),
		arbitrators: test_arbitrators(),
		kings: vec![TEST_KING.into()],
		queens: vec![TEST_QUEEN.into()],
		slot_duration_ms: 500,
		epoch_slots: 240,
		difficulty_bits: (27, 20),
	})
}

/// Four validators (Alice to Dave), three-second slots.
///
/// A miner's block in 120 seconds, for 96 of which the lane is open: 2^30 hashes suit one processor core.
fn local_testnet() -> Value {
	use Sr25519Keyring::{Alice, Bob, Charlie, Dave};
	genesis(Chain {
		validators: [Alice, Bob, Charlie, Dave].into_iter().map(Validator::of_keyring).collect(),
		endowed: test_accounts(),
		sudo: Some(Alice.to_account_id()),
		council: test_council(),
		arbitrators: test_arbitrators(),
		kings: vec![TEST_KING.into()],
		queens: vec![TEST_QUEEN.into()],
		slot_duration_ms: 3_000,
		epoch_slots: 200,
		difficulty_bits: (30, 20),
	})
}

/// Public keys (sr25519, ed25519, ECDSA) of staging's four validators: `<phrase>//staging//0` to `//3` of the phrase that
/// docs/operators.md prints, so that anybody can rehearse the chain. Whoever launches a chain of value exports the spec
/// and puts their own keys in first.
const STAGING_KEYS: [([u8; 32], [u8; 32], [u8; 33]); 4] = [
	(
		hex!("600d3586f69f27833b9478d14313a00b6d6616372c8d68b5bac9bb1a5a3ae54b"),
		hex!("c0d930633649b4640174f3255aff420069a9b44f2c01c879a1b9ee7be2deb12a"),
		hex!("03be022ebb25a09abeb4b5f26458b1c589fb6201b851290b3b9a73197dcb0aa9da"),
	),
	(
		hex!("522a5408b196d8f3c4f8ef296e1085e7539bdf72052f3a918747d286b6659843"),
		hex!("6f62ca33687e819cb2d0a144733cfc75b234a38987039eb5252bc62de4193a31"),
		hex!("02259d21cfe5c79fb178f63541aa2e7af28b3dd64b73543d94fcdbc7c806936754"),
	),
	(
		hex!("88e6258e2aaa63778dadaa324d5fb15b815b698b9889f4615337e47dc166e935"),
		hex!("837438393fdefc90a3356a49d4075d2cdbdf6f4be26d0942485f757993530ca0"),
		hex!("022136b5c0c3ae52f911baa8d257a6df96a728bc8e05058e5fc702291c59061b0e"),
	),
	(
		hex!("96269dca47b37b0df4bf69358afb3785df090504aedcd2e661a722723b701b2d"),
		hex!("2ae59c02ddc862a778b96f79c50803f46200bf9154f2fdf7782e5987006132c5"),
		hex!("0397a552a64599bc351c45c8441d36fa2fd4512054952f268b52ef412001bf7be2"),
	),
];

/// The accounts of staging's validators.
fn staging_stashes() -> Vec<AccountId> {
	STAGING_KEYS.iter().map(|(sr25519, ..)| AccountId::from(*sr25519)).collect()
}

/// The real chain's shape: three-second slots, one-hour epochs, no sudo, no endowment beyond the validators' stake.
///
/// 2^36 hashes in the 96 seconds of 120 for which the lane is open suit one graphics card of the middle class (0.7 billion
/// hashes a second); the difficulty doubles or halves by itself within the hour where there are more or none. The minimum,
/// 2^30 hashes, is one processor core's share: a node demands as much work of every miner's block before it looks at
/// anything else, so a flood of invalid ones costs a core a minute and a half for each.
fn staging() -> Value {
	genesis(Chain {
		validators: STAGING_KEYS
			.iter()
			.map(|(sr25519, ed25519, ecdsa)| Validator {
				stash: AccountId::from(*sr25519),
				keys: session_keys(
					sr25519::Public::from_raw(*sr25519),
					ed25519::Public::from_raw(*ed25519),
					ecdsa::Public::from_raw(*ecdsa),
				),
			})
			.collect(),
		endowed: vec![],
		sudo: None,
		// Nobody else is known yet. Whoever launches a chain of value names others: who escalates must not judge again.
		council: staging_stashes(),
		arbitrators: staging_stashes(),
		// Those who launch the chain oversee it until government names others; Queens apply to them.
		kings: STAGING_KEYS.iter().map(|(sr25519, ..)| AccountId::from(*sr25519)).collect(),
		queens: vec![],
		slot_duration_ms: 3_000,
		epoch_slots: 1_200,
		difficulty_bits: (36, 30),
	})
}

/// The preset of that name, as a JSON patch over the default genesis.
pub fn get_preset(id: &PresetId) -> Option<Vec<u8>> {
	let patch = match id.as_str() {
		sp_genesis_builder::DEV_RUNTIME_PRESET => development(),
		sp_genesis_builder::LOCAL_TESTNET_RUNTIME_PRESET => local_testnet(),
		STAGING_PRESET => staging(),
		_ => return None,
	};
	serde_json::to_string(&patch).ok().map(|json| json.into_bytes())
}

/// The names [`get_preset`] knows.
pub fn preset_names() -> Vec<PresetId> {
	vec![
		PresetId::from(sp_genesis_builder::DEV_RUNTIME_PRESET),
		PresetId::from(sp_genesis_builder::LOCAL_TESTNET_RUNTIME_PRESET),
		PresetId::from(STAGING_PRESET),
	]
}
