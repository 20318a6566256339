//! Calls about prepaid accounts, prices and pools.

use super::*;
use gpu_chain_runtime::configs::prices::Currency;
use pallet_asset_conversion::Call as Exchange;
use pallet_payments::Call as Prepaid;

impl Fuzzer {
	/// An allowance that there is, or any.
	pub fn allowance(&mut self) -> (AccountId, AccountId, AssetKind) {
		let all: Vec<_> = pallet_payments::Allowances::<Runtime>::iter_keys().collect();
		match all.choose(&mut self.rng) {
			Some((owner, (spender, asset))) if self.rng.gen_ratio(9, 10) => {
				(owner.clone(), spender.clone(), asset.clone())
			}
			_ => (self.anybody(), self.anybody(), self.asset()),
		}
	}

	/// One call about currencies.
	pub fn next_money(&mut self) -> (&'static str, AccountId, RuntimeCall) {
		let (asset, amount) = (self.asset(), self.amount());
		let (owner, spender, granted) = self.allowance();
		match self.rng.gen_range(0..13) {
			0 | 1 => ("deposit", self.anybody(), Prepaid::deposit { asset, amount }.into()),
			2 => ("withdraw", self.anybody(), Prepaid::withdraw { asset, amount: amount / 4 }.into()),
			3 => {
				let reference = b"for fun".to_vec().try_into().expect("short enough");
				let payment = Prepaid::make_payment { to: self.anybody(), asset, amount: amount / 4, reference };
				("make_payment", self.anybody(), payment.into())
			}
			4 | 5 => {
				let expires_at = self.rng.gen::<bool>().then(|| System::block_number() + self.rng.gen_range(0..20));
				let set = Prepaid::set_allowance { spender: self.anybody(), asset, amount, expires_at };
				("set_allowance", self.anybody(), set.into())
			}
			6 => {
				("raise_allowance", owner, Prepaid::raise_allowance { spender, asset: granted, by: amount / 2 }.into())
			}
			7 => {
				("lower_allowance", owner, Prepaid::lower_allowance { spender, asset: granted, by: amount / 2 }.into())
			}
			8 if self.rng.gen_ratio(1, 3) => {
				("revoke_allowance", owner, Prepaid::revoke_allowance { spender, asset: granted }.into())
			}
			8 => {
				let remove = Prepaid::remove_expired_allowance { owner, spender, asset: granted };
				("remove_expired_allowance", self.anybody(), remove.into())
			}
			9 | 10 => {
				// Three of the five are feeders.
				let mut price = |around: u128| around / 100 * self.rng.gen_range(90..112);
				let values = vec![
					(Currency::Native, price(1_000_000_000_000)),
					(Currency::WrappedEth, price(3_000_000_000_000_000)),
					(Currency::Usdc, price(1_000_000_000_000)),
				];
				let values = values.try_into().expect("as many as there are");
				("feed_values", self.anybody(), pallet_oracle::Call::feed_values { values }.into())
			}
			11 => {
				let sell = self.rng.gen::<bool>();
				let (native, other) = (Box::new(AssetKind::Native), Box::new(asset));
				let swap = Exchange::swap_exact_tokens_for_tokens {
					path: if sell { vec![other, native] } else { vec![native, other] },
					amount_in: amount / 8,
					amount_out_min: 1,
					send_to: self.anybody(),
					keep_alive: true,
				};
				("swap", self.anybody(), swap.into())
			}
			_ => {
				let liquidity = Exchange::add_liquidity {
					asset1: Box::new(AssetKind::Native),
					asset2: Box::new(asset),
					amount1_desired: amount,
					amount2_desired: amount,
					amount1_min: 0,
					amount2_min: 0,
					mint_to: self.anybody(),
				};
				("add_liquidity", self.anybody(), liquidity.into())
			}
		}
	}
}
