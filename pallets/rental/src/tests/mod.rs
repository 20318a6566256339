//! One file a journey; `settlements` has the worked examples of the documentation.

mod book;
mod disputes;
mod invariants;
mod listings;
mod properties;
mod run;
mod settlements;
mod types;
mod views;
