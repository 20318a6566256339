//! Benchmarks, with the largest sets, proofs and batches, and the dearest currency.

use crate::{crypto::KEY_TYPE, types::*, *};
use alloc::{boxed::Box, vec, vec::Vec};
use frame_benchmarking::v2::*;
use frame_support::{
	traits::{EnsureOrigin, Get},
	BoundedVec,
};
use frame_system::RawOrigin;
use gpu_chain_evm_client::{
	events::{emit, Cancelled, Deposit, MessageSent, SetUpdated},
	header::Header,
	proof::{prove_receipt, receipts_root},
	receipt::{Log, Receipt},
	Word,
};
use gpu_chain_primitives::{benchmarking::BenchmarkCurrency, WorkReports};
use sp_core::{ecdsa, H160, H256};

const CHAIN: ChainId = 1;
const GATEWAY: H160 = H160([0xaa; 20]);
const TOKEN: H160 = H160([0x33; 20]);
const THERE: H160 = H160([7; 20]);
const HEIGHT: u64 = 32;

/// A balance that can be added up many times.
fn amount<T: Config>() -> T::Balance {
	1_000_000_000_000u128.into()
}

/// As many keys as a set has, of which the first `real` can sign.
fn keys(real: u32) -> Vec<ecdsa::Public> {
	(0..real).map(|_| sp_io::crypto::ecdsa_generate(KEY_TYPE, None)).collect()
}

/// The largest set: real keys, and others that only fill it. Not by the session handler, which would want real ones.
fn members<T: Config>(real: &[ecdsa::Public]) -> Members<T::AccountId> {
	let mut members: Vec<Authority<T::AccountId>> = real
		.iter()
		.zip(0u32..)
		.filter_map(|(key, i)| {
			Some(Authority { account: account("validator", i, 0), key: *key, address: address_of(key)?, power: 1 })
		})
		.collect();
	for i in real.len() as u32..MAX_MEMBERS {
		let mut address = [0xff; 20];
		let (_, low) = address.split_at_mut(16);
		low.copy_from_slice(&i.to_be_bytes());
		let key = ecdsa::Public::from_raw([2; 33]);
		members.push(Authority { account: account("validator", i, 0), key, address: H160(address), power: 1 });
	}
	members.sort_by_key(|member| member.address);
	BoundedVec::truncate_from(members)
}

fn chain() -> Chain {
	Chain { genesis: H256([9; 32]), gateway: GATEWAY, finality: Finality::Finalized, alignment: HEIGHT as u32 }
}

fn governance<T: Config>() -> T::RuntimeOrigin {
	match T::GovernanceOrigin::try_successful_origin() {
		Ok(origin) => origin,
		Err(_) => panic!("government can act"),
	}
}

/// A chain that runs, with the largest set; and the keys of it that can sign.
fn setup<T: Config>() -> (Vec<ecdsa::Public>, Members<T::AccountId>, T::AssetKind) {
	let keys = keys(2);
	let members = members::<T>(&keys);
	AuthoritySetId::<T>::put(1);
	Authorities::<T>::insert(1, AuthoritySet { members: members.clone(), session: 0 });
	let registered = Pallet::<T>::register_chain(
		governance::<T>(),
		CHAIN,
		chain(),
		1,
		1,
		Pallet::<T>::seconds().saturating_add(1 << 40),
	);
	assert!(registered.is_ok());
	Paused::<T>::remove(CHAIN);
	let caller = whitelisted_caller::<T::AccountId>();
	let asset = T::BenchmarkHelper::fund(&caller, 1_000u32.into());
	T::BenchmarkHelper::fund(&Pallet::<T>::account_id(), 1_000u32.into());
	T::BenchmarkHelper::fund(&T::Treasury::get(), 1_000u32.into());
	let most = T::Balance::from(1u128 << 100);
	let limits =
		Limits { min: 1u32.into(), max: most, capacity: most, refill: 1u32.into(), delay_above: most, delay: 9 };
	let route = Route { asset: asset.clone(), kind: RouteKind::Minted, cap: most, inbound: limits, outbound: limits };
	assert!(Pallet::<T>::set_route(governance::<T>(), CHAIN, TOKEN, Some(route)).is_ok());
	let fee: T::Balance = 1_000_000u32.into();
	let fees = RelayerFees { withdrawal: fee, message: fee, gas: 1u32.into(), max_gas: 1 << 30, rotation: fee };
	assert!(Pallet::<T>::set_fees(governance::<T>(), CHAIN, fees).is_ok());
	Across::<T>::insert(CHAIN, TOKEN, T::Balance::from(1u128 << 99));
	(keys, members, asset)
}

fn index_of<T: Config>(members: &Members<T::AccountId>, key: &ecdsa::Public) -> MemberIndex {
	members.iter().position(|member| member.key == *key).map(|place| place as MemberIndex).unwrap_or_default()
}

fn signature(key: &ecdsa::Public, digest: &Word) -> Signature {
	match sp_io::crypto::ecdsa_sign_prehashed(KEY_TYPE, key, digest) {
		Some(signature) => signature.0,
		None => panic!("the key was made just now"),
	}
}

fn vote(number: u64) -> HeaderVote {
	HeaderVote {
		chain_id: CHAIN,
		set_id: 1,
		number,
		block_hash: H256([1; 32]),
		receipts_root: H256([2; 32]),
		timestamp: 3,
	}
}

/// The log, proven as expensively as can be: below as many ancestors as may be, by about as many bytes as may be.
fn proven<T: Config>(log: Log) -> Box<EventProof> {
	let size = 2 * log.data.len() + 1_600;
	let filler = vec![1; MAX_PROOF_BYTES.saturating_sub(size) / 2];
	let receipt =
		Receipt { succeeded: true, logs: vec![log, Log { address: [1; 20], topics: vec![[1; 32]; 4], data: filler }] };
	let receipts: Vec<Vec<u8>> = (0..3).map(|_| receipt.encode(2)).collect();
	let mut header = Header {
		hash: [0; 32],
		parent_hash: [4; 32],
		receipts_root: receipts_root(&receipts),
		number: 1,
		timestamp: 1,
	};
	let extra = [1; 1_480];
	let mut ancestors = vec![header.encode_with(&extra)];
	for number in 2..=u64::from(MAX_ANCESTORS) {
		let parent_hash = gpu_chain_evm_client::keccak256(ancestors.last().map(Vec::as_slice).unwrap_or_default());
		header = Header { hash: [0; 32], parent_hash, receipts_root: [5; 32], number, timestamp: number };
		ancestors.push(header.encode_with(&extra));
	}
	ancestors.reverse();
	let block_hash = H256(gpu_chain_evm_client::keccak256(ancestors.first().map(Vec::as_slice).unwrap_or_default()));
	let anchor = u64::from(MAX_ANCESTORS);
	let accepted = AcceptedHeader { block_hash, receipts_root: H256([5; 32]), timestamp: anchor, next: None };
	Headers::<T>::insert(CHAIN, anchor, accepted);
	HeaderRanges::<T>::insert(CHAIN, HeaderRange { oldest: anchor, newest: anchor, count: 1 });
	let nodes = prove_receipt(&receipts, 1).unwrap_or_default();
	let bounded = |bytes: Vec<u8>| BoundedVec::truncate_from(bytes);
	Box::new(EventProof {
		anchor,
		ancestors: BoundedVec::truncate_from(ancestors.into_iter().map(BoundedVec::truncate_from).collect()),
		tx_index: 1,
		log_index: 0,
		receipt: BoundedVec::truncate_from(receipts.into_iter().nth(1).unwrap_or_default()),
		nodes: BoundedVec::truncate_from(nodes.into_iter().map(bounded).collect()),
	})
}

fn log<E: gpu_chain_evm_client::events::Event>(indexed: &[Word], data: &[Word]) -> Log {
	Log { address: GATEWAY.0, topics: emit::topics::<E>(indexed), data: data.concat() }
}

fn deposit<T: Config>(to: &T::AccountId) -> Log {
	let indexed = [emit::number(1), emit::address(&TOKEN.0), emit::address(&[5; 20])];
	log::<Deposit>(&indexed, &[word_of(to), emit::amount(amount::<T>().into())])
}

/// An account of which so many withdrawals wait.
fn withdrawn<T: Config>(asset: &T::AssetKind, count: u32) -> Vec<T::AccountId> {
	(0..count)
		.map(|i| {
			let who: T::AccountId = account("owner", i, 0);
			T::BenchmarkHelper::fund(&who, amount::<T>());
			let done = Pallet::<T>::withdraw(
				RawOrigin::Signed(who.clone()).into(),
				CHAIN,
				asset.clone(),
				THERE,
				amount::<T>(),
			);
			assert!(done.is_ok());
			who
		})
		.collect()
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn vote_header() {
		let (keys, members, _) = setup::<T>();
		let vote = vote(HEIGHT);
		let place = keys.first().map(|key| index_of::<T>(&members, key)).unwrap_or_default();
		// All others have voted for it, and there are as many headers as are kept.
		let digest = Pallet::<T>::vote_digest(&vote, &chain());
		let others =
			members.iter().zip(0..).map(|(_, i)| if i == place { (0, H256::zero()) } else { (HEIGHT, digest) });
		Ballots::<T>::insert(CHAIN, Ballot { set_id: 1, votes: BoundedVec::truncate_from(others.collect()) });
		let header =
			|next| AcceptedHeader { block_hash: H256([1; 32]), receipts_root: H256([1; 32]), timestamp: 1, next };
		for number in 1..4u64 {
			Headers::<T>::insert(CHAIN, number, header(Some(number.saturating_add(1))));
		}
		Headers::<T>::insert(CHAIN, 4, header(None));
		let count = T::HeaderRetention::get().max(1).saturating_add(1);
		HeaderRanges::<T>::insert(CHAIN, HeaderRange { oldest: 1, newest: 4, count });

		#[extrinsic_call]
		_(RawOrigin::Authorized, vote, place, [0; 65]);

		assert!(Headers::<T>::contains_key(CHAIN, HEIGHT));
		assert!(!Headers::<T>::contains_key(CHAIN, 2));
	}

	#[benchmark]
	fn authorize_vote_header() {
		let (keys, members, _) = setup::<T>();
		let vote = vote(HEIGHT);
		let Some(key) = keys.first() else { panic!("there are keys") };
		let place = index_of::<T>(&members, key);
		let signature = signature(key, &Pallet::<T>::vote_digest(&vote, &chain()).0);

		#[block]
		{
			assert!(Pallet::<T>::check_signed_vote(&vote, place, &signature).is_ok());
		}
	}

	/// A message of the longest payload, for which all others have signed.
	#[benchmark]
	fn sign() {
		let (keys, members, _) = setup::<T>();
		let caller = whitelisted_caller::<T::AccountId>();
		let payload = BoundedVec::truncate_from(vec![1; MAX_PAYLOAD_BYTES as usize]);
		assert!(Pallet::<T>::send_message(RawOrigin::Signed(caller).into(), CHAIN, THERE, 1, payload).is_ok());
		let place = keys.first().map(|key| index_of::<T>(&members, key)).unwrap_or_default();
		let others: Vec<(MemberIndex, Signature)> =
			(0..MAX_MEMBERS as MemberIndex).filter(|i| *i != place).map(|i| (i, [1; 65])).collect();
		let power = others.len() as u64;
		let collected = Signatures { set_id: 1, signed: BoundedVec::truncate_from(others), power };
		CollectedSignatures::<T>::insert(CHAIN, Subject::Item(1), collected);

		#[extrinsic_call]
		_(RawOrigin::Authorized, CHAIN, Subject::Item(1), 1, place, [0; 65]);

		assert_eq!(CollectedSignatures::<T>::get(CHAIN, Subject::Item(1)).signed.len(), MAX_MEMBERS as usize);
	}

	#[benchmark]
	fn authorize_sign() {
		let (keys, members, _) = setup::<T>();
		let caller = whitelisted_caller::<T::AccountId>();
		let payload = BoundedVec::truncate_from(vec![1; MAX_PAYLOAD_BYTES as usize]);
		assert!(Pallet::<T>::send_message(RawOrigin::Signed(caller).into(), CHAIN, THERE, 1, payload).is_ok());
		let Some(key) = keys.first() else { panic!("there are keys") };
		let place = index_of::<T>(&members, key);
		let subject = Subject::Item(1);
		let Ok((digest, _)) = Pallet::<T>::to_sign(CHAIN, subject) else { panic!("there is something to sign") };
		let signature = signature(key, &digest);

		#[block]
		{
			assert!(Pallet::<T>::check_signature(CHAIN, subject, 1, place, &signature).is_ok());
		}
	}

	#[benchmark]
	fn claim_deposit() {
		setup::<T>();
		let caller = whitelisted_caller::<T::AccountId>();
		let to: T::AccountId = account("recipient", 0, 0);
		T::BenchmarkHelper::fund(&to, 1u32.into());
		let proof = proven::<T>(deposit::<T>(&to));

		#[extrinsic_call]
		_(RawOrigin::Signed(caller), CHAIN, proof);

		assert!(Pallet::<T>::is_used(CHAIN, 1));
		assert!(!SuspendedCredits::<T>::contains_key(CHAIN, CreditKey::Deposit(1)));
	}

	#[benchmark]
	fn receive_message() {
		setup::<T>();
		let caller = whitelisted_caller::<T::AccountId>();
		let topics = emit::topics::<MessageSent>(&[emit::number(1), emit::address(&[5; 20]), [1; 32]]);
		let data = emit::bytes(&vec![1; MAX_PAYLOAD_BYTES as usize]);
		let proof = proven::<T>(Log { address: GATEWAY.0, topics, data });

		#[extrinsic_call]
		_(RawOrigin::Signed(caller), CHAIN, proof);

		assert!(Pallet::<T>::is_used(CHAIN, 1));
	}

	#[benchmark]
	fn confirm_item(t: Linear<1, MAX_TRANSFERS>) {
		let (_, _, asset) = setup::<T>();
		let caller = whitelisted_caller::<T::AccountId>();
		withdrawn::<T>(&asset, t);
		Pallet::<T>::create_batch(CHAIN);
		let Some(payload) = Pallet::<T>::payload(CHAIN, Subject::Item(1)) else { panic!("there is a batch") };
		// The first of as many sets as are asked has signed it.
		Rotations::<T>::insert(CHAIN, Rotation { current: outbound::MAX_SIGNING_SETS, pending: false });
		let event = log::<Cancelled>(&[emit::number(1), payload.struct_hash(1)], &[word_of(&caller)]);
		let proof = proven::<T>(event);

		#[extrinsic_call]
		_(RawOrigin::Signed(caller), CHAIN, proof);

		assert_eq!(OpenItems::<T>::get(CHAIN), 0);
		assert_eq!(SuspendedCredits::<T>::iter().count(), 0);
	}

	#[benchmark]
	fn confirm_set() {
		setup::<T>();
		let caller = whitelisted_caller::<T::AccountId>();
		Pallet::<T>::start_rotation(CHAIN);
		let Some(Payload::Set { set_id, members, active_until }) = Pallet::<T>::payload(CHAIN, Subject::Set(2)) else {
			panic!("there is a set")
		};
		let event =
			log::<SetUpdated>(&[emit::number(set_id), members.0], &[emit::number(active_until), word_of(&caller)]);
		let proof = proven::<T>(event);

		#[extrinsic_call]
		_(RawOrigin::Signed(caller), CHAIN, proof);

		assert_eq!(Rotations::<T>::get(CHAIN), Some(Rotation { current: 2, pending: false }));
	}

	#[benchmark]
	fn retry_credit() {
		setup::<T>();
		let caller = whitelisted_caller::<T::AccountId>();
		let to: T::AccountId = account("recipient", 0, 0);
		T::BenchmarkHelper::fund(&to, 1u32.into());
		let amount = H256(emit::amount(amount::<T>().into()));
		let credit = Suspended { token: TOKEN, to, amount, ready_at: None, reason: Waiting::LimitReached };
		SuspendedCredits::<T>::insert(CHAIN, CreditKey::Deposit(1), credit);

		#[extrinsic_call]
		_(RawOrigin::Signed(caller), CHAIN, CreditKey::Deposit(1));

		assert_eq!(SuspendedCredits::<T>::iter().count(), 0);
	}

	#[benchmark]
	fn withdraw() {
		let (_, _, asset) = setup::<T>();
		let caller = whitelisted_caller::<T::AccountId>();
		T::BenchmarkHelper::fund(&caller, amount::<T>());

		#[extrinsic_call]
		_(RawOrigin::Signed(caller), CHAIN, asset, THERE, amount::<T>());

		assert!(Withdrawals::<T>::contains_key(CHAIN, 0));
	}

	#[benchmark]
	fn cancel_withdrawal() {
		let (_, _, asset) = setup::<T>();
		let Some(who) = withdrawn::<T>(&asset, 1).pop() else { panic!("somebody has withdrawn") };

		#[extrinsic_call]
		_(RawOrigin::Signed(who), CHAIN, 0);

		assert!(!Withdrawals::<T>::contains_key(CHAIN, 0));
	}

	#[benchmark]
	fn release_withdrawal() {
		let (_, _, asset) = setup::<T>();
		let Some(who) = withdrawn::<T>(&asset, 1).pop() else { panic!("somebody has withdrawn") };
		frame_system::Pallet::<T>::set_block_number(100u32.into());
		Withdrawals::<T>::mutate(CHAIN, 0, |queued| {
			if let Some(queued) = queued {
				queued.withdrawal.ready_at = 50;
				queued.since = 1;
			}
		});

		#[extrinsic_call]
		_(RawOrigin::Signed(who), CHAIN, 0);

		assert_eq!(QueueRanges::<T>::get(CHAIN).tail, 2);
	}

	#[benchmark]
	fn send_message() {
		setup::<T>();
		let caller = whitelisted_caller::<T::AccountId>();
		let payload = BoundedVec::truncate_from(vec![1; MAX_PAYLOAD_BYTES as usize]);

		#[extrinsic_call]
		_(RawOrigin::Signed(caller), CHAIN, THERE, 1, payload);

		assert_eq!(OpenItems::<T>::get(CHAIN), 1);
	}

	#[benchmark]
	fn send_report() {
		setup::<T>();
		let caller = whitelisted_caller::<T::AccountId>();
		let subject = T::Reports::dearest_subject();

		#[extrinsic_call]
		_(RawOrigin::Signed(caller), CHAIN, THERE, 1, subject);

		assert_eq!(OpenItems::<T>::get(CHAIN), 1);
	}

	#[benchmark]
	fn report_conflicting_votes() {
		let (keys, members, _) = setup::<T>();
		let caller = whitelisted_caller::<T::AccountId>();
		let Some(key) = keys.first() else { panic!("there are keys") };
		let place = index_of::<T>(&members, key);
		let signed = |vote: HeaderVote| (vote, place, signature(key, &Pallet::<T>::vote_digest(&vote, &chain()).0));
		let (first, second) = (signed(vote(HEIGHT)), signed(HeaderVote { timestamp: 4, ..vote(HEIGHT) }));

		#[extrinsic_call]
		_(RawOrigin::Signed(caller), first, second);
	}

	#[benchmark]
	fn report_unknown_signature() {
		let (keys, members, _) = setup::<T>();
		let caller = whitelisted_caller::<T::AccountId>();
		let Some(key) = keys.first() else { panic!("there are keys") };
		let payload = Payload::Message {
			nonce: 9,
			deadline: 1,
			sender: H256([1; 32]),
			target: THERE,
			gas_limit: 1,
			payload: BoundedVec::truncate_from(vec![1; MAX_PAYLOAD_BYTES as usize]),
		};
		let signed = signature(key, &payload.digest(&chain().domain(CHAIN), 1));
		let place = index_of::<T>(&members, key);

		#[extrinsic_call]
		_(RawOrigin::Signed(caller), CHAIN, 1, place, Box::new(payload), signed);
	}

	#[benchmark]
	fn pause() {
		setup::<T>();
		let guardians: Vec<T::AccountId> = (0..T::MaxGuardians::get()).map(|i| account("guardian", i, 0)).collect();
		let Some(last) = guardians.last().cloned() else { panic!("there are guardians") };
		Guardians::<T>::put(BoundedVec::truncate_from(guardians));

		#[extrinsic_call]
		_(RawOrigin::Signed(last), CHAIN);

		assert!(Paused::<T>::contains_key(CHAIN));
	}

	#[benchmark]
	fn resume() {
		setup::<T>();
		Paused::<T>::insert(CHAIN, 0);
		frame_system::Pallet::<T>::set_block_number(T::ResumeDelay::get().saturating_add(1).into());
		let origin = governance::<T>();

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, CHAIN);

		assert!(!Paused::<T>::contains_key(CHAIN));
	}

	#[benchmark]
	fn set_guardians() {
		let guardians: Vec<T::AccountId> = (0..T::MaxGuardians::get()).map(|i| account("guardian", i, 0)).collect();
		let guardians = BoundedVec::truncate_from(guardians);
		let origin = governance::<T>();

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, guardians);

		assert_eq!(Guardians::<T>::get().len() as u32, T::MaxGuardians::get());
	}

	#[benchmark]
	fn register_chain() {
		Authorities::<T>::insert(1, AuthoritySet { members: members::<T>(&keys(1)), session: 0 });
		let origin = governance::<T>();

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, CHAIN, chain(), 1, 1, u64::MAX);

		assert!(Chains::<T>::contains_key(CHAIN));
	}

	#[benchmark]
	fn set_route() {
		setup::<T>();
		Across::<T>::remove(CHAIN, TOKEN);
		let origin = governance::<T>();

		// Removing it writes most.
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, CHAIN, TOKEN, None);

		assert!(!Routes::<T>::contains_key(CHAIN, TOKEN));
	}

	#[benchmark]
	fn set_fees() {
		setup::<T>();
		let origin = governance::<T>();

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, CHAIN, RelayerFees::default());

		assert_eq!(Fees::<T>::get(CHAIN), RelayerFees::default());
	}

	#[benchmark]
	fn force_set() {
		setup::<T>();
		Pallet::<T>::start_rotation(CHAIN);
		Paused::<T>::insert(CHAIN, 0);
		let origin = governance::<T>();

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, CHAIN, 1, 2, u64::MAX);

		assert_eq!(Rotations::<T>::get(CHAIN), Some(Rotation { current: 2, pending: false }));
	}

	#[benchmark]
	fn prove_header() {
		setup::<T>();
		let caller = whitelisted_caller::<T::AccountId>();
		let EventProof { anchor, ancestors, .. } = *proven::<T>(deposit::<T>(&caller));
		// Every header of the way may be one of those that are voted on, and there are as many as are kept.
		let dense = Chain { alignment: 1, ..chain() };
		Chains::<T>::insert(CHAIN, dense);
		let oldest = |next| AcceptedHeader {
			block_hash: H256([1; 32]),
			receipts_root: H256([1; 32]),
			timestamp: 0,
			next: Some(next),
		};
		let mut ancestors = ancestors;
		ancestors.truncate(MAX_ANCESTORS as usize - 1);
		Headers::<T>::insert(CHAIN, 0, oldest(1));
		Headers::<T>::insert(CHAIN, 1, oldest(anchor));
		let count = T::HeaderRetention::get().max(1).saturating_add(1);
		HeaderRanges::<T>::insert(CHAIN, HeaderRange { oldest: 0, newest: anchor, count });

		#[extrinsic_call]
		_(RawOrigin::Signed(caller), CHAIN, anchor, Some(1), Box::new(ancestors));

		assert!(Headers::<T>::contains_key(CHAIN, 2));
		assert!(!Headers::<T>::contains_key(CHAIN, 0));
	}

	#[benchmark]
	fn work_off() {
		#[block]
		{
			Pallet::<T>::work_off(&mut frame_support::weights::WeightMeter::with_limit(
				frame_support::weights::Weight::MAX,
			));
		}
	}

	/// A chain that has nothing due, but a queue that looks as if it had.
	#[benchmark]
	fn look_at_chain() {
		let (_, _, asset) = setup::<T>();
		withdrawn::<T>(&asset, 1);

		#[block]
		{
			assert!(!Pallet::<T>::is_rotation_due(CHAIN));
			let _ = Pallet::<T>::is_batch_due(CHAIN);
		}
	}

	#[benchmark]
	fn start_rotation() {
		setup::<T>();

		#[block]
		{
			Pallet::<T>::start_rotation(CHAIN);
		}

		assert!(Rotations::<T>::get(CHAIN).is_some_and(|rotation| rotation.pending));
	}

	/// As many holes as transfers.
	#[benchmark]
	fn create_batch() {
		let (_, _, asset) = setup::<T>();
		let gone = withdrawn::<T>(&asset, MAX_TRANSFERS);
		for (who, id) in gone.into_iter().zip(0u64..) {
			assert!(Pallet::<T>::cancel_withdrawal(RawOrigin::Signed(who).into(), CHAIN, id).is_ok());
		}
		withdrawn::<T>(&asset, MAX_TRANSFERS);

		#[block]
		{
			Pallet::<T>::create_batch(CHAIN);
		}

		assert_eq!(OpenItems::<T>::get(CHAIN), 1);
		assert_eq!(Withdrawals::<T>::iter().count(), 0);
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
