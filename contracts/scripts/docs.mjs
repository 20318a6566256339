#!/usr/bin/env node
// Whether docs/bridge-contracts.md still says what is so.
//
//   node scripts/docs.mjs            checks; exit code 1 if not
//   node scripts/docs.mjs --update   writes the gas table anew, then checks
//
// Checked: the gas table is that of snapshots/; every error and event, every type that is signed, and the storage slots
// of abi/interface.json are there.
import { readFileSync, writeFileSync } from 'node:fs';
import { CONTRACTS } from './lib.mjs';

const PAGE = new URL('../docs/bridge-contracts.md', CONTRACTS);
const MARKS = /(<!-- gas:[^\n]*-->\n)[^]*(<!-- \/gas -->)/;
// Of OpenZeppelin's, and not met by anyone who uses the contracts as they are meant.
const INTERNAL = new Set([
	'AccessControlBadConfirmation',
	'AddressEmptyCode',
	'ERC1967InvalidImplementation',
	'ERC1967NonPayable',
	'FailedCall',
	'InvalidInitialization',
	'NotInitializing',
	'UUPSUnauthorizedCallContext',
	'UUPSUnsupportedProxiableUUID',
	'ECDSAInvalidSignature',
	'ECDSAInvalidSignatureLength',
	'ERC20InvalidApprover',
	'ERC20InvalidReceiver',
	'ERC20InvalidSender',
	'ERC20InvalidSpender',
	'InvalidAccountNonce',
	'OwnableInvalidOwner',
	'EIP712DomainChanged',
	'Initialized',
	'RoleAdminChanged',
	'RoleGranted',
	'RoleRevoked',
	'Approval',
	'OwnershipTransferred',
	'Transfer',
]);

const read = (path) => readFileSync(new URL(path, CONTRACTS), 'utf8');
const snapshots = [4, 21].map((count) => JSON.parse(read(`snapshots/validators-${count}.json`)));
const rows = Object.keys(snapshots[0]).map(
	(what) => `| ${what} | ${snapshots.map((one) => Number(one[what]).toLocaleString('en')).join(' | ')} |`,
);
const table = ['| operation | 4 validators | 21 validators |', '| --- | ---: | ---: |', ...rows, ''].join('\n');

let page = readFileSync(PAGE, 'utf8');
if (process.argv.includes('--update')) {
	page = page.replace(MARKS, `$1${table}$2`);
	writeFileSync(PAGE, page);
}

const missing = [];
if (!page.includes(table)) missing.push('the gas table of contracts/snapshots');
const known = JSON.parse(read('abi/interface.json'));
for (const kind of ['errors', 'events']) {
	for (const contract of Object.values(known[kind])) {
		for (const signature of Object.keys(contract)) {
			const name = signature.slice(0, signature.indexOf('('));
			if (!INTERNAL.has(name) && !new RegExp(`\`${name}\\b`).test(page))
				missing.push(`${kind.slice(0, -1)} ${name}`);
		}
	}
}
for (const [name, { type }] of Object.entries(known.eip712.types)) {
	if (!page.includes(type)) missing.push(`type ${name}`);
}
for (const slot of Object.values(known.storage)) {
	if (!page.includes(slot)) missing.push(`slot ${slot}`);
}
if (missing.length > 0) {
	console.error(`docs: docs/bridge-contracts.md lacks: ${missing.join(', ')}`);
	process.exit(1);
}
console.log('docs: docs/bridge-contracts.md is up to date');
