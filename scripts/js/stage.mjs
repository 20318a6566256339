// What the demos share: a dev chain, a miner of blocks and a provider's miner in a folder that is thrown away, steps that are
// told before they are done, and an end that leaves nothing running.

import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { connect, DevNode, freeBalance, freePort, gpu, keyring, Processes, removeFolder, setParameters, submit, waitFor } from './lib.mjs';
import { minersAccount } from './network.mjs';

export class Stage {
  /** @param bin the folder with the binaries; @param kills what `parseKills` gave; @param name what the program is called */
  constructor(bin, kills, name = 'demo') {
    Object.assign(this, { bin, kills, name });
    this.folder = mkdtempSync(join(tmpdir(), `gpu-chain-${name}-`));
    this.processes = new Processes(join(this.folder, 'logs'));
    this.node = new DevNode(this.processes, bin, join(this.folder, 'chain'), { args: ['--pow-author', minersAccount()] });
    this.minerFile = join(this.folder, 'miner.toml');
    this.step = 'start';
  }

  /** One step of the story: told before, so that a failure names it. */
  async doing(text, action) {
    this.step = text;
    console.log(`• ${text}`);
    return action();
  }

  async startChain() {
    await this.node.start();
    this.api = await connect(this.node.ws);
    await waitFor('the first block', async () => (await this.head()) > 0);
  }

  async head() {
    return (await this.api.rpc.chain.getHeader()).number.toNumber();
  }

  async balances(who, label) {
    const text = await Promise.all(
      Object.entries(who).map(async ([name, address]) => `${name} ${gpu(await freeBalance(this.api, address))}`),
    );
    console.log(`    block ${await this.head()}, ${label}: ${text.join(', ')}`);
  }

  /** Government's parameters, by sudo: `{ Verification: { MinGap: 2 } }`. */
  setParameters(sudo, groups) {
    return setParameters(this.api, sudo, groups);
  }

  /** Rounds on a dev chain come a few seconds after each other rather than minutes. */
  hurryRounds(sudo) {
    return this.setParameters(sudo, { Verification: { MinGap: 2, MeanGap: 2, MaxGap: 5, RoundWindow: 8, LotteryWindow: 0 } });
  }

  /** Writes the provider's configuration: one thread, on loopback, with this policy, and whatever else is to stand there. */
  async configureMiner(policy, rest = '') {
    const state = join(this.folder, 'miner');
    mkdirSync(state, { recursive: true });
    const policyFile = join(this.folder, 'policy.toml');
    writeFileSync(policyFile, policy);
    writeFileSync(
      this.minerFile,
      `nodes = ["${this.node.ws}"]
suri = "//Bob"
state_dir = "${state}"
policy = "${policyFile}"
threads = 1
store_listen = "127.0.0.1:${await freePort()}"
api_listen = "127.0.0.1:${await freePort()}"
${rest}`,
    );
  }

  /** Runs a command of the provider's miner to its end, and gives what it printed. */
  async miner(...args) {
    const { stdout } = await promisify(execFile)(join(this.bin, 'gpu-miner'), ['--config', this.minerFile, ...args]);
    return stdout;
  }

  /** Registers the provider's node and gives its id. */
  async register(...args) {
    const stdout = await this.miner('register', '--region', 'local', '--ask', '0.5', '--stake', '2', ...args);
    const id = stdout.match(/0x[0-9a-f]{64}/)?.[0];
    if (!id) throw new Error(`gpu-miner register printed no node id:\n${stdout}`);
    console.log(`    node ${id}`);
    return id;
  }

  /** The dev chain's Queen answers for a node: without a sponsor none of the community is verified. */
  async sponsor(nodeId) {
    const queen = keyring().addFromUri('//Queen');
    await submit(this.api, queen, this.api.tx.nodeRoles.sponsorNode(nodeId), { what: 'sponsor_node' });
  }

  startMiner() {
    this.processes.start('miner', join(this.bin, 'gpu-miner'), ['--config', this.minerFile, 'run']);
  }

  /** Mines blocks beside the provider's agent. A restart of the node is its own business: it connects again. */
  startBlockMiner() {
    this.processes.start('block-miner', join(this.bin, 'gpu-miner'), ['mine', '--node', this.node.ws, '--threads', '1']);
  }

  /** Waits until the node is on the market. */
  async untilActive(nodeId) {
    const status = async () => (await this.api.call.nodeApi.node(nodeId)).unwrap().status.type;
    await waitFor('the node is active', async () => (await status()) === 'Active', { timeoutMs: 120_000 });
    const history = (await this.api.call.workApi.verificationHistory(nodeId)).toJSON();
    const solved = history.find((entry) => entry.passed);
    console.log(`    challenge passed in block ${solved.at}; the node is Active`);
  }

  /** Waits until a round has proven the node's power, and gives it. */
  async untilProven(nodeId) {
    const { api } = this;
    const proven = await waitFor(
      'the node answers a round',
      async () => (await api.call.workApi.nodeWork(nodeId)).proven.unwrapOr(null),
      { timeoutMs: 180_000, everyMs: 500 },
    );
    // A node answers early and improves until the round closes: only then its power is what it could do.
    await waitFor('the round closes', async () => {
      const open = (await api.call.workApi.currentRound()).unwrapOr(null);
      return !open || open.number.gt(proven.round);
    });
    const power = await waitFor('the node has verified power', async () => {
      const value = (await api.call.workApi.verifiedPower(nodeId)).toBigInt();
      return value > 0n && value;
    });
    console.log(`    verified power ${(Number(power) / 1e6).toFixed(2)} million hashes/s, block ${await this.head()}`);
    return power;
  }

  /** Kills whoever is to be killed at this moment, hard, and starts it again. */
  async moment(name) {
    for (const kill of this.kills.filter((k) => k.moment === name)) {
      console.log(`    kill -9 ${kill.who} (${name}), then start it again`);
      await this.killAndRestart(kill.who);
    }
  }

  async killAndRestart(who) {
    if (!this.processes.running(who)) return;
    await this.processes.stop(who, 'SIGKILL');
    if (who === 'node') {
      await this.node.start();
      await this.untilConnected();
    } else {
      this.startMiner();
    }
  }

  async untilConnected() {
    await waitFor('polkadot-js reconnects', () => this.api.isConnected, { timeoutMs: 30_000 });
  }

  /** Tells the story, then ends all that runs, and the program: with the last line of the story, or what went wrong. */
  async tell(story, keep) {
    let code = 0;
    let line;
    try {
      line = await story();
    } catch (error) {
      code = 1;
      line = `${this.name}: FAILED at "${this.step}": ${error.message}`;
      for (const name of this.processes.children.keys()) {
        console.error(`── end of ${name}'s log\n${this.processes.tail(name, 25)}`);
      }
    }
    await this.api?.disconnect().catch(() => {});
    await this.processes.stopAll();
    if (keep) console.log(`logs and state: ${this.folder}`);
    else removeFolder(this.folder);
    console[code ? 'error' : 'log'](line);
    process.exit(code);
  }
}

/** What `--kill WHO@MOMENT` asks for; ends the program with a message if it is none. */
export function parseKills(texts, moments, known = ['node', 'miner']) {
  return texts.map((text) => {
    const [who, moment] = text.split('@');
    if (!known.includes(who) || !moments.includes(moment)) {
      console.error(`demo: --kill ${text}: expected ${known.join(' or ')} @ one of ${moments.join(', ')}`);
      process.exit(2);
    }
    return { who, moment };
  });
}

/** A picture is of the asked size with more than one colour, not just some bytes with a hash. */
export function checkImage(bytes, width, height) {
  const header = bytes.subarray(0, 15).toString('latin1');
  const match = header.match(new RegExp(`^P6\\s+${width}\\s+${height}\\s+255\\s`));
  if (!match) throw new Error(`the result is no PPM image of ${width} × ${height}: ${JSON.stringify(header)}`);
  const pixels = bytes.subarray(match[0].length);
  if (pixels.length !== width * height * 3) throw new Error(`the image has ${pixels.length} bytes of pixels`);
  if (new Set(pixels).size < 16) throw new Error('the image is blank');
}

/** A specification of the built-in program: a part of the Mandelbrot set. */
export function mandelbrot(width, height) {
  return Buffer.from(
    JSON.stringify({
      version: 1,
      program: 'mandelbrot',
      input: { width, height, max_iterations: 2000, re: '-0.7436', im: '0.1319', span: '0.01', format: 'ppm' },
    }),
  );
}
