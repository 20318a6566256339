//! Mining against small nodes of the test's: WebSocket servers that give out work of a real difficulty, and check what
//! comes back with a hash function that the miner does not use.

use gpu_miner::mine::{
	figures::{Figures, SharedFigures},
	run, Options, Timing,
};
use gpu_miner_engine::{CpuEngine, Engine, Find, Job, Outcome as Searched};
use gpu_work::{block_input, target_for_difficulty, Nonce, U256};
use jsonrpsee::{
	server::{ServerBuilder, ServerHandle},
	types::ErrorObjectOwned,
	RpcModule, SubscriptionMessage,
};
use serde_json::{json, Value};
use std::{
	ops::Range,
	process::Stdio,
	sync::{
		atomic::{AtomicBool, Ordering},
		Arc, Mutex,
	},
	thread,
	time::{Duration, Instant},
};
use tiny_keccak::{Hasher, Keccak};
use tokio::{
	io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
	net::TcpListener,
	sync::watch,
	task::JoinHandle,
	time::{sleep, timeout},
};

/// What a test waits at most for something that happens soon.
const SOON: Duration = Duration::from_secs(20);
/// What a test waits to see that nothing happens.
const QUIET: Duration = Duration::from_millis(300);
/// Some milliseconds of search.
const EASY: u64 = 20_000;

/// Nobody finds such a block.
fn impossible() -> U256 {
	U256::one() << 240
}

/// Everything is tried again quickly.
fn hasty() -> Timing {
	let moment = Duration::from_millis(50);
	Timing {
		connect: Duration::from_secs(2),
		answer: Duration::from_secs(2),
		silence: moment,
		poll: moment,
		first_pause: moment,
		longest_pause: moment * 2,
		report: moment,
		..Timing::default()
	}
}

fn work(number: u8, difficulty: impl Into<U256>) -> Value {
	let difficulty = difficulty.into();
	json!({
		"preHash": format!("0x{}", hex::encode([number; 32])),
		"parentHash": format!("0x{}", hex::encode([number ^ 0xff; 32])),
		"number": number,
		"slot": u64::from(number) * 2 + 1,
		"difficulty": format!("{difficulty:#x}"),
		"target": format!("0x{}", hex::encode(target_for_difficulty(difficulty))),
		"seq": number,
	})
}

fn with(mut work: Value, field: &str, value: Value) -> Value {
	work[field] = value;
	work
}

/// How a node gives out work.
#[derive(Clone, Copy, PartialEq)]
enum Manner {
	Pushes,
	/// It knows no subscriptions.
	Refuses,
	/// It takes them and says nothing after the first message.
	Falls,
	/// It was not told whom to pay.
	NoAuthor,
}

/// What a node was handed in, as it was written.
type Submission = (String, String);

#[derive(Clone)]
struct FakeNode {
	work: watch::Sender<Value>,
	manner: Manner,
	answers: Arc<Mutex<Result<Value, ErrorObjectOwned>>>,
	submissions: Arc<Mutex<Vec<Submission>>>,
}

struct Server {
	node: FakeNode,
	handle: ServerHandle,
	url: String,
}

fn no_author() -> ErrorObjectOwned {
	ErrorObjectOwned::owned(9_100, "start it with --pow-author", None::<()>)
}

impl FakeNode {
	fn new(manner: Manner, work: Value) -> Self {
		let answers = Arc::new(Mutex::new(Ok(json!("accepted"))));
		Self { work: watch::Sender::new(work), manner, answers, submissions: Arc::default() }
	}

	async fn serve(self, address: &str) -> Server {
		let server = ServerBuilder::default().build(address).await.unwrap();
		let url = format!("ws://{}", server.local_addr().unwrap());
		let handle = server.start(self.clone().module());
		Server { node: self, handle, url }
	}

	fn module(self) -> RpcModule<Self> {
		let manner = self.manner;
		let mut module = RpcModule::new(self);
		module
			.register_method("pow_getWork", |_, node, _| match node.manner {
				Manner::NoAuthor => Err(no_author()),
				_ => Ok(node.work.borrow().clone()),
			})
			.unwrap();
		module
			.register_method("pow_submitWork", |params, node, _| {
				let submission: Submission = params.parse()?;
				node.submissions.lock().unwrap().push(submission);
				node.answers.lock().unwrap().clone()
			})
			.unwrap();
		if manner == Manner::Refuses {
			return module;
		}
		module
			.register_subscription(
				"pow_subscribeWork",
				"pow_work",
				"pow_unsubscribeWork",
				|_, pending, node, _| async move {
					if node.manner == Manner::NoAuthor {
						pending.reject(no_author()).await;
						return Ok(());
					}
					let sink = pending.accept().await?;
					let mut work = node.work.subscribe();
					loop {
						let message = SubscriptionMessage::from_json(&*work.borrow_and_update())?;
						sink.send(message).await?;
						if node.manner == Manner::Falls {
							sink.closed().await;
						}
						tokio::select! {
							_ = work.changed() => (),
							() = sink.closed() => return Ok(()),
						}
					}
				},
			)
			.unwrap();
		module
	}
}

impl Server {
	async fn start(manner: Manner, work: Value) -> Self {
		FakeNode::new(manner, work).serve("127.0.0.1:0").await
	}

	fn give(&self, work: Value) {
		self.node.work.send_replace(work);
	}

	fn answer(&self, answer: Result<Value, ErrorObjectOwned>) {
		*self.node.answers.lock().unwrap() = answer;
	}

	fn submissions(&self) -> Vec<Submission> {
		self.node.submissions.lock().unwrap().clone()
	}

	/// The nonces that were handed in for some work, each of them right.
	async fn finds_for(&self, work: &Value, count: usize) -> Vec<[u8; 32]> {
		let finds = || {
			let submissions = self.submissions();
			let of_work = submissions.iter().filter(|(pre_hash, _)| *pre_hash == work["preHash"]);
			of_work.map(|(_, nonce)| bytes(nonce)).collect::<Vec<_>>()
		};
		eventually(|| finds().len() >= count).await;
		let finds = finds();
		let (pre_hash, target) = (bytes(work["preHash"].as_str().unwrap()), bytes(work["target"].as_str().unwrap()));
		for nonce in &finds {
			let mut digest = [0; 32];
			let mut keccak = Keccak::v256();
			keccak.update(&block_input(&pre_hash, nonce));
			keccak.finalize(&mut digest);
			assert!(digest <= target, "{}", hex::encode(nonce));
		}
		finds
	}

	/// As if it were killed.
	async fn die(self) {
		self.handle.stop().unwrap();
		self.handle.stopped().await;
	}
}

fn bytes(text: &str) -> [u8; 32] {
	let mut bytes = [0; 32];
	hex::decode_to_slice(text.strip_prefix("0x").unwrap(), &mut bytes).unwrap();
	bytes
}

async fn eventually(happens: impl Fn() -> bool) {
	let waiting = async {
		while !happens() {
			sleep(Duration::from_millis(5)).await;
		}
	};
	timeout(SOON, waiting).await.expect("it never happened");
}

struct Mining {
	figures: SharedFigures,
	stop: watch::Sender<bool>,
	task: JoinHandle<std::io::Result<()>>,
}

impl Mining {
	fn start(servers: &[&Server]) -> Self {
		Self::start_with(
			Arc::new(CpuEngine::best()),
			hasty(),
			servers.iter().map(|server| server.url.clone()).collect(),
		)
	}

	fn start_with(engine: Arc<dyn Engine>, timing: Timing, nodes: Vec<String>) -> Self {
		let figures = SharedFigures::default();
		let (stop, stopped) = watch::channel(false);
		let options = Options { nodes, threads: 2, timing };
		let task = tokio::spawn(run(engine, options, figures.clone(), stopped));
		Self { figures, stop, task }
	}

	async fn until(&self, wanted: impl Fn(&Figures) -> bool) -> Figures {
		eventually(|| wanted(&self.figures.get())).await;
		self.figures.get()
	}

	/// Until something goes wrong whose description holds all of `words`.
	async fn until_problem(&self, words: &[&str]) {
		let is_it = |problem: &String| words.iter().all(|word| problem.contains(word));
		let waiting = self.until(|figures| figures.problem.as_ref().is_some_and(is_it));
		if timeout(SOON / 2, waiting).await.is_err() {
			panic!("{:?} and not {words:?}", self.figures.get().problem);
		}
	}

	async fn end(self) -> Duration {
		let asked = Instant::now();
		self.stop.send(true).unwrap();
		timeout(SOON, self.task).await.unwrap().unwrap().unwrap();
		asked.elapsed()
	}
}

/// An engine that finds nothing, and keeps note of what it searches for now.
#[derive(Default)]
struct Seeker {
	/// The first byte of each search's seed.
	now: Mutex<Vec<u8>>,
}

impl Seeker {
	fn searches(&self) -> Vec<u8> {
		self.now.lock().unwrap().clone()
	}

	async fn until_only(&self, seed: u8) {
		eventually(|| self.searches() == [seed; 2]).await;
	}
}

impl Engine for Seeker {
	fn name(&self) -> &str {
		"seeker"
	}

	fn search(&self, job: &Job, _: Range<Nonce>, cancel: &AtomicBool, _: &mut Vec<Find>) -> Searched {
		self.now.lock().unwrap().push(job.seed[0]);
		while !cancel.load(Ordering::Relaxed) {
			thread::sleep(Duration::from_millis(1));
		}
		let mut now = self.now.lock().unwrap();
		let index = now.iter().position(|seed| *seed == job.seed[0]).unwrap();
		now.remove(index);
		Searched { hashes: 1, cancelled: true }
	}
}

/// An engine that takes every nonce for a find.
struct Liar;

impl Engine for Liar {
	fn name(&self) -> &str {
		"liar"
	}

	fn search(&self, job: &Job, range: Range<Nonce>, _: &AtomicBool, found: &mut Vec<Find>) -> Searched {
		found.push(Find { nonce: range.start, digest: job.target });
		Searched { hashes: 1, cancelled: false }
	}
}

#[tokio::test(flavor = "multi_thread")]
async fn finds_should_be_right_and_be_counted_as_accepted() {
	let server = Server::start(Manner::Pushes, work(1, EASY)).await;
	let mining = Mining::start(&[&server]);
	for number in 1..=5 {
		let work = work(number, EASY);
		server.give(work.clone());
		assert_eq!(server.finds_for(&work, 1).await.len(), 1, "solved once, work is left alone");
		mining.until(|figures| figures.accepted == u64::from(number)).await;
	}
	let figures = mining.figures.get();
	assert_eq!((figures.stale, figures.invalid, figures.duplicate, figures.failed, figures.wrong), (0, 0, 0, 0, 0));
	assert_eq!(figures.endpoint.as_ref(), Some(&server.url));
	mining.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn miners_should_not_do_the_same_work() {
	let server = Server::start(Manner::Pushes, work(1, EASY)).await;
	let miners = [Mining::start(&[&server]), Mining::start(&[&server])];
	let finds = server.finds_for(&work(1, EASY), 2).await;
	assert_ne!(finds[0][..24], finds[1][..24]);
	assert_ne!(finds[0][..24], [0; 24]);
	for mining in miners {
		mining.end().await;
	}
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_should_end_when_the_work_changes_or_the_node_says_stop() {
	let server = Server::start(Manner::Pushes, work(1, impossible())).await;
	let seeker = Arc::new(Seeker::default());
	let mining = Mining::start_with(seeker.clone(), hasty(), vec![server.url.clone()]);
	seeker.until_only(1).await;
	server.give(work(2, impossible()));
	seeker.until_only(2).await;
	server.give(Value::Null);
	eventually(|| seeker.searches().is_empty()).await;
	assert_eq!(mining.figures.get().work, None);
	sleep(QUIET).await;
	assert!(seeker.searches().is_empty(), "nor does it begin again");
	server.give(work(3, impossible()));
	seeker.until_only(3).await;
	mining.end().await;
	assert!(seeker.searches().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_should_end_when_the_node_is_lost() {
	let server = Server::start(Manner::Pushes, work(1, impossible())).await;
	let seeker = Arc::new(Seeker::default());
	let mining = Mining::start_with(seeker.clone(), hasty(), vec![server.url.clone()]);
	seeker.until_only(1).await;
	server.die().await;
	eventually(|| seeker.searches().is_empty()).await;
	assert_eq!(mining.until(|figures| figures.endpoint.is_none()).await.work, None);
	mining.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_node_should_take_over_when_the_first_dies() {
	let first = Server::start(Manner::Pushes, work(1, EASY)).await;
	let second = Server::start(Manner::Pushes, work(2, EASY)).await;
	let mining = Mining::start(&[&first, &second]);
	first.finds_for(&work(1, EASY), 1).await;
	assert!(second.submissions().is_empty());
	first.die().await;
	second.finds_for(&work(2, EASY), 1).await;
	mining.until(|figures| figures.endpoint.as_ref() == Some(&second.url)).await;
	mining.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_node_should_be_gone_back_to_when_it_is_there_again() {
	let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
	let address = listener.local_addr().unwrap().to_string();
	drop(listener);
	let second = Server::start(Manner::Pushes, work(2, impossible())).await;
	let timing = Timing { back: Duration::from_millis(100), ..hasty() };
	let nodes = vec![format!("ws://{address}"), second.url.clone()];
	let mining = Mining::start_with(Arc::new(CpuEngine::best()), timing, nodes);
	mining.until(|figures| figures.endpoint.as_ref() == Some(&second.url)).await;
	let first = FakeNode::new(Manner::Pushes, work(1, EASY)).serve(&address).await;
	first.finds_for(&work(1, EASY), 1).await;
	mining.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_node_should_be_waited_for_until_it_is_back() {
	let server = Server::start(Manner::Pushes, work(1, EASY)).await;
	let mining = Mining::start(&[&server]);
	server.finds_for(&work(1, EASY), 1).await;
	let address = server.url.strip_prefix("ws://").unwrap().to_owned();
	server.die().await;
	mining.until(|figures| figures.endpoint.is_none()).await;
	let again = FakeNode::new(Manner::Pushes, work(2, EASY)).serve(&address).await;
	again.finds_for(&work(2, EASY), 1).await;
	mining.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_without_work_should_be_left_for_the_next() {
	let first = Server::start(Manner::Pushes, Value::Null).await;
	let second = Server::start(Manner::Pushes, work(2, EASY)).await;
	let nodes = vec![first.url.clone(), second.url.clone()];
	let timing = Timing { idle: Duration::from_millis(200), ..hasty() };
	let mining = Mining::start_with(Arc::new(CpuEngine::best()), timing, nodes);
	second.finds_for(&work(2, EASY), 1).await;
	mining.until_problem(&["no work for"]).await;
	mining.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_refuses_subscriptions_should_be_asked() {
	let server = Server::start(Manner::Refuses, work(1, EASY)).await;
	let mining = Mining::start(&[&server]);
	for number in 1..=3 {
		let work = work(number, EASY);
		server.give(work.clone());
		assert_eq!(server.finds_for(&work, 1).await.len(), 1);
	}
	server.give(Value::Null);
	mining.until(|figures| figures.work.is_none()).await;
	assert_eq!(mining.figures.get().problem, None, "all on one connection");
	mining.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_falls_silent_should_be_asked() {
	let server = Server::start(Manner::Falls, work(1, EASY)).await;
	let mining = Mining::start(&[&server]);
	for number in 1..=3 {
		let work = work(number, EASY);
		server.give(work.clone());
		server.finds_for(&work, 1).await;
	}
	assert_eq!(mining.figures.get().problem, None, "all on one connection");
	mining.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_should_be_refused_with_a_message_and_the_next_node_be_asked() {
	let easy = || work(1, EASY);
	for (garbage, words) in [
		(with(easy(), "target", json!(format!("0x{}", "ff".repeat(32)))), &["target", "does not follow"][..]),
		(with(easy(), "target", json!(format!("0x{}", "00".repeat(32)))), &["target", "does not follow"]),
		(with(easy(), "target", json!("0x")), &["`target`", "32 bytes"]),
		(with(easy(), "difficulty", json!("0x0")), &["difficulty is zero"]),
		(with(easy(), "difficulty", json!(format!("0x{}", "f".repeat(65)))), &["`difficulty`", "256 bits"]),
		(with(easy(), "difficulty", json!(20_000)), &["`difficulty`"]),
		(with(easy(), "preHash", json!("0x11")), &["`preHash`"]),
		(with(easy(), "number", json!(1e300)), &["`number`", "64 bits"]),
		(with(easy(), "seq", Value::Null), &["`seq`"]),
		(json!("work"), &["neither an object nor null"]),
		(with(easy(), "more", json!("x".repeat(100_000))), &[]),
	] {
		for manner in [Manner::Pushes, Manner::Refuses] {
			let liar = Server::start(manner, garbage.clone()).await;
			let honest = Server::start(Manner::Pushes, work(2, EASY)).await;
			let mining = Mining::start(&[&liar, &honest]);
			mining.until_problem(&[&[&liar.url[..]], words].concat()).await;
			honest.finds_for(&work(2, EASY), 1).await;
			assert!(liar.submissions().is_empty(), "{garbage}");
			mining.end().await;
		}
	}
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_that_speak_no_json_should_do_no_harm() {
	for answer in ["nonsense\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", ""] {
		let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
		let url = format!("ws://{}", listener.local_addr().unwrap());
		tokio::spawn(async move {
			while let Ok((mut socket, _)) = listener.accept().await {
				let _ = socket.read(&mut [0; 1_024]).await;
				let _ = socket.write_all(answer.as_bytes()).await;
			}
		});
		let honest = Server::start(Manner::Pushes, work(2, EASY)).await;
		let nodes = vec![url.clone(), honest.url.clone()];
		let mining = Mining::start_with(Arc::new(CpuEngine::best()), hasty(), nodes);
		honest.finds_for(&work(2, EASY), 1).await;
		mining.until_problem(&[&url]).await;
		mining.end().await;
	}
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_find_should_never_be_handed_in() {
	let server = Server::start(Manner::Pushes, work(1, impossible())).await;
	let mining = Mining::start_with(Arc::new(Liar), hasty(), vec![server.url.clone()]);
	mining.until(|figures| figures.wrong > 0).await;
	mining.until_problem(&["engine", "not handed in"]).await;
	// It goes on with other work all the same.
	server.give(work(2, impossible()));
	let wrong = mining.figures.get().wrong;
	mining.until(|figures| figures.wrong > wrong).await;
	assert!(server.submissions().is_empty());
	mining.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn outcomes_should_be_told_apart() {
	let server = Server::start(Manner::Pushes, Value::Null).await;
	let mining = Mining::start(&[&server]);
	for (number, answer) in (1..).zip(["accepted", "stale", "invalid", "duplicate", "accepted", "accepted"]) {
		server.answer(Ok(json!(answer)));
		let work = work(number, EASY);
		server.give(work.clone());
		server.finds_for(&work, 1).await;
		let counted = |figures: &Figures| figures.accepted + figures.stale + figures.invalid + figures.duplicate;
		mining.until(|figures| counted(figures) == u64::from(number)).await;
	}
	let figures = mining.figures.get();
	assert_eq!((figures.accepted, figures.stale, figures.invalid, figures.duplicate), (3, 1, 1, 1));
	assert_eq!(figures.stale_share(), 0.25);
	assert_eq!(figures.problem, None);
	mining.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn work_that_is_offered_again_should_be_searched_for_again() {
	let server = Server::start(Manner::Pushes, Value::Null).await;
	server.answer(Err(ErrorObjectOwned::owned(9_101, "the block could not be imported: disk full", None::<()>)));
	let mining = Mining::start(&[&server]);
	server.give(work(1, EASY));
	mining.until(|figures| figures.failed == 1).await;
	mining.until_problem(&["disk full"]).await;
	server.answer(Ok(json!("accepted")));
	server.give(with(work(1, EASY), "seq", json!(2)));
	mining.until(|figures| figures.accepted == 1).await;
	assert_eq!(server.finds_for(&work(1, EASY), 2).await.len(), 2);
	mining.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_denies_right_finds_should_be_left_for_the_next() {
	let denier = Server::start(Manner::Pushes, Value::Null).await;
	denier.answer(Ok(json!("invalid")));
	let honest = Server::start(Manner::Pushes, work(9, EASY)).await;
	let mining = Mining::start(&[&denier, &honest]);
	for number in 1..=3 {
		denier.give(work(number, EASY));
		denier.finds_for(&work(number, EASY), 1).await;
	}
	mining.until_problem(&[&denier.url, "right finds for wrong"]).await;
	honest.finds_for(&work(9, EASY), 1).await;
	assert_eq!(mining.figures.get().invalid, 3);
	mining.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_no_outcome_should_be_refused() {
	let server = Server::start(Manner::Pushes, work(1, EASY)).await;
	server.answer(Ok(json!(true)));
	let mining = Mining::start(&[&server]);
	mining.until_problem(&["answered a find with true"]).await;
	assert_eq!(mining.figures.get().accepted, 0);
	mining.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_node_lacks_should_be_said() {
	let server = Server::start(Manner::NoAuthor, Value::Null).await;
	let mining = Mining::start(&[&server]);
	mining.until_problem(&[&server.url, "--pow-author"]).await;
	mining.end().await;

	let server = ServerBuilder::default().build("127.0.0.1:0").await.unwrap();
	let url = format!("ws://{}", server.local_addr().unwrap());
	let _handle = server.start(RpcModule::new(()));
	let mining = Mining::start_with(Arc::new(CpuEngine::best()), hasty(), vec![url]);
	mining.until_problem(&["no work for miners"]).await;
	mining.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mining_should_stop_within_a_second_whatever_it_does() {
	let searching = Server::start(Manner::Pushes, work(1, impossible())).await;
	let idle = Server::start(Manner::Pushes, Value::Null).await;
	for server in [&searching, &idle] {
		let mining = Mining::start(&[server]);
		mining.until(|figures| figures.endpoint.is_some()).await;
		assert!(mining.end().await < Duration::from_secs(1));
	}
	// Nobody there, and a socket that accepts and says nothing.
	let mute = TcpListener::bind("127.0.0.1:0").await.unwrap();
	for url in ["ws://127.0.0.1:1".to_owned(), format!("ws://{}", mute.local_addr().unwrap())] {
		let timing = Timing { first_pause: SOON, connect: SOON, ..hasty() };
		let mining = Mining::start_with(Arc::new(CpuEngine::best()), timing, vec![url]);
		sleep(QUIET).await;
		assert!(mining.end().await < Duration::from_secs(1));
	}
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_should_mine_report_and_stop_at_sigterm() {
	let server = Server::start(Manner::Pushes, work(1, EASY)).await;
	let home = tempfile::tempdir().unwrap();
	let mut miner = tokio::process::Command::new(env!("CARGO_BIN_EXE_gpu-miner"))
		.args(["mine", "--node", &server.url, "--threads", "1", "--report", "1"])
		.env("HOME", home.path())
		.env_remove("RUST_LOG")
		.stderr(Stdio::piped())
		.kill_on_drop(true)
		.spawn()
		.unwrap();
	let mut lines = BufReader::new(miner.stderr.take().unwrap()).lines();
	let mut next_with = async |words: &str| {
		let reading = async {
			loop {
				let line = lines.next_line().await.unwrap().expect("the miner goes on");
				if line.contains(words) {
					return line;
				}
			}
		};
		timeout(SOON, reading).await.unwrap_or_else(|_| panic!("no line with {words}"))
	};
	next_with("block 1: accepted").await;
	server.give(work(2, impossible()));
	let line = next_with("on block 2").await;
	assert!(line.contains("accepted 1, stale 0 (0.0 %), invalid 0"), "{line}");

	let asked = Instant::now();
	let id = rustix::process::Pid::from_raw(miner.id().unwrap().try_into().unwrap()).unwrap();
	rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
	next_with("stopped; accepted 1").await;
	let status = timeout(SOON, miner.wait()).await.unwrap().unwrap();
	assert!(status.success(), "{status}");
	assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
	server.finds_for(&work(1, EASY), 1).await;
}
