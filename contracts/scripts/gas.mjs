#!/usr/bin/env node
// What each operation costs on a real node: deploys on an anvil of its own, once with 4 and once with 21 validators,
// and reads the receipts. Everything is signed by ethers, so it is also a test that two implementations agree.
//
//   forge build && node scripts/gas.mjs
//
// Output: a table in Markdown beside the prototype's figures, and `gas: ok`. Exit code 1 if an operation fails, or
// costs a third more than the prototype's.
import { Contract, NonceManager, TypedDataEncoder, Wallet, ZeroAddress, id } from 'ethers';
import { artifact, attest, hashMembers, members, startAnvil, types } from './lib.mjs';
import { deploy, devValidators, readConfig } from './deploy.mjs';

// What the design's prototype was measured at.
const PROTOTYPE = {
	4: { 'batch of 1, USDC': 115_000, 'rotate validators': 65_000, 'deposit native': 52_000 },
	21: {
		'batch of 1, USDC': 211_000,
		'batch of 10, USDC': 348_000,
		'rotate validators': 174_000,
		'deposit native': 52_000,
	},
};
const MOST = 4 / 3;
const START = 1_800_000_000;
const FAR = START + 20 * 86_400;
const RELAYER = id('a relayer on gpu-chain');
const THERE = id('an account on gpu-chain');

async function measure(count) {
	const anvil = await startAnvil(['--timestamp', String(START), '--order', 'fifo']);
	try {
		const { provider } = anvil;
		const signer = new NonceManager(await provider.getSigner(0));
		const sender = await signer.getAddress();
		const config = readConfig();
		config.set.validators = `dev:${count}`;
		const addresses = await deploy(await provider.getSigner(0), config);
		const gateway = new Contract(addresses.gateway, artifact('GpuGateway').abi, signer);
		const gpu = new Contract(addresses.token, artifact('GpuToken').abi, signer);
		const usdcAddress = addresses.assets.find((asset) => asset.symbol === 'USDC').token;
		const usdc = new Contract(usdcAddress, artifact('Stablecoin', 'Tokens.sol').abi, signer);
		const domain = {
			name: 'GpuGateway',
			version: '1',
			chainId: addresses.chainId,
			verifyingContract: addresses.gateway,
		};

		let current = devValidators(count);
		let setId = addresses.setId;
		let nonce = 0;
		const figures = {};
		const send = async (promise, what) => {
			const receipt = await (await promise).wait();
			if (receipt.status !== 1) throw new Error(`${what ?? 'a transaction'} failed`);
			if (what) figures[what] = Number(receipt.gasUsed);
			return receipt;
		};
		const sign = (primary, value) => {
			const used =
				primary === 'WithdrawBatch'
					? { WithdrawBatch: types.WithdrawBatch, Transfer: types.Transfer }
					: { [primary]: types[primary] };
			return attest(current, TypedDataEncoder.hash(domain, used, value));
		};
		const withdraw = async (transfers, what, deadline = FAR) => {
			const batch = { setId, nonce: ++nonce, deadline, transfers };
			const receipt = await send(gateway.submitBatch(batch, sign('WithdrawBatch', batch), RELAYER), what);
			return { batch, receipt };
		};
		const recipient = (i) => new Wallet(id(`recipient ${i}`)).address;
		const ofUsdc = (n, first = 0) =>
			Array.from({ length: n }, (_, i) => ({
				token: usdcAddress,
				to: recipient(first + i),
				amount: 1_000_000n,
			}));
		const wait = async (until) => {
			await provider.send('evm_setNextBlockTimestamp', [until]);
			await provider.send('evm_mine', []);
		};

		// Everything once, so that what follows is not a first time.
		await send(usdc.mint(sender, 10n ** 12n));
		await send(usdc.approve(addresses.gateway, 2n ** 256n - 1n));
		await send(gateway.deposit(usdcAddress, 10n ** 10n, THERE));
		await send(gateway.depositNative(THERE, { value: 5n * 10n ** 20n }));
		await withdraw([
			...ofUsdc(10),
			{ token: addresses.token, to: sender, amount: 10n ** 20n },
			{ token: ZeroAddress, to: recipient(0), amount: 1n },
		]);
		await send(gpu.approve(addresses.gateway, 2n ** 256n - 1n));
		await wait(START + 3_600);

		await send(gateway.deposit(usdcAddress, 5_000_000n, THERE), 'deposit USDC');
		await send(gateway.depositNative(THERE, { value: 10n ** 18n }), 'deposit native');
		await send(gateway.deposit(addresses.token, 10n ** 18n, THERE), 'deposit GPU');
		await send(gateway.sendMessage(THERE, `0x${'ab'.repeat(100)}`), 'send message of 100 bytes');

		await withdraw(ofUsdc(1), 'batch of 1, USDC');
		await withdraw(ofUsdc(1, 100), 'batch of 1, USDC, first of the recipient');
		await withdraw(ofUsdc(10), 'batch of 10, USDC');
		await withdraw(ofUsdc(32, 200), 'batch of 32, USDC, first of each recipient');
		await withdraw([{ token: ZeroAddress, to: recipient(0), amount: 10n ** 17n }], 'batch of 1, native');
		await withdraw([{ token: addresses.token, to: sender, amount: 10n ** 18n }], 'batch of 1, GPU');

		await send(usdc.blacklist(recipient(0), true));
		await withdraw(ofUsdc(1), 'batch of 1, refused');
		await send(usdc.blacklist(recipient(0), false));
		await send(gateway.claimOwed(usdcAddress, recipient(0), recipient(0)), 'claim owed');

		const large = [{ token: ZeroAddress, to: recipient(0), amount: 26n * 10n ** 19n }];
		await withdraw(large, 'batch of 1, held');
		const heldAt = nonce;
		await wait(START + 3_600 + 50_000);
		await send(gateway.releaseHeld(heldAt, 0, large[0]), 'release held');

		const late = { setId, nonce: ++nonce, deadline: START, transfers: ofUsdc(1) };
		await send(gateway.cancelBatch(late, sign('WithdrawBatch', late), RELAYER), 'cancel');

		// Nobody there: what the gateway itself costs, and the kept hash.
		const message = {
			setId,
			nonce: ++nonce,
			deadline: FAR,
			sender: THERE,
			target: recipient(999),
			gasLimit: 100_000,
			payload: `0x${'ab'.repeat(100)}`,
		};
		await send(
			gateway.receiveMessage(message, sign('Message', message), RELAYER),
			'receive message of 100 bytes, refused',
		);

		const next = devValidators(count, 'next');
		const set = { setId: setId + 1, members: hashMembers(next), activeUntil: FAR };
		await send(
			gateway.updateValidatorSet(set, members(next), sign('ValidatorSet', set), RELAYER),
			'rotate validators',
		);
		[current, setId] = [next, setId + 1];
		await withdraw(ofUsdc(1));

		const { locked } = await gateway.asset(usdcAddress);
		const held = await usdc.balanceOf(addresses.gateway);
		if (locked !== held || (await gateway.outboundNonce()) !== BigInt(nonce))
			throw new Error('the books do not agree');
		return figures;
	} finally {
		await anvil.stop();
	}
}

const counts = [4, 21];
const figures = Object.fromEntries(await Promise.all(counts.map(async (count) => [count, await measure(count)])));
console.log(`| operation | ${counts.map((count) => `${count} validators`).join(' | ')} | prototype |`);
console.log(`| --- |${' ---: |'.repeat(counts.length)} --- |`);
let worse = 0;
for (const what of Object.keys(figures[4])) {
	const beside = counts
		.filter((count) => PROTOTYPE[count][what])
		.map((count) => {
			const ratio = figures[count][what] / PROTOTYPE[count][what];
			if (ratio > MOST) worse += 1;
			const change = Math.round((ratio - 1) * 100);
			return `${PROTOTYPE[count][what].toLocaleString('en')} (${change >= 0 ? '+' : '−'}${Math.abs(change)} %)`;
		});
	console.log(
		`| ${what} | ${counts.map((count) => figures[count][what].toLocaleString('en')).join(' | ')} | ${[...new Set(beside)].join(', ')} |`,
	);
}
if (worse > 0) {
	console.error(`gas: ${worse} figures are a third above the prototype's`);
	process.exit(1);
}
console.log('gas: ok');
