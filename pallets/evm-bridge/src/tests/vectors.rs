//! The vectors of the contracts (`contracts/abi/vectors.json`), which ethers made and forge's tests hold the gateway to: keys,
//! sets, digests and signatures come out the same here, byte for byte.

use crate::types::*;
use gpu_chain_evm_client::{hex, signature::for_solidity, Word};
use serde_json::Value;
use sp_core::{ecdsa, Pair, H160, H256};

fn vectors() -> Value {
	serde_json::from_str(include_str!("../../../../contracts/abi/vectors.json")).unwrap()
}

fn bytes(value: &Value) -> Vec<u8> {
	hex::bytes(value.as_str().unwrap(), usize::MAX).unwrap()
}

fn word(value: &Value) -> Word {
	bytes(value).try_into().unwrap()
}

fn h256(value: &Value) -> H256 {
	word(value).into()
}

fn address(value: &Value) -> H160 {
	H160::from_slice(&bytes(value))
}

fn number(value: &Value) -> u64 {
	value.as_u64().unwrap()
}

/// The keys of a set, and its members as this chain makes them of the keys.
fn set(named: &Value) -> (Vec<ecdsa::Pair>, Vec<Authority<u64>>) {
	let keys: Vec<_> = named["keys"].as_array().unwrap().iter().map(|key| ecdsa::Pair::from_seed(&word(key))).collect();
	let powers = named["powers"].as_array().unwrap();
	let member = |(key, power): (&ecdsa::Pair, &Value)| Authority {
		account: 1,
		key: key.public(),
		address: address_of(&key.public()).unwrap(),
		power: number(power),
	};
	let members = keys.iter().zip(powers).map(member).collect();
	(keys, members)
}

/// What is signed, by what it is called there.
fn payload(name: &str, value: &Value) -> Payload {
	match name {
		"batch" => {
			let transfer = |one: &Value| PayloadTransfer {
				token: address(&one["token"]),
				to: address(&one["to"]),
				amount: one["amount"].as_str().unwrap().parse().unwrap(),
			};
			let transfers: Vec<_> = value["transfers"].as_array().unwrap().iter().map(transfer).collect();
			Payload::Batch {
				nonce: number(&value["nonce"]),
				deadline: number(&value["deadline"]),
				transfers: transfers.try_into().unwrap(),
			}
		}
		"message" => Payload::Message {
			nonce: number(&value["nonce"]),
			deadline: number(&value["deadline"]),
			sender: h256(&value["sender"]),
			target: address(&value["target"]),
			gas_limit: number(&value["gasLimit"]),
			payload: bytes(&value["payload"]).try_into().unwrap(),
		},
		_ => Payload::Set {
			set_id: number(&value["setId"]),
			members: h256(&value["members"]),
			active_until: number(&value["activeUntil"]),
		},
	}
}

#[test]
fn bounds_should_be_those_of_the_contracts() {
	let gateway = include_str!("../../../../contracts/src/GpuGateway.sol");
	assert!(gateway.contains(&format!(" constant MAX_TRANSFERS = {MAX_TRANSFERS};")));
	assert!(gateway.contains(&format!(" constant MAX_PAYLOAD = {MAX_PAYLOAD_BYTES};")));
	let quorum = include_str!("../../../../contracts/src/libraries/Quorum.sol");
	assert!(quorum.contains(&format!(" constant MAX_VALIDATORS = {MAX_MEMBERS};")));
}

#[test]
fn sets_should_be_those_of_the_contracts() {
	sp_io::TestExternalities::default().execute_with(|| {
		let vectors = vectors();
		for named in [&vectors["current"], &vectors["next"]] {
			let (_, members) = set(named);
			let addresses: Vec<H160> = named["validators"].as_array().unwrap().iter().map(address).collect();
			assert_eq!(members.iter().map(|member| member.address).collect::<Vec<_>>(), addresses);
			assert_eq!(members_hash(&members), Some(word(&named["hash"])));
		}
	});
}

#[test]
fn signatures_should_be_those_of_the_contracts() {
	sp_io::TestExternalities::default().execute_with(|| {
		let vectors = vectors();
		let named = &vectors["domain"];
		let chain = Chain {
			genesis: H256([1; 32]),
			gateway: address(&named["verifyingContract"]),
			finality: Finality::Finalized,
			alignment: 32,
		};
		let domain = chain.domain(number(&named["chainId"]));
		let (keys, members) = set(&vectors["current"]);
		let signed_by = number(&vectors["batch"]["value"]["setId"]);
		for name in ["batch", "message", "set"] {
			let named = &vectors[name];
			let payload = payload(name, &named["value"]);
			assert_eq!(payload.struct_hash(signed_by), word(&named["structHash"]), "{name}");
			let digest = payload.digest(&domain, signed_by);
			assert_eq!(digest, word(&named["digest"]), "{name}");

			let signers: u64 = named["signers"].as_str().unwrap().parse().unwrap();
			let signed: Vec<usize> = (0..members.len()).filter(|i| signers >> i & 1 == 1).collect();
			let ours: Vec<[u8; 65]> = signed.iter().map(|i| keys[*i].sign_prehashed(&digest).0).collect();
			assert_eq!(ours.iter().flat_map(for_solidity).collect::<Vec<u8>>(), bytes(&named["signatures"]), "{name}");
			for (i, signature) in signed.iter().zip(&ours) {
				assert_eq!(signer(signature, &digest), Some(members[*i].address), "{name}");
			}
			let power: u64 = signed.iter().map(|i| members[*i].power).sum();
			assert!(is_quorum(power, total_power(&members)), "{name}");
		}
	});
}
