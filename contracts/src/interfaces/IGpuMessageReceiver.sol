// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// A contract that takes messages from gpu-chain.
interface IGpuMessageReceiver {
    /// Only for the gateway to call: check `msg.sender`, and which `sender` you trust.
    /// @param nonce Unique among all batches and messages of this gateway.
    /// @param sender The account on gpu-chain that sent it.
    /// @param payload What it sent.
    /// @return This function's selector; anything else counts as refused, and anyone may try again.
    function onGpuMessage(uint64 nonce, bytes32 sender, bytes calldata payload) external returns (bytes4);
}
