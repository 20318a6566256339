// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {GpuGateway} from "../../src/GpuGateway.sol";
import {IGpuGateway} from "../../src/interfaces/IGpuGateway.sol";
import {Attestation, Members, ValidatorSet, WithdrawBatch} from "../../src/libraries/BridgeTypes.sol";
import {Quorum} from "../../src/libraries/Quorum.sol";
import {BridgeTest} from "../base/BridgeTest.sol";
import {Vm, vm} from "../base/Vm.sol";

/// Logs what the gateway would log, without having taken anything.
contract Imitation {
    event Deposit(uint64 indexed nonce, address indexed token, address indexed from, bytes32 to, uint256 amount);

    function deposit(uint64 nonce, address token, bytes32 to, uint256 amount) external {
        emit Deposit(nonce, token, msg.sender, to, amount);
    }
}

/// The same signatures or events on another contract or chain.
contract ElsewhereAttacksTest is BridgeTest {
    function test_signatures_for_another_gateway_are_refused_because_its_address_is_signed() public {
        GpuGateway first = gateway;
        uint256[] memory validators = keys;
        _deploy(4);
        // Same validators, same set, same nonce, same chain.
        vm.assertEq(validators[0], keys[0]);
        vm.assertEq(first.validatorSet().members, gateway.validatorSet().members);
        _deposit(NATIVE, 10 ether);
        WithdrawBatch memory batch = _batch(NATIVE, bob, 1 ether);
        Attestation memory attestation = _attest(first.batchDigest(batch));
        vm.expectRevert(abi.encodeWithSelector(Quorum.InvalidSignature.selector, 0));
        gateway.submitBatch(batch, attestation, RELAYER);
    }

    function test_signatures_for_another_chain_are_refused_because_its_id_is_signed() public {
        _deposit(NATIVE, 10 ether);
        WithdrawBatch memory batch = _batch(NATIVE, bob, 1 ether);
        Attestation memory attestation = _attest(gateway.batchDigest(batch));
        // A fork that keeps every account, as Ethereum Classic did.
        vm.chainId(61);
        vm.expectRevert(abi.encodeWithSelector(Quorum.InvalidSignature.selector, 0));
        gateway.submitBatch(batch, attestation, RELAYER);
        (ValidatorSet memory set, Members memory members) = _nextSet(_keys(100, 4));
        vm.chainId(31_337);
        attestation = _attest(gateway.setDigest(set));
        vm.chainId(61);
        vm.expectRevert(abi.encodeWithSelector(Quorum.InvalidSignature.selector, 0));
        gateway.updateValidatorSet(set, members, attestation, RELAYER);
    }

    function test_event_of_another_contract_differs_from_a_deposit_in_its_emitter_alone() public {
        Imitation imitation = new Imitation();
        vm.recordLogs();
        _deposit(NATIVE, 5 ether);
        vm.prank(alice);
        imitation.deposit(1, NATIVE, ALICE_THERE, 5 ether);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        vm.assertEq(logs.length, 2);
        vm.assertEq(abi.encode(logs[0].topics), abi.encode(logs[1].topics));
        vm.assertEq(logs[0].data, logs[1].data);
        // So whoever believes a deposit has to look at this.
        vm.assertEq(logs[0].emitter, address(gateway));
        vm.assertTrue(logs[1].emitter != address(gateway));
    }

    function test_gateway_called_directly_at_its_code_is_refused_because_it_has_no_validators() public {
        GpuGateway code = new GpuGateway();
        WithdrawBatch memory batch = _batch(NATIVE, bob, 1 ether);
        batch.setId = 0;
        Attestation memory attestation;
        vm.expectRevert(abi.encodeWithSelector(IGpuGateway.SetExpired.selector, 0));
        code.submitBatch(batch, attestation, RELAYER);
    }
}
