//! The lotteries: exact against plain arithmetic, and as likely to be passed as they claim.

use gpu_work::{
	chacha,
	lottery::{
		batch, check_batch, check_reveal, commitment_input, device_seed, sample, stamp, target, tickets, Foreign,
		RevealError, COMMITMENT_HEAD, THRESHOLD, WINS,
	},
	matrix::{
		check_ticket, entry, fold, key_input, milli_tops, mix64, score, ticket_key, tile, Side, Ticket, DEPTH, TILE,
		TILES,
	},
	table::{check_start, check_walk, element, elements, place, start, walk, CHAIN, STEPS},
};
use proptest::prelude::*;
use std::cell::Cell;
use tiny_keccak::{Hasher, Keccak};

fn keccak(input: &[u8; 64]) -> [u8; 32] {
	let mut digest = [0; 32];
	let mut keccak = Keccak::v256();
	keccak.update(input);
	keccak.finalize(&mut digest);
	digest
}

fn hex(bytes: &[u8]) -> String {
	bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn chacha8_should_be_chacha8() {
	// The first block for a key of zeros, from the test vectors of the original submission (ChaCha8, 256-bit key, TC1).
	assert_eq!(
		hex(&chacha::block(&[0; 32], 0)),
		"3e00ef2f895f40d67f5bb8e81f09a5a12c840ec3ce9a7f3b181be188ef711a1e\
		 984ce172b9216f419f445367456d5619314a42a3da86b001387bfdb80e0cfe42"
	);
	assert_ne!(chacha::block(&[0; 32], 0), chacha::block(&[0; 32], 1));
}

#[test]
fn entries_should_be_even_handed_and_small() {
	let mut counts = [0; 127];
	for byte in 0..=255 {
		counts[usize::try_from(i32::from(entry(byte)) + 63).unwrap()] += 1;
	}
	assert!(counts.iter().all(|count| (2..=3).contains(count)));
	assert_eq!((entry(0), entry(255), entry(128)), (-63, 63, 0));
	let largest = i64::from(DEPTH) * 63 * 63;
	assert!(largest < 1 << 24, "fp32 adds them exactly");
}

/// The matrices written out, and their product by the book.
fn by_the_book(seed: &[u8; 32], ticket: Ticket, depth: u32) -> Vec<Vec<i64>> {
	let line = |side, index: u64| -> Vec<i64> {
		let key = keccak(&key_input(seed, side, ticket.batch, index));
		(0..depth).map(|k| i64::from(entry(chacha::block(&key, k / 64)[(k % 64) as usize]))).collect()
	};
	let lines = |side, tile: u16| -> Vec<Vec<i64>> { (0..16).map(|u| line(side, u64::from(tile) * 16 + u)).collect() };
	let (a, b) = (lines(Side::Rows, ticket.row), lines(Side::Columns, ticket.column));
	a.iter().map(|row| b.iter().map(|column| row.iter().zip(column).map(|(x, y)| x * y).sum()).collect()).collect()
}

fn assert_exact(seed: &[u8; 32], ticket: Ticket, depth: u32) {
	let (tile, book) = (tile(keccak, seed, ticket, depth), by_the_book(seed, ticket, depth));
	for (row, expected) in tile.iter().zip(&book) {
		assert_eq!(row.map(i64::from).to_vec(), *expected);
		assert!(row.iter().all(|entry| entry.unsigned_abs() < 1 << 24));
	}
}

#[test]
fn tiles_should_be_exact() {
	for (batch, row, column) in [(0, 0, 0), (u32::MAX, TILES - 1, TILES - 1), (7, 1, 4_000)] {
		assert_exact(&[0x5a; 32], Ticket { batch, row, column }, DEPTH);
	}
	// Depths that are none are made some.
	let ticket = Ticket { batch: 1, row: 2, column: 3 };
	assert_eq!(tile(keccak, &[1; 32], ticket, 0), tile(keccak, &[1; 32], ticket, 64));
	assert_eq!(tile(keccak, &[1; 32], ticket, u32::MAX), tile(keccak, &[1; 32], ticket, DEPTH));
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(24))]

	#[test]
	fn tiles_should_be_exact_for_any_seed(seed: [u8; 32], batch: u32, row in 0..TILES, column in 0..TILES, depth in 1u32..8) {
		assert_exact(&seed, Ticket { batch, row, column }, depth * 64);
	}

	#[test]
	fn tickets_should_go_into_eight_bytes_and_back(bits: u64) {
		match Ticket::from_u64(bits) {
			Some(ticket) => prop_assert_eq!(ticket.to_u64(), bits),
			None => prop_assert!((bits >> 16) as u16 >= TILES || bits as u16 >= TILES),
		}
	}

	#[test]
	fn targets_should_undo_tickets(wins in 1u32..1_000, count in 1u128..1 << 90) {
		let target = target(wins, count);
		if count > u128::from(wins) && target > 1 << 20 {
			let back = tickets(wins, target) as f64;
			prop_assert!((back / count as f64 - 1.0).abs() < 1e-5, "{back} {count}");
		}
	}

	#[test]
	fn every_entry_should_decide(seed: [u8; 32], u in 0..TILE, v in 0..TILE, by in 1i32..1 << 24) {
		let ticket = Ticket { batch: 0, row: 0, column: 0 };
		let mut tile = [[5; TILE]; TILE];
		let before = fold(ticket_key(&seed, ticket), &tile);
		tile[u][v] ^= by;
		prop_assert_ne!(before, fold(ticket_key(&seed, ticket), &tile));
	}
}

/// The largest sums that there are in lanes of 16 bits: rows and columns of equal streams would come near them, and cannot
/// be made; so the lanes' own arithmetic is played with entries of any choice.
#[test]
fn lanes_should_hold_the_largest_sums() {
	for (a, b) in [(63i64, 63i64), (-63, 63), (63, -63), (-63, -63), (0, 63)] {
		// Neighbours of the other sign borrow the most.
		for signs in [[1, 1, 1, 1], [1, -1, 1, -1], [-1, 1, -1, 1], [-1, -1, -1, -1]] {
			let packed = (0..4).fold(0u64, |sum, lane| sum.wrapping_add(((b * signs[lane]) as u64) << (16 * lane)));
			let biased =
				(0..8).fold(0x8000_8000_8000_8000u64, |sum, _| sum.wrapping_add((a as u64).wrapping_mul(packed)));
			for (lane, sign) in signs.iter().enumerate() {
				let sum = i64::from((biased >> (16 * lane)) as u16) - 0x8000;
				assert_eq!(sum, 8 * a * b * sign);
			}
		}
	}
}

#[test]
fn foreign_tickets_should_be_known_by_their_stamps() {
	let seeds: Vec<[u8; 32]> = (0..64u8).map(|device| device_seed(keccak, &[4; 32], u32::from(device))).collect();
	let (mut same_seed, mut same_batch, mut pairs) = (0, 0, 0);
	for (i, seed) in seeds.iter().enumerate() {
		for number in [0, 1, 7, u16::MAX] {
			let own = batch(seed, number);
			assert_eq!((check_batch(seed, own), own as u16), (Ok(()), number));
			// Another number with this one's stamp.
			same_batch += u32::from(check_batch(seed, own ^ 2).is_ok());
			assert_ne!(check_batch(seed, own ^ 2), Err(Foreign::Seed));
		}
		assert_eq!(check_start(seed, start(seed, u64::MAX)), Ok(()));
		assert_eq!(start(seed, 5) & 0xffff, 5);
		for other in seeds.iter().skip(i + 1) {
			pairs += 1;
			same_seed += u32::from(stamp(seed) == stamp(other));
			let expected = if stamp(seed) == stamp(other) { Ok(()) } else { Err(Foreign::Seed) };
			assert_eq!(check_start(seed, start(other, 9)), expected);
			if expected.is_err() {
				assert_eq!(check_batch(seed, batch(other, 9)), expected);
			}
		}
	}
	// One in 256 each.
	assert!(same_batch <= 8 && same_seed * 50 < pairs, "{same_batch} of 256, {same_seed} of {pairs}");
}

#[test]
fn commitments_should_have_all_that_they_are_about() {
	let bytes = |node, round, kind, device, salt, tickets: &[u64]| {
		let mut bytes = Vec::new();
		commitment_input(&[node; 32], round, kind, device, &[salt; 32], tickets, |part| bytes.extend_from_slice(part));
		bytes
	};
	let all = bytes(1, 0x0203, 4, 5, 6, &[7, 8]);
	assert_eq!(all.len(), COMMITMENT_HEAD + 16);
	assert_eq!(all[30..40], [1, 1, 0, 0, 2, 3, 4, 5, 6, 6]);
	assert_eq!((all[77], all[85]), (7, 8));
	for other in [
		bytes(2, 0x0203, 4, 5, 6, &[7, 8]),
		bytes(1, 0x0204, 4, 5, 6, &[7, 8]),
		bytes(1, 0x0203, 3, 5, 6, &[7, 8]),
		bytes(1, 0x0203, 4, 6, 6, &[7, 8]),
		bytes(1, 0x0203, 4, 5, 7, &[7, 8]),
		bytes(1, 0x0203, 4, 5, 6, &[8, 7]),
	] {
		assert_ne!(all, other);
	}
}

#[test]
fn operations_should_be_counted() {
	// An H200 does about a thousand TOPS: half a thousand million tickets a second.
	assert_eq!(milli_tops(1_000_000_000_000 / 2_097_152), 999);
	assert_eq!(milli_tops(476_837_158), 999_999_999 / 1_000);
	assert_eq!((milli_tops(0), milli_tops(476), milli_tops(477)), (0, 0, 1));
	assert_eq!(milli_tops(u64::MAX), (u128::from(u64::MAX) * 2_097_152 / 1_000_000_000) as u64);
}

#[test]
fn the_order_of_tickets_should_be_that_of_their_bits() {
	let ticket = |batch, row, column| Ticket { batch, row, column };
	let mut all = [ticket(1, 0, 0), ticket(0, 4_095, 4_095), ticket(0, 1, 0), ticket(0, 0, 5)];
	all.sort();
	assert!(all.windows(2).all(|pair| pair[0].to_u64() < pair[1].to_u64()));
}

#[test]
fn a_fold_should_be_no_linear_thing() {
	// Freivalds' short cut needs fold(A + B) to follow from fold(A) and fold(B), and places to be interchangeable.
	let key = ticket_key(&[3; 32], Ticket { batch: 0, row: 0, column: 0 });
	let (mut one, mut other) = ([[0; TILE]; TILE], [[0; TILE]; TILE]);
	(one[0][0], one[0][1], other[0][0], other[0][1]) = (1, 2, 2, 1);
	assert_ne!(fold(key, &one), fold(key, &other));
	assert_eq!(mix64(0), 0, "so that zero is why a key is mixed in");
	assert_ne!(key, 0);
}

#[test]
fn scores_should_be_even_and_checked_at_their_border() {
	let (mut below, count) = (0, 600u32);
	for number in 0..count {
		let ticket = Ticket { batch: 0, row: (number / 30) as u16, column: (number % 30) as u16 };
		let score = score(keccak, &[9; 32], ticket, 64);
		below += u32::from(score < u64::MAX / 4);
		assert!(check_ticket(keccak, &[9; 32], ticket, 64, score));
		assert!(score == 0 || !check_ticket(keccak, &[9; 32], ticket, 64, score - 1));
	}
	// A quarter, to within five standard deviations.
	assert!((i64::from(below) - i64::from(count / 4)).abs() < 53, "{below}");
}

#[test]
fn another_seed_node_device_or_batch_should_be_another_game() {
	let ticket = Ticket { batch: 0, row: 0, column: 0 };
	let first = score(keccak, &[1; 32], ticket, 64);
	assert_ne!(first, score(keccak, &[2; 32], ticket, 64));
	assert_ne!(first, score(keccak, &[1; 32], Ticket { batch: 1, ..ticket }, 64));
	assert_ne!(device_seed(keccak, &[1; 32], 0), device_seed(keccak, &[1; 32], 1));
	assert_ne!(key_input(&[1; 32], Side::Rows, 0, 0), key_input(&[1; 32], Side::Columns, 0, 0));
}

#[test]
fn elements_and_walks_should_be_what_they_are_said_to_be() {
	let mut hash = keccak(&gpu_work::hash_input(&[6; 32], 77));
	for _ in 1..CHAIN {
		hash = keccak(&gpu_work::hash_input(&hash, 77));
	}
	assert_eq!(element(keccak, &[6; 32], 77), hash);

	let table: Vec<[u8; 32]> = (0..100).map(|index| element(keccak, &[6; 32], index)).collect();
	let hashes = Cell::new(0);
	let counting = |input: &[u8; 64]| {
		hashes.set(hashes.get() + 1);
		keccak(input)
	};
	for start in 0..50 {
		let mut reads = 0;
		let last = walk(keccak, &[8; 32], start, 100, |index| {
			reads += 1;
			table[usize::try_from(index).unwrap()]
		});
		assert_eq!(reads, STEPS);
		let score = gpu_work::table::score(&last);
		hashes.set(0);
		assert!(check_walk(counting, &[6; 32], &[8; 32], start, 100, score));
		assert_eq!(hashes.get(), 273);
		assert!(!check_walk(keccak, &[6; 32], &[8; 32], start, 100, score - 1));
		let others = walk(keccak, &[8; 32], start, 100, |index| element(keccak, &[5; 32], index));
		assert_ne!(others, last, "another's table");
	}
	assert_eq!(elements(80 << 30), (80u64 << 30) / 10 * 9 / 32);
	assert_eq!((place(&[0xff; 32], 100), place(&[0; 32], 100), place(&[0xff; 32], 0)), (99, 0, 0));
	assert_eq!(place(&[0xff; 32], u64::MAX), u64::MAX - 1);
}

#[test]
fn reveals_should_be_enough_and_in_order() {
	let all: Vec<u64> = (0..300).collect();
	assert_eq!(check_reveal(&all, THRESHOLD), Ok(()));
	assert_eq!(check_reveal(&all[..204], THRESHOLD), Err(RevealError::TooFew { threshold: 205, got: 204 }));
	let mut twice = all.clone();
	twice[7] = twice[6];
	assert_eq!(check_reveal(&twice, THRESHOLD), Err(RevealError::Reused));
	twice.swap(7, 9);
	assert_eq!(check_reveal(&twice, THRESHOLD), Err(RevealError::Unordered));
	assert_eq!(check_reveal(&[], 0), Ok(()));
}

#[test]
fn samples_should_reach_every_ticket_alike() {
	let mut counts = [0u32; 205];
	for number in 0..41_000 {
		counts[sample(keccak, &[3; 32], number, 205) as usize] += 1;
	}
	// 200 each, to within six standard deviations.
	assert!(counts.iter().all(|count| (115..285).contains(count)), "{counts:?}");
	assert_eq!(sample(keccak, &[3; 32], 0, 0), 0);
}

#[test]
fn targets_at_the_ends_should_be_sane() {
	assert_eq!(target(256, 0), u64::MAX);
	assert_eq!(target(256, 256), u64::MAX);
	assert_eq!(target(1, u128::MAX), 0);
	assert_eq!(target(1, 2), 1 << 63);
	assert_eq!(target(u32::MAX, u128::MAX), 0);
	assert_eq!(tickets(256, u64::MAX), 256);
	assert_eq!(tickets(1, 0), 1 << 64);
}

/// P(X < `below`) for a Poisson X, exactly.
fn poisson_below(mean: f64, below: u32) -> f64 {
	let mut term = (-mean).exp();
	let mut sum = 0.0;
	for n in 0..below {
		sum += term;
		term *= mean / f64::from(n + 1);
	}
	sum
}

/// P(X ≥ `least`), from the far end so that nothing is lost to rounding.
fn poisson_at_least(mean: f64, least: u32) -> f64 {
	let ln_term = |n: u32| f64::from(n) * mean.ln() - mean - (1..=n).map(|i| f64::from(i).ln()).sum::<f64>();
	(least..least + 400).rev().map(|n| ln_term(n).exp()).sum()
}

#[test]
fn honest_power_should_pass_and_half_of_it_should_not() {
	let honest_fails = poisson_below(f64::from(WINS), THRESHOLD);
	let half_passes = poisson_at_least(f64::from(WINS) / 2.0, THRESHOLD);
	println!("honest fails {honest_fails:e}, half passes {half_passes:e}");
	assert!((3e-4..1e-3).contains(&honest_fails), "{honest_fails:e}");
	assert!(half_passes < 1e-6, "{half_passes:e}");
}

#[test]
fn simulated_windows_should_come_out_as_computed() {
	// SplitMix64 draws; wins of a window are counted by the gaps between them, as they come.
	let mut state = 42u64;
	let mut uniform = || {
		state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
		((mix64(state) >> 11) as f64 + 0.5) / (1u64 << 53) as f64
	};
	let mut wins = |mean: f64| {
		let (mut time, mut count) = (0.0, 0u32);
		loop {
			time -= uniform().ln();
			if time > mean {
				return count;
			}
			count += 1;
		}
	};
	let windows = 200_000;
	let fails = (0..windows).filter(|_| wins(256.0) < THRESHOLD).count();
	let expected = poisson_below(256.0, THRESHOLD) * f64::from(windows);
	println!("honest: {fails} of {windows} windows failed, {expected:.1} expected");
	assert!((fails as f64) < 1e-3 * f64::from(windows) && (fails as f64 - expected).abs() < 6.0 * expected.sqrt());
	// None of three million: with 95 % confidence the chance is below one in a million.
	let passes = (0..3_000_000).filter(|_| wins(128.0) >= THRESHOLD).count();
	assert_eq!(passes, 0, "half the power");
}

/// The game itself, played with real scores instead of drawn ones: tickets of shallow matrices in windows of two claims.
#[test]
fn played_windows_should_come_out_as_computed() {
	let tries = 4 * WINS;
	let target = target(WINS, u128::from(tries));
	let count = |seed: &[u8; 32], tries: u32| {
		let ticket =
			|number: u32| Ticket { batch: batch(seed, 0), row: (number / 64) as u16, column: (number % 64) as u16 };
		(0..tries).filter(|number| check_ticket(keccak, seed, ticket(*number), 64, target)).count() as u32
	};
	let (mut full, mut half) = (0, 0);
	for window in 0..12u8 {
		let seed = device_seed(keccak, &[window; 32], 0);
		full += u32::from(count(&seed, tries) >= THRESHOLD);
		half += u32::from(count(&seed, tries / 2) >= THRESHOLD);
	}
	assert_eq!((full, half), (12, 0));
}

#[test]
fn samples_should_find_forgers_as_often_as_computed() {
	// Of 205 tickets of somebody with half the power some 77 are false: eight samples miss all of them in 2.4 % of the cases.
	let (revealed, false_ones, samples, reveals) = (205u32, 77u32, 8u32, 20_000u32);
	let missed = (0..reveals)
		.filter(|number| {
			let entropy = keccak(&gpu_work::hash_input(&[2; 32], u64::from(*number)));
			(0..samples).all(|i| sample(keccak, &entropy, i, revealed) >= false_ones)
		})
		.count() as f64;
	let expected = (1.0 - f64::from(false_ones) / f64::from(revealed)).powi(samples as i32) * f64::from(reveals);
	println!("{missed} of {reveals} forgeries passed the samples, {expected:.0} expected");
	assert!((missed - expected).abs() < 5.0 * expected.sqrt());
	assert!((0.02..0.03).contains(&(expected / f64::from(reveals))));
}
