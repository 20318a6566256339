// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {GpuGateway} from "../../src/GpuGateway.sol";
import {Members} from "../../src/libraries/BridgeTypes.sol";
import {Quorum} from "../../src/libraries/Quorum.sol";
import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";

/// First two slots of the gateway's storage.
struct Start {
    uint64 setId;
    uint64 activeUntil;
    uint64 outboundNonce;
    uint64 inboundNonce;
    bytes32 members;
}

function start() pure returns (Start storage $) {
    assembly {
        $.slot := 0xd1aeebd5aee2fdcac6a8e02cdf381081500d6ca36418cc7cc114a1e55daee600
    }
}

/// A next version, and how governance gets out when a set has expired unreplaced.
contract NewGateway is GpuGateway {
    function version() external pure returns (uint256) {
        return 2;
    }

    function resetValidatorSet(Members calldata members, uint64 activeUntil) external reinitializer(2) {
        Start storage $ = start();
        $.members = Quorum.validate(members);
        $.activeUntil = activeUntil;
        ++$.setId;
    }
}

/// Upgrades by which the gateway would lose its validator set.
contract BadUpgrade is GpuGateway {
    function forgetMembers() external {
        start().members = bytes32(0);
    }

    function rewindSet() external {
        start().setId = 0;
    }
}

/// Not upgradeable.
contract NoUpgrade {}
