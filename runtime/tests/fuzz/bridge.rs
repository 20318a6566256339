//! Calls about the bridge, over an EVM chain that is played: what its gateway says is attested, and then proven rightly or not.

use super::*;
use crate::common::bridge::*;
use frame_support::BoundedVec;
use gpu_chain_evm_client::receipt::Log;
use gpu_chain_primitives::ReportSubject;
use pallet_evm_bridge::{
	Across, Call as Bridge, Content, CreditKey, Departing, EventProof, OutboundNonce, Outbox, Paused, Subject,
};
use sp_core::H160;

/// Minted here for ether, or on its way back: what came over the bridge and did not leave.
pub fn bridged_ether() -> Balance {
	Across::<Runtime>::get(CHAIN, ETH) + Departing::<Runtime>::get(CHAIN, ETH)
}

/// The same of dollars.
pub fn bridged_dollars() -> Balance {
	Across::<Runtime>::get(CHAIN, USDC) + Departing::<Runtime>::get(CHAIN, USDC)
}

impl Fuzzer {
	/// A proof of that log, or one that somebody has tampered with.
	fn proof(&mut self, log: Log) -> Box<EventProof> {
		if Paused::<Runtime>::contains_key(CHAIN) {
			return mine(log).1;
		}
		let mut proof = attested(log);
		match self.rng.gen_range(0..30) {
			0 => proof.anchor += 32,
			1 => proof.tx_index = self.rng.gen(),
			2 => proof.log_index = self.rng.gen(),
			3 => {
				let at = self.rng.gen_range(0..proof.receipt.len());
				proof.receipt[at] ^= 1;
			}
			4 => proof.nodes = Default::default(),
			5 => {
				let garbage = BoundedVec::truncate_from(self.rng.gen::<[u8; 32]>().to_vec());
				proof.ancestors = BoundedVec::truncate_from(vec![garbage]);
			}
			_ => (),
		}
		proof
	}

	/// A nonce of the gateway's, mostly a new one.
	fn inbound_nonce(&mut self) -> u64 {
		match self.rng.gen_ratio(19, 20) {
			true => self.rng.gen(),
			false => self.rng.gen_range(0..3),
		}
	}

	fn token(&mut self) -> H160 {
		*[ETH, USDC, GPU, GPU, H160([1; 20])].choose(&mut self.rng).expect("there are tokens")
	}

	/// A withdrawal that waits, and its owner; or any and anybody.
	fn waiting(&mut self) -> (u64, AccountId) {
		let waiting = EvmBridge::withdrawals(CHAIN, None, 99).items;
		match waiting.choose(&mut self.rng) {
			Some((id, queued)) if self.rng.gen_ratio(9, 10) => (*id, queued.withdrawal.who.clone()),
			_ => (self.rng.gen_range(0..50), self.anybody()),
		}
	}

	/// What the gateway says of an item that is open; seldom of one that never was.
	fn outcome(&mut self) -> Log {
		let relayer = self.anybody();
		let open: Vec<u64> = Outbox::<Runtime>::iter_key_prefix(CHAIN).collect();
		let nonce = match open.choose(&mut self.rng) {
			Some(nonce) => *nonce,
			// Done with: refused. One that never was stops the bridge.
			None => OutboundNonce::<Runtime>::get(CHAIN) + u64::from(self.rng.gen_ratio(1, 30)),
		};
		let mut content = EvmBridge::payload(CHAIN, Subject::Item(nonce))
			.map_or([1; 32], |payload| payload.struct_hash(EvmBridge::rotation(CHAIN).expect("it is there").current));
		if self.rng.gen_ratio(1, 60) {
			content[0] ^= 1;
		}
		let batch = Outbox::<Runtime>::get(CHAIN, nonce).is_some_and(|item| matches!(item.content, Content::Batch(_)));
		match (batch, self.rng.gen_ratio(1, 3)) {
			(_, true) => cancelled_log(nonce, content, &relayer),
			(true, false) => executed_log(nonce, content, &relayer),
			(false, false) => delivered_log(nonce, content, &relayer),
		}
	}

	/// One call about the bridge.
	pub fn next_bridge(&mut self) -> (&'static str, AccountId, RuntimeCall) {
		let chain_id = if self.rng.gen_ratio(1, 50) { 2 } else { CHAIN };
		if Paused::<Runtime>::contains_key(CHAIN) && self.rng.gen_ratio(1, 3) {
			// As soon as it may; before that it is refused.
			let _ = EvmBridge::resume(RuntimeOrigin::root(), CHAIN);
		}
		let who = self.anybody();
		match self.rng.gen_range(0..40) {
			0..=7 => {
				let (asset, to) = (self.asset(), if self.rng.gen_ratio(1, 20) { GATEWAY } else { THERE });
				("bridge_withdraw", who, Bridge::withdraw { chain_id, asset, to, amount: self.amount() }.into())
			}
			8..=10 => {
				let (id, owner) = self.waiting();
				("cancel_bridge_withdrawal", owner, Bridge::cancel_withdrawal { chain_id, id }.into())
			}
			11..=14 => {
				let (id, _) = self.waiting();
				("release_bridge_withdrawal", who, Bridge::release_withdrawal { chain_id, id }.into())
			}
			15 => {
				let tasks = pallet_marketplace::NextTaskId::<Runtime>::get();
				let subject = match self.rng.gen() {
					true => ReportSubject::Task(self.rng.gen_range(0..=tasks)),
					false => ReportSubject::Node(self.node()),
				};
				let gas_limit = self.rng.gen_range(0..1_100_000);
				("send_bridge_report", who, Bridge::send_report { chain_id, target: THERE, gas_limit, subject }.into())
			}
			16..=17 => {
				let (gas_limit, payload) = (self.rng.gen_range(0..1_100_000), bounded("hello"));
				let send = Bridge::send_message { chain_id, target: THERE, gas_limit, payload };
				("send_bridge_message", who, send.into())
			}
			18..=25 => {
				let (token, nonce, mut amount) = (self.token(), self.inbound_nonce(), self.amount());
				// Nobody can bring back what never left; that would stop the bridge.
				let left = Across::<Runtime>::get(CHAIN, GPU) - Departing::<Runtime>::get(CHAIN, GPU);
				if token == GPU && self.rng.gen_ratio(60, 61) {
					amount = amount.min(left);
				}
				let to = self.anybody();
				let proof = self.proof(deposit_log(nonce, token, &to, amount));
				("bridge_claim_deposit", who, Bridge::claim_deposit { chain_id, proof }.into())
			}
			26..=28 => {
				let (nonce, to) = (self.inbound_nonce(), self.anybody());
				let proof = self.proof(message_log(nonce, &to, b"hello"));
				("bridge_receive_message", who, Bridge::receive_message { chain_id, proof }.into())
			}
			29..=34 => {
				let log = self.outcome();
				let proof = self.proof(log);
				("bridge_confirm_item", who, Bridge::confirm_item { chain_id, proof }.into())
			}
			35..=38 => {
				let suspended = EvmBridge::suspended(CHAIN, None, 99).items;
				let key = suspended.choose(&mut self.rng).map_or(CreditKey::Deposit(0), |(key, _)| *key);
				("bridge_retry_credit", who, Bridge::retry_credit { chain_id, key }.into())
			}
			_ => ("bridge_pause", who, Bridge::pause { chain_id }.into()),
		}
	}
}
