//! Weights of our pallets' calls and hooks, measured by `scripts/benchmark.sh`: one generated file a pallet.

pub mod pallet_disputes;
pub mod pallet_escrow;
pub mod pallet_evm_bridge;
pub mod pallet_hybrid_pow;
pub mod pallet_marketplace;
pub mod pallet_matching;
pub mod pallet_node_roles;
pub mod pallet_payments;
pub mod pallet_price_index;
pub mod pallet_provider_registry;
pub mod pallet_provider_staking;
pub mod pallet_rental;
pub mod pallet_reputation;
pub mod pallet_user_registry;
pub mod pallet_work_verification;
