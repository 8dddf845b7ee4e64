import CKernels
import Foundation
import Tensors
import Testing

@Suite struct KernelAttentionTests {
    /// One head of noise, its keys and values in one block or in several.
    private struct Head {
        let queries: Int
        let keys: Int
        let width: Int
        let firstVisible: Int
        private(set) var q: [Float]
        private(set) var k: [Float]
        private(set) var v: [Float]
        var blockKeys: Int?

        init(queries: Int, keys: Int, width: Int, firstVisible: Int, seed: UInt64 = 1) {
            self.queries = queries
            self.keys = keys
            self.width = width
            self.firstVisible = firstVisible
            var noise = KernelNoise(seed)
            k = noise.floats(keys * (width + 3), times: 2)
            v = noise.floats(keys * (width + 3))
            q = noise.floats(queries * (width + 1), times: 2)
        }

        /// How many keys a query sees.
        func seen(by query: Int) -> Int {
            firstVisible >= keys ? keys : min(keys, firstVisible + query + 1)
        }

        /// The same with one element of a query, a key or a value put in another's place.
        func with(_ element: Float, in part: Part, at row: Int, _ column: Int) -> Head {
            var other = self
            switch part {
            case .query: other.q[row * (width + 1) + column] = element
            case .key: other.k[row * (width + 3) + column] = element
            case .value: other.v[row * (width + 3) + column] = element
            }
            return other
        }

        enum Part: CaseIterable { case query, key, value }

        /// `[wanted.count, width]`, only some queries and only the first keys handed over.
        func compute(
            _ kernels: Kernels,
            bfloat: Bool,
            queries wanted: Range<Int>? = nil,
            keys given: Int? = nil
        ) -> [Float] {
            let wanted = wanted ?? 0..<queries
            let given = given ?? keys
            let outStride = width + 2
            let memory = KernelMemory()
            defer { memory.free() }
            let out = memory.place(
                [Float](repeating: -7, count: wanted.count * outStride),
                misalignment: 2
            )
            let query = memory.place(q, misalignment: 4)
            let scratchCount = Kernels.attentionScratch(headDimension: width)
            let scratch = memory.place(
                [Float](repeating: .nan, count: scratchCount),
                misalignment: 4
            )
            let tiles = KernelTiles(memory, bfloat: bfloat, width: width, positions: given)
            tiles.write(kernels, k, v, stride: width + 3, 0..<given)
            let rowsPerBlock = blockKeys ?? max(1, given)
            let blocks = stride(from: 0, to: max(1, given), by: rowsPerBlock)
                .map { tiles.address(of: $0) }
            blocks.withUnsafeBufferPointer { blocks in
                var call = dk_attention()
                call.q = UnsafePointer(query.pointer + wanted.lowerBound * (width + 1))
                call.q_stride = width + 1
                call.rows = wanted.count
                call.heads = 1
                call.blocks = blocks.baseAddress
                call.block_keys = rowsPerBlock
                call.format = tiles.format
                call.keys = given
                call.out = out.pointer
                call.out_stride = outStride
                call.head_dim = width
                call.scale = 1 / Float(width).squareRoot()
                call.first_visible =
                    firstVisible >= keys ? firstVisible : firstVisible + wanted.lowerBound
                kernels.table.attend(&call, scratch.pointer)
            }
            #expect(out.marginIsIntact && scratch.marginIsIntact && tiles.marginIsIntact)
            let elements = out.elements
            return (0..<wanted.count).flatMap { row in
                #expect(elements[row * outStride + width] == -7)
                return elements[row * outStride..<row * outStride + width]
            }
        }

        /// The definition, in double precision.
        func defined(bfloat: Bool) -> [Float] {
            func rounded(_ value: Float) -> Double {
                Double(bfloat ? float(bfloat16: bfloat16(value)) : value)
            }
            return (0..<queries).flatMap { row -> [Float] in
                let seen = seen(by: row)
                let scores = (0..<seen).map { key in
                    (0..<width).reduce(0.0) { sum, d in
                        sum + Double(q[row * (width + 1) + d]) * rounded(k[key * (width + 3) + d])
                    } / Double(width).squareRoot()
                }
                let top = scores.max() ?? 0
                let weights = scores.map { exp($0 - top) }
                let total = weights.reduce(0, +)
                return (0..<width).map { d in
                    Float(
                        (0..<seen).reduce(0.0) { sum, key in
                            sum + weights[key] / total * rounded(v[key * (width + 3) + d])
                        }
                    )
                }
            }
        }
    }

    /// Only a version that multiplies bfloat16 rounds queries and weights too.
    private static func tolerance(_ bfloat: Bool, _ kernels: Kernels) -> Float {
        bfloat && kernels.hasNativeBFloat16 ? 6e-3 : 4e-6
    }

    @Test(arguments: [false, true])
    func `attention in plain C is what its definition says`(bfloat: Bool) throws {
        let portable = try #require(Kernels.named("portable"))
        for (queries, keys) in [(1, 1), (2, 3), (3, 66), (7, 130)] {
            for firstVisible in [keys, max(0, keys - queries), 0] {
                let head = Head(queries: queries, keys: keys, width: 6, firstVisible: firstVisible)
                let computed = head.compute(portable, bfloat: bfloat)
                let difference = greatestDifference(computed, head.defined(bfloat: bfloat))
                #expect(difference <= Self.tolerance(bfloat, portable))
            }
        }
    }

    @Test(arguments: Kernels.available, [false, true])
    func `attention is that of plain C, at any size`(kernels: Kernels, bfloat: Bool) throws {
        let portable = try #require(Kernels.named("portable"))
        for width in [2, 6, 14, 16, 18, 64, 72, 128, 130] {
            for (queries, keys) in [
                (1, 1), (2, 3), (5, 63), (7, 65), (33, 64), (17, 200), (200, 130),
            ] {
                for firstVisible in [keys, max(0, keys - queries), 0] {
                    let head = Head(
                        queries: queries,
                        keys: keys,
                        width: width,
                        firstVisible: firstVisible
                    )
                    let difference = greatestDifference(
                        head.compute(kernels, bfloat: bfloat),
                        head.compute(portable, bfloat: bfloat)
                    )
                    #expect(
                        difference <= Self.tolerance(bfloat, kernels),
                        "\(queries) queries, \(keys) keys, \(width) wide, from \(firstVisible)"
                    )
                }
            }
        }
    }

    @Test(arguments: Kernels.available, [false, true])
    func `an output does not depend on other queries or on later keys`(
        kernels: Kernels,
        bfloat: Bool
    ) {
        for (queries, keys, firstVisible) in [(200, 200, 0), (70, 300, 230), (300, 90, 90)] {
            let head = Head(queries: queries, keys: keys, width: 16, firstVisible: firstVisible)
            let together = head.compute(kernels, bfloat: bfloat)
            for first in stride(from: 0, to: queries, by: 41) {
                for count in [1, 4, 50] {
                    let some = first..<min(queries, first + count)
                    let given = head.seen(by: some.upperBound - 1)
                    let apart = head.compute(kernels, bfloat: bfloat, queries: some, keys: given)
                    let same = together[some.lowerBound * 16..<some.upperBound * 16]
                    #expect(apart.map(\.bitPattern) == same.map(\.bitPattern))
                }
            }
        }
    }

    @Test(arguments: Kernels.available, [false, true])
    func `what is no number spoils the outputs that see it and leaves the others' bits alone`(
        kernels: Kernels,
        bfloat: Bool
    ) {
        let (width, column) = (20, 17)
        for (queries, keys, firstVisible) in [(150, 150, 0), (40, 100, 60), (3, 67, 64)] {
            let head = Head(queries: queries, keys: keys, width: width, firstVisible: firstVisible)
            let clean = head.compute(kernels, bfloat: bfloat)
            for position in [0, 1, 30, 31, 62, 63, 64, 65, 66, 90, 99, 127, 128, 149] {
                for (part, element) in Self.spoiling
                where position < (part == .query ? queries : keys) {
                    let spoiled = head.with(element, in: part, at: position, column)
                        .compute(kernels, bfloat: bfloat)
                    let wrong = spoiled.indices.filter { index in
                        let query = index / width, value = spoiled[index]
                        let isReached =
                            switch part {
                            case .query: query == position
                            case .key: position < head.seen(by: query)
                            case .value: position < head.seen(by: query) && index % width == column
                            }
                        guard isReached else { return value.bitPattern != clean[index].bitPattern }
                        // A key that is infinite may also be worth nothing, or everything.
                        return element.isNaN ? !value.isNaN : part == .value && value.isFinite
                    }
                    #expect(wrong.isEmpty, "\(element) in \(part) \(position) of \(keys)")
                }
            }
        }
    }

    private static let spoiling: [(Head.Part, Float)] = Head.Part.allCases.flatMap { part in
        [.nan, .infinity, -.infinity].map { (part, $0) }
    }

    @Test(arguments: Kernels.available, [false, true])
    func `keys in blocks give what keys in one piece give`(kernels: Kernels, bfloat: Bool) {
        var head = Head(queries: 9, keys: 700, width: 10, firstVisible: 691)
        let whole = head.compute(kernels, bfloat: bfloat)
        head.blockKeys = 2 * Int(DK_TILE_KEYS)
        #expect(head.compute(kernels, bfloat: bfloat).map(\.bitPattern) == whole.map(\.bitPattern))
    }

    @Test(arguments: Kernels.available, [false, true])
    func `scores of hundreds neither overflow nor lose the greatest`(kernels: Kernels, bfloat: Bool)
    {
        let width = 4
        let memory = KernelMemory()
        defer { memory.free() }
        let q = memory.place([1024, 0, 0, 0] as [Float])
        let out = memory.place([Float](repeating: 0, count: width))
        let scratch = memory.place(
            [Float](repeating: 0, count: Kernels.attentionScratch(headDimension: width))
        )
        // The greatest comes after lesser ones, in the first tile and again in a later one.
        for (lesser, keys) in [(3, 5), (70, 150)] {
            let tiles = KernelTiles(memory, bfloat: bfloat, width: width, positions: keys)
            var k: [Float] = [], v: [Float] = []
            for key in 0..<keys {
                let direction: Float = key == lesser ? 2 : key < lesser ? 1 : -2
                k += [direction, 0, 0, 0]
                v += key == lesser ? [2, 3, 4, 5] : [9, 9, 9, 9]
            }
            tiles.write(kernels, k, v, stride: width, 0..<keys)
            withUnsafePointer(to: tiles.address(of: 0)) { blocks in
                var call = dk_attention()
                call.q = UnsafePointer(q.pointer)
                (call.q_stride, call.out_stride, call.head_dim) = (4, 4, 4)
                (call.rows, call.heads, call.keys, call.block_keys) = (1, 1, keys, keys)
                call.blocks = blocks
                call.format = tiles.format
                call.out = out.pointer
                call.scale = 1
                call.first_visible = keys
                kernels.table.attend(&call, scratch.pointer)
            }
            #expect(greatestDifference(out.elements, [2, 3, 4, 5]) <= 1e-6)
        }
    }

    @Test(arguments: Kernels.available, [false, true])
    func `heads that share keys give what each gives alone`(kernels: Kernels, bfloat: Bool) {
        let (rows, heads, keys, width) = (130, 3, 200, 24)
        var noise = KernelNoise(3)
        let q = noise.floats(rows * heads * width, times: 2)
        let (k, v) = (noise.floats(keys * width, times: 2), noise.floats(keys * width))
        let memory = KernelMemory()
        defer { memory.free() }
        let query = memory.place(q)
        let tiles = KernelTiles(memory, bfloat: bfloat, width: width, positions: keys)
        tiles.write(kernels, k, v, stride: width, 0..<keys)
        func attend(from head: Int, heads count: Int) -> [Float] {
            let out = memory.place([Float](repeating: 0, count: rows * heads * width))
            let scratch = memory.place(
                [Float](repeating: .nan, count: Kernels.attentionScratch(headDimension: width))
            )
            withUnsafePointer(to: tiles.address(of: 0)) { blocks in
                var call = dk_attention()
                call.q = UnsafePointer(query.pointer + head * width)
                call.q_stride = heads * width
                (call.rows, call.heads, call.keys, call.block_keys) = (rows, count, keys, keys)
                call.blocks = blocks
                call.format = tiles.format
                call.out = out.pointer + head * width
                call.out_stride = heads * width
                call.head_dim = width
                call.scale = 0.2
                call.first_visible = keys - rows
                kernels.table.attend(&call, scratch.pointer)
            }
            return out.elements
        }
        let together = attend(from: 0, heads: heads)
        var apart = [Float](repeating: 0, count: rows * heads * width)
        for head in 0..<heads {
            for (index, value) in attend(from: head, heads: 1).enumerated()
            where index / width % heads == head {
                apart[index] = value
            }
        }
        #expect(together.map(\.bitPattern) == apart.map(\.bitPattern))
    }

    @Test(arguments: Kernels.available, [false, true])
    func `no keys give zeros, and no queries write nothing`(kernels: Kernels, bfloat: Bool) {
        let unseeing = Head(queries: 3, keys: 0, width: 8, firstVisible: 0)
        let nothing = unseeing.compute(kernels, bfloat: bfloat)
        #expect(nothing == [Float](repeating: 0, count: 24))
        let unasked = Head(queries: 0, keys: 5, width: 8, firstVisible: 5)
        #expect(unasked.compute(kernels, bfloat: bfloat).isEmpty)
    }

    @Test func `a call takes rows even where there are no heads, calls or threads`() {
        #expect(Attention.rowsPerCall(rows: 0, heads: 0, calls: 0, threads: 0) >= 1)
        #expect(Attention.rowsPerCall(rows: 1000, heads: 2, calls: 8, threads: 2) == 120)
    }
}
