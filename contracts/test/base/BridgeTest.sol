// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {GpuGateway} from "../../src/GpuGateway.sol";
import {GpuToken} from "../../src/GpuToken.sol";
import {AssetConfig, AssetKind, IGpuGateway, Limits} from "../../src/interfaces/IGpuGateway.sol";
import {
    Attestation,
    Members,
    Message,
    Transfer,
    ValidatorSet,
    WithdrawBatch
} from "../../src/libraries/BridgeTypes.sol";
import {Stablecoin} from "../mocks/Tokens.sol";
import {Vm, vm} from "./Vm.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {ERC1967Proxy} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol";

/// A gateway of four validators with all three kinds of assets, deployed as on a real chain, and what signs for it.
abstract contract BridgeTest {
    // forge-lint: disable-next-line(screaming-snake-case-const)
    bool public constant IS_TEST = true;

    address internal constant NATIVE = address(0);
    bytes32 internal constant ALICE_THERE = bytes32(uint256(0xa11ce));
    bytes32 internal constant RELAYER = bytes32(uint256(0x5e1a));
    uint256 internal constant TIMELOCK_DELAY = 2 days;
    uint32 internal constant WINDOW = 1 days;
    uint32 internal constant DELAY = 12 hours;
    uint64 internal constant FIRST_SET = 1;

    uint256 internal constant GPU_CAP = 1_000_000_000 ether;

    address internal alice = address(0xA11CE);
    address internal bob = address(0xB0B);
    address internal carol = address(0xCA401);
    address internal guardian = address(0x6A2D);
    address internal council = address(0xC0);

    TimelockController internal timelock;
    GpuGateway internal gateway;
    GpuToken internal gpu;
    Stablecoin internal usdc;

    /// Keys of the current set, ascending by address.
    uint256[] internal keys;
    uint64 internal powerOfEach = 1;

    function setUp() public virtual {
        _deploy(4);
    }

    // ── Deployment ───────────────────────────────────────────────────────────────────────────────────────────────────

    function _deploy(uint256 validators) internal {
        vm.warp(1_800_000_000);
        address[] memory councils = new address[](1);
        councils[0] = council;
        address[] memory anyone = new address[](1);
        timelock = new TimelockController(TIMELOCK_DELAY, councils, anyone, address(0));
        usdc = new Stablecoin();
        keys = _keys(1, validators);

        GpuToken tokenCode = new GpuToken();
        GpuGateway gatewayCode = new GpuGateway();
        // Token and gateway name each other, so the gateway's address is known before it is there.
        address expected = vm.computeCreateAddress(address(this), vm.getNonce(address(this)) + 1);
        gpu = GpuToken(
            address(
                new ERC1967Proxy(
                    address(tokenCode), abi.encodeCall(GpuToken.initialize, (expected, address(timelock), GPU_CAP))
                )
            )
        );
        gateway = GpuGateway(
            address(
                new ERC1967Proxy(
                    address(gatewayCode),
                    abi.encodeCall(
                        GpuGateway.initialize,
                        (
                            address(timelock),
                            _guardians(),
                            FIRST_SET,
                            _members(keys),
                            uint64(block.timestamp + 30 days),
                            _assets()
                        )
                    )
                )
            )
        );
        vm.assertEq(address(gateway), expected);

        vm.deal(alice, 1_000_000 ether);
        usdc.mint(alice, 1_000_000_000e6);
        vm.prank(alice);
        usdc.approve(address(gateway), type(uint256).max);
        vm.label(address(gateway), "gateway");
        vm.label(alice, "alice");
        vm.label(bob, "bob");
    }

    function _guardians() internal view returns (address[] memory guardians) {
        guardians = new address[](1);
        guardians[0] = guardian;
    }

    function _assets() internal view returns (AssetConfig[] memory assets) {
        assets = new AssetConfig[](3);
        assets[0] = AssetConfig(NATIVE, AssetKind.Native, _limits(1000 ether, 0.001 ether));
        assets[1] = AssetConfig(address(usdc), AssetKind.Locked, _limits(1_000_000e6, 1e6));
        assets[2] = AssetConfig(address(gpu), AssetKind.Minted, _limits(1_000_000 ether, 1 ether));
    }

    /// Half of the capacity at once at most, a quarter without a delay.
    function _limits(uint112 capacity, uint112 least) internal pure returns (Limits memory) {
        return Limits({
            window: WINDOW,
            delay: DELAY,
            depositCapacity: capacity,
            withdrawalCapacity: capacity,
            minDeposit: least,
            maxDeposit: capacity,
            maxWithdrawal: capacity / 2,
            delayThreshold: capacity / 4
        });
    }

    /// Lets the timelock do `data` at `target`, after its delay.
    function _govern(address target, bytes memory data) internal {
        vm.prank(council);
        timelock.schedule(target, 0, data, bytes32(0), bytes32(0), TIMELOCK_DELAY);
        vm.warp(block.timestamp + TIMELOCK_DELAY);
        timelock.execute(target, 0, data, bytes32(0), bytes32(0));
    }

    function _setLimits(address token, Limits memory limits) internal {
        vm.prank(address(timelock));
        gateway.setLimits(token, limits);
    }

    // ── Validators ───────────────────────────────────────────────────────────────────────────────────────────────────

    /// `count` keys from `first` on, ascending by address.
    function _keys(uint256 first, uint256 count) internal pure returns (uint256[] memory sorted) {
        sorted = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            uint256 key = uint256(keccak256(abi.encode("validator", first + i))) >> 8;
            uint256 place = i;
            while (place > 0 && vm.addr(sorted[place - 1]) > vm.addr(key)) {
                sorted[place] = sorted[place - 1];
                --place;
            }
            sorted[place] = key;
        }
    }

    function _members(uint256[] memory ofKeys) internal view returns (Members memory members) {
        members.validators = new address[](ofKeys.length);
        members.powers = new uint64[](ofKeys.length);
        for (uint256 i = 0; i < ofKeys.length; ++i) {
            members.validators[i] = vm.addr(ofKeys[i]);
            members.powers[i] = powerOfEach;
        }
    }

    function _signature(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    /// By the members whose bits are set.
    function _attestBy(uint256 signers, bytes32 digest) internal view returns (Attestation memory attestation) {
        attestation.members = _members(keys);
        attestation.signers = signers;
        for (uint256 i = 0; i < keys.length; ++i) {
            if ((signers >> i) & 1 == 1) {
                attestation.signatures = abi.encodePacked(attestation.signatures, _signature(keys[i], digest));
            }
        }
    }

    /// By just enough members.
    function _attest(bytes32 digest) internal view returns (Attestation memory) {
        return _attestBy((1 << (keys.length * 2 / 3 + 1)) - 1, digest);
    }

    // ── What is signed ───────────────────────────────────────────────────────────────────────────────────────────────

    function _batch(address token, address to, uint256 amount) internal view returns (WithdrawBatch memory batch) {
        batch = _emptyBatch(1);
        batch.transfers[0] = Transfer(token, to, amount);
    }

    /// The next batch, with `count` transfers to fill in.
    function _emptyBatch(uint256 count) internal view returns (WithdrawBatch memory batch) {
        batch.setId = gateway.validatorSet().setId;
        batch.nonce = gateway.outboundNonce() + 1;
        batch.deadline = uint64(block.timestamp + 1 days);
        batch.transfers = new Transfer[](count);
    }

    function _message(address target, bytes memory payload) internal view returns (Message memory) {
        return Message({
            setId: gateway.validatorSet().setId,
            nonce: gateway.outboundNonce() + 1,
            deadline: uint64(block.timestamp + 1 days),
            sender: ALICE_THERE,
            target: target,
            gasLimit: 200_000,
            payload: payload
        });
    }

    function _submit(WithdrawBatch memory batch) internal {
        gateway.submitBatch(batch, _attest(gateway.batchDigest(batch)), RELAYER);
    }

    function _withdraw(address token, address to, uint256 amount) internal returns (WithdrawBatch memory batch) {
        batch = _batch(token, to, amount);
        _submit(batch);
    }

    function _receive(Message memory message) internal {
        gateway.receiveMessage(message, _attest(gateway.messageDigest(message)), RELAYER);
    }

    /// The set after the current one, and its members.
    function _nextSet(uint256[] memory ofKeys) internal view returns (ValidatorSet memory set, Members memory members) {
        members = _members(ofKeys);
        set = ValidatorSet(
            gateway.validatorSet().setId + 1, gateway.membersHash(members), uint64(block.timestamp + 30 days)
        );
    }

    function _rotate(uint256[] memory to) internal {
        (ValidatorSet memory set, Members memory members) = _nextSet(to);
        gateway.updateValidatorSet(set, members, _attest(gateway.setDigest(set)), RELAYER);
        keys = to;
    }

    // ── Assets ───────────────────────────────────────────────────────────────────────────────────────────────────────

    function _deposit(address token, uint256 amount) internal {
        vm.prank(alice);
        if (token == NATIVE) gateway.depositNative{value: amount}(ALICE_THERE);
        else gateway.deposit(token, amount, ALICE_THERE);
    }

    function _balance(address token, address account) internal view returns (uint256) {
        return token == NATIVE ? account.balance : Stablecoin(token).balanceOf(account);
    }

    /// What must hold after every test of a single asset.
    function _checkBacked(address token) internal view {
        uint256 held = _balance(token, address(gateway));
        vm.assertGe(held, gateway.asset(token).locked + gateway.owedTotal(token), "more is promised than is held");
    }

    function _bound(uint256 value, uint256 least, uint256 most) internal pure returns (uint256) {
        if (value >= least && value <= most) return value;
        return least + value % (most - least + 1);
    }
}
