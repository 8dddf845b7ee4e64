internal import Crypto
internal import FoundationEssentials

/// The hashes of a file's bytes, taken while they pass.
struct ContentDigest {
    /// What the bytes hashed to, in hexadecimal.
    struct Result: Equatable {
        let sha256: String
        /// The name that git gives to the content; nil when its length was not known beforehand.
        let gitSHA1: String?
    }

    private var sha256 = SHA256()
    private var gitSHA1: Insecure.SHA1?

    /// - Parameter byteCount: The length that the content will have, which git hashes before it; nil leaves that out.
    init(byteCount: Int?) {
        // Source: git, `Documentation/gitformat-loose.adoc`: "blob", the length and a zero byte come before the content.
        guard let byteCount else { return }
        var hash = Insecure.SHA1()
        hash.update(data: Array("blob \(byteCount)\0".utf8))
        gitSHA1 = hash
    }

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        unsafe sha256.update(bufferPointer: bytes)
        unsafe gitSHA1?.update(bufferPointer: bytes)
    }

    /// The hashes of all that has passed.
    func result() -> Result {
        Result(
            sha256: Self.hexadecimal(sha256.finalize()),
            gitSHA1: gitSHA1.map { Self.hexadecimal($0.finalize()) }
        )
    }

    private static func hexadecimal(_ digest: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
            as: UTF8.self
        )
    }
}
