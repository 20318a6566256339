//! What the owner wants: a TOML file, over which the environment, over which the command line.

use crate::{
	chain::{parse_tokens, Asset, Balance},
	devices::{Choice, DeviceConfig},
	policy::{Policy, PolicyError},
};
use serde::Deserialize;
use std::{
	collections::BTreeMap,
	io,
	net::SocketAddr,
	os::unix::fs::PermissionsExt,
	path::{Path, PathBuf},
	str::FromStr,
	time::Duration,
};
use subxt_signer::{sr25519::Keypair, SecretUri};

/// Where a node of one's own listens.
const DEFAULT_NODE: &str = "ws://127.0.0.1:9944";
/// Seconds between two lines of `mine`.
const REPORT_SECONDS: u64 = 10;
/// °C at which a device pauses. The cards' own brakes are near 90.
const PAUSE_AT: f64 = 87.0;

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
	/// A file cannot be read.
	#[error("{path}: {source}")]
	Io {
		/// Which file.
		path: PathBuf,
		/// Why.
		source: io::Error,
	},
	/// The configuration file is no TOML, or has a field that does not exist.
	#[error("{path}: {source}")]
	Malformed {
		/// Which file.
		path: PathBuf,
		/// Why.
		source: Box<toml::de::Error>,
	},
	/// The policy file cannot be used.
	#[error(transparent)]
	Policy(#[from] PolicyError),
	/// No key is named.
	#[error("no signing key: give --key-file FILE (or --suri, for development), or set it in the configuration file")]
	NoKey,
	/// The key file can be read by others.
	#[error("{0} can be read by others; make it private: chmod 600 {0}")]
	KeyNotPrivate(PathBuf),
	/// The key is none. What it is instead is not said: it may be nearly one.
	#[error("the signing key in {0} is neither a phrase nor a secret URI such as //Alice")]
	BadKey(&'static str),
	/// Neither a state directory nor a home to put it in.
	#[error("no state directory: give --state-dir DIR")]
	NoStateDir,
	/// A node's URL is none.
	#[error("`{0}` is no node's URL: it must be ws://… or wss://…")]
	BadNode(String),
	/// The choice of devices is none.
	#[error("devices: {0}")]
	BadDevices(String),
	/// The intensity is none.
	#[error("an intensity is from 1 to 100, not {0}")]
	BadIntensity(u8),
	/// How to bid makes no sense.
	#[error("bids: {0}")]
	BadBids(String),
	/// The store's public URL is none.
	#[error("`{0}` is no URL for the store: it must be http://… or https://…")]
	BadStoreUrl(String),
}

/// What the command line and the environment can set. Whatever is missing comes from the file, or is the default.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Overrides {
	/// Configuration file (TOML); see `gpu-miner example config`.
	#[arg(long, value_name = "FILE", env = "GPU_MINER_CONFIG", global = true)]
	pub config: Option<PathBuf>,

	/// A node's WebSocket URL. Give several: the next one is asked when one fails.
	#[arg(long = "node", value_name = "URL", env = "GPU_MINER_NODES", value_delimiter = ',', global = true)]
	pub nodes: Vec<String>,

	/// File with the signing key: a phrase or a secret URI, on one line. Must be readable by its owner only.
	#[arg(long, value_name = "FILE", env = "GPU_MINER_KEY_FILE", global = true)]
	pub key_file: Option<PathBuf>,

	/// The signing key itself, as a secret URI. For development: other users of the machine can see a command line.
	#[arg(long, value_name = "SURI", env = "GPU_MINER_SURI", hide_env_values = true, global = true)]
	pub suri: Option<String>,

	/// Directory of this node's state, results and work. One agent at a time may use it.
	#[arg(long, value_name = "DIR", env = "GPU_MINER_STATE_DIR", global = true)]
	pub state_dir: Option<PathBuf>,

	/// Policy file (TOML) that says which tasks are taken; see `gpu-miner example policy`. Without one none are.
	#[arg(long, value_name = "FILE", env = "GPU_MINER_POLICY", global = true)]
	pub policy: Option<PathBuf>,

	/// Threads that search for proofs, or mine. Default: one a core.
	#[arg(long, value_name = "N", env = "GPU_MINER_THREADS", global = true)]
	pub threads: Option<usize>,

	/// Graphics cards that search: all, none, or numbers such as 0,2. Default: all.
	#[arg(long, value_name = "WHICH", env = "GPU_MINER_DEVICES", global = true)]
	pub devices: Option<Choice>,

	/// The share of its time that each card works, percent. Default: 100.
	#[arg(long, value_name = "PERCENT", env = "GPU_MINER_INTENSITY", global = true,
		value_parser = clap::value_parser!(u8).range(1..=100))]
	pub intensity: Option<u8>,

	/// °C at which a card pauses until it is eight degrees cooler. Zero: never. Default: 87.
	#[arg(long, value_name = "CELSIUS", env = "GPU_MINER_PAUSE_AT", global = true)]
	pub pause_at: Option<f64>,

	/// Tickets of other nodes' lotteries that `run` and `watch` compute again a minute. Zero: none. Default: 600.
	#[arg(long, value_name = "N", env = "GPU_MINER_WATCH_TICKETS", global = true)]
	pub watch_tickets: Option<u32>,

	/// Bid in auctions of tasks that the policy allows, or `--bid=false`: make no more bids. Default: none.
	#[arg(long, value_name = "BOOL", env = "GPU_MINER_BID", global = true, num_args = 0..=1, require_equals = true,
		default_missing_value = "true")]
	pub bid: Option<bool>,

	/// What an hour is bid for, tokens. Default: the node's ask. For other assets see `gpu-miner example config`.
	#[arg(long, value_name = "TOKENS", env = "GPU_MINER_BID_PER_HOUR", global = true, value_parser = parse_tokens)]
	pub bid_per_hour: Option<Balance>,

	/// The most bids that are open at a time. Default: 1, and never more than the policy lets the node do at once.
	#[arg(long, value_name = "N", env = "GPU_MINER_BID_MOST", global = true)]
	pub bid_most: Option<u32>,

	/// The score that a bid must have at least, 0 to 100000000. Default: 0.
	#[arg(long, value_name = "SCORE", env = "GPU_MINER_BID_LEAST_SCORE", global = true)]
	pub bid_least_score: Option<u32>,

	/// Where results are served over HTTP.
	#[arg(long, value_name = "ADDR", env = "GPU_MINER_STORE_LISTEN", global = true)]
	pub store_listen: Option<SocketAddr>,

	/// How buyers reach the store, if that is not the address it listens on: http(s)://host[:port].
	#[arg(long, value_name = "URL", env = "GPU_MINER_STORE_URL", global = true)]
	pub store_url: Option<String>,

	/// Where status and metrics are served over HTTP. Leave it on loopback: there is no password.
	#[arg(long, value_name = "ADDR", env = "GPU_MINER_API_LISTEN", global = true)]
	pub api_listen: Option<SocketAddr>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ConfigFile {
	nodes: Vec<String>,
	key_file: Option<PathBuf>,
	suri: Option<String>,
	state_dir: Option<PathBuf>,
	policy: Option<PathBuf>,
	threads: Option<usize>,
	store_listen: Option<SocketAddr>,
	store_url: Option<String>,
	store_accept_uploads: Option<bool>,
	api_listen: Option<SocketAddr>,
	activate: Option<bool>,
	reactivate: Option<bool>,
	mine: MineFile,
	gpu: GpuFile,
	lottery: LotteryConfig,
	watch: WatchFile,
	bids: BidsFile,
}

/// Which lotteries this machine answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LotteryConfig {
	/// Those of matrix products.
	pub compute: bool,
	/// Tickets a second that it claims. Measured where it is not said.
	pub tickets_per_second: Option<u64>,
	/// Those of memory, with a table in so many MiB; zero for none.
	pub memory_mib: u64,
	/// Walks a second that it claims. Measured where it is not said.
	pub walks_per_second: Option<u64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct GpuFile {
	devices: Option<String>,
	intensity: Option<u8>,
	pause_at: Option<f64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct BidsFile {
	enabled: Option<bool>,
	most: Option<u32>,
	least_score: Option<u32>,
	/// Strings, because TOML has no integers of 128 bits.
	per_hour: BTreeMap<String, String>,
}

impl BidsFile {
	/// What the file says of prices, by asset.
	fn prices(&self) -> Result<BTreeMap<Asset, Balance>, ConfigError> {
		let price = |(name, amount): (&String, &String)| match name.as_str() {
			"native" => Ok((Asset::Native, parse_tokens(amount).map_err(ConfigError::BadBids)?)),
			id => {
				let bad = || {
					let text = format!("per_hour.{id}: write native, or an asset's number and whole units of it");
					ConfigError::BadBids(text)
				};
				Ok((Asset::Id(id.parse().map_err(|_| bad())?), amount.parse().map_err(|_| bad())?))
			}
		};
		self.per_hour.iter().map(price).collect()
	}
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct WatchFile {
	tickets_per_minute: Option<u32>,
	api_listen: Option<SocketAddr>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct MineFile {
	nodes: Vec<String>,
	threads: Option<usize>,
	report_seconds: Option<u64>,
	api_listen: Option<SocketAddr>,
}

/// Where the signing key comes from.
#[derive(Clone, PartialEq, Eq)]
pub enum KeySource {
	/// A file.
	File(PathBuf),
	/// The secret itself.
	Suri(String),
}

impl std::fmt::Debug for KeySource {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		match self {
			Self::File(path) => f.debug_tuple("File").field(path).finish(),
			Self::Suri(_) => f.write_str("Suri(…)"),
		}
	}
}

/// The whole configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
	/// Nodes, in the order in which they are tried.
	pub nodes: Vec<String>,
	/// Where the signing key comes from, if it is known.
	pub key: Option<KeySource>,
	/// State, results and work.
	pub state_dir: PathBuf,
	/// The policy file, if there is one.
	pub policy: Option<PathBuf>,
	/// Threads that search.
	pub threads: usize,
	/// Where results are served.
	pub store_listen: SocketAddr,
	/// How buyers reach the store: `http(s)://host[:port]`, without a slash at the end. `None` is the address it listens on.
	pub store_url: Option<String>,
	/// Whether `POST /store` is open to everybody who reaches the store.
	pub store_accept_uploads: bool,
	/// Where status and metrics are served.
	pub api_listen: SocketAddr,
	/// Whether a verified node is offered to the market by itself.
	pub activate: bool,
	/// Whether an inactive node is, too.
	pub reactivate: bool,
	/// What is different for `mine`.
	pub mine: MineConfig,
	/// Graphics cards.
	pub devices: DeviceConfig,
	/// Lotteries.
	pub lottery: LotteryConfig,
	/// Watching for false tickets.
	pub watch: WatchConfig,
	/// Bids in auctions.
	pub bids: BidConfig,
}

/// How to bid in auctions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BidConfig {
	/// Whether at all.
	pub enabled: bool,
	/// The most bids that are open at a time.
	pub most: u32,
	/// The least score of a bid.
	pub least_score: u32,
	/// What an hour is bid for, by asset, in its smallest unit.
	pub prices: BTreeMap<Asset, Balance>,
}

impl Default for BidConfig {
	fn default() -> Self {
		Self { enabled: false, most: 1, least_score: 0, prices: BTreeMap::new() }
	}
}

impl BidConfig {
	/// What an hour is bid for: in tokens what the node asks, if the owner says nothing else; in other assets what the owner
	/// says.
	pub fn per_hour(&self, asset: Asset, ask: Balance) -> Option<Balance> {
		self.prices.get(&asset).copied().or_else(|| (asset == Asset::Native).then_some(ask))
	}
}

/// How to watch for false tickets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchConfig {
	/// Tickets of other nodes that are computed again a minute. Zero: none.
	pub tickets_per_minute: u32,
	/// Where status and metrics of `watch` are served: beside those of the agent and of `mine`.
	pub api_listen: SocketAddr,
}

/// How to mine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MineConfig {
	/// Nodes, in the order in which they are tried.
	pub nodes: Vec<String>,
	/// Threads that search.
	pub threads: usize,
	/// Time between two lines about how it is going.
	pub report: Duration,
	/// Where its status and metrics are served: beside the agent's, so that both can run.
	pub api_listen: SocketAddr,
}

impl Config {
	/// Puts command line, environment and file together.
	///
	/// # Errors
	/// All but those about the key and the policy, which are read when they are needed.
	pub fn resolve(overrides: Overrides) -> Result<Self, ConfigError> {
		let home = std::env::var_os("HOME").map(PathBuf::from);
		Self::resolve_in(overrides, home.as_deref())
	}

	fn resolve_in(overrides: Overrides, home: Option<&Path>) -> Result<Self, ConfigError> {
		let (file, base) = match &overrides.config {
			Some(path) => (read(path)?, path.parent().map(Path::to_owned)),
			None => match home.map(|home| home.join(".config/gpu-miner/config.toml")).filter(|path| path.is_file()) {
				Some(path) => (read(&path)?, path.parent().map(Path::to_owned)),
				None => (ConfigFile::default(), None),
			},
		};
		// A path in the file is meant from where the file lies.
		let from_file = |path: PathBuf| base.as_ref().map_or_else(|| path.clone(), |base| base.join(&path));

		// The nearest to the user wins here too: nodes on the command line are meant for whatever is run.
		let or = |nodes: Vec<String>, others: Vec<String>| if nodes.is_empty() { others } else { nodes };
		let nodes = or(or(overrides.nodes.clone(), file.nodes), vec![DEFAULT_NODE.into()]);
		let mine_nodes = or(or(overrides.nodes, file.mine.nodes), nodes.clone());
		if let Some(bad) = nodes
			.iter()
			.chain(&mine_nodes)
			.find(|url| !["ws://", "wss://"].iter().any(|scheme| url.starts_with(scheme)))
		{
			return Err(ConfigError::BadNode(bad.clone()));
		}
		// The nearest to the user wins as a whole: a key file on the command line beats a secret in the file.
		let key = overrides
			.key_file
			.map(KeySource::File)
			.or(overrides.suri.map(KeySource::Suri))
			.or(file.key_file.map(|path| KeySource::File(from_file(path))))
			.or(file.suri.map(KeySource::Suri));
		let state_dir = overrides
			.state_dir
			.or(file.state_dir.map(from_file))
			.or(home.map(|home| home.join(".local/state/gpu-miner")))
			.ok_or(ConfigError::NoStateDir)?;
		let store_url = overrides.store_url.or(file.store_url);
		if let Some(url) = store_url.as_ref().filter(|url| !url.starts_with("http://") && !url.starts_with("https://"))
		{
			return Err(ConfigError::BadStoreUrl(url.clone()));
		}
		let cores = std::thread::available_parallelism().map_or(1, usize::from);
		let some = |threads: Option<usize>| threads.filter(|threads| *threads > 0);
		let threads = some(overrides.threads.or(file.threads)).unwrap_or(cores);
		let choice = match (overrides.devices, file.gpu.devices) {
			(Some(choice), _) => choice,
			(None, Some(text)) => text.parse().map_err(ConfigError::BadDevices)?,
			(None, None) => Choice::All,
		};
		let intensity = overrides.intensity.or(file.gpu.intensity).unwrap_or(100);
		if !(1..=100).contains(&intensity) {
			return Err(ConfigError::BadIntensity(intensity));
		}
		let mut prices = file.bids.prices()?;
		prices.extend(overrides.bid_per_hour.map(|price| (Asset::Native, price)));
		if prices.values().any(|price| *price == 0) {
			return Err(ConfigError::BadBids("a price of zero is no bid".into()));
		}
		let bids = BidConfig {
			enabled: overrides.bid.or(file.bids.enabled).unwrap_or(false),
			most: overrides.bid_most.or(file.bids.most).unwrap_or(BidConfig::default().most),
			least_score: overrides.bid_least_score.or(file.bids.least_score).unwrap_or_default(),
			prices,
		};
		let devices = DeviceConfig {
			choice,
			intensity,
			pause_at: overrides.pause_at.or(file.gpu.pause_at).unwrap_or(PAUSE_AT),
			cache_dir: state_dir.clone(),
		};
		Ok(Self {
			nodes,
			key,
			devices,
			bids,
			lottery: file.lottery,
			watch: WatchConfig {
				tickets_per_minute: overrides
					.watch_tickets
					.or(file.watch.tickets_per_minute)
					.unwrap_or(crate::watch::TICKETS_PER_MINUTE),
				api_listen: overrides.api_listen.or(file.watch.api_listen).unwrap_or(([127, 0, 0, 1], 8093).into()),
			},
			state_dir,
			policy: overrides.policy.or(file.policy.map(from_file)),
			threads,
			store_listen: overrides.store_listen.or(file.store_listen).unwrap_or(([127, 0, 0, 1], 8090).into()),
			store_url: store_url.map(|url| url.trim_end_matches('/').to_owned()),
			store_accept_uploads: file.store_accept_uploads.unwrap_or(false),
			api_listen: overrides.api_listen.or(file.api_listen).unwrap_or(([127, 0, 0, 1], 8091).into()),
			activate: file.activate.unwrap_or(true),
			reactivate: file.reactivate.unwrap_or(false),
			mine: MineConfig {
				nodes: mine_nodes,
				threads: some(overrides.threads.or(file.mine.threads)).unwrap_or(threads),
				report: Duration::from_secs(file.mine.report_seconds.unwrap_or(REPORT_SECONDS).max(1)),
				api_listen: overrides.api_listen.or(file.mine.api_listen).unwrap_or(([127, 0, 0, 1], 8092).into()),
			},
		})
	}

	/// The signing key.
	///
	/// # Errors
	/// [`ConfigError::NoKey`], [`ConfigError::KeyNotPrivate`], [`ConfigError::BadKey`], [`ConfigError::Io`].
	pub fn keypair(&self) -> Result<Keypair, ConfigError> {
		match self.key.as_ref().ok_or(ConfigError::NoKey)? {
			KeySource::Suri(suri) => keypair(suri).ok_or(ConfigError::BadKey("--suri")),
			KeySource::File(path) => {
				let io = |source| ConfigError::Io { path: path.clone(), source };
				let mode = std::fs::metadata(path).map_err(io)?.permissions().mode();
				if mode & 0o077 != 0 {
					return Err(ConfigError::KeyNotPrivate(path.clone()));
				}
				let text = std::fs::read_to_string(path).map_err(io)?;
				keypair(text.trim()).ok_or(ConfigError::BadKey("the key file"))
			}
		}
	}

	/// The policy. Without a file it allows nothing.
	///
	/// # Errors
	/// [`ConfigError::Policy`].
	pub fn read_policy(&self) -> Result<Policy, ConfigError> {
		match &self.policy {
			Some(path) => Ok(Policy::read(path)?),
			None => Ok(Policy::default()),
		}
	}
}

fn keypair(suri: &str) -> Option<Keypair> {
	Keypair::from_uri(&SecretUri::from_str(suri).ok()?).ok()
}

fn read(path: &Path) -> Result<ConfigFile, ConfigError> {
	let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Io { path: path.into(), source })?;
	toml::from_str(&text).map_err(|source| ConfigError::Malformed { path: path.into(), source: Box::new(source) })
}

#[cfg(test)]
mod tests {
	use super::*;

	fn with_file(text: &str, change: impl FnOnce(&mut Overrides)) -> Result<Config, ConfigError> {
		let dir = tempfile::tempdir().unwrap();
		let path = dir.path().join("config.toml");
		std::fs::write(&path, text).unwrap();
		let mut overrides = Overrides { config: Some(path), ..Overrides::default() };
		change(&mut overrides);
		Config::resolve_in(overrides, Some(Path::new("/home/miner")))
	}

	#[test]
	fn the_example_is_a_configuration() {
		let config = with_file(include_str!("../examples/config.toml"), |_| ()).unwrap();
		assert_eq!(config.nodes, [DEFAULT_NODE]);
		assert!(matches!(config.key, Some(KeySource::File(path)) if path.ends_with("key")));
		assert!(config.policy.unwrap().is_absolute());
	}

	#[test]
	fn defaults_are_for_one_machine() {
		let config = Config::resolve_in(Overrides::default(), Some(Path::new("/home/miner"))).unwrap();
		assert_eq!(config.nodes, [DEFAULT_NODE]);
		assert_eq!(config.state_dir, Path::new("/home/miner/.local/state/gpu-miner"));
		assert!(config.store_listen.ip().is_loopback() && config.api_listen.ip().is_loopback());
		assert!(config.threads > 0 && config.activate && !config.reactivate && !config.store_accept_uploads);
		assert!(matches!(config.keypair(), Err(ConfigError::NoKey)));
		assert_eq!(config.read_policy().unwrap(), Policy::default());
		assert!(matches!(Config::resolve_in(Overrides::default(), None), Err(ConfigError::NoStateDir)));
	}

	#[test]
	fn the_command_line_wins_over_the_file() {
		let file = "nodes = [\"ws://a:1\", \"wss://b\"]\nthreads = 3\nstate_dir = \"state\"\nsuri = \"//Alice\"";
		let config = with_file(file, |_| ()).unwrap();
		assert_eq!(config.nodes, ["ws://a:1", "wss://b"]);
		assert_eq!(config.threads, 3);
		assert!(config.state_dir.is_absolute() && config.state_dir.ends_with("state"), "from where the file lies");
		let config = with_file(file, |overrides| {
			overrides.nodes = vec!["ws://c:2".into()];
			overrides.threads = Some(1);
			overrides.suri = Some("//Bob".into());
		})
		.unwrap();
		assert_eq!((config.nodes, config.threads), (vec!["ws://c:2".to_owned()], 1));
		assert_eq!(config.key, Some(KeySource::Suri("//Bob".into())));
	}

	#[test]
	fn mining_has_nodes_and_threads_of_its_own_if_the_file_says_so() {
		let file = "nodes = [\"ws://a:1\"]\nthreads = 3\n";
		let mine = |text: &str| with_file(text, |_| ()).unwrap().mine;
		let api_listen = ([127, 0, 0, 1], 8092).into();
		let alike =
			MineConfig { nodes: vec!["ws://a:1".into()], threads: 3, report: Duration::from_secs(10), api_listen };
		assert_eq!(mine(file), alike);
		let own = format!("{file}[mine]\nnodes = [\"ws://m:1\", \"ws://m:2\"]\nthreads = 7\nreport_seconds = 60");
		let config = with_file(&own, |_| ()).unwrap();
		assert_eq!((config.nodes, config.threads), (vec!["ws://a:1".to_owned()], 3), "the agent's");
		let nodes = vec!["ws://m:1".to_owned(), "ws://m:2".to_owned()];
		assert_eq!(config.mine, MineConfig { nodes, threads: 7, report: Duration::from_secs(60), api_listen });
		let config = with_file(&own, |overrides| {
			overrides.nodes = vec!["ws://c:2".into()];
			overrides.threads = Some(1);
		})
		.unwrap();
		assert_eq!((config.mine.nodes, config.mine.threads), (vec!["ws://c:2".to_owned()], 1));
		let error = with_file("[mine]\nnodes = [\"http://a\"]", |_| ()).unwrap_err().to_string();
		assert!(error.contains("ws://"), "{error}");
	}

	#[test]
	fn devices_are_chosen_by_the_nearest_to_the_user() {
		let config = with_file("", |_| ()).unwrap();
		assert_eq!((config.devices.choice, config.devices.intensity), (Choice::All, 100));
		let file = "[gpu]\ndevices = \"0,2\"\nintensity = 50\npause_at = 75.5";
		let devices = with_file(file, |_| ()).unwrap().devices;
		assert_eq!((devices.choice, devices.intensity, devices.pause_at), (Choice::Only(vec![0, 2]), 50, 75.5));
		let devices = with_file(file, |overrides| {
			overrides.devices = Some(Choice::None);
			overrides.intensity = Some(80);
			overrides.pause_at = Some(0.0);
		})
		.unwrap()
		.devices;
		assert_eq!((devices.choice, devices.intensity, devices.pause_at), (Choice::None, 80, 0.0));
		for bad in ["devices = \"first\"", "intensity = 0", "intensity = 101", "fan = 3"] {
			assert!(with_file(&format!("[gpu]\n{bad}"), |_| ()).is_err(), "{bad}");
		}
	}

	#[test]
	fn lotteries_are_answered_only_if_the_owner_says_so() {
		assert_eq!(with_file("", |_| ()).unwrap().lottery, LotteryConfig::default());
		let lottery =
			with_file("[lottery]\ncompute = true\nmemory_mib = 512\nwalks_per_second = 9", |_| ()).unwrap().lottery;
		assert_eq!((lottery.compute, lottery.memory_mib), (true, 512));
		assert_eq!((lottery.tickets_per_second, lottery.walks_per_second), (None, Some(9)));
		assert!(with_file("[lottery]\nmemory = 3", |_| ()).is_err());
	}

	#[test]
	fn bids_are_made_only_if_the_owner_says_so() {
		let config = with_file("", |_| ()).unwrap().bids;
		assert_eq!(config, BidConfig::default());
		assert!(!config.enabled && config.most == 1);
		assert_eq!((config.per_hour(Asset::Native, 7), config.per_hour(Asset::Id(3), 7)), (Some(7), None));
		let file =
			"[bids]\nenabled = true\nmost = 4\nleast_score = 9\n[bids.per_hour]\nnative = \"0.5\"\n1984 = \"50000\"";
		let bids = with_file(file, |_| ()).unwrap().bids;
		assert!(bids.enabled);
		assert_eq!((bids.most, bids.least_score), (4, 9));
		let prices = [(Asset::Native, crate::chain::TOKEN / 2), (Asset::Id(1984), 50_000)];
		assert_eq!(bids.prices, prices.into());
		assert_eq!(bids.per_hour(Asset::Native, 7), Some(crate::chain::TOKEN / 2));
		let bids = with_file(file, |overrides| {
			overrides.bid = Some(false);
			overrides.bid_per_hour = Some(8);
			overrides.bid_most = Some(2);
			overrides.bid_least_score = Some(1);
		})
		.unwrap()
		.bids;
		assert_eq!((bids.enabled, bids.most, bids.least_score), (false, 2, 1));
		assert_eq!((bids.prices[&Asset::Native], bids.prices[&Asset::Id(1984)]), (8, 50_000));
		for (bad, expected) in [
			("per_hour = { native = \"x\" }", "x"),
			("per_hour = { usdc = \"1\" }", "usdc"),
			("per_hour = { 7 = \"0.5\" }", "per_hour.7"),
			("per_hour = { native = \"0\" }", "zero"),
			("enable = true", "enable"),
		] {
			let message = with_file(&format!("[bids]\n{bad}"), |_| ()).unwrap_err().to_string();
			assert!(message.contains(expected), "{bad}: {message}");
		}
	}

	#[test]
	fn bids_can_be_asked_for_on_the_command_line() {
		#[derive(clap::Parser)]
		struct Program {
			#[command(flatten)]
			overrides: Overrides,
		}
		let parse = |arguments: &[&str]| {
			let arguments = std::iter::once(&"gpu-miner").chain(arguments);
			<Program as clap::Parser>::try_parse_from(arguments).map(|program| program.overrides)
		};
		assert_eq!(parse(&[]).unwrap().bid, None);
		assert_eq!(parse(&["--bid"]).unwrap().bid, Some(true));
		let overrides = parse(&["--bid=false", "--bid-per-hour", "0.5", "--bid-most", "3", "--bid-least-score", "5"]);
		let overrides = overrides.unwrap();
		assert_eq!((overrides.bid, overrides.bid_most, overrides.bid_least_score), (Some(false), Some(3), Some(5)));
		assert_eq!(overrides.bid_per_hour, Some(crate::chain::TOKEN / 2));
		assert!(parse(&["--bid=perhaps"]).is_err() && parse(&["--bid-per-hour", "-1"]).is_err());
	}

	#[test]
	fn mistakes_are_named() {
		let error = |text: &str| with_file(text, |_| ()).unwrap_err().to_string();
		assert!(error("thread = 3").contains("thread"));
		assert!(error("nodes = [\"http://a\"]").contains("ws://"));
		assert!(error("store_url = \"example.org\"").contains("http"));
	}

	#[test]
	fn keys_are_kept_private() {
		let dir = tempfile::tempdir().unwrap();
		let path = dir.path().join("key");
		std::fs::write(&path, "//Alice\n").unwrap();
		let config = with_file("", |overrides| overrides.key_file = Some(path.clone())).unwrap();
		std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
		assert!(matches!(config.keypair(), Err(ConfigError::KeyNotPrivate(_))));
		std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
		let alice = "d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d";
		assert_eq!(hex::encode(config.keypair().unwrap().public_key().0), alice);
		std::fs::write(&path, "nonsense words").unwrap();
		let message = config.keypair().err().unwrap().to_string();
		assert!(!message.contains("nonsense"), "{message}");
		let shown = format!("{:?}", with_file("suri = \"//Alice\"", |_| ()).unwrap());
		assert!(!shown.contains("Alice"), "{shown}");
	}
}
