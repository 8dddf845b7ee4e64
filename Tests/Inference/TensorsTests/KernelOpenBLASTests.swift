import Tensors
import Testing

@Suite(.enabled("OpenBLAS is not installed") { OpenBLAS.installed != nil })
struct KernelOpenBLASTests {
    /// A product by OpenBLAS, and by some kernels.
    private func products(
        rows: Int,
        columns: Int,
        depth: Int,
        kernels: Kernels,
        threads: Int
    ) throws -> (openBLAS: [Float], own: [Float]) {
        let openBLAS = try #require(OpenBLAS.installed)
        let memory = KernelMemory()
        defer { memory.free() }
        var noise = KernelNoise(UInt64(rows + columns))
        let x = memory.place(noise.floats(rows * (depth + 3)), misalignment: 4)
        let w = memory.place(noise.floats(columns * (depth + 1)), misalignment: 8)
        let empty = [Float](repeating: -7, count: rows * columns)
        let left = memory.place(empty)
        let right = memory.place(empty)
        openBLAS.matmul(
            left.pointer,
            yStride: columns,
            x.pointer,
            xStride: depth + 3,
            rows: rows,
            w.pointer,
            wStride: depth + 1,
            columns: columns,
            depth: depth,
            pool: ThreadPool(threads: threads)
        )
        kernels.table.matmul_f32(
            right.pointer,
            columns,
            x.pointer,
            depth + 3,
            rows,
            w.pointer,
            depth + 1,
            columns,
            depth
        )
        #expect(left.marginIsIntact)
        return (left.elements, right.elements)
    }

    @Test(arguments: Kernels.available)
    func `our products are those of OpenBLAS`(kernels: Kernels) throws {
        for (rows, columns, depth) in [(1, 1, 1), (3, 70, 33), (65, 300, 129), (40, 513, 700)] {
            let (openBLAS, own) = try products(
                rows: rows,
                columns: columns,
                depth: depth,
                kernels: kernels,
                threads: 2
            )
            let tolerance = 1e-6 * Float(depth + 1).squareRoot()
            #expect(greatestDifference(openBLAS, own) <= tolerance)
        }
    }

    @Test func `the number of threads does not show in OpenBLAS's results`() throws {
        let results = try (1...4).map { threads in
            try products(rows: 9, columns: 700, depth: 50, kernels: .best, threads: threads)
                .openBLAS
        }
        #expect(results.allSatisfy { $0.map(\.bitPattern) == results[0].map(\.bitPattern) })
    }
}
