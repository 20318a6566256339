// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// What the gateway asks of a token that it mints.
interface IGpuToken {
    /// The only address that may mint and burn.
    function gateway() external view returns (address);

    /// New tokens for `to`, up to the cap.
    function mint(address to, uint256 amount) external;

    /// Destroys tokens of `from`, out of what it has approved for the gateway.
    function burn(address from, uint256 amount) external;
}
