/// Encodes normalised text piece by piece, remembering short pieces that come again.
struct PieceEncoder {
    /// Bytes of the longest piece that is remembered: with its length it fits two words.
    private static let longestRemembered = 15

    private struct Entry {
        var low: UInt64 = 0
        var high: UInt64 = 0
        var start: Int32 = 0
        var count: Int32 = 0
    }

    private var merger: BytePairMerger
    private let seed = KeyedHash()
    private var entries: [Entry]
    /// The ids of remembered pieces; begun anew when it is full.
    private var remembered: [TokenID] = []
    private let room: Int

    /// Pairs looked at so far.
    var steps: Int { merger.steps }

    /// - Parameters:
    ///   - merges: The merges.
    ///   - byteTokens: The token of each byte, `[256]`.
    ///   - bytes: The length of the text, from which the room for remembering follows.
    init(merges: MergeTable, byteTokens: [TokenID], bytes: Int) {
        merger = BytePairMerger(merges: merges, byteTokens: byteTokens)
        var slots = 64
        while slots < min(bytes / 8, 1 << 14) { slots *= 2 }
        entries = [Entry](repeating: Entry(), count: slots)
        room = slots * 4
    }

    /// Appends the tokens of normalised text.
    mutating func append(_ text: [UInt8], to ids: inout [TokenID]) {
        let preTokenizer = PreTokenizer(text)
        var start = 0
        while start < text.count {
            let end = preTokenizer.end(of: start)
            append(text, start..<end, to: &ids)
            start = end
        }
    }

    private mutating func append(_ text: [UInt8], _ piece: Range<Int>, to ids: inout [TokenID]) {
        guard piece.count > 1, piece.count <= Self.longestRemembered else {
            merger.append(text, piece, to: &ids)
            return
        }
        var low: UInt64 = 0
        var high = UInt64(piece.count) << 56
        for (place, index) in piece.enumerated() {
            if place < 8 {
                low |= UInt64(text[index]) << UInt64(place * 8)
            } else {
                high |= UInt64(text[index]) << UInt64(place * 8 - 64)
            }
        }
        let slot = Int(truncatingIfNeeded: seed.hash(low ^ seed.hash(high))) & (entries.count - 1)
        let entry = entries[slot]
        if entry.low == low, entry.high == high {
            for index in Int(entry.start)..<Int(entry.start + entry.count) {
                ids.append(remembered[index])
            }
            return
        }
        let first = ids.count
        merger.append(text, piece, to: &ids)
        if remembered.count + ids.count - first > room {
            remembered.removeAll(keepingCapacity: true)
            entries = [Entry](repeating: Entry(), count: entries.count)
        }
        entries[slot] = Entry(
            low: low,
            high: high,
            start: Int32(remembered.count),
            count: Int32(ids.count - first)
        )
        remembered.append(contentsOf: ids[first...])
    }
}
