// An EVM chain of our own (foundry's anvil) that can be killed and started again, and nodes in front of it that can be made to lie,
// to leave things out, to be silent or to be down.

import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { keccak256 } from '../../../contracts/ethers.mjs';
import { freePort, rpc, sleep, waitFor } from '../lib.mjs';
import { headerFields } from './proof.mjs';

const BINARY = process.env.ANVIL ?? fileURLToPath(new URL('../../../contracts/node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil', import.meta.url));
/** A slot's blocks; so the last final block is four behind the newest. */
const SLOTS = 2;

export class Anvil {
  /** @param options `state`: the file that it is kept in, `blockSeconds`, `chainId` */
  constructor(processes, { state, blockSeconds = 1, chainId = 31_337 }) {
    Object.assign(this, { processes, state, blockSeconds, chainId });
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Starts it on the state that it has, and waits until it answers. */
  async start() {
    this.port ??= await freePort();
    this.processes.start('anvil', BINARY, [
      '--port', String(this.port), '--chain-id', String(this.chainId), '--block-time', String(this.blockSeconds),
      '--slots-in-an-epoch', String(SLOTS), '--order', 'fifo', '--state', this.state, '--state-interval', '1',
      '--silent',
    ]);
    await waitFor('anvil answers', async () => {
      this.processes.check('anvil');
      return (await this.rpc('eth_chainId')) && true;
    }, { everyMs: 50 });
  }

  /**
   * Kills it. It writes its state over the old one, and whoever is killed meanwhile leaves neither; so what it wrote last in whole is
   * what it goes on with.
   */
  async kill() {
    const whole = await waitFor('anvil has written its state', () => {
      const text = readFileSync(this.state, 'utf8');
      return JSON.parse(text) && text;
    }, { everyMs: 100 });
    await this.processes.stop('anvil', 'SIGKILL');
    writeFileSync(this.state, whole);
  }

  rpc(method, params) {
    return rpc(this.port, method, params);
  }

  async number(tag = 'latest') {
    return Number((await this.rpc('eth_getBlockByNumber', [tag, false])).number);
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
