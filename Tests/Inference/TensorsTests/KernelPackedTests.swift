import CKernels
import Testing

@testable import Tensors

@Suite struct KernelPackedTests {
    private static let packings: [dk_packing] = [DK_INT8, DK_INT4]
    private static var portable: Kernels {
        get throws { try #require(Kernels.named("portable")) }
    }

    // MARK: What the numbers mean

    @Test(arguments: packings)
    func `a packed weight unpacks to nearly what it was`(packing: dk_packing) {
        for depth in [1, 100, 128, 300] {
            let outputs = 35
            var noise = KernelNoise(UInt64(depth))
            let weights = noise.floats(outputs * depth)
            let memory = KernelMemory()
            defer { memory.free() }
            let panels = pack(weights, outputs, depth, packing, in: memory)
            let unpacked = unpack(panels, outputs, depth, packing, in: memory)
            let allowed: Float = packing == DK_INT4 ? 0.1 : 0.01
            #expect(relativeError(unpacked, weights) < allowed, "\(depth)")
        }
    }

    @Test(arguments: packings)
    func `an input that outdoes the others costs its neighbours little`(packing: dk_packing) {
        let outputs = 32, depth = 256
        var noise = KernelNoise(3)
        var weights = noise.floats(outputs * depth)
        for output in 0..<outputs { weights[output * depth + 77] *= 20 }
        let memory = KernelMemory()
        defer { memory.free() }
        let panels = pack(weights, outputs, depth, packing, in: memory)
        let unpacked = unpack(panels, outputs, depth, packing, in: memory)
        #expect(relativeError(unpacked, weights) < (packing == DK_INT4 ? 0.1 : 0.01))
    }

    @Test(arguments: packings)
    func `a product in plain C is nearly that of the floats`(packing: dk_packing) throws {
        let product = PackedProduct(rows: 3, columns: 40, depth: 1000, packing: packing)
        let computed = try product.compute(Self.portable)
        let unpacked = product.unpacked
        let exact = (0..<3).flatMap { row in
            (0..<40).map { column in
                var sum = 0.0
                for k in 0..<1000 {
                    sum += Double(product.x[row * 1000 + k]) * Double(unpacked[column * 1000 + k])
                }
                return Float(sum)
            }
        }
        #expect(relativeError(computed, exact) < 0.015)
    }

    @Test func `sizes are whole panels of whole groups`() {
        #expect(dk_packed_bytes(DK_INT8, 33, 129) == 2 * 2 * 4160)
        #expect(dk_packed_bytes(DK_INT4, 32, 128) == 2240)
        #expect(dk_packed_bytes(DK_INT4, 0, 128) == 0)
    }

    // MARK: The same bits

    @Test(arguments: packings)
    func `packed bytes are the same by vectors of any width`(packing: dk_packing) {
        let outputs = 70, depth = 300
        var noise = KernelNoise(11)
        var weights = noise.floats(outputs * depth)
        // Of some outputs, weights that are small, subnormal, large, zero, and some that are no numbers.
        let scales: [Float] = [
            0x1p-100, 0x1p-120, 0x1p-126, 0x1p-135, 0x1p-148, 0x1p60, 0x1p120, 0,
        ]
        for (output, scale) in scales.enumerated() {
            for k in 0..<depth { weights[output * 7 * depth + k] *= scale }
        }
        weights[60 * depth + 5] = .nan
        weights[61 * depth + 150] = .infinity
        weights[62 * depth + 299] = -.greatestFiniteMagnitude
        for k in stride(from: 13, to: weights.count, by: 997) { weights[k] *= 50 }
        let memory = KernelMemory()
        defer { memory.free() }
        let packed = pack(weights, outputs, depth, packing, in: memory).elements
        for lanes in [4, 8, 16] {
            let same = pack(weights, outputs, depth, packing, by: lanes, in: memory)
            #expect(same.elements == packed, "\(lanes) floats")
        }
    }

    @Test(arguments: Kernels.available)
    func `activations are the same bits in 8 bits as in plain C`(kernels: Kernels) throws {
        for depth in [1, 3, 16, 127, 128, 129, 300, 1024] {
            for scale in [1, 1e-30, 0x1p-127, 1e30] as [Float] {
                var noise = KernelNoise(UInt64(depth))
                var x = noise.floats(depth, times: scale)
                x[depth / 2] *= 50
                let bits = Int8Row(kernels, x), plain = Int8Row(try Self.portable, x)
                #expect(bits == plain, "\(depth), \(scale)")
            }
        }
    }

    @Test(arguments: Kernels.available, packings)
    func `a packed product is that of plain C bit for bit`(kernels: Kernels, packing: dk_packing)
        throws
    {
        let sizes = [1, 31, 32, 33, 70], depths = [1, 127, 128, 129, 300, 640]
        for rows in Array(1...13) + [24, 25, 40, 97, 130, 257] {
            let depth = depths[rows % depths.count], columns = sizes[rows % sizes.count]
            let product = PackedProduct(
                rows: rows,
                columns: columns,
                depth: depth,
                packing: packing
            )
            let same =
                try product.compute(kernels).map(\.bitPattern)
                == product.compute(Self.portable).map(\.bitPattern)
            #expect(same, "\(rows) × \(columns) × \(depth)")
        }
    }

    @Test(arguments: Kernels.available, packings)
    func `a row alone and a panel alone give the same bits as all together`(
        kernels: Kernels,
        packing: dk_packing
    ) throws {
        let product = PackedProduct(rows: 23, columns: 95, depth: 520, packing: packing)
        let together = product.compute(kernels).map(\.bitPattern)
        for row in [0, 7, 22] {
            let alone = product.compute(kernels, rows: row..<row + 1).map(\.bitPattern)
            #expect(alone == Array(together[row * 95..<(row + 1) * 95]))
        }
        for panel in 0..<3 {
            let columns = panel * 32..<min(95, panel * 32 + 32)
            let alone = product.compute(kernels, columns: columns).map(\.bitPattern)
            let part = (0..<23).flatMap { (row: Int) -> ArraySlice<UInt32> in
                together[row * 95 + columns.lowerBound..<row * 95 + columns.upperBound]
            }
            #expect(alone == part)
        }
    }

    @Test(arguments: Kernels.available, packings)
    func `the greatest integers do not overflow`(kernels: Kernels, packing: dk_packing) {
        for (high, sign) in [(true, 1), (true, -1), (false, 1), (false, -1)] {
            for rows in [1, 3, 5, 12, 20] {
                let memory = KernelMemory()
                defer { memory.free() }
                // Of 8 bits every weight is ±127, of 4 bits 15·7 or 15·(-8), times a scale of 1.
                let one = [UInt8](repeatElement([0x80, 0x3F], count: 32).joined())
                let block: [UInt8] =
                    packing == DK_INT8
                    ? one + [UInt8](repeating: high ? 255 : 1, count: 4096)
                    : one + [UInt8](repeating: 0xFF, count: 128)
                        + [UInt8](repeating: high ? 0xFF : 0, count: 2048)
                let weight = packing == DK_INT8 ? (high ? 127 : -127) : (high ? 105 : -120)
                let rowsOf127 = Int8Rows(
                    values: [Int8](repeating: Int8(127 * sign), count: rows * 128),
                    scales: [Float](repeating: 1, count: rows),
                    sums: [Int32](repeating: Int32(127 * 128 * sign), count: rows),
                    groups: 1
                )
                let y = rowsOf127.multiply(memory.place(block).pointer, packing, kernels, 32, 128)
                #expect(y == [Float](repeating: Float(weight * 127 * sign * 128), count: rows * 32))
            }
        }
    }

    // MARK: What is no number

    @Test(arguments: Kernels.available, packings)
    func `what is not a number spoils its own results and is not swallowed`(
        kernels: Kernels,
        packing: dk_packing
    ) {
        for bad in [Float.nan, .infinity, -.infinity] {
            var product = PackedProduct(rows: 3, columns: 33, depth: 200, packing: packing)
            product.x[200 + 150] = bad
            product.w[5 * 200 + 3] = bad
            let y = product.compute(kernels)
            for (index, value) in y.enumerated() {
                let spoiled = index / 33 == 1 || index % 33 == 5
                #expect(value.isNaN == spoiled, "\(bad) at \(index)")
            }
        }
    }

    @Test(arguments: Kernels.available, packings)
    func `zeros give zeros, and a product without rows or columns writes nothing`(
        kernels: Kernels,
        packing: dk_packing
    ) {
        var product = PackedProduct(rows: 2, columns: 33, depth: 130, packing: packing)
        product.x = [Float](repeating: 0, count: product.x.count)
        #expect(product.compute(kernels) == [Float](repeating: 0, count: 66))
        product.w = [Float](repeating: 0, count: product.w.count)
        #expect(product.compute(kernels) == [Float](repeating: 0, count: 66))
        #expect(product.compute(kernels, rows: 0..<0).isEmpty)
        #expect(product.compute(kernels, columns: 0..<0).isEmpty)
    }

    @Test func `steps of 4-bit weights are 1 to 15 however small the weights are`() {
        let outputs = 32, depth = 128
        for exponent in [-110, -118, -120, -126, -130, -135, -141, -149] {
            // Turned, such weights are one number among zeros.
            let weights = (0..<outputs * depth).map { index in
                let k = index % depth
                let isOdd = (k & k >> 1 ^ k >> 2 & k >> 3 ^ k >> 4 & k >> 5) & 1 == 1
                return Float(sign: isOdd ? .minus : .plus, exponent: exponent, significand: 1)
            }
            let memory = KernelMemory()
            defer { memory.free() }
            let panels = pack(weights, outputs, depth, DK_INT4, in: memory)
            let steps = panels.elements[64..<64 + 128]
            #expect(steps.allSatisfy { $0 & 15 != 0 && $0 >> 4 != 0 }, "2^\(exponent)")
            let unpacked = unpack(panels, outputs, depth, DK_INT4, in: memory)
            // Never further off than zeros would be.
            let size = Float(sign: .plus, exponent: exponent, significand: 1)
            #expect(greatestDifference(unpacked, weights) <= size, "2^\(exponent)")
        }
    }

    // MARK: Which version

    @Test func `a version that is not there is refused by name, and the fastest stands in`() {
        let choice = Kernels.choice("abacus")
        #expect(choice.refused == "abacus")
        #expect(choice.kernels.name == Kernels.available[0].name)
        #expect(Kernels.choice("portable").kernels.name == "portable")
        #expect(Kernels.choice("portable").refused == nil)
        #expect(Kernels.choice("").refused == nil)
        #expect(Kernels.choice(nil).kernels.name == Kernels.available[0].name)
    }
}
