//! # Payments
//!
//! Accounts that are paid in beforehand, and what others may spend of them.
#![cfg_attr(not(feature = "std"), no_std)]
