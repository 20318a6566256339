//! What the screen of `run` shows: what `/status` says, no more.

use super::{
	frame::{Part, Text},
	show_time,
};
use crate::{
	chain::show_tokens,
	rates::show_rate,
	status::{RentalLine, Status},
};

/// The parts of the screen, at a moment by this machine's clock.
pub fn parts(status: &Status, now_ms: u64) -> Vec<Part> {
	let hand = in_hand(status, now_ms);
	let (tasks, rentals, bids) = (status.tasks.open.len(), status.rentals.len(), status.bids.open.len());
	let title = format!(" in hand: tasks {tasks}, rentals {rentals}, bids {bids} ");
	vec![
		Part::Lines { title: format!(" gpu-miner {} ", status.version), lines: node(status, now_ms) },
		Part::Lines { title, lines: hand },
		Part::Devices(status.devices.clone()),
	]
}

/// The node and its account, the most important first.
fn node(status: &Status, now_ms: u64) -> Vec<Text> {
	let rate = status.hash_rate;
	let standing = match status.node_status.as_str() {
		"" => "not read yet".into(),
		// Nothing else is known of it.
		_ if !is_known(status) => format!("{}: register it, or use its own chain", status.node_status),
		standing => {
			format!("{standing}, trust level {}, reputation {} of 10000", status.trust_level, status.reputation)
		}
	};
	let searching = if status.searching.is_empty() { "idle" } else { &status.searching };
	let rates = format!(
		"{} (10 s)   {} (60 s)   {} (15 min)   {searching}",
		show_rate(rate.ten_seconds),
		show_rate(rate.minute),
		show_rate(rate.quarter)
	);
	let proofs = status.proofs;
	let since = format!(
		"{}: {} proofs, {} rejected, {} stale; {} reconnects; {} problems",
		show_time(status.uptime_seconds),
		proofs.accepted,
		proofs.rejected,
		proofs.stale,
		status.reconnects,
		status.problems
	);
	let mut lines = vec![
		Text::new("node", &status.node),
		Text::new("status", standing)
			.warn_if(!status.node_status.is_empty() && !status.node_status.starts_with("Active")),
		Text::new("chain", connection(status, now_ms)).warn_if(!status.connected),
		Text::new("verified", power(status)),
		Text::new("asked", asked(status)),
		Text::new("search", rates),
		Text::new("money", money(status)),
		Text::new("up", since),
	];
	if !status.last_problem.is_empty() {
		lines.push(Text::new("problem", problem(&status.last_problem, now_ms)));
	}
	lines
}

fn is_known(status: &Status) -> bool {
	!status.staked.is_empty()
}

fn connection(status: &Status, now_ms: u64) -> String {
	let chain = or(&status.chain, "the chain");
	let by = if status.endpoint.is_empty() { String::new() } else { format!(", by {}", status.endpoint) };
	if status.block_seen_ms == 0 {
		return if status.problems == 0 { format!("connecting{by}") } else { "NOT connected, no block yet".into() };
	}
	let ago = show_time(now_ms.saturating_sub(status.block_seen_ms) / 1_000);
	if status.connected {
		format!("{chain} at block {}, {ago} ago{by}", status.block)
	} else {
		format!("NOT connected to {chain}; block {} was {ago} ago{by}", status.block)
	}
}

/// What is proven.
fn power(status: &Status) -> String {
	let hashes = amount(&status.verified_power);
	let parts = [
		(hashes > 0).then(|| show_rate(hashes as f64)),
		(status.milli_tops > 0).then(|| format!("{} TOPS", status.milli_tops as f64 / 1e3)),
		(status.memory_bytes > 0).then(|| format!("{:.1} GiB", status.memory_bytes as f64 / f64::from(1 << 30))),
	];
	let parts: Vec<String> = parts.into_iter().flatten().collect();
	let age = match status.asked.answered_at {
		0 => String::new(),
		block => format!("; the last round was answered {} blocks ago", status.block.saturating_sub(block)),
	};
	if parts.is_empty() {
		format!("nothing{age}")
	} else {
		parts.join(", ") + &age
	}
}

/// What is to be proven.
fn asked(status: &Status) -> String {
	let asked = &status.asked;
	let answered = if asked.answered { "answered" } else { "NOT answered" };
	let round = match asked.round_closes {
		0 => "no round yet".into(),
		closes if status.block <= closes => {
			format!("round {} until block {closes}{}, {answered}", asked.round, left(status, closes))
		}
		_ => format!("the next round; {} was {answered}", asked.round),
	};
	let challenge = match asked.challenge_until {
		0 => String::new(),
		until => format!("challenge until block {until}{}; ", left(status, until)),
	};
	let lottery = match asked.lottery.as_str() {
		"" => String::new(),
		kind => format!("lottery ({kind}) until block {}; ", asked.lottery_closes),
	};
	challenge + &lottery + &round
}

fn money(status: &Status) -> String {
	if status.balance.is_empty() {
		return "not read yet".into();
	}
	let (now, first) = (amount(&status.balance), amount(&status.first_balance));
	let sign = if now < first { '-' } else { '+' };
	let staked = if is_known(status) { format!(", {} staked", tokens(amount(&status.staked))) } else { String::new() };
	format!("{} free ({sign}{} since the start){staked}", tokens(now), tokens(now.abs_diff(first)))
}

/// `at SECONDS: WHAT`, as [`Status::last_problem`] is written, with its age.
fn problem(text: &str, now_ms: u64) -> String {
	let parts = text.strip_prefix("at ").and_then(|rest| rest.split_once(": "));
	match parts.and_then(|(when, what)| Some((when.parse::<u64>().ok()?, what))) {
		Some((when, what)) => format!("{} ago: {what}", show_time((now_ms / 1_000).saturating_sub(when))),
		None => text.into(),
	}
}

/// Tasks, rentals and bids, and how many there are that are left to others.
fn in_hand(status: &Status, now_ms: u64) -> Vec<Text> {
	let mut lines = Vec::new();
	for (task, stands) in &status.tasks.open {
		let running = if status.tasks.running.contains(task) { ", its program runs" } else { "" };
		let deadline = match status.tasks.deadlines.get(task) {
			Some(block) => format!(", until block {block}{}", left(status, *block)),
			None => String::new(),
		};
		lines.push(Text::new("task", format!("{task}: {stands}{running}{deadline}")));
	}
	for (rental, line) in &status.rentals {
		lines.push(Text::new("rental", format!("{rental}: {}", show_rental(line, now_ms))));
	}
	for (auction, line) in &status.bids.open {
		let price = if line.price.is_empty() { String::new() } else { format!("{} ", line.price) };
		let text = format!("{auction}: {price}for task {}, {}; bond {}", line.task, line.stands, line.bond);
		lines.push(Text::new("bid", text));
	}
	if lines.is_empty() {
		lines.push(Text::new("nothing", ""));
	}
	let (tasks, auctions) = (status.tasks.refused.len(), status.bids.refused.len());
	if tasks + auctions > 0 {
		lines.push(Text::new("refused", format!("tasks {tasks}, auctions {auctions}; `gpu-miner status` says why")));
	}
	lines
}

fn show_rental(line: &RentalLine, now_ms: u64) -> String {
	let minutes = |ms: u64| ms as f64 / 60_000.0;
	let in_time = |moment: u64| show_time(moment.saturating_sub(now_ms) / 1_000);
	let when = if now_ms < line.start {
		format!("begins in {}", in_time(line.start))
	} else if now_ms < line.end {
		format!("ends in {}", in_time(line.end))
	} else {
		"its time is over".into()
	};
	let window = minutes(line.end.saturating_sub(line.start));
	format!("{}, {:.1} of {window:.1} min proven, {when}", line.stands, minutes(line.proven))
}

/// How many more blocks there are until that one.
fn left(status: &Status, until: u32) -> String {
	match until.checked_sub(status.block) {
		Some(blocks) => format!(" ({blocks} left)"),
		None => " (over)".into(),
	}
}

fn or<'a>(text: &'a str, otherwise: &'a str) -> &'a str {
	if text.is_empty() {
		otherwise
	} else {
		text
	}
}

fn amount(plancks: &str) -> u128 {
	plancks.parse().unwrap_or_default()
}

/// Tokens to six decimals, rounded down: more have no room.
fn tokens(plancks: u128) -> String {
	const SMALLEST: u128 = 1_000_000_000_000;
	let shown = plancks / SMALLEST * SMALLEST;
	if shown == 0 && plancks > 0 {
		"less than 0.000001".into()
	} else {
		show_tokens(shown)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{
		chain::TOKEN,
		dashboard::frame::tests::{card, draw_in_all_sizes, log, screen},
		rates::Meter,
		status::{Asked, BidLine, HashRates, SharedStatus},
	};

	const NOW: u64 = 1_000_000_000;

	/// A node that does everything at once.
	fn full() -> Status {
		let mut status = Status {
			version: "1.2.3".into(),
			uptime_seconds: 3_720,
			node: format!("0x{}", "ab".repeat(32)),
			node_status: "Active".into(),
			chain: "gpu-chain development".into(),
			endpoint: "ws://127.0.0.1:9944".into(),
			connected: true,
			block: 42,
			block_seen_ms: NOW - 3_000,
			hash_rate: HashRates { ten_seconds: 22.34e6, minute: 22e6, quarter: 21e6 },
			devices: vec![card(0, "busy"), card(1, "paused")],
			searching: "round".into(),
			asked: Asked { round: 12, round_closes: 50, answered: true, answered_at: 40, ..Asked::default() },
			balance: (12 * TOKEN + TOKEN / 2).to_string(),
			first_balance: (12 * TOKEN).to_string(),
			staked: (2 * TOKEN).to_string(),
			trust_level: 2,
			verified_power: "22340000".into(),
			milli_tops: 2_500,
			memory_bytes: 3 << 30,
			reputation: 5_100,
			reconnects: 1,
			problems: 4,
			last_problem: format!("at {}: it rained", NOW / 1_000 - 65),
			..Status::default()
		};
		status.proofs.accepted = 7;
		status.tasks.open = [(7, "InProgress".to_owned()), (9, "Completed".to_owned())].into();
		status.tasks.deadlines = [(7, 120)].into();
		status.tasks.running = vec![7];
		status.tasks.refused = [(3, "too cheap".to_owned())].into();
		let rental = RentalLine { stands: "Active".into(), start: NOW - 60_000, end: NOW + 540_000, proven: 30_000 };
		status.rentals = [(5, rental)].into();
		let bid = BidLine { task: 8, stands: "won".into(), price: "0.25".into(), bond: "0.02".into() };
		status.bids.open = [(3, bid)].into();
		status
	}

	fn contains(text: &str, parts: &[&str]) {
		for part in parts {
			assert!(text.contains(part), "{part} is missing:\n{text}");
		}
	}

	#[test]
	fn a_full_screen_should_show_everything() {
		let text = screen(&parts(&full(), NOW), &log(50), (140, 40));
		contains(
			&text,
			&[
				" gpu-miner 1.2.3 ",
				&format!("node      0x{}", "ab".repeat(32)),
				"status    Active, trust level 2, reputation 5100 of 10000",
				"chain     gpu-chain development at block 42, 3 s ago, by ws://127.0.0.1:9944",
				"verified  22.34 MH/s, 2.5 TOPS, 3.0 GiB; the last round was answered 2 blocks ago",
				"asked     round 12 until block 50 (8 left), answered",
				"22.34 MH/s (10 s)   22.00 MH/s (60 s)   21.00 MH/s (15 min)   round",
				"money     12.5 free (+0.5 since the start), 2 staked",
				"up        1 h 2 min: 7 proofs, 0 rejected, 0 stale; 1 reconnects; 4 problems",
				"problem   1 min 5 s ago: it rained",
				" in hand: tasks 2, rentals 1, bids 1 ",
				"task      7: InProgress, its program runs, until block 120 (78 left)",
				"task      9: Completed ",
				"rental    5: Active, 0.5 of 10.0 min proven, ends in 9 min 0 s",
				"bid       3: 0.25 for task 8, won; bond 0.02",
				"refused   tasks 1, auctions 0",
				" devices: 1 of 2 paused or closed ",
				"1 NVIDIA H200",
				"line 49",
			],
		);
	}

	#[test]
	fn a_screen_of_80_by_24_should_show_what_matters() {
		let text = screen(&parts(&full(), NOW), &log(50), (80, 24));
		contains(
			&text,
			&[
				"0xabab",
				"Active, trust level 2",
				"block 42, 3 s ago",
				"12.5 free (+0.5 since the start), 2 staked",
				"it rained",
				"task      7: InProgress, its program runs, until block 120 (78 left)",
				"0 NVIDIA H200",
				"1 of 2 paused",
				"more",
				"line 49",
			],
		);
		assert_eq!(text.lines().count(), 24);
		// Without devices there is more room for the rest.
		let without = Status { devices: vec![], ..full() };
		contains(&screen(&parts(&without, NOW), &log(50), (80, 24)), &["rental    5", "bid       3", "line 49"]);
	}

	#[test]
	fn a_node_that_has_just_started_should_show_what_is_not_known() {
		let status = SharedStatus::new(&[1; 32], Meter::default()).get();
		let text = screen(&parts(&status, NOW), &[], (80, 24));
		contains(
			&text,
			&["status    not read yet", "chain     connecting", "verified  nothing", "asked     no round yet"],
		);
		contains(&text, &["money     not read yet", "in hand: tasks 0, rentals 0, bids 0", "nothing", " log "]);
		assert!(!text.contains("devices") && !text.contains("problem ") && !text.contains("staked"), "{text}");
	}

	#[test]
	fn a_node_that_is_not_registered_should_be_told_so() {
		let shared = SharedStatus::new(&[1; 32], Meter::default());
		let view = crate::chain::ChainView { block: 8, free_balance: TOKEN / 4, ..Default::default() };
		shared.absorb(&view);
		let text = screen(&parts(&shared.get(), crate::status::now_ms()), &[], (80, 24));
		contains(&text, &["status    not on this chain: register it", "at block 8, ", "money     0.25 free (+0 since"]);
		assert!(!text.contains("reputation") && !text.contains("staked"), "{text}");
	}

	#[test]
	fn a_node_that_is_not_connected_should_show_what_it_knew() {
		let status = Status { connected: false, block_seen_ms: NOW - 125_000, ..full() };
		let text = screen(&parts(&status, NOW), &log(3), (120, 24));
		contains(&text, &["NOT connected to gpu-chain development; block 42 was 2 min 5 s ago", "12.5 free", "line 2"]);
		// It never was.
		let never = Status { problems: 2, last_problem: "no such host".into(), ..Status::default() };
		let text = screen(&parts(&never, NOW), &[], (80, 24));
		contains(&text, &["NOT connected, no block yet", "problem   no such host", "2 problems"]);
	}

	#[test]
	fn what_is_asked_should_be_shown_as_it_stands() {
		let shown = |asked| super::asked(&Status { block: 42, asked, ..Status::default() });
		let open = Asked { round: 3, round_closes: 42, ..Asked::default() };
		assert_eq!(shown(open.clone()), "round 3 until block 42 (0 left), NOT answered");
		let over = Asked { round_closes: 41, answered: true, ..open };
		assert_eq!(shown(over), "the next round; 3 was answered");
		let challenge = Asked { challenge_until: 99, ..Asked::default() };
		assert_eq!(shown(challenge), "challenge until block 99 (57 left); no round yet");
		let lottery = Asked { lottery: "memory".into(), lottery_closes: 50, ..Asked::default() };
		assert_eq!(shown(lottery), "lottery (memory) until block 50; no round yet");
	}

	#[test]
	fn money_should_be_short_and_never_more_than_there_is() {
		let shown = |balance: u128, first: u128| {
			let (balance, first_balance) = (balance.to_string(), first.to_string());
			money(&Status { balance, first_balance, ..Status::default() })
		};
		assert_eq!(shown(TOKEN, 2 * TOKEN), "1 free (-1 since the start)");
		assert_eq!(shown(TOKEN - 1, TOKEN - 1), "0.999999 free (+0 since the start)");
		assert_eq!(shown(1, 0), "less than 0.000001 free (+less than 0.000001 since the start)");
		assert!(shown(u128::MAX, 0).starts_with("340282366920938463463.374607 free"));
	}

	#[test]
	fn rentals_should_say_when() {
		let rental = RentalLine { stands: "Booked".into(), start: 60_000, end: 120_000, proven: 0 };
		assert_eq!(show_rental(&rental, 0), "Booked, 0.0 of 1.0 min proven, begins in 1 min 0 s");
		assert!(show_rental(&rental, 119_000).ends_with("ends in 1 s"));
		assert!(show_rental(&rental, 120_000).ends_with("its time is over"));
	}

	#[test]
	fn a_screen_of_any_size_should_do_whatever_the_figures_are() {
		draw_in_all_sizes(&parts(&Status::default(), 0), &[]);
		draw_in_all_sizes(&parts(&full(), 0), &log(200));
		let mut many = Status { block: u32::MAX, block_seen_ms: u64::MAX, uptime_seconds: u64::MAX, ..full() };
		many.tasks.open = (0..500).map(|task| (task, "InProgress".to_owned())).collect();
		many.tasks.deadlines = (0..500).map(|task| (task, 0)).collect();
		many.devices = (0..16).map(|index| card(index, "closed")).collect();
		many.last_problem = "at \u{1b}[2J: \u{9b}1A ".repeat(500);
		draw_in_all_sizes(&parts(&many, u64::MAX), &log(200));
		let text = screen(&parts(&many, NOW), &log(200), (80, 24));
		assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text:?}");
	}
}
