use crate::{mock::*, types::Grant};
use frame_support::assert_ok;
use gpu_chain_primitives::Page;

#[test]
fn balances_should_be_paged_by_currency() {
	build_and_execute(|| {
		assert_ok!(Payments::deposit(origin(OWNER), NATIVE, 10));
		assert_ok!(Payments::deposit(origin(OWNER), DOLLARS, 20));
		assert_ok!(Payments::deposit(origin(OTHER), DOLLARS, 30));
		let Page { mut items, next } = Payments::balances(&OWNER, None, 1);
		let rest = Payments::balances(&OWNER, Some(next.unwrap()), 9);
		assert_eq!(rest.next, None);
		items.extend(rest.items);
		items.sort();
		assert_eq!(items, [(NATIVE, 10), (DOLLARS, 20)]);
		assert_eq!(Payments::balance(&NOBODY, &NATIVE), 0);
	});
}

#[test]
fn allowances_should_be_paged_by_spender_and_currency() {
	build_and_execute(|| {
		let grants = [(SPENDER, NATIVE, 1), (SPENDER, DOLLARS, 2), (OTHER, NATIVE, 3), (TREASURY, DOLLARS, 4)];
		for (spender, asset, amount) in grants.clone() {
			assert_ok!(Payments::set_allowance(origin(OWNER), spender, asset, amount, Some(5)));
		}
		let (mut found, mut cursor) = (vec![], None);
		loop {
			let page = Payments::allowances(&OWNER, cursor, 3);
			assert!(page.items.len() <= 3);
			found.extend(page.items);
			cursor = page.next;
			if cursor.is_none() {
				break;
			}
		}
		found.sort_by_key(|grant| grant.amount);
		let expected = grants.map(|(spender, asset, amount)| Grant { spender, asset, amount, expires_at: Some(5) });
		assert_eq!(found, expected);
		assert_eq!(Payments::allowances(&SPENDER, None, 3).items, []);
	});
}
