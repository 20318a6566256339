mod claim;
mod invariants;
mod operations;
mod properties;
