// The relayer: carries what validators signed to the gateway, and proves to gpu-chain what the gateway said. All that it has to know
// lies on the two chains, so it can be killed at any moment, and others may run beside it.

import { sleep } from '../lib.mjs';
import { accountWord, callsInPool, submitAll, View } from './chain.mjs';
import { Evm, GATEWAY, Refused, revertReason, Sender } from './evm.mjs';
import { Events } from './events.mjs';
import { atPrice, carryArguments, Incomplete, isReleaseDue, isRetryDue, stepsDown, toCarry, toProve, toRelease } from './plan.mjs';
import { headersDown, MAX_ANCESTORS, proveLog, ProofError } from './proof.mjs';

/** The chain's own coin, among tokens. */
const COIN = `0x${'0'.repeat(40)}`;
/** Transactions of one round. */
const AT_ONCE = 16;
/** For how long what is spent on unpaid work is added up. */
const DAY = 86_400_000;
/** Errors that say that somebody else was faster. */
const SETTLED = /AlreadyClaimed|ItemNotFound|AlreadyConfirmed|CreditNotFound|WithdrawalNotFound|NotDelayed|BadHeight/;

/** No node has what two thirds of the validators attested. */
export class Forked extends Error {}

export class Relayer {
  /**
   * @param api polkadot-js, connected
   * @param options `evm` (addresses), `chainId`, `signer` (pays on gpu-chain), `wallet` (pays gas; none: nothing is carried),
   *   `account` (is paid; otherwise the signer), `jobs`, `atALoss`, `coinPrice` and `maxGasPrice` (plancks, wei; or null), `unpaidGas` (wei
   *   a day, for what nobody pays for), `retryMs` (how long what was refused is left alone), `stuckAfterMs`, `receiptMs`, `fromBlock`,
   *   `cache`, `log`; `viewOf`, where another than `View.of` is to be asked
   */
  constructor(api, options) {
    this.api = api;
    this.options = {
      jobs: ['carry', 'prove', 'claim', 'tend'], stuckAfterMs: 180_000, receiptMs: 60_000, log: console.log, coinPrice: null, maxGasPrice: null,
      unpaidGas: 10n ** 16n, retryMs: 600_000,
      viewOf: (final) => View.of(api, options.chainId, { final }), ...options,
    };
    this.evm = new Evm(options.evm, { timeoutMs: options.timeoutMs, log: (text) => this.say(text) });
    this.chainId = options.chainId;
    this.sender = options.wallet && new Sender(this.evm, options.wallet, this.chainId);
    this.told = new Map();
    this.spent = [];
  }

  say(text) {
    this.options.log(text);
  }

  /** Says something that stays so only when it changes. */
  sayOnce(about, text) {
    if (this.told.get(about) === text) return;
    if (text) this.say(text);
    this.told.set(about, text);
  }

  /** Pins both chains. Throws for what no waiting mends. */
  async start() {
    const chain = await (await this.options.viewOf(true)).chain();
    if (!chain) throw new Error(`gpu-chain has no bridge to chain ${this.chainId}`);
    Object.assign(this, { gateway: chain.gateway, genesis: chain.genesis });
    const { options } = this;
    this.word = await accountWord(this.api, options.account ?? options.signer.address);
    // Below the oldest header proofs can be led down as well, but at a cost: that is for whoever wants it.
    const from = options.fromBlock ?? Math.max(0, (chain.headers?.oldest ?? 0) - MAX_ANCESTORS);
    this.events = new Events(this.evm, this.gateway, { genesis: this.genesis, from, cache: options.cache });
    this.say(`chain ${this.chainId}, gateway ${this.gateway}; paid to ${options.account ?? options.signer.address}` +
      `${this.sender ? `, gas by ${this.sender.address}` : ', carries nothing'}; events from block ${this.events.scanned + 1} on`);
  }

  /** Whether a node is one of the right chain. */
  async #pin() {
    const [chainId, genesis] = [await this.evm.chainId(), await this.evm.genesis()];
    if (chainId !== this.chainId || genesis !== this.genesis) throw new ProofError(`another chain: number ${chainId}, first block ${genesis}`);
  }

  /** Finds a node that has the block which was accepted last. */
  async #agree(headers) {
    const { evm } = this;
    let [behind, strangers] = [0, 0];
    const others = [];
    for (let tries = 0; tries < evm.urls.length; tries++) {
      try {
        await this.#pin();
        if (!headers) return true;
        const block = await evm.block(headers.newest);
        if (block?.hash === headers.hash) return true;
        if (block) others.push(`${block.hash} by ${evm.url}`);
        else behind++;
        evm.next(block ? `block ${headers.newest} is ${block.hash}, and ${headers.hash} was accepted` : `it has no block ${headers.newest} yet`);
      } catch (error) {
        if (!(error instanceof ProofError)) throw error;
        strangers++;
        others.push(error.message);
        evm.next(error.message);
      }
    }
    if (others.length < evm.urls.length) {
      this.sayOnce('behind', `${behind} of ${evm.urls.length} nodes of the EVM chain are behind gpu-chain: waiting`);
      return false;
    }
    if (strangers === evm.urls.length) throw new Forked(`no node is one of the chain that the bridge leads to (${others.join('; ')})`);
    throw new Forked(`block ${headers.newest} was accepted as ${headers.hash}, and no node has it (${others.join('; ')}): the chain was reorganised ` +
      'below finality, or all nodes lie. Nothing is relayed; a guardian should pause the bridge');
  }

  /** One round. Gives how much was done. */
  async round() {
    const view = await this.options.viewOf(true);
    const chain = await view.chain();
    if (chain.headers) chain.headers.hash = (await view.header(chain.headers.newest)).hash;
    if (!(await this.#agree(chain.headers))) return 0;
    const jobs = new Set(this.options.jobs);
    let done = 0;
    if (jobs.has('carry') && this.sender) done += await this.carry(view, chain);
    if (chain.pausedSince !== null) {
      this.sayOnce('paused', `the bridge is paused since block ${chain.pausedSince}`);
      return done;
    }
    this.sayOnce('paused', null);
    if (['prove', 'claim', 'tend'].some((job) => jobs.has(job))) done += await this.prove(view, chain, jobs);
    if (jobs.has('tend')) done += await this.tend(chain);
    if (jobs.has('tend') && this.sender) done += await this.release(chain);
    return done;
  }

  /** Rounds until `stop` is called. */
  async run(everyMs) {
    this.stopping = false;
    while (!this.stopping) {
      let busy = 0;
      try {
        busy = await this.round();
        this.sayOnce('failure', null);
      } catch (error) {
        this.sayOnce('failure', `${error instanceof Forked ? 'STOPPED: ' : ''}${error.message}`);
        this.options.onFailure?.(error);
      }
      // Something may have become possible by what was done.
      for (let waited = 0; !this.stopping && waited < (busy ? everyMs / 4 : everyMs); waited += 100) await sleep(100);
    }
  }

  stop() {
    this.stopping = true;
  }

  // ── To the gateway ─────────────────────────────────────────────────────────────────────────────────────────────────

  /** Carries what is next, and then what comes after it, as long as it can be. */
  async carry(view, chain) {
    let done = 0;
    for (;;) {
      const next = await this.#next(view, chain);
      this.sayOnce('waits', next.waits && `waiting: ${next.waits}`);
      if (!next.call || !(await this.#send(view, next))) return done;
      done++;
    }
  }

  async #gatewayState() {
    const read = (name) => this.evm.read(this.gateway, GATEWAY, name);
    const [{ setId }, outboundNonce, paused, { timestamp }] = await Promise.all([
      read('validatorSet'), read('outboundNonce'), read('paused'), this.evm.block('latest'),
    ]);
    return { setId, outboundNonce, paused, time: BigInt(timestamp) };
  }

  async #next(view, chain) {
    const gateway = await this.#gatewayState();
    const subject = { Item: gateway.outboundNonce + 1n };
    const open = (await view.outbox()).find(({ nonce }) => nonce === subject.Item);
    const item = open && { ...open, payload: await view.payload(subject), signatures: await view.signatures(subject) };
    let set = null;
    if (chain.rotation.pending && gateway.setId === chain.rotation.current) {
      const of = { Set: chain.rotation.current + 1n };
      const { members } = await view.members(of.Set);
      set = { payload: await view.payload(of), signatures: await view.signatures(of), members };
    }
    const members = (await view.members(chain.rotation.current))?.members ?? [];
    return { gateway, ...toCarry({ gateway, chain, item: item ?? null, set, members }) };
  }

  /** Sends what is next, if it is worth it. Whether it was carried out. */
  async #send(view, next) {
    const { call, what } = next;
    const { receipt } = await this.#transact({
      about: 'waits', what, call, args: carryArguments(next, next.gateway.setId, this.word),
      isWorthIt: (cost) => this.options.atALoss || this.#isWorthIt(view, next, cost),
    });
    return receipt?.status === '0x1';
  }

  /**
   * Sends one transaction to the gateway, if it is worth it and none is on its way: gives `{ receipt }` when it is in a block, `{ late }`
   * with what it may cost if it is in none yet, `{ refused }` if it would revert.
   */
  async #transact({ about, what, call, args, isWorthIt }) {
    const { sender, evm, options } = this;
    const counts = await sender.evm.transactionCounts(sender.address);
    let raise = 1n;
    if (counts.pending > counts.mined) {
      if (this.flying?.nonce !== counts.mined) this.flying = { nonce: counts.mined, since: Date.now() };
      if (Date.now() - this.flying.since < options.stuckAfterMs) {
        this.sayOnce(about, `waiting: transaction ${counts.mined} of ${sender.address} is on its way`);
        return {};
      }
      // In its place the one that is next now, for more: two of one number cannot both be carried out.
      raise = 2n;
      this.flying = { nonce: counts.mined, since: Date.now() };
    }
    const data = GATEWAY.encodeFunctionData(call, args);
    const price = await evm.gasPrice();
    let gas;
    try {
      gas = await sender.estimate(this.gateway, data);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.sayOnce(about, `${what}: the gateway would refuse ${call}: ${revertReason(GATEWAY, error)}`);
      return { refused: true };
    }
    if (options.maxGasPrice !== null && price.expected > options.maxGasPrice) {
      this.sayOnce(about, `${what}: gas costs ${price.expected} wei, more than --max-gas-price`);
      return {};
    }
    if (!(await isWorthIt(gas * price.expected))) return {};
    const limit = (gas * 5n) / 4n;
    const needed = limit * raise * (price.most ?? price.legacy);
    const balance = await evm.balance(sender.address);
    if (balance < needed) {
      this.sayOnce(about, `${what}: ${sender.address} has ${balance} wei, and gas may cost ${needed}`);
      return {};
    }
    const hash = await sender.send(this.gateway, data, { gas: limit, price, nonce: counts.mined, raise });
    const end = Date.now() + options.receiptMs;
    while (Date.now() < end && !this.stopping) {
      const receipt = await sender.receipt(hash);
      if (receipt) {
        this.flying = undefined;
        const used = `gas ${Number(receipt.gasUsed)}, transaction ${hash}`;
        const ok = receipt.status === '0x1';
        this.say(ok ? `carried ${what} by ${call} in block ${Number(receipt.blockNumber)}, ${used}` : `${what} was refused after all, ${used}`);
        return { receipt };
      }
      await sleep(250);
    }
    this.say(`${what}: transaction ${hash} is not in a block yet`);
    return { late: gas * price.expected };
  }

  /** Whether the fee for it is at least what the gas costs. */
  async #isWorthIt(view, { what, fee }, cost) {
    let worth;
    if (this.options.coinPrice !== null) {
      worth = atPrice(fee, this.options.coinPrice);
    } else {
      const asset = (await view.routes()).get(COIN)?.asset;
      worth = asset ? await view.worth(fee, asset) : null;
      if (worth === null) {
        this.sayOnce('waits', `${what}: no price of the EVM chain's coin in GPU; give --coin-price or --at-a-loss`);
        return false;
      }
    }
    if (worth >= cost) return true;
    this.sayOnce('waits', `${what}: its fee is worth ${worth} wei and gas costs ${cost}; --at-a-loss would carry it`);
    return false;
  }

  // ── To gpu-chain ───────────────────────────────────────────────────────────────────────────────────────────────────

  /** Proves what the gateway said, for everybody. */
  async prove(view, chain, jobs) {
    if (!chain.headers) {
      this.sayOnce('headers', 'no header was accepted yet: nothing can be proven');
      return 0;
    }
    const { events } = this;
    try {
      await events.readTo(chain.headers.newest);
    } catch (error) {
      if (!(error instanceof Incomplete)) throw error;
      this.evm.next(`its logs are not whole: ${error.message}`);
      events.reset();
      throw error;
    }
    const open = new Set((await view.outbox()).map(({ nonce }) => nonce));
    const newest = await this.#newest();
    const inPool = await callsInPool(this.api);
    const settled = [];
    const wanted = [];
    for (const event of events.open) {
      if (wanted.length >= AT_ONCE) break;
      const call = toProve(event, { chain, open });
      const claim = call === 'claimDeposit' || call === 'receiveMessage';
      if (call === 'done' || (claim && (await view.isClaimed(event.nonce)))) {
        settled.push(event);
      } else if (call !== 'later' && jobs.has(claim ? 'claim' : 'prove') && !(await newest.isSettled(event, call))) {
        wanted.push({ event, call });
      }
    }
    events.settle(settled);
    events.save();
    const ready = [];
    let deep;
    for (const { event, call } of wanted) {
      const number = Number(event.log.blockNumber);
      const anchor = await view.anchor(number, chain.headers, chain.alignment, MAX_ANCESTORS);
      if (anchor) ready.push({ what: `${event.name} ${event.nonce}`, transaction: await this.#transaction(anchor, event, call) });
      else deep ??= number;
    }
    if (deep !== undefined) ready.push(...(await this.#reachDown(deep, newest)));
    return this.#submit(ready.filter(({ transaction }) => !inPool.has(transaction.method.toHex())));
  }

  /** Proves headers downwards, until proofs reach a block that lies deep below an accepted one. */
  async #reachDown(number, { chain, around }) {
    const { above, below } = await around(number, chain.headers, chain.alignment);
    if (!above) return [];
    const ready = [];
    let anchor = above;
    try {
      for (const height of stepsDown(number, above.number, chain.alignment, MAX_ANCESTORS).slice(0, AT_ONCE)) {
        const { headers, raw } = await headersDown(this.evm, anchor, height);
        const transaction = this.api.tx.evmBridge.proveHeader(this.chainId, anchor.number, below?.number ?? null, raw);
        ready.push({ what: `header ${height}`, transaction });
        anchor = { number: height, hash: headers.at(-1).hash };
      }
    } catch (error) {
      this.#doubt(error);
      throw error;
    }
    return ready;
  }

  /** Leaves a node that said what cannot be. */
  #doubt(error) {
    if (!(error instanceof ProofError)) return;
    this.evm.next(error.message);
    this.events.reset();
  }

  /** Tells whether something has happened in the newest block, which is not final yet. */
  async #newest() {
    const view = await this.options.viewOf(false);
    const [chain, outbox] = await Promise.all([view.chain(), view.outbox()]);
    const { rotation, outboundNonce } = chain;
    const open = new Set(outbox.map(({ nonce }) => nonce));
    const isSettled = ({ nonce }, call) => {
      if (call === 'confirmSet') return rotation.current >= nonce;
      return call === 'confirmItem' ? nonce <= outboundNonce && !open.has(nonce) : view.isClaimed(nonce);
    };
    return { chain, isSettled, around: (...where) => view.around(...where) };
  }

  async #transaction(anchor, event, call) {
    try {
      return this.api.tx.evmBridge[call](this.chainId, await proveLog(this.evm, anchor, event.log));
    } catch (error) {
      this.#doubt(error);
      throw error;
    }
  }

  async #submit(ready) {
    if (ready.length === 0) return 0;
    const results = await submitAll(this.api, this.options.signer, ready.map(({ transaction }) => transaction));
    let done = 0;
    for (const [i, { error, events, block }] of results.entries()) {
      const { what } = ready[i];
      if (error) {
        this.say(SETTLED.test(error.message) ? `${what}: somebody else was faster` : `${what}: ${error.message}`);
        continue;
      }
      done++;
      const mine = events.filter(({ section }) => section === 'evmBridge').map(({ method, data }) => `${method}${told(data)}`);
      this.say(`proved ${what} in block ${block}: ${mine.join(', ')}`);
    }
    return done;
  }

  // ── For those who wait ─────────────────────────────────────────────────────────────────────────────────────────────

  /** Releases withdrawals whose delay is over, and tries credits again that can be expected to be paid. */
  async tend(chain) {
    // The newest block's: what was done in one that is not final yet would be tried again, for a fee.
    const view = await this.options.viewOf(false);
    const [withdrawals, suspended] = await Promise.all([view.withdrawals(), view.suspended()]);
    const { tx } = this.api;
    const ready = withdrawals
      .filter((withdrawal) => isReleaseDue(withdrawal, view.block))
      .map(({ id }) => ({ what: `release of withdrawal ${id}`, transaction: tx.evmBridge.releaseWithdrawal(this.chainId, id) }));
    if (suspended.length > 0) {
      const routes = await view.routes();
      for (const credit of suspended) {
        const route = routes.get(credit.token);
        const [available, across] = route
          ? [await view.available(credit.token, 'Inbound'), await view.across(credit.token)]
          : [0n, 0n];
        if (!isRetryDue(credit, { block: view.block, route, available, across }) || this.#triedLately(credit.key.toHex())) continue;
        ready.push({ what: `retry of ${credit.key}`, transaction: tx.evmBridge.retryCredit(this.chainId, credit.key) });
      }
    }
    const inPool = await callsInPool(this.api);
    return chain.pausedSince === null ? this.#submit(ready.filter(({ transaction }) => !inPool.has(transaction.method.toHex())).slice(0, AT_ONCE)) : 0;
  }

  /** A try that fails costs a fee here and questions there: so each is made once in a while. */
  #triedLately(key) {
    this.tries ??= new Map();
    const lately = Date.now() - (this.tries.get(key) ?? 0) < this.options.retryMs;
    if (!lately) this.tries.set(key, Date.now());
    return lately;
  }

  /**
   * Releases a transfer that the gateway held, when its time has come, or claims for its recipient what it owes. One a round: what pays
   * comes first again then. The gateway's state says what there is to do, so it is done once whoever does it.
   */
  async release(chain) {
    const { events, evm } = this;
    if (events.unpaid.length === 0 || (await evm.read(this.gateway, GATEWAY, 'paused'))) return 0;
    const time = BigInt((await evm.block('latest')).timestamp);
    const settled = [];
    let [done, looked] = [0, 0];
    const triedAt = (event) => this.tries?.get(unpaidKey(event)) ?? 0;
    for (const event of [...events.unpaid].sort((a, b) => triedAt(a) - triedAt(b))) {
      if (looked >= AT_ONCE) break;
      if (event.releaseAt > time || this.#triedLately(unpaidKey(event))) continue;
      looked++;
      const { call, args } = toRelease(event, await this.#unpaidState(event, 'latest'), time);
      if (call === 'done') {
        // Forgotten only when that is final.
        const before = await this.#unpaidState(event, chain.headers.newest).catch(() => null);
        if (before && toRelease(event, before, time).call === 'done') settled.push(event);
      } else if (call !== 'later') {
        const what = `transfer ${event.index} of batch ${event.nonce}`;
        const { receipt, late, refused } = await this.#transact({
          about: unpaidKey(event), what, call, args, isWorthIt: (cost) => this.#isAffordable(event, what, cost),
        });
        if (refused) continue;
        const wei = receipt ? BigInt(receipt.gasUsed) * BigInt(receipt.effectiveGasPrice) : late;
        if (wei) this.spent.push({ at: Date.now(), wei });
        // Whoever is refused after all has cost enough. Otherwise it waits for something else, or is owed now: the next round sees.
        if (receipt?.status !== '0x0') this.tries.delete(unpaidKey(event));
        done = receipt ? 1 : 0;
        break;
      }
    }
    events.settle(settled);
    for (const event of settled) this.tries.delete(unpaidKey(event));
    if (settled.length > 0) events.save();
    return done;
  }

  /** What the gateway says of a transfer that it did not pay with its batch. */
  async #unpaidState({ nonce, index, transfer }, at) {
    const read = (name, args) => this.evm.read(this.gateway, GATEWAY, name, args, at);
    const [heldUntil, owed] = await Promise.all([read('heldUntil', [nonce, index, transfer]), read('owed', [transfer.token, transfer.to])]);
    return { heldUntil, owed };
  }

  /** Whether so much is left for today of what may be spent on unpaid work. */
  #isAffordable(event, what, cost) {
    this.spent = this.spent.filter(({ at }) => Date.now() - at < DAY);
    const left = this.spent.reduce((rest, { wei }) => rest - wei, this.options.unpaidGas);
    if (cost <= left) return true;
    this.sayOnce(unpaidKey(event), `${what}: nobody pays for its gas, and --unpaid-gas leaves ${left} wei for today`);
    return false;
  }
}

const unpaidKey = ({ nonce, index }) => `unpaid ${nonce}/${index}`;

/** The amounts and reasons of an event, for the log. */
function told(data) {
  const names = data.names ?? [];
  const parts = names.flatMap((name, i) => (['amount', 'reason', 'cause', 'relayer', 'to'].includes(name) ? [`${name} ${data[i]}`] : []));
  return parts.length ? ` (${parts.join(', ')})` : '';
}

