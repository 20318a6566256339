//! Tasks: created by buyers, done by nodes, approved and paid.
#![cfg_attr(not(feature = "std"), no_std)]
