//! The provider's program: proves what its machine can compute, takes tasks that its owner's policy allows, runs them in
//! a sandbox, and is paid.
//!
//! # How the agent works
//! ```text
//!          ┌────────── one view of the chain for each new best block ──────────┐
//!          │                                                                   ▼
//!   chain ─┤                                                   decide(view, local) → actions   (pure)
//!          │                                                                   │
//!          └─────── extrinsics, each awaited until it is in a block ◄──────────┤
//!                   searches, sandboxes, fetches in the background  ◄──────────┘
//! ```
//! [`agent::decide`] is a pure function: everything the agent does follows from what is on the chain now and from what
//! lies in its state directory. So a restart, a lost connection or a reorganised block need no case of their own: the
//! next view says what is left to do. Nothing is sent twice, because a transaction's nonce is taken from the same block
//! as the view that asked for it.
//!
//! # What lies where
//! | module | what |
//! | --- | --- |
//! | [`config`], [`policy`] | what the owner wants: where to connect, and which work to take |
//! | [`chain`] | the node, behind a trait |
//! | [`agent`] | the loop and its decisions; [`agent::bids`]: those about auctions |
//! | [`rounds`], [`lotteries`] | searching for proofs |
//! | [`watch`] | computing other nodes' tickets again; beside the agent, or a command of its own |
//! | [`mine`] | mining blocks; a command of its own, beside the agent |
//! | [`tasks`], [`sandbox`], [`programs`] | specifications and running them |
//! | [`sessions`] | what renters get, and how they get in |
//! | [`store`], [`state`] | results, and what must survive a crash |
//! | [`fetch`], [`http`] | getting specifications, serving results and status |
//! | [`devices`] | graphics cards, and which engine searches |
//! | [`status`], [`rates`], [`dashboard`] | figures |
//! | [`auctions`], [`bench`], [`doctor`], [`machine`] | commands that need no agent |

pub mod agent;
pub mod auctions;
pub mod bench;
pub mod chain;
pub mod config;
pub mod dashboard;
pub mod devices;
pub mod doctor;
pub mod fetch;
pub mod http;
pub mod lotteries;
pub mod machine;
pub mod mine;
pub mod policy;
pub mod programs;
pub mod rates;
pub mod rounds;
pub mod sandbox;
pub mod sessions;
pub mod state;
pub mod status;
pub mod store;
pub mod tasks;
pub mod watch;
