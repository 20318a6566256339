//! Gets specifications: from the own store, or over HTTP.

use crate::store::{content_hash, ContentHash, Store, StoreError};
use http_body_util::{BodyExt, Empty, Limited};
use hyper::{body::Bytes, Request, StatusCode, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
	client::legacy::{
		connect::{dns::Name, HttpConnector},
		Client,
	},
	rt::TokioExecutor,
};
use std::{
	future::Future,
	io,
	net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
	pin::Pin,
	task::{Context, Poll},
	time::Duration,
};

/// How long one fetch may take, from the name to the last byte.
const PATIENCE: Duration = Duration::from_secs(20);

/// Why a specification could not be got.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
	/// The link cannot be followed.
	#[error("`{0}` is no link that this program follows: it must be http://… or https://… (ipfs:// comes later)")]
	Scheme(String),
	/// The link points into a private network.
	#[error("`{0}` is a private address; the policy says allow_private_addresses = false")]
	Private(String),
	/// The other side cannot be reached, or breaks off.
	#[error("{uri}: {reason}")]
	Transport {
		/// What was asked for.
		uri: String,
		/// What went wrong.
		reason: String,
	},
	/// The other side says no. Redirections are not followed.
	#[error("{uri}: answered {status}")]
	Status {
		/// What was asked for.
		uri: String,
		/// The answer.
		status: u16,
	},
	/// It has more bytes than the policy allows.
	#[error("{uri}: longer than the {limit} bytes that the policy allows")]
	TooLarge {
		/// What was asked for.
		uri: String,
		/// The limit.
		limit: u64,
	},
	/// It is not what stands on the chain.
	#[error("{uri}: its SHA-256 is 0x{}, the chain says 0x{}", hex::encode(.got), hex::encode(.expected))]
	Hash {
		/// What was asked for.
		uri: String,
		/// The hash of what came.
		got: ContentHash,
		/// The hash on the chain.
		expected: ContentHash,
	},
	/// The own store failed.
	#[error(transparent)]
	Store(#[from] StoreError),
}

impl FetchError {
	/// Whether asking again later makes sense: the buyer's server may only be away.
	pub fn is_temporary(&self) -> bool {
		match self {
			Self::Transport { .. } | Self::Store(_) => true,
			Self::Status { status, .. } => *status >= 500 || *status == 404 || *status == 429,
			Self::Scheme(_) | Self::Private(_) | Self::TooLarge { .. } | Self::Hash { .. } => false,
		}
	}
}

/// An HTTP client that keeps out of private networks.
#[derive(Clone)]
pub struct Fetcher {
	client: Client<HttpsConnector<HttpConnector<PublicResolver>>, Empty<Bytes>>,
	store: Store,
	allow_private: bool,
	limit: u64,
}

impl Fetcher {
	/// A fetcher that looks into `store` first, and puts there what it gets, up to `limit` bytes each.
	///
	/// # Errors
	/// The system's root certificates cannot be read.
	pub fn new(store: Store, allow_private: bool, limit: u64) -> io::Result<Self> {
		let mut http = HttpConnector::new_with_resolver(PublicResolver { allow_private });
		http.enforce_http(false);
		http.set_connect_timeout(Some(PATIENCE));
		let provider = rustls::crypto::ring::default_provider();
		let connector = HttpsConnectorBuilder::new()
			.with_provider_and_native_roots(provider)?
			.https_or_http()
			.enable_http1()
			.wrap_connector(http);
		let client = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build(connector);
		Ok(Self { client, store, allow_private, limit })
	}

	/// The document with this hash: from the store if it is there, else from `uri`, whose bytes must have the hash.
	///
	/// # Errors
	/// [`FetchError`].
	pub async fn get(&self, uri: &str, expected: &ContentHash) -> Result<Vec<u8>, FetchError> {
		match self.store.get(expected, self.limit) {
			Ok(Some(bytes)) => return Ok(bytes),
			// What lies there wrongly is fetched anew and replaced.
			Ok(None) | Err(StoreError::Corrupt { .. }) => (),
			Err(error) => return Err(error.into()),
		}
		let bytes = tokio::time::timeout(PATIENCE, self.download(uri)).await.unwrap_or_else(|_| {
			Err(FetchError::Transport { uri: uri.into(), reason: format!("nothing for {} s", PATIENCE.as_secs()) })
		})?;
		let got = content_hash(&bytes);
		if got != *expected {
			return Err(FetchError::Hash { uri: uri.into(), got, expected: *expected });
		}
		let path = self.store.path(expected);
		if path.exists() {
			std::fs::remove_file(&path).map_err(|source| StoreError::Io { path, source })?;
		}
		self.store.put(&bytes)?;
		Ok(bytes)
	}

	async fn download(&self, text: &str) -> Result<Vec<u8>, FetchError> {
		let scheme = || FetchError::Scheme(text.into());
		let uri: Uri = text.parse().map_err(|_| scheme())?;
		if !matches!(uri.scheme_str(), Some("http" | "https")) {
			return Err(scheme());
		}
		let host = uri.host().ok_or_else(scheme)?.trim_matches(['[', ']']);
		// A literal address never comes by the resolver.
		if host.parse::<IpAddr>().is_ok_and(|address| !self.allow_private && is_private(address)) {
			return Err(FetchError::Private(host.into()));
		}
		let transport = |reason: String| FetchError::Transport { uri: text.into(), reason };
		let authority = uri.authority().ok_or_else(scheme)?.as_str();
		let request = Request::get(uri.clone())
			.header(hyper::header::HOST, authority.rsplit('@').next().unwrap_or(authority))
			.header(hyper::header::USER_AGENT, concat!("gpu-miner/", env!("CARGO_PKG_VERSION")))
			.body(Empty::new())
			.map_err(|error| transport(error.to_string()))?;
		let response = self.client.request(request).await.map_err(|error| transport(chain_of(&error)))?;
		if response.status() != StatusCode::OK {
			return Err(FetchError::Status { uri: text.into(), status: response.status().as_u16() });
		}
		let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
		match Limited::new(response.into_body(), limit).collect().await {
			Ok(body) => Ok(body.to_bytes().into()),
			Err(error) if error.is::<http_body_util::LengthLimitError>() => {
				Err(FetchError::TooLarge { uri: text.into(), limit: self.limit })
			}
			Err(error) => Err(transport(error.to_string())),
		}
	}
}

/// An error and what caused it, in one line: hyper's own message is only the outermost.
fn chain_of(error: &dyn std::error::Error) -> String {
	let mut text = error.to_string();
	let mut source = error.source();
	while let Some(inner) = source {
		text = format!("{text}: {inner}");
		source = inner.source();
	}
	text
}

/// Resolves names and drops private addresses, so that the address that is checked is the one that is connected to.
#[derive(Clone)]
struct PublicResolver {
	allow_private: bool,
}

impl tower_service::Service<Name> for PublicResolver {
	type Response = std::vec::IntoIter<SocketAddr>;
	type Error = io::Error;
	type Future = Pin<Box<dyn Future<Output = io::Result<Self::Response>> + Send>>;

	fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
		Poll::Ready(Ok(()))
	}

	fn call(&mut self, name: Name) -> Self::Future {
		let allow_private = self.allow_private;
		Box::pin(async move {
			let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
			let addresses: Vec<_> = found.filter(|address| allow_private || !is_private(address.ip())).collect();
			if addresses.is_empty() {
				let reason = format!("{} has no public address (allow_private_addresses = false)", name.as_str());
				return Err(io::Error::new(io::ErrorKind::PermissionDenied, reason));
			}
			Ok(addresses.into_iter())
		})
	}
}

/// Whether an address is none of the public internet's. `IpAddr::is_global` is not stable yet.
fn is_private(address: IpAddr) -> bool {
	match address {
		IpAddr::V4(address) => is_private_v4(address),
		IpAddr::V6(address) => match address.to_ipv4_mapped() {
			Some(mapped) => is_private_v4(mapped),
			None => is_private_v6(address),
		},
	}
}

fn is_private_v4(address: Ipv4Addr) -> bool {
	let [a, b, c, _] = address.octets();
	address.is_private()
		|| address.is_loopback()
		|| address.is_link_local()
		|| address.is_broadcast()
		|| address.is_documentation()
		|| address.is_multicast()
		|| a == 0
		|| a >= 240
		|| (a == 100 && (64..128).contains(&b)) // carrier-grade NAT
		|| (a == 192 && b == 0 && c == 0)
		|| (a == 198 && (18..20).contains(&b)) // benchmarking
}

fn is_private_v6(address: Ipv6Addr) -> bool {
	let segments = address.segments();
	// 2000::/3 is all that is assigned; of it the documentation and the translation prefixes are left out, behind
	// which an IPv4 address can hide.
	segments[0] & 0xe000 != 0x2000
		|| (segments[0] == 0x2001 && (segments[1] < 0x200 || segments[1] == 0xdb8))
		|| segments[0] == 0x2002
}

#[cfg(test)]
mod tests {
	use super::*;
	use tokio::{
		io::{AsyncReadExt, AsyncWriteExt},
		net::TcpListener,
	};

	fn fetcher(dir: &tempfile::TempDir, allow_private: bool) -> Fetcher {
		Fetcher::new(Store::open(dir.path()).unwrap(), allow_private, 1_000).unwrap()
	}

	/// Answers each connection with `response`, and says where.
	async fn serve(response: Vec<u8>) -> String {
		let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
		let address = listener.local_addr().unwrap();
		tokio::spawn(async move {
			while let Ok((mut stream, _)) = listener.accept().await {
				let mut request = [0; 2_000];
				let _ = stream.read(&mut request).await;
				let _ = stream.write_all(&response).await;
			}
		});
		format!("http://{address}/spec.json")
	}

	fn ok(body: &[u8]) -> Vec<u8> {
		let mut response = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len()).into_bytes();
		response.extend(body);
		response
	}

	#[tokio::test]
	async fn what_has_the_hash_is_got_and_kept() {
		let dir = tempfile::tempdir().unwrap();
		let fetcher = fetcher(&dir, true);
		let uri = serve(ok(b"document")).await;
		let hash = content_hash(b"document");
		assert_eq!(fetcher.get(&uri, &hash).await.unwrap(), b"document");
		// From the store, whatever the link.
		assert_eq!(fetcher.get("ipfs://whatever", &hash).await.unwrap(), b"document");
		// A forged file in the store is fetched anew.
		std::fs::write(fetcher.store.path(&hash), "forged").unwrap();
		assert_eq!(fetcher.get(&uri, &hash).await.unwrap(), b"document");
		assert_eq!(fetcher.store.get(&hash, 1_000).unwrap().unwrap(), b"document");
	}

	#[tokio::test]
	async fn what_has_another_hash_is_refused() {
		let dir = tempfile::tempdir().unwrap();
		let uri = serve(ok(b"forged")).await;
		let error = fetcher(&dir, true).get(&uri, &content_hash(b"document")).await.unwrap_err();
		assert!(matches!(error, FetchError::Hash { .. }), "{error}");
		assert!(!error.is_temporary());
		assert!(!fetcher(&dir, true).store.contains(&content_hash(b"forged")));
	}

	#[tokio::test]
	async fn long_answers_are_cut_off() {
		let dir = tempfile::tempdir().unwrap();
		let hash = [0; 32];
		let uri = serve(ok(&[b'x'; 1_001])).await;
		assert!(matches!(fetcher(&dir, true).get(&uri, &hash).await, Err(FetchError::TooLarge { limit: 1_000, .. })));
		// One that does not say its length.
		let mut endless = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
		endless.extend([b'x'; 5_000]);
		let uri = serve(endless).await;
		assert!(matches!(fetcher(&dir, true).get(&uri, &hash).await, Err(FetchError::TooLarge { .. })));
	}

	#[tokio::test]
	async fn refusals_are_named_and_redirections_not_followed() {
		let dir = tempfile::tempdir().unwrap();
		let fetcher = fetcher(&dir, true);
		let uri =
			serve(b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1/\r\ncontent-length: 0\r\n\r\n".to_vec()).await;
		let error = fetcher.get(&uri, &[0; 32]).await.unwrap_err();
		assert!(matches!(error, FetchError::Status { status: 302, .. }) && !error.is_temporary(), "{error}");
		let uri = serve(b"HTTP/1.1 503 Later\r\ncontent-length: 0\r\n\r\n".to_vec()).await;
		assert!(fetcher.get(&uri, &[0; 32]).await.unwrap_err().is_temporary());
		for bad in ["ipfs://bafy", "file:///etc/passwd", "ftp://x/y", "nonsense"] {
			assert!(matches!(fetcher.get(bad, &[0; 32]).await, Err(FetchError::Scheme(_))), "{bad}");
		}
	}

	#[tokio::test]
	async fn private_networks_are_left_alone() {
		let dir = tempfile::tempdir().unwrap();
		let fetcher = fetcher(&dir, false);
		let uri = serve(ok(b"document")).await;
		let hash = content_hash(b"document");
		assert!(matches!(fetcher.get(&uri, &hash).await, Err(FetchError::Private(_))));
		assert!(matches!(fetcher.get("http://[::1]:1/", &hash).await, Err(FetchError::Private(_))));
		// By name: the resolver drops the address.
		let by_name = uri.replace("127.0.0.1", "localhost");
		let error = fetcher.get(&by_name, &hash).await.unwrap_err();
		assert!(error.to_string().contains("no public address"), "{error}");
	}

	#[test]
	fn private_addresses_are_known() {
		for private in [
			"127.0.0.1",
			"10.1.2.3",
			"192.168.0.1",
			"172.16.0.1",
			"169.254.169.254",
			"100.64.0.1",
			"0.0.0.0",
			"255.255.255.255",
			"224.0.0.1",
			"::1",
			"fe80::1",
			"fd00::1",
			"::ffff:10.0.0.1",
			"2002:a00:1::",
			"::",
			"2001:db8::1",
			"ff02::1",
			"64:ff9b::a00:1",
		] {
			assert!(is_private(private.parse().unwrap()), "{private}");
		}
		for public in ["1.1.1.1", "8.8.8.8", "2606:4700::1111", "2001:4860::8888", "::ffff:1.1.1.1"] {
			assert!(!is_private(public.parse().unwrap()), "{public}");
		}
	}
}
