//! Requests to nodes, and what their answers say.

use crate::hex;
use alloc::{format, string::String, vec::Vec};
use serde_json::{json, Value};

/// The most that a node may answer, bytes. A block without its transactions has some kilobytes.
pub const MAX_ANSWER_BYTES: usize = 256 * 1_024;

/// Why an answer was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerFault {
	/// It is longer than [`MAX_ANSWER_BYTES`].
	TooLarge,
	/// It is no answer by JSON-RPC 2.0.
	NotJsonRpc,
	/// It answers another request.
	WrongId,
	/// The node says that it failed; its number for why.
	Failed(i64),
}

/// A call of a node's method.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
	id: u64,
	body: Vec<u8>,
}

impl Request {
	fn new(id: u64, method: &str, params: Value) -> Self {
		let body = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
		Self { id, body: format!("{body}").into_bytes() }
	}

	/// The chain's number.
	pub fn chain_id(id: u64) -> Self {
		Self::new(id, "eth_chainId", json!([]))
	}

	/// A block by its height, without transactions.
	pub fn block(id: u64, number: u64) -> Self {
		Self::new(id, "eth_getBlockByNumber", json!([format!("{number:#x}"), false]))
	}

	/// The newest block that is final by the node's own word.
	pub fn finalized(id: u64) -> Self {
		Self::new(id, "eth_getBlockByNumber", json!(["finalized", false]))
	}

	/// The newest block.
	pub fn latest(id: u64) -> Self {
		Self::new(id, "eth_getBlockByNumber", json!(["latest", false]))
	}

	/// All receipts of the block of that hash. By the hash, never the height: behind a load balancer one height can be two
	/// blocks.
	pub fn receipts(id: u64, block_hash: &[u8; 32]) -> Self {
		Self::new(id, "eth_getBlockReceipts", json!([hex::encode(block_hash)]))
	}

	/// What is sent.
	pub fn body(&self) -> &[u8] {
		&self.body
	}

	/// What the answer says. `Null` is an answer: there is no such thing.
	///
	/// # Errors
	/// [`AnswerFault`]: nothing else than one whole answer to this very request is taken.
	pub fn answer(&self, body: &[u8]) -> Result<Value, AnswerFault> {
		if body.len() > MAX_ANSWER_BYTES {
			return Err(AnswerFault::TooLarge);
		}
		let Ok(Value::Object(mut answer)) = serde_json::from_slice::<Value>(body) else {
			return Err(AnswerFault::NotJsonRpc);
		};
		if answer.get("jsonrpc").and_then(Value::as_str) != Some("2.0") {
			return Err(AnswerFault::NotJsonRpc);
		}
		if answer.get("id").and_then(Value::as_u64) != Some(self.id) {
			return Err(AnswerFault::WrongId);
		}
		let error = answer.remove("error").filter(|error| !error.is_null());
		match (answer.remove("result"), error) {
			(Some(result), None) => Ok(result),
			(None | Some(Value::Null), Some(error)) => {
				Err(AnswerFault::Failed(error.get("code").and_then(Value::as_i64).unwrap_or_default()))
			}
			_ => Err(AnswerFault::NotJsonRpc),
		}
	}
}

/// A number in an answer.
pub fn number(answer: &Value) -> Option<u64> {
	hex::number(answer.as_str()?)
}

/// Addresses of nodes out of a text, one a line; empty lines do not count.
///
/// `None` if there are fewer than `least`, more than `most`, one is no `http` or `https` address, or two are the same server:
/// asking one node twice is asking one node.
pub fn endpoints(text: &str, least: usize, most: usize) -> Option<Vec<String>> {
	let mut urls: Vec<String> = Vec::new();
	let mut servers: Vec<String> = Vec::new();
	for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
		let rest = line.strip_prefix("https://").or_else(|| line.strip_prefix("http://"))?;
		let authority = rest.split(['/', '?', '#']).next()?;
		let server = authority.rsplit('@').next()?.to_ascii_lowercase();
		if server.is_empty() || servers.contains(&server) || urls.len() == most {
			return None;
		}
		servers.push(server);
		urls.push(line.into());
	}
	(urls.len() >= least).then_some(urls)
}

#[cfg(test)]
mod tests {
	use super::*;

	fn request() -> Request {
		Request::block(7, 31)
	}

	#[test]
	fn requests_should_be_json_rpc() {
		let body: Value = serde_json::from_slice(request().body()).unwrap();
		assert_eq!(
			body,
			json!({ "jsonrpc": "2.0", "id": 7, "method": "eth_getBlockByNumber", "params": ["0x1f", false] })
		);
		let zero: Value = serde_json::from_slice(Request::block(0, 0).body()).unwrap();
		assert_eq!(zero["params"][0], "0x0");
	}

	#[test]
	fn answers_should_be_taken() {
		assert_eq!(request().answer(br#"{"jsonrpc":"2.0","id":7,"result":"0x1"}"#), Ok(json!("0x1")));
		assert_eq!(request().answer(br#"{"jsonrpc":"2.0","id":7,"result":null}"#), Ok(Value::Null));
		assert_eq!(request().answer(br#"{"jsonrpc":"2.0","id":7,"result":1,"error":null}"#), Ok(json!(1)));
	}

	#[test]
	fn answers_should_be_refused_when_they_are_something_else() {
		use AnswerFault::*;
		let refused = |body: &str| request().answer(body.as_bytes()).unwrap_err();
		assert_eq!(refused(r#"{"jsonrpc":"2.0","id":8,"result":1}"#), WrongId);
		assert_eq!(refused(r#"{"jsonrpc":"2.0","id":"7","result":1}"#), WrongId);
		assert_eq!(refused(r#"{"jsonrpc":"2.0","id":null,"result":1}"#), WrongId);
		assert_eq!(refused(r#"{"jsonrpc":"2.0","result":1}"#), WrongId);
		assert_eq!(refused(r#"{"jsonrpc":"1.0","id":7,"result":1}"#), NotJsonRpc);
		assert_eq!(refused(r#"{"id":7,"result":1}"#), NotJsonRpc);
		assert_eq!(refused(r#"{"jsonrpc":"2.0","id":7}"#), NotJsonRpc);
		assert_eq!(refused(r#"{"jsonrpc":"2.0","id":7,"result":1,"error":{"code":1}}"#), NotJsonRpc);
		assert_eq!(refused(r#"{"jsonrpc":"2.0","id":7,"error":{"code":-32000,"message":"x"}}"#), Failed(-32000));
		assert_eq!(refused(r#"{"jsonrpc":"2.0","id":7,"error":"no"}"#), Failed(0));
		for garbage in ["", "[]", "null", "<html>", r#"[{"jsonrpc":"2.0","id":7,"result":1}]"#, "{", "\u{0}"] {
			assert_eq!(refused(garbage), NotJsonRpc, "{garbage}");
		}
		// Trailing bytes, bytes that are no text, and a depth that would exhaust the stack.
		assert_eq!(refused(r#"{"jsonrpc":"2.0","id":7,"result":1}x"#), NotJsonRpc);
		assert_eq!(request().answer(&[0xff, 0xfe]), Err(NotJsonRpc));
		assert_eq!(request().answer(&[b'['; 100_000]), Err(NotJsonRpc));
		assert_eq!(request().answer(&alloc::vec![b' '; MAX_ANSWER_BYTES + 1]), Err(TooLarge));
	}

	#[test]
	fn endpoints_should_be_different_servers() {
		let two = "https://a.example/key\n\n  http://b.example:8545  \n";
		assert_eq!(endpoints(two, 2, 5).map(|urls| urls.len()), Some(2));
		assert_eq!(endpoints(two, 3, 5), None);
		assert_eq!(endpoints(two, 1, 1), None);
		for same in ["https://a/1\nhttps://a/2", "https://a/1\nhttp://A?x", "https://a\nhttps://me:pw@a"] {
			assert_eq!(endpoints(same, 2, 5), None, "{same}");
		}
		for bad in ["ftp://a\nhttps://b", "https:///x\nhttps://b", "a\nb"] {
			assert_eq!(endpoints(bad, 2, 5), None, "{bad}");
		}
	}
}
