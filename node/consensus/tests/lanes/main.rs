//! The rules of the lanes, on a chain in memory.

mod flood;
mod import;
mod reports;
mod support;
mod sync;
mod verifier;
