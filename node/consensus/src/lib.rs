//! The two lanes of slots: validators author on even slots, miners may fill the odd ones, GRANDPA finalises both.
//! The rules are in `docs/consensus.md`.

pub mod digest;
mod epochs;
mod error;
mod seal;

pub use digest::{Lane, PowClaim};
pub use error::Refusal;
pub use seal::import_params;
