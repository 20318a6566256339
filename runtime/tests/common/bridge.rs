//! An EVM chain that is played, the gateway on it, and validators that attest its blocks.

use super::*;
use frame_support::BoundedVec;
use frame_system::{offchain::CreateAuthorizedTransaction, RawOrigin};
use gpu_chain_evm_client::{
	events::{emit, BatchExecuted, Cancelled, Deposit, Event, MessageReceived, MessageSent},
	header::Header as EvmHeader,
	proof::{prove_receipt, receipts_root},
	receipt::{Log, Receipt},
	Word,
};
use gpu_chain_runtime::configs::money::AssetKind;
use pallet_evm_bridge::{
	word_of, Call, Chain, EventProof, Finality, HeaderVote, Limits, MemberIndex, RelayerFees, Route, RouteKind,
	Signature,
};
use sp_core::{ecdsa, Pair, H160};
use sp_runtime::transaction_validity::TransactionValidityError;

pub const CHAIN: u64 = 1;
pub const GATEWAY: H160 = H160([0xaa; 20]);
/// The EVM chain's own money.
pub const ETH: H160 = H160::zero();
pub const USDC: H160 = H160([0xcc; 20]);
/// The native money of this chain, over there.
pub const GPU: H160 = H160([0x60; 20]);
/// Who receives what leaves.
pub const THERE: H160 = H160([7; 20]);

/// A validator's key for the bridge, by its name.
pub fn key(name: &str) -> ecdsa::Pair {
	ecdsa::Pair::from_string(&format!("//{name}"), None).expect("a name is a path")
}

/// The place of a validator in the running set.
pub fn place(name: &str) -> MemberIndex {
	let members = EvmBridge::authority_set().expect("there is a set").1;
	let place = members.iter().position(|member| member.key == key(name).public());
	place.expect("the validator has its key") as MemberIndex
}

/// A chain that runs, across which ether, dollars and native money go.
pub fn open_bridge() {
	let root = RuntimeOrigin::root;
	let chain = Chain { genesis: H256([9; 32]), gateway: GATEWAY, finality: Finality::Finalized, alignment: 32 };
	assert_ok!(EvmBridge::register_chain(root(), CHAIN, chain, 1, 1, u64::MAX));
	pallet_evm_bridge::Paused::<Runtime>::remove(CHAIN);
	let routes = [
		(ETH, AssetKind::WithId(asset_ids::WRAPPED_ETH), RouteKind::Minted),
		(USDC, AssetKind::WithId(asset_ids::USDC), RouteKind::Minted),
		(GPU, AssetKind::Native, RouteKind::Locked),
	];
	for (token, asset, kind) in routes {
		let max = 10 * UNIT;
		let limits = Limits { min: 1, max, capacity: 100 * UNIT, refill: UNIT, delay_above: 3 * UNIT, delay: 3 };
		let route = Route { asset, kind, cap: 1_000 * UNIT, inbound: limits, outbound: limits };
		assert_ok!(EvmBridge::set_route(root(), CHAIN, token, Some(route)));
	}
	let fees =
		RelayerFees { withdrawal: UNIT / 1_000, message: UNIT / 1_000, gas: 1_000, max_gas: 1_000_000, rotation: UNIT };
	assert_ok!(EvmBridge::set_fees(root(), CHAIN, fees));
}

/// As the pool and a block take a feeless transaction.
pub fn submit(call: Call<Runtime>) -> Result<DispatchResult, TransactionValidityError> {
	Executive::apply_extrinsic(transaction(call))
}

/// A feeless transaction.
pub fn transaction(call: Call<Runtime>) -> UncheckedExtrinsic {
	<Runtime as CreateAuthorizedTransaction<Call<Runtime>>>::create_authorized_transaction(call.into())
}

/// What a validator signs for a header, as its worker does.
pub fn signed(name: &str, vote: HeaderVote) -> (HeaderVote, MemberIndex, Signature) {
	let genesis = H256::from_slice(System::block_hash(0).as_ref());
	(vote, place(name), key(name).sign_prehashed(&vote.digest(&genesis, &GATEWAY)).0)
}

pub fn cast(name: &str, vote: HeaderVote) -> Result<DispatchResult, TransactionValidityError> {
	let (vote, index, signature) = signed(name, vote);
	submit(Call::vote_header { vote, index, signature })
}

/// A block with one receipt of that log, at the next height that can be voted on; the vote for it, and the log's proof.
pub fn mine(log: Log) -> (HeaderVote, Box<EventProof>) {
	let number = EvmBridge::header_range(CHAIN).map_or(0, |range| range.newest) + 32;
	let receipts = vec![Receipt { succeeded: true, logs: vec![log] }.encode(2)];
	let root = receipts_root(&receipts);
	let header = EvmHeader {
		hash: [0; 32],
		parent_hash: [1; 32],
		receipts_root: root,
		number,
		timestamp: 1_700_000_000 + number,
	};
	let header = EvmHeader::decode(&header.encode()).expect("it is a header");
	let vote = HeaderVote {
		chain_id: CHAIN,
		set_id: EvmBridge::authority_set().expect("there is a set").0,
		number,
		block_hash: header.hash.into(),
		receipts_root: root.into(),
		timestamp: header.timestamp,
	};
	let nodes = prove_receipt(&receipts, 0).expect("it is there");
	let nodes = nodes.into_iter().map(BoundedVec::truncate_from).collect();
	let proof = EventProof {
		anchor: number,
		ancestors: Default::default(),
		tx_index: 0,
		log_index: 0,
		receipt: receipts.into_iter().next().expect("there is one").try_into().expect("it is short"),
		nodes: BoundedVec::truncate_from(nodes),
	};
	(vote, Box::new(proof))
}

/// The same, attested by every member of the running set.
pub fn attested(log: Log) -> Box<EventProof> {
	let (vote, proof) = mine(log);
	let members = EvmBridge::authority_set().expect("there is a set").1.len();
	for index in 0..members {
		assert_ok!(EvmBridge::vote_header(RawOrigin::Authorized.into(), vote, index as MemberIndex, [0; 65]));
	}
	proof
}

fn log<E: Event>(indexed: &[Word], data: &[Word]) -> Log {
	Log { address: GATEWAY.0, topics: emit::topics::<E>(indexed), data: data.concat() }
}

pub fn deposit_log(nonce: u64, token: H160, to: &AccountId, amount: Balance) -> Log {
	let indexed = [emit::number(nonce), emit::address(&token.0), emit::address(&[5; 20])];
	log::<Deposit>(&indexed, &[word_of(to), emit::amount(amount)])
}

pub fn message_log(nonce: u64, to: &AccountId, payload: &[u8]) -> Log {
	let topics = emit::topics::<MessageSent>(&[emit::number(nonce), emit::address(&[5; 20]), word_of(to)]);
	Log { address: GATEWAY.0, topics, data: emit::bytes(payload) }
}

pub fn executed_log(nonce: u64, content: Word, relayer: &AccountId) -> Log {
	log::<BatchExecuted>(&[emit::number(nonce), content], &[word_of(relayer), emit::number(0)])
}

pub fn delivered_log(nonce: u64, content: Word, relayer: &AccountId) -> Log {
	log::<MessageReceived>(&[emit::number(nonce), content], &[word_of(relayer), emit::number(1)])
}

pub fn cancelled_log(nonce: u64, content: Word, relayer: &AccountId) -> Log {
	log::<Cancelled>(&[emit::number(nonce), content], &[word_of(relayer)])
}
