// What the client scripts share: processes that cannot outlive us, a connection that survives a restart of the node,
// transactions that are waited for, and amounts in words.

import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ApiPromise, Keyring, WsProvider } from '@polkadot/api';

export const UNIT = 10n ** 18n;

/** An amount of plancks in GPU, with as many decimals as it takes and six at the most. */
export function gpu(plancks) {
  const value = BigInt(plancks.toString());
  const whole = value / UNIT;
  const rest = (value % UNIT).toString().padStart(18, '0').slice(0, 6).replace(/0+$/, '');
  return `${whole}${rest ? '.' + rest : ''} GPU`;
}

/** An error that no waiting will mend. */
export function final(message) {
  return Object.assign(new Error(message), { final: true });
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** A port of the loopback interface that nobody listens on now. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** One JSON-RPC call over HTTP, with no client library in between. */
export async function rpc(port, method, params = []) {
  const response = await fetch(`http://127.0.0.1:${port}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  const { result, error } = await response.json();
  if (error) throw new Error(`${method}: ${error.message}`);
  return result;
}

/** Waits until `probe` gives something other than undefined, null or false, and gives that. */
export async function waitFor(what, probe, { timeoutMs = 60_000, everyMs = 250 } = {}) {
  const end = Date.now() + timeoutMs;
  let last;
  for (;;) {
    try {
      const value = await probe();
      if (value !== undefined && value !== null && value !== false) return value;
      last = undefined;
    } catch (error) {
      if (error.final) throw error;
      last = error;
    }
    if (Date.now() > end) {
      throw new Error(`${what}: not within ${timeoutMs / 1000} s${last ? ` (${last.message})` : ''}`);
    }
    await sleep(everyMs);
  }
}

/** Child processes of a script: each with a log, none left when the script ends, however it ends. */
export class Processes {
  constructor(logFolder) {
    this.logFolder = logFolder;
    this.children = new Map();
    mkdirSync(logFolder, { recursive: true });
    process.on('exit', () => this.killAll('SIGKILL'));
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      process.on(signal, () => {
        this.stopping = true;
        this.stopAll().finally(() => process.exit(signal === 'SIGINT' ? 130 : 143));
      });
    }
  }

  log(name) {
    return join(this.logFolder, `${name}.log`);
  }

  start(name, command, args, env = {}) {
    const out = openSync(this.log(name), 'a');
    // The kernel ends the child should this script be killed without a chance to do it.
    const guarded = existsSync('/usr/bin/setpriv')
      ? ['/usr/bin/setpriv', ['--pdeathsig', 'KILL', '--', command, ...args]]
      : [command, args];
    const child = spawn(...guarded, { stdio: ['ignore', out, out], env: { ...process.env, ...env } });
    const entry = { child, exited: null };
    child.on('error', (error) => (entry.exited = { code: null, error }));
    child.on('exit', (code, signal) => (entry.exited = { code, signal }));
    this.children.set(name, entry);
    return child;
  }

  running(name) {
    const entry = this.children.get(name);
    return Boolean(entry) && entry.exited === null;
  }

  /** Throws if the process has ended by itself, with the end of its log. */
  check(name) {
    if (this.stopping) return;
    if (!this.running(name)) {
      const { exited } = this.children.get(name);
      throw final(`${name} ended by itself (${JSON.stringify(exited)}). Its log ends:\n${this.tail(name)}`);
    }
  }

  tail(name, lines = 15) {
    return readFileSync(this.log(name), 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  }

  /** Sends the signal and waits for the end; after `graceMs` it kills. */
  async stop(name, signal = 'SIGTERM', graceMs = 15_000) {
    const entry = this.children.get(name);
    if (!entry || entry.exited) return;
    entry.child.kill(signal);
    const end = Date.now() + graceMs;
    while (!entry.exited) {
      if (Date.now() > end) entry.child.kill('SIGKILL');
      await sleep(20);
    }
  }

  killAll(signal) {
    for (const { child, exited } of this.children.values()) if (!exited) child.kill(signal);
  }

  async stopAll() {
    await Promise.all([...this.children.keys()].reverse().map((name) => this.stop(name)));
  }
}

/** A dev chain's node that can be killed and started again on the same state. */
export class DevNode {
  constructor(processes, bin, basePath, { port, args = [] } = {}) {
    Object.assign(this, { processes, bin, basePath, port, args });
  }

  async start() {
    this.port ??= await freePort();
    this.p2p ??= await freePort();
    this.prometheus ??= await freePort();
    this.processes.start('node', join(this.bin, 'gpu-chain'), [
      '--dev', '--base-path', this.basePath,
      '--rpc-port', String(this.port), '--prometheus-port', String(this.prometheus),
      '--listen-addr', `/ip4/127.0.0.1/tcp/${this.p2p}`,
      '--no-telemetry', '--no-mdns', '--rpc-cors', 'all', ...this.args,
    ]);
    await waitFor('the node answers RPC', async () => {
      this.processes.check('node');
      return (await this.rpc('system_health')) && true;
    });
  }

  get ws() {
    return `ws://127.0.0.1:${this.port}`;
  }

  rpc(method, params) {
    return rpc(this.port, method, params);
  }
}

/** Connects polkadot-js by the chain's metadata alone: no types, no bundles. Reconnects by itself. */
export async function connect(ws) {
  const api = await ApiPromise.create({ provider: new WsProvider(ws, 500), noInitWarn: true });
  await api.isReady;
  return api;
}

export const keyring = () => new Keyring({ type: 'sr25519' });

/** Why a dispatch failed, in the pallet's own words. */
export function dispatchError(api, error) {
  if (!error.isModule) return error.toString();
  const { section, name, docs } = api.registry.findMetaError(error.asModule);
  return `${section}.${name}: ${docs.join(' ')}`;
}

/**
 * Signs, submits and waits until the transaction is in a block. Throws with the pallet's error if it failed.
 * A transaction that a restarting node lost is sent again, unless the account's nonce shows that it was included.
 */
export async function submit(api, signer, call, { what = 'transaction', timeoutMs = 60_000, tries = 3 } = {}) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await submitOnce(api, signer, call, what, timeoutMs);
    } catch (error) {
      if (error.final || attempt >= tries) throw error;
      await sleep(1_000);
    }
  }
}

async function submitOnce(api, signer, call, what, timeoutMs) {
  const nonce = await api.rpc.system.accountNextIndex(signer.address);
  return new Promise((resolve, reject) => {
    let unsubscribe = () => {};
    const timer = setTimeout(() => {
      unsubscribe();
      reject(new Error(`${what}: not in a block within ${timeoutMs / 1000} s`));
    }, timeoutMs);
    const settle = (fn, value) => {
      clearTimeout(timer);
      unsubscribe();
      fn(value);
    };
    call
      .signAndSend(signer, { nonce }, async (result) => {
        const { status, dispatchError: failed, events } = result;
        if (failed) {
          settle(reject, final(`${what}: ${dispatchError(api, failed)}`));
        } else if (status.isInBlock) {
          const block = await api.rpc.chain.getHeader(status.asInBlock);
          settle(resolve, { events: events.map(({ event }) => event), block: block.number.toNumber(), hash: status.asInBlock });
        } else if (status.isInvalid || status.isDropped || status.isUsurped) {
          settle(reject, new Error(`${what}: the transaction pool says ${status.type}`));
        }
      })
      .then((unsub) => (unsubscribe = unsub))
      .catch((error) => settle(reject, error));
  });
}

/** The one event of that kind among events, or an error. */
export function eventOf(events, section, method) {
  const event = events.find((e) => e.section === section && e.method === method);
  if (!event) throw new Error(`no event ${section}.${method} among ${events.map((e) => `${e.section}.${e.method}`)}`);
  return event.data;
}

/** Calls of government, by the sudo of a test chain: all of them, or an error. */
export async function sudo(api, signer, calls, what) {
  const { events } = await submit(api, signer, api.tx.sudo.sudo(api.tx.utility.batchAll(calls)), { what });
  const { sudoResult } = eventOf(events, 'sudo', 'Sudid');
  if (sudoResult.isErr) throw final(`${what}: ${dispatchError(api, sudoResult.asErr)}`);
}

/** Government's parameters: `{ Verification: { MinGap: 2 } }`. */
export function setParameters(api, signer, groups) {
  const calls = Object.entries(groups).flatMap(([group, values]) =>
    Object.entries(values).map(([key, value]) => api.tx.parameters.setParameter({ [group]: { [key]: [null, value] } })),
  );
  return sudo(api, signer, calls, 'set_parameter');
}

export async function freeBalance(api, address) {
  const { data } = await api.query.system.account(address);
  return data.free.toBigInt();
}

export function removeFolder(path) {
  rmSync(path, { recursive: true, force: true });
}
