//! The types that gpu-chain's pallets share, and the small traits between them.
//!
//! A pallet of this project never depends on another one: it asks for a capability by one of the traits in [`traits`],
//! and the runtime wires the pallet that has it. [`types`] holds what several pallets, the runtime APIs and the clients
//! name alike. [`pow`] is the proof-of-work lane; [`report`] is what contracts on other chains are told of work done here;
//! [`matching`] says which nodes fit a request and ranks them, by the arithmetic of [`score`].
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub mod matching;
pub mod pow;
pub mod report;
pub mod score;
pub mod traits;
pub mod types;
pub mod usd;
pub mod x25519;

pub use report::{ReportSubject, WorkReport};
pub use traits::*;
pub use types::*;

#[cfg(feature = "runtime-benchmarks")]
pub mod benchmarking;
