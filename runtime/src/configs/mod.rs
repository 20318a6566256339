//! How each pallet is wired, one file a concern. Adapters stand beside the configuration that uses them.

pub mod bridge;
pub mod consensus;
pub mod disputes;
pub mod exchange;
pub mod government;
pub mod identity;
pub mod market;
pub mod matching;
pub mod money;
pub mod parameters;
pub mod pow;
pub mod prepaid;
pub mod prices;
pub mod providers;
pub mod system;
