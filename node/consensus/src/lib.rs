//! The two lanes of slots: validators author on even slots by BABE, miners may fill the odd ones by proof of work, and
//! GRANDPA finalises both. The rules and their reasons are in `docs/consensus.md`.
//!
//! A block passes
//! ```text
//! from the network:  HybridVerifier ─┬─ BABE's seal ─ BABE's verifier ─┐
//!                                    └─ a miner's seal ─ rules of work ┤
//! this node's own: ────────────────────────────────────────────────────┤
//!                                                                      ▼
//!        HybridBlockImport ─ BabeBlockImport ─ RestoreOrigin ─ GrandpaBlockImport ─ client
//! ```
//! - [`digest`]: how a miner's block says so; [`work`]: the rules for it.
//! - [`HybridVerifier`]: who may have made a block. [`HybridBlockImport`]: how it becomes part of the chain.
//! - [`Equivocations`] and [`RestoreOrigin`]: reports on validators, in place of BABE's own.
//! - [`import_queue`]: the queue over all that. [`import_params`]: a mined block on its way in.
//! - [`EvenSlotsOnly`]: when validators author.
//! - [`worker`]: work for miners, and blocks made of what they find. [`rpc`]: how miners get the one and hand in the
//!   other.

mod authoring;
pub mod digest;
mod epochs;
mod equivocation;
mod error;
mod import;
mod metrics;
mod origin;
mod queue;
pub mod rpc;
mod seal;
mod sync;
mod verifier;
pub mod work;
pub mod worker;

pub use authoring::EvenSlotsOnly;
pub use digest::{DigestError, Lane, PowClaim};
pub use equivocation::{Equivocations, ReportError};
pub use error::Refusal;
pub use import::HybridBlockImport;
pub use metrics::Metrics;
pub use origin::RestoreOrigin;
pub use queue::{import_queue, ImportQueueParams};
pub use seal::import_params;
pub use verifier::HybridVerifier;
