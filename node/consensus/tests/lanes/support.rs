//! A chain in memory: a real client, GRANDPA's, BABE's and this crate's import over it, and a runtime that is ordinary
//! code: it counts what it is asked, and answers what a test tells it to.

#![allow(dead_code)] // the benchmark uses less of it than the tests do

use codec::Encode;
use futures::executor::block_on;
use gpu_chain_consensus::{
	digest::{pow_pre_digests, pow_seal},
	Equivocations, HybridBlockImport, HybridVerifier, Metrics, RestoreOrigin,
};
use gpu_chain_primitives::pow::{PowSeal, PowStats};
use gpu_work::{block_input, meets_target, target_for_difficulty};
use sc_chain_spec::GenesisBlockBuilder;
use sc_client_db::{BlocksPruning, DatabaseSettings, DatabaseSource, PruningMode};
use sc_consensus::{
	import_queue::{import_single_block, BlockImportError, BlockImportStatus, IncomingBlock, Verifier},
	BlockCheckParams, BlockImport, BlockImportParams, ImportResult, ImportedState, LongestChain,
};
use sc_consensus_babe::{
	authorship, AuthorityId, BabeBlockImport, BabeConfiguration, BabeLink, BabeVerifier, BuildVerifierParams, Epoch,
};
use sc_consensus_epochs::descendent_query;
use sc_consensus_grandpa::GrandpaBlockImport;
use sc_executor::RuntimeVersionOf;
use sc_service::{
	client::{new_with_backend, Client as FullClient, LocalCallExecutor},
	ClientConfig,
};
use sc_transaction_pool_api::{OffchainTransactionPoolFactory, RejectAllTxPool};
use sp_api::impl_runtime_apis;
use sp_blockchain::{HeaderBackend, Info};
use sp_consensus::{BlockOrigin, Error as ConsensusError};
use sp_consensus_babe::{
	digests::{CompatibleDigestItem, NextEpochDescriptor, PreDigest},
	inherents::InherentDataProvider as SlotProvider,
	AllowedSlots, ConsensusLog, EquivocationProof, OpaqueKeyOwnershipProof, Slot, SlotDuration, BABE_ENGINE_ID,
};
use sp_core::{
	crypto::KeyTypeId,
	testing::TaskExecutor,
	traits::{CallContext, CodeExecutor, Externalities, ReadRuntimeVersion, RuntimeCode},
	H256, U256,
};
use sp_crypto_hashing::keccak_256;
use sp_inherents::{CheckInherentsResult, CreateInherentDataProviders, InherentData};
use sp_keyring::{Ed25519Keyring, Sr25519Keyring};
use sp_keystore::{testing::MemoryKeystore, Keystore, KeystorePtr};
use sp_runtime::{
	generic,
	traits::{BlakeTwo256, Block as BlockT, Header as HeaderT},
	transaction_validity::{InvalidTransaction, TransactionValidityError},
	AccountId32, ApplyExtrinsicResult, DigestItem, ExtrinsicInclusionMode, OpaqueExtrinsic,
};
use sp_state_machine::{KeyValueStates, KeyValueStorageLevel};
use sp_storage::{well_known_keys, Storage};
use sp_timestamp::{InherentDataProvider as TimeProvider, Timestamp};
use sp_version::RuntimeVersion;
use std::{
	borrow::Cow,
	cell::RefCell,
	collections::BTreeMap,
	error::Error,
	sync::{Arc, Mutex},
};
use substrate_prometheus_endpoint::Registry;

pub type Header = generic::Header<u32, BlakeTwo256>;
pub type Block = generic::Block<Header, OpaqueExtrinsic>;
pub type Backend = sc_client_db::Backend<Block>;
pub type Client = FullClient<Backend, LocalCallExecutor<Block, Backend, Native>, Block, RuntimeApi>;
pub type Heads = LongestChain<Backend, Block>;
pub type Finality = Spy<GrandpaBlockImport<Backend, Block, Client, Heads>>;
pub type Babe = BabeBlockImport<Block, Client, RestoreOrigin<Finality>, Clock, Heads>;
pub type Import = HybridBlockImport<Block, Client, Babe, Heads>;

/// The slots of the tests: long, so that none begins in the midst of one.
pub const SLOT_DURATION: u64 = 3_000;
/// What the tests' chain never goes below: a few tries.
pub const FLOOR: u64 = 8;
/// What stands where a chain has its code.
const CODE: &[u8] = b"the runtime is native";
const BABE_KEYS: KeyTypeId = sp_core::crypto::key_types::BABE;

/// What the runtime answers, and what it was asked.
pub struct Answers {
	/// The configuration of BABE at genesis.
	babe: BabeConfiguration,
	/// Where the first epoch began.
	epoch_start: Mutex<u64>,
	/// The difficulty that is due on any parent.
	pub due: Mutex<Option<U256>>,
	/// Whether the sessions know the validators.
	pub knows_validators: Mutex<bool>,
	/// Equivocations that were reported to it.
	pub reports: Mutex<Vec<EquivocationProof<Header>>>,
	/// How often each function was called.
	calls: Mutex<BTreeMap<String, u64>>,
}

impl Answers {
	/// How often that function was called.
	pub fn calls_of(&self, function: &str) -> u64 {
		self.calls.lock().unwrap().get(function).copied().unwrap_or(0)
	}

	/// How often any function was called.
	pub fn calls(&self) -> u64 {
		self.calls.lock().unwrap().values().sum()
	}
}

thread_local! {
	/// Whom the runtime answers for.
	static ANSWERS: RefCell<Option<Arc<Answers>>> = const { RefCell::new(None) };
}

fn answers() -> Arc<Answers> {
	ANSWERS.with(|answers| answers.borrow().clone()).expect("only `Native` calls the runtime")
}

const VERSION: RuntimeVersion = RuntimeVersion {
	spec_name: Cow::Borrowed("lanes"),
	impl_name: Cow::Borrowed("lanes"),
	authoring_version: 1,
	spec_version: 1,
	impl_version: 1,
	apis: RUNTIME_API_VERSIONS,
	transaction_version: 1,
	system_version: 1,
};

struct Runtime;

impl_runtime_apis! {
	impl sp_api::Core<Block> for Runtime {
		fn version() -> RuntimeVersion {
			VERSION
		}

		// No block changes the state.
		fn execute_block(_: <Block as BlockT>::LazyBlock) {}

		fn initialize_block(_: &Header) -> ExtrinsicInclusionMode {
			ExtrinsicInclusionMode::AllExtrinsics
		}
	}

	impl sp_block_builder::BlockBuilder<Block> for Runtime {
		fn apply_extrinsic(_: OpaqueExtrinsic) -> ApplyExtrinsicResult {
			Err(TransactionValidityError::Invalid(InvalidTransaction::Call))
		}

		fn finalize_block() -> Header {
			Header::new(0, H256::zero(), H256::zero(), H256::zero(), Default::default())
		}

		fn inherent_extrinsics(_: InherentData) -> Vec<OpaqueExtrinsic> {
			Vec::new()
		}

		fn check_inherents(_: <Block as BlockT>::LazyBlock, _: InherentData) -> CheckInherentsResult {
			CheckInherentsResult::new()
		}
	}

	impl sp_consensus_babe::BabeApi<Block> for Runtime {
		fn configuration() -> BabeConfiguration {
			answers().babe.clone()
		}

		fn current_epoch_start() -> Slot {
			Self::current_epoch().start_slot
		}

		fn current_epoch() -> sp_consensus_babe::Epoch {
			let answers = answers();
			let start = *answers.epoch_start.lock().unwrap();
			(*Epoch::genesis(&answers.babe, start.into())).clone()
		}

		fn next_epoch() -> sp_consensus_babe::Epoch {
			let mut epoch = Self::current_epoch();
			epoch.epoch_index += 1;
			epoch.start_slot = epoch.start_slot + epoch.duration;
			epoch
		}

		fn generate_key_ownership_proof(_: Slot, _: AuthorityId) -> Option<OpaqueKeyOwnershipProof> {
			answers().knows_validators.lock().unwrap().then(|| OpaqueKeyOwnershipProof::new(Vec::new()))
		}

		fn submit_report_equivocation_unsigned_extrinsic(
			proof: EquivocationProof<Header>,
			_: OpaqueKeyOwnershipProof,
		) -> Option<()> {
			answers().reports.lock().unwrap().push(proof);
			Some(())
		}
	}

	impl sp_consensus_grandpa::GrandpaApi<Block> for Runtime {
		fn grandpa_authorities() -> sp_consensus_grandpa::AuthorityList {
			vec![(Ed25519Keyring::Alice.public().into(), 1)]
		}

		fn submit_report_equivocation_unsigned_extrinsic(
			_: sp_consensus_grandpa::EquivocationProof<H256, u32>,
			_: sp_consensus_grandpa::OpaqueKeyOwnershipProof,
		) -> Option<()> {
			None
		}

		fn generate_key_ownership_proof(
			_: sp_consensus_grandpa::SetId,
			_: sp_consensus_grandpa::AuthorityId,
		) -> Option<sp_consensus_grandpa::OpaqueKeyOwnershipProof> {
			None
		}

		fn current_set_id() -> sp_consensus_grandpa::SetId {
			0
		}
	}

	impl gpu_chain_runtime_api::HybridPowApi<Block> for Runtime {
		fn next_work() -> Option<U256> {
			*answers().due.lock().unwrap()
		}

		fn minimum_difficulty() -> U256 {
			FLOOR.into()
		}

		fn pow_stats() -> PowStats {
			PowStats::default()
		}
	}
}

/// Runs the runtime above, whatever code the chain has.
#[derive(Clone)]
pub struct Native(Arc<Answers>);

impl CodeExecutor for Native {
	type Error = String;

	fn call(
		&self,
		_: &mut dyn Externalities,
		_: &RuntimeCode,
		method: &str,
		data: &[u8],
		_: CallContext,
	) -> (Result<Vec<u8>, String>, bool) {
		*self.0.calls.lock().unwrap().entry(method.into()).or_default() += 1;
		let before = ANSWERS.with(|answers| answers.replace(Some(self.0.clone())));
		let result = api::dispatch(method, data);
		ANSWERS.with(|answers| answers.replace(before));
		(result.ok_or_else(|| format!("the runtime has no {method}")), true)
	}
}

impl ReadRuntimeVersion for Native {
	fn read_runtime_version(&self, _: &[u8], _: &mut dyn Externalities) -> Result<Vec<u8>, String> {
		Ok(VERSION.encode())
	}
}

impl RuntimeVersionOf for Native {
	fn runtime_version(
		&self,
		_: &mut dyn Externalities,
		_: &RuntimeCode,
	) -> Result<RuntimeVersion, sc_executor::error::Error> {
		Ok(VERSION)
	}
}

/// Notes what comes past BABE's import.
#[derive(Clone)]
pub struct Spy<Inner> {
	inner: Inner,
	seen: Arc<Mutex<Vec<(BlockOrigin, usize)>>>,
}

#[async_trait::async_trait]
impl<Inner: BlockImport<Block> + Send + Sync> BlockImport<Block> for Spy<Inner> {
	type Error = Inner::Error;

	async fn check_block(&self, block: BlockCheckParams<Block>) -> Result<ImportResult, Self::Error> {
		self.inner.check_block(block).await
	}

	async fn import_block(&self, block: BlockImportParams<Block>) -> Result<ImportResult, Self::Error> {
		self.seen.lock().unwrap().push((block.origin, block.intermediates.len()));
		self.inner.import_block(block).await
	}
}

/// The machine's clock, as the node has it.
#[derive(Clone)]
pub struct Clock;

#[async_trait::async_trait]
impl CreateInherentDataProviders<Block, ()> for Clock {
	type InherentDataProviders = (SlotProvider, TimeProvider);

	async fn create_inherent_data_providers(
		&self,
		_: H256,
		_: (),
	) -> Result<Self::InherentDataProviders, Box<dyn Error + Send + Sync>> {
		let time = TimeProvider::from_system_time();
		Ok((SlotProvider::from_timestamp_and_slot_duration(*time, SlotDuration::from_millis(SLOT_DURATION)), time))
	}
}

/// A chain whose only validator is Alice, so that every even slot is hers, and everything that takes blocks for it.
pub struct Chain {
	pub client: Arc<Client>,
	pub backend: Arc<Backend>,
	pub answers: Arc<Answers>,
	pub link: BabeLink<Block>,
	pub import: Import,
	/// BABE's import alone, over the same client: what there would be without this crate.
	pub stock: Babe,
	pub verifier: HybridVerifier<Block, Client, BabeVerifier<Block, Client>>,
	pub registry: Registry,
	/// What counts there.
	pub metrics: Metrics,
	keystore: KeystorePtr,
	seen: Arc<Mutex<Vec<(BlockOrigin, usize)>>>,
}

impl Chain {
	/// A chain of one long epoch.
	pub fn new() -> Self {
		Self::with_epochs_of(10_000)
	}

	/// A chain whose epochs have that many slots.
	pub fn with_epochs_of(slots: u64) -> Self {
		let alice = Sr25519Keyring::Alice;
		let keystore = MemoryKeystore::new();
		keystore.sr25519_generate_new(BABE_KEYS, Some(&alice.to_seed())).unwrap();
		let babe = BabeConfiguration {
			slot_duration: SLOT_DURATION,
			epoch_length: slots,
			c: (1, 4),
			authorities: vec![(alice.public().into(), 1)],
			randomness: [0; 32],
			allowed_slots: AllowedSlots::PrimaryAndSecondaryVRFSlots,
		};
		let answers = Arc::new(Answers {
			babe: babe.clone(),
			epoch_start: Mutex::new(0),
			due: Mutex::new(Some(FLOOR.into())),
			knows_validators: Mutex::new(true),
			reports: Default::default(),
			calls: Default::default(),
		});

		let native = Native(answers.clone());
		let database = DatabaseSettings {
			trie_cache_maximum_size: None,
			state_pruning: Some(PruningMode::ArchiveAll),
			source: DatabaseSource::Custom { db: Arc::new(sp_database::MemDb::new()), require_create_flag: true },
			blocks_pruning: BlocksPruning::KeepAll,
			pruning_filters: Vec::new(),
			metrics_registry: None,
		};
		let backend = Arc::new(Backend::new(database, 0).unwrap());
		let mut genesis = Storage::default();
		genesis.top.insert(well_known_keys::CODE.to_vec(), CODE.to_vec());
		let genesis = GenesisBlockBuilder::new_with_storage(genesis, true, backend.clone(), native.clone()).unwrap();
		let client: Client = new_with_backend(
			backend.clone(),
			native,
			genesis,
			Box::new(TaskExecutor::new()),
			None,
			None,
			ClientConfig::default(),
		)
		.unwrap();
		let client = Arc::new(client);

		let heads = Heads::new(backend.clone());
		let (finality, _votes) =
			sc_consensus_grandpa::block_import(client.clone(), 512, &client, heads.clone(), None).unwrap();
		let seen = Arc::new(Mutex::new(Vec::new()));
		let finality = Spy { inner: finality, seen: seen.clone() };
		let pool = OffchainTransactionPoolFactory::new(RejectAllTxPool::default());
		let (stock, link) = sc_consensus_babe::block_import(
			babe,
			RestoreOrigin::new(finality),
			client.clone(),
			Clock,
			heads.clone(),
			pool.clone(),
		)
		.unwrap();
		let registry = Registry::new();
		let metrics = Metrics::new(Some(&registry));
		let equivocations = Equivocations::new(client.clone(), link.clone(), heads, pool);
		let import =
			HybridBlockImport::new(stock.clone(), client.clone(), FLOOR.into(), equivocations, metrics.clone());
		let babe = sc_consensus_babe::build_verifier(BuildVerifierParams {
			client: client.clone(),
			slot_duration: link.config().slot_duration(),
			config: link.config().clone(),
			epoch_changes: link.epoch_changes().clone(),
			telemetry: None,
		});
		let verifier = HybridVerifier::new(client.clone(), link.clone(), babe, FLOOR.into(), metrics.clone());
		let keystore = Arc::new(keystore);
		Self { client, backend, answers, link, import, stock, verifier, registry, metrics, keystore, seen }
	}

	/// The first block.
	pub fn genesis(&self) -> Header {
		self.header(self.client.info().genesis_hash)
	}

	/// What the client knows of the chain.
	pub fn client_info(&self) -> Info<Block> {
		self.client.info()
	}

	/// Takes the block at which a warp sync arrives, and its state; its epoch began in that slot.
	pub fn import_state(&mut self, header: &Header, epoch_start: u64) {
		*self.answers.epoch_start.lock().unwrap() = epoch_start;
		let mut block = incoming(header);
		let state = [(well_known_keys::CODE.to_vec(), CODE.to_vec())];
		let level = KeyValueStorageLevel {
			state_root: Vec::new(),
			key_values: state.to_vec(),
			parent_storage_keys: Vec::new(),
		};
		block.state = Some(ImportedState { block: header.hash(), state: KeyValueStates(vec![level]) });
		self.take_incoming(BlockOrigin::NetworkInitialSync, block).unwrap();
	}

	/// The best block.
	pub fn best(&self) -> Header {
		self.header(self.client.info().best_hash)
	}

	/// The header of a block in the chain.
	pub fn header(&self, hash: H256) -> Header {
		self.client.header(hash).unwrap().expect("the block is in the chain")
	}

	/// A header on that parent with those logs. `salt` makes siblings differ.
	pub fn build(&self, parent: &Header, logs: Vec<DigestItem>, salt: u8) -> Header {
		Header {
			number: parent.number + 1,
			parent_hash: parent.hash(),
			// No block changes the state.
			state_root: parent.state_root,
			extrinsics_root: H256::repeat_byte(salt),
			digest: generic::Digest { logs },
		}
	}

	/// How Alice may claim that slot after that parent.
	pub fn claim(&self, parent: &Header, slot: u64) -> PreDigest {
		let epoch = self
			.link
			.epoch_changes()
			.shared_data()
			.epoch_data_for_child_of(
				descendent_query(&*self.client),
				&parent.hash(),
				parent.number,
				slot.into(),
				|slot| Epoch::genesis(self.link.config(), slot),
			)
			.unwrap()
			.expect("the parent is in the chain");
		authorship::claim_slot(slot.into(), &epoch, &self.keystore).expect("Alice is alone").0
	}

	/// The logs of Alice's block in that slot, without a seal.
	pub fn validators_logs(&self, parent: &Header, slot: u64) -> Vec<DigestItem> {
		let mut logs = vec![DigestItem::babe_pre_digest(self.claim(parent, slot))];
		let descriptor = self
			.link
			.epoch_changes()
			.shared_data()
			.epoch_descriptor_for_child_of(descendent_query(&*self.client), &parent.hash(), parent.number, slot.into())
			.unwrap()
			.expect("the parent is in the chain");
		if slot_of(parent) < *descriptor.start_slot() {
			let next = NextEpochDescriptor {
				authorities: self.link.config().authorities.clone(),
				randomness: self.link.config().randomness,
			};
			logs.push(DigestItem::Consensus(BABE_ENGINE_ID, ConsensusLog::NextEpochData(next).encode()));
		}
		logs
	}

	/// Alice's block in that slot.
	pub fn validators_block(&self, parent: &Header, slot: u64, salt: u8) -> Header {
		self.sign(self.build(parent, self.validators_logs(parent, slot), salt))
	}

	/// Alice's seal on any header.
	pub fn sign(&self, mut header: Header) -> Header {
		let signature = self
			.keystore
			.sr25519_sign(BABE_KEYS, &Sr25519Keyring::Alice.public(), header.hash().as_ref())
			.unwrap()
			.expect("Alice's key is there");
		header.digest.push(DigestItem::babe_seal(signature.into()));
		header
	}

	/// Bob's block in the slot after the parent's, of the difficulty that is due.
	pub fn miners_block(&self, parent: &Header, salt: u8) -> Header {
		mine(self.build(parent, miners_logs(slot_of(parent) + 1), salt))
	}

	/// What the import queue makes of a block.
	pub fn take_incoming(
		&mut self,
		origin: BlockOrigin,
		block: IncomingBlock<Block>,
	) -> Result<BlockImportStatus<u32>, BlockImportError> {
		block_on(import_single_block(&mut self.import, origin, block, &self.verifier))
	}

	/// The same, for a block that is executed.
	pub fn take_from(
		&mut self,
		origin: BlockOrigin,
		header: &Header,
	) -> Result<BlockImportStatus<u32>, BlockImportError> {
		self.take_incoming(origin, incoming(header))
	}

	/// The same, for a block that was just sent round.
	pub fn take(&mut self, header: &Header) -> Result<BlockImportStatus<u32>, BlockImportError> {
		self.take_from(BlockOrigin::NetworkBroadcast, header)
	}

	/// Takes a block that must be taken.
	pub fn must_take(&mut self, header: Header) -> Header {
		match self.take(&header) {
			Ok(BlockImportStatus::ImportedUnknown(..)) => header,
			other => panic!("the block was not imported: {other:?}"),
		}
	}

	/// Takes Alice's first block after the genesis, some time ago.
	pub fn start(&mut self) -> Header {
		let first = self.validators_block(&self.genesis(), first_slot(), 0);
		self.must_take(first)
	}

	/// The next even slot after that parent's, or the one after the next…, that Alice claims as a primary or not.
	pub fn slot_after(&self, parent: &Header, primary: bool) -> u64 {
		(slot_of(parent) / 2 + 1..)
			.map(|half| half * 2)
			.find(|slot| self.claim(parent, *slot).is_primary() == primary)
			.expect("one slot in four is a primary one")
	}

	/// What the verifier makes of a header.
	pub fn verify(&self, header: &Header) -> Result<BlockImportParams<Block>, String> {
		let mut block = BlockImportParams::new(BlockOrigin::NetworkBroadcast, header.clone());
		block.body = Some(Vec::new());
		block.post_hash = Some(header.hash());
		block_on(self.verifier.verify(block))
	}

	/// What the import makes of a block.
	pub fn import(&self, block: BlockImportParams<Block>) -> Result<ImportResult, ConsensusError> {
		block_on(self.import.import_block(block))
	}

	/// With which origin and how many intermediates the last block came past BABE's import.
	pub fn last_seen(&self) -> (BlockOrigin, usize) {
		*self.seen.lock().unwrap().last().expect("a block came past")
	}

	/// A counter's value.
	pub fn count(&self, name: &str, label: &str) -> u64 {
		let families = self.registry.gather();
		let family = families.iter().find(|family| family.get_name() == name);
		family
			.into_iter()
			.flat_map(|family| family.get_metric())
			.filter(|metric| metric.get_label()[0].get_value() == label)
			.map(|metric| metric.get_counter().get_value() as u64)
			.sum()
	}
}

/// An even slot so long ago that every test's blocks lie in the past, and not so long that equivocations are stale.
pub fn first_slot() -> u64 {
	(*now() - 600) & !1
}

/// The slot by the machine's clock.
pub fn now() -> Slot {
	Slot::from_timestamp(Timestamp::current(), SlotDuration::from_millis(SLOT_DURATION))
}

/// The slot of a header.
pub fn slot_of(header: &Header) -> u64 {
	*sc_consensus_babe::find_pre_digest::<Block>(header).expect("every header has a slot").slot()
}

/// Who mines.
pub fn bob() -> AccountId32 {
	Sr25519Keyring::Bob.to_account_id()
}

/// The logs of Bob's block in that slot, without a seal.
pub fn miners_logs(slot: u64) -> Vec<DigestItem> {
	pow_pre_digests(bob(), FLOOR.into(), slot.into())
}

/// The nonce from which on the target of that difficulty is met, or the one after it that is not.
pub fn nonce(header: &Header, difficulty: U256, met: bool) -> PowSeal {
	let target = target_for_difficulty(difficulty);
	(0u64..)
		.map(|nonce| U256::from(nonce).to_big_endian())
		.find(|nonce| meets_target(&keccak_256(&block_input(&header.hash().0, nonce)), &target) == met)
		.expect("there are enough nonces")
}

/// Seals a header with work of the chain's least difficulty.
pub fn mine(header: Header) -> Header {
	mine_at(header, FLOOR.into())
}

/// Seals a header with work.
pub fn mine_at(mut header: Header, difficulty: U256) -> Header {
	let nonce = nonce(&header, difficulty, true);
	header.digest.push(pow_seal(&nonce));
	header
}

/// A block without transactions, as the network hands it over.
pub fn incoming(header: &Header) -> IncomingBlock<Block> {
	IncomingBlock {
		hash: header.hash(),
		header: Some(header.clone()),
		body: Some(Vec::new()),
		indexed_body: None,
		justifications: None,
		origin: None,
		allow_missing_state: false,
		skip_execution: false,
		import_existing: false,
		state: None,
	}
}
