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
        let q: [Float]
        let k: [Float]
        let v: [Float]
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
            let key = memory.place(k, misalignment: 2)
            let value = memory.place(v)
            let scratchCount = Kernels.attentionScratch(headDimension: width)
            let scratch = memory.place(
                [Float](repeating: .nan, count: scratchCount),
                misalignment: 4
            )
            let rowsPerBlock = blockKeys ?? max(1, given)
            let starts = stride(from: 0, to: max(1, given), by: rowsPerBlock)
            let keyBlocks = starts.map { UnsafePointer<Float>?(key.pointer + $0 * (width + 3)) }
            let valueBlocks = starts.map { UnsafePointer<Float>?(value.pointer + $0 * (width + 3)) }
            keyBlocks.withUnsafeBufferPointer { keyBlocks in
                valueBlocks.withUnsafeBufferPointer { valueBlocks in
                    var call = dk_attention()
                    call.q = UnsafePointer(query.pointer + wanted.lowerBound * (width + 1))
                    call.q_stride = width + 1
                    call.queries = wanted.count
                    call.k = keyBlocks.baseAddress
                    call.v = valueBlocks.baseAddress
                    call.block_keys = rowsPerBlock
                    call.k_stride = width + 3
                    call.v_stride = width + 3
                    call.keys = given
                    call.out = out.pointer
                    call.out_stride = outStride
                    call.head_dim = width
                    call.scale = 1 / Float(width).squareRoot()
                    call.first_visible =
                        firstVisible >= keys ? firstVisible : firstVisible + wanted.lowerBound
                    if bfloat {
                        kernels.table.attend_bf16(&call, scratch.pointer)
                    } else {
                        kernels.table.attend(&call, scratch.pointer)
                    }
                }
            }
            #expect(out.marginIsIntact && scratch.marginIsIntact)
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
                let seen = firstVisible >= keys ? keys : min(keys, firstVisible + row + 1)
                let scores = (0..<seen).map { key in
                    (0..<width).reduce(0.0) { sum, d in
                        sum + rounded(q[row * (width + 1) + d]) * rounded(k[key * (width + 3) + d])
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

    private static func tolerance(_ bfloat: Bool) -> Float { bfloat ? 4e-3 : 4e-6 }

    @Test(arguments: [false, true])
    func `attention in plain C is what its definition says`(bfloat: Bool) throws {
        let portable = try #require(Kernels.named("portable"))
        for (queries, keys) in [(1, 1), (2, 3), (3, 66), (7, 130)] {
            for firstVisible in [keys, max(0, keys - queries), 0] {
                let head = Head(queries: queries, keys: keys, width: 6, firstVisible: firstVisible)
                let computed = head.compute(portable, bfloat: bfloat)
                let difference = greatestDifference(computed, head.defined(bfloat: bfloat))
                #expect(difference <= Self.tolerance(bfloat))
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
                        difference <= Self.tolerance(bfloat),
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
                    let given =
                        firstVisible >= keys ? keys : min(keys, firstVisible + some.upperBound)
                    let apart = head.compute(kernels, bfloat: bfloat, queries: some, keys: given)
                    let same = together[some.lowerBound * 16..<some.upperBound * 16]
                    #expect(apart.map(\.bitPattern) == same.map(\.bitPattern))
                }
            }
        }
    }

    @Test(arguments: Kernels.available, [false, true])
    func `keys in blocks give what keys in one piece give`(kernels: Kernels, bfloat: Bool) {
        var head = Head(queries: 9, keys: 700, width: 10, firstVisible: 691)
        let whole = head.compute(kernels, bfloat: bfloat)
        head.blockKeys = Int(DK_BLOCK_KEYS)
        #expect(head.compute(kernels, bfloat: bfloat).map(\.bitPattern) == whole.map(\.bitPattern))
    }

    @Test(arguments: Kernels.available, [false, true])
    func `scores of hundreds neither overflow nor lose the greatest`(kernels: Kernels, bfloat: Bool)
    {
        let width = 4
        let q: [Float] = [1024, 0, 0, 0]
        let k: [Float] = [-2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0]
        let v: [Float] = [1, 1, 1, 1, 2, 3, 4, 5, 9, 9, 9, 9]
        let memory = KernelMemory()
        defer { memory.free() }
        let out = memory.place([Float](repeating: 0, count: width))
        let scratch = memory.place(
            [Float](repeating: 0, count: Kernels.attentionScratch(headDimension: width))
        )
        let placed = (memory.place(q), memory.place(k), memory.place(v))
        withUnsafePointer(to: UnsafePointer<Float>?(placed.1.pointer)) { key in
            withUnsafePointer(to: UnsafePointer<Float>?(placed.2.pointer)) { value in
                var call = dk_attention()
                call.q = UnsafePointer(placed.0.pointer)
                (call.q_stride, call.k_stride, call.v_stride, call.out_stride) = (4, 4, 4, 4)
                (call.queries, call.keys, call.head_dim, call.block_keys) = (1, 3, width, 3)
                call.k = key
                call.v = value
                call.out = out.pointer
                call.scale = 1
                call.first_visible = 3
                if bfloat {
                    kernels.table.attend_bf16(&call, scratch.pointer)
                } else {
                    kernels.table.attend(&call, scratch.pointer)
                }
            }
        }
        #expect(out.elements == [2, 3, 4, 5])
    }

    @Test(arguments: Kernels.available, [false, true])
    func `no keys give zeros, and no queries write nothing`(kernels: Kernels, bfloat: Bool) {
        let unseeing = Head(queries: 3, keys: 0, width: 8, firstVisible: 0)
        let nothing = unseeing.compute(kernels, bfloat: bfloat)
        #expect(nothing == [Float](repeating: 0, count: 24))
        let unasked = Head(queries: 0, keys: 5, width: 8, firstVisible: 5)
        #expect(unasked.compute(kernels, bfloat: bfloat).isEmpty)
    }
}
