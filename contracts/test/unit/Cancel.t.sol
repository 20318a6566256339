// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGpuGateway} from "../../src/interfaces/IGpuGateway.sol";
import {Message, WithdrawBatch} from "../../src/libraries/BridgeTypes.sol";
import {BridgeTest} from "../base/BridgeTest.sol";
import {vm} from "../base/Vm.sol";
import {Inbox} from "../mocks/Receivers.sol";

contract CancelTest is BridgeTest {
    function setUp() public override {
        super.setUp();
        _deposit(NATIVE, 10 ether);
    }

    function test_cancelBatch_should_let_the_next_one_follow_and_pay_nothing() public {
        WithdrawBatch memory batch = _batch(NATIVE, bob, 1 ether);
        bytes32 digest = gateway.batchDigest(batch);
        vm.warp(batch.deadline + 1);
        vm.prank(carol);
        gateway.cancelBatch(batch, _attest(digest), RELAYER);
        vm.assertEq(gateway.outboundNonce(), 1);
        vm.assertEq(bob.balance, 0);
        vm.assertEq(gateway.asset(NATIVE).locked, 10 ether);
        _withdraw(NATIVE, bob, 2 ether);
        vm.assertEq(bob.balance, 2 ether);
    }

    function test_cancelBatch_should_fail_before_the_deadline_has_passed() public {
        WithdrawBatch memory batch = _batch(NATIVE, bob, 1 ether);
        bytes32 digest = gateway.batchDigest(batch);
        vm.warp(batch.deadline);
        vm.expectRevert(abi.encodeWithSelector(IGpuGateway.DeadlineNotReached.selector, batch.deadline));
        gateway.cancelBatch(batch, _attest(digest), RELAYER);
    }

    function test_cancelBatch_should_fail_when_it_was_executed() public {
        WithdrawBatch memory batch = _withdraw(NATIVE, bob, 1 ether);
        bytes32 digest = gateway.batchDigest(batch);
        vm.warp(batch.deadline + 1);
        vm.expectRevert(abi.encodeWithSelector(IGpuGateway.WrongNonce.selector, 2, 1));
        gateway.cancelBatch(batch, _attest(digest), RELAYER);
    }

    function test_a_cancelled_batch_should_never_be_executed() public {
        WithdrawBatch memory batch = _batch(NATIVE, bob, 1 ether);
        bytes32 digest = gateway.batchDigest(batch);
        vm.warp(batch.deadline + 1);
        gateway.cancelBatch(batch, _attest(digest), RELAYER);
        // Not even if the clock could go back.
        vm.warp(batch.deadline);
        vm.expectRevert(abi.encodeWithSelector(IGpuGateway.WrongNonce.selector, 2, 1));
        gateway.submitBatch(batch, _attest(digest), RELAYER);
        vm.expectRevert(abi.encodeWithSelector(IGpuGateway.DeadlineNotReached.selector, batch.deadline));
        gateway.cancelBatch(batch, _attest(digest), RELAYER);
    }

    function test_cancelBatch_should_fail_when_nobody_signed_it() public {
        WithdrawBatch memory batch = _batch(NATIVE, bob, 1 ether);
        vm.warp(batch.deadline + 1);
        vm.expectRevert(abi.encodeWithSignature("UnderQuorum(uint256,uint256)", 0, 4));
        gateway.cancelBatch(batch, _attestBy(0, bytes32(0)), RELAYER);
    }

    function test_cancelMessage_should_let_the_next_one_follow_and_call_nobody() public {
        Inbox inbox = new Inbox(gateway);
        Message memory message = _message(address(inbox), "too late");
        bytes32 digest = gateway.messageDigest(message);
        vm.expectRevert(abi.encodeWithSelector(IGpuGateway.DeadlineNotReached.selector, message.deadline));
        gateway.cancelMessage(message, _attest(digest), RELAYER);
        vm.warp(message.deadline + 1);
        gateway.cancelMessage(message, _attest(digest), RELAYER);
        vm.assertEq(inbox.taken(), 0);
        vm.expectRevert(abi.encodeWithSelector(IGpuGateway.NotFailed.selector, 1));
        gateway.retryMessage(message);
        _receive(_message(address(inbox), "in time"));
        vm.assertEq(inbox.taken(), 1);
    }

    function test_a_batch_of_the_old_set_should_be_cancelled_with_signatures_of_the_new_one() public {
        WithdrawBatch memory batch = _batch(NATIVE, bob, 1 ether);
        bytes32 oldDigest = gateway.batchDigest(batch);
        uint256[] memory oldKeys = keys;
        vm.warp(batch.deadline + 1);
        _rotate(_keys(100, 4));
        uint256[] memory newKeys = keys;
        keys = oldKeys;
        vm.expectRevert(abi.encodeWithSelector(IGpuGateway.WrongSet.selector, 2, 1));
        gateway.cancelBatch(batch, _attest(oldDigest), RELAYER);
        keys = newKeys;
        batch.setId = 2;
        gateway.cancelBatch(batch, _attest(gateway.batchDigest(batch)), RELAYER);
        vm.assertEq(gateway.outboundNonce(), 1);
    }
}
