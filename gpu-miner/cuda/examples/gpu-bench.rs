//! Checks and measures this machine's devices without the rest of gpu-miner: `gpu-bench [--check] [--json] [--seconds S]
//! [--cache DIR]`. Where there is no device it says so and ends well.

use gpu_miner_cuda::{
	bench::{self, BenchOptions},
	check,
	compile::Cache,
	Cuda,
};
use gpu_miner_engine::device::TuneCache;
use std::{path::PathBuf, process::ExitCode};

fn main() -> ExitCode {
	let (mut checks, mut json, mut seconds, mut cache) = (false, false, 10.0, None);
	let mut words = std::env::args().skip(1);
	while let Some(word) = words.next() {
		match word.as_str() {
			"--check" => checks = true,
			"--json" => json = true,
			"--seconds" => seconds = words.next().and_then(|word| word.parse().ok()).unwrap_or(seconds),
			"--cache" => cache = words.next().map(PathBuf::from),
			_ => {
				eprintln!("gpu-bench: `{word}` is none of --check, --json, --seconds S, --cache DIR");
				return ExitCode::FAILURE;
			}
		}
	}
	let kernels = cache.as_ref().map_or_else(Cache::default, |dir| Cache::at(dir.join("kernels")));
	let cuda = match Cuda::find(kernels) {
		Ok(cuda) => cuda,
		Err(why) => {
			if json {
				println!("{}", serde_json::json!({ "devices": [], "note": why.to_string() }));
			} else {
				println!("{why}");
			}
			return ExitCode::SUCCESS;
		}
	};
	let checks = if checks { check::run(&cuda) } else { Vec::new() };
	let failed: Vec<_> = checks.iter().filter(|check| check.problem.is_some()).collect();
	let options = BenchOptions {
		seconds,
		lotteries: true,
		only: None,
		cache: cache.map_or_else(TuneCache::default, |dir| TuneCache::at(dir.join("autotune"))),
	};
	let devices = bench::run(&cuda, &options);
	if json {
		println!("{:#}", serde_json::json!({ "devices": devices, "checks": checks }));
	} else {
		print!("{}", bench::describe(&devices));
		println!("{} checks, {} failed", checks.len(), failed.len());
	}
	for check in &failed {
		eprintln!("device {}: {}: {}", check.device, check.name, check.problem.as_deref().unwrap_or_default());
	}
	if failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
