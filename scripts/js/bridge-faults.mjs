// What the bridge does when its parts fail: validators, nodes of the EVM chain, relayers, the EVM chain itself. Real parts, one world,
// one scenario after the other. See scripts/bridge-faults.sh.

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Contract, ContractFactory, Wallet } from '../../contracts/ethers.mjs';
import { eventOf, keyring, setParameters, sleep, submit, UNIT } from './lib.mjs';
import { HONEST, lyingFrom, OMITTING, reorganise, SILENT } from './bridge/anvil.mjs';
import { accountWord } from './bridge/chain.mjs';
import { GATEWAY } from './bridge/evm.mjs';
import { ALIGNMENT, amountOf, ASSETS, HELD, World } from './bridge/world.mjs';

const HELP = `usage: scripts/bridge-faults.sh [SCENARIO…] [options]
  one-node       a validator is off: deposits and withdrawals complete without it
  one-rpc        a validator's nodes of the EVM chain are down: the same, and it attests nothing
  two-nodes      two of four validators are off: everything stops, nothing is lost, and completes when one is back
  two-rpcs       the nodes of two validators are down: deposits wait, what validators sign still leaves, all is proven later
  lying          one node of a validator lies: it attests nothing; both lie, and agree: its vote stands alone; all completes
  silent         one node of a validator never answers: it attests nothing; all completes
  omitted        the relayer's node leaves logs out: it notices, and asks another
  relayers       two relayers at once, neither of which knows of the other: each thing happens once
  loss           the fee is worth less than the gas: the relayer waits and says why; told otherwise, it carries
  delayed        above the threshold both ways wait, and the relayer sees to them when their time has come
  held           the gateway holds a withdrawal, and owes another that its token refuses: the relayer releases and claims them in their time
  expired        nobody carries a batch in its time: it is cancelled there and refunded here, once
  messages       both ways, to a contract that takes them and to one that is none
  kill-node, kill-relayer, kill-anvil
                 kill -9 at three moments on the way of a deposit and a withdrawal each, and a start again: each completes once
  reorg-above    the EVM chain loses a deposit that was not final: nobody is credited, and its repetition is, once
  reorg-below    the EVM chain loses a deposit that was credited: validators stop, the relayer says so, a guardian pauses

  --keep         keep the folder with logs and state, and print its name
  --slot-ms MS   length of a slot, even; validators make a block every two (default 500)
  --bin DIR      the folder with the binaries (set by scripts/bridge-faults.sh)
  --help         this text

Without a scenario: all of them, in this order. The last one leaves the bridge unusable.`;

const SCENARIOS = {
  'one-node': oneNode, 'one-rpc': oneRpc, 'two-nodes': twoNodes, 'two-rpcs': twoRpcs, lying, silent, omitted, relayers, loss, delayed, held, expired,
  messages,
  'kill-node': () => kills('alice'), 'kill-relayer': () => kills('relayer'), 'kill-anvil': () => kills('anvil'),
  'reorg-above': reorgAbove, 'reorg-below': reorgBelow,
};

let options;
let wanted;
try {
  const parsed = parseArgs({
    allowPositionals: true,
    options: {
      bin: { type: 'string' }, 'slot-ms': { type: 'string', default: '500' },
      keep: { type: 'boolean', default: false }, help: { type: 'boolean', default: false },
    },
  });
  options = parsed.values;
  wanted = parsed.positionals.length > 0 ? parsed.positionals : Object.keys(SCENARIOS);
  if (options.help) {
    console.log(HELP);
    process.exit(0);
  }
  const unknown = wanted.find((name) => !Object.hasOwn(SCENARIOS, name));
  if (unknown !== undefined) throw new Error(`no scenario is called ${unknown}`);
} catch (error) {
  console.error(`bridge-faults: ${error.message}\n${HELP}`);
  process.exit(2);
}

const world = new World(options.bin, [], 'bridge-faults');
const user = keyring().addFromUri('//BridgeUser');
const guardian = keyring().addFromUri('//Alice');
/** How long nothing may happen, for that to count as nothing: several times what everything takes when all is well. */
const LONG = 25_000;

const log = (text) => console.log(`    ${text}`);

/** A deposit and a withdrawal that begin now, each of an amount that no other has. */
let crossings = 0n;
async function cross() {
  crossings += 1n;
  const amount = { in: 10n * ASSETS.USDC.unit + crossings, out: UNIT + crossings };
  const before = await world.has(user.address, 'USDC');
  const deposit = await world.deposit('USDC', amount.in, user.address);
  const to = Wallet.createRandom().address;
  await world.withdraw(user, 'GPU', to, amount.out);
  return { amount, before, deposit, to };
}

/** Waits until both have arrived, in full and once, and gives how long that took. */
async function complete({ amount, before, deposit, to }, timeoutMs = 120_000) {
  const start = Date.now();
  await world.untilCredited(deposit.nonce, timeoutMs);
  await world.untilPaid(to, 'GPU', amount.out, timeoutMs);
  await world.untilSettled(timeoutMs);
  const got = (await world.has(user.address, 'USDC')) - before;
  if (got !== amount.in) throw new Error(`${amountOf('USDC', amount.in)} were deposited, and ${amountOf('USDC', got)} credited`);
  return ((Date.now() - start) / 1_000).toFixed(1);
}

/** That neither arrives, for as long as both would take many times over. */
async function nothing({ deposit, to }, { deposits = true, withdrawals = true } = {}) {
  const end = Date.now() + LONG;
  while (Date.now() < end) {
    if (deposits && (await (await world.view({ final: false })).isClaimed(deposit.nonce))) throw new Error(`deposit ${deposit.nonce} was credited`);
    if (withdrawals && (await world.hasOnEvm(to, 'GPU')) > 0n) throw new Error(`${to} was paid`);
    await sleep(500);
  }
}

/** Votes on headers in final blocks from `first` on: heights by validator. */
async function votesSince(first) {
  const names = new Map(world.network.validatorNames().map((name) => [keyring().addFromUri(`//${name[0].toUpperCase()}${name.slice(1)}`).address, name]));
  const votes = Object.fromEntries([...names.values()].map((name) => [name, []]));
  for (const { method, data } of await world.events(first)) {
    if (method === 'HeaderVoted') votes[names.get(data.validator.toString())].push({ number: data.number.toNumber(), hash: data.blockHash.toHex() });
  }
  return votes;
}

const counted = (votes) => Object.entries(votes).map(([name, all]) => `${name} ${all.length}`).join(', ');

const rpcsOf = (name, change) => Promise.all(world.nodes.get(name).map(change));

async function oneNode() {
  await world.processes.stop('dave', 'SIGKILL');
  log('dave is off');
  log(`deposit and withdrawal took ${await complete(await cross())} s without it`);
  await world.network.startNode('dave');
}

async function oneRpc() {
  const first = await world.head();
  await rpcsOf('dave', (node) => node.stop());
  log(`dave's nodes are down: deposit and withdrawal took ${await complete(await cross())} s`);
  const votes = await votesSince(first + 5);
  log(`votes: ${counted(votes)}`);
  if (votes.dave.length > 0) throw new Error('dave voted without a node to ask');
  await rpcsOf('dave', (node) => node.start());
}

async function twoNodes() {
  await world.processes.stop('charlie', 'SIGKILL');
  await world.processes.stop('dave', 'SIGKILL');
  const final = await world.network.finalised('alice');
  log(`charlie and dave are off; block ${final.number} is final`);
  const crossing = await cross();
  await nothing(crossing);
  log(`for ${LONG / 1e3} s: not credited, not paid; final is block ${(await world.network.finalised('alice')).number}`);
  await world.network.startNode('dave');
  log(`dave is back: both complete after ${await complete(crossing, 240_000)} s`);
  await world.network.startNode('charlie');
}

async function twoRpcs() {
  for (const name of ['charlie', 'dave']) await rpcsOf(name, (node) => node.stop());
  const before = (await world.chain()).headers.newest;
  const crossing = await cross();
  // Validators sign what leaves by what this chain recorded: they need nobody's word for it.
  await world.untilPaid(crossing.to, 'GPU', crossing.amount.out);
  log('the withdrawal is paid');
  await nothing(crossing, { withdrawals: false });
  const open = await (await world.view()).outbox();
  const { newest } = (await world.chain()).headers;
  log(`for ${LONG / 1e3} s: the deposit is not credited, ${open.length} item not proven; the newest header was ${before} and is ${newest}`);
  if (open.length === 0) throw new Error('the payment was proven without new headers');
  // Deeper than one proof reaches: relayers prove headers downwards then.
  await world.until('the EVM chain is far ahead', async () => (await world.anvil.number('finalized')) > crossing.deposit.block + 90);
  const first = await world.head();
  await rpcsOf('charlie', (node) => node.start());
  log(`charlie's are back, ${(await world.anvil.number()) - newest} blocks later: all complete after ${await complete(crossing)} s`);
  await waitForFinality();
  const proven = (await world.events(first)).filter(({ method }) => method === 'HeaderProven').map(({ data }) => data.number.toNumber());
  log(`headers proven downwards: ${proven.join(', ')}`);
  if (proven.length === 0) throw new Error('no header had to be proven, so this shows less than it should');
  await rpcsOf('dave', (node) => node.start());
}

async function lying() {
  let first = await world.head();
  const [one, other] = world.nodes.get('dave');
  one.way = lyingFrom(1);
  log(`one of dave's nodes lies: deposit and withdrawal took ${await complete(await cross())} s`);
  let votes = await votesSince(first + 5);
  log(`votes: ${counted(votes)}`);
  if (votes.dave.length > 0) throw new Error('dave voted although its nodes disagree');
  // They agree on a chain that leaves the true one above what is accepted: below it the validator would notice.
  one.way = HONEST;
  await world.until('dave votes again', async () => (await votesSince(first)).dave.length > 0);
  for (const node of [one, other]) node.way = lyingFrom((await world.chain()).headers.newest + ALIGNMENT + 1);
  first = await world.head();
  log(`both lie, and agree: deposit and withdrawal took ${await complete(await cross())} s`);
  votes = await votesSince(first);
  const honest = new Map(votes.alice.map(({ number, hash }) => [number, hash]));
  const wrong = votes.dave.filter(({ number, hash }) => honest.has(number) && honest.get(number) !== hash);
  log(`votes: ${counted(votes)}; ${wrong.length} of dave's for a block that never was, none after it: it sees that its chain is another`);
  if (wrong.length === 0) throw new Error('dave was not deceived, so this shows nothing');
  const { headers } = await world.chain();
  const accepted = await (await world.view({ final: false })).header(headers.newest);
  const { hash } = await world.provider.getBlock(headers.newest);
  if (accepted.hash !== hash) throw new Error(`block ${headers.newest} was accepted as ${accepted.hash}, and is ${hash}`);
  log(`accepted is what is: block ${headers.newest}, ${hash}`);
  for (const node of [one, other]) node.way = HONEST;
}

async function silent() {
  const first = await world.head();
  const [one] = world.nodes.get('dave');
  one.way = SILENT;
  log(`one of dave's nodes never answers: deposit and withdrawal took ${await complete(await cross())} s`);
  const votes = await votesSince(first + 5);
  log(`votes: ${counted(votes)}`);
  if (votes.dave.length > 0) throw new Error('dave voted without an answer of each node');
  one.way = HONEST;
}

async function omitted() {
  const [one] = world.nodes.get('relayer');
  one.way = OMITTING;
  // It asks the first again after a restart.
  await world.killAndRestart('relayer');
  log(`the relayer's first node leaves logs out: deposit and withdrawal took ${await complete(await cross())} s`);
  log(await said('its logs are not whole'));
  one.way = HONEST;
}

async function relayers() {
  world.startRelayer('relayer-2');
  const first = await world.head();
  const all = [];
  for (let i = 0; i < 3; i++) all.push(await cross());
  const start = Date.now();
  for (const { deposit } of all) await world.untilCredited(deposit.nonce);
  for (const { to, amount } of all) await world.untilPaid(to, 'GPU', amount.out);
  await world.untilSettled();
  const expected = all.reduce((sum, { amount }) => sum + amount.in, 0n);
  const got = (await world.has(user.address, 'USDC')) - all[0].before;
  if (got !== expected) throw new Error(`${expected} were deposited and ${got} credited`);
  await waitForFinality();
  const paid = (await world.events(first)).filter(({ method }) => method === 'RelayerPaid').map(({ data }) => data.relayer.toString());
  log(`three deposits and withdrawals in ${((Date.now() - start) / 1e3).toFixed(1)} s; fees went to ${new Set(paid).size} of two relayers, ${paid.length} in all`);
  await world.processes.stop('relayer-2');
}

/** The relayer's newest line that has this in it, without its time. */
async function said(text, name = 'relayer', timeoutMs = 60_000) {
  return world.until(`the relayer says "${text}"`, () => {
    const line = readFileSync(world.processes.log(name), 'utf8').split('\n').findLast((one) => one.includes(text));
    return line?.replace(/^\S+ /, '');
  }, timeoutMs);
}

async function loss() {
  await world.processes.stop('relayer');
  // A coin of the EVM chain is worth more than all fees together.
  world.startRelayer('relayer', ['--coin-price', '1000000000']);
  const crossing = await cross();
  log(await said('--at-a-loss would carry it'));
  await nothing(crossing, { deposits: false });
  log(`for ${LONG / 1e3} s: not paid`);
  await world.processes.stop('relayer');
  world.startRelayer('relayer', ['--coin-price', '1000000000', '--at-a-loss']);
  log(`--at-a-loss: complete after ${await complete(crossing)} s`);
  await world.processes.stop('relayer');
  world.startRelayer();
}

async function delayed() {
  const amount = 10_001n * ASSETS.USDC.unit;
  const before = await world.has(user.address, 'USDC');
  await world.giveUsdc(amount);
  const { nonce } = await world.deposit('USDC', amount, user.address);
  await world.untilCredited(nonce);
  const [waiting] = await (await world.view({ final: false })).suspended();
  if (waiting?.reason !== 'Delayed') throw new Error(`the deposit is not delayed: ${waiting?.reason}`);
  log(`a deposit of ${amountOf('USDC', amount)} waits until block ${waiting.readyAt}`);
  await world.until('it is credited', async () => (await world.has(user.address, 'USDC')) === before + amount);
  if ((await world.head()) < waiting.readyAt) throw new Error('it was credited too early');
  log(`${await said('retry of')}`);
  const to = Wallet.createRandom().address;
  const { id } = await world.withdraw(user, 'USDC', to, amount);
  await world.untilPaid(to, 'USDC', amount);
  log(`${await said(`release of withdrawal ${id}`)}; it is paid`);
}

/** The newest event of that name which the gateway logged for a recipient. */
function gatewaySaid(name, to) {
  return world.until(`the gateway says ${name} of ${to}`, async () => {
    const gateway = world.gatewayOf('user');
    return (await gateway.queryFilter(gateway.filters[name](null, null, null, to))).at(-1);
  });
}

async function held() {
  const amount = HELD.above * ASSETS.USDC.unit + 1n;
  await world.giveUsdc(amount);
  const { nonce } = await world.deposit('USDC', amount, user.address);
  await world.untilCredited(nonce);
  await world.until('it is credited', async () => (await (await world.view({ final: false })).suspended()).length === 0);
  const to = Wallet.createRandom().address;
  await world.withdraw(user, 'USDC', to, amount);
  const { args } = await gatewaySaid('TransferHeld', to);
  await world.untilSettled();
  log(`the gateway holds ${amountOf('USDC', amount)} of batch ${args.nonce}; here everything is proven`);
  await world.untilPaid(to, 'USDC', amount);
  const { timestamp } = await (await gatewaySaid('TransferReleased', to)).getBlock();
  if (BigInt(timestamp) < args.releaseAt) throw new Error('it was released too early');
  log(`${await said('by releaseHeld')}, ${BigInt(timestamp) - args.releaseAt} s after it could be`);

  const usdc = new Contract(world.tokens.USDC, ['function blacklist(address, bool)'], world.evmWallet('user'));
  const refused = Wallet.createRandom().address;
  const little = 5n * ASSETS.USDC.unit;
  await world.giveUsdc(little);
  await world.untilCredited((await world.deposit('USDC', little, user.address)).nonce);
  await world.transact('blacklisting', () => usdc.blacklist(refused, true));
  await world.withdraw(user, 'USDC', refused, little);
  await gatewaySaid('TransferOwed', refused);
  await world.untilSettled();
  log(await said('would refuse claimOwed'));
  await world.transact('taking off the list', () => usdc.blacklist(refused, false));
  await world.untilPaid(refused, 'USDC', little);
  log(await said('by claimOwed'));
}

async function expired() {
  await setParameters(world.api, guardian, { Bridge: { ItemLifetime: 20 } });
  await world.processes.stop('relayer');
  const before = await world.has(user.address, 'GPU');
  const to = Wallet.createRandom().address;
  const amount = 3n * UNIT;
  await world.withdraw(user, 'GPU', to, amount);
  const item = await world.until('it is in a batch', async () => (await (await world.view()).outbox())[0]);
  log(`batch ${item.nonce} is to be carried within 20 s, and there is no relayer`);
  await world.until('its time is over', async () => BigInt((await world.provider.getBlock('latest')).timestamp) > item.deadline);
  await setParameters(world.api, guardian, { Bridge: { ItemLifetime: 86_400 } });
  world.startRelayer();
  log(await said('by cancelBatch'));
  await world.untilSettled();
  const [paid, back] = [await world.hasOnEvm(to, 'GPU'), before - (await world.has(user.address, 'GPU'))];
  if (paid !== 0n) throw new Error('it was paid after all');
  // Gone are the relayer's fee and that of the transaction.
  if (back >= amount) throw new Error(`${back} of ${amount} plancks did not come back`);
  log(`cancelled there, and refunded here but for the fees, ${amountOf('GPU', back)}`);
}

async function messages() {
  const { artifact } = await import('../../contracts/scripts/lib.mjs');
  const { abi, bytecode } = artifact('Inbox', 'Receivers.sol');
  const contract = await new ContractFactory(abi, bytecode.object, world.evmWallet('user')).deploy(world.deployment.gateway);
  await contract.waitForDeployment();
  const first = await world.head();
  const nobody = Wallet.createRandom().address;
  for (const target of [await contract.getAddress(), nobody]) {
    await submit(world.api, user, world.api.tx.evmBridge.sendMessage(world.evmId, target, 200_000, '0x68656c6c6f'), { what: 'send_message' });
  }
  const word = await accountWord(world.api, user.address);
  const receipt = await world.transact('sending a message', () => world.gatewayOf('user').sendMessage(word, '0x776f726c64'));
  const { nonce } = receipt.logs.map((one) => GATEWAY.parseLog(one)).find((one) => one?.name === 'MessageSent').args;
  await world.untilCredited(nonce);
  await world.untilSettled();
  await waitForFinality();
  const events = await world.events(first);
  const delivered = events.filter(({ method }) => method === 'MessageDelivered').map(({ data }) => data.delivered.isTrue);
  const received = events.filter(({ method }) => method === 'MessageReceived').map(({ data }) => data.payload.toUtf8());
  log(`to the EVM chain: ${delivered.map((one) => (one ? 'delivered' : 'refused')).join(', ')}; to gpu-chain: ${received.join()}`);
  if (delivered.join() !== 'true,false' || received.join() !== 'world') throw new Error('messages are not as they were sent');
}

const waitForFinality = async () => {
  const best = await world.head();
  await world.until('that is final', async () => (await world.view()).block >= best);
};

/** Kills somebody at three moments of a deposit and a withdrawal each, further along every time. */
async function kills(who) {
  for (const delay of [1_000, 6_000, 11_000]) {
    const crossing = await cross();
    await sleep(delay);
    const view = await world.view({ final: false });
    const state = [
      (await view.isClaimed(crossing.deposit.nonce)) ? 'credited' : 'not credited',
      (await world.hasOnEvm(crossing.to, 'GPU')) > 0n ? 'paid' : 'not paid',
      `${(await view.outbox()).length} open`,
    ];
    const lost = await world.killAndRestart(who);
    if (lost.length > 0) state.push(`blocks ${lost.join(', ')} lost`);
    log(`kill -9 ${who} after ${delay / 1e3} s (${state.join(', ')}): complete ${await complete(crossing, 180_000)} s later`);
  }
}

async function reorgAbove() {
  const before = await world.has(user.address, 'USDC');
  const amount = 7n * ASSETS.USDC.unit;
  const lost = await world.deposit('USDC', amount, user.address);
  await reorganise(world.anvil, 2);
  const inbound = await world.gatewayOf('user').inboundNonce();
  if (inbound >= lost.nonce) throw new Error(`the deposit ${lost.nonce} is still there, so this shows nothing`);
  log(`deposit ${lost.nonce} of block ${lost.block} is gone: the gateway has counted to ${inbound}`);
  await world.until('headers above it are accepted', async () => (await world.chain()).headers.newest >= lost.block + 4);
  await sleep(5_000);
  if (await (await world.view({ final: false })).isClaimed(lost.nonce)) throw new Error('what never happened was credited');
  log(`headers up to ${(await world.chain()).headers.newest} are accepted, and nothing was credited`);
  const again = await world.deposit('USDC', amount, user.address);
  if (again.nonce !== lost.nonce) throw new Error(`the repetition has number ${again.nonce}`);
  await world.untilCredited(again.nonce);
  const got = (await world.has(user.address, 'USDC')) - before;
  if (got !== amount) throw new Error(`${amountOf('USDC', got)} were credited`);
  log(`deposited again, with the same number: credited once`);
}

async function reorgBelow() {
  const before = await world.has(user.address, 'USDC');
  const amount = 9n * ASSETS.USDC.unit;
  const deposit = await world.deposit('USDC', amount, user.address);
  await world.untilCredited(deposit.nonce);
  const accepted = (await world.chain()).headers.newest;
  const depth = (await world.anvil.number()) - deposit.block + 2;
  await reorganise(world.anvil, depth);
  const inbound = await world.gatewayOf('user').inboundNonce();
  if (inbound >= deposit.nonce) throw new Error(`the deposit ${deposit.nonce} is still there, so this shows nothing`);
  log(`deposit ${deposit.nonce} of block ${deposit.block} was credited; ${depth} blocks are gone, and it with them; header ${accepted} was accepted`);
  const first = await world.head();
  log(await said('STOPPED'));
  // The gateway gives the number to another deposit now.
  await world.deposit('USDC', amount, user.address);
  await sleep(LONG);
  await waitForFinality();
  const { newest } = (await world.chain()).headers;
  const votes = await votesSince(first + 5);
  log(`for ${LONG / 1e3} s: the newest header is ${newest}; votes: ${counted(votes)}`);
  if (newest > accepted + 4) throw new Error('validators attested a chain that lost what they had attested');
  const got = (await world.has(user.address, 'USDC')) - before;
  if (got !== amount) throw new Error(`${amountOf('USDC', got)} were credited, not ${amountOf('USDC', amount)} once`);
  const offences = (await world.events(first)).filter(({ method }) => method === 'OffenceReported');
  if (offences.length > 0) throw new Error('honest validators were reported');
  const { events } = await submit(world.api, guardian, world.api.tx.evmBridge.pause(world.evmId), { what: 'pause' });
  eventOf(events, 'evmBridge', 'ChainPaused');
  const refused = await world.withdraw(user, 'GPU', Wallet.createRandom().address, UNIT).then(() => null, (error) => error.message);
  if (!refused?.includes('ChainPaused')) throw new Error(`a withdrawal while it is paused: ${refused ?? 'accepted'}`);
  log(`credited once; a guardian has paused the bridge, and a withdrawal is refused: ${refused.split(': ')[1]}`);
}

async function main() {
  world.where();
  // Sessions of ten minutes: none ends while a validator is off.
  await world.build({ slotMs: Number(options['slot-ms']), epochSlots: 1_200 }, [[user.address, 1_000n * UNIT]]);
  const first = await world.head();
  const issued = { ETH: await world.supply('ETH'), USDC: await world.supply('USDC') };
  await world.doing('start a relayer', async () => world.startRelayer());
  await world.giveUsdc(10_000n * ASSETS.USDC.unit);
  await world.doing('all is well', async () => log(`deposit and withdrawal took ${await complete(await cross())} s`));
  const times = [];
  for (const name of wanted) {
    const start = Date.now();
    await world.doing(name, SCENARIOS[name]);
    // The last one takes from the EVM chain what was counted here.
    if (name !== 'reorg-below') {
      await world.untilSettled();
      await waitForFinality();
      const { credited, settled } = await world.checkOnce(first);
      await world.checkBooks(issued);
      log(`ok: ${credited.length} deposits and ${settled.length} items so far, each once; the books add up`);
    }
    times.push(`${name}=${Math.round((Date.now() - start) / 1_000)}s`);
  }
  return `bridge-faults: ok ${times.join(' ')}`;
}

await world.tell(main, options.keep);
