//! Nodes' track records: scores and counters, moved by what happens to their work.
#![cfg_attr(not(feature = "std"), no_std)]
