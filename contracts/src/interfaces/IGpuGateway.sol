// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Attestation, Members, Message, Transfer, ValidatorSet, WithdrawBatch} from "../libraries/BridgeTypes.sol";
import {TokenBucket} from "../libraries/TokenBucket.sol";

/// How the gateway holds an asset.
/// Unlisted: not at all. Native: the chain's own coin, locked. Locked: an ERC-20, locked. Minted: a `GpuToken`, minted
/// and burnt.
enum AssetKind {
    Unlisted,
    Native,
    Locked,
    Minted
}

/// What may pass, in the token's smallest unit and in seconds.
/// @param window In which a capacity refills.
/// @param delay How long a transfer above `delayThreshold` is held.
/// @param depositCapacity What may be deposited at once when nothing was for a window. Zero closes deposits.
/// @param withdrawalCapacity The same for withdrawals.
/// @param minDeposit Least deposit; what gpu-chain could not credit belongs below it.
/// @param maxDeposit Most of one deposit.
/// @param maxWithdrawal Most of one transfer. One above it is held until governance raises this.
/// @param delayThreshold A transfer above it is held for `delay`, so that a guardian can pause first.
struct Limits {
    uint32 window;
    uint32 delay;
    uint112 depositCapacity;
    uint112 withdrawalCapacity;
    uint112 minDeposit;
    uint112 maxDeposit;
    uint112 maxWithdrawal;
    uint112 delayThreshold;
}

/// An asset as it is stored. A withdrawal reads the slots 0, 2 and 4, a deposit 0, 1 and 3.
/// @param locked What the gateway holds for gpu-chain. Zero for a minted asset.
struct Asset {
    AssetKind kind;
    uint32 window;
    uint32 delay;
    uint112 locked;
    TokenBucket.Bucket deposits;
    TokenBucket.Bucket withdrawals;
    uint112 minDeposit;
    uint112 maxDeposit;
    uint112 maxWithdrawal;
    uint112 delayThreshold;
}

/// An asset to list.
struct AssetConfig {
    address token;
    AssetKind kind;
    Limits limits;
}

/// The gateway's events, errors, calls and views. What each is for stands in `docs/bridge-contracts.md`.
interface IGpuGateway {
    /// `amount` of `token` is held or burnt, to be credited to `to` on gpu-chain. The chain's coin is token zero.
    event Deposit(uint64 indexed nonce, address indexed token, address indexed from, bytes32 to, uint256 amount);
    /// `from` tells `to` on gpu-chain something.
    event MessageSent(uint64 indexed nonce, address indexed from, bytes32 indexed to, bytes payload);
    /// The batch is done. Bit i of `unpaid` is set if its transfer i is held or owed instead of paid. `content` is its
    /// EIP-712 struct hash, `relayer` the account on gpu-chain that may ask for the fee.
    event BatchExecuted(uint64 indexed nonce, bytes32 indexed content, bytes32 relayer, uint256 unpaid);
    /// The message was passed on; if not `delivered`, its target refused it and anyone may retry.
    event MessageReceived(uint64 indexed nonce, bytes32 indexed content, bytes32 relayer, bool delivered);
    /// A batch or message was not executed by its deadline and never will be.
    event Cancelled(uint64 indexed nonce, bytes32 indexed content, bytes32 relayer);
    /// From now on this set signs.
    event SetUpdated(uint64 indexed setId, bytes32 indexed members, uint64 activeUntil, bytes32 relayer);
    /// A transfer could not be paid to its recipient, who may claim it.
    event TransferOwed(uint64 indexed nonce, uint256 index, address indexed token, address indexed to, uint256 amount);
    /// A transfer is beyond the limits, or above the delay's threshold: anyone may release it from `releaseAt` on.
    event TransferHeld(
        uint64 indexed nonce, uint256 index, address indexed token, address indexed to, uint256 amount, uint64 releaseAt
    );
    /// A held transfer was paid, or is owed if `TransferOwed` came with it.
    event TransferReleased(
        uint64 indexed nonce, uint256 index, address indexed token, address indexed to, uint256 amount
    );
    /// What was owed to `account` was paid to `to`.
    event OwedClaimed(address indexed token, address indexed account, address to, uint256 amount);
    /// A message that its target had refused was taken at last.
    event MessageDelivered(uint64 indexed nonce);
    /// Governance listed an asset.
    event AssetListed(address indexed token, AssetKind kind);
    /// Governance set an asset's limits.
    event LimitsSet(address indexed token, Limits limits);

    /// Signed by, or made for, another set than the current one.
    error WrongSet(uint64 expected, uint64 given);
    /// The current set's signatures count no more.
    error SetExpired(uint64 activeUntil);
    /// A set would have expired already, or in more than `MAX_SET_LIFETIME`.
    error ActiveUntilOutOfRange(uint64 activeUntil);
    /// A set's number is zero.
    error ZeroSetId();
    /// The members given for a new set are not those that were signed.
    error MembersMismatch(bytes32 signed, bytes32 given);
    /// An upgrade left the gateway without the validator set that it had.
    error ValidatorSetLost();
    /// Not the batch or message that is next: a replay, or too early.
    error WrongNonce(uint64 expected, uint64 given);
    /// Too late to execute; it can be cancelled.
    error DeadlinePassed(uint64 deadline);
    /// Too early to cancel; it can be executed.
    error DeadlineNotReached(uint64 deadline);
    /// A batch without transfers.
    error EmptyBatch();
    /// More transfers than `MAX_TRANSFERS`.
    error TooManyTransfers(uint256 count);
    /// The transaction's gas limit is too low for what a recipient or target may use.
    error InsufficientGas(uint256 wanted);
    /// The asset is not listed, or not of the kind that this call is for.
    error WrongAssetKind(address token, AssetKind kind);
    /// The deposit's amount is outside the asset's limits.
    error AmountOutOfRange(uint256 amount, uint256 least, uint256 most);
    /// More than may pass at this moment; later more may.
    error LimitExceeded(address token, uint256 amount, uint256 available);
    /// The account on gpu-chain is zero.
    error ZeroRecipient();
    /// The token took a fee, or gave something else than it was asked for.
    error AmountMismatch(address token, uint256 expected, uint256 received);
    /// No such transfer is held.
    error NotHeld(bytes32 id);
    /// The transfer is held until then.
    error HeldUntil(uint64 releaseAt);
    /// Nothing is owed.
    error NothingOwed(address token, address account);
    /// Only the account itself may have what it is owed paid to another.
    error NotOwedAccount(address account);
    /// The recipient or the token still refuses.
    error PaymentRefused(address token, address to);
    /// No such message waits for a retry.
    error NotFailed(uint64 nonce);
    /// The target still refuses.
    error MessageRefused(uint64 nonce);
    /// The payload is longer than `MAX_PAYLOAD`.
    error PayloadTooLong(uint256 length);
    /// The asset is listed already.
    error AlreadyListed(address token);
    /// The token cannot be what it is listed as: no contract, not zero for the native coin, or of another gateway.
    error InvalidAsset(address token);
    /// The limits contradict each other.
    error InvalidLimits(address token);
    /// There is nobody to govern.
    error ZeroTimelock();

    // Anyone: towards gpu-chain.

    /// Locks or burns `amount` of an ERC-20 for `to` on gpu-chain. Needs an allowance for the gateway.
    function deposit(address token, uint256 amount, bytes32 to) external returns (uint64 nonce);

    /// `deposit` with an EIP-2612 permit in the place of an allowance.
    function depositWithPermit(
        address token,
        uint256 amount,
        bytes32 to,
        uint256 deadline,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external returns (uint64 nonce);

    /// Locks the value sent for `to` on gpu-chain.
    function depositNative(bytes32 to) external payable returns (uint64 nonce);

    /// Tells `to` on gpu-chain something.
    function sendMessage(bytes32 to, bytes calldata payload) external returns (uint64 nonce);

    // Anyone: from gpu-chain. `relayer` is the account on gpu-chain that is refunded once the event is proven there.

    function submitBatch(WithdrawBatch calldata batch, Attestation calldata attestation, bytes32 relayer) external;

    function receiveMessage(Message calldata message, Attestation calldata attestation, bytes32 relayer) external;

    /// Gives up a batch whose deadline has passed, so that the next one can follow.
    function cancelBatch(WithdrawBatch calldata batch, Attestation calldata attestation, bytes32 relayer) external;

    /// Gives up a message whose deadline has passed.
    function cancelMessage(Message calldata message, Attestation calldata attestation, bytes32 relayer) external;

    /// Installs the next set, signed by the current one. Works while paused: no value moves.
    function updateValidatorSet(
        ValidatorSet calldata set,
        Members calldata members,
        Attestation calldata attestation,
        bytes32 relayer
    ) external;

    /// Pays a held transfer once its time has come and the limits let it pass.
    function releaseHeld(uint64 nonce, uint256 index, Transfer calldata transfer) external;

    /// Pays what is owed to `account`; to another address only if `account` asks.
    function claimOwed(address token, address account, address to) external;

    /// Offers a refused message to its target again, with all the gas there is.
    function retryMessage(Message calldata message) external;

    // Guardians.

    function pause() external;

    // The timelock.

    function unpause() external;

    function listAsset(AssetConfig calldata config) external;

    function setLimits(address token, Limits calldata limits) external;

    // Views.

    function validatorSet() external view returns (ValidatorSet memory);

    /// Nonce of the last batch or message that was executed or cancelled.
    function outboundNonce() external view returns (uint64);

    /// Nonce of the last deposit or message to gpu-chain.
    function inboundNonce() external view returns (uint64);

    function asset(address token) external view returns (Asset memory);

    function availableDeposit(address token) external view returns (uint256);

    function availableWithdrawal(address token) external view returns (uint256);

    function owed(address token, address account) external view returns (uint256);

    /// The sum of `owed` over all accounts.
    function owedTotal(address token) external view returns (uint256);

    /// When a transfer may be released, or zero if it is not held.
    function heldUntil(uint64 nonce, uint256 index, Transfer calldata transfer) external view returns (uint64);

    /// Struct hash of the message with this nonce if its target refused it, or zero.
    function failedMessage(uint64 nonce) external view returns (bytes32);

    function domainSeparator() external view returns (bytes32);

    /// What validators sign.
    function batchDigest(WithdrawBatch calldata batch) external view returns (bytes32);

    function messageDigest(Message calldata message) external view returns (bytes32);

    function setDigest(ValidatorSet calldata set) external view returns (bytes32);

    function membersHash(Members calldata members) external pure returns (bytes32);
}
