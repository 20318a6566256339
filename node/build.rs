//! Hands the commit to the binary, so that `gpu-chain --version` names it. Without git the hash reads as zeros.

fn main() {
	substrate_build_script_utils::generate_cargo_keys();
	substrate_build_script_utils::rerun_if_git_head_changed();
}
