// A network on this machine, left running. See scripts/localnet.sh.

import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Processes, removeFolder, sleep } from './lib.mjs';
import { MAX_VALIDATORS, minersAccount, Network } from './network.mjs';

const HELP = `usage: scripts/localnet.sh N M [options]
  N                 validators, 1 to ${MAX_VALIDATORS}: Alice, Bob, Charlie, Dave, Eve, Ferdie; 1 is the development chain
  M                 miners of blocks, 0 or more, a thread each
  --slot-ms MS      length of a slot, even (validators make a block every two slots); otherwise the preset's
  --pow-author ADR  whom mined blocks pay (otherwise //Miner)
  --base DIR        keep chain, state and logs there, and go on with the chain that is there (otherwise a folder that is
                    removed at the end)
  --bin DIR         the folder with the binaries (set by scripts/localnet.sh)
  --help            this text`;

let options;
let validators;
let miners;
try {
  const parsed = parseArgs({
    allowPositionals: true,
    options: {
      bin: { type: 'string' },
      'slot-ms': { type: 'string' },
      'pow-author': { type: 'string' },
      base: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  options = parsed.values;
  if (options.help) {
    console.log(HELP);
    process.exit(0);
  }
  if (parsed.positionals.length !== 2) throw new Error('expected two numbers: validators and miners');
  [validators, miners] = parsed.positionals.map(Number);
  if (!Number.isInteger(validators) || validators < 1 || validators > MAX_VALIDATORS) {
    throw new Error(`N is ${parsed.positionals[0]}; it can be 1 to ${MAX_VALIDATORS}`);
  }
  if (!Number.isInteger(miners) || miners < 0) throw new Error(`M is ${parsed.positionals[1]}; it must be 0 or more`);
  const slot = options['slot-ms'];
  if (slot !== undefined && !(Number(slot) >= 20 && Number(slot) % 2 === 0)) throw new Error(`--slot-ms is ${slot}; it must be even and 20 or more`);
} catch (error) {
  console.error(`localnet: ${error.message}\n${HELP}`);
  process.exit(2);
}

const folder = options.base ? resolve(options.base) : mkdtempSync(join(tmpdir(), 'gpu-chain-localnet-'));
mkdirSync(folder, { recursive: true });
const processes = new Processes(join(folder, 'logs'));
if (!options.base) process.on('exit', () => removeFolder(folder));

try {
  const slotMs = options['slot-ms'] && Number(options['slot-ms']);
  const network = new Network(processes, options.bin, folder, { validators, slotMs });
  const payee = options['pow-author'] ?? minersAccount();
  await network.startValidators({ powAuthor: miners > 0 ? payee : undefined });
  const [first] = network.validatorNames();
  for (let i = 1; i <= miners; i++) network.startMiner(`miner-${i}`, first);

  const chain = network.resumed ? 'the chain goes on' : 'a new chain';
  console.log(`${chain}: ${validators} validators and ${miners} miners are running, a slot is ${network.slotMs} ms; Ctrl-C stops them. Logs: ${join(folder, 'logs')}`);
  for (const { name, port, prometheus } of network.nodes.values()) {
    console.log(`  ${name}: polkadot-js at ws://127.0.0.1:${port}, metrics at http://127.0.0.1:${prometheus}/metrics`);
  }
  if (miners > 0) console.log(`  mined blocks pay ${payee}; work is given out by ${first}`);
  for (;;) {
    await sleep(15_000);
    for (const name of processes.children.keys()) processes.check(name);
    const [best, finalised] = [await network.head(first), await network.finalised(first)];
    const blocks = await network.blocks(first, Math.max(1, best.number - 99), best.number);
    console.log(`  block ${best.number}, final ${finalised.number}; mined among the last 100: ${blocks.filter(({ miner }) => miner).length}`);
  }
} catch (error) {
  console.error(`localnet: ${error.message}`);
  await processes.stopAll();
  process.exit(1);
}
