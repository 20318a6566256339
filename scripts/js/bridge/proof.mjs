// Proofs that an EVM chain's gateway said something, as gpu-chain takes them: raw headers from an accepted one down, and a path
// through the trie of receipts. Nothing of what a node says is believed: every hash is computed anew.

import { concat, encodeRlp, getBytes, keccak256 } from '../../../contracts/ethers.mjs';

/** As the pallet has them. */
export const MAX_ANCESTORS = 64;
export const MAX_PROOF_BYTES = 16_384;

/** What a node said cannot be: its fields do not give the hash or root that they should. Another node may do better. */
export class ProofError extends Error {}

/** A number of JSON-RPC as RLP has it: no leading zeros, and none at all for zero. */
function quantity(text) {
  const digits = text.slice(2).replace(/^0+/, '');
  return `0x${digits.length % 2 ? '0' : ''}${digits}`;
}

/** A header's fields in the order of their encoding; the first fifteen are in every header, forks appended the others. */
const FIELDS = [
  ['parentHash'], ['sha3Uncles'], ['miner'], ['stateRoot'], ['transactionsRoot'], ['receiptsRoot'], ['logsBloom'],
  ['difficulty', quantity], ['number', quantity], ['gasLimit', quantity], ['gasUsed', quantity], ['timestamp', quantity],
  ['extraData'], ['mixHash'], ['nonce'],
  ['baseFeePerGas', quantity], ['withdrawalsRoot'], ['blobGasUsed', quantity], ['excessBlobGas', quantity],
  ['parentBeaconBlockRoot'], ['requestsHash'],
];
const FIRST_FIELDS = 15;

/** The encoding of the header that a node describes, whatever hash it names. */
export function headerFields(block) {
  const given = FIELDS.findIndex(([name], i) => i >= FIRST_FIELDS && (block[name] ?? null) === null);
  const fields = given < 0 ? FIELDS : FIELDS.slice(0, given);
  const missing = FIELDS.slice(0, FIRST_FIELDS).find(([name]) => typeof block[name] !== 'string');
  if (missing) throw new ProofError(`a block without ${missing[0]}`);
  return encodeRlp(fields.map(([name, form]) => (form ? form(block[name]) : block[name])));
}

/** The same. Throws unless it has the hash that the node names. */
export function encodeHeader(block) {
  const raw = headerFields(block);
  if (keccak256(raw) !== block.hash) throw new ProofError(`block ${Number(block.number)} has another hash than ${block.hash}`);
  return raw;
}

/** The encoding of the receipt that a node describes. */
export function encodeReceipt(receipt) {
  const kind = Number(receipt.type ?? '0x0');
  const logs = receipt.logs.map(({ address, topics, data }) => [address, topics, data]);
  const fields = [quantity(receipt.status), quantity(receipt.cumulativeGasUsed), receipt.logsBloom, logs];
  // Deposits of the OP stack have two fields more since its fork Canyon.
  if (kind === 0x7e && receipt.depositReceiptVersion) fields.push(quantity(receipt.depositNonce), quantity(receipt.depositReceiptVersion));
  const body = encodeRlp(fields);
  return kind === 0 ? body : concat([`0x${kind.toString(16).padStart(2, '0')}`, body]);
}

const nibbles = (bytes) => [...getBytes(bytes)].flatMap((byte) => [byte >> 4, byte & 15]);

/** The key of the receipt at that place: its index in RLP. */
export const trieKey = (index) => encodeRlp(quantity(`0x${index.toString(16)}`));

/** Nibbles of a leaf or an extension, with the flag that tells which and whether they are odd ("hex prefix"). */
function path(part, isLeaf) {
  const flag = (isLeaf ? 2 : 0) + (part.length % 2);
  const all = part.length % 2 ? [flag, ...part] : [flag, 0, ...part];
  return `0x${all.map((nibble) => nibble.toString(16)).join('')}`;
}

/** A node of the trie: what it is encoded as, and which of its children each nibble leads to. */
function node(entries, depth) {
  if (entries.length === 1) return finish([path(entries[0].key.slice(depth), true), entries[0].value], {});
  let end = depth;
  while (entries.every(({ key }) => end < key.length && key[end] === entries[0].key[end])) end++;
  if (end > depth) {
    const child = node(entries, end);
    return finish([path(entries[0].key.slice(depth, end), false), child.reference], { [entries[0].key[depth]]: { child, depth: end } });
  }
  const items = Array(17).fill('0x');
  const children = {};
  for (let nibble = 0; nibble < 16; nibble++) {
    const below = entries.filter(({ key }) => key[depth] === nibble);
    if (below.length === 0) continue;
    const child = node(below, depth + 1);
    children[nibble] = { child, depth: depth + 1 };
    items[nibble] = child.reference;
  }
  const own = entries.find(({ key }) => key.length === depth);
  if (own) items[16] = own.value;
  return finish(items, children);
}

function finish(items, children) {
  const encoded = encodeRlp(items);
  // What is shorter than a hash stands in its parent itself.
  const embedded = getBytes(encoded).length < 32;
  return { encoded, embedded, children, reference: embedded ? items : keccak256(encoded) };
}

/** A Merkle Patricia trie of `[key, value]`, both hex. */
export class Trie {
  constructor(entries) {
    const all = entries.map(([key, value]) => ({ key: nibbles(key), value }));
    this.top = all.length > 0 ? node(all, 0) : null;
  }

  get root() {
    return keccak256(this.top ? this.top.encoded : encodeRlp('0x'));
  }

  /** The nodes from the root down to what lies at `key`; those that stand in their parents are not listed. */
  prove(key) {
    const way = nibbles(key);
    const nodes = [];
    for (let at = this.top, depth = 0; at; ) {
      if (!at.embedded || nodes.length === 0) nodes.push(at.encoded);
      const next = at.children[way[depth]];
      [at, depth] = next ? [next.child, next.depth] : [null, depth];
    }
    return nodes;
  }
}

/** The trie of a block's receipts, in the order of their transactions. */
export const receiptsTrie = (encoded) => new Trie(encoded.map((receipt, index) => [trieKey(index), receipt]));

/**
 * Headers from an accepted one down to a height, each the parent of the one before, as the node describes them, and their encodings.
 *
 * @param anchor `{ number, hash }`
 */
export async function headersDown(chain, anchor, last) {
  const headers = await chain.headersDown(anchor.hash, anchor.number, last);
  const raw = headers.map(encodeHeader);
  headers.forEach(({ hash }, i) => {
    const expected = i === 0 ? anchor.hash : headers[i - 1].parentHash;
    if (hash !== expected) throw new ProofError(`the block at ${anchor.number - i} is ${hash}, not ${expected}`);
  });
  return { headers, raw };
}

/**
 * The proof of a log under an accepted header, as `claimDeposit` and its like take it.
 *
 * @param chain asks the EVM chain: `blockByHash`, `headersDown`, `receipts`
 * @param anchor `{ number, hash }` of the accepted header: the log's own block, or at most 63 blocks above it
 * @param log as `eth_getLogs` gives it
 */
export async function proveLog(chain, anchor, log) {
  const number = Number(log.blockNumber);
  const distance = anchor.number - number;
  if (distance < 0 || distance >= MAX_ANCESTORS) throw new Error(`block ${number} is out of the reach of the accepted header ${anchor.number}`);
  const { headers, raw: ancestors } = await headersDown(chain, anchor, number);
  const block = headers.at(-1);
  if (log.blockHash !== block.hash) throw new ProofError(`the log is said to be in ${log.blockHash}, and block ${number} is ${block.hash}`);

  const receipts = await chain.receipts(block.hash);
  const encoded = receipts.map(encodeReceipt);
  const trie = receiptsTrie(encoded);
  if (trie.root !== block.receiptsRoot) throw new ProofError(`the receipts of block ${number} are not those under its root`);
  const txIndex = Number(log.transactionIndex);
  const same = (other) => other.address === log.address && other.data === log.data && other.topics.join() === log.topics.join();
  const logIndex = receipts[txIndex]?.logs.findIndex((other) => other.logIndex === log.logIndex && same(other)) ?? -1;
  if (logIndex < 0) throw new ProofError(`no such log in transaction ${txIndex} of block ${number}`);

  const nodes = trie.prove(trieKey(txIndex));
  const size = [encoded[txIndex], ...nodes].reduce((sum, bytes) => sum + getBytes(bytes).length, 0);
  if (size > MAX_PROOF_BYTES) throw new Error(`the proof of a log in block ${number} has ${size} bytes, more than ${MAX_PROOF_BYTES}`);
  return { anchor: anchor.number, ancestors: distance === 0 ? [] : ancestors, txIndex, logIndex, receipt: encoded[txIndex], nodes };
}
