// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// A limit on how much may pass in a time: `capacity` at once, and as much again in every window, refilled evenly.
/// One storage slot. OpenZeppelin's `RateLimiter` has the same rule in three; a test holds the two together.
library TokenBucket {
    /// @param capacity What may pass at once when nothing has for a whole window. Zero closes it.
    /// @param used What had passed at `updatedAt` and was not refilled yet.
    /// @param updatedAt Unix time; the year 2106 ends it.
    struct Bucket {
        uint112 capacity;
        uint112 used;
        uint32 updatedAt;
    }

    /// What may pass now. `window` is in seconds and not zero.
    function available(Bucket memory bucket, uint256 window) internal view returns (uint256) {
        uint256 used = _used(bucket, window);
        return used < bucket.capacity ? bucket.capacity - used : 0;
    }

    /// Lets `amount` pass, or changes nothing and says no. Refilling rounds down: a touch costs less than one unit, and
    /// nothing at all is no touch.
    function tryConsume(Bucket storage self, uint256 window, uint256 amount) internal returns (bool) {
        if (amount == 0) return true;
        Bucket memory bucket = self;
        uint256 used = _used(bucket, window);
        // Not `used + amount`, which could overflow.
        if (used > bucket.capacity || amount > bucket.capacity - used) return false;
        bucket.used = uint112(used + amount);
        bucket.updatedAt = uint32(block.timestamp);
        _store(self, bucket);
        return true;
    }

    /// A new capacity. What has passed before still counts, refilled until now by the old rule.
    function resize(Bucket storage self, uint256 oldWindow, uint112 capacity) internal {
        Bucket memory bucket = self;
        bucket.used = uint112(_used(bucket, oldWindow));
        bucket.updatedAt = uint32(block.timestamp);
        bucket.capacity = capacity;
        _store(self, bucket);
    }

    function _used(Bucket memory bucket, uint256 window) private view returns (uint256) {
        // At most 2^32 * 2^112: no overflow.
        uint256 refilled = (block.timestamp - bucket.updatedAt) * bucket.capacity / window;
        return refilled < bucket.used ? bucket.used - refilled : 0;
    }

    function _store(Bucket storage self, Bucket memory bucket) private {
        self.capacity = bucket.capacity;
        self.used = bucket.used;
        self.updatedAt = bucket.updatedAt;
    }
}
