// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGpuGateway} from "../../src/interfaces/IGpuGateway.sol";
import {BridgeTest} from "../base/BridgeTest.sol";
import {vm} from "../base/Vm.sol";
import {Refuser} from "../mocks/Receivers.sol";

contract OwedTest is BridgeTest {
    Refuser private refuser;

    function setUp() public override {
        super.setUp();
        _deposit(NATIVE, 100 ether);
        refuser = new Refuser();
        _withdraw(NATIVE, address(refuser), 5 ether);
    }

    function test_owed_should_add_up_over_batches() public {
        _withdraw(NATIVE, address(refuser), 2 ether);
        vm.assertEq(gateway.owed(NATIVE, address(refuser)), 7 ether);
        vm.assertEq(gateway.owedTotal(NATIVE), 7 ether);
        vm.assertEq(gateway.asset(NATIVE).locked, 93 ether);
        _checkBacked(NATIVE);
    }

    function test_claimOwed_should_pay_the_account_when_anyone_asks() public {
        refuser.accept(true);
        vm.prank(carol);
        vm.expectEmit(address(gateway));
        emit IGpuGateway.OwedClaimed(NATIVE, address(refuser), address(refuser), 5 ether);
        gateway.claimOwed(NATIVE, address(refuser), address(refuser));
        vm.assertEq(address(refuser).balance, 5 ether);
        vm.assertEq(gateway.owedTotal(NATIVE), 0);
    }

    function test_claimOwed_should_pay_another_address_when_the_account_asks() public {
        refuser.claim(gateway, NATIVE, bob);
        vm.assertEq(bob.balance, 5 ether);
        vm.assertEq(gateway.owed(NATIVE, address(refuser)), 0);
    }

    function test_claimOwed_should_fail_when_another_wants_it_elsewhere() public {
        vm.prank(carol);
        vm.expectRevert(abi.encodeWithSelector(IGpuGateway.NotOwedAccount.selector, address(refuser)));
        gateway.claimOwed(NATIVE, address(refuser), carol);
    }

    function test_claimOwed_should_fail_and_keep_it_when_the_recipient_still_refuses() public {
        vm.expectRevert(abi.encodeWithSelector(IGpuGateway.PaymentRefused.selector, NATIVE, address(refuser)));
        gateway.claimOwed(NATIVE, address(refuser), address(refuser));
        vm.assertEq(gateway.owed(NATIVE, address(refuser)), 5 ether);
        vm.assertEq(gateway.owedTotal(NATIVE), 5 ether);
    }

    function test_claimOwed_should_fail_the_second_time() public {
        refuser.claim(gateway, NATIVE, bob);
        vm.expectRevert(abi.encodeWithSelector(IGpuGateway.NothingOwed.selector, NATIVE, address(refuser)));
        refuser.claim(gateway, NATIVE, bob);
    }

    function test_claimOwed_should_fail_when_paid_to_nobody_or_to_the_gateway() public {
        vm.expectRevert(abi.encodeWithSelector(IGpuGateway.PaymentRefused.selector, NATIVE, address(0)));
        refuser.claim(gateway, NATIVE, address(0));
        vm.expectRevert(abi.encodeWithSelector(IGpuGateway.PaymentRefused.selector, NATIVE, address(gateway)));
        refuser.claim(gateway, NATIVE, address(gateway));
    }
}
