mod add_stake;
mod appeal_slash;
mod cancel_slash;
mod cancel_withdrawal;
mod execute_slash;
mod invariants;
mod properties;
mod queue;
mod registration;
mod request_withdrawal;
mod sla;
mod slash;
mod slash_hooks;
mod trust_level;
mod views;
mod withdraw_unbonded;

use crate::{mock::*, StakeLedgerOf, UnbondingChunk};

/// The ledger of [`NODE`].
fn ledger() -> StakeLedgerOf<Test> {
	Staking::stake(&NODE).unwrap()
}

/// The unbonding chunks of [`NODE`], as amounts and blocks.
fn chunks() -> Vec<(u64, u64)> {
	ledger().unbonding.iter().map(|UnbondingChunk { amount, unlock_at }| (*amount, *unlock_at)).collect()
}
