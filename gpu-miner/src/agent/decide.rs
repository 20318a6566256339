//! What to do next: a pure function of what is on the chain and what lies on this machine.
//!
//! It may be asked as often as one likes: what is already on the chain or under way is not asked for again.

use super::bids::{self, Plan, StoredBid};
use crate::{
	chain::{
		BlockNumber, Call, ChainView, ChallengeView, Hash, LotteryView, NodeStatus, NodeView, PowerClaim, RentalId,
		RentalStatus, RentalView, RoundView, TaskId, TaskStatus, TaskView,
	},
	config::BidConfig,
	lotteries::{LotteryAnswer, MOST},
	policy::Policy,
	state::StoredResult,
};
use std::{
	cmp::Reverse,
	collections::{BTreeMap, BTreeSet},
};

/// Blocks before a round's end at which its last proof is sent: time for one block that is late, and one that is full.
const LAST_CALL: BlockNumber = 3;

/// A round's first proof is sent when one third of its window is over, in case the machine does not live to the end.
const EARLY_SHARE: BlockNumber = 3;

/// How much better (percent) than the proof on the chain another one must be to be worth its fee.
const WORTH_A_FEE: u128 = 110;

/// A measured rate is claimed anew when it is a quarter off what the chain has.
const CLAIM_TOLERANCE: u64 = 4;

/// Specifications that are fetched at a time.
const FETCHES: usize = 8;

/// Runs of a task before the agent gives it up.
pub const MAX_ATTEMPTS: u32 = 3;

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
	/// Send this to the chain.
	Send(Call),
	/// Search for the smallest hashes of a round.
	SearchRound(RoundView),
	/// Search for one hash below a target.
	SolveChallenge(ChallengeView),
	/// Search for tickets of a lottery.
	SearchLottery(LotteryView),
	/// Save these tickets, then commit to them.
	Commit(LotteryAnswer, Call),
	/// Draw a salt and save the bid, then commit to it.
	Bid(Plan),
	/// Stop searching.
	StopSearch,
	/// Fetch the specification and see whether the policy allows it.
	Vet(TaskView),
	/// Run it in the sandbox.
	Run(TaskView),
	/// Kill it: it is the node's no longer.
	CancelRun(TaskId),
	/// Open the session of a rental.
	OpenSession(RentalView),
	/// Close it: the rental is over.
	CloseSession(RentalId),
}

/// What was found out about a task's specification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Vetted {
	/// It is being fetched.
	Fetching,
	/// It is here and may run.
	Good,
	/// It may not run, for this reason.
	Refused(String),
	/// It could not be fetched; worth another try from this block on.
	RetryFrom(BlockNumber),
}

/// The best answer to a round so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BestProof {
	/// What it is bound to.
	pub seed: Hash,
	/// The nonces, in ascending order of their hashes.
	pub nonces: Vec<u64>,
	/// The hashes that it shows.
	pub work: u128,
}

/// What is being searched for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Searching {
	/// A round's smallest hashes.
	Round(Hash),
	/// A challenge's solution.
	Challenge(Hash),
	/// A lottery's tickets, by its seed and where walks begin.
	Lottery(Hash, Option<Hash>),
}

/// How often running a task failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attempts {
	/// Failures so far.
	pub failures: u32,
	/// Not again before this block.
	pub retry_from: BlockNumber,
}

/// The session of a rental, as far as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionState {
	/// It is being opened.
	Opening,
	/// It is open; this is the way in, sealed to the renter.
	Open(Vec<u8>),
	/// It could not be opened; worth another try from this block on.
	RetryFrom(BlockNumber),
}

/// What lies on this machine.
#[derive(Clone, Debug, Default)]
pub struct LocalView {
	/// What the owner allows.
	pub policy: Policy,
	/// Whether a verified node is offered to the market.
	pub activate: bool,
	/// Whether an inactive one is.
	pub reactivate: bool,
	/// Whether there is a sandbox.
	pub can_run: bool,
	/// The search that runs.
	pub searching: Option<Searching>,
	/// The best answer to the newest round.
	pub best_proof: Option<BestProof>,
	/// A challenge's seed, and the nonce that solves it.
	pub solution: Option<(Hash, u64)>,
	/// What this machine is to claim in lotteries.
	pub claims: Vec<PowerClaim>,
	/// What the newest lottery's search found so far.
	pub lottery: Option<LotteryAnswer>,
	/// What was committed to last.
	pub committed: Option<LotteryAnswer>,
	/// How the owner wants to bid in auctions; `None` if not at all.
	pub bidding: Option<BidConfig>,
	/// Bids that were made and can still be revealed.
	pub bids: Vec<StoredBid>,
	/// Specifications that were looked at.
	pub vetted: BTreeMap<TaskId, Vetted>,
	/// Tasks whose program runs.
	pub running: BTreeSet<TaskId>,
	/// Failures, by task.
	pub attempts: BTreeMap<TaskId, Attempts>,
	/// Results that are computed.
	pub results: BTreeMap<TaskId, StoredResult>,
	/// How buyers reach the store, without a slash at the end.
	pub store_url: String,
	/// Sessions of rentals.
	pub sessions: BTreeMap<RentalId, SessionState>,
}

/// What to do, the most urgent first.
pub fn decide(view: &ChainView, local: &LocalView) -> Vec<Action> {
	let mut actions = Vec::new();
	let Some(node) = &view.node else {
		actions.extend(local.searching.map(|_| Action::StopSearch));
		actions.extend(local.running.iter().map(|task| Action::CancelRun(*task)));
		actions.extend(local.sessions.keys().map(|rental| Action::CloseSession(*rental)));
		return actions;
	};
	deliver(view, local, &mut actions);
	bids::go_on(view, node, local, &mut actions);
	serve(view, node, local, &mut actions);
	prove(view, node, local, &mut actions);
	claim(view, node, local, &mut actions);
	live(view, node, local, &mut actions);
	take(view, node, local, &mut actions);
	bids::bid(view, node, local, &mut actions);
	actions
}

/// The node's own tasks: each goes on from where the chain says it stands.
fn deliver(view: &ChainView, local: &LocalView, actions: &mut Vec<Action>) {
	for task in &view.my_tasks {
		let too_late = task.deadline.is_some_and(|deadline| view.block >= deadline);
		if too_late {
			continue;
		}
		let good = local.vetted.get(&task.id) == Some(&Vetted::Good);
		match task.status {
			TaskStatus::Assigned if good => actions.push(Action::Send(Call::StartTask { task: task.id })),
			TaskStatus::InProgress => {
				let stored =
					local.results.get(&task.id).filter(|stored| stored.specification == task.specification_hash);
				let attempts = local.attempts.get(&task.id).copied().unwrap_or_default();
				if let Some(stored) = stored {
					let uri = format!("{}/store/{}", local.store_url, hex::encode(stored.hash));
					actions.push(Action::Send(Call::SubmitResult { task: task.id, hash: stored.hash, uri }));
				} else if local.running.contains(&task.id) {
					// It takes the time it takes.
				} else if !good {
					vet(view, task, local, actions);
				} else if local.can_run && attempts.failures < MAX_ATTEMPTS && view.block >= attempts.retry_from {
					actions.push(Action::Run(task.clone()));
				}
			}
			TaskStatus::Assigned => vet(view, task, local, actions),
			_ => (),
		}
	}
	let in_progress = |id: &TaskId| {
		view.my_tasks.iter().any(|task| {
			task.id == *id
				&& task.status == TaskStatus::InProgress
				&& task.deadline.is_none_or(|deadline| view.block < deadline)
		})
	};
	actions.extend(local.running.iter().filter(|id| !in_progress(id)).map(|id| Action::CancelRun(*id)));
}

/// Rentals: open the session, hand over access, prove the time, and settle what has run out.
fn serve(view: &ChainView, node: &NodeView, local: &LocalView, actions: &mut Vec<Action>) {
	let (now, rules) = (view.now_ms, view.rental_rules);
	let mut served = BTreeSet::new();
	for rental in &view.rentals {
		let id = rental.id;
		match rental.status {
			RentalStatus::Booked => {
				if local.policy.check_rental(rental).is_err() {
					actions.push(Action::Send(Call::CancelBooking { rental: id }));
					continue;
				}
				// Too late: it is the renter's to close.
				if now > rental.start.saturating_add(rules.confirm_window) {
					continue;
				}
				served.insert(id);
				if now.saturating_add(rules.confirm_window) < rental.start {
					continue;
				}
				match local.sessions.get(&id) {
					Some(SessionState::Open(access)) => {
						let access = access.clone();
						actions.push(Action::Send(Call::ConfirmStart { rental: id, access }));
					}
					_ => open(view, rental, local, actions),
				}
			}
			RentalStatus::Active => {
				let has_run_out = now >= rental.paid_until;
				let unproven = now.min(rental.paid_until).saturating_sub(rental.proven_until);
				// Two thirds of what a proof covers leave time for a block that is late, and for a round that is not answered yet.
				let is_due = unproven > 0 && (has_run_out || unproven >= rules.proof_interval / 3 * 2);
				if is_due && node.power.hashes_per_second > 0 {
					actions.push(Action::Send(Call::Prove { rental: id }));
				} else if has_run_out
					&& (unproven == 0 || now >= rental.paid_until.saturating_add(rules.proof_interval))
				{
					actions.push(Action::Send(Call::CloseRental { rental: id }));
				}
				if !has_run_out {
					served.insert(id);
					if !matches!(local.sessions.get(&id), Some(SessionState::Open(_))) {
						open(view, rental, local, actions);
					}
				}
			}
			RentalStatus::Disputed => (),
		}
	}
	actions.extend(local.sessions.keys().filter(|id| !served.contains(id)).map(|id| Action::CloseSession(*id)));
}

fn open(view: &ChainView, rental: &RentalView, local: &LocalView, actions: &mut Vec<Action>) {
	let due = match local.sessions.get(&rental.id) {
		None => true,
		Some(SessionState::RetryFrom(block)) => view.block >= *block,
		Some(_) => false,
	};
	if due {
		actions.push(Action::OpenSession(rental.clone()));
	}
}

/// Challenges and rounds. A challenge comes first: it is short, and a node that waits for it can do nothing else.
fn prove(view: &ChainView, node: &NodeView, local: &LocalView, actions: &mut Vec<Action>) {
	let challenge = view.challenge.as_ref().filter(|challenge| view.block < challenge.deadline);
	let mut search = None;
	match challenge {
		Some(challenge) => match local.solution {
			Some((seed, nonce)) if seed == challenge.seed => {
				actions.push(Action::Send(Call::SubmitSolution { node: node.id, nonce }));
			}
			_ => search = Some((Searching::Challenge(challenge.seed), Action::SolveChallenge(challenge.clone()))),
		},
		// Another challenge would not help a node that waits for its sponsor.
		None if node.status == NodeStatus::Pending && !node.awaits_sponsor => {
			actions.push(Action::Send(Call::IssueChallenge(node.id)))
		}
		None => (),
	}

	if let Some(round) = view.round.as_ref().filter(|round| view.block < round.closes && round.values > 0) {
		let proof = local.best_proof.as_ref().filter(|proof| proof.seed == round.seed);
		if let Some(proof) = proof.filter(|proof| proof.nonces.len() == round.values as usize) {
			if is_time_to_submit(view.block, round, proof.work) {
				let nonces = proof.nonces.clone();
				actions.push(Action::Send(Call::SubmitProof { node: node.id, round: round.number, nonces }));
			}
		}
		search.get_or_insert_with(|| (Searching::Round(round.seed), Action::SearchRound(round.clone())));
	}
	if let Some(lottery) = &view.lottery {
		answer(view, node, lottery, local, actions);
		if view.block < lottery.closes && !lottery.revealed {
			let wanted = Searching::Lottery(lottery.seed, lottery.walk_entropy);
			search.get_or_insert_with(|| (wanted, Action::SearchLottery(lottery.clone())));
		}
	}
	match search {
		Some((wanted, _)) if local.searching == Some(wanted) => (),
		Some((_, start)) => actions.push(start),
		None => actions.extend(local.searching.map(|_| Action::StopSearch)),
	}
}

/// One early proof, and one shortly before the end if it is worth its fee.
fn is_time_to_submit(block: BlockNumber, round: &RoundView, work: u128) -> bool {
	let window = round.closes.saturating_sub(round.opened);
	match round.submitted_work {
		None => block >= round.opened.saturating_add(window / EARLY_SHARE),
		Some(submitted) => {
			let is_last_call = block.saturating_add(LAST_CALL) >= round.closes;
			is_last_call && work / 100 >= (submitted / 100).saturating_mul(WORTH_A_FEE) / 100 && work > submitted
		}
	}
}

/// Commits to what was found when the search is over, and reveals it when the chain has drawn its samples.
fn answer(view: &ChainView, node: &NodeView, lottery: &LotteryView, local: &LocalView, actions: &mut Vec<Action>) {
	let is_committed = |answer: &&LotteryAnswer| {
		answer.seed == lottery.seed && lottery.commitment == Some(answer.commitment(&node.id, lottery))
	};
	let committed = local.committed.iter().find(is_committed);
	match committed {
		Some(answer) if lottery.can_reveal && !lottery.revealed => {
			let (tickets, salt) = (answer.tickets.clone(), answer.salt);
			actions.push(Action::Send(Call::RevealPower { node: node.id, kind: lottery.kind, tickets, salt }));
		}
		Some(_) => (),
		// Also when what was committed to is lost: it can be replaced as long as commitments count.
		None if view.block >= lottery.closes && view.block < lottery.commit_until => {
			let Some(found) = local.lottery.as_ref().filter(|found| found.seed == lottery.seed) else { return };
			let mut found = found.clone();
			found.tickets.truncate(MOST);
			if (found.tickets.len() as u64) < u64::from(lottery.threshold) {
				return;
			}
			let commitment = found.commitment(&node.id, lottery);
			let count = found.tickets.len() as u32;
			let call = Call::CommitPower { node: node.id, kind: lottery.kind, commitment, count };
			actions.push(Action::Commit(found, call));
		}
		None => (),
	}
}

/// What this machine does, where the chain has another figure. Not while a lottery is open: it could not be answered any more.
fn claim(view: &ChainView, node: &NodeView, local: &LocalView, actions: &mut Vec<Action>) {
	if node.status != NodeStatus::Active || view.lottery.is_some() {
		return;
	}
	for wanted in &local.claims {
		let is_close = |known: &&PowerClaim| {
			let (is, should) = (known.tries_per_second(), wanted.tries_per_second());
			known.kind() == wanted.kind()
				&& known.table_bytes() == wanted.table_bytes()
				&& is.abs_diff(should) <= should / CLAIM_TOLERANCE
		};
		if !view.claims.iter().any(|known| is_close(&known)) {
			actions.push(Action::Send(Call::ClaimPower { node: node.id, claim: *wanted }));
		}
	}
}

/// Offering the node, and saying that it lives.
fn live(_: &ChainView, node: &NodeView, local: &LocalView, actions: &mut Vec<Action>) {
	let activate = match node.status {
		NodeStatus::Verified => local.activate,
		NodeStatus::Inactive => local.reactivate,
		_ => false,
	};
	if activate {
		actions.push(Action::Send(Call::Activate(node.id)));
	}
	if node.heartbeat_due && node.status == NodeStatus::Active {
		actions.push(Action::Send(Call::Heartbeat(node.id)));
	}
}

/// Open tasks: the best paid that the policy allows, as many as may run at a time.
fn take(view: &ChainView, node: &NodeView, local: &LocalView, actions: &mut Vec<Action>) {
	if node.status != NodeStatus::Active || !local.can_run {
		return;
	}
	let mut free = bids::room(view, local);
	let mut candidates: Vec<&TaskView> = view
		.open_tasks
		.iter()
		.filter(|task| task.direct && task.resource_type == node.resource_type)
		.filter(|task| local.policy.check_task(task, node).is_ok())
		.collect();
	candidates.sort_by_key(|task| (Reverse(task.price / u128::from(task.duration_secs.max(1))), task.id));
	for task in candidates {
		if free == 0 {
			break;
		}
		match local.vetted.get(&task.id) {
			Some(Vetted::Good) => {
				actions.push(Action::Send(Call::AcceptTask { task: task.id, node: node.id }));
				free -= 1;
			}
			_ => vet(view, task, local, actions),
		}
	}
}

pub(super) fn vet(view: &ChainView, task: &TaskView, local: &LocalView, actions: &mut Vec<Action>) {
	let due = match local.vetted.get(&task.id) {
		None => true,
		Some(Vetted::RetryFrom(block)) => view.block >= *block,
		Some(_) => false,
	};
	let fetching = local.vetted.values().filter(|vetted| **vetted == Vetted::Fetching).count()
		+ actions.iter().filter(|action| matches!(action, Action::Vet(_))).count();
	if due && fetching < FETCHES {
		actions.push(Action::Vet(task.clone()));
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{
		chain::{ProofKind, RentalRules, TOKEN},
		policy::tests::{node, parse, rental, task},
	};

	const NODE: [u8; 32] = [1; 32];

	fn view() -> ChainView {
		ChainView { block: 100, node: Some(node()), free_balance: TOKEN, ..ChainView::default() }
	}

	fn local() -> LocalView {
		LocalView {
			policy: parse("[[payment]]\nasset = \"native\"\nmin_price = \"0.5\"").unwrap(),
			activate: true,
			can_run: true,
			store_url: "http://127.0.0.1:8090".into(),
			..LocalView::default()
		}
	}

	fn with_status(status: NodeStatus) -> ChainView {
		let mut view = view();
		view.node.as_mut().unwrap().status = status;
		view
	}

	fn mine(id: TaskId, status: TaskStatus) -> TaskView {
		TaskView { status, deadline: Some(200), ..task(id) }
	}

	fn round() -> RoundView {
		RoundView { number: 7, seed: [5; 32], values: 3, opened: 90, closes: 120, submitted_work: None }
	}

	fn proof(work: u128) -> Option<BestProof> {
		Some(BestProof { seed: [5; 32], nonces: vec![1, 2, 3], work })
	}

	fn challenge() -> ChallengeView {
		ChallengeView { seed: [6; 32], target: [0xff; 32], deadline: 150 }
	}

	#[test]
	fn a_pending_node_asks_for_a_challenge_solves_it_and_goes_to_market() {
		let mut view = with_status(NodeStatus::Pending);
		let mut local = local();
		assert_eq!(decide(&view, &local), [Action::Send(Call::IssueChallenge(NODE))]);

		view.challenge = Some(challenge());
		assert_eq!(decide(&view, &local), [Action::SolveChallenge(challenge())]);
		local.searching = Some(Searching::Challenge([6; 32]));
		assert_eq!(decide(&view, &local), []);

		(local.searching, local.solution) = (None, Some(([6; 32], 42)));
		assert_eq!(decide(&view, &local), [Action::Send(Call::SubmitSolution { node: NODE, nonce: 42 })]);
		local.solution = Some(([9; 32], 42));
		assert_eq!(decide(&view, &local), [Action::SolveChallenge(challenge())], "an older one's solution is none");

		view = with_status(NodeStatus::Verified);
		assert_eq!(decide(&view, &local), [Action::Send(Call::Activate(NODE))]);
		local.activate = false;
		assert_eq!(decide(&view, &local), []);
	}

	#[test]
	fn a_node_that_waits_for_its_sponsor_asks_for_no_more_challenges() {
		let mut view = with_status(NodeStatus::Pending);
		view.node.as_mut().unwrap().awaits_sponsor = true;
		assert_eq!(decide(&view, &local()), []);
	}

	#[test]
	fn what_an_auction_gives_away_is_left_alone() {
		let mut view = view();
		view.open_tasks = vec![TaskView { direct: false, ..task(3) }];
		assert_eq!(decide(&view, &local()), []);
	}

	#[test]
	fn a_challenge_that_is_over_is_asked_for_again() {
		let mut view = with_status(NodeStatus::Pending);
		view.challenge = Some(ChallengeView { deadline: 100, ..challenge() });
		assert_eq!(decide(&view, &local()), [Action::Send(Call::IssueChallenge(NODE))]);
	}

	#[test]
	fn a_node_taken_off_the_market_stays_off_unless_its_owner_wants_otherwise() {
		let view = with_status(NodeStatus::Inactive);
		assert_eq!(decide(&view, &local()), []);
		let local = LocalView { reactivate: true, ..local() };
		assert_eq!(decide(&view, &local), [Action::Send(Call::Activate(NODE))]);
		for over in [NodeStatus::Rejected, NodeStatus::Slashed] {
			assert_eq!(decide(&with_status(over), &local), []);
		}
	}

	#[test]
	fn heartbeats_are_sent_when_they_are_due() {
		let mut view = view();
		view.node.as_mut().unwrap().heartbeat_due = true;
		assert_eq!(decide(&view, &local()), [Action::Send(Call::Heartbeat(NODE))]);
		view.node.as_mut().unwrap().status = NodeStatus::Inactive;
		assert_eq!(decide(&view, &local()), []);
	}

	#[test]
	fn a_round_is_searched_and_answered_early_and_late() {
		let mut view = view();
		view.round = Some(round());
		let mut local = local();
		view.block = 91;
		assert_eq!(decide(&view, &local), [Action::SearchRound(round())]);
		local.searching = Some(Searching::Round([5; 32]));
		local.best_proof = proof(1_000);
		assert_eq!(decide(&view, &local), [], "too early");

		let submit = Action::Send(Call::SubmitProof { node: NODE, round: 7, nonces: vec![1, 2, 3] });
		view.block = 100;
		assert_eq!(decide(&view, &local), std::slice::from_ref(&submit));
		view.round.as_mut().unwrap().submitted_work = Some(1_000);
		local.best_proof = proof(5_000);
		view.block = 116;
		assert_eq!(decide(&view, &local), [], "it still grows");
		view.block = 117;
		assert_eq!(decide(&view, &local), [submit]);
		view.round.as_mut().unwrap().submitted_work = Some(4_900);
		assert_eq!(decide(&view, &local), [], "not worth a fee");
		view.block = 120;
		assert_eq!(decide(&view, &local), [Action::StopSearch], "over");
	}

	#[test]
	fn a_foreign_or_short_proof_is_not_sent() {
		let mut view = view();
		view.round = Some(round());
		let mut local = local();
		local.searching = Some(Searching::Round([5; 32]));
		local.best_proof = Some(BestProof { seed: [4; 32], nonces: vec![1, 2, 3], work: 9 });
		assert_eq!(decide(&view, &local), []);
		local.best_proof = Some(BestProof { seed: [5; 32], nonces: vec![1, 2], work: 9 });
		assert_eq!(decide(&view, &local), []);
	}

	#[test]
	fn a_challenge_goes_before_a_round() {
		let mut view = view();
		(view.round, view.challenge) = (Some(round()), Some(challenge()));
		let mut local = local();
		local.searching = Some(Searching::Round([5; 32]));
		assert_eq!(decide(&view, &local), [Action::SolveChallenge(challenge())]);
		(local.searching, local.solution) = (None, Some(([6; 32], 1)));
		let solution = Action::Send(Call::SubmitSolution { node: NODE, nonce: 1 });
		assert_eq!(decide(&view, &local), [solution, Action::SearchRound(round())]);
	}

	fn lottery() -> LotteryView {
		LotteryView {
			round: 7,
			kind: ProofKind::Compute,
			seed: [8; 32],
			target: 1,
			table_bytes: 0,
			walk_entropy: None,
			threshold: 3,
			closes: 110,
			commit_until: 113,
			can_reveal: false,
			commitment: None,
			revealed: false,
		}
	}

	#[test]
	fn a_lottery_is_searched_committed_to_and_revealed() {
		let (mut view, mut local) = (view(), local());
		view.lottery = Some(lottery());
		assert_eq!(decide(&view, &local), [Action::SearchLottery(lottery())]);
		local.searching = Some(Searching::Lottery([8; 32], None));
		let found = LotteryAnswer { seed: [8; 32], salt: [9; 32], tickets: vec![1, 2] };
		local.lottery = Some(found.clone());
		assert_eq!(decide(&view, &local), []);
		view.block = 110;
		assert_eq!(decide(&view, &local), [Action::StopSearch], "two do not pass");

		(local.searching, local.lottery) = (None, Some(LotteryAnswer { tickets: vec![1, 2, 3], ..found.clone() }));
		let found = local.lottery.clone().unwrap();
		let commitment = found.commitment(&NODE, &lottery());
		let call = Call::CommitPower { node: NODE, kind: ProofKind::Compute, commitment, count: 3 };
		assert_eq!(decide(&view, &local), [Action::Commit(found.clone(), call.clone())]);

		view.lottery.as_mut().unwrap().commitment = Some(commitment);
		local.committed = Some(found.clone());
		// What goes on in memory is another thing than what was committed to.
		local.lottery = Some(LotteryAnswer { tickets: vec![1, 2, 3, 4], ..found.clone() });
		assert_eq!(decide(&view, &local), []);
		(view.block, view.lottery.as_mut().unwrap().can_reveal) = (116, true);
		let reveal = Call::RevealPower { node: NODE, kind: ProofKind::Compute, tickets: vec![1, 2, 3], salt: [9; 32] };
		assert_eq!(decide(&view, &local), [Action::Send(reveal)]);
		view.lottery.as_mut().unwrap().revealed = true;
		assert_eq!(decide(&view, &local), []);
	}

	#[test]
	fn a_commitment_that_is_lost_is_replaced_in_time() {
		let (mut view, mut local) = (view(), local());
		view.lottery = Some(LotteryView { commitment: Some([1; 32]), ..lottery() });
		let found = LotteryAnswer { seed: [8; 32], salt: [9; 32], tickets: vec![1, 2, 3] };
		(local.lottery, view.block) = (Some(found), 111);
		assert!(matches!(decide(&view, &local).as_slice(), [Action::Commit(..)]));
		view.block = 113;
		assert_eq!(decide(&view, &local), [], "it would be in a block too late");
	}

	#[test]
	fn walks_are_told_where_they_begin() {
		let (mut view, mut local) = (view(), local());
		view.lottery = Some(LotteryView { walk_entropy: Some([2; 32]), ..lottery() });
		local.searching = Some(Searching::Lottery([8; 32], None));
		assert!(matches!(decide(&view, &local).as_slice(), [Action::SearchLottery(_)]));
	}

	#[test]
	fn what_a_machine_does_is_claimed_between_lotteries() {
		let (mut view, mut local) = (view(), local());
		let claim = PowerClaim::Compute { tickets_per_second: 1_000 };
		local.claims = vec![claim];
		let send = [Action::Send(Call::ClaimPower { node: NODE, claim })];
		assert_eq!(decide(&view, &local), send);
		view.claims = vec![PowerClaim::Compute { tickets_per_second: 1_250 }];
		assert_eq!(decide(&view, &local), [], "measured a little otherwise");
		view.claims = vec![PowerClaim::Compute { tickets_per_second: 1_251 }];
		assert_eq!(decide(&view, &local), send);
		view.lottery = Some(lottery());
		assert_eq!(decide(&view, &local), [Action::SearchLottery(lottery())]);
		let mut idle = with_status(NodeStatus::Inactive);
		idle.claims.clear();
		assert_eq!(decide(&idle, &local), []);
	}

	#[test]
	fn a_task_is_vetted_before_it_is_taken() {
		let mut view = view();
		view.open_tasks = vec![task(3)];
		let mut local = local();
		assert_eq!(decide(&view, &local), [Action::Vet(task(3))]);
		local.vetted.insert(3, Vetted::Fetching);
		assert_eq!(decide(&view, &local), []);
		local.vetted.insert(3, Vetted::RetryFrom(101));
		assert_eq!(decide(&view, &local), []);
		view.block = 101;
		assert_eq!(decide(&view, &local), [Action::Vet(task(3))]);
		local.vetted.insert(3, Vetted::Refused("no".into()));
		assert_eq!(decide(&view, &local), []);
		local.vetted.insert(3, Vetted::Good);
		let accept = Action::Send(Call::AcceptTask { task: 3, node: NODE });
		assert_eq!(decide(&view, &local), [accept]);
		local.can_run = false;
		assert_eq!(decide(&view, &local), [], "no sandbox, no tasks");
	}

	#[test]
	fn only_active_nodes_take_tasks_of_their_type_that_the_policy_allows() {
		let mut view = view();
		view.open_tasks = vec![TaskView { resource_type: crate::chain::ResourceType::Gpu, ..task(3) }];
		view.open_tasks.push(TaskView { price: TOKEN / 10, ..task(4) });
		assert_eq!(decide(&view, &local()), []);
		view.open_tasks = vec![task(3)];
		view.node.as_mut().unwrap().status = NodeStatus::Inactive;
		assert_eq!(decide(&view, &local()), []);
	}

	#[test]
	fn the_best_paid_tasks_are_taken_and_no_more_than_may_run() {
		let mut view = view();
		view.open_tasks =
			vec![task(3), TaskView { price: 9 * TOKEN, ..task(4) }, TaskView { price: 2 * TOKEN, ..task(5) }];
		let mut local = local();
		local.policy.max_concurrent = 2;
		local.vetted = [(3, Vetted::Good), (4, Vetted::Good), (5, Vetted::Good)].into();
		let accept = |task| Action::Send(Call::AcceptTask { task, node: NODE });
		assert_eq!(decide(&view, &local), [accept(4), accept(5)]);
		view.my_tasks = vec![mine(8, TaskStatus::InProgress)];
		local.running = [8].into();
		assert_eq!(decide(&view, &local), [accept(4)]);
		// A result that waits for approval needs no machine.
		view.my_tasks = vec![mine(8, TaskStatus::Completed)];
		local.running.clear();
		assert_eq!(decide(&view, &local), [accept(4), accept(5)]);
	}

	#[test]
	fn not_too_many_specifications_are_fetched_at_a_time() {
		let mut view = view();
		view.open_tasks = (0..50).map(task).collect();
		let mut local = local();
		assert_eq!(decide(&view, &local).len(), FETCHES);
		local.vetted = (0..5).map(|id| (id, Vetted::Fetching)).collect();
		assert_eq!(decide(&view, &local).len(), FETCHES - 5);
	}

	#[test]
	fn a_taken_task_goes_through_its_steps() {
		let mut view = view();
		let mut local = local();
		view.my_tasks = vec![mine(3, TaskStatus::Assigned)];
		// After a restart nothing is known about it.
		assert_eq!(decide(&view, &local), [Action::Vet(mine(3, TaskStatus::Assigned))]);
		local.vetted.insert(3, Vetted::Good);
		assert_eq!(decide(&view, &local), [Action::Send(Call::StartTask { task: 3 })]);

		view.my_tasks = vec![mine(3, TaskStatus::InProgress)];
		assert_eq!(decide(&view, &local), [Action::Run(mine(3, TaskStatus::InProgress))]);
		local.running = [3].into();
		assert_eq!(decide(&view, &local), []);

		local.running.clear();
		local.results.insert(3, StoredResult { specification: [3; 32], hash: [0xab; 32], bytes: 1 });
		let uri = format!("http://127.0.0.1:8090/store/{}", "ab".repeat(32));
		let submit = Action::Send(Call::SubmitResult { task: 3, hash: [0xab; 32], uri });
		assert_eq!(decide(&view, &local), std::slice::from_ref(&submit));
		local.vetted.clear();
		assert_eq!(decide(&view, &local), [submit], "after a restart the stored result is reused");

		for done in [TaskStatus::Completed, TaskStatus::Disputed, TaskStatus::Verified] {
			view.my_tasks = vec![mine(3, done)];
			assert_eq!(decide(&view, &local), []);
		}
	}

	#[test]
	fn another_specifications_result_is_not_reused() {
		let mut view = view();
		view.my_tasks = vec![mine(3, TaskStatus::InProgress)];
		let mut local = local();
		local.vetted.insert(3, Vetted::Good);
		local.results.insert(3, StoredResult { specification: [4; 32], hash: [0xab; 32], bytes: 1 });
		assert_eq!(decide(&view, &local), [Action::Run(mine(3, TaskStatus::InProgress))]);
	}

	#[test]
	fn a_failing_task_is_tried_again_and_given_up() {
		let mut view = view();
		view.my_tasks = vec![mine(3, TaskStatus::InProgress)];
		let mut local = local();
		local.vetted.insert(3, Vetted::Good);
		local.attempts.insert(3, Attempts { failures: 1, retry_from: 101 });
		assert_eq!(decide(&view, &local), []);
		view.block = 101;
		assert_eq!(decide(&view, &local), [Action::Run(mine(3, TaskStatus::InProgress))]);
		local.attempts.insert(3, Attempts { failures: MAX_ATTEMPTS, retry_from: 0 });
		assert_eq!(decide(&view, &local), []);
	}

	#[test]
	fn what_is_the_nodes_no_longer_is_killed() {
		let mut view = view();
		let mut local = local();
		local.running = [3].into();
		assert_eq!(decide(&view, &local), [Action::CancelRun(3)]);
		view.my_tasks = vec![TaskView { deadline: Some(100), ..mine(3, TaskStatus::InProgress) }];
		assert_eq!(decide(&view, &local), [Action::CancelRun(3)], "past its deadline");
		view.node = None;
		assert_eq!(decide(&view, &local), [Action::CancelRun(3)]);
	}

	fn rented(now_ms: u64, rental: RentalView) -> ChainView {
		let rental_rules = RentalRules { confirm_window: 200, proof_interval: 300 };
		ChainView { now_ms, rentals: vec![rental], rental_rules, ..view() }
	}

	fn renting() -> LocalView {
		LocalView { policy: parse("[rentals]").unwrap(), ..local() }
	}

	fn active() -> RentalView {
		RentalView { status: RentalStatus::Active, ..rental(3) }
	}

	#[test]
	fn a_booking_is_confirmed_when_its_time_comes_and_its_session_is_open() {
		let mut local = renting();
		assert_eq!(decide(&rented(799, rental(3)), &local), [], "too early");
		assert_eq!(decide(&rented(800, rental(3)), &local), [Action::OpenSession(rental(3))]);
		local.sessions.insert(3, SessionState::Opening);
		assert_eq!(decide(&rented(800, rental(3)), &local), []);
		local.sessions.insert(3, SessionState::RetryFrom(101));
		assert_eq!(decide(&rented(800, rental(3)), &local), [], "not yet again");
		local.sessions.insert(3, SessionState::RetryFrom(100));
		assert_eq!(decide(&rented(800, rental(3)), &local), [Action::OpenSession(rental(3))]);
		local.sessions.insert(3, SessionState::Open(vec![1]));
		let confirm = Action::Send(Call::ConfirmStart { rental: 3, access: vec![1] });
		assert_eq!(decide(&rented(800, rental(3)), &local), std::slice::from_ref(&confirm));
		assert_eq!(decide(&rented(1_200, rental(3)), &local), [confirm]);
		assert_eq!(decide(&rented(1_201, rental(3)), &local), [Action::CloseSession(3)], "missed");
	}

	#[test]
	fn a_booking_that_the_policy_does_not_allow_is_cancelled() {
		let cancel = Action::Send(Call::CancelBooking { rental: 3 });
		assert_eq!(decide(&rented(1, rental(3)), &local()), [cancel]);
	}

	#[test]
	fn time_is_proven_before_the_interval_is_over() {
		let mut local = renting();
		local.sessions.insert(3, SessionState::Open(vec![1]));
		let prove = Action::Send(Call::Prove { rental: 3 });
		assert_eq!(decide(&rented(1_199, active()), &local), []);
		assert_eq!(decide(&rented(1_200, active()), &local), std::slice::from_ref(&prove));
		let proven = RentalView { proven_until: 1_200, ..active() };
		assert_eq!(decide(&rented(1_399, proven.clone()), &local), []);
		assert_eq!(decide(&rented(1_400, proven), &local), [prove]);

		let mut powerless = rented(1_200, active());
		powerless.node.as_mut().unwrap().power.hashes_per_second = 0;
		assert_eq!(decide(&powerless, &local), [], "it would be refused");
	}

	#[test]
	fn after_a_restart_the_session_is_opened_again() {
		assert_eq!(decide(&rented(1_100, active()), &renting()), [Action::OpenSession(active())]);
	}

	#[test]
	fn what_has_run_out_is_proven_to_its_end_and_settled() {
		let mut local = renting();
		local.sessions.insert(3, SessionState::Open(vec![1]));
		let almost = RentalView { proven_until: 2_000, ..active() };
		let prove = Action::Send(Call::Prove { rental: 3 });
		assert_eq!(decide(&rented(2_100, almost.clone()), &local), [prove, Action::CloseSession(3)]);
		local.sessions.clear();
		let close = Action::Send(Call::CloseRental { rental: 3 });
		let proven = RentalView { proven_until: 2_100, ..active() };
		assert_eq!(decide(&rented(2_100, proven), &local), std::slice::from_ref(&close));

		// Without power the rest may still be proven when the next round is answered; that is not waited for for ever.
		let mut powerless = rented(2_399, almost);
		powerless.node.as_mut().unwrap().power.hashes_per_second = 0;
		assert_eq!(decide(&powerless, &local), []);
		powerless.now_ms = 2_400;
		assert_eq!(decide(&powerless, &local), [close]);
	}

	#[test]
	fn sessions_of_rentals_that_are_over_or_disputed_are_closed() {
		let mut local = renting();
		local.sessions.insert(3, SessionState::Open(vec![1]));
		assert_eq!(decide(&view(), &local), [Action::CloseSession(3)]);
		let disputed = RentalView { status: RentalStatus::Disputed, ..rental(3) };
		assert_eq!(decide(&rented(1_500, disputed), &local), [Action::CloseSession(3)]);
		let gone = ChainView { node: None, ..view() };
		assert_eq!(decide(&gone, &local), [Action::CloseSession(3)]);
	}

	#[test]
	fn nothing_is_sent_past_a_deadline() {
		let mut view = view();
		let mut local = local();
		local.vetted.insert(3, Vetted::Good);
		local.results.insert(3, StoredResult { specification: [3; 32], hash: [0xab; 32], bytes: 1 });
		for status in [TaskStatus::Assigned, TaskStatus::InProgress] {
			view.my_tasks = vec![TaskView { deadline: Some(100), ..mine(3, status) }];
			assert_eq!(decide(&view, &local), []);
		}
	}
}
