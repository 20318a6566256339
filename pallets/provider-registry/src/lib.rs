//! Providers' nodes: who owns them, what they offer, and whether they are there.
#![cfg_attr(not(feature = "std"), no_std)]
