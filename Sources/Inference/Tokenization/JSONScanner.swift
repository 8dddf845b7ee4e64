/// A pull reader for the JSON of tokenizer files, which are megabytes of short strings.
///
/// It reads RFC 8259 with a bound on depth, copies no more than one string at a time, and every
/// fault has the byte offset. What nobody asks for is skipped without being checked in detail.
struct JSONScanner {
    /// Arrays and objects inside each other.
    static let deepest = 64

    let file: String
    let bytes: [UInt8]
    /// Where reading goes on.
    var offset = 0
    /// The last string that was read, its escapes resolved; any bytes, not only UTF-8.
    private(set) var text: [UInt8] = []
    private var depth = 0

    init(_ bytes: [UInt8], file: String) {
        self.bytes = bytes
        self.file = file
    }

    /// The last string that was read.
    func textAsString() throws(TokenizerFault) -> String {
        guard let string = String(validating: text, as: UTF8.self) else { throw expected("UTF-8") }
        return string
    }

    func expected(_ what: String) -> TokenizerFault {
        .malformed(file: file, offset: offset, expected: what)
    }

    /// The first byte of the next value, without taking it.
    mutating func peek() throws(TokenizerFault) -> UInt8 {
        skipSpace()
        guard offset < bytes.count else { throw expected("a value") }
        return bytes[offset]
    }

    private mutating func skipSpace() {
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x20, 0x0A, 0x0D, 0x09: offset += 1
            default: return
            }
        }
    }

    private mutating func take(_ byte: UInt8, _ what: String) throws(TokenizerFault) {
        guard try peek() == byte else { throw expected(what) }
        offset += 1
    }

    private mutating func enter() throws(TokenizerFault) {
        guard depth < Self.deepest else {
            throw .tooDeep(file: file, offset: offset, limit: Self.deepest)
        }
        depth += 1
    }

    /// Reads an object: `visit` finds the key in `text` and must take the value.
    mutating func object(
        _ visit: (inout JSONScanner) throws(TokenizerFault) -> Void
    ) throws(TokenizerFault) {
        try take(UInt8(ascii: "{"), "an object")
        try enter()
        defer { depth -= 1 }
        if try peek() == UInt8(ascii: "}") {
            offset += 1
            return
        }
        while true {
            try string()
            try take(UInt8(ascii: ":"), "':'")
            try visit(&self)
            if try peek() == UInt8(ascii: "}") {
                offset += 1
                return
            }
            try take(UInt8(ascii: ","), "',' or '}'")
        }
    }

    /// Reads an array: `visit` must take each element.
    mutating func array(
        _ visit: (inout JSONScanner) throws(TokenizerFault) -> Void
    ) throws(TokenizerFault) {
        try take(UInt8(ascii: "["), "an array")
        try enter()
        defer { depth -= 1 }
        if try peek() == UInt8(ascii: "]") {
            offset += 1
            return
        }
        while true {
            try visit(&self)
            if try peek() == UInt8(ascii: "]") {
                offset += 1
                return
            }
            try take(UInt8(ascii: ","), "',' or ']'")
        }
    }

    /// Reads a string into `text`.
    mutating func string() throws(TokenizerFault) {
        try take(UInt8(ascii: "\""), "a string")
        text.removeAll(keepingCapacity: true)
        while offset < bytes.count {
            let byte = bytes[offset]
            offset += 1
            switch byte {
            case UInt8(ascii: "\""): return
            case UInt8(ascii: "\\"): try escape()
            case 0..<0x20:
                offset -= 1
                throw expected("no control character inside a string")
            default: text.append(byte)
            }
        }
        throw expected("the end of a string")
    }

    private mutating func escape() throws(TokenizerFault) {
        guard offset < bytes.count else { throw expected("the end of a string") }
        let byte = bytes[offset]
        offset += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            var value = try hexadecimal()
            if 0xD800..<0xDC00 ~= value {
                guard offset + 1 < bytes.count, bytes[offset] == UInt8(ascii: "\\"),
                    bytes[offset + 1] == UInt8(ascii: "u")
                else { throw expected("the second half of a surrogate pair") }
                offset += 2
                let low = try hexadecimal()
                guard 0xDC00..<0xE000 ~= low else {
                    throw expected("the second half of a surrogate pair")
                }
                value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(value) else {
                throw expected("the first half of a surrogate pair")
            }
            text.append(contentsOf: String(scalar).utf8)
        default:
            offset -= 1
            throw expected("an escape")
        }
    }

    private mutating func hexadecimal() throws(TokenizerFault) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard offset < bytes.count,
                let digit = Character(Unicode.Scalar(bytes[offset])).hexDigitValue
            else { throw expected("four hexadecimal digits") }
            value = value << 4 | UInt32(digit)
            offset += 1
        }
        return value
    }

    /// Reads a whole number.
    mutating func integer() throws(TokenizerFault) -> Int {
        let negative = try peek() == UInt8(ascii: "-")
        if negative { offset += 1 }
        let start = offset
        var value = 0
        while offset < bytes.count, 0x30...0x39 ~= bytes[offset] {
            guard offset - start < 18 else { throw expected("a number of at most 18 digits") }
            value = value * 10 + Int(bytes[offset] - 0x30)
            offset += 1
        }
        guard offset > start else { throw expected("a whole number") }
        if offset < bytes.count, [0x2E, 0x45, 0x65].contains(bytes[offset]) {
            throw expected("a whole number")
        }
        return negative ? -value : value
    }

    /// Passes over one value, whatever it is, in constant stack.
    mutating func skip() throws(TokenizerFault) {
        var open = 0
        repeat {
            switch try peek() {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                open += 1
                guard depth + open <= Self.deepest else {
                    throw .tooDeep(file: file, offset: offset, limit: Self.deepest)
                }
                offset += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                open -= 1
                guard open >= 0 else { throw expected("a value") }
                offset += 1
            case UInt8(ascii: "\""): try string()
            case UInt8(ascii: ","), UInt8(ascii: ":"):
                guard open > 0 else { throw expected("a value") }
                offset += 1
            default: try word()
            }
        } while open > 0
    }

    /// Takes a number, `true`, `false` or `null` and returns its spelling.
    @discardableResult
    mutating func word() throws(TokenizerFault) -> String {
        _ = try peek()
        let start = offset
        while offset < bytes.count, offset - start < 64 {
            switch bytes[offset] {
            case 0x2B, 0x2D, 0x2E, 0x30...0x39, 0x41...0x5A, 0x61...0x7A: offset += 1
            default:
                guard offset > start else { throw expected("a value") }
                return String(decoding: bytes[start..<offset], as: UTF8.self)
            }
        }
        guard offset > start, offset == bytes.count else { throw expected("a value") }
        return String(decoding: bytes[start..<offset], as: UTF8.self)
    }
}
