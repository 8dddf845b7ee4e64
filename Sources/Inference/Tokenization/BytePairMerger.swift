/// Merges the bytes of one piece into tokens: always the pair of lowest rank, the leftmost on ties.
///
/// Short pieces are searched directly. Long ones keep their pairs in a heap and their symbols in a
/// linked list: n log n for a piece of n bytes, 28 bytes of memory for each of them.
///
/// Source: Sennrich, Haddow, Birch, "Neural Machine Translation of Rare Words with Subword Units",
/// 2016, over bytes as in GPT-2.
struct BytePairMerger {
    /// Up to here searching all pairs for the lowest is faster than a heap.
    static let shortest = 48
    /// Bytes that are merged together; a longer piece is cut, since places are 32 bits.
    static let longest = 1 << 30

    private let merges: MergeTable
    private let byteTokens: [TokenID]
    private var symbols: [TokenID] = []
    /// For each symbol the merge with its right neighbour.
    private var pairs: [UInt64] = []
    private var left: [Int32] = []
    private var right: [Int32] = []
    private var heap: [UInt64] = []
    /// Pairs looked at since the merger was made: what tests count instead of seconds.
    private(set) var steps = 0

    /// - Parameters:
    ///   - merges: The merges.
    ///   - byteTokens: The token of each byte, `[256]`.
    init(merges: MergeTable, byteTokens: [TokenID]) {
        self.merges = merges
        self.byteTokens = byteTokens
    }

    /// Appends the tokens of one piece.
    mutating func append(_ text: [UInt8], _ piece: Range<Int>, to ids: inout [TokenID]) {
        if piece.count == 1 {
            ids.append(byteTokens[Int(text[piece.lowerBound])])
            return
        }
        var start = piece.lowerBound
        while piece.upperBound - start > Self.longest {
            merge(text, start..<start + Self.longest, into: &ids)
            start += Self.longest
        }
        merge(text, start..<piece.upperBound, into: &ids)
    }

    private mutating func merge(_ text: [UInt8], _ piece: Range<Int>, into ids: inout [TokenID]) {
        symbols.removeAll(keepingCapacity: true)
        pairs.removeAll(keepingCapacity: true)
        for index in piece { symbols.append(byteTokens[Int(text[index])]) }
        for index in 1..<max(1, symbols.count) {
            pairs.append(merges.merge(symbols[index - 1], symbols[index]))
        }
        pairs.append(MergeTable.never)
        steps += symbols.count
        if symbols.count <= Self.shortest { mergeShort() } else { mergeLong() }
        ids.append(contentsOf: symbols)
    }

    private mutating func mergeShort() {
        var count = symbols.count
        while count > 1 {
            var best = MergeTable.never
            var place = 0
            for index in 0..<count - 1 where pairs[index] < best {
                best = pairs[index]
                place = index
            }
            steps += count
            guard best != MergeTable.never else { break }
            symbols[place] = TokenID(truncatingIfNeeded: best)
            count -= 1
            for index in place + 1..<max(place + 1, count) {
                symbols[index] = symbols[index + 1]
                pairs[index] = pairs[index + 1]
            }
            pairs[place] =
                place + 1 < count
                ? merges.merge(symbols[place], symbols[place + 1]) : MergeTable.never
            if place > 0 { pairs[place - 1] = merges.merge(symbols[place - 1], symbols[place]) }
        }
        symbols.removeSubrange(count...)
    }

    private mutating func mergeLong() {
        let count = symbols.count
        left = (0..<Int32(count)).map { $0 - 1 }
        right = (0..<Int32(count)).map { $0 + 1 }
        heap.removeAll(keepingCapacity: true)
        for index in 0..<count where pairs[index] != MergeTable.never {
            heap.append(Self.entry(pairs[index], index))
        }
        for index in stride(from: heap.count / 2 - 1, through: 0, by: -1) { sink(index) }
        while let entry = heap.first {
            let place = Int(UInt32(truncatingIfNeeded: entry))
            // an entry is stale once its pair has become another one, or none
            guard pairs[place] != MergeTable.never, pairs[place] >> 32 == entry >> 32 else {
                removeFirst()
                continue
            }
            let whole = TokenID(truncatingIfNeeded: pairs[place])
            let gone = Int(right[place])
            symbols[place] = whole
            symbols[gone] = -1
            pairs[gone] = MergeTable.never
            let next = Int(right[gone])
            right[place] = Int32(next)
            pairs[place] = MergeTable.never
            if next < count {
                left[next] = Int32(place)
                pairs[place] = merges.merge(whole, symbols[next])
            }
            // the entry's own place is taken by the new pair when there is one
            if pairs[place] != MergeTable.never {
                heap[0] = Self.entry(pairs[place], place)
                sink(0)
            } else {
                removeFirst()
            }
            let before = Int(left[place])
            if before >= 0 {
                pairs[before] = merges.merge(symbols[before], whole)
                if pairs[before] != MergeTable.never { insert(Self.entry(pairs[before], before)) }
            }
        }
        symbols.removeAll { $0 < 0 }
    }

    /// Rank in the upper half, place in the lower: entries compare as the merges are to be done.
    private static func entry(_ merge: UInt64, _ place: Int) -> UInt64 {
        merge & ~0xFFFF_FFFF | UInt64(place)
    }

    private mutating func removeFirst() {
        let last = heap.removeLast()
        guard !heap.isEmpty else { return }
        heap[0] = last
        sink(0)
    }

    private mutating func insert(_ entry: UInt64) {
        var index = heap.count
        heap.append(entry)
        while index > 0 {
            let parent = (index - 1) / 2
            steps += 1
            guard heap[parent] > entry else { break }
            heap[index] = heap[parent]
            index = parent
        }
        heap[index] = entry
    }

    private mutating func sink(_ start: Int) {
        let entry = heap[start]
        var index = start
        while true {
            var child = index * 2 + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
            steps += 1
            guard heap[child] < entry else { break }
            heap[index] = heap[child]
            index = child
        }
        heap[index] = entry
    }
}
