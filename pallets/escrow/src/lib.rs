//! Money held between a buyer and a provider until the work is done.
#![cfg_attr(not(feature = "std"), no_std)]
