//! Governed parameters: every number of the market's economics, with the specification's value as its default.
//!
//! `parameters.set_parameter` changes one; the root origin may. Each is read where it is used, one storage read each.
//! Times are in blocks of validators (six seconds on the real chain).

use crate::*;
use frame_support::{
	dynamic_params::{dynamic_pallet_params, dynamic_params},
	traits::AsEnsureOriginWithArg,
};
use frame_system::EnsureRoot;
use gpu_chain_primitives::{BasisPoints, MicroUsd};
use sp_runtime::Permill;

/// Milliseconds of a minute.
const MINUTE_MS: u64 = 60_000;

/// The parameters, by pallet.
#[dynamic_params(RuntimeParameters, pallet_parameters::Parameters::<Runtime>)]
pub mod dynamic_params {
	use super::*;

	/// Nodes and their heartbeats.
	#[dynamic_pallet_params]
	#[codec(index = 0)]
	pub mod registry {
		/// What registering a node costs, to the treasury.
		#[codec(index = 0)]
		pub static RegistrationFee: Balance = UNIT / 10;
		/// Blocks of one heartbeat period.
		#[codec(index = 1)]
		pub static HeartbeatPeriod: BlockNumber = 50;
	}

	/// Collateral and trust levels.
	#[dynamic_pallet_params]
	#[codec(index = 1)]
	pub mod staking {
		/// The least stake of a node: trust level 1.
		#[codec(index = 0)]
		pub static MinimumStake: Balance = UNIT / 2;
		/// Level 2: stake.
		#[codec(index = 1)]
		pub static VerifiedStake: Balance = UNIT;
		/// Level 2: challenges passed.
		#[codec(index = 2)]
		pub static VerifiedChallenges: u32 = 10;
		/// Level 2: challenges passed of all.
		#[codec(index = 3)]
		pub static VerifiedSuccess: Permill = Permill::from_percent(50);
		/// Level 3: stake.
		#[codec(index = 4)]
		pub static TrustedStake: Balance = 3 * UNIT;
		/// Level 3: tasks completed.
		#[codec(index = 5)]
		pub static TrustedTasks: u32 = 100;
		/// Level 3: tasks completed of all.
		#[codec(index = 6)]
		pub static TrustedSuccess: Permill = Permill::from_percent(95);
		/// Level 4: stake.
		#[codec(index = 7)]
		pub static PartnerStake: Balance = 5 * UNIT;
		/// Blocks until withdrawn stake is free: a week.
		#[codec(index = 8)]
		pub static CooldownPeriod: BlockNumber = 7 * 14_400;
		/// Blocks in which a slash may be appealed: a week.
		#[codec(index = 9)]
		pub static SlashDelay: BlockNumber = 7 * 14_400;
		/// Blocks that an appealed slash waits longer for a decision: a week.
		#[codec(index = 10)]
		pub static AppealPeriod: BlockNumber = 7 * 14_400;
		/// The share of its stake that a node loses by missing a task's deadline.
		#[codec(index = 11)]
		pub static TimeoutSlash: Permill = Permill::from_percent(5);
		/// The share of a slash that its owner bonds to appeal it.
		#[codec(index = 12)]
		pub static AppealBondShare: Permill = Permill::from_percent(10);
	}

	/// Track records.
	#[dynamic_pallet_params]
	#[codec(index = 2)]
	pub mod reputation {
		/// A new node's score.
		#[codec(index = 0)]
		pub static InitialScore: BasisPoints = 5_000;
		/// A challenge passed.
		#[codec(index = 1)]
		pub static ChallengePassedReward: BasisPoints = 50;
		/// A challenge failed or missed.
		#[codec(index = 2)]
		pub static ChallengeFailedPenalty: BasisPoints = 200;
		/// A task completed.
		#[codec(index = 3)]
		pub static TaskCompletedReward: BasisPoints = 100;
		/// A task failed.
		#[codec(index = 4)]
		pub static TaskFailedPenalty: BasisPoints = 200;
		/// The share of failures above which a node is flagged for review.
		#[codec(index = 5)]
		pub static FlagThreshold: Permill = Permill::from_percent(20);
		/// Outcomes before which nobody is flagged.
		#[codec(index = 6)]
		pub static MinOutcomesForFlag: u32 = 10;
		/// A dispute decided for the provider.
		#[codec(index = 7)]
		pub static DisputeWonReward: BasisPoints = 100;
		/// A dispute decided for the buyer.
		#[codec(index = 8)]
		pub static DisputeLostPenalty: BasisPoints = 500;
	}

	/// Challenge rounds and challenges on demand.
	#[dynamic_pallet_params]
	#[codec(index = 3)]
	pub mod verification {
		/// Blocks of a round's window.
		#[codec(index = 0)]
		pub static RoundWindow: BlockNumber = 10;
		/// The fewest blocks between two rounds.
		#[codec(index = 1)]
		pub static MinGap: BlockNumber = 20;
		/// One block in so many opens a round after the fewest.
		#[codec(index = 2)]
		pub static MeanGap: BlockNumber = 50;
		/// The most blocks between two rounds.
		#[codec(index = 3)]
		pub static MaxGap: BlockNumber = 150;
		/// How many smallest hashes a proof shows (k).
		#[codec(index = 4)]
		pub static Values: u32 = 64;
		/// The least power of a valid proof, hashes per second.
		#[codec(index = 5)]
		pub static MinimumPower: u128 = 1_000;
		/// Blocks that a proof counts: a day.
		#[codec(index = 6)]
		pub static PowerValidity: BlockNumber = 14_400;
		/// Hashes that a challenge on demand takes on average.
		#[codec(index = 7)]
		pub static ChallengeWork: u128 = 1 << 20;
		/// Blocks to solve it in.
		#[codec(index = 8)]
		pub static ChallengeWindow: BlockNumber = 20;
		/// Blocks between two challenges on demand of one node.
		#[codec(index = 9)]
		pub static ChallengeCooldown: BlockNumber = 10;
		/// Blocks in which a lottery is searched. Zero: no lotteries.
		#[codec(index = 10)]
		pub static LotteryWindow: BlockNumber = 10;
		/// One lottery in so many is of memory, the others are of products.
		#[codec(index = 11)]
		pub static MemoryEvery: u32 = 4;
		/// Blocks to fill tables in before walks begin.
		#[codec(index = 12)]
		pub static TableFill: BlockNumber = 8;
		/// Blocks after the search in which commitments are accepted.
		#[codec(index = 13)]
		pub static CommitGrace: BlockNumber = 3;
		/// Blocks in which reveals are accepted.
		#[codec(index = 14)]
		pub static RevealWindow: BlockNumber = 10;
		/// Blocks in which a false ticket can be named: an hour.
		#[codec(index = 15)]
		pub static ChallengePeriod: BlockNumber = 600;
		/// Wins that a true claim has on average: the relative error of what they show is 1/16.
		#[codec(index = 16)]
		pub static Wins: u32 = 256;
		/// Wins that pass: a true claim fails with 4 in 10,000, half of it passes with less than one in 10^9.
		#[codec(index = 17)]
		pub static Threshold: u32 = 205;
		/// Tickets of a reveal that the chain computes itself.
		#[codec(index = 18)]
		pub static Samples: u32 = 8;
		/// Keccak hashes in the time of a walk, at most, for a table to count: four times the 17 that a walk takes, a
		/// quarter of the 273 that it takes without a table.
		#[codec(index = 19)]
		pub static HashesPerWalk: u32 = 68;
		/// The share of its stake that a node loses by revealing a false ticket.
		#[codec(index = 20)]
		pub static ForgerySlash: Permill = Permill::from_percent(50);
		/// The share of that slash which goes to whoever named the ticket.
		#[codec(index = 21)]
		pub static ReporterShare: Permill = Permill::from_percent(20);
	}

	/// Tasks and their money.
	#[dynamic_pallet_params]
	#[codec(index = 4)]
	pub mod market {
		/// The platform's share of what a provider earns.
		#[codec(index = 0)]
		pub static PlatformFee: Permill = Permill::from_percent(8);
		/// Plancks per hour that estimates assume where no node asks.
		#[codec(index = 1)]
		pub static FallbackRate: Balance = UNIT / 2;
		/// The shortest task, seconds.
		#[codec(index = 2)]
		pub static MinDuration: u32 = 1;
		/// The longest task, seconds: thirty days.
		#[codec(index = 3)]
		pub static MaxDuration: u32 = 30 * 24 * 3_600;
		/// Live tasks of one buyer.
		#[codec(index = 4)]
		pub static MaxOpenTasksPerBuyer: u32 = 256;
		/// Live tasks of one node.
		#[codec(index = 5)]
		pub static MaxOpenTasksPerNode: u32 = 16;
		/// Nodes that may fail a task before it is cancelled.
		#[codec(index = 6)]
		pub static MaxFailures: u32 = 3;
		/// Blocks to start a task in: fifteen minutes.
		#[codec(index = 7)]
		pub static StartWindow: BlockNumber = 150;
		/// Blocks to hand in after a task's duration: ten minutes.
		#[codec(index = 8)]
		pub static ResultGrace: BlockNumber = 100;
		/// Blocks to review a result in: a day.
		#[codec(index = 9)]
		pub static ReviewWindow: BlockNumber = 14_400;
		/// Blocks after which anybody may remove an ended task: thirty days.
		#[codec(index = 10)]
		pub static RetentionPeriod: BlockNumber = 30 * 14_400;
		/// What a task or a rental of a node of trust level 1 may be worth, in millionths of a dollar: 100 USD.
		#[codec(index = 14)]
		pub static LevelOneUsdLimit: MicroUsd = 100_000_000;
	}

	/// What blocks of the proof-of-work lane earn.
	#[dynamic_pallet_params]
	#[codec(index = 5)]
	pub mod pow {
		/// What a miner is paid for a block. One block in twenty: some 720 a day on the real chain.
		#[codec(index = 0)]
		pub static MinerReward: Balance = UNIT / 10;
		/// What the validator is paid that builds right on a miner's block: a tenth of the miner's reward. Without it,
		/// building beside the block and taking its tips would pay better.
		#[codec(index = 1)]
		pub static IncluderBonus: Balance = UNIT / 100;
		/// A provider's block counts as a passed challenge once in so many blocks: a day.
		#[codec(index = 2)]
		pub static CreditPeriod: BlockNumber = 14_400;
	}

	/// Rentals. Times are in milliseconds, by the chain's clock.
	#[dynamic_pallet_params]
	#[codec(index = 6)]
	pub mod rental {
		/// The shortest window: a minute.
		#[codec(index = 0)]
		pub static MinDuration: u64 = MINUTE_MS;
		/// The longest window, extensions included: thirty days.
		#[codec(index = 1)]
		pub static MaxDuration: u64 = 30 * 24 * 60 * MINUTE_MS;
		/// How far ahead a window may begin: ninety days.
		#[codec(index = 2)]
		pub static MaxLead: u64 = 90 * 24 * 60 * MINUTE_MS;
		/// How long a provider may take to confirm the start: fifteen minutes.
		#[codec(index = 3)]
		pub static ConfirmWindow: u64 = 15 * MINUTE_MS;
		/// How long accelerators are kept after the end, paid in advance: ten minutes.
		#[codec(index = 4)]
		pub static Grace: u64 = 10 * MINUTE_MS;
		/// The most that one proof covers: ten minutes, two heartbeat periods.
		#[codec(index = 5)]
		pub static ProofInterval: u64 = 10 * MINUTE_MS;
		/// Until how long before the start cancelling is free: an hour.
		#[codec(index = 6)]
		pub static CancelNotice: u64 = 60 * MINUTE_MS;
		/// What a late cancellation costs, of the window's price.
		#[codec(index = 7)]
		pub static LateCancelShare: Permill = Permill::from_percent(10);
		/// The share of the time that must be proven for a rental to count as done well.
		#[codec(index = 8)]
		pub static WellServed: Permill = Permill::from_percent(95);
		/// What not showing up costs, of the node's stake.
		#[codec(index = 9)]
		pub static NoShowSlash: Permill = Permill::from_percent(5);
	}

	/// Auctions of tasks.
	#[dynamic_pallet_params]
	#[codec(index = 92)]
	pub mod matching {
		/// Blocks in which bids are handed in: five minutes.
		#[codec(index = 0)]
		pub static CommitWindow: BlockNumber = 50;
		/// Blocks in which bids are revealed: five minutes.
		#[codec(index = 1)]
		pub static RevealWindow: BlockNumber = 50;
		/// The share of the budget that a bidder loses by not revealing.
		#[codec(index = 2)]
		pub static BidBond: Permill = Permill::from_percent(2);
	}

	/// Disputes. Times are in blocks.
	#[dynamic_pallet_params]
	#[codec(index = 10)]
	pub mod disputes {
		/// The judges' share of the price.
		#[codec(index = 0)]
		pub static ArbitrationShare: Permill = Permill::from_percent(2);
		/// The buyer's bond, as a share of the price; one unit at least.
		#[codec(index = 1)]
		pub static BondShare: Permill = Permill::from_percent(2);
		/// What a lost dispute costs, of the node's stake.
		#[codec(index = 2)]
		pub static LostSlash: Permill = Permill::from_percent(5);
		/// What misuse or a breach of data costs, of the node's stake, besides a ban.
		#[codec(index = 3)]
		pub static MisuseSlash: Permill = Permill::from_percent(50);
		/// Votes that decide a dispute.
		#[codec(index = 4)]
		pub static Quorum: u32 = 3;
		/// Blocks in which the parties may bring evidence: three days.
		#[codec(index = 5)]
		pub static EvidenceWindow: BlockNumber = 3 * 14_400;
		/// Blocks in which arbitrators may vote: three days.
		#[codec(index = 6)]
		pub static VotingWindow: BlockNumber = 3 * 14_400;
		/// Blocks in which the council may decide where they did not: a week.
		#[codec(index = 7)]
		pub static CouncilWindow: BlockNumber = 7 * 14_400;
	}

	/// Kings, Queens and the nodes that these answer for. Numbered, as the next, by the pallet that it is for.
	#[dynamic_pallet_params]
	#[codec(index = 61)]
	pub mod roles {
		/// Whether a node of the community needs a sponsor to be verified.
		#[codec(index = 0)]
		pub static SponsorRequired: bool = true;
		/// The least bond of a Queen: twenty times a node's least stake.
		#[codec(index = 1)]
		pub static QueenBond: Balance = 10 * UNIT;
		/// More than this share of the Kings makes a Queen.
		#[codec(index = 2)]
		pub static QueenQuorum: Permill = Permill::from_percent(50);
		/// Blocks from a Queen's resignation until her bond is free: a week, as that of a stake.
		#[codec(index = 3)]
		pub static QueenCooldown: BlockNumber = 7 * 14_400;
		/// Blocks from telling a sponsorship's end to its end: a week.
		#[codec(index = 4)]
		pub static SponsorNotice: BlockNumber = 7 * 14_400;
		/// Nodes of one Queen.
		#[codec(index = 5)]
		pub static MaxSponsored: u32 = 64;
		/// The sponsor's part of the platform's fee: 0.8 % of what a node earns.
		#[codec(index = 6)]
		pub static FeeShare: Permill = Permill::from_percent(10);
		/// The part of her bond that a Queen loses with a slash of one of her nodes, at most.
		#[codec(index = 7)]
		pub static BlameShare: Permill = Permill::from_percent(10);
		/// Blocks after a passed audit in which the sponsor has her part of the fees: thirty days.
		#[codec(index = 8)]
		pub static AuditValidity: BlockNumber = 30 * 14_400;
	}

	/// Trust level 4: what a partner commits to.
	#[dynamic_pallet_params]
	#[codec(index = 71)]
	pub mod partners {
		/// Level 4: tasks completed of all.
		#[codec(index = 0)]
		pub static PartnerSuccess: Permill = Permill::from_percent(95);
		/// The least uptime to commit to, basis points.
		#[codec(index = 1)]
		pub static MinimumUptime: BasisPoints = 9_500;
		/// The longest time to respond in, milliseconds.
		#[codec(index = 2)]
		pub static MaximumResponse: u32 = 10_000;
		/// What a breach costs at least.
		#[codec(index = 3)]
		pub static MinimumPenalty: Balance = UNIT / 2;
		/// The least insurance bond: as much as a partner's stake.
		#[codec(index = 4)]
		pub static MinimumInsurance: Balance = 5 * UNIT;
		/// Blocks that the bond stays after the commitment was ended: a week.
		#[codec(index = 5)]
		pub static InsuranceCooldown: BlockNumber = 7 * 14_400;
		/// The part of a breach's penalty that a harmed renter has.
		#[codec(index = 6)]
		pub static BreachCompensation: Permill = Permill::from_percent(50);
	}

	/// Prices of currencies. Times are in milliseconds, by the chain's clock.
	#[dynamic_pallet_params]
	#[codec(index = 15)]
	pub mod prices {
		/// How many feeders' fresh prices a median takes; never fewer than three.
		#[codec(index = 0)]
		pub static MinimumFeeders: u32 = 3;
		/// How old a price may be, a feeder's and the median: half an hour.
		#[codec(index = 1)]
		pub static MaxPriceAge: u64 = 30 * MINUTE_MS;
		/// The time over which the average of the medians is taken: an hour.
		#[codec(index = 2)]
		pub static AverageWindow: u64 = 60 * MINUTE_MS;
		/// How far a median may be from the average, as a share of it. One: anywhere.
		#[codec(index = 3)]
		pub static MaxDeviation: Permill = Permill::from_percent(25);
	}

	/// The bridge to EVM chains.
	#[dynamic_pallet_params]
	#[codec(index = 100)]
	pub mod bridge {
		/// The fewest nodes of an EVM chain that a validator asks.
		#[codec(index = 0)]
		pub static MinEndpoints: u32 = 2;
		/// Blocks between two runs of the validators' worker.
		#[codec(index = 1)]
		pub static WorkerPeriod: u32 = 5;
		/// Blocks after which validators sign what leaves: two minutes, many times what finality takes.
		#[codec(index = 2)]
		pub static SigningDelay: u32 = 20;
		/// Headers that are kept for each chain: more than a year of Ethereum's epochs.
		#[codec(index = 3)]
		pub static HeaderRetention: u32 = 100_000;
		/// Past sets of validators that are kept: one a session for as long as stake stays bonded.
		#[codec(index = 4)]
		pub static SetHistory: u64 = 168;
		/// Past batches and messages whose content is kept.
		#[codec(index = 5)]
		pub static RecordHistory: u64 = 100_000;
		/// Seconds for which a gateway takes a set's signatures: three days, shorter than stake stays bonded.
		#[codec(index = 6)]
		pub static SetLifetime: u64 = 3 * 24 * 3_600;
		/// Seconds in which a batch or message is to be carried out: a day.
		#[codec(index = 7)]
		pub static ItemLifetime: u64 = 24 * 3_600;
		/// Blocks that a withdrawal waits for others: five minutes.
		#[codec(index = 8)]
		pub static BatchInterval: u32 = 50;
		/// Batches and messages of a chain that are open at once.
		#[codec(index = 9)]
		pub static MaxOpenItems: u32 = 16;
		/// Blocks between pausing and resuming: a day.
		#[codec(index = 10)]
		pub static ResumeDelay: u32 = 14_400;
		/// Headers accepted in a session, from which on who did nothing in it is reported.
		#[codec(index = 11)]
		pub static MinHeadersForReport: u32 = 5;
		/// What signing for a gateway what was never recorded costs, of the stake.
		#[codec(index = 12)]
		pub static UnknownSignatureSlash: Permill = Permill::one();
		/// What attesting two headers at one height costs, of the stake.
		#[codec(index = 13)]
		pub static ConflictingVotesSlash: Permill = Permill::from_percent(1);
	}
}

#[cfg(feature = "runtime-benchmarks")]
impl Default for RuntimeParameters {
	fn default() -> Self {
		RuntimeParameters::Market(dynamic_params::market::Parameters::LevelOneUsdLimit(
			dynamic_params::market::LevelOneUsdLimit,
			Some(MicroUsd::MAX),
		))
	}
}

impl pallet_parameters::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeParameters = RuntimeParameters;
	type AdminOrigin = AsEnsureOriginWithArg<EnsureRoot<AccountId>>;
	type WeightInfo = ();
}
