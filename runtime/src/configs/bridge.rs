//! What lies outside: the bridge to EVM chains.

use crate::{
	configs::{
		money::{AssetKind, NativeAndAssets, NativeAndAssetsHolds, NativeAsset, TreasuryAccount},
		parameters::dynamic_params::bridge,
	},
	*,
};
use frame_support::{
	parameter_types,
	traits::{ConstU32, Get},
	PalletId,
};
use frame_system::EnsureRoot;
#[cfg(feature = "runtime-benchmarks")]
use gpu_chain_primitives::{benchmarking::BenchmarkNodes, ResourceType};
use gpu_chain_primitives::{ProviderInspect, ReportSubject, WorkReport, WorkReports};
use pallet_evm_bridge::{BridgeOffences, Offence};
use sp_runtime::{Perbill, Permill};
use sp_staking::{
	offence::{Kind, Offence as StakingOffence, ReportOffence},
	SessionIndex,
};

parameter_types! {
	pub const BridgePalletId: PalletId = PalletId(*b"gpu/brdg");
}

impl pallet_evm_bridge::Config for Runtime {
	type AssetKind = AssetKind;
	type Balance = Balance;
	type Currency = NativeAndAssets;
	type Holds = NativeAndAssetsHolds;
	type RuntimeHoldReason = RuntimeHoldReason;
	type NativeAsset = NativeAsset;
	type Clock = Timestamp;
	type GovernanceOrigin = EnsureRoot<AccountId>;
	// Messages are told by events; pallets that act on them are wired here.
	type OnMessage = ();
	type Reports = Records;
	type Offences = SlashAndChill;
	type PalletId = BridgePalletId;
	type Treasury = TreasuryAccount;
	type MaxChains = ConstU32<8>;
	type MaxGuardians = ConstU32<16>;
	type MinEndpoints = bridge::MinEndpoints;
	type WorkerPeriod = bridge::WorkerPeriod;
	type SigningDelay = bridge::SigningDelay;
	type HeaderRetention = bridge::HeaderRetention;
	type SetHistory = bridge::SetHistory;
	type RecordHistory = bridge::RecordHistory;
	type SetLifetime = bridge::SetLifetime;
	type ItemLifetime = bridge::ItemLifetime;
	type BatchInterval = bridge::BatchInterval;
	type MaxOpenItems = bridge::MaxOpenItems;
	type ResumeDelay = bridge::ResumeDelay;
	type MinHeadersForReport = bridge::MinHeadersForReport;
	type WeightInfo = weights::pallet_evm_bridge::WeightInfo<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = benchmarks::Helper;
}

/// What contracts are told of work.
pub struct Records;

impl WorkReports for Records {
	fn work_report(subject: &ReportSubject) -> Option<WorkReport> {
		match *subject {
			ReportSubject::Task(id) => {
				let task = Marketplace::task(id)?;
				Some(WorkReport::Task {
					id,
					status: task.status as u8,
					node: task.node.unwrap_or_default(),
					provider: task.provider.map(|who| EvmBridge::word_of_account(&who)).unwrap_or_default(),
					result: task.result.map(|result| result.hash).unwrap_or_default(),
					ended_at: task.ended_at.unwrap_or_default(),
				})
			}
			ReportSubject::Node(id) => {
				<ProviderRegistry as ProviderInspect<AccountId>>::node(&id)?;
				Some(WorkReport::Node { id, power: WorkVerification::power_vector(&id) })
			}
		}
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn dearest_subject() -> ReportSubject {
		let owner = frame_benchmarking::account("provider", 0, 0);
		let node = <benchmarks::Helper as BenchmarkNodes<AccountId>>::active_node(&owner, ResourceType::Gpu);
		ReportSubject::Node(node)
	}
}

const UNKNOWN_SIGNATURE: u8 = 0;
const CONFLICTING_VOTES: u8 = 1;
const UNRESPONSIVE: u8 = 2;

/// A validator and what more is known of it: nothing.
type Offender = (AccountId, ());

/// An offence of the bridge, as staking knows offences; one type a kind.
pub struct Misbehaviour<const KIND: u8> {
	session: SessionIndex,
	at: u128,
	validators: u32,
	offenders: Vec<AccountId>,
}

impl<const KIND: u8> StakingOffence<Offender> for Misbehaviour<KIND> {
	const ID: Kind = match KIND {
		UNKNOWN_SIGNATURE => *b"bridge:forgedsig",
		CONFLICTING_VOTES => *b"bridge:equivocat",
		_ => *b"bridge:unrespons",
	};
	type Slot = u128;

	fn offenders(&self) -> Vec<Offender> {
		self.offenders.iter().map(|who| (who.clone(), ())).collect()
	}

	fn session_index(&self) -> SessionIndex {
		self.session
	}

	fn validator_set_count(&self) -> u32 {
		self.validators
	}

	fn slot(&self) -> u128 {
		self.at
	}

	fn slash_fraction(&self, _: u32) -> Perbill {
		let share = match KIND {
			UNKNOWN_SIGNATURE => bridge::UnknownSignatureSlash::get(),
			CONFLICTING_VOTES => bridge::ConflictingVotesSlash::get(),
			_ => Permill::zero(),
		};
		Perbill::from_rational(share.deconstruct(), Permill::one().deconstruct())
	}
}

/// Reports to the pallet of offences, which slashes after staking's delay, and takes the offenders out of the candidates: a
/// validator that does the bridge harm, or nothing for it, has to come forward again.
pub struct SlashAndChill;

impl SlashAndChill {
	fn report_as<const KIND: u8>(
		session: SessionIndex,
		at: u128,
		validators: u32,
		offenders: Vec<AccountId>,
		reporter: Option<AccountId>,
	) -> bool {
		let candidates = offenders.clone();
		let offence = Misbehaviour::<KIND> { session, at, validators, offenders };
		let reporters = reporter.into_iter().collect();
		let new = <Offences as ReportOffence<AccountId, Offender, _>>::report_offence(reporters, offence).is_ok();
		if new {
			for who in &candidates {
				Staking::do_remove_validator(who);
			}
		}
		new
	}
}

impl BridgeOffences<AccountId> for SlashAndChill {
	fn report(
		offence: Offence,
		session: u32,
		at: u128,
		validators: u32,
		offenders: Vec<AccountId>,
		reporter: Option<AccountId>,
	) -> bool {
		let report = match offence {
			Offence::UnknownSignature => Self::report_as::<UNKNOWN_SIGNATURE>,
			Offence::ConflictingVotes => Self::report_as::<CONFLICTING_VOTES>,
			Offence::Unresponsive => Self::report_as::<UNRESPONSIVE>,
		};
		report(session, at, validators, offenders, reporter)
	}

	fn session_index() -> u32 {
		Session::current_index()
	}
}
