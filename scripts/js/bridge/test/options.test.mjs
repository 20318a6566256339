// The relayer's options: from the command line, the environment, files; and what is wrong is said without keys.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readOptions } from '../../relayer.mjs';

const KEY = `0x${'ab'.repeat(32)}`;
const ENV = { RELAYER_SURI: '//Alice', RELAYER_EVM: 'http://one, https://two/key' };

test('the environment should stand in for options, and options come first', () => {
  const options = readOptions(['--evm', 'http://three', '--poll', '2', '--coin-price', '3000'], { ...ENV, RELAYER_POLL: '9', RELAYER_EVM_KEY: KEY });
  assert.deepEqual(options.evm, ['http://three']);
  assert.equal(options.pollMs, 2_000);
  assert.equal(options.coinPrice, 3_000n * 10n ** 18n);
  assert.equal(options.evmKey, KEY);
  assert.deepEqual([options.unpaidGas, options.retryMs], [10n ** 16n, 600_000]);
  assert.equal(readOptions(['--unpaid-gas', '0'], ENV).unpaidGas, 0n);
  assert.deepEqual(readOptions([], ENV).evm, ['http://one', 'https://two/key']);
  assert.deepEqual(readOptions([], ENV).jobs, ['carry', 'prove', 'claim', 'tend']);
});

test('keys should come from files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'relayer-options-'));
  try {
    writeFileSync(join(folder, 'key'), `${KEY}\n`);
    writeFileSync(join(folder, 'suri'), '//Bob\n');
    const options = readOptions(['--evm-key-file', join(folder, 'key'), '--suri-file', join(folder, 'suri')], { RELAYER_EVM: 'http://one' });
    assert.deepEqual([options.evmKey, options.suri], [KEY, '//Bob']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('options that make no sense should be refused', () => {
  const refused = (args, env, what) => assert.throws(() => readOptions(args, env), what);
  refused([], { RELAYER_SURI: '//Alice' }, /--evm is missing/);
  refused([], { RELAYER_EVM: 'http://one' }, /--suri-file or RELAYER_SURI/);
  refused(['--evm', 'localhost:8545'], ENV, /expected http/);
  refused(['--chain', 'http://x'], ENV, /expected ws/);
  refused(['--poll', 'often'], ENV, /--poll is often/);
  refused(['--poll', '0'], ENV, /0\.1 or more/);
  refused(['--jobs', 'carry,dance'], ENV, /names dance/);
  refused(['--coin-price', '0'], ENV, /above 0/);
  refused(['--unpaid-gas', '-1'], ENV, /0 or more|argument/);
  refused(['--evm-chain', '1.5'], ENV, /whole number/);
  refused(['--evm-key-file', '/nowhere'], ENV, /no such file/);
  refused(['--what'], ENV, /Unknown option/);
});

test('a key that is none should not be in the message', () => {
  assert.throws(() => readOptions([], { ...ENV, RELAYER_EVM_KEY: 'deadbeef' }), (error) => !error.message.includes('deadbeef'));
});
