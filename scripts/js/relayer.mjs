// The bridge's relayer as a program: options, keys, log lines. See scripts/relayer.sh; what it does stands in bridge/relay.mjs.

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ApiPromise, WsProvider } from '@polkadot/api';
import { Wallet } from '../../contracts/ethers.mjs';
import { keyring, sleep, UNIT } from './lib.mjs';
import { Relayer } from './bridge/relay.mjs';

const HELP = `usage: scripts/relayer.sh [options]

  --chain URL            gpu-chain's node, by WebSocket (default ws://127.0.0.1:9944)
  --evm URL              a node of the EVM chain, by HTTP; give several, and the next is asked when one fails or is found wrong
  --evm-chain N          the EVM chain's number; can be left out where gpu-chain has one bridge only
  --evm-key-file FILE    the private key that pays gas, as 0x…; without it nothing is carried, only proven
  --suri-file FILE       the phrase or URI of the account that proves on gpu-chain; it needs some GPU, and gets them back
  --account ADDRESS      who is paid (default: the account of --suri-file)
  --jobs LIST            of carry, prove, claim, tend (default all): batches, messages and sets to the gateway; what became of
                         them to gpu-chain; deposits and messages of users who do not claim themselves; what was delayed,
                         here and at the gateway
  --at-a-loss            carry also what costs more gas than its fee is worth
  --coin-price GPU       what a coin of the EVM chain is worth, in GPU (default: by gpu-chain's own prices)
  --max-gas-price GWEI   send nothing to the EVM chain while gas costs more
  --unpaid-gas COIN      how much of the EVM chain's coin it spends a day on what nobody pays for: releasing what the gateway held
                         and claiming what it owes, for the recipients (default 0.01; 0 for nothing)
  --from-block N         the EVM chain's block from which events are read (default: the oldest that can be proven)
  --cache FILE           where it notes what it has read, so that a restart reads less; may be lost at any time
  --poll SECONDS         how long a round without work is followed by nothing (default 6)
  --timeout SECONDS      how long a node of the EVM chain may take (default 10)
  --stuck-after SECONDS  when a transaction that is in no block is replaced by one that offers more (default 180)
  --retry-after SECONDS  how long what was refused is left alone (default 600)
  --once                 one round, then an end
  --help                 this text

Every option may stand in the environment instead: RELAYER_CHAIN, RELAYER_EVM (several with commas between), …; the keys themselves as
RELAYER_EVM_KEY and RELAYER_SURI. Keys are never printed. SIGTERM ends it after what it is just doing.
Exit code: 0 after SIGTERM, SIGINT or --once; 1 if --once failed; 2 for options that make no sense.`;

const OPTIONS = {
  chain: { type: 'string' }, evm: { type: 'string', multiple: true }, 'evm-chain': { type: 'string' }, 'evm-key-file': { type: 'string' },
  'suri-file': { type: 'string' }, account: { type: 'string' }, jobs: { type: 'string' }, 'at-a-loss': { type: 'boolean' },
  'coin-price': { type: 'string' }, 'max-gas-price': { type: 'string' }, 'from-block': { type: 'string' }, cache: { type: 'string' },
  poll: { type: 'string' }, timeout: { type: 'string' }, 'stuck-after': { type: 'string' }, 'unpaid-gas': { type: 'string' },
  'retry-after': { type: 'string' }, once: { type: 'boolean' }, help: { type: 'boolean' },
};
const JOBS = ['carry', 'prove', 'claim', 'tend'];

/** Options, each from the command line or else the environment. Throws with what is wrong. */
export function readOptions(args, env) {
  const { values } = parseArgs({ args, options: OPTIONS });
  const given = (name) => values[name] ?? env[`RELAYER_${name.toUpperCase().replaceAll('-', '_')}`];
  const number = (name, fallback, least) => {
    const text = given(name);
    if (text === undefined) return fallback;
    const value = Number(text);
    if (!(value >= least) || text.trim() === '') throw new Error(`--${name} is ${text}; it must be a number, ${least} or more`);
    return value;
  };
  const whole = (name, fallback) => {
    const value = number(name, fallback, 0);
    if (value !== null && !Number.isSafeInteger(value)) throw new Error(`--${name} is ${given(name)}; it must be a whole number`);
    return value;
  };
  const secret = (file, name) => {
    const path = given(file);
    const text = path === undefined ? env[name] : read(file, path);
    return text?.trim() || null;
  };
  if (values.help) return { help: true };
  const urls = [given('evm') ?? []].flat().flatMap((text) => text.split(',')).map((text) => text.trim()).filter(Boolean);
  if (urls.length === 0) throw new Error('--evm is missing: the address of a node of the EVM chain');
  for (const url of urls) if (!/^https?:\/\/\S+$/.test(url)) throw new Error(`--evm ${url}: expected http:// or https://`);
  const chain = given('chain') ?? 'ws://127.0.0.1:9944';
  if (!/^wss?:\/\/\S+$/.test(chain)) throw new Error(`--chain ${chain}: expected ws:// or wss://`);
  const jobs = (given('jobs') ?? JOBS.join(',')).split(',').map((job) => job.trim());
  const unknown = jobs.find((job) => !JOBS.includes(job));
  if (unknown !== undefined) throw new Error(`--jobs names ${unknown || 'nothing'}; there are ${JOBS.join(', ')}`);
  const suri = secret('suri-file', 'RELAYER_SURI');
  if (!suri) throw new Error('no account for gpu-chain: --suri-file or RELAYER_SURI');
  const evmKey = secret('evm-key-file', 'RELAYER_EVM_KEY');
  // The key itself belongs into no message.
  if (evmKey && !/^(0x)?[0-9a-fA-F]{64}$/.test(evmKey)) throw new Error('the key of --evm-key-file or RELAYER_EVM_KEY is not 32 bytes of hex');
  const coinPrice = number('coin-price', null, 0);
  if (coinPrice === 0) throw new Error('--coin-price is 0; it must be above 0');
  const maxGasPrice = number('max-gas-price', null, 0);
  return {
    chain, evm: urls, chainId: whole('evm-chain', null), suri, evmKey, account: given('account'), jobs,
    atALoss: values['at-a-loss'] ?? env.RELAYER_AT_A_LOSS === '1',
    coinPrice: coinPrice === null ? null : BigInt(Math.round(coinPrice * 1e9)) * (UNIT / 10n ** 9n),
    maxGasPrice: maxGasPrice === null ? null : BigInt(Math.round(maxGasPrice * 1e9)),
    unpaidGas: BigInt(Math.round(number('unpaid-gas', 0.01, 0) * 1e9)) * 10n ** 9n,
    retryMs: 1_000 * number('retry-after', 600, 1),
    fromBlock: whole('from-block', null), cache: given('cache'), once: values.once ?? false,
    pollMs: 1_000 * number('poll', 6, 0.1), timeoutMs: 1_000 * number('timeout', 10, 0.1), stuckAfterMs: 1_000 * number('stuck-after', 180, 1),
  };
}

function read(option, path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`--${option} ${path}: ${error.code === 'ENOENT' ? 'there is no such file' : error.code}`);
  }
}

const log = (text) => console.log(`${new Date().toISOString().slice(0, 19)}Z ${text}`);

/** The only chain that there is a bridge to, if none was named. */
async function onlyChain(api) {
  const all = (await api.call.evmBridgeApi.chains()).map(({ chainId }) => chainId.toNumber());
  if (all.length === 1) return all[0];
  throw new Error(all.length === 0 ? 'gpu-chain has no bridge yet' : `gpu-chain has bridges to ${all.join(', ')}: say which with --evm-chain`);
}

async function main() {
  let options;
  try {
    options = readOptions(process.argv.slice(2), process.env);
  } catch (error) {
    console.error(`relayer: ${error.message}; --help explains`);
    process.exit(2);
  }
  if (options.help) {
    console.log(HELP);
    return;
  }
  let signer;
  try {
    signer = keyring().addFromUri(options.suri);
  } catch {
    console.error('relayer: the phrase or URI of --suri-file or RELAYER_SURI is none');
    process.exit(2);
  }
  const wallet = options.evmKey ? new Wallet(options.evmKey.startsWith('0x') ? options.evmKey : `0x${options.evmKey}`) : null;

  let relayer;
  const stop = (signal) => {
    log(`${signal}: ending`);
    relayer?.stop();
    // Whatever it waits for: all that it has done lies on the chains.
    setTimeout(() => process.exit(0), relayer ? 8_000 : 0).unref();
  };
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => stop(signal));

  log(`gpu-chain at ${options.chain}, the EVM chain at ${options.evm.map((url) => new URL(url).host).join(', ')}`);
  const api = await ApiPromise.create({ provider: new WsProvider(options.chain, 1_000), noInitWarn: true });
  await api.isReady;
  for (;;) {
    try {
      const chainId = options.chainId ?? (await onlyChain(api));
      const made = new Relayer(api, { ...options, chainId, signer, wallet, log });
      await made.start();
      relayer = made;
      break;
    } catch (error) {
      log(error.message);
      if (options.once) process.exit(1);
      await sleep(options.pollMs);
    }
  }
  if (options.once) {
    try {
      await relayer.round();
    } catch (error) {
      log(error.message);
      process.exitCode = 1;
    }
  } else {
    await relayer.run(options.pollMs);
  }
  await api.disconnect();
  process.exit();
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  main().catch((error) => {
    console.error(`relayer: ${error.message}`);
    process.exit(1);
  });
}
