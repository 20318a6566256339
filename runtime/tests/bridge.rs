//! The bridge in the whole runtime: session keys make its set, feeless transactions of validators count, a deposit is claimed by
//! proof, a withdrawal leaves, and who attests two headers at one height is reported and taken out of the candidates.

mod common;

use common::*;
use frame_support::{assert_ok, traits::fungibles::Inspect};
use frame_system::offchain::CreateAuthorizedTransaction;
use gpu_chain_evm_client::{
	events::{emit, Deposit},
	header::Header as EvmHeader,
	proof::{prove_receipt, receipts_root},
	receipt::{Log, Receipt},
};
use gpu_chain_runtime::{configs::money::asset_ids, *};
use pallet_evm_bridge::{
	word_of, Call, Chain, EventProof, Finality, HeaderVote, Limits, MemberIndex, Route, RouteKind, Signature, Subject,
};
use sp_core::{ecdsa, Pair, H160, H256};
use sp_keyring::Sr25519Keyring::{Alice, Bob, Ferdie};
use sp_runtime::{transaction_validity::TransactionValidityError, DispatchResult};

const CHAIN: u64 = 1;
const GATEWAY: H160 = H160([0xaa; 20]);
const ETH: H160 = H160::zero();
const NAMES: [&str; 4] = ["Alice", "Bob", "Charlie", "Dave"];

fn key(name: &str) -> ecdsa::Pair {
	ecdsa::Pair::from_string(&format!("//{name}"), None).expect("a name is a path")
}

/// The place of a validator in the running set.
fn place(name: &str) -> MemberIndex {
	let members = EvmBridge::authority_set().expect("there is a set").1;
	let place = members.iter().position(|member| member.key == key(name).public());
	place.expect("the validator has its key") as MemberIndex
}

/// A chain that runs, across which ether comes.
fn setup() {
	let chain = Chain { genesis: H256([9; 32]), gateway: GATEWAY, finality: Finality::Finalized, alignment: 32 };
	let until = u64::MAX;
	assert_ok!(EvmBridge::register_chain(RuntimeOrigin::root(), CHAIN, chain, 1, 1, until));
	pallet_evm_bridge::Paused::<Runtime>::remove(CHAIN);
	let limits =
		Limits { min: 1, max: 10 * UNIT, capacity: 100 * UNIT, refill: UNIT, delay_above: 10 * UNIT, delay: 10 };
	let asset = configs::money::AssetKind::WithId(asset_ids::WRAPPED_ETH);
	let route = Route { asset, kind: RouteKind::Minted, cap: 1_000 * UNIT, inbound: limits, outbound: limits };
	assert_ok!(EvmBridge::set_route(RuntimeOrigin::root(), CHAIN, ETH, Some(route)));
}

fn submit(call: Call<Runtime>) -> Result<DispatchResult, TransactionValidityError> {
	let transaction =
		<Runtime as CreateAuthorizedTransaction<Call<Runtime>>>::create_authorized_transaction(call.into());
	Executive::apply_extrinsic(transaction)
}

/// What a validator signs for a header, as its worker does.
fn signed(name: &str, vote: HeaderVote) -> (HeaderVote, MemberIndex, Signature) {
	let genesis = H256::from_slice(System::block_hash(0).as_ref());
	(vote, place(name), key(name).sign_prehashed(&vote.digest(&genesis, &GATEWAY)).0)
}

fn cast(name: &str, vote: HeaderVote) -> Result<DispatchResult, TransactionValidityError> {
	let (vote, index, signature) = signed(name, vote);
	submit(Call::vote_header { vote, index, signature })
}

/// A block with one deposit of ether for an account, and the vote for it.
fn deposit(to: &AccountId, amount: Balance) -> (HeaderVote, EventProof) {
	let topics = emit::topics::<Deposit>(&[emit::number(1), emit::address(&ETH.0), emit::address(&[5; 20])]);
	let log = Log { address: GATEWAY.0, topics, data: [word_of(to), emit::amount(amount)].concat() };
	let receipts = vec![Receipt { succeeded: true, logs: vec![log] }.encode(2)];
	let root = receipts_root(&receipts);
	let header =
		EvmHeader { hash: [0; 32], parent_hash: [1; 32], receipts_root: root, number: 32, timestamp: 1_700_000_000 };
	let header = EvmHeader::decode(&header.encode()).expect("it is a header");
	let vote = HeaderVote {
		chain_id: CHAIN,
		set_id: 1,
		number: 32,
		block_hash: header.hash.into(),
		receipts_root: root.into(),
		timestamp: header.timestamp,
	};
	let nodes = prove_receipt(&receipts, 0).expect("it is there");
	let proof = EventProof {
		anchor: 32,
		ancestors: Default::default(),
		tx_index: 0,
		log_index: 0,
		receipt: receipts.into_iter().next().expect("one").try_into().expect("it is short"),
		nodes: nodes
			.into_iter()
			.map(|node| node.try_into().expect("it is short"))
			.collect::<Vec<_>>()
			.try_into()
			.expect("they are few"),
	};
	(vote, proof)
}

#[test]
fn validators_have_keys_for_the_bridge_from_the_start() {
	for (preset, count) in [("development", 1), ("local_testnet", 4), ("staging", 4)] {
		genesis(preset).execute_with(|| {
			let (set_id, members, _) = EvmBridge::authority_set().expect("there is a set");
			assert_eq!((set_id, members.len()), (1, count), "{preset}");
			assert!(members.iter().all(|member| Session::validators().contains(&member.account)));
		});
	}
	genesis("local_testnet").execute_with(|| {
		for name in NAMES {
			place(name);
		}
	});
}

#[test]
fn a_deposit_arrives_and_a_withdrawal_leaves() {
	genesis("local_testnet").execute_with(|| {
		run_blocks(1);
		begin_block();
		setup();
		let ferdie = account(Ferdie);
		let before = Assets::balance(asset_ids::WRAPPED_ETH, &ferdie);
		let (vote, proof) = deposit(&ferdie, 2 * UNIT);
		for name in &NAMES[..3] {
			assert_ok!(cast(name, vote).expect("the vote is valid"));
		}
		assert!(cast("Alice", vote).is_err(), "once");
		assert!(EvmBridge::header(CHAIN, 32).is_some());
		assert_ok!(call(&account(Bob), Call::claim_deposit { chain_id: CHAIN, proof: Box::new(proof.clone()) }));
		assert!(call(&account(Bob), Call::claim_deposit { chain_id: CHAIN, proof: Box::new(proof) }).is_err());
		assert_eq!(Assets::balance(asset_ids::WRAPPED_ETH, &ferdie), before + 2 * UNIT);

		let asset = configs::money::AssetKind::WithId(asset_ids::WRAPPED_ETH);
		let withdraw = Call::withdraw { chain_id: CHAIN, asset, to: H160([7; 20]), amount: UNIT };
		assert_ok!(call(&ferdie, withdraw));
		end_block();
		run_blocks(60);
		assert_eq!(EvmBridge::outbox(CHAIN, None, 9).items.len(), 1);
		begin_block();
		let item = EvmBridge::payload(CHAIN, Subject::Item(1)).expect("there is a batch");
		let domain = EvmBridge::chains()[0].1.domain(CHAIN);
		for name in &NAMES[..3] {
			let signature = key(name).sign_prehashed(&item.digest(&domain, 1)).0;
			let (chain_id, subject, index) = (CHAIN, Subject::Item(1), place(name));
			assert_ok!(submit(Call::sign { chain_id, subject, set_id: 1, index, signature }).expect("it is valid"));
		}
		assert_eq!(EvmBridge::signatures(CHAIN, Subject::Item(1)).power, 3);
		end_block();
	});
}

#[test]
fn two_headers_at_one_height_cost_stake_and_candidacy() {
	genesis("local_testnet").execute_with(|| {
		run_blocks(1);
		begin_block();
		setup();
		let (vote, _) = deposit(&account(Ferdie), UNIT);
		let other = HeaderVote { block_hash: H256([1; 32]), ..vote };
		assert!(pallet_staking::Validators::<Runtime>::contains_key(account(Alice)));
		let report = || Call::report_conflicting_votes { first: signed("Alice", vote), second: signed("Alice", other) };
		assert_ok!(call(&account(Bob), report()));
		assert!(System::events().iter().any(|record| matches!(
			record.event,
			RuntimeEvent::Offences(pallet_offences::Event::Offence { kind, .. }) if &kind == b"bridge:equivocat"
		)));
		assert!(System::events().iter().any(|record| matches!(
			&record.event,
			RuntimeEvent::Staking(pallet_staking::Event::SlashReported { validator, .. }) if *validator == account(Alice)
		)));
		assert!(!pallet_staking::Validators::<Runtime>::contains_key(account(Alice)));
		assert!(call(&account(Bob), report()).is_err(), "once");
		end_block();
	});
}
