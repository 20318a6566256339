#!/usr/bin/env node
// Deploys timelock, token and gateway, checks what came out, and writes the addresses for everybody else to read.
//
//   forge build && node scripts/deploy.mjs --rpc URL [--config FILE] [--out FILE]
//
// --config   what to deploy (default deployments/dev.config.json); its fields are those of GpuGateway.initialize
// --out      where the addresses go (default deployments/<chain id>.json)
//
// The sender is DEPLOYER_KEY (a private key in the environment), or else the first account of the RPC (anvil). It has
// no rights over anything afterwards, unless the configuration names it ("deployer").
//
// Exit code 0 only if every check at the end holds.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
	Contract,
	ContractFactory,
	Interface,
	JsonRpcProvider,
	Wallet,
	ZeroAddress,
	ZeroHash,
	computeAddress,
	getAddress,
	getCreateAddress,
	id,
} from 'ethers';
import { CONTRACTS, artifact, hashMembers, members, sortValidators } from './lib.mjs';

const KINDS = { native: 1, locked: 2, minted: 3 };
const IMPLEMENTATION_SLOT = '0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc';

/** Validators whose keys anyone can know, for development chains. */
export function devValidators(count, label = 'dev') {
	return sortValidators(
		Array.from({ length: count }, (_, i) => {
			const key = id(`gpu-chain bridge ${label} validator ${i}`);
			return { key, address: computeAddress(key), power: 1 };
		}),
	);
}

function validatorsOf(set) {
	const dev = /^dev:(\d+)$/.exec(set.validators);
	return dev ? devValidators(Number(dev[1])) : sortValidators(set.validators);
}

/** Deploys by `config` with `signer`, and returns what the addresses file holds. */
export async function deploy(signer, config) {
	const provider = signer.provider;
	const deployer = await signer.getAddress();
	const accounts = (list) => list.map((one) => (one === 'deployer' ? deployer : getAddress(one)));
	let nonce = await provider.getTransactionCount(deployer);
	let first;
	const create = async (name, file, ...args) => {
		const { abi, bytecode } = artifact(name, file);
		const contract = await new ContractFactory(abi, bytecode.object, signer).deploy(...args, {
			nonce: nonce++,
		});
		const receipt = await contract.deploymentTransaction().wait();
		first ??= receipt.blockNumber;
		return { address: await contract.getAddress(), block: receipt.blockNumber };
	};

	const timelock = await create(
		'TimelockController',
		undefined,
		config.timelock.delay,
		accounts(config.timelock.proposers),
		accounts(config.timelock.executors),
		ZeroAddress,
	);
	const tests = {};
	for (const asset of config.assets) {
		if (asset.token === 'test') tests[asset.symbol] = (await create('Stablecoin', 'Tokens.sol')).address;
	}
	const tokenCode = await create('GpuToken');
	const gatewayCode = await create('GpuGateway');
	// Token and gateway name each other: the gateway's address follows from the deployer's next nonce but one.
	const expected = getCreateAddress({ from: deployer, nonce: nonce + 1 });
	const token = await create(
		'ERC1967Proxy',
		undefined,
		tokenCode.address,
		new Interface(artifact('GpuToken').abi).encodeFunctionData('initialize', [
			expected,
			timelock.address,
			config.gpu.cap,
		]),
	);
	const assets = config.assets.map((asset) => ({
		symbol: asset.symbol,
		token:
			asset.kind === 'native'
				? ZeroAddress
				: asset.kind === 'minted'
					? token.address
					: (tests[asset.symbol] ?? getAddress(asset.token)),
		kind: KINDS[asset.kind],
		decimals: asset.decimals,
		limits: asset.limits,
	}));
	const validators = validatorsOf(config.set);
	const { timestamp } = await provider.getBlock('latest');
	const activeUntil = config.set.activeUntil ?? timestamp + config.set.lifetime;
	const gatewayAbi = artifact('GpuGateway').abi;
	const gateway = await create(
		'ERC1967Proxy',
		undefined,
		gatewayCode.address,
		new Interface(gatewayAbi).encodeFunctionData('initialize', [
			timelock.address,
			accounts(config.guardians),
			config.set.id,
			members(validators),
			activeUntil,
			assets.map(({ token: address, kind, limits }) => ({ token: address, kind, limits })),
		]),
	);

	const deployment = {
		chainId: Number((await provider.getNetwork()).chainId),
		genesis: (await provider.getBlock(0)).hash,
		firstBlock: first,
		deployedAt: gateway.block,
		gateway: gateway.address,
		token: token.address,
		timelock: timelock.address,
		gatewayCode: gatewayCode.address,
		tokenCode: tokenCode.address,
		setId: config.set.id,
		members: hashMembers(validators),
		activeUntil,
		assets: assets.map(({ symbol, token: address, kind, decimals }) => ({
			symbol,
			token: address,
			kind,
			decimals,
		})),
	};
	await check(provider, deployment, config, accounts, expected);
	return deployment;
}

/** Reads back from the chain what must be so before anybody sends money there. */
async function check(provider, deployment, config, accounts, expected) {
	const gateway = new Contract(deployment.gateway, artifact('GpuGateway').abi, provider);
	const token = new Contract(deployment.token, artifact('GpuToken').abi, provider);
	const timelock = new Contract(deployment.timelock, artifact('TimelockController').abi, provider);
	const deployer = accounts(['deployer'])[0];
	const set = await gateway.validatorSet();
	const proposer = await timelock.PROPOSER_ROLE();
	const implementation = async (proxy) =>
		getAddress(`0x${(await provider.getStorage(proxy, IMPLEMENTATION_SLOT)).slice(26)}`);
	const facts = {
		'the gateway is where the token expects it':
			deployment.gateway === expected && (await token.gateway()) === expected,
		'the validator set is the one configured':
			set.members === deployment.members && Number(set.setId) === deployment.setId,
		'no batch was executed': (await gateway.outboundNonce()) === 0n,
		'the gateway runs its code': (await implementation(deployment.gateway)) === deployment.gatewayCode,
		'the token runs its code': (await implementation(deployment.token)) === deployment.tokenCode,
		'the timelock governs the gateway': await gateway.hasRole(ZeroHash, deployment.timelock),
		'the timelock owns the token': (await token.owner()) === deployment.timelock,
		'the deployer does not govern the gateway': !(await gateway.hasRole(ZeroHash, deployer)),
		'the deployer does not govern the timelock': !(await timelock.hasRole(ZeroHash, deployer)),
		'the deployer proposes only if configured':
			(await timelock.hasRole(proposer, deployer)) === accounts(config.timelock.proposers).includes(deployer),
		'the timelock waits as configured': (await timelock.getMinDelay()) === BigInt(config.timelock.delay),
		'no token exists': (await token.totalSupply()) === 0n,
		'the cap is as configured': (await token.cap()) === BigInt(config.gpu.cap),
		'it is not paused': !(await gateway.paused()),
	};
	for (const asset of deployment.assets) {
		const { kind, locked } = await gateway.asset(asset.token);
		facts[`${asset.symbol} is listed and empty`] = Number(kind) === asset.kind && locked === 0n;
	}
	for (const guardian of accounts(config.guardians)) {
		facts[`${guardian} is a guardian`] = await gateway.hasRole(await gateway.GUARDIAN_ROLE(), guardian);
	}
	const wrong = Object.keys(facts).filter((fact) => !facts[fact]);
	if (wrong.length > 0) throw new Error(`deployed, but not so: ${wrong.join('; ')}`);
}

export function readConfig(path = fileURLToPath(new URL('deployments/dev.config.json', CONTRACTS))) {
	return JSON.parse(readFileSync(path, 'utf8'));
}

async function main() {
	const options = {};
	for (let i = 2; i < process.argv.length; i += 2) {
		const name = /^--(rpc|config|out)$/.exec(process.argv[i])?.[1];
		if (!name || process.argv[i + 1] === undefined)
			throw new Error('usage: deploy.mjs --rpc URL [--config FILE] [--out FILE]');
		options[name] = process.argv[i + 1];
	}
	if (!options.rpc) throw new Error('usage: deploy.mjs --rpc URL [--config FILE] [--out FILE]');
	const provider = new JsonRpcProvider(options.rpc);
	try {
		const key = process.env.DEPLOYER_KEY;
		const signer = key ? new Wallet(key, provider) : await provider.getSigner(0);
		const deployment = await deploy(signer, readConfig(options.config));
		const out = options.out ?? fileURLToPath(new URL(`deployments/${deployment.chainId}.json`, CONTRACTS));
		writeFileSync(out, `${JSON.stringify(deployment, null, 2)}\n`);
		console.log(
			`deploy: ok chain=${deployment.chainId} gateway=${deployment.gateway} token=${deployment.token} timelock=${deployment.timelock} ${out}`,
		);
	} finally {
		provider.destroy();
	}
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	main().catch((error) => {
		console.error(`deploy: ${error.message}`);
		process.exit(1);
	});
}
