// Benchmarks of a real node on dev chains. See scripts/bench.sh.

import { createHash, randomBytes } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { keccakAsU8a } from '@polkadot/util-crypto';
import { connect, DevNode, freePort, keyring, Processes, removeFolder, sleep, submit, UNIT, waitFor } from './lib.mjs';
import { writeChainSpec } from './network.mjs';

const HELP = `usage: scripts/bench.sh [options]
  --quick       smaller sizes, for a look: figures are rough and goals are not judged
  --only PART   only transfers, lifecycles, proof, import, pipeline, rentals or ranking; may be given more often
  --json FILE   write the figures to a file as well
  --keep        keep the folder with logs and state, and print its name
  --bin DIR     the folder with the binary gpu-chain (set by scripts/bench.sh)
  --help        this text`;

const { values: options } = parseArgs({
  options: {
    bin: { type: 'string' },
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    json: { type: 'string' },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (options.help) {
  console.log(HELP);
  process.exit(0);
}

const PARTS = { transfers: benchTransfers, lifecycles: benchLifecycles, proof: benchProof, import: benchImport, pipeline: benchPipeline, rentals: benchRentals, ranking: benchRanking };
/** Those that run on chains of their own. */
const APART = ['import', 'pipeline', 'rentals', 'ranking'];
for (const part of options.only) {
  if (!(part in PARTS)) {
    console.error(`bench: --only ${part}: expected one of ${Object.keys(PARTS).join(', ')}`);
    process.exit(2);
  }
}

/** A block must not get dearer with the number of registered nodes. */
const MAX_GROWTH_PCT = 10;
/** What the import of a validator's block may take, as a multiple of what it takes without the lanes. */
const MAX_PIPELINE_RATIO = 1.05;
/** What an empty block may take beside ten thousand active rentals, as a multiple of what it takes without one. */
const MAX_RENTALS_RATIO = 1.1;
/** What ranking all nodes for one request may take, natively, ms. */
const MAX_RANKING_MS = 20;
const SIZES = options.quick
  ? { transfers: 6_000, wave: 100, waves: 8, proofCalls: 300, levels: [20, 100, 500], begin: 100, segment: 20, segments: 2, pipelineRuns: 3, rentals: 320, ranked: 1_000 }
  : { transfers: 30_000, wave: 600, waves: 10, proofCalls: 2_000, levels: [100, 1_000, 10_000], begin: 240, segment: 60, segments: 5, pipelineRuns: 15, rentals: 10_000, ranked: 10_000 };
/** How many transactions may wait; of those that another must come before, a tenth. */
const POOL = ['--pool-limit', '400000', '--pool-kbytes', '655360'];

const folder = mkdtempSync(join(tmpdir(), 'gpu-chain-bench-'));
const processes = new Processes(join(folder, 'logs'));
const keys = keyring();
const alice = keys.addFromUri('//Alice');
let step = 'start';

function doing(text) {
  step = text;
  console.log(`• ${text}`);
}

const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
};

/** Signs without asking the node: immortal, with the nonce given. */
function signer(api) {
  const shared = {
    era: 0,
    blockHash: api.genesisHash,
    genesisHash: api.genesisHash,
    runtimeVersion: api.runtimeVersion,
    signedExtensions: api.registry.signedExtensions,
  };
  return (pair, nonce, call) => call.sign(pair, { ...shared, nonce }).toHex();
}

/** Tells of long work now and then. */
function progress(what, total) {
  let next = Date.now() + 5_000;
  return (done) => {
    if (Date.now() < next) return;
    next = Date.now() + 5_000;
    console.log(`    ${what}: ${done} of ${total}`);
  };
}

async function nonceOf(api, address) {
  return (await api.rpc.system.accountNextIndex(address)).toNumber();
}

async function fund(api, addresses, amount) {
  for (let at = 0; at < addresses.length; at += 200) {
    const calls = addresses.slice(at, at + 200).map((to) => api.tx.balances.transferKeepAlive(to, amount));
    await submit(api, alice, api.tx.utility.batchAll(calls), { what: 'funding' });
  }
}

/** What the blocks from `first` to `last` hold: successful calls by name, and the span of their timestamps. */
async function contents(api, first, last) {
  const counts = {};
  let from;
  let to;
  for (let number = first; number <= last; number++) {
    const hash = await api.rpc.chain.getBlockHash(number);
    const [{ block }, events] = await Promise.all([api.rpc.chain.getBlock(hash), api.query.system.events.at(hash)]);
    const succeeded = new Set(
      events
        .filter(({ event, phase }) => phase.isApplyExtrinsic && event.section === 'system' && event.method === 'ExtrinsicSuccess')
        .map(({ phase }) => phase.asApplyExtrinsic.toNumber()),
    );
    block.extrinsics.forEach((extrinsic, index) => {
      const { section, method, args } = extrinsic.method;
      if (section === 'timestamp') to = args[0].toNumber();
      else if (succeeded.has(index)) counts[`${section}.${method}`] = (counts[`${section}.${method}`] ?? 0) + 1;
      else counts.failed = (counts.failed ?? 0) + 1;
    });
    from ??= to;
  }
  return { counts, seconds: (to - from) / 1_000 };
}

/** Transfers: the pool is filled, and then what whole blocks hold is counted. */
async function benchTransfers({ api, node }) {
  doing(`sign ${SIZES.transfers} transfers of 16 accounts`);
  const senders = Array.from({ length: 16 }, (_, i) => keys.addFromUri(`//Bench//sender${i}`));
  await fund(api, senders.map(({ address }) => address), 100n * UNIT);
  const sign = signer(api);
  const tell = progress('signed', SIZES.transfers);
  const signed = [];
  for (let i = 0; i < SIZES.transfers; i++) {
    const sender = senders[i % senders.length];
    const to = senders[(i + 1) % senders.length].address;
    signed.push(sign(sender, Math.floor(i / senders.length), api.tx.balances.transferKeepAlive(to, 1_000_000n)));
    tell(i);
  }
  // Handing in takes as much of the machine as making blocks. So all but each sender's first are handed in beforehand, and wait
  // for that one; then it is only blocks that are being made.
  doing('transfers: fill the pool');
  const [firsts, rest] = [signed.slice(0, senders.length), signed.slice(senders.length)];
  await sendAll(node, rest);
  const before = (await height(api)) + 1;
  doing('transfers: let blocks empty it');
  await sendAll(node, firsts);
  const included = async () => {
    const accounts = await api.query.system.account.multi(senders.map(({ address }) => address));
    return accounts.reduce((sum, { nonce }) => sum + nonce.toNumber(), 0);
  };
  await waitFor('all transfers are in blocks', async () => (await included()) === signed.length, { timeoutMs: 240_000, everyMs: 1_000 });
  const after = await height(api);
  // What counts are full blocks: the longest run of blocks that hold nearly as much as the fullest.
  const all = [];
  for (let number = before + 1; number <= after; number++) all.push(await contents(api, number, number));
  const sizes = all.map(({ counts }) => counts['balances.transferKeepAlive'] ?? 0);
  const full = sizes.map((size) => size >= 0.8 * Math.max(...sizes));
  let [start, end] = [0, 0];
  for (let from = 0; from < full.length; from++) {
    let to = from;
    while (full[to]) to++;
    if (to - from > end - start) [start, end] = [from, to];
  }
  const [first, last] = [before + 1 + start, before + end];
  // A block's transactions belong to the time since the block before it.
  const span = await contents(api, first - 1, last);
  const counted = sizes.slice(start, end).reduce((a, b) => a + b, 0);
  const perSecond = counted / span.seconds;
  const failed = span.counts.failed ?? 0;
  if (failed) throw new Error(`${failed} transfers failed`);
  console.log(
    `    ${counted} transfers in blocks ${first} to ${last}, ${span.seconds.toFixed(1)} s: ${perSecond.toFixed(0)} a second ` +
      `(${(counted / (last - first + 1)).toFixed(0)} a block)`,
  );
  return { transfers_per_s: perSecond };
}

async function height(api) {
  return (await api.rpc.chain.getHeader()).number.toNumber();
}

/** Hands transactions in by few requests, in order. */
async function sendAll(node, signed) {
  const CHUNK = 50;
  for (let at = 0; at < signed.length; at += CHUNK) {
    const batch = signed.slice(at, at + CHUNK).map((hex, id) => ({ jsonrpc: '2.0', id, method: 'author_submitExtrinsic', params: [hex] }));
    const response = await fetch(`http://127.0.0.1:${node.port}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(batch),
    });
    const refused = (await response.json()).find(({ error }) => error);
    if (refused) throw new Error(`a transaction was refused: ${refused.error.message} ${refused.error.data ?? ''}`);
  }
}

/**
 * Lifecycles: waves of tasks of one buyer, each wave with a provider of its own, all signed beforehand. In each step one wave
 * is created while those before it are accepted, started, handed in and approved, so that blocks hold all five calls alike.
 */
async function benchLifecycles({ api, node }) {
  const { wave: W, waves } = SIZES;
  doing(`lifecycles: a buyer, and ${waves} providers with one node each`);
  const buyer = keys.addFromUri('//Bench//buyer');
  const providers = Array.from({ length: waves }, (_, i) => keys.addFromUri(`//Bench//provider${i}`));
  await fund(api, [buyer.address], 20_000n * UNIT);
  await fund(api, providers.map(({ address }) => address), 2_000n * UNIT);
  const parameter = (group, key, value) => api.tx.parameters.setParameter({ [group]: { [key]: [null, value] } });
  await submit(
    api,
    alice,
    api.tx.sudo.sudo(
      api.tx.utility.batchAll([
        parameter('Market', 'MaxOpenTasksPerBuyer', 100_000),
        parameter('Market', 'MaxOpenTasksPerNode', 100_000),
        parameter('Market', 'StartWindow', 1_000),
        parameter('Roles', 'MaxSponsored', 100_000),
        parameter('Verification', 'ChallengeWork', 1),
        // No round shall come in between: its proofs are not what is measured here.
        parameter('Verification', 'MinGap', 1_000_000),
        parameter('Verification', 'MeanGap', 1_000_000),
        parameter('Verification', 'MaxGap', 2_000_000),
      ]),
    ),
    { what: 'parameters' },
  );
  const nodes = await Promise.all(providers.map((provider) => activeNode(api, provider)));

  doing(`sign ${5 * W * waves} transactions of ${W * waves} tasks`);
  const base = (await api.query.marketplace.nextTaskId()).toNumber();
  const sign = signer(api);
  const specification = '0x' + createHash('sha256').update('bench').digest('hex');
  const tell = progress('steps signed', waves + 4);
  // What one account does must come before what the other can do is handed in: two steps before, when it is in blocks while the
  // step between fills them. What an account does itself is in the order of its nonces.
  const LAG = 2;
  const STEPS = waves + 2 * LAG;
  const due = new Map();
  for (const { address } of [buyer, ...providers]) due.set(address, await nonceOf(api, address));
  const steps = [];
  for (let t = 0; t < STEPS; t++) {
    const own = [];
    const by = (pair, w, call) => {
      if (w < 0 || w >= waves) return;
      const nonce = due.get(pair.address);
      due.set(pair.address, nonce + W);
      for (let i = 0; i < W; i++) own.push(sign(pair, nonce + i, call(base + w * W + i)));
    };
    const [accepted, approved] = [t - LAG, t - 2 * LAG];
    const provider = providers[accepted];
    by(buyer, t, () => api.tx.marketplace.createTask('Cpu', {}, 3_600, 'Native', UNIT, 0, 'https://example.org/s', specification));
    by(provider, accepted, (id) => api.tx.marketplace.acceptTask(id, nodes[accepted]));
    by(provider, accepted, (id) => api.tx.marketplace.startTask(id));
    by(provider, accepted, (id) => api.tx.marketplace.submitResult(id, specification, 'https://example.org/r'));
    by(buyer, approved, (id) => api.tx.marketplace.approveResult(id));
    steps.push({ signed: own, due: new Map(due) });
    tell(t);
  }

  doing('lifecycles: wave after wave');
  const inBlocks = async (step) => {
    const addresses = [...step.due.keys()];
    const accounts = await api.query.system.account.multi(addresses);
    return accounts.every(({ nonce }, i) => nonce.toNumber() >= step.due.get(addresses[i]));
  };
  let first;
  let last;
  for (let t = 0; t < STEPS; t++) {
    if (t >= LAG) await waitFor('a step is in blocks', () => inBlocks(steps[t - LAG]), { timeoutMs: 120_000, everyMs: 50 });
    // From when a wave in each state waits, until the first step that lacks one.
    if (t === 2 * LAG + 1) first = await height(api);
    if (t === waves) last = await height(api);
    await sendAll(node, steps[t].signed);
  }
  await waitFor('the last step is in blocks', () => inBlocks(steps.at(-1)), { timeoutMs: 120_000 });
  const { counts, seconds } = await contents(api, first, last);
  const beyondFirst = await contents(api, first, first);
  const count = (call) => (counts[`marketplace.${call}`] ?? 0) - (beyondFirst.counts[`marketplace.${call}`] ?? 0);
  const calls = ['createTask', 'acceptTask', 'startTask', 'submitResult', 'approveResult'].map(count);
  if (counts.failed) throw new Error(`${counts.failed} of the tasks' transactions failed`);
  const total = (await api.query.marketplace.nextTaskId()).toNumber() - base;
  if (total !== W * waves) throw new Error(`${total} tasks were created instead of ${W * waves}`);
  const perSecond = Math.min(...calls) / seconds;
  console.log(
    `    ${Math.min(...calls)} lifecycles (${calls.join(' + ')} calls) in blocks ${first + 1} to ${last}, ${seconds.toFixed(1)} s: ` +
      `${perSecond.toFixed(1)} a second, ${(5 * perSecond).toFixed(0)} transactions a second`,
  );
  return { lifecycles_per_s: perSecond };
}

const REGISTRATION = [
  'Cpu',
  { model: 'bench', gpuCount: 0, gpuMemoryMib: 0, cpuCores: 4, ramMib: 1_024, storageGib: 1, bandwidthMbps: 1 },
  'local',
  UNIT,
  'https://example.org/node',
];

let sponsored = Promise.resolve();

/** The dev chain's Queen answers for a node; one after the other, as her nonces are. */
function sponsor(api, node) {
  sponsored = sponsored.then(() => submit(api, keys.addFromUri('//Queen'), api.tx.nodeRoles.sponsorNode(node), { what: 'sponsor_node' }));
  return sponsored;
}

/** Registers a node, which is sponsored and passes a challenge that any nonce solves, and activates it. */
async function activeNode(api, owner) {
  const { events } = await submit(api, owner, api.tx.providerRegistry.registerNode(...REGISTRATION, 2n * UNIT), { what: 'register_node' });
  const { node } = events.find(({ section, method }) => section === 'providerRegistry' && method === 'NodeRegistered').data;
  await sponsor(api, node);
  await submit(api, owner, api.tx.workVerification.issueChallenge(node), { what: 'issue_challenge' });
  await submit(api, owner, api.tx.workVerification.submitSolution(node, 0), { what: 'submit_solution' });
  const { status } = (await api.call.nodeApi.node(node)).unwrap();
  if (!status.isActive) await submit(api, owner, api.tx.providerRegistry.activateNode(node), { what: 'activate_node' });
  return node.toHex();
}

/** Proof: a runtime API that checks one, against one of the same size that does nothing with it, call by call in turn. */
async function benchProof({ api, node }) {
  const K = 64;
  doing(`proof: ${SIZES.proofCalls} checks of ${K} nonces by the runtime`);
  const seed = randomBytes(32);
  const hashed = Array.from({ length: 4_096 }, (_, nonce) => {
    const input = Buffer.alloc(64);
    seed.copy(input);
    input.writeBigUInt64BE(BigInt(nonce), 56);
    return { nonce, hash: Buffer.from(keccakAsU8a(input)) };
  });
  hashed.sort((a, b) => Buffer.compare(a.hash, b.hash));
  const nonces = Buffer.alloc(8 * K);
  hashed.slice(0, K).forEach(({ nonce }, i) => nonces.writeBigUInt64LE(BigInt(nonce), 8 * i));
  const length = Buffer.alloc(2);
  length.writeUInt16LE((K << 2) | 1);
  const args = '0x' + Buffer.concat([seed, length, nonces]).toString('hex');

  const answer = await api.call.workApi.checkProof(seed, hashed.slice(0, K).map(({ nonce }) => nonce));
  if (!answer.isOk) throw new Error(`the runtime refuses the proof: ${answer}`);
  const call = async (name) => {
    const start = process.hrtime.bigint();
    await api.rpc.state.call(name, args);
    return Number(process.hrtime.bigint() - start) / 1_000;
  };
  // What reads one storage value for the same bytes; the rest of them it leaves alone.
  const [CHECK, TRIVIAL] = ['WorkApi_check_proof', 'WorkApi_round_seed'];
  const times = { [CHECK]: [], [TRIVIAL]: [] };
  for (let i = 0; i < SIZES.proofCalls; i++) for (const name of [CHECK, TRIVIAL]) times[name].push(await call(name));
  const [check, trivial] = [median(times[CHECK]), median(times[TRIVIAL])];
  const cost = check - trivial;
  console.log(
    `    median of ${SIZES.proofCalls}: ${check.toFixed(0)} µs with the check, ${trivial.toFixed(0)} µs for a call that does nothing: ` +
      `${cost.toFixed(0)} µs to verify one proof in wasm, ${(cost / K).toFixed(2)} µs a hash`,
  );
  return { proof_us: cost };
}

/**
 * Import: for each number of nodes a chain of its own, of whose blocks, at the same heights, a second node takes the time while
 * it follows.
 */
async function benchImport() {
  const chains = [];
  for (const level of SIZES.levels) chains.push(await growChain(level));
  // What else the machine does only ever adds time: the least of the segments says what the work takes.
  const least = (kind) => chains.map(({ segments }) => Math.min(...segments.filter((segment) => segment.kind === kind).map(({ ms }) => ms)));
  const growthOf = (values) => 100 * (values.at(-1) / values[0] - 1);
  const [same, nodes] = [least('same'), least('nodes')];
  const tell = (values) => values.map((ms, i) => `${ms.toFixed(2)} ms at ${SIZES.levels[i]} nodes`).join(', ');
  console.log(`    import, least of ${SIZES.segments} segments, of a block with 20 transfers: ${tell(same)}; growth ${growthOf(same).toFixed(1)} %`);
  // The records of nodes are leaves of one tree, which has a level more for each sixteen times as many: whoever touches one
  // pays for its depth.
  console.log(`    with 10 transfers and 10 changes of random nodes: ${tell(nodes)}; growth ${growthOf(nodes).toFixed(1)} %`);
  const growth = growthOf(same);
  const [few, some, many] = SIZES.levels;
  if (!options.quick && growth > MAX_GROWTH_PCT) {
    failures.push(`the import of a block takes ${growth.toFixed(1)} % longer at ${many} nodes than at ${few}; the goal is ${MAX_GROWTH_PCT} %`);
  }
  return {
    [`import_ms_${few}`]: same[0], [`import_ms_${some}`]: same[1], [`import_ms_${many}`]: same[2], growth_pct: growth,
    touching_growth_pct: growthOf(nodes),
  };
}

/**
 * Pipeline: the blocks of a chain of validators, imported by BABE's and GRANDPA's import alone and by the lanes' around them,
 * in one process and in turn.
 */
async function benchPipeline() {
  const chain = grown.get(SIZES.levels[0]) ?? (await growChain(SIZES.levels[0]));
  doing('pipeline: import with and without the lanes');
  const blocks = join(folder, 'blocks');
  execFileSync(join(options.bin, 'gpu-chain'), [
    'export-blocks', '--chain', chain.spec, '--base-path', chain.author.basePath, '--binary', '--to', String(chain.segments.at(-1).last), blocks,
  ], { stdio: 'ignore' });
  const text = execFileSync(join(options.bin, 'examples', 'import_time'), [chain.spec, blocks, String(SIZES.pipelineRuns)]).toString();
  for (const line of text.trim().split('\n')) console.log(`    ${line}`);
  const [, ratio] = text.match(/ratio of the least ([\d.]+)/).map(Number);
  if (!options.quick && ratio > MAX_PIPELINE_RATIO) failures.push(`the import takes ${ratio} times as long as without the lanes; the goal is ${MAX_PIPELINE_RATIO}`);
  return { pipeline_ratio: ratio };
}

/** Rentals: an empty block beside ten thousand active ones and beside none, and settling one among ten and among all. */
async function benchRentals() {
  doing(`rentals: a block beside ${SIZES.rentals} active rentals`);
  const text = execFileSync(join(options.bin, 'examples', 'scale'), [String(SIZES.rentals)]).toString();
  const figure = (name) => Number(text.match(new RegExp(`^${name} (\\S+)$`, 'm'))[1]);
  const ratio = figure('block_ratio');
  console.log(`    an empty block ${figure('block_us_without')} µs without rentals, ${figure('block_us_with')} µs with: ratio ${ratio}`);
  console.log(`    settling one: ${figure('settle_us_few')} µs among ten, ${figure('settle_us_all')} µs among ${SIZES.rentals}, charged ${figure('settle_weight_ps')} ps either way`);
  if (!options.quick && ratio >= MAX_RENTALS_RATIO) failures.push(`a block beside ${SIZES.rentals} rentals takes ${ratio} times as long; the goal is under ${MAX_RENTALS_RATIO}`);
  return { rentals_block_ratio: ratio, settle_us_few: figure('settle_us_few'), settle_us_all: figure('settle_us_all') };
}

/** Ranking: one request against registered nodes, read from a state in a trie, natively. */
async function benchRanking() {
  const nodes = SIZES.ranked;
  doing(`ranking: ${nodes} nodes for one request`);
  const text = execFileSync(join(options.bin, 'examples', 'ranking'), [String(nodes)]).toString();
  for (const line of text.trim().split('\n')) console.log(`    ${line}`);
  const [, fromState, score] = text.match(/([\d.]+) ms from the state, ([\d.]+) ms of which/).map(Number);
  if (!options.quick && fromState > MAX_RANKING_MS) failures.push(`ranking ${nodes} nodes takes ${fromState} ms; the goal is ${MAX_RANKING_MS} ms`);
  return { ranking_ms: fromState, ranking_score_ms: score };
}

/** The chains that there are by the number of their nodes. */
const grown = new Map();

/** A chain with so many registered nodes, and two segments of blocks: one that touches none of them, one that does. */
async function growChain(level) {
  doing(`import: a chain with ${level} registered nodes`);
  const own = join(folder, `chain-${level}`);
  mkdirSync(own);
  const spec = join(own, 'spec.json');
  writeChainSpec(options.bin, 'dev', { slotClock: { slotDurationMs: 100 } }, spec);
  const author = new DevNode(processes, options.bin, join(own, 'author'), { args: ['--chain', spec] });
  await author.start();
  const api = await connect(author.ws);
  // As many owners on each chain, so that accounts are as many too.
  const owners = Array.from({ length: Math.ceil(SIZES.levels.at(-1) / 250) }, (_, i) => keys.addFromUri(`//Bench//owner${i}`));
  await fund(api, owners.map(({ address }) => address), 1_000n * UNIT);
  const nonces = new Map();
  for (const { address } of owners) nonces.set(address, await nonceOf(api, address));
  const sign = signer(api);
  const next = (owner, call) => {
    const nonce = nonces.get(owner.address);
    nonces.set(owner.address, nonce + 1);
    return sign(owner, nonce, call);
  };
  const registered = [];
  await register(api, author, owners, next, registered, level);
  // A node that has all of it, and whose database has come to rest: then it takes the time of each new block. A node that
  // catches up would have its database write the registrations behind the blocks that are measured.
  const follower = await follow(author, spec, own);
  // All segments begin at one height: what a block costs may depend on that too.
  await waitFor('the height at which the load begins', async () => (await height(api)) >= SIZES.begin, { timeoutMs: 240_000 });
  await waitFor('the second node has it', async () => (await follower.imported()).count >= SIZES.begin, { timeoutMs: 240_000 });

  const segments = [];
  for (let i = 0; i < SIZES.segments; i++) {
    for (const kind of ['same', 'nodes']) {
      const first = (await height(api)) + 1;
      await waitFor('the second node is there too', async () => (await follower.imported()).count >= first - 1);
      const before = await follower.imported();
      await load(api, author, owners, next, registered, SIZES.segment, kind);
      const last = await height(api);
      await waitFor('the second node has the segment', async () => (await follower.imported()).count >= last);
      const after = await follower.imported();
      const { counts } = await contents(api, first, last);
      if (counts.failed) throw new Error(`${counts.failed} transactions of the load failed`);
      const [transfers, changes] = [counts['balances.transferKeepAlive'] ?? 0, counts['providerRegistry.setAsk'] ?? 0];
      const ms = (1_000 * (after.sum - before.sum)) / (after.count - before.count);
      segments.push({ kind, first, last, ms });
      console.log(`    blocks ${first} to ${last}: ${transfers} transfers, ${changes} changes of random nodes; ${ms.toFixed(2)} ms a block`);
    }
  }
  await processes.stop(follower.name);
  removeFolder(follower.base);
  await waitFor('the last block is final', async () => {
    const hash = await api.rpc.chain.getFinalizedHead();
    return (await api.rpc.chain.getHeader(hash)).number.toNumber() >= segments.at(-1).last;
  });
  await api.disconnect();
  await processes.stop('node');
  const chain = { level, spec, author, segments };
  grown.set(level, chain);
  return chain;
}

/** Registers nodes until there are as many as `level`, fifty in a transaction. */
async function register(api, author, owners, next, registered, level) {
  const from = (await height(api)) + 1;
  const tell = progress('registrations handed in', level);
  let count = registered.length;
  while (count < level) {
    const owner = owners[Math.floor(count / 250)];
    const size = Math.min(50, level - count, 250 - (count % 250));
    const calls = Array.from({ length: size }, () => api.tx.providerRegistry.registerNode(...REGISTRATION, UNIT));
    await sendAll(author, [next(owner, api.tx.utility.batchAll(calls))]);
    count += size;
    tell(count);
  }
  await waitFor('the nodes are registered', async () => (await author.rpc('author_pendingExtrinsics')).length === 0, { timeoutMs: 240_000 });
  for (let number = from; number <= (await height(api)); number++) {
    const events = await api.query.system.events.at(await api.rpc.chain.getBlockHash(number));
    for (const { event } of events) {
      if (event.section === 'providerRegistry' && event.method === 'NodeRegistered') {
        registered.push({ id: event.data.node.toHex(), owner: event.data.owner.toString() });
      }
    }
  }
  if (registered.length !== level) throw new Error(`${registered.length} nodes are registered instead of ${level}`);
}

/**
 * Puts twenty transactions into each of so many blocks: transfers between the same accounts, or half of them changes of
 * random nodes.
 */
async function load(api, author, owners, next, registered, blocks, kind) {
  const byAddress = new Map(owners.map((owner) => [owner.address, owner]));
  let seen = 0;
  let ask = UNIT;
  await new Promise((resolve, reject) => {
    let busy = false;
    api.rpc.chain
      .subscribeNewHeads(async () => {
        if (busy) return;
        busy = true;
        try {
          if (++seen > blocks) return resolve();
          const batch = [];
          for (let i = 0; i < 10; i++) {
            const transfer = () => next(owners[0], api.tx.balances.transferKeepAlive(alice.address, 1_000_000n));
            const { id, owner } = registered[Math.floor(Math.random() * registered.length)];
            const change = () => next(byAddress.get(owner), api.tx.providerRegistry.setAsk(id, (ask += 1_000_000n)));
            batch.push(transfer(), kind === 'nodes' ? change() : transfer());
          }
          await sendAll(author, batch);
        } catch (error) {
          reject(error);
        } finally {
          busy = false;
        }
      })
      .then((unsubscribe) => (load.unsubscribe = unsubscribe))
      .catch(reject);
  });
  load.unsubscribe?.();
  await waitFor('the load is in blocks', async () => (await author.rpc('author_pendingExtrinsics')).length === 0);
}

/** Starts a node that imports the author's blocks, and tells of how many it took how long, verification and import. */
async function follow(author, spec, folder) {
  const [rpcPort, p2p, prometheus] = [await freePort(), await freePort(), await freePort()];
  const [name, base] = ['follower', join(folder, 'follower')];
  const peer = `/ip4/127.0.0.1/tcp/${author.p2p}/p2p/${await author.rpc('system_localPeerId')}`;
  processes.start(name, join(options.bin, 'gpu-chain'), [
    '--chain', spec, '--base-path', base, '--rpc-port', String(rpcPort), '--prometheus-port', String(prometheus),
    '--listen-addr', `/ip4/127.0.0.1/tcp/${p2p}`, '--bootnodes', peer, '--no-telemetry', '--no-mdns', '--no-hardware-benchmarks',
    '--sync', 'full', '--state-pruning', 'archive', '--blocks-pruning', 'archive', '--allow-private-ip',
  ]);
  const imported = async () => {
    processes.check(name);
    const text = await (await fetch(`http://127.0.0.1:${prometheus}/metrics`)).text();
    const value = (what) => Number(text.match(new RegExp(`^substrate_block_verification_and_import_time_${what}\\S* (\\S+)$`, 'm'))?.[1] ?? 0);
    return { count: value('count'), sum: value('sum') };
  };
  await waitFor('the second node imports blocks', async () => (await imported()).count > 0, { timeoutMs: 120_000 });
  return { name, base, imported };
}

const failures = [];

async function main() {
  const wanted = options.only.length ? options.only : Object.keys(PARTS);
  const [cpu] = cpus();
  const version = execFileSync(join(options.bin, 'gpu-chain'), ['--version']).toString().trim();
  console.log(`${version}; ${cpu.model}, ${cpus().length} cores${options.quick ? '; --quick: rough figures' : ''}`);
  const figures = {};
  if (wanted.some((part) => !APART.includes(part))) {
    doing('start a dev chain: one validator, a block each second');
    const node = new DevNode(processes, options.bin, join(folder, 'chain'), { args: POOL });
    await node.start();
    const api = await connect(node.ws);
    await waitFor('the first block', async () => (await height(api)) > 0);
    for (const part of wanted.filter((part) => !APART.includes(part))) Object.assign(figures, await PARTS[part]({ api, node }));
    await api.disconnect();
    await processes.stop('node');
  }
  if (figures.transfers_per_s && figures.lifecycles_per_s) {
    figures.ratio = figures.transfers_per_s / figures.lifecycles_per_s;
    console.log(`    one lifecycle, of five transactions, takes the room of ${figures.ratio.toFixed(1)} transfers`);
  }
  for (const part of APART.filter((part) => wanted.includes(part))) Object.assign(figures, await PARTS[part]());
  return figures;
}

let code = 0;
let line;
try {
  const figures = await main();
  const text = Object.entries(figures).map(([name, value]) => `${name}=${value.toFixed(value < 2 ? 3 : value < 100 ? 2 : 0)}`).join(' ');
  if (options.json) writeFileSync(options.json, JSON.stringify({ cpu: cpus()[0].model, cores: cpus().length, quick: options.quick, ...figures }, null, 2) + '\n');
  if (failures.length) {
    code = 1;
    line = `bench: FAILED ${text}\n${failures.map((failure) => `  ${failure}`).join('\n')}`;
  } else {
    line = `bench: ok ${text}`;
  }
} catch (error) {
  code = 1;
  line = `bench: FAILED at "${step}": ${error.message}`;
  for (const name of processes.children.keys()) console.error(`── end of ${name}'s log\n${processes.tail(name, 15)}`);
}
await processes.stopAll();
if (options.keep) console.log(`logs and state: ${folder}`);
else removeFolder(folder);
console[code ? 'error' : 'log'](line);
process.exit(code);
