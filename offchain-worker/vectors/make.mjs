// Test vectors by implementations that share no code with this crate.
//
//   npm i --no-save --ignore-scripts ethers@6.17.0 @ethereumjs/{block,common,mpt,rlp,util,vm}@10.1.3
//   node make.mjs > vectors.json
//
// Everything is derived from fixed seeds: the output is the same on every run.
import { createBlockHeader } from '@ethereumjs/block';
import { Common, Hardfork, Mainnet } from '@ethereumjs/common';
import { MerklePatriciaTrie, createMerkleProof } from '@ethereumjs/mpt';
import { RLP } from '@ethereumjs/rlp';
import { bytesToHex, hexToBytes } from '@ethereumjs/util';
import { encodeReceipt } from '@ethereumjs/vm';
import { AbiCoder, Interface, SigningKey, TypedDataEncoder, computeAddress, getBytes, id, keccak256, toQuantity } from 'ethers';

const hash = (label) => id(label);
const address = (label) => '0x' + hash(label).slice(-40);
const quantity = (value) => toQuantity(BigInt(value));

// Headers: one for each fork that appended fields.
const FORKS = [
  ['frontier', Hardfork.Chainstart, {}],
  ['london', Hardfork.London, { baseFeePerGas: 7n }],
  ['paris', Hardfork.Paris, { baseFeePerGas: 1_000_000_007n }],
  ['shanghai', Hardfork.Shanghai, { baseFeePerGas: 9n, withdrawalsRoot: hash('withdrawals') }],
  ['cancun', Hardfork.Cancun, {
    baseFeePerGas: 9n, withdrawalsRoot: hash('withdrawals'), blobGasUsed: 131072n, excessBlobGas: 0n,
    parentBeaconBlockRoot: hash('beacon'),
  }],
  ['prague', Hardfork.Prague, {
    baseFeePerGas: 12345n, withdrawalsRoot: hash('withdrawals'), blobGasUsed: 393216n, excessBlobGas: 99n,
    parentBeaconBlockRoot: hash('beacon'), requestsHash: hash('requests'),
  }],
];
const bloomOf = (label) => '0x' + Array.from({ length: 8 }, (_, i) => hash(`${label} ${i}`).slice(2)).join('');

function header(name, hardfork, extra, parentHash, number, receiptsRoot) {
  const merged = !['frontier', 'london'].includes(name);
  const fields = {
    parentHash,
    uncleHash: merged ? keccak256('0xc0') : hash('uncles'),
    coinbase: address('coinbase'),
    stateRoot: hash('state'),
    transactionsTrie: hash('transactions'),
    receiptTrie: receiptsRoot,
    logsBloom: bloomOf(name),
    difficulty: merged ? 0n : 17_171_480_576n,
    number,
    gasLimit: 30_000_000n,
    gasUsed: 21_000n,
    timestamp: 1_700_000_000n + BigInt(number),
    extraData: '0x' + Buffer.from('gpu-chain').toString('hex'),
    mixHash: hash('mix'),
    nonce: merged ? '0x0000000000000000' : '0x539bd4979fef1ec4',
    ...extra,
  };
  const built = createBlockHeader(fields, { common: new Common({ chain: Mainnet, hardfork }), freeze: false, skipConsensusFormatValidation: true });
  const json = { ...built.toJSON() };
  const rpc = {
    hash: bytesToHex(built.hash()), parentHash: json.parentHash, sha3Uncles: json.uncleHash, miner: json.coinbase,
    stateRoot: json.stateRoot, transactionsRoot: json.transactionsTrie, receiptsRoot: json.receiptTrie,
    logsBloom: json.logsBloom, difficulty: quantity(built.difficulty), number: quantity(built.number),
    gasLimit: quantity(built.gasLimit), gasUsed: quantity(built.gasUsed), timestamp: quantity(built.timestamp),
    extraData: json.extraData, mixHash: json.mixHash, nonce: json.nonce, size: '0x220', uncles: [], transactions: [],
  };
  for (const key of ['baseFeePerGas', 'blobGasUsed', 'excessBlobGas']) {
    if (extra[key] !== undefined) rpc[key] = quantity(extra[key]);
  }
  for (const key of ['withdrawalsRoot', 'parentBeaconBlockRoot', 'requestsHash']) {
    if (extra[key] !== undefined) rpc[key] = extra[key];
  }
  return { name, rlp: bytesToHex(RLP.encode(built.raw())), rpc };
}

// Receipts of a block: every type, with and without logs, and one deposit among them.
const GATEWAY = address('gateway');
const events = new Interface(EVENTS());
const deposit = (nonce, amount) => {
  const { topics, data } = events.encodeEventLog('Deposit', [
    nonce, '0x0000000000000000000000000000000000000000', address('depositor'), hash('recipient'), amount,
  ]);
  return [hexToBytes(GATEWAY), topics.map(hexToBytes), hexToBytes(data)];
};
const noise = (i, j) => [
  hexToBytes(address(`token ${i} ${j}`)),
  Array.from({ length: (i + j) % 5 }, (_, k) => hexToBytes(hash(`topic ${i} ${j} ${k}`))),
  hexToBytes('0x' + hash(`data ${i} ${j}`).slice(2).repeat((i * 7 + j) % 4)),
];
const DEPOSIT_AT = 77;

async function block(count) {
  const trie = new MerklePatriciaTrie();
  const receipts = [];
  let gas = 0n;
  for (let i = 0; i < count; i++) {
    gas += 21_000n + BigInt(i * 1000);
    const logs = Array.from({ length: (i * 3) % 7 }, (_, j) => noise(i, j));
    if (i === DEPOSIT_AT % count) {
      logs.splice(1, 0, deposit(7n, 1_500_000_000_000_000_000n));
      logs.push(deposit(8n, 1n));
    }
    const type = i % 5;
    const bloom = hexToBytes(bloomOf(`receipt ${i}`));
    const status = i % 11 === 10 ? 0 : 1;
    const encoded = encodeReceipt({ status, cumulativeBlockGasUsed: gas, bitvector: bloom, logs }, type);
    await trie.put(RLP.encode(i), encoded);
    receipts.push({
      rlp: bytesToHex(encoded),
      rpc: {
        transactionIndex: quantity(i), type: quantity(type), status: quantity(status), cumulativeGasUsed: quantity(gas),
        logsBloom: bytesToHex(bloom), transactionHash: hash(`tx ${i}`),
        logs: logs.map(([a, t, d], j) => ({
          address: bytesToHex(a), topics: t.map(bytesToHex), data: bytesToHex(d), logIndex: quantity(j), removed: false,
        })),
      },
    });
  }
  const proofs = {};
  for (const index of new Set([0, 1, 15, 16, 127, 128, count - 1, DEPOSIT_AT % count].filter((i) => i < count))) {
    proofs[index] = (await createMerkleProof(trie, RLP.encode(index))).map(bytesToHex);
  }
  // Of a large block only what is proven, and nothing as a node's answer.
  const kept = receipts.map((receipt, i) => (count <= 16 ? receipt : proofs[i] ? { rlp: receipt.rlp } : null));
  return { count, depositAt: DEPOSIT_AT % count, root: bytesToHex(trie.root()), receipts: kept, proofs };
}

function EVENTS() {
  return [
    'event Deposit(uint64 indexed nonce, address indexed token, address indexed from, bytes32 to, uint256 amount)',
    'event MessageSent(uint64 indexed nonce, address indexed from, bytes32 indexed to, bytes payload)',
    'event BatchExecuted(uint64 indexed nonce, bytes32 indexed content, bytes32 relayer, uint256 unpaid)',
    'event MessageReceived(uint64 indexed nonce, bytes32 indexed content, bytes32 relayer, bool delivered)',
    'event Cancelled(uint64 indexed nonce, bytes32 indexed content, bytes32 relayer)',
    'event SetUpdated(uint64 indexed setId, bytes32 indexed members, uint64 activeUntil, bytes32 relayer)',
  ];
}

const emitted = [
  ['MessageSent', [9n, address('sender'), hash('target'), '0x' + 'cd'.repeat(45)]],
  ['MessageSent', [10n, address('sender'), hash('target'), '0x']],
  ['MessageSent', [11n, address('sender'), hash('target'), '0x' + 'ef'.repeat(64)]],
  ['BatchExecuted', [41n, hash('content'), hash('relayer'), 5n]],
  ['MessageReceived', [42n, hash('content'), hash('relayer'), true]],
  ['Cancelled', [43n, hash('content'), hash('relayer')]],
  ['SetUpdated', [4n, hash('members'), 1_802_592_000n, hash('relayer')]],
].map(([name, values]) => ({ name, ...events.encodeEventLog(name, values) }));

const domain = { name: 'GpuGateway', version: '1', chainId: 1n, verifyingContract: GATEWAY };
const TYPES = {
  WithdrawBatch: [
    { name: 'setId', type: 'uint64' }, { name: 'nonce', type: 'uint64' }, { name: 'deadline', type: 'uint64' },
    { name: 'transfers', type: 'Transfer[]' },
  ],
  Transfer: [{ name: 'token', type: 'address' }, { name: 'to', type: 'address' }, { name: 'amount', type: 'uint256' }],
  Message: [
    { name: 'setId', type: 'uint64' }, { name: 'nonce', type: 'uint64' }, { name: 'deadline', type: 'uint64' },
    { name: 'sender', type: 'bytes32' }, { name: 'target', type: 'address' }, { name: 'gasLimit', type: 'uint64' },
    { name: 'payload', type: 'bytes' },
  ],
  ValidatorSet: [
    { name: 'setId', type: 'uint64' }, { name: 'members', type: 'bytes32' }, { name: 'activeUntil', type: 'uint64' },
  ],
};

const transfers = (n) => Array.from({ length: n }, (_, i) => ({
  token: i % 2 ? address(`erc20 ${i}`) : '0x0000000000000000000000000000000000000000',
  to: address(`to ${i}`),
  amount: (10n ** 18n * BigInt(i + 1)).toString(),
}));
const batches = [0, 1, 10].map((n) => {
  const value = { setId: 3, nonce: 41 + n, deadline: 1_800_000_000, transfers: transfers(n) };
  return { ...value, digest: TypedDataEncoder.hash(domain, { WithdrawBatch: TYPES.WithdrawBatch, Transfer: TYPES.Transfer }, value) };
});

const messages = ['0x', '0x01', '0x' + 'ab'.repeat(100)].map((payload, i) => {
  const value = {
    setId: 3, nonce: 50 + i, deadline: 1_800_000_000, sender: hash(`sender ${i}`), target: address(`target ${i}`),
    gasLimit: 200_000, payload,
  };
  return { ...value, digest: TypedDataEncoder.hash(domain, { Message: TYPES.Message }, value) };
});

const keys = Array.from({ length: 4 }, (_, i) => new SigningKey(hash(`validator ${i}`)));
const members = keys
  .map((key) => ({ address: computeAddress(key.publicKey), power: 1, publicKey: key.compressedPublicKey }))
  .sort((a, b) => (a.address.toLowerCase() < b.address.toLowerCase() ? -1 : 1));
const abi = AbiCoder.defaultAbiCoder();
const membersHash = keccak256(abi.encode(['address[]', 'uint64[]'], [members.map((m) => m.address), members.map((m) => m.power)]));
const setValue = { setId: 4, members: membersHash, activeUntil: 1_802_592_000 };
const set = {
  ...setValue,
  validators: members,
  digest: TypedDataEncoder.hash(domain, { ValidatorSet: TYPES.ValidatorSet }, setValue),
};

const blocks = await Promise.all([1, 2, 16, 150].map(block));
const headers = FORKS.map(([name, fork, extra], i) => header(name, fork, extra, hash(`parent ${i}`), 1_000 + i, hash(`receipts ${i}`)));
// A chain of five headers; the last is the newest.
const chain = [];
for (let i = 0; i < 5; i++) {
  const parent = i ? chain[i - 1].rpc.hash : hash('before');
  chain.push(header('prague', Hardfork.Prague, FORKS[5][2], parent, 2_000 + i, i === 1 ? blocks[3].root : hash(`chain ${i}`)));
}
process.stdout.write(JSON.stringify({
  gateway: GATEWAY, events: emitted, headers, chain, blocks,
  deposit: { nonce: 7, from: address('depositor'), to: hash('recipient'), amount: '1500000000000000000' },
  eip712: { domainSeparator: TypedDataEncoder.hashDomain(domain), batches, messages, set },
  signature: (() => {
    const s = keys[0].sign(batches[1].digest);
    return { digest: batches[1].digest, address: computeAddress(keys[0].publicKey), signature: s.serialized };
  })(),
}, null, '\t') + '\n');
