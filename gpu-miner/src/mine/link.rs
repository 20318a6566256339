//! A connection to a node that gives out work.
//!
//! Work is pushed by the node (`pow_subscribeWork`). Where it refuses that, or pushes nothing while its `pow_getWork`
//! says something new, it is asked instead, every so often.

use super::{
	work::{Garbage, Outcome, Work},
	Timing,
};
use jsonrpsee::{
	core::client::{ClientT, Error as RpcError, Subscription, SubscriptionClientT},
	rpc_params,
	ws_client::{WsClient, WsClientBuilder},
};
use serde_json::Value;
use std::sync::Arc;
use tokio::{
	sync::mpsc,
	task::JoinHandle,
	time::{sleep, timeout},
};

/// The largest message that is read: work has some 400 bytes.
const MAX_MESSAGE: u32 = 64 << 10;
/// Messages that may wait.
const BUFFER: usize = 16;
/// What a node answers that was not told whom to pay.
const NO_AUTHOR: i32 = 9_100;
/// What a node answers that does not know a method at all.
const NO_METHOD: i32 = -32_601;

/// Why a node is of no use, for now.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
	/// It does not answer, or not any more.
	#[error("{0}")]
	Lost(String),
	/// It sent something that is no work.
	#[error("what it sent is no work: {0}")]
	Garbage(#[from] Garbage),
	/// It answered a find with something else than an outcome.
	#[error("it answered a find with {0}")]
	BadOutcome(String),
	/// It does not know the methods for miners.
	#[error("it has no work for miners: its version knows nothing of it")]
	TooOld,
	/// It was not told whom to pay.
	#[error("it has no work for miners: start it with --pow-author <account>")]
	NoAuthor,
	/// A find was right and could not be made a block.
	#[error("it could not make a block of a find: {0}")]
	Refused(String),
	/// It has had no work for a long time, and there are other nodes.
	#[error("it has had no work for {0} s")]
	Idle(u64),
	/// It says again and again that right finds are wrong.
	#[error("it takes right finds for wrong ones")]
	Denies,
	/// There is a better one.
	#[error("the first node is back")]
	Worse,
}

/// A connection. Whatever it brings is read in the background; it ends when this is dropped.
pub struct Link {
	url: String,
	client: Arc<WsClient>,
	updates: mpsc::Receiver<Result<Option<Work>, Problem>>,
	reader: JoinHandle<()>,
}

impl Drop for Link {
	fn drop(&mut self) {
		self.reader.abort();
	}
}

impl Link {
	/// Connects.
	///
	/// # Errors
	/// [`Problem::Lost`].
	pub async fn open(url: &str, timing: Timing) -> Result<Self, Problem> {
		let building = WsClientBuilder::default()
			.connection_timeout(timing.connect)
			.request_timeout(timing.answer)
			.max_response_size(MAX_MESSAGE)
			.max_request_size(MAX_MESSAGE)
			.max_buffer_capacity_per_subscription(BUFFER)
			.build(url);
		let client = timeout(timing.connect, building)
			.await
			.map_err(|_| Problem::Lost(format!("no answer within {} s", timing.connect.as_secs())))?
			.map_err(problem)?;
		let client = Arc::new(client);
		let (sender, updates) = mpsc::channel(BUFFER);
		let reading = client.clone();
		let reader = tokio::spawn(async move {
			if let Err(problem) = read(&reading, timing, &sender).await {
				let _ = sender.send(Err(problem)).await;
			}
		});
		Ok(Self { url: url.into(), client, updates, reader })
	}

	/// Where it leads.
	pub fn url(&self) -> &str {
		&self.url
	}

	/// The next work, or `None` for "stop". Nothing is lost when the wait is broken off.
	///
	/// # Errors
	/// [`Problem`]; the connection is of no use then.
	pub async fn next(&mut self) -> Result<Option<Work>, Problem> {
		self.updates.recv().await.unwrap_or_else(|| Err(Problem::Lost("the connection ended".into())))
	}

	/// Hands a find in.
	pub fn submit(
		&self,
		work: &Work,
		nonce: &[u8; 32],
	) -> impl std::future::Future<Output = Result<Outcome, Problem>> + Send + 'static {
		let client = self.client.clone();
		let hex = |bytes: &[u8; 32]| format!("0x{}", hex::encode(bytes));
		let params = rpc_params![hex(&work.pre_hash), hex(nonce)];
		async move {
			let answer: Value = client.request("pow_submitWork", params).await.map_err(|error| match error {
				RpcError::Call(error) => Problem::Refused(brief(error.message())),
				error => problem(error),
			})?;
			Outcome::parse(&answer).ok_or_else(|| Problem::BadOutcome(brief(&answer.to_string())))
		}
	}
}

type Updates = mpsc::Sender<Result<Option<Work>, Problem>>;

/// Reads until the connection breaks or nobody listens.
async fn read(client: &WsClient, timing: Timing, updates: &Updates) -> Result<(), Problem> {
	let subscribing = client.subscribe::<Value, _>("pow_subscribeWork", rpc_params![], "pow_unsubscribeWork");
	let mut last = None;
	match subscribing.await {
		Ok(subscription) => {
			if !listen(client, subscription, timing, updates, &mut last).await? {
				return Ok(());
			}
			tracing::info!("the node pushes no work any more: asking for it");
		}
		Err(RpcError::Call(error)) if error.code() != NO_AUTHOR => {
			tracing::info!("the node pushes no work ({}): asking for it", brief(error.message()));
		}
		Err(error) => return Err(problem(error)),
	}
	loop {
		let work = ask(client).await?;
		if !pass_on(work, updates, &mut last).await {
			return Ok(());
		}
		sleep(timing.poll).await;
	}
}

/// Passes on what is pushed. `true` when nothing is pushed any more although there is news, `false` when nobody listens.
async fn listen(
	client: &WsClient,
	mut subscription: Subscription<Value>,
	timing: Timing,
	updates: &Updates,
	last: &mut Option<Option<Work>>,
) -> Result<bool, Problem> {
	loop {
		let work = match timeout(timing.silence, subscription.next()).await {
			Ok(Some(Ok(value))) => Work::parse(&value)?,
			Ok(Some(Err(error))) => return Err(Problem::Lost(brief(&error.to_string()))),
			// The node may have ended the subscription alone; if it ended more, the next question says so.
			Ok(None) => return Ok(true),
			Err(_) => {
				let work = ask(client).await?;
				if last.as_ref() == Some(&work) {
					continue;
				}
				return Ok(pass_on(work, updates, last).await);
			}
		};
		if !pass_on(work, updates, last).await {
			return Ok(false);
		}
	}
}

async fn ask(client: &WsClient) -> Result<Option<Work>, Problem> {
	let answer: Value = client.request("pow_getWork", rpc_params![]).await.map_err(problem)?;
	Ok(Work::parse(&answer)?)
}

/// Passes on what is new. Whether anybody listens.
async fn pass_on(work: Option<Work>, updates: &Updates, last: &mut Option<Option<Work>>) -> bool {
	if last.as_ref() == Some(&work) {
		return !updates.is_closed();
	}
	*last = Some(work.clone());
	updates.send(Ok(work)).await.is_ok()
}

fn problem(error: RpcError) -> Problem {
	match error {
		RpcError::Call(error) if error.code() == NO_AUTHOR => Problem::NoAuthor,
		RpcError::Call(error) if error.code() == NO_METHOD => Problem::TooOld,
		error => Problem::Lost(brief(&error.to_string())),
	}
}

/// What a stranger said, fit for a line of the log.
fn brief(text: &str) -> String {
	text.chars().take(200).map(|c| if c.is_control() { ' ' } else { c }).collect()
}
