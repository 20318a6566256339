//! The RPC for miners, called as a client calls it, over a keeper that runs on a node of which the test decides
//! everything.

use async_trait::async_trait;
use futures::channel::mpsc;
use gpu_chain_consensus::{
	rpc::{Pow, PowApiServer, IMPORT_FAILED, NO_AUTHOR},
	worker::{metrics::Metrics, Content, Error, Imported, Keeper, Node, Outcome, Schedule, Template, Work},
};
use gpu_work::{block_input, meets_target};
use jsonrpsee::{core::server::Subscription, types::ErrorObjectOwned, MethodsError, RpcModule};
use sp_core::{H256, U256};
use sp_crypto_hashing::keccak_256;
use std::{
	sync::{Arc, Mutex},
	time::Duration,
};
use substrate_prometheus_endpoint::{prometheus::TextEncoder, Registry};
use tokio::{
	sync::Semaphore,
	time::{sleep, timeout},
};

/// What a test waits at most for something that happens at once.
const SOON: Duration = Duration::from_secs(10);
/// What a test waits to see that nothing happens.
const QUIET: Duration = Duration::from_millis(100);
/// Longer than any test.
const NEVER: Duration = Duration::from_secs(3_600);
const DIFFICULTY: u64 = 16;

/// What the test decides, and what the keeper did.
struct World {
	head: H256,
	/// Heads that admit no miner's block.
	closed: Vec<H256>,
	ready: bool,
	/// Transactions in the pool: a full template differs by their number.
	transactions: u8,
	build_error: Option<&'static str>,
	import: Result<Imported, &'static str>,
	builds: Vec<(H256, Content)>,
	imported: Vec<(H256, [u8; 32])>,
}

/// A node of the test's. Clones are the same node.
#[derive(Clone)]
struct FakeNode {
	world: Arc<Mutex<World>>,
	/// Builds and imports each take a permit and give it back.
	builders: Arc<Semaphore>,
	importers: Arc<Semaphore>,
}

#[async_trait]
impl Node for FakeNode {
	type Build = H256;

	fn head(&self) -> H256 {
		self.world.lock().unwrap().head
	}

	fn is_ready(&self) -> bool {
		self.world.lock().unwrap().ready
	}

	async fn build(&self, parent: H256, content: Content) -> Result<Option<Template<H256>>, Error> {
		let _permit = self.builders.acquire().await?;
		let mut world = self.world.lock().unwrap();
		world.builds.push((parent, content));
		if let Some(error) = world.build_error {
			return Err(error.into());
		}
		if world.closed.contains(&parent) {
			return Ok(None);
		}
		let transactions = if content == Content::Full { world.transactions } else { 0 };
		let pre_hash = H256(keccak_256(&[&parent.0[..], &[transactions]].concat()));
		Ok(Some(Template {
			pre_hash,
			parent_hash: parent,
			number: 8,
			slot: 17,
			difficulty: DIFFICULTY.into(),
			build: pre_hash,
		}))
	}

	async fn import(&self, build: H256, nonce: [u8; 32]) -> Result<Imported, Error> {
		let _permit = self.importers.acquire().await?;
		let mut world = self.world.lock().unwrap();
		world.imported.push((build, nonce));
		world.import.map_err(Into::into)
	}
}

struct Mining {
	node: FakeNode,
	imports: mpsc::UnboundedSender<()>,
	rpc: RpcModule<Pow<FakeNode>>,
	registry: Registry,
}

impl Mining {
	/// A keeper on head 1, with peers, that builds no full templates unless the test says otherwise.
	fn start() -> Self {
		Self::start_with(NEVER, |_| ())
	}

	fn start_with(full_delay: Duration, change: impl FnOnce(&mut World)) -> Self {
		let mut world = World {
			head: head(1),
			closed: vec![],
			ready: true,
			transactions: 0,
			build_error: None,
			import: Ok(Imported::Best),
			builds: vec![],
			imported: vec![],
		};
		change(&mut world);
		let node = FakeNode {
			world: Arc::new(Mutex::new(world)),
			builders: Arc::new(Semaphore::new(1)),
			importers: Arc::new(Semaphore::new(1)),
		};
		let registry = Registry::new();
		let metrics = Metrics::register(Some(&registry)).unwrap();
		let schedule = Schedule { slot: Duration::from_secs(3), full_delay, refresh: full_delay };
		let keeper = Keeper::new(node.clone(), schedule, metrics);
		let (imports, stream) = mpsc::unbounded();
		tokio::spawn(keeper.clone().run(stream));
		Self { node, imports, rpc: Pow::new(Some(keeper)).into_rpc(), registry }
	}

	fn change(&self, change: impl FnOnce(&mut World)) {
		change(&mut self.node.world.lock().unwrap());
	}

	/// Changes something and lets the keeper know that a block came in.
	fn import(&self, change: impl FnOnce(&mut World)) {
		self.change(change);
		self.imports.unbounded_send(()).unwrap();
	}

	fn built(&self) -> Vec<(H256, Content)> {
		self.node.world.lock().unwrap().builds.clone()
	}

	fn imported(&self) -> Vec<(H256, [u8; 32])> {
		self.node.world.lock().unwrap().imported.clone()
	}

	async fn work(&self) -> Option<Work> {
		self.rpc.call("pow_getWork", [(); 0]).await.unwrap()
	}

	/// Work as soon as there is some.
	async fn some_work(&self) -> Work {
		eventually(|| self.work()).await
	}

	async fn submit(&self, work: &Work, nonce: [u8; 32]) -> Result<Outcome, MethodsError> {
		self.rpc.call("pow_submitWork", (work.pre_hash, H256(nonce))).await
	}

	async fn subscribe(&self) -> Subscription {
		self.rpc.subscribe_unbounded("pow_subscribeWork", [(); 0]).await.unwrap()
	}

	/// A line of the metrics, by all that stands before its value.
	fn metric(&self, line: &str) -> f64 {
		let text = TextEncoder::new().encode_to_string(&self.registry.gather()).unwrap();
		let mut values = text.lines().filter_map(|text| text.strip_prefix(line)?.trim().parse().ok());
		values.next_back().unwrap_or_default()
	}
}

fn head(number: u8) -> H256 {
	H256([number; 32])
}

/// The answer, once there is one.
async fn eventually<T, F: std::future::Future<Output = Option<T>>>(ask: impl Fn() -> F) -> T {
	let asking = async {
		loop {
			match ask().await {
				Some(answer) => return answer,
				None => sleep(Duration::from_millis(5)).await,
			}
		}
	};
	timeout(SOON, asking).await.expect("it never came to be")
}

async fn next(subscription: &mut Subscription) -> Option<Work> {
	let item = timeout(SOON, subscription.next::<Option<Work>>()).await.expect("nothing was pushed");
	item.expect("the subscription is open").unwrap().0
}

/// The nonces that meet the work's target, or those that do not, in ascending order.
fn nonces(work: &Work, right: bool) -> impl Iterator<Item = [u8; 32]> + Clone {
	let (pre_hash, target) = (work.pre_hash.0, work.target.0);
	let all = (0u64..).map(|number| U256::from(number).to_big_endian());
	all.filter(move |nonce| meets_target(&keccak_256(&block_input(&pre_hash, nonce)), &target) == right)
}

fn find(work: &Work) -> [u8; 32] {
	nonces(work, true).next().unwrap()
}

#[tokio::test]
async fn work_should_say_all_that_a_miner_needs_in_the_documented_form() {
	let mining = Mining::start();
	mining.some_work().await;
	let answer: serde_json::Value = mining.rpc.call("pow_getWork", [(); 0]).await.unwrap();
	let pre_hash = H256(keccak_256(&[&[1; 32][..], &[0]].concat()));
	let expected = serde_json::json!({
		"preHash": format!("{pre_hash:?}"),
		"parentHash": format!("0x{}", "01".repeat(32)),
		"number": 8,
		"slot": 17,
		"difficulty": "0x10",
		"target": format!("0x0{}", "f".repeat(63)),
		"seq": 1,
	});
	assert_eq!(answer, expected);
}

#[tokio::test]
async fn a_find_should_be_accepted_and_become_the_block_that_it_was_found_for() {
	let mining = Mining::start();
	let work = mining.some_work().await;
	let nonce = find(&work);
	assert_eq!(mining.submit(&work, nonce).await.unwrap(), Outcome::Accepted);
	assert_eq!(mining.imported(), [(work.pre_hash, nonce)]);
	assert_eq!(mining.work().await, None, "its block stands there now");
}

#[tokio::test]
async fn a_wrong_nonce_should_be_invalid_and_import_nothing() {
	let mining = Mining::start();
	let work = mining.some_work().await;
	for nonce in nonces(&work, false).take(100) {
		assert_eq!(mining.submit(&work, nonce).await.unwrap(), Outcome::Invalid);
	}
	assert_eq!(mining.imported(), []);
	assert_eq!(mining.work().await, Some(work), "miners go on");
}

#[tokio::test]
async fn a_second_find_for_solved_work_should_be_a_duplicate() {
	let mining = Mining::start();
	let work = mining.some_work().await;
	let found: Vec<_> = nonces(&work, true).take(2).collect();
	assert_eq!(mining.submit(&work, found[0]).await.unwrap(), Outcome::Accepted);
	assert_eq!(mining.submit(&work, found[0]).await.unwrap(), Outcome::Duplicate);
	assert_eq!(mining.submit(&work, found[1]).await.unwrap(), Outcome::Duplicate);
	assert_eq!(mining.imported().len(), 1);
}

#[tokio::test]
async fn a_find_for_an_older_head_should_be_stale() {
	let mining = Mining::start();
	let old = mining.some_work().await;
	mining.import(|world| world.head = head(2));
	let new = eventually(|| async { mining.work().await.filter(|work| work.parent_hash == head(2)) }).await;
	assert!(new.seq > old.seq);
	assert_eq!(mining.submit(&old, find(&old)).await.unwrap(), Outcome::Stale);
	assert_eq!(mining.imported(), []);
	assert_eq!(mining.submit(&new, find(&new)).await.unwrap(), Outcome::Accepted);
}

#[tokio::test]
async fn a_find_for_unknown_work_should_be_stale_and_not_count_as_such() {
	let mining = Mining::start();
	let work = Work { pre_hash: head(99), ..mining.some_work().await };
	assert_eq!(mining.submit(&work, [0; 32]).await.unwrap(), Outcome::Stale);
	assert_eq!(mining.metric("gpu_chain_pow_submissions{outcome=\"unknown\"}"), 1.0);
	assert_eq!(mining.metric("gpu_chain_pow_submissions{outcome=\"stale\"}"), 0.0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_concurrent_finds_for_one_work_exactly_one_should_be_accepted() {
	let mining = Mining::start();
	let work = mining.some_work().await;
	// All but the first come while the first is being imported.
	let importing = mining.node.importers.clone().acquire_owned().await.unwrap();
	let submissions: Vec<_> = nonces(&work, true)
		.take(4)
		.cycle()
		.take(32)
		.map(|nonce| {
			let (rpc, work) = (mining.rpc.clone(), work.clone());
			tokio::spawn(async move {
				rpc.call::<_, Outcome>("pow_submitWork", (work.pre_hash, H256(nonce))).await.unwrap()
			})
		})
		.collect();
	sleep(QUIET).await;
	drop(importing);
	let mut outcomes = Vec::new();
	for submission in submissions {
		outcomes.push(submission.await.unwrap());
	}
	let count = |wanted| outcomes.iter().filter(|outcome| **outcome == wanted).count();
	assert_eq!((count(Outcome::Accepted), count(Outcome::Duplicate)), (1, 31), "{outcomes:?}");
	assert_eq!(mining.imported().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_concurrent_finds_for_two_templates_of_one_head_one_should_be_imported() {
	let mining = Mining::start_with(Duration::from_millis(20), |world| world.transactions = 1);
	let small = mining.some_work().await;
	let full = eventually(|| async { mining.work().await.filter(|work| work.seq > small.seq) }).await;
	assert_eq!(full.parent_hash, small.parent_hash);
	let (first, second) = tokio::join!(mining.submit(&small, find(&small)), mining.submit(&full, find(&full)));
	let outcomes = [first.unwrap(), second.unwrap()];
	assert!(outcomes.contains(&Outcome::Accepted) && outcomes.contains(&Outcome::Stale), "{outcomes:?}");
	assert_eq!(mining.imported().len(), 1);
}

#[tokio::test]
async fn nothing_should_be_offered_while_a_find_for_the_head_is_imported() {
	let mining = Mining::start_with(QUIET / 4, |world| world.transactions = 1);
	let work = mining.some_work().await;
	let importing = mining.node.importers.clone().acquire_owned().await.unwrap();
	let (rpc, nonce) = (mining.rpc.clone(), find(&work));
	let submission =
		tokio::spawn(
			async move { rpc.call::<_, Outcome>("pow_submitWork", (work.pre_hash, H256(nonce))).await.unwrap() },
		);
	eventually(|| async { mining.work().await.is_none().then_some(()) }).await;
	// More transactions, and time for several full templates.
	for transactions in 2..6 {
		mining.change(|world| world.transactions = transactions);
		sleep(QUIET / 2).await;
		assert_eq!(mining.work().await, None);
	}
	drop(importing);
	assert_eq!(submission.await.unwrap(), Outcome::Accepted);
}

#[tokio::test]
async fn a_block_that_comes_too_late_to_be_the_head_should_be_stale() {
	let mining = Mining::start_with(NEVER, |world| world.import = Ok(Imported::Late));
	let work = mining.some_work().await;
	assert_eq!(mining.submit(&work, find(&work)).await.unwrap(), Outcome::Stale);
}

#[tokio::test]
async fn a_block_that_is_known_should_be_a_duplicate() {
	let mining = Mining::start_with(NEVER, |world| world.import = Ok(Imported::Known));
	let work = mining.some_work().await;
	assert_eq!(mining.submit(&work, find(&work)).await.unwrap(), Outcome::Duplicate);
}

#[tokio::test]
async fn a_failed_import_should_be_an_error_and_the_work_be_offered_again() {
	let mining = Mining::start_with(NEVER, |world| world.import = Err("disk full"));
	let work = mining.some_work().await;
	let error = mining.submit(&work, find(&work)).await.unwrap_err();
	let MethodsError::JsonRpc(error) = error else { panic!("{error}") };
	assert_eq!(error.code(), IMPORT_FAILED);
	assert!(error.message().contains("disk full"), "{error}");
	mining.change(|world| world.import = Ok(Imported::Best));
	let again = mining.some_work().await;
	assert_eq!((again.pre_hash, again.seq), (work.pre_hash, work.seq + 1));
	assert_eq!(mining.submit(&again, find(&again)).await.unwrap(), Outcome::Accepted);
}

#[tokio::test]
async fn there_should_be_no_work_while_the_node_is_not_ready() {
	let mining = Mining::start_with(NEVER, |world| world.ready = false);
	sleep(QUIET).await;
	assert_eq!(mining.work().await, None);
	assert_eq!(mining.built(), [], "nor is anything built");

	mining.import(|world| world.ready = true);
	let work = mining.some_work().await;
	let mut pushed = mining.subscribe().await;
	assert_eq!(next(&mut pushed).await, Some(work.clone()));

	// It falls behind, and nothing is imported that would say so.
	mining.change(|world| world.ready = false);
	assert_eq!(next(&mut pushed).await, None, "miners are told to stop");
	assert_eq!(mining.submit(&work, find(&work)).await.unwrap(), Outcome::Stale);
	assert_eq!(mining.imported(), []);
}

#[tokio::test]
async fn there_should_be_no_work_on_a_head_that_admits_none() {
	let mining = Mining::start_with(NEVER, |world| world.closed.push(head(2)));
	let mut pushed = mining.subscribe().await;
	let work = loop {
		if let Some(work) = next(&mut pushed).await {
			break work;
		}
	};
	mining.import(|world| world.head = head(2));
	assert_eq!(next(&mut pushed).await, None);
	eventually(|| async { (mining.built().last()?.0 == head(2)).then_some(()) }).await;
	assert_eq!(mining.work().await, None);
	assert_eq!(mining.submit(&work, find(&work)).await.unwrap(), Outcome::Stale);
	mining.import(|world| world.head = head(3));
	assert_eq!(next(&mut pushed).await.unwrap().parent_hash, head(3));
}

#[tokio::test]
async fn a_head_that_nobody_told_of_should_be_seen_all_the_same() {
	let mining = Mining::start();
	mining.some_work().await;
	mining.change(|world| world.head = head(2));
	eventually(|| async { mining.work().await.filter(|work| work.parent_hash == head(2)) }).await;
}

#[tokio::test]
async fn a_full_template_should_follow_the_empty_one_and_both_be_good() {
	let mining = Mining::start_with(Duration::from_millis(50), |world| world.transactions = 1);
	let small = mining.some_work().await;
	let full = eventually(|| async { mining.work().await.filter(|work| work.seq > small.seq) }).await;
	assert_eq!(mining.built()[..2], [(head(1), Content::Inherents), (head(1), Content::Full)]);
	assert_ne!(full.pre_hash, small.pre_hash);
	assert_eq!(mining.submit(&small, find(&small)).await.unwrap(), Outcome::Accepted);
}

#[tokio::test]
async fn a_full_template_without_transactions_should_not_be_pushed() {
	let mining = Mining::start_with(Duration::from_millis(5), |_| ());
	let mut pushed = mining.subscribe().await;
	let first = loop {
		if let Some(work) = next(&mut pushed).await {
			break work;
		}
	};
	eventually(|| async { (mining.built().len() > 3).then_some(()) }).await;
	assert_eq!(mining.work().await, Some(first));
	assert!(timeout(QUIET, pushed.next::<Option<Work>>()).await.is_err(), "miners have it already");
}

#[tokio::test]
async fn the_ninth_template_on_a_head_should_push_the_first_out() {
	let mining = Mining::start_with(Duration::from_millis(5), |_| ());
	let mut works = vec![mining.some_work().await];
	for transactions in 1..=8 {
		mining.change(|world| world.transactions = transactions);
		let seq = works.last().unwrap().seq;
		works.push(eventually(|| async { mining.work().await.filter(|work| work.seq > seq) }).await);
	}
	assert_eq!(works.len(), 9);
	assert_eq!(mining.submit(&works[0], find(&works[0])).await.unwrap(), Outcome::Stale);
	assert_eq!(mining.submit(&works[1], find(&works[1])).await.unwrap(), Outcome::Accepted);
}

#[tokio::test]
async fn a_new_head_should_not_wait_for_a_build_on_the_old_one() {
	let mining = Mining::start();
	let old = mining.some_work().await;
	let building = mining.node.builders.clone().acquire_owned().await.unwrap();
	mining.import(|world| world.head = head(2));
	eventually(|| async { mining.work().await.is_none().then_some(()) }).await;
	mining.import(|world| world.head = head(3));
	sleep(QUIET).await;
	drop(building);
	let work = mining.some_work().await;
	assert_eq!(work.parent_hash, head(3));
	assert_eq!(mining.submit(&old, find(&old)).await.unwrap(), Outcome::Stale);
}

#[tokio::test]
async fn a_failed_build_should_be_tried_again() {
	let mining = Mining::start_with(NEVER, |world| world.build_error = Some("no inherents"));
	eventually(|| async { (mining.metric("gpu_chain_pow_template_failures") == 1.0).then_some(()) }).await;
	assert_eq!(mining.work().await, None);
	mining.change(|world| world.build_error = None);
	mining.some_work().await;
}

#[tokio::test]
async fn a_subscription_should_begin_with_the_present_and_push_stops_and_new_work() {
	let mining = Mining::start();
	let first = mining.some_work().await;
	let mut pushed = mining.subscribe().await;
	assert_eq!(next(&mut pushed).await, Some(first.clone()));
	mining.submit(&first, find(&first)).await.unwrap();
	assert_eq!(next(&mut pushed).await, None, "solved");
	mining.import(|world| world.head = head(2));
	assert_eq!(next(&mut pushed).await.unwrap().parent_hash, head(2));

	// A chain that ends, as a node does that shuts down, leaves nobody working.
	mining.imports.close_channel();
	assert_eq!(next(&mut pushed).await, None);
}

#[tokio::test]
async fn a_node_without_an_author_should_say_what_it_lacks() {
	let rpc = Pow::<FakeNode>::new(None).into_rpc();
	let check = |error: MethodsError| {
		let MethodsError::JsonRpc(error): MethodsError = error else { panic!("{error}") };
		let error: ErrorObjectOwned = error;
		assert_eq!(error.code(), NO_AUTHOR);
		assert!(error.message().contains("--pow-author"), "{error}");
	};
	check(rpc.call::<_, Option<Work>>("pow_getWork", [(); 0]).await.unwrap_err());
	check(rpc.call::<_, Outcome>("pow_submitWork", (head(1), head(2))).await.unwrap_err());
	check(rpc.subscribe_unbounded("pow_subscribeWork", [(); 0]).await.unwrap_err());
}

#[tokio::test]
async fn malformed_finds_should_be_refused_before_they_are_looked_at() {
	let mining = Mining::start();
	let work = mining.some_work().await;
	let pre_hash = format!("{:?}", work.pre_hash);
	for nonce in ["", "0x", "0x00", &"0".repeat(63), &format!("0x{}", "0".repeat(66)), &format!("0x{}", "g".repeat(64))]
	{
		let answer: Result<Outcome, _> = mining.rpc.call("pow_submitWork", (&pre_hash, nonce)).await;
		let Err(MethodsError::JsonRpc(error)) = answer else { panic!("{nonce}: {answer:?}") };
		assert_eq!(error.code(), -32602, "{nonce}");
	}
	assert_eq!(mining.imported(), []);
}

#[tokio::test]
async fn metrics_should_tell_templates_outcomes_and_difficulty() {
	let mining = Mining::start();
	let work = mining.some_work().await;
	let wrong = nonces(&work, false).next().unwrap();
	for nonce in [wrong, find(&work), find(&work)] {
		mining.submit(&work, nonce).await.unwrap();
	}
	for (line, value) in [
		("gpu_chain_pow_templates_built{content=\"inherents\"}", 1.0),
		("gpu_chain_pow_template_build_seconds_count{content=\"inherents\"}", 1.0),
		("gpu_chain_pow_template_offer_seconds_count{content=\"inherents\"}", 1.0),
		("gpu_chain_pow_submissions{outcome=\"accepted\"}", 1.0),
		("gpu_chain_pow_submissions{outcome=\"invalid\"}", 1.0),
		("gpu_chain_pow_submissions{outcome=\"duplicate\"}", 1.0),
		("gpu_chain_pow_stale_share", 0.0),
		("gpu_chain_pow_difficulty", DIFFICULTY as f64),
	] {
		assert_eq!(mining.metric(line), value, "{line}");
	}
	assert!(mining.metric("gpu_chain_pow_network_hash_rate") > 0.0);
}
