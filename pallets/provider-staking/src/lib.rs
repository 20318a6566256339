//! The collateral behind providers' nodes: stake, cooldown, slashing, trust levels.
#![cfg_attr(not(feature = "std"), no_std)]
