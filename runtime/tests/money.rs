//! Currencies through the whole runtime: feeders and prices, limits and listings in dollars, prepaid accounts, and fees in
//! another currency, with the money counted to the last unit.

mod common;

use codec::Encode;
use common::*;
use frame_support::{assert_err, assert_ok};
use gpu_chain_primitives::{usd::PicoUsd, EscrowKey, NodeId, ResourceType, UsdPrices};
use gpu_chain_runtime::{
	configs::{
		money::{asset_ids, AssetKind, TreasuryAccount},
		parameters::{
			dynamic_params::{market, prices, rental as terms},
			RuntimeParameters,
		},
		prices::Currency,
	},
	*,
};
use pallet_asset_conversion::Call as Exchange;
use pallet_marketplace::Call as Market;
use pallet_payments::Call as Prepaid;
use pallet_price_index::PriceStatus;
use pallet_provider_registry::Call as Registry;
use pallet_rental::{Call as Rent, HourlyRate};
use pallet_work_verification::Call as Work;
use sp_core::H256;
use sp_keyring::Sr25519Keyring::{self, Alice, Bob, Charlie, Dave, Eve, Ferdie};
use sp_runtime::{
	transaction_validity::{InvalidTransaction, TransactionValidityError},
	DispatchError, DispatchResult, MultiAddress, Permill,
};

const DOLLAR: PicoUsd = 1_000_000_000_000;
const SECOND: u64 = 1_000;
/// A million USDC's smallest units are one.
const USDC: Balance = 1_000_000;
const DOLLARS: AssetKind = AssetKind::WithId(asset_ids::USDC);
const ETH: AssetKind = AssetKind::WithId(asset_ids::WRAPPED_ETH);

fn balance(asset: &AssetKind, who: &AccountId) -> Balance {
	match asset {
		AssetKind::Native => Balances::free_balance(who),
		AssetKind::WithId(id) => Assets::balance(*id, who),
	}
}

fn block<R>(act: impl FnOnce() -> R) -> R {
	begin_block();
	let result = act();
	end_block();
	result
}

// ── Feeders ─────────────────────────────────────────────────────────────────────────────────────────────────────────

fn values(
	prices: &[(Currency, PicoUsd)],
) -> frame_support::BoundedVec<(Currency, PicoUsd), configs::prices::MaxFeedValues> {
	prices.to_vec().try_into().expect("as many as there are currencies")
}

fn feed(who: Sr25519Keyring, prices: &[(Currency, PicoUsd)]) -> DispatchResult {
	call(&account(who), pallet_oracle::Call::feed_values { values: values(prices) })
}

/// The three feeders of a test chain say the same.
fn feed_all(prices: &[(Currency, PicoUsd)]) {
	for who in [Alice, Bob, Charlie] {
		assert_ok!(feed(who, prices));
	}
}

fn price(currency: Currency) -> Option<PicoUsd> {
	PriceIndex::price(&currency.asset())
}

fn status(currency: Currency) -> Option<PriceStatus> {
	PriceIndex::quote(&currency.asset()).map(|quote| quote.status)
}

fn max_price_age(age: u64) {
	set(RuntimeParameters::Prices(prices::Parameters::MaxPriceAge(prices::MaxPriceAge, Some(age))));
}

fn member(who: Sr25519Keyring) -> MultiAddress<AccountId, ()> {
	MultiAddress::Id(account(who))
}

fn add_feeder(who: Sr25519Keyring) {
	assert_ok!(OracleMembership::add_member(RuntimeOrigin::root(), member(who)));
}

#[test]
fn three_feeders_make_a_median_and_two_do_not() {
	// A chain of value begins with neither prices nor feeders.
	genesis("staging").execute_with(|| {
		block(|| {
			for currency in Currency::ALL {
				assert_eq!(PriceIndex::quote(&currency.asset()), None);
			}
			assert_err!(feed(Alice, &[(Currency::Native, DOLLAR)]), pallet_oracle::Error::<Runtime>::NoPermission);
			for who in [Alice, Bob, Charlie] {
				add_feeder(who);
			}
			assert_ok!(feed(Alice, &[(Currency::Native, 2 * DOLLAR), (Currency::Usdc, DOLLAR)]));
			assert_ok!(feed(Bob, &[(Currency::Native, 1)]));
			assert_eq!(price(Currency::Native), None, "two are too few");
			assert_err!(feed(Bob, &[(Currency::Native, DOLLAR)]), pallet_oracle::Error::<Runtime>::AlreadyFeeded);
			assert_ok!(feed(Charlie, &[(Currency::Native, 3 * DOLLAR)]));
			assert_eq!(price(Currency::Native), Some(2 * DOLLAR), "the liar does not move it beyond the honest ones");
			assert_eq!((price(Currency::Usdc), price(Currency::WrappedEth)), (None, None));
		});
		block(|| {
			// The parameter cannot make it fewer.
			set(RuntimeParameters::Prices(prices::Parameters::MinimumFeeders(prices::MinimumFeeders, Some(1))));
			assert_ok!(feed(Bob, &[(Currency::Usdc, DOLLAR)]));
			assert_eq!(price(Currency::Usdc), None);
			// The root origin is a feeder more.
			let values = values(&[(Currency::Usdc, DOLLAR)]);
			let root = Oracle::feed_values(RuntimeOrigin::root(), values).expect("root may feed");
			assert_eq!(root.pays_fee, frame_support::dispatch::Pays::No);
			assert_eq!(price(Currency::Usdc), Some(DOLLAR));
		});
		block(|| {
			set(RuntimeParameters::Prices(prices::Parameters::MinimumFeeders(prices::MinimumFeeders, Some(5))));
			add_feeder(Dave);
			add_feeder(Eve);
			assert_ok!(feed(Dave, &[(Currency::Native, 4 * DOLLAR)]));
			// Four of five: the median of before stands, until it is stale.
			assert_eq!(price(Currency::Native), Some(2 * DOLLAR));
			assert_ok!(feed(Eve, &[(Currency::Native, 5 * DOLLAR)]));
			assert_eq!(status(Currency::Native), Some(PriceStatus::Unsteady));
		});
	});
}

#[test]
fn a_price_is_as_old_as_the_third_newest_of_its_feeders() {
	genesis("development").execute_with(|| {
		let native = |dollars: u128| [(Currency::Native, dollars * DOLLAR / 10)];
		block(|| {
			assert_eq!(status(Currency::Native), Some(PriceStatus::Initial), "a test chain begins with prices");
			max_price_age(5 * SECOND);
			feed_all(&native(20));
			assert_eq!(price(Currency::Native), Some(2 * DOLLAR));
		});
		// Two go on, the third does not.
		for second in 1..=8 {
			block(|| {
				assert_ok!(feed(Alice, &native(21)));
				assert_ok!(feed(Bob, &native(21)));
				let expected = (second <= 5).then_some(2 * DOLLAR + DOLLAR / 10);
				assert_eq!(price(Currency::Native), expected, "after {second} seconds");
			});
		}
		assert_eq!(status(Currency::Native), Some(PriceStatus::Stale));
		assert_eq!(<PriceIndex as UsdPrices<_, _>>::to_usd(&AssetKind::Native, UNIT), None);
		block(|| {
			assert_ok!(feed(Charlie, &native(22)));
			// Whose prices of a second ago still count.
			assert_eq!(price(Currency::Native), Some(2 * DOLLAR + DOLLAR / 10));
		});
		run_blocks(6);
		assert_eq!(status(Currency::Native), Some(PriceStatus::Stale));
	});
}

#[test]
fn what_a_removed_feeder_gave_counts_no_more() {
	genesis("development").execute_with(|| {
		block(|| {
			add_feeder(Dave);
			for (who, dollars) in [(Alice, 20), (Bob, 21), (Charlie, 22), (Dave, 24)] {
				assert_ok!(feed(who, &[(Currency::Native, dollars * DOLLAR / 10)]));
			}
			assert_eq!(price(Currency::Native), Some(21 * DOLLAR / 10));
		});
		block(|| {
			assert_ok!(OracleMembership::remove_member(RuntimeOrigin::root(), member(Alice)));
			assert_eq!(price(Currency::Native), Some(22 * DOLLAR / 10), "of 2.1, 2.2 and 2.4");
			assert_eq!(pallet_oracle::RawValues::<Runtime>::iter_prefix(account(Alice)).count(), 0);
			assert_err!(feed(Alice, &[(Currency::Native, DOLLAR)]), pallet_oracle::Error::<Runtime>::NoPermission);
			assert_ok!(OracleMembership::remove_member(RuntimeOrigin::root(), member(Bob)));
			assert_eq!(PriceIndex::quote(&AssetKind::Native), None, "two are left");
			assert_eq!(pallet_oracle::Values::<Runtime>::get(Currency::Native), None);
		});
		block(|| {
			add_feeder(Eve);
			assert_ok!(feed(Eve, &[(Currency::Native, 23 * DOLLAR / 10)]));
			assert_eq!(price(Currency::Native), Some(23 * DOLLAR / 10));
			// A feeder who changes their key has to feed anew.
			assert_ok!(call(
				&account(Eve),
				pallet_membership::Call::<Runtime, pallet_membership::Instance1>::change_key { new: member(Ferdie) }
			));
			assert_eq!(price(Currency::Native), None);
		});
	});
}

#[test]
fn the_average_follows_and_a_leap_is_not_believed_at_once() {
	genesis("development").execute_with(|| {
		let window = prices::Parameters::AverageWindow(prices::AverageWindow, Some(100 * SECOND));
		let native = |dollars: u128| [(Currency::Native, dollars * DOLLAR)];
		let average = || PriceIndex::quote(&AssetKind::Native).expect("there is a price").average;
		block(|| {
			set(RuntimeParameters::Prices(window));
			feed_all(&native(100));
		});
		run_blocks(9);
		block(|| {
			feed_all(&native(120));
			assert_eq!((price(Currency::Native), average()), (Some(120 * DOLLAR), 100 * DOLLAR));
		});
		run_blocks(25);
		assert_eq!(average(), 105 * DOLLAR, "a quarter of the window");
		block(|| {
			feed_all(&native(200));
			assert_eq!((status(Currency::Native), price(Currency::Native)), (Some(PriceStatus::Unsteady), None));
			let wide = prices::Parameters::MaxDeviation(prices::MaxDeviation, Some(Permill::one()));
			set(RuntimeParameters::Prices(wide));
			assert_eq!(price(Currency::Native), Some(200 * DOLLAR));
			let narrow = prices::Parameters::MaxDeviation(prices::MaxDeviation, Some(Permill::from_percent(25)));
			set(RuntimeParameters::Prices(narrow));
		});
		// It stands; the average comes near enough within the window.
		let mut seconds = 0;
		while price(Currency::Native).is_none() {
			run_blocks(1);
			seconds += 1;
		}
		assert!((40..80).contains(&seconds), "{seconds}");
		assert_eq!(price(Currency::Native), Some(200 * DOLLAR));
	});
}

// ── Work priced in dollars ──────────────────────────────────────────────────────────────────────────────────────────

fn provider() -> AccountId {
	account(Bob)
}

/// An active node, of trust level 1.
fn node() -> NodeId {
	hurry();
	without_sponsors();
	let node = block(|| {
		assert_ok!(call(&provider(), register_call(ResourceType::Gpu, 2 * UNIT)));
		newest_node(&provider())
	});
	block(|| {
		assert_ok!(call(&provider(), Work::issue_challenge { node }));
		let nonce = solution(&node).expect("easy");
		assert_ok!(call(&provider(), Work::submit_solution { node, nonce }));
		assert_ok!(call(&provider(), Registry::activate_node { node }));
	});
	assert_eq!(ProviderStaking::trust_level(&node), 1);
	node
}

fn accept(node: NodeId, asset: AssetKind, price: Balance) -> DispatchResult {
	let task_id = pallet_marketplace::NextTaskId::<Runtime>::get();
	assert_ok!(call(
		&account(Ferdie),
		Market::create_task {
			resource_type: ResourceType::Gpu,
			required_power: Default::default(),
			duration_secs: 3_600,
			asset,
			max_price_per_hour: price,
			min_trust_level: 0,
			specification_uri: bounded("https://example.org/spec"),
			specification_hash: H256::repeat_byte(1),
		}
	));
	let accepted = call(&provider(), Market::accept_task { task_id, node_id: node });
	if accepted.is_err() {
		assert_ok!(call(&account(Ferdie), Market::cancel_task { task_id }));
	}
	accepted
}

#[test]
fn level_one_takes_work_of_a_hundred_dollars_by_the_oracle() {
	genesis("development").execute_with(|| {
		let node = node();
		let above: DispatchError = pallet_marketplace::Error::<Runtime>::TaskValueAboveLimit.into();
		let unknown: DispatchError = pallet_marketplace::Error::<Runtime>::CurrencyNotForTrustLevel.into();
		// At a test chain's first prices.
		block(|| {
			assert_ok!(accept(node, AssetKind::Native, 100 * UNIT));
			assert_err!(accept(node, AssetKind::Native, 100 * UNIT + 1), above);
		});
		block(|| {
			max_price_age(5 * SECOND);
			let eth = (Currency::WrappedEth, 2_500 * DOLLAR);
			feed_all(&[(Currency::Native, 5 * DOLLAR / 2), eth, (Currency::Usdc, 999 * DOLLAR / 1_000)]);
			for (asset, most) in [(AssetKind::Native, 40 * UNIT), (ETH, UNIT / 25), (DOLLARS, 100_100_100)] {
				assert_ok!(accept(node, asset.clone(), most));
				assert_err!(accept(node, asset.clone(), most + 1), above);
			}
		});
		block(|| {
			let limit = market::Parameters::LevelOneUsdLimit(market::LevelOneUsdLimit, Some(50_000_000));
			set(RuntimeParameters::Market(limit));
			assert_ok!(accept(node, AssetKind::Native, 20 * UNIT));
			assert_err!(accept(node, AssetKind::Native, 20 * UNIT + 1), above);
		});
		run_blocks(5);
		block(|| {
			for asset in [AssetKind::Native, ETH, DOLLARS] {
				assert_err!(accept(node, asset, 1), unknown);
			}
		});
	});
}

fn list(node: NodeId, asset: AssetKind, rate: HourlyRate<Balance>) {
	let list = Rent::list_gpu { node, gpu: 0, asset, rate, min_duration: SECOND, max_duration: 36_000 * SECOND };
	assert_ok!(call(&provider(), list));
}

fn book(
	who: Sr25519Keyring,
	node: NodeId,
	duration: u64,
	prepaid_account: Option<AccountId>,
) -> Result<u64, DispatchError> {
	let rental_id = pallet_rental::NextRentalId::<Runtime>::get();
	let gpus = vec![0].try_into().expect("one is few");
	let encryption_key = [1; 32];
	call(&account(who), Rent::book { node, gpus, start: None, duration, encryption_key, prepaid_account })?;
	Ok(rental_id)
}

fn confirm(rental_id: u64) {
	let access = vec![9; 80].try_into().expect("short enough");
	assert_ok!(call(&provider(), Rent::confirm_start { rental_id, access }));
}

fn no_grace() {
	set(RuntimeParameters::Rental(terms::Parameters::Grace(terms::Grace, Some(0))));
}

#[test]
fn a_listing_in_dollars_is_booked_at_the_newest_price() {
	genesis("development").execute_with(|| {
		let (node, issued) = (node(), issuance());
		no_grace();
		block(|| {
			max_price_age(5 * SECOND);
			feed_all(&[(Currency::Native, 5 * DOLLAR / 4), (Currency::Usdc, DOLLAR)]);
			// 3.60 dollars an hour: a tenth of a cent a second.
			list(node, AssetKind::Native, HourlyRate::Usd(3_600_000));
			let id = book(Ferdie, node, 60 * SECOND, None).expect("there is a price");
			let escrow = Escrow::escrow(EscrowKey::Rental(id)).expect("it is booked");
			assert_eq!((escrow.asset, escrow.amount), (AssetKind::Native, 48 * UNIT / 1_000), "6 cents at 1.25");
			assert_ok!(call(&provider(), Rent::cancel_booking { rental_id: id }));
		});
		block(|| {
			list(node, DOLLARS, HourlyRate::Usd(3_600_000));
			let id = book(Ferdie, node, 60 * SECOND, None).expect("there is a price");
			let escrow = Escrow::escrow(EscrowKey::Rental(id)).expect("it is booked");
			assert_eq!((escrow.asset, escrow.amount), (DOLLARS, 60_000));
			assert_ok!(call(&provider(), Rent::cancel_booking { rental_id: id }));
		});
		run_blocks(6);
		block(|| {
			assert_err!(book(Ferdie, node, 60 * SECOND, None), pallet_rental::Error::<Runtime>::PriceUnknown);
		});
		assert_eq!(issuance(), issued);
	});
}

// ── Prepaid accounts ────────────────────────────────────────────────────────────────────────────────────────────────

fn allow(owner: Sr25519Keyring, spender: Sr25519Keyring, asset: AssetKind, amount: Balance) {
	let allow = Prepaid::set_allowance { spender: account(spender), asset, amount, expires_at: None };
	assert_ok!(call(&account(owner), allow));
}

#[test]
fn a_prepaid_account_funds_many_rentals_of_others() {
	for (asset, rate) in [(AssetKind::Native, 3 * UNIT + 600), (ETH, UNIT / 100), (DOLLARS, 36 * USDC)] {
		genesis("development").execute_with(|| {
			let (node, issued) = (node(), issuance());
			no_grace();
			let (owner, spender) = (account(Ferdie), account(Eve));
			// What a minute costs, ten of which are paid in, and eight allowed.
			let minute = rate.div_ceil(60);
			block(|| {
				list(node, asset.clone(), HourlyRate::Amount(rate));
				assert_ok!(call(&owner, Prepaid::deposit { asset: asset.clone(), amount: 10 * minute }));
				allow(Ferdie, Eve, asset.clone(), 8 * minute);
			});
			// What somebody has, the native deposits for storage included.
			let has = |who: &AccountId| {
				use frame_support::traits::fungible::InspectHold;
				let deposits = [
					RuntimeHoldReason::Rental(pallet_rental::HoldReason::Storage),
					RuntimeHoldReason::Payments(pallet_payments::HoldReason::AllowanceStorage),
				];
				let held: Balance = deposits.iter().map(|reason| Balances::balance_on_hold(reason, who)).sum();
				balance(&asset, who) + if asset == AssetKind::Native { held } else { 0 }
			};
			let before = [has(&owner), has(&spender)];
			for round in 1..=4 {
				let id = block(|| {
					let id = book(Eve, node, 60 * SECOND, Some(owner.clone())).expect("it is paid for");
					confirm(id);
					id
				});
				let record = Rental::rental(id).expect("it is booked");
				assert_eq!((&record.renter, &record.payer, record.prepaid), (&spender, &owner, true));
				block(|| {
					assert_ok!(call(&spender, Rent::extend { rental_id: id, more: 60 * SECOND }));
					assert_ok!(call(&spender, Rent::end_rental { rental_id: id }));
				});
				// Without proofs nothing is earned, and all of it is the owner's again, free.
				assert_eq!(Rental::rental(id).expect("it stays readable").earned(), 0);
				assert_eq!(has(&owner) - before[0], 2 * round * minute);
				assert_eq!(has(&spender), before[1], "no unit passes the spender");
				assert_eq!(Payments::balance(&owner, &asset), (10 - 2 * round) * minute);
			}
			block(|| {
				// The allowance is used up, though money lies there.
				assert_err!(
					book(Eve, node, 60 * SECOND, Some(owner.clone())),
					pallet_payments::Error::<Runtime>::AllowanceNotFound
				);
				// The owner needs none, and can rent for no more than what is left.
				let id = book(Ferdie, node, 120 * SECOND, Some(owner.clone())).expect("the owner may");
				assert_ok!(call(&owner, Rent::cancel_booking { rental_id: id }));
				assert_err!(
					book(Ferdie, node, 60 * SECOND, Some(owner.clone())),
					pallet_payments::Error::<Runtime>::InsufficientPrepaid
				);
			});
			assert_eq!(issuance(), issued);
		});
	}
}

#[test]
fn a_spender_cannot_drain_a_prepaid_account() {
	genesis("development").execute_with(|| {
		let (node, issued) = (node(), issuance());
		no_grace();
		let (owner, rate) = (account(Ferdie), 36 * USDC);
		block(|| {
			list(node, DOLLARS, HourlyRate::Amount(rate));
			assert_ok!(call(&owner, Prepaid::deposit { asset: DOLLARS, amount: 1_000 * USDC }));
			// The provider is the spender: it cannot hire itself with others' money, nor can the owner.
			allow(Ferdie, Bob, DOLLARS, 100 * USDC);
			assert_err!(
				book(Bob, node, 60 * SECOND, Some(owner.clone())),
				pallet_rental::Error::<Runtime>::SelfDealing
			);
			// It has no other way to the money.
			for drain in [
				Prepaid::withdraw { asset: DOLLARS, amount: 1 },
				Prepaid::make_payment { to: account(Eve), asset: DOLLARS, amount: 1, reference: Default::default() },
			] {
				assert_err!(call(&provider(), drain), pallet_payments::Error::<Runtime>::InsufficientPrepaid);
			}
			assert_ok!(call(&owner, Prepaid::revoke_allowance { spender: provider(), asset: DOLLARS }));
		});
		// An accomplice books the provider's node far ahead and cancels late, again and again: the fastest way to pay the
		// provider for nothing. Each time the allowance is lowered by all of the price, the pair has a tenth of it, and of
		// that the platform has its 8 %.
		let before = [balance(&DOLLARS, &owner), balance(&DOLLARS, &provider()), balance(&DOLLARS, &account(Eve))];
		let treasury = balance(&DOLLARS, &TreasuryAccount::get());
		let allowance = 40 * USDC;
		block(|| allow(Ferdie, Eve, DOLLARS, allowance));
		let mut drained = 0;
		block(|| {
			let (gpus, now): (pallet_rental::types::Gpus, _) = (vec![0].try_into().expect("one"), Timestamp::get());
			loop {
				let rental_id = pallet_rental::NextRentalId::<Runtime>::get();
				let booked = call(
					&account(Eve),
					Rent::book {
						node,
						gpus: gpus.clone(),
						start: Some(now + 600 * SECOND),
						duration: 600 * SECOND,
						encryption_key: [1; 32],
						prepaid_account: Some(owner.clone()),
					},
				);
				if booked.is_err() {
					break;
				}
				assert_ok!(call(&account(Eve), Rent::cancel_booking { rental_id }));
				drained += rate / 6 / 10;
			}
		});
		let fee = balance(&DOLLARS, &TreasuryAccount::get()) - treasury;
		assert_eq!(drained, 6 * 600_000, "six bookings of 6 USDC within an allowance of 40");
		assert_eq!(fee, drained * 8 / 100);
		assert_eq!(balance(&DOLLARS, &provider()) - before[1], drained - fee);
		assert_eq!(balance(&DOLLARS, &account(Eve)), before[2], "the spender has nothing of it");
		// What the owner lost is that; the rest of what was drawn is free, and the prepaid account is the smaller for it.
		assert_eq!(Payments::balance(&owner, &DOLLARS), 964 * USDC);
		assert_eq!(balance(&DOLLARS, &owner), before[0] + 36 * USDC - drained);
		assert!(drained <= allowance);
		assert_eq!(issuance(), issued);
	});
}

#[test]
fn payments_say_what_for() {
	genesis("development").execute_with(|| {
		block(|| {
			assert_ok!(call(&account(Ferdie), Prepaid::deposit { asset: ETH, amount: UNIT }));
			let before = balance(&ETH, &account(Eve));
			let reference: pallet_payments::Reference = b"invoice 2026-117".to_vec().try_into().expect("short");
			let payment =
				Prepaid::make_payment { to: account(Eve), asset: ETH, amount: UNIT / 4, reference: reference.clone() };
			assert_ok!(call(&account(Ferdie), payment));
			assert_eq!(balance(&ETH, &account(Eve)) - before, UNIT / 4);
			System::assert_last_event(
				pallet_payments::Event::PaymentMade {
					from: account(Ferdie),
					to: account(Eve),
					asset: ETH,
					amount: UNIT / 4,
					reference,
				}
				.into(),
			);
		});
	});
}

// ── Fees ────────────────────────────────────────────────────────────────────────────────────────────────────────────

/// A signed transaction whose fee is paid in that currency.
fn transaction(
	who: Sr25519Keyring,
	call: impl Into<RuntimeCall>,
	tip: Balance,
	fee: Option<AssetKind>,
) -> UncheckedExtrinsic {
	let call = call.into();
	let extension: TxExtension = (
		frame_system::AuthorizeCall::new(),
		frame_system::CheckNonZeroSender::new(),
		frame_system::CheckSpecVersion::new(),
		frame_system::CheckTxVersion::new(),
		frame_system::CheckGenesis::new(),
		frame_system::CheckEra::from(sp_runtime::generic::Era::Immortal),
		frame_system::CheckNonce::from(System::account_nonce(account(who))),
		frame_system::CheckWeight::new(),
		pallet_asset_conversion_tx_payment::ChargeAssetTxPayment::from(tip, fee),
		frame_metadata_hash_extension::CheckMetadataHash::new(false),
		frame_system::WeightReclaim::new(),
	);
	let payload = SignedPayload::new(call.clone(), extension.clone()).expect("nothing is missing to sign it");
	let signature = payload.using_encoded(|bytes| who.sign(bytes));
	UncheckedExtrinsic::new_signed(call, MultiAddress::Id(account(who)), signature.into(), extension)
}

fn transfer(value: Balance) -> RuntimeCall {
	pallet_balances::Call::transfer_keep_alive { dest: MultiAddress::Id(account(Ferdie)), value }.into()
}

/// A pool of native money and another currency, by Dave.
fn open_pool(asset: AssetKind, native: Balance, other: Balance) {
	let (one, two) = (Box::new(AssetKind::Native), Box::new(asset));
	assert_ok!(call(&account(Dave), Exchange::create_pool { asset1: one.clone(), asset2: two.clone() }));
	let liquidity = Exchange::add_liquidity {
		asset1: one,
		asset2: two,
		amount1_desired: native,
		amount2_desired: other,
		amount1_min: native,
		amount2_min: other,
		mint_to: account(Dave),
	};
	assert_ok!(call(&account(Dave), liquidity));
}

/// What the newest transaction cost, in the currency that it was paid in.
fn fee_paid() -> Balance {
	let fee = System::events().into_iter().rev().find_map(|record| match record.event {
		RuntimeEvent::AssetConversionTxPayment(pallet_asset_conversion_tx_payment::Event::AssetTxFeePaid {
			actual_fee,
			..
		}) => Some(actual_fee),
		RuntimeEvent::TransactionPayment(pallet_transaction_payment::Event::TransactionFeePaid {
			actual_fee, ..
		}) => Some(actual_fee),
		_ => None,
	});
	fee.expect("somebody paid")
}

#[test]
fn a_fee_is_paid_in_usdc_and_ends_where_native_fees_end() {
	genesis("development").execute_with(|| {
		let issued = issuance();
		let treasury = || Balances::free_balance(TreasuryAccount::get());
		block(|| {
			let before = treasury();
			// A dollar each.
			open_pool(DOLLARS, 10_000 * UNIT, 10_000 * USDC);
			assert_eq!(treasury() - before, configs::exchange::PoolSetupFee::get());
		});
		// In native money: what it costs, and where it goes.
		let native_fee = block(|| {
			let (before, bob) = (treasury(), Balances::free_balance(account(Bob)));
			assert_ok!(Executive::apply_extrinsic(transaction(Bob, transfer(UNIT), 0, None)).expect("valid"));
			let fee = fee_paid();
			assert_eq!((treasury() - before, bob - Balances::free_balance(account(Bob))), (fee, UNIT + fee));
			fee
		});
		block(|| {
			let (before, bob) = (treasury(), account(Bob));
			let has = [AssetKind::Native, DOLLARS].map(|asset| balance(&asset, &bob));
			let transaction = transaction(Bob, transfer(UNIT), 0, Some(DOLLARS));
			assert_ok!(Executive::apply_extrinsic(transaction).expect("valid"));
			assert_eq!(has[0] - balance(&AssetKind::Native, &bob), UNIT, "no native money but what is sent");
			let paid = has[1] - balance(&DOLLARS, &bob);
			assert_eq!(paid, fee_paid());
			// The same fee and a bit more, since it takes more work; the price of the pool and its 0.3 %.
			let fee = treasury() - before;
			assert!((native_fee..2 * native_fee).contains(&fee), "{fee} for {native_fee}");
			let exact = fee / (UNIT / USDC);
			assert!((exact..=exact + exact / 100 + 2).contains(&paid), "{paid} USDC for {fee} plancks");
		});
		assert_eq!(issuance(), issued);
	});
}

#[test]
fn a_tip_in_usdc_goes_to_the_author() {
	genesis("development").execute_with(|| {
		block(|| open_pool(DOLLARS, 10_000 * UNIT, 10_000 * USDC));
		let issued = issuance();
		block(|| {
			let (author, treasury) = (account(Alice), Balances::free_balance(TreasuryAccount::get()));
			let before = Balances::free_balance(&author);
			let tip = UNIT / 2;
			let transaction = transaction(Bob, transfer(UNIT), tip, Some(DOLLARS));
			assert_ok!(Executive::apply_extrinsic(transaction).expect("valid"));
			assert_eq!(Balances::free_balance(&author) - before, tip);
			assert!(Balances::free_balance(TreasuryAccount::get()) > treasury);
		});
		assert_eq!(issuance(), issued);
	});
}

#[test]
fn without_a_pool_a_fee_in_another_currency_is_refused() {
	genesis("development").execute_with(|| {
		let issued = issuance();
		block(|| {
			let refused = Err(TransactionValidityError::Invalid(InvalidTransaction::Payment));
			for asset in [DOLLARS, ETH, AssetKind::WithId(77)] {
				let transaction = transaction(Bob, transfer(UNIT), 0, Some(asset));
				assert_eq!(Executive::apply_extrinsic(transaction), refused);
			}
			// With a pool, by somebody who has none of it.
			open_pool(DOLLARS, 10_000 * UNIT, 10_000 * USDC);
			let everything = Assets::balance(asset_ids::USDC, account(Bob));
			let give = pallet_assets::Call::<Runtime>::transfer {
				id: codec::Compact(asset_ids::USDC),
				target: MultiAddress::Id(account(Eve)),
				amount: everything,
			};
			assert_ok!(call(&account(Bob), give));
			let transaction = transaction(Bob, transfer(UNIT), 0, Some(DOLLARS));
			assert_eq!(Executive::apply_extrinsic(transaction), refused);
		});
		assert_eq!(issuance(), issued);
	});
}

#[test]
fn currencies_are_exchanged_through_native_money() {
	genesis("development").execute_with(|| {
		let issued = issuance();
		block(|| {
			let pair = |asset1, asset2| Exchange::create_pool { asset1: Box::new(asset1), asset2: Box::new(asset2) };
			assert_err!(
				call(&account(Dave), pair(DOLLARS, ETH)),
				pallet_asset_conversion::Error::<Runtime>::InvalidAssetPair
			);
			open_pool(DOLLARS, 30_000 * UNIT, 30_000 * USDC);
			open_pool(ETH, 30_000 * UNIT, 10 * UNIT);
			let (usdc, eth) = (balance(&DOLLARS, &account(Eve)), balance(&ETH, &account(Eve)));
			let swap = Exchange::swap_exact_tokens_for_tokens {
				path: vec![Box::new(DOLLARS), Box::new(AssetKind::Native), Box::new(ETH)],
				amount_in: 300 * USDC,
				amount_out_min: 95 * UNIT / 1_000,
				send_to: account(Eve),
				keep_alive: true,
			};
			assert_ok!(call(&account(Eve), swap));
			assert_eq!(usdc - balance(&DOLLARS, &account(Eve)), 300 * USDC);
			let bought = balance(&ETH, &account(Eve)) - eth;
			assert!((95 * UNIT / 1_000..UNIT / 10).contains(&bought), "{bought}: a tenth, less fees and slippage");
		});
		assert_eq!(issuance(), issued);
	});
}
