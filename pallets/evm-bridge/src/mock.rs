//! A runtime with the currencies of the real one, four validators with keys, and an EVM chain that is played.

use crate as pallet_evm_bridge;
use crate::{
	crypto::AuthorityId, types::*, AuthoritySetId, BridgeOffences, Call, ChainId, Event, HeaderVote, MemberIndex,
	Offence,
};
use frame_support::{
	assert_ok, derive_impl,
	dispatch::RawOrigin,
	parameter_types,
	traits::{
		fungible::{NativeFromLeft, NativeOrWithId, UnionOf},
		AsEnsureOriginWithArg, Authorize, ConstU128, ConstU32, OneSessionHandler, Time, UnfilteredDispatchable,
		VariantCountOf,
	},
	weights::Weight,
	BoundedVec, PalletId,
};
use frame_system::{mocking::MockUncheckedExtrinsic, EnsureRoot, EnsureSigned};
use gpu_chain_evm_client::{
	events::{emit, BatchExecuted, Cancelled, Deposit, MessageReceived, MessageSent, SetUpdated},
	header::Header as EvmHeader,
	proof::{prove_receipt, receipts_root},
	receipt::{Log, Receipt},
	Word,
};
use gpu_chain_primitives::{NodeId, PowerVector, ReportSubject, TaskId, WorkReport, WorkReports};
use sp_core::{ecdsa, Pair, H160, H256};
use sp_runtime::{
	transaction_validity::{TransactionSource, TransactionValidityError, ValidTransaction},
	BuildStorage, DispatchResult,
};
use std::cell::RefCell;

pub type AccountId = u64;
pub type Balance = u128;
pub type AssetKind = NativeOrWithId<u32>;
pub type Currencies = UnionOf<Balances, Assets, NativeFromLeft, AssetKind, AccountId>;
pub type HeldCurrencies = UnionOf<Balances, AssetsHolder, NativeFromLeft, AssetKind, AccountId>;
type Block = frame_system::mocking::MockBlock<Test>;
pub type Extrinsic = MockUncheckedExtrinsic<Test, (), frame_system::AuthorizeCall<Test>>;

pub const ALICE: AccountId = 1;
pub const BOB: AccountId = 2;
pub const RELAYER: AccountId = 3;
pub const GUARDIAN: AccountId = 4;
/// Holds nothing.
pub const NOBODY: AccountId = 9;
pub const TREASURY: AccountId = 100;
/// The first validator's account; the others follow.
pub const VALIDATOR: AccountId = 11;
pub const ETH: u32 = 1;
pub const USDC: u32 = 2;
pub const NATIVE: AssetKind = NativeOrWithId::Native;
pub const ETHER: AssetKind = NativeOrWithId::WithId(ETH);
/// The EVM chain's own money.
pub const ETH_TOKEN: H160 = H160::zero();
/// A token of six decimals. Only tests that need it give it a route.
pub const USD: AssetKind = NativeOrWithId::WithId(USDC);
pub const USDC_TOKEN: H160 = H160([0xcc; 20]);
/// The native money of this chain, over there.
pub const GPU_TOKEN: H160 = H160([0x60; 20]);
pub const ENDOWMENT: Balance = 1_000_000_000_000;
pub const EXISTENTIAL_DEPOSIT: Balance = 10;
pub const CHAIN: ChainId = 1;
pub const GATEWAY: H160 = H160([0xaa; 20]);
pub const GENESIS: H256 = H256([0x99; 32]);
/// What the moment is at the beginning, seconds.
pub const START: u64 = 1_700_000_000;
pub const LIMITS: Limits<Balance> =
	Limits { min: 10, max: 10_000, capacity: 20_000, refill: 100, delay_above: 5_000, delay: 50 };
pub const FEES: RelayerFees<Balance> =
	RelayerFees { withdrawal: 100, message: 50, gas: 2, max_gas: 1_000, rotation: 70 };
pub const ALIGNMENT: u32 = 4;

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		Balances: pallet_balances,
		Assets: pallet_assets,
		AssetsHolder: pallet_assets_holder,
		Bridge: pallet_evm_bridge,
	}
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
	type AccountData = pallet_balances::AccountData<Balance>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type Balance = Balance;
	type ExistentialDeposit = ConstU128<EXISTENTIAL_DEPOSIT>;
	type AccountStore = System;
	type RuntimeFreezeReason = RuntimeFreezeReason;
	type FreezeIdentifier = RuntimeFreezeReason;
	type MaxFreezes = VariantCountOf<RuntimeFreezeReason>;
}

#[derive_impl(pallet_assets::config_preludes::TestDefaultConfig)]
impl pallet_assets::Config for Test {
	type Balance = Balance;
	type AssetId = u32;
	type AssetIdParameter = u32;
	type Currency = Balances;
	type CreateOrigin = AsEnsureOriginWithArg<EnsureSigned<AccountId>>;
	type ForceOrigin = EnsureRoot<AccountId>;
	type Holder = AssetsHolder;
	type Freezer = ();
}

impl pallet_assets_holder::Config for Test {
	type RuntimeHoldReason = RuntimeHoldReason;
	type RuntimeEvent = RuntimeEvent;
}

impl<C> frame_system::offchain::CreateTransactionBase<C> for Test
where
	RuntimeCall: From<C>,
{
	type Extrinsic = Extrinsic;
	type RuntimeCall = RuntimeCall;
}

impl<C> frame_system::offchain::CreateTransaction<C> for Test
where
	RuntimeCall: From<C>,
{
	type Extension = frame_system::AuthorizeCall<Test>;
	fn create_transaction(call: RuntimeCall, extension: Self::Extension) -> Extrinsic {
		Extrinsic::new_transaction(call, extension)
	}
}

impl<C> frame_system::offchain::CreateAuthorizedTransaction<C> for Test
where
	RuntimeCall: From<C>,
{
	fn create_extension() -> Self::Extension {
		frame_system::AuthorizeCall::new()
	}
}

pub type Heard = (ChainId, H160, H256, Vec<u8>);
/// Kind, session, moment, offenders, reporter.
pub type Reported = (Offence, u32, u128, Vec<AccountId>, Option<AccountId>);

thread_local! {
	static NOW: RefCell<u64> = const { RefCell::new(0) };
	static HEARD: RefCell<Vec<Heard>> = const { RefCell::new(Vec::new()) };
	static REPORTED: RefCell<Vec<Reported>> = const { RefCell::new(Vec::new()) };
}

pub struct Clock;
impl Time for Clock {
	type Moment = u64;
	fn now() -> u64 {
		NOW.with_borrow(|now| *now)
	}
}

/// Lets seconds pass.
pub fn pass(seconds: u64) {
	NOW.with_borrow_mut(|now| *now += seconds * 1_000);
}

/// Remembers messages; fails at those that say so.
pub struct Listener;
impl gpu_chain_primitives::OnBridgeMessage for Listener {
	fn on_bridge_message(chain_id: ChainId, sender: H160, target: H256, payload: &[u8]) -> DispatchResult {
		if payload == b"fail" {
			return Err(sp_runtime::DispatchError::Unavailable);
		}
		HEARD.with_borrow_mut(|heard| heard.push((chain_id, sender, target, payload.to_vec())));
		Ok(())
	}
}

pub fn heard() -> Vec<Heard> {
	HEARD.with_borrow(|heard| heard.clone())
}

/// Has a record of one task and one node.
pub struct Records;
pub const TASK: TaskId = 7;
pub const NODE: NodeId = H256([0x11; 32]);
impl WorkReports for Records {
	fn work_report(subject: &ReportSubject) -> Option<WorkReport> {
		match *subject {
			ReportSubject::Task(id) if id == TASK => Some(WorkReport::Task {
				id,
				status: 4,
				node: NODE,
				provider: H256([0x22; 32]),
				result: H256([0x33; 32]),
				ended_at: 90,
			}),
			ReportSubject::Node(id) if id == NODE => Some(WorkReport::Node { id, power: PowerVector::default() }),
			_ => None,
		}
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn dearest_subject() -> ReportSubject {
		ReportSubject::Task(TASK)
	}
}

pub struct Court;
impl BridgeOffences<AccountId> for Court {
	fn report(
		offence: Offence,
		session: u32,
		at: u128,
		_: u32,
		offenders: Vec<AccountId>,
		reporter: Option<AccountId>,
	) -> bool {
		REPORTED.with_borrow_mut(|reported| {
			let known = reported.iter().any(|one| one.0 == offence && one.2 == at && one.3 == offenders);
			if !known {
				reported.push((offence, session, at, offenders, reporter));
			}
			!known
		})
	}
	fn session_index() -> u32 {
		7
	}
}

pub fn reported() -> Vec<Reported> {
	REPORTED.with_borrow(|reported| reported.clone())
}

parameter_types! {
	pub const BridgeAccount: PalletId = PalletId(*b"gpu/brdg");
	pub const Treasury: AccountId = TREASURY;
	pub static MinEndpoints: u32 = 2;
	pub static HeaderRetention: u32 = 10;
	pub static SetHistory: u64 = 3;
	pub static RecordHistory: u64 = 50;
	pub static SetLifetime: u64 = 1_000_000;
	pub static ItemLifetime: u64 = 10_000;
	pub static BatchInterval: u32 = 5;
	pub static MaxOpenItems: u32 = 4;
	pub static ResumeDelay: u32 = 20;
	pub static SigningDelay: u32 = 3;
	pub static MinHeadersForReport: u32 = 2;
}

impl pallet_evm_bridge::Config for Test {
	type AssetKind = AssetKind;
	type Balance = Balance;
	type Currency = Currencies;
	type Holds = HeldCurrencies;
	type RuntimeHoldReason = RuntimeHoldReason;
	type NativeAsset = NativeAsset;
	type Clock = Clock;
	type GovernanceOrigin = EnsureRoot<AccountId>;
	type OnMessage = Listener;
	type Reports = Records;
	type Offences = Court;
	type PalletId = BridgeAccount;
	type Treasury = Treasury;
	type MaxChains = ConstU32<3>;
	type MaxGuardians = ConstU32<4>;
	type MinEndpoints = MinEndpoints;
	type WorkerPeriod = ConstU32<1>;
	type SigningDelay = SigningDelay;
	type HeaderRetention = HeaderRetention;
	type SetHistory = SetHistory;
	type RecordHistory = RecordHistory;
	type SetLifetime = SetLifetime;
	type ItemLifetime = ItemLifetime;
	type BatchInterval = BatchInterval;
	type MaxOpenItems = MaxOpenItems;
	type ResumeDelay = ResumeDelay;
	type MinHeadersForReport = MinHeadersForReport;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = Helper;
}

parameter_types! {
	pub const NativeAsset: AssetKind = NATIVE;
}

#[cfg(feature = "runtime-benchmarks")]
pub struct Helper;
#[cfg(feature = "runtime-benchmarks")]
impl gpu_chain_primitives::benchmarking::BenchmarkCurrency<AssetKind, AccountId, Balance> for Helper {
	fn fund(who: &AccountId, amount: Balance) -> AssetKind {
		use frame_support::traits::{fungible::Mutate as _, fungibles::Mutate};
		assert_ok!(Balances::mint_into(who, ENDOWMENT));
		assert_ok!(<Assets as Mutate<AccountId>>::mint_into(ETH, who, amount + 1));
		ETHER
	}
}

fn externalities() -> sp_io::TestExternalities {
	let bridge = {
		use sp_runtime::traits::AccountIdConversion;
		BridgeAccount::get().into_account_truncating()
	};
	let mut balances: Vec<(AccountId, Balance)> = [ALICE, BOB, TREASURY, GUARDIAN].map(|who| (who, ENDOWMENT)).to_vec();
	balances.push((bridge, EXISTENTIAL_DEPOSIT));
	let genesis = RuntimeGenesisConfig {
		balances: pallet_balances::GenesisConfig { balances, ..Default::default() },
		assets: pallet_assets::GenesisConfig {
			assets: vec![(ETH, TREASURY, true, 1), (USDC, TREASURY, true, 1)],
			..Default::default()
		},
		..Default::default()
	};
	let mut ext: sp_io::TestExternalities = genesis.build_storage().unwrap().into();
	let keystore = sp_keystore::testing::MemoryKeystore::new();
	ext.register_extension(sp_keystore::KeystoreExt::new(keystore));
	ext.execute_with(|| {
		System::set_block_number(1);
		// They live in the thread, which tests may share.
		NOW.set(START * 1_000);
		HEARD.take();
		REPORTED.take();
		MinEndpoints::set(2);
		HeaderRetention::set(10);
		SetHistory::set(3);
		RecordHistory::set(50);
		SetLifetime::set(1_000_000);
		ItemLifetime::set(10_000);
		BatchInterval::set(5);
		MaxOpenItems::set(4);
		ResumeDelay::set(20);
		SigningDelay::set(3);
		MinHeadersForReport::set(2);
	});
	ext
}

/// A world without chains or validators.
pub fn new_test_ext() -> sp_io::TestExternalities {
	externalities()
}

/// A world with four validators and a chain that runs, across which ether and native money go.
pub fn running_ext() -> sp_io::TestExternalities {
	let mut ext = externalities();
	ext.execute_with(|| {
		start_session(&[0, 1, 2, 3]);
		assert_ok!(register(CHAIN));
		resume();
	});
	ext
}

pub fn register(chain_id: ChainId) -> DispatchResult {
	let chain = Chain { genesis: GENESIS, gateway: GATEWAY, finality: Finality::Finalized, alignment: ALIGNMENT };
	Bridge::register_chain(root(), chain_id, chain, 1, 1, START + SetLifetime::get())?;
	let route = |asset, kind| Route { asset, kind, cap: 100_000, inbound: LIMITS, outbound: LIMITS };
	Bridge::set_route(root(), chain_id, ETH_TOKEN, Some(route(ETHER, RouteKind::Minted)))?;
	Bridge::set_route(root(), chain_id, GPU_TOKEN, Some(route(NATIVE, RouteKind::Locked)))?;
	Bridge::set_fees(root(), chain_id, FEES)?;
	Bridge::set_guardians(root(), vec![GUARDIAN].try_into().unwrap())
}

pub fn resume() {
	run_to(System::block_number() + u64::from(ResumeDelay::get()));
	assert_ok!(Bridge::resume(root(), CHAIN));
}

/// Runs a test in a world where things cross, then checks the invariants.
pub fn build_and_execute(test: impl FnOnce()) {
	running_ext().execute_with(|| {
		test();
		assert_ok!(Bridge::do_try_state());
	});
}

pub fn root() -> RuntimeOrigin {
	RuntimeOrigin::root()
}

pub fn signed(who: AccountId) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

/// Goes to a block, with what the hook does in each on the way.
pub fn run_to(block: u64) {
	use frame_support::traits::Hooks;
	while System::block_number() < block {
		System::set_block_number(System::block_number() + 1);
		pass(6);
		Bridge::on_idle(System::block_number(), Weight::MAX);
	}
}

pub fn run(blocks: u64) {
	run_to(System::block_number() + blocks);
}

/// A validator's key pair.
pub fn pair(validator: u8) -> ecdsa::Pair {
	ecdsa::Pair::from_seed(&[validator + 1; 32])
}

/// A session of these validators.
pub fn start_session(validators: &[u8]) {
	let members: Vec<(AccountId, AuthorityId)> =
		validators.iter().map(|v| (VALIDATOR + u64::from(*v), AuthorityId::from(pair(*v).public()))).collect();
	let all = || members.iter().map(|(who, key): &(AccountId, AuthorityId)| (who, key.clone()));
	<Bridge as OneSessionHandler<AccountId>>::on_new_session(true, all(), all());
}

/// A validator's place in a set.
pub fn index_in(members: &[Authority<AccountId>], validator: u8) -> MemberIndex {
	members.iter().position(|member| member.key == pair(validator).public()).unwrap() as MemberIndex
}

/// Its place in the running set.
pub fn index(validator: u8) -> MemberIndex {
	index_in(&Bridge::authority_set().unwrap().1, validator)
}

pub fn sign_digest(validator: u8, digest: &Word) -> Signature {
	pair(validator).sign_prehashed(digest).0
}

pub fn signed_vote(validator: u8, vote: HeaderVote) -> (HeaderVote, MemberIndex, Signature) {
	let chain = Bridge::chain(vote.chain_id).unwrap();
	(vote, index(validator), sign_digest(validator, &Bridge::vote_digest(&vote, &chain).0))
}

/// As the pool and then a block take a feeless transaction.
pub fn submit(call: Call<Test>) -> Result<ValidTransaction, TransactionValidityError> {
	let call = RuntimeCall::from(call);
	let (valid, _) = call.authorize(TransactionSource::External).expect("the call can be authorized")?;
	assert_ok!(call.dispatch_bypass_filter(RawOrigin::Authorized.into()));
	Ok(valid)
}

pub fn cast(validator: u8, vote: HeaderVote) -> Result<ValidTransaction, TransactionValidityError> {
	let (vote, index, signature) = signed_vote(validator, vote);
	submit(Call::vote_header { vote, index, signature })
}

/// A validator's signature for something that leaves.
pub fn co_sign(validator: u8, subject: Subject) -> Result<ValidTransaction, TransactionValidityError> {
	let (digest, set_id) = Bridge::to_sign(CHAIN, subject).unwrap_or(([1; 32], 1));
	let members = Bridge::gateway_set(CHAIN, set_id).unwrap().members;
	let index = index_in(&members, validator);
	let signature = sign_digest(validator, &digest);
	submit(Call::sign { chain_id: CHAIN, subject, set_id, index, signature })
}

pub fn vote_for(header: &EvmHeader) -> HeaderVote {
	HeaderVote {
		chain_id: CHAIN,
		set_id: AuthoritySetId::<Test>::get(),
		number: header.number,
		block_hash: header.hash.into(),
		receipts_root: header.receipts_root.into(),
		timestamp: header.timestamp,
	}
}

/// The EVM chain: blocks of receipts, numbered from 1.
#[derive(Clone)]
pub struct Evm {
	blocks: Vec<(EvmHeader, Vec<u8>, Vec<Vec<u8>>)>,
	salt: u64,
}

impl Evm {
	pub fn new() -> Self {
		Self { blocks: Vec::new(), salt: 0 }
	}

	/// Another chain from here on.
	pub fn fork(&self, at: u64) -> Self {
		let mut fork = self.clone();
		fork.blocks.truncate(at as usize);
		fork.salt = 1;
		fork
	}

	/// A block with one receipt for each list of logs, and one without any behind them.
	pub fn mine(&mut self, logs: Vec<Vec<Log>>) -> u64 {
		let succeeded = logs.into_iter().map(|logs| Receipt { succeeded: true, logs });
		self.mine_receipts(succeeded.collect())
	}

	pub fn mine_receipts(&mut self, mut receipts: Vec<Receipt>) -> u64 {
		receipts.push(Receipt { succeeded: true, logs: vec![] });
		let encoded: Vec<Vec<u8>> = receipts.iter().map(|receipt| receipt.encode(2)).collect();
		let number = self.blocks.len() as u64 + 1;
		let parent_hash = self.blocks.last().map(|(header, ..)| header.hash).unwrap_or(GENESIS.0);
		let timestamp = START + 12 * number + self.salt;
		let header =
			EvmHeader { hash: [0; 32], parent_hash, receipts_root: receipts_root(&encoded), number, timestamp };
		let bytes = header.encode();
		let header = EvmHeader::decode(&bytes).unwrap();
		self.blocks.push((header, bytes, encoded));
		number
	}

	/// Blocks without events up to the next that can be voted on.
	pub fn align(&mut self) -> u64 {
		while self.blocks.is_empty() || !(self.blocks.len() as u64).is_multiple_of(ALIGNMENT.into()) {
			self.mine(vec![]);
		}
		self.blocks.len() as u64
	}

	pub fn header(&self, number: u64) -> EvmHeader {
		self.blocks[number as usize - 1].0
	}

	pub fn raw(&self, number: u64) -> Vec<u8> {
		self.blocks[number as usize - 1].1.clone()
	}

	/// The proof of a log in a block at or below `anchor`.
	pub fn proof(&self, anchor: u64, number: u64, tx_index: u32, log_index: u32) -> Box<EventProof> {
		let receipts = &self.blocks[number as usize - 1].2;
		let nodes = prove_receipt(receipts, tx_index).unwrap();
		// None if it is the anchor's own.
		let below = (number..=anchor).filter(|_| anchor != number);
		let ancestors: Vec<BoundedVec<u8, ConstU32<2_048>>> =
			below.rev().map(|height| self.raw(height).try_into().unwrap()).collect();
		let nodes: Vec<BoundedVec<u8, ConstU32<16_384>>> =
			nodes.into_iter().map(|node| node.try_into().unwrap()).collect();
		Box::new(EventProof {
			anchor,
			ancestors: ancestors.try_into().unwrap(),
			tx_index,
			log_index,
			receipt: receipts[tx_index as usize].clone().try_into().unwrap(),
			nodes: nodes.try_into().unwrap(),
		})
	}

	/// Mines one log, goes on to a block that can be voted on, has it accepted, and proves the log.
	pub fn happens(&mut self, log: Log) -> Box<EventProof> {
		let number = self.mine(vec![vec![log]]);
		let anchor = self.align();
		accept(self, anchor);
		self.proof(anchor, number, 0, 0)
	}
}

/// Three of four validators attest a header.
pub fn accept(evm: &Evm, number: u64) {
	let vote = vote_for(&evm.header(number));
	for validator in 0..3 {
		assert_ok!(cast(validator, vote));
	}
	assert!(Bridge::header(CHAIN, number).is_some());
}

pub fn word(who: AccountId) -> Word {
	word_of(&who)
}

fn log<E: gpu_chain_evm_client::events::Event>(indexed: &[Word], data: &[Word]) -> Log {
	Log { address: GATEWAY.0, topics: emit::topics::<E>(indexed), data: data.concat() }
}

pub fn deposit_log(nonce: u64, token: H160, to: AccountId, amount: Balance) -> Log {
	let indexed = [emit::number(nonce), emit::address(&token.0), emit::address(&[5; 20])];
	log::<Deposit>(&indexed, &[word(to), emit::amount(amount)])
}

pub fn message_log(nonce: u64, to: AccountId, payload: &[u8]) -> Log {
	let topics = emit::topics::<MessageSent>(&[emit::number(nonce), emit::address(&[5; 20]), word(to)]);
	Log { address: GATEWAY.0, topics, data: emit::bytes(payload) }
}

/// What the gateway would call an item, signed by its set.
pub fn content(nonce: u64, set_id: u64) -> Word {
	Bridge::payload(CHAIN, Subject::Item(nonce)).unwrap().struct_hash(set_id)
}

pub fn executed_log(nonce: u64, content: Word, relayer: Word) -> Log {
	log::<BatchExecuted>(&[emit::number(nonce), content], &[relayer, emit::number(0)])
}

pub fn delivered_log(nonce: u64, content: Word, relayer: Word) -> Log {
	log::<MessageReceived>(&[emit::number(nonce), content], &[relayer, emit::number(1)])
}

pub fn cancelled_log(nonce: u64, content: Word, relayer: Word) -> Log {
	log::<Cancelled>(&[emit::number(nonce), content], &[relayer])
}

pub fn set_updated_log(set_id: u64, members: Word, active_until: u64, relayer: Word) -> Log {
	log::<SetUpdated>(&[emit::number(set_id), members], &[emit::number(active_until), relayer])
}

/// The log of the gateway when it takes the set that is pending.
pub fn pending_set_log() -> Log {
	let set_id = Bridge::rotation(CHAIN).unwrap().next();
	match Bridge::payload(CHAIN, Subject::Set(set_id)) {
		Some(Payload::Set { members, active_until, .. }) => {
			set_updated_log(set_id, members.0, active_until, word(RELAYER))
		}
		other => panic!("no set: {other:?}"),
	}
}

pub fn balance(asset: AssetKind, who: AccountId) -> Balance {
	match asset {
		NativeOrWithId::Native => Balances::free_balance(who),
		NativeOrWithId::WithId(id) => Assets::balance(id, who),
	}
}

/// Gives an account ether, by a deposit.
pub fn give_ether(evm: &mut Evm, nonce: u64, who: AccountId, amount: Balance) {
	let proof = evm.happens(deposit_log(nonce, ETH_TOKEN, who, amount));
	assert_ok!(Bridge::claim_deposit(signed(RELAYER), CHAIN, proof));
}

pub fn events() -> Vec<Event<Test>> {
	System::events()
		.into_iter()
		.filter_map(|record| match record.event {
			RuntimeEvent::Bridge(event) => Some(event),
			_ => None,
		})
		.collect()
}

pub fn last_event() -> Event<Test> {
	events().pop().expect("there was an event")
}
