// A rental end to end, on real parts: a dev chain, a provider's miner that is lost for a while, a renter. See scripts/demo.sh.

import { parseArgs } from 'node:util';
import sodium from 'libsodium-wrappers';
import { eventOf, gpu, keyring, sleep, submit, UNIT, waitFor } from './lib.mjs';
import { checkImage, mandelbrot, parseKills, Stage } from './stage.mjs';

const HELP = `usage: scripts/demo.sh rental [options]
  --seconds N         how long the window is, without the grace after it (default 60, at least 40)
  --gone N            for how long the provider is away in the middle of it, seconds (default 25)
  --kill WHO@MOMENT   kill -9 the node or the miner at a moment of the demo and start it again; may be given more often.
                      WHO is node or miner, MOMENT one of: booked, confirmed, running, settled
  --keep              keep the folder with logs and state, and print its name
  --bin DIR           the folder with the binaries gpu-chain and gpu-miner (set by scripts/demo.sh)
  --help              this text`;
const MOMENTS = ['booked', 'confirmed', 'running', 'settled'];

const { values: options } = parseArgs({
  options: {
    bin: { type: 'string' },
    seconds: { type: 'string', default: '60' },
    gone: { type: 'string', default: '25' },
    kill: { type: 'string', multiple: true, default: [] },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (options.help) {
  console.log(HELP);
  process.exit(0);
}
const [seconds, gone] = [Number(options.seconds), Number(options.gone)];
if (!(seconds >= 40) || !(gone >= 0) || gone > seconds - 20) {
  console.error('demo: --seconds must be 40 or more, and --gone leave 20 of them');
  process.exit(2);
}

const stage = new Stage(options.bin, parseKills(options.kill, MOMENTS));
const { processes } = stage;

// A window of real time that is over soon: the chain's usual times are a matter of minutes and hours.
const GRACE = 10;
const PROOF_INTERVAL = 20;
const TIMES = { MinDuration: 10_000, Grace: GRACE * 1_000, ProofInterval: PROOF_INTERVAL * 1_000, ConfirmWindow: 60_000 };
/** GPU an hour: a hundredth a second. */
const RATE = 36;

const POLICY = `# The demo's provider rents its accelerator out, and runs one program for whoever has it.
[rentals]
session = "built-in"

[programs.mandelbrot]
path = "built-in"
`;

async function main() {
  await sodium.ready;
  const keys = keyring();
  const [provider, renter, sudo] = ['//Bob', '//Ferdie', '//Alice'].map((uri) => keys.addFromUri(uri));
  const people = { provider: provider.address, renter: renter.address };

  await stage.doing('start a dev chain: one validator, a block each second', () => stage.startChain());
  const { api } = stage;
  people.treasury = api.consts.treasury.potAccount.toString();
  await stage.doing('let rounds and rentals take seconds instead of minutes (sudo, dev chain only)', async () => {
    await stage.hurryRounds(sudo);
    await stage.setParameters(sudo, { Rental: TIMES });
    const rules = (await api.call.rentalApi.rules()).toJSON();
    console.log(`    a proof covers ${rules.proofInterval / 1e3} s at the most; grace ${rules.grace / 1e3} s, paid in advance`);
  });
  const nodeId = await stage.doing('register a provider with one accelerator; the processor stands in for it', async () => {
    await stage.configureMiner(POLICY);
    return stage.register('--resource-type', 'gpu', '--gpu-count', '1', '--model', 'demo accelerator');
  });
  await stage.doing('the dev chain\'s Queen answers for the node', () => stage.sponsor(nodeId));
  await stage.doing('start the miner: it solves its first challenge', async () => {
    stage.startMiner();
    await stage.untilActive(nodeId);
  });
  await stage.doing('a challenge round proves its power', () => stage.untilProven(nodeId));
  await stage.doing(`offer the accelerator for ${RATE} GPU an hour`, async () => {
    console.log(`    ${(await stage.miner('list', '--gpu', '0', '--rate', String(RATE), '--min-minutes', '0.2')).trim()}`);
  });
  await stage.doing('a buyer auctions a task: what the miner computes of its chance is what the chain says', () => auctionTask(nodeId));
  await stage.balances(people, 'before');

  const box = sodium.crypto_box_keypair();
  const rental = async (id) => (await api.call.rentalApi.rental(id)).unwrap();
  const { id, price } = await stage.doing(`book it for ${seconds} s, and ${GRACE} s of grace`, async () => {
    const quote = (await api.call.rentalApi.quote(nodeId, [0], seconds * 1_000)).unwrap();
    const call = api.tx.rental.book(nodeId, [0], null, seconds * 1_000, '0x' + Buffer.from(box.publicKey).toString('hex'), null);
    const { events, block } = await submit(api, renter, call, { what: 'book' });
    const booked = eventOf(events, 'rental', 'RentalBooked');
    const price = booked.price.toBigInt();
    if (price !== quote[1].toBigInt()) throw new Error(`the price ${price} is not what was quoted, ${quote[1]}`);
    console.log(`    rental ${booked.rentalId} in block ${block}: ${gpu(price)} in escrow`);
    return { id: booked.rentalId.toNumber(), price };
  });
  await stage.balances(people, 'price in escrow');
  await stage.moment('booked');

  const access = await stage.doing('the provider confirms, and seals access to the renter', async () => {
    const sealed = await waitFor('the rental is confirmed', async () => (await rental(id)).access.unwrapOr(null), { timeoutMs: 60_000 });
    const opened = sodium.crypto_box_seal_open(sealed.toU8a(true), box.publicKey, box.privateKey);
    const access = JSON.parse(Buffer.from(opened).toString());
    const stranger = sodium.crypto_box_keypair();
    let read = true;
    try {
      sodium.crypto_box_seal_open(sealed.toU8a(true), stranger.publicKey, stranger.privateKey);
    } catch {
      read = false;
    }
    if (read) throw new Error('a stranger could open the access descriptor');
    console.log(`    ${sealed.toU8a(true).length} bytes on the chain; the renter reads: ${access.url}, and a token`);
    await stage.moment('confirmed');
    return access;
  });

  await stage.doing('the renter uses the machine: renders an image in its session', () => useSession(access));
  const early = await stage.doing('the miner proves its time', () =>
    waitFor('a proof', async () => {
      const proven = (await rental(id)).proven.toNumber();
      return proven > 0 && proven;
    }),
  );
  console.log(`    ${early / 1e3} s are earned, block ${await stage.head()}`);
  await stage.moment('running');

  if (gone > 0) {
    await stage.doing(`the provider is lost: kill -9, and back after ${gone} s`, async () => {
      await processes.stop('miner', 'SIGKILL');
      const before = (await rental(id)).proven.toNumber();
      await sleep(gone * 1_000);
      if ((await rental(id)).proven.toNumber() !== before) throw new Error('time was earned while nobody was there');
      stage.startMiner();
      await waitFor('it proves again', async () => (await rental(id)).proven.toNumber() > before, { timeoutMs: 90_000 });
      console.log(`    ${before / 1e3} s before, ${(await rental(id)).proven.toNumber() / 1e3} s with the first proof after it`);
    });
    if ((await phase(id)) === 'Running') {
      await stage.doing('the session is open again, with the token of before', () => useSession(access));
    }
  }

  const ended = await stage.doing('the window ends, the grace ends, and the miner settles it', async () => {
    const { endedAt } = await waitFor('the rental is settled', async () => {
      processes.check('miner');
      const record = await rental(id);
      return record.status.isEnded && record;
    }, { timeoutMs: (seconds + GRACE + PROOF_INTERVAL + 60) * 1_000, everyMs: 500 });
    const hash = await api.rpc.chain.getBlockHash(endedAt.unwrap()[1]);
    const events = (await (await api.at(hash)).query.system.events()).map(({ event }) => event);
    await stage.moment('settled');
    return eventOf(events, 'rental', 'RentalEnded');
  });

  return stage.doing('what was paid is what was proven', async () => {
    const proven = ended.proven.toBigInt();
    const [payout, fee, refund] = [ended.payout, ended.fee, ended.refund].map((amount) => amount.toBigInt());
    const record = await rental(id);
    const earned = (record.hourlyRate.toBigInt() * proven) / 3_600_000n;
    const of = BigInt(seconds + GRACE) * 1_000n;
    console.log(`    ${Number(proven) / 1e3} of ${Number(of) / 1e3} s proven, at ${gpu(record.hourlyRate)} an hour: ${gpu(earned)}`);
    console.log(`    provider ${gpu(payout)}, platform ${gpu(fee)}, back to the renter ${gpu(refund)}`);
    if (payout + fee + refund !== price) throw new Error(`${payout} + ${fee} + ${refund} is not the price ${price}`);
    if (payout + fee !== earned) throw new Error(`${payout} + ${fee} is not what was earned, ${earned}`);
    if (fee !== (earned * 8n) / 100n) throw new Error(`the fee ${fee} is not 8 % of ${earned}`);
    if (proven <= 0n || proven > of) throw new Error(`${proven} ms of ${of} cannot be`);
    const most = of - BigInt(Math.max(0, gone - PROOF_INTERVAL)) * 1_000n;
    if (proven > most) throw new Error(`${proven} ms are proven although nobody was there for ${gone} s`);
    const held = await api.query.balances.holds(renter.address);
    if (held.some((hold) => hold.id.isEscrow)) throw new Error(`the renter still has money in escrow: ${held}`);
    await refused(api.tx.rental.close(id), renter, 'NothingToClose');
    await stage.balances(people, 'after settlement');
    const whole = (ms) => (Number(ms) / 1e3).toFixed(3).replace(/\.?0+$/, '');
    return `demo: ok rental=${id} proven_seconds=${whole(proven)} of=${whole(of)} provider_paid=${payout} refunded=${refund} platform_fee=${fee}`;
  });

  /** Puts a task up for auction, has the miner compute its score, and takes the task back. */
  async function auctionTask(nodeId) {
    const hash = '0x' + '07'.repeat(32);
    const create = api.tx.marketplace.createAuctionTask('Gpu', { hashesPerSecond: 1_000 }, 3_600, 'Native', 36n * UNIT, 0, 'https://example.org/spec.json', hash);
    const { events } = await submit(api, renter, create, { what: 'create_auction_task' });
    const task = eventOf(events, 'marketplace', 'TaskCreated').taskId.toNumber();
    const request = {
      weights: { price: 4_000, reputation: 3_000, latency: 1_000, uptime: 0, power: 2_000 },
      regions: [{ region: 'local', latencyMs: 20 }], maxLatencyMs: 100, minUptime: 0,
      hardware: { model: '', gpuMemoryMib: 0, gpuCount: 1, cpuCores: 0, ramMib: 0, storageGib: 0, bandwidthMbps: 0 },
    };
    await submit(api, renter, api.tx.matching.openAuction(task, request, false), { what: 'open_auction' });
    const chance = async (perHour) => {
      // The miner holds what it computes against the chain's own answer, and fails where they differ.
      const [found] = JSON.parse(await stage.miner('auctions', '--per-hour', perHour, '--json'));
      if (found?.task !== task) throw new Error(`the miner does not see the auction of task ${task}: ${JSON.stringify(found)}`);
      return found;
    };
    const [dear, cheap, above] = [await chance('30'), await chance('10'), await chance('37')];
    if (!(cheap.score > dear.score)) throw new Error(`a lower price scores ${cheap.score}, a higher one ${dear.score}`);
    if (above.unfit !== 'AboveBudget') throw new Error(`a bid above the budget: ${JSON.stringify(above)}`);
    console.log(`    score ${dear.score} at 30 GPU an hour, ${cheap.score} at 10; at 37, above the budget of 36, it does not fit`);
    await submit(api, renter, api.tx.marketplace.cancelTask(task), { what: 'cancel_task' });
  }

  async function phase(id) {
    return (await api.call.rentalApi.phase(id)).unwrap().type;
  }

  /** Renders an image on the rented machine, and shows that only the token opens it. */
  async function useSession({ url, token }) {
    const body = mandelbrot(96, 64);
    const ask = (token) => fetch(url, { method: 'POST', headers: { authorization: `Bearer ${token}` }, body });
    const stranger = await waitFor('the session answers', () => ask('0'.repeat(64)));
    if (stranger.status !== 401) throw new Error(`a stranger was answered with ${stranger.status}`);
    const bytes = await waitFor('the session runs a specification', async () => {
      const answer = await ask(token);
      if (!answer.ok) throw new Error(`${answer.status}: ${(await answer.text()).trim()}`);
      return Buffer.from(await answer.arrayBuffer());
    });
    checkImage(bytes, 96, 64);
    console.log(`    an image of 96 × 64, ${bytes.length} bytes; without the token: ${stranger.status}`);
  }

  async function refused(call, signer, expected) {
    try {
      await submit(api, signer, call, { what: expected, tries: 1 });
    } catch (error) {
      if (!error.message.includes(expected)) throw error;
      return;
    }
    throw new Error(`${expected}: it should have been refused`);
  }
}

await stage.tell(main, options.keep);
