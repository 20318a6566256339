// What a relayer proves, and that it does not do it twice: events of the real contracts on a real node; gpu-chain is played. Needs the
// contracts built.

import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { Wallet, id, keccak256 } from '../../../../contracts/ethers.mjs';
import { deploy, readConfig } from '../../../../contracts/scripts/deploy.mjs';
import { startAnvil } from '../../../../contracts/scripts/lib.mjs';
import { Node, FORGING, HONEST, OMITTING } from '../anvil.mjs';
import { GATEWAY } from '../evm.mjs';
import { Incomplete } from '../plan.mjs';
import { MAX_ANCESTORS, ProofError } from '../proof.mjs';
import { Relayer } from '../relay.mjs';

const KEY = '0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d';
let anvil;
let deployment;
let bent;
/** gpu-chain: what it has accepted and knows, finally and newest; its pool; what was submitted. */
let state;

before(async () => {
  anvil = await startAnvil();
  deployment = await deploy(await anvil.provider.getSigner(0), readConfig());
  bent = await new Node(anvil).start();
});
after(async () => {
  await bent?.stop();
  await anvil?.stop();
});
beforeEach(() => {
  bent.way = HONEST;
  state = { newest: 0, claimed: { final: new Set(), newest: new Set() }, pool: [], submitted: [], fails: null, paused: null };
});

async function deposits(count) {
  const user = new Wallet(KEY, anvil.provider);
  for (let i = 0; i < count; i++) {
    const data = GATEWAY.encodeFunctionData('depositNative', [id('somebody')]);
    await (await user.sendTransaction({ to: deployment.gateway, data, value: 10n ** 15n })).wait();
  }
  state.newest = await anvil.provider.getBlockNumber();
}

const hashOf = async (number) => (await anvil.provider.getBlock(number)).hash;

const viewOf = async (final) => ({
  block: 1,
  chain: async () => ({
    genesis: deployment.genesis, gateway: deployment.gateway, alignment: 1, pausedSince: state.paused,
    headers: { oldest: 1, newest: state.newest }, rotation: { current: 1n, pending: false }, outboundNonce: 0n, fees: {},
  }),
  header: async (number) => ({ number, hash: await hashOf(number) }),
  anchor: async (number, { newest }) => (newest - number < MAX_ANCESTORS ? { number: newest, hash: await hashOf(newest) } : null),
  around: async (number, { newest }) => ({ above: { number: newest, hash: await hashOf(newest) }, below: { number: state.below } }),
  outbox: async () => [],
  isClaimed: async (nonce) => state.claimed[final ? 'final' : 'newest'].has(nonce),
});

const callOf = (name) => (chainId, ...args) => {
  const proof = args.length > 1 ? args : args[0];
  const method = { toHex: () => `${name} ${JSON.stringify(proof)}`, section: 'evmBridge' };
  const signAndSend = async (_, { nonce }, tell) => {
    state.submitted.push({ name, nonce, proof, hex: method.toHex() });
    setImmediate(() => tell({ status: { isInBlock: true, asInBlock: '0x00' }, events: [], dispatchError: state.fails }));
    return () => {};
  };
  return { method, signAndSend };
};

async function relayerOf(urls, said = []) {
  const api = {
    call: { evmBridgeApi: { accountWord: async () => ({ toHex: () => id('a relayer') }) } },
    tx: { evmBridge: Object.fromEntries(['claimDeposit', 'receiveMessage', 'confirmItem', 'confirmSet', 'proveHeader'].map((name) => [name, callOf(name)])) },
    rpc: {
      system: { accountNextIndex: async () => ({ toNumber: () => 7 }) },
      author: { pendingExtrinsics: async () => state.pool.map((hex) => ({ method: { section: 'evmBridge', toHex: () => hex } })) },
      chain: { getHeader: async () => ({ number: { toNumber: () => 1 } }) },
    },
    once: () => {}, off: () => {},
  };
  const relayer = new Relayer(api, {
    evm: urls, chainId: 31_337, signer: { address: 'a relayer' }, jobs: ['prove', 'claim'], viewOf, log: (text) => said.push(text),
  });
  await relayer.start();
  return relayer;
}

test('each deposit should be claimed once, in its order, with successive nonces', async () => {
  await deposits(3);
  const relayer = await relayerOf([anvil.url]);
  assert.equal(await relayer.round(), 3);
  assert.deepEqual(state.submitted.map(({ name, nonce }) => [name, nonce]), [['claimDeposit', 7], ['claimDeposit', 8], ['claimDeposit', 9]]);
  assert.equal(new Set(state.submitted.map(({ hex }) => hex)).size, 3);
  // In the newest block, not yet final: nothing to do, and not forgotten either.
  state.claimed.newest = new Set([1n, 2n, 3n]);
  assert.equal(await relayer.round(), 0);
  assert.equal(relayer.events.open.filter(({ name }) => name === 'Deposit').length, 3);
  // A fork took the second back.
  state.claimed.newest.delete(2n);
  assert.equal(await relayer.round(), 1);
  state.claimed.final = state.claimed.newest = new Set([1n, 2n, 3n]);
  assert.equal(await relayer.round(), 0);
  assert.deepEqual(relayer.events.open, []);
});

test('what waits in the pool, of whoever it is, should not be sent again', async () => {
  await deposits(1);
  state.claimed.final = state.claimed.newest = new Set([1n, 2n, 3n]);
  const relayer = await relayerOf([anvil.url]);
  await relayer.round();
  state.pool = state.submitted.map(({ hex }) => hex);
  assert.equal(state.pool.length, 1);
  assert.equal(await relayer.round(), 0);
  assert.equal(await (await relayerOf([anvil.url])).round(), 0);
  assert.equal(state.submitted.length, 1);
});

test('what cannot be proven yet should wait, and nothing be proven while it is paused', async () => {
  const relayer = await relayerOf([anvil.url]);
  const before = await anvil.provider.getBlockNumber();
  state.claimed.final = state.claimed.newest = new Set([1n, 2n, 3n, 4n]);
  await deposits(1);
  state.newest = before;
  assert.equal(await relayer.round(), 0);
  [state.newest, state.paused] = [before + 1, 5];
  assert.equal(await relayer.round(), 0);
  state.paused = null;
  assert.equal(await relayer.round(), 1);
});

test('a node that lies or leaves out should be left, and everything be read anew', async () => {
  await deposits(1);
  for (const [way, kind, what] of [[OMITTING, Incomplete, /its logs are not whole/], [FORGING, ProofError, /has another hash/]]) {
    const said = [];
    const relayer = await relayerOf([bent.url, anvil.url], said);
    bent.way = way;
    await assert.rejects(relayer.round(), kind);
    assert.ok(said.some((line) => what.test(line)), said.join('\n'));
    assert.ok((await relayer.round()) > 0);
  }
});

test('headers should be proven downwards where an event lies too deep', async () => {
  await deposits(1);
  const at = state.newest;
  const relayer = await relayerOf([anvil.url]);
  state.claimed.final = state.claimed.newest = new Set([1n, 2n, 3n, 4n, 5n]);
  await anvil.provider.send('anvil_mine', [`0x${(100).toString(16)}`]);
  [state.newest, state.below] = [at + 100, at - 1];
  assert.equal(await relayer.round(), 1);
  const [{ name, proof: [anchor, previous, raw] }] = state.submitted;
  assert.deepEqual([name, anchor, previous, raw.length], ['proveHeader', at + 100, at - 1, MAX_ANCESTORS]);
  assert.equal(keccak256(raw[0]), await hashOf(at + 100));
  assert.equal(keccak256(raw.at(-1)), await hashOf(at + 100 - MAX_ANCESTORS + 1));
});
