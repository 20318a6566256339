//! # Matching
//!
//! The best node for a request, by score and by sealed bids.
#![cfg_attr(not(feature = "std"), no_std)]
