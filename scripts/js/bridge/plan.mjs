// What a relayer does next: decisions alone, nothing is asked and nothing sent here.

import { concat, getBytes } from '../../../contracts/ethers.mjs';

/** More than two thirds. */
export const isQuorum = (signed, total) => total > 0n && 3n * signed > 2n * total;

const powerOf = (members) => members.reduce((sum, { power }) => sum + power, 0n);

/**
 * What the gateway takes as the word of its set: all members, and as few of the signatures as are enough, since each costs gas. `null`
 * while there are not enough.
 *
 * @param members of the gateway's set, in its order
 * @param signed `{ index, signature }`, the signature as r, s and v of 0 or 1
 */
export function attestation(members, signed) {
  const total = powerOf(members);
  const strongest = [...signed].sort((a, b) => Number(members[b.index].power - members[a.index].power) || a.index - b.index);
  const used = [];
  let power = 0n;
  for (const one of strongest) {
    if (isQuorum(power, total)) break;
    power += members[one.index].power;
    used.push(one);
  }
  if (!isQuorum(power, total)) return null;
  used.sort((a, b) => a.index - b.index);
  return {
    members: { validators: members.map(({ address }) => address), powers: members.map(({ power: one }) => one) },
    signers: used.reduce((bits, { index }) => bits | (1n << BigInt(index)), 0n),
    signatures: concat(used.map(({ signature }) => solidity(signature))),
  };
}

/** A signature with v as contracts want it. */
function solidity(signature) {
  const bytes = getBytes(signature);
  if (bytes.length !== 65 || bytes[64] > 1) throw new Error('a signature that is none of the bridge');
  return concat([bytes.slice(0, 64), Uint8Array.of(bytes[64] + 27)]);
}

/** The count that an event of the gateway belongs to; each of its events carries the next number. */
export const COUNTS = {
  Deposit: 'inbound', MessageSent: 'inbound',
  BatchExecuted: 'outbound', MessageReceived: 'outbound', Cancelled: 'outbound',
  SetUpdated: 'set',
};

/** The node left events out, or made some up: the gateway numbers them without gaps. */
export class Incomplete extends Error {}

/**
 * Counts on by events in their order.
 *
 * @param before the last number of each count, `null` where it is not known
 * @param after what the gateway said that they are behind the last event, `null` if it could not be asked
 * @returns the numbers afterwards
 */
export function countOn(before, events, after) {
  const counts = { ...before };
  for (const { name, nonce } of events) {
    const count = COUNTS[name];
    if (counts[count] !== null && nonce !== counts[count] + 1n) {
      throw new Incomplete(`after number ${counts[count]} (${count}) comes ${nonce}`);
    }
    counts[count] = nonce;
  }
  for (const count of after ? Object.keys(counts) : []) {
    if (counts[count] === null) counts[count] = after[count];
    if (counts[count] !== after[count]) throw new Incomplete(`the last number (${count}) is ${after[count]}, and logs end with ${counts[count]}`);
  }
  return counts;
}

/** Checks that of each transfer which a batch did not pay it was said what became of it. */
export function checkUnpaid(events) {
  const keyOf = (nonce, index) => `${nonce}/${index}`;
  const told = new Set(events.filter(({ transfer }) => transfer).map(({ nonce, index }) => keyOf(nonce, index)));
  for (const { nonce, unpaid = 0n } of events) {
    for (let index = 0n; unpaid >> index; index++) {
      if ((unpaid >> index) & 1n && !told.has(keyOf(nonce, index))) throw new Incomplete(`transfer ${index} of batch ${nonce} is neither held nor owed`);
    }
  }
}

/**
 * What can be done at the gateway for a transfer that was not paid with its batch: the call and its arguments; `done` if it is paid.
 *
 * @param state `heldUntil`, 0 if it is not held, and what is `owed` to its recipient
 * @param time of the newest block there
 */
export function toRelease({ nonce, index, transfer }, { heldUntil, owed }, time) {
  if (heldUntil > time) return { call: 'later' };
  if (heldUntil > 0n) return { call: 'releaseHeld', args: [nonce, index, transfer] };
  // To the account itself: to whom else is for it to say.
  if (owed > 0n) return { call: 'claimOwed', args: [transfer.token, transfer.to, transfer.to] };
  return { call: 'done' };
}

/**
 * What has to be done about an event that is provable: the call, `done` if that is settled for good, `later` if it has to wait.
 *
 * @param chain what gpu-chain says of the bridge, finally
 * @param open nonces of its outbox, finally
 */
export function toProve({ name, nonce }, { chain, open }) {
  if (name === 'Deposit') return 'claimDeposit';
  if (name === 'MessageSent') return 'receiveMessage';
  if (name === 'SetUpdated') {
    if (nonce <= chain.rotation.current) return 'done';
    return nonce === chain.rotation.current + 1n ? 'confirmSet' : 'later';
  }
  // What the gateway was never given to do has to be known: the proof of it stops the bridge.
  return open.has(nonce) || nonce > chain.outboundNonce ? 'confirmItem' : 'done';
}

/**
 * Heights at which headers have to be proven, one below the other, until proofs reach a block that lies too deep.
 *
 * @param number the block
 * @param above the lowest accepted header above it
 * @param reach how many headers a proof has, the first and the last among them
 */
export function stepsDown(number, above, alignment, reach) {
  const steps = [];
  for (let at = above; at - number >= reach; ) {
    at = Math.ceil(Math.max(number, at - reach + 1) / alignment) * alignment;
    steps.push(at);
  }
  return steps;
}

/**
 * What has to be carried to the gateway next: `{ subject, call, … }`, or `{ waits }` with the reason why nothing can be.
 *
 * @param gateway `{ setId, outboundNonce, paused, time }`, as of its newest block
 * @param chain what gpu-chain says of the bridge
 * @param item the payload of number `outboundNonce + 1`, its fee and signatures; `null` if there is none
 * @param set the same of the set that takes over; `null` if none does
 * @param members of the gateway's set
 */
export function toCarry({ gateway, chain, item, set, members }) {
  const waits = [];
  if (gateway.setId !== chain.rotation.current) {
    return { waits: `the gateway has set ${gateway.setId}, gpu-chain knows of ${chain.rotation.current}: the change has to be proven first` };
  }
  const signedBy = (signatures) => (signatures.setId === gateway.setId ? attestation(members, signatures.signed) : null);
  // Items first: once the next set takes over they have to be signed again.
  if (item && chain.pausedSince === null && !gateway.paused) {
    const word = signedBy(item.signatures);
    const late = gateway.time > item.payload.deadline;
    const call = { batch: ['submitBatch', 'cancelBatch'], message: ['receiveMessage', 'cancelMessage'] }[item.payload.kind][late ? 1 : 0];
    if (word) return { what: `${item.payload.kind} ${item.payload.nonce}`, call, fee: item.fee, payload: item.payload, word };
    waits.push(`${item.payload.kind} ${item.payload.nonce} has ${item.signatures.signed.length} of ${members.length} signatures`);
  } else if (item) {
    waits.push('the bridge is paused');
  }
  if (set) {
    const word = signedBy(set.signatures);
    if (word) return { what: `set ${set.payload.setId}`, call: 'updateValidatorSet', fee: chain.fees.rotation, payload: set.payload, members: set.members, word };
    waits.push(`set ${set.payload.setId} has ${set.signatures.signed.length} of ${members.length} signatures`);
  }
  return { waits: waits.join('; ') || null };
}

/** The arguments of a gateway's call for what `toCarry` chose. */
export function carryArguments({ call, payload, members, word }, setId, relayer) {
  if (call === 'updateValidatorSet') {
    const next = { validators: members.map(({ address }) => address), powers: members.map(({ power }) => power) };
    return [{ setId: payload.setId, members: payload.members, activeUntil: payload.activeUntil }, next, word, relayer];
  }
  return [{ ...payload, setId }, word, relayer];
}

/**
 * Whether a credit that waits can be expected to be paid when it is tried again.
 *
 * @param credit `{ refund, reason, amount, readyAt }`
 * @param route how its token crosses, `undefined` if it does not
 */
export function isRetryDue(credit, { block, route, available, across }) {
  if (!route) return false;
  // Nothing but the account itself stands in the way of what comes back.
  if (credit.refund) return true;
  const { min, max } = route.inbound;
  if (credit.amount < min || credit.amount > max) return false;
  if (credit.readyAt !== null && block < credit.readyAt) return false;
  const fits = route.kind === 'Minted' ? across + credit.amount <= route.cap : across >= credit.amount;
  return fits && available >= credit.amount;
}

/** Whether a withdrawal that was delayed can go on. */
export const isReleaseDue = ({ readyAt, since }, block) => readyAt > since && block >= readyAt;

/** Units of a coin's smallest part that a fee is worth at so many plancks a whole coin of 18 decimals. */
export const atPrice = (plancks, perCoin) => (plancks * 10n ** 18n) / perCoin;
