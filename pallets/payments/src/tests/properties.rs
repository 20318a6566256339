//! Random calls of several people in two currencies, against a model that only adds and subtracts: everybody has what is
//! theirs, nobody spends more than they were allowed, and no unit comes or goes.

use crate::{mock::*, Reference};
use frame_support::assert_ok;
use gpu_chain_primitives::PrepaidAccounts;
use proptest::prelude::*;
use sp_runtime::DispatchResult;
use std::collections::BTreeMap;

#[derive(Clone, Debug)]
enum Act {
	Deposit { who: AccountId, dollars: bool, amount: Balance },
	Withdraw { who: AccountId, dollars: bool, amount: Balance },
	Pay { from: AccountId, to: AccountId, dollars: bool, amount: Balance },
	Set { owner: AccountId, spender: AccountId, dollars: bool, amount: Balance, blocks: Option<u64> },
	Raise { owner: AccountId, spender: AccountId, dollars: bool, by: Balance },
	Lower { owner: AccountId, spender: AccountId, dollars: bool, by: Balance },
	Revoke { owner: AccountId, spender: AccountId, dollars: bool },
	RemoveExpired { owner: AccountId, spender: AccountId, dollars: bool },
	Draw { owner: AccountId, spender: AccountId, dollars: bool, amount: Balance },
	Wait,
}

fn amount() -> impl Strategy<Value = Balance> {
	prop_oneof![
		2 => Just(1),
		4 => 1..2_000u128,
		2 => 1..ENDOWMENT / 4,
		1 => Just(ENDOWMENT),
		1 => Just(Balance::MAX),
		1 => Just(0)
	]
}

fn act() -> impl Strategy<Value = Act> {
	let who = || prop_oneof![3 => Just(OWNER), 3 => Just(SPENDER), 2 => Just(OTHER), 1 => Just(NOBODY)];
	prop_oneof![
		4 => (who(), any::<bool>(), amount())
			.prop_map(|(who, dollars, amount)| Act::Deposit { who, dollars, amount }),
		2 => (who(), any::<bool>(), amount())
			.prop_map(|(who, dollars, amount)| Act::Withdraw { who, dollars, amount }),
		3 => (who(), who(), any::<bool>(), amount())
			.prop_map(|(from, to, dollars, amount)| Act::Pay { from, to, dollars, amount }),
		4 => (who(), who(), any::<bool>(), amount(), prop::option::of(0..4u64)).prop_map(
			|(owner, spender, dollars, amount, blocks)| Act::Set { owner, spender, dollars, amount, blocks }
		),
		1 => (who(), who(), any::<bool>(), amount())
			.prop_map(|(owner, spender, dollars, by)| Act::Raise { owner, spender, dollars, by }),
		1 => (who(), who(), any::<bool>(), amount())
			.prop_map(|(owner, spender, dollars, by)| Act::Lower { owner, spender, dollars, by }),
		1 => (who(), who(), any::<bool>())
			.prop_map(|(owner, spender, dollars)| Act::Revoke { owner, spender, dollars }),
		1 => (who(), who(), any::<bool>())
			.prop_map(|(owner, spender, dollars)| Act::RemoveExpired { owner, spender, dollars }),
		6 => (who(), who(), any::<bool>(), amount())
			.prop_map(|(owner, spender, dollars, amount)| Act::Draw { owner, spender, dollars, amount }),
		1 => Just(Act::Wait),
	]
}

type Person = (bool, AccountId);

/// What everybody should have: free with deposits for storage, and prepaid; and what they may spend of others'.
#[derive(Default)]
struct Model {
	own: BTreeMap<Person, Balance>,
	prepaid: BTreeMap<Person, Balance>,
	allowances: BTreeMap<(bool, AccountId, AccountId), (Balance, Option<u64>)>,
}

const PEOPLE: [AccountId; 4] = [OWNER, SPENDER, OTHER, NOBODY];

fn currency(dollars: bool) -> AssetKind {
	if dollars {
		DOLLARS
	} else {
		NATIVE
	}
}

/// As in a block: what fails changes nothing.
fn layered(call: impl FnOnce() -> DispatchResult) -> DispatchResult {
	frame_support::storage::with_storage_layer(call)
}

/// Free money, and what lies as a deposit for storage.
fn own(dollars: bool, who: AccountId) -> Balance {
	free(&currency(dollars), who) + if dollars { 0 } else { deposits(who) }
}

impl Model {
	fn new() -> Self {
		let people = [false, true].into_iter().flat_map(|dollars| PEOPLE.map(|who| (dollars, who)));
		Self { own: people.map(|(dollars, who)| ((dollars, who), own(dollars, who))).collect(), ..Self::default() }
	}

	/// Whether so much can leave the prepaid account; then it is free.
	fn free(&mut self, person: Person, amount: Balance) {
		let prepaid = self.prepaid.entry(person).or_default();
		*prepaid = prepaid.checked_sub(amount).expect("no more leaves than was paid in");
		*self.own.get_mut(&person).unwrap() += amount;
	}

	fn spend(&mut self, key: (bool, AccountId, AccountId), amount: Balance) {
		let (left, last) = *self.allowances.get(&key).expect("nobody spends without an allowance");
		assert!(last.is_none_or(|last| System::block_number() <= last), "nor later than it says");
		let left = left.checked_sub(amount).expect("nor more than it says");
		if left == 0 {
			self.allowances.remove(&key);
		} else {
			self.allowances.insert(key, (left, last));
		}
	}

	fn apply(&mut self, act: Act) {
		match act {
			Act::Deposit { who, dollars, amount } => {
				if layered(|| Payments::deposit(origin(who), currency(dollars), amount)).is_ok() {
					*self.own.get_mut(&(dollars, who)).unwrap() -= amount;
					*self.prepaid.entry((dollars, who)).or_default() += amount;
				}
			}
			Act::Withdraw { who, dollars, amount } => {
				let enough = self.prepaid.get(&(dollars, who)).is_some_and(|prepaid| *prepaid >= amount);
				let done = layered(|| Payments::withdraw(origin(who), currency(dollars), amount)).is_ok();
				assert_eq!(done, enough && amount > 0, "it can be taken back at any time");
				if done {
					self.free((dollars, who), amount);
				}
			}
			Act::Pay { from, to, dollars, amount } => {
				let reference = Reference::default();
				if layered(|| Payments::make_payment(origin(from), to, currency(dollars), amount, reference)).is_ok() {
					assert_ne!(from, to);
					self.free((dollars, from), amount);
					*self.own.get_mut(&(dollars, from)).unwrap() -= amount;
					*self.own.get_mut(&(dollars, to)).unwrap() += amount;
				}
			}
			Act::Set { owner, spender, dollars, amount, blocks } => {
				let last = blocks.map(|blocks| System::block_number() + blocks);
				let set = || Payments::set_allowance(origin(owner), spender, currency(dollars), amount, last);
				if layered(set).is_ok() {
					self.allowances.insert((dollars, owner, spender), (amount, last));
				}
			}
			Act::Raise { owner, spender, dollars, by } => {
				if layered(|| Payments::raise_allowance(origin(owner), spender, currency(dollars), by)).is_ok() {
					self.allowances.get_mut(&(dollars, owner, spender)).unwrap().0 += by;
				}
			}
			Act::Lower { owner, spender, dollars, by } => {
				if layered(|| Payments::lower_allowance(origin(owner), spender, currency(dollars), by)).is_ok() {
					let key = (dollars, owner, spender);
					let (left, last) = self.allowances[&key];
					if left <= by {
						self.allowances.remove(&key);
					} else {
						self.allowances.insert(key, (left - by, last));
					}
				}
			}
			Act::Revoke { owner, spender, dollars } => {
				let there = self.allowances.remove(&(dollars, owner, spender)).is_some();
				let done = layered(|| Payments::revoke_allowance(origin(owner), spender, currency(dollars)));
				assert_eq!(done.is_ok(), there, "it can be revoked at any time");
			}
			Act::RemoveExpired { owner, spender, dollars } => {
				let remove = || Payments::remove_expired_allowance(origin(OTHER), owner, spender, currency(dollars));
				if layered(remove).is_ok() {
					let (_, last) = self.allowances.remove(&(dollars, owner, spender)).unwrap();
					assert!(last.unwrap() < System::block_number());
				}
			}
			Act::Draw { owner, spender, dollars, amount } => {
				// Without a layer around it: it promises to change nothing itself.
				if <Payments as PrepaidAccounts<_, _, _>>::draw(&owner, &spender, &currency(dollars), amount).is_ok() {
					if owner != spender {
						self.spend((dollars, owner, spender), amount);
					}
					self.free((dollars, owner), amount);
				}
			}
			Act::Wait => System::set_block_number(System::block_number() + 1),
		}
	}

	fn check(&self) {
		for (&(dollars, who), expected) in &self.own {
			assert_eq!(own(dollars, who), *expected, "free money of {who}, dollars: {dollars}");
			let prepaid = self.prepaid.get(&(dollars, who)).copied().unwrap_or_default();
			assert_eq!(Payments::balance(&who, &currency(dollars)), prepaid, "prepaid money of {who}");
		}
		for owner in PEOPLE {
			let stored = Payments::allowances(&owner, None, 100).items;
			assert_eq!(stored.len(), self.allowances.keys().filter(|(_, by, _)| *by == owner).count());
			for grant in stored {
				let key = (grant.asset == DOLLARS, owner, grant.spender);
				assert_eq!(self.allowances.get(&key), Some(&(grant.amount, grant.expires_at)));
			}
			let allowances = self.allowances.keys().filter(|(_, by, _)| *by == owner).count() as Balance;
			assert_eq!(deposits(owner), allowances * DEPOSIT);
		}
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(512))]

	#[test]
	fn everybody_has_what_is_theirs_whatever_is_called(acts in prop::collection::vec(act(), 1..80)) {
		new_test_ext().execute_with(|| {
			let before = issuance();
			let mut model = Model::new();
			for act in acts {
				model.apply(act);
				model.check();
				assert_ok!(Payments::do_try_state());
				assert_eq!(issuance(), before);
			}
		});
	}
}
