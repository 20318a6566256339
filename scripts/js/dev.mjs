// A dev chain and a provider, left running until Ctrl-C. See scripts/dev.sh.

import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFile } from 'node:child_process';
import { parseArgs, promisify } from 'node:util';
import { connect, DevNode, keyring, Processes, sleep, submit } from './lib.mjs';

const HELP = `usage: scripts/dev.sh [options]
  --base-path DIR   keep chain, state and logs here (default: a new folder under the temporary one)
  --port PORT       the node's RPC port (default 9944)
  --help            this text`;

const { values: options } = parseArgs({
  options: { bin: { type: 'string' }, 'base-path': { type: 'string' }, port: { type: 'string', default: '9944' }, help: { type: 'boolean' } },
});
if (options.help) {
  console.log(HELP);
  process.exit(0);
}

const folder = options['base-path'] ?? mkdtempSync(join(tmpdir(), 'gpu-chain-dev-'));
mkdirSync(join(folder, 'miner'), { recursive: true });
const processes = new Processes(join(folder, 'logs'));
const node = new DevNode(processes, options.bin, join(folder, 'chain'), { port: Number(options.port) });
const config = join(folder, 'miner.toml');
writeFileSync(join(folder, 'policy.toml'), 'allow_private_addresses = true\n\n[[payment]]\nasset = "native"\nmin_price = "0.01"\n\n[programs.mandelbrot]\npath = "built-in"\n');
writeFileSync(config, `nodes = ["${node.ws}"]\nsuri = "//Bob"\nstate_dir = "miner"\npolicy = "policy.toml"\nthreads = 1\n`);
const miner = (...args) => [join(options.bin, 'gpu-miner'), ['--config', config, ...args]];

try {
  await node.start();
  const { stdout } = await promisify(execFile)(...miner('register', '--resource-type', 'cpu', '--region', 'local', '--ask', '0.5', '--stake', '2'));
  // Somebody has to answer for a node before it is verified: the dev chain's Queen does.
  const api = await connect(node.ws);
  const id = stdout.match(/0x[0-9a-f]{64}/)?.[0];
  await submit(api, keyring().addFromUri('//Queen'), api.tx.nodeRoles.sponsorNode(id), { what: 'sponsor_node' });
  await api.disconnect();
  processes.start('miner', ...miner('run'));
  console.log(`${stdout.trim()}
dev: a chain at ${node.ws} (connect polkadot-js apps to it); sudo is Alice, the provider is Bob, //Queen sponsors its node, //King oversees, any well-known account can buy
dev: the miner's status is at http://127.0.0.1:8091/status
dev: logs in ${processes.logFolder}; Ctrl-C ends both`);
  for (;;) {
    await sleep(1_000);
    processes.check('node');
    processes.check('miner');
  }
} catch (error) {
  console.error(`dev: ${error.message}`);
  await processes.stopAll();
  process.exit(1);
}
