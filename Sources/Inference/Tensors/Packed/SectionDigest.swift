internal import Crypto

/// The SHA-256 of bytes that pass.
struct SectionDigest {
    private var hash = SHA256()

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        unsafe hash.update(bufferPointer: bytes)
    }

    /// The digest of all that has passed.
    var bytes: [UInt8] { Array(hash.finalize()) }

    /// The digest in hexadecimal.
    var text: String { Self.text(bytes) }

    /// The digest of some bytes.
    static func of(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var digest = SectionDigest()
        unsafe digest.update(bytes)
        return digest.bytes
    }

    /// Bytes in hexadecimal.
    static func text(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
            as: UTF8.self
        )
    }
}
