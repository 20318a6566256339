//! Disputes through the whole runtime: the three cases and the ways past the arbitrators, for tasks and rentals in each
//! currency, with every unit counted; and the whole table of penalties.

mod common;

use common::*;
use frame_support::{
	assert_noop, assert_ok,
	traits::{fungible::InspectHold as _, fungibles::InspectHold as _, UnfilteredDispatchable},
};
use gpu_chain_primitives::{EscrowKey, Misconduct, NodeId, NodeStatus, ResourceType, Settlement};
use gpu_chain_runtime::{
	configs::{
		disputes::ArbitrationPot,
		money::{asset_ids, AssetKind, NativeAndAssets, NativeAndAssetsHolds, TreasuryAccount},
		parameters::{
			dynamic_params::{disputes as terms, market, staking, verification},
			RuntimeParameters,
		},
	},
	*,
};
use pallet_disputes::{Call as Judge, DisputePhase, DisputeStatus, Ruling, Side, Verdict};
use pallet_marketplace::{Call as Market, TaskStatus};
use pallet_provider_registry::Call as Registry;
use pallet_provider_staking::{Appeal, Call as Stake, PendingSlashes};
use pallet_rental::{Call as Rent, EndReason, HourlyRate, RentalStatus};
use pallet_work_verification::Call as Work;
use sp_keyring::Sr25519Keyring::{Alice, AliceStash, Bob, Charlie, Dave, DaveStash, Eve, Ferdie, FerdieStash};
use sp_runtime::{
	traits::{BlakeTwo256, Hash},
	DispatchResult, Permill,
};

const FOR_BUYER: Verdict = Verdict::Buyer { misuse: false };
const WINDOW: BlockNumber = 2;

fn provider() -> AccountId {
	account(Bob)
}

fn buyer() -> AccountId {
	account(AliceStash)
}

/// What somebody has of a currency, held or not.
fn wealth(asset: &AssetKind, who: &AccountId) -> i128 {
	let wealth = <NativeAndAssets as frame_support::traits::fungibles::Inspect<AccountId>>::total_balance;
	i128::try_from(wealth(asset.clone(), who)).expect("nobody is that rich")
}

/// An active node, in a chain without rounds and with short windows.
fn active_node() -> NodeId {
	hurry();
	without_sponsors();
	{
		use verification::*;
		for parameter in [
			Parameters::MinGap(MinGap, Some(100_000)),
			Parameters::MeanGap(MeanGap, Some(100_000)),
			Parameters::MaxGap(MaxGap, Some(100_000)),
		] {
			set(RuntimeParameters::Verification(parameter));
		}
	}
	for parameter in [
		terms::Parameters::EvidenceWindow(terms::EvidenceWindow, Some(WINDOW)),
		terms::Parameters::VotingWindow(terms::VotingWindow, Some(WINDOW)),
		terms::Parameters::CouncilWindow(terms::CouncilWindow, Some(WINDOW)),
	] {
		set(RuntimeParameters::Disputes(parameter));
	}
	for parameter in [
		staking::Parameters::SlashDelay(staking::SlashDelay, Some(WINDOW)),
		staking::Parameters::AppealPeriod(staking::AppealPeriod, Some(3 * WINDOW)),
	] {
		set(RuntimeParameters::Staking(parameter));
	}
	begin_block();
	assert_ok!(call(&provider(), register_call(ResourceType::Gpu, 4 * UNIT)));
	let node = newest_node(&provider());
	end_block();
	begin_block();
	assert_ok!(call(&provider(), Work::issue_challenge { node }));
	let nonce = solution(&node).expect("easy");
	assert_ok!(call(&provider(), Work::submit_solution { node, nonce }));
	assert_ok!(call(&provider(), Registry::activate_node { node }));
	end_block();
	node
}

/// A task of that price whose result the buyer has.
fn completed_task(node: NodeId, asset: &AssetKind, price: Balance) -> u64 {
	let task_id = pallet_marketplace::NextTaskId::<Runtime>::get();
	let create = Market::create_task {
		resource_type: ResourceType::Gpu,
		required_power: Default::default(),
		duration_secs: 3_600,
		asset: asset.clone(),
		max_price_per_hour: price,
		min_trust_level: 0,
		specification_uri: bounded("ipfs://task"),
		specification_hash: Default::default(),
	};
	assert_ok!(call(&buyer(), create));
	assert_ok!(call(&provider(), Market::accept_task { task_id, node_id: node }));
	assert_ok!(call(&provider(), Market::start_task { task_id }));
	let submit = Market::submit_result { task_id, result_hash: Default::default(), result_uri: bounded("ipfs://out") };
	assert_ok!(call(&provider(), submit));
	task_id
}

/// A rental of that hourly rate that runs.
fn running_rental(node: NodeId, asset: &AssetKind, rate: Balance) -> u64 {
	let rental_id = pallet_rental::NextRentalId::<Runtime>::get();
	let rate = HourlyRate::Amount(rate);
	let list = Rent::list_gpu { node, gpu: 0, asset: asset.clone(), rate, min_duration: 1, max_duration: 7_200_000 };
	assert_ok!(call(&provider(), list));
	let book = Rent::book {
		node,
		gpus: vec![0].try_into().expect("one is few"),
		start: None,
		duration: 3_600_000,
		encryption_key: [1; 32],
		prepaid_account: None,
	};
	assert_ok!(call(&buyer(), book));
	let access = vec![9; 80].try_into().expect("short enough");
	assert_ok!(call(&provider(), Rent::confirm_start { rental_id, access }));
	rental_id
}

/// A disputed deal, and the dispute about it.
fn disputed(node: NodeId, asset: &AssetKind, price: Balance, rental: bool) -> (EscrowKey, u64) {
	begin_block();
	let reason = bounded("not what was ordered");
	let key = if rental {
		let rental_id = running_rental(node, asset, price);
		assert_ok!(call(&buyer(), Rent::dispute_rental { rental_id, reason }));
		EscrowKey::Rental(rental_id)
	} else {
		let task_id = completed_task(node, asset, price);
		assert_ok!(call(&buyer(), Market::dispute_task { task_id, reason }));
		EscrowKey::Task(task_id)
	};
	let dispute = Disputes::dispute_of(key).expect("its market tells of it");
	assert_eq!(Disputes::phase(dispute), Some(DisputePhase::Evidence));
	assert_ok!(call(&buyer(), Judge::submit_evidence { dispute, uri: bounded("ipfs://what-i-got") }));
	assert_ok!(call(&provider(), Judge::submit_evidence { dispute, uri: bounded("ipfs://what-i-did") }));
	end_block();
	run_blocks(WINDOW);
	(key, dispute)
}

/// Lets arbitrators vote, and the time for it be over.
fn vote(dispute: u64, votes: &[Verdict]) {
	begin_block();
	for (who, verdict) in [Charlie, Dave, Eve, Ferdie, DaveStash].into_iter().zip(votes) {
		assert_ok!(call(&account(who), Judge::vote { dispute, verdict: *verdict }));
	}
	end_block();
	run_blocks(WINDOW);
}

fn conclude(dispute: u64) -> DispatchResult {
	call(&account(Ferdie), Judge::conclude { dispute })
}

fn closed(dispute: u64) -> (Ruling, Settlement<Balance>) {
	match Disputes::dispute(dispute).expect("it is there").status {
		DisputeStatus::Closed { ruling, settlement, .. } => (ruling, settlement),
		other => panic!("{other:?}"),
	}
}

fn bonded(asset: &AssetKind) -> Balance {
	let reason = RuntimeHoldReason::Disputes(pallet_disputes::HoldReason::Bond);
	NativeAndAssetsHolds::balance_on_hold(asset.clone(), &reason, &buyer())
}

/// A motion of the council that two of its three members carry.
fn council_decides(proposal: impl Into<RuntimeCall>) -> DispatchResult {
	use pallet_collective::{Call, Event, Instance1, ProposalCount};
	let proposal: RuntimeCall = proposal.into();
	let length_bound = codec::Encode::encode(&proposal).len() as u32;
	let proposal_hash = BlakeTwo256::hash_of(&proposal);
	let index = ProposalCount::<Runtime, Instance1>::get();
	let propose = Call::<Runtime, Instance1>::propose { threshold: 2, proposal: Box::new(proposal), length_bound };
	call(&account(Alice), propose)?;
	for who in [Alice, Charlie] {
		call(&account(who), Call::<Runtime, Instance1>::vote { proposal: proposal_hash, index, approve: true })?;
	}
	let proposal_weight_bound = frame_support::weights::Weight::MAX;
	call(
		&account(Ferdie),
		Call::<Runtime, Instance1>::close { proposal_hash, index, proposal_weight_bound, length_bound },
	)?;
	System::events()
		.into_iter()
		.rev()
		.find_map(|record| match record.event {
			RuntimeEvent::Council(Event::Executed { result, .. }) => Some(result),
			_ => None,
		})
		.expect("a motion that is carried is executed")
}

/// Currencies, and a price in each that a node of the lowest trust level may take.
fn currencies() -> [(AssetKind, Balance); 3] {
	[
		(AssetKind::Native, UNIT / 3 + 7),
		(AssetKind::WithId(asset_ids::WRAPPED_ETH), 20 * MILLI_UNIT + 1),
		(AssetKind::WithId(asset_ids::USDC), 49_999_999),
	]
}

#[test]
fn every_case_pays_to_the_last_unit_for_tasks_and_rentals_in_every_currency() {
	genesis("development").execute_with(|| {
		let node = active_node();
		let issued = issuance();
		let split = |percent| Verdict::Split { buyer_share: Permill::from_percent(percent) };
		for (asset, price) in currencies() {
			for rental in [false, true] {
				for (votes, case) in [
					(vec![FOR_BUYER, FOR_BUYER, Verdict::Provider], 'A'),
					(vec![Verdict::Provider; 5], 'B'),
					(vec![FOR_BUYER, split(60), Verdict::Provider], 'C'),
				] {
					let people = [buyer(), provider(), TreasuryAccount::get(), ArbitrationPot::get()];
					let before = people.clone().map(|who| wealth(&asset, &who));
					let (key, dispute) = disputed(node, &asset, price, rental);
					let held = Escrow::escrow(key).expect("it is held").amount;
					let (a, b) = (held * 2 / 100, held * 2 / 100);
					assert_eq!(bonded(&asset), b);
					vote(dispute, &votes);

					begin_block();
					let score = Reputation::track_record(&node).score;
					let slashes = PendingSlashes::<Runtime>::count();
					assert_ok!(conclude(dispute));
					let (ruling, paid) = closed(dispute);
					let rest = held - a;
					let expected = match case {
						'A' => Settlement { refund: rest, arbitration: a, ..Default::default() },
						'B' => {
							let fee = held * 8 / 100;
							Settlement { provider: rest - fee, fee, refund: 0, arbitration: a }
						}
						_ => {
							let refund = rest * 60 / 100;
							let fee = (rest - refund) * 8 / 100;
							Settlement { provider: rest - refund - fee, fee, refund, arbitration: a }
						}
					};
					assert_eq!(paid, expected, "{case} {ruling:?} of {held} {asset:?}");
					assert_eq!(bonded(&asset), 0);

					let lost_bond = if case == 'B' { b } else { 0 };
					let gains = [
						-((held - paid.refund + lost_bond) as i128),
						(paid.provider + lost_bond) as i128,
						paid.fee as i128,
						paid.arbitration as i128,
					];
					let after = people.clone().map(|who| wealth(&asset, &who));
					assert_eq!([0, 1, 2, 3].map(|i| after[i] - before[i]), gains, "{case} in {asset:?}");

					let now = Reputation::track_record(&node).score;
					let moved = i32::from(now) - i32::from(score);
					let new = PendingSlashes::<Runtime>::count() - slashes;
					assert_eq!(
						(moved, new),
						match case {
							'A' => (-500, 1),
							'B' => (100, 0),
							_ => (0, 0),
						}
					);
					match key {
						EscrowKey::Task(id) => {
							let status = if case == 'A' { TaskStatus::Cancelled } else { TaskStatus::Verified };
							assert_eq!(Marketplace::task(id).expect("it stays readable").status, status);
						}
						EscrowKey::Rental(id) => {
							let status = RentalStatus::Ended(EndReason::Judged);
							assert_eq!(Rental::rental(id).expect("it stays readable").status, status);
						}
					}

					// Every voter has its part; then both records can go, and every deposit comes back.
					let pot = wealth(&asset, &ArbitrationPot::get());
					let mut claimed = 0;
					for who in [Charlie, Dave, Eve, Ferdie, DaveStash].into_iter().take(votes.len()) {
						claimed += Disputes::claimable_fee(dispute, &account(who));
						assert_ok!(call(&account(who), Judge::claim_fee { dispute }));
					}
					assert_eq!(claimed, a);
					assert_eq!(pot - wealth(&asset, &ArbitrationPot::get()), a as i128);
					assert_ok!(call(&provider(), Judge::remove_dispute { dispute }));
					match key {
						EscrowKey::Task(task_id) => {
							assert_ok!(call(&buyer(), Market::remove_task { task_id }));
						}
						EscrowKey::Rental(rental_id) => {
							assert_ok!(call(&buyer(), Rent::remove_rental { rental_id }));
							assert_ok!(call(&provider(), Rent::unlist_gpu { node, gpu: 0 }));
						}
					}
					let reason = RuntimeHoldReason::Disputes(pallet_disputes::HoldReason::Storage);
					assert_eq!([buyer(), provider()].map(|who| Balances::balance_on_hold(&reason, &who)), [0, 0]);
					end_block();
					// The slash of case A is carried out before the next case counts.
					run_blocks(WINDOW + 1);
					assert_eq!((PendingSlashes::<Runtime>::count(), issuance()), (0, issued));
				}
			}
		}
	});
}

#[test]
fn a_slash_compensates_the_harmed_buyer_first() {
	genesis("development").execute_with(|| {
		let node = active_node();
		// Five percent of four are a fifth; the price is less, so the treasury has the rest.
		let price = UNIT / 8;
		let (_, dispute) = disputed(node, &AssetKind::Native, price, false);
		vote(dispute, &[FOR_BUYER; 3]);
		begin_block();
		assert_ok!(conclude(dispute));
		let slash = PendingSlashes::<Runtime>::iter_values().next().expect("it waits for its delay");
		assert_eq!((slash.amount, slash.misconduct), (UNIT / 5, Misconduct::DisputeLost));
		assert_eq!(slash.harmed, Some((buyer(), price)));
		let before = [buyer(), TreasuryAccount::get()].map(|who| wealth(&AssetKind::Native, &who));
		end_block();
		run_blocks(WINDOW + 1);
		let after = [buyer(), TreasuryAccount::get()].map(|who| wealth(&AssetKind::Native, &who));
		assert_eq!([after[0] - before[0], after[1] - before[1]], [price as i128, (UNIT / 5 - price) as i128]);
		assert_eq!(ProviderStaking::stake(&node).expect("it is staked").active, 4 * UNIT - UNIT / 5);
	});
}

#[test]
fn without_a_quorum_the_council_decides_and_where_it_is_silent_all_goes_back() {
	genesis("development").execute_with(|| {
		let node = active_node();
		for (asset, price) in currencies() {
			for rental in [false, true] {
				let people = [buyer(), provider(), TreasuryAccount::get(), ArbitrationPot::get()];
				let before = people.clone().map(|who| wealth(&asset, &who));
				let (key, dispute) = disputed(node, &asset, price, rental);
				let held = Escrow::escrow(key).expect("it is held").amount;
				vote(dispute, &[FOR_BUYER; 2]);
				begin_block();
				assert_ok!(conclude(dispute));
				assert_eq!(Disputes::phase(dispute), Some(DisputePhase::Escalated));
				if rental {
					assert_ok!(council_decides(Judge::resolve { dispute, verdict: Verdict::Provider }));
					assert_eq!(closed(dispute).0, Ruling::ByCouncil(Verdict::Provider));
					// The arbitration is the treasury's: nobody else judged.
					let (a, fee) = (held * 2 / 100, held * 8 / 100);
					let after = people.map(|who| wealth(&asset, &who));
					assert_eq!(
						[0, 1, 2, 3].map(|i| after[i] - before[i]),
						[-((held + a) as i128), (held - fee) as i128, (a + fee) as i128, 0]
					);
					end_block();
					begin_block();
					assert_ok!(call(&provider(), Rent::unlist_gpu { node, gpu: 0 }));
				} else {
					end_block();
					run_blocks(WINDOW);
					begin_block();
					assert_ok!(conclude(dispute));
					assert_eq!(closed(dispute), (Ruling::Expired, Settlement { refund: held, ..Default::default() }));
					let after = people.map(|who| wealth(&asset, &who));
					assert_eq!(after, before, "escrow and bond are whole again");
					assert_eq!(PendingSlashes::<Runtime>::count(), 0);
				}
				end_block();
			}
		}
	});
}

#[test]
fn nobody_judges_their_own_case() {
	genesis("development").execute_with(|| {
		let node = active_node();
		begin_block();
		for who in [provider(), buyer()] {
			assert_ok!(council_decides(pallet_membership::Call::<Runtime, pallet_membership::Instance2>::add_member {
				who: who.into()
			}));
		}
		end_block();
		let (_, dispute) = disputed(node, &AssetKind::Native, UNIT, false);
		begin_block();
		for who in [provider(), buyer()] {
			assert_noop!(
				call(&who, Judge::vote { dispute, verdict: FOR_BUYER }),
				pallet_disputes::Error::<Runtime>::NotImpartial
			);
		}
		// A new key does not vote again for who has voted.
		assert_ok!(call(&account(Charlie), Judge::vote { dispute, verdict: FOR_BUYER }));
		let change = pallet_membership::Call::<Runtime, pallet_membership::Instance2>::change_key {
			new: account(FerdieStash).into(),
		};
		assert_ok!(call(&account(Charlie), change));
		assert_noop!(
			call(&account(FerdieStash), Judge::vote { dispute, verdict: FOR_BUYER }),
			pallet_disputes::Error::<Runtime>::NotArbitrator
		);
		assert_eq!(Disputes::evidence(dispute, Side::Buyer).len(), 1);
		end_block();
	});
}

#[test]
fn a_buyer_that_cannot_bond_cannot_dispute() {
	genesis("development").execute_with(|| {
		let node = active_node();
		begin_block();
		let asset = AssetKind::WithId(asset_ids::USDC);
		let task_id = completed_task(node, &asset, 49_999_999);
		let transfer = pallet_assets::Call::<Runtime>::transfer_all {
			id: codec::Compact(asset_ids::USDC),
			dest: account(Ferdie).into(),
			keep_alive: true,
		};
		assert_ok!(call(&buyer(), transfer));
		assert_noop!(
			call(&buyer(), Market::dispute_task { task_id, reason: bounded("bad") }),
			pallet_disputes::Error::<Runtime>::CannotSpareBond
		);
		assert_eq!(Marketplace::task(task_id).expect("it is there").status, TaskStatus::Completed);
		end_block();
	});
}

/// The specification's table: failed challenge, task timeout, misuse, repeated failures. Delayed and appealable.
#[test]
fn the_whole_table_of_penalties() {
	genesis("development").execute_with(|| {
		let node = active_node();

		// A failed challenge: −2 % reputation.
		run_blocks(3);
		begin_block();
		let score = Reputation::track_record(&node).score;
		assert_ok!(call(&provider(), Work::issue_challenge { node }));
		end_block();
		run_blocks(6);
		begin_block();
		assert_ok!(call(&provider(), Work::settle { node }));
		assert_eq!(Reputation::track_record(&node).score, score - 200);

		// A task timeout: −5 % stake, appealed: the council upholds it.
		let window = market::Parameters::StartWindow(market::StartWindow, Some(1));
		set(RuntimeParameters::Market(window));
		let task_id = pallet_marketplace::NextTaskId::<Runtime>::get();
		let create = Market::create_task {
			resource_type: ResourceType::Gpu,
			required_power: Default::default(),
			duration_secs: 3_600,
			asset: AssetKind::Native,
			max_price_per_hour: UNIT,
			min_trust_level: 0,
			specification_uri: bounded("ipfs://task"),
			specification_hash: Default::default(),
		};
		assert_ok!(call(&buyer(), create));
		assert_ok!(call(&provider(), Market::accept_task { task_id, node_id: node }));
		end_block();
		run_blocks(2);
		let (slash_id, slash) = PendingSlashes::<Runtime>::iter().next().expect("it was late");
		assert_eq!((slash.amount, slash.misconduct), (UNIT / 5, Misconduct::TaskTimeout));
		begin_block();
		assert_ok!(call(&provider(), Stake::appeal_slash { slash_id, reason: bounded("no input") }));
		let bond = RuntimeHoldReason::ProviderStaking(pallet_provider_staking::HoldReason::AppealBond);
		assert_eq!(Balances::balance_on_hold(&bond, &provider()), UNIT / 50);
		assert_ok!(council_decides(Stake::cancel_slash { slash_id }));
		assert_eq!(Balances::balance_on_hold(&bond, &provider()), 0);
		assert_eq!(ProviderStaking::stake(&node).expect("it is staked").counting(), 4 * UNIT);
		end_block();

		// A verdict of misuse: −50 % stake and a ban; the appeal is rejected, and its bond lost.
		let (_, dispute) = disputed(node, &AssetKind::Native, UNIT, false);
		vote(dispute, &[Verdict::Buyer { misuse: true }; 3]);
		begin_block();
		assert_ok!(conclude(dispute));
		assert_eq!(ProviderRegistry::node(&node).expect("it is there").status, NodeStatus::Slashed);
		let (slash_id, slash) = PendingSlashes::<Runtime>::iter().next().expect("it waits");
		assert_eq!((slash.amount, slash.misconduct), (2 * UNIT, Misconduct::Misuse));
		assert_ok!(call(&provider(), Stake::appeal_slash { slash_id, reason: bounded("not me") }));
		let treasury = wealth(&AssetKind::Native, &TreasuryAccount::get());
		assert_ok!(council_decides(Stake::reject_appeal { slash_id }));
		assert_eq!(wealth(&AssetKind::Native, &TreasuryAccount::get()) - treasury, (UNIT / 5) as i128);
		end_block();
		run_blocks(1);
		assert_eq!(ProviderStaking::stake(&node).expect("half is left").active, 2 * UNIT);

		// Misuse that comes to light outside of a dispute.
		begin_block();
		assert_ok!(call(&provider(), register_call(ResourceType::Gpu, UNIT)));
		let second = newest_node(&provider());
		let misuse = Judge::punish_misuse { node: second, harmed: Some((buyer(), UNIT)), reason: bounded("sold data") };
		assert_noop!(call(&account(Alice), misuse.clone()), sp_runtime::DispatchError::BadOrigin);
		assert_ok!(council_decides(misuse));
		assert_eq!(ProviderRegistry::node(&second).expect("it is there").status, NodeStatus::Slashed);
		let slash = PendingSlashes::<Runtime>::iter_values().next().expect("it waits");
		assert_eq!((slash.amount, slash.appeal), (UNIT / 2, Appeal::None));
		end_block();
		run_blocks(WINDOW + 1);
		assert_eq!(PendingSlashes::<Runtime>::count(), 0);
	});
}

#[test]
fn a_node_that_fails_too_often_is_flagged_and_the_council_reviews_it() {
	genesis("development").execute_with(|| {
		let node = active_node();
		set(three_outcomes_flag());
		for _ in 0..2 {
			let (key, dispute) = disputed(node, &AssetKind::WithId(asset_ids::USDC), 1_000_000, false);
			assert!(matches!(key, EscrowKey::Task(_)));
			vote(dispute, &[FOR_BUYER; 3]);
			begin_block();
			assert_ok!(conclude(dispute));
			end_block();
		}
		// Two disputes lost, one challenge passed.
		assert!(Reputation::track_record(&node).flagged);
		assert_eq!(ProviderStaking::trust_level(&node), 1);
		begin_block();
		assert_ok!(council_decides(pallet_reputation::Call::clear_flag { node }));
		assert!(!Reputation::track_record(&node).flagged);
		let ban = Registry::ban_node { node, reason: bounded("again") };
		assert_ok!(council_decides(ban));
		assert_eq!(ProviderRegistry::node(&node).expect("it is there").status, NodeStatus::Slashed);
		end_block();
	});
}

/// Three outcomes are enough to be flagged.
fn three_outcomes_flag() -> RuntimeParameters {
	use gpu_chain_runtime::configs::parameters::dynamic_params::reputation::*;
	RuntimeParameters::Reputation(Parameters::MinOutcomesForFlag(MinOutcomesForFlag, Some(3)))
}

#[test]
fn motions_of_one_member_decide_nothing() {
	genesis("development").execute_with(|| {
		let node = active_node();
		let (_, dispute) = disputed(node, &AssetKind::Native, UNIT, false);
		vote(dispute, &[]);
		begin_block();
		let resolve: RuntimeCall = Judge::resolve { dispute, verdict: FOR_BUYER }.into();
		let execute = pallet_collective::Call::<Runtime, pallet_collective::Instance1>::execute {
			length_bound: codec::Encode::encode(&resolve).len() as u32,
			proposal: Box::new(resolve.clone()),
		};
		assert_ok!(call(&account(Alice), execute));
		assert!(Disputes::dispute(dispute).is_some_and(|dispute| dispute.status == DisputeStatus::Open));
		// Root stands above both, as for everything.
		assert_ok!(resolve.dispatch_bypass_filter(RuntimeOrigin::root()).map(|_| ()).map_err(|failed| failed.error));
		end_block();
	});
}

/// What benchmarks measure in this runtime takes a deal of its own, made by the real calls.
#[cfg(feature = "runtime-benchmarks")]
#[test]
fn benchmarks_dispute_a_real_deal() {
	use pallet_disputes::benchmarking::BenchmarkDeals;
	genesis("development").execute_with(|| {
		run_blocks(1);
		begin_block();
		let [buyer, provider] = [[7; 32], [8; 32]].map(AccountId::from);
		let key = <benchmarks::Helper as BenchmarkDeals<AccountId>>::disputed_deal(&buyer, &provider);
		let dispute = Disputes::dispute_of(key).expect("its market tells of it");
		let record = Disputes::dispute(dispute).expect("it is open");
		assert_eq!((record.deal.buyer, record.deal.provider), (buyer, provider));
		System::set_block_number(record.vote_by + 1);
		let resolve: RuntimeCall = Judge::resolve { dispute, verdict: Verdict::Buyer { misuse: true } }.into();
		assert_ok!(resolve.dispatch_bypass_filter(RuntimeOrigin::root()).map(|_| ()).map_err(|failed| failed.error));
		assert_eq!(PendingSlashes::<Runtime>::count(), 1);
		assert_ok!(Disputes::do_try_state());
	});
}
