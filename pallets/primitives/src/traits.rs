//! The traits between pallets: one file a relationship, wired by the runtime.
//!
//! Layers call downwards only. What a lower pallet tells a higher one goes through an `On…` hook, which composes as a
//! tuple and does nothing as `()`.

mod ask_index;
mod bridge;
mod collateral;
mod disputes;
mod escrow;
mod fees;
mod matching;
mod miner_credit;
mod node_events;
mod open_work;
mod power;
mod prepaid;
mod prices;
mod provider;
mod reputation;
mod slashes;
mod sponsorship;
mod task_value;
mod uptime;

pub use ask_index::AskIndex;
pub use bridge::{OnBridgeMessage, WorkReports};
pub use collateral::{Collateral, TrustInspect};
pub use disputes::{Award, Disputable, OnDisputed};
pub use escrow::{Escrow, EscrowInspect};
pub use fees::{DealInspect, OnFeePaid};
pub use matching::{Assignable, AssignableTask, Candidates, NodeDigests, TaskPhase, TaskRequests};
pub use miner_credit::MinerCredit;
pub use node_events::{OnNodeRegistered, OnNodeStatusChanged};
pub use open_work::OpenWork;
pub use power::{OnPowerShown, PowerInspect};
pub use prepaid::PrepaidAccounts;
pub use prices::UsdPrices;
pub use provider::{HardwareInspect, ProviderControl, ProviderInspect};
pub use reputation::{Reputation, ReputationInspect};
pub use slashes::OnSlashed;
pub use sponsorship::{NodeVerification, Sponsorship};
pub use task_value::{TaskValueLimit, TaskValueRefused};
pub use uptime::UptimeInspect;
