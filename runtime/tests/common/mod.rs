//! The whole runtime on the development genesis: real blocks, and after each of them the invariants of every pallet of
//! ours and the conservation of money.

#![allow(dead_code)] // each test file uses its own part

pub mod bridge;

use codec::Encode;
use frame_support::{
	assert_ok,
	traits::{fungibles::Inspect as _, UnfilteredDispatchable},
};
use gpu_chain_primitives::{
	pow::{PowPreDigest, POW_ENGINE_ID, POW_VERSION},
	EscrowKey, HardwareSpec, NodeId, ResourceType,
};
use gpu_chain_runtime::{
	configs::{
		money::asset_ids,
		parameters::{dynamic_params::verification, RuntimeParameters},
	},
	*,
};
use sp_consensus_babe::{
	digests::{PreDigest, SecondaryPlainPreDigest},
	BABE_ENGINE_ID,
};
use sp_core::{H256, U256};
use sp_io::hashing::keccak_256;
use sp_keyring::Sr25519Keyring;
use sp_runtime::{traits::Header as _, Digest, DigestItem, DispatchResult};

/// Externalities with the genesis of a preset.
pub fn genesis(preset: &str) -> sp_io::TestExternalities {
	let mut ext = sp_io::TestExternalities::default();
	ext.execute_with(|| {
		let patch = genesis_config_presets::get_preset(&preset.into()).expect("the preset exists");
		let config = merged(&patch);
		frame_support::genesis_builder_helper::build_state::<RuntimeGenesisConfig>(config).expect("the preset builds");
	});
	ext
}

/// The default genesis with the preset's patch over it, as `build_state` takes it.
fn merged(patch: &[u8]) -> Vec<u8> {
	let mut config = serde_json::to_value(RuntimeGenesisConfig::default()).expect("the default genesis is JSON");
	merge(&mut config, serde_json::from_slice(patch).expect("the patch is JSON"));
	serde_json::to_vec(&config).expect("JSON can be written")
}

/// RFC 7386.
fn merge(target: &mut serde_json::Value, patch: serde_json::Value) {
	match (target, patch) {
		(serde_json::Value::Object(target), serde_json::Value::Object(patch)) => {
			for (key, value) in patch {
				merge(target.entry(key).or_insert(serde_json::Value::Null), value);
			}
		}
		(target, patch) => *target = patch,
	}
}

pub fn account(who: Sr25519Keyring) -> AccountId {
	who.to_account_id()
}

/// The King of test chains.
pub fn king() -> AccountId {
	genesis_config_presets::TEST_KING.into()
}

/// The Queen of test chains.
pub fn queen() -> AccountId {
	genesis_config_presets::TEST_QUEEN.into()
}

/// The Queen answers for a node.
pub fn sponsor(node: NodeId) {
	assert_ok!(call(&queen(), pallet_node_roles::Call::sponsor_node { node }));
}

/// Native money and the two assets.
pub fn issuance() -> [Balance; 3] {
	let assets = [asset_ids::WRAPPED_ETH, asset_ids::USDC].map(Assets::total_issuance);
	[Balances::total_issuance(), assets[0], assets[1]]
}

/// What the proof-of-work lane has minted.
pub fn minted() -> Balance {
	pallet_hybrid_pow::TotalMinted::<Runtime>::get()
}

/// The slot of the newest block.
pub fn head_slot() -> u64 {
	pallet_hybrid_pow::Lane::<Runtime>::get().slot.unwrap_or(1_000)
}

/// The hash that the block of that number has in these tests.
pub fn hash_of(number: BlockNumber) -> H256 {
	H256(keccak_256(&(number + 1).encode()))
}

/// The digest of a block of that authority.
pub fn babe_digest(slot: u64, authority_index: u32) -> DigestItem {
	let digest = PreDigest::SecondaryPlain(SecondaryPlainPreDigest { authority_index, slot: slot.into() });
	DigestItem::PreRuntime(BABE_ENGINE_ID, digest.encode())
}

/// The digest of a block of that miner.
pub fn pow_digest(miner: &AccountId, difficulty: U256) -> DigestItem {
	let digest = PowPreDigest { miner: miner.clone(), difficulty, version: POW_VERSION };
	DigestItem::PreRuntime(POW_ENGINE_ID, digest.encode())
}

/// The header of the next block, with these digests.
pub fn next_header(logs: Vec<DigestItem>) -> Header {
	let number = System::block_number() + 1;
	Header::new(number, H256::zero(), H256::zero(), hash_of(number - 1), Digest { logs })
}

/// The inherent of a block with that time.
pub fn timestamp(now: u64) -> UncheckedExtrinsic {
	UncheckedExtrinsic::new_bare(RuntimeCall::Timestamp(pallet_timestamp::Call::set { now }))
}

/// The first millisecond of a slot.
pub fn slot_start(slot: u64) -> u64 {
	slot * pallet_slot_clock::SlotDuration::<Runtime>::get()
}

/// Begins the next block with these digests and that time.
pub fn begin_block_with(logs: Vec<DigestItem>, now: u64) {
	Executive::initialize_block(&next_header(logs));
	assert_ok!(Executive::apply_extrinsic(timestamp(now)).expect("the timestamp is valid"));
}

/// Begins the next block on the next even slot, with its timestamp.
pub fn begin_block() {
	begin_block_of(0);
}

/// The same, of another authority than the first.
pub fn begin_block_of(authority_index: u32) {
	let slot = head_slot() / 2 * 2 + 2;
	begin_block_with(vec![babe_digest(slot, authority_index)], slot_start(slot));
}

/// Begins a block of that miner on the newest block, which must be one that offers work.
pub fn begin_miner_block(miner: &AccountId) {
	let (slot, difficulty) = (head_slot() + 1, HybridPow::next_work().expect("the lane is open"));
	begin_block_with(vec![pow_digest(miner, difficulty), babe_digest(slot, 0)], slot_start(slot));
}

/// Runs blocks of validators until there is work.
pub fn open_lane() {
	while HybridPow::next_work().is_none() {
		run_blocks(1);
	}
}

/// Ends the block, and checks everything that must hold after a block.
pub fn end_block() {
	Executive::finalize_block();
	System::reset_events();
	check_invariants();
}

pub fn check_invariants() {
	// Ours and the SDK's, where the feature that brings them is on.
	#[cfg(feature = "try-runtime")]
	{
		use frame_support::traits::{TryState, TryStateSelect};
		let all =
			<AllPalletsWithSystem as TryState<BlockNumber>>::try_state(System::block_number(), TryStateSelect::All);
		assert_ok!(all);
	}
	assert_ok!(SlotClock::do_try_state());
	assert_ok!(HybridPow::do_try_state());
	assert_ok!(Disputes::do_try_state());
	assert_ok!(Escrow::do_try_state());
	assert_ok!(EvmBridge::do_try_state());
	assert_ok!(Marketplace::do_try_state());
	assert_ok!(Matching::do_try_state());
	assert_ok!(NodeRoles::do_try_state());
	assert_ok!(Payments::do_try_state());
	assert_ok!(PriceIndex::do_try_state());
	assert_ok!(ProviderRegistry::do_try_state());
	assert_ok!(ProviderStaking::do_try_state());
	assert_ok!(Rental::do_try_state());
	assert_ok!(Reputation::do_try_state());
	assert_ok!(UserRegistry::do_try_state());
	assert_ok!(WorkVerification::do_try_state());
	// What one pallet promises another: every live task's price lies in escrow.
	for (id, task) in pallet_marketplace::Tasks::<Runtime>::iter() {
		let escrow = Escrow::escrow(EscrowKey::Task(id)).expect("a task has an escrow as long as it is stored");
		assert_eq!((escrow.amount, &escrow.asset, &escrow.buyer), (task.price, &task.asset, &task.buyer));
		assert_eq!(escrow.state == pallet_escrow::EscrowState::Held, !task.status.has_ended(), "task {id}");
	}
	for (id, rental) in pallet_rental::Rentals::<Runtime>::iter() {
		let escrow = Escrow::escrow(EscrowKey::Rental(id)).expect("a rental has an escrow as long as it is stored");
		assert_eq!((escrow.amount, &escrow.asset, &escrow.buyer), (rental.price, &rental.asset, &rental.payer));
		assert_eq!(escrow.state == pallet_escrow::EscrowState::Held, !rental.status.has_ended(), "rental {id}");
	}
	let council = pallet_collective::Members::<Runtime, pallet_collective::Instance1>::get();
	assert!(
		pallet_node_roles::Kings::<Runtime>::get().iter().all(|king| council.contains(king)),
		"every King has a seat in the council"
	);
}

/// Runs blocks with nothing in them.
pub fn run_blocks(blocks: u32) {
	for _ in 0..blocks {
		begin_block();
		end_block();
	}
}

/// The stake of a genesis validator.
pub const STASH: Balance = 10_000 * UNIT;

/// What a validator has staked.
pub fn stake_of(who: Sr25519Keyring) -> Balance {
	Staking::ledger(account(who).into()).expect("a validator has stake").total
}

/// Epochs until what a validator has just been reported for is charged to it. A block of each validator but that one in each, so
/// that none of the others counts as offline.
pub fn until_slashed(offender: Sr25519Keyring) {
	let eras = configs::consensus::SlashDeferDuration::get() + 2;
	for _ in 0..eras * configs::consensus::SessionsPerEra::get() {
		next_epoch_without(&account(offender));
	}
}

fn next_epoch_without(absent: &AccountId) {
	let others = |validators: Vec<AccountId>| -> Vec<u32> {
		(0u32..).zip(validators).filter(|(_, who)| who != absent).map(|(index, _)| index).collect()
	};
	// The first block brings in the session that is queued, in which the same validators may have another order.
	let queued = pallet_session::QueuedKeys::<Runtime>::get().into_iter().map(|(who, _)| who).collect();
	let slot = head_slot() / 2 * 2 + pallet_slot_clock::EpochSlots::<Runtime>::get();
	begin_block_with(vec![babe_digest(slot, others(queued)[0])], slot_start(slot));
	end_block();
	for author in others(Session::validators()) {
		begin_block_of(author);
		end_block();
	}
}

/// Dispatches a call as that account, as a transaction would: a failure changes nothing.
pub fn call(who: &AccountId, call: impl Into<RuntimeCall>) -> DispatchResult {
	let call = call.into();
	frame_support::storage::with_storage_layer(|| {
		call.dispatch_bypass_filter(RuntimeOrigin::signed(who.clone())).map(|_| ()).map_err(|error| error.error)
	})
}

pub fn set(parameter: RuntimeParameters) {
	assert_ok!(Parameters::set_parameter(RuntimeOrigin::root(), parameter));
}

/// Nodes of the community are verified without anybody who answers for them, so that all of the platform's fee is the
/// treasury's.
pub fn without_sponsors() {
	use gpu_chain_runtime::configs::parameters::dynamic_params::roles::{Parameters, SponsorRequired};
	set(RuntimeParameters::Roles(Parameters::SponsorRequired(SponsorRequired, Some(false))));
}

/// Rounds follow each other quickly, without lotteries between them, and proofs and challenges take little work.
pub fn hurry() {
	use verification::*;
	for parameter in [
		Parameters::MinGap(MinGap, Some(2)),
		Parameters::MeanGap(MeanGap, Some(2)),
		Parameters::MaxGap(MaxGap, Some(4)),
		Parameters::RoundWindow(RoundWindow, Some(4)),
		Parameters::LotteryWindow(LotteryWindow, Some(0)),
		Parameters::Values(Values, Some(4)),
		Parameters::MinimumPower(MinimumPower, Some(1)),
		Parameters::ChallengeWork(ChallengeWork, Some(2)),
		Parameters::ChallengeWindow(ChallengeWindow, Some(5)),
		Parameters::ChallengeCooldown(ChallengeCooldown, Some(2)),
	] {
		set(RuntimeParameters::Verification(parameter));
	}
}

pub fn bounded<const N: u32>(text: &str) -> frame_support::BoundedVec<u8, frame_support::traits::ConstU32<N>> {
	text.as_bytes().to_vec().try_into().expect("short enough")
}

pub fn register_call(resource_type: ResourceType, stake: Balance) -> RuntimeCall {
	let hardware = HardwareSpec { model: bounded("test"), gpu_count: 1, cpu_cores: 4, ..Default::default() };
	pallet_provider_registry::Call::register_node {
		resource_type,
		hardware,
		region: bounded("local"),
		ask_per_hour: UNIT,
		metadata_uri: bounded("https://example.org/node"),
		stake,
	}
	.into()
}

/// The newest node of an account.
pub fn newest_node(owner: &AccountId) -> NodeId {
	pallet_provider_registry::Nodes::<Runtime>::iter()
		.filter(|(_, node)| node.owner == *owner)
		.max_by_key(|(_, node)| node.registered_at)
		.expect("the account has a node")
		.0
}

/// A nonce that solves the node's challenge.
pub fn solution(node: &NodeId) -> Option<u64> {
	let challenge = WorkVerification::challenge(node)?;
	(0..1_000).find(|nonce| {
		let digest = keccak_256(&gpu_work::hash_input(&challenge.seed.0, *nonce));
		gpu_work::meets_target(&digest, &challenge.target.0)
	})
}

/// A proof for the open round, out of so many hashes.
pub fn proof(node: &NodeId, hashes: u64) -> Option<(u32, Vec<u64>)> {
	let (round, seed) = (WorkVerification::current_round()?, WorkVerification::round_seed(node)?);
	let mut all: Vec<_> = (0..hashes).map(|nonce| (keccak_256(&gpu_work::hash_input(&seed.0, nonce)), nonce)).collect();
	all.sort_unstable();
	Some((round.number, all.into_iter().take(round.values as usize).map(|(_, nonce)| nonce).collect()))
}

pub fn submit_proof_call(node: NodeId, round: u32, nonces: Vec<u64>) -> RuntimeCall {
	let nonces = frame_support::BoundedVec::truncate_from(nonces);
	pallet_work_verification::Call::submit_proof { node, round, nonces }.into()
}
