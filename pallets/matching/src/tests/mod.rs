//! One file a call or journey.

mod claim_bond;
mod commit_bid;
mod index;
mod invariants;
mod open_auction;
mod properties;
mod remove_auction;
mod requests;
mod reveal_bid;
mod settle;
mod settlements;
mod types;
mod views;

use crate::{mock::*, types::AuctionStatus, Error, Event};
use frame_support::{assert_noop, assert_ok};
