// Long tests of the two lanes on networks of real nodes. See scripts/soak.sh.

import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Processes, removeFolder, sleep, waitFor } from './lib.mjs';
import { minersAccount, Network } from './network.mjs';

const HELP = `usage: scripts/soak.sh SCENARIO… [options]
  pos         four validators, no miner, two epochs: every even slot has its block, finality is at most four blocks behind
  share       one thread mines: after a warm-up its share is 5 ± 0.5 % of at least 2,000 blocks
  spike       the difficulty is far too low for the miner: never two mined blocks without four of validators between them
  restart     a validator is killed in the middle of an epoch, started again, and catches up
  partition   two halves that do not know each other, mining in one; healed, they have one chain and one finalised history
  sync        a full sync and a warp sync from nothing end on the chain, mined blocks included

  --blocks N    how many blocks to look at (share: 2000, spike: 300)
  --slot-ms MS  length of a slot (otherwise the scenario's)
  --keep        keep the folder with logs and state, and print its name
  --bin DIR     the folder with the binaries (set by scripts/soak.sh)
  --help        this text`;

const SCENARIOS = { pos, share, spike, restart, partition, sync };

const { values: options, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: {
    bin: { type: 'string' },
    blocks: { type: 'string' },
    'slot-ms': { type: 'string' },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (options.help) {
  console.log(HELP);
  process.exit(0);
}
const unknown = wanted.find((name) => !(name in SCENARIOS));
if (unknown || wanted.length === 0) {
  console.error(`soak: ${unknown ? `no scenario is called ${unknown}` : 'which scenario?'}\n${HELP}`);
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), 'gpu-chain-soak-'));
const processes = new Processes(join(folder, 'logs'));
const numberOr = (text, fallback) => (text === undefined ? fallback : Number(text));

function network(name, chain) {
  const own = join(folder, name);
  mkdirSync(own, { recursive: true });
  return new Network(processes, options.bin, own, { ...chain, slotMs: numberOr(options['slot-ms'], chain.slotMs) });
}

/** No rule of the lanes is broken: slots, parity, and four blocks of validators between two mined ones. */
function checkLanes(blocks) {
  const SPACING = 4;
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

/** Watches a node until it has `target` blocks: the farthest that finality fell behind, and the mean. */
async function watch(net, name, target, what) {
  const lags = [];
  let told = Date.now();
  let seen = 0;
  for (;;) {
    for (const child of processes.children.keys()) processes.check(child);
    const [best, final] = [await net.head(name), await net.finalised(name)];
    if (best.number > seen) {
      seen = best.number;
      lags.push(best.number - final.number);
    }
    if (best.number >= target) break;
    if (Date.now() > told + 30_000) {
      told = Date.now();
      console.log(`    ${what}: block ${best.number} of ${target}, final ${final.number}`);
    }
    await sleep(25);
  }
  return { worst: Math.max(...lags), mean: lags.reduce((a, b) => a + b, 0) / lags.length };
}

async function pos() {
  const EPOCH = 60;
  const net = network('pos', { slotMs: 1_000, epochSlots: EPOCH });
  await net.startValidators();
  await waitFor('blocks are finalised', async () => (await net.finalised('alice')).number > 3, { timeoutMs: 120_000 });
  // From here on: what came before is four processes getting to know each other.
  const from = (await net.head('alice')).number;
  const lag = await watch(net, 'alice', from + EPOCH, 'two epochs');
  const blocks = await net.blocks('alice', from, from + EPOCH);
  checkLanes(blocks);
  const slots = (blocks.at(-1).slot - blocks[0].slot) / 2;
  const missed = slots - EPOCH;
  console.log(`    ${EPOCH} blocks in ${slots} even slots: ${missed} missed; finality ${lag.worst} behind at worst, ${lag.mean.toFixed(1)} on average`);
  if (missed > 0) throw new Error(`${missed} even slots have no block`);
  if (lag.worst > 4) throw new Error(`finality was ${lag.worst} blocks behind`);
  return { blocks: EPOCH, missed, worst_lag: lag.worst };
}

/** A chain of one validator, and a miner with one thread at it. */
async function miningNetwork(name, chain) {
  const net = network(name, { validators: 1, ...chain });
  await net.startValidators({ powAuthor: minersAccount() });
  net.startMiner('miner', 'alice');
  return net;
}

async function share() {
  const WANTED = numberOr(options.blocks, 2_000);
  // The share settles within some hundred blocks: each doubling that the start is off takes 360.
  const WARM_UP = 600;
  const net = await miningNetwork('share', { slotMs: 200, epochSlots: 600, difficultyBits: 24, minimumBits: 18 });
  await waitFor('a mined block', async () => mined(await net.blocks('alice', 1, (await net.head('alice')).number)) > 0, { timeoutMs: 120_000 });
  await watch(net, 'alice', WARM_UP, 'warm-up');
  const lag = await watch(net, 'alice', WARM_UP + WANTED, 'share');
  const blocks = await net.blocks('alice', WARM_UP + 1, WARM_UP + WANTED);
  checkLanes(blocks);
  const share = percent(mined(blocks), blocks.length);
  const stale = Object.values(await net.metric('alice', 'substrate_pow_stale_share'))[0] ?? NaN;
  const submissions = await net.metric('alice', 'substrate_pow_submissions');
  console.log(`    ${mined(blocks)} of ${blocks.length} blocks are mined: ${share.toFixed(2)} %; submissions ${JSON.stringify(submissions)}`);
  console.log(`    stale share ${(100 * stale).toFixed(1)} %; finality ${lag.worst} behind at worst, ${lag.mean.toFixed(1)} on average`);
  if (Math.abs(share - 5) > 0.5) throw new Error(`the share of mined blocks is ${share.toFixed(2)} %, not 5 ± 0.5 %`);
  return { blocks: blocks.length, share_pct: share.toFixed(2), stale_pct: (100 * stale).toFixed(1), mean_lag: lag.mean.toFixed(1) };
}

async function spike() {
  const WANTED = numberOr(options.blocks, 300);
  // One thread makes some ten million hashes a second: at 2^18 it finds a block as soon as the lane is open, which is what
  // twenty times the hash rate does and more.
  const net = await miningNetwork('spike', { slotMs: 400, epochSlots: 600, difficultyBits: 18, minimumBits: 16 });
  await watch(net, 'alice', WANTED, 'spike');
  const blocks = await net.blocks('alice', 1, WANTED);
  checkLanes(blocks);
  let peak = 0;
  for (let i = 0; i + 50 <= blocks.length; i++) peak = Math.max(peak, percent(mined(blocks.slice(i, i + 50)), 50));
  console.log(`    ${mined(blocks)} of ${blocks.length} blocks are mined; at most ${peak} % of any 50`);
  if (peak < 10) throw new Error('there was no spike to speak of: the miner is too slow for this test');
  if (peak > 20) throw new Error(`${peak} % of 50 blocks are mined; more than one in five`);
  return { blocks: blocks.length, mined: mined(blocks), peak_pct: peak };
}

async function restart() {
  const net = network('restart', { slotMs: 1_000, epochSlots: 60 });
  await net.startValidators({ powAuthor: minersAccount() });
  await waitFor('blocks are finalised', async () => (await net.finalised('alice')).number > 3, { timeoutMs: 120_000 });
  await processes.stop('dave', 'SIGKILL');
  const at = (await net.head('alice')).number;
  await waitFor('the others go on', async () => (await net.head('alice')).number > at + 5, { timeoutMs: 120_000 });
  await net.startNode('dave');
  const target = (await net.head('alice')).number + 5;
  await waitFor('the killed one has caught up', async () => (await net.head('dave')).number >= target, { timeoutMs: 120_000 });
  await waitFor('and finalises', async () => (await net.finalised('dave')).number >= target - 4, { timeoutMs: 120_000 });
  await sameHistory(net, ['alice', 'dave']);
  return { killed_at: at, caught_up_at: target };
}

/** All nodes finalised the same block of the height that all have finalised. */
async function sameHistory(net, names) {
  const heights = await Promise.all(names.map(async (name) => (await net.finalised(name)).number));
  const common = Math.min(...heights);
  const hashes = await Promise.all(names.map((name) => net.call(name, 'chain_getBlockHash', [common])));
  if (new Set(hashes).size !== 1) throw new Error(`block ${common} is final and differs: ${JSON.stringify(hashes)}`);
  return common;
}

async function partition() {
  const net = network('partition', { slotMs: 1_000, epochSlots: 60, difficultyBits: 22, minimumBits: 18 });
  await net.startValidators({ powAuthor: minersAccount() });
  net.startMiner('miner', 'alice');
  const names = net.validatorNames();
  const halves = [names.slice(0, 2), names.slice(2)];
  await waitFor('blocks are finalised', async () => (await net.finalised('alice')).number > 5, { timeoutMs: 120_000 });

  // Cut: each node goes on with its own half as the only peers that it knows and takes.
  await processes.stop('miner');
  for (const name of names) await processes.stop(name, 'SIGTERM');
  const stateOf = async (name) => ({ best: (await net.head(name)).number, final: (await net.finalised(name)).number });
  for (const half of halves) for (const name of half) await net.startNode(name, reserved(net, half, name));
  net.startMiner('miner-again', 'alice');
  const before = await stateOf('alice');
  await waitFor('both halves go on', async () => {
    const [one, other] = [await stateOf('alice'), await stateOf('charlie')];
    return one.best > before.best + 12 && other.best > before.best + 6;
  }, { timeoutMs: 240_000, everyMs: 500 });
  const cut = [await stateOf('alice'), await stateOf('charlie')];
  // Half of the stake is not two thirds: neither half can have finalised much more than was voted for before the cut.
  for (const { final } of cut) if (final > before.final + 3) throw new Error(`a half finalised ${final}, from ${before.final}`);
  const fork = (await net.call('alice', 'chain_getBlockHash', [cut[1].best])) !== (await net.call('charlie', 'chain_getBlockHash', [cut[1].best]));
  if (!fork) throw new Error('the halves were not cut: they have one chain');

  // Heal.
  await processes.stop('miner-again');
  for (const name of names) await processes.stop(name, 'SIGTERM');
  for (const name of names) await net.startNode(name);
  await waitFor('finality goes on', async () => (await net.finalised('alice')).number > cut[0].best, { timeoutMs: 240_000, everyMs: 500 });
  await waitFor('on all', async () => (await Promise.all(names.map(stateOf))).every(({ final }) => final > cut[0].best), { timeoutMs: 120_000 });
  const common = await sameHistory(net, names);
  const blocks = await net.blocks('alice', 1, common);
  checkLanes(blocks);
  console.log(`    cut at ${before.best}; the halves came to ${cut.map(({ best }) => best).join(' and ')}; one history of ${common} final blocks, ${mined(blocks)} mined`);
  return { cut_at: before.best, healed_final: common, mined: mined(blocks) };
}

/** Options by which a node takes no other peers than the others of `half`. */
function reserved(net, half, self) {
  const peers = half.filter((name) => name !== self).map((name) => net.address(net.nodes.get(name)));
  return ['--reserved-only', ...peers.flatMap((peer) => ['--reserved-nodes', peer])];
}

async function sync() {
  const net = await miningNetwork('sync', { slotMs: 200, epochSlots: 60, difficultyBits: 22, minimumBits: 18 });
  await watch(net, 'alice', 150, 'a chain to sync');
  const blocks = await net.blocks('alice', 1, 150);
  checkLanes(blocks);
  if (mined(blocks) === 0) throw new Error('no block was mined');
  for (const [name, mode] of [['full', 'full'], ['warp', 'warp']]) {
    const start = Date.now();
    await net.addNode(name, ['--sync', mode]);
    const target = (await net.head('alice')).number;
    await waitFor(`the ${mode} sync is at the head`, async () => (await net.head(name)).number >= target, { timeoutMs: 180_000 });
    await waitFor('and finalises', async () => (await net.finalised(name)).number >= target - 4, { timeoutMs: 120_000 });
    const common = await sameHistory(net, ['alice', name]);
    console.log(`    ${mode} sync: at ${target} after ${((Date.now() - start) / 1_000).toFixed(1)} s, one history up to ${common}`);
  }
  return { mined: mined(blocks), full: 'ok', warp: 'ok' };
}

let code = 0;
for (const name of wanted) {
  console.log(`• ${name}`);
  try {
    const figures = await SCENARIOS[name]();
    console.log(`soak: ok ${name} ${Object.entries(figures).map(([key, value]) => `${key}=${value}`).join(' ')}`);
  } catch (error) {
    code = 1;
    console.error(`soak: FAILED ${name}: ${error.message}`);
    for (const child of processes.children.keys()) console.error(`── end of ${child}'s log\n${processes.tail(child, 12)}`);
  }
  await processes.stopAll();
  processes.children.clear();
}
if (options.keep) console.log(`logs and state: ${folder}`);
else removeFolder(folder);
process.exit(code);
