// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {GpuGateway} from "../../src/GpuGateway.sol";
import {AssetConfig, AssetKind, IGpuGateway, Limits} from "../../src/interfaces/IGpuGateway.sol";
import {Members} from "../../src/libraries/BridgeTypes.sol";
import {Quorum} from "../../src/libraries/Quorum.sol";
import {BridgeTest} from "../base/BridgeTest.sol";
import {vm} from "../base/Vm.sol";
import {ForeignToken, Stablecoin} from "../mocks/Tokens.sol";
import {BadUpgrade, NewGateway, NoUpgrade} from "../mocks/Upgrades.sol";
import {PausableUpgradeable} from "@openzeppelin/contracts-upgradeable/utils/PausableUpgradeable.sol";
import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {ERC1967Proxy} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol";
import {ERC1967Utils} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Utils.sol";
import {Initializable} from "@openzeppelin/contracts/proxy/utils/Initializable.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";

/// Who may do what, the timelock, and upgrades.
contract GovernanceTest is BridgeTest {
    bytes32 private constant ADMIN = bytes32(0);

    // ── Roles ────────────────────────────────────────────────────────────────────────────────────────────────────────

    function test_only_the_timelock_should_govern() public view {
        vm.assertTrue(gateway.hasRole(ADMIN, address(timelock)));
        vm.assertFalse(gateway.hasRole(ADMIN, council));
        vm.assertFalse(gateway.hasRole(ADMIN, address(this)));
        vm.assertTrue(gateway.hasRole(gateway.GUARDIAN_ROLE(), guardian));
        // Nobody can change the timelock's roles but itself, by its own delay.
        vm.assertFalse(timelock.hasRole(ADMIN, council));
        vm.assertFalse(timelock.hasRole(ADMIN, address(this)));
        vm.assertTrue(timelock.hasRole(ADMIN, address(timelock)));
    }

    function test_governing_calls_should_fail_for_everybody_else() public {
        bytes[6] memory calls = [
            abi.encodeCall(gateway.unpause, ()),
            abi.encodeCall(gateway.setLimits, (NATIVE, _limits(1 ether, 1))),
            abi.encodeCall(gateway.listAsset, (AssetConfig(address(this), AssetKind.Locked, _limits(1 ether, 1)))),
            abi.encodeCall(gateway.grantRole, (gateway.GUARDIAN_ROLE(), alice)),
            abi.encodeCall(gateway.revokeRole, (gateway.GUARDIAN_ROLE(), guardian)),
            abi.encodeCall(gateway.upgradeToAndCall, (address(this), ""))
        ];
        address[4] memory others = [alice, guardian, council, address(gateway)];
        for (uint256 i = 0; i < calls.length; ++i) {
            for (uint256 j = 0; j < others.length; ++j) {
                vm.prank(others[j]);
                (bool success, bytes memory answer) = address(gateway).call(calls[i]);
                vm.assertFalse(success);
                vm.assertEq(
                    answer,
                    abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, others[j], ADMIN)
                );
            }
        }
    }

    function test_pause_should_fail_for_everybody_but_guardians() public {
        bytes32 role = gateway.GUARDIAN_ROLE();
        address[3] memory others = [alice, council, address(timelock)];
        for (uint256 i = 0; i < others.length; ++i) {
            vm.prank(others[i]);
            vm.expectRevert(
                abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, others[i], role)
            );
            gateway.pause();
        }
        vm.prank(guardian);
        gateway.pause();
        vm.assertTrue(gateway.paused());
        vm.prank(guardian);
        vm.expectRevert(PausableUpgradeable.EnforcedPause.selector);
        gateway.pause();
    }

    function test_resuming_should_take_the_timelocks_delay() public {
        vm.prank(guardian);
        gateway.pause();
        vm.prank(council);
        timelock.schedule(
            address(gateway), 0, abi.encodeCall(gateway.unpause, ()), bytes32(0), bytes32(0), TIMELOCK_DELAY
        );
        bytes32 id =
            timelock.hashOperation(address(gateway), 0, abi.encodeCall(gateway.unpause, ()), bytes32(0), bytes32(0));
        vm.warp(block.timestamp + TIMELOCK_DELAY - 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                TimelockController.TimelockUnexpectedOperationState.selector,
                id,
                bytes32(1 << uint8(TimelockController.OperationState.Ready))
            )
        );
        timelock.execute(address(gateway), 0, abi.encodeCall(gateway.unpause, ()), bytes32(0), bytes32(0));
        vm.assertTrue(gateway.paused());
        vm.warp(block.timestamp + 1);
        timelock.execute(address(gateway), 0, abi.encodeCall(gateway.unpause, ()), bytes32(0), bytes32(0));
        vm.assertFalse(gateway.paused());
        _deposit(NATIVE, 1 ether);
    }

    function test_the_timelock_should_change_guardians() public {
        bytes32 role = gateway.GUARDIAN_ROLE();
        _govern(address(gateway), abi.encodeCall(gateway.grantRole, (role, carol)));
        _govern(address(gateway), abi.encodeCall(gateway.revokeRole, (role, guardian)));
        vm.assertFalse(gateway.hasRole(role, guardian));
        vm.prank(carol);
        gateway.pause();
    }

    // ── Assets ───────────────────────────────────────────────────────────────────────────────────────────────────────

    function test_listAsset_should_open_a_new_asset() public {
        Stablecoin other = new Stablecoin();
        AssetConfig memory config = AssetConfig(address(other), AssetKind.Locked, _limits(1000e6, 1e6));
        _govern(address(gateway), abi.encodeCall(gateway.listAsset, (config)));
        other.mint(alice, 5e6);
        vm.prank(alice);
        other.approve(address(gateway), 5e6);
        _deposit(address(other), 5e6);
        _withdraw(address(other), bob, 2e6);
        vm.assertEq(other.balanceOf(bob), 2e6);
    }

    function test_listing_should_release_what_was_held_for_want_of_it() public {
        ForeignToken token = new ForeignToken(address(gateway));
        _withdraw(address(token), bob, 5);
        vm.prank(address(timelock));
        gateway.listAsset(AssetConfig(address(token), AssetKind.Minted, _limits(1000, 1)));
        gateway.releaseHeld(1, 0, _batch(address(token), bob, 5).transfers[0]);
        vm.assertEq(token.balanceOf(bob), 5);
    }

    function test_listAsset_should_fail_when_it_is_listed() public {
        vm.startPrank(address(timelock));
        vm.expectRevert(abi.encodeWithSelector(IGpuGateway.AlreadyListed.selector, address(usdc)));
        gateway.listAsset(AssetConfig(address(usdc), AssetKind.Locked, _limits(1, 1)));
    }

    function test_listAsset_should_fail_when_the_token_cannot_be_that() public {
        ForeignToken foreign = new ForeignToken(address(this));
        AssetConfig[4] memory wrong = [
            AssetConfig(address(0xdead), AssetKind.Locked, _limits(1, 1)),
            AssetConfig(address(new Stablecoin()), AssetKind.Native, _limits(1, 1)),
            AssetConfig(address(foreign), AssetKind.Minted, _limits(1, 1)),
            AssetConfig(address(foreign), AssetKind.Unlisted, _limits(1, 1))
        ];
        vm.startPrank(address(timelock));
        for (uint256 i = 0; i < wrong.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IGpuGateway.InvalidAsset.selector, wrong[i].token));
            gateway.listAsset(wrong[i]);
        }
    }

    function test_setLimits_should_fail_when_the_asset_is_not_listed() public {
        vm.startPrank(address(timelock));
        vm.expectRevert(
            abi.encodeWithSelector(IGpuGateway.WrongAssetKind.selector, address(0xdead), AssetKind.Unlisted)
        );
        gateway.setLimits(address(0xdead), _limits(1, 1));
    }

    // ── Initialisation ───────────────────────────────────────────────────────────────────────────────────────────────

    function test_initialize_should_fail_the_second_time_and_on_the_code_itself() public {
        Members memory members = _members(keys);
        vm.expectRevert(Initializable.InvalidInitialization.selector);
        gateway.initialize(alice, _guardians(), 9, members, uint64(block.timestamp + 1), new AssetConfig[](0));
        GpuGateway code = new GpuGateway();
        vm.expectRevert(Initializable.InvalidInitialization.selector);
        code.initialize(alice, _guardians(), 9, members, uint64(block.timestamp + 1), new AssetConfig[](0));
    }

    function test_initialize_should_fail_without_timelock_number_members_or_time() public {
        Members memory none;
        Members memory some = _members(keys);
        uint64 soon = uint64(block.timestamp + 1);
        _expectRefused(address(0), 1, some, soon, abi.encodeWithSelector(IGpuGateway.ZeroTimelock.selector));
        _expectRefused(alice, 0, some, soon, abi.encodeWithSelector(IGpuGateway.ZeroSetId.selector));
        _expectRefused(alice, 1, none, soon, abi.encodeWithSelector(Quorum.EmptyValidatorSet.selector));
        _expectRefused(
            alice,
            1,
            some,
            uint64(block.timestamp),
            abi.encodeWithSelector(IGpuGateway.ActiveUntilOutOfRange.selector, block.timestamp)
        );
    }

    function _expectRefused(
        address governor,
        uint64 setId,
        Members memory members,
        uint64 activeUntil,
        bytes memory reason
    ) private {
        address code = address(new GpuGateway());
        bytes memory call = abi.encodeCall(
            GpuGateway.initialize, (governor, _guardians(), setId, members, activeUntil, new AssetConfig[](0))
        );
        vm.expectRevert(reason);
        new ERC1967Proxy(code, call);
    }

    // ── Upgrades ─────────────────────────────────────────────────────────────────────────────────────────────────────

    function test_upgrade_should_keep_everything() public {
        _deposit(NATIVE, 10 ether);
        _withdraw(NATIVE, bob, 1 ether);
        bytes32 members = gateway.validatorSet().members;
        _govern(address(gateway), abi.encodeCall(gateway.upgradeToAndCall, (address(new NewGateway()), "")));
        vm.assertEq(NewGateway(address(gateway)).version(), 2);
        vm.assertEq(gateway.validatorSet().members, members);
        vm.assertEq(gateway.outboundNonce(), 1);
        vm.assertEq(gateway.asset(NATIVE).locked, 9 ether);
        _withdraw(NATIVE, bob, 1 ether);
        vm.assertEq(bob.balance, 2 ether);
    }

    function test_upgrade_should_be_the_way_out_when_the_set_has_expired() public {
        _deposit(NATIVE, 10 ether);
        vm.warp(gateway.validatorSet().activeUntil + 1);
        uint256[] memory next = _keys(100, 4);
        bytes memory reset =
            abi.encodeCall(NewGateway.resetValidatorSet, (_members(next), uint64(block.timestamp + 30 days)));
        _govern(address(gateway), abi.encodeCall(gateway.upgradeToAndCall, (address(new NewGateway()), reset)));
        vm.assertEq(gateway.validatorSet().setId, 2);
        keys = next;
        _withdraw(NATIVE, bob, 1 ether);
        vm.assertEq(bob.balance, 1 ether);
    }

    function test_upgrade_should_fail_when_it_loses_the_validator_set() public {
        address code = address(new BadUpgrade());
        vm.startPrank(address(timelock));
        vm.expectRevert(IGpuGateway.ValidatorSetLost.selector);
        gateway.upgradeToAndCall(code, abi.encodeCall(BadUpgrade.forgetMembers, ()));
        vm.expectRevert(IGpuGateway.ValidatorSetLost.selector);
        gateway.upgradeToAndCall(code, abi.encodeCall(BadUpgrade.rewindSet, ()));
        vm.assertTrue(gateway.validatorSet().members != bytes32(0));
    }

    function test_upgrade_should_fail_to_what_could_never_be_upgraded_again() public {
        address code = address(new NoUpgrade());
        vm.startPrank(address(timelock));
        vm.expectRevert(abi.encodeWithSelector(ERC1967Utils.ERC1967InvalidImplementation.selector, code));
        gateway.upgradeToAndCall(code, "");
    }

    function test_upgrade_should_fail_on_the_code_itself() public {
        GpuGateway code = new GpuGateway();
        vm.expectRevert(UUPSUpgradeable.UUPSUnauthorizedCallContext.selector);
        code.upgradeToAndCall(address(code), "");
    }

    function test_storage_should_lie_where_it_is_documented() public view {
        _checkNamespace(
            "gpu-chain.storage.GpuGateway", 0xd1aeebd5aee2fdcac6a8e02cdf381081500d6ca36418cc7cc114a1e55daee600
        );
        _checkNamespace(
            "gpu-chain.storage.GpuToken", 0x2a64a971e8cdff6e3eb6f3210077eca0c202cd478b9cc886839a6efbe0b43400
        );
        // setId and activeUntil in the lower half of the first slot, the members' hash in the second.
        uint256 slot = 0xd1aeebd5aee2fdcac6a8e02cdf381081500d6ca36418cc7cc114a1e55daee600;
        uint256 first = uint256(vm.load(address(gateway), bytes32(slot)));
        vm.assertEq(uint64(first), gateway.validatorSet().setId);
        vm.assertEq(uint64(first >> 64), gateway.validatorSet().activeUntil);
        vm.assertEq(vm.load(address(gateway), bytes32(slot + 1)), gateway.validatorSet().members);
        bytes32 token = vm.load(address(gpu), 0x2a64a971e8cdff6e3eb6f3210077eca0c202cd478b9cc886839a6efbe0b43400);
        vm.assertEq(address(uint160(uint256(token))), address(gateway));
    }

    function _checkNamespace(string memory name, uint256 slot) private pure {
        bytes32 expected = keccak256(abi.encode(uint256(keccak256(bytes(name))) - 1)) & ~bytes32(uint256(0xff));
        vm.assertEq(bytes32(slot), expected);
    }
}
