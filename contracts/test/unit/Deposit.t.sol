// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AssetConfig, AssetKind, IGpuGateway} from "../../src/interfaces/IGpuGateway.sol";
import {BridgeTest} from "../base/BridgeTest.sol";
import {vm} from "../base/Vm.sol";
import {FalseToken, SilentToken} from "../mocks/Tokens.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";

contract DepositTest is BridgeTest {
    function test_deposit_should_lock_an_erc20_and_log_it() public {
        vm.expectEmit(address(gateway));
        emit IGpuGateway.Deposit(1, address(usdc), alice, ALICE_THERE, 250e6);
        vm.prank(alice);
        vm.assertEq(gateway.deposit(address(usdc), 250e6, ALICE_THERE), 1);
        vm.assertEq(usdc.balanceOf(address(gateway)), 250e6);
        vm.assertEq(gateway.asset(address(usdc)).locked, 250e6);
        vm.assertEq(gateway.inboundNonce(), 1);
    }

    function test_deposit_should_lock_the_native_coin_and_log_it() public {
        vm.expectEmit(address(gateway));
        emit IGpuGateway.Deposit(1, NATIVE, alice, ALICE_THERE, 3 ether);
        vm.prank(alice);
        gateway.depositNative{value: 3 ether}(ALICE_THERE);
        vm.assertEq(address(gateway).balance, 3 ether);
        vm.assertEq(gateway.asset(NATIVE).locked, 3 ether);
    }

    function test_deposit_should_burn_a_minted_asset() public {
        _withdraw(address(gpu), alice, 100 ether);
        vm.prank(alice);
        gpu.approve(address(gateway), 40 ether);
        _deposit(address(gpu), 40 ether);
        vm.assertEq(gpu.totalSupply(), 60 ether);
        vm.assertEq(gpu.balanceOf(address(gateway)), 0);
        vm.assertEq(gpu.allowance(alice, address(gateway)), 0);
        vm.assertEq(gateway.asset(address(gpu)).locked, 0);
    }

    function test_deposit_should_share_one_nonce_with_messages() public {
        _deposit(NATIVE, 1 ether);
        gateway.sendMessage(ALICE_THERE, "");
        _deposit(address(usdc), 1e6);
        vm.assertEq(gateway.inboundNonce(), 3);
    }

    function test_deposit_should_fail_when_the_recipient_is_zero() public {
        vm.expectRevert(IGpuGateway.ZeroRecipient.selector);
        gateway.deposit(address(usdc), 1e6, bytes32(0));
        vm.expectRevert(IGpuGateway.ZeroRecipient.selector);
        gateway.depositNative{value: 1}(bytes32(0));
    }

    function test_deposit_should_fail_when_the_asset_is_not_listed() public {
        vm.expectRevert(abi.encodeWithSelector(IGpuGateway.WrongAssetKind.selector, address(this), AssetKind.Unlisted));
        gateway.deposit(address(this), 1, ALICE_THERE);
    }

    function test_deposit_should_fail_when_the_native_coin_is_meant() public {
        vm.expectRevert(abi.encodeWithSelector(IGpuGateway.WrongAssetKind.selector, NATIVE, AssetKind.Native));
        gateway.deposit(NATIVE, 1 ether, ALICE_THERE);
    }

    function test_deposit_should_fail_when_the_amount_is_zero() public {
        vm.expectRevert(abi.encodeWithSelector(IGpuGateway.AmountOutOfRange.selector, 0, 1e6, 1_000_000e6));
        gateway.deposit(address(usdc), 0, ALICE_THERE);
    }

    function test_deposit_should_fail_without_an_allowance() public {
        usdc.mint(bob, 5e6);
        vm.prank(bob);
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(gateway), 0, 5e6)
        );
        gateway.deposit(address(usdc), 5e6, ALICE_THERE);
    }

    function test_deposit_should_fail_when_a_minted_asset_has_no_allowance() public {
        _withdraw(address(gpu), alice, 100 ether);
        vm.prank(alice);
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(gateway), 0, 5 ether)
        );
        gateway.deposit(address(gpu), 5 ether, ALICE_THERE);
    }

    function test_deposit_should_fail_when_the_token_says_no() public {
        FalseToken token = new FalseToken();
        _list(address(token));
        token.mint(address(this), 5e6);
        token.approve(address(gateway), 5e6);
        token.refuse(true);
        vm.expectRevert(abi.encodeWithSignature("SafeERC20FailedOperation(address)", token));
        gateway.deposit(address(token), 5e6, ALICE_THERE);
        token.refuse(false);
        gateway.deposit(address(token), 5e6, ALICE_THERE);
    }

    function test_deposit_should_take_a_token_that_answers_nothing() public {
        SilentToken token = new SilentToken();
        _list(address(token));
        token.mint(address(this), 5e6);
        token.approve(address(gateway), 5e6);
        gateway.deposit(address(token), 5e6, ALICE_THERE);
        _withdraw(address(token), bob, 2e6);
        vm.assertEq(token.balanceOf(bob), 2e6);
        _checkBacked(address(token));
    }

    function test_depositWithPermit_should_need_no_allowance() public {
        uint256 key = 0xA11CE5;
        address owner = vm.addr(key);
        _withdraw(address(gpu), owner, 100 ether);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, _permitDigest(owner, 30 ether, block.timestamp));
        vm.prank(owner);
        gateway.depositWithPermit(address(gpu), 30 ether, ALICE_THERE, block.timestamp, v, r, s);
        vm.assertEq(gpu.balanceOf(owner), 70 ether);
    }

    function test_depositWithPermit_should_go_on_when_somebody_used_the_permit_first() public {
        uint256 key = 0xA11CE5;
        address owner = vm.addr(key);
        _withdraw(address(gpu), owner, 100 ether);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, _permitDigest(owner, 30 ether, block.timestamp));
        vm.prank(bob);
        gpu.permit(owner, address(gateway), 30 ether, block.timestamp, v, r, s);
        vm.prank(owner);
        gateway.depositWithPermit(address(gpu), 30 ether, ALICE_THERE, block.timestamp, v, r, s);
        vm.assertEq(gpu.balanceOf(owner), 70 ether);
    }

    function test_depositWithPermit_should_fail_when_the_permit_is_anothers() public {
        address owner = vm.addr(0xA11CE5);
        _withdraw(address(gpu), owner, 100 ether);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(0xB0B, _permitDigest(owner, 30 ether, block.timestamp));
        vm.prank(owner);
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(gateway), 0, 30 ether)
        );
        gateway.depositWithPermit(address(gpu), 30 ether, ALICE_THERE, block.timestamp, v, r, s);
    }

    function test_plain_transfers_of_the_native_coin_should_be_refused() public {
        vm.prank(alice);
        (bool success,) = address(gateway).call{value: 1 ether}("");
        vm.assertFalse(success);
    }

    function test_tokens_sent_without_a_deposit_should_not_count() public {
        vm.prank(alice);
        usdc.transfer(address(gateway), 50e6);
        vm.assertEq(gateway.asset(address(usdc)).locked, 0);
        _deposit(address(usdc), 10e6);
        vm.assertEq(gateway.asset(address(usdc)).locked, 10e6);
    }

    function _list(address token) private {
        vm.prank(address(timelock));
        gateway.listAsset(AssetConfig(token, AssetKind.Locked, _limits(1000e6, 1)));
    }

    function _permitDigest(address owner, uint256 value, uint256 deadline) private view returns (bytes32) {
        bytes32 typeHash =
            keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
        bytes32 structHash =
            keccak256(abi.encode(typeHash, owner, address(gateway), value, gpu.nonces(owner), deadline));
        return keccak256(abi.encodePacked(hex"1901", gpu.DOMAIN_SEPARATOR(), structHash));
    }
}
