//! Tests of the users' registry: every call, every error, the deposit, and the proof of a wallet.

use crate::{mock::*, types, Error, Event, NextNonce, Profile, Tickets, Users, Wallets};
use frame_support::{assert_noop, assert_ok, traits::fungible::InspectHold};
use hex_literal::hex;
use proptest::prelude::*;
use sp_core::{ecdsa, Pair, H160, U256};
use sp_runtime::DispatchError;

const ORDER: [u8; 32] = hex!("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
/// A well-known example key, 32 times 0x46 (EIP-155), and what @noble/curves 1.9.7, which ethers signs with, makes of
/// the mock's text for account 1 and nonce 0: deterministic (RFC 6979), low `s`, `v` 27 or 28.
const KNOWN_ADDRESS: H160 = H160(hex!("9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f"));
const KNOWN_DIGEST: [u8; 32] = hex!("67ba6f8fd0ad9629f23d358ce506ae908c7261361fc1c0f6c127632260336e83");
const KNOWN_SIGNATURE: [u8; 65] = hex!(
	"5a9bfd237c74f4c79a7a486cd34e4cbaf8150684afd3e6dd46b126102d17de32"
	"4a4f819dbbafcffa4c0056c448934264fe7a02fcbfa8c127b47599003288c5831c"
);

fn register(who: u64) {
	assert_ok!(Registry::register(RuntimeOrigin::signed(who), profile(b"ipfs://me")));
}

fn link(who: u64, number: u8) -> H160 {
	let (address, signature) = sign_link(&key(number), who);
	assert_ok!(Registry::link_wallet(RuntimeOrigin::signed(who), address, signature));
	address
}

fn held(who: u64) -> u64 {
	Balances::balance_on_hold(&UserDeposit::get(), &who)
}

/// The same signature with the other `s`, which recovers the same key.
fn flip(mut signature: [u8; 65]) -> [u8; 65] {
	let s = U256::from_big_endian(&ORDER) - U256::from_big_endian(&signature[32..64]);
	signature[32..64].copy_from_slice(&s.to_big_endian());
	signature[64] = 55 - signature[64];
	signature
}

#[test]
fn register_should_work() {
	build_and_execute(|| {
		System::set_block_number(7);
		register(ALICE);
		System::assert_last_event(Event::UserRegistered { who: ALICE }.into());
		let user = Registry::user(&ALICE).unwrap();
		assert_eq!((user.registered_at, user.nonce, user.wallets.len()), (7, 0, 0));
		// The base; the URI's 9 bytes and their length, 32 of name hash, 1 of no key, 8 of block and 8 of nonce.
		assert_eq!(held(ALICE), 1_000 + 10 * (10 + 32 + 1 + 8 + 8));
	});
}

#[test]
fn register_should_fail() {
	build_and_execute(|| {
		assert_noop!(Registry::register(RuntimeOrigin::root(), profile(b"")), DispatchError::BadOrigin);
		let weak = Profile { encryption_key: Some([0; 32]), ..profile(b"") };
		assert_noop!(Registry::register(RuntimeOrigin::signed(ALICE), weak), Error::<Test>::WeakEncryptionKey);
		assert!(Registry::register(RuntimeOrigin::signed(POOR), profile(b"")).is_err());
		assert_eq!((Users::<Test>::get(POOR), NextNonce::<Test>::get()), (None, 0));
		register(ALICE);
		assert_noop!(Registry::register(RuntimeOrigin::signed(ALICE), profile(b"")), Error::<Test>::AlreadyRegistered);
		NextNonce::<Test>::put(u64::MAX);
		assert_noop!(Registry::register(RuntimeOrigin::signed(BOB), profile(b"")), Error::<Test>::NoncesExhausted);
	});
}

#[test]
fn update_should_work() {
	build_and_execute(|| {
		register(ALICE);
		let before = held(ALICE);
		let sealed = Profile { encryption_key: Some([7; 32]), ..profile(b"ipfs://me") };
		assert_ok!(Registry::update(RuntimeOrigin::signed(ALICE), sealed.clone()));
		System::assert_last_event(Event::UserUpdated { who: ALICE }.into());
		assert_eq!(Registry::user(&ALICE).unwrap().profile, sealed);
		assert_eq!(held(ALICE), before + 10 * 32);
		assert_ok!(Registry::update(RuntimeOrigin::signed(ALICE), profile(b"ipfs://me")));
		assert_eq!(held(ALICE), before);
	});
}

#[test]
fn update_should_fail() {
	build_and_execute(|| {
		assert_noop!(Registry::update(RuntimeOrigin::root(), profile(b"")), DispatchError::BadOrigin);
		assert_noop!(Registry::update(RuntimeOrigin::signed(ALICE), profile(b"")), Error::<Test>::NotRegistered);
		register(ALICE);
		let weak = Profile { encryption_key: Some([0; 32]), ..profile(b"") };
		assert_noop!(Registry::update(RuntimeOrigin::signed(ALICE), weak), Error::<Test>::WeakEncryptionKey);
	});
}

#[test]
fn remove_should_give_everything_back() {
	build_and_execute(|| {
		assert_noop!(Registry::remove(RuntimeOrigin::root()), DispatchError::BadOrigin);
		assert_noop!(Registry::remove(RuntimeOrigin::signed(ALICE)), Error::<Test>::NotRegistered);
		register(ALICE);
		let wallets = [link(ALICE, 1), link(ALICE, 2)];
		assert_ok!(Registry::remove(RuntimeOrigin::signed(ALICE)));
		System::assert_last_event(Event::UserRemoved { who: ALICE }.into());
		assert_eq!((held(ALICE), Balances::free_balance(ALICE)), (0, ENDOWMENT));
		assert!(wallets.iter().all(|wallet| Registry::account_of(*wallet).is_none()));
		assert_eq!(Registry::link_message(&ALICE), None);
	});
}

#[test]
fn known_answer_of_a_standard_tool() {
	build_and_execute(|| {
		register(ALICE);
		let text = Registry::link_message(&ALICE).unwrap();
		assert_eq!(types::eip191_digest(&text), KNOWN_DIGEST);
		assert_ok!(Registry::link_wallet(RuntimeOrigin::signed(ALICE), KNOWN_ADDRESS, KNOWN_SIGNATURE));
		System::assert_last_event(Event::WalletLinked { who: ALICE, address: KNOWN_ADDRESS }.into());
		assert_eq!(Registry::account_of(KNOWN_ADDRESS), Some(ALICE));
		assert_eq!(Registry::user(&ALICE).unwrap().wallets.to_vec(), vec![KNOWN_ADDRESS]);
	});
}

#[test]
fn link_wallet_should_take_both_forms_of_v() {
	build_and_execute(|| {
		register(ALICE);
		let mut signature = KNOWN_SIGNATURE;
		signature[64] -= 27;
		assert_ok!(Registry::link_wallet(RuntimeOrigin::signed(ALICE), KNOWN_ADDRESS, signature));
	});
}

#[test]
fn link_wallet_should_fail_with_a_bad_signature() {
	build_and_execute(|| {
		let call = |who, signature| Registry::link_wallet(RuntimeOrigin::signed(who), KNOWN_ADDRESS, signature);
		assert_noop!(
			Registry::link_wallet(RuntimeOrigin::root(), KNOWN_ADDRESS, KNOWN_SIGNATURE),
			DispatchError::BadOrigin
		);
		assert_noop!(call(ALICE, KNOWN_SIGNATURE), Error::<Test>::NotRegistered);
		register(ALICE);
		for v in (2..27).chain(29..=255) {
			let mut signature = KNOWN_SIGNATURE;
			signature[64] = v;
			assert_noop!(call(ALICE, signature), Error::<Test>::BadRecoveryId);
		}
		assert_noop!(call(ALICE, flip(KNOWN_SIGNATURE)), Error::<Test>::HighS);
		let mut unrecoverable = [0; 65];
		unrecoverable[64] = 27;
		assert_noop!(call(ALICE, unrecoverable), Error::<Test>::BadSignature);
		let (_, other) = sign_link(&key(3), ALICE);
		assert_noop!(call(ALICE, other), Error::<Test>::WrongSigner);
		// Another account cannot use what was signed for Alice, whatever its nonce.
		register(BOB);
		Users::<Test>::mutate(BOB, |user| user.as_mut().unwrap().nonce = 0);
		assert_noop!(call(BOB, KNOWN_SIGNATURE), Error::<Test>::WrongSigner);
	});
}

#[test]
fn keys_of_small_order_should_be_refused_in_every_encoding() {
	// A curve of prime order times a cofactor of eight: these are all the points that eight times are nothing.
	let weak = [
		hex!("0000000000000000000000000000000000000000000000000000000000000000"),
		hex!("0100000000000000000000000000000000000000000000000000000000000000"),
		hex!("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
		hex!("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"),
		hex!("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
		hex!("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
		hex!("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
	];
	build_and_execute(|| {
		for key in weak {
			let mut high = key;
			high[31] |= 0x80;
			for key in [key, high] {
				let profile = Profile { encryption_key: Some(key), ..profile(b"") };
				assert_noop!(
					Registry::register(RuntimeOrigin::signed(ALICE), profile),
					Error::<Test>::WeakEncryptionKey
				);
			}
		}
		// The base point, and a neighbour of the last.
		for byte in [9, 0xef] {
			let mut key = if byte == 9 { [0; 32] } else { weak[6] };
			key[0] = byte;
			assert!(!gpu_chain_primitives::x25519::is_weak_key(&key));
		}
	});
}

#[test]
fn the_hash_of_the_first_block_is_never_pruned() {
	build_and_execute(|| {
		let genesis = sp_core::H256::repeat_byte(5);
		System::set_block_number(0);
		for number in 1..=3 * 256u64 {
			let parent = if number == 1 { genesis } else { sp_core::H256::from_low_u64_be(number) };
			System::initialize(&number, &parent, &Default::default());
			System::note_finished_extrinsics();
			System::finalize();
		}
		assert_eq!(System::block_hash(1), Default::default(), "others are");
		assert_eq!(System::block_hash(0), genesis);
		register(ALICE);
		let text = String::from_utf8(Registry::link_message(&ALICE).unwrap()).unwrap();
		assert!(text.contains(&format!("Genesis: {genesis:?}\n")), "{text}");
	});
}

#[test]
fn a_signature_is_of_one_chain() {
	build_and_execute(|| {
		register(ALICE);
		frame_system::BlockHash::<Test>::insert(0, sp_core::H256([1; 32]));
		assert_noop!(
			Registry::link_wallet(RuntimeOrigin::signed(ALICE), KNOWN_ADDRESS, KNOWN_SIGNATURE),
			Error::<Test>::WrongSigner
		);
	});
}

#[test]
fn a_signature_is_used_once() {
	build_and_execute(|| {
		let again = || Registry::link_wallet(RuntimeOrigin::signed(ALICE), KNOWN_ADDRESS, KNOWN_SIGNATURE);
		register(ALICE);
		assert_ok!(again());
		assert_ok!(Registry::unlink_wallet(RuntimeOrigin::signed(ALICE), KNOWN_ADDRESS));
		assert_noop!(again(), Error::<Test>::WrongSigner);
		assert_ok!(Registry::remove(RuntimeOrigin::signed(ALICE)));
		register(ALICE);
		assert_noop!(again(), Error::<Test>::WrongSigner);
		// A new signature does.
		assert_eq!(link(ALICE, 0x46), KNOWN_ADDRESS);
	});
}

#[test]
fn a_wallet_is_of_one_account() {
	build_and_execute(|| {
		register(ALICE);
		register(BOB);
		let address = link(ALICE, 5);
		for who in [ALICE, BOB] {
			let (_, signature) = sign_link(&key(5), who);
			assert_noop!(
				Registry::link_wallet(RuntimeOrigin::signed(who), address, signature),
				Error::<Test>::WalletInUse
			);
		}
		assert_ok!(Registry::unlink_wallet(RuntimeOrigin::signed(ALICE), address));
		assert_eq!(link(BOB, 5), address);
		assert_eq!(Registry::account_of(address), Some(BOB));
	});
}

#[test]
fn wallets_should_be_bounded() {
	build_and_execute(|| {
		register(ALICE);
		for number in 1..=types::MAX_WALLETS as u8 {
			link(ALICE, number);
		}
		let (address, signature) = sign_link(&key(99), ALICE);
		assert_noop!(
			Registry::link_wallet(RuntimeOrigin::signed(ALICE), address, signature),
			Error::<Test>::TooManyWallets
		);
	});
}

#[test]
fn unlink_wallet_should_work() {
	build_and_execute(|| {
		assert_noop!(Registry::unlink_wallet(RuntimeOrigin::root(), KNOWN_ADDRESS), DispatchError::BadOrigin);
		assert_noop!(
			Registry::unlink_wallet(RuntimeOrigin::signed(ALICE), KNOWN_ADDRESS),
			Error::<Test>::NotRegistered
		);
		register(ALICE);
		register(BOB);
		let before = held(ALICE);
		let address = link(ALICE, 1);
		// 72 bytes more.
		assert_eq!(held(ALICE), before + 10 * 72);
		assert_noop!(Registry::unlink_wallet(RuntimeOrigin::signed(BOB), address), Error::<Test>::WalletNotLinked);
		assert_ok!(Registry::unlink_wallet(RuntimeOrigin::signed(ALICE), address));
		System::assert_last_event(Event::WalletUnlinked { who: ALICE, address }.into());
		assert_eq!((held(ALICE), Registry::account_of(address)), (before, None));
	});
}

#[test]
fn invariants_should_be_checked() {
	let broken = |breach: fn(), said: &'static str| {
		new_test_ext().execute_with(|| {
			register(ALICE);
			link(ALICE, 1);
			assert_ok!(Registry::do_try_state());
			breach();
			assert_eq!(Registry::do_try_state(), Err(DispatchError::Other(said)));
		})
	};
	broken(|| Tickets::<Test>::remove(ALICE), "user-registry 1: a user without a deposit");
	broken(NextNonce::<Test>::kill, "user-registry 2: a nonce not given yet");
	broken(
		|| Wallets::<Test>::mutate_extant(Wallets::<Test>::iter_keys().next().unwrap(), |who| *who = BOB),
		"user-registry 3: a wallet does not lead back to its user",
	);
	broken(|| Wallets::<Test>::insert(H160::zero(), ALICE), "user-registry 3: a wallet that its user does not have");
	broken(
		|| {
			let ticket = Tickets::<Test>::get(ALICE).unwrap();
			Tickets::<Test>::insert(BOB, ticket);
		},
		"user-registry 1: a deposit without a user",
	);
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(64))]

	#[test]
	fn any_key_links_and_no_other_does(seed in any::<[u8; 32]>(), spoilt in 0usize..64, bit in 0u8..8) {
		prop_assume!(U256::from_big_endian(&seed) < U256::from_big_endian(&ORDER) && seed != [0; 32]);
		build_and_execute(|| {
			register(ALICE);
			let (address, signature) = sign_link(&ecdsa::Pair::from_seed(&seed), ALICE);
			let mut bad = signature;
			bad[spoilt] ^= 1 << bit;
			for refused in [bad, flip(signature)] {
				assert!(Registry::link_wallet(RuntimeOrigin::signed(ALICE), address, refused).is_err());
				assert_eq!(Registry::account_of(address), None);
			}
			assert_ok!(Registry::link_wallet(RuntimeOrigin::signed(ALICE), address, signature));
			assert_eq!(Registry::account_of(address), Some(ALICE));
		});
	}
}
