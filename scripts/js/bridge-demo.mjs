// The bridge end to end, on real parts: an EVM chain, four validators, a relayer, a user, a provider who is paid in USDC. See
// scripts/bridge-demo.sh.

import { parseArgs } from 'node:util';
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { ContractFactory, Wallet } from '../../contracts/ethers.mjs';
import { artifact } from '../../contracts/scripts/lib.mjs';
import { eventOf, gpu, keyring, submit, UNIT } from './lib.mjs';
import { mandelbrot, parseKills } from './stage.mjs';
import { accountWord } from './bridge/chain.mjs';
import { amountOf, ASSETS, World } from './bridge/world.mjs';

const HELP = `usage: scripts/bridge-demo.sh [options]
  --kill WHO@MOMENT   kill -9 a validator, the relayer or the EVM chain at a moment and start it again; may be given more often.
                      WHO is alice, relayer or anvil, MOMENT one of: deposited, credited, withdrawing, carried, returning, rotating
  --slot-ms MS        length of a slot, even; validators make a block every two (default 500)
  --keep              keep the folder with logs and state, and print its name
  --bin DIR           the folder with the binaries gpu-chain and gpu-miner (set by scripts/bridge-demo.sh)
  --help              this text`;
const MOMENTS = ['deposited', 'credited', 'withdrawing', 'carried', 'returning', 'rotating'];

const { values: options } = parseArgs({
  options: {
    bin: { type: 'string' },
    kill: { type: 'string', multiple: true, default: [] },
    'slot-ms': { type: 'string', default: '500' },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (options.help) {
  console.log(HELP);
  process.exit(0);
}

const stage = new World(options.bin, parseKills(options.kill, MOMENTS, ['alice', 'relayer', 'anvil']), 'bridge');
const { processes } = stage;

/** What crosses, in each asset's smallest unit. */
const IN = { USDC: 250n * ASSETS.USDC.unit, ETH: ASSETS.ETH.unit / 2n };
const OUT = { USDC: 100n * ASSETS.USDC.unit, ETH: ASSETS.ETH.unit / 5n };
const GPU_THERE_AND_BACK = 60n * UNIT;
/** USDC an hour, most that the task may cost. */
const RATE = 36n * ASSETS.USDC.unit;
const TASK_SECONDS = 300;

const POLICY = `# The demo's provider works for USDC.
max_concurrent = 1
allow_private_addresses = true

[[payment]]
asset = ${ASSETS.USDC.id}
min_price = "10000"

[programs.mandelbrot]
path = "built-in"
`;

async function main() {
  stage.where();
  const keys = keyring();
  const [user, provider, sudo] = ['//BridgeUser', '//Bob', '//Alice'].map((uri) => keys.addFromUri(uri));
  // Sessions of a minute: new keys count from the next but one.
  await stage.build({ slotMs: Number(options['slot-ms']), epochSlots: 60 }, [[user.address, 200n * UNIT]]);
  const { api } = stage;
  const first = await stage.head();
  // What test chains begin with has come over no bridge.
  const issued = { ETH: await stage.supply('ETH'), USDC: await stage.supply('USDC') };
  await stage.doing('start a relayer', async () => stage.startRelayer());
  stage.watched = ['relayer', 'anvil', ...stage.network.validatorNames()];
  const nodeId = await stage.doing('a provider who works for USDC comes to the market', async () => {
    await stage.hurryRounds(sudo);
    await stage.configureMiner(POLICY);
    const id = await stage.register('--resource-type', 'cpu');
    await stage.sponsor(id);
    stage.startMiner();
    return id;
  });

  await stage.doing(`a user deposits ${amountOf('USDC', IN.USDC)} and ${amountOf('ETH', IN.ETH)} on the EVM chain`, async () => {
    await stage.giveUsdc(IN.USDC);
    const deposits = [await stage.deposit('USDC', IN.USDC, user.address), await stage.deposit('ETH', IN.ETH, user.address)];
    for (const { nonce, block, gas } of deposits) console.log(`    deposit ${nonce} in block ${block}, gas ${gas}`);
    await stage.moment('deposited');
    for (const { nonce } of deposits) await stage.untilCredited(nonce);
    for (const symbol of ['USDC', 'ETH']) {
      const has = await stage.has(user.address, symbol);
      if (has !== IN[symbol]) throw new Error(`${amountOf(symbol, IN[symbol])} were deposited, and ${amountOf(symbol, has)} credited`);
    }
    console.log(`    credited in full, nobody asked for it: block ${await stage.head()}`);
    await stage.moment('credited');
  });
  const rotating = await stage.doing('a validator takes new keys; they count from the next session but one', async () => {
    const before = await stage.view().then((view) => view.runningSet());
    await stage.rotateKeys('dave');
    return before;
  });

  const paid = await stage.doing('the user pays a task with USDC', () => payTask(user, provider, nodeId));

  await stage.doing('the chain tells a contract there that the task is verified, and what its provider has proven', () => report(user, provider, paid.task, nodeId));

  const there = Wallet.createRandom().address;
  await stage.doing(`the user withdraws ${amountOf('USDC', OUT.USDC)} to a new address, which has no coin for gas`, async () => {
    const { id, block } = await stage.withdraw(user, 'USDC', there, OUT.USDC);
    console.log(`    withdrawal ${id} in block ${block}`);
    await stage.moment('withdrawing');
    await stage.untilPaid(there, 'USDC', OUT.USDC);
    console.log(`    ${there} has ${amountOf('USDC', OUT.USDC)}`);
    await stage.moment('carried');
  });
  const own = stage.evmWallet('user').address;
  await stage.doing(`the user sends ${amountOf('GPU', GPU_THERE_AND_BACK)} out, as an ERC-20`, async () => {
    await stage.withdraw(user, 'GPU', own, GPU_THERE_AND_BACK);
    await stage.untilPaid(own, 'GPU', GPU_THERE_AND_BACK);
    console.log(`    the token's supply: ${amountOf('GPU', await stage.token('GPU').totalSupply())}`);
  });
  await stage.doing('and back: the token is burnt there, and unlocked here', async () => {
    const before = await stage.has(user.address, 'GPU');
    const { nonce, block } = await stage.deposit('GPU', GPU_THERE_AND_BACK, user.address);
    console.log(`    deposit ${nonce} in block ${block}`);
    await stage.moment('returning');
    await stage.untilCredited(nonce);
    const got = (await stage.has(user.address, 'GPU')) - before;
    if (got !== GPU_THERE_AND_BACK) throw new Error(`${gpu(got)} came back, not ${gpu(GPU_THERE_AND_BACK)}`);
    const supply = await stage.token('GPU').totalSupply();
    if (supply !== 0n) throw new Error(`${gpu(supply)} are left as a token`);
  });

  const rotations = await stage.doing('the validators are others now: the old set signs the new one for the gateway', async () => {
    await stage.moment('rotating');
    const running = await stage.until('the session has changed', async () => {
      const set = await stage.view().then((view) => view.runningSet());
      return set.setId > rotating.setId && set;
    }, 180_000);
    const { rotation } = await stage.until('the gateway is proven to have the set', async () => {
      const chain = await stage.chain();
      return chain.rotation.current === 2n && !chain.rotation.pending && chain;
    }, 180_000);
    const { setId, members } = await stage.gatewayOf('user').validatorSet();
    if (setId !== rotation.current || members !== running.hash) throw new Error(`the gateway has set ${setId} of ${members}, not ${running.hash}`);
    const changed = running.members.filter(({ address }) => !rotating.members.some((old) => old.address === address));
    console.log(`    set ${setId}: ${running.members.length} members, of whom ${changed.length} has a new key`);
    return Number(setId) - 1;
  });
  await stage.doing(`the new set signs: ${amountOf('ETH', OUT.ETH)} leave`, async () => {
    await stage.withdraw(user, 'ETH', there, OUT.ETH);
    await stage.untilPaid(there, 'ETH', OUT.ETH);
  });

  await stage.doing('everything that left is proven to have arrived, once; the relayer has its fees; the books add up', async () => {
    await stage.untilSettled();
    const last = (await stage.chain()).headers.newest;
    await stage.until('that is final', async () => (await stage.view()).block > first && (await stage.view()).outbox().then(({ length }) => length === 0));
    const { credited, settled } = await stage.checkOnce(first);
    if (credited.length !== 3) throw new Error(`${credited.length} deposits were credited, not 3`);
    const word = await accountWord(api, keys.addFromUri('//Relayer').address);
    const fees = (await stage.events(first)).filter(({ method }) => method === 'RelayerPaid');
    for (const { data } of fees) {
      if ((await accountWord(api, data.relayer)) !== word) throw new Error(`${data.relayer} was paid for what the relayer carried`);
    }
    const earned = fees.reduce((sum, { data }) => sum + data.amount.toBigInt(), 0n);
    console.log(`    deposits ${credited.join(', ')} and items ${settled.join(', ')}, each once; headers up to ${last}; the relayer earned ${gpu(earned)}`);
    for (const fact of await stage.checkBooks(issued)) console.log(`    ${fact}`);
  });

  const list = (amounts) => Object.entries(amounts).map(([symbol, amount]) => amountOf(symbol, amount).replace(' ', '')).join(',');
  const came = list({ ...IN, GPU: GPU_THERE_AND_BACK });
  console.log(`    the provider was paid ${amountOf('USDC', paid.amount)} for its work`);
  return `bridge: ok deposited=${came} credited=${came} withdrawn=${list({ ...OUT, GPU: GPU_THERE_AND_BACK })} rotations=${rotations}`;
}

/** A task whose price lies in escrow in USDC, and what its provider got of it. */
async function payTask(buyer, provider, nodeId) {
  const { api } = stage;
  await stage.untilActive(nodeId);
  await stage.untilProven(nodeId);
  const spec = mandelbrot(96, 64);
  const server = createServer((_, response) => response.end(spec));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  const uri = `http://127.0.0.1:${server.address().port}/specification.json`;
  const hash = '0x' + createHash('sha256').update(spec).digest('hex');
  const call = api.tx.marketplace.createTask('Cpu', { hashesPerSecond: 1_000 }, TASK_SECONDS, ASSETS.USDC.asset, RATE, 0, uri, hash);
  const { events } = await submit(api, buyer, call, { what: 'create_task' });
  const id = eventOf(events, 'marketplace', 'TaskCreated').taskId.toNumber();
  const task = async () => (await api.call.taskApi.task(id)).unwrap();
  const price = (await task()).price.toBigInt();
  console.log(`    task ${id}: ${amountOf('USDC', price)} in escrow`);
  await stage.until(`task ${id} is computed`, async () => {
    processes.check('miner');
    return (await task()).status.isCompleted;
  }, 240_000);
  const before = await stage.has(provider.address, 'USDC');
  const approved = await submit(api, buyer, api.tx.marketplace.approveResult(id), { what: 'approve_result' });
  const released = eventOf(approved.events, 'escrow', 'EscrowReleased');
  const got = (await stage.has(provider.address, 'USDC')) - before;
  if (got !== released.providerPayout.toBigInt() || got + released.platformFee.toBigInt() !== price) {
    throw new Error(`the provider got ${got} of ${price}, the platform ${released.platformFee}`);
  }
  if (got * 100n !== price * 92n) throw new Error(`${got} is not 92 % of ${price}`);
  console.log(`    approved: ${amountOf('USDC', got)} to the provider, ${amountOf('USDC', price - got)} to the platform`);
  return { task: id, amount: got };
}

/** Reports of a task and of the node that did it, as a contract on the EVM chain reads them. */
async function report(payer, provider, task, nodeId) {
  const { api, evmId } = stage;
  const { abi, bytecode } = artifact('ReportBook', 'Receivers.sol');
  const book = await new ContractFactory(abi, bytecode.object, stage.evmWallet('user')).deploy(stage.deployment.gateway);
  await book.waitForDeployment();
  const target = await book.getAddress();
  for (const subject of [{ Task: task }, { Node: nodeId }]) {
    await submit(api, payer, api.tx.evmBridge.sendReport(evmId, target, 300_000, subject), { what: 'send_report' });
  }
  const known = await stage.until('the contract has both reports', async () => {
    const [ofTask, ofNode] = [await book.taskOf(task), await book.nodeOf(nodeId)];
    return ofTask.recordedAt > 0n && ofNode.recordedAt > 0n && { ofTask, ofNode };
  });
  const here = (await api.call.taskApi.task(task)).unwrap();
  const expected = [4n, here.node.unwrap().toHex(), await accountWord(api, provider.address), here.result.unwrap().hash_.toHex(), here.endedAt.unwrap().toBigInt()];
  const { status, node, provider: paidTo, result, endedAt } = known.ofTask;
  if ([status, node, paidTo, result, endedAt].join() !== expected.join()) throw new Error(`the contract reads ${known.ofTask}, not ${expected}`);
  if (known.ofNode.hashesPerSecond === 0n) throw new Error('the contract reads that the node has proven nothing');
  console.log(`    task ${task} is ${here.status.type.toLowerCase()} there too, its result ${result.slice(0, 10)}…; its node has proven ${known.ofNode.hashesPerSecond} hashes/s`);
}

await stage.tell(main, options.keep);
