//! `gpu-miner`: the command line.

use anyhow::{anyhow, bail, Context};
use clap::{CommandFactory, Parser, Subcommand};
use gpu_miner::{
	agent::{Agent, Options},
	auctions, bench,
	chain::{
		live::{Live, LiveLedger},
		parse_tokens, show, show_tokens, Asset, Call, Chain, HourlyRate, Listing, NodeId, Registration, ResourceType,
	},
	config::{Config, Overrides},
	dashboard::{self, Dashboard, Log},
	devices::{self, Board},
	doctor,
	fetch::Fetcher,
	http,
	lotteries::Claims,
	machine::Machine,
	mine::{self, board::MineBoard},
	programs,
	rates::Meter,
	rounds::Searcher,
	sandbox::{exec_limited, Rlimits, Sandbox},
	sessions::Sessions,
	state::{self, StateDir},
	status::{now_ms, SharedStatus, Status},
	store::{parse_hash, Store},
	tasks::Runner,
	watch::{self as watching, SharedWatch, Watcher},
};
use std::{
	ffi::OsString,
	io::IsTerminal as _,
	path::PathBuf,
	process::ExitCode,
	sync::Arc,
	time::{Duration, Instant},
};
use tokio::sync::watch;

/// The provider's program of gpu-chain: proves what this machine can compute, takes tasks that its policy allows, and is
/// paid for them.
#[derive(Parser)]
#[command(name = "gpu-miner", version, arg_required_else_help = true)]
struct Cli {
	#[command(flatten)]
	overrides: Overrides,
	#[command(subcommand)]
	command: Command,
}

#[derive(Subcommand)]
enum Command {
	/// Register this machine as a node: pays the fee, stakes, and prints the node's id.
	Register(Box<Register>),
	/// Run the agent: join rounds, answer challenges, send heartbeats, take and do tasks, bid for some. Ends with Ctrl-C.
	///
	/// On a terminal there is a screen that shows how the node is doing, with the end of the log beneath; lines where
	/// the output goes anywhere else.
	Run {
		/// Lines, also on a terminal.
		#[arg(long)]
		plain: bool,
	},
	/// Mine blocks for a node: search for seals of the blocks that it gives out, on all cards or cores, until Ctrl-C.
	///
	/// The node must run with --pow-author ACCOUNT; that account is paid, so mine for a node of your own, or one whose
	/// owner you trust. Needs neither a key nor a registration. Several nodes (--node, or `mine.nodes` in the
	/// configuration file) are tried in order: when one fails the next is asked, and after five minutes the first again.
	Mine {
		/// Seconds between two lines about how it is going.
		#[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
		report: Option<u64>,
		/// Lines, also on a terminal.
		#[arg(long)]
		plain: bool,
	},
	/// Watch for false tickets: compute some of the tickets that other nodes reveal in lotteries again, and report one
	/// that does not win, until Ctrl-C.
	///
	/// Who names a false ticket first has a fifth of what its node loses. A ticket is reported only if the node that is
	/// asked takes it for false as well; right ones never are. `run` does the same beside its other work; this is for
	/// who watches without a node of the registry. The account pays the fee of a report, and must have some money for
	/// it.
	Watch {
		/// Seconds between two lines about how it is going.
		#[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..))]
		report: u64,
	},
	/// Offer an accelerator of this machine to renters, or change the terms. The policy's [rentals] says what they get.
	List(List),
	/// Offer an accelerator no more. Bookings that there are stay.
	Unlist {
		/// Which accelerator, from 0.
		#[arg(long)]
		gpu: u16,
	},
	/// Show the auctions that take bids from this node, and what a bid would score.
	Auctions {
		/// What an hour would be bid for: tokens, or the asset's smallest unit. Default: what `run` would bid, else the node's ask.
		#[arg(long, value_name = "TOKENS", value_parser = parse_tokens)]
		per_hour: Option<u128>,
		/// As JSON.
		#[arg(long)]
		json: bool,
	},
	/// Show how the node and its agent are doing.
	Status {
		/// As JSON.
		#[arg(long)]
		json: bool,
	},
	/// Look at everything the agent needs, one by one, and say what to do about what is missing.
	Doctor {
		/// As JSON.
		#[arg(long)]
		json: bool,
	},
	/// Measure how fast this machine hashes: its processor beside the tiny-keccak crate in the same run, and each card.
	Bench {
		/// As JSON.
		#[arg(long)]
		json: bool,
		/// The cards as a table in Markdown.
		#[arg(long, conflicts_with = "json")]
		markdown: bool,
		/// Hold each card against the processor first: about a minute a card.
		#[arg(long)]
		check: bool,
		/// Seconds for each path and each card's engine.
		#[arg(long, default_value_t = 3.0)]
		seconds: f64,
	},
	/// Work with the store of results.
	Store {
		#[command(subcommand)]
		command: StoreCommand,
	},
	/// Print an example of a file, to begin with.
	Example {
		/// Which file.
		file: ExampleFile,
	},
	/// Print the manual page, or write those of all commands into a directory.
	Man {
		/// The directory.
		#[arg(long, value_name = "DIR")]
		dir: Option<PathBuf>,
	},
	/// Print what a shell needs to complete this program's arguments.
	Completions {
		/// Which shell.
		shell: clap_complete::Shell,
	},
	/// A built-in program. Run by the agent inside its sandbox.
	#[command(hide = true)]
	Program {
		/// Its name.
		name: String,
		/// Where input.json lies.
		#[arg(long, default_value = "/in")]
		input: PathBuf,
		/// Where the result goes.
		#[arg(long, default_value = "/out")]
		output: PathBuf,
	},
	/// Sets limits and becomes another program. Run by the agent inside its sandbox.
	#[command(hide = true)]
	SandboxExec {
		#[command(flatten)]
		limits: Rlimits,
		/// The program and its arguments.
		#[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
		command: Vec<OsString>,
	},
}

#[derive(Subcommand)]
enum StoreCommand {
	/// Put a file into the store and print its hash and address.
	Add {
		/// The file.
		file: PathBuf,
	},
	/// Say how many files there are and how large they are together.
	Usage,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum ExampleFile {
	/// The configuration file.
	Config,
	/// The policy file.
	Policy,
	/// A systemd unit for the agent.
	Unit,
}

#[derive(clap::Args)]
struct Register {
	/// What the node offers. Default: gpu where the NVIDIA driver knows a card, else cpu.
	#[arg(long)]
	resource_type: Option<ResourceType>,
	/// A code of the chain's list of regions.
	#[arg(long)]
	region: String,
	/// What an hour of it costs, tokens.
	#[arg(long, value_parser = parse_tokens)]
	ask: u128,
	/// Collateral, tokens. At least the chain's minimum (0.5); trust level 2 takes 1.
	#[arg(long, value_parser = parse_tokens)]
	stake: u128,
	/// Where more about the node is to be read: scheme:rest.
	#[arg(long, default_value = "about:blank")]
	metadata_uri: String,
	/// The accelerator's or processor's model, if the machine says it wrongly.
	#[arg(long)]
	model: Option<String>,
	/// Memory of one accelerator, MiB.
	#[arg(long, default_value_t = 0)]
	gpu_memory_mib: u32,
	/// Accelerators of that model, if the machine says it wrongly.
	#[arg(long)]
	gpu_count: Option<u16>,
	/// Bandwidth, megabits per second.
	#[arg(long, default_value_t = 0)]
	bandwidth_mbps: u32,
	/// Processor cores, if not all that there are.
	#[arg(long)]
	cpu_cores: Option<u16>,
	/// Main memory, MiB, if not all that there is.
	#[arg(long)]
	ram_mib: Option<u32>,
	/// Storage, GiB, if not all that is free.
	#[arg(long)]
	storage_gib: Option<u32>,
	/// Register one more node although the account has one.
	#[arg(long)]
	again: bool,
	/// Register nothing: this machine runs that node of the account from now on.
	#[arg(long, value_name = "ID", conflicts_with = "again", value_parser = parse_node)]
	adopt: Option<NodeId>,
}

#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("price").required(true).args(["rate", "usd"]))]
struct List {
	/// Which accelerator, from 0.
	#[arg(long)]
	gpu: u16,
	/// The price of an hour: tokens, or with --asset its smallest unit.
	#[arg(long)]
	rate: Option<String>,
	/// The price of an hour in dollars, converted when somebody books.
	#[arg(long, value_parser = parse_usd)]
	usd: Option<u128>,
	/// Paid in this asset, by its number, instead of tokens.
	#[arg(long, value_name = "ID")]
	asset: Option<u32>,
	/// The shortest booking, minutes.
	#[arg(long, default_value_t = 10.0, value_parser = parse_minutes)]
	min_minutes: f64,
	/// The longest booking, minutes.
	#[arg(long, default_value_t = 1440.0, value_parser = parse_minutes)]
	max_minutes: f64,
}

impl List {
	fn listing(&self) -> anyhow::Result<Listing> {
		let asset = self.asset.map_or(Asset::Native, Asset::Id);
		let rate = match (&self.rate, self.usd, self.asset) {
			(_, Some(usd), _) => HourlyRate::Usd(usd),
			(Some(rate), _, None) => {
				HourlyRate::Amount(parse_tokens(rate).map_err(|error| anyhow!("--rate: {error}"))?)
			}
			(Some(rate), _, Some(_)) => {
				HourlyRate::Amount(rate.parse().context("--rate is in the asset's smallest unit, a whole number")?)
			}
			(None, None, _) => bail!("give --rate or --usd"),
		};
		let millis = |minutes: f64| (minutes * 60_000.0) as u64;
		Ok(Listing {
			gpu: self.gpu,
			asset,
			rate,
			min_duration: millis(self.min_minutes),
			max_duration: millis(self.max_minutes),
		})
	}
}

fn parse_minutes(text: &str) -> Result<f64, String> {
	let minutes: f64 = text.parse().map_err(|_| format!("`{text}` is no number of minutes"))?;
	if (0.0..=1e9).contains(&minutes) {
		Ok(minutes)
	} else {
		Err(format!("`{text}` is no length of time"))
	}
}

/// Dollars as people write them, in millionths.
fn parse_usd(text: &str) -> Result<u128, String> {
	// Eighteen decimals are parsed exactly; what a millionth does not hold is refused.
	let fine = parse_tokens(text)?;
	if fine % 10u128.pow(12) != 0 {
		return Err(format!("`{text}` has more than 6 decimals"));
	}
	Ok(fine / 10u128.pow(12))
}

fn parse_node(text: &str) -> Result<NodeId, String> {
	parse_hash(text).ok_or_else(|| format!("`{text}` is no node's id: 32 bytes as 0x…"))
}

fn main() -> ExitCode {
	let cli = Cli::parse();
	match run(cli) {
		Ok(code) => code,
		Err(error) => {
			eprintln!("gpu-miner: {error:#}");
			ExitCode::FAILURE
		}
	}
}

fn run(cli: Cli) -> anyhow::Result<ExitCode> {
	match cli.command {
		Command::Program { name, input, output } => {
			programs::run(&name, &input, &output)?;
			return Ok(ExitCode::SUCCESS);
		}
		Command::SandboxExec { limits, command } => {
			bail!("{}: {}", PathBuf::from(&command[0]).display(), exec_limited(&limits, &command));
		}
		Command::Example { file } => {
			print!(
				"{}",
				match file {
					ExampleFile::Config => include_str!("../examples/config.toml"),
					ExampleFile::Policy => include_str!("../examples/policy.toml"),
					ExampleFile::Unit => include_str!("../examples/gpu-miner.service"),
				}
			);
			return Ok(ExitCode::SUCCESS);
		}
		Command::Man { dir: Some(dir) } => {
			std::fs::create_dir_all(&dir)?;
			clap_mangen::generate_to(Cli::command(), &dir)?;
			return Ok(ExitCode::SUCCESS);
		}
		Command::Man { dir: None } => {
			clap_mangen::Man::new(Cli::command()).render(&mut std::io::stdout())?;
			return Ok(ExitCode::SUCCESS);
		}
		Command::Completions { shell } => {
			clap_complete::generate(shell, &mut Cli::command(), "gpu-miner", &mut std::io::stdout());
			return Ok(ExitCode::SUCCESS);
		}
		_ => (),
	}
	let log = match cli.command {
		Command::Run { plain } | Command::Mine { plain, .. } => dashboard::log_for_screen(plain),
		_ => None,
	};
	let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "gpu_miner=info,warn".into());
	let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_target(false);
	match log.clone() {
		Some(log) => subscriber.with_ansi(false).with_writer(move || log.clone()).init(),
		None => subscriber.with_ansi(std::io::stderr().is_terminal()).with_writer(std::io::stderr).init(),
	}
	let config = Config::resolve(cli.overrides)?;
	let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
	match cli.command {
		Command::Register(register) => runtime.block_on(do_register(&config, *register)),
		Command::Run { .. } => runtime.block_on(do_run(config, log)),
		Command::Watch { report } => runtime.block_on(do_watch(config, Duration::from_secs(report))),
		Command::Mine { report, .. } => runtime.block_on(do_mine(config, report.map(Duration::from_secs), log)),
		Command::Auctions { per_hour, json } => runtime.block_on(do_auctions(&config, per_hour, json)),
		Command::List(list) => runtime.block_on(do_list(&config, &list)),
		Command::Unlist { gpu } => runtime.block_on(do_unlist(&config, gpu)),
		Command::Status { json } => runtime.block_on(do_status(&config, json)),
		Command::Doctor { json } => runtime.block_on(do_doctor(&config, json)),
		Command::Bench { json, markdown, check, seconds } => {
			let report = bench::measure_all(seconds, config.threads, &config.devices, check);
			if json {
				println!("{}", serde_json::to_string_pretty(&report)?);
			} else {
				print!("{}", if markdown { report.markdown() } else { report.describe() });
			}
			Ok(if report.is_right() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
		}
		Command::Store { command } => do_store(&config, command),
		Command::Program { .. }
		| Command::SandboxExec { .. }
		| Command::Example { .. }
		| Command::Man { .. }
		| Command::Completions { .. } => Ok(ExitCode::SUCCESS),
	}
}

async fn do_register(config: &Config, register: Register) -> anyhow::Result<ExitCode> {
	let chain = Live::new(config.nodes.clone(), Some(config.keypair()?));
	let mut state = StateDir::open(&config.state_dir)?;
	let info = chain.info().await?;
	if let Err(what) = &info.interface {
		bail!("the node's runtime does not fit this program ({what}); use the gpu-miner of the node's release");
	}
	state.bind(info.genesis)?;
	if let Some(node) = state.state().node.filter(|_| !register.again) {
		if chain.view(&node).await?.node.is_some() {
			println!("already registered: {}", show(&node));
			return Ok(ExitCode::SUCCESS);
		}
	}
	let mine = chain.nodes_of_account().await?;
	if let Some(node) = register.adopt {
		if !mine.iter().any(|known| known.id == node) {
			bail!("{} is no node of this account", show(&node));
		}
		state.update(|state| state.node = Some(node))?;
		println!("this state directory runs {} from now on", show(&node));
		return Ok(ExitCode::SUCCESS);
	}
	// A registration of before that was cut off between the chain and the state file is taken up, not paid twice.
	if !register.again {
		match mine.as_slice() {
			[] => (),
			[only] => {
				let node = only.id;
				state.update(|state| state.node = Some(node))?;
				println!(
					"this account has a node already, which this state directory runs from now on: {}",
					show(&node)
				);
				return Ok(ExitCode::SUCCESS);
			}
			several => {
				let ids: Vec<_> =
					several.iter().map(|node| format!("{} ({:?})", show(&node.id), node.status)).collect();
				bail!(
					"this account has nodes already: {}; say --adopt ID for the one that this machine runs, or --again \
					 for one more",
					ids.join(", ")
				);
			}
		}
	}

	let machine = Machine::detect(&config.state_dir);
	let gpus = u16::try_from(machine.gpus.len()).unwrap_or(u16::MAX);
	let resource_type = register.resource_type.unwrap_or(if gpus > 0 { ResourceType::Gpu } else { ResourceType::Cpu });
	let detected = match resource_type {
		ResourceType::Gpu => machine.gpus.first().cloned().unwrap_or_default(),
		_ => machine.cpu_model.clone(),
	};
	let mut model = register.model.unwrap_or(detected);
	// The chain keeps 64 bytes of it.
	while model.len() > 64 {
		model.pop();
	}
	let registration = Registration {
		resource_type,
		model,
		gpu_memory_mib: register.gpu_memory_mib,
		gpu_count: register.gpu_count.unwrap_or(if resource_type == ResourceType::Gpu { gpus } else { 0 }),
		cpu_cores: register.cpu_cores.unwrap_or(machine.cpu_cores),
		ram_mib: register.ram_mib.unwrap_or(machine.ram_mib),
		storage_gib: register.storage_gib.unwrap_or(machine.storage_gib),
		bandwidth_mbps: register.bandwidth_mbps,
		region: register.region,
		ask: register.ask,
		metadata_uri: register.metadata_uri,
		stake: register.stake,
	};
	eprintln!("registering {registration:?}");
	let outcome = chain.submit(&[Call::Register(Box::new(registration))]).await.pop();
	let included = outcome.ok_or_else(|| anyhow!("the registration was not sent"))??;
	let node = included.registered.ok_or_else(|| anyhow!("the block has no event of the registration"))?;
	state.update(|state| state.node = Some(node))?;
	println!("registered {} in block {}", show(&node), show(&included.block));
	Ok(ExitCode::SUCCESS)
}

async fn do_auctions(config: &Config, per_hour: Option<u128>, json: bool) -> anyhow::Result<ExitCode> {
	let node =
		state::read(&config.state_dir)?.node.context("this state directory has no node yet: gpu-miner register")?;
	let chain = Live::new(config.nodes.clone(), config.keypair().ok());
	if let Err(what) = chain.info().await?.interface {
		bail!("the node's runtime does not fit this program ({what}); use the gpu-miner of the node's release");
	}
	let price = |asset, ask| per_hour.or(config.bids.per_hour(asset, ask)).unwrap_or(ask);
	let Some((candidate, open)) = chain.auctions(&node, price).await? else {
		bail!("{} is not on this chain; register it, or use its own chain", show(&node));
	};
	let chances = open.iter().map(|auction| auctions::chance(auction, &candidate)).collect::<Result<Vec<_>, _>>();
	let chances = chances.map_err(|error| anyhow!(error))?;
	if json {
		println!("{}", serde_json::to_string_pretty(&chances)?);
	} else {
		print!("{}", auctions::describe(&chances));
	}
	Ok(ExitCode::SUCCESS)
}

async fn do_list(config: &Config, list: &List) -> anyhow::Result<ExitCode> {
	let listing = list.listing()?;
	submit_one(config, |node| Call::ListGpu { node, listing }).await?;
	println!("accelerator {} is offered", listing.gpu);
	if config.read_policy()?.rentals.is_none() {
		eprintln!("the policy has no [rentals]: the agent will cancel every booking; see `gpu-miner example policy`");
	}
	Ok(ExitCode::SUCCESS)
}

async fn do_unlist(config: &Config, gpu: u16) -> anyhow::Result<ExitCode> {
	submit_one(config, |node| Call::UnlistGpu { node, gpu }).await?;
	println!("accelerator {gpu} is offered no more");
	Ok(ExitCode::SUCCESS)
}

/// Sends one call about this machine's node, and waits until it is in a block.
async fn submit_one(config: &Config, call: impl FnOnce(NodeId) -> Call) -> anyhow::Result<()> {
	let node =
		state::read(&config.state_dir)?.node.context("this state directory has no node yet: gpu-miner register")?;
	let chain = Live::new(config.nodes.clone(), Some(config.keypair()?));
	if let Err(what) = chain.info().await?.interface {
		bail!("the node's runtime does not fit this program ({what}); use the gpu-miner of the node's release");
	}
	chain.submit(&[call(node)]).await.pop().ok_or_else(|| anyhow!("the call was not sent"))??;
	Ok(())
}

async fn do_run(config: Config, log: Option<Log>) -> anyhow::Result<ExitCode> {
	let policy = config.read_policy()?;
	let mut state = StateDir::open(&config.state_dir)?;
	let node: NodeId = state.state().node.context("this state directory has no node yet: gpu-miner register")?;
	let store = Store::open(config.state_dir.join("store"))?;
	let runner = match Sandbox::find(std::env::current_exe()?).and_then(|sandbox| {
		sandbox.check(&state.work_dir())?;
		Ok(sandbox)
	}) {
		Ok(sandbox) => {
			let (policy, store) = (policy.clone(), store.clone());
			Some(Runner { sandbox, policy, store, work_dir: state.work_dir() })
		}
		Err(error) => {
			tracing::warn!("{error}. The node proves its power and takes no task.");
			None
		}
	};
	let specification_limit = policy.limits.specification_kib << 10;
	let fetcher = Fetcher::new(store.clone(), policy.allow_private_addresses, specification_limit)?;
	let meter = Meter::default();
	let (engine, threads) = devices::choose(&config.devices, config.threads);
	let board = Board::new(engine.clone());
	let watched = SharedWatch::default();
	let status = SharedStatus::new(&node, meter.clone()).with_devices(board.clone()).with_watch(watched.clone());
	let upload_limit = config.store_accept_uploads.then_some(specification_limit);
	let listener = http::bind(config.store_listen).await?;
	let store_url = config.store_url.clone().unwrap_or_else(|| format!("http://{}", listener.address()));
	let in_sessions = runner.clone().map(|runner| Runner { work_dir: state.path().join("sessions"), ..runner });
	let rentals = policy.rentals.clone().unwrap_or_default();
	let sessions = Sessions::new(&rentals, in_sessions, store_url.clone(), state.session_secret()?);
	let public = http::Public { store, upload_limit, sessions: Some((sessions.clone(), specification_limit)) };
	let _public = http::serve_public(listener, public);
	let status_server = http::serve_status(config.api_listen, status.clone()).await?;
	tracing::info!(
		"node {}, {} threads with {}, results at {store_url}, status at http://{}/status",
		show(&node),
		threads,
		engine.name(),
		status_server.address(),
	);

	let stop = stop_on_signal();
	let shown = status.clone();
	// Gives the terminal back before anybody says why the agent ended.
	let _dashboard =
		log.and_then(|log| Dashboard::open(log, move || dashboard::run::parts(&shown.get(), now_ms())).ok());

	// Before anything searches: rates that the owner does not name are measured.
	let claims = Claims::new(&config.lottery, &*engine, config.threads);

	let sampler = meter.clone();
	tokio::spawn(async move {
		loop {
			sampler.sample(Instant::now());
			board.sample(Instant::now());
			tokio::time::sleep(Duration::from_secs(1)).await;
		}
	});

	let chain = Arc::new(Live::new(config.nodes.clone(), Some(config.keypair()?)));
	let state = bind_to_chain(&chain, state, &status, stop.clone()).await?;
	let Some(state) = state else { return Ok(ExitCode::SUCCESS) };
	watch_beside(&config, &chain, node, watched, stop.clone());
	let searcher = Searcher::new(engine, threads, meter);
	let options = Options {
		node,
		policy,
		activate: config.activate,
		reactivate: config.reactivate,
		store_url,
		specification_limit,
		claims,
		bidding: config.bids.enabled.then(|| config.bids.clone()),
	};
	Agent::new(chain, options, state, runner, fetcher, searcher, sessions, status).run(stop).await?;
	Ok(ExitCode::SUCCESS)
}

/// Watches for false tickets while the agent runs. Reports are sent by the agent's own connection, one after the other
/// with its calls, so that their nonces do not clash.
fn watch_beside(config: &Config, chain: &Arc<Live>, node: NodeId, figures: SharedWatch, stop: watch::Receiver<bool>) {
	let tickets_per_minute = config.watch.tickets_per_minute;
	if tickets_per_minute == 0 {
		return;
	}
	let ledger = Arc::new(LiveLedger::new(config.nodes.clone(), chain.clone()));
	match Watcher::new(ledger, watching::Options { tickets_per_minute, own: Some(node) }, figures) {
		Some(watcher) => {
			tracing::info!("watching for false tickets of other nodes: {tickets_per_minute} a minute");
			tokio::spawn(watcher.run(stop));
		}
		None => tracing::error!("the system has too few random numbers to watch for false tickets"),
	}
}

async fn do_watch(config: Config, report: Duration) -> anyhow::Result<ExitCode> {
	let tickets_per_minute = config.watch.tickets_per_minute;
	if tickets_per_minute == 0 {
		bail!("no ticket a minute is no watching: give --watch-tickets");
	}
	let chain = Arc::new(Live::new(config.nodes.clone(), Some(config.keypair()?)));
	if let Err(what) = chain.info().await?.interface {
		bail!("the node's runtime does not fit this program ({what}); use the gpu-miner of the node's release");
	}
	let free = chain.free_balance().await?;
	if free < watching::LEAST_BALANCE {
		bail!(
			"the account {} has {} and a report costs a fee: give it {} at least, or the key of an account that has",
			show(&chain.account()),
			show_tokens(free),
			show_tokens(watching::LEAST_BALANCE)
		);
	}
	let figures = SharedWatch::default();
	// A node of the registry that this machine runs is watched by others.
	let own = state::read(&config.state_dir).ok().and_then(|state| state.node);
	let ledger = Arc::new(LiveLedger::new(config.nodes.clone(), chain));
	let watcher = Watcher::new(ledger, watching::Options { tickets_per_minute, own }, figures.clone())
		.context("the system has too few random numbers")?;
	let server = http::serve_status(config.watch.api_listen, figures.clone()).await;
	match &server {
		Ok(server) => tracing::info!("status at http://{}/status", server.address()),
		Err(error) => tracing::warn!("no status: {error}"),
	}
	tracing::info!("watching for false tickets: {tickets_per_minute} a minute, by {}", config.nodes.join(", "));
	let said = figures.clone();
	let lines = tokio::spawn(async move {
		loop {
			tokio::time::sleep(report).await;
			tracing::info!("{}", said.get().describe());
		}
	});
	watcher.run(stop_on_signal()).await;
	lines.abort();
	tracing::info!("stopped; {}", figures.get().describe());
	Ok(ExitCode::SUCCESS)
}

async fn do_mine(config: Config, report: Option<Duration>, log: Option<Log>) -> anyhow::Result<ExitCode> {
	let (engine, threads) = devices::choose(&config.devices, config.mine.threads);
	let config = config.mine;
	tracing::info!("mining on {threads} threads with {} for {}", engine.name(), config.nodes.join(", "));
	let timing = mine::Timing { report: report.unwrap_or(config.report), ..mine::Timing::default() };
	let options = mine::Options { nodes: config.nodes, threads, timing };
	let figures = mine::figures::SharedFigures::default();
	let devices = Board::new(engine.clone());
	let board = MineBoard::new(figures.clone(), devices.clone());
	// Another miner may have the port: that is no reason not to mine.
	let server = http::serve_status(config.api_listen, board.clone()).await;
	match &server {
		Ok(server) => tracing::info!("status at http://{}/status", server.address()),
		Err(error) => tracing::warn!("no status: {error}"),
	}
	let stop = stop_on_signal();
	let dashboard = log.and_then(|log| Dashboard::open(log, move || dashboard::mine::parts(&board.get())).ok());
	let sampling = tokio::spawn(async move {
		loop {
			devices.sample(Instant::now());
			tokio::time::sleep(Duration::from_secs(1)).await;
		}
	});
	let result = mine::run(engine, options, figures.clone(), stop).await;
	sampling.abort();
	// Gives the terminal back first.
	drop(dashboard);
	result?;
	let figures = figures.get();
	tracing::info!(
		"stopped; accepted {}, stale {} ({:.1} %), invalid {}",
		figures.accepted,
		figures.stale,
		figures.stale_share() * 100.0,
		figures.invalid
	);
	Ok(ExitCode::SUCCESS)
}

/// Becomes true at the first signal to end; the second ends the process.
fn stop_on_signal() -> watch::Receiver<bool> {
	let (sender, stop) = watch::channel(false);
	tokio::spawn(async move {
		wait_for_signal().await;
		tracing::info!("stopping");
		let _ = sender.send(true);
		// Whoever asks twice does not want to wait.
		wait_for_signal().await;
		dashboard::give_back();
		std::process::exit(130);
	});
	stop
}

/// Waits until the chain answers, and makes sure that it is the one that the state is about. `None` when stopped before.
async fn bind_to_chain(
	chain: &Live,
	mut state: StateDir,
	status: &SharedStatus,
	mut stop: watch::Receiver<bool>,
) -> anyhow::Result<Option<StateDir>> {
	let mut pause = Duration::from_secs(1);
	loop {
		let info = tokio::select! {
			_ = stop.wait_for(|stop| *stop) => return Ok(None),
			info = chain.info() => info,
		};
		match info {
			Ok(info) => {
				if let Err(what) = &info.interface {
					bail!("the node's runtime does not fit this program ({what}); use the gpu-miner of the node's release");
				}
				state.bind(info.genesis)?;
				status.update(|status| (status.chain, status.endpoint) = (info.name, chain.endpoint()));
				return Ok(Some(state));
			}
			Err(error) => {
				tracing::warn!("{error}; trying again in {} s", pause.as_secs());
				status.problem(&error.to_string());
				tokio::select! {
					_ = stop.wait_for(|stop| *stop) => return Ok(None),
					() = tokio::time::sleep(pause) => (),
				}
				pause = (pause * 2).min(Duration::from_secs(8));
			}
		}
	}
}

async fn wait_for_signal() {
	use tokio::signal::unix::{signal, SignalKind};
	let (Ok(mut terminate), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
	else {
		// Without handlers the signals end the process as they always do.
		return std::future::pending().await;
	};
	tokio::select! {
		_ = terminate.recv() => (),
		_ = interrupt.recv() => (),
	}
}

async fn do_status(config: &Config, json: bool) -> anyhow::Result<ExitCode> {
	let agent = agent_status(config).await;
	let node = state::read(&config.state_dir)?.node;
	let status = match (agent, node) {
		(Ok(status), _) => status,
		(Err(_), None) => bail!("no agent answers at {} and no node is registered here", config.api_listen),
		(Err(error), Some(node)) => {
			eprintln!("the agent does not answer at {} ({error:#}); this is what the chain says", config.api_listen);
			let chain = Live::new(config.nodes.clone(), config.keypair().ok());
			let status = SharedStatus::new(&node, Meter::default());
			let info = chain.info().await?;
			status.absorb(&chain.view(&node).await?);
			status.update(|status| (status.chain, status.endpoint) = (info.name, chain.endpoint()));
			status.get()
		}
	};
	if json {
		println!("{}", serde_json::to_string_pretty(&status)?);
	} else {
		print!("{}", status.describe());
	}
	Ok(ExitCode::SUCCESS)
}

/// Asks the running agent.
async fn agent_status(config: &Config) -> anyhow::Result<Status> {
	use http_body_util::{BodyExt, Empty};
	use hyper_util::{client::legacy::Client, rt::TokioExecutor};
	let client = Client::builder(TokioExecutor::new()).build_http::<Empty<hyper::body::Bytes>>();
	let uri = format!("http://{}/status", config.api_listen).parse()?;
	let response = tokio::time::timeout(Duration::from_secs(5), client.get(uri)).await??;
	let bytes = response.into_body().collect().await?.to_bytes();
	Ok(serde_json::from_slice(&bytes)?)
}

async fn do_doctor(config: &Config, json: bool) -> anyhow::Result<ExitCode> {
	let chain = Live::new(config.nodes.clone(), config.keypair().ok());
	let checks = doctor::examine(config, &chain).await;
	if json {
		println!("{}", serde_json::to_string_pretty(&checks)?);
	} else {
		print!("{}", doctor::describe(&checks));
	}
	let failed = checks.iter().any(|check| check.verdict == doctor::Verdict::Fail);
	Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn do_store(config: &Config, command: StoreCommand) -> anyhow::Result<ExitCode> {
	let store = Store::open(config.state_dir.join("store"))?;
	match command {
		StoreCommand::Add { file } => {
			let bytes = std::fs::read(&file).with_context(|| file.display().to_string())?;
			let hash = store.put(&bytes)?;
			let base = config.store_url.clone().unwrap_or_else(|| format!("http://{}", config.store_listen));
			println!("{}\n{base}/store/{}", show(&hash), hex::encode(hash));
		}
		StoreCommand::Usage => {
			let (files, bytes) = store.usage()?;
			println!("{files} files, {bytes} bytes");
		}
	}
	Ok(ExitCode::SUCCESS)
}
