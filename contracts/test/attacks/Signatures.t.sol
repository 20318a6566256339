// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

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
import {BridgeTest} from "../base/BridgeTest.sol";
import {vm} from "../base/Vm.sol";
import {Inbox} from "../mocks/Receivers.sol";

/// Attacks on what validators sign, each with the reason for which it is refused.
contract SignatureAttacksTest is BridgeTest {
    uint256 private constant CURVE_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;

    function setUp() public override {
        super.setUp();
        _deposit(NATIVE, 100 ether);
    }

    // ── Replay ───────────────────────────────────────────────────────────────────────────────────────────────────────

    function test_replayed_batch_is_refused_because_its_nonce_is_used() public {
        WithdrawBatch memory batch = _withdraw(NATIVE, bob, 1 ether);
        _expectBatchRefused(batch, abi.encodeWithSelector(IGpuGateway.WrongNonce.selector, 2, 1));
        vm.assertEq(bob.balance, 1 ether);
    }

    function test_replayed_batch_with_a_fresh_nonce_is_refused_because_the_nonce_is_signed() public {
        WithdrawBatch memory batch = _batch(NATIVE, bob, 1 ether);
        bytes32 digest = gateway.batchDigest(batch);
        gateway.submitBatch(batch, _attest(digest), RELAYER);
        batch.nonce = 2;
        vm.expectRevert(abi.encodeWithSelector(Quorum.InvalidSignature.selector, 0));
        gateway.submitBatch(batch, _attest(digest), RELAYER);
    }

    function test_replayed_message_is_refused_because_its_nonce_is_used() public {
        Inbox inbox = new Inbox(gateway);
        Message memory message = _message(address(inbox), "once");
        _receive(message);
        bytes32 digest = gateway.messageDigest(message);
        vm.expectRevert(abi.encodeWithSelector(IGpuGateway.WrongNonce.selector, 2, 1));
        gateway.receiveMessage(message, _attest(digest), RELAYER);
        vm.assertEq(inbox.taken(), 1);
    }

    function test_replayed_rotation_is_refused_because_its_number_is_used() public {
        (ValidatorSet memory set, Members memory members) = _nextSet(_keys(100, 4));
        Attestation memory attestation = _attest(gateway.setDigest(set));
        gateway.updateValidatorSet(set, members, attestation, RELAYER);
        vm.expectRevert(abi.encodeWithSelector(IGpuGateway.WrongSet.selector, 3, 2));
        gateway.updateValidatorSet(set, members, attestation, RELAYER);
    }

    function test_batch_out_of_order_is_refused_because_its_nonce_is_not_the_next() public {
        WithdrawBatch memory batch = _batch(NATIVE, bob, 1 ether);
        batch.nonce = 2;
        _expectBatchRefused(batch, abi.encodeWithSelector(IGpuGateway.WrongNonce.selector, 1, 2));
    }

    // ── Quorum ───────────────────────────────────────────────────────────────────────────────────────────────────────

    function test_half_of_the_set_is_refused_because_it_is_under_quorum() public {
        _expectSignersRefused(3, abi.encodeWithSelector(Quorum.UnderQuorum.selector, 2, 4));
    }

    function test_exactly_two_thirds_are_refused_because_more_are_needed() public {
        _rotate(_keys(100, 3));
        _expectSignersRefused(3, abi.encodeWithSelector(Quorum.UnderQuorum.selector, 2, 3));
        _rotate(_keys(200, 21));
        _expectSignersRefused((1 << 14) - 1, abi.encodeWithSelector(Quorum.UnderQuorum.selector, 14, 21));
        WithdrawBatch memory batch = _batch(NATIVE, bob, 1 ether);
        gateway.submitBatch(batch, _attestBy((1 << 15) - 1, gateway.batchDigest(batch)), RELAYER);
        vm.assertEq(bob.balance, 1 ether);
    }

    function test_many_members_of_little_power_are_refused_because_power_counts() public {
        uint256[] memory next = _keys(100, 4);
        (ValidatorSet memory set, Members memory members) = _nextSet(next);
        members.powers[3] = 6;
        set.members = gateway.membersHash(members);
        gateway.updateValidatorSet(set, members, _attest(gateway.setDigest(set)), RELAYER);
        keys = next;
        WithdrawBatch memory batch = _batch(NATIVE, bob, 1 ether);
        bytes32 digest = gateway.batchDigest(batch);
        // Three of four have three of nine; the fourth and one more have seven.
        Attestation memory attestation = _attestBy(7, digest);
        attestation.members = members;
        vm.expectRevert(abi.encodeWithSelector(Quorum.UnderQuorum.selector, 3, 9));
        gateway.submitBatch(batch, attestation, RELAYER);
        attestation = _attestBy(8, digest);
        attestation.members = members;
        vm.expectRevert(abi.encodeWithSelector(Quorum.UnderQuorum.selector, 6, 9));
        gateway.submitBatch(batch, attestation, RELAYER);
        attestation = _attestBy(9, digest);
        attestation.members = members;
        gateway.submitBatch(batch, attestation, RELAYER);
    }

    function test_no_signatures_are_refused_because_they_are_under_quorum() public {
        _expectSignersRefused(0, abi.encodeWithSelector(Quorum.UnderQuorum.selector, 0, 4));
    }

    function test_claimed_signers_without_signatures_are_refused_because_each_must_sign() public {
        WithdrawBatch memory batch = _batch(NATIVE, bob, 1 ether);
        Attestation memory attestation = _attest(gateway.batchDigest(batch));
        attestation.signers = 15;
        vm.expectRevert(abi.encodeWithSelector(Quorum.SignaturesMismatch.selector, 4 * 65, 3 * 65));
        gateway.submitBatch(batch, attestation, RELAYER);
        attestation.signatures = "";
        vm.expectRevert(abi.encodeWithSelector(Quorum.SignaturesMismatch.selector, 4 * 65, 0));
        gateway.submitBatch(batch, attestation, RELAYER);
    }

    function test_signers_beyond_the_set_are_refused_because_nobody_is_there() public {
        WithdrawBatch memory batch = _batch(NATIVE, bob, 1 ether);
        Attestation memory attestation = _attest(gateway.batchDigest(batch));
        uint256[3] memory wrong = [uint256(1 << 4 | 7), 1 << 255 | 7, type(uint256).max];
        for (uint256 i = 0; i < wrong.length; ++i) {
            attestation.signers = wrong[i];
            vm.expectRevert(abi.encodeWithSelector(Quorum.SignerOutOfRange.selector, wrong[i]));
            gateway.submitBatch(batch, attestation, RELAYER);
        }
    }

    // ── Sets ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    function test_batch_of_the_old_set_is_refused_because_its_number_is_old() public {
        WithdrawBatch memory batch = _batch(NATIVE, bob, 1 ether);
        Attestation memory attestation = _attest(gateway.batchDigest(batch));
        _rotate(_keys(100, 4));
        vm.expectRevert(abi.encodeWithSelector(IGpuGateway.WrongSet.selector, 2, 1));
        gateway.submitBatch(batch, attestation, RELAYER);
    }

    function test_old_set_with_the_new_number_is_refused_because_its_members_are_not_the_current() public {
        uint256[] memory old = keys;
        _rotate(_keys(100, 4));
        keys = old;
        WithdrawBatch memory batch = _batch(NATIVE, bob, 1 ether);
        _expectBatchRefused(
            batch,
            abi.encodeWithSelector(
                Quorum.UnknownMembers.selector, gateway.validatorSet().members, gateway.membersHash(_members(old))
            )
        );
    }

    function test_old_set_under_the_new_members_is_refused_because_the_signatures_are_not_theirs() public {
        uint256[] memory old = keys;
        _rotate(_keys(100, 4));
        Members memory current = _members(keys);
        keys = old;
        WithdrawBatch memory batch = _batch(NATIVE, bob, 1 ether);
        Attestation memory attestation = _attest(gateway.batchDigest(batch));
        attestation.members = current;
        vm.expectRevert(abi.encodeWithSelector(Quorum.InvalidSignature.selector, 0));
        gateway.submitBatch(batch, attestation, RELAYER);
    }

    function test_self_appointed_set_is_refused_because_the_old_one_must_sign() public {
        uint256[] memory mine = _keys(666, 4);
        (ValidatorSet memory set, Members memory members) = _nextSet(mine);
        uint256[] memory honest = keys;
        keys = mine;
        Attestation memory attestation = _attest(gateway.setDigest(set));
        vm.expectRevert(
            abi.encodeWithSelector(
                Quorum.UnknownMembers.selector, gateway.validatorSet().members, gateway.membersHash(members)
            )
        );
        gateway.updateValidatorSet(set, members, attestation, RELAYER);
        attestation.members = _members(honest);
        vm.expectRevert(abi.encodeWithSelector(Quorum.InvalidSignature.selector, 0));
        gateway.updateValidatorSet(set, members, attestation, RELAYER);
    }

    function test_inflated_powers_are_refused_because_they_are_part_of_the_hash() public {
        WithdrawBatch memory batch = _batch(NATIVE, bob, 1 ether);
        Attestation memory attestation = _attestBy(1, gateway.batchDigest(batch));
        attestation.members.powers[0] = 1000;
        vm.expectRevert(
            abi.encodeWithSelector(
                Quorum.UnknownMembers.selector, gateway.validatorSet().members, gateway.membersHash(attestation.members)
            )
        );
        gateway.submitBatch(batch, attestation, RELAYER);
    }

    function test_no_members_are_refused_because_their_hash_is_not_the_sets() public {
        WithdrawBatch memory batch = _batch(NATIVE, bob, 1 ether);
        Attestation memory attestation;
        vm.expectRevert(
            abi.encodeWithSelector(
                Quorum.UnknownMembers.selector, gateway.validatorSet().members, gateway.membersHash(attestation.members)
            )
        );
        gateway.submitBatch(batch, attestation, RELAYER);
    }

    function test_zero_set_is_refused_because_it_has_no_members() public {
        Members memory none;
        _expectSetRefused(none, abi.encodeWithSelector(Quorum.EmptyValidatorSet.selector));
    }

    function test_set_with_the_zero_hash_is_refused_because_members_must_have_it() public {
        (ValidatorSet memory set, Members memory members) = _nextSet(_keys(100, 4));
        set.members = bytes32(0);
        Attestation memory attestation = _attest(gateway.setDigest(set));
        bytes32 given = gateway.membersHash(members);
        vm.expectRevert(abi.encodeWithSelector(IGpuGateway.MembersMismatch.selector, bytes32(0), given));
        gateway.updateValidatorSet(set, members, attestation, RELAYER);
    }

    function test_set_with_the_zero_address_is_refused_because_bad_signatures_recover_to_it() public {
        Members memory members = _members(_keys(100, 4));
        members.validators[0] = address(0);
        _expectSetRefused(members, abi.encodeWithSelector(Quorum.ValidatorsNotAscending.selector, 0));
    }

    function test_set_with_a_duplicate_is_refused_because_it_would_sign_twice() public {
        Members memory members = _members(_keys(100, 4));
        members.validators[2] = members.validators[1];
        _expectSetRefused(members, abi.encodeWithSelector(Quorum.ValidatorsNotAscending.selector, 2));
    }

    function test_unsorted_set_is_refused_because_duplicates_could_hide_in_it() public {
        Members memory members = _members(_keys(100, 4));
        (members.validators[2], members.validators[3]) = (members.validators[3], members.validators[2]);
        _expectSetRefused(members, abi.encodeWithSelector(Quorum.ValidatorsNotAscending.selector, 3));
    }

    function test_set_with_zero_power_is_refused_because_two_thirds_of_nothing_are_nothing() public {
        Members memory members = _members(_keys(100, 4));
        members.powers[3] = 0;
        _expectSetRefused(members, abi.encodeWithSelector(Quorum.ZeroPower.selector, 3));
        members.powers = new uint64[](4);
        _expectSetRefused(members, abi.encodeWithSelector(Quorum.ZeroPower.selector, 0));
    }

    function test_set_with_too_few_or_too_many_powers_is_refused_because_each_member_has_one() public {
        Members memory members = _members(_keys(100, 4));
        members.powers = new uint64[](3);
        _expectSetRefused(members, abi.encodeWithSelector(Quorum.PowersMismatch.selector, 4, 3));
        members.powers = new uint64[](5);
        _expectSetRefused(members, abi.encodeWithSelector(Quorum.PowersMismatch.selector, 4, 5));
    }

    // ── Signatures ───────────────────────────────────────────────────────────────────────────────────────────────────

    function test_one_signature_for_two_members_is_refused_because_each_must_be_its_own() public {
        WithdrawBatch memory batch = _batch(NATIVE, bob, 1 ether);
        bytes32 digest = gateway.batchDigest(batch);
        for (uint256 copied = 0; copied < 2; ++copied) {
            Attestation memory attestation = _attest(digest);
            bytes memory one = _signature(keys[copied], digest);
            attestation.signatures = abi.encodePacked(one, one, one);
            vm.expectRevert(abi.encodeWithSelector(Quorum.InvalidSignature.selector, copied == 0 ? 1 : 0));
            gateway.submitBatch(batch, attestation, RELAYER);
        }
    }

    function test_signatures_in_another_order_are_refused_because_each_has_its_place() public {
        WithdrawBatch memory batch = _batch(NATIVE, bob, 1 ether);
        bytes32 digest = gateway.batchDigest(batch);
        Attestation memory attestation = _attest(digest);
        attestation.signatures =
            abi.encodePacked(_signature(keys[0], digest), _signature(keys[2], digest), _signature(keys[1], digest));
        vm.expectRevert(abi.encodeWithSelector(Quorum.InvalidSignature.selector, 1));
        gateway.submitBatch(batch, attestation, RELAYER);
    }

    function test_high_s_is_refused_because_a_signature_must_have_one_form() public {
        WithdrawBatch memory batch = _batch(NATIVE, bob, 1 ether);
        bytes32 digest = gateway.batchDigest(batch);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(keys[1], digest);
        Attestation memory attestation = _attest(digest);
        attestation.signatures = abi.encodePacked(
            _signature(keys[0], digest),
            r,
            bytes32(CURVE_ORDER - uint256(s)),
            v == 27 ? uint8(28) : uint8(27),
            _signature(keys[2], digest)
        );
        vm.expectRevert(abi.encodeWithSelector(Quorum.HighS.selector, 1));
        gateway.submitBatch(batch, attestation, RELAYER);
    }

    function test_v_of_zero_or_one_is_refused_because_it_must_be_27_or_28() public {
        WithdrawBatch memory batch = _batch(NATIVE, bob, 1 ether);
        bytes32 digest = gateway.batchDigest(batch);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(keys[0], digest);
        uint8[5] memory wrong = [v - 27, v == 27 ? 28 : 27, 0, 29, 255];
        for (uint256 i = 0; i < wrong.length; ++i) {
            Attestation memory attestation = _attest(digest);
            attestation.signatures =
                abi.encodePacked(r, s, wrong[i], _signature(keys[1], digest), _signature(keys[2], digest));
            vm.expectRevert(abi.encodeWithSelector(Quorum.InvalidSignature.selector, 0));
            gateway.submitBatch(batch, attestation, RELAYER);
        }
    }

    function test_zero_signature_is_refused_because_it_recovers_to_nobody() public {
        WithdrawBatch memory batch = _batch(NATIVE, bob, 1 ether);
        Attestation memory attestation = _attest(gateway.batchDigest(batch));
        attestation.signatures = new bytes(3 * 65);
        vm.expectRevert(abi.encodeWithSelector(Quorum.InvalidSignature.selector, 0));
        gateway.submitBatch(batch, attestation, RELAYER);
    }

    function test_padded_signatures_are_refused_because_their_length_is_known() public {
        WithdrawBatch memory batch = _batch(NATIVE, bob, 1 ether);
        Attestation memory attestation = _attest(gateway.batchDigest(batch));
        bytes memory fine = attestation.signatures;
        attestation.signatures = abi.encodePacked(fine, uint8(0));
        vm.expectRevert(abi.encodeWithSelector(Quorum.SignaturesMismatch.selector, 195, 196));
        gateway.submitBatch(batch, attestation, RELAYER);
        attestation.signatures = abi.encodePacked(fine, fine);
        vm.expectRevert(abi.encodeWithSelector(Quorum.SignaturesMismatch.selector, 195, 390));
        gateway.submitBatch(batch, attestation, RELAYER);
    }

    function test_changed_content_is_refused_because_every_field_is_signed() public {
        WithdrawBatch memory honest = _batch(NATIVE, bob, 1 ether);
        Attestation memory attestation = _attest(gateway.batchDigest(honest));
        for (uint256 i = 0; i < 5; ++i) {
            WithdrawBatch memory batch = abi.decode(abi.encode(honest), (WithdrawBatch));
            if (i == 0) batch.transfers[0].amount = 99 ether;
            if (i == 1) batch.transfers[0].to = carol;
            if (i == 2) batch.transfers[0].token = address(gpu);
            if (i == 3) ++batch.deadline;
            if (i == 4) {
                batch.transfers = new Transfer[](2);
                batch.transfers[0] = honest.transfers[0];
                batch.transfers[1] = honest.transfers[0];
            }
            vm.expectRevert(abi.encodeWithSelector(Quorum.InvalidSignature.selector, 0));
            gateway.submitBatch(batch, attestation, RELAYER);
        }
        gateway.submitBatch(honest, attestation, RELAYER);
    }

    function test_changed_message_is_refused_because_every_field_is_signed() public {
        Message memory honest = _message(address(new Inbox(gateway)), "honest");
        Attestation memory attestation = _attest(gateway.messageDigest(honest));
        for (uint256 i = 0; i < 5; ++i) {
            Message memory message = abi.decode(abi.encode(honest), (Message));
            if (i == 0) message.sender = bytes32(uint256(1));
            if (i == 1) message.target = address(this);
            if (i == 2) --message.gasLimit;
            if (i == 3) message.payload = "forged";
            if (i == 4) ++message.deadline;
            vm.expectRevert(abi.encodeWithSelector(Quorum.InvalidSignature.selector, 0));
            gateway.receiveMessage(message, attestation, RELAYER);
        }
    }

    function test_signature_for_one_kind_is_refused_for_another_because_the_kind_is_signed() public {
        (ValidatorSet memory set, Members memory members) = _nextSet(_keys(100, 4));
        WithdrawBatch memory batch = _batch(NATIVE, bob, 1 ether);
        Message memory message = _message(bob, "");
        Attestation memory forBatch = _attest(gateway.batchDigest(batch));
        Attestation memory forSet = _attest(gateway.setDigest(set));
        bytes memory reason = abi.encodeWithSelector(Quorum.InvalidSignature.selector, 0);
        vm.expectRevert(reason);
        gateway.updateValidatorSet(set, members, forBatch, RELAYER);
        vm.expectRevert(reason);
        gateway.receiveMessage(message, forBatch, RELAYER);
        vm.expectRevert(reason);
        gateway.submitBatch(batch, forSet, RELAYER);
    }

    function test_set_signed_for_longer_is_refused_because_its_end_is_signed() public {
        (ValidatorSet memory set, Members memory members) = _nextSet(_keys(100, 4));
        Attestation memory attestation = _attest(gateway.setDigest(set));
        ++set.activeUntil;
        vm.expectRevert(abi.encodeWithSelector(Quorum.InvalidSignature.selector, 0));
        gateway.updateValidatorSet(set, members, attestation, RELAYER);
    }

    // ── Helpers ──────────────────────────────────────────────────────────────────────────────────────────────────────

    function _expectBatchRefused(WithdrawBatch memory batch, bytes memory reason) private {
        Attestation memory attestation = _attest(gateway.batchDigest(batch));
        vm.expectRevert(reason);
        gateway.submitBatch(batch, attestation, RELAYER);
    }

    function _expectSignersRefused(uint256 signers, bytes memory reason) private {
        WithdrawBatch memory batch = _batch(NATIVE, bob, 1 ether);
        Attestation memory attestation = _attestBy(signers, gateway.batchDigest(batch));
        vm.expectRevert(reason);
        gateway.submitBatch(batch, attestation, RELAYER);
    }

    /// However many sign it.
    function _expectSetRefused(Members memory members, bytes memory reason) private {
        ValidatorSet memory set = ValidatorSet(2, gateway.membersHash(members), uint64(block.timestamp + 1 days));
        Attestation memory attestation = _attestBy(15, gateway.setDigest(set));
        vm.expectRevert(reason);
        gateway.updateValidatorSet(set, members, attestation, RELAYER);
    }
}
