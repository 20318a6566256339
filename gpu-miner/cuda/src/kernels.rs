//! The kernels' sources.

use gpu_miner_engine::device::Plan;

/// Headers, in the order in which they include one another.
const HEADERS: [(&str, &str); 3] = [
	("primitives.cuh", include_str!("../kernels/primitives.cuh")),
	("permutation.cuh", include_str!("../kernels/permutation.cuh")),
	("chacha.cuh", include_str!("../kernels/chacha.cuh")),
];

/// A source, and what is compiled into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kernel {
	/// What files and messages call it.
	pub name: &'static str,
	source: &'static str,
	/// `NAME=VALUE`.
	pub definitions: Vec<String>,
}

impl Kernel {
	/// The search for nonces.
	pub fn keccak(plan: &Plan) -> Self {
		let definitions = vec![
			format!("UNROLL={}", plan.unroll),
			format!("BLOCK={}", plan.block),
			format!("RESIDENT={}", plan.resident),
			format!("MULTIPLIED={}", plan.multiplied),
		];
		Self { name: "keccak", source: include_str!("../kernels/keccak.cu"), definitions }
	}

	/// The rows of matrices.
	pub fn rows() -> Self {
		Self { name: "rows", source: include_str!("../kernels/rows.cu"), definitions: vec![] }
	}

	/// The tickets of a matrix product.
	pub fn tiles() -> Self {
		Self { name: "tiles", source: include_str!("../kernels/tiles.cu"), definitions: vec![] }
	}

	/// The table, and walks through it.
	pub fn table() -> Self {
		Self { name: "table", source: include_str!("../kernels/table.cu"), definitions: vec![] }
	}

	/// The whole source in one piece, headers first.
	pub fn text(&self) -> String {
		let mut text = String::new();
		let files = HEADERS.iter().map(|(name, text)| (*name, *text)).chain([(self.name, self.source)]);
		for (name, file) in files {
			// Messages of the compiler name the file.
			text += &format!("#line 1 \"{name}\"\n");
			for line in file.lines() {
				text += if line.starts_with("#include \"") { "" } else { line };
				text.push('\n');
			}
		}
		text
	}

	/// A name for what comes of it on `architecture`: another for every other source or definition.
	pub fn file_name(&self, architecture: &str) -> String {
		let mut text = self.text();
		text += &self.definitions.join(" ");
		// FNV-1a. An accident of one in 2^64 is no danger: a wrong kernel fails its self-test.
		let hash = text
			.bytes()
			.fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
		format!("{}-{architecture}-{hash:016x}.cubin", self.name)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn sources_should_be_whole_and_named_by_what_is_in_them() {
		for kernel in [Kernel::keccak(&Plan::SAFE), Kernel::rows(), Kernel::tiles(), Kernel::table()] {
			let text = kernel.text();
			assert!(!text.contains("#include \"") && text.contains("__global__"), "{}", kernel.name);
			assert!(text.is_ascii(), "nvrtc takes what it is given");
		}
		let plan = Plan { unroll: 2, ..Plan::SAFE };
		let (one, other) = (Kernel::keccak(&Plan::SAFE), Kernel::keccak(&plan));
		assert_ne!(one.file_name("sm_90"), other.file_name("sm_90"));
		assert_ne!(one.file_name("sm_90"), one.file_name("sm_80"));
		assert!(one.file_name("sm_90").starts_with("keccak-sm_90-"));
	}
}
