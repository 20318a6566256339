//! One file a journey; `verdicts` has the worked examples of the documentation.

mod bonds;
mod closing;
mod evidence;
mod fees;
mod invariants;
mod misuse;
mod opening;
mod properties;
mod removal;
mod resolve;
mod tally;
mod verdicts;
mod views;
mod vote;
