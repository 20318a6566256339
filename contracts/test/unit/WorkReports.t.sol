// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Message} from "../../src/libraries/BridgeTypes.sol";
import {NodeReport, TaskReport, TaskStatus, WorkReports} from "../../src/libraries/WorkReports.sol";
import {BridgeTest} from "../base/BridgeTest.sol";
import {vm} from "../base/Vm.sol";
import {ReportBook} from "../mocks/Receivers.sol";

contract WorkReportsTest is BridgeTest {
    bytes32 private constant NODE = 0x1111111111111111111111111111111111111111111111111111111111111111;
    bytes32 private constant PROVIDER = 0x2222222222222222222222222222222222222222222222222222222222222222;
    bytes32 private constant RESULT = 0x3333333333333333333333333333333333333333333333333333333333333333;

    ReportBook private book;

    function setUp() public override {
        super.setUp();
        book = new ReportBook(address(gateway));
    }

    /// The same words as in `pallets/primitives/src/report.rs`.
    function _taskReport(uint256 kind, uint256 status) private pure returns (bytes memory) {
        return abi.encodePacked(kind, uint256(100), uint256(7), status, NODE, PROVIDER, RESULT, uint256(90));
    }

    function _nodeReport() private pure returns (bytes memory) {
        return abi.encodePacked(
            uint256(2), uint256(100), NODE, uint256(type(uint128).max), uint256(1_000_000), uint256(type(uint64).max)
        );
    }

    function _tell(bytes32 sender, bytes memory payload) private {
        Message memory message = _message(address(book), payload);
        message.sender = sender;
        _receive(message);
    }

    function test_a_tasks_report_should_be_read() public {
        _tell(WorkReports.REPORTER, _taskReport(1, 4));
        TaskReport memory report = book.taskOf(7);
        vm.assertEq(report.recordedAt, 100);
        vm.assertEq(report.task, 7);
        vm.assertTrue(report.status == TaskStatus.Verified);
        vm.assertEq(report.node, NODE);
        vm.assertEq(report.provider, PROVIDER);
        vm.assertEq(report.result, RESULT);
        vm.assertEq(report.endedAt, 90);
    }

    function test_a_nodes_report_should_be_read() public {
        _tell(WorkReports.REPORTER, _nodeReport());
        NodeReport memory report = book.nodeOf(NODE);
        vm.assertEq(report.recordedAt, 100);
        vm.assertEq(report.node, NODE);
        vm.assertEq(report.hashesPerSecond, type(uint128).max);
        vm.assertEq(report.milliTops, 1_000_000);
        vm.assertEq(report.memoryBytes, type(uint64).max);
    }

    function test_a_report_in_anyone_elses_name_should_be_refused() public {
        bytes32 stranger = bytes32(uint256(WorkReports.REPORTER) + 1);
        vm.expectRevert(abi.encodeWithSelector(WorkReports.NotTheReporter.selector, stranger));
        vm.prank(address(gateway));
        book.onGpuMessage(1, stranger, _taskReport(1, 4));
        _tell(stranger, _taskReport(1, 4));
        vm.assertEq(book.taskOf(7).recordedAt, 0);
    }

    function test_a_report_that_the_gateway_does_not_bring_should_be_refused() public {
        vm.expectRevert(abi.encodeWithSelector(ReportBook.OnlyGateway.selector, address(this)));
        book.onGpuMessage(1, WorkReports.REPORTER, _taskReport(1, 4));
    }

    function test_what_is_no_report_should_be_refused() public {
        for (uint256 kind = 0; kind < 4; ++kind) {
            if (kind == 1 || kind == 2) continue;
            vm.expectRevert(abi.encodeWithSelector(WorkReports.UnknownReport.selector, kind));
            vm.prank(address(gateway));
            book.onGpuMessage(1, WorkReports.REPORTER, _taskReport(kind, 4));
        }
        vm.expectRevert(abi.encodeWithSelector(WorkReports.UnknownReport.selector, 0));
        vm.prank(address(gateway));
        book.onGpuMessage(1, WorkReports.REPORTER, hex"01");
        // A status that is none.
        _tell(WorkReports.REPORTER, _taskReport(1, 7));
        vm.assertEq(book.taskOf(7).recordedAt, 0);
    }

    function test_an_older_report_should_not_replace_a_newer_one() public {
        _tell(WorkReports.REPORTER, _taskReport(1, 4));
        bytes memory older =
            abi.encodePacked(uint256(1), uint256(99), uint256(7), uint256(2), NODE, PROVIDER, bytes32(0), uint256(0));
        _tell(WorkReports.REPORTER, older);
        vm.assertEq(book.taskOf(7).recordedAt, 100);
    }
}
