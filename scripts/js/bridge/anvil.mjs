// An EVM chain of our own (foundry's anvil) that can be killed and started again, and nodes in front of it that can be made to lie,
// to leave things out, to be silent or to be down.

import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { keccak256 } from '../../../contracts/ethers.mjs';
import { final, freePort, rpc, sleep, waitFor } from '../lib.mjs';
import { headerFields } from './proof.mjs';

const BINARY = process.env.ANVIL ?? fileURLToPath(new URL('../../../contracts/node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil', import.meta.url));
/** A slot's blocks. */
const SLOTS = 2;
/** So the last final block is so many behind the newest. */
const FINALITY = 2 * SLOTS;
/** An account that every anvil has. */
const ANYBODY = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266';

const hashOf = ({ header }) => keccak256(headerFields(header));

/**
 * The blocks of a state that are its chain: the newest and all that it descends from, the first one first. A loaded anvil keeps the
 * first block that it made for itself beside that of the state, and writes both; which of them the next one takes for the first is
 * up to chance. So only one line of blocks may ever be loaded.
 */
export function chainOf({ best_block_number: newest, blocks }) {
  const byHash = new Map(blocks.map((block) => [hashOf(block), block]));
  const line = [];
  let at = blocks.find(({ header }) => Number(header.number) === Number(newest));
  while (at) {
    line.unshift(at);
    at = byHash.get(at.header.parentHash);
  }
  if (line.length !== Number(newest) + 1) throw new Error(`a state of ${newest} blocks in which ${line.length} follow each other`);
  return line;
}

export class Anvil {
  /** @param options `state`: the file that it is kept in, `blockSeconds`, `chainId` */
  constructor(processes, { state, blockSeconds = 1, chainId = 31_337 }) {
    Object.assign(this, { processes, state, blockSeconds, chainId });
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Starts it on the state that it was killed with, if it was, and waits until it makes blocks. */
  async start() {
    this.port ??= await freePort();
    this.processes.start('anvil', BINARY, [
      '--port', String(this.port), '--chain-id', String(this.chainId), '--no-mining',
      '--slots-in-an-epoch', String(SLOTS), '--order', 'fifo', '--silent',
      ...(existsSync(this.state) ? ['--load-state', this.state] : []),
    ]);
    await waitFor('anvil answers', async () => {
      this.processes.check('anvil');
      return (await this.rpc('eth_chainId')) && true;
    }, { everyMs: 50 });
    if (this.kept) await this.#checkKept();
    await this.#mine(this.blockSeconds);
  }

  /** That it is the chain that was killed: otherwise whatever is seen afterwards shows nothing. */
  async #checkKept() {
    for (const [number, hash] of this.kept) {
      const block = await this.#block(`0x${number.toString(16)}`);
      if (block?.hash !== hash) throw final(`anvil came back with ${block?.hash} as block ${number}, which was ${hash}`);
    }
    const [head, { accountProof: [root] }] = [await this.#block('latest'), await this.rpc('eth_getProof', [ANYBODY, [], 'latest'])];
    if (Number(head.number) !== this.kept.length - 1) throw final(`anvil came back with ${Number(head.number)} blocks of ${this.kept.length - 1}`);
    if (keccak256(root) !== head.stateRoot) throw final(`anvil came back with another state than that of block ${Number(head.number)}`);
  }

  /** Makes a block each so many seconds; with 0 none any more once this has come back. */
  async #mine(seconds) {
    await this.rpc('evm_setIntervalMining', [seconds]);
    if (seconds > 0) return;
    // One may have been under way.
    let last;
    await waitFor('anvil makes no block any more', async () => last === (last = await this.number()), { everyMs: 100 });
  }

  /**
   * Kills it, so that its last blocks are lost, and none that was final: it goes on with a state of some blocks ago, and blocks are
   * counted from there until the kill. What had happened when this was called is not lost. Gives the heights that are.
   *
   * The state is asked for and not left to `--state-interval`, which writes it in place, so that who is killed meanwhile has neither
   * the old nor the new one, and while a block is made, so that it can have the block's transactions carried out and not the block.
   */
  async kill({ lost = FINALITY - 2 } = {}) {
    for (;;) {
      await this.#mine(0);
      const state = JSON.parse(gunzipSync(Buffer.from((await this.rpc('anvil_dumpState')).slice(2), 'hex')));
      await this.#mine(this.blockSeconds);
      state.blocks = chainOf(state);
      const kept = state.blocks.length - 1;
      await waitFor(`anvil has made ${lost} blocks more`, async () => (await this.number()) >= kept + lost, { everyMs: 50 });
      await this.#mine(0);
      // It may have been too fast for us: then blocks that are in nothing but its memory are final.
      const head = await this.number();
      if (head >= kept + FINALITY) continue;
      await this.processes.stop('anvil', 'SIGKILL');
      this.kept = state.blocks.map((block, number) => [number, hashOf(block)]);
      writeFileSync(`${this.state}.new`, JSON.stringify(state));
      renameSync(`${this.state}.new`, this.state);
      return Array.from({ length: head - kept }, (_, i) => kept + 1 + i);
    }
  }

  #block(which) {
    return this.rpc('eth_getBlockByNumber', [which, false]);
  }

  rpc(method, params) {
    return rpc(this.port, method, params);
  }

  async number(tag = 'latest') {
    return Number((await this.#block(tag)).number);
  }

  /** Waits until a block is final by the chain's own word. */
  untilFinal(number) {
    return waitFor(`block ${number} of the EVM chain is final`, async () => (await this.number('finalized')) >= number, { everyMs: 100 });
  }
}

/** Ways to answer. Each gets the request and the honest answer, and gives what is answered instead. */
export const HONEST = (_, result) => result;

/** From some height on blocks that never were, each with the hash that it would have. */
export const lyingFrom = (first) => ({ method }, result) => {
  if (!method.startsWith('eth_getBlockBy') || !result || Number(result.number) < first) return result;
  const forged = { ...result, receiptsRoot: keccak256(result.receiptsRoot) };
  return { ...forged, hash: keccak256(headerFields(forged)) };
};

/** A block's fields with another hash than they give. */
export const FORGING = ({ method }, result) =>
  method.startsWith('eth_getBlockBy') && result && Number(result.number) > 0 ? { ...result, receiptsRoot: keccak256(result.receiptsRoot) } : result;

/** Logs and receipts without the last log. */
export const OMITTING = ({ method }, result) => {
  if (method === 'eth_getLogs') return result.slice(0, -1);
  if (method === 'eth_getBlockReceipts') return result?.map((receipt) => ({ ...receipt, logs: receipt.logs.slice(0, -1) }));
  return result;
};

/** Answers nothing, and keeps whoever asks waiting. */
export const SILENT = () => new Promise(() => {});

/**
 * A node of the EVM chain, on a port of its own, that asks the one that there is. An anvil shares its chain with no other, so this is
 * what stands for a second, independent node in tests: what it says can be changed, the chain behind it is the same.
 */
export class Node {
  constructor(anvil) {
    Object.assign(this, { anvil, way: HONEST, asked: new Map() });
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  async start() {
    this.server = createServer((request, response) => this.#answer(request, response));
    await new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(this.port ?? 0, '127.0.0.1', resolve);
    });
    ({ port: this.port } = this.server.address());
    this.server.unref();
    return this;
  }

  /** Is down: nobody listens on its port. */
  async stop() {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  async #answer(request, response) {
    try {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      const body = Buffer.concat(chunks);
      const asked = JSON.parse(body.toString());
      this.asked.set(asked.method, (this.asked.get(asked.method) ?? 0) + 1);
      const answer = await fetch(this.anvil.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      const said = await answer.json();
      if (said.result !== undefined) said.result = await this.way(asked, said.result);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(said));
    } catch {
      // The chain behind it is down: so is this node.
      response.destroy();
    }
  }
}

/** Lets the chain go back by `depth` blocks; what was in them did not happen. */
export async function reorganise(anvil, depth) {
  await anvil.rpc('anvil_reorg', [depth, []]);
  await sleep(100);
}
