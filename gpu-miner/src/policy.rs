//! Which work the owner lets in: a TOML file that says what may run, for whom, for how much and within which limits.
//!
//! Without a policy file nothing is taken. What is not named in the file is not allowed.

use crate::chain::{Asset, Balance, NodeView, PowerVector, RentalView, RequiredPower, TaskView};
use serde::Deserialize;
use std::{
	collections::BTreeMap,
	path::{Path, PathBuf},
	time::Duration,
};

/// The name by which a program of the policy means the one that is built into this program.
pub const BUILT_IN: &str = "built-in";

/// Why a policy file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
	/// It cannot be read.
	#[error("{path}: {source}")]
	Io {
		/// Which file.
		path: PathBuf,
		/// Why.
		source: std::io::Error,
	},
	/// It is no TOML, or has a field that does not exist.
	#[error("{path}: {source}")]
	Malformed {
		/// Which file.
		path: PathBuf,
		/// Why.
		source: Box<toml::de::Error>,
	},
	/// A value makes no sense.
	#[error("{path}: {reason}")]
	Senseless {
		/// Which file.
		path: PathBuf,
		/// What makes none.
		reason: String,
	},
}

/// Why a task is not taken. Shown in the log at `debug` and in `/status`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
	/// No asset of the policy is paid.
	#[error("paid in an asset that the policy does not name")]
	Asset,
	/// Too little is paid.
	#[error("pays {price}, the policy asks for {minimum}")]
	Price {
		/// What is paid.
		price: Balance,
		/// What is asked for.
		minimum: Balance,
	},
	/// It may take longer than the policy allows.
	#[error("may take {duration} s, the policy allows {maximum}")]
	TooLong {
		/// Seconds that it may take.
		duration: u32,
		/// Seconds that are allowed.
		maximum: u32,
	},
	/// There is less time than the policy asks for.
	#[error("leaves {duration} s, the policy asks for {minimum} at least")]
	TooShort {
		/// Seconds that it may take.
		duration: u32,
		/// Seconds that are asked for.
		minimum: u32,
	},
	/// The buyer is not welcome.
	#[error("the policy does not allow the buyer")]
	Buyer,
	/// The policy has no rentals.
	#[error("the policy lets nobody rent")]
	NoRentals,
	/// The node took it before and missed a deadline.
	#[error("was failed by this node before")]
	FailedBefore,
	/// The buyer is the node's owner.
	#[error("is the node owner's own")]
	Own,
	/// It asks for more power than the node has proven.
	#[error("asks for {}, the node has proven {}", show_required(.asked), show_power(.has))]
	Power {
		/// The power that is asked for.
		asked: RequiredPower,
		/// The node's.
		has: PowerVector,
	},
	/// It asks for more trust than the node has.
	#[error("asks for trust level {asked}, the node has {has}")]
	Trust {
		/// The level that is asked for.
		asked: u8,
		/// The node's.
		has: u8,
	},
	/// The specification names a program that the policy does not.
	#[error("the policy has no program `{0}`")]
	Program(String),
	/// The specification brings a command of its own.
	#[error("brings a command of its own, which the policy does not allow")]
	Command,
}

/// What the owner allows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
	/// Assets, and the least that is taken of each, in its smallest unit.
	pub payments: BTreeMap<Asset, Balance>,
	/// Tasks at a time.
	pub max_concurrent: u32,
	/// The longest time a task may have from its start, seconds.
	pub max_duration_secs: u32,
	/// The shortest, seconds.
	pub min_duration_secs: u32,
	/// If not empty, only these buyers' tasks are taken.
	pub allow_buyers: Vec<[u8; 32]>,
	/// These buyers' tasks are never taken.
	pub deny_buyers: Vec<[u8; 32]>,
	/// Whether a specification may bring a command line, which is then run in the sandbox.
	pub allow_commands: bool,
	/// Whether specifications may be fetched from private and loopback addresses.
	pub allow_private_addresses: bool,
	/// Programs by name.
	pub programs: BTreeMap<String, Program>,
	/// What a task may use.
	pub limits: Limits,
	/// What renters get; `None` if nobody may rent.
	pub rentals: Option<Rentals>,
}

/// What whoever rents this machine's accelerators gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rentals {
	/// What opens sessions: the program's own, or a program of the owner. See [`crate::sessions`].
	pub session: Executable,
}

impl Default for Rentals {
	fn default() -> Self {
		Self { session: Executable::BuiltIn }
	}
}

/// A program that specifications may name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
	/// What is run.
	pub executable: Executable,
	/// Arguments that come before those of the specification.
	pub arguments: Vec<String>,
	/// Whether the specification may add arguments.
	pub accept_arguments: bool,
	/// Directories and files that the program may read, at the same path inside the sandbox.
	pub read: Vec<PathBuf>,
	/// Devices that it may use.
	pub devices: Vec<PathBuf>,
}

/// What a program is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Executable {
	/// One of [`crate::programs`].
	BuiltIn,
	/// A file of this machine.
	Path(PathBuf),
}

/// What one task may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
	/// Seconds from start to end.
	pub wall_seconds: u64,
	/// Processor seconds of any one process.
	pub cpu_seconds: u64,
	/// Memory of all its processes together, MiB, and address space of any one.
	pub memory_mib: u64,
	/// Bytes it may leave in `/out`, MiB; also the longest single file.
	pub output_mib: u64,
	/// Size of its `/tmp`, MiB. Lies in memory.
	pub tmp_mib: u64,
	/// Processes and threads.
	pub processes: u32,
	/// Open files of any one process.
	pub open_files: u32,
	/// The longest specification that is fetched, KiB.
	pub specification_kib: u64,
}

impl Default for Limits {
	fn default() -> Self {
		Self {
			wall_seconds: 600,
			cpu_seconds: 3_600,
			memory_mib: 2_048,
			output_mib: 256,
			tmp_mib: 64,
			processes: 256,
			open_files: 1_024,
			specification_kib: 256,
		}
	}
}

impl Limits {
	/// The wall clock limit.
	pub fn wall(&self) -> Duration {
		Duration::from_secs(self.wall_seconds)
	}
}

/// The file, as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyFile {
	#[serde(default = "one")]
	max_concurrent: u32,
	#[serde(default = "no_limit")]
	max_duration_secs: u32,
	#[serde(default)]
	min_duration_secs: u32,
	#[serde(default)]
	allow_buyers: Vec<String>,
	#[serde(default)]
	deny_buyers: Vec<String>,
	#[serde(default)]
	allow_commands: bool,
	#[serde(default)]
	allow_private_addresses: bool,
	#[serde(default)]
	payment: Vec<PaymentFile>,
	#[serde(default)]
	programs: BTreeMap<String, ProgramFile>,
	#[serde(default)]
	limits: Limits,
	rentals: Option<RentalsFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RentalsFile {
	#[serde(default = "built_in")]
	session: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PaymentFile {
	asset: AssetFile,
	/// A string, because TOML has no integers of 128 bits.
	min_price: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum AssetFile {
	Name(String),
	Id(u32),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProgramFile {
	path: String,
	#[serde(default)]
	arguments: Vec<String>,
	#[serde(default)]
	accept_arguments: bool,
	#[serde(default)]
	read: Vec<PathBuf>,
	#[serde(default)]
	devices: Vec<PathBuf>,
}

fn one() -> u32 {
	1
}

fn built_in() -> String {
	BUILT_IN.into()
}

/// Power for people: what there is none of is left out.
fn show_each(hashes: u128, milli_tops: u64, memory_mib: u64) -> String {
	let parts = [
		(hashes > 0).then(|| format!("{hashes} hashes/s")),
		(milli_tops > 0).then(|| format!("{} TOPS", milli_tops as f64 / 1e3)),
		(memory_mib > 0).then(|| format!("{memory_mib} MiB")),
	];
	let parts: Vec<String> = parts.into_iter().flatten().collect();
	if parts.is_empty() {
		"nothing".into()
	} else {
		parts.join(", ")
	}
}

fn show_required(power: &RequiredPower) -> String {
	show_each(power.hashes_per_second, power.milli_tops, power.memory_mib.into())
}

/// What a node has proven, for people.
pub fn show_power(power: &PowerVector) -> String {
	show_each(power.hashes_per_second, power.milli_tops, power.memory_bytes >> 20)
}

fn no_limit() -> u32 {
	u32::MAX
}

impl Policy {
	/// Reads a policy file.
	///
	/// # Errors
	/// [`PolicyError`].
	pub fn read(path: &Path) -> Result<Self, PolicyError> {
		let text = std::fs::read_to_string(path).map_err(|source| PolicyError::Io { path: path.into(), source })?;
		Self::parse(&text, path)
	}

	/// Reads a policy from its text; `path` is for messages.
	///
	/// # Errors
	/// [`PolicyError::Malformed`] and [`PolicyError::Senseless`].
	pub fn parse(text: &str, path: &Path) -> Result<Self, PolicyError> {
		let senseless = |reason: String| PolicyError::Senseless { path: path.into(), reason };
		let file: PolicyFile = toml::from_str(text)
			.map_err(|source| PolicyError::Malformed { path: path.into(), source: Box::new(source) })?;

		let mut payments = BTreeMap::new();
		for payment in file.payment {
			let (asset, minimum) = match payment.asset {
				AssetFile::Name(name) if name == "native" => {
					(Asset::Native, crate::chain::parse_tokens(&payment.min_price).map_err(senseless)?)
				}
				AssetFile::Name(name) => {
					return Err(senseless(format!("asset `{name}`: write \"native\" or an asset's number")));
				}
				AssetFile::Id(id) => {
					let minimum = payment.min_price.parse().map_err(|_| {
						senseless(format!("asset {id}: min_price is in its smallest unit, a whole number"))
					})?;
					(Asset::Id(id), minimum)
				}
			};
			if payments.insert(asset, minimum).is_some() {
				return Err(senseless(format!("{asset:?} stands under [[payment]] twice")));
			}
		}

		let mut programs = BTreeMap::new();
		for (name, program) in file.programs {
			let executable = if program.path == BUILT_IN {
				if !crate::programs::NAMES.contains(&name.as_str()) {
					let known = crate::programs::NAMES.join(", ");
					return Err(senseless(format!("there is no built-in program `{name}`; there are: {known}")));
				}
				Executable::BuiltIn
			} else {
				Executable::Path(absolute(program.path.into()).map_err(senseless)?)
			};
			let all_absolute = |paths: Vec<PathBuf>| paths.into_iter().map(absolute).collect::<Result<Vec<_>, _>>();
			let program = Program {
				executable,
				arguments: program.arguments,
				accept_arguments: program.accept_arguments,
				read: all_absolute(program.read).map_err(senseless)?,
				devices: all_absolute(program.devices).map_err(senseless)?,
			};
			programs.insert(name, program);
		}

		let limits = file.limits;
		let zero = [
			("wall_seconds", limits.wall_seconds),
			("cpu_seconds", limits.cpu_seconds),
			("memory_mib", limits.memory_mib),
			("output_mib", limits.output_mib),
			("tmp_mib", limits.tmp_mib),
			("processes", limits.processes.into()),
			("specification_kib", limits.specification_kib),
		];
		if let Some((name, _)) = zero.into_iter().find(|(_, value)| *value == 0) {
			return Err(senseless(format!("limits.{name} = 0 lets nothing run")));
		}
		// The launcher, the loader and the program's own libraries are files as well.
		if limits.open_files < 16 {
			return Err(senseless("limits.open_files below 16 lets nothing start".into()));
		}

		let rentals = match file.rentals {
			None => None,
			Some(rentals) if rentals.session == BUILT_IN => Some(Rentals::default()),
			Some(rentals) => {
				let session = Executable::Path(absolute(rentals.session.into()).map_err(senseless)?);
				Some(Rentals { session })
			}
		};
		let accounts = |texts: Vec<String>| texts.iter().map(|text| parse_account(text)).collect::<Result<Vec<_>, _>>();
		Ok(Self {
			payments,
			max_concurrent: file.max_concurrent,
			max_duration_secs: file.max_duration_secs,
			min_duration_secs: file.min_duration_secs,
			allow_buyers: accounts(file.allow_buyers).map_err(senseless)?,
			deny_buyers: accounts(file.deny_buyers).map_err(senseless)?,
			allow_commands: file.allow_commands,
			allow_private_addresses: file.allow_private_addresses,
			programs,
			limits,
			rentals,
		})
	}

	/// Whether a booking is acceptable. The price is the owner's own, by the listing.
	///
	/// # Errors
	/// The first reason that speaks against it.
	pub fn check_rental(&self, rental: &RentalView) -> Result<(), Refusal> {
		if self.rentals.is_none() {
			return Err(Refusal::NoRentals);
		}
		self.check_buyer(&rental.renter)
	}

	fn check_buyer(&self, buyer: &[u8; 32]) -> Result<(), Refusal> {
		let allowed = self.allow_buyers.is_empty() || self.allow_buyers.contains(buyer);
		if !allowed || self.deny_buyers.contains(buyer) {
			return Err(Refusal::Buyer);
		}
		Ok(())
	}

	/// Whether what the chain says about a task is acceptable; the specification is looked at by
	/// [`Policy::check_program`].
	///
	/// # Errors
	/// The first reason that speaks against it.
	pub fn check_task(&self, task: &TaskView, node: &NodeView) -> Result<(), Refusal> {
		if task.failed_before {
			return Err(Refusal::FailedBefore);
		}
		if task.buyer == node.owner {
			return Err(Refusal::Own);
		}
		if task.min_trust_level > node.trust_level {
			return Err(Refusal::Trust { asked: task.min_trust_level, has: node.trust_level });
		}
		if !node.power.covers(&task.required_power) {
			return Err(Refusal::Power { asked: task.required_power, has: node.power });
		}
		let minimum = *self.payments.get(&task.asset).ok_or(Refusal::Asset)?;
		if task.price < minimum {
			return Err(Refusal::Price { price: task.price, minimum });
		}
		let duration = task.duration_secs;
		if duration > self.max_duration_secs {
			return Err(Refusal::TooLong { duration, maximum: self.max_duration_secs });
		}
		if duration < self.min_duration_secs {
			return Err(Refusal::TooShort { duration, minimum: self.min_duration_secs });
		}
		self.check_buyer(&task.buyer)
	}

	/// The program that a specification names.
	///
	/// # Errors
	/// [`Refusal::Program`].
	pub fn check_program(&self, name: &str) -> Result<&Program, Refusal> {
		self.programs.get(name).ok_or_else(|| Refusal::Program(name.into()))
	}
}

/// An account as people write it: SS58 of any network, or 32 bytes in hexadecimal.
///
/// # Errors
/// What is wrong with the text.
pub fn parse_account(text: &str) -> Result<[u8; 32], String> {
	if let Some(account) = crate::store::parse_hash(text) {
		return Ok(account);
	}
	text.parse::<subxt::utils::AccountId32>()
		.map(|account| account.0)
		.map_err(|_| format!("`{text}` is no account: write its address, or its public key as 0x…"))
}

fn absolute(path: PathBuf) -> Result<PathBuf, String> {
	if path.is_absolute() {
		Ok(path)
	} else {
		Err(format!("{} is not an absolute path", path.display()))
	}
}

#[cfg(test)]
pub(crate) mod tests {
	use super::*;
	use crate::chain::{NodeStatus, RentalStatus, ResourceType, TaskStatus, TOKEN};

	pub(crate) fn parse(text: &str) -> Result<Policy, PolicyError> {
		Policy::parse(text, Path::new("policy.toml"))
	}

	pub(crate) fn task(id: u64) -> TaskView {
		TaskView {
			id,
			buyer: [9; 32],
			status: TaskStatus::Open,
			resource_type: ResourceType::Cpu,
			asset: Asset::Native,
			price: TOKEN,
			specification_hash: [id as u8; 32],
			specification_uri: "http://buyer.example/spec.json".into(),
			duration_secs: 100,
			required_power: RequiredPower::hashes(1_000),
			min_trust_level: 1,
			deadline: None,
			direct: true,
			failed_before: false,
		}
	}

	/// From 1,000 to 2,000 ms, with 100 of grace.
	pub(crate) fn rental(id: u64) -> RentalView {
		RentalView {
			id,
			renter: [9; 32],
			status: RentalStatus::Booked,
			gpus: vec![0],
			asset: Asset::Native,
			hourly_rate: TOKEN,
			price: TOKEN / 3_000,
			start: 1_000,
			end: 2_000,
			paid_until: 2_100,
			proven: 0,
			proven_until: 1_000,
			encryption_key: [5; 32],
		}
	}

	pub(crate) fn node() -> NodeView {
		NodeView {
			id: [1; 32],
			owner: [2; 32],
			resource_type: ResourceType::Cpu,
			status: NodeStatus::Active,
			awaits_sponsor: false,
			heartbeat_due: false,
			staked: TOKEN,
			trust_level: 1,
			power: PowerVector { hashes_per_second: 1_000, milli_tops: 2_500, memory_bytes: 3 << 30 },
			reputation: 5_000,
			tasks_completed: 0,
			tasks_failed: 0,
		}
	}

	#[test]
	fn the_example_is_a_policy() {
		let policy = parse(include_str!("../examples/policy.toml")).unwrap();
		assert_eq!(policy.payments[&Asset::Native], TOKEN / 100);
		assert_eq!(policy.programs["mandelbrot"].executable, Executable::BuiltIn);
		assert!(!policy.allow_commands);
		assert_eq!(policy.check_task(&task(0), &node()), Ok(()));
	}

	#[test]
	fn an_empty_policy_allows_nothing() {
		let policy = parse("").unwrap();
		assert_eq!(policy.check_task(&task(0), &node()), Err(Refusal::Asset));
		assert_eq!(policy.check_program("mandelbrot"), Err(Refusal::Program("mandelbrot".into())));
		assert_eq!(Policy::default().check_task(&task(0), &node()), Err(Refusal::Asset));
	}

	#[test]
	fn each_reason_is_named() {
		let buyer = "0x".to_owned() + &"09".repeat(32);
		let policy = |extra: &str| {
			let text = format!("{extra}\n[[payment]]\nasset = \"native\"\nmin_price = \"1\"\n[[payment]]\nasset = 7\nmin_price = \"5\"");
			parse(&text).unwrap()
		};
		let check = |extra: &str, task: &TaskView| policy(extra).check_task(task, &node());
		let changed = |change: &dyn Fn(&mut TaskView)| {
			let mut task = task(1);
			change(&mut task);
			task
		};
		assert_eq!(check("", &task(1)), Ok(()));
		let poor = changed(&|task| task.price = TOKEN - 1);
		assert_eq!(check("", &poor), Err(Refusal::Price { price: TOKEN - 1, minimum: TOKEN }));
		assert_eq!(check("", &changed(&|task| task.asset = Asset::Id(8))), Err(Refusal::Asset));
		let other = changed(&|task| (task.asset, task.price) = (Asset::Id(7), 5));
		assert_eq!(check("", &other), Ok(()));

		let trusted = changed(&|task| task.min_trust_level = 2);
		assert_eq!(check("", &trusted), Err(Refusal::Trust { asked: 2, has: 1 }));
		let enough = RequiredPower { hashes_per_second: 1_000, milli_tops: 2_500, memory_mib: 3 << 10 };
		assert_eq!(check("", &changed(&|task| task.required_power = enough)), Ok(()));
		for asked in [
			RequiredPower { hashes_per_second: 1_001, ..enough },
			RequiredPower { milli_tops: 2_501, ..enough },
			RequiredPower { memory_mib: 3_073, ..enough },
		] {
			let refused = check("", &changed(&|task| task.required_power = asked)).unwrap_err();
			assert_eq!(refused, Refusal::Power { asked, has: node().power });
		}
		let refused = Refusal::Power { asked: RequiredPower { milli_tops: 3_000, ..enough }, has: node().power };
		let text = "asks for 1000 hashes/s, 3 TOPS, 3072 MiB, the node has proven 1000 hashes/s, 2.5 TOPS, 3072 MiB";
		assert_eq!(refused.to_string(), text);
		assert_eq!(show_required(&RequiredPower::default()), "nothing");
		assert_eq!(check("", &changed(&|task| task.failed_before = true)), Err(Refusal::FailedBefore));
		assert_eq!(check("", &changed(&|task| task.buyer = [2; 32])), Err(Refusal::Own));

		let long = check("max_duration_secs = 99", &task(1));
		assert_eq!(long, Err(Refusal::TooLong { duration: 100, maximum: 99 }));
		let short = check("min_duration_secs = 101", &task(1));
		assert_eq!(short, Err(Refusal::TooShort { duration: 100, minimum: 101 }));

		assert_eq!(check(&format!("deny_buyers = [\"{buyer}\"]"), &task(1)), Err(Refusal::Buyer));
		assert_eq!(check(&format!("allow_buyers = [\"{buyer}\"]"), &task(1)), Ok(()));
		let alice = "allow_buyers = [\"5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY\"]";
		assert_eq!(check(alice, &task(1)), Err(Refusal::Buyer));
	}

	#[test]
	fn nobody_rents_unless_the_policy_says_how() {
		assert_eq!(parse("").unwrap().check_rental(&rental(1)), Err(Refusal::NoRentals));
		let built_in = parse("[rentals]").unwrap();
		assert_eq!(built_in.rentals, Some(Rentals { session: Executable::BuiltIn }));
		assert_eq!(built_in.check_rental(&rental(1)), Ok(()));
		let renter = "0x".to_owned() + &"09".repeat(32);
		let denied = parse(&format!("deny_buyers = [\"{renter}\"]\n[rentals]\nsession = \"/opt/open\"")).unwrap();
		assert_eq!(denied.rentals, Some(Rentals { session: Executable::Path("/opt/open".into()) }));
		assert_eq!(denied.check_rental(&rental(1)), Err(Refusal::Buyer));
	}

	#[test]
	fn senseless_policies_are_refused_with_a_reason() {
		for (text, expected) in [
			("max_concurent = 1", "max_concurent"),
			("[programs.x]\npath = \"built-in\"", "mandelbrot"),
			("[programs.x]\npath = \"bin/x\"", "absolute"),
			("[programs.x]\npath = \"/bin/x\"\ndevices = [\"dev\"]", "absolute"),
			("[rentals]\nsession = \"open\"", "absolute"),
			("[limits]\nmemory_mib = 0", "memory_mib"),
			("[limits]\nopen_files = 3", "open_files"),
			("[[payment]]\nasset = \"usd\"\nmin_price = \"1\"", "native"),
			("[[payment]]\nasset = 1\nmin_price = \"0.5\"", "whole number"),
			("[[payment]]\nasset = 1\nmin_price = \"1\"\n[[payment]]\nasset = 1\nmin_price = \"2\"", "twice"),
			("deny_buyers = [\"bob\"]", "bob"),
		] {
			let message = parse(text).unwrap_err().to_string();
			assert!(message.contains(expected), "{text}: {message}");
		}
	}
}
