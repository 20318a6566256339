// The main job end to end, on real parts: a dev chain, a provider's miner, a buyer. See scripts/demo.sh.

import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFile } from 'node:child_process';
import { parseArgs, promisify } from 'node:util';
import {
  connect, DevNode, eventOf, freeBalance, freePort, gpu, keyring, Processes, removeFolder, sleep, submit, UNIT, waitFor,
} from './lib.mjs';
import { minersAccount } from './network.mjs';

const HELP = `usage: scripts/demo.sh [options]
  --kill WHO@MOMENT   kill -9 the node or the miner at a moment of the demo and start it again; may be given more often.
                      WHO is node or miner, MOMENT one of: challenge, registered, accepted, computing, submitted, approved
  --keep              keep the folder with logs and state, and print its name
  --bin DIR           the folder with the binaries gpu-chain and gpu-miner (set by scripts/demo.sh)
  --help              this text`;

const { values: options } = parseArgs({
  options: {
    bin: { type: 'string' },
    kill: { type: 'string', multiple: true, default: [] },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (options.help) {
  console.log(HELP);
  process.exit(0);
}

const MOMENTS = ['registered', 'challenge', 'accepted', 'computing', 'submitted', 'approved'];
const kills = options.kill.map((text) => {
  const [who, moment] = text.split('@');
  if (!['node', 'miner'].includes(who) || !MOMENTS.includes(moment)) {
    console.error(`demo: --kill ${text}: expected node or miner @ one of ${MOMENTS.join(', ')}`);
    process.exit(2);
  }
  return { who, moment };
});

const folder = mkdtempSync(join(tmpdir(), 'gpu-chain-demo-'));
const processes = new Processes(join(folder, 'logs'));
const node = new DevNode(processes, options.bin, join(folder, 'chain'), { args: ['--pow-author', minersAccount()] });
const minerState = join(folder, 'miner');
let step = 'start';
let api;

/** One step of the story: told before, so that a failure names it. */
async function doing(text, action) {
  step = text;
  console.log(`• ${text}`);
  return action();
}

async function head() {
  return (await api.rpc.chain.getHeader()).number.toNumber();
}

async function balances(who, label) {
  const text = await Promise.all(Object.entries(who).map(async ([name, address]) => `${name} ${gpu(await freeBalance(api, address))}`));
  console.log(`    block ${await head()}, ${label}: ${text.join(', ')}`);
}

const minerFile = join(folder, 'miner.toml');
const policyFile = join(folder, 'policy.toml');
let storePort;
let apiPort;

async function configureMiner() {
  mkdirSync(minerState, { recursive: true });
  storePort = await freePort();
  apiPort = await freePort();
  writeFileSync(policyFile, MINER_POLICY);
  writeFileSync(minerFile, minerConfig());
}

const MINER_POLICY = `# The demo's provider does one kind of work, for anybody who pays.
max_concurrent = 1
# The demo's buyer serves its specification from loopback.
allow_private_addresses = true

[[payment]]
asset = "native"
min_price = "0.01"

[programs.mandelbrot]
path = "built-in"
`;

function minerConfig() {
  return `nodes = ["${node.ws}"]
suri = "//Bob"
state_dir = "${minerState}"
policy = "${policyFile}"
threads = 1
store_listen = "127.0.0.1:${storePort}"
api_listen = "127.0.0.1:${apiPort}"
`;
}

const miner = (...args) => [join(options.bin, 'gpu-miner'), ['--config', minerFile, ...args]];

/** Mines blocks beside the provider's agent. A restart of the node is its own business: it connects again. */
function startBlockMiner() {
  processes.start('block-miner', join(options.bin, 'gpu-miner'), ['mine', '--node', node.ws, '--threads', '1']);
}

function startMiner() {
  processes.start('miner', ...miner('run'));
}

/** Kills whoever is to be killed at this moment, hard, and starts it again. */
async function moment(name) {
  for (const kill of kills.filter((k) => k.moment === name)) {
    console.log(`    kill -9 ${kill.who} (${name}), then start it again`);
    if (!processes.running(kill.who)) continue;
    await processes.stop(kill.who, 'SIGKILL');
    if (kill.who === 'node') {
      await node.start();
      await waitFor('polkadot-js reconnects', () => api.isConnected, { timeoutMs: 30_000 });
    } else {
      startMiner();
    }
  }
}

async function main() {
  const keys = keyring();
  const [provider, buyer, sudo] = ['//Bob', '//Ferdie', '//Alice'].map((uri) => keys.addFromUri(uri));
  const people = { provider: provider.address, buyer: buyer.address };

  await doing('start a dev chain: one validator, a block each second', async () => {
    await node.start();
    api = await connect(node.ws);
    await waitFor('the first block', async () => (await head()) > 0);
  });
  await doing('start a miner of blocks, for an account of its own', async () => startBlockMiner());
  const treasury = api.consts.treasury.potAccount.toString();
  people.treasury = treasury;

  await doing('let challenge rounds follow each other quickly (sudo, dev chain only)', () => hurryRounds(sudo));
  await balances(people, 'before');

  const nodeId = await doing('register a provider: fee, stake, hardware', async () => {
    await configureMiner();
    const { stdout } = await promisify(execFile)(...miner('register', '--resource-type', 'cpu', '--region', 'local', '--ask', '0.5', '--stake', '2'));
    const id = stdout.match(/0x[0-9a-f]{64}/)?.[0];
    if (!id) throw new Error(`gpu-miner register printed no node id:\n${stdout}`);
    console.log(`    node ${id}`);
    return id;
  });
  await balances(people, 'after registration');
  const nodeStatus = async () => (await api.call.nodeApi.node(nodeId)).unwrap().status.type;

  await doing('start the miner', async () => startMiner());
  await moment('registered');

  await doing('the miner solves its first challenge', async () => {
    await moment('challenge');
    await waitFor('the node is active', async () => (await nodeStatus()) === 'Active', { timeoutMs: 120_000 });
    const history = (await api.call.workApi.verificationHistory(nodeId)).toJSON();
    const solved = history.find((entry) => entry.passed);
    console.log(`    challenge passed in block ${solved.at}; the node is Active`);
  });

  const power = await doing('a challenge round proves its power', async () => {
    const proven = await waitFor(
      'the node answers a round',
      async () => (await api.call.workApi.nodeWork(nodeId)).proven.unwrapOr(null),
      { timeoutMs: 180_000, everyMs: 500 },
    );
    // A node answers early and improves until the round closes: only then its power is what it could do.
    await waitFor('the round closes', async () => {
      const open = (await api.call.workApi.currentRound()).unwrapOr(null);
      return !open || open.number.gt(proven.round);
    });
    const hashRate = await waitFor('the node has verified power', async () => {
      const value = (await api.call.workApi.verifiedPower(nodeId)).toBigInt();
      return value > 0n && value;
    });
    console.log(`    verified power ${(Number(hashRate) / 1e6).toFixed(2)} million hashes/s, block ${await head()}`);
    return hashRate;
  });

  const spec = Buffer.from(
    JSON.stringify({
      version: 1,
      program: 'mandelbrot',
      input: { width: 256, height: 192, max_iterations: 2000, re: '-0.7436', im: '0.1319', span: '0.01', format: 'ppm' },
    }),
  );
  const specHash = '0x' + createHash('sha256').update(spec).digest('hex');
  const specUri = await serve(spec);

  const issuanceOfEscrow = async (key) => (await api.call.escrowApi.escrow(key)).toJSON();
  const taskId = await doing('create a task: render a Mandelbrot image, price in escrow', async () => {
    const maxPerHour = 36n * UNIT;
    const { events, block } = await submit(
      api,
      buyer,
      api.tx.marketplace.createTask('Cpu', 1_000, 300, 'Native', maxPerHour, 0, specUri, specHash),
      { what: 'create_task' },
    );
    const id = eventOf(events, 'marketplace', 'TaskCreated').taskId.toNumber();
    const task = (await api.call.taskApi.task(id)).unwrap();
    console.log(`    task ${id} in block ${block}: ${gpu(task.price)} for ${task.durationSecs} s at the most`);
    return id;
  });
  await balances(people, 'price in escrow');
  console.log(`    escrow: ${JSON.stringify(await issuanceOfEscrow({ Task: taskId }))}`);

  const task = async () => (await api.call.taskApi.task(taskId)).unwrap();
  const reach = (status, timeoutMs = 120_000) =>
    waitFor(`task ${taskId} is ${status}`, async () => {
      if (processes.children.has('miner')) processes.check('miner');
      return past((await task()).status.type, status);
    }, { timeoutMs, everyMs: 200 });

  await doing('the miner accepts the task', async () => {
    await reach('Assigned');
    await moment('accepted');
  });
  await doing('the miner computes it in its sandbox', async () => {
    await reach('InProgress');
    await moment('computing');
  });
  const result = await doing('the miner submits the result', async () => {
    await reach('Completed', 240_000);
    await moment('submitted');
    const result = (await task()).result.unwrap();
    // polkadot-js adds the underscore: every value of its own has a `hash` already.
    const hash = result.hash_.toHex();
    const uri = result.uri.toUtf8();
    console.log(`    ${uri} (${hash})`);
    return { hash, uri };
  });

  await doing('the buyer fetches the result and checks its hash', async () => {
    const bytes = await waitFor('the result can be fetched', async () => Buffer.from(await (await fetch(result.uri)).arrayBuffer()));
    const hash = '0x' + createHash('sha256').update(bytes).digest('hex');
    if (hash !== result.hash) throw new Error(`the result's hash is ${hash}, not ${result.hash}`);
    checkImage(bytes);
    console.log(`    ${bytes.length} bytes, an image of 256 × 192, hash as submitted`);
  });

  const paid = await doing('the buyer approves: 92 % to the provider, 8 % to the platform', async () => {
    const before = await freeBalance(api, provider.address);
    const { events, block } = await submit(api, buyer, api.tx.marketplace.approveResult(taskId), { what: 'approve_result' });
    const released = eventOf(events, 'escrow', 'EscrowReleased');
    const provided = released.providerPayout.toBigInt();
    const fee = released.platformFee.toBigInt();
    const { price } = await task();
    if (provided + fee !== price.toBigInt()) throw new Error(`paid ${provided} + ${fee} is not the price ${price}`);
    if (fee !== (price.toBigInt() * 8n) / 100n) throw new Error(`the fee ${fee} is not 8 % of ${price}`);
    console.log(`    block ${block}: provider +${gpu(provided)}, platform +${gpu(fee)}`);
    const after = await freeBalance(api, provider.address);
    // Other transactions of the provider in the same block cost it fees, never anywhere near the payment.
    if (after - before < (provided * 9n) / 10n) throw new Error(`the provider's balance rose by ${after - before} only`);
    await moment('approved');
    return { provided, fee };
  });
  await balances(people, 'after payment');
  await doing('nothing is paid twice: the task has ended and its escrow is settled', async () => {
    await sleep(3_000);
    const escrow = await issuanceOfEscrow({ Task: taskId });
    if ((await task()).status.type !== 'Verified') throw new Error(`task is ${(await task()).status.type}`);
    if (JSON.stringify(escrow).includes('held":')) throw new Error(`the escrow is still open: ${JSON.stringify(escrow)}`);
    const held = await api.query.balances.holds(buyer.address);
    if (held.some((hold) => hold.id.isEscrow)) throw new Error(`the buyer still has money in escrow: ${held}`);
    await submitFails(api.tx.marketplace.approveResult(taskId), buyer, 'approving twice');
  });
  const lanes = await doing('both lanes made blocks: validators by stake, the miner by work', async () => {
    processes.check('block-miner');
    const stats = await waitFor('a mined block', async () => {
      const stats = await api.call.hybridPowApi.powStats();
      return stats.minerBlocks.toNumber() > 0 && stats;
    }, { timeoutMs: 120_000, everyMs: 500 });
    const lanes = { pow: stats.minerBlocks.toNumber(), pos: stats.validatorBlocks.toNumber() };
    console.log(`    ${lanes.pow} mined, ${lanes.pos} of validators; difficulty ${stats.difficulty}, the miner has ${gpu(await freeBalance(api, minersAccount()))}`);
    return lanes;
  });
  return { taskId, power, lanes, ...paid };
}

/** The statuses that a task passes on its way, in order. */
const WAY = ['Open', 'Assigned', 'InProgress', 'Completed', 'Verified'];
function past(status, wanted) {
  if (!WAY.includes(status)) throw new Error(`the task is ${status}`);
  return WAY.indexOf(status) >= WAY.indexOf(wanted);
}

async function submitFails(call, signer, what) {
  try {
    await submit(api, signer, call, { what, tries: 1 });
  } catch (error) {
    if (!error.final) throw error;
    return;
  }
  throw new Error(`${what} should have been refused`);
}

/** Rounds on a dev chain come a few seconds after each other rather than minutes. */
async function hurryRounds(sudo) {
  const set = (key, value) => api.tx.parameters.setParameter({ Verification: { [key]: [null, value] } });
  const calls = [set('MinGap', 2), set('MeanGap', 2), set('MaxGap', 5), set('RoundWindow', 8)];
  await submit(api, sudo, api.tx.sudo.sudo(api.tx.utility.batchAll(calls)), { what: 'set_parameter' });
}

/** Serves the task's specification on loopback while the demo runs, and gives its address. */
async function serve(bytes) {
  const { createServer } = await import('node:http');
  const server = createServer((_, response) => response.end(bytes));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  return `http://127.0.0.1:${server.address().port}/specification.json`;
}

/** A result is an image of the asked size with more than one colour, not just some bytes with a hash. */
function checkImage(bytes) {
  const header = bytes.subarray(0, 15).toString('latin1');
  const match = header.match(/^P6\s+256\s+192\s+255\s/);
  if (!match) throw new Error(`the result is no PPM image of 256 × 192: ${JSON.stringify(header)}`);
  const pixels = bytes.subarray(match[0].length);
  if (pixels.length !== 256 * 192 * 3) throw new Error(`the image has ${pixels.length} bytes of pixels`);
  if (new Set(pixels).size < 16) throw new Error('the image is blank');
}

let code = 0;
let line;
try {
  const { taskId, provided, fee, power, lanes } = await main();
  line = `demo: ok task=${taskId} provider_paid=${provided} platform_fee=${fee} verified_power=${power} pow_blocks=${lanes.pow} pos_blocks=${lanes.pos}`;
} catch (error) {
  code = 1;
  line = `demo: FAILED at "${step}": ${error.message}`;
  for (const name of processes.children.keys()) console.error(`── end of ${name}'s log\n${processes.tail(name, 25)}`);
}
await api?.disconnect().catch(() => {});
await processes.stopAll();
if (options.keep) console.log(`logs and state: ${folder}`);
else removeFolder(folder);
console[code ? 'error' : 'log'](line);
process.exit(code);
