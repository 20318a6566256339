// Shared by the scripts: forge's artefacts, what validators sign, a chain of our own.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { AbiCoder, JsonRpcProvider, SigningKey, concat, getAddress, keccak256, toBeHex } from 'ethers';

export const CONTRACTS = new URL('../', import.meta.url);

/** What forge has built of a contract. */
export function artifact(name, file = `${name}.sol`) {
	try {
		return JSON.parse(readFileSync(new URL(`out/${file}/${name}.json`, CONTRACTS), 'utf8'));
	} catch (error) {
		if (error.code === 'ENOENT') throw new Error(`${name} is not built: run forge build in contracts/ first`);
		throw error;
	}
}

/** The structs that validators sign. */
export const types = {
	WithdrawBatch: [
		{ name: 'setId', type: 'uint64' },
		{ name: 'nonce', type: 'uint64' },
		{ name: 'deadline', type: 'uint64' },
		{ name: 'transfers', type: 'Transfer[]' },
	],
	Transfer: [
		{ name: 'token', type: 'address' },
		{ name: 'to', type: 'address' },
		{ name: 'amount', type: 'uint256' },
	],
	Message: [
		{ name: 'setId', type: 'uint64' },
		{ name: 'nonce', type: 'uint64' },
		{ name: 'deadline', type: 'uint64' },
		{ name: 'sender', type: 'bytes32' },
		{ name: 'target', type: 'address' },
		{ name: 'gasLimit', type: 'uint64' },
		{ name: 'payload', type: 'bytes' },
	],
	ValidatorSet: [
		{ name: 'setId', type: 'uint64' },
		{ name: 'members', type: 'bytes32' },
		{ name: 'activeUntil', type: 'uint64' },
	],
};

/** Strictly ascending by address, as the gateway wants them. */
export function sortValidators(validators) {
	return validators
		.map((one) => ({ ...one, address: getAddress(one.address) }))
		.sort((a, b) => (BigInt(a.address) < BigInt(b.address) ? -1 : 1));
}

export function members(validators) {
	return { validators: validators.map((one) => one.address), powers: validators.map((one) => one.power) };
}

export function hashMembers(validators) {
	const { validators: addresses, powers } = members(validators);
	return keccak256(AbiCoder.defaultAbiCoder().encode(['address[]', 'uint64[]'], [addresses, powers]));
}

/** Signatures of `digest` by the validators at `indices`, or by just enough. */
export function attest(validators, digest, indices) {
	if (!indices) {
		const total = validators.reduce((sum, one) => sum + BigInt(one.power), 0n);
		indices = [];
		for (let signed = 0n; 3n * signed <= 2n * total; ) {
			const i = indices.length;
			signed += BigInt(validators[i].power);
			indices.push(i);
		}
	}
	const signatures = indices.map((i) => {
		const { r, s, v } = new SigningKey(validators[i].key).sign(digest);
		return concat([r, s, toBeHex(v, 1)]);
	});
	return {
		members: members(validators),
		signers: indices.reduce((bits, i) => bits | (1n << BigInt(i)), 0n),
		signatures: concat(signatures),
	};
}

function freePort() {
	return new Promise((resolve, reject) => {
		const server = createServer();
		server.once('error', reject);
		server.listen(0, '127.0.0.1', () => {
			const { port } = server.address();
			server.close(() => resolve(port));
		});
	});
}

/** An anvil of our own (the binary is `ANVIL`, or that of the lock file); ends with `stop()`. */
export async function startAnvil(args = []) {
	const port = await freePort();
	const binary =
		process.env.ANVIL ??
		fileURLToPath(new URL('node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil', CONTRACTS));
	const anvil = spawn(binary, ['--port', String(port), '--silent', ...args], { stdio: 'inherit' });
	const failed = new Promise((_, reject) => {
		anvil.once('error', reject);
		anvil.once('exit', (code) => reject(new Error(`anvil ended with exit code ${code} before it was ready`)));
	});
	const url = `http://127.0.0.1:${port}`;
	const ready = (async () => {
		for (let tries = 0; tries < 200; tries += 1) {
			try {
				await fetch(url, {
					method: 'POST',
					headers: { 'content-type': 'application/json' },
					body: '{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}',
				});
				return;
			} catch {
				await new Promise((resolve) => setTimeout(resolve, 50));
			}
		}
		throw new Error('anvil did not answer within 10 seconds');
	})();
	await Promise.race([ready, failed]);
	failed.catch(() => {});
	const provider = new JsonRpcProvider(url, undefined, { cacheTimeout: -1, pollingInterval: 50 });
	return {
		url,
		provider,
		stop: () =>
			new Promise((resolve) => {
				provider.destroy();
				anvil.once('exit', resolve);
				anvil.kill('SIGTERM');
			}),
	};
}
