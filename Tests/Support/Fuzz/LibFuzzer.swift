import Glibc

/// libFuzzer, when `scripts/fuzz` has linked it in: coverage guides its mutations.
enum LibFuzzer {
    private typealias Callback = @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
    private typealias Driver =
        @convention(c) (
            UnsafeMutablePointer<CInt>,
            UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
            Callback
        ) -> CInt

    /// The target of the one run; a C function has no other place for it.
    nonisolated(unsafe) private static var target = FuzzTarget.safetensors

    /// Runs until libFuzzer ends.
    ///
    /// - Returns: Its exit status; nil when it is not there.
    static func run(_ target: FuzzTarget, program: String, arguments: [String]) -> CInt? {
        guard let symbol = unsafe dlsym(nil, "LLVMFuzzerRunDriver") else { return nil }
        let driver = unsafe unsafeBitCast(symbol, to: Driver.self)
        Self.target = target
        var words = unsafe ([program] + arguments).map { unsafe strdup($0) } + [nil]
        var count = CInt(words.count - 1)
        return unsafe words.withUnsafeMutableBufferPointer { buffer in
            guard var list = buffer.baseAddress else { return 70 }
            return unsafe driver(&count, &list) { bytes, count in
                unsafe LibFuzzer.target.read(
                    Array(UnsafeBufferPointer(start: bytes, count: count))
                )
                return 0
            }
        }
    }
}
