// Two chains with a bridge between them, of real parts: an anvil with the contracts, four validators, each with two nodes of the EVM
// chain to ask, relayers, people with money. What the bridge's demo, fault tests and figures share.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Contract, HDNodeWallet, JsonRpcProvider } from '../../../contracts/ethers.mjs';
import { connect, keyring, rpc, setParameters, submit, sudo, UNIT, waitFor } from '../lib.mjs';
import { Network } from '../network.mjs';
import { Stage } from '../stage.mjs';
import { Anvil, Node } from './anvil.mjs';
import { accountWord, View } from './chain.mjs';
import { GATEWAY, GPU_TOKEN } from './evm.mjs';

const RELAYER = fileURLToPath(new URL('../relayer.mjs', import.meta.url));
/** The phrase that every anvil has its accounts of. */
const PHRASE = 'test test test test test test test test test test test junk';
/** Which of them is whose; the first deploys. */
const EVM_ACCOUNTS = { deployer: 0, user: 1, relayer: 2, 'relayer-2': 3 };
/** The chain's validators. */
const VALIDATORS = 4;
/** Only headers of these heights are voted on. */
export const ALIGNMENT = 4;

/** Assets that cross: the chain's name for each, and the part of it that is 1. */
export const ASSETS = {
  ETH: { asset: { WithId: 1 }, id: 1, kind: 'Minted', unit: 10n ** 18n },
  USDC: { asset: { WithId: 2 }, id: 2, kind: 'Minted', unit: 10n ** 6n },
  GPU: { asset: 'Native', id: null, kind: 'Locked', unit: UNIT },
};

/** The bridge's periods, for a chain that is watched: seconds where the real ones are minutes and days. */
const PERIODS = {
  WorkerPeriod: 1, SigningDelay: 4, BatchInterval: 2, ResumeDelay: 0,
  // Sessions of seconds are too short to tell who is idle from who is slow.
  MinHeadersForReport: 4_294_967_295,
};
/** What relayers are paid. */
const FEES = { withdrawal: 2n * UNIT, message: 2n * UNIT, gas: 10n ** 13n, maxGas: 1_000_000, rotation: 5n * UNIT };

/** Above so many USDC the gateway holds a withdrawal, and how long, s: twice as many as here, so that each side can be seen alone. */
export const HELD = { above: 20_000n, delay: 20 };

const limitsOf = (unit) => ({
  min: unit / 1_000n, max: 100_000n * unit, capacity: 100_000n * unit, refill: unit, delayAbove: 10_000n * unit, delay: 10,
});

/** An amount in words: as many decimals as it takes. */
export function amountOf(symbol, amount) {
  const { unit } = ASSETS[symbol];
  const decimals = unit.toString().length - 1;
  const rest = (amount % unit).toString().padStart(decimals, '0').replace(/0+$/, '');
  return `${amount / unit}${rest && `.${rest}`} ${symbol}`;
}

export class World extends Stage {
  constructor(bin, kills, name) {
    super(bin, kills, name);
    const keys = keyring();
    this.sudoer = keys.addFromUri('//Alice');
    this.nodes = new Map();
    this.node = null;
  }

  /** The private key of one of anvil's accounts. */
  evmKey(who) {
    return HDNodeWallet.fromPhrase(PHRASE, undefined, `m/44'/60'/0'/0/${EVM_ACCOUNTS[who]}`).privateKey;
  }

  evmWallet(who) {
    return HDNodeWallet.fromPhrase(PHRASE, undefined, `m/44'/60'/0'/0/${EVM_ACCOUNTS[who]}`).connect(this.provider);
  }

  // ── Both chains ────────────────────────────────────────────────────────────────────────────────────────────────────

  async startEvm() {
    this.anvil = new Anvil(this.processes, { state: join(this.folder, 'anvil.json') });
    await this.anvil.start();
    this.evmId = this.anvil.chainId;
    this.provider = new JsonRpcProvider(this.anvil.url, this.evmId, { staticNetwork: true, cacheTimeout: -1, pollingInterval: 100 });
  }

  /** Starts four validators; a slot is half as long as a block of theirs takes. */
  async startNetwork({ slotMs = 500, epochSlots = 1_200 } = {}) {
    const folder = join(this.folder, 'network');
    mkdirSync(folder, { recursive: true });
    this.network = new Network(this.processes, this.bin, folder, { validators: VALIDATORS, slotMs, epochSlots });
    await this.network.startValidators();
    const [first] = this.network.validatorNames();
    const { port } = this.network.nodes.get(first);
    this.node = { ws: `ws://127.0.0.1:${port}` };
    this.api = await connect(this.node.ws);
    await waitFor('blocks are final', async () => (await this.network.finalised(first)).number > 1, { timeoutMs: 120_000 });
  }

  /** Deploys the contracts, with the running validators as the gateway's first set. */
  async deploy() {
    const { deploy, readConfig } = await import('../../../contracts/scripts/deploy.mjs');
    const running = await this.view().then((view) => view.runningSet());
    const config = readConfig();
    config.set = { id: 1, lifetime: 30 * 86_400, validators: running.members.map(({ address }) => ({ address, power: 1 })) };
    const { limits } = config.assets.find(({ symbol }) => symbol === 'USDC');
    Object.assign(limits, { delayThreshold: String(HELD.above * ASSETS.USDC.unit), delay: HELD.delay });
    this.deployment = await deploy(await this.provider.getSigner(0), config);
    if (this.deployment.members !== running.hash) throw new Error(`the gateway has the members ${this.deployment.members}, the chain ${running.hash}`);
    this.tokens = Object.fromEntries(this.deployment.assets.map(({ symbol, token }) => [symbol, token]));
    return { running, deployment: this.deployment };
  }

  /** Registers the chain, its routes and fees, and lets things cross: government's part. */
  async registerBridge({ running, deployment }, people = []) {
    const { tx } = this.api;
    await setParameters(this.api, this.sudoer, { Bridge: PERIODS });
    const chain = { genesis: deployment.genesis, gateway: deployment.gateway, finality: 'Finalized', alignment: ALIGNMENT };
    const routes = Object.entries(ASSETS).map(([symbol, { asset, kind, unit }]) => tx.evmBridge.setRoute(this.evmId, this.tokens[symbol], {
      asset, kind, cap: 1_000_000n * unit, inbound: limitsOf(unit), outbound: limitsOf(unit),
    }));
    await sudo(this.api, this.sudoer, [
      tx.evmBridge.registerChain(this.evmId, chain, running.setId, deployment.setId, deployment.activeUntil),
      ...routes,
      tx.evmBridge.setFees(this.evmId, FEES),
      tx.evmBridge.setGuardians([this.sudoer.address]),
      tx.evmBridge.resume(this.evmId),
    ], 'registering the bridge');
    const relayers = ['//Relayer', '//Relayer2'].map((suri) => keyring().addFromUri(suri).address);
    const funded = [...relayers.map((who) => [who, 20n * UNIT]), ...people];
    const calls = funded.map(([who, amount]) => tx.balances.transferKeepAlive(who, amount));
    await submit(this.api, this.sudoer, tx.utility.batchAll(calls), { what: 'giving people money' });
  }

  /** Gives each validator two nodes of the EVM chain to ask, and the relayers two. */
  async tellEndpoints() {
    const key = Buffer.concat([Buffer.from('gpu-chain/evm-bridge/endpoints/'), Buffer.alloc(8)]);
    key.writeBigUInt64LE(BigInt(this.evmId), key.length - 8);
    for (const name of [...this.network.validatorNames(), 'relayer']) {
      const nodes = [await new Node(this.anvil).start(), await new Node(this.anvil).start()];
      this.nodes.set(name, nodes);
      if (name === 'relayer') continue;
      const urls = Buffer.from(nodes.map(({ url }) => url).join('\n'));
      await this.network.call(name, 'offchain_localStorageSet', ['PERSISTENT', `0x${key.toString('hex')}`, `0x${urls.toString('hex')}`]);
    }
  }

  /** Everything, from nothing until the first header is accepted. Gives its height. */
  async build(chain, people) {
    await this.doing('start an EVM chain (anvil): a block each second, final after four', () => this.startEvm());
    await this.doing('start a network of four validators', () => this.startNetwork(chain));
    const deployed = await this.doing('deploy the contracts, with these validators as their set', async () => {
      const deployed = await this.deploy();
      console.log(`    gateway ${deployed.deployment.gateway}, USDC ${this.tokens.USDC}, GPU ${this.tokens.GPU}`);
      return deployed;
    });
    await this.doing('register the chain, its assets, limits and fees, and resume (sudo: government\'s part)', () => this.registerBridge(deployed, people));
    return this.doing('give each validator two nodes of the EVM chain to ask; they attest the first header', async () => {
      await this.tellEndpoints();
      const { newest } = await waitFor('a header is accepted', async () => (await this.chain()).headers, { timeoutMs: 60_000 });
      console.log(`    block ${newest} of the EVM chain is accepted`);
      return newest;
    });
  }

  /** Starts a relayer; its log is that of a process of its name. */
  startRelayer(name = 'relayer', args = []) {
    const urls = this.nodes.get('relayer').flatMap(({ url }) => ['--evm', url]);
    const suri = name === 'relayer' ? '//Relayer' : '//Relayer2';
    this.processes.start(name, process.execPath, [
      RELAYER, '--chain', this.node.ws, ...urls, '--poll', '1', '--timeout', '3', '--stuck-after', '20', '--retry-after', '5',
      '--cache', join(this.folder, `${name}.cache`), ...args,
    ], { RELAYER_SURI: suri, RELAYER_EVM_KEY: this.evmKey(name) });
  }

  /** Gives the blocks of the EVM chain that were lost with it. */
  async killAndRestart(who) {
    let lost = [];
    if (who === 'anvil') lost = await this.anvil.kill();
    else await this.processes.stop(who, 'SIGKILL');
    if (who === 'anvil') await this.anvil.start();
    else if (who.startsWith('relayer')) this.startRelayer(who);
    else {
      await this.network.startNode(who);
      await this.untilConnected();
    }
    return lost;
  }

  view(options) {
    return View.of(this.api, this.evmId, options);
  }

  /** What gpu-chain says of the bridge, in its newest block. */
  async chain() {
    return (await this.view({ final: false })).chain();
  }

  /** Waits for something on either chain; ends early if a process that should run has ended. */
  until(what, probe, timeoutMs = 120_000) {
    return waitFor(what, async () => {
      for (const name of this.watched ?? []) this.processes.check(name);
      return probe();
    }, { timeoutMs, everyMs: 250 });
  }

  /** What an account has of an asset on gpu-chain, and has not on hold. */
  async has(address, symbol) {
    const { id } = ASSETS[symbol];
    if (id === null) return (await this.api.query.system.account(address)).data.free.toBigInt();
    const account = await this.api.query.assets.account(id, address);
    return account.isSome ? account.unwrap().balance.toBigInt() : 0n;
  }

  /** How much of an asset there is on gpu-chain. */
  async supply(symbol) {
    return (await this.api.query.assets.asset(ASSETS[symbol].id)).unwrap().supply.toBigInt();
  }

  // ── On the EVM chain ───────────────────────────────────────────────────────────────────────────────────────────────

  gatewayOf(who) {
    return new Contract(this.deployment.gateway, GATEWAY, this.evmWallet(who));
  }

  token(symbol, who = 'user') {
    // The GPU token's calls are those of every ERC-20, and it mints as the test's USDC does.
    return new Contract(this.tokens[symbol], GPU_TOKEN, this.evmWallet(who));
  }

  /** Sends a transaction and waits until it is in a block; again, if the chain lost it. */
  async transact(what, send) {
    let sent;
    return waitFor(what, async () => {
      let receipt = sent && (await this.provider.getTransactionReceipt(sent.hash));
      if (!receipt) {
        sent = await send();
        receipt = await sent.wait(1, 15_000);
      }
      if (receipt?.status !== 1) throw new Error(`${what} was refused`);
      return receipt;
    }, { timeoutMs: 60_000, everyMs: 500 });
  }

  /** Makes test USDC for the user. */
  giveUsdc(amount) {
    return this.transact('making USDC', () => this.token('USDC').mint(this.evmWallet('user').address, amount));
  }

  /** Deposits by the user: gives the gateway's number for it and the block. */
  async deposit(symbol, amount, to) {
    const word = await accountWord(this.api, to);
    const gateway = this.gatewayOf('user');
    if (symbol !== 'ETH') await this.transact(`approving ${symbol}`, () => this.token(symbol).approve(this.deployment.gateway, amount));
    const receipt = await this.transact(`depositing ${symbol}`, () =>
      symbol === 'ETH' ? gateway.depositNative(word, { value: amount }) : gateway.deposit(this.tokens[symbol], amount, word));
    const event = receipt.logs.map((log) => GATEWAY.parseLog(log)).find((log) => log?.name === 'Deposit');
    return { nonce: event.args.nonce, block: receipt.blockNumber, gas: Number(receipt.gasUsed) };
  }

  async hasOnEvm(address, symbol) {
    return symbol === 'ETH' ? this.provider.getBalance(address) : this.token(symbol).balanceOf(address);
  }

  // ── Across ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  untilCredited(nonce, timeoutMs) {
    return this.until(`deposit ${nonce} is credited`, async () => (await this.view({ final: false })).isClaimed(nonce), timeoutMs);
  }

  async withdraw(signer, symbol, to, amount) {
    const call = this.api.tx.evmBridge.withdraw(this.evmId, ASSETS[symbol].asset, to, amount);
    const { events, block } = await submit(this.api, signer, call, { what: `withdraw ${symbol}` });
    const { id } = events.find(({ section, method }) => section === 'evmBridge' && method === 'WithdrawalRequested').data;
    return { id: id.toBigInt(), block };
  }

  /** Waits until an address has as much as it should have, and never more. */
  async untilPaid(address, symbol, amount, timeoutMs) {
    await this.until(`${address} has ${amountOf(symbol, amount)}`, async () => {
      const has = await this.hasOnEvm(address, symbol);
      if (has > amount) throw Object.assign(new Error(`${address} has ${amountOf(symbol, has)}, more than ${amountOf(symbol, amount)}`), { final: true });
      return has === amount;
    }, timeoutMs);
  }

  /** Waits until nothing that left is open any more. */
  untilSettled(timeoutMs) {
    return this.until('everything that left is proven', async () => {
      const view = await this.view({ final: false });
      return (await view.outbox()).length === 0 && (await view.withdrawals()).length === 0;
    }, timeoutMs);
  }

  /** Gives a validator new session keys, made by its node. They count from the next session but one on. */
  async rotateKeys(name) {
    const signer = keyring().addFromUri(`//${name[0].toUpperCase()}${name.slice(1)}`);
    const owner = `0x${Buffer.from(signer.publicKey).toString('hex')}`;
    const { keys, proof } = await rpc(this.network.nodes.get(name).port, 'author_rotateKeysWithOwner', [owner]);
    await submit(this.api, signer, this.api.tx.session.setKeys(keys, proof ?? '0x'), { what: 'set_keys' });
  }

  /** The bridge's events in the final blocks from `first` on: `{ block, method, data }`. */
  async events(first) {
    this.read ??= new Map();
    const last = (await this.view()).block;
    for (let block = first; block <= last; block++) {
      if (this.read.has(block)) continue;
      const at = await this.api.at(await this.api.rpc.chain.getBlockHash(block));
      const all = await at.query.system.events();
      this.read.set(block, all.map(({ event }) => event).filter(({ section }) => section === 'evmBridge').map(({ method, data }) => ({ block, method, data })));
    }
    return [...this.read].filter(([block]) => block >= first).sort(([a], [b]) => a - b).flatMap(([, events]) => events);
  }

  /** That nothing was credited or carried out more than once, and what was: numbers of deposits and of items. */
  async checkOnce(first) {
    const events = await this.events(first);
    const numbers = (...methods) => events
      .filter(({ method, data }) => methods.includes(method) && !data.key?.isRefund)
      .map(({ data }) => Number((data.nonce ?? data.key.asDeposit).toString()));
    const credited = numbers('DepositCredited', 'CreditRetried');
    const settled = numbers('BatchExecuted', 'MessageDelivered', 'ItemCancelled');
    for (const [what, all] of [['deposit', credited], ['item', settled]]) {
      const twice = all.find((one, i) => all.indexOf(one) !== i);
      if (twice !== undefined) throw new Error(`${what} ${twice} was settled twice`);
    }
    return { credited, settled };
  }

  /** Everything that must be so whenever nothing is under way: what left and what came add up on both sides. */
  async checkBooks(before = {}) {
    const view = await this.view({ final: false });
    const gateway = this.gatewayOf('user');
    const facts = [];
    for (const symbol of ['ETH', 'USDC']) {
      const [across, { locked }, supply] = [await view.across(this.tokens[symbol].toLowerCase()), await gateway.asset(this.tokens[symbol]), await this.supply(symbol)];
      const minted = supply - (before[symbol] ?? 0n);
      if (across !== minted || across > locked) {
        throw new Error(`${symbol}: minted ${minted}, across ${across}, locked at the gateway ${locked}`);
      }
      facts.push(`${amountOf(symbol, across)} across, ${amountOf(symbol, locked)} at the gateway`);
    }
    const [across, supply] = [await view.across(this.tokens.GPU.toLowerCase()), await this.token('GPU').totalSupply()];
    if (supply > across) throw new Error(`GPU: ${supply} exist as a token and ${across} are locked`);
    facts.push(`${amountOf('GPU', across)} locked, ${amountOf('GPU', supply)} as a token`);
    return facts;
  }

  /** Says where everything is, for whoever wants to look at it. */
  where() {
    console.log(`    logs in ${join(this.folder, 'logs')}`);
  }
}
