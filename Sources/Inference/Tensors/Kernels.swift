public import CKernels

/// One instruction set's version of every kernel, as ``CKernels`` describes them.
///
/// Each result depends only on its own row of each matrix: neither the rows computed beside it nor the number of threads changes a bit.
///
/// `@unchecked Sendable`: the table is a constant of the program.
@safe public struct Kernels: @unchecked Sendable {
    private let version: UnsafePointer<dk_kernels>

    /// The C functions, to be called as `unsafe kernels.table.matmul_bf16(...)`.
    @unsafe public var table: dk_kernels { unsafe version.pointee }

    /// What it is called: "portable", "avx2", "avx512", "avx512-bf16" or "neon".
    public var name: String { unsafe String(cString: version.pointee.name) }

    /// Whether bfloat16 products are an instruction of the processor; otherwise they are as slow as float32's.
    public var hasNativeBFloat16: Bool { unsafe dk_has_native_bf16(version) }

    /// The versions that this processor can run, the fastest first; the last is "portable".
    public static let available: [Kernels] = {
        var count = 0
        let versions = unsafe dk_available(&count)
        return unsafe UnsafeBufferPointer(start: versions, count: count)
            .map { unsafe Kernels(version: $0) }
    }()

    /// The fastest version that this processor can run.
    public static let best = available[0]

    /// Finds a version by name.
    ///
    /// - Parameter name: As in ``name``.
    /// - Returns: The version, or nil where this processor cannot run it.
    public static func named(_ name: String) -> Kernels? {
        available.first { $0.name == name }
    }

    /// Floats of scratch memory that one thread's attention needs.
    ///
    /// - Parameter headDimension: Elements of a query.
    /// - Returns: The count of floats.
    public static func attentionScratch(headDimension: Int) -> Int {
        dk_attention_scratch(headDimension)
    }
}
