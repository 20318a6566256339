// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {GpuToken} from "../../src/GpuToken.sol";
import {BridgeTest} from "../base/BridgeTest.sol";
import {vm} from "../base/Vm.sol";
import {OwnableUpgradeable} from "@openzeppelin/contracts-upgradeable/access/OwnableUpgradeable.sol";
import {
    ERC20CappedUpgradeable
} from "@openzeppelin/contracts-upgradeable/token/ERC20/extensions/ERC20CappedUpgradeable.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {ERC1967Proxy} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol";
import {Initializable} from "@openzeppelin/contracts/proxy/utils/Initializable.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

contract GpuTokenTest is BridgeTest {
    bytes32 private constant PERMIT_TYPEHASH =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
    uint256 private constant KEY = 0xA11CE5;

    function test_it_should_say_what_it_is() public view {
        vm.assertEq(gpu.name(), "GPU Token");
        vm.assertEq(gpu.symbol(), "GPU");
        vm.assertEq(gpu.decimals(), 18);
        vm.assertEq(gpu.cap(), GPU_CAP);
        vm.assertEq(gpu.totalSupply(), 0);
        vm.assertEq(gpu.gateway(), address(gateway));
        vm.assertEq(gpu.owner(), address(timelock));
    }

    function test_mint_should_fail_for_everybody_but_the_gateway() public {
        address[5] memory others = [alice, guardian, council, address(timelock), address(gpu)];
        for (uint256 i = 0; i < others.length; ++i) {
            vm.prank(others[i]);
            vm.expectRevert(abi.encodeWithSelector(GpuToken.NotGateway.selector, others[i]));
            gpu.mint(others[i], 1);
        }
    }

    function test_burn_should_fail_for_everybody_but_the_gateway() public {
        _withdraw(address(gpu), alice, 10 ether);
        address[3] memory others = [alice, address(timelock), council];
        for (uint256 i = 0; i < others.length; ++i) {
            vm.prank(others[i]);
            vm.expectRevert(abi.encodeWithSelector(GpuToken.NotGateway.selector, others[i]));
            gpu.burn(alice, 1);
        }
    }

    function test_burn_should_fail_without_an_allowance_even_for_the_gateway() public {
        _withdraw(address(gpu), alice, 10 ether);
        vm.prank(address(gateway));
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(gateway), 0, 1)
        );
        gpu.burn(alice, 1);
    }

    function test_mint_should_reach_the_cap_and_fail_one_unit_above() public {
        vm.prank(address(gateway));
        gpu.mint(alice, GPU_CAP);
        vm.prank(address(gateway));
        vm.expectRevert(abi.encodeWithSelector(ERC20CappedUpgradeable.ERC20ExceededCap.selector, GPU_CAP + 1, GPU_CAP));
        gpu.mint(alice, 1);
    }

    function test_permit_should_approve_once() public {
        address owner = vm.addr(KEY);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY, _digest(owner, bob, 5 ether, 0, block.timestamp));
        gpu.permit(owner, bob, 5 ether, block.timestamp, v, r, s);
        vm.assertEq(gpu.allowance(owner, bob), 5 ether);
        vm.assertEq(gpu.nonces(owner), 1);
        bytes32 again = _digest(owner, bob, 5 ether, 1, block.timestamp);
        vm.expectRevert(
            abi.encodeWithSelector(GpuToken.ERC2612InvalidSigner.selector, ecrecover(again, v, r, s), owner)
        );
        gpu.permit(owner, bob, 5 ether, block.timestamp, v, r, s);
    }

    function test_permit_should_fail_after_its_deadline() public {
        address owner = vm.addr(KEY);
        uint256 deadline = block.timestamp - 1;
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY, _digest(owner, bob, 5 ether, 0, deadline));
        vm.expectRevert(abi.encodeWithSelector(GpuToken.ERC2612ExpiredSignature.selector, deadline));
        gpu.permit(owner, bob, 5 ether, deadline, v, r, s);
    }

    function test_permit_should_fail_when_s_is_high() public {
        address owner = vm.addr(KEY);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY, _digest(owner, bob, 5 ether, 0, block.timestamp));
        bytes32 high = bytes32(0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141 - uint256(s));
        vm.expectRevert(abi.encodeWithSelector(ECDSA.ECDSAInvalidSignatureS.selector, high));
        gpu.permit(owner, bob, 5 ether, block.timestamp, v == 27 ? 28 : 27, r, high);
    }

    function test_permit_should_fail_when_another_signed() public {
        address owner = vm.addr(KEY);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(0xB0B, _digest(owner, bob, 5 ether, 0, block.timestamp));
        vm.expectRevert(abi.encodeWithSelector(GpuToken.ERC2612InvalidSigner.selector, vm.addr(0xB0B), owner));
        gpu.permit(owner, bob, 5 ether, block.timestamp, v, r, s);
    }

    function test_permit_should_not_count_on_another_chain() public {
        address owner = vm.addr(KEY);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY, _digest(owner, bob, 5 ether, 0, block.timestamp));
        vm.chainId(61);
        bytes32 there = _digest(owner, bob, 5 ether, 0, block.timestamp);
        vm.expectRevert(
            abi.encodeWithSelector(GpuToken.ERC2612InvalidSigner.selector, ecrecover(there, v, r, s), owner)
        );
        gpu.permit(owner, bob, 5 ether, block.timestamp, v, r, s);
    }

    function test_its_domain_should_be_the_one_it_describes() public view {
        (, string memory name, string memory version, uint256 chainId, address token,,) = gpu.eip712Domain();
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256(bytes(name)),
                keccak256(bytes(version)),
                chainId,
                token
            )
        );
        vm.assertEq(gpu.DOMAIN_SEPARATOR(), domain);
        vm.assertEq(name, gpu.name());
    }

    function test_upgrade_should_fail_for_everybody_but_the_timelock() public {
        GpuToken code = new GpuToken();
        address[3] memory others = [alice, council, address(gateway)];
        for (uint256 i = 0; i < others.length; ++i) {
            vm.prank(others[i]);
            vm.expectRevert(abi.encodeWithSelector(OwnableUpgradeable.OwnableUnauthorizedAccount.selector, others[i]));
            gpu.upgradeToAndCall(address(code), "");
        }
        _withdraw(address(gpu), alice, 10 ether);
        _govern(address(gpu), abi.encodeCall(gpu.upgradeToAndCall, (address(code), "")));
        vm.assertEq(gpu.balanceOf(alice), 10 ether);
        vm.assertEq(gpu.gateway(), address(gateway));
    }

    function test_initialize_should_fail_the_second_time_and_on_the_code_itself() public {
        vm.expectRevert(Initializable.InvalidInitialization.selector);
        gpu.initialize(alice, alice, 1);
        GpuToken code = new GpuToken();
        vm.expectRevert(Initializable.InvalidInitialization.selector);
        code.initialize(alice, alice, 1);
    }

    function test_initialize_should_fail_without_gateway_owner_or_cap() public {
        address code = address(new GpuToken());
        vm.expectRevert(GpuToken.ZeroGateway.selector);
        new ERC1967Proxy(code, abi.encodeCall(GpuToken.initialize, (address(0), alice, 1)));
        vm.expectRevert(abi.encodeWithSelector(OwnableUpgradeable.OwnableInvalidOwner.selector, address(0)));
        new ERC1967Proxy(code, abi.encodeCall(GpuToken.initialize, (alice, address(0), 1)));
        vm.expectRevert(abi.encodeWithSelector(ERC20CappedUpgradeable.ERC20InvalidCap.selector, 0));
        new ERC1967Proxy(code, abi.encodeCall(GpuToken.initialize, (alice, alice, 0)));
    }

    function _digest(address owner, address spender, uint256 value, uint256 nonce, uint256 deadline)
        private
        view
        returns (bytes32)
    {
        bytes32 structHash = keccak256(abi.encode(PERMIT_TYPEHASH, owner, spender, value, nonce, deadline));
        return keccak256(abi.encodePacked(hex"1901", gpu.DOMAIN_SEPARATOR(), structHash));
    }
}
