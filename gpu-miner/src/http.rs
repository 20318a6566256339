//! The two HTTP servers: the store's, which buyers reach, and the status', which stays on loopback.

use crate::{
	chain::RentalId,
	sessions::{RunError, Sessions},
	status::SharedStatus,
	store::{parse_hash, Store, StoreError},
};
use http_body_util::{BodyExt, Full, Limited};
use hyper::{
	body::{Bytes, Frame, Incoming},
	header::{HeaderValue, ALLOW, AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS},
	server::conn::http1,
	service::service_fn,
	Method, Request, Response, StatusCode,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::{
	convert::Infallible,
	fs::File,
	future::Future,
	io::{self, Read},
	net::SocketAddr,
	pin::Pin,
	sync::Arc,
	task::{Context, Poll},
	time::Duration,
};
use tokio::{net::TcpListener, sync::Semaphore, task::JoinHandle};

/// Connections at a time. More wait in the kernel's queue.
const MAX_CONNECTIONS: usize = 256;

/// How long a client may take to send its request's head.
const HEAD_PATIENCE: Duration = Duration::from_secs(10);

/// How long a connection may live in all: a large result over a slow line.
const CONNECTION_PATIENCE: Duration = Duration::from_secs(3_600);

/// Bytes of a file that are sent at a time.
const CHUNK: usize = 64 * 1024;

/// Why a server cannot be started.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address}: {source}")]
pub struct ListenError {
	/// Where.
	pub address: SocketAddr,
	/// Why.
	pub source: io::Error,
}

/// A server that runs until this is dropped.
#[derive(Debug)]
pub struct Server {
	address: SocketAddr,
	accepting: JoinHandle<()>,
}

impl Server {
	/// Where it listens: the port is the real one where 0 was asked for.
	pub fn address(&self) -> SocketAddr {
		self.address
	}
}

impl Drop for Server {
	fn drop(&mut self) {
		self.accepting.abort();
	}
}

/// An address that is taken and not served yet.
#[derive(Debug)]
pub struct Listener {
	address: SocketAddr,
	listener: TcpListener,
}

impl Listener {
	/// Where it listens: the port is the real one where 0 was asked for.
	pub fn address(&self) -> SocketAddr {
		self.address
	}
}

/// Takes an address.
///
/// # Errors
/// [`ListenError`].
pub async fn bind(address: SocketAddr) -> Result<Listener, ListenError> {
	let failed = |source| ListenError { address, source };
	let listener = TcpListener::bind(address).await.map_err(failed)?;
	let address = listener.local_addr().map_err(failed)?;
	Ok(Listener { address, listener })
}

/// What the world may ask of this machine.
#[derive(Clone)]
pub struct Public {
	/// `GET /store/<hash>`.
	pub store: Store,
	/// `POST /store` up to so many bytes, if there is a limit.
	pub upload_limit: Option<u64>,
	/// `POST /session/<rental>`, if there are sessions, with specifications up to so many bytes.
	pub sessions: Option<(Sessions, u64)>,
}

/// Serves the store and the sessions of rentals.
pub fn serve_public(listener: Listener, public: Public) -> Server {
	serve(listener, move |request| {
		let public = public.clone();
		async move {
			match (request.uri().path().strip_prefix("/session/"), &public.sessions) {
				(Some(rental), Some((sessions, limit))) => {
					let rental = rental.parse::<RentalId>().ok();
					session_answer(sessions, rental, *limit, request).await
				}
				_ => store_answer(&public.store, public.upload_limit, request).await,
			}
		}
	})
}

/// What a program tells about itself.
pub trait Page: Clone + Send + Sync + 'static {
	/// Everything, as JSON.
	///
	/// # Errors
	/// When that cannot be written as JSON.
	fn json(&self) -> serde_json::Result<Vec<u8>>;
	/// The figures, in Prometheus' text format.
	fn metrics(&self) -> String;
	/// Whether it can do its work.
	fn is_healthy(&self) -> bool;
}

impl Page for SharedStatus {
	fn json(&self) -> serde_json::Result<Vec<u8>> {
		serde_json::to_vec_pretty(&self.get())
	}
	fn metrics(&self) -> String {
		self.get().metrics()
	}
	fn is_healthy(&self) -> bool {
		self.get().connected
	}
}

/// Serves `page`: `GET /status`, `/metrics`, `/health`.
///
/// # Errors
/// [`ListenError`].
pub async fn serve_status(address: SocketAddr, page: impl Page) -> Result<Server, ListenError> {
	Ok(serve(bind(address).await?, move |request| {
		let page = page.clone();
		async move { status_answer(&page, &request) }
	}))
}

async fn store_answer(store: &Store, upload_limit: Option<u64>, request: Request<Incoming>) -> Response<Body> {
	let path = request.uri().path().to_owned();
	if path == "/store" {
		let Some(limit) = upload_limit else { return text(StatusCode::FORBIDDEN, "uploads are switched off\n") };
		if request.method() != Method::POST {
			return not_allowed("POST");
		}
		let limit = usize::try_from(limit).unwrap_or(usize::MAX);
		return match Limited::new(request.into_body(), limit).collect().await {
			Ok(body) => match store.put(&body.to_bytes()) {
				Ok(hash) => {
					let mut answer = text(StatusCode::CREATED, &format!("{}\n", hex::encode(hash)));
					if let Ok(location) = HeaderValue::from_str(&format!("/store/{}", hex::encode(hash))) {
						answer.headers_mut().insert(hyper::header::LOCATION, location);
					}
					answer
				}
				Err(error) => failed(&error),
			},
			Err(error) if error.is::<http_body_util::LengthLimitError>() => {
				text(StatusCode::PAYLOAD_TOO_LARGE, &format!("at most {limit} bytes\n"))
			}
			Err(_) => text(StatusCode::BAD_REQUEST, "the request broke off\n"),
		};
	}
	let Some(hash) = path.strip_prefix("/store/").and_then(parse_hash) else {
		return text(StatusCode::NOT_FOUND, "not here\n");
	};
	if !matches!(*request.method(), Method::GET | Method::HEAD) {
		return not_allowed("GET, HEAD");
	}
	let file = match File::open(store.path(&hash)) {
		Ok(file) => file,
		Err(error) if error.kind() == io::ErrorKind::NotFound => return text(StatusCode::NOT_FOUND, "not here\n"),
		Err(source) => return failed(&StoreError::Io { path: store.path(&hash), source }),
	};
	let length = match file.metadata() {
		Ok(metadata) => metadata.len(),
		Err(source) => return failed(&StoreError::Io { path: store.path(&hash), source }),
	};
	let mut answer = Response::new(Body::File { file, left: length });
	let headers = answer.headers_mut();
	headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
	// What a buyer's browser gets here was written by strangers: it is never to be run.
	headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
	headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
	// Results are public by their hash; a buyer's page may fetch them from anywhere.
	headers.insert(hyper::header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
	answer
}

/// Runs a specification in the session of a rental. The token stands under `authorization: Bearer`.
async fn session_answer(
	sessions: &Sessions,
	rental: Option<RentalId>,
	limit: u64,
	request: Request<Incoming>,
) -> Response<Body> {
	let Some(rental) = rental else { return text(StatusCode::NOT_FOUND, "not here\n") };
	if request.method() != Method::POST {
		return not_allowed("POST");
	}
	let authorization = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
	let token = authorization.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default().to_owned();
	let limit = usize::try_from(limit).unwrap_or(usize::MAX);
	let specification = match Limited::new(request.into_body(), limit).collect().await {
		Ok(body) => body.to_bytes().to_vec(),
		Err(error) if error.is::<http_body_util::LengthLimitError>() => {
			return text(StatusCode::PAYLOAD_TOO_LARGE, &format!("at most {limit} bytes\n"));
		}
		Err(_) => return text(StatusCode::BAD_REQUEST, "the request broke off\n"),
	};
	match sessions.run(rental, &token, specification).await {
		Ok(result) => {
			let mut answer = answer(StatusCode::OK, "application/octet-stream", result);
			answer.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
			answer
		}
		Err(error) => {
			let status = match &error {
				RunError::NotAllowed => StatusCode::UNAUTHORIZED,
				RunError::NotRunning => StatusCode::FORBIDDEN,
				RunError::Busy => StatusCode::CONFLICT,
				RunError::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
				RunError::Task(_) => StatusCode::UNPROCESSABLE_ENTITY,
			};
			text(status, &format!("{error}\n"))
		}
	}
}

fn status_answer(page: &impl Page, request: &Request<Incoming>) -> Response<Body> {
	if !matches!(*request.method(), Method::GET | Method::HEAD) {
		return not_allowed("GET, HEAD");
	}
	match request.uri().path() {
		"/" | "/status" => match page.json() {
			Ok(json) => answer(StatusCode::OK, "application/json", json),
			Err(error) => text(StatusCode::INTERNAL_SERVER_ERROR, &format!("{error}\n")),
		},
		"/metrics" => answer(StatusCode::OK, "text/plain; version=0.0.4; charset=utf-8", page.metrics().into()),
		"/health" if page.is_healthy() => text(StatusCode::OK, "ok\n"),
		"/health" => text(StatusCode::SERVICE_UNAVAILABLE, "no node can be reached\n"),
		_ => text(StatusCode::NOT_FOUND, "there are /status, /metrics and /health\n"),
	}
}

fn answer(status: StatusCode, kind: &'static str, body: Vec<u8>) -> Response<Body> {
	let mut response = Response::new(Body::Whole(Full::new(body.into())));
	*response.status_mut() = status;
	response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
	response
}

fn text(status: StatusCode, message: &str) -> Response<Body> {
	answer(status, "text/plain; charset=utf-8", message.into())
}

fn not_allowed(methods: &'static str) -> Response<Body> {
	let mut response = text(StatusCode::METHOD_NOT_ALLOWED, "not this way\n");
	response.headers_mut().insert(ALLOW, HeaderValue::from_static(methods));
	response
}

fn failed(error: &StoreError) -> Response<Body> {
	tracing::warn!("store: {error}");
	text(StatusCode::INTERNAL_SERVER_ERROR, "the store failed\n")
}

fn serve<Handler, Answer>(listener: Listener, handler: Handler) -> Server
where
	Handler: Fn(Request<Incoming>) -> Answer + Send + Sync + 'static,
	Answer: Future<Output = Response<Body>> + Send + 'static,
{
	let Listener { address, listener } = listener;
	let handler = Arc::new(handler);
	let room = Arc::new(Semaphore::new(MAX_CONNECTIONS));
	let accepting = tokio::spawn(async move {
		loop {
			let Ok(permit) = room.clone().acquire_owned().await else { return };
			let stream = match listener.accept().await {
				Ok((stream, _)) => stream,
				Err(error) => {
					// Too many open files, most likely: it passes.
					tracing::debug!("{address}: {error}");
					tokio::time::sleep(Duration::from_millis(100)).await;
					continue;
				}
			};
			let handler = handler.clone();
			tokio::spawn(async move {
				let service = service_fn(move |request| {
					let answer = handler(request);
					async move { Ok::<_, Infallible>(answer.await) }
				});
				let connection = http1::Builder::new()
					.timer(TokioTimer::new())
					.header_read_timeout(HEAD_PATIENCE)
					.serve_connection(TokioIo::new(stream), service);
				// A client that goes away is its own business.
				let _ = tokio::time::timeout(CONNECTION_PATIENCE, connection).await;
				drop(permit);
			});
		}
	});
	Server { address, accepting }
}

/// A body that is in memory, or is read from a file while it is sent.
enum Body {
	Whole(Full<Bytes>),
	File { file: File, left: u64 },
}

impl hyper::body::Body for Body {
	type Data = Bytes;
	type Error = io::Error;

	fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
		match self.get_mut() {
			Self::Whole(body) => Pin::new(body).poll_frame(context).map_err(|never| match never {}),
			Self::File { left: 0, .. } => Poll::Ready(None),
			Self::File { file, left } => {
				// 64 KiB of a local file: shorter than it takes to hand it to another thread.
				let wanted = CHUNK.min(usize::try_from(*left).unwrap_or(CHUNK));
				let mut buffer = vec![0; wanted];
				match file.read(&mut buffer) {
					Ok(0) => {
						*left = 0;
						Poll::Ready(Some(Err(io::ErrorKind::UnexpectedEof.into())))
					}
					Ok(read) => {
						buffer.truncate(read);
						*left -= read as u64;
						Poll::Ready(Some(Ok(Frame::data(buffer.into()))))
					}
					Err(error) => {
						*left = 0;
						Poll::Ready(Some(Err(error)))
					}
				}
			}
		}
	}

	fn size_hint(&self) -> hyper::body::SizeHint {
		match self {
			Self::Whole(body) => body.size_hint(),
			Self::File { left, .. } => hyper::body::SizeHint::with_exact(*left),
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{rates::Meter, store::content_hash};
	use tokio::{
		io::{AsyncReadExt, AsyncWriteExt},
		net::TcpStream,
	};

	/// Sends a raw request and returns status line with head, and body.
	async fn ask(address: SocketAddr, request: &str, body: &[u8]) -> (String, Vec<u8>) {
		let mut stream = TcpStream::connect(address).await.unwrap();
		let head =
			format!("{request} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
		stream.write_all(head.as_bytes()).await.unwrap();
		stream.write_all(body).await.unwrap();
		let mut answer = Vec::new();
		stream.read_to_end(&mut answer).await.unwrap();
		let split = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
		(String::from_utf8(answer[..split].to_vec()).unwrap().to_lowercase(), answer[split + 4..].to_vec())
	}

	async fn store(upload_limit: Option<u64>) -> (tempfile::TempDir, Store, Server) {
		let dir = tempfile::tempdir().unwrap();
		let store = Store::open(dir.path()).unwrap();
		let public = Public { store: store.clone(), upload_limit, sessions: None };
		let server = serve_public(bind(([127, 0, 0, 1], 0).into()).await.unwrap(), public);
		(dir, store, server)
	}

	#[tokio::test]
	async fn results_are_served_by_their_hash() {
		let (_dir, store, server) = store(None).await;
		let large: Vec<u8> = (0..300_000u32).map(|i| i as u8).collect();
		let hash = hex::encode(store.put(&large).unwrap());
		let (head, body) = ask(server.address(), &format!("GET /store/{hash}"), b"").await;
		assert!(head.starts_with("http/1.1 200") && head.contains("content-length: 300000"), "{head}");
		assert!(head.contains("nosniff"));
		assert_eq!(body, large);
		let (head, body) = ask(server.address(), &format!("HEAD /store/{hash}"), b"").await;
		assert!(head.contains("content-length: 300000") && body.is_empty());
	}

	#[tokio::test]
	async fn nothing_else_is_served() {
		let (dir, _store, server) = store(None).await;
		std::fs::write(dir.path().join("secret"), "secret").unwrap();
		for path in ["/", "/store/", "/store/secret", "/store/../secret", "/store/%2e%2e/secret", "/store//etc/passwd"]
		{
			let (head, _) = ask(server.address(), &format!("GET {path}"), b"").await;
			assert!(head.starts_with("http/1.1 404"), "{path}: {head}");
		}
		let (head, _) = ask(server.address(), &format!("GET /store/{}", "00".repeat(32)), b"").await;
		assert!(head.starts_with("http/1.1 404"));
		let (head, _) = ask(server.address(), &format!("DELETE /store/{}", "00".repeat(32)), b"").await;
		assert!(head.starts_with("http/1.1 405"));
	}

	#[tokio::test]
	async fn uploads_are_off_unless_they_are_switched_on() {
		let (_dir, closed, server) = store(None).await;
		let (head, _) = ask(server.address(), "POST /store", b"spec").await;
		assert!(head.starts_with("http/1.1 403"), "{head}");
		assert_eq!(closed.usage().unwrap().0, 0);

		let (_dir, open, server) = store(Some(4)).await;
		let (head, body) = ask(server.address(), "POST /store", b"spec").await;
		assert!(head.starts_with("http/1.1 201"), "{head}");
		assert_eq!(body, format!("{}\n", hex::encode(content_hash(b"spec"))).into_bytes());
		assert!(open.contains(&content_hash(b"spec")));
		let (head, _) = ask(server.address(), "POST /store", b"longer").await;
		assert!(head.starts_with("http/1.1 413"), "{head}");
		assert_eq!(open.usage().unwrap().0, 1);
	}

	#[tokio::test]
	async fn status_and_metrics_are_served() {
		let status = SharedStatus::new(&[1; 32], Meter::default());
		let server = serve_status(([127, 0, 0, 1], 0).into(), status.clone()).await.unwrap();
		let (head, body) = ask(server.address(), "GET /status", b"").await;
		assert!(head.contains("application/json"));
		assert_eq!(serde_json::from_slice::<crate::status::Status>(&body).unwrap().node, status.get().node);
		let (_, body) = ask(server.address(), "GET /metrics", b"").await;
		assert!(String::from_utf8(body).unwrap().contains("gpu_miner_up 0\n"));
		assert!(ask(server.address(), "GET /health", b"").await.0.starts_with("http/1.1 503"));
		status.update(|status| status.connected = true);
		assert!(ask(server.address(), "GET /health", b"").await.0.starts_with("http/1.1 200"));
		assert!(ask(server.address(), "POST /status", b"").await.0.starts_with("http/1.1 405"));
		assert!(ask(server.address(), "GET /nowhere", b"").await.0.starts_with("http/1.1 404"));
	}

	#[tokio::test]
	async fn an_address_in_use_is_named() {
		let (_dir, _store, server) = store(None).await;
		let error = bind(server.address()).await.unwrap_err();
		assert!(error.to_string().contains(&server.address().to_string()), "{error}");
	}
}
