mod accounts;
mod allowances;
mod draw;
mod invariants;
mod make_payment;
mod properties;
mod views;
