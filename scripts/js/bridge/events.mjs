// The gateway's events, read from the blocks that gpu-chain has accepted, in order and without a gap.

import { renameSync, readFileSync, writeFileSync } from 'node:fs';
import { GATEWAY, Refused } from './evm.mjs';
import { checkUnpaid, COUNTS, countOn, Incomplete } from './plan.mjs';

/** What became of a transfer that was not paid with its batch. */
const UNPAID = ['TransferHeld', 'TransferOwed'];
const TOPICS = [...Object.keys(COUNTS), ...UNPAID].map((name) => GATEWAY.getEvent(name).topicHash);
/** Blocks that are asked for at once: what public nodes allow. */
const RANGE = 1_000;

/**
 * An event: its name, its number, and the log as the node gave it; of a batch also which transfers were not paid, and of such a
 * transfer its place in the batch, itself, and since when it can be released.
 */
export function eventOf(log) {
  const { name, args } = GATEWAY.parseLog(log);
  const event = { name, nonce: args.nonce ?? args.setId, log };
  if (name === 'BatchExecuted') return { ...event, unpaid: args.unpaid };
  if (!UNPAID.includes(name)) return event;
  const { index, token, to, amount } = args;
  return { ...event, index, transfer: { token, to, amount }, releaseAt: args.releaseAt ?? 0n };
}

const inOrder = (a, b) => Number(a.log.blockNumber) - Number(b.log.blockNumber) || Number(a.log.logIndex) - Number(b.log.logIndex);

export class Events {
  /**
   * @param gateway its address
   * @param from the first block that can matter
   * @param cache a file that spares reading everything anew, or nothing
   */
  constructor(evm, gateway, { genesis, from, cache }) {
    Object.assign(this, { evm, gateway, genesis, from, cache });
    if (!this.#restore()) this.reset();
  }

  /** Forgets everything: what was read may have been wrong. */
  reset() {
    this.scanned = this.from - 1;
    this.counts = null;
    this.open = [];
    this.unpaid = [];
  }

  #restore() {
    try {
      const { gateway, genesis, scanned, counts, open, unpaid } = JSON.parse(readFileSync(this.cache, 'utf8'));
      if (gateway !== this.gateway || genesis !== this.genesis || !Number.isInteger(scanned)) return false;
      this.scanned = scanned;
      this.counts = Object.fromEntries(Object.entries(counts).map(([name, number]) => [name, number === null ? null : BigInt(number)]));
      this.open = open.map(eventOf);
      this.unpaid = unpaid.map(eventOf);
      return true;
    } catch {
      // There is none, or it is damaged: it only spares time.
      return false;
    }
  }

  /** Writes the cache: in one step, so that whoever is killed leaves the old one or the new one. */
  save() {
    if (!this.cache) return;
    const counts = Object.fromEntries(Object.entries(this.counts ?? {}).map(([name, number]) => [name, number?.toString() ?? null]));
    const [open, unpaid] = [this.open, this.unpaid].map((events) => events.map(({ log }) => log));
    const text = JSON.stringify({ gateway: this.gateway, genesis: this.genesis, scanned: this.scanned, counts, open, unpaid });
    writeFileSync(`${this.cache}.new`, text);
    renameSync(`${this.cache}.new`, this.cache);
  }

  /** What the gateway's counts were behind a block, `null` if the node does not know any more. */
  async #countsAt(block) {
    const read = (name) => this.evm.read(this.gateway, GATEWAY, name, [], block);
    try {
      const [inbound, outbound, { setId }] = await Promise.all(['inboundNonce', 'outboundNonce', 'validatorSet'].map(read));
      return { inbound, outbound, set: setId };
    } catch (error) {
      // No state of that block any more, or no contract in it yet.
      if (error instanceof Refused || error.code === 'BAD_DATA') return null;
      throw error;
    }
  }

  /** The counts before the first block that is read: none at all before the chain's first. */
  async #first() {
    if (this.from === 0) return { inbound: 0n, outbound: 0n, set: null };
    return (await this.#countsAt(this.from - 1)) ?? { inbound: null, outbound: null, set: null };
  }

  /**
   * Reads on up to a block. Throws `Incomplete` when the node left something out; then everything is to be read anew, from
   * another node.
   */
  async readTo(last) {
    this.counts ??= await this.#first();
    while (this.scanned < last) {
      const to = Math.min(this.scanned + RANGE, last);
      const logs = await this.evm.logs(this.gateway, TOPICS, this.scanned + 1, to);
      if (!Array.isArray(logs)) throw new Incomplete('no list of logs');
      const events = logs.map(eventOf).sort(inOrder);
      const counted = events.filter(({ name }) => Object.hasOwn(COUNTS, name));
      checkUnpaid(events);
      this.counts = countOn(this.counts, counted, await this.#countsAt(to));
      this.open.push(...counted);
      this.unpaid.push(...events.filter(({ name }) => UNPAID.includes(name)));
      this.scanned = to;
    }
  }

  /** Forgets events that are settled. */
  settle(events) {
    if (events.length === 0) return;
    const gone = new Set(events);
    const stays = (event) => !gone.has(event);
    Object.assign(this, { open: this.open.filter(stays), unpaid: this.unpaid.filter(stays) });
  }
}
