//! What clients may ask of the runtime.

use crate::{
	configs::{consensus::GENESIS_EPOCH_CONFIG, money::AssetKind},
	*,
};
use alloc::vec::Vec;
use codec::Encode;
use frame_support::{
	genesis_builder_helper::{build_state, get_preset},
	traits::{Get, KeyOwnerProofSystem},
	weights::Weight,
};
use gpu_chain_primitives::{
	matching::{AuctionId, Candidate, MatchTerms, RankCursor, RankedNode, Unfit},
	Candidates, EscrowKey, HashRate, MicroUsd, NodeId, OpenWork, Page, PowerVector, ProofKind, Region, ResourceType,
	TaskId, TrackRecord, TrustLevel, UsdPrices,
};
use pallet_disputes::DisputeId;
use pallet_evm_bridge::{types as bridge, ChainId};
use pallet_grandpa::{fg_primitives, AuthorityId as GrandpaId};
use pallet_provider_staking::SlashId;
use pallet_rental::{
	types::{Booking, GpuIndex, Gpus, Millis},
	RentalId,
};
use sp_api::impl_runtime_apis;
use sp_authority_discovery::AuthorityId as AuthorityDiscoveryId;
use sp_core::{crypto::KeyTypeId, OpaqueMetadata};
use sp_runtime::{
	traits::{Block as BlockT, NumberFor},
	transaction_validity::{TransactionSource, TransactionValidity},
	ApplyExtrinsicResult,
};
use sp_session::OpaqueGeneratedSessionKeys;

impl_runtime_apis! {
	impl sp_api::Core<Block> for Runtime {
		fn version() -> RuntimeVersion {
			VERSION
		}
		fn execute_block(block: <Block as BlockT>::LazyBlock) {
			Executive::execute_block(block);
		}
		fn initialize_block(header: &<Block as BlockT>::Header) -> sp_runtime::ExtrinsicInclusionMode {
			Executive::initialize_block(header)
		}
	}

	impl sp_api::Metadata<Block> for Runtime {
		fn metadata() -> OpaqueMetadata {
			OpaqueMetadata::new(Runtime::metadata().into())
		}
		fn metadata_at_version(version: u32) -> Option<OpaqueMetadata> {
			Runtime::metadata_at_version(version)
		}
		fn metadata_versions() -> Vec<u32> {
			Runtime::metadata_versions()
		}
	}

	impl frame_support::view_functions::runtime_api::RuntimeViewFunction<Block> for Runtime {
		fn execute_view_function(
			id: frame_support::view_functions::ViewFunctionId,
			input: Vec<u8>,
		) -> Result<Vec<u8>, frame_support::view_functions::ViewFunctionDispatchError> {
			Runtime::execute_view_function(id, input)
		}
	}

	impl sp_block_builder::BlockBuilder<Block> for Runtime {
		fn apply_extrinsic(extrinsic: <Block as BlockT>::Extrinsic) -> ApplyExtrinsicResult {
			Executive::apply_extrinsic(extrinsic)
		}
		fn finalize_block() -> <Block as BlockT>::Header {
			Executive::finalize_block()
		}
		fn inherent_extrinsics(data: sp_inherents::InherentData) -> Vec<<Block as BlockT>::Extrinsic> {
			data.create_extrinsics()
		}
		fn check_inherents(
			block: <Block as BlockT>::LazyBlock,
			data: sp_inherents::InherentData,
		) -> sp_inherents::CheckInherentsResult {
			data.check_extrinsics(&block)
		}
	}

	impl sp_transaction_pool::runtime_api::TaggedTransactionQueue<Block> for Runtime {
		fn validate_transaction(
			source: TransactionSource,
			tx: <Block as BlockT>::Extrinsic,
			block_hash: <Block as BlockT>::Hash,
		) -> TransactionValidity {
			Executive::validate_transaction(source, tx, block_hash)
		}
	}

	impl sp_offchain::OffchainWorkerApi<Block> for Runtime {
		fn offchain_worker(header: &<Block as BlockT>::Header) {
			Executive::offchain_worker(header)
		}
	}

	impl sp_consensus_babe::BabeApi<Block> for Runtime {
		fn configuration() -> sp_consensus_babe::BabeConfiguration {
			let epoch_config = Babe::epoch_config().unwrap_or(GENESIS_EPOCH_CONFIG);
			sp_consensus_babe::BabeConfiguration {
				slot_duration: Babe::slot_duration(),
				epoch_length: <<Runtime as pallet_babe::Config>::EpochDuration as Get<u64>>::get(),
				c: epoch_config.c,
				authorities: Babe::authorities().to_vec(),
				randomness: Babe::randomness(),
				allowed_slots: epoch_config.allowed_slots,
			}
		}
		fn current_epoch_start() -> sp_consensus_babe::Slot {
			Babe::current_epoch_start()
		}
		fn current_epoch() -> sp_consensus_babe::Epoch {
			Babe::current_epoch()
		}
		fn next_epoch() -> sp_consensus_babe::Epoch {
			Babe::next_epoch()
		}
		fn generate_key_ownership_proof(
			_slot: sp_consensus_babe::Slot,
			authority_id: sp_consensus_babe::AuthorityId,
		) -> Option<sp_consensus_babe::OpaqueKeyOwnershipProof> {
			Historical::prove((sp_consensus_babe::KEY_TYPE, authority_id))
				.map(|proof| sp_consensus_babe::OpaqueKeyOwnershipProof::new(proof.encode()))
		}
		fn submit_report_equivocation_unsigned_extrinsic(
			equivocation_proof: sp_consensus_babe::EquivocationProof<<Block as BlockT>::Header>,
			key_owner_proof: sp_consensus_babe::OpaqueKeyOwnershipProof,
		) -> Option<()> {
			Babe::submit_unsigned_equivocation_report(equivocation_proof, key_owner_proof.decode()?)
		}
	}

	impl fg_primitives::GrandpaApi<Block> for Runtime {
		fn grandpa_authorities() -> fg_primitives::AuthorityList {
			Grandpa::grandpa_authorities()
		}
		fn current_set_id() -> fg_primitives::SetId {
			pallet_grandpa::CurrentSetId::<Runtime>::get()
		}
		fn submit_report_equivocation_unsigned_extrinsic(
			equivocation_proof: fg_primitives::EquivocationProof<<Block as BlockT>::Hash, NumberFor<Block>>,
			key_owner_proof: fg_primitives::OpaqueKeyOwnershipProof,
		) -> Option<()> {
			Grandpa::submit_unsigned_equivocation_report(equivocation_proof, key_owner_proof.decode()?)
		}
		fn generate_key_ownership_proof(
			_set_id: fg_primitives::SetId,
			authority_id: GrandpaId,
		) -> Option<fg_primitives::OpaqueKeyOwnershipProof> {
			Historical::prove((fg_primitives::KEY_TYPE, authority_id))
				.map(|proof| fg_primitives::OpaqueKeyOwnershipProof::new(proof.encode()))
		}
	}

	impl sp_authority_discovery::AuthorityDiscoveryApi<Block> for Runtime {
		fn authorities() -> Vec<AuthorityDiscoveryId> {
			AuthorityDiscovery::authorities()
		}
	}

	impl sp_session::SessionKeys<Block> for Runtime {
		fn generate_session_keys(owner: Vec<u8>, seed: Option<Vec<u8>>) -> OpaqueGeneratedSessionKeys {
			SessionKeys::generate(&owner, seed).into()
		}
		fn decode_session_keys(encoded: Vec<u8>) -> Option<Vec<(Vec<u8>, KeyTypeId)>> {
			SessionKeys::decode_into_raw_public_keys(&encoded)
		}
	}

	impl frame_system_rpc_runtime_api::AccountNonceApi<Block, AccountId, Nonce> for Runtime {
		fn account_nonce(account: AccountId) -> Nonce {
			System::account_nonce(account)
		}
	}

	impl pallet_transaction_payment_rpc_runtime_api::TransactionPaymentApi<Block, Balance> for Runtime {
		fn query_info(
			uxt: <Block as BlockT>::Extrinsic,
			len: u32,
		) -> pallet_transaction_payment_rpc_runtime_api::RuntimeDispatchInfo<Balance> {
			TransactionPayment::query_info(uxt, len)
		}
		fn query_fee_details(
			uxt: <Block as BlockT>::Extrinsic,
			len: u32,
		) -> pallet_transaction_payment::FeeDetails<Balance> {
			TransactionPayment::query_fee_details(uxt, len)
		}
		fn query_weight_to_fee(weight: Weight) -> Balance {
			TransactionPayment::weight_to_fee(weight)
		}
		fn query_length_to_fee(length: u32) -> Balance {
			TransactionPayment::length_to_fee(length)
		}
	}

	impl pallet_transaction_payment_rpc_runtime_api::TransactionPaymentCallApi<Block, Balance, RuntimeCall> for Runtime {
		fn query_call_info(
			call: RuntimeCall,
			len: u32,
		) -> pallet_transaction_payment::RuntimeDispatchInfo<Balance> {
			TransactionPayment::query_call_info(call, len)
		}
		fn query_call_fee_details(call: RuntimeCall, len: u32) -> pallet_transaction_payment::FeeDetails<Balance> {
			TransactionPayment::query_call_fee_details(call, len)
		}
		fn query_weight_to_fee(weight: Weight) -> Balance {
			TransactionPayment::weight_to_fee(weight)
		}
		fn query_length_to_fee(length: u32) -> Balance {
			TransactionPayment::length_to_fee(length)
		}
	}

	impl pallet_staking_runtime_api::StakingApi<Block, Balance, AccountId> for Runtime {
		fn nominations_quota(balance: Balance) -> u32 {
			Staking::api_nominations_quota(balance)
		}
		fn eras_stakers_page_count(era: sp_staking::EraIndex, account: AccountId) -> sp_staking::Page {
			Staking::api_eras_stakers_page_count(era, account)
		}
		fn pending_rewards(era: sp_staking::EraIndex, account: AccountId) -> bool {
			Staking::api_pending_rewards(era, account)
		}
	}

	impl sp_genesis_builder::GenesisBuilder<Block> for Runtime {
		fn build_state(config: Vec<u8>) -> sp_genesis_builder::Result {
			build_state::<RuntimeGenesisConfig>(config)
		}
		fn get_preset(id: &Option<sp_genesis_builder::PresetId>) -> Option<Vec<u8>> {
			get_preset::<RuntimeGenesisConfig>(id, genesis_config_presets::get_preset)
		}
		fn preset_names() -> Vec<sp_genesis_builder::PresetId> {
			genesis_config_presets::preset_names()
		}
	}

	impl gpu_chain_runtime_api::NodeApi<Block, AccountId, Balance, BlockNumber> for Runtime {
		fn node(node: NodeId) -> Option<pallet_provider_registry::Node<AccountId, Balance, BlockNumber>> {
			ProviderRegistry::node(&node)
		}
		fn candidate(node: NodeId) -> Option<Candidate<AccountId>> {
			configs::matching::KnownNodes::candidate(&node)
		}
		fn nodes_by_owner(owner: AccountId, cursor: Option<NodeId>, limit: u32) -> Page<NodeId, NodeId> {
			ProviderRegistry::nodes_by_owner(&owner, cursor, limit)
		}
		fn active_nodes(resource_type: ResourceType, cursor: Option<NodeId>, limit: u32) -> Page<NodeId, NodeId> {
			ProviderRegistry::active_nodes(resource_type, cursor, limit)
		}
		fn regions(cursor: Option<Region>, limit: u32) -> Page<Region, Region> {
			ProviderRegistry::regions(cursor, limit)
		}
		fn liveness(node: NodeId) -> gpu_chain_runtime_api::NodeLiveness<BlockNumber> {
			gpu_chain_runtime_api::NodeLiveness {
				uptime: ProviderRegistry::uptime(&node),
				last_seen: ProviderRegistry::last_seen(&node),
				next_heartbeat: ProviderRegistry::next_heartbeat(&node),
				earning: <(Marketplace, Rental) as OpenWork<AccountId>>::has_open_work(&node),
			}
		}
		fn trust_level(node: NodeId) -> TrustLevel {
			ProviderStaking::trust_level(&node)
		}
		fn stake(node: NodeId) -> Option<pallet_provider_staking::StakeLedger<AccountId, Balance, BlockNumber>> {
			ProviderStaking::stake(&node)
		}
		fn commitment(node: NodeId) -> Option<pallet_provider_staking::Commitment<AccountId, Balance, BlockNumber>> {
			ProviderStaking::commitment(&node)
		}
		fn pending_slashes(
			node: NodeId,
			cursor: Option<SlashId>,
			limit: u32,
		) -> Page<(SlashId, pallet_provider_staking::PendingSlash<AccountId, Balance, BlockNumber>), SlashId> {
			ProviderStaking::pending_slashes(&node, cursor, limit)
		}
		fn track_record(node: NodeId) -> TrackRecord {
			Reputation::track_record(&node)
		}
		fn reputation_history(node: NodeId) -> Vec<pallet_reputation::ScoreChange<BlockNumber>> {
			Reputation::history(&node)
		}
	}

	impl gpu_chain_runtime_api::UserApi<Block, AccountId, BlockNumber> for Runtime {
		fn user(who: AccountId) -> Option<pallet_user_registry::User<BlockNumber>> {
			UserRegistry::user(&who)
		}
		fn account_of(address: sp_core::H160) -> Option<AccountId> {
			UserRegistry::account_of(address)
		}
		fn link_message(who: AccountId) -> Option<Vec<u8>> {
			UserRegistry::link_message(&who)
		}
	}

	impl gpu_chain_runtime_api::RoleApi<Block, AccountId, Balance, BlockNumber> for Runtime {
		fn role(who: AccountId) -> gpu_chain_runtime_api::AccountRoles<BlockNumber> {
			gpu_chain_runtime_api::AccountRoles {
				king: NodeRoles::is_king(&who),
				queen: NodeRoles::queen(&who).map(|queen| queen.state),
				live_queen: NodeRoles::is_live_queen(&who),
				provider: pallet_provider_registry::OwnedCounts::<Runtime>::get(&who) > 0,
			}
		}
		fn kings() -> Vec<AccountId> {
			pallet_node_roles::Kings::<Runtime>::get().into_inner()
		}
		fn queen(who: AccountId) -> Option<pallet_node_roles::Queen<AccountId, Balance, BlockNumber>> {
			NodeRoles::queen(&who)
		}
		fn queens(cursor: Option<AccountId>, limit: u32) -> Page<AccountId, AccountId> {
			NodeRoles::queens(cursor, limit)
		}
		fn sponsorship(node: NodeId) -> Option<pallet_node_roles::Sponsorship<AccountId, BlockNumber>> {
			NodeRoles::sponsorship(&node)
		}
		fn nodes_of_queen(queen: AccountId, cursor: Option<NodeId>, limit: u32) -> Page<NodeId, NodeId> {
			NodeRoles::nodes_of_queen(&queen, cursor, limit)
		}
		fn audit(node: NodeId) -> Option<pallet_node_roles::Audit<AccountId, BlockNumber>> {
			NodeRoles::audit(&node)
		}
		fn awaits_sponsor(node: NodeId) -> bool {
			ProviderRegistry::awaits_sponsor(&node)
		}
	}

	impl gpu_chain_runtime_api::TaskApi<Block, AccountId, AssetKind, Balance, BlockNumber> for Runtime {
		fn task(task: TaskId) -> Option<pallet_marketplace::Task<AccountId, AssetKind, Balance, BlockNumber>> {
			Marketplace::task(task)
		}
		fn open_tasks(resource_type: ResourceType, cursor: Option<TaskId>, limit: u32) -> Page<TaskId, TaskId> {
			Marketplace::open_tasks(resource_type, cursor, limit)
		}
		fn tasks_by_buyer(buyer: AccountId, cursor: Option<TaskId>, limit: u32) -> Page<TaskId, TaskId> {
			Marketplace::tasks_by_buyer(&buyer, cursor, limit)
		}
		fn tasks_by_node(node: NodeId, cursor: Option<TaskId>, limit: u32) -> Page<TaskId, TaskId> {
			Marketplace::tasks_by_node(&node, cursor, limit)
		}
		fn estimate_cost(resource_type: ResourceType, power: HashRate, duration_secs: u32) -> Balance {
			Marketplace::estimate_cost(resource_type, power, duration_secs)
		}
	}

	impl gpu_chain_runtime_api::MatchingApi<Block, AccountId, AssetKind, Balance, BlockNumber> for Runtime {
		fn rank(
			terms: MatchTerms,
			cursor: Option<RankCursor>,
			limit: u32,
		) -> Option<Page<RankedNode, RankCursor>> {
			Matching::rank(&terms, cursor, limit)
		}
		fn evaluate(terms: MatchTerms, node: NodeId, price: u128) -> Result<u32, Unfit> {
			let candidate = configs::matching::KnownNodes::candidate(&node).ok_or(Unfit::Unknown)?;
			terms.evaluate(&candidate, price)
		}
		fn auction(
			auction: AuctionId,
		) -> Option<pallet_matching::Auction<AccountId, AssetKind, Balance, BlockNumber>> {
			Matching::auction(auction)
		}
		fn auction_of_task(
			task: TaskId,
		) -> Option<(AuctionId, pallet_matching::Auction<AccountId, AssetKind, Balance, BlockNumber>)> {
			Matching::auction_of_task(task)
		}
		fn auction_phase(auction: AuctionId) -> Option<pallet_matching::AuctionPhase> {
			Matching::auction_phase(auction)
		}
		fn bid(auction: AuctionId, node: NodeId) -> Option<pallet_matching::Bid<AccountId, Balance>> {
			Matching::bid(auction, &node)
		}
		fn bids(
			auction: AuctionId,
			cursor: Option<NodeId>,
			limit: u32,
		) -> Page<(NodeId, pallet_matching::Bid<AccountId, Balance>), NodeId> {
			Matching::bids(auction, cursor, limit)
		}
		fn bids_by_bidder(
			bidder: AccountId,
			cursor: Option<(AuctionId, NodeId)>,
			limit: u32,
		) -> Page<(AuctionId, NodeId), (AuctionId, NodeId)> {
			Matching::bids_by_bidder(&bidder, cursor, limit)
		}
	}

	impl gpu_chain_runtime_api::RentalApi<Block, AccountId, AssetKind, Balance, BlockNumber> for Runtime {
		fn rental(rental: RentalId) -> Option<pallet_rental::Rental<AccountId, AssetKind, Balance, BlockNumber>> {
			Rental::rental(rental)
		}
		fn phase(rental: RentalId) -> Option<pallet_rental::Phase> {
			Rental::phase(rental)
		}
		fn rules() -> pallet_rental::types::Rules {
			Rental::rules()
		}
		fn rentals_by_renter(renter: AccountId, cursor: Option<RentalId>, limit: u32) -> Page<RentalId, RentalId> {
			Rental::rentals_by_renter(&renter, cursor, limit)
		}
		fn rentals_by_node(node: NodeId, cursor: Option<RentalId>, limit: u32) -> Page<RentalId, RentalId> {
			Rental::rentals_by_node(&node, cursor, limit)
		}
		fn listings(
			node: NodeId,
			cursor: Option<GpuIndex>,
			limit: u32,
		) -> Page<(GpuIndex, pallet_rental::Listing<AssetKind, Balance>), GpuIndex> {
			Rental::listings(&node, cursor, limit)
		}
		fn schedule(node: NodeId, gpu: GpuIndex) -> Vec<Booking> {
			Rental::schedule(&node, gpu)
		}
		fn quote(node: NodeId, gpus: Gpus, duration: Millis) -> Option<(AssetKind, Balance)> {
			Rental::quote(&node, &gpus, duration)
		}
	}

	impl gpu_chain_runtime_api::PriceApi<Block, AssetKind, Balance> for Runtime {
		fn price(asset: AssetKind) -> Option<pallet_price_index::Quote> {
			PriceIndex::quote(&asset)
		}
		fn to_usd(asset: AssetKind, amount: Balance) -> Option<MicroUsd> {
			PriceIndex::to_usd(&asset, amount)
		}
		fn from_usd(asset: AssetKind, usd: MicroUsd) -> Option<Balance> {
			PriceIndex::from_usd(&asset, usd)
		}
	}

	impl gpu_chain_runtime_api::PaymentApi<Block, AccountId, AssetKind, Balance, BlockNumber> for Runtime {
		fn prepaid_balance(owner: AccountId, asset: AssetKind) -> Balance {
			Payments::balance(&owner, &asset)
		}
		fn prepaid_balances(
			owner: AccountId,
			cursor: Option<AssetKind>,
			limit: u32,
		) -> Page<(AssetKind, Balance), AssetKind> {
			Payments::balances(&owner, cursor, limit)
		}
		fn allowance(
			owner: AccountId,
			spender: AccountId,
			asset: AssetKind,
		) -> Option<pallet_payments::Allowance<Balance, BlockNumber>> {
			Payments::allowance(&owner, &spender, &asset)
		}
		fn allowances(
			owner: AccountId,
			cursor: Option<(AccountId, AssetKind)>,
			limit: u32,
		) -> Page<pallet_payments::Grant<AccountId, AssetKind, Balance, BlockNumber>, (AccountId, AssetKind)> {
			Payments::allowances(&owner, cursor, limit)
		}
	}

	impl pallet_asset_conversion::AssetConversionApi<Block, Balance, AssetKind> for Runtime {
		fn quote_price_tokens_for_exact_tokens(
			asset1: AssetKind,
			asset2: AssetKind,
			amount: Balance,
			include_fee: bool,
		) -> Option<Balance> {
			AssetConversion::quote_price_tokens_for_exact_tokens(asset1, asset2, amount, include_fee)
		}
		fn quote_price_exact_tokens_for_tokens(
			asset1: AssetKind,
			asset2: AssetKind,
			amount: Balance,
			include_fee: bool,
		) -> Option<Balance> {
			AssetConversion::quote_price_exact_tokens_for_tokens(asset1, asset2, amount, include_fee)
		}
		fn get_reserves(asset1: AssetKind, asset2: AssetKind) -> Option<(Balance, Balance)> {
			AssetConversion::get_reserves(asset1, asset2).ok()
		}
	}

	impl gpu_chain_runtime_api::EscrowApi<Block, AccountId, AssetKind, Balance, BlockNumber> for Runtime {
		fn escrow(key: EscrowKey) -> Option<pallet_escrow::EscrowRecord<AccountId, AssetKind, Balance, BlockNumber>> {
			Escrow::escrow(key)
		}
	}

	impl gpu_chain_runtime_api::DisputeApi<Block, AccountId, AssetKind, Balance, BlockNumber> for Runtime {
		fn dispute(dispute: DisputeId) -> Option<pallet_disputes::Dispute<AccountId, AssetKind, Balance, BlockNumber>> {
			Disputes::dispute(dispute)
		}
		fn dispute_of(key: EscrowKey) -> Option<DisputeId> {
			Disputes::dispute_of(key)
		}
		fn open_disputes(cursor: Option<DisputeId>, limit: u32) -> Page<DisputeId, DisputeId> {
			Disputes::open_disputes(cursor, limit)
		}
		fn dispute_phase(dispute: DisputeId) -> Option<pallet_disputes::DisputePhase> {
			Disputes::phase(dispute)
		}
		fn evidence(
			dispute: DisputeId,
			side: pallet_disputes::Side,
		) -> Vec<pallet_disputes::Evidence<BlockNumber>> {
			Disputes::evidence(dispute, side)
		}
		fn ballots(dispute: DisputeId) -> Vec<pallet_disputes::Ballot<AccountId>> {
			Disputes::ballots(dispute)
		}
		fn claimable_fee(dispute: DisputeId, arbitrator: AccountId) -> Balance {
			Disputes::claimable_fee(dispute, &arbitrator)
		}
		fn arbitrators() -> Vec<AccountId> {
			Arbitrators::members().to_vec()
		}
	}

	impl gpu_chain_runtime_api::EvmBridgeApi<Block, AccountId, AssetKind, Balance> for Runtime {
		fn chains() -> Vec<gpu_chain_runtime_api::BridgedChain<Balance>> {
			EvmBridge::chains()
				.into_iter()
				.map(|(chain_id, chain, paused_since)| gpu_chain_runtime_api::BridgedChain {
					chain_id,
					chain,
					paused_since,
					headers: EvmBridge::header_range(chain_id),
					rotation: EvmBridge::rotation(chain_id),
					outbound_nonce: pallet_evm_bridge::OutboundNonce::<Runtime>::get(chain_id),
					fees: pallet_evm_bridge::Fees::<Runtime>::get(chain_id),
				})
				.collect()
		}
		fn bridge_account() -> AccountId {
			EvmBridge::account_id()
		}
		fn running_set() -> Option<gpu_chain_runtime_api::RunningSet<AccountId>> {
			let (set_id, members, members_hash) = EvmBridge::authority_set()?;
			Some(gpu_chain_runtime_api::RunningSet { set_id, members, members_hash })
		}
		fn gateway_set(chain_id: ChainId, set_id: u64) -> Option<bridge::GatewaySet<AccountId>> {
			EvmBridge::gateway_set(chain_id, set_id)
		}
		fn header(chain_id: ChainId, number: u64) -> Option<bridge::AcceptedHeader> {
			EvmBridge::header(chain_id, number)
		}
		fn routes(
			chain_id: ChainId,
			cursor: Option<sp_core::H160>,
			limit: u32,
		) -> Page<(sp_core::H160, bridge::Route<AssetKind, Balance>), sp_core::H160> {
			EvmBridge::routes(chain_id, cursor, limit)
		}
		fn available(chain_id: ChainId, token: sp_core::H160, direction: bridge::Direction) -> Option<Balance> {
			EvmBridge::available(chain_id, token, direction)
		}
		fn is_claimed(chain_id: ChainId, nonce: bridge::Nonce) -> bool {
			EvmBridge::is_used(chain_id, nonce)
		}
		fn suspended(
			chain_id: ChainId,
			cursor: Option<bridge::CreditKey>,
			limit: u32,
		) -> Page<(bridge::CreditKey, bridge::Suspended<AccountId>), bridge::CreditKey> {
			EvmBridge::suspended(chain_id, cursor, limit)
		}
		fn withdrawals(
			chain_id: ChainId,
			cursor: Option<bridge::WithdrawalId>,
			limit: u32,
		) -> Page<(bridge::WithdrawalId, bridge::Queued<AccountId, AssetKind, Balance>), bridge::WithdrawalId> {
			EvmBridge::withdrawals(chain_id, cursor, limit)
		}
		fn outbox(
			chain_id: ChainId,
			cursor: Option<bridge::Nonce>,
			limit: u32,
		) -> Page<(bridge::Nonce, bridge::OutboundItem<AccountId, AssetKind, Balance>), bridge::Nonce> {
			EvmBridge::outbox(chain_id, cursor, limit)
		}
		fn payload(chain_id: ChainId, subject: bridge::Subject) -> Option<bridge::Payload> {
			EvmBridge::payload(chain_id, subject)
		}
		fn signatures(chain_id: ChainId, subject: bridge::Subject) -> bridge::Signatures {
			EvmBridge::signatures(chain_id, subject)
		}
		fn account_word(account: AccountId) -> sp_core::H256 {
			EvmBridge::word_of_account(&account)
		}
	}

	impl gpu_chain_runtime_api::WorkApi<Block, AccountId, Balance, BlockNumber> for Runtime {
		fn current_round() -> Option<pallet_work_verification::Round<BlockNumber>> {
			WorkVerification::current_round()
		}
		fn round_history() -> Vec<pallet_work_verification::RoundSummary<BlockNumber>> {
			WorkVerification::round_history()
		}
		fn round_seed(node: NodeId) -> Option<sp_core::H256> {
			WorkVerification::round_seed(&node)
		}
		fn check_proof(
			seed: sp_core::H256,
			nonces: Vec<u64>,
		) -> Result<u128, pallet_work_verification::ProofFault> {
			WorkVerification::check_proof(&seed, &nonces)
		}
		fn challenge(node: NodeId) -> Option<pallet_work_verification::Challenge<AccountId, BlockNumber>> {
			WorkVerification::challenge(&node)
		}
		fn node_work(node: NodeId) -> pallet_work_verification::NodeWork<BlockNumber> {
			WorkVerification::node_work(&node)
		}
		fn verification_history(node: NodeId) -> Vec<pallet_work_verification::VerificationResult<BlockNumber>> {
			WorkVerification::verification_history(&node)
		}
		fn verified_power(node: NodeId) -> HashRate {
			WorkVerification::verified_power(&node)
		}
		fn power_vector(node: NodeId) -> PowerVector {
			WorkVerification::power_vector(&node)
		}
		fn price_per_power(node: NodeId) -> Option<Balance> {
			let ask = ProviderRegistry::node(&node)?.ask_per_hour;
			ask.saturating_mul(1_000_000).checked_div(WorkVerification::verified_power(&node))
		}
		fn current_lottery() -> Option<pallet_work_verification::Lottery<BlockNumber>> {
			WorkVerification::current_lottery()
		}
		fn lottery_job(node: NodeId, device: u8) -> Option<pallet_work_verification::LotteryJob<BlockNumber>> {
			WorkVerification::lottery_job(&node, device)
		}
		fn power_claims(
			node: NodeId,
			cursor: Option<(ProofKind, u8)>,
			limit: u32,
		) -> Page<pallet_work_verification::ClaimEntry, (ProofKind, u8)> {
			WorkVerification::power_claims(&node, cursor, limit)
		}
		fn power_commitments(
			node: NodeId,
			kind: ProofKind,
			device: u8,
		) -> Vec<(u32, pallet_work_verification::Commitment<BlockNumber>)> {
			WorkVerification::power_commitments(&node, kind, device)
		}
		fn false_ticket(
			node: NodeId,
			kind: ProofKind,
			device: u8,
			round: u32,
			tickets: Vec<u64>,
		) -> Option<(u32, pallet_work_verification::TicketFault)> {
			WorkVerification::false_ticket(&node, kind, device, round, &tickets)
		}
	}

	impl gpu_chain_runtime_api::HybridPowApi<Block> for Runtime {
		fn next_work() -> Option<sp_core::U256> {
			HybridPow::next_work()
		}
		fn minimum_difficulty() -> sp_core::U256 {
			pallet_hybrid_pow::MinimumDifficulty::<Runtime>::get()
		}
		fn pow_stats() -> gpu_chain_primitives::pow::PowStats {
			HybridPow::stats()
		}
	}

	impl sp_consensus_pow::DifficultyApi<Block, sp_core::U256> for Runtime {
		fn difficulty() -> sp_core::U256 {
			pallet_hybrid_pow::Difficulty::<Runtime>::get()
		}
	}

	#[cfg(feature = "runtime-benchmarks")]
	impl frame_benchmarking::Benchmark<Block> for Runtime {
		fn benchmark_metadata(
			extra: bool,
		) -> (Vec<frame_benchmarking::BenchmarkList>, Vec<frame_support::traits::StorageInfo>) {
			benchmarks::metadata(extra)
		}
		#[allow(non_local_definitions)]
		fn dispatch_benchmark(
			config: frame_benchmarking::BenchmarkConfig,
		) -> Result<Vec<frame_benchmarking::BenchmarkBatch>, alloc::string::String> {
			benchmarks::dispatch(config)
		}
	}

	#[cfg(feature = "try-runtime")]
	impl frame_try_runtime::TryRuntime<Block> for Runtime {
		fn on_runtime_upgrade(checks: frame_try_runtime::UpgradeCheckSelect) -> (Weight, Weight) {
			let weight = Executive::try_runtime_upgrade(checks).expect("try-runtime is only run off chain");
			(weight, configs::system::RuntimeBlockWeights::get().max_block)
		}
		fn execute_block(
			block: <Block as BlockT>::LazyBlock,
			state_root_check: bool,
			signature_check: bool,
			select: frame_try_runtime::TryStateSelect,
		) -> Weight {
			Executive::try_execute_block(block, state_root_check, signature_check, select)
				.expect("try-runtime is only run off chain")
		}
	}
}
