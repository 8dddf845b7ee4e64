/// Which neighbours merge, in which order, into what.
struct MergeTable: Sendable {
    /// A merge that the table does not have: later than all.
    static let never = UInt64.max

    /// Pairs of left and right id, `UInt64.max` where none is; a power of two, at most half full.
    private var keys: [UInt64] = []
    /// Rank in the upper half, id of the whole in the lower.
    private var values: [UInt64] = []
    private let seed = KeyedHash()
    private(set) var count = 0

    init(capacity merges: Int) {
        var capacity = 16
        while capacity < merges * 2 { capacity *= 2 }
        keys = [UInt64](repeating: .max, count: capacity)
        values = [UInt64](repeating: Self.never, count: capacity)
    }

    /// Adds the next merge.
    ///
    /// A pair that is named twice has its later rank, as in the reference.
    mutating func add(_ left: TokenID, _ right: TokenID, rank: Int, whole: TokenID) {
        if (count + 1) * 2 > keys.count { grow() }
        let key = Self.key(left, right)
        let slot = slot(of: key)
        if keys[slot] == .max { count += 1 }
        keys[slot] = key
        values[slot] = UInt64(rank) << 32 | UInt64(UInt32(whole))
    }

    /// Rank in the upper half and id of the whole in the lower; ``never`` when the two do not merge.
    @inline(__always)
    func merge(_ left: TokenID, _ right: TokenID) -> UInt64 {
        let key = Self.key(left, right)
        let mask = keys.count - 1
        var slot = Int(truncatingIfNeeded: seed.hash(key)) & mask
        while true {
            let found = keys[slot]
            if found == key { return values[slot] }
            if found == .max { return Self.never }
            slot = (slot + 1) & mask
        }
    }

    @inline(__always)
    private static func key(_ left: TokenID, _ right: TokenID) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }

    private func slot(of key: UInt64) -> Int {
        let mask = keys.count - 1
        var slot = Int(truncatingIfNeeded: seed.hash(key)) & mask
        while keys[slot] != .max, keys[slot] != key { slot = (slot + 1) & mask }
        return slot
    }

    private mutating func grow() {
        let old = (keys, values)
        keys = [UInt64](repeating: .max, count: old.0.count * 2)
        values = [UInt64](repeating: Self.never, count: old.0.count * 2)
        for (key, value) in zip(old.0, old.1) where key != .max {
            let slot = slot(of: key)
            keys[slot] = key
            values[slot] = value
        }
    }
}
