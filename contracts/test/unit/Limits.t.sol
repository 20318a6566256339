// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGpuGateway, Limits} from "../../src/interfaces/IGpuGateway.sol";
import {Transfer, WithdrawBatch} from "../../src/libraries/BridgeTypes.sol";
import {BridgeTest} from "../base/BridgeTest.sol";
import {vm} from "../base/Vm.sol";
import {Refuser} from "../mocks/Receivers.sol";

/// Limits of both directions at their edges, and transfers that are held.
contract LimitsTest is BridgeTest {
    uint112 private constant CAPACITY = 1000 ether;

    // ── Deposits ─────────────────────────────────────────────────────────────────────────────────────────────────────

    function test_deposit_should_accept_the_least_and_refuse_one_unit_less() public {
        vm.prank(alice);
        vm.expectRevert(
            abi.encodeWithSelector(IGpuGateway.AmountOutOfRange.selector, 0.001 ether - 1, 0.001 ether, CAPACITY)
        );
        gateway.depositNative{value: 0.001 ether - 1}(ALICE_THERE);
        _deposit(NATIVE, 0.001 ether);
    }

    function test_deposit_should_accept_the_most_and_refuse_one_unit_more() public {
        Limits memory limits = _limits(CAPACITY, 1);
        limits.maxDeposit = 10 ether;
        _setLimits(NATIVE, limits);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IGpuGateway.AmountOutOfRange.selector, 10 ether + 1, 1, 10 ether));
        gateway.depositNative{value: 10 ether + 1}(ALICE_THERE);
        _deposit(NATIVE, 10 ether);
    }

    function test_deposits_should_fill_the_capacity_and_not_one_unit_more() public {
        Limits memory limits = _limits(CAPACITY, 1);
        _setLimits(NATIVE, limits);
        _deposit(NATIVE, CAPACITY - 1 ether);
        vm.assertEq(gateway.availableDeposit(NATIVE), 1 ether);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IGpuGateway.LimitExceeded.selector, NATIVE, 1 ether + 1, 1 ether));
        gateway.depositNative{value: 1 ether + 1}(ALICE_THERE);
        _deposit(NATIVE, 1 ether);
        vm.assertEq(gateway.availableDeposit(NATIVE), 0);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IGpuGateway.LimitExceeded.selector, NATIVE, 1, 0));
        gateway.depositNative{value: 1}(ALICE_THERE);
    }

    function test_the_capacity_should_refill_evenly_over_the_window() public {
        _deposit(NATIVE, CAPACITY);
        vm.warp(block.timestamp + WINDOW / 2);
        vm.assertEq(gateway.availableDeposit(NATIVE), CAPACITY / 2);
        vm.warp(block.timestamp + WINDOW / 2);
        vm.assertEq(gateway.availableDeposit(NATIVE), CAPACITY);
        vm.warp(block.timestamp + 10 * uint256(WINDOW));
        vm.assertEq(gateway.availableDeposit(NATIVE), CAPACITY);
    }

    function test_a_capacity_of_zero_should_close_one_direction_only() public {
        _deposit(NATIVE, 10 ether);
        Limits memory limits = _limits(CAPACITY, 0);
        limits.depositCapacity = 0;
        limits.maxDeposit = 0;
        _setLimits(NATIVE, limits);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IGpuGateway.AmountOutOfRange.selector, 1, 0, 0));
        gateway.depositNative{value: 1}(ALICE_THERE);
        _withdraw(NATIVE, bob, 1 ether);
        vm.assertEq(bob.balance, 1 ether);
    }

    // ── Withdrawals ──────────────────────────────────────────────────────────────────────────────────────────────────

    function test_a_transfer_at_the_delays_threshold_should_be_paid_and_one_unit_more_held() public {
        _deposit(NATIVE, CAPACITY);
        uint256 threshold = CAPACITY / 4;
        _withdraw(NATIVE, bob, threshold);
        vm.assertEq(bob.balance, threshold);

        WithdrawBatch memory batch = _batch(NATIVE, carol, threshold + 1);
        Transfer memory transfer = batch.transfers[0];
        uint64 releaseAt = uint64(block.timestamp + DELAY);
        vm.assertEq(gateway.heldUntil(2, 0, transfer), 0);
        _submit(batch);
        vm.assertEq(carol.balance, 0);
        vm.assertEq(gateway.heldUntil(2, 0, transfer), releaseAt);

        vm.warp(releaseAt - 1);
        vm.expectRevert(abi.encodeWithSelector(IGpuGateway.HeldUntil.selector, releaseAt));
        gateway.releaseHeld(2, 0, transfer);
        vm.warp(releaseAt);
        vm.expectEmit(address(gateway));
        emit IGpuGateway.TransferReleased(2, 0, NATIVE, carol, threshold + 1);
        gateway.releaseHeld(2, 0, transfer);
        vm.assertEq(carol.balance, threshold + 1);
        vm.assertEq(gateway.asset(NATIVE).locked, CAPACITY - 2 * threshold - 1);
    }

    function test_a_held_transfer_should_be_released_once() public {
        _deposit(NATIVE, CAPACITY);
        WithdrawBatch memory batch = _withdraw(NATIVE, carol, CAPACITY / 2);
        vm.warp(block.timestamp + DELAY);
        gateway.releaseHeld(1, 0, batch.transfers[0]);
        vm.warp(block.timestamp + WINDOW);
        bytes32 id = keccak256(abi.encode(uint64(1), uint256(0), NATIVE, carol, uint256(CAPACITY / 2)));
        vm.expectRevert(abi.encodeWithSelector(IGpuGateway.NotHeld.selector, id));
        gateway.releaseHeld(1, 0, batch.transfers[0]);
    }

    function test_releaseHeld_should_fail_for_anything_but_the_transfer_that_is_held() public {
        _deposit(NATIVE, CAPACITY);
        Transfer memory transfer = _withdraw(NATIVE, carol, CAPACITY / 2).transfers[0];
        vm.warp(block.timestamp + DELAY);
        _expectNotHeld(2, 0, transfer);
        _expectNotHeld(1, 1, transfer);
        _expectNotHeld(1, 0, Transfer(NATIVE, bob, transfer.amount));
        _expectNotHeld(1, 0, Transfer(NATIVE, carol, transfer.amount - 1));
        _expectNotHeld(1, 0, Transfer(address(usdc), carol, transfer.amount));
        gateway.releaseHeld(1, 0, transfer);
    }

    function test_a_transfer_above_the_most_should_be_held_until_governance_raises_it() public {
        _deposit(NATIVE, CAPACITY);
        Transfer memory transfer = _withdraw(NATIVE, bob, CAPACITY / 2 + 1).transfers[0];
        vm.warp(block.timestamp + WINDOW);
        vm.expectRevert(abi.encodeWithSelector(IGpuGateway.LimitExceeded.selector, NATIVE, CAPACITY / 2 + 1, CAPACITY));
        gateway.releaseHeld(1, 0, transfer);
        Limits memory limits = _limits(CAPACITY, 1);
        limits.maxWithdrawal = CAPACITY;
        _setLimits(NATIVE, limits);
        gateway.releaseHeld(1, 0, transfer);
        vm.assertEq(bob.balance, CAPACITY / 2 + 1);
    }

    function test_withdrawals_should_empty_the_capacity_and_the_rest_wait_for_the_refill() public {
        _deposit(NATIVE, CAPACITY);
        vm.warp(block.timestamp + WINDOW);
        _deposit(NATIVE, CAPACITY);
        WithdrawBatch memory batch = _emptyBatch(5);
        for (uint256 i = 0; i < 5; ++i) {
            batch.transfers[i] = Transfer(NATIVE, bob, CAPACITY / 4);
        }
        uint64 now_ = uint64(block.timestamp);
        _submit(batch);
        vm.assertEq(bob.balance, CAPACITY);
        vm.assertEq(gateway.availableWithdrawal(NATIVE), 0);
        vm.assertEq(gateway.heldUntil(1, 4, batch.transfers[4]), now_);

        vm.warp(now_ + WINDOW / 4 - 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                IGpuGateway.LimitExceeded.selector, NATIVE, CAPACITY / 4, gateway.availableWithdrawal(NATIVE)
            )
        );
        gateway.releaseHeld(1, 4, batch.transfers[4]);
        vm.warp(now_ + WINDOW / 4);
        gateway.releaseHeld(1, 4, batch.transfers[4]);
        vm.assertEq(bob.balance, CAPACITY + CAPACITY / 4);
    }

    function test_a_small_transfer_should_pass_one_that_the_limits_hold() public {
        _deposit(NATIVE, CAPACITY);
        WithdrawBatch memory batch = _emptyBatch(6);
        for (uint256 i = 0; i < 5; ++i) {
            batch.transfers[i] = Transfer(NATIVE, bob, CAPACITY / 5 + (i == 4 ? 1 : 0));
        }
        batch.transfers[5] = Transfer(NATIVE, carol, 1 ether);
        _submit(batch);
        vm.assertEq(carol.balance, 1 ether);
    }

    function test_more_than_is_locked_should_be_held_not_paid_out_of_what_others_are_owed() public {
        _deposit(address(usdc), 100e6);
        usdc.blacklist(bob, true);
        _withdraw(address(usdc), bob, 60e6);
        // 100 are here, but 60 of them are bob's.
        Transfer memory transfer = _withdraw(address(usdc), carol, 41e6).transfers[0];
        vm.assertEq(usdc.balanceOf(carol), 0);
        vm.expectRevert(
            abi.encodeWithSelector(
                IGpuGateway.LimitExceeded.selector, address(usdc), 41e6, gateway.availableWithdrawal(address(usdc))
            )
        );
        gateway.releaseHeld(2, 0, transfer);
        _withdraw(address(usdc), carol, 40e6);
        vm.assertEq(usdc.balanceOf(carol), 40e6);
        usdc.blacklist(bob, false);
        gateway.claimOwed(address(usdc), bob, bob);
        vm.assertEq(usdc.balanceOf(bob), 60e6);
        vm.assertEq(usdc.balanceOf(address(gateway)), 0);
    }

    function test_a_held_transfer_should_be_owed_when_its_recipient_refuses() public {
        _deposit(NATIVE, CAPACITY);
        Refuser refuser = new Refuser();
        Transfer memory transfer = _withdraw(NATIVE, address(refuser), CAPACITY / 2).transfers[0];
        vm.warp(block.timestamp + DELAY);
        gateway.releaseHeld(1, 0, transfer);
        vm.assertEq(gateway.owed(NATIVE, address(refuser)), CAPACITY / 2);
        _checkBacked(NATIVE);
    }

    // ── Setting them ─────────────────────────────────────────────────────────────────────────────────────────────────

    function test_setLimits_should_count_what_passed_before() public {
        _deposit(NATIVE, 900 ether);
        _setLimits(NATIVE, _limits(CAPACITY, 1));
        vm.assertEq(gateway.availableDeposit(NATIVE), 100 ether);
        _setLimits(NATIVE, _limits(500 ether, 1));
        vm.assertEq(gateway.availableDeposit(NATIVE), 0);
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(IGpuGateway.LimitExceeded.selector, NATIVE, 1, 0));
        gateway.depositNative{value: 1}(ALICE_THERE);
        _setLimits(NATIVE, _limits(2000 ether, 1));
        vm.assertEq(gateway.availableDeposit(NATIVE), 1100 ether);
    }

    function test_setLimits_should_keep_what_was_refilled_by_the_old_window() public {
        _deposit(NATIVE, CAPACITY);
        vm.warp(block.timestamp + WINDOW / 4);
        Limits memory limits = _limits(CAPACITY, 1);
        limits.window = 2 * WINDOW;
        _setLimits(NATIVE, limits);
        vm.assertEq(gateway.availableDeposit(NATIVE), CAPACITY / 4);
        vm.warp(block.timestamp + WINDOW);
        vm.assertEq(gateway.availableDeposit(NATIVE), CAPACITY / 4 + CAPACITY / 2);
    }

    function test_setLimits_should_fail_when_they_contradict_each_other() public {
        Limits memory fine = _limits(CAPACITY, 1);
        for (uint256 i = 0; i < 8; ++i) {
            Limits memory limits = abi.decode(abi.encode(fine), (Limits));
            if (i == 0) limits.window = 0;
            if (i == 1) limits.window = 30 days + 1;
            if (i == 2) limits.delay = 30 days + 1;
            if (i == 3) limits.maxDeposit = CAPACITY + 1;
            if (i == 4) limits.minDeposit = CAPACITY + 1;
            if (i == 5) limits.maxWithdrawal = CAPACITY + 1;
            if (i == 6) limits.delayThreshold = CAPACITY / 2 + 1;
            if (i == 7) limits.withdrawalCapacity = 0;
            vm.prank(address(timelock));
            vm.expectRevert(abi.encodeWithSelector(IGpuGateway.InvalidLimits.selector, NATIVE));
            gateway.setLimits(NATIVE, limits);
        }
        fine.window = 30 days;
        fine.delay = 30 days;
        _setLimits(NATIVE, fine);
    }

    function test_views_of_an_unlisted_asset_should_be_zero() public view {
        vm.assertEq(gateway.availableDeposit(address(0xdead)), 0);
        vm.assertEq(gateway.availableWithdrawal(address(0xdead)), 0);
    }

    function _expectNotHeld(uint64 nonce, uint256 index, Transfer memory transfer) private {
        bytes32 id = keccak256(abi.encode(nonce, index, transfer.token, transfer.to, transfer.amount));
        vm.expectRevert(abi.encodeWithSelector(IGpuGateway.NotHeld.selector, id));
        gateway.releaseHeld(nonce, index, transfer);
    }
}
