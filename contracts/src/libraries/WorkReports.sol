// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// Where a task of gpu-chain's market stands.
enum TaskStatus {
    Open,
    Assigned,
    InProgress,
    Completed,
    Verified,
    Disputed,
    Cancelled
}

/// What gpu-chain recorded of a task.
struct TaskReport {
    /// The block of gpu-chain in which it was so.
    uint32 recordedAt;
    uint64 task;
    TaskStatus status;
    /// The node that has, or had last, the task; zero if none ever had.
    bytes32 node;
    /// The account on gpu-chain that is paid for its work; zero if none.
    bytes32 provider;
    /// The hash of the result's bytes; zero if none was handed in.
    bytes32 result;
    /// The block in which the task ended; zero if it did not.
    uint32 endedAt;
}

/// What gpu-chain saw a node prove.
struct NodeReport {
    /// The block of gpu-chain in which it was so.
    uint32 recordedAt;
    bytes32 node;
    /// Keccak-256 hashes a second.
    uint128 hashesPerSecond;
    /// Multiplications and additions of matrix products, 10^9 a second.
    uint64 milliTops;
    /// Bytes of memory.
    uint64 memoryBytes;
}

/// Reads what gpu-chain reports of the work that it verified: messages that `send_report` on its side makes. A contract that takes
/// them checks that the gateway calls and that `sender` is the reporter, then reads. Reports come in the order of their nonces, but
/// one that was refused comes when somebody retries it: keep the newer by `recordedAt`.
library WorkReports {
    /// Who sends them: the account of gpu-chain's bridge, which nobody has the key of.
    bytes32 internal constant REPORTER = bytes32("modlgpu/brdg");

    uint8 internal constant TASK = 1;
    uint8 internal constant NODE = 2;

    /// It is a report of another kind, or none.
    error UnknownReport(uint256 kind);
    /// Somebody else says so.
    error NotTheReporter(bytes32 sender);

    /// What a report is about: `TASK` or `NODE`.
    /// @param sender Who sent the message; anyone but the reporter is refused.
    function kindOf(bytes32 sender, bytes calldata payload) internal pure returns (uint8) {
        if (sender != REPORTER) revert NotTheReporter(sender);
        uint256 kind = payload.length < 32 ? 0 : uint256(bytes32(payload[:32]));
        if (kind != TASK && kind != NODE) revert UnknownReport(kind);
        return uint8(kind);
    }

    /// The report of a task.
    function task(bytes32 sender, bytes calldata payload) internal pure returns (TaskReport memory report) {
        uint8 kind = kindOf(sender, payload);
        if (kind != TASK) revert UnknownReport(kind);
        (, report) = abi.decode(payload, (uint8, TaskReport));
    }

    /// The report of a node.
    function node(bytes32 sender, bytes calldata payload) internal pure returns (NodeReport memory report) {
        uint8 kind = kindOf(sender, payload);
        if (kind != NODE) revert UnknownReport(kind);
        (, report) = abi.decode(payload, (uint8, NodeReport));
    }
}
