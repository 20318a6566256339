//! What a node gives out to work on, and how much of that is believed: nothing that can be checked.

use gpu_work::{target_for_difficulty, Digest, U256};
use serde_json::Value;

/// A block to be sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Work {
	/// The hash of its header: the first 32 bytes that are hashed.
	pub pre_hash: Digest,
	/// The block that it stands on.
	pub parent_hash: Digest,
	/// Its height.
	pub number: u64,
	/// Hashes that it takes on average.
	pub difficulty: U256,
	/// What a hash must be at or below: computed from the difficulty.
	pub target: Digest,
	/// Grows with each work of one node.
	pub seq: u64,
}

/// Why something that a node sent is no work.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Garbage {
	/// It is neither an object nor `null`.
	#[error("it is neither an object nor null")]
	NoObject,
	/// A field is missing or has another form.
	#[error("`{field}` is not {expected}")]
	Field {
		/// Which one.
		field: &'static str,
		/// What it should be.
		expected: &'static str,
	},
	/// A difficulty of zero: every hash would do.
	#[error("its difficulty is zero")]
	NoDifficulty,
	/// The target does not follow from the difficulty: one of the two is a lie.
	#[error("its target 0x{} does not follow from its difficulty {difficulty}", hex::encode(target))]
	WrongTarget {
		/// As it was sent.
		target: Digest,
		/// As it was sent.
		difficulty: U256,
	},
}

impl Work {
	/// Reads the answer of `pow_getWork` or a message of `pow_subscribeWork`: work, or `None` for "stop".
	///
	/// # Errors
	/// [`Garbage`].
	pub fn parse(value: &Value) -> Result<Option<Self>, Garbage> {
		let fields = match value {
			Value::Null => return Ok(None),
			Value::Object(fields) => fields,
			_ => return Err(Garbage::NoObject),
		};
		let bytes = |field| {
			let text = fields.get(field).and_then(Value::as_str);
			text.and_then(hash).ok_or(Garbage::Field { field, expected: "32 bytes as 0x…" })
		};
		let number = |field| {
			fields.get(field).and_then(Value::as_u64).ok_or(Garbage::Field { field, expected: "a number of 64 bits" })
		};
		let difficulty = fields
			.get("difficulty")
			.and_then(Value::as_str)
			.and_then(big_number)
			.ok_or(Garbage::Field { field: "difficulty", expected: "a number of 256 bits as 0x…" })?;
		if difficulty.is_zero() {
			return Err(Garbage::NoDifficulty);
		}
		let target = bytes("target")?;
		if target != target_for_difficulty(difficulty) {
			return Err(Garbage::WrongTarget { target, difficulty });
		}
		Ok(Some(Self {
			pre_hash: bytes("preHash")?,
			parent_hash: bytes("parentHash")?,
			number: number("number")?,
			difficulty,
			target,
			seq: number("seq")?,
		}))
	}
}

/// 32 bytes, and no byte more or less.
fn hash(text: &str) -> Option<Digest> {
	let mut bytes = [0; 32];
	hex::decode_to_slice(text.strip_prefix("0x")?, &mut bytes).ok()?;
	Some(bytes)
}

/// A number of one to 64 digits.
fn big_number(text: &str) -> Option<U256> {
	let digits = text.strip_prefix("0x")?;
	let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
	((1..=64).contains(&digits.len()) && is_hex).then(|| U256::from_str_radix(digits, 16).ok()).flatten()
}

/// What a node says of a find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
	/// Its block is the head of the chain.
	Accepted,
	/// It came too late.
	Stale,
	/// It does not meet the target, says the node.
	Invalid,
	/// Somebody else of this node's miners was faster.
	Duplicate,
}

impl Outcome {
	/// Reads the answer of `pow_submitWork`.
	pub fn parse(value: &Value) -> Option<Self> {
		match value.as_str()? {
			"accepted" => Some(Self::Accepted),
			"stale" => Some(Self::Stale),
			"invalid" => Some(Self::Invalid),
			"duplicate" => Some(Self::Duplicate),
			_ => None,
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use serde_json::json;

	fn honest() -> Value {
		json!({
			"preHash": format!("0x{}", "11".repeat(32)),
			"parentHash": format!("0x{}", "22".repeat(32)),
			"number": 7,
			"slot": 9,
			"difficulty": "0x100",
			"target": format!("0x00{}", "ff".repeat(31)),
			"seq": 3,
		})
	}

	fn with(field: &str, value: Value) -> Result<Option<Work>, Garbage> {
		let mut work = honest();
		work[field] = value;
		Work::parse(&work)
	}

	#[test]
	fn honest_work_should_be_taken() {
		let work = Work::parse(&honest()).unwrap().unwrap();
		assert_eq!((work.pre_hash, work.parent_hash), ([0x11; 32], [0x22; 32]));
		assert_eq!((work.number, work.seq, work.difficulty), (7, 3, 256.into()));
		assert_eq!(work.target, target_for_difficulty(256.into()));
		assert_eq!(Work::parse(&Value::Null), Ok(None));
		assert!(with("later", json!("extra fields are the future's")).is_ok());
	}

	#[test]
	fn garbage_should_be_named() {
		for value in [json!([]), json!(7), json!("stop"), json!(true)] {
			assert_eq!(Work::parse(&value), Err(Garbage::NoObject), "{value}");
		}
		assert!(matches!(Work::parse(&json!({})), Err(Garbage::Field { field: "difficulty", .. })));
		for field in ["preHash", "parentHash", "target"] {
			for value in [
				json!(null),
				json!(5),
				json!(""),
				json!("0x"),
				json!("0x00"),
				json!("11".repeat(32)),
				json!(format!("0x{}", "11".repeat(33))),
				json!(format!("0x{}", "zz".repeat(32))),
				json!(format!("0x{}", "é".repeat(32))),
			] {
				assert!(matches!(with(field, value.clone()), Err(Garbage::Field { .. })), "{field}: {value}");
			}
		}
		for field in ["number", "seq"] {
			for value in [json!(-1), json!(1.5), json!(1e40), json!("7"), json!(null)] {
				assert!(matches!(with(field, value.clone()), Err(Garbage::Field { .. })), "{field}: {value}");
			}
		}
		for value in [
			json!(256),
			json!("256"),
			json!("0x"),
			json!("0xg"),
			json!("0x+1"),
			json!(format!("0x1{}", "0".repeat(64))),
		] {
			assert!(matches!(with("difficulty", value.clone()), Err(Garbage::Field { .. })), "{value}");
		}
		assert_eq!(with("difficulty", json!("0x0")), Err(Garbage::NoDifficulty));
	}

	#[test]
	fn a_target_that_does_not_follow_from_the_difficulty_should_be_refused() {
		for target in ["ff", "00"] {
			let lie = with("target", json!(format!("0x{}", target.repeat(32))));
			assert!(matches!(lie, Err(Garbage::WrongTarget { .. })), "{lie:?}");
			assert!(lie.unwrap_err().to_string().contains("difficulty 256"));
		}
		assert!(matches!(with("difficulty", json!("0x101")), Err(Garbage::WrongTarget { .. })));
	}

	#[test]
	fn the_largest_difficulty_should_be_taken() {
		let mut work = honest();
		work["difficulty"] = json!(format!("0x{}", "f".repeat(64)));
		work["target"] = json!(format!("0x{}1", "0".repeat(63)));
		assert_eq!(Work::parse(&work).unwrap().unwrap().difficulty, U256::MAX);
	}

	#[test]
	fn outcomes_should_be_four() {
		assert_eq!(Outcome::parse(&json!("accepted")), Some(Outcome::Accepted));
		assert_eq!(Outcome::parse(&json!("stale")), Some(Outcome::Stale));
		assert_eq!(Outcome::parse(&json!("invalid")), Some(Outcome::Invalid));
		assert_eq!(Outcome::parse(&json!("duplicate")), Some(Outcome::Duplicate));
		for value in [json!(true), json!(null), json!("Accepted"), json!({})] {
			assert_eq!(Outcome::parse(&value), None, "{value}");
		}
	}
}
