// The main job end to end, on real parts: a dev chain, a provider's miner, a buyer. See scripts/demo.sh.

import { createHash } from 'node:crypto';
import { parseArgs } from 'node:util';
import { eventOf, freeBalance, gpu, keyring, sleep, submit, UNIT, waitFor } from './lib.mjs';
import { minersAccount } from './network.mjs';
import { checkImage, mandelbrot, parseKills, Stage } from './stage.mjs';

const HELP = `usage: scripts/demo.sh [options]
  --auction           the task is given away by auction: the miner bids by itself, reveals, wins, and works for its bid
  --kill WHO@MOMENT   kill -9 the node or the miner at a moment of the demo and start it again; may be given more often.
                      WHO is node or miner, MOMENT one of: challenge, registered, accepted, computing, submitted, approved;
                      with --auction also: auctioned, bid, revealed
  --keep              keep the folder with logs and state, and print its name
  --bin DIR           the folder with the binaries gpu-chain and gpu-miner (set by scripts/demo.sh)
  --help              this text`;

const { values: options } = parseArgs({
  options: {
    bin: { type: 'string' },
    auction: { type: 'boolean', default: false },
    kill: { type: 'string', multiple: true, default: [] },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (options.help) {
  console.log(HELP);
  process.exit(0);
}

const MOMENTS = ['registered', 'challenge', 'accepted', 'computing', 'submitted', 'approved'];
if (options.auction) MOMENTS.push('auctioned', 'bid', 'revealed');
const stage = new Stage(options.bin, parseKills(options.kill, MOMENTS));
const { processes } = stage;
let api;

const MINER_POLICY = `# The demo's provider does one kind of work, for anybody who pays.
max_concurrent = 1
# The demo's buyer serves its specification from loopback.
allow_private_addresses = true

[[payment]]
asset = "native"
min_price = "0.01"

[programs.mandelbrot]
path = "built-in"
`;

/** What the provider bids an hour for, GPU. */
const PER_HOUR = 18n;
const BIDS = `
[bids]
enabled = true
[bids.per_hour]
native = "${PER_HOUR}"
`;
/** Blocks in which bids are handed in, and then revealed: enough for a miner, or a node, that is killed and comes back. */
const WINDOWS = { CommitWindow: 20, RevealWindow: 20 };
const REQUEST = {
  weights: { price: 4_000, reputation: 3_000, latency: 1_000, uptime: 0, power: 2_000 },
  regions: [{ region: 'local', latencyMs: 20 }], maxLatencyMs: 100, minUptime: 0,
  hardware: { model: '', gpuMemoryMib: 0, gpuCount: 0, cpuCores: 1, ramMib: 0, storageGib: 0, bandwidthMbps: 0 },
};

async function main() {
  const keys = keyring();
  const [provider, buyer, poor, sudo, queen] = ['//Bob', '//Ferdie', '//Eve', '//Alice', '//Queen'].map((uri) => keys.addFromUri(uri));
  const people = { provider: provider.address, buyer: buyer.address, sponsor: queen.address };

  await stage.doing('start a dev chain: one validator, a block each second', async () => {
    await stage.startChain();
    api = stage.api;
  });
  await stage.doing('start a miner of blocks, for an account of its own', async () => stage.startBlockMiner());
  const treasury = api.consts.treasury.potAccount.toString();
  people.treasury = treasury;

  await stage.doing('let challenge rounds follow each other quickly (sudo, dev chain only)', () => stage.hurryRounds(sudo));
  if (options.auction) {
    await stage.doing('let auctions take seconds instead of minutes (sudo, dev chain only)', () => stage.setParameters(sudo, { Matching: WINDOWS }));
  }
  await stage.balances(people, 'before');

  const nodeId = await stage.doing('register a provider: fee, stake, hardware', async () => {
    await stage.configureMiner(MINER_POLICY, options.auction ? BIDS : '');
    return stage.register('--resource-type', 'cpu');
  });
  await stage.doing('the dev chain\'s Queen answers for the node', () => stage.sponsor(nodeId));
  await stage.balances(people, 'after registration');

  await stage.doing('start the miner', async () => stage.startMiner());
  await stage.moment('registered');

  await stage.doing('the miner solves its first challenge', async () => {
    await stage.moment('challenge');
    await stage.untilActive(nodeId);
  });

  const power = await stage.doing('a challenge round proves its power', () => stage.untilProven(nodeId));

  const spec = mandelbrot(256, 192);
  const specHash = '0x' + createHash('sha256').update(spec).digest('hex');
  const specUri = await serve(spec);

  const issuanceOfEscrow = async (key) => (await api.call.escrowApi.escrow(key)).toJSON();
  const create = (call, maxPerHour, who = buyer) =>
    submit(
      api,
      who,
      api.tx.marketplace[call]('Cpu', { hashesPerSecond: 1_000 }, 300, 'Native', maxPerHour * UNIT, 0, specUri, specHash),
      { what: call },
    );
  const taskId = await stage.doing('create a task: render a Mandelbrot image, price in escrow', async () => {
    const { events, block } = await create(options.auction ? 'createAuctionTask' : 'createTask', 36n);
    const id = eventOf(events, 'marketplace', 'TaskCreated').taskId.toNumber();
    const task = (await api.call.taskApi.task(id)).unwrap();
    console.log(`    task ${id} in block ${block}: ${gpu(task.price)} for ${task.durationSecs} s at the most`);
    return id;
  });
  await stage.balances(people, 'price in escrow');
  console.log(`    escrow: ${JSON.stringify(await issuanceOfEscrow({ Task: taskId }))}`);

  const auction = options.auction ? await auctioned() : null;

  const task = async () => (await api.call.taskApi.task(taskId)).unwrap();
  const reach = (status, timeoutMs = 120_000) =>
    waitFor(`task ${taskId} is ${status}`, async () => {
      if (processes.children.has('miner')) processes.check('miner');
      return past((await task()).status.type, status);
    }, { timeoutMs, everyMs: 200 });

  await stage.doing(auction ? 'the miner settles the auction and has the task' : 'the miner accepts the task', async () => {
    await reach('Assigned');
    if (auction) {
      const { agreedPrice } = await task();
      if (agreedPrice.unwrap().toBigInt() !== auction.price) throw new Error(`agreed upon ${agreedPrice}, not ${auction.price}`);
    }
    await stage.moment('accepted');
  });
  await stage.doing('the miner computes it in its sandbox', async () => {
    await reach('InProgress');
    await stage.moment('computing');
  });
  const result = await stage.doing('the miner submits the result', async () => {
    await reach('Completed', 240_000);
    await stage.moment('submitted');
    const result = (await task()).result.unwrap();
    // polkadot-js adds the underscore: every value of its own has a `hash` already.
    const hash = result.hash_.toHex();
    const uri = result.uri.toUtf8();
    console.log(`    ${uri} (${hash})`);
    return { hash, uri };
  });

  await stage.doing('the buyer fetches the result and checks its hash', async () => {
    const bytes = await waitFor('the result can be fetched', async () => Buffer.from(await (await fetch(result.uri)).arrayBuffer()));
    const hash = '0x' + createHash('sha256').update(bytes).digest('hex');
    if (hash !== result.hash) throw new Error(`the result's hash is ${hash}, not ${result.hash}`);
    checkImage(bytes, 256, 192);
    console.log(`    ${bytes.length} bytes, an image of 256 × 192, hash as submitted`);
  });

  const paid = await stage.doing('the buyer approves: 92 % to the provider, 8 % to the platform', async () => {
    const before = await freeBalance(api, provider.address);
    const { events, block } = await submit(api, buyer, api.tx.marketplace.approveResult(taskId), { what: 'approve_result' });
    const released = eventOf(events, 'escrow', auction ? 'EscrowSplit' : 'EscrowReleased');
    const provided = released.providerPayout.toBigInt();
    const fee = released.platformFee.toBigInt();
    const back = released.refund?.toBigInt() ?? 0n;
    const { price: budget, agreedPrice } = await task();
    const price = agreedPrice.unwrapOr(budget);
    if (back !== budget.toBigInt() - price.toBigInt()) throw new Error(`${back} went back to the buyer, of ${budget} for ${price}`);
    if (provided + fee !== price.toBigInt()) throw new Error(`paid ${provided} + ${fee} is not the price ${price}`);
    if (fee !== (price.toBigInt() * 8n) / 100n) throw new Error(`the fee ${fee} is not 8 % of ${price}`);
    const shared = eventOf(events, 'nodeRoles', 'FeeShared').amount.toBigInt();
    if (shared !== fee / 10n) throw new Error(`the sponsor's part ${shared} is not a tenth of the fee ${fee}`);
    const rest = back > 0n ? `; ${gpu(back)} back to the buyer` : '';
    console.log(`    block ${block}: provider +${gpu(provided)}, platform +${gpu(fee)}, of which ${gpu(shared)} went on to the sponsor${rest}`);
    const after = await freeBalance(api, provider.address);
    // Other transactions of the provider in the same block cost it fees, never anywhere near the payment.
    if (after - before < (provided * 9n) / 10n) throw new Error(`the provider's balance rose by ${after - before} only`);
    await stage.moment('approved');
    return { provided, fee };
  });
  await stage.balances(people, 'after payment');
  await stage.doing('nothing is paid twice: the task has ended and its escrow is settled', async () => {
    await sleep(3_000);
    const escrow = await issuanceOfEscrow({ Task: taskId });
    if ((await task()).status.type !== 'Verified') throw new Error(`task is ${(await task()).status.type}`);
    if (JSON.stringify(escrow).includes('held":')) throw new Error(`the escrow is still open: ${JSON.stringify(escrow)}`);
    const held = await api.query.balances.holds(buyer.address);
    if (held.some((hold) => hold.id.isEscrow)) throw new Error(`the buyer still has money in escrow: ${held}`);
    await submitFails(api.tx.marketplace.approveResult(taskId), buyer, 'approving twice');
  });
  if (auction) {
    await stage.doing('the bond is back with the provider', () => settled(auction));
    await stage.doing('nobody bid in the other auction: whoever fits may take its task now, and the miner does', () => failed(auction.other));
  }
  const lanes = await stage.doing('both lanes made blocks: validators by stake, the miner by work', async () => {
    processes.check('block-miner');
    const stats = await waitFor('a mined block', async () => {
      const stats = await api.call.hybridPowApi.powStats();
      return stats.minerBlocks.toNumber() > 0 && stats;
    }, { timeoutMs: 120_000, everyMs: 500 });
    const lanes = { pow: stats.minerBlocks.toNumber(), pos: stats.validatorBlocks.toNumber() };
    console.log(`    ${lanes.pow} mined, ${lanes.pos} of validators; difficulty ${stats.difficulty}, the miner has ${gpu(await freeBalance(api, minersAccount()))}`);
    return lanes;
  });
  return { taskId, auction, power, lanes, ...paid };

  /** Opens an auction of the task, and one that is not worth a bid; the miner bids in the first, and reveals it. */
  async function auctioned() {
    const open = async (task, who) => {
      const { events } = await submit(api, who, api.tx.matching.openAuction(task, REQUEST, false), { what: 'open_auction' });
      return eventOf(events, 'matching', 'AuctionOpened');
    };
    const status = async () => JSON.parse(await stage.miner('status', '--json')).bids;
    const [id, other] = await stage.doing('the buyer puts it up for auction, and another buyer one that pays too little', async () => {
      const opened = await open(taskId, buyer);
      await stage.moment('auctioned');
      const { events } = await create('createAuctionTask', PER_HOUR / 2n, poor);
      const task = eventOf(events, 'marketplace', 'TaskCreated').taskId.toNumber();
      const { auctionId, revealUntil } = await open(task, poor);
      const other = { task, id: auctionId.toNumber(), until: revealUntil.toNumber() };
      const why = await waitFor('the miner says why it does not bid', async () => (await status()).refused[other.id]);
      if (!why.includes('asks for')) throw new Error(`the miner says of auction ${other.id}: ${why}`);
      console.log(`    auction ${opened.auctionId}, bids until block ${opened.commitUntil}, revealed until ${opened.revealUntil}; bond ${gpu(opened.bond)}`);
      console.log(`    auction ${other.id}: the miner does not bid: ${why}`);
      return [opened.auctionId.toNumber(), other];
    });
    const bid = async () => (await api.call.matchingApi.bid(id, nodeId)).unwrapOr(null);
    await stage.doing('the miner bids, under seal', async () => {
      const { commitment } = await waitFor('a bid', bid);
      await stage.moment('bid');
      if (!(await bonded()).length) throw new Error('no bond is on hold');
      const line = await waitFor('the miner knows what it bid', async () => (await status()).open[id]);
      console.log(`    ${commitment}; the miner alone knows: ${line.price} GPU, ${line.stands}`);
    });
    const price = await stage.doing('the miner reveals its bid', async () => {
      const revealed = await waitFor('it is revealed', async () => (await bid())?.revealed.unwrapOr(null), { timeoutMs: 120_000 });
      await stage.moment('revealed');
      const price = revealed.price.toBigInt();
      if (price !== (PER_HOUR * UNIT * 300n) / 3_600n) throw new Error(`the miner bid ${gpu(price)}`);
      if (!revealed.outcome.isOk) throw new Error(`the bid does not fit: ${revealed.outcome}`);
      console.log(`    ${gpu(price)}, score ${revealed.outcome.asOk}`);
      return price;
    });
    return { id, price, bid, other };
  }

  async function bonded() {
    const holds = await api.query.balances.holds(provider.address);
    return holds.filter(({ id }) => id.isMatching && id.asMatching.isBond);
  }

  async function settled({ id, bid }) {
    await waitFor('the bid is claimed', async () => (await bid()) === null);
    if ((await bonded()).length) throw new Error('a bond is still on hold');
    const { status } = (await api.call.matchingApi.auction(id)).unwrap();
    if (!status.isAwarded || status.asAwarded.node.toHex() !== nodeId) throw new Error(`auction ${id} is ${status}`);
    await submit(api, buyer, api.tx.matching.removeAuction(id), { what: 'remove_auction' });
  }

  async function failed({ task, id, until }) {
    await waitFor(`block ${until}`, async () => (await stage.head()) > until);
    await submit(api, poor, api.tx.matching.settle(id), { what: 'settle' });
    const taken = await waitFor('the task is taken', async () => {
      const found = (await api.call.taskApi.task(task)).unwrap();
      return found.status.type !== 'Open' && found;
    });
    if (taken.node.unwrap().toHex() !== nodeId) throw new Error(`node ${taken.node} has task ${task}`);
    console.log(`    task ${task} is ${taken.status.type}, for its whole price of ${gpu(taken.price)}`);
  }
}

/** The statuses that a task passes on its way, in order. */
const WAY = ['Open', 'Assigned', 'InProgress', 'Completed', 'Verified'];
function past(status, wanted) {
  if (!WAY.includes(status)) throw new Error(`the task is ${status}`);
  return WAY.indexOf(status) >= WAY.indexOf(wanted);
}

async function submitFails(call, signer, what) {
  try {
    await submit(api, signer, call, { what, tries: 1 });
  } catch (error) {
    if (!error.final) throw error;
    return;
  }
  throw new Error(`${what} should have been refused`);
}

/** Serves the task's specification on loopback while the demo runs, and gives its address. */
async function serve(bytes) {
  const { createServer } = await import('node:http');
  const server = createServer((_, response) => response.end(bytes));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  server.unref();
  return `http://127.0.0.1:${server.address().port}/specification.json`;
}

await stage.tell(async () => {
  const { taskId, auction, provided, fee, power, lanes } = await main();
  const by = auction ? ` auction=${auction.id} bid=${auction.price}` : '';
  return `demo: ok task=${taskId}${by} provider_paid=${provided} platform_fee=${fee} verified_power=${power} pow_blocks=${lanes.pow} pos_blocks=${lanes.pos}`;
}, options.keep);
