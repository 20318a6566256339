#!/usr/bin/env node
// What the other side of the bridge has to know, from what forge has built, and a check that it is what is committed.
//
//   node scripts/interface.mjs            writes abi/*.json
//   node scripts/interface.mjs --check    exit code 1 if they are stale
//
// GpuGateway.json, GpuToken.json, IGpuMessageReceiver.json: ABIs, as forge and ethers know them.
// interface.json: signatures, topics and selectors; EIP-712 types and their hashes; storage namespaces.
// vectors.json: digests, signatures, calldata and logs with known keys, made by ethers alone. Forge's tests and those
// of the Rust side must get the same.
import { readFileSync, writeFileSync } from 'node:fs';
import {
	AbiCoder,
	Interface,
	TypedDataEncoder,
	computeAddress,
	getAddress,
	hexlify,
	id,
	keccak256,
	toBeHex,
	toUtf8Bytes,
} from 'ethers';
import { CONTRACTS, artifact, attest, hashMembers, sortValidators, types } from './lib.mjs';

const coder = AbiCoder.defaultAbiCoder();

function interfaceOf(abis) {
	const both = (kind, hash) => {
		const found = {};
		for (const name of ['GpuGateway', 'GpuToken']) {
			const all = [];
			for (const fragment of new Interface(abis[name]).fragments) {
				if (fragment.type === kind)
					all.push([fragment.format('sighash'), hash(fragment.format('sighash'))]);
			}
			found[name] = Object.fromEntries(all.sort());
		}
		return found;
	};
	const namespace = (name) => {
		const hashed = keccak256(coder.encode(['uint256'], [BigInt(id(name)) - 1n]));
		return toBeHex(BigInt(hashed) & ~0xffn, 32);
	};
	const encoder = (primary) => {
		const of = primary === 'WithdrawBatch' ? ['WithdrawBatch', 'Transfer'] : [primary];
		return TypedDataEncoder.from(Object.fromEntries(of.map((name) => [name, types[name]])));
	};
	const domainType = 'EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)';
	const typed = { EIP712Domain: { type: domainType, typeHash: id(domainType) } };
	for (const primary of Object.keys(types)) {
		const type = encoder(primary).encodeType(primary);
		typed[primary] = { type, typeHash: id(type) };
	}
	return {
		eip712: { domain: { name: 'GpuGateway', version: '1' }, types: typed },
		events: both('event', id),
		functions: both('function', (signature) => id(signature).slice(0, 10)),
		errors: both('error', (signature) => id(signature).slice(0, 10)),
		storage: Object.fromEntries(
			['GpuGateway', 'GpuToken'].map((name) => [name, namespace(`gpu-chain.storage.${name}`)]),
		),
	};
}

function vectorsOf(abis) {
	const gateway = new Interface(abis.GpuGateway);
	const domain = {
		name: 'GpuGateway',
		version: '1',
		chainId: 31337,
		verifyingContract: getAddress('0x00000000000000000000000000000000c0ffee01'),
	};
	const setOf = (label, count) =>
		sortValidators(
			Array.from({ length: count }, (_, i) => {
				const key = id(`gpu-chain bridge vector ${label} ${i}`);
				return { key, address: computeAddress(key), power: 10 + i };
			}),
		);
	const current = setOf('current', 4);
	const next = setOf('next', 5);
	const usdc = getAddress('0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48');
	const batch = {
		setId: 7,
		nonce: 42,
		deadline: 1_900_000_000,
		transfers: [
			{
				token: '0x0000000000000000000000000000000000000000',
				to: getAddress('0x000000000000000000000000000000000000dead'),
				amount: 1_000_000_000_000_000_000n,
			},
			{ token: usdc, to: getAddress('0x00000000000000000000000000000000000b0b00'), amount: 1n },
			{
				token: usdc,
				to: getAddress('0xffffffffffffffffffffffffffffffffffffffff'),
				amount: (1n << 128n) - 1n,
			},
		],
	};
	const message = {
		setId: 7,
		nonce: 43,
		deadline: 1_900_000_000,
		sender: id('a sender on gpu-chain'),
		target: getAddress('0x000000000000000000000000000000000000beef'),
		gasLimit: 200_000,
		payload: hexlify(toUtf8Bytes('work 17 is verified')),
	};
	const set = { setId: 8, members: hashMembers(next), activeUntil: 1_902_592_000 };
	const relayer = id('a relayer on gpu-chain');
	const setJson = (members) => ({
		keys: members.map((one) => one.key),
		validators: members.map((one) => one.address),
		powers: members.map((one) => one.power),
		abiEncoded: coder.encode(
			['address[]', 'uint64[]'],
			[members.map((one) => one.address), members.map((one) => one.power)],
		),
		hash: hashMembers(members),
	});
	const signed = (primary, value, calldata) => {
		const of =
			primary === 'WithdrawBatch'
				? { WithdrawBatch: types.WithdrawBatch, Transfer: types.Transfer }
				: { [primary]: types[primary] };
		const digest = TypedDataEncoder.hash(domain, of, value);
		// All but the one with the least power, so that a signature is missing somewhere.
		const attestation = attest(
			current,
			digest,
			current.map((_, i) => i).filter((i) => i !== lightest(current)),
		);
		return {
			structHash: TypedDataEncoder.from(of).hash(value),
			digest,
			signers: attestation.signers.toString(),
			signatures: attestation.signatures,
			calldata: calldata(attestation),
		};
	};
	const lightest = (members) => members.reduce((best, one, i) => (one.power < members[best].power ? i : best), 0);
	const log = (name, values) => gateway.encodeEventLog(name, values);
	const from = getAddress('0x00000000000000000000000000000000000a11ce');
	const to = id('an account on gpu-chain');
	const strings = (value) =>
		JSON.parse(JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? one.toString() : one)));
	return strings({
		domain: { ...domain, separator: TypedDataEncoder.hashDomain(domain) },
		relayer,
		current: setJson(current),
		next: setJson(next),
		batch: {
			value: batch,
			...signed('WithdrawBatch', batch, (attestation) =>
				gateway.encodeFunctionData('submitBatch', [batch, attestation, relayer]),
			),
		},
		message: {
			value: message,
			...signed('Message', message, (attestation) =>
				gateway.encodeFunctionData('receiveMessage', [message, attestation, relayer]),
			),
		},
		set: {
			value: set,
			...signed('ValidatorSet', set, (attestation) =>
				gateway.encodeFunctionData('updateValidatorSet', [
					set,
					{ validators: next.map((one) => one.address), powers: next.map((one) => one.power) },
					attestation,
					relayer,
				]),
			),
		},
		heldId: {
			nonce: 42,
			index: 1,
			id: keccak256(
				coder.encode(
					['uint64', 'uint256', 'address', 'address', 'uint256'],
					[42, 1, batch.transfers[1].token, batch.transfers[1].to, batch.transfers[1].amount],
				),
			),
		},
		logs: {
			Deposit: {
				nonce: 5,
				token: usdc,
				from,
				to,
				amount: '250000000',
				...log('Deposit', [5, usdc, from, to, 250_000_000n]),
			},
			MessageSent: {
				nonce: 6,
				from,
				to,
				payload: message.payload,
				...log('MessageSent', [6, from, to, message.payload]),
			},
			BatchExecuted: {
				nonce: 42,
				relayer,
				unpaid: '6',
				...log('BatchExecuted', [
					42,
					TypedDataEncoder.from({ WithdrawBatch: types.WithdrawBatch, Transfer: types.Transfer }).hash(
						batch,
					),
					relayer,
					6,
				]),
			},
			MessageReceived: {
				nonce: 43,
				relayer,
				delivered: true,
				...log('MessageReceived', [
					43,
					TypedDataEncoder.from({ Message: types.Message }).hash(message),
					relayer,
					true,
				]),
			},
			Cancelled: {
				nonce: 42,
				relayer,
				...log('Cancelled', [
					42,
					TypedDataEncoder.from({ WithdrawBatch: types.WithdrawBatch, Transfer: types.Transfer }).hash(
						batch,
					),
					relayer,
				]),
			},
			SetUpdated: { setId: 8, relayer, ...log('SetUpdated', [8, set.members, set.activeUntil, relayer]) },
		},
	});
}

const abis = Object.fromEntries(
	['GpuGateway', 'GpuToken', 'IGpuMessageReceiver'].map((name) => [name, artifact(name).abi]),
);
const files = { ...abis, interface: interfaceOf(abis), vectors: vectorsOf(abis) };
let stale = 0;
for (const [name, content] of Object.entries(files)) {
	const path = new URL(`abi/${name}.json`, CONTRACTS);
	const text = JSON.stringify(content, null, 2) + '\n';
	if (!process.argv.includes('--check')) {
		writeFileSync(path, text);
		continue;
	}
	let there = '';
	try {
		there = readFileSync(path, 'utf8');
	} catch (error) {
		if (error.code !== 'ENOENT') throw error;
	}
	if (there !== text) {
		console.error(
			`interface: contracts/abi/${name}.json is not what forge builds: run node contracts/scripts/interface.mjs`,
		);
		stale += 1;
	}
}
if (stale > 0) process.exit(1);
console.log(
	`interface: ${Object.keys(files).length} files ${process.argv.includes('--check') ? 'are what forge builds' : 'written'}`,
);
