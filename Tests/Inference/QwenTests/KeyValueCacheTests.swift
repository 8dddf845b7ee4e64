import Tensors
import Testing

@testable import Qwen

@Suite struct KeyValueCacheTests {
    private static let layout = KeyValueLayout(
        layers: 2,
        heads: 1,
        tiles: KeyValueTiles(format: .float32, headDimension: 2)
    )

    /// A sequence and what it must hold: the first element of each position's key.
    private struct Sequence {
        var cache = KeyValueCache(layout)
        var expected: [Float] = []

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

        func forked() -> Sequence { Sequence(cache: cache.forked(), expected: expected) }

        /// The first element of each position's key, and the second of its value, as `CKernels.h` says that they lie.
        func held(layer: Int) -> (keys: [Float], values: [Float]) {
            var (keys, values): ([Float], [Float]) = ([], [])
            let tileFloats = layout.tiles.tileBytes / 4
            cache.withTiles(layer: layer, head: 0) { blocks in
                for position in 0..<cache.count {
                    let block = blocks[position / 256]?.assumingMemoryBound(to: Float.self)
                    let tile = position % 256 / 64 * tileFloats
                    keys.append(block?[tile + position % 64] ?? .nan)
                    values.append(block?[tile + 2 * 64 + position % 64 * 2 + 1] ?? .nan)
                }
            }
            return (keys, values)
        }

        var isAsExpected: Bool {
            (0..<2).allSatisfy { layer in
                let held = held(layer: layer)
                return held.keys == expected && held.values == expected.map { -$0 }
            }
        }
    }

    private static func numbers(_ range: Range<Int>) -> [Float] { range.map { Float($0) } }

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

    @Test(arguments: 0..<20)
    func `whatever sequences do, each keeps its own`(seed: Int) throws {
        var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        var sequences = [Sequence()]
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
