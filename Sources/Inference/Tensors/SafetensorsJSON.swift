internal import SystemPackage

/// Reads the JSON of safetensors' headers and indexes in one pass, without building a tree of it.
///
/// A header may be 100,000,000 bytes of foreign text: here its memory is what its tensors need, its time is linear,
/// and two equal keys are seen, which a general decoder would drop.
struct SafetensorsJSON {
    private var reader: ByteReader

    /// The longest string that is taken; names of tensors are far shorter.
    static let longestText = 65_536
    /// The deepest nesting of values that are passed over.
    static let deepest = 64

    /// Reads `range` of a file.
    init(_ file: MappedFile, _ range: Range<Int>) {
        reader = ByteReader(file, range)
    }

    /// A fault where the reader stands.
    func fault(_ problem: WeightFault.HeaderProblem) -> WeightFault {
        .malformedHeader(file: reader.file.path, offset: reader.position, problem: problem)
    }

    /// Reads an object: `member` takes each value, whose key it is given.
    mutating func object(
        _ member: (_ key: String, _ json: inout SafetensorsJSON) throws(WeightFault) -> Void
    ) throws(WeightFault) {
        try expect(UInt8(ascii: "{"))
        if try accept(UInt8(ascii: "}")) { return }
        while true {
            skipSpace()
            let key = try string()
            try expect(UInt8(ascii: ":"))
            try member(key, &self)
            if try accept(UInt8(ascii: "}")) { return }
            try expect(UInt8(ascii: ","))
        }
    }

    /// Reads an array of whole numbers from 0, at most `limit` of them.
    mutating func numbers(atMost limit: Int) throws(WeightFault) -> [Int] {
        try expect(UInt8(ascii: "["))
        if try accept(UInt8(ascii: "]")) { return [] }
        var numbers: [Int] = []
        while true {
            guard numbers.count < limit else { throw fault(.dimensions) }
            numbers.append(try number())
            if try accept(UInt8(ascii: "]")) { return numbers }
            try expect(UInt8(ascii: ","))
        }
    }

    /// Reads a string that is a value.
    mutating func text() throws(WeightFault) -> String {
        skipSpace()
        return try string()
    }

    /// Passes over a value of any kind.
    mutating func skipValue(depth: Int = 0) throws(WeightFault) {
        guard depth < Self.deepest else { throw fault(.depth) }
        skipSpace()
        switch reader.peek() {
        case UInt8(ascii: "{"):
            try object { _, json throws(WeightFault) in try json.skipValue(depth: depth + 1) }
        case UInt8(ascii: "["):
            _ = reader.byte()
            if try accept(UInt8(ascii: "]")) { return }
            while true {
                try skipValue(depth: depth + 1)
                if try accept(UInt8(ascii: "]")) { return }
                try expect(UInt8(ascii: ","))
            }
        case UInt8(ascii: "\""):
            _ = try string()
        default:
            // Numbers and the three words: what they are does not matter, where they end does.
            let length = reader.run { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "E"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
            guard length > 0, reader.skip(length) else { throw fault(.syntax) }
        }
    }

    /// Makes sure that nothing but space follows.
    mutating func finish() throws(WeightFault) {
        skipSpace()
        guard reader.remaining == 0 else { throw fault(.syntax) }
    }

    // MARK: Parts of it

    private mutating func skipSpace() {
        while let byte = reader.peek(),
            byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
        {
            _ = reader.byte()
        }
    }

    private mutating func accept(_ byte: UInt8) throws(WeightFault) -> Bool {
        skipSpace()
        guard let next = reader.peek() else { throw fault(.syntax) }
        guard next == byte else { return false }
        _ = reader.byte()
        return true
    }

    private mutating func expect(_ byte: UInt8) throws(WeightFault) {
        guard try accept(byte) else { throw fault(.syntax) }
    }

    private mutating func number() throws(WeightFault) -> Int {
        skipSpace()
        let start = reader.peek()
        let length = reader.run { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
        guard length > 0, length <= 19, length == 1 || start != UInt8(ascii: "0") else {
            throw fault(.number)
        }
        var value = 0
        for _ in 0..<length {
            guard let digit = reader.byte() else { throw fault(.syntax) }
            let (product, tooBig) = value.multipliedReportingOverflow(by: 10)
            let (sum, stillTooBig) = product.addingReportingOverflow(Int(digit & 15))
            guard !tooBig, !stillTooBig else { throw fault(.number) }
            value = sum
        }
        switch reader.peek() {
        case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"): throw fault(.number)
        default: return value
        }
    }

    private mutating func string() throws(WeightFault) -> String {
        guard reader.byte() == UInt8(ascii: "\"") else { throw fault(.syntax) }
        let plain = plainRun()
        guard plain <= Self.longestText else { throw fault(.nameLength) }
        let start = fault(.text)
        guard let text = reader.text(plain) else { throw start }
        if reader.peek() == UInt8(ascii: "\"") {
            _ = reader.byte()
            return text
        }
        return try string(from: text)
    }

    /// Bytes up to the next quote, escape or forbidden control character.
    private func plainRun() -> Int {
        reader.run { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
    }

    /// Reads the rest of a string that has escapes.
    private mutating func string(from beginning: String) throws(WeightFault) -> String {
        var text = beginning
        while true {
            switch reader.byte() {
            case UInt8(ascii: "\""):
                return text
            case UInt8(ascii: "\\"):
                text.unicodeScalars.append(try escape())
            default:
                throw fault(.syntax)
            }
            let plain = plainRun()
            guard text.utf8.count + plain <= Self.longestText else { throw fault(.nameLength) }
            let start = fault(.text)
            guard let more = reader.text(plain) else { throw start }
            text += more
        }
    }

    private mutating func escape() throws(WeightFault) -> Unicode.Scalar {
        switch reader.byte() {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            let first = try hexadecimal()
            if let scalar = Unicode.Scalar(first) { return scalar }
            // Half of a surrogate pair: the other half must follow.
            guard first < 0xDC00, reader.byte() == UInt8(ascii: "\\"),
                reader.byte() == UInt8(ascii: "u")
            else { throw fault(.text) }
            let second = try hexadecimal()
            guard (0xDC00..<0xE000).contains(second),
                let scalar = Unicode.Scalar(
                    0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00)
                )
            else { throw fault(.text) }
            return scalar
        default: throw fault(.syntax)
        }
    }

    private mutating func hexadecimal() throws(WeightFault) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = reader.byte(),
                let digit = Character(Unicode.Scalar(byte)).hexDigitValue
            else { throw fault(.syntax) }
            value = value << 4 | UInt16(digit)
        }
        return value
    }
}
