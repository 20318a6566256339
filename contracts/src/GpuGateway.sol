// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Eip712Domain} from "./Eip712Domain.sol";
import {Asset, AssetConfig, AssetKind, IGpuGateway, Limits} from "./interfaces/IGpuGateway.sol";
import {IGpuMessageReceiver} from "./interfaces/IGpuMessageReceiver.sol";
import {IGpuToken} from "./interfaces/IGpuToken.sol";
import {
    Attestation,
    BridgeTypes,
    Members,
    Message,
    Transfer,
    ValidatorSet,
    WithdrawBatch
} from "./libraries/BridgeTypes.sol";
import {Quorum} from "./libraries/Quorum.sol";
import {TokenBucket} from "./libraries/TokenBucket.sol";
import {AccessControlUpgradeable} from "@openzeppelin/contracts-upgradeable/access/AccessControlUpgradeable.sol";
import {PausableUpgradeable} from "@openzeppelin/contracts-upgradeable/utils/PausableUpgradeable.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuard} from "@openzeppelin/contracts/utils/ReentrancyGuard.sol";

/// The EVM side of gpu-chain's bridge: takes deposits, and pays out what gpu-chain's validators sign.
///
/// Invariants, each broken by a test that would notice:
/// 1. For every locked asset: the gateway's balance is at least `locked + owedTotal`.
/// 2. What gpu-chain has credited and not yet withdrawn is at most `locked`.
/// 3. A minted asset's supply is what was paid out of it less what was deposited, and at most its cap.
/// 4. `outboundNonce` rises by one at a time, by a batch or message that more than two thirds of the current set signed.
/// 5. In no window does more leave than twice the capacity (a full bucket and its refill).
/// 6. While paused no value moves.
///
/// Nothing but signed batches takes value out: neither governance nor a guardian can mint, pay or sweep.
contract GpuGateway is
    IGpuGateway,
    Eip712Domain,
    AccessControlUpgradeable,
    PausableUpgradeable,
    ReentrancyGuard,
    UUPSUpgradeable
{
    using BridgeTypes for Message;
    using BridgeTypes for ValidatorSet;
    using BridgeTypes for WithdrawBatch;
    using SafeERC20 for IERC20;
    using TokenBucket for TokenBucket.Bucket;

    /// Who may pause. Granted and revoked by the timelock, which is the `DEFAULT_ADMIN_ROLE`.
    bytes32 public constant GUARDIAN_ROLE = keccak256("GUARDIAN_ROLE");
    /// Most transfers of a batch: if each recipient uses all it may, it still fits into a block of every chain.
    uint256 public constant MAX_TRANSFERS = 32;
    /// What a recipient or token may use when it is paid. Several times what a smart wallet or USDC needs.
    uint256 public constant TRANSFER_GAS = 150_000;
    /// Longest payload of a message to gpu-chain, where a receipt's proof may have 16 KiB.
    uint256 public constant MAX_PAYLOAD = 4096;
    /// Longest time for which a set may sign: past it, keys that left their validators are worthless.
    uint256 public constant MAX_SET_LIFETIME = 90 days;
    /// Longest window and longest delay.
    uint256 public constant MAX_PERIOD = 30 days;
    /// What a call costs before the callee's share is reckoned: a cold account that gets value and is new.
    uint256 private constant CALL_GAS = 40_000;

    /// @custom:storage-location erc7201:gpu-chain.storage.GpuGateway
    struct GatewayStorage {
        // One slot: every batch reads all but one of them.
        uint64 setId;
        uint64 activeUntil;
        uint64 outboundNonce;
        uint64 inboundNonce;
        bytes32 members;
        mapping(address token => Asset) assets;
        mapping(address token => mapping(address account => uint256)) owed;
        mapping(address token => uint256) owedTotal;
        mapping(bytes32 id => uint64 releaseAt) held;
        mapping(uint64 nonce => bytes32 content) failed;
    }

    // keccak256(abi.encode(uint256(keccak256("gpu-chain.storage.GpuGateway")) - 1)) & ~bytes32(uint256(0xff))
    bytes32 private constant STORAGE_LOCATION = 0xd1aeebd5aee2fdcac6a8e02cdf381081500d6ca36418cc7cc114a1e55daee600;

    /// @custom:oz-upgrades-unsafe-allow constructor
    constructor() {
        _disableInitializers();
    }

    /// @param timelock Governs: upgrades, lists assets, sets limits, appoints guardians, resumes.
    /// @param guardians May pause.
    /// @param setId Number of the first validator set, not zero.
    /// @param members Its members.
    /// @param activeUntil Until when it signs.
    /// @param assets Listed from the start.
    function initialize(
        address timelock,
        address[] calldata guardians,
        uint64 setId,
        Members calldata members,
        uint64 activeUntil,
        AssetConfig[] calldata assets
    ) external initializer {
        if (timelock == address(0)) revert ZeroTimelock();
        __AccessControl_init();
        __Pausable_init();
        _grantRole(DEFAULT_ADMIN_ROLE, timelock);
        for (uint256 i = 0; i < guardians.length; ++i) {
            _grantRole(GUARDIAN_ROLE, guardians[i]);
        }
        if (setId == 0) revert ZeroSetId();
        _install(setId, Quorum.validate(members), activeUntil, bytes32(0));
        for (uint256 i = 0; i < assets.length; ++i) {
            _list(assets[i]);
        }
    }

    // ── Towards gpu-chain ────────────────────────────────────────────────────────────────────────────────────────────

    /// @inheritdoc IGpuGateway
    function deposit(address token, uint256 amount, bytes32 to)
        external
        nonReentrant
        whenNotPaused
        returns (uint64 nonce)
    {
        return _deposit(token, amount, to);
    }

    /// @inheritdoc IGpuGateway
    function depositWithPermit(
        address token,
        uint256 amount,
        bytes32 to,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external nonReentrant whenNotPaused returns (uint64 nonce) {
        // Whoever sees the permit can use it first: then the allowance is there already.
        try IERC20Permit(token).permit(msg.sender, address(this), amount, deadline, v, r, s) {} catch {}
        return _deposit(token, amount, to);
    }

    /// @inheritdoc IGpuGateway
    function depositNative(bytes32 to) external payable nonReentrant whenNotPaused returns (uint64 nonce) {
        _admitDeposit(address(0), msg.value, to).locked += uint112(msg.value);
        return _logDeposit(address(0), msg.value, to);
    }

    /// @inheritdoc IGpuGateway
    function sendMessage(bytes32 to, bytes calldata payload) external whenNotPaused returns (uint64 nonce) {
        if (to == bytes32(0)) revert ZeroRecipient();
        if (payload.length > MAX_PAYLOAD) revert PayloadTooLong(payload.length);
        nonce = ++_storage().inboundNonce;
        emit MessageSent(nonce, msg.sender, to, payload);
    }

    function _deposit(address token, uint256 amount, bytes32 to) private returns (uint64) {
        Asset storage entry = _admitDeposit(token, amount, to);
        AssetKind kind = entry.kind;
        if (kind == AssetKind.Minted) {
            IGpuToken(token).burn(msg.sender, amount);
        } else if (kind == AssetKind.Locked) {
            entry.locked += uint112(amount);
            uint256 before = IERC20(token).balanceOf(address(this));
            IERC20(token).safeTransferFrom(msg.sender, address(this), amount);
            uint256 received = IERC20(token).balanceOf(address(this)) - before;
            if (received != amount) revert AmountMismatch(token, amount, received);
        } else {
            // The native coin comes by `depositNative`.
            revert WrongAssetKind(token, kind);
        }
        return _logDeposit(token, amount, to);
    }

    /// Refuses what the limits do not let pass. `amount` fits 112 bits afterwards.
    function _admitDeposit(address token, uint256 amount, bytes32 to) private returns (Asset storage entry) {
        if (to == bytes32(0)) revert ZeroRecipient();
        entry = _storage().assets[token];
        if (entry.kind == AssetKind.Unlisted) revert WrongAssetKind(token, AssetKind.Unlisted);
        (uint256 least, uint256 most) = (entry.minDeposit, entry.maxDeposit);
        if (amount == 0 || amount < least || amount > most) revert AmountOutOfRange(amount, least, most);
        uint256 window = entry.window;
        if (!entry.deposits.tryConsume(window, amount)) {
            revert LimitExceeded(token, amount, entry.deposits.available(window));
        }
    }

    function _logDeposit(address token, uint256 amount, bytes32 to) private returns (uint64 nonce) {
        nonce = ++_storage().inboundNonce;
        emit Deposit(nonce, token, msg.sender, to, amount);
    }

    // ── From gpu-chain ───────────────────────────────────────────────────────────────────────────────────────────────

    /// @inheritdoc IGpuGateway
    function submitBatch(WithdrawBatch calldata batch, Attestation calldata attestation, bytes32 relayer)
        external
        nonReentrant
        whenNotPaused
    {
        if (block.timestamp > batch.deadline) revert DeadlinePassed(batch.deadline);
        uint256 count = batch.transfers.length;
        if (count == 0) revert EmptyBatch();
        if (count > MAX_TRANSFERS) revert TooManyTransfers(count);
        bytes32 content = batch.hash();
        _take(batch.setId, batch.nonce, content, attestation);
        uint256 unpaid = 0;
        for (uint256 i = 0; i < count; ++i) {
            if (!_settle(batch.nonce, i, batch.transfers[i])) unpaid |= 1 << i;
        }
        emit BatchExecuted(batch.nonce, content, relayer, unpaid);
    }

    /// @inheritdoc IGpuGateway
    function receiveMessage(Message calldata message, Attestation calldata attestation, bytes32 relayer)
        external
        nonReentrant
        whenNotPaused
    {
        if (block.timestamp > message.deadline) revert DeadlinePassed(message.deadline);
        bytes32 content = message.hash();
        _take(message.setId, message.nonce, content, attestation);
        bytes memory call = _encode(message);
        _ensureGas(message.gasLimit);
        bool delivered = _deliver(message.target, message.gasLimit, call);
        if (!delivered) _storage().failed[message.nonce] = content;
        emit MessageReceived(message.nonce, content, relayer, delivered);
    }

    /// @inheritdoc IGpuGateway
    function cancelBatch(WithdrawBatch calldata batch, Attestation calldata attestation, bytes32 relayer)
        external
        nonReentrant
        whenNotPaused
    {
        _cancel(batch.setId, batch.nonce, batch.deadline, batch.hash(), attestation, relayer);
    }

    /// @inheritdoc IGpuGateway
    function cancelMessage(Message calldata message, Attestation calldata attestation, bytes32 relayer)
        external
        nonReentrant
        whenNotPaused
    {
        _cancel(message.setId, message.nonce, message.deadline, message.hash(), attestation, relayer);
    }

    /// @inheritdoc IGpuGateway
    function updateValidatorSet(
        ValidatorSet calldata set,
        Members calldata members,
        Attestation calldata attestation,
        bytes32 relayer
    ) external nonReentrant {
        GatewayStorage storage $ = _storage();
        uint64 current = $.setId;
        if (set.setId != current + 1) revert WrongSet(current + 1, set.setId);
        bytes32 given = Quorum.validate(members);
        if (given != set.members) revert MembersMismatch(set.members, given);
        _verify(set.hash(), attestation);
        _install(set.setId, given, set.activeUntil, relayer);
    }

    /// @inheritdoc IGpuGateway
    function releaseHeld(uint64 nonce, uint256 index, Transfer calldata transfer) external nonReentrant whenNotPaused {
        GatewayStorage storage $ = _storage();
        bytes32 id = _heldId(nonce, index, transfer);
        uint64 releaseAt = $.held[id];
        if (releaseAt == 0) revert NotHeld(id);
        if (block.timestamp < releaseAt) revert HeldUntil(releaseAt);
        if (!_admitWithdrawal($.assets[transfer.token], transfer.amount)) {
            revert LimitExceeded(transfer.token, transfer.amount, availableWithdrawal(transfer.token));
        }
        delete $.held[id];
        emit TransferReleased(nonce, index, transfer.token, transfer.to, transfer.amount);
        _payOrOwe(nonce, index, transfer);
    }

    /// @inheritdoc IGpuGateway
    function claimOwed(address token, address account, address to) external nonReentrant whenNotPaused {
        if (to != account && msg.sender != account) revert NotOwedAccount(account);
        GatewayStorage storage $ = _storage();
        uint256 amount = $.owed[token][account];
        if (amount == 0) revert NothingOwed(token, account);
        $.owed[token][account] = 0;
        $.owedTotal[token] -= amount;
        if (!_pay(token, to, amount)) revert PaymentRefused(token, to);
        emit OwedClaimed(token, account, to, amount);
    }

    /// @inheritdoc IGpuGateway
    function retryMessage(Message calldata message) external nonReentrant whenNotPaused {
        GatewayStorage storage $ = _storage();
        bytes32 content = $.failed[message.nonce];
        if (content == bytes32(0) || content != message.hash()) revert NotFailed(message.nonce);
        delete $.failed[message.nonce];
        if (!_deliver(message.target, gasleft(), _encode(message))) revert MessageRefused(message.nonce);
        emit MessageDelivered(message.nonce);
    }

    /// Refuses what is not the next thing that the current set has signed; afterwards it has happened.
    function _take(uint64 setId, uint64 nonce, bytes32 content, Attestation calldata attestation) private {
        GatewayStorage storage $ = _storage();
        if (setId != $.setId) revert WrongSet($.setId, setId);
        uint64 next = $.outboundNonce + 1;
        if (nonce != next) revert WrongNonce(next, nonce);
        _verify(content, attestation);
        $.outboundNonce = next;
    }

    function _verify(bytes32 content, Attestation calldata attestation) private view {
        GatewayStorage storage $ = _storage();
        if (block.timestamp > $.activeUntil) revert SetExpired($.activeUntil);
        Quorum.verify(attestation, $.members, _digest(content));
    }

    function _cancel(
        uint64 setId,
        uint64 nonce,
        uint64 deadline,
        bytes32 content,
        Attestation calldata attestation,
        bytes32 relayer
    ) private {
        if (block.timestamp <= deadline) revert DeadlineNotReached(deadline);
        _take(setId, nonce, content, attestation);
        emit Cancelled(nonce, content, relayer);
    }

    function _install(uint64 setId, bytes32 members, uint64 activeUntil, bytes32 relayer) private {
        if (activeUntil <= block.timestamp || activeUntil > block.timestamp + MAX_SET_LIFETIME) {
            revert ActiveUntilOutOfRange(activeUntil);
        }
        GatewayStorage storage $ = _storage();
        $.setId = setId;
        $.activeUntil = activeUntil;
        $.members = members;
        emit SetUpdated(setId, members, activeUntil, relayer);
    }

    /// Pays, holds or owes one transfer of a batch; says whether it was paid. Whatever the recipient, the token or the
    /// limits are, the batch goes on.
    function _settle(uint64 nonce, uint256 index, Transfer calldata transfer) private returns (bool) {
        GatewayStorage storage $ = _storage();
        Asset storage entry = $.assets[transfer.token];
        bool delayed = transfer.amount > entry.delayThreshold;
        if (!delayed && _admitWithdrawal(entry, transfer.amount)) {
            return _payOrOwe(nonce, index, transfer);
        }
        uint64 releaseAt = uint64(block.timestamp) + (delayed ? entry.delay : 0);
        $.held[_heldId(nonce, index, transfer)] = releaseAt;
        emit TransferHeld(nonce, index, transfer.token, transfer.to, transfer.amount, releaseAt);
        return false;
    }

    /// Takes `amount` out of the limits and of what is locked, or changes nothing and says no.
    function _admitWithdrawal(Asset storage entry, uint256 amount) private returns (bool) {
        AssetKind kind = entry.kind;
        if (kind == AssetKind.Unlisted || amount > entry.maxWithdrawal) return false;
        if (kind == AssetKind.Minted) return entry.withdrawals.tryConsume(entry.window, amount);
        uint112 locked = entry.locked;
        if (amount > locked || !entry.withdrawals.tryConsume(entry.window, amount)) return false;
        entry.locked = locked - uint112(amount);
        return true;
    }

    function _payOrOwe(uint64 nonce, uint256 index, Transfer calldata transfer) private returns (bool) {
        if (_pay(transfer.token, transfer.to, transfer.amount)) return true;
        GatewayStorage storage $ = _storage();
        $.owed[transfer.token][transfer.to] += transfer.amount;
        $.owedTotal[transfer.token] += transfer.amount;
        emit TransferOwed(nonce, index, transfer.token, transfer.to, transfer.amount);
        return false;
    }

    /// Never reverts for a reason that lies with token or recipient. Reverts for too little gas, so that whoever sends
    /// the transaction cannot make a payment fail by starving it.
    function _pay(address token, address to, uint256 amount) private returns (bool) {
        // Neither could ever take it out again.
        if (to == address(0) || to == address(this)) return false;
        _ensureGas(TRANSFER_GAS);
        AssetKind kind = _storage().assets[token].kind;
        if (kind == AssetKind.Native) return _callNative(to, amount);
        if (kind == AssetKind.Locked) return _callToken(token, abi.encodeCall(IERC20.transfer, (to, amount)));
        return _callToken(token, abi.encodeCall(IGpuToken.mint, (to, amount)));
    }

    function _callNative(address to, uint256 amount) private returns (bool success) {
        uint256 limit = TRANSFER_GAS;
        // No return data is copied, however much there is.
        assembly ("memory-safe") {
            success := call(limit, to, amount, 0, 0, 0, 0)
        }
    }

    /// As OpenZeppelin's `trySafeTransfer`, with a limit on gas: success is `true`, or nothing from a contract.
    function _callToken(address token, bytes memory data) private returns (bool success) {
        uint256 limit = TRANSFER_GAS;
        assembly ("memory-safe") {
            success := call(limit, token, 0, add(data, 0x20), mload(data), 0x00, 0x20)
            switch returndatasize()
            case 0 { success := and(success, gt(extcodesize(token), 0)) }
            default { success := and(success, and(gt(returndatasize(), 0x1f), eq(mload(0x00), 1))) }
        }
    }

    function _encode(Message calldata message) private pure returns (bytes memory) {
        return abi.encodeCall(IGpuMessageReceiver.onGpuMessage, (message.nonce, message.sender, message.payload));
    }

    function _deliver(address target, uint256 limit, bytes memory data) private returns (bool success) {
        bytes32 expected = bytes32(IGpuMessageReceiver.onGpuMessage.selector);
        assembly ("memory-safe") {
            success := call(limit, target, 0, add(data, 0x20), mload(data), 0x00, 0x20)
            success := and(success, and(gt(returndatasize(), 0x1f), eq(mload(0x00), expected)))
        }
    }

    /// A call gets at most 63/64 of the gas that is left, silently less than it was promised.
    function _ensureGas(uint256 wanted) private view {
        uint256 left = gasleft();
        if (left - left / 64 < wanted + CALL_GAS) revert InsufficientGas(wanted);
    }

    // ── Guardians and the timelock ───────────────────────────────────────────────────────────────────────────────────

    /// @inheritdoc IGpuGateway
    function pause() external onlyRole(GUARDIAN_ROLE) {
        _pause();
    }

    /// @inheritdoc IGpuGateway
    function unpause() external onlyRole(DEFAULT_ADMIN_ROLE) {
        _unpause();
    }

    /// @inheritdoc IGpuGateway
    function listAsset(AssetConfig calldata config) external onlyRole(DEFAULT_ADMIN_ROLE) {
        _list(config);
    }

    /// @inheritdoc IGpuGateway
    function setLimits(address token, Limits calldata limits) external onlyRole(DEFAULT_ADMIN_ROLE) {
        AssetKind kind = _storage().assets[token].kind;
        if (kind == AssetKind.Unlisted) revert WrongAssetKind(token, kind);
        _setLimits(token, limits);
    }

    /// An upgrade that loses the validator set is undone: with none, or with one of no power, anyone could withdraw.
    function upgradeToAndCall(address implementation, bytes memory data) public payable override {
        uint64 before = _storage().setId;
        super.upgradeToAndCall(implementation, data);
        GatewayStorage storage $ = _storage();
        if ($.members == bytes32(0) || $.setId < before) revert ValidatorSetLost();
    }

    function _authorizeUpgrade(address) internal view override onlyRole(DEFAULT_ADMIN_ROLE) {}

    function _list(AssetConfig calldata config) private {
        address token = config.token;
        Asset storage entry = _storage().assets[token];
        if (entry.kind != AssetKind.Unlisted) revert AlreadyListed(token);
        AssetKind kind = config.kind;
        if (kind == AssetKind.Native) {
            if (token != address(0)) revert InvalidAsset(token);
        } else {
            if (kind == AssetKind.Unlisted || token.code.length == 0) revert InvalidAsset(token);
            if (kind == AssetKind.Minted && IGpuToken(token).gateway() != address(this)) revert InvalidAsset(token);
        }
        entry.kind = kind;
        // So that there is a window to reckon with before the first limits.
        entry.window = 1;
        emit AssetListed(token, kind);
        _setLimits(token, config.limits);
    }

    function _setLimits(address token, Limits calldata limits) private {
        if (
            limits.window == 0 || limits.window > MAX_PERIOD || limits.delay > MAX_PERIOD
                || limits.maxDeposit > limits.depositCapacity || limits.minDeposit > limits.maxDeposit
                || limits.maxWithdrawal > limits.withdrawalCapacity || limits.delayThreshold > limits.maxWithdrawal
        ) revert InvalidLimits(token);
        Asset storage entry = _storage().assets[token];
        uint256 window = entry.window;
        entry.deposits.resize(window, limits.depositCapacity);
        entry.withdrawals.resize(window, limits.withdrawalCapacity);
        entry.window = limits.window;
        entry.delay = limits.delay;
        entry.minDeposit = limits.minDeposit;
        entry.maxDeposit = limits.maxDeposit;
        entry.maxWithdrawal = limits.maxWithdrawal;
        entry.delayThreshold = limits.delayThreshold;
        emit LimitsSet(token, limits);
    }

    // ── Views ────────────────────────────────────────────────────────────────────────────────────────────────────────

    /// @inheritdoc IGpuGateway
    function validatorSet() external view returns (ValidatorSet memory) {
        GatewayStorage storage $ = _storage();
        return ValidatorSet($.setId, $.members, $.activeUntil);
    }

    /// @inheritdoc IGpuGateway
    function outboundNonce() external view returns (uint64) {
        return _storage().outboundNonce;
    }

    /// @inheritdoc IGpuGateway
    function inboundNonce() external view returns (uint64) {
        return _storage().inboundNonce;
    }

    /// @inheritdoc IGpuGateway
    function asset(address token) external view returns (Asset memory) {
        return _storage().assets[token];
    }

    /// @inheritdoc IGpuGateway
    function availableDeposit(address token) external view returns (uint256) {
        Asset storage entry = _storage().assets[token];
        return entry.kind == AssetKind.Unlisted ? 0 : entry.deposits.available(entry.window);
    }

    /// @inheritdoc IGpuGateway
    function availableWithdrawal(address token) public view returns (uint256) {
        Asset storage entry = _storage().assets[token];
        return entry.kind == AssetKind.Unlisted ? 0 : entry.withdrawals.available(entry.window);
    }

    /// @inheritdoc IGpuGateway
    function owed(address token, address account) external view returns (uint256) {
        return _storage().owed[token][account];
    }

    /// @inheritdoc IGpuGateway
    function owedTotal(address token) external view returns (uint256) {
        return _storage().owedTotal[token];
    }

    /// @inheritdoc IGpuGateway
    function heldUntil(uint64 nonce, uint256 index, Transfer calldata transfer) external view returns (uint64) {
        return _storage().held[_heldId(nonce, index, transfer)];
    }

    /// @inheritdoc IGpuGateway
    function failedMessage(uint64 nonce) external view returns (bytes32) {
        return _storage().failed[nonce];
    }

    /// @inheritdoc IGpuGateway
    function domainSeparator() external view returns (bytes32) {
        return _domainSeparator();
    }

    /// @inheritdoc IGpuGateway
    function batchDigest(WithdrawBatch calldata batch) external view returns (bytes32) {
        return _digest(batch.hash());
    }

    /// @inheritdoc IGpuGateway
    function messageDigest(Message calldata message) external view returns (bytes32) {
        return _digest(message.hash());
    }

    /// @inheritdoc IGpuGateway
    function setDigest(ValidatorSet calldata set) external view returns (bytes32) {
        return _digest(set.hash());
    }

    /// @inheritdoc IGpuGateway
    function membersHash(Members calldata members) external pure returns (bytes32) {
        return Quorum.hash(members);
    }

    function _heldId(uint64 nonce, uint256 index, Transfer calldata transfer) private pure returns (bytes32) {
        return keccak256(abi.encode(nonce, index, transfer.token, transfer.to, transfer.amount));
    }

    function _domainName() internal pure override returns (string memory) {
        return "GpuGateway";
    }

    function _domainVersion() internal pure override returns (string memory) {
        return "1";
    }

    function _storage() private pure returns (GatewayStorage storage $) {
        assembly {
            $.slot := STORAGE_LOCATION
        }
    }
}
