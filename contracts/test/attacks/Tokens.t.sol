// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AssetConfig, AssetKind, IGpuGateway} from "../../src/interfaces/IGpuGateway.sol";
import {Attestation, Transfer, WithdrawBatch} from "../../src/libraries/BridgeTypes.sol";
import {BridgeTest} from "../base/BridgeTest.sol";
import {vm} from "../base/Vm.sol";
import {GasBurner, Reentrant, ReturnBomb} from "../mocks/Receivers.sol";
import {FalseToken, FeeToken, GreedyToken, HookToken, TestToken} from "../mocks/Tokens.sol";
import {ReentrancyGuard} from "@openzeppelin/contracts/utils/ReentrancyGuard.sol";

/// Tokens and recipients that do what they should not.
contract TokenAttacksTest is BridgeTest {
    bytes private constant REENTRANT = abi.encodeWithSelector(ReentrancyGuard.ReentrancyGuardReentrantCall.selector);

    // ── Fee on transfer ──────────────────────────────────────────────────────────────────────────────────────────────

    function test_fee_on_transfer_is_refused_because_less_came_than_would_be_credited() public {
        FeeToken token = new FeeToken();
        _listFor(token, address(this));
        vm.expectRevert(abi.encodeWithSelector(IGpuGateway.AmountMismatch.selector, address(token), 100e6, 99e6));
        gateway.deposit(address(token), 100e6, ALICE_THERE);
        vm.assertEq(gateway.asset(address(token)).locked, 0);
        vm.assertEq(gateway.availableDeposit(address(token)), 1000e6);
        token.take(false);
        gateway.deposit(address(token), 100e6, ALICE_THERE);
        _checkBacked(address(token));
    }

    // ── Re-entrance ──────────────────────────────────────────────────────────────────────────────────────────────────

    function test_deposit_inside_a_deposit_is_refused_because_it_would_count_one_payment_twice() public {
        HookToken token = new HookToken();
        _listFor(token, address(this));
        token.hook(address(gateway), abi.encodeCall(gateway.deposit, (address(token), 1e6, ALICE_THERE)));
        gateway.deposit(address(token), 100e6, ALICE_THERE);
        _expectHookRefused(token);
        vm.assertEq(gateway.asset(address(token)).locked, 100e6);
        vm.assertEq(gateway.inboundNonce(), 1);
    }

    function test_batch_inside_a_batch_is_refused_because_the_gateway_is_in_use() public {
        _deposit(NATIVE, 10 ether);
        Reentrant recipient = new Reentrant();
        WithdrawBatch memory batch = _batch(NATIVE, address(recipient), 1 ether);
        WithdrawBatch memory next = _batch(NATIVE, address(recipient), 1 ether);
        next.nonce = 2;
        bytes[5] memory calls = [
            abi.encodeCall(gateway.submitBatch, (batch, _attest(gateway.batchDigest(batch)), RELAYER)),
            abi.encodeCall(gateway.submitBatch, (next, _attest(gateway.batchDigest(next)), RELAYER)),
            abi.encodeCall(gateway.claimOwed, (NATIVE, address(recipient), address(recipient))),
            abi.encodeCall(gateway.releaseHeld, (1, 0, batch.transfers[0])),
            abi.encodeCall(gateway.depositNative, (ALICE_THERE))
        ];
        for (uint256 i = 0; i < calls.length; ++i) {
            recipient.hook(address(gateway), calls[i]);
            _withdraw(NATIVE, address(recipient), 1 ether);
            vm.assertFalse(recipient.succeeded());
            vm.assertEq(recipient.answer(), REENTRANT);
        }
        vm.assertEq(address(recipient).balance, 5 ether);
        _checkBacked(NATIVE);
    }

    function test_claim_inside_a_claim_is_refused_because_the_gateway_is_in_use() public {
        _deposit(NATIVE, 10 ether);
        Reentrant recipient = new Reentrant();
        // Too much gas for a payment makes it owed.
        GreedyOnce greedy = new GreedyOnce();
        _withdraw(NATIVE, address(greedy), 4 ether);
        vm.assertEq(gateway.owed(NATIVE, address(greedy)), 4 ether);
        greedy.claimTo(gateway, address(recipient), 0);
        recipient.hook(address(gateway), abi.encodeCall(gateway.claimOwed, (NATIVE, address(greedy), address(greedy))));
        _withdraw(NATIVE, address(greedy), 2 ether);
        greedy.claimTo(gateway, address(recipient), 1);
        vm.assertFalse(recipient.succeeded());
        vm.assertEq(recipient.answer(), REENTRANT);
        vm.assertEq(address(recipient).balance, 6 ether);
        _checkBacked(NATIVE);
    }

    function test_token_that_calls_back_when_it_is_paid_out_is_refused() public {
        HookToken token = new HookToken();
        _listFor(token, address(this));
        gateway.deposit(address(token), 100e6, ALICE_THERE);
        token.hook(address(gateway), abi.encodeCall(gateway.claimOwed, (address(token), bob, bob)));
        _withdraw(address(token), bob, 10e6);
        _expectHookRefused(token);
        vm.assertEq(token.balanceOf(bob), 10e6);
        _checkBacked(address(token));
    }

    // ── Recipients that cannot be paid ───────────────────────────────────────────────────────────────────────────────

    function test_blacklisted_recipient_is_owed_and_the_queue_goes_on() public {
        _deposit(address(usdc), 1000e6);
        usdc.blacklist(bob, true);
        WithdrawBatch memory batch = _emptyBatch(3);
        batch.transfers[0] = Transfer(address(usdc), alice, 1e6);
        batch.transfers[1] = Transfer(address(usdc), bob, 10e6);
        batch.transfers[2] = Transfer(address(usdc), carol, 100e6);
        vm.recordLogs();
        _submit(batch);
        vm.assertEq(usdc.balanceOf(carol), 100e6);
        vm.assertEq(usdc.balanceOf(bob), 0);
        vm.assertEq(gateway.owed(address(usdc), bob), 10e6);
        _withdraw(address(usdc), carol, 1e6);
        vm.expectRevert(abi.encodeWithSelector(IGpuGateway.PaymentRefused.selector, address(usdc), bob));
        gateway.claimOwed(address(usdc), bob, bob);
        usdc.blacklist(bob, false);
        gateway.claimOwed(address(usdc), bob, bob);
        vm.assertEq(usdc.balanceOf(bob), 10e6);
        _checkBacked(address(usdc));
    }

    function test_blacklisted_gateway_owes_and_loses_nothing() public {
        _deposit(address(usdc), 1000e6);
        usdc.blacklist(address(gateway), true);
        _withdraw(address(usdc), carol, 100e6);
        vm.assertEq(gateway.owed(address(usdc), carol), 100e6);
        usdc.blacklist(address(gateway), false);
        gateway.claimOwed(address(usdc), carol, carol);
        vm.assertEq(usdc.balanceOf(carol), 100e6);
    }

    function test_recipients_that_burn_gas_or_answer_too_much_cannot_stop_a_batch() public {
        _deposit(NATIVE, 10 ether);
        WithdrawBatch memory batch = _emptyBatch(3);
        batch.transfers[0] = Transfer(NATIVE, address(new GasBurner()), 1 ether);
        batch.transfers[1] = Transfer(NATIVE, address(new ReturnBomb()), 1 ether);
        batch.transfers[2] = Transfer(NATIVE, carol, 1 ether);
        Attestation memory attestation = _attest(gateway.batchDigest(batch));
        uint256 before = gasleft();
        gateway.submitBatch{gas: 700_000}(batch, attestation, RELAYER);
        vm.assertLe(before - gasleft(), 700_000);
        vm.assertEq(carol.balance, 1 ether);
        vm.assertEq(gateway.owedTotal(NATIVE), 2 ether);
        _checkBacked(NATIVE);
    }

    function test_tokens_that_burn_gas_or_answer_too_much_cannot_stop_a_batch() public {
        _deposit(NATIVE, 10 ether);
        GreedyToken token = new GreedyToken();
        _listFor(token, address(this));
        gateway.deposit(address(token), 100e6, ALICE_THERE);
        for (uint256 i = 1; i < 3; ++i) {
            token.behave(GreedyToken.Manner(i));
            WithdrawBatch memory batch = _emptyBatch(2);
            batch.transfers[0] = Transfer(address(token), bob, 10e6);
            batch.transfers[1] = Transfer(NATIVE, carol, 1 ether);
            Attestation memory attestation = _attest(gateway.batchDigest(batch));
            gateway.submitBatch{gas: 700_000}(batch, attestation, RELAYER);
            vm.assertEq(carol.balance, i * 1 ether);
            vm.assertEq(gateway.owed(address(token), bob), i * 10e6);
        }
        token.behave(GreedyToken.Manner.Normal);
        gateway.claimOwed(address(token), bob, bob);
        vm.assertEq(token.balanceOf(bob), 20e6);
    }

    function test_token_that_says_no_instead_of_reverting_is_owed() public {
        FalseToken token = new FalseToken();
        _listFor(token, address(this));
        gateway.deposit(address(token), 100e6, ALICE_THERE);
        token.refuse(true);
        _withdraw(address(token), bob, 10e6);
        vm.assertEq(gateway.owed(address(token), bob), 10e6);
        token.refuse(false);
        gateway.claimOwed(address(token), bob, bob);
        vm.assertEq(token.balanceOf(bob), 10e6);
    }

    function test_token_whose_contract_is_gone_is_owed_because_nothing_was_paid() public {
        FalseToken token = new FalseToken();
        _listFor(token, address(this));
        gateway.deposit(address(token), 100e6, ALICE_THERE);
        vm.etch(address(token), "");
        _withdraw(address(token), bob, 10e6);
        vm.assertEq(gateway.owed(address(token), bob), 10e6);
    }

    // ── Starvation ───────────────────────────────────────────────────────────────────────────────────────────────────

    function test_relayer_that_gives_too_little_gas_is_refused_because_payments_would_fail() public {
        _deposit(NATIVE, 10 ether);
        _deposit(address(usdc), 10e6);
        WithdrawBatch memory batch = _emptyBatch(3);
        batch.transfers[0] = Transfer(NATIVE, bob, 1 ether);
        batch.transfers[1] = Transfer(address(usdc), bob, 1e6);
        batch.transfers[2] = Transfer(address(gpu), bob, 1 ether);
        bytes memory call = abi.encodeCall(gateway.submitBatch, (batch, _attest(gateway.batchDigest(batch)), RELAYER));
        bool done = false;
        for (uint256 gas_ = 30_000; !done; gas_ += 1500) {
            vm.assertLe(gas_, 600_000);
            (done,) = address(gateway).call{gas: gas_}(call);
            // All or nothing.
            vm.assertEq(gateway.outboundNonce(), done ? 1 : 0);
        }
        vm.assertEq(bob.balance, 1 ether);
        vm.assertEq(usdc.balanceOf(bob), 1e6);
        vm.assertEq(gpu.balanceOf(bob), 1 ether);
    }

    function test_claim_with_too_little_gas_is_refused_because_the_payment_would_fail() public {
        _deposit(address(usdc), 10e6);
        usdc.blacklist(bob, true);
        _withdraw(address(usdc), bob, 1e6);
        usdc.blacklist(bob, false);
        vm.expectRevert(abi.encodeWithSelector(IGpuGateway.InsufficientGas.selector, gateway.TRANSFER_GAS()));
        gateway.claimOwed{gas: 180_000}(address(usdc), bob, bob);
        gateway.claimOwed{gas: 250_000}(address(usdc), bob, bob);
        vm.assertEq(usdc.balanceOf(bob), 1e6);
    }

    // ── Helpers ──────────────────────────────────────────────────────────────────────────────────────────────────────

    function _listFor(TestToken token, address holder) private {
        vm.prank(address(timelock));
        gateway.listAsset(AssetConfig(address(token), AssetKind.Locked, _limits(1000e6, 1)));
        token.mint(holder, 1000e6);
        vm.prank(holder);
        token.approve(address(gateway), type(uint256).max);
    }

    function _expectHookRefused(HookToken token) private view {
        vm.assertFalse(token.succeeded());
        vm.assertEq(token.answer(), REENTRANT);
    }
}

/// Refuses every payment, and claims for itself.
contract GreedyOnce {
    function claimTo(IGpuGateway gateway, address to, uint256) external {
        gateway.claimOwed(address(0), address(this), to);
    }

    receive() external payable {
        while (true) {}
    }
}
