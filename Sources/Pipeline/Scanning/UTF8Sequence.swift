/// How UTF-8 lays out one character in bytes (RFC 3629).
enum UTF8Sequence {
    /// The count of bytes of the well-formed character that begins at `position`.
    ///
    /// - Parameters:
    ///   - bytes: the bytes.
    ///   - position: an index of `bytes`.
    /// - Returns: 1 to 4, or 0 where no well-formed character begins.
    static func length(in bytes: [UInt8], at position: Int) -> Int {
        let lead = bytes[position]
        func isFollowed(by count: Int, first: ClosedRange<UInt8> = 0x80...0xBF) -> Bool {
            guard position + count < bytes.count, first.contains(bytes[position + 1]) else {
                return false
            }
            return (1...count).allSatisfy { bytes[position + $0] & 0xC0 == 0x80 }
        }
        switch lead {
        case 0x00...0x7F: return 1
        case 0xC2...0xDF: return isFollowed(by: 1) ? 2 : 0
        case 0xE0: return isFollowed(by: 2, first: 0xA0...0xBF) ? 3 : 0
        case 0xED: return isFollowed(by: 2, first: 0x80...0x9F) ? 3 : 0
        case 0xE1...0xEF: return isFollowed(by: 2) ? 3 : 0
        case 0xF0: return isFollowed(by: 3, first: 0x90...0xBF) ? 4 : 0
        case 0xF1...0xF3: return isFollowed(by: 3) ? 4 : 0
        case 0xF4: return isFollowed(by: 3, first: 0x80...0x8F) ? 4 : 0
        default: return 0
        }
    }

    /// A run of byte ranges, one for each byte of a character.
    typealias Ranges = [ClosedRange<UInt8>]

    /// The byte ranges that spell exactly the characters from `low` to `high`.
    ///
    /// The span is cut where the count of bytes changes and where a continuation byte does not run
    /// over its whole range, so that the bytes of each part vary independently.
    static func ranges(from low: UInt32, through high: UInt32) -> [Ranges] {
        guard low <= high else { return [] }
        for last: UInt32 in [0x7F, 0x7FF, 0xD7FF, 0xFFFF] where low <= last && last < high {
            return ranges(from: low, through: last) + ranges(from: last + 1, through: high)
        }
        if high <= 0x7F { return [[UInt8(low)...UInt8(high)]] }
        // Surrogates have no UTF-8.
        if low >= 0xD800, low <= 0xDFFF { return ranges(from: 0xE000, through: high) }
        for shift: UInt32 in [6, 12, 18] {
            let mask: UInt32 = (1 << shift) - 1
            guard low & ~mask != high & ~mask else { break }
            if low & mask != 0 {
                return ranges(from: low, through: low | mask)
                    + ranges(from: (low | mask) + 1, through: high)
            }
            if high & mask != mask {
                return ranges(from: low, through: (high & ~mask) - 1)
                    + ranges(from: high & ~mask, through: high)
            }
        }
        return [zip(spelling(of: low), spelling(of: high)).map { $0...$1 }]
    }

    private static func spelling(of value: UInt32) -> [UInt8] {
        Unicode.Scalar(value).map { Array(String(Character($0)).utf8) } ?? []
    }
}
