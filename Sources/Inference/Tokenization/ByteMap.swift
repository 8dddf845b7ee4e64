/// The printable spelling that byte-level vocabularies give to bytes.
///
/// Bytes 0x21–0x7E, 0xA1–0xAC and 0xAE–0xFF stand for themselves as code points; the other 68, in
/// increasing order, are spelled U+0100, U+0101 and so on. Source: `bytes_to_unicode` of GPT-2.
enum ByteMap {
    /// For each code point below 0x180 its byte, or -1.
    private static let bytes: [Int16] = {
        var bytes = [Int16](repeating: -1, count: 0x180)
        var next = 0x100
        for byte in 0..<0x100 {
            switch byte {
            case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: bytes[byte] = Int16(byte)
            default:
                bytes[next] = Int16(byte)
                next += 1
            }
        }
        return bytes
    }()

    /// Appends the bytes that a spelling stands for.
    ///
    /// - Parameters:
    ///   - spelling: UTF-8, valid or not.
    ///   - result: Unchanged when the answer is false.
    /// - Returns: Whether every character of the spelling stands for a byte.
    static func append(_ spelling: ArraySlice<UInt8>, to result: inout [UInt8]) -> Bool {
        let count = result.count
        var index = spelling.startIndex
        while index < spelling.endIndex {
            let first = spelling[index]
            var point = Int(first)
            index += 1
            if first >= 0x80 {
                guard 0xC2...0xC5 ~= first, index < spelling.endIndex,
                    spelling[index] & 0xC0 == 0x80
                else {
                    result.removeSubrange(count...)
                    return false
                }
                point = Int(first & 0x1F) << 6 | Int(spelling[index] & 0x3F)
                index += 1
            }
            guard bytes[point] >= 0 else {
                result.removeSubrange(count...)
                return false
            }
            result.append(UInt8(truncatingIfNeeded: bytes[point]))
        }
        return true
    }
}
