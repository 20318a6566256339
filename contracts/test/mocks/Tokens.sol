// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGpuGateway} from "../../src/interfaces/IGpuGateway.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

abstract contract TestToken is ERC20 {
    constructor() ERC20("Test", "TEST") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}

/// Six decimals and a blacklist, as USDC has.
contract Stablecoin is TestToken {
    mapping(address account => bool) public blacklisted;

    error Blacklisted(address account);

    function blacklist(address account, bool yes) external {
        blacklisted[account] = yes;
    }

    function decimals() public pure override returns (uint8) {
        return 6;
    }

    function _update(address from, address to, uint256 amount) internal override {
        if (blacklisted[from]) revert Blacklisted(from);
        if (blacklisted[to]) revert Blacklisted(to);
        super._update(from, to, amount);
    }
}

/// Takes one per cent of every transfer, once told to.
contract FeeToken is TestToken {
    bool public taking = true;

    function take(bool yes) external {
        taking = yes;
    }

    function _update(address from, address to, uint256 amount) internal override {
        if (!taking || from == address(0)) return super._update(from, to, amount);
        super._update(from, to, amount - amount / 100);
        super._update(from, address(0xFEE), amount / 100);
    }
}

/// Calls somebody in the middle of every transfer.
contract HookToken is TestToken {
    address public target;
    bytes public data;
    bool public succeeded;
    bytes public answer;

    function hook(address target_, bytes calldata data_) external {
        (target, data) = (target_, data_);
    }

    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, amount);
        if (target != address(0)) (succeeded, answer) = target.call(data);
    }
}

/// Answers `false` instead of reverting.
contract FalseToken is TestToken {
    bool public refusing;

    function refuse(bool yes) external {
        refusing = yes;
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        return !refusing && super.transfer(to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        return !refusing && super.transferFrom(from, to, amount);
    }
}

/// Answers nothing, as USDT does.
contract SilentToken {
    mapping(address account => uint256) public balanceOf;
    mapping(address owner => mapping(address spender => uint256)) public allowance;

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    function approve(address spender, uint256 amount) external {
        allowance[msg.sender][spender] = amount;
    }

    function transfer(address to, uint256 amount) external {
        balanceOf[msg.sender] -= amount;
        balanceOf[to] += amount;
    }

    function transferFrom(address from, address to, uint256 amount) external {
        allowance[from][msg.sender] -= amount;
        balanceOf[from] -= amount;
        balanceOf[to] += amount;
    }
}

/// Uses all the gas there is, or answers with a megabyte, once told to.
contract GreedyToken is TestToken {
    enum Manner {
        Normal,
        Burn,
        Bomb
    }

    Manner public manner;

    function behave(Manner manner_) external {
        manner = manner_;
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        if (manner == Manner.Burn) {
            while (true) {}
        }
        if (manner == Manner.Bomb) {
            assembly {
                revert(0, 30000)
            }
        }
        return super.transfer(to, amount);
    }
}

/// Says that it belongs to a gateway, which is all that listing can ask.
contract ForeignToken is TestToken {
    address public gateway;

    constructor(address gateway_) {
        gateway = gateway_;
    }
}
