//! The hybrid consensus engine: validators' blocks on even slots, miners' blocks on odd ones.
//!
//! - [`worker`]: work for miners, and blocks made of what they find.
//! - [`rpc`]: how miners get the one and hand in the other.

#![warn(missing_docs)]

pub mod rpc;
pub mod worker;
