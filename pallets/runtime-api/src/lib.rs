//! The runtime APIs by which dApps read the market: one file a subject.
//!
//! Every list is paged: `limit` items at the most (and never more than
//! [`MAX_PAGE`](gpu_chain_primitives::MAX_PAGE)), from behind `cursor`, which is the `next` of the page before and `None` for
//! the first. Lists are in the order of storage. Amounts are in plancks of their currency, power in hashes per second,
//! times in blocks unless a name says milliseconds or seconds.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod bridge;
mod dispute;
mod escrow;
mod matching;
mod node;
mod payment;
mod pow;
mod price;
mod rental;
mod role;
mod task;
mod user;
mod work;

pub use bridge::*;
pub use dispute::*;
pub use escrow::*;
pub use matching::*;
pub use node::*;
pub use payment::*;
pub use pow::*;
pub use price::*;
pub use rental::*;
pub use role::*;
pub use task::*;
pub use user::*;
pub use work::*;
