/// Draws documents with replacement, always in the same way: how often each value counts in a draw.
struct Resampling {
    /// The numbers behind the draws.
    var generator = SplitMix(state: 1)
    private let places: [[Int]]
    private let count: Int

    /// Groups values by their documents.
    init(_ values: [CalibrationValue]) {
        var groups: [Int: [Int]] = [:]
        for (index, value) in values.enumerated() {
            groups[value.document, default: []].append(index)
        }
        places = groups.sorted { $0.key < $1.key }.map(\.value)
        count = values.count
    }

    /// As many documents as there are, each drawn from all.
    mutating func next() -> [Int] {
        var weights = [Int](repeating: 0, count: count)
        for _ in places {
            for place in places[generator.next(below: places.count)] { weights[place] += 1 }
        }
        return weights
    }
}

/// Numbers that look random and are always the same.
///
/// SplitMix64: G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators" (2014).
struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to a bound, the bound left out; so many documents fit that the bias of a remainder is nothing.
    mutating func next(below bound: Int) -> Int { Int(next() % UInt64(bound)) }

    /// A number from 0 to 1.
    mutating func nextShare() -> Double { Double(next() >> 11) / 9_007_199_254_740_992 }
}
