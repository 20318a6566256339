//! # Disputes
//!
//! Cases about tasks and rentals, judged by arbitrators.
#![cfg_attr(not(feature = "std"), no_std)]
