// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Attestation, Members} from "./BridgeTypes.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// Which members a validator set may have, and when enough of them have signed.
library Quorum {
    /// Most members of a set: what a rotation of it costs still fits into a block of every chain.
    uint256 internal constant MAX_VALIDATORS = 128;
    uint256 internal constant SIGNATURE_LENGTH = 65;

    /// The set has no members.
    error EmptyValidatorSet();
    /// There are more members than `MAX_VALIDATORS`.
    error TooManyValidators(uint256 count);
    /// There is not exactly one power for each validator.
    error PowersMismatch(uint256 validators, uint256 powers);
    /// The validator at `index` is not above the one before it: zero, a duplicate, or out of order.
    error ValidatorsNotAscending(uint256 index);
    /// The validator at `index` has no power.
    error ZeroPower(uint256 index);
    /// The members given are not those of the current set.
    error UnknownMembers(bytes32 expected, bytes32 given);
    /// A bit is set for a member that the set does not have.
    error SignerOutOfRange(uint256 signers);
    /// The signatures are not 65 bytes for each signer.
    error SignaturesMismatch(uint256 expected, uint256 given);
    /// Not signed by more than two thirds of the power.
    error UnderQuorum(uint256 signed, uint256 total);
    /// The signature for the validator at `index` is not its own, or its v is neither 27 nor 28.
    error InvalidSignature(uint256 index);
    /// The signature for the validator at `index` has an s in the upper half of the curve's order (EIP-2).
    error HighS(uint256 index);

    /// The hash by which the gateway knows a set: `keccak256(abi.encode(address[], uint64[]))`.
    function hash(Members calldata members) internal pure returns (bytes32) {
        return keccak256(abi.encode(members.validators, members.powers));
    }

    /// Refuses members that no set may have, and returns the hash of the others.
    function validate(Members calldata members) internal pure returns (bytes32) {
        uint256 count = members.validators.length;
        if (count == 0) revert EmptyValidatorSet();
        if (count > MAX_VALIDATORS) revert TooManyValidators(count);
        if (members.powers.length != count) revert PowersMismatch(count, members.powers.length);
        address previous = address(0);
        for (uint256 i = 0; i < count; ++i) {
            address validator = members.validators[i];
            if (validator <= previous) revert ValidatorsNotAscending(i);
            if (members.powers[i] == 0) revert ZeroPower(i);
            previous = validator;
        }
        return hash(members);
    }

    /// Refuses `attestation` unless members whose hash is `expected`, with more than two thirds of their power, signed
    /// `digest`. Cheapest first: no signature is looked at unless enough are claimed.
    function verify(Attestation calldata attestation, bytes32 expected, bytes32 digest) internal pure {
        bytes32 given = hash(attestation.members);
        if (given != expected) revert UnknownMembers(expected, given);
        _verifyPower(attestation.members.powers, attestation.signers, attestation.signatures.length);
        _verifySignatures(attestation.members.validators, attestation.signers, attestation.signatures, digest);
    }

    /// Whether `signed` of `total` power is more than two thirds.
    function suffices(uint256 signed, uint256 total) internal pure returns (bool) {
        return 3 * signed > 2 * total;
    }

    /// `powers` are those of members that `validate` passed: as many as validators, and their sum cannot overflow.
    function _verifyPower(uint64[] calldata powers, uint256 signers, uint256 length) private pure {
        uint256 count = powers.length;
        if (signers >> count != 0) revert SignerOutOfRange(signers);
        uint256 signed = 0;
        uint256 total = 0;
        uint256 wanted = 0;
        for (uint256 i = 0; i < count; ++i) {
            uint256 power = powers[i];
            total += power;
            if ((signers >> i) & 1 == 1) {
                signed += power;
                wanted += SIGNATURE_LENGTH;
            }
        }
        if (!suffices(signed, total)) revert UnderQuorum(signed, total);
        if (length != wanted) revert SignaturesMismatch(wanted, length);
    }

    /// `signatures` has 65 bytes for each signer.
    function _verifySignatures(
        address[] calldata validators,
        uint256 signers,
        bytes calldata signatures,
        bytes32 digest
    ) private pure {
        uint256 start = 0;
        for (uint256 i = 0; i < validators.length; ++i) {
            if ((signers >> i) & 1 == 0) continue;
            (address signer, ECDSA.RecoverError refused,) =
                ECDSA.tryRecoverCalldata(digest, signatures[start:start + SIGNATURE_LENGTH]);
            if (refused == ECDSA.RecoverError.InvalidSignatureS) revert HighS(i);
            // What is refused for another reason recovers to zero, which no member is.
            if (signer != validators[i]) revert InvalidSignature(i);
            start += SIGNATURE_LENGTH;
        }
    }
}
