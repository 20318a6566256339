// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
    Attestation,
    Members,
    Message,
    Transfer,
    ValidatorSet,
    WithdrawBatch
} from "../../src/libraries/BridgeTypes.sol";
import {BridgeTest} from "../base/BridgeTest.sol";
import {vm} from "../base/Vm.sol";
import {GasBurner, Inbox, Refuser} from "../mocks/Receivers.sol";

/// What each call costs, as a transaction of its own (`--isolate`), held against `snapshots/`. Nothing here is a first
/// time: buckets, nonces and the recipients' balances were used before, unless the name says otherwise.
abstract contract GasTest is BridgeTest {
    uint256 private immutable VALIDATORS;

    constructor(uint256 validators) {
        VALIDATORS = validators;
    }

    function setUp() public override {
        _deploy(VALIDATORS);
        for (uint256 i = 0; i < 3; ++i) {
            _deposit(NATIVE, 100 ether);
            _deposit(address(usdc), 10_000e6);
        }
        WithdrawBatch memory batch = _emptyBatch(22);
        batch.transfers[20] = Transfer(NATIVE, bob, 1 ether);
        batch.transfers[21] = Transfer(address(gpu), alice, 100 ether);
        for (uint256 i = 0; i < 10; ++i) {
            batch.transfers[2 * i] = Transfer(address(usdc), _recipient(i), 1e6);
            batch.transfers[2 * i + 1] = Transfer(address(gpu), _recipient(i), 1 ether);
        }
        _submit(batch);
        vm.prank(alice);
        gpu.approve(address(gateway), type(uint256).max);
        vm.warp(block.timestamp + 1 hours);
    }

    function test_gas_of_deposits() public {
        vm.prank(alice);
        gateway.deposit(address(usdc), 5e6, ALICE_THERE);
        _snapshot("deposit USDC");
        vm.prank(alice);
        gateway.depositNative{value: 1 ether}(ALICE_THERE);
        _snapshot("deposit native");
        vm.prank(alice);
        gateway.deposit(address(gpu), 5 ether, ALICE_THERE);
        _snapshot("deposit GPU");
        gateway.sendMessage(ALICE_THERE, new bytes(100));
        _snapshot("send message of 100 bytes");
    }

    function test_gas_of_batches() public {
        _measure(_usdcBatch(1, 0), "batch of 1, USDC");
        _measure(_usdcBatch(1, 500), "batch of 1, USDC, first of the recipient");
        _measure(_usdcBatch(10, 0), "batch of 10, USDC");
        _measure(_usdcBatch(32, 600), "batch of 32, USDC, first of each recipient");
        _measure(_batch(NATIVE, bob, 1 ether), "batch of 1, native");
        _measure(_batch(address(gpu), _recipient(0), 1 ether), "batch of 1, GPU");
    }

    function test_gas_of_what_goes_wrong() public {
        Refuser refuser = new Refuser();
        _measure(_batch(NATIVE, address(refuser), 1 ether), "batch of 1, refused");
        refuser.accept(true);
        gateway.claimOwed(NATIVE, address(refuser), address(refuser));
        _snapshot("claim owed");
        WithdrawBatch memory batch = _batch(NATIVE, bob, 260 ether);
        _measure(batch, "batch of 1, held");
        vm.warp(block.timestamp + DELAY);
        gateway.releaseHeld(batch.nonce, 0, batch.transfers[0]);
        _snapshot("release held");
        batch = _emptyBatch(gateway.MAX_TRANSFERS());
        for (uint256 i = 0; i < batch.transfers.length; ++i) {
            batch.transfers[i] = Transfer(NATIVE, address(new GasBurner()), 1);
        }
        // A block of Ethereum Classic.
        vm.assertLe(_measure(batch, "batch of 32, each recipient burning its gas"), 8_000_000);
        batch = _usdcBatch(1, 0);
        Attestation memory attestation = _attest(gateway.batchDigest(batch));
        vm.warp(batch.deadline + 1);
        gateway.cancelBatch(batch, attestation, RELAYER);
        _snapshot("cancel");
    }

    function test_gas_of_messages_and_sets() public {
        Message memory message = _message(address(new Inbox(gateway)), new bytes(100));
        Attestation memory attestation = _attest(gateway.messageDigest(message));
        gateway.receiveMessage(message, attestation, RELAYER);
        _snapshot("receive message of 100 bytes");
        (ValidatorSet memory set, Members memory members) = _nextSet(_keys(100, VALIDATORS));
        attestation = _attest(gateway.setDigest(set));
        gateway.updateValidatorSet(set, members, attestation, RELAYER);
        _snapshot("rotate validators");
    }

    function _usdcBatch(uint256 count, uint256 firstRecipient) private view returns (WithdrawBatch memory batch) {
        batch = _emptyBatch(count);
        for (uint256 i = 0; i < count; ++i) {
            batch.transfers[i] = Transfer(address(usdc), _recipient(firstRecipient + i), 1e6);
        }
    }

    function _measure(WithdrawBatch memory batch, string memory what) private returns (uint256) {
        Attestation memory attestation = _attest(gateway.batchDigest(batch));
        gateway.submitBatch(batch, attestation, RELAYER);
        return _snapshot(what);
    }

    function _snapshot(string memory what) private returns (uint256) {
        return vm.snapshotGasLastCall(string.concat("validators-", vm.toString(VALIDATORS)), what);
    }

    function _recipient(uint256 i) private pure returns (address) {
        return address(uint160(uint256(keccak256(abi.encode("recipient", i)))));
    }
}

contract Gas4Test is GasTest(4) {}

contract Gas21Test is GasTest(21) {}
