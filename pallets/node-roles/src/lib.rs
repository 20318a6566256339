//! # Node roles
//!
//! King, Queen and Provider, who oversees, who sponsors and who serves.
#![cfg_attr(not(feature = "std"), no_std)]
