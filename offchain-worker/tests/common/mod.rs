//! Reads what files of vectors write as hexadecimal strings.

use gpu_chain_evm_client::{hex, Address, Word};
use serde_json::Value;

pub fn bytes(value: &Value) -> Vec<u8> {
	hex::bytes(value.as_str().unwrap(), usize::MAX).unwrap()
}

pub fn word(value: &Value) -> Word {
	bytes(value).try_into().unwrap()
}

pub fn address(value: &Value) -> Address {
	bytes(value).try_into().unwrap()
}
