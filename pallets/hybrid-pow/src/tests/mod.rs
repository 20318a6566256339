//! One file a question: which blocks are refused, how the difficulty moves, who is paid, what always holds.

mod invariants;
mod properties;
mod retarget;
mod rewards;
mod rules;
mod shares;
mod views;
