public import CKernels
internal import Glibc

/// One instruction set's version of every kernel, as ``CKernels`` describes them.
///
/// Each result depends only on its own row of each matrix: neither the rows computed beside it nor the number of threads changes a bit.
///
/// `@unchecked Sendable`: the table is a constant of the program.
@safe public struct Kernels: @unchecked Sendable {
    private let version: UnsafePointer<dk_kernels>

    /// The C functions, to be called as `unsafe kernels.table.matmul_bf16(...)`.
    @unsafe public var table: dk_kernels { unsafe version.pointee }

    /// What it is called: "avx512-bf16", "avx512-vnni", "avx2-vnni", "avx512" or "avx2"; "neon-i8mm", "neon-dotprod" or "neon"; "portable".
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

    /// The version to compute with: the one that `DOCKET_KERNELS` names, else the fastest that this processor can run.
    public static let best = chosen.kernels

    /// What `DOCKET_KERNELS` asks for where this processor cannot run it or there is no such version; else nil.
    public static let refused: String? = chosen.refused

    private static let chosen = choice(
        unsafe getenv("DOCKET_KERNELS").map { unsafe String(cString: $0) }
    )

    /// The version of a name, or the fastest and the name that nothing has.
    static func choice(_ name: String?) -> (kernels: Kernels, refused: String?) {
        guard let name, !name.isEmpty else { return (available[0], nil) }
        guard let kernels = named(name) else { return (available[0], name) }
        return (kernels, nil)
    }

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
