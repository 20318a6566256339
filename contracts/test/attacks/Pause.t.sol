// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGpuGateway} from "../../src/interfaces/IGpuGateway.sol";
import {Attestation, Message, Transfer, WithdrawBatch} from "../../src/libraries/BridgeTypes.sol";
import {BridgeTest} from "../base/BridgeTest.sol";
import {vm} from "../base/Vm.sol";
import {Inbox, Refuser} from "../mocks/Receivers.sol";
import {PausableUpgradeable} from "@openzeppelin/contracts-upgradeable/utils/PausableUpgradeable.sol";

/// A pause at every step of every journey: nothing moves, and after it everything goes on where it stood.
contract PauseTest is BridgeTest {
    bytes private constant PAUSED = abi.encodeWithSelector(PausableUpgradeable.EnforcedPause.selector);

    function test_pause_before_a_deposit() public {
        _pause();
        vm.startPrank(alice);
        vm.expectRevert(PAUSED);
        gateway.depositNative{value: 1 ether}(ALICE_THERE);
        vm.expectRevert(PAUSED);
        gateway.deposit(address(usdc), 5e6, ALICE_THERE);
        vm.expectRevert(PAUSED);
        gateway.depositWithPermit(address(usdc), 5e6, ALICE_THERE, block.timestamp, 27, bytes32(0), bytes32(0));
        vm.stopPrank();
        vm.assertEq(address(gateway).balance, 0);
        _resume();
        _deposit(NATIVE, 1 ether);
        _deposit(address(usdc), 5e6);
    }

    function test_pause_between_deposit_and_withdrawal() public {
        _deposit(NATIVE, 10 ether);
        WithdrawBatch memory batch = _batch(NATIVE, bob, 1 ether);
        Attestation memory attestation = _attest(gateway.batchDigest(batch));
        _pause();
        vm.expectRevert(PAUSED);
        gateway.submitBatch(batch, attestation, RELAYER);
        _resume();
        gateway.submitBatch(batch, attestation, RELAYER);
        vm.assertEq(bob.balance, 1 ether);
    }

    function test_pause_past_a_batchs_deadline() public {
        _deposit(NATIVE, 10 ether);
        WithdrawBatch memory batch = _batch(NATIVE, bob, 1 ether);
        Attestation memory attestation = _attest(gateway.batchDigest(batch));
        _pause();
        vm.warp(batch.deadline + 1);
        vm.expectRevert(PAUSED);
        gateway.cancelBatch(batch, attestation, RELAYER);
        _resume();
        vm.expectRevert(abi.encodeWithSelector(IGpuGateway.DeadlinePassed.selector, batch.deadline));
        gateway.submitBatch(batch, attestation, RELAYER);
        gateway.cancelBatch(batch, attestation, RELAYER);
        _withdraw(NATIVE, bob, 1 ether);
    }

    function test_pause_while_a_transfer_is_held() public {
        _deposit(NATIVE, 1000 ether);
        Transfer memory transfer = _withdraw(NATIVE, bob, 400 ether).transfers[0];
        _pause();
        vm.warp(block.timestamp + DELAY);
        vm.expectRevert(PAUSED);
        gateway.releaseHeld(1, 0, transfer);
        _resume();
        gateway.releaseHeld(1, 0, transfer);
        vm.assertEq(bob.balance, 400 ether);
    }

    function test_pause_while_something_is_owed() public {
        _deposit(NATIVE, 10 ether);
        Refuser refuser = new Refuser();
        _withdraw(NATIVE, address(refuser), 1 ether);
        _pause();
        vm.expectRevert(PAUSED);
        refuser.claim(gateway, NATIVE, bob);
        _resume();
        refuser.claim(gateway, NATIVE, bob);
        vm.assertEq(bob.balance, 1 ether);
    }

    function test_pause_before_and_after_a_message() public {
        Inbox inbox = new Inbox(gateway);
        inbox.refuse(true);
        Message memory message = _message(address(inbox), "x");
        Attestation memory attestation = _attest(gateway.messageDigest(message));
        _pause();
        vm.expectRevert(PAUSED);
        gateway.sendMessage(ALICE_THERE, "x");
        vm.expectRevert(PAUSED);
        gateway.receiveMessage(message, attestation, RELAYER);
        _resume();
        gateway.receiveMessage(message, attestation, RELAYER);
        inbox.refuse(false);
        _pause();
        vm.expectRevert(PAUSED);
        gateway.retryMessage(message);
        _resume();
        gateway.retryMessage(message);
        vm.assertEq(inbox.taken(), 1);
    }

    function test_pause_past_a_messages_deadline() public {
        Message memory message = _message(bob, "x");
        Attestation memory attestation = _attest(gateway.messageDigest(message));
        _pause();
        vm.warp(message.deadline + 1);
        vm.expectRevert(PAUSED);
        gateway.cancelMessage(message, attestation, RELAYER);
        _resume();
        gateway.cancelMessage(message, attestation, RELAYER);
    }

    function test_pause_does_not_stop_a_rotation_nor_transfers_of_the_token() public {
        _withdraw(address(gpu), alice, 10 ether);
        _pause();
        _rotate(_keys(100, 4));
        vm.prank(alice);
        gpu.transfer(bob, 1 ether);
        vm.assertEq(gpu.balanceOf(bob), 1 ether);
    }

    function test_a_guardian_cannot_resume_what_it_paused() public {
        _pause();
        vm.prank(guardian);
        vm.expectRevert(
            abi.encodeWithSignature("AccessControlUnauthorizedAccount(address,bytes32)", guardian, bytes32(0))
        );
        gateway.unpause();
    }

    function _pause() private {
        vm.prank(guardian);
        gateway.pause();
    }

    function _resume() private {
        vm.prank(address(timelock));
        gateway.unpause();
    }
}
