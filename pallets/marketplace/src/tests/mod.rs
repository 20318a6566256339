//! One file a call or journey.

mod accept_task;
mod approve_result;
mod assignment;
mod cancel_task;
mod create_task;
mod deadlines;
mod dispute_task;
mod invariants;
mod open_work;
mod properties;
mod remove_task;
mod start_task;
mod submit_result;
mod types;
mod views;

use crate::{mock::*, Error, Event};
use frame_support::{assert_noop, assert_ok};

/// The last event of this pallet.
fn last_event() -> Event<Test> {
	events().pop().expect("there is one")
}

/// All events of this pallet.
fn events() -> Vec<Event<Test>> {
	System::events()
		.into_iter()
		.filter_map(|record| match record.event {
			RuntimeEvent::Marketplace(event) => Some(event),
			_ => None,
		})
		.collect()
}

/// Every status there is, each with a task in it.
fn one_of_each() -> [(crate::TaskStatus, u64); 7] {
	MaxOpenTasksPerNode::set(10);
	[create(), assigned(), in_progress(), completed(), verified(), disputed(), cancelled()].map(|id| (status(id), id))
}
