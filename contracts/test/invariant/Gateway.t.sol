// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {GpuGateway} from "../../src/GpuGateway.sol";
import {GpuToken} from "../../src/GpuToken.sol";
import {AssetKind} from "../../src/interfaces/IGpuGateway.sol";
import {Attestation, Message, Transfer, WithdrawBatch} from "../../src/libraries/BridgeTypes.sol";
import {BridgeTest} from "../base/BridgeTest.sol";
import {vm} from "../base/Vm.sol";
import {Inbox, Refuser} from "../mocks/Receivers.sol";
import {Stablecoin} from "../mocks/Tokens.sol";

/// What the two sides do, in any order: users, an honest chain, relayers, a guardian, governance, and attackers.
/// It keeps gpu-chain's books, which the gateway cannot see.
contract Journeys is BridgeTest {
    struct Held {
        uint64 nonce;
        uint256 index;
        Transfer transfer;
    }

    /// Bridged assets in circulation on gpu-chain.
    mapping(address token => uint256) public credited;
    /// Signed here, and neither paid nor owed yet.
    mapping(address token => uint256) public waiting;
    /// Paid to recipients here.
    mapping(address token => uint256) public paid;
    /// Deposited here.
    mapping(address token => uint256) public deposited;
    /// GPU locked on gpu-chain for what is, or is to be, minted here.
    uint256 public lockedThere;
    uint64 public expectedNonce;
    uint64 public expectedInbound;
    uint64 public expectedSet = 1;
    uint256 public refusals;

    address[] public recipients;
    Held[] private held;
    WithdrawBatch private last;
    Refuser private refuser;
    Inbox private inbox;
    uint256 private nextKey = 100;

    function set() external {
        _deploy(4);
        refuser = new Refuser();
        inbox = new Inbox(gateway);
        recipients = [bob, carol, address(refuser), address(0xB1AC), alice];
        usdc.blacklist(address(0xB1AC), true);
        vm.prank(alice);
        gpu.approve(address(gateway), type(uint256).max);
    }

    function parts() external view returns (GpuGateway, GpuToken, Stablecoin) {
        return (gateway, gpu, usdc);
    }

    function recipientsCount() external view returns (uint256) {
        return recipients.length;
    }

    // ── Users ────────────────────────────────────────────────────────────────────────────────────────────────────────

    function deposit(uint256 which, uint256 amount) external {
        address token = _token(which);
        uint256 most = _min(gateway.availableDeposit(token), gateway.asset(token).maxDeposit);
        most = _min(most, _balance(token, alice));
        uint256 least = gateway.asset(token).minDeposit;
        if (most < least) return;
        amount = _bound(amount, least, most);
        if (gateway.paused()) {
            vm.prank(alice);
            return _mustRefuse(_depositCall(token, amount), token == NATIVE ? amount : 0);
        }
        _deposit(token, amount);
        ++expectedInbound;
        deposited[token] += amount;
        if (token == address(gpu)) lockedThere -= amount;
        else credited[token] += amount;
    }

    function sendMessage(uint256 length) external {
        if (gateway.paused()) return;
        gateway.sendMessage(ALICE_THERE, new bytes(length % 200));
        ++expectedInbound;
    }

    function transferGpu(uint256 amount) external {
        uint256 balance = gpu.balanceOf(bob);
        if (balance == 0) return;
        vm.prank(bob);
        gpu.transfer(alice, _bound(amount, 1, balance));
    }

    function claimOwed(uint256 which, uint256 who, bool willing) external {
        address token = _token(which);
        address account = recipients[who % recipients.length];
        uint256 amount = gateway.owed(token, account);
        refuser.accept(willing);
        if (account == address(0xB1AC) && willing) usdc.blacklist(account, false);
        bool refused = gateway.paused() || amount == 0 || _refuses(token, account);
        bytes memory call = abi.encodeCall(gateway.claimOwed, (token, account, account));
        if (refused) {
            _mustRefuse(call, 0);
        } else {
            gateway.claimOwed(token, account, account);
            paid[token] += amount;
        }
        refuser.accept(false);
        usdc.blacklist(address(0xB1AC), true);
    }

    function releaseHeld(uint256 which) external {
        if (held.length == 0) return;
        which %= held.length;
        Held memory one = held[which];
        address token = one.transfer.token;
        bool refused = gateway.paused() || block.timestamp < gateway.heldUntil(one.nonce, one.index, one.transfer)
            || one.transfer.amount > gateway.availableWithdrawal(token)
            || one.transfer.amount > gateway.asset(token).maxWithdrawal;
        if (refused) {
            return _mustRefuse(abi.encodeCall(gateway.releaseHeld, (one.nonce, one.index, one.transfer)), 0);
        }
        gateway.releaseHeld(one.nonce, one.index, one.transfer);
        _settled(one.transfer);
        held[which] = held[held.length - 1];
        held.pop();
    }

    // ── gpu-chain and its relayers ───────────────────────────────────────────────────────────────────────────────────

    function submitBatch(uint256 seed, uint8 count, bool late) external {
        if (gateway.paused()) return;
        WithdrawBatch memory batch = _emptyBatch(1 + count % 5);
        for (uint256 i = 0; i < batch.transfers.length; ++i) {
            batch.transfers[i] = _transfer(uint256(keccak256(abi.encode(seed, i))));
        }
        Attestation memory attestation = _attest(gateway.batchDigest(batch));
        last.setId = batch.setId;
        last.nonce = batch.nonce;
        last.deadline = batch.deadline;
        delete last.transfers;
        for (uint256 i = 0; i < batch.transfers.length; ++i) {
            last.transfers.push(batch.transfers[i]);
        }
        ++expectedNonce;
        if (late) {
            vm.warp(batch.deadline + 1);
            if (block.timestamp > gateway.validatorSet().activeUntil) {
                // Too late even to cancel; a rotation comes first.
                --expectedNonce;
            } else {
                _mustRefuse(abi.encodeCall(gateway.submitBatch, (batch, attestation, RELAYER)), 0);
                gateway.cancelBatch(batch, attestation, RELAYER);
            }
            for (uint256 i = 0; i < batch.transfers.length; ++i) {
                _refund(batch.transfers[i]);
            }
            return;
        }
        gateway.submitBatch(batch, attestation, RELAYER);
        for (uint256 i = 0; i < batch.transfers.length; ++i) {
            Transfer memory one = batch.transfers[i];
            if (gateway.heldUntil(batch.nonce, i, one) == 0) _settled(one);
            else held.push(Held(batch.nonce, i, one));
        }
    }

    function receiveMessage(bool refuse) external {
        if (gateway.paused()) return;
        inbox.refuse(refuse);
        Message memory message = _message(address(inbox), "x");
        _receive(message);
        ++expectedNonce;
        inbox.refuse(false);
        if (refuse) gateway.retryMessage(message);
    }

    function rotate(uint8 count) external {
        _rotate(_keys(nextKey, 1 + count % 9));
        nextKey += 9;
        ++expectedSet;
    }

    // ── Time, guardians, governance ──────────────────────────────────────────────────────────────────────────────────

    function wait(uint24 seconds_) external {
        vm.warp(block.timestamp + seconds_ % 1 days);
        // A set is replaced in time.
        if (block.timestamp + 3 days > gateway.validatorSet().activeUntil) {
            _rotate(_keys(nextKey, 4));
            nextKey += 9;
            ++expectedSet;
        }
    }

    function pause(uint8 chance) external {
        if (gateway.paused()) {
            vm.prank(address(timelock));
            gateway.unpause();
        } else if (chance % 4 == 0) {
            vm.prank(guardian);
            gateway.pause();
        }
    }

    function setLimits(uint256 which, uint112 capacity) external {
        address token = _token(which);
        uint112 least = gateway.asset(token).minDeposit;
        // Up to four million, and never below what a deposit needs.
        capacity = uint112(_bound(capacity, uint256(least) * 4, uint256(least) * 4_000_000));
        _setLimits(token, _limits(capacity, least));
    }

    // ── Attackers ────────────────────────────────────────────────────────────────────────────────────────────────────

    function replay() external {
        if (last.nonce == 0) return;
        WithdrawBatch memory batch = last;
        _mustRefuse(abi.encodeCall(gateway.submitBatch, (batch, _attest(gateway.batchDigest(batch)), RELAYER)), 0);
        batch.setId = expectedSet;
        batch.deadline = type(uint64).max;
        _mustRefuse(abi.encodeCall(gateway.submitBatch, (batch, _attest(gateway.batchDigest(batch)), RELAYER)), 0);
    }

    function forge(uint256 which, uint256 signers) external {
        WithdrawBatch memory batch = _batch(_token(which), alice, 1 ether);
        // At most two thirds, whoever they are.
        uint256 most = keys.length * 2 / 3;
        uint256 kept = 0;
        for (uint256 i = 0; i < keys.length; ++i) {
            if ((signers >> i) & 1 == 1 && kept < most) ++kept;
            else signers &= ~(1 << i);
        }
        signers &= (1 << keys.length) - 1;
        _mustRefuse(
            abi.encodeCall(gateway.submitBatch, (batch, _attestBy(signers, gateway.batchDigest(batch)), RELAYER)), 0
        );
    }

    function skip(uint256 which, uint64 nonce) external {
        WithdrawBatch memory batch = _batch(_token(which), alice, 1 ether);
        if (nonce == batch.nonce) return;
        batch.nonce = nonce;
        _mustRefuse(abi.encodeCall(gateway.submitBatch, (batch, _attest(gateway.batchDigest(batch)), RELAYER)), 0);
    }

    function mint(address caller, uint256 amount) external {
        if (caller == address(gateway)) return;
        vm.prank(caller);
        (bool success,) = address(gpu).call(abi.encodeCall(gpu.mint, (caller, amount)));
        vm.assertFalse(success);
        ++refusals;
    }

    // ── Books ────────────────────────────────────────────────────────────────────────────────────────────────────────

    /// A transfer that gpu-chain lets out: it has burnt or locked the amount.
    function _transfer(uint256 seed) private returns (Transfer memory one) {
        one.token = _token(seed);
        one.to = recipients[(seed >> 8) % recipients.length];
        if (one.token == address(gpu)) {
            one.amount = (seed >> 16) % 400_000 ether;
            lockedThere += one.amount;
        } else {
            uint256 most = credited[one.token];
            one.amount = most == 0 ? 0 : (seed >> 16) % most;
            credited[one.token] -= one.amount;
        }
        waiting[one.token] += one.amount;
    }

    function _refund(Transfer memory one) private {
        waiting[one.token] -= one.amount;
        if (one.token == address(gpu)) lockedThere -= one.amount;
        else credited[one.token] += one.amount;
    }

    /// Paid, or owed.
    function _settled(Transfer memory one) private {
        waiting[one.token] -= one.amount;
        if (!_refuses(one.token, one.to)) paid[one.token] += one.amount;
    }

    function _refuses(address token, address account) private view returns (bool) {
        if (token == NATIVE) return account == address(refuser) && !refuser.willing();
        return token == address(usdc) && usdc.blacklisted(account);
    }

    function _token(uint256 which) private view returns (address) {
        which %= 3;
        return which == 0 ? NATIVE : which == 1 ? address(usdc) : address(gpu);
    }

    function _depositCall(address token, uint256 amount) private view returns (bytes memory) {
        if (token == NATIVE) return abi.encodeCall(gateway.depositNative, (ALICE_THERE));
        return abi.encodeCall(gateway.deposit, (token, amount, ALICE_THERE));
    }

    function _mustRefuse(bytes memory call, uint256 value) private {
        (bool success,) = address(gateway).call{value: value}(call);
        vm.assertFalse(success);
        ++refusals;
    }

    function _min(uint256 a, uint256 b) private pure returns (uint256) {
        return a < b ? a : b;
    }

    receive() external payable {}
}

/// The gateway's invariants, as its documentation numbers them, after any journeys.
contract GatewayInvariants {
    // forge-lint: disable-next-line(screaming-snake-case-const)
    bool public constant IS_TEST = true;

    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    Journeys private journeys;
    GpuGateway private gateway;
    GpuToken private gpu;
    Stablecoin private usdc;
    address[] private targets;

    function setUp() public {
        journeys = new Journeys();
        vm.deal(address(journeys), 1_000_000 ether);
        journeys.set();
        (gateway, gpu, usdc) = journeys.parts();
        targets = [address(journeys)];
    }

    function targetContracts() public view returns (address[] memory) {
        return targets;
    }

    function targetSelectors() public view returns (FuzzSelector[] memory selectors) {
        selectors = new FuzzSelector[](1);
        selectors[0].addr = address(journeys);
        bytes4[] memory calls = new bytes4[](18);
        calls[0] = journeys.deposit.selector;
        calls[1] = journeys.deposit.selector;
        calls[2] = journeys.submitBatch.selector;
        calls[3] = journeys.submitBatch.selector;
        calls[4] = journeys.submitBatch.selector;
        calls[5] = journeys.sendMessage.selector;
        calls[6] = journeys.transferGpu.selector;
        calls[7] = journeys.claimOwed.selector;
        calls[8] = journeys.releaseHeld.selector;
        calls[9] = journeys.receiveMessage.selector;
        calls[10] = journeys.rotate.selector;
        calls[11] = journeys.wait.selector;
        calls[12] = journeys.pause.selector;
        calls[13] = journeys.setLimits.selector;
        calls[14] = journeys.replay.selector;
        calls[15] = journeys.forge.selector;
        calls[16] = journeys.skip.selector;
        calls[17] = journeys.mint.selector;
        selectors[0].selectors = calls;
    }

    /// Of 18 and of 6 decimals, in both directions, to the last unit.
    function test_books_of_both_sides_agree_after_a_thousand_random_transfers() public {
        uint256 transfers = 0;
        for (uint256 i = 0; transfers < 1000; ++i) {
            uint256 seed = uint256(keccak256(abi.encode("transfer", i)));
            if (seed % 3 == 0) {
                uint8 count = uint8(seed >> 8);
                journeys.submitBatch(seed >> 16, count, seed % 29 == 0);
                transfers += 1 + count % 5;
            } else {
                journeys.deposit(seed >> 8, (seed >> 16) % 50_000_000_000);
                ++transfers;
            }
            if (seed % 5 == 0) journeys.releaseHeld(seed >> 32);
            if (seed % 7 == 0) journeys.claimOwed(seed >> 40, seed >> 48, true);
            journeys.wait(uint24(seed >> 56) % 1 hours);
        }
        invariant_books_of_both_sides_agree();
    }

    /// All in one, since forge would walk the same journeys again for each.
    function invariant_books_of_both_sides_agree() public view {
        _everythingPromisedIsHeld();
        _mintedIsAtMostLocked();
        _noncesFollowEachOther();
        _owedAddsUp();
        _bucketsHoldNoMoreThanTheirCapacity();
    }

    /// 1, 2: what was credited on gpu-chain, waits, or is owed, is here to the last unit.
    function _everythingPromisedIsHeld() private view {
        address[2] memory tokens = [address(0), address(usdc)];
        for (uint256 i = 0; i < 2; ++i) {
            address token = tokens[i];
            uint256 here = i == 0 ? address(gateway).balance : usdc.balanceOf(address(gateway));
            uint256 locked = gateway.asset(token).locked;
            vm.assertEq(here, locked + gateway.owedTotal(token), "balance = locked + owed");
            vm.assertEq(locked, journeys.credited(token) + journeys.waiting(token), "locked = credited + waiting");
            vm.assertEq(here, journeys.deposited(token) - journeys.paid(token), "balance = deposited - paid");
        }
    }

    /// 3: every GPU token here is locked there, those still to come too.
    function _mintedIsAtMostLocked() private view {
        address token = address(gpu);
        uint256 minted = gpu.totalSupply();
        vm.assertLe(minted, journeys.lockedThere(), "minted <= locked");
        vm.assertEq(
            minted + gateway.owedTotal(token) + journeys.waiting(token),
            journeys.lockedThere(),
            "minted + owed + waiting = locked"
        );
        vm.assertEq(minted, journeys.paid(token) - journeys.deposited(token), "minted = paid - deposited");
        vm.assertLe(minted, gpu.cap(), "minted <= cap");
    }

    /// 4: each nonce once, in order, whatever attackers tried.
    function _noncesFollowEachOther() private view {
        vm.assertEq(gateway.outboundNonce(), journeys.expectedNonce());
        vm.assertEq(gateway.inboundNonce(), journeys.expectedInbound());
        vm.assertEq(gateway.validatorSet().setId, journeys.expectedSet());
        vm.assertTrue(gateway.validatorSet().members != bytes32(0));
    }

    function _owedAddsUp() private view {
        address[3] memory tokens = [address(0), address(usdc), address(gpu)];
        for (uint256 i = 0; i < 3; ++i) {
            uint256 sum = 0;
            for (uint256 j = 0; j < journeys.recipientsCount(); ++j) {
                sum += gateway.owed(tokens[i], journeys.recipients(j));
            }
            vm.assertEq(sum, gateway.owedTotal(tokens[i]));
        }
    }

    /// The available never exceeds the capacity.
    function _bucketsHoldNoMoreThanTheirCapacity() private view {
        address[3] memory tokens = [address(0), address(usdc), address(gpu)];
        for (uint256 i = 0; i < 3; ++i) {
            vm.assertLe(gateway.availableDeposit(tokens[i]), gateway.asset(tokens[i]).deposits.capacity);
            vm.assertLe(gateway.availableWithdrawal(tokens[i]), gateway.asset(tokens[i]).withdrawals.capacity);
        }
    }
}
