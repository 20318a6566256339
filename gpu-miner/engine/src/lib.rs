//! The search engines of gpu-miner.
