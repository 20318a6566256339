//! What nodes ask for their work on average. Implemented by the runtime over the registry.

use crate::{HashRate, ResourceType};

/// The market's running average of asks.
pub trait AskIndex<Balance> {
	/// The average ask, plancks per hour, of nodes of `resource_type` that offer `power` hashes per second. `None` where
	/// there are too few asks to tell.
	fn average_ask_per_hour(resource_type: ResourceType, power: HashRate) -> Option<Balance>;
}

/// Nothing is known of any ask.
impl<Balance> AskIndex<Balance> for () {
	fn average_ask_per_hour(_: ResourceType, _: HashRate) -> Option<Balance> {
		None
	}
}
