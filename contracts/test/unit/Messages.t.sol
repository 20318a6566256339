// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGpuGateway} from "../../src/interfaces/IGpuGateway.sol";
import {Message, WithdrawBatch} from "../../src/libraries/BridgeTypes.sol";
import {BridgeTest} from "../base/BridgeTest.sol";
import {vm} from "../base/Vm.sol";
import {Fallback, GasBurner, Inbox} from "../mocks/Receivers.sol";

contract MessagesTest is BridgeTest {
    Inbox private inbox;

    function setUp() public override {
        super.setUp();
        inbox = new Inbox(gateway);
        _deposit(NATIVE, 10 ether);
    }

    function test_sendMessage_should_log_it() public {
        vm.expectEmit(address(gateway));
        emit IGpuGateway.MessageSent(2, alice, ALICE_THERE, "work is done");
        vm.prank(alice);
        vm.assertEq(gateway.sendMessage(ALICE_THERE, "work is done"), 2);
    }

    function test_sendMessage_should_fail_when_the_recipient_is_zero() public {
        vm.expectRevert(IGpuGateway.ZeroRecipient.selector);
        gateway.sendMessage(bytes32(0), "");
    }

    function test_sendMessage_should_accept_the_longest_payload_and_refuse_one_more_byte() public {
        uint256 most = gateway.MAX_PAYLOAD();
        gateway.sendMessage(ALICE_THERE, new bytes(most));
        vm.expectRevert(abi.encodeWithSelector(IGpuGateway.PayloadTooLong.selector, most + 1));
        gateway.sendMessage(ALICE_THERE, new bytes(most + 1));
    }

    function test_receiveMessage_should_call_the_target() public {
        Message memory message = _message(address(inbox), "verified");
        _receive(message);
        vm.assertEq(inbox.lastNonce(), 1);
        vm.assertEq(inbox.lastSender(), ALICE_THERE);
        vm.assertEq(inbox.lastPayload(), "verified");
        vm.assertEq(gateway.outboundNonce(), 1);
        vm.assertEq(gateway.failedMessage(1), bytes32(0));
    }

    function test_receiveMessage_should_share_one_nonce_with_batches() public {
        _withdraw(NATIVE, bob, 1 ether);
        _receive(_message(address(inbox), "second"));
        _withdraw(NATIVE, bob, 1 ether);
        vm.assertEq(gateway.outboundNonce(), 3);
    }

    function test_receiveMessage_should_let_the_target_answer() public {
        inbox.reply(true);
        Message memory message = _message(address(inbox), "ping");
        bytes32 digest = gateway.messageDigest(message);
        vm.expectEmit(address(gateway));
        emit IGpuGateway.MessageSent(2, address(inbox), ALICE_THERE, "ping");
        gateway.receiveMessage(message, _attest(digest), RELAYER);
    }

    function test_receiveMessage_should_keep_what_the_target_refuses_for_a_retry() public {
        inbox.refuse(true);
        Message memory message = _message(address(inbox), "later");
        _receive(message);
        vm.assertTrue(gateway.failedMessage(1) != bytes32(0));
        vm.assertEq(inbox.taken(), 0);
        vm.expectRevert(abi.encodeWithSelector(IGpuGateway.MessageRefused.selector, 1));
        gateway.retryMessage(message);
        inbox.refuse(false);
        // However late.
        vm.warp(block.timestamp + 365 days);
        vm.expectEmit(address(gateway));
        emit IGpuGateway.MessageDelivered(1);
        gateway.retryMessage(message);
        vm.assertEq(inbox.taken(), 1);
        vm.expectRevert(abi.encodeWithSelector(IGpuGateway.NotFailed.selector, 1));
        gateway.retryMessage(message);
    }

    function test_retryMessage_should_fail_when_the_content_is_another() public {
        inbox.refuse(true);
        Message memory message = _message(address(inbox), "later");
        _receive(message);
        inbox.refuse(false);
        message.payload = "forged";
        vm.expectRevert(abi.encodeWithSelector(IGpuGateway.NotFailed.selector, 1));
        gateway.retryMessage(message);
    }

    function test_retryMessage_should_fail_when_the_message_was_delivered() public {
        Message memory message = _message(address(inbox), "once");
        _receive(message);
        vm.expectRevert(abi.encodeWithSelector(IGpuGateway.NotFailed.selector, 1));
        gateway.retryMessage(message);
        vm.assertEq(inbox.taken(), 1);
    }

    function test_receiveMessage_should_not_be_stopped_by_its_target() public {
        address[3] memory targets = [address(0xE0A), address(new Fallback()), address(new GasBurner())];
        for (uint256 i = 0; i < targets.length; ++i) {
            _receive(_message(targets[i], "x"));
            vm.assertTrue(gateway.failedMessage(uint64(i + 1)) != bytes32(0), "counted as delivered");
        }
        vm.assertEq(gateway.outboundNonce(), 3);
    }

    function test_receiveMessage_should_fail_when_the_deadline_has_passed() public {
        Message memory message = _message(address(inbox), "late");
        bytes32 digest = gateway.messageDigest(message);
        vm.warp(message.deadline + 1);
        vm.expectRevert(abi.encodeWithSelector(IGpuGateway.DeadlinePassed.selector, message.deadline));
        gateway.receiveMessage(message, _attest(digest), RELAYER);
    }

    function test_receiveMessage_should_fail_when_the_transaction_has_less_gas_than_was_signed() public {
        Message memory message = _message(address(inbox), "hungry");
        message.gasLimit = 2_000_000;
        bytes32 digest = gateway.messageDigest(message);
        vm.expectRevert(abi.encodeWithSelector(IGpuGateway.InsufficientGas.selector, 2_000_000));
        gateway.receiveMessage{gas: 1_000_000}(message, _attest(digest), RELAYER);
        gateway.receiveMessage(message, _attest(digest), RELAYER);
        vm.assertEq(inbox.taken(), 1);
    }

    function test_receiveMessage_should_fail_when_the_gas_limit_is_more_than_a_block_has() public {
        Message memory message = _message(address(inbox), "greedy");
        message.gasLimit = type(uint64).max;
        bytes32 digest = gateway.messageDigest(message);
        vm.expectRevert(abi.encodeWithSelector(IGpuGateway.InsufficientGas.selector, type(uint64).max));
        gateway.receiveMessage{gas: 30_000_000}(message, _attest(digest), RELAYER);
        // It holds up what follows only until its deadline.
        vm.warp(message.deadline + 1);
        gateway.cancelMessage(message, _attest(digest), RELAYER);
        _withdraw(NATIVE, bob, 1 ether);
    }
}
