//! Weights of the pallet's calls and hooks. The measured ones are the runtime's; `()` counts reads and writes, for tests.

use frame_support::weights::{constants::ParityDbWeight, Weight};

/// One function a call or unit of a hook, named as its benchmark.
pub trait WeightInfo {
	/// [`Pallet::add_stake`](crate::Pallet::add_stake).
	fn add_stake() -> Weight;
	/// [`Pallet::request_withdrawal`](crate::Pallet::request_withdrawal).
	fn request_withdrawal() -> Weight;
	/// [`Pallet::withdraw_unbonded`](crate::Pallet::withdraw_unbonded), with as many chunks as there may be.
	fn withdraw_unbonded() -> Weight;
	/// [`Pallet::cancel_withdrawal`](crate::Pallet::cancel_withdrawal), with as many chunks as there may be.
	fn cancel_withdrawal() -> Weight;
	/// [`Pallet::appeal_slash`](crate::Pallet::appeal_slash).
	fn appeal_slash() -> Weight;
	/// [`Pallet::cancel_slash`](crate::Pallet::cancel_slash).
	fn cancel_slash() -> Weight;
	/// [`Pallet::reject_appeal`](crate::Pallet::reject_appeal).
	fn reject_appeal() -> Weight;
	/// [`Pallet::execute_slash`](crate::Pallet::execute_slash), with compensation.
	fn execute_slash() -> Weight;
	/// [`Pallet::commit_sla`](crate::Pallet::commit_sla).
	fn commit_sla() -> Weight;
	/// [`Pallet::add_insurance`](crate::Pallet::add_insurance).
	fn add_insurance() -> Weight;
	/// [`Pallet::end_sla`](crate::Pallet::end_sla).
	fn end_sla() -> Weight;
	/// [`Pallet::withdraw_insurance`](crate::Pallet::withdraw_insurance).
	fn withdraw_insurance() -> Weight;
	/// [`Pallet::report_breach`](crate::Pallet::report_breach), with compensation.
	fn report_breach() -> Weight;
	/// `Collateral::slash` for misuse. For pallets that have no benchmark of their own around it.
	fn slash() -> Weight;
	/// `OnNodeRegistered::on_node_registered`.
	fn on_node_registered() -> Weight;
	/// What a look at the queue costs in every block, its cursor's change included.
	fn service_queue_base() -> Weight;
	/// A look for a due slash in one block of the queue.
	fn queue_step() -> Weight;
	/// A due slash carried out by a hook, with compensation.
	fn process_slash() -> Weight;
}

fn estimate(reads: u64, writes: u64) -> Weight {
	let db = ParityDbWeight::get();
	Weight::from_parts(25_000_000, 8_192).saturating_add(db.reads(reads)).saturating_add(db.writes(writes))
}

impl WeightInfo for () {
	// Node, ledger, parameter, holds, account; ledger, holds, account.
	fn add_stake() -> Weight {
		estimate(5, 3)
	}
	// Ledger, two parameters, node, open work; ledger.
	fn request_withdrawal() -> Weight {
		estimate(5, 1)
	}
	// Ledger, holds, account; all three.
	fn withdraw_unbonded() -> Weight {
		estimate(3, 3)
	}
	// Ledger; ledger.
	fn cancel_withdrawal() -> Weight {
		estimate(1, 1)
	}
	// Slash, ledger, two parameters, counter, holds, account; slash, two queue entries, holds, account.
	fn appeal_slash() -> Weight {
		estimate(7, 5)
	}
	// Slash, ledger, counter, holds, account; slash, counter, queue entry, list entry, ledger, holds, account.
	fn cancel_slash() -> Weight {
		estimate(5, 7)
	}
	// Slash, ledger, counter, cursor, holds, two accounts; slash, two queue entries, cursor, holds, two accounts.
	fn reject_appeal() -> Weight {
		estimate(7, 7)
	}
	// As `cancel_slash`, and holds and account of the owner, accounts of harmed and treasury, read and written.
	fn execute_slash() -> Weight {
		estimate(7, 9)
	}
	// Node, commitment, four limits, liveness, holds, account; commitment, holds, account.
	fn commit_sla() -> Weight {
		estimate(9, 3)
	}
	// Commitment, holds, account; all three.
	fn add_insurance() -> Weight {
		estimate(3, 3)
	}
	// Commitment, open work, parameter; commitment.
	fn end_sla() -> Weight {
		estimate(4, 1)
	}
	// Commitment, open work, holds, account; commitment, holds, account.
	fn withdraw_insurance() -> Weight {
		estimate(5, 3)
	}
	// Commitment, liveness, counterparty, parameter, holds, three accounts; commitment, holds, three accounts.
	fn report_breach() -> Weight {
		estimate(9, 5)
	}
	// Ledger, node, parameter, next id, counter, cursor; node, ledger, next id, counter, cursor, slash, queue and list entry.
	fn slash() -> Weight {
		estimate(6, 8)
	}
	// Ledger, parameter, holds, account; ledger, holds, account.
	fn on_node_registered() -> Weight {
		estimate(4, 3)
	}
	// Counter, cursor; cursor.
	fn service_queue_base() -> Weight {
		estimate(2, 1)
	}
	// The next key.
	fn queue_step() -> Weight {
		estimate(1, 0)
	}
	fn process_slash() -> Weight {
		Self::execute_slash()
	}
}
