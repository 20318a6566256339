// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// What one recipient gets out of a batch.
/// @param token The ERC-20's address, or zero for the chain's own coin.
/// @param to Whom it is paid to.
/// @param amount In the token's smallest unit.
struct Transfer {
    address token;
    address to;
    uint256 amount;
}

/// Withdrawals that leave gpu-chain together.
/// @param setId The validator set that signs.
/// @param nonce One more than that of the last batch or message.
/// @param deadline The last second (Unix time) at which it may be executed; after it, it may be cancelled.
/// @param transfers At most `MAX_TRANSFERS`.
struct WithdrawBatch {
    uint64 setId;
    uint64 nonce;
    uint64 deadline;
    Transfer[] transfers;
}

/// A call from gpu-chain into a contract here.
/// @param sender The account on gpu-chain that sends it.
/// @param target The contract, an `IGpuMessageReceiver`.
/// @param gasLimit What the target may use at the first attempt.
/// @param payload Uninterpreted.
struct Message {
    uint64 setId;
    uint64 nonce;
    uint64 deadline;
    bytes32 sender;
    address target;
    uint64 gasLimit;
    bytes payload;
}

/// A validator set, as its predecessor signs it.
/// @param setId One more than its predecessor's.
/// @param members `Quorum.hash` of its members.
/// @param activeUntil The last second (Unix time) at which its signatures count.
struct ValidatorSet {
    uint64 setId;
    bytes32 members;
    uint64 activeUntil;
}

/// Validators and their voting power.
/// @param validators Strictly ascending, none zero.
/// @param powers As long as `validators`, none zero.
struct Members {
    address[] validators;
    uint64[] powers;
}

/// Signatures of a validator set.
/// @param members The whole set: the gateway keeps only its hash.
/// @param signers Bit i is set if `validators[i]` signed.
/// @param signatures 65 bytes (r, s, v with v 27 or 28) for each bit set, lowest bit first.
struct Attestation {
    Members members;
    uint256 signers;
    bytes signatures;
}

/// EIP-712 struct hashes of what validators sign.
library BridgeTypes {
    bytes32 internal constant TRANSFER_TYPEHASH = keccak256("Transfer(address token,address to,uint256 amount)");
    bytes32 internal constant BATCH_TYPEHASH = keccak256(
        "WithdrawBatch(uint64 setId,uint64 nonce,uint64 deadline,Transfer[] transfers)"
        "Transfer(address token,address to,uint256 amount)"
    );
    bytes32 internal constant MESSAGE_TYPEHASH = keccak256(
        "Message(uint64 setId,uint64 nonce,uint64 deadline,bytes32 sender,address target,uint64 gasLimit,bytes payload)"
    );
    bytes32 internal constant SET_TYPEHASH = keccak256("ValidatorSet(uint64 setId,bytes32 members,uint64 activeUntil)");

    function hash(WithdrawBatch calldata batch) internal pure returns (bytes32) {
        uint256 count = batch.transfers.length;
        bytes32[] memory transfers = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) {
            Transfer calldata one = batch.transfers[i];
            transfers[i] = keccak256(abi.encode(TRANSFER_TYPEHASH, one.token, one.to, one.amount));
        }
        return keccak256(
            abi.encode(BATCH_TYPEHASH, batch.setId, batch.nonce, batch.deadline, keccak256(abi.encodePacked(transfers)))
        );
    }

    function hash(Message calldata message) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                MESSAGE_TYPEHASH,
                message.setId,
                message.nonce,
                message.deadline,
                message.sender,
                message.target,
                message.gasLimit,
                keccak256(message.payload)
            )
        );
    }

    function hash(ValidatorSet calldata set) internal pure returns (bytes32) {
        return keccak256(abi.encode(SET_TYPEHASH, set.setId, set.members, set.activeUntil));
    }
}
