mod challenges;
mod estimator;
mod invariants;
mod power;
mod properties;
mod rounds;
mod submit_proof;
