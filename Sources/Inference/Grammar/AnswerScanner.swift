/// The words of JSON, one after the other, of a text that anybody may have written.
///
/// Source: RFC 8259.
struct AnswerScanner {
    /// What a value is, by its first byte.
    enum Kind: String {
        case object = "an object"
        case list = "a list"
        case text = "a text"
        case number = "a number"
        case null = "null"
        case truth = "true or false"
    }

    /// What is wrong and where.
    struct Fault: Error {
        let reason: AnswerFault.Reason
        let offset: Int
    }

    private let bytes: [UInt8]
    /// Where reading goes on.
    private(set) var offset = 0

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    private func expected(_ what: String) -> Fault {
        Fault(reason: .malformed(expected: what), offset: offset)
    }

    private var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private mutating func skipSpace() {
        while let next, next == 0x20 || next == 0x0A || next == 0x0D || next == 0x09 { offset += 1 }
    }

    /// Whether nothing but white space is left.
    mutating func isAtEnd() -> Bool {
        skipSpace()
        return next == nil
    }

    /// Takes a byte if it comes next, after white space.
    mutating func takes(_ byte: UInt8) -> Bool {
        skipSpace()
        guard next == byte else { return false }
        offset += 1
        return true
    }

    /// What comes next, after white space; it is not taken.
    mutating func kind() throws(Fault) -> Kind {
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .list
        case UInt8(ascii: "\""): return .text
        case UInt8(ascii: "-"): return .number
        case .some(0x30...0x39): return .number
        case UInt8(ascii: "n"): return .null
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .truth
        default: throw expected("a value")
        }
    }

    /// Takes a word.
    mutating func word(_ word: String) throws(Fault) {
        guard bytes[offset...].starts(with: word.utf8) else { throw expected(word) }
        offset += word.utf8.count
    }

    // MARK: Numbers

    /// Takes a number without exponent.
    mutating func number() throws(Fault) -> (text: String, digits: Int, decimals: Int) {
        let start = offset
        if next == UInt8(ascii: "-") { offset += 1 }
        let first = offset
        let digits = takeDigits()
        guard digits > 0 else { throw expected("a digit") }
        guard digits == 1 || bytes[first] != UInt8(ascii: "0") else {
            offset = first
            throw expected("a number without leading zeros")
        }
        var decimals = 0
        if next == UInt8(ascii: ".") {
            offset += 1
            decimals = takeDigits()
            guard decimals > 0 else { throw expected("a digit") }
        }
        guard next != UInt8(ascii: "e"), next != UInt8(ascii: "E") else {
            throw expected("a number without exponent")
        }
        return (String(decoding: bytes[start..<offset], as: UTF8.self), digits, decimals)
    }

    private mutating func takeDigits() -> Int {
        let start = offset
        while let next, 0x30...0x39 ~= next { offset += 1 }
        return offset - start
    }

    // MARK: Texts

    /// Takes a text.
    ///
    /// - Parameters:
    ///   - most: Scalars that it may have.
    ///   - cutting: Whether a longer one is read to its end, but given with one scalar more only.
    ///   - onOneLine: Whether line breaks and tabs become a space, and other control characters are refused.
    /// - Returns: The text, its escapes resolved.
    /// - Throws: ``Fault``.
    mutating func text(atMost most: Int, cutting: Bool, onOneLine: Bool) throws(Fault) -> String {
        guard takes(UInt8(ascii: "\"")) else { throw expected("a text") }
        var text = String.UnicodeScalarView()
        var (count, endsInBreak) = (0, false)
        while let byte = next, byte != UInt8(ascii: "\"") {
            let start = offset
            var scalar = try byte == UInt8(ascii: "\\") ? escape() : character()
            if onOneLine {
                let isBreak = Self.breaks.contains(scalar)
                if isBreak { scalar = " " }
                // A run of them is one space.
                if isBreak, endsInBreak { continue }
                endsInBreak = isBreak
                guard !Self.isControl(scalar) else {
                    throw Fault(reason: .controlCharacter(scalar.value), offset: start)
                }
            }
            count += 1
            if count > most, !cutting {
                throw Fault(reason: .tooLong(limit: max(0, most)), offset: start)
            }
            if count <= most + 1 { text.append(scalar) }
        }
        guard takesQuote() else { throw expected("the end of a text") }
        return String(text)
    }

    private static let breaks: [Unicode.Scalar] = [
        "\n", "\r", "\t", "\u{2028}", "\u{2029}", "\u{85}",
    ]

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || 0x7F...0x9F ~= scalar.value
    }

    private mutating func takesQuote() -> Bool {
        guard next == UInt8(ascii: "\"") else { return false }
        offset += 1
        return true
    }

    /// Takes a character of valid UTF-8.
    private mutating func character() throws(Fault) -> Unicode.Scalar {
        let lead = bytes[offset]
        guard lead >= 0x20 else { throw expected("no control character inside a text") }
        let length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
        let end = min(bytes.count, offset + length)
        guard let scalar = String(decoding: bytes[offset..<end], as: UTF8.self).unicodeScalars.first
        else { throw expected("a character") }
        offset = end
        return scalar
    }

    private mutating func escape() throws(Fault) -> Unicode.Scalar {
        offset += 1
        guard let byte = next else { throw expected("the end of a text") }
        offset += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape()
        default:
            offset -= 1
            throw expected("an escape")
        }
    }

    private mutating func unicodeEscape() throws(Fault) -> Unicode.Scalar {
        let value = try hexadecimal()
        if let scalar = Unicode.Scalar(value) { return scalar }
        guard value < 0xDC00, next == UInt8(ascii: "\\"), offset + 1 < bytes.count,
            bytes[offset + 1] == UInt8(ascii: "u")
        else { throw expected("two surrogates, the high one first") }
        offset += 2
        let low = try hexadecimal()
        guard 0xDC00...0xDFFF ~= low,
            let scalar = Unicode.Scalar(0x10000 + (value - 0xD800) << 10 + (low - 0xDC00))
        else { throw expected("two surrogates, the high one first") }
        return scalar
    }

    private mutating func hexadecimal() throws(Fault) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next, byte < 0x80,
                let digit = Character(Unicode.Scalar(byte)).hexDigitValue
            else { throw expected("four hexadecimal digits") }
            value = value << 4 | UInt32(digit)
            offset += 1
        }
        return value
    }
}
