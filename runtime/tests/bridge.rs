//! The bridge in the whole runtime: session keys make its set, feeless transactions of validators count, deposits are claimed
//! by proof, withdrawals leave, and who attests two headers at one height is reported and taken out of the candidates.

mod common;

use common::{bridge::*, *};
use frame_support::{
	assert_ok,
	storage::{with_transaction, TransactionOutcome},
	traits::{fungibles::Inspect, Get},
};
use gpu_chain_primitives::{ReportSubject, ResourceType};
use gpu_chain_runtime::{
	configs::{
		money::{asset_ids, AssetKind},
		parameters::dynamic_params::bridge::ConflictingVotesSlash,
	},
	*,
};
use pallet_evm_bridge::{Call, HeaderVote, MemberIndex, Payload, Subject};
use sp_core::{ecdsa, H256};
use sp_keyring::Sr25519Keyring::{Alice, Bob, Ferdie};
use sp_runtime::{
	transaction_validity::{TransactionSource, TransactionValidity},
	DispatchError,
};
use std::collections::BTreeSet;

const NAMES: [&str; 4] = ["Alice", "Bob", "Charlie", "Dave"];

/// What anybody's call gives when a proof is right.
fn claim(proof: Box<pallet_evm_bridge::EventProof>) -> sp_runtime::DispatchResult {
	call(&account(Bob), Call::claim_deposit { chain_id: CHAIN, proof })
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
		open_bridge();
		let ferdie = account(Ferdie);
		let before = Assets::balance(asset_ids::WRAPPED_ETH, &ferdie);
		let (vote, proof) = mine(deposit_log(1, ETH, &ferdie, 2 * UNIT));
		for name in &NAMES[..2] {
			assert_ok!(cast(name, vote).expect("the vote is valid"));
		}
		assert!(cast("Alice", vote).is_err(), "once");
		assert!(claim(proof.clone()).is_err(), "two of four are under the quorum");
		assert_ok!(cast("Charlie", vote).expect("the vote is valid"));
		assert!(EvmBridge::header(CHAIN, 32).is_some());
		assert_ok!(claim(proof.clone()));
		assert!(claim(proof).is_err(), "once");
		assert_eq!(Assets::balance(asset_ids::WRAPPED_ETH, &ferdie), before + 2 * UNIT);

		let asset = AssetKind::WithId(asset_ids::WRAPPED_ETH);
		assert_ok!(call(&ferdie, Call::withdraw { chain_id: CHAIN, asset, to: THERE, amount: UNIT }));
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
fn a_round_trip_is_exact_to_the_last_unit_of_eighteen_and_of_six_decimals() {
	use frame_support::traits::fungibles::metadata::Inspect as _;
	genesis("local_testnet").execute_with(|| {
		run_blocks(1);
		begin_block();
		open_bridge();
		let ferdie = account(Ferdie);
		assert_eq!((Assets::decimals(asset_ids::WRAPPED_ETH), Assets::decimals(asset_ids::USDC)), (18, 6));
		let trips = [
			(asset_ids::WRAPPED_ETH, ETH, 1_000_000_000_000_000_001),
			(asset_ids::WRAPPED_ETH, ETH, 1_000_000_001),
			(asset_ids::USDC, USDC, 1_000_001),
			(asset_ids::USDC, USDC, 1),
		];
		for ((id, token, amount), nonce) in trips.into_iter().zip(1u64..) {
			let (supply, had) = (Assets::total_issuance(id), Assets::balance(id, &ferdie));
			assert_ok!(claim(attested(deposit_log(nonce, token, &ferdie, amount))));
			assert_eq!(Assets::balance(id, &ferdie), had + amount);
			assert_eq!(Assets::total_issuance(id), supply + amount);
			let asset = AssetKind::WithId(id);
			assert_ok!(call(&ferdie, Call::withdraw { chain_id: CHAIN, asset, to: THERE, amount }));
			end_block();
			run_blocks(51);
			begin_block();
			let item = EvmBridge::payload(CHAIN, Subject::Item(nonce)).expect("there is a batch");
			let Payload::Batch { transfers, .. } = &item else { panic!("it is a batch") };
			assert_eq!((transfers[0].token, transfers[0].to, transfers[0].amount), (token, THERE, amount));
			let proof = attested(executed_log(nonce, item.struct_hash(1), &ferdie));
			assert_ok!(call(&account(Bob), Call::confirm_item { chain_id: CHAIN, proof }));
			assert_eq!((Assets::total_issuance(id), Assets::balance(id, &ferdie)), (supply, had));
			assert_eq!(pallet_evm_bridge::Across::<Runtime>::get(CHAIN, token), 0);
		}
		end_block();
	});
}

#[test]
fn native_money_is_locked_and_comes_home() {
	genesis("local_testnet").execute_with(|| {
		run_blocks(1);
		begin_block();
		open_bridge();
		let (alice, ferdie) = (account(Alice), account(Ferdie));
		let bridge = Balances::free_balance(EvmBridge::account_id());
		let amount = UNIT + 1;
		assert_ok!(call(&alice, Call::withdraw { chain_id: CHAIN, asset: AssetKind::Native, to: THERE, amount }));
		end_block();
		run_blocks(51);
		begin_block();
		let item = EvmBridge::payload(CHAIN, Subject::Item(1)).expect("there is a batch");
		let proof = attested(executed_log(1, item.struct_hash(1), &alice));
		assert_ok!(call(&account(Bob), Call::confirm_item { chain_id: CHAIN, proof }));
		assert_eq!(Balances::free_balance(EvmBridge::account_id()), bridge + amount);
		let had = Balances::free_balance(&ferdie);
		assert_ok!(claim(attested(deposit_log(1, GPU, &ferdie, amount))));
		assert_eq!(Balances::free_balance(&ferdie), had + amount);
		assert_eq!(Balances::free_balance(EvmBridge::account_id()), bridge);
		end_block();
	});
}

#[test]
fn what_was_verified_here_is_told_there_in_the_name_of_the_chain() {
	genesis("development").execute_with(|| {
		run_blocks(1);
		begin_block();
		open_bridge();
		assert_ok!(call(&account(Bob), register_call(ResourceType::Gpu, 1_000 * UNIT)));
		let node = newest_node(&account(Bob));
		assert_ok!(call(
			&account(Alice),
			pallet_marketplace::Call::create_task {
				resource_type: ResourceType::Gpu,
				required_power: Default::default(),
				duration_secs: 3_600,
				asset: AssetKind::Native,
				max_price_per_hour: UNIT,
				min_trust_level: 1,
				specification_uri: bounded("https://example.org/spec"),
				specification_hash: H256::repeat_byte(1),
			}
		));
		let send = |subject| {
			call(&account(Ferdie), Call::send_report { chain_id: CHAIN, target: THERE, gas_limit: 100_000, subject })
		};
		for (subject, words) in [(ReportSubject::Node(node), 6), (ReportSubject::Task(0), 8)] {
			assert_ok!(send(subject));
			let nonce = pallet_evm_bridge::OutboundNonce::<Runtime>::get(CHAIN);
			let Some(Payload::Message { sender, payload, .. }) = EvmBridge::payload(CHAIN, Subject::Item(nonce)) else {
				panic!("it leaves as a message")
			};
			assert_eq!(sender, EvmBridge::word_of_account(&EvmBridge::account_id()));
			assert_eq!(payload.len(), 32 * words);
		}
		let refused = pallet_evm_bridge::Error::<Runtime>::NothingToReport;
		assert_eq!(send(ReportSubject::Task(1)), Err(refused.into()));
		end_block();
	});
}

/// A vote signed with a key that is at hand: making one of a name takes longer than all the rest.
fn signed_with(
	key: &ecdsa::Pair,
	index: MemberIndex,
	vote: HeaderVote,
) -> (HeaderVote, MemberIndex, pallet_evm_bridge::Signature) {
	let genesis = H256::from_slice(System::block_hash(0).as_ref());
	(vote, index, key.sign_prehashed(&vote.digest(&genesis, &GATEWAY)).0)
}

/// What the pool asks the runtime about a transaction; nothing of it stays.
fn validity(call: Call<Runtime>) -> TransactionValidity {
	with_transaction(|| {
		let validity =
			Executive::validate_transaction(TransactionSource::External, transaction(call), System::parent_hash());
		TransactionOutcome::Rollback(Ok::<_, DispatchError>(validity))
	})
	.expect("nothing else is in the way")
}

#[test]
fn twenty_thousand_votes_take_the_place_of_one_in_the_pool() {
	genesis("local_testnet").execute_with(|| {
		run_blocks(1);
		begin_block();
		open_bridge();
		end_block();
		let (vote, _) = mine(deposit_log(1, ETH, &account(Ferdie), UNIT));
		let [alice, bob, mallory] = ["Alice", "Bob", "Mallory"].map(key);
		let [first, second, third] = ["Alice", "Bob", "Charlie"].map(place);
		let mut tags = BTreeSet::new();
		let mut valid = 0u32;
		for i in 0..20_000u64 {
			let height = HeaderVote { number: 32 * (i + 1), timestamp: i, ..vote };
			let (vote, index, signature) = match i % 4 {
				// A validator that says something else each time, another that climbs, and strangers.
				0 => signed_with(&alice, first, HeaderVote { timestamp: i, ..vote }),
				1 => signed_with(&bob, second, height),
				2 => signed_with(&mallory, third, vote),
				_ => (height, i as u16, [i as u8; 65]),
			};
			if let Ok(answer) = validity(Call::vote_header { vote, index, signature }) {
				valid += 1;
				assert!(answer.longevity <= 32 && answer.requires.is_empty());
				tags.extend(answer.provides);
			}
		}
		// The pool keeps one transaction for each tag: as many votes as there are validators who gave any.
		assert_eq!((valid, tags.len()), (10_000, 2));
	});
}

#[test]
fn two_headers_at_one_height_cost_stake_and_candidacy() {
	genesis("local_testnet").execute_with(|| {
		// A block of each, so that nobody counts as away.
		for author in 0..4 {
			begin_block_of(author);
			end_block();
		}
		// Not by Alice, who may not when she is disabled.
		let bob = Session::validators().iter().position(|who| *who == account(Bob)).expect("a validator");
		begin_block_of(bob as u32);
		open_bridge();
		let (vote, _) = mine(deposit_log(1, ETH, &account(Ferdie), UNIT));
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
		let exposed = Staking::eras_stakers(0, &account(Alice)).own;
		assert_eq!(stake_of(Alice), STASH);
		end_block();

		// Government could still stop it: it is carried out when its time has come.
		until_slashed(Alice);
		assert_eq!(stake_of(Alice), STASH - ConflictingVotesSlash::get().mul_floor(exposed));
		assert_eq!(stake_of(Bob), STASH);
	});
}
