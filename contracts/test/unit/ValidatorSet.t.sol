// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {GpuGateway} from "../../src/GpuGateway.sol";
import {IGpuGateway} from "../../src/interfaces/IGpuGateway.sol";
import {Members, ValidatorSet, WithdrawBatch} from "../../src/libraries/BridgeTypes.sol";
import {Quorum} from "../../src/libraries/Quorum.sol";
import {BridgeTest} from "../base/BridgeTest.sol";
import {vm} from "../base/Vm.sol";

contract ValidatorSetTest is BridgeTest {
    function test_updateValidatorSet_should_install_what_the_old_set_signed() public {
        (ValidatorSet memory set, Members memory members) = _nextSet(_keys(100, 21));
        vm.expectEmit(address(gateway));
        emit IGpuGateway.SetUpdated(2, set.members, set.activeUntil, RELAYER);
        gateway.updateValidatorSet(set, members, _attest(gateway.setDigest(set)), RELAYER);
        keys = _keys(100, 21);
        ValidatorSet memory current = gateway.validatorSet();
        vm.assertEq(current.setId, 2);
        vm.assertEq(current.members, set.members);
        vm.assertEq(current.activeUntil, set.activeUntil);
        vm.assertEq(current.members, keccak256(abi.encode(members.validators, members.powers)));
        _deposit(NATIVE, 10 ether);
        _withdraw(NATIVE, bob, 1 ether);
        vm.assertEq(bob.balance, 1 ether);
    }

    function test_updateValidatorSet_should_not_touch_the_nonce() public {
        _deposit(NATIVE, 10 ether);
        _withdraw(NATIVE, bob, 1 ether);
        _rotate(_keys(100, 7));
        vm.assertEq(gateway.outboundNonce(), 1);
        _withdraw(NATIVE, bob, 1 ether);
        vm.assertEq(gateway.outboundNonce(), 2);
    }

    function test_updateValidatorSet_should_work_while_paused() public {
        vm.prank(guardian);
        gateway.pause();
        _rotate(_keys(100, 4));
        vm.assertEq(gateway.validatorSet().setId, 2);
    }

    function test_updateValidatorSet_should_fail_when_its_number_is_not_the_next() public {
        (ValidatorSet memory set, Members memory members) = _nextSet(_keys(100, 4));
        uint64[4] memory wrong = [uint64(0), 1, 3, type(uint64).max];
        for (uint256 i = 0; i < wrong.length; ++i) {
            set.setId = wrong[i];
            bytes32 digest = gateway.setDigest(set);
            vm.expectRevert(abi.encodeWithSelector(IGpuGateway.WrongSet.selector, 2, wrong[i]));
            gateway.updateValidatorSet(set, members, _attest(digest), RELAYER);
        }
    }

    function test_updateValidatorSet_should_fail_when_the_members_are_not_those_signed() public {
        (ValidatorSet memory set,) = _nextSet(_keys(100, 4));
        Members memory others = _members(_keys(200, 4));
        bytes32 digest = gateway.setDigest(set);
        vm.expectRevert(
            abi.encodeWithSelector(IGpuGateway.MembersMismatch.selector, set.members, gateway.membersHash(others))
        );
        gateway.updateValidatorSet(set, others, _attest(digest), RELAYER);
    }

    function test_updateValidatorSet_should_bound_how_long_a_set_lives() public {
        (ValidatorSet memory set, Members memory members) = _nextSet(_keys(100, 4));
        uint64 longest = uint64(block.timestamp + gateway.MAX_SET_LIFETIME());
        uint64[3] memory wrong = [0, uint64(block.timestamp), longest + 1];
        for (uint256 i = 0; i < wrong.length; ++i) {
            set.activeUntil = wrong[i];
            bytes32 digest = gateway.setDigest(set);
            vm.expectRevert(abi.encodeWithSelector(IGpuGateway.ActiveUntilOutOfRange.selector, wrong[i]));
            gateway.updateValidatorSet(set, members, _attest(digest), RELAYER);
        }
        set.activeUntil = longest;
        gateway.updateValidatorSet(set, members, _attest(gateway.setDigest(set)), RELAYER);
    }

    function test_a_set_should_sign_until_its_last_second_and_not_longer() public {
        _deposit(NATIVE, 10 ether);
        uint64 activeUntil = gateway.validatorSet().activeUntil;
        vm.warp(activeUntil);
        _withdraw(NATIVE, bob, 1 ether);
        WithdrawBatch memory batch = _batch(NATIVE, bob, 1 ether);
        (ValidatorSet memory set, Members memory members) = _nextSet(_keys(100, 4));
        bytes32 digest = gateway.batchDigest(batch);
        bytes32 setDigest = gateway.setDigest(set);
        vm.warp(activeUntil + 1);
        vm.expectRevert(abi.encodeWithSelector(IGpuGateway.SetExpired.selector, activeUntil));
        gateway.submitBatch(batch, _attest(digest), RELAYER);
        vm.expectRevert(abi.encodeWithSelector(IGpuGateway.SetExpired.selector, activeUntil));
        gateway.updateValidatorSet(set, members, _attest(setDigest), RELAYER);
    }

    function test_the_largest_set_should_work_and_one_more_should_be_refused() public {
        _rotate(_keys(1000, Quorum.MAX_VALIDATORS));
        _deposit(NATIVE, 10 ether);
        _withdraw(NATIVE, bob, 1 ether);
        (ValidatorSet memory set, Members memory members) = _nextSet(_keys(3000, Quorum.MAX_VALIDATORS + 1));
        bytes32 digest = gateway.setDigest(set);
        vm.expectRevert(abi.encodeWithSelector(Quorum.TooManyValidators.selector, Quorum.MAX_VALIDATORS + 1));
        gateway.updateValidatorSet(set, members, _attest(digest), RELAYER);
    }

    function test_a_set_of_one_should_work() public {
        _rotate(_keys(100, 1));
        _deposit(NATIVE, 10 ether);
        _withdraw(NATIVE, bob, 1 ether);
        vm.assertEq(bob.balance, 1 ether);
    }

    function test_the_largest_powers_should_not_overflow() public {
        powerOfEach = type(uint64).max;
        (ValidatorSet memory set, Members memory members) = _nextSet(_keys(1000, Quorum.MAX_VALIDATORS));
        // The current set still has powers of one.
        powerOfEach = 1;
        gateway.updateValidatorSet(set, members, _attest(gateway.setDigest(set)), RELAYER);
        powerOfEach = type(uint64).max;
        keys = _keys(1000, Quorum.MAX_VALIDATORS);
        _deposit(NATIVE, 10 ether);
        _withdraw(NATIVE, bob, 1 ether);
        vm.assertEq(bob.balance, 1 ether);
    }
}
