//! `gpu-miner bench`: how fast this machine hashes, path by path, beside the `tiny-keccak` crate in the same run.
