// The relayer's EVM side on a real node with the real contracts: events, proofs, transactions, and nodes that lie. Needs the contracts
// built (scripts/contracts-test.sh does it).

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { SigningKey, TypedDataEncoder, Wallet, decodeRlp, getBytes, hexlify, id, keccak256 } from '../../../../contracts/ethers.mjs';
import { deploy, devValidators, readConfig } from '../../../../contracts/scripts/deploy.mjs';
import { startAnvil, types } from '../../../../contracts/scripts/lib.mjs';
import { Processes, sleep, waitFor } from '../../lib.mjs';
import { Anvil, chainOf, FORGING, HONEST, lyingFrom, Node, OMITTING } from '../anvil.mjs';
import { Events } from '../events.mjs';
import { Evm, GATEWAY, Refused, revertReason, Sender, Unreachable } from '../evm.mjs';
import { attestation, carryArguments, Incomplete } from '../plan.mjs';
import { encodeHeader, headerFields, ProofError, proveLog, trieKey } from '../proof.mjs';

const TO = id('an account on gpu-chain');
const RELAYER = id('a relayer on gpu-chain');
/** The second account of the phrase that every anvil knows. */
const KEY = '0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d';
const VALIDATORS = devValidators(4);

let anvil;
let deployment;
let folder;
let honest;
let bent;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'relayer-test-'));
  anvil = await startAnvil(['--order', 'fifo']);
  deployment = await deploy(await anvil.provider.getSigner(0), readConfig());
  honest = await new Node(anvil).start();
  bent = await new Node(anvil).start();
});
after(async () => {
  await Promise.all([honest?.stop(), bent?.stop()]);
  await anvil?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const wallet = () => new Wallet(KEY, anvil.provider);
const gatewayCall = (name, args) => ({ to: deployment.gateway, data: GATEWAY.encodeFunctionData(name, args) });
const eventsOf = (evm, options = {}) => new Events(evm, deployment.gateway, { genesis: deployment.genesis, from: 0, ...options });

/** A block of many transactions of three types, deposits among them. */
async function longBlock(count) {
  const { provider } = anvil;
  await provider.send('evm_setAutomine', [false]);
  const from = wallet();
  const nonce = await provider.getTransactionCount(from.address);
  const { maxFeePerGas } = await provider.getFeeData();
  for (let i = 0; i < count; i++) {
    const what = i % 3 === 0
      ? { ...gatewayCall('depositNative', [TO]), value: 10n ** 15n + BigInt(i) }
      : { to: `0x${'22'.repeat(20)}`, value: 1n };
    const type = i % 3;
    const price = type === 2 ? { maxFeePerGas, maxPriorityFeePerGas: 1n } : { gasPrice: maxFeePerGas };
    await from.sendTransaction({ ...what, ...price, type, nonce: nonce + i, gasLimit: 120_000n });
  }
  await provider.send('evm_mine', []);
  await provider.send('evm_setAutomine', [true]);
  return provider.getBlockNumber();
}

/** Walks a proof as whoever checks it does: each node by its hash, nibble by nibble. */
function walk(root, key, nodes) {
  const way = [...getBytes(key)].flatMap((byte) => [byte >> 4, byte & 15]);
  let expected = root;
  let at = 0;
  for (const [i, encoded] of nodes.entries()) {
    assert.equal(keccak256(encoded), expected, `node ${i}`);
    const items = decodeRlp(encoded);
    if (items.length === 17) {
      expected = items[way[at]];
      at += 1;
      continue;
    }
    const [path, value] = items;
    const nibbles = [...getBytes(path)].flatMap((byte) => [byte >> 4, byte & 15]);
    const part = nibbles.slice(nibbles[0] % 2 ? 1 : 2);
    assert.deepEqual(way.slice(at, at + part.length), part, `path of node ${i}`);
    at += part.length;
    if (nibbles[0] >= 2) {
      assert.equal(i, nodes.length - 1, 'nothing comes behind a leaf');
      assert.equal(at, way.length);
      return value;
    }
    expected = value;
  }
  throw new Error('the proof ends before a leaf');
}

test('every deposit of a long block should be provable under a later header', async () => {
  const evm = new Evm([honest.url]);
  const events = eventsOf(evm);
  const number = await longBlock(140);
  await anvil.provider.send('anvil_mine', ['0x9']);
  const top = await evm.block(number + 9);
  await events.readTo(number + 9);
  const deposits = events.open.filter(({ name, log }) => name === 'Deposit' && Number(log.blockNumber) === number);
  assert.equal(deposits.length, 47);
  const { receiptsRoot } = await evm.block(number);
  for (const { log, nonce } of deposits) {
    const proof = await proveLog(evm, { number: number + 9, hash: top.hash }, log);
    assert.equal(proof.ancestors.length, 10);
    assert.equal(keccak256(proof.ancestors[0]), top.hash);
    assert.equal(walk(receiptsRoot, trieKey(proof.txIndex), proof.nodes), proof.receipt);
    const body = getBytes(proof.receipt)[0] <= 0x7f ? hexlify(getBytes(proof.receipt).slice(1)) : proof.receipt;
    const [address, topics] = decodeRlp(body)[3][proof.logIndex];
    assert.equal(address, deployment.gateway.toLowerCase());
    assert.equal(BigInt(topics[1]), nonce);
  }
  // In its own block no ancestors are needed.
  const own = await proveLog(evm, { number, hash: (await evm.block(number)).hash }, deposits[0].log);
  assert.deepEqual(own.ancestors, []);
});

test('headers of a real node should have their hashes', async () => {
  const evm = new Evm([honest.url]);
  for (const number of [1, await anvil.provider.getBlockNumber()]) {
    const block = await evm.block(number);
    assert.equal(keccak256(encodeHeader(block)), block.hash);
  }
});

test('a node that lies should be found out, and the next one asked', async () => {
  const number = await longBlock(3);
  const { hash } = await new Evm([honest.url]).block(number);
  for (const way of [lyingFrom(1), FORGING]) {
    bent.way = way;
    const evm = new Evm([bent.url, honest.url]);
    const events = eventsOf(evm);
    await events.readTo(number);
    const { log } = events.open.at(-1);
    await assert.rejects(proveLog(evm, { number, hash }, log), ProofError);
    evm.next('it lied');
    assert.equal((await proveLog(evm, { number, hash }, log)).anchor, number);
  }
  bent.way = HONEST;
});

test('a node that leaves logs out should be found out', async () => {
  const number = await longBlock(3);
  bent.way = OMITTING;
  const evm = new Evm([bent.url, honest.url]);
  const events = eventsOf(evm);
  await assert.rejects(events.readTo(number), Incomplete);
  evm.next('it leaves logs out');
  events.reset();
  await events.readTo(number);
  // Its receipts lack logs too: those do not have the root.
  const { log } = events.open.at(-1);
  const { hash } = await evm.block(number);
  evm.next('again the first');
  await assert.rejects(proveLog(evm, { number, hash }, log), ProofError);
  bent.way = HONEST;
});

test('what was read should be found again, and read anew where the file is of no use', async () => {
  const evm = new Evm([honest.url]);
  const cache = join(folder, 'cache');
  const number = await anvil.provider.getBlockNumber();
  const first = eventsOf(evm, { cache });
  await first.readTo(number);
  first.settle(first.open.slice(0, 3));
  first.save();
  const again = eventsOf(evm, { cache });
  assert.equal(again.scanned, number);
  assert.deepEqual(again.counts, first.counts);
  assert.deepEqual(again.open.map(({ name, nonce }) => [name, nonce]), first.open.map(({ name, nonce }) => [name, nonce]));
  assert.equal(eventsOf(evm, { cache, genesis: id('another chain') }).scanned, -1);
  writeFileSync(cache, readFileSync(cache, 'utf8').slice(0, -20));
  assert.equal(eventsOf(evm, { cache }).scanned, -1);
  assert.equal(eventsOf(evm, { cache: join(folder, 'none') }).scanned, -1);
});

test('nodes that are down should be passed over, and all of them down be said', async () => {
  const dead = await new Node(anvil).start();
  await dead.stop();
  const said = [];
  assert.equal(await new Evm([dead.url, honest.url], { log: (text) => said.push(text) }).chainId(), 31_337);
  assert.equal(said.length, 1);
  await assert.rejects(new Evm([dead.url]).chainId(), Unreachable);
  bent.way = () => new Promise(() => {});
  assert.equal(await new Evm([bent.url, honest.url], { timeoutMs: 200 }).chainId(), 31_337);
  bent.way = HONEST;
});

/** What validators sign for a gateway, as gpu-chain keeps it: v of 0 or 1, by place. */
function signed(primary, value, indices) {
  const used = primary === 'WithdrawBatch' ? { WithdrawBatch: types.WithdrawBatch, Transfer: types.Transfer } : { [primary]: types[primary] };
  const domain = { name: 'GpuGateway', version: '1', chainId: deployment.chainId, verifyingContract: deployment.gateway };
  const digest = TypedDataEncoder.hash(domain, used, value);
  return indices.map((index) => {
    const { r, s, yParity } = new SigningKey(VALIDATORS[index].key).sign(digest);
    return { index, signature: `${r}${s.slice(2)}0${yParity}` };
  });
}

test('a batch should be carried once, by whoever is first', async () => {
  const members = VALIDATORS.map(({ address, power }) => ({ address, power: BigInt(power) }));
  const to = `0x${'33'.repeat(20)}`;
  const { timestamp } = await anvil.provider.getBlock('latest');
  const payload = { kind: 'batch', nonce: 1n, deadline: BigInt(timestamp + 600), transfers: [{ token: `0x${'0'.repeat(40)}`, to, amount: 5n }] };
  const word = attestation(members, signed('WithdrawBatch', { setId: 1n, ...payload }, [3, 0, 2, 1]));
  assert.equal(word.signers, 0b0111n);
  const data = GATEWAY.encodeFunctionData('submitBatch', carryArguments({ call: 'submitBatch', payload, word }, 1n, RELAYER));
  const evm = new Evm([honest.url]);
  const sender = new Sender(evm, new Wallet(KEY), 31_337);
  const { mined, pending } = await sender.evm.transactionCounts(sender.address);
  assert.equal(mined, pending);
  const gas = await sender.estimate(deployment.gateway, data);
  const hash = await sender.send(deployment.gateway, data, { gas: (gas * 5n) / 4n, price: await evm.gasPrice(), nonce: mined });
  assert.equal((await waitFor('it is in a block', () => sender.receipt(hash), { everyMs: 20 })).status, '0x1');
  assert.equal(await anvil.provider.getBalance(to), 5n);
  // The same again, as another relayer would: the node says no before it costs anything.
  const refusal = await sender.estimate(deployment.gateway, data).catch((error) => error);
  assert.ok(refusal instanceof Refused);
  assert.equal(revertReason(GATEWAY, refusal), 'WrongNonce(2, 1)');
  const events = eventsOf(evm);
  await events.readTo(await anvil.provider.getBlockNumber());
  assert.deepEqual(events.open.filter(({ name }) => name === 'BatchExecuted').map(({ nonce }) => nonce), [1n]);
  assert.equal(events.counts.outbound, 1n);
});

test('an anvil that is killed should come back as the same chain, less blocks that were not final', async () => {
  const processes = new Processes(join(folder, 'processes'));
  const killed = new Anvil(processes, { state: join(folder, 'anvil.json') });
  const block = (which) => killed.rpc('eth_getBlockByNumber', [which, false]);
  try {
    await killed.start();
    const genesis = (await block('0x0')).hash;
    for (let kills = 1; kills <= 4; kills++) {
      const before = await killed.number();
      const to = `0x${String(kills).repeat(40)}`;
      const [from] = await killed.rpc('eth_accounts');
      await killed.rpc('eth_sendTransaction', [{ from, to, value: '0x1' }]);
      while ((await killed.rpc('eth_getBalance', [to, 'latest'])) !== '0x1') await sleep(50);
      const killing = killed.kill();
      // The last word of the node that is killed, whenever it says it.
      let last;
      for (let ended = false; !ended; await sleep(50)) {
        last = (await block('finalized').catch(() => null)) ?? last;
        ended = await Promise.race([killing.then(() => true), sleep(0)]);
      }
      await killed.start();
      assert.equal((await block('0x0')).hash, genesis);
      assert.equal((await block(last.number)).hash, last.hash);
      assert.equal(await killed.rpc('eth_getBalance', [to, 'latest']), '0x1');
      const { timestamp } = await block('latest');
      assert.ok(Math.abs(Number(timestamp) - Date.now() / 1_000) < 10, 'its clock goes on');
      assert.ok((await killed.number()) > before);
    }
    const lost = await killed.kill({ lost: 1 });
    const { blocks } = JSON.parse(readFileSync(killed.state, 'utf8'));
    assert.deepEqual(blocks.map(({ header }) => Number(header.number)), blocks.map((_, number) => number));
    assert.equal(lost[0], blocks.length);
    assert.ok(lost.length < 4);
  } finally {
    await processes.stopAll();
  }
});

test('of a state only the blocks that follow each other should be its chain', () => {
  const header = (number, parentHash, extraData = '0x') => {
    const names = ['sha3Uncles', 'miner', 'stateRoot', 'transactionsRoot', 'receiptsRoot', 'logsBloom', 'mixHash', 'nonce'];
    const quantities = ['difficulty', 'gasLimit', 'gasUsed', 'timestamp'];
    const fields = [...names.map((name) => [name, '0x']), ...quantities.map((name) => [name, '0x0'])];
    return { header: { ...Object.fromEntries(fields), parentHash, number: `0x${number.toString(16)}`, extraData } };
  };
  const hash = ({ header: one }) => keccak256(headerFields(one));
  const zero = id('nothing');
  const first = header(0, zero);
  const second = header(1, hash(first));
  const third = header(2, hash(second));
  const [stray, fork] = [header(0, zero, '0x01'), header(1, hash(first), '0x02')];
  assert.deepEqual(chainOf({ best_block_number: 2, blocks: [third, stray, first, fork, second] }), [first, second, third]);
  assert.throws(() => chainOf({ best_block_number: 2, blocks: [third, stray, first, fork] }), /1 follow/);
});
