// A network of real nodes on loopback: validators, full nodes and miners that can be killed and started again.

import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, keyring, rpc, waitFor } from './lib.mjs';

/** Validators of the local preset; the node has an option of that name for each of them. */
const VALIDATORS = ['alice', 'bob', 'charlie', 'dave'];
export const MAX_VALIDATORS = VALIDATORS.length;

/** The engine id of the proof-of-work lane's digests, and BABE's, as they stand in a header. */
const [POW, BABE] = ['706f775f', '42414245'];

/** Writes a preset's chain spec, with other values for keys of its genesis, to a file. */
export function writeChainSpec(bin, preset, changes, file) {
  const text = execFileSync(join(bin, 'gpu-chain'), ['build-spec', '--chain', preset, '--disable-default-bootnode'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 1 << 28,
  }).toString();
  // As text: amounts of plancks are larger than JavaScript's numbers.
  const set = (spec, [key, value]) => {
    if (value === undefined) return spec;
    const entry = new RegExp(`"${key}": *("[^"]*"|[^,\\s}]+)`);
    if (!entry.test(spec)) throw new Error(`the chain spec has no ${key}`);
    return spec.replace(entry, `"${key}": ${value}`);
  };
  // Another chain than all others, so that its nodes speak to no others.
  const id = `"network_${process.pid}_${Date.now()}"`;
  writeFileSync(file, Object.entries({ id, ...changes }).reduce(set, text));
}

/** What a header says of its lane and slot. */
export function lane(header) {
  let miner = null;
  let slot = null;
  for (const log of header.digest.logs) {
    // 06 is a pre-runtime digest; then the engine and the length, which is one byte for those below 64 bytes.
    if (!log.startsWith('0x06')) continue;
    const [engine, bytes] = [log.slice(4, 12), Buffer.from(log.slice(12), 'hex')];
    const long = (bytes[0] & 3) === 1;
    const data = bytes.subarray(long ? 2 : 1);
    if (engine === POW) miner = '0x' + data.subarray(0, 32).toString('hex');
    // Each of BABE's three: a tag, the authority, the slot.
    if (engine === BABE) slot = Number(data.readBigUInt64LE(5));
  }
  return { miner, slot };
}

export class Network {
  /**
   * `chain` changes the local preset: `validators` (1 to 4), `slotMs`, `epochSlots`, `difficultyBits`, and `minimumBits`.
   * Nothing runs before `addNode`.
   */
  constructor(processes, bin, folder, chain = {}) {
    Object.assign(this, { processes, bin, folder, nodes: new Map() });
    this.validators = chain.validators ?? MAX_VALIDATORS;
    this.spec = join(folder, 'chain.json');
    const { slotMs, epochSlots, difficultyBits, minimumBits } = chain;
    const hex = (bits) => (bits === undefined ? undefined : `"0x${(1n << BigInt(bits)).toString(16)}"`);
    const changes = {
      slotDurationMs: slotMs, epochSlots, initialDifficulty: hex(difficultyBits), minimumDifficulty: hex(minimumBits),
    };
    // One validator is the development chain; of the local one all four must be there.
    writeChainSpec(bin, this.validators === 1 ? 'dev' : 'local', changes, this.spec);
  }

  #binary(name) {
    return join(this.bin, name);
  }

  /** Makes a node ready, a validator if there is one left for that name, and starts it. */
  async addNode(name, args = []) {
    const key = '0x' + Buffer.from(name.padEnd(32, '.')).toString('hex');
    const node = { name, args, nodeKey: key.slice(2), port: await freePort(), p2p: await freePort(), prometheus: await freePort() };
    this.nodes.set(name, node);
    await this.startNode(name);
    return node;
  }

  /** The validators, by the names of their keys. */
  validatorNames() {
    return VALIDATORS.slice(0, this.validators);
  }

  async startNode(name, extra = []) {
    const node = this.nodes.get(name);
    const isValidator = this.validatorNames().includes(name);
    const [first] = this.nodes.values();
    const boot = first !== node && first.peerId ? ['--bootnodes', this.address(first)] : [];
    this.processes.start(name, this.#binary('gpu-chain'), [
      '--chain', this.spec, '--base-path', join(this.folder, name), '--node-key', node.nodeKey, '--name', name,
      '--rpc-port', String(node.port), '--prometheus-port', String(node.prometheus), '--rpc-methods', 'unsafe', '--rpc-cors', 'all',
      '--listen-addr', `/ip4/127.0.0.1/tcp/${node.p2p}`, '--no-telemetry', '--no-mdns', '--no-hardware-benchmarks',
      '--allow-private-ip', ...(isValidator ? [`--${name}`, '--validator'] : []), ...(this.validators === 1 ? ['--force-authoring'] : []),
      ...boot, ...node.args, ...extra,
    ]);
    node.peerId = await waitFor(`${name} answers RPC`, async () => {
      this.processes.check(name);
      return rpc(node.port, 'system_localPeerId');
    });
    return node;
  }

  address(node) {
    return `/ip4/127.0.0.1/tcp/${node.p2p}/p2p/${node.peerId}`;
  }

  /** Starts all validators; the first also gives out work if `powAuthor` is given. */
  async startValidators({ powAuthor } = {}) {
    for (const name of this.validatorNames()) {
      const mining = powAuthor && name === this.validatorNames()[0] ? ['--pow-author', powAuthor] : [];
      await this.addNode(name, mining);
    }
  }

  /** A miner of blocks at some node. */
  startMiner(name, node, threads = 1) {
    this.processes.start(name, this.#binary('gpu-miner'), [
      '--state-dir', join(this.folder, name), 'mine', '--node', `ws://127.0.0.1:${this.nodes.get(node).port}`, '--threads', String(threads),
    ]);
  }

  call(name, method, params) {
    return rpc(this.nodes.get(name).port, method, params);
  }

  async head(name) {
    const header = await this.call(name, 'chain_getHeader');
    return { number: parseInt(header.number, 16), ...lane(header) };
  }

  async finalised(name) {
    const hash = await this.call(name, 'chain_getFinalizedHead');
    const header = await this.call(name, 'chain_getHeader', [hash]);
    return { number: parseInt(header.number, 16), hash };
  }

  /** Number, lane and slot of each block from `first` to `last`. */
  async blocks(name, first, last) {
    const blocks = [];
    for (let number = first; number <= last; number++) {
      const hash = await this.call(name, 'chain_getBlockHash', [number]);
      blocks.push({ number, hash, ...lane(await this.call(name, 'chain_getHeader', [hash])) });
    }
    return blocks;
  }

  /** The values of a Prometheus metric by their labels. */
  async metric(name, metric) {
    const text = await (await fetch(`http://127.0.0.1:${this.nodes.get(name).prometheus}/metrics`)).text();
    const values = {};
    for (const [, labels, value] of text.matchAll(new RegExp(`^${metric}(\\{[^}]*\\})? (\\S+)$`, 'gm'))) values[labels ?? ''] = Number(value);
    return values;
  }
}

/** An account for miners' rewards. */
export const minersAccount = () => keyring().addFromUri('//Miner').address;
