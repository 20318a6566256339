mod average;
mod invariants;
mod prices;
