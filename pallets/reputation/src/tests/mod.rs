mod adjust_score;
mod clear_flag;
mod flag;
mod history;
mod invariants;
mod properties;
mod record;
mod registration;
