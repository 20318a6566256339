// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC5267} from "@openzeppelin/contracts/interfaces/IERC5267.sol";

/// The EIP-712 domain `{name, version, chainId, verifyingContract}` of a contract, from constants: behind a proxy it is
/// right without an initialiser, also after an upgrade or a fork of the chain.
///
/// OpenZeppelin's `EIP712` does the same, but what it imports does not compile for chains before Cancun, of which
/// Ethereum Classic is one.
abstract contract Eip712Domain is IERC5267 {
    bytes32 private constant DOMAIN_TYPEHASH =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");

    function _domainName() internal pure virtual returns (string memory);

    function _domainVersion() internal pure virtual returns (string memory);

    function _domainSeparator() internal view returns (bytes32) {
        return keccak256(
            abi.encode(
                DOMAIN_TYPEHASH,
                keccak256(bytes(_domainName())),
                keccak256(bytes(_domainVersion())),
                block.chainid,
                address(this)
            )
        );
    }

    /// What is signed for a struct.
    function _digest(bytes32 structHash) internal view returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", _domainSeparator(), structHash));
    }

    /// @inheritdoc IERC5267
    function eip712Domain()
        external
        view
        returns (
            bytes1 fields,
            string memory name,
            string memory version,
            uint256 chainId,
            address verifyingContract,
            bytes32 salt,
            uint256[] memory extensions
        )
    {
        return (hex"0f", _domainName(), _domainVersion(), block.chainid, address(this), bytes32(0), new uint256[](0));
    }
}
