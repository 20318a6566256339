// Asks the nodes of an EVM chain, by JSON-RPC over HTTP and nothing in between. Several may be named: the one in use is left for the
// next when it fails, or when something that it said turned out to be wrong.

import { Interface, Transaction, getBytes } from '../../../contracts/ethers.mjs';
import { readFileSync } from 'node:fs';
import { ProofError } from './proof.mjs';

const abi = (name) => JSON.parse(readFileSync(new URL(`../../../contracts/abi/${name}.json`, import.meta.url), 'utf8'));
export const GATEWAY = new Interface(abi('GpuGateway'));
export const GPU_TOKEN = new Interface(abi('GpuToken'));

/** How many raw headers are remembered: one range of proofs, several times over. */
const REMEMBERED_HEADERS = 1_024;
/** How many headers are asked for at once. */
const AT_ONCE = 16;

/** The number of the only error of JSON-RPC that is about the node and not about the request. */
const TOO_MANY_REQUESTS = -32_005;

const hex = (number) => `0x${BigInt(number).toString(16)}`;

/** The node refuses the request itself, as a revert: another node would too. */
export class Refused extends Error {
  constructor(method, { message, data, code }) {
    super(`${method}: ${message}`);
    Object.assign(this, { data: typeof data === 'string' ? data : data?.data, code });
  }
}

/** No node answers. */
export class Unreachable extends Error {}

export class Evm {
  /** @param urls addresses of nodes, in the order in which they are tried */
  constructor(urls, { timeoutMs = 10_000, log = () => {} } = {}) {
    Object.assign(this, { urls, timeoutMs, log, at: 0, id: 0, headers: new Map() });
  }

  get url() {
    return this.urls[this.at];
  }

  /** Goes on with the next node. What was remembered of the last one is forgotten. */
  next(why) {
    if (this.urls.length > 1) this.log(`${this.url}: ${why}; asking the next node`);
    this.at = (this.at + 1) % this.urls.length;
    this.headers.clear();
  }

  async #post(url, method, params) {
    const id = ++this.id;
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id, method, params }),
      signal: AbortSignal.timeout(this.timeoutMs),
    });
    const text = await response.text();
    let answer;
    try {
      answer = JSON.parse(text);
    } catch {
      throw new Error(`HTTP ${response.status} and no JSON`);
    }
    if (answer?.id !== id) throw new Error('an answer to something else');
    if (answer.error) throw new Refused(method, answer.error);
    return answer.result;
  }

  /** Calls a method. Throws `Refused` for what the node refuses, `Unreachable` when no node answers. */
  async call(method, ...params) {
    let last;
    for (let tries = 0; tries < this.urls.length; tries++) {
      try {
        return await this.#post(this.url, method, params);
      } catch (error) {
        if (error instanceof Refused && error.code !== TOO_MANY_REQUESTS) throw error;
        last = error.cause?.code ?? error.message;
        this.next(last);
      }
    }
    throw new Unreachable(`no node of the EVM chain answers ${method} (${last})`);
  }

  async chainId() {
    return Number(await this.call('eth_chainId'));
  }

  /** The hash of the first block, which every node is pinned to. */
  async genesis() {
    return (await this.call('eth_getBlockByNumber', '0x0', false)).hash;
  }

  /** A block without its transactions, by number or tag; `null` if there is none. */
  block(which) {
    return this.call('eth_getBlockByNumber', typeof which === 'number' ? hex(which) : which, false);
  }

  async #remembered(number) {
    let block = this.headers.get(number);
    if (!block) {
      block = await this.block(number);
      if (!block) throw new ProofError(`the node has no block ${number}`);
      if (this.headers.size >= REMEMBERED_HEADERS) this.headers.delete(this.headers.keys().next().value);
      this.headers.set(number, block);
    }
    return block;
  }

  /** The headers from the block of that hash and height down to `last`; that they follow each other is checked by whoever uses them. */
  async headersDown(hash, first, last) {
    const found = [];
    for (let from = first; from >= last; from -= AT_ONCE) {
      const numbers = Array.from({ length: Math.min(AT_ONCE, from - last + 1) }, (_, i) => from - i);
      found.push(...(await Promise.all(numbers.map((number) => this.#remembered(number)))));
    }
    if (found[0].hash !== hash) {
      this.headers.clear();
      throw new ProofError(`the block at ${first} is ${found[0].hash}, and ${hash} was accepted`);
    }
    return found;
  }

  /** The receipts of a block, by its hash: behind a load balancer one height can be two blocks. */
  async receipts(blockHash) {
    const receipts = await this.call('eth_getBlockReceipts', blockHash).catch((error) => {
      // Not every node has the method: then one by one.
      if (!(error instanceof Refused)) throw error;
    });
    if (Array.isArray(receipts)) return receipts;
    const block = await this.call('eth_getBlockByHash', blockHash, false);
    if (!block) throw new ProofError(`the node has no block ${blockHash}`);
    const single = await Promise.all(block.transactions.map((hash) => this.call('eth_getTransactionReceipt', hash)));
    if (single.some((receipt) => !receipt)) throw new ProofError(`the node lacks receipts of block ${blockHash}`);
    return single;
  }

  /** Reads a contract. */
  async read(to, contract, name, args = [], at = 'latest') {
    const data = await this.call('eth_call', { to, data: contract.encodeFunctionData(name, args) }, typeof at === 'number' ? hex(at) : at);
    const result = contract.decodeFunctionResult(name, data);
    return result.length === 1 ? result[0] : result;
  }

  /** Logs of a contract in a range of blocks, of any of these topics. */
  logs(address, topics, from, to) {
    return this.call('eth_getLogs', { address, topics: [topics], fromBlock: hex(from), toBlock: hex(to) });
  }

  async balance(address) {
    return BigInt(await this.call('eth_getBalance', address, 'latest'));
  }

  /** How many transactions of an account are in blocks, and how many with those on their way. */
  async transactionCounts(address) {
    const [mined, pending] = await Promise.all(['latest', 'pending'].map((tag) => this.call('eth_getTransactionCount', address, tag)));
    return { mined: Number(mined), pending: Number(pending) };
  }

  /** What a unit of gas costs now, wei: expected, and the most and the tip that a transaction should offer. */
  async gasPrice() {
    const { baseFeePerGas } = await this.block('latest');
    if (!baseFeePerGas) {
      const price = BigInt(await this.call('eth_gasPrice'));
      return { expected: price, legacy: price };
    }
    const base = BigInt(baseFeePerGas);
    const tip = await this.call('eth_maxPriorityFeePerGas').then(BigInt, () => 10n ** 9n);
    return { expected: base + tip, most: 2n * base + tip, tip };
  }
}

/** What a transaction costs, and how it is sent again when it is stuck. */
export class Sender {
  constructor(evm, wallet, chainId) {
    Object.assign(this, { evm, wallet, chainId });
  }

  get address() {
    return this.wallet.address;
  }

  /** The gas that a call takes. Throws `Refused`, with the revert's data, if it would revert. */
  async estimate(to, data) {
    return BigInt(await this.evm.call('eth_estimateGas', { from: this.address, to, data }));
  }

  /** Signs a call and hands it to the node; gives its hash. `raise` multiplies what is offered for gas. */
  async send(to, data, { gas, price, nonce, raise = 1n }) {
    const fees = price.legacy === undefined
      ? { type: 2, maxFeePerGas: raise * price.most, maxPriorityFeePerGas: raise * price.tip }
      : { type: 0, gasPrice: raise * price.legacy };
    const transaction = Transaction.from({ to, data, nonce, gasLimit: gas, chainId: this.chainId, ...fees });
    transaction.signature = this.wallet.signingKey.sign(transaction.unsignedHash);
    return this.evm.call('eth_sendRawTransaction', transaction.serialized);
  }

  receipt(hash) {
    return this.evm.call('eth_getTransactionReceipt', hash);
  }
}

/** What a revert says, in the contract's words. */
export function revertReason(contract, error) {
  try {
    const parsed = error.data && getBytes(error.data).length >= 4 && contract.parseError(error.data);
    if (parsed) return `${parsed.name}(${parsed.args.join(', ')})`;
  } catch {
    // Not one of the contract's: the node's own words have to do.
  }
  return error.message;
}
