// What a relayer decides.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { hexlify, getBytes } from '../../../../contracts/ethers.mjs';
import { GATEWAY } from '../evm.mjs';
import {
  atPrice, attestation, carryArguments, checkUnpaid, countOn, Incomplete, isQuorum, isReleaseDue, isRetryDue, stepsDown, toCarry, toProve,
  toRelease,
} from '../plan.mjs';

const vectors = JSON.parse(readFileSync(new URL('../../../../contracts/abi/vectors.json', import.meta.url), 'utf8'));
const membersOf = ({ validators, powers }) => validators.map((address, i) => ({ address, power: BigInt(powers[i]) }));
/** Signatures as gpu-chain keeps them, of the members whose bits are set. */
function signaturesOf({ signers, signatures }) {
  const bytes = getBytes(signatures);
  const indices = [...Array(8).keys()].filter((i) => (Number(signers) >> i) & 1);
  return indices.map((index, i) => {
    const one = bytes.slice(65 * i, 65 * i + 65);
    one[64] -= 27;
    return { index, signature: hexlify(one) };
  });
}

test('calls should be those that ethers makes of the contracts\' vectors', () => {
  const members = membersOf(vectors.current);
  for (const [name, call] of [['batch', 'submitBatch'], ['message', 'receiveMessage'], ['set', 'updateValidatorSet']]) {
    const { value, calldata } = vectors[name];
    const word = attestation(members, signaturesOf(vectors[name]));
    const args = carryArguments({ call, payload: value, members: membersOf(vectors.next), word }, vectors.batch.value.setId, vectors.relayer);
    assert.equal(GATEWAY.encodeFunctionData(call, args), calldata, name);
  }
});

test('as few signatures as are enough should be used, in the order of the members', () => {
  const members = [5n, 1n, 1n, 5n, 4n].map((power, i) => ({ address: `0x${String(i).repeat(40)}`, power }));
  const signed = [1, 2, 3, 4, 0].map((index) => ({ index, signature: `0x${'11'.repeat(64)}0${index % 2}` }));
  const { signers, signatures } = attestation(members, signed);
  // Fourteen of sixteen: the two of one are left out.
  assert.equal(signers, 0b11001n);
  assert.equal(getBytes(signatures).length, 3 * 65);
  assert.deepEqual([64, 129, 194].map((at) => getBytes(signatures)[at]), [27, 28, 27]);
});

test('two thirds should not be enough, and nobody should be no quorum', () => {
  const members = [1n, 1n, 1n].map((power, i) => ({ address: `0x${String(i).repeat(40)}`, power }));
  const signature = `0x${'11'.repeat(64)}00`;
  assert.equal(attestation(members, [{ index: 0, signature }, { index: 2, signature }]), null);
  assert.equal(attestation([], []), null);
  assert.ok(isQuorum(3n, 4n) && !isQuorum(2n, 3n) && !isQuorum(0n, 0n));
  assert.throws(() => attestation([members[0]], [{ index: 0, signature: `0x${'11'.repeat(64)}1b` }]), /none of the bridge/);
});

const event = (name, nonce) => ({ name, nonce });
const unknown = { inbound: null, outbound: null, set: null };

test('logs without gaps should be counted on', () => {
  const events = [event('SetUpdated', 1n), event('Deposit', 1n), event('MessageSent', 2n), event('BatchExecuted', 1n), event('Cancelled', 2n)];
  const after = { inbound: 2n, outbound: 2n, set: 1n };
  assert.deepEqual(countOn(unknown, events, null), after);
  assert.deepEqual(countOn({ inbound: 0n, outbound: 0n, set: null }, events, after), after);
  assert.deepEqual(countOn(unknown, [], after), after);
});

test('logs that were left out, made up or shuffled should be noticed', () => {
  const before = { inbound: 4n, outbound: 2n, set: 1n };
  const refused = (events, after = null) => assert.throws(() => countOn(before, events, after), Incomplete);
  refused([event('Deposit', 6n)]);
  refused([event('Deposit', 4n)]);
  refused([event('MessageSent', 6n), event('Deposit', 5n)]);
  refused([event('SetUpdated', 3n)]);
  // The last ones are missing: the gateway's own counts tell.
  refused([event('Deposit', 5n)], { inbound: 6n, outbound: 2n, set: 1n });
  refused([], { inbound: 4n, outbound: 3n, set: 1n });
  refused([], { inbound: 3n, outbound: 2n, set: 1n });
});

test('of each transfer that a batch did not pay it should be said what became of it', () => {
  const unpaid = (name, nonce, index) => ({ name, nonce, index, transfer: {} });
  const executed = { name: 'BatchExecuted', nonce: 4n, unpaid: 0b101n };
  checkUnpaid([]);
  checkUnpaid([{ ...executed, unpaid: 0n }]);
  checkUnpaid([unpaid('TransferHeld', 4n, 0n), unpaid('TransferOwed', 4n, 2n), executed]);
  assert.throws(() => checkUnpaid([unpaid('TransferHeld', 4n, 0n), unpaid('TransferOwed', 3n, 2n), executed]), Incomplete);
  assert.throws(() => checkUnpaid([executed]), Incomplete);
});

test('what is held should be released in its time, what is owed claimed for its recipient, and what is paid left', () => {
  const transfer = { token: '0x01', to: '0x02', amount: 3n };
  const what = (heldUntil, owed, time) => toRelease({ nonce: 4n, index: 1n, transfer }, { heldUntil, owed }, time);
  assert.equal(what(20n, 0n, 19n).call, 'later');
  assert.deepEqual(what(20n, 5n, 20n), { call: 'releaseHeld', args: [4n, 1n, transfer] });
  assert.deepEqual(what(0n, 5n, 20n), { call: 'claimOwed', args: ['0x01', '0x02', '0x02'] });
  assert.equal(what(0n, 0n, 20n).call, 'done');
});

const CHAIN = { outboundNonce: 9n, pausedSince: null, rotation: { current: 3n, pending: false }, fees: { rotation: 7n } };

test('what is open should be proven, once, and sets in their order', () => {
  const state = { chain: CHAIN, open: new Set([8n, 9n]) };
  assert.equal(toProve(event('Deposit', 1n), state), 'claimDeposit');
  assert.equal(toProve(event('MessageSent', 2n), state), 'receiveMessage');
  assert.equal(toProve(event('BatchExecuted', 8n), state), 'confirmItem');
  assert.equal(toProve(event('Cancelled', 7n), state), 'done');
  assert.equal(toProve(event('SetUpdated', 3n), state), 'done');
  assert.equal(toProve(event('SetUpdated', 4n), state), 'confirmSet');
  assert.equal(toProve(event('SetUpdated', 5n), state), 'later');
});

test('what the gateway was never given to do should be proven, for that stops the bridge', () => {
  assert.equal(toProve(event('BatchExecuted', 10n), { chain: CHAIN, open: new Set() }), 'confirmItem');
});

const MEMBERS = [1n, 1n, 1n, 1n].map((power, i) => ({ address: `0x${String(i).repeat(40)}`, power }));
const signedBy = (count, setId = 3n) => ({
  setId, signed: Array.from({ length: count }, (_, index) => ({ index, signature: `0x${'11'.repeat(64)}00` })),
});
const GATE = { setId: 3n, outboundNonce: 7n, paused: false, time: 100n };
const batch = (signatures, deadline = 200n) => ({ fee: 5n, payload: { kind: 'batch', nonce: 8n, deadline, transfers: [] }, signatures });
const message = (signatures) => ({ fee: 5n, payload: { kind: 'message', nonce: 8n, deadline: 99n }, signatures });
const nextSet = (signatures) => ({ payload: { kind: 'set', setId: 4n }, members: MEMBERS, signatures });
const carry = (changes) => toCarry({ gateway: GATE, chain: CHAIN, item: null, set: null, members: MEMBERS, ...changes });

test('an item should be carried when enough have signed it, and cancelled when its time is over', () => {
  assert.equal(carry({ item: batch(signedBy(3)) }).call, 'submitBatch');
  assert.equal(carry({ item: batch(signedBy(3), 100n) }).call, 'submitBatch');
  assert.equal(carry({ item: batch(signedBy(3), 99n) }).call, 'cancelBatch');
  assert.equal(carry({ item: message(signedBy(4)) }).call, 'cancelMessage');
  assert.match(carry({ item: batch(signedBy(2)) }).waits, /batch 8 has 2 of 4/);
  assert.equal(carry({}).waits, null);
});

test('signatures of another set should not count', () => {
  assert.match(carry({ item: batch(signedBy(4, 2n)) }).waits, /batch 8/);
  assert.match(carry({ gateway: { ...GATE, setId: 4n }, item: batch(signedBy(4)) }).waits, /has to be proven first/);
});

test('a set should follow what the old one signed, and not wait for what it did not', () => {
  const set = nextSet(signedBy(3));
  assert.equal(carry({ item: batch(signedBy(3)), set }).call, 'submitBatch');
  assert.equal(carry({ item: batch(signedBy(1)), set }).call, 'updateValidatorSet');
  assert.equal(carry({ set }).fee, 7n);
  assert.match(carry({ item: batch(signedBy(1)), set: nextSet(signedBy(2)) }).waits, /batch 8 .*; set 4 /);
});

test('while it is paused on either side only sets should be carried', () => {
  const [item, set] = [batch(signedBy(3)), nextSet(signedBy(3))];
  for (const paused of [{ gateway: { ...GATE, paused: true } }, { chain: { ...CHAIN, pausedSince: 5 } }]) {
    assert.equal(carry({ ...paused, item, set }).call, 'updateValidatorSet');
    assert.match(carry({ ...paused, item }).waits, /paused/);
  }
});

test('a credit should be tried again when nothing stands in its way any more', () => {
  const route = { kind: 'Minted', cap: 100n, inbound: { min: 2n, max: 50n } };
  const now = { block: 10, route, available: 50n, across: 60n };
  const credit = (changes) => ({ refund: false, reason: 'LimitReached', amount: 40n, readyAt: null, ...changes });
  assert.ok(isRetryDue(credit({}), now));
  assert.ok(!isRetryDue(credit({}), { ...now, route: undefined }));
  assert.ok(!isRetryDue(credit({}), { ...now, available: 39n }));
  assert.ok(!isRetryDue(credit({}), { ...now, across: 61n }));
  assert.ok(!isRetryDue(credit({ amount: 1n }), now));
  assert.ok(!isRetryDue(credit({ amount: 51n }), { ...now, available: 100n, across: 0n }));
  assert.ok(!isRetryDue(credit({ readyAt: 11 }), now));
  assert.ok(isRetryDue(credit({ readyAt: 10 }), now));
  const locked = { ...now, route: { ...route, kind: 'Locked' } };
  assert.ok(isRetryDue(credit({}), locked));
  assert.ok(!isRetryDue(credit({}), { ...locked, across: 39n }));
  assert.ok(isRetryDue(credit({ refund: true, amount: 90n }), { ...now, available: 0n }));
});

test('withdrawals should be released when their delay is over, and only those that have one', () => {
  assert.ok(isReleaseDue({ readyAt: 20, since: 10 }, 20));
  assert.ok(!isReleaseDue({ readyAt: 20, since: 10 }, 19));
  assert.ok(!isReleaseDue({ readyAt: 10, since: 10 }, 30));
});

test('headers should be proven downwards until a block is reached, each within reach of the one above', () => {
  assert.deepEqual(stepsDown(100, 163, 32, 64), []);
  assert.deepEqual(stepsDown(100, 164, 4, 64), [104]);
  assert.deepEqual(stepsDown(1_000, 1_280, 32, 64), [1_248, 1_216, 1_184, 1_152, 1_120, 1_088, 1_056]);
  for (const alignment of [1, 4, 32, 63]) {
    for (const number of [1, 77, 500]) {
      const above = 20 * alignment * Math.ceil(number / alignment);
      const steps = [above, ...stepsDown(number, above, alignment, 64)];
      assert.ok(steps.at(-1) >= number && steps.at(-1) - number < 64);
      steps.slice(1).forEach((at, i) => assert.ok(at < steps[i] && steps[i] - at < 64 && at % alignment === 0, `${steps}`));
    }
  }
});

test('a fee should be worth what the price says', () => {
  // A GPU, at 3,000 a coin.
  assert.equal(atPrice(10n ** 18n, 3_000n * 10n ** 18n), 333_333_333_333_333n);
});
