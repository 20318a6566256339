// Long tests of the two lanes on networks of real nodes. See scripts/soak.sh.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { encodeAddress } from '@polkadot/util-crypto';
import { connect, gpu, Processes, removeFolder, sleep, waitFor } from './lib.mjs';
import { genesisAddress, minersAccount, Network } from './network.mjs';

const HELP = `usage: scripts/soak.sh SCENARIO… [options]
  pos         four validators, no miner, two epochs: every even slot has its block, finality is at most four blocks behind
  share       one thread mines: after a warm-up its share is 5 ± 0.5 % of at least 2,000 blocks
  spike       the miner is twenty times as fast as the difficulty takes it for: never more than one mined block for each four
              of validators, and the share comes back to 5 ± 1 %
  partition   two halves of the validators are cut from each other while one of them is mined in; healed, they have one chain
              and one finalised history
  restart     a validator is killed in the middle of an epoch, started again, and catches up
  equivocate  a validator runs on two machines and signs twice for a slot: it is reported and its stake is slashed; miners at
              two nodes make siblings too, and nobody is reported for those
  sync        a full sync and a warp sync from nothing, to a mined block that is final and the newest, and on from there

  --blocks N    how many blocks to look at (pos: two epochs, share: 2000, spike: at the most 3000)
  --slot-ms MS  length of a slot, even (otherwise the scenario's)
  --keep        keep the folder with logs and state, and print its name
  --bin DIR     the folder with the binaries (set by scripts/soak.sh)
  --help        this text`;

const SCENARIOS = { pos, share, spike, partition, restart, equivocate, sync };
/** Blocks of validators that must lie between two mined ones. */
const SPACING = 4;
/** How many blocks finality may be behind. */
const MAX_LAG = 4;

let options;
let wanted;
try {
  const parsed = parseArgs({
    allowPositionals: true,
    options: {
      bin: { type: 'string' },
      blocks: { type: 'string' },
      'slot-ms': { type: 'string' },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  options = parsed.values;
  wanted = parsed.positionals;
  if (options.help) {
    console.log(HELP);
    process.exit(0);
  }
  const unknown = wanted.find((name) => !Object.hasOwn(SCENARIOS, name));
  if (unknown !== undefined) throw new Error(`no scenario is called ${unknown}`);
  if (wanted.length === 0) throw new Error('which scenario?');
  const slot = options['slot-ms'];
  if (slot !== undefined && !(Number(slot) >= 20 && Number(slot) % 2 === 0)) throw new Error(`--slot-ms is ${slot}; it must be even and 20 or more`);
  if (options.blocks !== undefined && !/^[1-9]\d*$/.test(options.blocks)) throw new Error(`--blocks is ${options.blocks}; it must be a number above 0`);
} catch (error) {
  console.error(`soak: ${error.message}\n${HELP}`);
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), 'gpu-chain-soak-'));
const processes = new Processes(join(folder, 'logs'));
process.on('exit', () => options.keep || removeFolder(folder));
const numberOr = (text, fallback) => (text === undefined ? fallback : Number(text));

function network(name, chain) {
  const own = join(folder, name);
  mkdirSync(own, { recursive: true });
  return new Network(processes, options.bin, own, { ...chain, slotMs: numberOr(options['slot-ms'], chain.slotMs) });
}

/** No rule of the lanes is broken: slots, parity, and four blocks of validators between two mined ones. */
function checkLanes(blocks) {
  let since = Infinity;
  for (const [i, { number, slot, miner }] of blocks.entries()) {
    const before = blocks[i - 1];
    if ((slot % 2 === 1) !== Boolean(miner)) throw new Error(`block ${number} is in slot ${slot} and ${miner ? 'mined' : 'a validator\'s'}`);
    if (before && slot <= before.slot) throw new Error(`block ${number} is in slot ${slot}, its parent in ${before.slot}`);
    if (miner) {
      if (since < SPACING) throw new Error(`only ${since} blocks of validators before the mined block ${number}`);
      if (before && slot !== before.slot + 1) throw new Error(`the mined block ${number} is not in the slot after its parent's`);
      since = 0;
    } else {
      since++;
    }
  }
}

const mined = (blocks) => blocks.filter(({ miner }) => miner).length;
const percent = (part, whole) => (100 * part) / whole;

/** Even slots between the first and the last of these blocks that have none. */
function missedSlots(blocks) {
  const taken = new Set(blocks.map(({ slot }) => slot));
  const missed = [];
  for (let slot = blocks[0].slot; slot < blocks.at(-1).slot; slot++) if (slot % 2 === 0 && !taken.has(slot)) missed.push(slot);
  return missed;
}

/** What the validators' logs say of slots for which a block was begun and not done in time: the machine was too slow. */
function tooSlow(net) {
  const logs = net.validatorNames().map((name) => readFileSync(processes.log(name), 'utf8')).join('');
  return new Set([...logs.matchAll(/Discarding proposal for slot (\d+)/g)].map(([, slot]) => Number(slot)));
}

/** Waits for the first blocks that are final: what comes before is processes getting to know each other. */
const settled = (net, above = 3) =>
  waitFor('blocks are finalised', async () => (await net.finalised('alice')).number > above, { timeoutMs: 120_000 });

/** Watches a node until it has `target` blocks: how far finality was behind each time that there was a new one. */
async function watch(net, name, target, what) {
  const lags = [];
  let told = Date.now();
  let seen = 0;
  let moved = Date.now();
  for (;;) {
    for (const child of processes.children.keys()) processes.check(child);
    const [best, final] = [await net.head(name), await net.finalised(name)];
    if (best.number > seen) {
      seen = best.number;
      moved = Date.now();
      lags.push(Math.max(0, best.number - final.number));
    }
    if (best.number >= target) break;
    if (Date.now() > moved + 60_000) throw new Error(`${name} has had no new block for a minute, since ${seen}`);
    if (Date.now() > told + 30_000) {
      told = Date.now();
      console.log(`    ${what}: block ${best.number} of ${target}, final ${final.number}`);
    }
    await sleep(25);
  }
  return { worst: Math.max(...lags), mean: lags.reduce((a, b) => a + b, 0) / lags.length, samples: lags.length };
}

const behind = ({ worst, mean, samples }) => `finality ${worst} behind at worst, ${mean.toFixed(1)} on average of ${samples} samples`;

async function pos() {
  const EPOCH = 60;
  const wantedBlocks = numberOr(options.blocks, EPOCH);
  const net = network('pos', { slotMs: 1_000, epochSlots: EPOCH });
  await net.startValidators();
  await settled(net);
  const from = (await net.head('alice')).number;
  const lag = await watch(net, 'alice', from + wantedBlocks, `${(2 * wantedBlocks) / EPOCH} epochs`);
  const blocks = await net.blocks('alice', from, from + wantedBlocks);
  checkLanes(blocks);
  if (mined(blocks) > 0) throw new Error('there are mined blocks, and nobody mines');
  const slots = (blocks.at(-1).slot - blocks[0].slot) / 2;
  const missed = missedSlots(blocks);
  const slow = tooSlow(net);
  console.log(`    ${wantedBlocks} blocks in ${slots} even slots of ${net.slotMs} ms each; ${behind(lag)}`);
  for (const slot of missed) console.log(`    slot ${slot} has no block: ${slow.has(slot) ? 'its author was too slow' : 'nothing explains it'}`);
  await sameHistory(net, net.validatorNames());
  const unexplained = missed.filter((slot) => !slow.has(slot)).length;
  if (unexplained > 0) throw new Error(`${unexplained} even slots have no block, and no author says that it was too slow`);
  if (lag.worst > MAX_LAG) throw new Error(`finality was ${lag.worst} blocks behind`);
  return { blocks: wantedBlocks, even_slots: slots, missed: missed.length, worst_lag: lag.worst, mean_lag: lag.mean.toFixed(1) };
}

/** Hashes a second of one thread of the miner. */
function hashRate() {
  const args = ['bench', '--json', '--seconds', '1', '--devices', 'none'];
  const paths = JSON.parse(execFileSync(join(options.bin, 'gpu-miner'), args).toString()).processor;
  return Math.max(...paths.filter(({ threads }) => threads === 1).map((path) => path.hashes_per_second));
}

/**
 * The difficulty at which a miner of that rate makes one block in twenty: of the sixteen blocks of validators in twenty on
 * which the lane is open one is followed by a find, in the two slots until the next.
 */
const balance = (rate, slotMs) => (16 * rate * 2 * slotMs) / 1_000;

/** A chain of one validator, and a miner with one thread at it; `times` as fast as the difficulty takes it for. */
async function miningNetwork(name, { slotMs, times = 1, ...chain }) {
  const length = numberOr(options['slot-ms'], slotMs);
  const rate = hashRate();
  const difficulty = balance(rate, length) / times;
  const net = network(name, { validators: 1, slotMs, ...chain, difficulty, minimumDifficulty: 2 ** 16 });
  console.log(`    a thread makes ${(rate / 1e6).toFixed(1)} MH/s; slots of ${net.slotMs} ms; difficulty ${(difficulty / 1e6).toFixed(2)} M at genesis`);
  await net.startValidators({ powAuthor: minersAccount() });
  net.startMiner('miner', 'alice');
  return net;
}

/** Hashes that a mined block takes after that many blocks, from genesis: the difficulty is a matter of their number only. */
const difficultyFactor = (blocks) => 2 ** ((20 * mined(blocks) - blocks.length) / 360);

/** How long templates took, from a new head until miners had them. */
async function templates(net, name) {
  const figures = {};
  for (const content of ['inherents', 'full']) {
    const [p50, p99] = await net.quantiles(name, 'gpu_chain_pow_template_offer_seconds', `content="${content}"`, [0.5, 0.99]);
    if (!(p99 > 0)) throw new Error(`${name} has measured no template with ${content}`);
    figures[`${content}_p50_ms`] = (1_000 * p50).toFixed(1);
    figures[`${content}_p99_ms`] = (1_000 * p99).toFixed(1);
  }
  console.log(`    templates, from a new head to the miners, p50 and p99: with inherents only ${figures.inherents_p50_ms} and ${figures.inherents_p99_ms} ms, full ${figures.full_p50_ms} and ${figures.full_p99_ms} ms`);
  return figures;
}

/** What became of the finds: as the node counts, and as the miner does. */
async function finds(net) {
  const submissions = Object.entries(await net.metric('alice', 'gpu_chain_pow_submissions'));
  const count = (outcome) => submissions.find(([labels]) => labels.includes(`"${outcome}"`))?.[1] ?? 0;
  const miner = net.minerFigures('miner');
  const outcomes = ['accepted', 'stale', 'invalid', 'duplicate'].map((outcome) => `${outcome} ${count(outcome)}`);
  console.log(`    finds, at the node: ${outcomes.join(', ')}; at the miner: ${miner.line}`);
  // The miner's own count has those too that it knew to be too late and did not hand in.
  return percent(miner.stale, Math.max(1, miner.stale + miner.accepted));
}

async function share() {
  const WANTED = numberOr(options.blocks, 2_000);
  // The difficulty starts about where it belongs; each doubling that it is off takes some 360 blocks.
  const WARM_UP = 400;
  const net = await miningNetwork('share', { slotMs: 200, epochSlots: 600 });
  await watch(net, 'alice', WARM_UP, 'warm-up');
  const lag = await watch(net, 'alice', WARM_UP + WANTED, 'share');
  const all = await net.blocks('alice', 1, WARM_UP + WANTED);
  checkLanes(all);
  const blocks = all.slice(WARM_UP);
  const share = percent(mined(blocks), blocks.length);
  console.log(`    ${mined(blocks)} of ${blocks.length} blocks are mined: ${share.toFixed(2)} %; the difficulty went by a factor of ${difficultyFactor(blocks).toFixed(2)}`);
  console.log(`    ${missedSlots(blocks).length} even slots without a block; ${behind(lag)}`);
  const stale = await finds(net);
  const latency = await templates(net, 'alice');
  if (Math.abs(share - 5) > 0.5) throw new Error(`the share of mined blocks is ${share.toFixed(2)} %, not 5 ± 0.5 %`);
  return { blocks: blocks.length, mined: mined(blocks), share_pct: share.toFixed(2), stale_pct: stale.toFixed(1), worst_lag: lag.worst, mean_lag: lag.mean.toFixed(1), ...latency };
}

async function spike() {
  const TIMES = 20;
  const WINDOW = 100;
  const AT_MOST = numberOr(options.blocks, 3_000);
  const net = await miningNetwork('spike', { slotMs: 200, epochSlots: 600, times: TIMES });
  const blocks = [];
  const shares = [];
  // Block by window of blocks, until the share of a window is back: at 6 % or less, from above.
  let back;
  while (!back && blocks.length < AT_MOST) {
    const target = Math.min(AT_MOST, blocks.length + WINDOW);
    await watch(net, 'alice', target + 1, 'spike');
    blocks.push(...(await net.blocks('alice', blocks.length + 1, target)));
    for (let end = WINDOW + shares.length; end <= blocks.length; end++) shares.push(percent(mined(blocks.slice(end - WINDOW, end)), WINDOW));
    const first = shares.findIndex((share) => share <= 6);
    if (first >= 0) back = first + WINDOW;
    console.log(`    block ${blocks.length}: ${shares.at(-1).toFixed(0)} % of the last ${WINDOW} are mined, difficulty × ${difficultyFactor(blocks).toFixed(1)}`);
  }
  checkLanes(blocks);
  const peak = Math.max(...shares);
  const limit = 100 / (SPACING + 1);
  console.log(`    ${mined(blocks)} of ${blocks.length} blocks are mined; at most ${peak} % of any ${WINDOW}; back at 5 ± 1 % after ${back ?? 'more than ' + AT_MOST} blocks`);
  const stale = await finds(net);
  if (peak > limit) throw new Error(`${peak} % of ${WINDOW} blocks are mined; more than ${limit} %`);
  if (peak < 2 * 5) throw new Error('there was no spike to speak of: the miner is too slow for this test');
  if (!back) throw new Error(`the share was not back at 5 ± 1 % after ${AT_MOST} blocks`);
  return { blocks: blocks.length, mined: mined(blocks), peak_pct: peak, back_after: back, difficulty_times: difficultyFactor(blocks.slice(0, back)).toFixed(1), stale_pct: stale.toFixed(1) };
}

async function restart() {
  const EPOCH = 60;
  const net = network('restart', { slotMs: 1_000, epochSlots: EPOCH });
  await net.startValidators();
  await settled(net);
  const first = (await net.blocks('alice', 1, 1))[0].slot;
  const place = async () => ((await net.head('alice')).slot - first) % EPOCH;
  // Neither at an epoch's start nor near its end.
  await waitFor('the middle of an epoch', async () => (await place()) >= EPOCH / 4 && (await place()) <= EPOCH / 2, { timeoutMs: 240_000 });
  const [at, slot] = [(await net.head('alice')).number, await place()];
  await processes.stop('dave', 'SIGKILL');
  await waitFor('the others go on', async () => (await net.head('alice')).number > at + 8, { timeoutMs: 120_000 });
  await waitFor('and finalise', async () => (await net.finalised('alice')).number > at + 4, { timeoutMs: 120_000 });
  const start = Date.now();
  await net.startNode('dave');
  const missed = (await net.head('alice')).number - (await net.head('dave')).number;
  await waitFor('the killed one has the best block', async () => (await net.head('dave')).number >= (await net.head('alice')).number, { timeoutMs: 120_000 });
  const seconds = ((Date.now() - start) / 1_000).toFixed(1);
  // From then on it votes and makes blocks itself.
  const target = (await net.head('alice')).number + 5;
  await waitFor('and finalises', async () => (await net.finalised('dave')).number >= target, { timeoutMs: 120_000 });
  const common = await sameHistory(net, net.validatorNames());
  checkLanes(await net.blocks('dave', 1, common));
  console.log(`    killed at block ${at}, slot ${slot} of ${EPOCH} of the epoch; ${missed} blocks behind when it was back, at the head ${seconds} s after its start`);
  return { killed_at: at, behind: missed, caught_up_s: seconds, common_final: common };
}

/** All nodes have the same blocks up to the height that all have finalised, which it gives. */
async function sameHistory(net, names) {
  const heights = await Promise.all(names.map(async (name) => (await net.finalised(name)).number));
  const common = Math.min(...heights);
  for (let number = common; number >= 0; number--) {
    const hashes = await Promise.all(names.map((name) => net.call(name, 'chain_getBlockHash', [number])));
    if (new Set(hashes).size !== 1) throw new Error(`block ${number} is final and differs: ${names.map((name, i) => `${name} ${hashes[i]}`)}`);
  }
  return common;
}

async function partition() {
  const net = network('partition', { slotMs: 1_000, epochSlots: 60, difficulty: balance(hashRate(), 1_000) / 16, minimumDifficulty: 2 ** 18 });
  // litep2p keeps a peer that is reserved no more although the node takes reserved ones only; libp2p lets it go.
  await net.startValidators({ powAuthor: minersAccount(), args: ['--reserved-only', '--network-backend', 'libp2p'] });
  net.startMiner('miner', 'alice');
  const names = net.validatorNames();
  const [one, other] = [names.slice(0, 2), names.slice(2)];
  for (const [a, b] of [one, other]) await net.link(a, b);
  const across = (act) => Promise.all(one.flatMap((a) => other.map((b) => act(a, b))));
  const peers = (what, count) =>
    waitFor(what, async () => (await Promise.all(names.map((name) => net.peers(name)))).every((n) => n === count), { timeoutMs: 60_000 });
  const stateOf = async (name) => ({ best: (await net.head(name)).number, final: (await net.finalised(name)).number });

  await across((a, b) => net.link(a, b));
  await peers('all know each other', names.length - 1);
  await settled(net, 5);

  await across((a, b) => net.cut(a, b));
  await peers('each has but the other of its half', one.length - 1);
  const before = await stateOf('alice');
  await waitFor('both halves go on, and the one is mined in', async () => {
    const heads = [await net.head('alice'), await net.head('charlie')];
    return heads.every(({ number }) => number > before.best + 8) && mined(await net.blocks('alice', before.best + 1, heads[0].number)) > 0;
  }, { timeoutMs: 240_000, everyMs: 500 });
  const cut = [await stateOf('alice'), await stateOf('charlie')];
  // Half of the stake is not two thirds: a half can have finalised what had its votes before the cut, and no more.
  for (const { final } of cut) if (final > before.best + 1) throw new Error(`a half finalised ${final}; the cut was at ${before.best}`);
  const hashes = await Promise.all(['alice', 'charlie'].map((name) => net.call(name, 'chain_getBlockHash', [cut[1].best])));
  if (hashes[0] === hashes[1]) throw new Error('the halves were not cut: they have one chain');

  await across((a, b) => net.link(a, b));
  await peers('all know each other again', names.length - 1);
  const target = Math.max(...cut.map(({ best }) => best));
  await waitFor('finality goes on everywhere', async () => (await Promise.all(names.map(stateOf))).every(({ final }) => final > target), { timeoutMs: 240_000, everyMs: 500 });
  const common = await sameHistory(net, names);
  const blocks = await net.blocks('alice', 1, common);
  checkLanes(blocks);
  const kept = blocks.find(({ number }) => number === cut[1].best).hash;
  const winner = kept === hashes[0] ? 'the mined half' : kept === hashes[1] ? 'the half without a miner' : 'neither half\'s head';
  console.log(`    cut at block ${before.best}, final ${before.final}; the halves came to ${cut.map(({ best, final }) => `${best} (final ${final})`).join(' and ')}`);
  console.log(`    healed: one history of ${common} final blocks, ${mined(blocks)} mined; of the cut ${winner} is in it`);
  return { cut_at: before.best, halves: cut.map(({ best }) => best).join('/'), healed_final: common, mined: mined(blocks) };
}

async function equivocate() {
  // Short eras: a slash is carried out 28 of them after the offence.
  const net = network('equivocate', { slotMs: 100, epochSlots: 20, difficulty: hashRate() / 100, minimumDifficulty: 2 ** 16 });
  await net.startValidators({ powAuthor: minersAccount() });
  await net.addNode('second', ['--pow-author', minersAccount()]);
  for (const node of ['alice', 'second']) net.startMiner(`miner at ${node}`, node);
  await settled(net);
  const api = await connect(`ws://127.0.0.1:${net.nodes.get('bob').port}`);
  // Mined blocks name authority 0, and it must not be taken to have made them: another one signs twice.
  const [innocent, ...others] = (await api.query.babe.authorities()).map(([key]) => encodeAddress(key.toU8a()));
  const twin = net.validatorNames().find((name) => name !== 'bob' && others.includes(genesisAddress(name)));
  const offender = genesisAddress(twin);
  const stakeOf = async (address) => (await api.query.staking.ledger(address)).unwrap().total.toBigInt();
  const before = await stakeOf(offender);
  await net.addNode('twin', [`--${twin}`, '--validator']);

  const reports = () => api.query.offences.concurrentReportsIndex.entries();
  const KIND = Buffer.from('babe:equivocatio').toString('hex');
  const doubleSigned = async () => (await reports()).filter(([key]) => key.toHex().includes(KIND));
  await waitFor('the runtime has taken a report', async () => (await doubleSigned()).length > 0, { timeoutMs: 240_000 });
  const reported = (await net.head('bob')).number;
  await processes.stop('twin');
  console.log(`    ${twin} ran twice; reported by block ${reported}`);

  // One double signer of four validators: (3 · 1/4)² of the stake. Being offline costs 7 % at the most.
  await waitFor('the stake is slashed', async () => (await stakeOf(offender)) < before / 2n, { timeoutMs: 900_000, everyMs: 1_000 });
  const after = await stakeOf(offender);
  const offenders = new Set();
  for (const [, ids] of await doubleSigned()) {
    for (const id of ids) offenders.add((await api.query.offences.reports(id)).unwrap().offender[0].toString());
  }
  if (offenders.has(innocent)) throw new Error('authority 0 was reported; mined blocks name it, and it signed once for each slot');
  if (offenders.size !== 1 || !offenders.has(offender)) throw new Error(`reported were ${[...offenders]}, and it was ${offender}`);
  const imported = await net.metric('bob', 'gpu_chain_blocks_imported_total');
  const minedSeen = Object.entries(imported).find(([labels]) => labels.includes('"miners"'))?.[1] ?? 0;
  const blocks = await net.blocks('bob', 1, (await net.finalised('bob')).number);
  checkLanes(blocks);
  const siblings = minedSeen - mined(blocks);
  console.log(`    ${twin} had ${gpu(before)} staked and has ${gpu(after)}; of ${minedSeen} mined blocks that bob saw ${siblings} had a sibling or came too late, and nobody was reported for them`);
  await api.disconnect();
  if (siblings <= 0) throw new Error('there were no mined siblings, so nothing was shown about them');
  return { reported_at: reported, slashed_pct: (100 * Number(before - after) / Number(before)).toFixed(1), mined_siblings: siblings };
}

/**
 * Ends the only validator and the miner at a moment at which the newest final block is a mined one, the same at all peers:
 * then there is no other target for a sync.
 */
async function standStill(net, peers) {
  for (let attempt = 1; attempt <= 10; attempt++) {
    const newest = async () => Promise.all(peers.map((name) => net.finalised(name)));
    const agreed = (finals) => finals.every(({ hash, miner }) => miner && hash === finals[0].hash);
    await waitFor('the newest final block is a mined one', async () => agreed(await newest()), { timeoutMs: 120_000, everyMs: 20 });
    await processes.stop('alice', 'SIGKILL');
    await processes.stop('miner');
    // Votes that are on their way arrive.
    await sleep(2_000);
    const finals = await newest();
    if (agreed(finals)) return finals[0];
    await net.startNode('alice');
    net.startMiner('miner', 'alice');
  }
  throw new Error('the chain would not stop on a mined block');
}

async function sync() {
  const net = await miningNetwork('sync', { slotMs: 400, epochSlots: 60, times: 20 });
  // A warp sync waits for three peers that have the chain.
  const peers = ['peer-1', 'peer-2', 'peer-3'];
  for (const name of peers) await net.addNode(name);
  await watch(net, 'alice', 90, 'a chain to sync');
  const latency = await templates(net, 'alice');

  const target = await standStill(net, peers);
  const results = {};
  for (const mode of ['full', 'warp']) {
    const start = Date.now();
    await net.addNode(mode, ['--sync', mode]);
    await waitFor(`the ${mode} sync has finalised block ${target.number}`, async () => (await net.finalised(mode)).hash === target.hash, { timeoutMs: 180_000 });
    results[`${mode}_s`] = ((Date.now() - start) / 1_000).toFixed(1);
    await waitFor('with all that is below', async () => net.call(mode, 'chain_getBlockHash', [1]), { timeoutMs: 180_000 });
    const common = await sameHistory(net, [peers[0], mode]);
    console.log(`    ${mode} sync: at block ${target.number}, mined and the newest final one, after ${results[`${mode}_s`]} s; one history of ${common} blocks`);
  }
  for (const line of readFileSync(processes.log('warp'), 'utf8').split('\n').filter((line) => /warp|gap/i.test(line) && !/network_|Idle/.test(line))) {
    console.log(`    warp: ${line}`);
  }
  if (!/warp sync is complete/i.test(readFileSync(processes.log('warp'), 'utf8'))) throw new Error('the node that should have warped says nothing of it');

  // And they follow.
  await net.startNode('alice');
  net.startMiner('miner', 'alice');
  const more = target.number + 20;
  const names = ['alice', 'full', 'warp'];
  await waitFor('all go on', async () => (await Promise.all(names.map((name) => net.finalised(name)))).every(({ number }) => number > more), { timeoutMs: 180_000 });
  const common = await sameHistory(net, names);
  const blocks = await net.blocks('warp', 1, common);
  checkLanes(blocks);
  console.log(`    then on to ${common}: one history, ${mined(blocks)} of it mined`);
  return { target: target.number, target_lane: 'mined', ...results, common_final: common, mined: mined(blocks), ...latency };
}

let code = 0;
for (const name of wanted) {
  console.log(`• ${name}`);
  const start = Date.now();
  let line;
  try {
    const figures = await SCENARIOS[name]();
    figures.seconds = Math.round((Date.now() - start) / 1_000);
    line = `soak: ok ${name} ${Object.entries(figures).map(([key, value]) => `${key}=${value}`).join(' ')}`;
  } catch (error) {
    code = 1;
    for (const child of processes.children.keys()) console.error(`── end of ${child}'s log\n${processes.tail(child, 12)}`);
    line = `soak: FAILED ${name}: ${error.message}`;
  }
  await processes.stopAll();
  processes.children.clear();
  if (options.keep) console.log(`    logs and state: ${folder}`);
  console[line.startsWith('soak: ok') ? 'log' : 'error'](line);
}
process.exit(code);
