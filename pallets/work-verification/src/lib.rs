//! Challenge rounds and on-demand challenges that prove nodes' computing power.
#![cfg_attr(not(feature = "std"), no_std)]
