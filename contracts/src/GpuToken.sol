// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Eip712Domain} from "./Eip712Domain.sol";
import {IGpuToken} from "./interfaces/IGpuToken.sol";
import {OwnableUpgradeable} from "@openzeppelin/contracts-upgradeable/access/OwnableUpgradeable.sol";
import {
    ERC20CappedUpgradeable
} from "@openzeppelin/contracts-upgradeable/token/ERC20/extensions/ERC20CappedUpgradeable.sol";
import {NoncesUpgradeable} from "@openzeppelin/contracts-upgradeable/utils/NoncesUpgradeable.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// The GPU token of gpu-chain, as an ERC-20 with permit (EIP-2612).
///
/// The gateway alone mints, for what is locked on gpu-chain, and burns what goes back; no more than the cap exists at
/// once. The owner, a timelock, can upgrade this contract and nothing else: it cannot mint, burn, freeze or move.
contract GpuToken is
    IGpuToken,
    IERC20Permit,
    Eip712Domain,
    ERC20CappedUpgradeable,
    NoncesUpgradeable,
    OwnableUpgradeable,
    UUPSUpgradeable
{
    bytes32 private constant PERMIT_TYPEHASH =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");

    /// @custom:storage-location erc7201:gpu-chain.storage.GpuToken
    struct GpuTokenStorage {
        address gateway;
    }

    // keccak256(abi.encode(uint256(keccak256("gpu-chain.storage.GpuToken")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant STORAGE_LOCATION = 0x2a64a971e8cdff6e3eb6f3210077eca0c202cd478b9cc886839a6efbe0b43400;

    /// Only the gateway may do this.
    error NotGateway(address caller);
    /// The token would belong to no gateway.
    error ZeroGateway();
    /// The permit's deadline has passed.
    error ERC2612ExpiredSignature(uint256 deadline);
    /// The permit is signed by another than the owner of the tokens, or was used before.
    error ERC2612InvalidSigner(address signer, address owner);

    /// @custom:oz-upgrades-unsafe-allow constructor
    constructor() {
        _disableInitializers();
    }

    /// @param gateway_ The only address that may mint and burn, for ever.
    /// @param timelock The only address that may upgrade.
    /// @param cap_ Most tokens that exist at once.
    function initialize(address gateway_, address timelock, uint256 cap_) external initializer {
        if (gateway_ == address(0)) revert ZeroGateway();
        __ERC20_init(_domainName(), "GPU");
        __ERC20Capped_init(cap_);
        __Ownable_init(timelock);
        _storage().gateway = gateway_;
    }

    modifier onlyGateway() {
        if (msg.sender != gateway()) revert NotGateway(msg.sender);
        _;
    }

    /// @inheritdoc IGpuToken
    function gateway() public view returns (address) {
        return _storage().gateway;
    }

    /// @inheritdoc IGpuToken
    function mint(address to, uint256 amount) external onlyGateway {
        _mint(to, amount);
    }

    /// @inheritdoc IGpuToken
    function burn(address from, uint256 amount) external onlyGateway {
        _spendAllowance(from, msg.sender, amount);
        _burn(from, amount);
    }

    /// @inheritdoc IERC20Permit
    function permit(address owner, address spender, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s)
        external
    {
        if (block.timestamp > deadline) revert ERC2612ExpiredSignature(deadline);
        bytes32 structHash = keccak256(abi.encode(PERMIT_TYPEHASH, owner, spender, value, _useNonce(owner), deadline));
        address signer = ECDSA.recover(_digest(structHash), v, r, s);
        if (signer != owner) revert ERC2612InvalidSigner(signer, owner);
        _approve(owner, spender, value);
    }

    /// @inheritdoc IERC20Permit
    function nonces(address owner) public view override(IERC20Permit, NoncesUpgradeable) returns (uint256) {
        return super.nonces(owner);
    }

    /// @inheritdoc IERC20Permit
    // forge-lint: disable-next-line(mixed-case-function)
    function DOMAIN_SEPARATOR() external view returns (bytes32) {
        return _domainSeparator();
    }

    function _domainName() internal pure override returns (string memory) {
        return "GPU Token";
    }

    function _domainVersion() internal pure override returns (string memory) {
        return "1";
    }

    function _authorizeUpgrade(address) internal view override onlyOwner {}

    function _storage() private pure returns (GpuTokenStorage storage $) {
        assembly {
            $.slot := STORAGE_LOCATION
        }
    }
}
