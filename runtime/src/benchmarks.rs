//! Benchmarks of our pallets in this runtime, and what they ask of it: accounts, currencies and nodes made ready by the
//! pallets' real calls.

use crate::{
	configs::{money::AssetKind, prices::Currency},
	*,
};
use alloc::{boxed::Box, string::String, vec::Vec};
use frame_benchmarking::{BenchmarkBatch, BenchmarkConfig, BenchmarkList};
use frame_support::{
	assert_ok,
	traits::{
		fungible::{Inspect, Mutate},
		fungibles::Mutate as _,
		Get, StorageInfo, StorageInfoTrait, TrackedStorageKey, WhitelistedStorageKeys,
	},
	BoundedVec,
};
use gpu_chain_primitives::{
	benchmarking::{BenchmarkCurrency, BenchmarkNodes, BenchmarkUptime},
	usd::{PicoUsd, PICO_PER_MICRO},
	EscrowKey, HardwareSpec, NodeId, NodeStatus, Region, RequiredPower, ResourceType, TaskId,
};

frame_benchmarking::define_benchmarks!(
	[frame_system, SystemBench::<Runtime>]
	[pallet_balances, Balances]
	[pallet_timestamp, Timestamp]
	[pallet_disputes, Disputes]
	[pallet_escrow, Escrow]
	[pallet_evm_bridge, EvmBridge]
	[pallet_hybrid_pow, HybridPow]
	[pallet_marketplace, Marketplace]
	[pallet_matching, Matching]
	[pallet_node_roles, NodeRoles]
	[pallet_payments, Payments]
	[pallet_price_index, PriceIndex]
	[pallet_provider_registry, ProviderRegistry]
	[pallet_provider_staking, ProviderStaking]
	[pallet_rental, Rental]
	[pallet_reputation, Reputation]
	[pallet_user_registry, UserRegistry]
	[pallet_work_verification, WorkVerification]
);

use frame_system_benchmarking::Pallet as SystemBench;
impl frame_system_benchmarking::Config for Runtime {}

/// The benchmarks and the storage that they may touch.
pub fn metadata(extra: bool) -> (Vec<BenchmarkList>, Vec<StorageInfo>) {
	let mut list = Vec::<BenchmarkList>::new();
	list_benchmarks!(list, extra);
	(list, AllPalletsWithSystem::storage_info())
}

/// Runs one benchmark.
pub fn dispatch(config: BenchmarkConfig) -> Result<Vec<BenchmarkBatch>, String> {
	let whitelist: Vec<TrackedStorageKey> = AllPalletsWithSystem::whitelisted_storage_keys();
	let mut batches = Vec::<BenchmarkBatch>::new();
	let params = (&config, &whitelist);
	add_benchmarks!(params, batches);
	Ok(batches)
}

/// Makes accounts, currencies and nodes ready.
pub struct Helper;

/// The region that nodes of benchmarks stand in.
const REGION: &[u8] = b"benchmark";
/// The asset that benchmarks pay with: holding it touches more storage than native money.
const ASSET: u32 = 1_000_000;

impl BenchmarkNodes<AccountId> for Helper {
	fn fund(who: &AccountId) {
		let missing = (1_000_000 * UNIT).saturating_sub(<Balances as Inspect<AccountId>>::balance(who));
		assert_ok!(<Balances as Mutate<AccountId>>::mint_into(who, missing));
		// The treasury receives fees and slashes of any size, as on every chain of ours.
		let treasury = configs::money::TreasuryAccount::get();
		if <Balances as Inspect<AccountId>>::balance(&treasury) == 0 {
			assert_ok!(<Balances as Mutate<AccountId>>::mint_into(&treasury, UNIT));
		}
	}

	fn pending_node(owner: &AccountId, resource_type: ResourceType) -> NodeId {
		<Self as BenchmarkNodes<AccountId>>::fund(owner);
		let region = REGION.to_vec().try_into().expect("a short constant");
		let _ = ProviderRegistry::add_region(RuntimeOrigin::root(), region);
		let before = pallet_provider_registry::Nodes::<Runtime>::iter_keys().collect::<Vec<_>>();
		assert_ok!(ProviderRegistry::register_node(
			RuntimeOrigin::signed(owner.clone()),
			resource_type,
			HardwareSpec {
				model: b"benchmark".to_vec().try_into().expect("a short constant"),
				gpu_count: 16,
				gpu_memory_mib: 1,
				cpu_cores: 1,
				ram_mib: 1,
				storage_gib: 1,
				bandwidth_mbps: 1,
			},
			REGION.to_vec().try_into().expect("a short constant"),
			UNIT,
			b"https://example.org/node.json".to_vec().try_into().expect("a short constant"),
			10 * UNIT,
		));
		let node = pallet_provider_registry::Nodes::<Runtime>::iter_keys()
			.find(|id| !before.contains(id))
			.expect("a node was registered just now");
		// What a sponsor has of fees and slashes is a part of what is measured.
		assert_ok!(NodeRoles::sponsor_node(RuntimeOrigin::signed(queen()), node));
		node
	}

	fn active_node(owner: &AccountId, resource_type: ResourceType) -> NodeId {
		use gpu_chain_primitives::{ProviderControl, ProviderInspect, WorkOutcome};
		let node = Self::pending_node(owner, resource_type);
		assert_ok!(<ProviderRegistry as ProviderControl>::mark_verified(&node));
		for _ in 0..20 {
			<Reputation as gpu_chain_primitives::Reputation>::record(&node, WorkOutcome::ChallengePassed);
		}
		assert_ok!(ProviderRegistry::activate_node(RuntimeOrigin::signed(owner.clone()), node));
		assert_eq!(
			<ProviderRegistry as ProviderInspect<AccountId>>::node(&node).map(|n| n.status),
			Some(NodeStatus::Active)
		);
		node
	}
}

/// A Queen who may sponsor as many nodes as any benchmark makes.
fn queen() -> AccountId {
	let queen: AccountId = frame_benchmarking::account("sponsor", 0, 0);
	let bond = configs::parameters::dynamic_params::roles::QueenBond::get().max(1);
	<Helper as BenchmarkNodes<AccountId>>::fund(&queen);
	if NodeRoles::queen(&queen).is_none() {
		assert_ok!(NodeRoles::apply(RuntimeOrigin::signed(queen.clone()), bond));
	}
	pallet_node_roles::Queens::<Runtime>::mutate(&queen, |record| {
		if let Some(record) = record {
			record.state = pallet_node_roles::QueenState::Active;
		}
	});
	queen
}

impl BenchmarkUptime for Helper {
	fn miss_window(node: &NodeId) {
		pallet_provider_registry::Liveness::<Runtime>::mutate(node, |liveness| {
			if let Some(liveness) = liveness {
				liveness.window = 0;
				liveness.full_periods = liveness.full_periods.saturating_add(2 * pallet_provider_registry::WINDOW);
			}
		});
	}
}

impl BenchmarkCurrency<AssetKind, AccountId, Balance> for Helper {
	fn fund(who: &AccountId, amount: Balance) -> AssetKind {
		<Self as BenchmarkNodes<AccountId>>::fund(who);
		let treasury = configs::money::TreasuryAccount::get();
		if pallet_assets::Asset::<Runtime>::get(ASSET).is_none() {
			assert_ok!(Assets::force_create(
				RuntimeOrigin::root(),
				codec::Compact(ASSET),
				sp_runtime::MultiAddress::Id(treasury.clone()),
				true,
				1,
			));
			assert_ok!(<Assets as frame_support::traits::fungibles::Mutate<AccountId>>::mint_into(ASSET, &treasury, 1));
		}
		assert_ok!(Assets::mint_into(ASSET, who, amount.saturating_add(1)));
		AssetKind::WithId(ASSET)
	}
}

impl pallet_matching::benchmarking::BenchmarkTasks<AccountId, AssetKind, Balance> for Helper {
	fn open_task(buyer: &AccountId, asset: AssetKind, budget: Balance) -> TaskId {
		let id = pallet_marketplace::NextTaskId::<Runtime>::get();
		assert_ok!(Marketplace::create_task(
			RuntimeOrigin::signed(buyer.clone()),
			ResourceType::Gpu,
			RequiredPower::default(),
			3_600,
			asset,
			budget,
			1,
			b"https://example.org/task.json".to_vec().try_into().expect("a short constant"),
			Default::default(),
		));
		id
	}

	fn end_task(buyer: &AccountId, task: TaskId) {
		assert_ok!(Marketplace::cancel_task(RuntimeOrigin::signed(buyer.clone()), task));
	}

	fn region() -> Region {
		REGION.to_vec().try_into().expect("a short constant")
	}
}

impl pallet_rental::benchmarking::BenchmarkClock for Helper {
	fn set_now(now: u64) {
		pallet_timestamp::Now::<Runtime>::put(now);
	}

	fn prove_power(node: &NodeId) {
		let at = System::block_number();
		pallet_work_verification::NodeWorks::<Runtime>::mutate(node, |work| {
			let round = pallet_work_verification::RoundCount::<Runtime>::get();
			work.proven = Some(pallet_work_verification::types::Proven { round, power: 1, at });
		});
	}
}

impl pallet_disputes::benchmarking::BenchmarkDeals<AccountId> for Helper {
	fn disputed_deal(buyer: &AccountId, provider: &AccountId) -> EscrowKey {
		let asset = <Self as BenchmarkCurrency<AssetKind, AccountId, Balance>>::fund(buyer, UNIT);
		let node = Self::active_node(provider, ResourceType::Gpu);
		let task_id = pallet_marketplace::NextTaskId::<Runtime>::get();
		let (buyer, provider) = (RuntimeOrigin::signed(buyer.clone()), RuntimeOrigin::signed(provider.clone()));
		let uri = || b"https://example.org/task.json".to_vec().try_into().expect("a short constant");
		let hash = sp_core::H256::zero();
		assert_ok!(Marketplace::create_task(
			buyer.clone(),
			ResourceType::Gpu,
			RequiredPower::default(),
			3_600,
			asset,
			1_000_000,
			0,
			uri(),
			hash,
		));
		assert_ok!(Marketplace::accept_task(provider.clone(), task_id, node));
		assert_ok!(Marketplace::start_task(provider.clone(), task_id));
		assert_ok!(Marketplace::submit_result(provider, task_id, hash, uri()));
		assert_ok!(Marketplace::dispute_task(buyer, task_id, Default::default()));
		EscrowKey::Task(task_id)
	}
}

impl<L: Get<u32>> pallet_oracle::BenchmarkHelper<Currency, PicoUsd, L> for Helper {
	fn get_currency_id_value_pairs() -> BoundedVec<(Currency, PicoUsd), L> {
		BoundedVec::truncate_from(Currency::ALL.map(|currency| (currency, PICO_PER_MICRO * 1_000_000)).to_vec())
	}
}

impl pallet_asset_conversion_tx_payment::BenchmarkHelperTrait<AccountId, AssetKind, AssetKind> for Helper {
	fn create_asset_id_parameter(id: u32) -> (AssetKind, AssetKind) {
		(AssetKind::WithId(id), AssetKind::WithId(id))
	}

	fn setup_balances_and_pool(asset: AssetKind, account: AccountId) {
		<Self as BenchmarkNodes<AccountId>>::fund(&account);
		if let AssetKind::WithId(id) = asset {
			let owner = sp_runtime::MultiAddress::Id(account.clone());
			assert_ok!(Assets::force_create(RuntimeOrigin::root(), codec::Compact(id), owner, true, 1));
			assert_ok!(<Assets as frame_support::traits::fungibles::Mutate<AccountId>>::mint_into(
				id,
				&account,
				3_000 * UNIT
			));
		}
		let (native, asset) = (Box::new(AssetKind::Native), Box::new(asset));
		let origin = RuntimeOrigin::signed(account.clone());
		assert_ok!(AssetConversion::create_pool(origin.clone(), native.clone(), asset.clone()));
		assert_ok!(AssetConversion::add_liquidity(origin, native, asset, 1_000 * UNIT, 1_000 * UNIT, 1, 1, account));
	}
}
