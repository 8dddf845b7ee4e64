import Glibc
import Tensors

/// OpenBLAS's float32 product, as a second opinion on ``Kernels``.
///
/// ``Kernels`` is what the engine multiplies with: on one Zen 4 core it did 94–110 GFLOP/s where OpenBLAS 0.3.21 did 86–105, and
/// 54–105 against 17–21 at eight rows (`Benchmarks/kernels/run products`); and its rows do not depend on one another, which OpenBLAS
/// does not promise.
///
/// The library is opened when it is first asked for, not linked, so that tests run without it too. It never gets more than one
/// thread: products are shared out by our own pool. It may not know a processor that is newer than itself and then chooses Haswell's instructions, half as fast as AVX-512's;
/// the environment variable `OPENBLAS_CORETYPE=SKYLAKEX`, set before the program starts, tells it better. ``processor`` says what it chose.
///
/// `@unchecked Sendable`: the functions of a library that is never closed.
@safe struct OpenBLAS: @unchecked Sendable {
    private typealias Multiply =
        @convention(c) (
            CInt, CInt, CInt, CInt, CInt, CInt, Float, UnsafePointer<Float>?, CInt,
            UnsafePointer<Float>?, CInt, Float, UnsafeMutablePointer<Float>?, CInt
        ) -> Void

    private let multiply: Multiply
    /// The processor that it takes this one for, as "SkylakeX".
    let processor: String

    /// The library, nil where it is not installed.
    static let installed = OpenBLAS()

    private init?() {
        let names = ["libopenblas.so.0", "libopenblas.so"]
        guard
            let library = unsafe names.lazy.compactMap({ unsafe dlopen($0, RTLD_NOW | RTLD_LOCAL) })
                .first,
            let multiply = unsafe dlsym(library, "cblas_sgemm"),
            let setThreads = unsafe dlsym(library, "openblas_set_num_threads"),
            let coreName = unsafe dlsym(library, "openblas_get_corename")
        else { return nil }
        unsafe unsafeBitCast(setThreads, to: (@convention(c) (CInt) -> Void).self)(1)
        unsafe self.multiply = unsafeBitCast(multiply, to: Multiply.self)
        let name = unsafe unsafeBitCast(
            coreName,
            to: (@convention(c) () -> UnsafePointer<CChar>?).self
        )()
        processor = unsafe name.map { unsafe String(cString: $0) } ?? "unknown"
    }

    /// Columns of a part: fixed, so that results do not depend on the number of threads.
    private static let partColumns = 256

    /// `y[r, c] = x[r]·w[c]`, on all threads of a pool.
    ///
    /// - Parameters:
    ///   - y: `[rows, columns]`, rows `yStride` apart.
    ///   - yStride: Elements from row to row.
    ///   - x: `[rows, depth]`, rows `xStride` apart.
    ///   - xStride: Elements from row to row.
    ///   - rows: Rows of x.
    ///   - w: `[columns, depth]`, rows `wStride` apart.
    ///   - wStride: Elements from row to row.
    ///   - columns: Rows of w.
    ///   - depth: Elements of a row.
    ///   - pool: The threads.
    @unsafe func matmul(
        _ y: UnsafeMutablePointer<Float>,
        yStride: Int,
        _ x: UnsafePointer<Float>,
        xStride: Int,
        rows: Int,
        _ w: UnsafePointer<Float>,
        wStride: Int,
        columns: Int,
        depth: Int,
        pool: ThreadPool
    ) {
        guard rows > 0, columns > 0 else { return }
        let rowMajor: CInt = 101
        let asItIs: CInt = 111
        let transposed: CInt = 112
        let width = Self.partColumns
        pool.run(parts: (columns + width - 1) / width) { part in
            let first = part * width
            unsafe multiply(
                rowMajor,
                asItIs,
                transposed,
                CInt(rows),
                CInt(min(width, columns - first)),
                CInt(depth),
                1,
                x,
                CInt(max(1, xStride)),
                w + first * wStride,
                CInt(max(1, wStride)),
                0,
                y + first,
                CInt(max(1, yStride))
            )
        }
    }
}
