//! The chain as the agent sees it: a handful of plain types, and the trait [`Chain`] by which it is read and written.
//!
//! The one implementation that talks to a node is [`live::Live`]; tests use one that lives in memory.

pub mod live;

use async_trait::async_trait;
use gpu_chain_primitives::matching::{Candidate, MatchTerms};
pub use gpu_chain_primitives::{matching::AuctionId, PowerVector, RequiredPower};
use serde::{Deserialize, Serialize};

/// A node of the registry.
pub type NodeId = [u8; 32];
/// An account's public key.
pub type AccountId = [u8; 32];
/// A 32-byte hash.
pub type Hash = [u8; 32];
/// A task of the marketplace.
pub type TaskId = u64;
/// A rental.
pub type RentalId = u64;
/// Height of a block.
pub type BlockNumber = u32;
/// An amount of money in the smallest unit of its asset; 10^18 plancks are one native token.
pub type Balance = u128;

/// Plancks in one native token.
pub const TOKEN: Balance = 1_000_000_000_000_000_000;

/// What is paid with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asset {
	/// The chain's own token.
	Native,
	/// An asset by its number.
	Id(u32),
}

/// What a node offers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum ResourceType {
	/// Graphics processors.
	Gpu,
	/// General processors.
	#[default]
	Cpu,
	/// Bandwidth.
	Network,
	/// Phones and tablets.
	Mobile,
	/// Sensors and edge devices.
	Iot,
}

/// Where a node stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NodeStatus {
	/// Registered and staked; no challenge passed yet.
	Pending,
	/// Passed a challenge; not offered to the market yet.
	Verified,
	/// Takes part in rounds and may take work.
	Active,
	/// Withdrawn from the market by its owner.
	Inactive,
	/// Refused by the registrar.
	Rejected,
	/// Banned. Final.
	Slashed,
}

/// The node, as far as the agent cares.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NodeView {
	/// Its id.
	#[serde(serialize_with = "as_hex")]
	pub id: NodeId,
	/// Who registered it and is paid.
	#[serde(serialize_with = "as_hex")]
	pub owner: AccountId,
	/// What it offers.
	pub resource_type: ResourceType,
	/// Where it stands.
	pub status: NodeStatus,
	/// Whether it passed its challenge and waits for a sponsor to answer for it.
	pub awaits_sponsor: bool,
	/// Whether the chain would accept a heartbeat now and counts one missing otherwise.
	pub heartbeat_due: bool,
	/// Plancks staked, less pending slashes.
	pub staked: Balance,
	/// 0 to 4.
	pub trust_level: u8,
	/// What it was proven able to do: hashes, operations, memory.
	pub power: PowerVector,
	/// Reputation, basis points.
	pub reputation: u16,
	/// Tasks completed and paid.
	pub tasks_completed: u32,
	/// Tasks taken and not done in time.
	pub tasks_failed: u32,
}

/// A challenge that waits for this node's answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChallengeView {
	/// What the search is bound to.
	#[serde(serialize_with = "as_hex")]
	pub seed: Hash,
	/// The hash must be at or below this.
	#[serde(serialize_with = "as_hex")]
	pub target: Hash,
	/// The last block in which an answer counts.
	pub deadline: BlockNumber,
}

/// The round that is open now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RoundView {
	/// Its number.
	pub number: u32,
	/// This node's seed in it.
	#[serde(serialize_with = "as_hex")]
	pub seed: Hash,
	/// Nonces a proof has.
	pub values: u32,
	/// The block in which the search could begin.
	pub opened: BlockNumber,
	/// The last block in which a proof counts.
	pub closes: BlockNumber,
	/// Hashes that the proof on the chain shows; `None` before the first.
	pub submitted_work: Option<u128>,
}

/// What a lottery tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProofKind {
	/// Products of matrices.
	Compute,
	/// A table in memory.
	Memory,
}

/// What this machine is said to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PowerClaim {
	/// Products of matrices.
	Compute {
		/// Tickets of the matrix lottery.
		tickets_per_second: u64,
	},
	/// A table in memory.
	Memory {
		/// Walks through it.
		walks_per_second: u64,
		/// The memory, of which it fills nine tenths.
		table_bytes: u64,
	},
}

impl PowerClaim {
	/// The lottery that tests it.
	pub fn kind(&self) -> ProofKind {
		match self {
			Self::Compute { .. } => ProofKind::Compute,
			Self::Memory { .. } => ProofKind::Memory,
		}
	}

	/// Tickets or walks.
	pub fn tries_per_second(&self) -> u64 {
		match self {
			Self::Compute { tickets_per_second } => *tickets_per_second,
			Self::Memory { walks_per_second, .. } => *walks_per_second,
		}
	}

	/// Zero for products.
	pub fn table_bytes(&self) -> u64 {
		match self {
			Self::Compute { .. } => 0,
			Self::Memory { table_bytes, .. } => *table_bytes,
		}
	}
}

/// The lottery that is open now and asks this machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LotteryView {
	/// Its round.
	pub round: u32,
	/// What it tests.
	pub kind: ProofKind,
	/// This machine's seed in it.
	#[serde(serialize_with = "as_hex")]
	pub seed: Hash,
	/// Tickets whose number is at or below this win.
	pub target: u64,
	/// The memory that is claimed; zero for products.
	pub table_bytes: u64,
	/// Where walks begin, once tables must be filled.
	pub walk_entropy: Option<Hash>,
	/// Tickets that pass.
	pub threshold: u32,
	/// The last block of the search.
	pub closes: BlockNumber,
	/// The last block in which a commitment counts.
	pub commit_until: BlockNumber,
	/// Whether tickets can be revealed.
	pub can_reveal: bool,
	/// What this machine committed to.
	pub commitment: Option<Hash>,
	/// Whether it revealed that.
	pub revealed: bool,
}

/// Where a task stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskStatus {
	/// Waits for a node.
	Open,
	/// A node took it and has to start.
	Assigned,
	/// It is being worked at.
	InProgress,
	/// The result is in; the buyer looks at it.
	Completed,
	/// Approved and paid.
	Verified,
	/// The buyer disputes it.
	Disputed,
	/// It is off.
	Cancelled,
}

/// A task, as far as a provider cares.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TaskView {
	/// Its number.
	pub id: TaskId,
	/// Who pays.
	#[serde(serialize_with = "as_hex")]
	pub buyer: AccountId,
	/// Where it stands.
	pub status: TaskStatus,
	/// What kind of node it asks for.
	pub resource_type: ResourceType,
	/// What is paid with.
	pub asset: Asset,
	/// What is paid, platform fee included, in the asset's smallest unit.
	pub price: Balance,
	/// The SHA-256 of the specification.
	#[serde(serialize_with = "as_hex")]
	pub specification_hash: Hash,
	/// Where the specification lies.
	pub specification_uri: String,
	/// How long the work may take once started, seconds.
	pub duration_secs: u32,
	/// The least proven power of each kind that it asks for.
	pub required_power: RequiredPower,
	/// The trust level that it asks for.
	pub min_trust_level: u8,
	/// The last block in which the side whose turn it is may act.
	pub deadline: Option<BlockNumber>,
	/// Whether a node may take it as it is. Otherwise an auction gives it away, or only trusted nodes may.
	pub direct: bool,
	/// Whether this node missed a deadline of it: it cannot take it again.
	pub failed_before: bool,
}

/// Where a rental stands that has not ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RentalStatus {
	/// Paid for; the provider has not confirmed.
	Booked,
	/// Confirmed: time that is proven is earned.
	Active,
	/// The renter disputes it.
	Disputed,
}

/// A rental of the node's accelerators that has not ended. Moments and times are ms, moments since 1970 by the chain's clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RentalView {
	/// Its number.
	pub id: RentalId,
	/// Who booked it and gets in.
	#[serde(serialize_with = "as_hex")]
	pub renter: AccountId,
	/// Where it stands.
	pub status: RentalStatus,
	/// Which accelerators, by their index.
	pub gpus: Vec<u16>,
	/// What is paid with.
	pub asset: Asset,
	/// What an hour of all of them costs, platform fee included, in the asset's smallest unit.
	pub hourly_rate: Balance,
	/// What is held for it, in the same.
	pub price: Balance,
	/// When it begins.
	pub start: u64,
	/// When its time is over.
	pub end: u64,
	/// Until when it is paid for: the end and the grace after it.
	pub paid_until: u64,
	/// Time that is earned.
	pub proven: u64,
	/// Until when it is decided what is earned.
	pub proven_until: u64,
	/// Access is sealed to this X25519 key.
	#[serde(serialize_with = "as_hex")]
	pub encryption_key: Hash,
}

/// The times of rentals that government sets, ms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RentalRules {
	/// How long before and after its start a rental may be confirmed.
	pub confirm_window: u64,
	/// The most that one proof covers.
	pub proof_interval: u64,
}

/// What a provider offers an accelerator for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listing {
	/// Which accelerator.
	pub gpu: u16,
	/// What is paid with.
	pub asset: Asset,
	/// The price of an hour.
	pub rate: HourlyRate,
	/// The shortest booking, ms.
	pub min_duration: u64,
	/// The longest, ms.
	pub max_duration: u64,
}

/// The price of an hour of one accelerator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HourlyRate {
	/// In the asset's smallest unit.
	Amount(Balance),
	/// In millionths of a dollar, converted when it is booked.
	Usd(u128),
}

/// An auction that takes bids now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuctionView {
	/// Its number.
	pub id: AuctionId,
	/// Its task, which is among the open ones.
	pub task: TaskId,
	/// What the buyer asks of nodes; the budget is for all of the task.
	#[serde(skip)]
	pub terms: MatchTerms,
	/// What a bid holds until it is settled, in the smallest unit of the task's asset.
	pub bond: Balance,
	/// The last block in which bids are handed in.
	pub commit_until: BlockNumber,
	/// The last block in which they are revealed.
	pub reveal_until: BlockNumber,
}

/// Where an auction stands that this node bid in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuctionStanding {
	/// It is not settled.
	Running,
	/// The task is this node's.
	Won,
	/// The task is another node's.
	Lost,
	/// Nobody was found.
	Failed,
	/// The task went another way; whether who did not reveal is excused.
	Voided(bool),
}

/// What a bid opened to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RevealedView {
	/// What the node would do the task for.
	pub price: Balance,
	/// Its score, or why it cannot win.
	pub outcome: Result<u32, String>,
}

/// A bid of this node whose bond is not claimed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BidView {
	/// In which auction.
	pub auction: AuctionId,
	/// For which task.
	pub task: TaskId,
	/// What is paid with.
	pub asset: Asset,
	/// What it holds, in the asset's smallest unit.
	pub bond: Balance,
	/// What was committed to.
	#[serde(serialize_with = "as_hex")]
	pub commitment: Hash,
	/// What it opened to, once it was revealed.
	pub revealed: Option<RevealedView>,
	/// Its place among the best that are revealed, from zero; none if it is not among those that can win.
	pub place: Option<u8>,
	/// Where the auction stands.
	pub standing: AuctionStanding,
	/// Whether the task still waits for a node.
	pub task_open: bool,
	/// The last block in which bids are handed in.
	pub commit_until: BlockNumber,
	/// The last block in which they are revealed.
	pub reveal_until: BlockNumber,
}

/// Everything a decision is made from, all of one block.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ChainView {
	/// The block.
	pub block: BlockNumber,
	/// Its time, ms since 1970.
	pub now_ms: u64,
	/// The node, if it is registered.
	pub node: Option<NodeView>,
	/// A challenge that waits for it.
	pub challenge: Option<ChallengeView>,
	/// The round that is open for its class.
	pub round: Option<RoundView>,
	/// The lottery that asks it.
	pub lottery: Option<LotteryView>,
	/// What it claims in lotteries.
	pub claims: Vec<PowerClaim>,
	/// Its tasks that have not ended.
	pub my_tasks: Vec<TaskView>,
	/// Open tasks of its type.
	pub open_tasks: Vec<TaskView>,
	/// What the chain knows of it when somebody looks for a node; only where an auction takes bids.
	#[serde(skip)]
	pub candidate: Option<Candidate<()>>,
	/// Auctions of open tasks of its type that take bids.
	pub auctions: Vec<AuctionView>,
	/// Its bids whose bonds are not claimed.
	pub bids: Vec<BidView>,
	/// Its rentals that have not ended.
	pub rentals: Vec<RentalView>,
	/// The times that apply to them.
	pub rental_rules: RentalRules,
	/// Plancks that the owner can spend.
	pub free_balance: Balance,
}

/// What a node says of itself when it registers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Registration {
	/// What it offers.
	pub resource_type: ResourceType,
	/// The accelerator's or processor's model name.
	pub model: String,
	/// Memory of one accelerator, MiB.
	pub gpu_memory_mib: u32,
	/// Accelerators of that model.
	pub gpu_count: u16,
	/// Processor cores.
	pub cpu_cores: u16,
	/// Main memory, MiB.
	pub ram_mib: u32,
	/// Storage, GiB.
	pub storage_gib: u32,
	/// Bandwidth, megabits per second.
	pub bandwidth_mbps: u32,
	/// A code of the registry's list of regions.
	pub region: String,
	/// What an hour of it costs, plancks.
	pub ask: Balance,
	/// Where more about it is to be read.
	pub metadata_uri: String,
	/// Collateral, plancks.
	pub stake: Balance,
}

/// What the agent may ask the chain to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
	/// Pays fee and stake and gives a node id.
	Register(Box<Registration>),
	/// Offers a verified or inactive node to the market.
	Activate(NodeId),
	/// Takes the node off the market.
	Deactivate(NodeId),
	/// Says that the node lives.
	Heartbeat(NodeId),
	/// Asks for a challenge.
	IssueChallenge(NodeId),
	/// Answers it.
	SubmitSolution {
		/// Which node.
		node: NodeId,
		/// The nonce that was found.
		nonce: u64,
	},
	/// Answers a round.
	SubmitProof {
		/// Which node.
		node: NodeId,
		/// Which round.
		round: u32,
		/// The nonces, in ascending order of their hashes.
		nonces: Vec<u64>,
	},
	/// Says what this machine does.
	ClaimPower {
		/// Which node.
		node: NodeId,
		/// What it does.
		claim: PowerClaim,
	},
	/// Commits to the tickets that won in a lottery.
	CommitPower {
		/// Which node.
		node: NodeId,
		/// Which lottery.
		kind: ProofKind,
		/// The hash of the tickets.
		commitment: Hash,
		/// How many there are.
		count: u32,
	},
	/// Shows them.
	RevealPower {
		/// Which node.
		node: NodeId,
		/// Which lottery.
		kind: ProofKind,
		/// The tickets, in ascending order.
		tickets: Vec<u64>,
		/// What was hashed with them.
		salt: Hash,
	},
	/// Names a false ticket of another node's.
	ChallengePower {
		/// Whose.
		node: NodeId,
		/// Which lottery's kind.
		kind: ProofKind,
		/// Which of its devices.
		device: u8,
		/// Which lottery.
		round: u32,
		/// All tickets of the reveal.
		tickets: Vec<u64>,
		/// What was hashed with them.
		salt: Hash,
		/// Which of them does not win.
		index: u32,
	},
	/// Takes an open task.
	AcceptTask {
		/// Which task.
		task: TaskId,
		/// Which node takes it.
		node: NodeId,
	},
	/// Starts it.
	StartTask {
		/// Which task.
		task: TaskId,
	},
	/// Hands in its result.
	SubmitResult {
		/// Which task.
		task: TaskId,
		/// The result's SHA-256.
		hash: Hash,
		/// Where it lies.
		uri: String,
	},
	/// Bids in an auction, under seal.
	CommitBid {
		/// Which auction.
		auction: AuctionId,
		/// Which node bids.
		node: NodeId,
		/// The hash of the bid.
		commitment: Hash,
	},
	/// Opens the bid.
	RevealBid {
		/// Which auction.
		auction: AuctionId,
		/// Which node bid.
		node: NodeId,
		/// What it would do the task for.
		price: Balance,
		/// What was hashed with it.
		salt: Hash,
	},
	/// Gives the task of an auction that is over to the best bid.
	SettleAuction {
		/// Which auction.
		auction: AuctionId,
	},
	/// Has the bond of a settled auction back.
	ClaimBond {
		/// Which auction.
		auction: AuctionId,
		/// Which node bid.
		node: NodeId,
	},
	/// Offers an accelerator to renters, or changes the terms.
	ListGpu {
		/// Whose.
		node: NodeId,
		/// The terms.
		listing: Listing,
	},
	/// Offers it no more.
	UnlistGpu {
		/// Whose.
		node: NodeId,
		/// Which accelerator.
		gpu: u16,
	},
	/// Confirms a rental's start and hands over access.
	ConfirmStart {
		/// Which rental.
		rental: RentalId,
		/// How the renter gets in, sealed.
		access: Vec<u8>,
	},
	/// Earns a rental's time since the last proof.
	Prove {
		/// Which rental.
		rental: RentalId,
	},
	/// Takes back a booking.
	CancelBooking {
		/// Which rental.
		rental: RentalId,
	},
	/// Settles a rental that has run out.
	CloseRental {
		/// Which rental.
		rental: RentalId,
	},
}

impl Call {
	/// What it is called in the log.
	pub fn name(&self) -> &'static str {
		match self {
			Self::Register(_) => "register_node",
			Self::Activate(_) => "activate_node",
			Self::Deactivate(_) => "deactivate_node",
			Self::Heartbeat(_) => "heartbeat",
			Self::IssueChallenge(_) => "issue_challenge",
			Self::SubmitSolution { .. } => "submit_solution",
			Self::SubmitProof { .. } => "submit_proof",
			Self::ClaimPower { .. } => "claim_power",
			Self::CommitPower { .. } => "commit_power",
			Self::RevealPower { .. } => "reveal_power",
			Self::ChallengePower { .. } => "challenge_power",
			Self::AcceptTask { .. } => "accept_task",
			Self::StartTask { .. } => "start_task",
			Self::SubmitResult { .. } => "submit_result",
			Self::CommitBid { .. } => "commit_bid",
			Self::RevealBid { .. } => "reveal_bid",
			Self::SettleAuction { .. } => "settle",
			Self::ClaimBond { .. } => "claim_bond",
			Self::ListGpu { .. } => "list_gpu",
			Self::UnlistGpu { .. } => "unlist_gpu",
			Self::ConfirmStart { .. } => "confirm_start",
			Self::Prove { .. } => "prove",
			Self::CancelBooking { .. } => "cancel_booking",
			Self::CloseRental { .. } => "close",
		}
	}
}

/// A call that is in a block and succeeded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Included {
	/// The block.
	pub block: Hash,
	/// The node that it registered, if it registered one.
	pub registered: Option<NodeId>,
}

/// Who and what the other side is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainInfo {
	/// The chain's name.
	pub name: String,
	/// The hash of its first block.
	pub genesis: Hash,
	/// The runtime's name.
	pub spec_name: String,
	/// The runtime's version.
	pub spec_version: u32,
	/// Whether every call and query that this program makes has the same types there as when it was built. A message
	/// that says which has not, if so.
	pub interface: Result<(), String>,
	/// The best block.
	pub best: BlockNumber,
	/// The newest final block.
	pub finalized: BlockNumber,
	/// The best block's time, ms since 1970.
	pub timestamp_ms: u64,
	/// Whether the node is still catching up with its peers.
	pub syncing: bool,
}

/// Why the chain could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum ChainError {
	/// No node could be reached, or the connection broke. Worth another try.
	#[error("cannot reach a node: {0}")]
	Unreachable(String),
	/// The node's pool refused the transaction: it is not in a block and will not be.
	#[error("{call} was refused by the node: {reason}")]
	Refused {
		/// Which call.
		call: &'static str,
		/// What the node says.
		reason: String,
	},
	/// The same transaction, or another one with its nonce, already waits in the node's pool. Look again later.
	#[error("{call}: a transaction of this account is still on its way")]
	Pending {
		/// Which call.
		call: &'static str,
	},
	/// It was not in a block in time. The next view tells whether it will have been.
	#[error("{call} was in no block within {seconds} s")]
	Late {
		/// Which call.
		call: &'static str,
		/// How long was waited.
		seconds: u64,
	},
	/// It is in a block and failed there.
	#[error("{call} failed on the chain: {error}")]
	Failed {
		/// Which call.
		call: &'static str,
		/// The pallet's error, `Pallet::Error`, and what it says about it.
		error: String,
	},
	/// The node's runtime is not the one that this program was built for.
	#[error("the node's runtime does not fit this program ({0}); use the gpu-miner of the same release as the node")]
	Interface(String),
	/// The key cannot be used.
	#[error("the signing key cannot be used: {0}")]
	Key(String),
}

impl ChainError {
	/// Whether the connection is what failed.
	pub fn is_connection(&self) -> bool {
		matches!(self, Self::Unreachable(_))
	}
}

/// Reads and writes the chain for one account.
#[async_trait]
pub trait Chain: Send + Sync {
	/// The account that signs and pays.
	fn account(&self) -> AccountId;

	/// The node that is talked to, or was last; empty before the first.
	fn endpoint(&self) -> String;

	/// Who and what the other side is.
	async fn info(&self) -> Result<ChainInfo, ChainError>;

	/// Waits for a best block that is newer than any this returned before; at once for the first.
	async fn next_block(&self) -> Result<(), ChainError>;

	/// Everything about `node` in the best block.
	async fn view(&self, node: &NodeId) -> Result<ChainView, ChainError>;

	/// What the account can spend, plancks.
	async fn free_balance(&self) -> Result<Balance, ChainError>;

	/// The account's nodes, the oldest first.
	async fn nodes_of_account(&self) -> Result<Vec<NodeView>, ChainError>;

	/// Sends the calls, in this order, and waits until each is in a best block. Nonces are counted from the best block,
	/// so that a call that already waits in the node's pool is not sent a second time. After a call that the pool
	/// refuses the rest is not sent: such calls have no entry in the answer.
	async fn submit(&self, calls: &[Call]) -> Vec<Result<Included, ChainError>>;
}

/// `0x…`, for messages and JSON.
pub fn show(bytes: &[u8]) -> String {
	format!("0x{}", hex::encode(bytes))
}

/// Plancks as tokens, exactly: `1.05`.
pub fn show_tokens(plancks: Balance) -> String {
	let fraction = format!("{:018}", plancks % TOKEN);
	let fraction = fraction.trim_end_matches('0');
	if fraction.is_empty() {
		format!("{}", plancks / TOKEN)
	} else {
		format!("{}.{fraction}", plancks / TOKEN)
	}
}

/// An amount of any asset, for people.
pub fn show_amount(asset: Asset, amount: Balance) -> String {
	match asset {
		Asset::Native => show_tokens(amount),
		Asset::Id(id) => format!("{amount} of asset {id}"),
	}
}

/// Tokens as people write them (`0.5`, `12`), in plancks, exactly.
///
/// # Errors
/// What is wrong with the text.
pub fn parse_tokens(text: &str) -> Result<Balance, String> {
	let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
	let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
	if whole.is_empty() && fraction.is_empty() || !digits(whole) || !digits(fraction) {
		return Err(format!("`{text}` is not an amount such as 0.5"));
	}
	if fraction.len() > 18 {
		return Err(format!("`{text}` has more than 18 decimals"));
	}
	let number = |part: &str| if part.is_empty() { Ok(0) } else { part.parse::<Balance>() };
	let too_large = || format!("`{text}` is too large");
	let whole = number(whole).map_err(|_| too_large())?;
	let fraction = number(&format!("{fraction:0<18}")).map_err(|_| too_large())?;
	whole.checked_mul(TOKEN).and_then(|plancks| plancks.checked_add(fraction)).ok_or_else(too_large)
}

fn as_hex<S: serde::Serializer>(bytes: &[u8; 32], serializer: S) -> Result<S::Ok, S::Error> {
	serializer.serialize_str(&show(bytes))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn amounts_are_exact() {
		assert_eq!(parse_tokens("0.5"), Ok(TOKEN / 2));
		assert_eq!(parse_tokens("12"), Ok(12 * TOKEN));
		assert_eq!(parse_tokens(".000000000000000001"), Ok(1));
		assert_eq!(parse_tokens("340282366920938463463.374607431768211455"), Ok(u128::MAX));
		for bad in ["", ".", "1e3", "-1", "1.0000000000000000001", "340282366920938463463.374607431768211456", "1.2.3"]
		{
			assert!(parse_tokens(bad).is_err(), "{bad}");
		}
		for plancks in [0, 1, TOKEN, TOKEN + 1, 105 * TOKEN / 100, u128::MAX] {
			assert_eq!(parse_tokens(&show_tokens(plancks)), Ok(plancks));
		}
		assert_eq!(show_tokens(TOKEN / 20), "0.05");
	}
}
