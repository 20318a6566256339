//! `gpu-miner doctor`: looks one by one at what the agent needs, and says what to do about what is missing.

use crate::{
	chain::{show, show_tokens, Asset, Chain, ChainInfo, TOKEN},
	config::{BidConfig, Config},
	devices::{kernels, Choice},
	machine::free_bytes,
	policy::Policy,
	sandbox::Sandbox,
	state,
};
use gpu_miner_cuda::{compile, Cuda, NoCuda};
use gpu_miner_engine::{device::Driver, Path as EnginePath};
use std::time::{SystemTime, UNIX_EPOCH};

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
	/// Good.
	Ok,
	/// It works, with less than one would want.
	Warn,
	/// The agent cannot do its work.
	Fail,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Check {
	/// What was looked at.
	pub name: &'static str,
	/// How it is.
	pub verdict: Verdict,
	/// What was found, and what to do about it.
	pub message: String,
}

/// Less free space than this, in bytes, is no longer enough for results.
const LITTLE_SPACE: u64 = 1 << 30;
/// A clock further off than this many ms makes deadlines hard to judge.
const CLOCK_SKEW_MS: u64 = 30_000;
/// What registering takes at least: fee, stake, storage deposit and transaction fees.
const TO_REGISTER: u128 = TOKEN;

/// All checks, in the order in which to mend what fails.
pub async fn examine(config: &Config, chain: &dyn Chain) -> Vec<Check> {
	let mut checks = vec![processor(config), cards(config), disk(config), sandbox(config), policy(config)];
	checks.push(bids(&config.bids, &config.read_policy().unwrap_or_default()));
	checks.push(key(config));
	checks.extend(network(config, chain).await);
	checks
}

fn ok(name: &'static str, message: String) -> Check {
	Check { name, verdict: Verdict::Ok, message }
}
fn warn(name: &'static str, message: String) -> Check {
	Check { name, verdict: Verdict::Warn, message }
}
fn fail(name: &'static str, message: String) -> Check {
	Check { name, verdict: Verdict::Fail, message }
}

fn processor(config: &Config) -> Check {
	let best = EnginePath::best();
	let message = format!("{} threads hash with {}", config.threads, best.name());
	match best {
		EnginePath::Avx512 | EnginePath::Avx2 => ok("processor", message),
		_ => warn("processor", format!("{message}: a processor with AVX2 or AVX-512 proves several times the power")),
	}
}

fn cards(config: &Config) -> Check {
	let cuda = match Cuda::find(kernels(&config.devices.cache_dir)) {
		_ if config.devices.choice == Choice::None => return ok("cards", "not asked for".into()),
		Ok(cuda) => cuda,
		Err(why @ (NoCuda::NoDriver | NoCuda::NoDevice)) => return ok("cards", why.to_string()),
		Err(why) => return warn("cards", why.to_string()),
	};
	let names: Vec<_> =
		cuda.devices().into_iter().map(|info| format!("{}: {} ({})", info.index, info.name, info.driver)).collect();
	let names = names.join(", ");
	if !compile::is_present() {
		return warn("cards", format!("{names}; but {}", compile::CompileError::NoCompiler));
	}
	if !cuda.nvml().is_present() {
		return ok("cards", format!("{names}; without the management library temperatures are not known"));
	}
	ok("cards", names)
}

fn disk(config: &Config) -> Check {
	let free = free_bytes(&config.state_dir);
	let message = format!("{} GiB free at {}", free >> 30, config.state_dir.display());
	if free < LITTLE_SPACE {
		return fail("disk", format!("{message}: results need room; free some or set state_dir elsewhere"));
	}
	ok("disk", message)
}

fn sandbox(config: &Config) -> Check {
	let launcher = match std::env::current_exe() {
		Ok(path) => path,
		Err(error) => return fail("sandbox", format!("this program cannot find itself: {error}")),
	};
	let found = Sandbox::find(launcher).and_then(|sandbox| {
		sandbox.check(&config.state_dir.join("work"))?;
		Ok(sandbox)
	});
	match found {
		Ok(sandbox) => ok("sandbox", format!("{} works", sandbox.version())),
		Err(error) => fail("sandbox", format!("{error}. Without it the node proves its power but takes no task")),
	}
}

fn policy(config: &Config) -> Check {
	match config.read_policy() {
		Err(error) => fail("policy", error.to_string()),
		Ok(policy) if policy.payments.is_empty() || (policy.programs.is_empty() && !policy.allow_commands) => warn(
			"policy",
			"no task is allowed; write a policy (gpu-miner example policy) and name it with --policy".into(),
		),
		Ok(policy) => {
			let programs: Vec<&str> = policy.programs.keys().map(String::as_str).collect();
			ok("policy", format!("programs: {}; commands: {}", programs.join(", "), policy.allow_commands))
		}
	}
}

fn bids(rules: &BidConfig, policy: &Policy) -> Check {
	if !rules.enabled {
		return ok("bids", "none are made; see [bids] of gpu-miner example config".into());
	}
	let (with, without): (Vec<Asset>, Vec<Asset>) =
		policy.payments.keys().copied().partition(|asset| rules.per_hour(*asset, 1).is_some());
	if with.is_empty() {
		return warn("bids", "no task is paid in what the owner names a price for, so none will be made".into());
	}
	let most = rules.most.min(policy.max_concurrent);
	if most == 0 {
		return warn("bids", "none may be open: raise most under [bids], or max_concurrent of the policy".into());
	}
	let lacking = match without.as_slice() {
		[] => String::new(),
		assets => format!("; none in {assets:?}, which have no price under [bids.per_hour]"),
	};
	ok("bids", format!("at most {most} at a time{lacking}"))
}

fn key(config: &Config) -> Check {
	match config.keypair() {
		Ok(pair) => ok("key", format!("signs as {}", pair.public_key().to_account_id())),
		Err(error) => fail("key", error.to_string()),
	}
}

async fn network(config: &Config, chain: &dyn Chain) -> Vec<Check> {
	let info = match chain.info().await {
		Ok(info) => info,
		Err(error) => {
			return vec![fail("node", format!("{error}. Is the node running, and is --node its WebSocket address?"))];
		}
	};
	let mut checks = vec![node(&info), interface(&info), clock(&info)];
	let registered = match state::read(&config.state_dir) {
		Ok(state) => {
			if let Some(genesis) = state.genesis.filter(|genesis| *genesis != info.genesis) {
				checks.push(fail(
					"state",
					format!("the state is of the chain {}; use another state_dir for this one", show(&genesis)),
				));
			}
			state.node
		}
		Err(error) => {
			checks.push(fail("state", error.to_string()));
			None
		}
	};
	let has_key = config.keypair().is_ok();
	checks.push(match chain.free_balance().await {
		_ if !has_key => fail("account", "not looked at: there is no signing key".into()),
		Ok(free) if registered.is_none() && free < TO_REGISTER => {
			fail("account", format!("{} free: registering takes fee, stake and deposit, about 1", show_tokens(free)))
		}
		Ok(free) if free < TOKEN / 100 => {
			warn("account", format!("{} free: not enough for fees for long", show_tokens(free)))
		}
		Ok(free) => ok("account", format!("{} free", show_tokens(free))),
		Err(error) => fail("account", error.to_string()),
	});
	checks.push(match registered {
		None => warn("registration", "this machine runs no node yet: gpu-miner register".into()),
		Some(id) => match chain.view(&id).await.map(|view| view.node) {
			Ok(Some(node)) if has_key && node.owner != chain.account() => {
				fail("registration", format!("{} belongs to another account than the key's", show(&id)))
			}
			Ok(Some(node)) => {
				ok("registration", format!("{}: {:?}, trust level {}", show(&id), node.status, node.trust_level))
			}
			Ok(None) => fail("registration", format!("{} is not on this chain: register again", show(&id))),
			Err(error) => fail("registration", error.to_string()),
		},
	});
	checks
}

fn node(info: &ChainInfo) -> Check {
	let message = format!("{}, best block {}, final {}", info.name, info.best, info.finalized);
	if info.syncing {
		return warn("node", format!("{message}: still catching up; wait, or name another node"));
	}
	if info.best.saturating_sub(info.finalized) > 100 {
		return warn("node", format!("{message}: finality lags"));
	}
	ok("node", message)
}

fn interface(info: &ChainInfo) -> Check {
	let runtime = format!("{} {}", info.spec_name, info.spec_version);
	match &info.interface {
		Ok(()) => ok("runtime", format!("{runtime} fits this program")),
		Err(what) => {
			fail("runtime", format!("{runtime} does not fit ({what}); use the gpu-miner of the node's release"))
		}
	}
}

fn clock(info: &ChainInfo) -> Check {
	let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64);
	let skew = now.abs_diff(info.timestamp_ms);
	if skew > CLOCK_SKEW_MS {
		return warn(
			"clock",
			format!("{} s off the chain's newest block: check NTP, or the node stands still", skew / 1_000),
		);
	}
	ok("clock", format!("within {} s of the chain", skew.div_ceil(1_000)))
}

/// The report for people.
pub fn describe(checks: &[Check]) -> String {
	checks
		.iter()
		.map(|check| {
			let verdict = match check.verdict {
				Verdict::Ok => "ok  ",
				Verdict::Warn => "warn",
				Verdict::Fail => "FAIL",
			};
			format!("{verdict} {:<13} {}\n", check.name, check.message)
		})
		.collect()
}

#[cfg(test)]
mod tests {
	use super::*;

	fn info() -> ChainInfo {
		let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as u64;
		ChainInfo {
			name: "Test".into(),
			genesis: [1; 32],
			spec_name: "gpu-chain".into(),
			spec_version: 1,
			interface: Ok(()),
			best: 110,
			finalized: 108,
			timestamp_ms: now,
			syncing: false,
		}
	}

	#[test]
	fn a_healthy_node_is_ok_and_each_fault_is_named() {
		assert_eq!(node(&info()).verdict, Verdict::Ok);
		assert_eq!(node(&ChainInfo { syncing: true, ..info() }).verdict, Verdict::Warn);
		assert_eq!(node(&ChainInfo { finalized: 2, ..info() }).verdict, Verdict::Warn);
		assert_eq!(interface(&info()).verdict, Verdict::Ok);
		let other = interface(&ChainInfo { interface: Err("call X".into()), ..info() });
		assert!(other.verdict == Verdict::Fail && other.message.contains("call X"));
		assert_eq!(clock(&info()).verdict, Verdict::Ok);
		assert_eq!(clock(&ChainInfo { timestamp_ms: 0, ..info() }).verdict, Verdict::Warn);
	}

	#[test]
	fn bids_that_will_never_be_made_are_named() {
		let policy = |text: &str| crate::policy::tests::parse(text).unwrap();
		let paid = "[[payment]]\nasset = \"native\"\nmin_price = \"1\"\n[[payment]]\nasset = 7\nmin_price = \"1\"";
		let on = BidConfig { enabled: true, ..BidConfig::default() };
		assert_eq!(bids(&BidConfig::default(), &policy(paid)).verdict, Verdict::Ok);
		assert_eq!(bids(&on, &policy("")).verdict, Verdict::Warn);
		assert_eq!(bids(&BidConfig { most: 0, ..on.clone() }, &policy(paid)).verdict, Verdict::Warn);
		let some = bids(&on, &policy(paid));
		assert!(some.verdict == Verdict::Ok && some.message.contains("Id(7)"), "{some:?}");
		let other = "[[payment]]\nasset = 7\nmin_price = \"1\"";
		assert_eq!(bids(&on, &policy(other)).verdict, Verdict::Warn);
		let priced = BidConfig { prices: [(crate::chain::Asset::Id(7), 5)].into(), ..on };
		assert_eq!(bids(&priced, &policy(other)).message, "at most 1 at a time");
	}

	#[test]
	fn the_report_has_a_line_for_each_check() {
		let text = describe(&[ok("a", "fine".into()), fail("b", "broken".into())]);
		assert_eq!(text, "ok   a             fine\nFAIL b             broken\n");
	}
}
