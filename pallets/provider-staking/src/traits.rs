//! What this pallet asks of pallets that primitives does not know yet.

use gpu_chain_primitives::NodeId;

/// Says which nodes are partners: with an SLA commitment signed and an insurance bond paid.
pub trait PartnerInspect {
	/// Whether `node` meets trust level 4's conditions besides stake and record.
	fn is_partner(node: &NodeId) -> bool;
}

/// Nobody is a partner.
impl PartnerInspect for () {
	fn is_partner(_: &NodeId) -> bool {
		false
	}
}
