//! Calls about users, roles and partners.

use super::*;
use pallet_node_roles::Call as Roles;
use pallet_provider_staking::SlaTerms;
use pallet_user_registry::{Call as Users, Profile};
use sp_core::Pair;

impl Fuzzer {
	/// The Queen of the chain, or anybody.
	fn sponsor(&mut self) -> AccountId {
		if self.rng.gen_ratio(4, 5) {
			queen()
		} else {
			self.anybody()
		}
	}

	/// The King of the chain, or anybody.
	fn overseer(&mut self) -> AccountId {
		if self.rng.gen_ratio(4, 5) {
			king()
		} else {
			self.anybody()
		}
	}

	/// One call about users, roles or partners.
	pub fn next_identity(&mut self) -> (&'static str, AccountId, RuntimeCall) {
		let node = self.node();
		match self.rng.gen_range(0..24) {
			// Without sponsors there is no market.
			0..=8 => {
				let alone: Vec<NodeId> = pallet_provider_registry::Nodes::<Runtime>::iter_keys()
					.filter(|node| NodeRoles::sponsorship(node).is_none())
					.collect();
				let node = alone.choose(&mut self.rng).copied().unwrap_or(node);
				("sponsor_node", self.sponsor(), Roles::sponsor_node { node }.into())
			}
			9 => ("end_sponsorship", self.sponsor(), Roles::end_sponsorship { node }.into()),
			10 => {
				let passed = self.rng.gen_ratio(9, 10);
				let audit =
					Roles::audit_node { node, passed, report_uri: bounded("ipfs://r"), report_hash: H256::zero() };
				("audit_node", self.sponsor(), audit.into())
			}
			11 => {
				let audited: Vec<NodeId> = pallet_node_roles::Audits::<Runtime>::iter_keys().collect();
				let node = audited.choose(&mut self.rng).copied().unwrap_or(node);
				("confirm_audit", self.overseer(), Roles::confirm_audit { node }.into())
			}
			12 => {
				let bond = self.rng.gen_range(9 * UNIT..20 * UNIT);
				("apply", self.anybody(), Roles::apply { bond }.into())
			}
			13 => ("confirm_queen", self.overseer(), Roles::confirm_queen { queen: self.anybody() }.into()),
			14 if self.rng.gen_ratio(1, 3) => {
				let suspend = Roles::suspend_queen { queen: self.anybody(), reason: bounded("no") };
				("suspend_queen", self.overseer(), suspend.into())
			}
			14 => ("add_bond", self.anybody(), Roles::add_bond { amount: self.amount() }.into()),
			15 => ("resign", self.anybody(), Roles::resign {}.into()),
			16 => ("withdraw_bond", self.anybody(), Roles::withdraw_bond {}.into()),
			17 | 18 => {
				let bond = self.rng.gen_range(4 * UNIT..8 * UNIT);
				let uptime = self.rng.gen_range(9_400..=10_001);
				let penalty = self.rng.gen_range(UNIT / 4..2 * UNIT);
				let terms = SlaTerms { uptime, response_ms: self.rng.gen_range(0..11_000), penalty };
				("commit_sla", self.owner(&node), Stake::commit_sla { node, terms, bond }.into())
			}
			19 | 20 => {
				let committed: Vec<NodeId> = pallet_provider_staking::Commitments::<Runtime>::iter_keys().collect();
				let node = committed.choose(&mut self.rng).copied().unwrap_or(node);
				let owner = self.owner(&node);
				match self.rng.gen_range(0..6) {
					0 => ("end_sla", owner, Stake::end_sla { node }.into()),
					1 => ("withdraw_insurance", owner, Stake::withdraw_insurance { node }.into()),
					2 => ("add_insurance", owner, Stake::add_insurance { node, amount: self.amount() }.into()),
					_ => {
						let harmed = self.rng.gen_ratio(1, 2).then(|| self.anybody());
						("report_breach", self.anybody(), Stake::report_breach { node, harmed }.into())
					}
				}
			}
			21 => {
				let uri = vec![b'u'; self.rng.gen_range(0..256)].try_into().expect("short enough");
				let key = [self.rng.gen_range(0..3); 32];
				let profile = Profile { uri, name_hash: H256::zero(), encryption_key: Some(key) };
				if self.rng.gen() {
					("register", self.anybody(), Users::register { profile }.into())
				} else {
					("update", self.anybody(), Users::update { profile }.into())
				}
			}
			22 => {
				let who = self.anybody();
				let pair = sp_core::ecdsa::Pair::from_seed(&[self.rng.gen_range(1..9); 32]);
				let text = UserRegistry::link_message(&who).unwrap_or_default();
				let digest = pallet_user_registry::types::eip191_digest(&text);
				let signature: [u8; 65] = pair.sign_prehashed(&digest).into();
				let address = pallet_user_registry::types::recover(&digest, &signature).expect("signed just now");
				("link_wallet", who, Users::link_wallet { address, signature }.into())
			}
			_ => {
				let wallets: Vec<_> = pallet_user_registry::Wallets::<Runtime>::iter().collect();
				match wallets.choose(&mut self.rng) {
					Some((address, who)) if self.rng.gen_ratio(2, 3) => {
						("unlink_wallet", who.clone(), Users::unlink_wallet { address: *address }.into())
					}
					_ => ("remove", self.anybody(), Users::remove {}.into()),
				}
			}
		}
	}
}
