// What the bridge costs and how long it takes, in one run on real parts. See scripts/bridge-bench.sh.

import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { Wallet } from '../../contracts/ethers.mjs';
import { keyring, sleep, UNIT } from './lib.mjs';
import { Evm, GATEWAY } from './bridge/evm.mjs';
import { eventOf } from './bridge/events.mjs';
import { proveLog } from './bridge/proof.mjs';
import { ALIGNMENT, ASSETS, World } from './bridge/world.mjs';
import { accountWord } from './bridge/chain.mjs';

const HELP = `usage: scripts/bridge-bench.sh [options]
  --crossings N  how many deposits and withdrawals are timed (default 10)
  --checks N     how many times a claim is verified (default 100)
  --keep         keep the folder with logs and state, and print its name
  --bin DIR      the folder with the binaries (set by scripts/bridge-bench.sh)
  --help         this text`;

const { values: options } = parseArgs({
  options: {
    bin: { type: 'string' }, crossings: { type: 'string', default: '10' }, checks: { type: 'string', default: '100' },
    keep: { type: 'boolean', default: false }, help: { type: 'boolean', default: false },
  },
});
if (options.help) {
  console.log(HELP);
  process.exit(0);
}
const [CROSSINGS, CHECKS] = [Number(options.crossings), Number(options.checks)];
if (!(CROSSINGS >= 1) || !(CHECKS >= 1)) {
  console.error('bridge-bench: --crossings and --checks must be 1 or more');
  process.exit(2);
}

const world = new World(options.bin, [], 'bridge-bench');
const user = keyring().addFromUri('//BridgeUser');
const government = keyring().addFromUri('//Alice');
/** Transactions of the block whose receipts a claim is proven by: those of an average block of Ethereum. */
const LONG_BLOCK = 150;
/** How far above it the accepted header is that the longest proof begins at. */
const FAR = 60;

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const spread = (values, digits = 1) => `median ${median(values).toFixed(digits)}, ${Math.min(...values).toFixed(digits)} to ${Math.max(...values).toFixed(digits)}`;

/** Deposits: from the moment at which the EVM chain says that their block is final until they are credited. */
async function deposits() {
  const seconds = [];
  const blocks = [];
  for (let i = 0; i < CROSSINGS; i++) {
    const { nonce, block } = await world.deposit('USDC', 5n * ASSETS.USDC.unit + BigInt(i), user.address);
    await world.anvil.untilFinal(block);
    const [start, head] = [Date.now(), await world.head()];
    await world.untilCredited(nonce);
    seconds.push((Date.now() - start) / 1_000);
    blocks.push((await world.head()) - head);
    // Not always at the same place between two headers.
    await sleep(Math.random() * 4_000);
  }
  console.log(`    from final there to credited here: ${spread(seconds)} s, ${spread(blocks, 0)} blocks of ${2 * world.network.slotMs / 1e3} s (${CROSSINGS} deposits)`);
  return { credited_s: median(seconds).toFixed(1), credited_blocks: median(blocks) };
}

/** Withdrawals: from the block that they are in until the money is there. */
async function withdrawals() {
  const seconds = [];
  for (let i = 0; i < CROSSINGS; i++) {
    const to = Wallet.createRandom().address;
    const amount = UNIT + BigInt(i);
    await world.withdraw(user, 'GPU', to, amount);
    const start = Date.now();
    await world.untilPaid(to, 'GPU', amount);
    seconds.push((Date.now() - start) / 1_000);
  }
  console.log(`    from recorded here to paid there: ${spread(seconds)} s (${CROSSINGS} withdrawals; of it the wait for a batch, 2 blocks, and before signing, 4)`);
  return { paid_s: median(seconds).toFixed(1) };
}

/** A deposit in the middle of a block as long as Ethereum's. */
async function longBlock() {
  const { anvil, deployment } = world;
  const word = await accountWord(world.api, user.address);
  const wallet = world.evmWallet('user');
  const nonce = await wallet.getNonce();
  const deposit = GATEWAY.encodeFunctionData('depositNative', [word]);
  // Signed before the first is sent, so that they come into one block; whether they did is looked at.
  const gasPrice = 20n * 10n ** 9n;
  const signed = [];
  for (let i = 0; i < LONG_BLOCK; i++) {
    const what = i === LONG_BLOCK / 2 ? { to: deployment.gateway, data: deposit, value: 10n ** 16n, gasLimit: 120_000n } : { to: `0x${'22'.repeat(20)}`, value: 1n, gasLimit: 21_000n };
    signed.push(await wallet.signTransaction({ ...what, nonce: nonce + i, gasPrice, type: 0, chainId: world.evmId }));
  }
  for (const raw of signed) await anvil.rpc('eth_sendRawTransaction', [raw]);
  return world.until('the long block', async () => {
    const evm = new Evm([anvil.url]);
    const logs = await evm.logs(deployment.gateway, [GATEWAY.getEvent('Deposit').topicHash], 0, await anvil.number());
    return logs.map(eventOf).find(({ log }) => BigInt(log.data.slice(0, 2) + log.data.slice(66)) === 10n ** 16n);
  });
}

/**
 * What the runtime takes to check a claim: the transaction tried in the newest block's state, in turn with one that does nothing. That
 * one gives its fee back too, as only government's does: keeping a fee takes longer than a small claim.
 */
async function claims() {
  const { api } = world;
  const evm = new Evm([world.anvil.url]);
  // Nobody else may claim what is tried here time and again.
  await world.processes.stop('relayer');
  const event = await longBlock();
  const number = Number(event.log.blockNumber);
  const { length } = await evm.receipts(event.log.blockHash);
  const figures = {};
  for (const [name, above] of [['claim_us', 0], ['claim_far_us', FAR]]) {
    const height = Math.ceil((number + above) / ALIGNMENT) * ALIGNMENT;
    const anchor = await world.until(`block ${height} is accepted`, async () => {
      const view = await world.view({ final: false });
      return view.anchor(height, (await world.chain()).headers, ALIGNMENT, 64 - (height - number));
    }, 180_000);
    const proof = await proveLog(evm, anchor, event.log);
    const claim = api.tx.evmBridge.claimDeposit(world.evmId, proof);
    const size = claim.method.toU8a().length;
    const trivial = api.tx.sudo.sudo(api.tx.system.remark(`0x${randomBytes(size - 8).toString('hex')}`));
    const nonce = await api.rpc.system.accountNextIndex(government.address);
    const [real, nothing] = [await claim.signAsync(government, { nonce, era: 0 }), await trivial.signAsync(government, { nonce, era: 0 })].map((one) => one.toHex());
    const dry = async (extrinsic) => {
      const start = process.hrtime.bigint();
      const result = await api.rpc.system.dryRun(extrinsic);
      const took = Number(process.hrtime.bigint() - start) / 1_000;
      if (!result.isOk || !result.asOk.isOk) throw new Error(`the claim is refused: ${result}`);
      return took;
    };
    const times = { real: [], nothing: [] };
    for (let i = 0; i < CHECKS; i++) {
      times.real.push(await dry(real));
      times.nothing.push(await dry(nothing));
    }
    // One after the other, so that what else the machine does weighs on both alike. With many ancestors most of the time goes into
    // bringing the bytes in, which a remark's take longer for, so that no difference says anything: the weight is the measure there.
    if (above === 0) figures[name] = Math.round(median(times.real.map((took, i) => took - times.nothing[i])));
    const { weight } = await claim.paymentInfo(government);
    figures.claim_charged_us = Math.round(weight.refTime.toNumber() / 1e6);
    console.log(
      `    ${proof.ancestors.length} ancestors, ${proof.nodes.length} nodes of the trie of ${length} receipts, ${size} bytes: median of ${CHECKS} ` +
        `${median(times.real).toFixed(0)} µs, of a remark as long ${median(times.nothing).toFixed(0)} µs` +
        `${figures[name] === undefined ? '' : `, of the difference ${figures[name]} µs`}; charged ${figures.claim_charged_us} µs, by measured weights of the largest proof`,
    );
  }
  world.startRelayer();
  await world.untilCredited(event.nonce);
  return figures;
}

/** Gas of each operation for 4 and 21 validators, on anvils of their own, beside the prototype's. */
async function gas() {
  const script = fileURLToPath(new URL('../../contracts/scripts/gas.mjs', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script]);
  console.log(stdout.trim().split('\n').map((line) => `    ${line}`).join('\n'));
  const row = stdout.split('\n').find((line) => line.startsWith('| batch of 1, USDC |')).split('|').map((cell) => cell.trim().replaceAll(',', ''));
  return { gas_batch_4: row[2], gas_batch_21: row[3] };
}

async function main() {
  world.where();
  await world.build({ epochSlots: 1_200 }, [[user.address, 1_000n * UNIT]]);
  await world.doing('start a relayer', async () => world.startRelayer());
  world.watched = ['anvil', ...world.network.validatorNames()];
  await world.giveUsdc(10_000n * ASSETS.USDC.unit);
  const figures = {};
  for (const [what, measure] of [
    ['deposits', deposits], ['withdrawals', withdrawals], ['claims, checked by the runtime in wasm', claims], ['gas, on the EVM chain', gas],
  ]) Object.assign(figures, await world.doing(what, measure));
  return `bridge-bench: ok ${Object.entries(figures).map(([name, value]) => `${name}=${value}`).join(' ')}`;
}

await world.tell(main, options.keep);
