//! Against the vectors of the contracts themselves (`contracts/abi/vectors.json`), which forge's tests hold the gateway to.

mod common;

use common::{address, bytes, word};
use gpu_chain_evm_client::{
	eip712::{members_hash, Domain, Member, Message, Struct, Transfer, ValidatorSet, WithdrawBatch, MAX_MEMBERS},
	events::{
		amount, emit, BatchExecuted, Cancelled, Deposit, Event, MessageReceived, MessageSent, SetUpdated, MAX_PAYLOAD,
	},
	receipt::Log,
};
use serde_json::Value;

fn vectors() -> Value {
	serde_json::from_str(include_str!("../../contracts/abi/vectors.json")).unwrap()
}

fn number(value: &Value) -> u64 {
	value.as_u64().unwrap()
}

fn decimal(value: &Value) -> u128 {
	value.as_str().unwrap().parse().unwrap()
}

fn holds(named: &Value, value: &impl Struct, domain: &Domain) {
	assert_eq!(value.struct_hash(), word(&named["structHash"]));
	assert_eq!(value.digest(domain), word(&named["digest"]));
}

#[test]
fn what_is_signed_should_be_what_the_gateway_checks() {
	let vectors = vectors();
	let named = &vectors["domain"];
	let domain = Domain { chain_id: number(&named["chainId"]), gateway: address(&named["verifyingContract"]) };
	assert_eq!(domain.separator(), word(&named["separator"]));

	for set in [&vectors["current"], &vectors["next"]] {
		let powers = set["powers"].as_array().unwrap();
		let validators = set["validators"].as_array().unwrap();
		let members: Vec<Member> = validators
			.iter()
			.zip(powers)
			.map(|(validator, power)| Member { address: address(validator), power: number(power) })
			.collect();
		assert_eq!(members_hash(&members), Some(word(&set["hash"])));
	}

	let value = &vectors["batch"]["value"];
	let transfers = value["transfers"].as_array().unwrap();
	let transfer = |one: &Value| Transfer {
		token: address(&one["token"]),
		to: address(&one["to"]),
		amount: decimal(&one["amount"]),
	};
	let batch = WithdrawBatch {
		set_id: number(&value["setId"]),
		nonce: number(&value["nonce"]),
		deadline: number(&value["deadline"]),
		transfers: transfers.iter().map(transfer).collect(),
	};
	holds(&vectors["batch"], &batch, &domain);

	let value = &vectors["message"]["value"];
	let message = Message {
		set_id: number(&value["setId"]),
		nonce: number(&value["nonce"]),
		deadline: number(&value["deadline"]),
		sender: word(&value["sender"]),
		target: address(&value["target"]),
		gas_limit: number(&value["gasLimit"]),
		payload: bytes(&value["payload"]),
	};
	holds(&vectors["message"], &message, &domain);

	let value = &vectors["set"]["value"];
	let set = ValidatorSet {
		set_id: number(&value["setId"]),
		members: word(&value["members"]),
		active_until: number(&value["activeUntil"]),
	};
	holds(&vectors["set"], &set, &domain);
}

/// A number that a contract's source names.
fn constant(source: &str, name: &str) -> usize {
	let named = format!(" constant {name} = ");
	let (_, value) = source.split_once(&named).unwrap();
	value.split(';').next().unwrap().replace('_', "").parse().unwrap()
}

#[test]
fn bounds_should_be_the_contracts() {
	let quorum = include_str!("../../contracts/src/libraries/Quorum.sol");
	assert_eq!(constant(quorum, "MAX_VALIDATORS"), MAX_MEMBERS);
	assert_eq!(constant(include_str!("../../contracts/src/GpuGateway.sol"), "MAX_PAYLOAD"), MAX_PAYLOAD);
	let members: Vec<Member> = (1..=129u8).map(|byte| Member { address: [byte; 20], power: 1 }).collect();
	assert!(members_hash(&members[..MAX_MEMBERS]).is_some());
	assert_eq!(members_hash(&members), None);
}

#[test]
fn what_the_gateway_says_should_be_read() {
	let vectors = vectors();
	let gateway = address(&vectors["domain"]["verifyingContract"]);
	let said = |name: &str| {
		let named = &vectors["logs"][name];
		let topics = named["topics"].as_array().unwrap().iter().map(word).collect();
		(named, Log { address: gateway, topics, data: bytes(&named["data"]) })
	};
	let relayer = word(&vectors["relayer"]);

	let (named, log) = said("Deposit");
	let deposit = Deposit::from_log(&log, &gateway).unwrap();
	assert_eq!((deposit.nonce, deposit.to), (number(&named["nonce"]), word(&named["to"])));
	assert_eq!((deposit.token, deposit.from), (address(&named["token"]), address(&named["from"])));
	assert_eq!(amount(&deposit.amount), Some(decimal(&named["amount"])));

	let (named, log) = said("MessageSent");
	let message = MessageSent::from_log(&log, &gateway).unwrap();
	assert_eq!((message.nonce, message.to), (number(&named["nonce"]), word(&named["to"])));
	assert_eq!((message.from, message.payload), (address(&named["from"]), bytes(&named["payload"])));

	let (named, log) = said("BatchExecuted");
	let content = word(&vectors["batch"]["structHash"]);
	let unpaid = emit::number(decimal(&named["unpaid"]) as u64);
	let nonce = number(&named["nonce"]);
	assert_eq!(BatchExecuted::from_log(&log, &gateway), Some(BatchExecuted { nonce, content, relayer, unpaid }));

	let (named, log) = said("MessageReceived");
	let content = word(&vectors["message"]["structHash"]);
	let (nonce, delivered) = (number(&named["nonce"]), named["delivered"].as_bool().unwrap());
	assert_eq!(MessageReceived::from_log(&log, &gateway), Some(MessageReceived { nonce, content, relayer, delivered }));

	let (named, log) = said("Cancelled");
	let (nonce, content) = (number(&named["nonce"]), word(&vectors["batch"]["structHash"]));
	assert_eq!(Cancelled::from_log(&log, &gateway), Some(Cancelled { nonce, content, relayer }));

	let (named, log) = said("SetUpdated");
	let set = SetUpdated::from_log(&log, &gateway).unwrap();
	assert_eq!((set.set_id, set.relayer), (number(&named["setId"]), relayer));
	assert_eq!(set.members, word(&vectors["set"]["value"]["members"]));
	assert_eq!(set.active_until, number(&vectors["set"]["value"]["activeUntil"]));
}
