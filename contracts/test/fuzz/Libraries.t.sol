// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Members} from "../../src/libraries/BridgeTypes.sol";
import {Quorum} from "../../src/libraries/Quorum.sol";
import {TokenBucket} from "../../src/libraries/TokenBucket.sol";
import {vm} from "../base/Vm.sol";
import {RateLimiter} from "@openzeppelin/contracts/utils/RateLimiter.sol";

/// Our bucket and OpenZeppelin's, given the same amounts at the same times.
contract TokenBucketFuzzTest {
    // forge-lint: disable-next-line(screaming-snake-case-const)
    bool public constant IS_TEST = true;

    using TokenBucket for TokenBucket.Bucket;
    using RateLimiter for RateLimiter.RefillingBucket;

    TokenBucket.Bucket private ours;
    RateLimiter.RefillingBucket private theirs;

    function testFuzz_bucket_should_do_as_OpenZeppelins(
        uint112 capacity,
        uint24 window,
        uint112[16] calldata amounts,
        uint24[16] calldata pauses
    ) public {
        window = window == 0 ? 1 : window;
        ours.resize(1, capacity);
        theirs.updateSettings(window, capacity);
        for (uint256 i = 0; i < amounts.length; ++i) {
            vm.warp(block.timestamp + pauses[i]);
            vm.assertEq(ours.available(window), theirs.available(bytes32(0)));
            // Small ones too, so that the bucket is drawn on many times.
            uint256 amount = i % 2 == 0 ? amounts[i] : amounts[i] / 1e6;
            vm.assertTrue(ours.tryConsume(window, amount) == theirs.tryConsume(bytes32(0), amount));
            vm.assertEq(ours.available(window), theirs.available(bytes32(0)));
        }
    }

    function testFuzz_no_window_should_let_pass_more_than_twice_the_capacity(
        uint112 capacity,
        uint24 window,
        uint112[32] calldata amounts,
        uint24[32] calldata pauses
    ) public {
        window = window == 0 ? 1 : window;
        ours.resize(1, capacity);
        uint256 end = block.timestamp + window;
        uint256 passed = 0;
        for (uint256 i = 0; i < amounts.length; ++i) {
            vm.warp(block.timestamp + pauses[i] % (uint256(window) / 8 + 1));
            if (block.timestamp > end) break;
            uint256 available = ours.available(window);
            uint256 amount = available == 0 ? 0 : uint256(amounts[i]) % (available + 1);
            vm.assertTrue(ours.tryConsume(window, amount));
            vm.assertFalse(ours.tryConsume(window, available - amount + 1));
            passed += amount;
        }
        vm.assertLe(passed, 2 * uint256(capacity));
    }

    function testFuzz_resizing_should_keep_what_was_used(uint112 capacity, uint112 other, uint112 amount) public {
        ours.resize(1, capacity);
        bool passed = ours.tryConsume(1 days, amount);
        vm.assertTrue(passed == (amount <= capacity));
        ours.resize(1 days, other);
        uint256 used = passed ? amount : 0;
        vm.assertEq(ours.available(1 days), used < other ? other - used : 0);
    }
}

contract QuorumFuzzTest {
    // forge-lint: disable-next-line(screaming-snake-case-const)
    bool public constant IS_TEST = true;

    function testFuzz_quorum_should_be_more_than_two_thirds(uint64 signed, uint64 total) public pure {
        // Without division and in another form: what is missing is less than half of what signed.
        if (signed > total) return;
        vm.assertTrue(Quorum.suffices(signed, total) == (2 * uint256(total - signed) < signed));
    }

    function testFuzz_two_quorums_should_share_more_than_a_third(uint64 first, uint64 second, uint64 total)
        public
        pure
    {
        if (first > total || second > total) return;
        if (!Quorum.suffices(first, total) || !Quorum.suffices(second, total)) return;
        vm.assertTrue(3 * (uint256(first) + second - total) > total);
    }

    function testFuzz_validate_should_take_ascending_members_only(address[8] calldata given, uint64[8] calldata powers)
        public
        view
    {
        Members memory members = Members(new address[](8), new uint64[](8));
        bool fine = true;
        for (uint256 i = 0; i < 8; ++i) {
            (members.validators[i], members.powers[i]) = (given[i], powers[i]);
            fine = fine && powers[i] != 0 && given[i] > (i == 0 ? address(0) : given[i - 1]);
        }
        (bool success,) = address(this).staticcall(abi.encodeCall(this.validate, (members)));
        vm.assertTrue(success == fine);
        // And once more in order, so that it is taken at times.
        for (uint256 i = 0; i < 8; ++i) {
            members.validators[i] = address(uint160(uint160(given[0]) / 2 + i + 1));
            if (members.powers[i] == 0) members.powers[i] = 1;
        }
        vm.assertEq(this.validate(members), keccak256(abi.encode(members.validators, members.powers)));
    }

    function validate(Members calldata members) external pure returns (bytes32) {
        return Quorum.validate(members);
    }
}
