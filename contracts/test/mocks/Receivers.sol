// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGpuGateway} from "../../src/interfaces/IGpuGateway.sol";
import {IGpuMessageReceiver} from "../../src/interfaces/IGpuMessageReceiver.sol";
import {NodeReport, TaskReport, WorkReports} from "../../src/libraries/WorkReports.sol";

/// Refuses the native coin until told otherwise.
contract Refuser {
    bool public willing;

    function accept(bool yes) external {
        willing = yes;
    }

    function claim(IGpuGateway gateway, address token, address to) external {
        gateway.claimOwed(token, address(this), to);
    }

    receive() external payable {
        require(willing, "refused");
    }
}

/// Uses all the gas it gets.
contract GasBurner is IGpuMessageReceiver {
    receive() external payable {
        while (true) {}
    }

    function onGpuMessage(uint64, bytes32, bytes calldata) external pure returns (bytes4) {
        while (true) {}
        return bytes4(0);
    }
}

/// Answers with as much as its gas buys.
contract ReturnBomb {
    receive() external payable {
        assembly {
            revert(0, 30000)
        }
    }
}

/// Calls back into the gateway when it is paid.
contract Reentrant {
    address public target;
    bytes public data;
    bool public succeeded;
    bytes public answer;

    function hook(address target_, bytes calldata data_) external {
        (target, data) = (target_, data_);
    }

    receive() external payable {
        if (target != address(0)) (succeeded, answer) = target.call(data);
    }
}

/// Takes messages, keeps the last, and can answer.
contract Inbox is IGpuMessageReceiver {
    IGpuGateway public gateway;
    bool public refusing;
    bool public replying;
    uint64 public lastNonce;
    bytes32 public lastSender;
    bytes public lastPayload;
    uint256 public taken;

    error OnlyGateway(address caller);
    error NotNow();

    constructor(IGpuGateway gateway_) {
        gateway = gateway_;
    }

    function refuse(bool yes) external {
        refusing = yes;
    }

    function reply(bool yes) external {
        replying = yes;
    }

    function onGpuMessage(uint64 nonce, bytes32 sender, bytes calldata payload) external returns (bytes4) {
        if (msg.sender != address(gateway)) revert OnlyGateway(msg.sender);
        if (refusing) revert NotNow();
        (lastNonce, lastSender, lastPayload) = (nonce, sender, payload);
        ++taken;
        if (replying) gateway.sendMessage(sender, payload);
        return IGpuMessageReceiver.onGpuMessage.selector;
    }
}

/// Takes every call without understanding it, as many contracts with a fallback do.
contract Fallback {
    fallback() external payable {}
}

/// Keeps the newest report of each task and node.
contract ReportBook is IGpuMessageReceiver {
    address public immutable gateway;
    mapping(uint64 task => TaskReport) private tasks;
    mapping(bytes32 node => NodeReport) private nodes;

    error OnlyGateway(address caller);

    constructor(address gateway_) {
        gateway = gateway_;
    }

    function taskOf(uint64 task) external view returns (TaskReport memory) {
        return tasks[task];
    }

    function nodeOf(bytes32 node) external view returns (NodeReport memory) {
        return nodes[node];
    }

    function onGpuMessage(uint64, bytes32 sender, bytes calldata payload) external returns (bytes4) {
        if (msg.sender != gateway) revert OnlyGateway(msg.sender);
        if (WorkReports.kindOf(sender, payload) == WorkReports.TASK) {
            TaskReport memory report = WorkReports.task(sender, payload);
            if (report.recordedAt >= tasks[report.task].recordedAt) tasks[report.task] = report;
        } else {
            NodeReport memory report = WorkReports.node(sender, payload);
            if (report.recordedAt >= nodes[report.node].recordedAt) nodes[report.node] = report;
        }
        return IGpuMessageReceiver.onGpuMessage.selector;
    }
}
