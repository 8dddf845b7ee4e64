import Tensors
import Testing

@Suite struct KernelProductTests {
    private static let sizes = [1, 2, 3, 5, 7, 8, 15, 16, 17, 31, 33, 63, 65, 127]

    /// A product of noise: rows of x and w further apart than they are wide, and at odd addresses.
    private struct Product {
        let rows: Int
        let columns: Int
        let depth: Int
        let stride: Int
        let x: [Float]
        let w: [Float]

        init(rows: Int, columns: Int, depth: Int) {
            self.rows = rows
            self.columns = columns
            self.depth = depth
            stride = depth + 5
            var noise = KernelNoise(UInt64(rows * 1_000_003 + columns * 1009 + depth))
            x = noise.floats(rows * stride).map { float(bfloat16: bfloat16($0)) }
            w = noise.floats(columns * stride).map { float(bfloat16: bfloat16($0)) }
        }

        /// `[rows, columns]` between columns that must stay -7.
        func compute(_ kernels: Kernels, bfloat: Bool, rows wanted: Range<Int>? = nil) -> [Float] {
            let rows = wanted ?? 0..<self.rows
            let yStride = columns + 3
            let memory = KernelMemory()
            defer { memory.free() }
            let y = memory.place(
                [Float](repeating: -7, count: rows.count * yStride),
                misalignment: 2
            )
            if bfloat {
                let x = memory.place(x.map(bfloat16), misalignment: 2)
                let w = memory.place(w.map(bfloat16), misalignment: 6)
                kernels.table.matmul_bf16(
                    y.pointer,
                    yStride,
                    x.pointer + rows.lowerBound * stride,
                    stride,
                    rows.count,
                    w.pointer,
                    stride,
                    columns,
                    depth
                )
            } else {
                let x = memory.place(x, misalignment: 4)
                let w = memory.place(w, misalignment: 2)
                kernels.table.matmul_f32(
                    y.pointer,
                    yStride,
                    x.pointer + rows.lowerBound * stride,
                    stride,
                    rows.count,
                    w.pointer,
                    stride,
                    columns,
                    depth
                )
            }
            #expect(y.marginIsIntact)
            let elements = y.elements
            #expect(
                (0..<rows.count).allSatisfy { row in
                    elements[row * yStride + columns..<(row + 1) * yStride].allSatisfy { $0 == -7 }
                }
            )
            return (0..<rows.count).flatMap { row in
                elements[row * yStride..<row * yStride + columns]
            }
        }

        var exact: [Float] {
            (0..<rows).flatMap { row in
                (0..<columns).map { column in
                    var sum = 0.0
                    for k in 0..<depth {
                        sum += Double(x[row * stride + k]) * Double(w[column * stride + k])
                    }
                    return Float(sum)
                }
            }
        }

        /// Rounding errors of a sum grow with the root of its length.
        var tolerance: Float { 1e-6 * Float(depth + 1).squareRoot() }
    }

    @Test(arguments: [false, true])
    func `a product in plain C is the sum that it says`(bfloat: Bool) throws {
        let portable = try #require(Kernels.named("portable"))
        for (rows, columns, depth) in [(1, 1, 1), (3, 2, 17), (5, 7, 63), (4, 3, 1000)] {
            let product = Product(rows: rows, columns: columns, depth: depth)
            let computed = product.compute(portable, bfloat: bfloat)
            #expect(greatestDifference(computed, product.exact) <= product.tolerance)
        }
    }

    @Test(arguments: Kernels.available, [false, true])
    func `a product is that of plain C at odd sizes and at any address`(
        kernels: Kernels,
        bfloat: Bool
    ) throws {
        let portable = try #require(Kernels.named("portable"))
        for (index, depth) in Self.sizes.enumerated() {
            for (other, rows) in Self.sizes.enumerated() {
                let columns = Self.sizes[(index * 5 + other * 3) % Self.sizes.count]
                let product = Product(rows: rows, columns: columns, depth: depth)
                let difference = greatestDifference(
                    product.compute(kernels, bfloat: bfloat),
                    product.compute(portable, bfloat: bfloat)
                )
                #expect(difference <= product.tolerance, "\(rows) × \(columns) × \(depth)")
            }
        }
    }

    @Test(arguments: Kernels.available, [false, true])
    func `a row is the same bits alone and among others`(kernels: Kernels, bfloat: Bool) {
        for (rows, columns, depth) in [(40, 13, 300), (9, 33, 65), (7, 1, 4099), (300, 5, 1056)] {
            let product = Product(rows: rows, columns: columns, depth: depth)
            let together = product.compute(kernels, bfloat: bfloat)
            for count in [1, 2, 3, 4, 5, 8] {
                for first in stride(from: 0, to: rows, by: 1 + rows / 4) {
                    let some = first..<min(rows, first + count)
                    let apart = product.compute(kernels, bfloat: bfloat, rows: some)
                    let same = together[some.lowerBound * columns..<some.upperBound * columns]
                    #expect(apart.map(\.bitPattern) == same.map(\.bitPattern))
                }
            }
        }
    }

    @Test(arguments: Kernels.available, [false, true])
    func `nothing of a product that has no rows or no columns is written, and no depth gives zeros`(
        kernels: Kernels,
        bfloat: Bool
    ) {
        #expect(Product(rows: 0, columns: 9, depth: 20).compute(kernels, bfloat: bfloat).isEmpty)
        #expect(Product(rows: 9, columns: 0, depth: 20).compute(kernels, bfloat: bfloat).isEmpty)
        let empty = Product(rows: 9, columns: 5, depth: 0).compute(kernels, bfloat: bfloat)
        #expect(empty == [Float](repeating: 0, count: 45))
    }

    @Test(arguments: Kernels.available)
    func `infinities and what is not a number reach only their own results`(kernels: Kernels) {
        let depth = 70
        var x = [Float](repeating: 1, count: 3 * depth)
        x[depth + 69] = .infinity
        x[2 * depth] = .nan
        let w = [Float](repeating: 1, count: 2 * depth)
        let memory = KernelMemory()
        defer { memory.free() }
        for bfloat in [false, true] {
            let y = memory.place([Float](repeating: 0, count: 6))
            if bfloat {
                kernels.table.matmul_bf16(
                    y.pointer,
                    2,
                    memory.place(x.map { $0.isNaN ? 0x7FC0 : bfloat16($0) }).pointer,
                    depth,
                    3,
                    memory.place(w.map(bfloat16)).pointer,
                    depth,
                    2,
                    depth
                )
            } else {
                kernels.table.matmul_f32(
                    y.pointer,
                    2,
                    memory.place(x).pointer,
                    depth,
                    3,
                    memory.place(w).pointer,
                    depth,
                    2,
                    depth
                )
            }
            #expect(y.elements[0] == 70 && y.elements[1] == 70)
            #expect(y.elements[2] == .infinity && y.elements[3] == .infinity)
            #expect(y.elements[4].isNaN && y.elements[5].isNaN)
        }
    }
}
