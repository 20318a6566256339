//! Checks and measures this machine's devices without the rest of gpu-miner: `gpu-bench [--check] [--json | --markdown]
//! [--seconds S] [--cache DIR]`. Where there is no device it says so and ends well. `gpu-bench --cache DIR --compile XY` needs no
//! device: it compiles every kernel for compute capability X.Y into DIR, for a machine that has a device and no compiler.

use gpu_miner_cuda::{
	bench::{self, BenchOptions},
	check,
	compile::Cache,
	kernels::Kernel,
	Cuda,
};
use gpu_miner_engine::device::{Plan, TuneCache};
use std::{path::PathBuf, process::ExitCode};

fn main() -> ExitCode {
	let (mut checks, mut json, mut markdown, mut seconds, mut cache) = (false, false, false, 10.0, None);
	let mut architecture = None;
	let mut words = std::env::args().skip(1);
	while let Some(word) = words.next() {
		match word.as_str() {
			"--check" => checks = true,
			"--json" => json = true,
			"--markdown" => markdown = true,
			"--seconds" => seconds = words.next().and_then(|word| word.parse().ok()).unwrap_or(seconds),
			"--compile" => architecture = words.next().and_then(|word| word.parse::<u32>().ok()),
			"--cache" => cache = words.next().map(PathBuf::from),
			_ => {
				eprintln!("gpu-bench: `{word}` is none of --check, --json, --markdown, --seconds S, --cache DIR");
				return ExitCode::FAILURE;
			}
		}
	}
	let kernels = cache.as_ref().map_or_else(Cache::default, |dir| Cache::at(dir.join("kernels")));
	if let Some(number) = architecture {
		let plans = Plan::candidates();
		let all = [Kernel::rows(), Kernel::tiles(), Kernel::table()];
		for kernel in all.into_iter().chain(plans.iter().map(Kernel::keccak)) {
			if let Err(error) = kernels.get(&kernel, (number / 10, number % 10)) {
				eprintln!("gpu-bench: {}: {error}", kernel.name);
				return ExitCode::FAILURE;
			}
		}
		println!("{} kernels for sm_{number}", plans.len() + 3);
		return ExitCode::SUCCESS;
	}
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
		print!("{}", if markdown { bench::markdown(&devices) } else { bench::describe(&devices) });
		println!("{} checks, {} failed.", checks.len(), failed.len());
	}
	for check in &failed {
		eprintln!("device {}: {}: {}", check.device, check.name, check.problem.as_deref().unwrap_or_default());
	}
	if failed.is_empty() {
		ExitCode::SUCCESS
	} else {
		ExitCode::FAILURE
	}
}
