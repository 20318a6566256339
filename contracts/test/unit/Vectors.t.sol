// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {GpuGateway} from "../../src/GpuGateway.sol";
import {IGpuGateway} from "../../src/interfaces/IGpuGateway.sol";
import {
    Attestation,
    Members,
    Message,
    Transfer,
    ValidatorSet,
    WithdrawBatch
} from "../../src/libraries/BridgeTypes.sol";
import {Quorum} from "../../src/libraries/Quorum.sol";
import {Vm, vm} from "../base/Vm.sol";

/// The gateway against `abi/vectors.json`, which ethers has made by itself and which the Rust side tests against too.
contract VectorsTest {
    // forge-lint: disable-next-line(screaming-snake-case-const)
    bool public constant IS_TEST = true;

    string private json;
    GpuGateway private gateway;

    function setUp() public {
        json = vm.readFile("abi/vectors.json");
        address where = vm.parseJsonAddress(json, ".domain.verifyingContract");
        vm.etch(where, address(new GpuGateway()).code);
        vm.chainId(_uint(".domain.chainId"));
        gateway = GpuGateway(where);
    }

    function test_domain_should_be_as_in_the_vectors() public view {
        vm.assertEq(gateway.domainSeparator(), _bytes32(".domain.separator"));
    }

    function test_batch_should_be_as_in_the_vectors() public view {
        WithdrawBatch memory batch = _batch();
        bytes32 digest = gateway.batchDigest(batch);
        vm.assertEq(digest, _bytes32(".batch.digest"));
        _checkDigest(digest, _bytes32(".batch.structHash"));
        Attestation memory attestation = _attestation(".batch");
        bytes memory call = abi.encodeCall(gateway.submitBatch, (batch, attestation, _bytes32(".relayer")));
        vm.assertEq(call, vm.parseJsonBytes(json, ".batch.calldata"));
        this.verify(attestation, _bytes32(".current.hash"), digest);
    }

    function test_message_should_be_as_in_the_vectors() public view {
        Message memory message = _message();
        bytes32 digest = gateway.messageDigest(message);
        vm.assertEq(digest, _bytes32(".message.digest"));
        _checkDigest(digest, _bytes32(".message.structHash"));
        Attestation memory attestation = _attestation(".message");
        bytes memory call = abi.encodeCall(gateway.receiveMessage, (message, attestation, _bytes32(".relayer")));
        vm.assertEq(call, vm.parseJsonBytes(json, ".message.calldata"));
        this.verify(attestation, _bytes32(".current.hash"), digest);
    }

    function test_set_should_be_as_in_the_vectors() public view {
        Members memory next = _members(".next");
        vm.assertEq(gateway.membersHash(next), _bytes32(".next.hash"));
        vm.assertEq(abi.encode(next.validators, next.powers), vm.parseJsonBytes(json, ".next.abiEncoded"));
        vm.assertEq(this.validate(next), _bytes32(".set.value.members"));
        ValidatorSet memory set = ValidatorSet(
            uint64(_uint(".set.value.setId")), _bytes32(".next.hash"), uint64(_uint(".set.value.activeUntil"))
        );
        bytes32 digest = gateway.setDigest(set);
        vm.assertEq(digest, _bytes32(".set.digest"));
        _checkDigest(digest, _bytes32(".set.structHash"));
        Attestation memory attestation = _attestation(".set");
        bytes memory call = abi.encodeCall(gateway.updateValidatorSet, (set, next, attestation, _bytes32(".relayer")));
        vm.assertEq(call, vm.parseJsonBytes(json, ".set.calldata"));
        this.verify(attestation, _bytes32(".current.hash"), digest);
    }

    function test_signatures_should_be_those_of_the_keys() public view {
        bytes32 digest = _bytes32(".batch.digest");
        uint256 signers = _uint(".batch.signers");
        uint256[] memory keys = vm.parseJsonUintArray(json, ".current.keys");
        bytes memory signatures;
        for (uint256 i = 0; i < keys.length; ++i) {
            vm.assertEq(vm.addr(keys[i]), _members(".current").validators[i]);
            if ((signers >> i) & 1 == 0) continue;
            (uint8 v, bytes32 r, bytes32 s) = vm.sign(keys[i], digest);
            signatures = abi.encodePacked(signatures, r, s, v);
        }
        vm.assertEq(signatures, vm.parseJsonBytes(json, ".batch.signatures"));
    }

    function test_id_of_a_held_transfer_should_be_as_in_the_vectors() public view {
        Transfer memory one = _batch().transfers[_uint(".heldId.index")];
        bytes32 id = keccak256(
            abi.encode(uint64(_uint(".heldId.nonce")), _uint(".heldId.index"), one.token, one.to, one.amount)
        );
        vm.assertEq(id, _bytes32(".heldId.id"));
    }

    function test_logs_should_be_as_in_the_vectors() public {
        bytes32 batch = _bytes32(".batch.structHash");
        bytes32 message = _bytes32(".message.structHash");
        bytes32 relayer = _bytes32(".relayer");
        address from = vm.parseJsonAddress(json, ".logs.Deposit.from");
        bytes32 to = _bytes32(".logs.Deposit.to");
        vm.recordLogs();
        emit IGpuGateway.Deposit(5, vm.parseJsonAddress(json, ".logs.Deposit.token"), from, to, 250_000_000);
        emit IGpuGateway.MessageSent(6, from, to, vm.parseJsonBytes(json, ".logs.MessageSent.payload"));
        emit IGpuGateway.BatchExecuted(42, batch, relayer, 6);
        emit IGpuGateway.MessageReceived(43, message, relayer, true);
        emit IGpuGateway.Cancelled(42, batch, relayer);
        emit IGpuGateway.SetUpdated(8, _bytes32(".next.hash"), uint64(_uint(".set.value.activeUntil")), relayer);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        string[6] memory names =
            ["Deposit", "MessageSent", "BatchExecuted", "MessageReceived", "Cancelled", "SetUpdated"];
        for (uint256 i = 0; i < names.length; ++i) {
            string memory key = string.concat(".logs.", names[i]);
            bytes32[] memory topics = vm.parseJsonBytes32Array(json, string.concat(key, ".topics"));
            vm.assertEq(abi.encode(logs[i].topics), abi.encode(topics));
            vm.assertEq(logs[i].data, vm.parseJsonBytes(json, string.concat(key, ".data")));
        }
    }

    function verify(Attestation calldata attestation, bytes32 expected, bytes32 digest) external pure {
        Quorum.verify(attestation, expected, digest);
    }

    function validate(Members calldata members) external pure returns (bytes32) {
        return Quorum.validate(members);
    }

    function _checkDigest(bytes32 digest, bytes32 structHash) private view {
        vm.assertEq(digest, keccak256(abi.encodePacked(hex"1901", _bytes32(".domain.separator"), structHash)));
    }

    function _batch() private view returns (WithdrawBatch memory batch) {
        batch.setId = uint64(_uint(".batch.value.setId"));
        batch.nonce = uint64(_uint(".batch.value.nonce"));
        batch.deadline = uint64(_uint(".batch.value.deadline"));
        batch.transfers = new Transfer[](3);
        for (uint256 i = 0; i < 3; ++i) {
            string memory key = string.concat(".batch.value.transfers[", vm.toString(i), "]");
            batch.transfers[i] = Transfer(
                vm.parseJsonAddress(json, string.concat(key, ".token")),
                vm.parseJsonAddress(json, string.concat(key, ".to")),
                vm.parseJsonUint(json, string.concat(key, ".amount"))
            );
        }
    }

    function _message() private view returns (Message memory) {
        return Message({
            setId: uint64(_uint(".message.value.setId")),
            nonce: uint64(_uint(".message.value.nonce")),
            deadline: uint64(_uint(".message.value.deadline")),
            sender: _bytes32(".message.value.sender"),
            target: vm.parseJsonAddress(json, ".message.value.target"),
            gasLimit: uint64(_uint(".message.value.gasLimit")),
            payload: vm.parseJsonBytes(json, ".message.value.payload")
        });
    }

    function _members(string memory key) private view returns (Members memory members) {
        members.validators = vm.parseJsonAddressArray(json, string.concat(key, ".validators"));
        uint256[] memory powers = vm.parseJsonUintArray(json, string.concat(key, ".powers"));
        members.powers = new uint64[](powers.length);
        for (uint256 i = 0; i < powers.length; ++i) {
            members.powers[i] = uint64(powers[i]);
        }
    }

    function _attestation(string memory key) private view returns (Attestation memory) {
        return Attestation(
            _members(".current"),
            _uint(string.concat(key, ".signers")),
            vm.parseJsonBytes(json, string.concat(key, ".signatures"))
        );
    }

    function _uint(string memory key) private view returns (uint256) {
        return vm.parseJsonUint(json, key);
    }

    function _bytes32(string memory key) private view returns (bytes32) {
        return vm.parseJsonBytes32(json, key);
    }
}
