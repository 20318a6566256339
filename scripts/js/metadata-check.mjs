// polkadot-js decodes everything of ours by the chain's metadata alone: every call, event, error, constant, storage entry
// and runtime API of our pallets is asked for on a real dev chain, with no custom types given. Polkadot-API (PAPI) then asks every
// runtime API too, and gives the same answers.

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Binary, createClient } from 'polkadot-api';
import { getWsProvider } from 'polkadot-api/ws';
import WebSocket from 'ws';
import { connect, DevNode, keyring, Processes, removeFolder, waitFor } from './lib.mjs';

const { values: options } = parseArgs({ options: { bin: { type: 'string' } } });
const PALLETS = ['slotClock', 'userRegistry', 'nodeRoles', 'providerRegistry', 'providerStaking', 'reputation', 'workVerification', 'escrow', 'marketplace', 'matching', 'rental', 'disputes', 'council', 'arbitrators', 'parameters', 'hybridPow', 'payments', 'priceIndex', 'oracle', 'oracleMembership', 'assetConversion', 'poolAssets', 'evmBridge'];
const APIS = {
  nodeApi: ['node', 'candidate', 'nodesByOwner', 'activeNodes', 'regions', 'liveness', 'trustLevel', 'stake', 'commitment', 'pendingSlashes', 'trackRecord', 'reputationHistory'],
  userApi: ['user', 'accountOf', 'linkMessage'],
  roleApi: ['role', 'kings', 'queen', 'queens', 'sponsorship', 'nodesOfQueen', 'audit', 'awaitsSponsor'],
  taskApi: ['task', 'openTasks', 'tasksByBuyer', 'tasksByNode', 'estimateCost'],
  matchingApi: ['rank', 'evaluate', 'auction', 'auctionOfTask', 'auctionPhase', 'bid', 'bids', 'bidsByBidder'],
  rentalApi: ['rental', 'phase', 'rules', 'rentalsByRenter', 'rentalsByNode', 'listings', 'schedule', 'quote'],
  escrowApi: ['escrow'],
  evmBridgeApi: ['chains', 'bridgeAccount', 'runningSet', 'gatewaySet', 'header', 'routes', 'available', 'isClaimed', 'suspended', 'withdrawals', 'outbox', 'payload', 'signatures', 'accountWord'],
  disputeApi: ['dispute', 'disputeOf', 'openDisputes', 'disputePhase', 'evidence', 'ballots', 'claimableFee', 'arbitrators'],
  priceApi: ['price', 'toUsd', 'fromUsd'],
  paymentApi: ['prepaidBalance', 'prepaidBalances', 'allowance', 'allowances'],
  workApi: ['currentRound', 'roundHistory', 'roundSeed', 'challenge', 'nodeWork', 'verificationHistory', 'verifiedPower', 'pricePerPower', 'checkProof', 'powerVector',
    'currentLottery', 'lotteryJob', 'powerClaims', 'powerCommitments', 'falseTicket'],
  hybridPowApi: ['nextWork', 'minimumDifficulty', 'powStats'],
};

/** Arguments that are numbers of 64 bits and more; the others are plain numbers. */
const WIDE = ['task', 'rental', 'dispute', 'auction', 'power', 'duration', 'nonces', 'tickets', 'price', 'amount', 'usd', 'chain_id', 'set_id', 'number', 'nonce', 'id'];
/** Arguments that are enums without a value. */
const ENUMS = ['resource_type', 'side', 'kind', 'asset', 'direction'];

/** The argument as PAPI writes it: enums have a type, nothing is undefined, wide numbers are bigints. */
function forPapi(value, name) {
  if (value === null) return undefined;
  if (ENUMS.includes(name)) return { type: value, value: undefined };
  if (name === 'key' || name === 'subject') return { type: Object.keys(value)[0], value: BigInt(Object.values(value)[0]) };
  if (name === 'terms') return termsForPapi(value);
  if (WIDE.includes(name)) return Array.isArray(value) ? value.map(BigInt) : BigInt(value);
  return value;
}

function termsForPapi({ resourceType, requiredPower, minTrustLevel, budget, request }) {
  const { weights, regions, maxLatencyMs, minUptime, hardware } = request;
  return {
    resource_type: { type: resourceType, value: undefined },
    required_power: {
      hashes_per_second: BigInt(requiredPower.hashesPerSecond), milli_tops: BigInt(requiredPower.milliTops), memory_mib: requiredPower.memoryMib,
    },
    min_trust_level: minTrustLevel,
    budget: BigInt(budget),
    request: {
      weights,
      regions: regions.map(({ region, latencyMs }) => ({ region: Binary.fromText(region), latency_ms: latencyMs })),
      max_latency_ms: maxLatencyMs,
      min_uptime: minUptime,
      hardware: {
        model: Binary.fromText(hardware.model), gpu_memory_mib: hardware.gpuMemoryMib, gpu_count: hardware.gpuCount, cpu_cores: hardware.cpuCores,
        ram_mib: hardware.ramMib, storage_gib: hardware.storageGib, bandwidth_mbps: hardware.bandwidthMbps,
      },
    },
  };
}

const folder = mkdtempSync(join(tmpdir(), 'gpu-chain-metadata-'));
const processes = new Processes(join(folder, 'logs'));
const node = new DevNode(processes, options.bin, join(folder, 'chain'));
const count = { calls: 0, events: 0, errors: 0, constants: 0, storage: 0, apis: 0, papi: 0 };
let code = 0;
let api;
let papi;
try {
  await node.start();
  api = await connect(node.ws);
  await waitFor('the first block', async () => (await api.rpc.chain.getHeader()).number.toNumber() > 0);
  const alice = keyring().addFromUri('//Alice').address;
  const id = `0x${'11'.repeat(32)}`;

  for (const pallet of PALLETS) {
    const meta = api.registry.metadata.pallets.find((p) => p.name.toString().replace(/^./, (c) => c.toLowerCase()) === pallet);
    if (!meta) throw new Error(`the metadata has no pallet ${pallet}`);
    // Every type can be built, which fails for one that polkadot-js does not understand.
    for (const kind of ['calls', 'events', 'errors']) {
      if (meta[kind].isNone) continue;
      const type = meta[kind].unwrap().type;
      for (const variant of api.registry.lookup.getSiType(type).def.asVariant.variants) {
        for (const field of variant.fields) api.registry.createType(api.registry.lookup.getTypeDef(field.type).lookupName ?? api.registry.lookup.getTypeDef(field.type).type);
        count[kind]++;
      }
    }
    for (const [name, entry] of Object.entries(api.query[pallet] ?? {})) {
      if (entry.creator.meta.type.isPlain) await entry();
      else await entry.keysPaged({ args: [], pageSize: 3 });
      if (!name) throw new Error('a storage entry without a name');
      count.storage++;
    }
    for (const value of Object.values(api.consts[pallet] ?? {})) {
      value.toHuman();
      count.constants++;
    }
  }

  const terms = {
    resourceType: 'Gpu', requiredPower: { hashesPerSecond: 1, milliTops: 1, memoryMib: 1 }, minTrustLevel: 1, budget: 1,
    request: {
      weights: { price: 2_000, reputation: 2_000, latency: 2_000, uptime: 2_000, power: 2_000 },
      regions: [{ region: 'local', latencyMs: 20 }], maxLatencyMs: 40, minUptime: 9_900,
      hardware: { model: '', gpuMemoryMib: 1, gpuCount: 1, cpuCores: 0, ramMib: 0, storageGib: 0, bandwidthMbps: 0 },
    },
  };
  const argument = (name) => ({
    node: id, who: alice, queen: alice, address: `0x${'22'.repeat(20)}`, owner: alice, buyer: alice, cursor: null, limit: 5, resource_type: 'Gpu', task: 0, key: { Task: 0 }, power: 1, duration_secs: 60, seed: id,
    nonces: [1, 2, 3], device: 0, kind: 'Compute', round: 1, tickets: [1, 2, 3], dispute: 0, side: 'Buyer', arbitrator: alice, rental: 0, renter: alice, gpu: 0, gpus: [0], duration: 60_000, asset: 'Native', amount: 1, usd: 1, spender: alice, terms, price: 1, auction: 0, bidder: alice,
    chain_id: 1, set_id: 1, number: 32, token: `0x${'00'.repeat(20)}`, direction: 'Inbound', nonce: 1, id: 0, subject: { Item: 1 }, account: alice,
  })[name];
  papi = createClient(getWsProvider(node.ws, { websocketClass: WebSocket }));
  const views = papi.getUnsafeApi().apis;
  for (const [section, methods] of Object.entries(APIS)) {
    const found = Object.keys(api.call[section] ?? {});
    const missing = methods.filter((method) => !found.includes(method));
    const unknown = found.filter((method) => !methods.includes(method));
    if (missing.length + unknown.length) throw new Error(`${section}: missing ${missing}; not in this list: ${unknown}`);
    for (const method of methods) {
      const call = api.call[section][method];
      const names = call.meta.params.map(({ name }) => name.toString());
      const answer = await call(...names.map(argument));
      answer.toJSON();
      count.apis++;
      const trait = section.replace(/^./, (c) => c.toUpperCase());
      const same = await views[trait][method.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`)](...names.map((name) => forPapi(argument(name), name)));
      // Both say nothing, or neither does: what they say is written in different ways.
      if (answer.isNone === true && same !== undefined) throw new Error(`${section}.${method}: PAPI says ${JSON.stringify(same)}, polkadot-js nothing`);
      count.papi++;
    }
  }
  if (Object.values(count).some((n) => n === 0)) throw new Error(`something was not found at all: ${JSON.stringify(count)}`);
} catch (error) {
  code = 1;
  console.error(`metadata: FAILED: ${error.message}`);
}
papi?.destroy();
await api?.disconnect().catch(() => {});
await processes.stopAll();
removeFolder(folder);
if (!code) console.log(`metadata: ok ${Object.entries(count).map(([kind, n]) => `${kind}=${n}`).join(' ')}`);
process.exit(code);
