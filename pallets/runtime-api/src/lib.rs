//! The runtime APIs by which dApps read the market.
#![cfg_attr(not(feature = "std"), no_std)]
