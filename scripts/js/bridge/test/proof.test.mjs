// Headers, receipts and tries against what EthereumJS and ethers made of them, and against a real node.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { getBytes, hexlify, keccak256 } from '../../../../contracts/ethers.mjs';
import { encodeHeader, encodeReceipt, MAX_ANCESTORS, ProofError, proveLog, receiptsTrie, Trie, trieKey } from '../proof.mjs';

const vectors = JSON.parse(readFileSync(new URL('../../../../offchain-worker/vectors/vectors.json', import.meta.url), 'utf8'));

test('headers of every fork should have their encoding', () => {
  for (const { name, rlp, rpc } of vectors.headers) assert.equal(encodeHeader(rpc), rlp, name);
});

test('a header with another field than the hash was made of should be refused', () => {
  const { rpc } = vectors.headers.at(-1);
  for (const field of ['receiptsRoot', 'parentHash', 'timestamp', 'number', 'extraData', 'requestsHash']) {
    const forged = { ...rpc, [field]: rpc[field].replace(/.$/, (last) => (last === '1' ? '2' : '1')) };
    assert.throws(() => encodeHeader(forged), ProofError, field);
    if (field !== 'requestsHash') assert.throws(() => encodeHeader({ ...rpc, [field]: undefined }), ProofError, field);
  }
});

test('receipts of every type should have their encoding', () => {
  for (const { receipts } of vectors.blocks) {
    for (const receipt of receipts.filter((one) => one?.rpc)) assert.equal(encodeReceipt(receipt.rpc), receipt.rlp);
  }
});

test('receipts of blocks with up to 16 transactions should have their root and proofs', () => {
  for (const { count, root, receipts, proofs } of vectors.blocks.filter(({ receipts }) => receipts.every((one) => one?.rpc))) {
    const trie = receiptsTrie(receipts.map(({ rpc }) => encodeReceipt(rpc)));
    assert.equal(trie.root, root, `${count} transactions`);
    for (const [index, nodes] of Object.entries(proofs)) assert.deepEqual(trie.prove(trieKey(Number(index))), nodes, `${index} of ${count}`);
  }
});

test('tries should have the roots of the yellow paper\'s reference tests', () => {
  const text = (word) => hexlify(new TextEncoder().encode(word));
  const root = (pairs) => new Trie(pairs.map(([key, value]) => [text(key), text(value)])).root;
  assert.equal(new Trie([]).root, '0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421');
  assert.equal(root([['A', 'a'.repeat(50)]]), '0xd23786fb4a010da3ce639d66d5e904a11dbc02746d1ce25029e53290cabf28ab');
  // "dogs": one key is the beginning of another, so a value stands in a branch; nodes are short enough to stand in their parents.
  const dogs = [['doe', 'reindeer'], ['dog', 'puppy'], ['dogglesworth', 'cat']];
  assert.equal(root(dogs), '0x8aad789dff2f538bca5d8ea56e8abe10f4c7ba3a5dea95fea4cd6e7c3a1168d3');
  assert.equal(root([['do', 'verb'], ['horse', 'stallion'], ['doge', 'coin'], ['dog', 'puppy']]), '0x5991bb8c6514148a29db676a14ac506cd2cd5775ace63c30a4fe457715e9ac84');
});

test('each receipt of a long block should be reached from the root by the hashes of its proof', () => {
  const receipts = Array.from({ length: 300 }, (_, i) => hexlify(Uint8Array.from({ length: 40 + (i % 7) }, (_, j) => (i * 31 + j * 7) & 255)));
  const trie = receiptsTrie(receipts);
  for (const [i, receipt] of receipts.entries()) {
    const nodes = trie.prove(trieKey(i));
    assert.equal(keccak256(nodes[0]), trie.root);
    nodes.slice(1).forEach((node, n) => assert.ok(nodes[n].includes(keccak256(node).slice(2)), `node ${n + 1} of receipt ${i}`));
    assert.ok(nodes.at(-1).includes(receipt.slice(2)), `receipt ${i} is in its leaf`);
  }
});

/** The vectors' chain of headers, with a block at its lower end that has their receipts of a block of sixteen. */
function playedChain() {
  const { receipts, root, depositAt } = vectors.blocks.find(({ count }) => Number(count) === 16);
  const deposit = receipts[Number(depositAt)].rpc;
  const chain = [...vectors.chain].map(({ rpc }) => rpc).sort((a, b) => Number(b.number) - Number(a.number));
  return { receipts: receipts.map(({ rpc }) => rpc), root, deposit, chain };
}

test('ancestors should go from the accepted header down to the log\'s block', async () => {
  const { chain } = playedChain();
  const [top, bottom] = [chain[0], chain.at(-1)];
  const asked = {
    headersDown: async (_, first, last) => chain.filter(({ number }) => Number(number) <= first && Number(number) >= last),
    receipts: async () => [],
  };
  const log = { blockNumber: bottom.number, blockHash: bottom.hash, transactionIndex: '0x0', logIndex: '0x0' };
  const anchor = { number: Number(top.number), hash: top.hash };
  // The headers follow each other, so it comes as far as the receipts, which nobody has.
  await assert.rejects(proveLog(asked, anchor, log), /receipts of block|no such log/);
  await assert.rejects(proveLog(asked, { ...anchor, hash: bottom.hash }, log), /not 0x/);
  await assert.rejects(proveLog(asked, { ...anchor, number: Number(bottom.number) + MAX_ANCESTORS }, log), /out of the reach/);
  await assert.rejects(proveLog(asked, { ...anchor, number: Number(bottom.number) - 1 }, log), /out of the reach/);
  await assert.rejects(proveLog(asked, anchor, { ...log, blockHash: top.hash }), ProofError);
  const forged = { ...asked, headersDown: async (...range) => (await asked.headersDown(...range)).map((one, i) => (i === 1 ? chain[3] : one)) };
  await assert.rejects(proveLog(forged, anchor, log), ProofError);
});

test('keys of receipts should be their places in RLP', () => {
  assert.deepEqual([0, 1, 127, 128, 256].map(trieKey), ['0x80', '0x01', '0x7f', '0x8180', '0x820100']);
  assert.equal(getBytes(trieKey(65_535)).length, 3);
});
