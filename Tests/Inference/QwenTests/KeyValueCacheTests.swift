import Tensors
import Testing

@testable import Qwen

@Suite struct KeyValueCacheTests {
    /// A sequence and what it must hold: the first element of each position's key.
    private struct Sequence {
        var cache: KeyValueCache
        var expected: [Float] = []

        init(_ format: KeyValueFormat = .float32) {
            let tiles = KeyValueTiles(format: format, headDimension: 2)
            cache = KeyValueCache(KeyValueLayout(layers: 2, heads: 1, tiles: tiles))
        }

        mutating func grow(_ numbers: [Float]) throws {
            try cache.reserve(numbers.count)
            let rows = numbers.flatMap { [$0, -$0] }
            for layer in 0..<2 {
                for part in [KeyValuePart.keys, .values] {
                    cache.write(
                        part,
                        rows,
                        stride: 2,
                        positions: cache.count..<cache.count + numbers.count,
                        layer: layer,
                        head: 0,
                        .best
                    )
                }
            }
            cache.advance(numbers.count)
            expected += numbers
        }

        mutating func truncate(to count: Int) {
            cache.truncate(to: count)
            expected.removeSubrange(count...)
        }

        func forked() -> Sequence {
            var fork = self
            fork.cache = cache.forked()
            return fork
        }

        /// The first element of each position's key, and the second of its value, as `CKernels.h` says that they lie.
        func held(layer: Int) -> (keys: [Float], values: [Float]) {
            var (keys, values): ([Float], [Float]) = ([], [])
            let tiles = cache.layout.tiles
            cache.withTiles(layer: layer, head: 0) { blocks in
                for position in 0..<cache.count {
                    guard let block = blocks[position / 256] else { continue }
                    let tile = block + position % 256 / 64 * tiles.tileBytes
                    let place = position % 64
                    switch tiles.format {
                    case .float32:
                        let numbers = tile.assumingMemoryBound(to: Float.self)
                        keys.append(numbers[place])
                        values.append(numbers[2 * 64 + place * 2 + 1])
                    case .bfloat16:
                        let halves = tile.assumingMemoryBound(to: UInt16.self)
                        keys.append(Self.float(halves[place * 2]))
                        let value = (place / 2 * 2 + 1) * 2 + place % 2
                        values.append(Self.float(halves[2 * 64 + value]))
                    }
                }
            }
            return (keys, values)
        }

        private static func float(_ half: UInt16) -> Float {
            Float(bitPattern: UInt32(half) << 16)
        }

        var isAsExpected: Bool {
            (0..<2).allSatisfy { layer in
                let held = held(layer: layer)
                return held.keys == expected && held.values == expected.map { -$0 }
            }
        }
    }

    /// Different numbers, of which bfloat16 rounds none.
    private static func numbers(_ range: Range<Int>) -> [Float] {
        range.map { Float(bitPattern: UInt32(0x100 + $0) << 16) }
    }

    @Test func `a sequence cut off grows again where it was`() throws {
        var sequence = Sequence()
        try sequence.grow(Self.numbers(0..<300))
        let blocks = sequence.cache.blocks
        sequence.truncate(to: 280)
        try sequence.grow(Self.numbers(1000..<1030))
        #expect(sequence.isAsExpected)
        sequence.truncate(to: 256)
        try sequence.grow(Self.numbers(2000..<2003))
        sequence.truncate(to: 100)
        try sequence.grow(Self.numbers(3000..<3010))
        #expect(sequence.isAsExpected)
        #expect(sequence.cache.blocks[0] === blocks[0])
    }

    @Test func `a fork keeps what the sequence it came from gives up`() throws {
        var sequence = Sequence()
        try sequence.grow(Self.numbers(0..<300))
        let fork = sequence.forked()
        sequence.truncate(to: 280)
        try sequence.grow(Self.numbers(1000..<1030))
        #expect(fork.isAsExpected && sequence.isAsExpected)
        sequence.truncate(to: 20)
        try sequence.grow(Self.numbers(2000..<2300))
        #expect(fork.isAsExpected && sequence.isAsExpected)
    }

    @Test func `a fork that grows and is cut off copies nothing after the first time`() throws {
        var sequence = Sequence()
        try sequence.grow(Self.numbers(0..<100))
        var fork = sequence.forked()
        try sequence.grow(Self.numbers(500..<505))
        try fork.grow(Self.numbers(1000..<1005))
        let own = fork.cache.blocks[0]
        #expect(own !== sequence.cache.blocks[0])
        for round in 0..<3 {
            fork.truncate(to: 102)
            try fork.grow(Self.numbers(2000 + round..<2004 + round))
            #expect(fork.cache.blocks[0] === own)
        }
        #expect(fork.isAsExpected && sequence.isAsExpected)
    }

    @Test func `positions that were reserved and not counted are written again`() throws {
        var sequence = Sequence()
        try sequence.grow(Self.numbers(0..<250))
        try sequence.cache.reserve(20)
        let block = sequence.cache.blocks[0]
        try sequence.grow(Self.numbers(300..<304))
        #expect(sequence.cache.blocks[0] === block && sequence.cache.blocks.count == 1)
        #expect(sequence.isAsExpected)
    }

    @Test(arguments: [KeyValueFormat.float32, .bfloat16], [1, 2, 63, 64, 65, 255, 256, 257])
    func `a fork of any position and the sequence it came from go their own ways`(
        format: KeyValueFormat,
        count: Int
    ) throws {
        var sequence = Sequence(format)
        try sequence.grow(Self.numbers(0..<count))
        // Two positions share a word in bfloat16: the one that both hold, and each one's next.
        var fork = sequence.forked()
        try sequence.grow(Self.numbers(1000..<1003))
        try fork.grow(Self.numbers(2000..<2003))
        #expect(sequence.isAsExpected && fork.isAsExpected)
        sequence.truncate(to: count + 1)
        try sequence.grow(Self.numbers(3000..<3005))
        #expect(sequence.isAsExpected && fork.isAsExpected)
    }

    @Test(arguments: [KeyValueFormat.float32, .bfloat16], 0..<20)
    func `whatever sequences do, each keeps its own`(format: KeyValueFormat, seed: Int) throws {
        var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        var sequences = [Sequence(format)]
        var next = 0
        for _ in 0..<60 {
            let index = random(sequences.count)
            switch random(4) {
            case 0 where sequences.count < 5:
                sequences.append(sequences[index].forked())
            case 1:
                let count = sequences[index].cache.count
                sequences[index].truncate(to: count - min(count, random(random(2) == 0 ? 6 : 300)))
            default:
                let count = 1 + random(random(2) == 0 ? 6 : 300)
                try sequences[index].grow(Self.numbers(next..<next + count))
                next += count
            }
        }
        #expect(sequences.allSatisfy { $0.isAsExpected })
    }
}
