// What a relayer does with transactions and nodes, on a real node with the real contracts; gpu-chain is played. Needs the contracts built.

import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ContractFactory, SigningKey, TypedDataEncoder, Wallet, id } from '../../../../contracts/ethers.mjs';
import { deploy, devValidators, readConfig } from '../../../../contracts/scripts/deploy.mjs';
import { artifact, startAnvil, types } from '../../../../contracts/scripts/lib.mjs';
import { GATEWAY } from '../evm.mjs';
import { Forked, Relayer } from '../relay.mjs';

/** The second account of the phrase that every anvil knows, and one that has nothing. */
const [KEY, POOR] = ['0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d', id('nobody')];
const VALIDATORS = devValidators(4);
const MEMBERS = VALIDATORS.map(({ address }) => ({ address, power: 1n }));
const COIN = `0x${'0'.repeat(40)}`;
const GPU = 10n ** 18n;
/** Above so many wei the gateway holds a transfer, and how long, s. */
const [THRESHOLD, DELAY] = [100n, 3_600];

let anvil;
let deployment;
let said;
let nonce = 0n;

before(async () => {
  anvil = await startAnvil(['--order', 'fifo']);
  const config = readConfig();
  Object.assign(config.assets.find(({ kind }) => kind === 'native').limits, { delayThreshold: String(THRESHOLD), delay: DELAY });
  deployment = await deploy(await anvil.provider.getSigner(0), config);
  // Something to pay out.
  const data = GATEWAY.encodeFunctionData('depositNative', [id('somebody')]);
  const user = new Wallet(KEY, anvil.provider);
  await (await user.sendTransaction({ to: deployment.gateway, data, value: 10n ** 18n })).wait();
});
after(() => anvil?.stop());
beforeEach(() => (said = []));

/** gpu-chain, with one batch that validators have signed, and a header that was accepted. */
async function chainWith({ fee = GPU, signers = 3, headers, worth = null, to = Wallet.createRandom().address, amount = 1n } = {}) {
  const { timestamp } = await anvil.provider.getBlock('latest');
  const payload = { kind: 'batch', nonce: ++nonce, deadline: BigInt(timestamp + 3_600), transfers: [{ token: COIN, to, amount }] };
  const used = { WithdrawBatch: types.WithdrawBatch, Transfer: types.Transfer };
  const domain = { name: 'GpuGateway', version: '1', chainId: deployment.chainId, verifyingContract: deployment.gateway };
  const digest = TypedDataEncoder.hash(domain, used, { setId: 1n, ...payload });
  const signed = VALIDATORS.slice(0, signers).map(({ key }, index) => {
    const { r, s, yParity } = new SigningKey(key).sign(digest);
    return { index, signature: `${r}${s.slice(2)}0${yParity}` };
  });
  const view = {
    block: 1,
    chain: async () => ({
      genesis: deployment.genesis, gateway: deployment.gateway, alignment: 1, pausedSince: null, headers: headers ?? null,
      rotation: { current: 1n, pending: false }, outboundNonce: nonce, fees: { rotation: GPU },
    }),
    header: async (number) => ({ number, hash: headers.accepted }),
    outbox: async () => [{ nonce: payload.nonce, fee, createdAt: 1, deadline: payload.deadline }],
    payload: async () => payload,
    signatures: async () => ({ setId: 1n, signed, power: BigInt(signers) }),
    members: async () => ({ members: MEMBERS }),
    routes: async () => new Map(worth === null ? [] : [[COIN, { asset: 'ether' }]]),
    worth: async () => worth,
  };
  return { view, to, payload };
}

async function relayerOf(view, options = {}) {
  const api = {
    call: { evmBridgeApi: { accountWord: async () => ({ toHex: () => id('a relayer') }) } },
    rpc: { author: { pendingExtrinsics: async () => [] } },
    tx: {},
  };
  const relayer = new Relayer(api, {
    evm: [anvil.url], chainId: 31_337, signer: { address: 'a relayer' }, wallet: new Wallet(options.key ?? KEY), jobs: ['carry'],
    viewOf: async () => view, log: (text) => said.push(text), receiptMs: 500, stuckAfterMs: 1_000, ...options,
  });
  await relayer.start();
  return relayer;
}

const balance = (who) => anvil.provider.getBalance(who);
const heard = (what) => assert.ok(said.some((line) => what.test(line)), `${what} in\n${said.join('\n')}`);

test('a batch should be carried once when its fee is worth the gas', async () => {
  const { view, to } = await chainWith({ worth: 10n ** 16n });
  const relayer = await relayerOf(view);
  assert.equal(await relayer.round(), 1);
  assert.equal(await balance(to), 1n);
  heard(/carried batch 1 by submitBatch/);
  // The outbox has it still, the gateway does not want it again.
  assert.equal(await relayer.round(), 0);
  assert.equal(await balance(to), 1n);
});

test('it should wait, and say why, rather than lose', async () => {
  const { view, to } = await chainWith({ worth: 1n });
  assert.equal(await (await relayerOf(view)).round(), 0);
  heard(/its fee is worth 1 wei and gas costs \d+/);
  assert.equal(await (await relayerOf(view, { coinPrice: 10n ** 36n })).round(), 0);
  heard(/its fee is worth 1 wei/);
  assert.equal(await (await relayerOf({ ...view, routes: async () => new Map() })).round(), 0);
  heard(/no price .* --coin-price or --at-a-loss/);
  assert.equal(await (await relayerOf(view, { maxGasPrice: 1n })).round(), 0);
  heard(/more than --max-gas-price/);
  assert.equal(await (await relayerOf(view, { key: POOR, atALoss: true })).round(), 0);
  heard(/has 0 wei, and gas may cost|the gateway would refuse/);
  assert.equal(await balance(to), 0n);
  assert.equal(await (await relayerOf(view, { atALoss: true })).round(), 1);
  assert.equal(await balance(to), 1n);
});

test('it should wait for signatures', async () => {
  const { view } = await chainWith({ signers: 2 });
  const relayer = await relayerOf(view, { atALoss: true });
  assert.equal(await relayer.round(), 0);
  assert.equal(await relayer.round(), 0);
  assert.deepEqual(said.filter((line) => line.startsWith('waiting')), ['waiting: batch 3 has 2 of 4 signatures']);
  nonce--;
});

test('a transaction that is stuck should be replaced, and what it does happen once', async () => {
  const { view, to } = await chainWith();
  await anvil.provider.send('evm_setAutomine', [false]);
  const relayer = await relayerOf(view, { atALoss: true });
  assert.equal(await relayer.round(), 0);
  heard(/is not in a block yet/);
  // A second one, as after kill -9, finds it on its way.
  const again = await relayerOf(view, { atALoss: true });
  assert.equal(await again.round(), 0);
  heard(/is on its way/);
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  assert.equal(await again.round(), 0);
  const { pending } = await anvil.provider.send('txpool_status', []);
  assert.equal(Number(pending), 1, 'one in the place of the other');
  await anvil.provider.send('evm_mine', []);
  await anvil.provider.send('evm_setAutomine', [true]);
  assert.equal(await balance(to), 1n);
  assert.equal(await again.round(), 0);
  assert.equal(await balance(to), 1n);
});

test('where no node has the block that was accepted, nothing should be carried', async () => {
  const number = await anvil.provider.getBlockNumber();
  const { view, to } = await chainWith({ headers: { oldest: 1, newest: number, accepted: id('another block') } });
  await assert.rejects((await relayerOf(view, { atALoss: true })).round(), Forked);
  nonce--;
  const later = await chainWith({ headers: { oldest: 1, newest: number + 100, accepted: id('a block to come') } });
  const relayer = await relayerOf(later.view, { atALoss: true });
  assert.equal(await relayer.round(), 0);
  heard(/are behind gpu-chain/);
  nonce--;
  assert.equal(await balance(to), 0n);
  const { hash } = await anvil.provider.getBlock(number);
  const right = await chainWith({ headers: { oldest: 1, newest: number, accepted: hash } });
  assert.equal(await (await relayerOf(right.view, { atALoss: true })).round(), 1);
});

test('a node of another chain should not be asked', async () => {
  const other = await startAnvil(['--chain-id', '1']);
  try {
    const { view } = await chainWith();
    await assert.rejects((await relayerOf(view, { atALoss: true, evm: [other.url] })).round(), /no node is one of the chain.*number 1,/);
    assert.equal(await (await relayerOf(view, { atALoss: true, evm: [other.url, anvil.url] })).round(), 1);
    heard(/another chain: number 1/);
  } finally {
    await other.stop();
  }
});

/** gpu-chain as `chainWith` makes it, with a header of the newest block accepted, and nothing that waits on it. */
async function watchful(options) {
  const made = await chainWith(options);
  const chain = await made.view.chain();
  const newest = () => anvil.provider.getBlock('latest');
  return {
    ...made,
    view: {
      ...made.view,
      chain: async () => ({ ...chain, headers: { oldest: 1, newest: (await newest()).number } }),
      header: async (number) => ({ number, hash: (await anvil.provider.getBlock(number)).hash }),
      isClaimed: async () => true, withdrawals: async () => [], suspended: async () => [],
    },
  };
}

test('what the gateway held should be released when its time has come, once, though the relayer was restarted', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'relayer-held-'));
  try {
    const { view, to, payload } = await watchful({ amount: THRESHOLD + 1n });
    const options = { atALoss: true, jobs: ['carry', 'tend'], cache: join(folder, 'cache') };
    const first = await relayerOf(view, options);
    assert.equal(await first.round(), 1);
    heard(/carried batch \d+ by submitBatch/);
    assert.equal(await first.round(), 0);
    assert.equal(first.events.unpaid.length, 1);
    await anvil.provider.send('evm_increaseTime', [DELAY - 60]);
    await anvil.provider.send('evm_mine', []);
    assert.equal(await first.round(), 0);
    assert.equal(await balance(to), 0n);
    await anvil.provider.send('evm_increaseTime', [60]);
    await anvil.provider.send('evm_mine', []);
    const poor = await relayerOf(view, { ...options, unpaidGas: 1n });
    assert.equal(poor.events.unpaid.length, 1, 'it stands in the cache');
    assert.equal(await poor.round(), 0);
    heard(/nobody pays for its gas, and --unpaid-gas leaves 1 wei/);
    assert.equal(await (await relayerOf(view, { ...options, wallet: undefined })).round(), 0);
    const again = await relayerOf(view, options);
    assert.equal(await again.round(), 1);
    heard(new RegExp(`carried transfer 0 of batch ${payload.nonce} by releaseHeld`));
    assert.equal(await balance(to), THRESHOLD + 1n);
    assert.ok(again.spent.length === 1 && again.spent[0].wei > 0n);
    // Another one, that knows it only as held, has nothing to do; and both forget it.
    assert.equal(await first.round(), 0);
    assert.equal(await again.round(), 0);
    assert.deepEqual([first.events.unpaid, again.events.unpaid], [[], []]);
    assert.equal(await balance(to), THRESHOLD + 1n);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('what the gateway owes should be claimed for its recipient as soon as it takes it', async () => {
  const { abi, bytecode } = artifact('Refuser', 'Receivers.sol');
  const refuser = await new ContractFactory(abi, bytecode.object, new Wallet(KEY, anvil.provider)).deploy();
  await refuser.waitForDeployment();
  const to = await refuser.getAddress();
  const { view } = await watchful({ to });
  const relayer = await relayerOf(view, { atALoss: true, jobs: ['carry', 'tend'], retryMs: 300 });
  assert.equal(await relayer.round(), 1);
  assert.equal(await relayer.round(), 0);
  heard(/the gateway would refuse claimOwed: PaymentRefused/);
  const before = said.length;
  assert.equal(await relayer.round(), 0);
  assert.equal(said.length, before, 'not asked again at once');
  await (await refuser.accept(true)).wait();
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal(await relayer.round(), 1);
  heard(/carried transfer 0 of batch \d+ by claimOwed/);
  assert.equal(await balance(to), 1n);
  assert.equal(await relayer.round(), 0);
  assert.deepEqual(relayer.events.unpaid, []);
});
