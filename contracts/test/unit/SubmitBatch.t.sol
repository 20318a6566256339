// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGpuGateway, Limits} from "../../src/interfaces/IGpuGateway.sol";
import {Transfer, WithdrawBatch} from "../../src/libraries/BridgeTypes.sol";
import {BridgeTest} from "../base/BridgeTest.sol";
import {vm} from "../base/Vm.sol";
import {Refuser} from "../mocks/Receivers.sol";

contract SubmitBatchTest is BridgeTest {
    function setUp() public override {
        super.setUp();
        _deposit(NATIVE, 100 ether);
        _deposit(address(usdc), 100_000e6);
    }

    function test_submitBatch_should_pay_every_kind_of_asset() public {
        WithdrawBatch memory batch = _emptyBatch(3);
        batch.transfers[0] = Transfer(NATIVE, bob, 2 ether);
        batch.transfers[1] = Transfer(address(usdc), carol, 40e6);
        batch.transfers[2] = Transfer(address(gpu), bob, 7 ether);
        vm.recordLogs();
        _submit(batch);
        vm.assertEq(bob.balance, 2 ether);
        vm.assertEq(usdc.balanceOf(carol), 40e6);
        vm.assertEq(gpu.balanceOf(bob), 7 ether);
        vm.assertEq(gpu.totalSupply(), 7 ether);
        vm.assertEq(gateway.asset(NATIVE).locked, 98 ether);
        vm.assertEq(gateway.asset(address(usdc)).locked, 99_960e6);
        vm.assertEq(gateway.outboundNonce(), 1);
    }

    function test_submitBatch_should_log_what_it_did() public {
        WithdrawBatch memory batch = _batch(NATIVE, bob, 2 ether);
        vm.expectEmit(address(gateway));
        emit IGpuGateway.BatchExecuted(1, _content(batch), RELAYER, 0);
        _submit(batch);
    }

    function test_submitBatch_should_mark_what_it_did_not_pay() public {
        Refuser refuser = new Refuser();
        WithdrawBatch memory batch = _emptyBatch(4);
        batch.transfers[0] = Transfer(NATIVE, bob, 1 ether);
        batch.transfers[1] = Transfer(NATIVE, address(refuser), 2 ether);
        batch.transfers[2] = Transfer(address(usdc), bob, 3e6);
        batch.transfers[3] = Transfer(address(0xdead), bob, 4);
        vm.expectEmit(address(gateway));
        emit IGpuGateway.TransferOwed(1, 1, NATIVE, address(refuser), 2 ether);
        vm.expectEmit(address(gateway));
        emit IGpuGateway.TransferHeld(1, 3, address(0xdead), bob, 4, uint64(block.timestamp));
        vm.expectEmit(address(gateway));
        emit IGpuGateway.BatchExecuted(1, _content(batch), RELAYER, 1 << 1 | 1 << 3);
        _submit(batch);
        vm.assertEq(bob.balance, 1 ether);
        vm.assertEq(usdc.balanceOf(bob), 3e6);
        _checkBacked(NATIVE);
    }

    function test_submitBatch_should_be_open_to_anyone() public {
        WithdrawBatch memory batch = _batch(NATIVE, bob, 1 ether);
        bytes32 digest = gateway.batchDigest(batch);
        vm.prank(carol);
        gateway.submitBatch(batch, _attest(digest), RELAYER);
        vm.assertEq(bob.balance, 1 ether);
    }

    function test_submitBatch_should_pay_one_recipient_twice() public {
        WithdrawBatch memory batch = _emptyBatch(2);
        batch.transfers[0] = Transfer(NATIVE, bob, 1 ether);
        batch.transfers[1] = Transfer(NATIVE, bob, 1 ether);
        _submit(batch);
        vm.assertEq(bob.balance, 2 ether);
    }

    function test_submitBatch_should_take_the_longest_batch_with_every_recipient_refusing() public {
        WithdrawBatch memory batch = _emptyBatch(gateway.MAX_TRANSFERS());
        for (uint256 i = 0; i < batch.transfers.length; ++i) {
            batch.transfers[i] = Transfer(NATIVE, address(new Refuser()), 0.1 ether);
        }
        _submit(batch);
        vm.assertEq(gateway.owedTotal(NATIVE), 0.1 ether * batch.transfers.length);
        _checkBacked(NATIVE);
    }

    function test_submitBatch_should_accept_its_deadline_and_refuse_the_next_second() public {
        WithdrawBatch memory batch = _batch(NATIVE, bob, 1 ether);
        bytes32 digest = gateway.batchDigest(batch);
        vm.warp(batch.deadline + 1);
        vm.expectRevert(abi.encodeWithSelector(IGpuGateway.DeadlinePassed.selector, batch.deadline));
        gateway.submitBatch(batch, _attest(digest), RELAYER);
        vm.warp(batch.deadline);
        gateway.submitBatch(batch, _attest(digest), RELAYER);
    }

    function test_submitBatch_should_fail_when_it_is_empty() public {
        WithdrawBatch memory batch = _emptyBatch(0);
        bytes32 digest = gateway.batchDigest(batch);
        vm.expectRevert(IGpuGateway.EmptyBatch.selector);
        gateway.submitBatch(batch, _attest(digest), RELAYER);
    }

    function test_submitBatch_should_fail_when_it_is_too_long() public {
        WithdrawBatch memory batch = _emptyBatch(33);
        bytes32 digest = gateway.batchDigest(batch);
        vm.expectRevert(abi.encodeWithSelector(IGpuGateway.TooManyTransfers.selector, 33));
        gateway.submitBatch(batch, _attest(digest), RELAYER);
    }

    function test_submitBatch_should_fail_when_its_nonce_is_not_the_next() public {
        WithdrawBatch memory batch = _batch(NATIVE, bob, 1 ether);
        for (uint64 nonce = 0; nonce < 4; ++nonce) {
            if (nonce == 1) continue;
            batch.nonce = nonce;
            bytes32 digest = gateway.batchDigest(batch);
            vm.expectRevert(abi.encodeWithSelector(IGpuGateway.WrongNonce.selector, 1, nonce));
            gateway.submitBatch(batch, _attest(digest), RELAYER);
        }
    }

    function test_payments_to_the_gateway_or_to_nobody_should_be_owed() public {
        WithdrawBatch memory batch = _emptyBatch(4);
        batch.transfers[0] = Transfer(NATIVE, address(0), 1 ether);
        batch.transfers[1] = Transfer(NATIVE, address(gateway), 1 ether);
        batch.transfers[2] = Transfer(address(usdc), address(gateway), 1e6);
        batch.transfers[3] = Transfer(address(gpu), address(0), 1 ether);
        _submit(batch);
        vm.assertEq(gateway.owedTotal(NATIVE), 2 ether);
        vm.assertEq(gateway.owedTotal(address(usdc)), 1e6);
        vm.assertEq(gateway.owedTotal(address(gpu)), 1 ether);
        vm.assertEq(gpu.totalSupply(), 0);
        _checkBacked(NATIVE);
        _checkBacked(address(usdc));
    }

    function test_minting_beyond_the_cap_should_be_owed_until_there_is_room() public {
        _setLimits(address(gpu), _wide());
        _withdraw(address(gpu), alice, GPU_CAP);
        _withdraw(address(gpu), bob, 5 ether);
        vm.assertEq(gpu.totalSupply(), GPU_CAP);
        vm.assertEq(gateway.owed(address(gpu), bob), 5 ether);
        vm.expectRevert(abi.encodeWithSelector(IGpuGateway.PaymentRefused.selector, address(gpu), bob));
        gateway.claimOwed(address(gpu), bob, bob);
        vm.prank(alice);
        gpu.approve(address(gateway), 5 ether);
        _deposit(address(gpu), 5 ether);
        gateway.claimOwed(address(gpu), bob, bob);
        vm.assertEq(gpu.balanceOf(bob), 5 ether);
        vm.assertEq(gpu.totalSupply(), GPU_CAP);
    }

    function _wide() private pure returns (Limits memory) {
        uint112 most = type(uint112).max;
        return Limits(WINDOW, DELAY, most, most, 1, most, most, most);
    }

    /// The EIP-712 struct hash, made here a second time.
    function _content(WithdrawBatch memory batch) private pure returns (bytes32) {
        bytes memory transfers;
        for (uint256 i = 0; i < batch.transfers.length; ++i) {
            Transfer memory one = batch.transfers[i];
            bytes32 typeHash = keccak256("Transfer(address token,address to,uint256 amount)");
            transfers = abi.encodePacked(transfers, keccak256(abi.encode(typeHash, one.token, one.to, one.amount)));
        }
        return keccak256(
            abi.encode(
                keccak256(
                    "WithdrawBatch(uint64 setId,uint64 nonce,uint64 deadline,Transfer[] transfers)Transfer(address token,address to,uint256 amount)"
                ),
                batch.setId,
                batch.nonce,
                batch.deadline,
                keccak256(transfers)
            )
        );
    }
}
