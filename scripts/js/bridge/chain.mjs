// The bridge as gpu-chain knows it: what is open, who signed, which headers were accepted; and transactions of proofs.

import { dispatchError } from '../lib.mjs';

/** How many items of a page are asked for at once; the chain gives no more. */
const PAGE = 256;
/** How long a transaction may take into a block, ms. */
const PATIENCE = 90_000;

const hexOf = (value) => value.toHex();
const numberOf = (value) => (value === null || value === undefined ? null : Number(value.toString()));
const orNull = (option, form) => (option.isSome ? form(option.unwrap()) : null);

/** All items of a paged view. */
async function everything(page) {
  const items = [];
  for (let cursor = null; ; ) {
    const { items: some, next } = await page(cursor);
    items.push(...some);
    if (next.isNone) return items;
    cursor = next.unwrap();
  }
}

const memberOf = ({ account, address, power }) => ({ account: account.toString(), address: hexOf(address), power: power.toBigInt() });

/** A payload as the gateway's calls take it, but for the set that signs. */
function payloadOf(payload) {
  if (payload.isBatch) {
    const { nonce, deadline, transfers } = payload.asBatch;
    const transfer = ({ token, to, amount }) => ({ token: hexOf(token), to: hexOf(to), amount: amount.toBigInt() });
    return { kind: 'batch', nonce: nonce.toBigInt(), deadline: deadline.toBigInt(), transfers: transfers.map(transfer) };
  }
  if (payload.isMessage) {
    const { nonce, deadline, sender, target, gasLimit, payload: said } = payload.asMessage;
    return {
      kind: 'message', nonce: nonce.toBigInt(), deadline: deadline.toBigInt(), sender: hexOf(sender), target: hexOf(target),
      gasLimit: gasLimit.toBigInt(), payload: hexOf(said),
    };
  }
  const { setId, members, activeUntil } = payload.asSet;
  return { kind: 'set', setId: setId.toBigInt(), members: hexOf(members), activeUntil: activeUntil.toBigInt() };
}

/** The bridge to one EVM chain, as it was in a block. */
export class View {
  constructor(api, at, chainId, block) {
    Object.assign(this, { api, at, chainId, block, call: at.call.evmBridgeApi });
  }

  /** As of the last final block (`final`) or the newest. */
  static async of(api, chainId, { final = true } = {}) {
    const hash = final ? await api.rpc.chain.getFinalizedHead() : await api.rpc.chain.getBlockHash();
    const header = await api.rpc.chain.getHeader(hash);
    return new View(api, await api.at(hash), chainId, header.number.toNumber());
  }

  /** The chain and its gateway, and how far things are; `null` if there is no such chain. */
  async chain() {
    const all = await this.call.chains();
    const found = all.find(({ chainId }) => Number(chainId.toString()) === this.chainId);
    if (!found) return null;
    const { chain, pausedSince, headers, rotation, outboundNonce, fees } = found;
    return {
      genesis: hexOf(chain.genesis), gateway: hexOf(chain.gateway), alignment: chain.alignment.toNumber(),
      pausedSince: orNull(pausedSince, numberOf),
      headers: orNull(headers, ({ oldest, newest }) => ({ oldest: numberOf(oldest), newest: numberOf(newest) })),
      rotation: orNull(rotation, ({ current, pending }) => ({ current: current.toBigInt(), pending: pending.isTrue })),
      outboundNonce: outboundNonce.toBigInt(),
      fees: { withdrawal: fees.withdrawal.toBigInt(), message: fees.message.toBigInt(), rotation: fees.rotation.toBigInt() },
    };
  }

  /** The lowest accepted header at or above a height from which proofs reach it, or `null`. */
  async anchor(number, { newest }, alignment, reach) {
    const first = Math.ceil(number / alignment) * alignment;
    for (let height = first; height < number + reach && height <= newest; height += alignment) {
      const header = await this.call.header(this.chainId, height);
      if (header.isSome) return { number: height, hash: hexOf(header.unwrap().blockHash) };
    }
    return null;
  }

  /** The accepted headers next above and next below a height; `null` where there is none. */
  async around(number, { oldest, newest }, alignment) {
    const find = async (from, step, ok) => {
      for (let height = from; ok(height); height += step) {
        const header = await this.header(height);
        if (header) return header;
      }
      return null;
    };
    const first = Math.ceil(number / alignment) * alignment;
    return {
      above: await find(first, alignment, (height) => height <= newest),
      below: await find(first - alignment, -alignment, (height) => height >= oldest),
    };
  }

  async header(number) {
    return orNull(await this.call.header(this.chainId, number), ({ blockHash }) => ({ number, hash: hexOf(blockHash) }));
  }

  async members(setId) {
    return orNull(await this.call.gatewaySet(this.chainId, setId), ({ members, activeUntil }) => ({
      members: members.map(memberOf), activeUntil: activeUntil.toBigInt(),
    }));
  }

  /** The validators that attest headers now. */
  async runningSet() {
    return orNull(await this.call.runningSet(), ({ setId, members, membersHash }) => ({
      setId: setId.toBigInt(), members: members.map(memberOf), hash: hexOf(membersHash),
    }));
  }

  /** Batches and messages that the gateway is not proven to be done with, by nonce. */
  async outbox() {
    const items = await everything((cursor) => this.call.outbox(this.chainId, cursor, PAGE));
    return items
      .map(([nonce, { fee, createdAt, deadline }]) => ({
        nonce: nonce.toBigInt(), fee: fee.toBigInt(), createdAt: createdAt.toNumber(), deadline: deadline.toBigInt(),
      }))
      .sort((a, b) => (a.nonce < b.nonce ? -1 : 1));
  }

  async payload(subject) {
    return orNull(await this.call.payload(this.chainId, subject), payloadOf);
  }

  async signatures(subject) {
    const { setId, signed, power } = await this.call.signatures(this.chainId, subject);
    return {
      setId: setId.toBigInt(), power: power.toBigInt(),
      signed: signed.map(([index, signature]) => ({ index: numberOf(index), signature: hexOf(signature) })),
    };
  }

  async isClaimed(nonce) {
    return (await this.call.isClaimed(this.chainId, nonce)).isTrue;
  }

  /** Deposits and refunds that wait. */
  async suspended() {
    const items = await everything((cursor) => this.call.suspended(this.chainId, cursor, PAGE));
    return items.map(([key, { token, amount, readyAt, reason }]) => ({
      key, refund: key.isRefund, token: hexOf(token), amount: BigInt(hexOf(amount)), readyAt: orNull(readyAt, numberOf), reason: reason.type,
    }));
  }

  /** Withdrawals that are in no batch yet. */
  async withdrawals() {
    const items = await everything((cursor) => this.call.withdrawals(this.chainId, cursor, PAGE));
    return items.map(([id, { withdrawal, since }]) => ({
      id: id.toBigInt(), readyAt: withdrawal.readyAt.toNumber(), since: since.toNumber(), amount: withdrawal.amount.toBigInt(),
    }));
  }

  /** The assets that cross, by token. */
  async routes() {
    const items = await everything((cursor) => this.call.routes(this.chainId, cursor, PAGE));
    const limits = ({ min, max }) => ({ min: min.toBigInt(), max: max.toBigInt() });
    return new Map(items.map(([token, { asset, kind, cap, inbound }]) => [
      hexOf(token), { asset, kind: kind.type, cap: cap.toBigInt(), inbound: limits(inbound) },
    ]));
  }

  async available(token, direction) {
    return orNull(await this.call.available(this.chainId, token, direction), (amount) => amount.toBigInt());
  }

  async across(token) {
    return (await this.at.query.evmBridge.across(this.chainId, token)).toBigInt();
  }

  /** How much of a currency an amount of native money is worth by the chain's own prices; `null` without a price. */
  async worth(plancks, asset) {
    const usd = await this.at.call.priceApi.toUsd('Native', plancks);
    if (usd.isNone) return null;
    return orNull(await this.at.call.priceApi.fromUsd(asset, usd.unwrap()), (amount) => amount.toBigInt());
  }
}

/** The 32 bytes that an account is to contracts. */
export async function accountWord(api, account) {
  return (await api.call.evmBridgeApi.accountWord(account)).toHex();
}

/** Calls of the bridge that wait in the pool, as text that is equal where they are. */
export async function callsInPool(api) {
  const pending = await api.rpc.author.pendingExtrinsics();
  return new Set(pending.filter(({ method }) => method.section === 'evmBridge').map(({ method }) => method.toHex()));
}

/**
 * Sends several transactions of one account at once and waits for all: for each, `{ events, block }` or `{ error }`. One that
 * gets lost does not keep the others.
 */
export async function submitAll(api, signer, calls) {
  const first = (await api.rpc.system.accountNextIndex(signer.address)).toNumber();
  return Promise.all(calls.map((call, i) => once(api, signer, call, first + i).catch((error) => ({ error }))));
}

async function once(api, signer, call, nonce) {
  let done;
  const outcome = new Promise((resolve) => (done = resolve));
  // Nobody tells any more what became of it: the next round sees.
  const lost = () => done({ error: new Error('the node went away') });
  api.once('disconnected', lost);
  const timer = setTimeout(() => done({ error: new Error(`not in a block within ${PATIENCE / 1e3} s`) }), PATIENCE);
  let unsubscribe = () => {};
  try {
    unsubscribe = await call.signAndSend(signer, { nonce }, ({ status, dispatchError: failed, events }) => {
      if (failed) done({ error: new Error(dispatchError(api, failed)) });
      else if (status.isInBlock) done({ events: events.map(({ event }) => event), hash: status.asInBlock });
      else if (status.isInvalid || status.isDropped || status.isUsurped) done({ error: new Error(`the transaction pool says ${status.type}`) });
    });
    const result = await outcome;
    if (result.hash) result.block = (await api.rpc.chain.getHeader(result.hash)).number.toNumber();
    return result;
  } finally {
    clearTimeout(timer);
    api.off('disconnected', lost);
    unsubscribe();
  }
}
