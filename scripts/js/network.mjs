// A network of real nodes on loopback: validators, full nodes and miners that can be killed and started again.

import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Keyring } from '@polkadot/api';
import { encodeAddress } from '@polkadot/util-crypto';
import { final, freePort, keyring, rpc, UNIT, waitFor } from './lib.mjs';

/** Validators by the names of their keys; the node has an option of that name for each of them. */
const VALIDATORS = ['alice', 'bob', 'charlie', 'dave', 'eve', 'ferdie'];
export const MAX_VALIDATORS = VALIDATORS.length;

/** The engine id of the proof-of-work lane's digests, and BABE's, as they stand in a header. */
const [POW, BABE] = ['706f775f', '42414245'];

/** What each genesis validator stakes, as in the presets, which endow the accounts of all these names. */
const STASH = 10_000n * UNIT;

/** Amounts of plancks are larger than JavaScript's numbers: in a chain spec that is being changed they are BigInts. */
const parseSpec = (text) =>
  JSON.parse(text.replace(/([[:,]\s*)(\d{16,})(?=\s*[\],}])/g, '$1"plancks $2"'), (_, value) =>
    typeof value === 'string' && value.startsWith('plancks ') ? BigInt(value.slice(8)) : value);
const writeSpec = (spec) =>
  JSON.stringify(spec, (_, value) => (typeof value === 'bigint' ? `plancks ${value}` : value), 2).replace(/"plancks (\d+)"/g, '$1');

/** Puts the values of `changes` in the place of those in `genesis`. Both have the same shape, or it throws. */
function change(genesis, changes, path = 'genesis') {
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined) continue;
    if (!(key in genesis)) throw new Error(`the chain spec has no ${path}.${key}`);
    if (value?.constructor === Object) change(genesis[key], value, `${path}.${key}`);
    else genesis[key] = value;
  }
}

/** Writes a preset's chain spec to a file, with other values in its genesis: `{ slotClock: { slotDurationMs: 100 } }`. */
export function writeChainSpec(bin, preset, changes, file) {
  execFileSync(join(bin, 'gpu-chain'), ['export-chain-spec', '--chain', preset, '--output', file], { stdio: 'ignore' });
  const spec = parseSpec(readFileSync(file, 'utf8'));
  change(spec.genesis.runtimeGenesis.patch, changes);
  // Another chain than all others, so that its nodes speak to no others.
  spec.id = `network_${process.pid}_${Date.now()}`;
  writeFileSync(file, writeSpec(spec));
}

/** The secret of a validator, as the SDK's tools derive it. */
const uri = (name) => `//${name[0].toUpperCase()}${name.slice(1)}`;

/** The account of a validator that stands in the genesis, which is also its key for blocks. */
export const genesisAddress = (name) => keyring().addFromUri(uri(name)).address;

/** The parts of a genesis that name its validators. */
function genesisOf(names) {
  const ed25519 = new Keyring({ type: 'ed25519' });
  const ecdsa = new Keyring({ type: 'ecdsa' });
  const validators = names.map((name) => {
    const [stash, grandpa] = [keyring().addFromUri(uri(name)).address, ed25519.addFromUri(uri(name)).address];
    const evm_bridge = encodeAddress(ecdsa.addFromUri(uri(name)).publicKey);
    return { stash, keys: { grandpa, babe: stash, im_online: stash, authority_discovery: stash, evm_bridge } };
  });
  return {
    session: { keys: validators.map(({ stash, keys }) => [stash, stash, keys]) },
    staking: {
      validatorCount: names.length,
      stakers: validators.map(({ stash }) => [stash, stash, STASH, 'Validator']),
    },
  };
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
   * `chain` changes the preset: `validators` (one: the development chain, up to six: the local one), `slotMs`,
   * `epochSlots`, `difficulty` and `minimumDifficulty` in hashes. A folder that has a chain already goes on with it.
   * Nothing runs before `addNode`.
   */
  constructor(processes, bin, folder, chain = {}) {
    Object.assign(this, { processes, bin, folder, nodes: new Map() });
    this.spec = join(folder, 'chain.json');
    this.resumed = existsSync(this.spec);
    if (!this.resumed) this.#writeSpec(chain);
    const { session, slotClock } = parseSpec(readFileSync(this.spec, 'utf8')).genesis.runtimeGenesis.patch;
    this.validators = session.keys.length;
    this.slotMs = slotClock.slotDurationMs;
    for (const key of ['validators', 'slotMs']) {
      if (chain[key] !== undefined && chain[key] !== this[key]) throw final(`the chain in ${folder} has ${key} ${this[key]}, not ${chain[key]}`);
    }
  }

  #writeSpec({ validators = 4, slotMs, epochSlots, difficulty, minimumDifficulty }) {
    const hex = (hashes) => hashes && `0x${BigInt(Math.round(hashes)).toString(16)}`;
    writeChainSpec(this.bin, validators === 1 ? 'dev' : 'local', {
      slotClock: { slotDurationMs: slotMs, epochSlots },
      hybridPow: { initialDifficulty: hex(difficulty), minimumDifficulty: hex(minimumDifficulty) },
      ...(validators > 1 && genesisOf(VALIDATORS.slice(0, validators))),
    }, this.spec);
  }

  #binary(name) {
    return join(this.bin, name);
  }

  /** Makes a node ready, a validator if there is one left for that name, and starts it. */
  async addNode(name, args = []) {
    const node = {
      name, args, nodeKey: randomBytes(32).toString('hex'),
      port: await freePort(), p2p: await freePort(), prometheus: await freePort(),
    };
    this.nodes.set(name, node);
    await this.startNode(name);
    return node;
  }

  /** The validators, by the names of their keys. */
  validatorNames() {
    return VALIDATORS.slice(0, this.validators);
  }

  /** Starts a node on the state that it has. */
  async startNode(name) {
    const node = this.nodes.get(name);
    const isValidator = this.validatorNames().includes(name);
    // A node that takes reserved peers only is told by `link` whom it may know.
    const alone = node.args.includes('--reserved-only');
    const known = [...this.nodes.values()].filter((other) => other !== node && other.peerId);
    const boot = alone ? [] : known.flatMap((other) => ['--bootnodes', this.address(other)]);
    this.processes.start(name, this.#binary('gpu-chain'), [
      '--chain', this.spec, '--base-path', join(this.folder, name), '--node-key', node.nodeKey, '--name', name,
      '--rpc-port', String(node.port), '--prometheus-port', String(node.prometheus), '--rpc-methods', 'unsafe', '--rpc-cors', 'all',
      '--listen-addr', `/ip4/127.0.0.1/tcp/${node.p2p}`, '--no-telemetry', '--no-mdns', '--no-hardware-benchmarks',
      '--allow-private-ip', ...(isValidator ? [`--${name}`, '--validator'] : []), ...(this.validators === 1 ? ['--force-authoring'] : []),
      ...boot, ...node.args,
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
  async startValidators({ powAuthor, args = [] } = {}) {
    const [first] = this.validatorNames();
    for (const name of this.validatorNames()) {
      const mining = powAuthor && name === first ? ['--pow-author', powAuthor] : [];
      await this.addNode(name, [...args, ...mining]);
    }
  }

  /** Lets two nodes that were started with `--reserved-only` speak to each other. */
  async link(one, other) {
    await this.call(one, 'system_addReservedPeer', [this.address(this.nodes.get(other))]);
    await this.call(other, 'system_addReservedPeer', [this.address(this.nodes.get(one))]);
  }

  /** Takes that back, while they run. */
  async cut(one, other) {
    await this.call(one, 'system_removeReservedPeer', [this.nodes.get(other).peerId]);
    await this.call(other, 'system_removeReservedPeer', [this.nodes.get(one).peerId]);
  }

  /** How many peers a node has. */
  async peers(name) {
    return (await this.call(name, 'system_health')).peers;
  }

  /** A miner of blocks at some node, which must have been started with `--pow-author`. */
  startMiner(name, node, threads = 1) {
    this.processes.start(name, this.#binary('gpu-miner'), [
      '--state-dir', join(this.folder, name), 'mine', '--report', '5', '--node', `ws://127.0.0.1:${this.nodes.get(node).port}`, '--threads', String(threads),
    ]);
  }

  call(name, method, params) {
    return rpc(this.nodes.get(name).port, method, params);
  }

  /** What a miner has to show for itself: its newest line of figures. */
  minerFigures(name) {
    const lines = readFileSync(this.processes.log(name), 'utf8').split('\n').filter((line) => /accepted \d+, stale \d+/.test(line));
    const [, accepted, stale] = lines.at(-1)?.match(/accepted (\d+), stale (\d+)/) ?? [0, 0, 0];
    return { accepted: Number(accepted), stale: Number(stale), line: lines.at(-1)?.replace(/^.*?INFO\S*\s+/, '') ?? 'nothing yet' };
  }

  async head(name) {
    const header = await this.call(name, 'chain_getHeader');
    return { number: parseInt(header.number, 16), ...lane(header) };
  }

  async finalised(name) {
    const hash = await this.call(name, 'chain_getFinalizedHead');
    const header = await this.call(name, 'chain_getHeader', [hash]);
    return { number: parseInt(header.number, 16), hash, ...lane(header) };
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

  /**
   * Quantiles of a Prometheus histogram, of the series with that label, interpolated within its buckets. NaN if nothing was
   * observed.
   */
  async quantiles(name, metric, label, wanted) {
    const buckets = Object.entries(await this.metric(name, `${metric}_bucket`))
      .filter(([labels]) => labels.includes(label))
      .map(([labels, count]) => ({ upTo: Number(labels.match(/le="([^"]+)"/)[1].replace('+Inf', 'Infinity')), count }))
      .sort((a, b) => a.upTo - b.upTo);
    const total = buckets.at(-1)?.count ?? 0;
    return wanted.map((quantile) => {
      const at = buckets.findIndex(({ count }) => count >= quantile * total);
      if (total === 0 || at < 0) return NaN;
      const [low, high] = [buckets[at - 1] ?? { upTo: 0, count: 0 }, buckets[at]];
      if (!Number.isFinite(high.upTo)) return low.upTo;
      return low.upTo + (high.upTo - low.upTo) * (quantile * total - low.count) / (high.count - low.count);
    });
  }
}

/** An account for miners' rewards. */
export const minersAccount = () => keyring().addFromUri('//Miner').address;
