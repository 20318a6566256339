#!/usr/bin/env node
// solcjs with the two calls that forge makes of a compiler: `--version`, and `--standard-json` from standard input.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const solc = createRequire(import.meta.url)('solc');
const asked = process.argv.slice(2);

if (asked.includes('--version')) {
	process.stdout.write(`solc, the solidity compiler commandline interface\nVersion: ${solc.version()}\n`);
} else if (asked.includes('--standard-json')) {
	process.stdout.write(solc.compile(readFileSync(0, 'utf8')));
} else {
	process.stderr.write('solc.mjs: asked for neither --version nor --standard-json\n');
	process.exit(2);
}
