/// Reads JSON, and of what models write in its place as much as can be read in one way only.
///
/// Nothing is made up: what has not been written whole is left out, and what could mean two things ends the reading. Each byte is looked
/// at a bounded number of times.
///
/// Source: RFC 8259.
struct JSONReader {
    /// In what the text differs from JSON.
    struct Repairs: OptionSet, Sendable {
        let rawValue: Int
        /// It ended early: what was not whole is left out.
        static let cut = Repairs(rawValue: 1)
        /// Another way of writing: single quotes, a comma too many, a key without quotes, a comment.
        static let form = Repairs(rawValue: 2)
    }

    /// Objects and lists that may lie in each other.
    private static let deepest = 64

    private let bytes: [UInt8]
    /// Where the next byte is.
    private(set) var place: Int
    private(set) var repairs: Repairs = []

    /// A reader of a text, from a byte on.
    init(_ bytes: [UInt8], from place: Int = 0) {
        self.bytes = bytes
        self.place = place
    }

    /// Reads a whole text that must be JSON.
    ///
    /// - Parameter bytes: UTF-8.
    /// - Returns: The tree; nil for anything else.
    static func strict(_ bytes: [UInt8]) -> JSONTree? {
        var reader = JSONReader(bytes)
        guard let tree = reader.value(), reader.isAtEnd(), reader.repairs.isEmpty else {
            return nil
        }
        return tree
    }

    /// Whether only white space is left.
    mutating func isAtEnd() -> Bool {
        skipSpace()
        return place >= bytes.count
    }

    /// Reads the next value.
    ///
    /// - Returns: The value; nil when there is none.
    mutating func value() -> JSONTree? { value(deepest: Self.deepest) }

    // MARK: Values

    private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

    private mutating func value(deepest: Int) -> JSONTree? {
        skipSpace()
        guard deepest > 0, let byte = next else { return nil }
        switch byte {
        case UInt8(ascii: "{"): return object(deepest: deepest)
        case UInt8(ascii: "["): return list(deepest: deepest)
        case UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."), 0x30...0x39:
            return number()
        default:
            if let quote = quote() { return string(endingWith: quote).map { .text($0) } }
            return word()
        }
    }

    private mutating func object(deepest: Int) -> JSONTree? {
        var members: [JSONTree.Member] = []
        place += 1
        while true {
            skipSpace()
            guard let byte = next else { return ended(.object(members)) }
            if byte == UInt8(ascii: "}") {
                place += 1
                return .object(members)
            }
            guard let key = key() else { return next == nil ? ended(.object(members)) : nil }
            skipSpace()
            guard let colon = next else { return ended(.object(members)) }
            guard colon == UInt8(ascii: ":") else { return nil }
            place += 1
            guard let value = value(deepest: deepest - 1) else {
                return next == nil ? ended(.object(members)) : nil
            }
            members.append(JSONTree.Member(key: key, value: value))
            guard separated(before: UInt8(ascii: "}")) else {
                return next == nil ? ended(.object(members)) : nil
            }
        }
    }

    private mutating func list(deepest: Int) -> JSONTree? {
        var entries: [JSONTree] = []
        place += 1
        while true {
            skipSpace()
            guard let byte = next else { return ended(.list(entries)) }
            if byte == UInt8(ascii: "]") {
                place += 1
                return .list(entries)
            }
            guard let value = value(deepest: deepest - 1) else {
                return next == nil ? ended(.list(entries)) : nil
            }
            entries.append(value)
            guard separated(before: UInt8(ascii: "]")) else {
                return next == nil ? ended(.list(entries)) : nil
            }
        }
    }

    /// Takes what stands between two parts, or nothing before the end of all.
    private mutating func separated(before end: UInt8) -> Bool {
        skipSpace()
        guard let byte = next else { return false }
        if byte == end { return true }
        guard byte == UInt8(ascii: ",") else { return false }
        place += 1
        skipSpace()
        if next == end { repairs.insert(.form) }
        return true
    }

    /// What is left of a part that has not ended.
    private mutating func ended(_ tree: JSONTree) -> JSONTree {
        repairs.insert(.cut)
        return tree
    }

    private mutating func key() -> String? {
        if let quote = quote() { return string(endingWith: quote) }
        let name = bareWord()
        guard !name.isEmpty, next != nil else { return nil }
        repairs.insert(.form)
        return name
    }

    // MARK: Words and numbers

    private mutating func word() -> JSONTree? {
        let word = bareWord()
        // At the end of a text that was cut it may be the beginning of another word.
        guard !word.isEmpty, next != nil || ["true", "false", "null"].contains(word) else {
            return nil
        }
        switch word {
        case "true": return .bool(true)
        case "false": return .bool(false)
        case "null": return .null
        default: repairs.insert(.form)
        }
        switch word {
        case "True", "TRUE": return .bool(true)
        case "False", "FALSE": return .bool(false)
        case "None", "Null", "NULL", "undefined": return .null
        default: return nil
        }
    }

    private mutating func bareWord() -> String {
        let start = place
        while let byte = next {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "_"):
                place += 1
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                guard place > start else { return "" }
                place += 1
            default: return String(decoding: bytes[start..<place], as: UTF8.self)
            }
        }
        return String(decoding: bytes[start..<place], as: UTF8.self)
    }

    private mutating func number() -> JSONTree? {
        var digits = ""
        if next == UInt8(ascii: "-") || next == UInt8(ascii: "+") {
            if next == UInt8(ascii: "-") { digits = "-" } else { repairs.insert(.form) }
            place += 1
        }
        var whole = run()
        if whole.count > 1, whole.first == "0" {
            repairs.insert(.form)
            whole = String(whole.drop { $0 == "0" })
            if whole.isEmpty { whole = "0" }
        }
        var fraction = ""
        if next == UInt8(ascii: ".") {
            place += 1
            fraction = run()
            if fraction.isEmpty || whole.isEmpty { repairs.insert(.form) }
        }
        guard !whole.isEmpty || !fraction.isEmpty else { return nil }
        digits += whole.isEmpty ? "0" : whole
        if !fraction.isEmpty { digits += "." + fraction }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            place += 1
            digits += "e"
            if next == UInt8(ascii: "-") || next == UInt8(ascii: "+") {
                if next == UInt8(ascii: "-") { digits += "-" }
                place += 1
            }
            let exponent = run()
            guard !exponent.isEmpty else { return nil }
            digits += exponent
        }
        // More digits may have been to come.
        guard next != nil || place == bytes.count && isWholeText else { return nil }
        return .number(digits)
    }

    /// Whether the text is one number and nothing else.
    private var isWholeText: Bool {
        !bytes.contains(UInt8(ascii: "{")) && !bytes.contains(UInt8(ascii: "["))
    }

    private mutating func run() -> String {
        let start = place
        while let byte = next, (0x30...0x39).contains(byte) { place += 1 }
        return String(decoding: bytes[start..<place], as: UTF8.self)
    }

    // MARK: Space

    private mutating func skipSpace() {
        while let byte = next {
            switch byte {
            case 0x20, 0x09, 0x0A, 0x0D: place += 1
            case UInt8(ascii: "/"):
                guard skipComment() else { return }
            case 0xC2 where starts(with: [0xC2, 0xA0]):
                repairs.insert(.form)
                place += 2
            case 0xEF where starts(with: [0xEF, 0xBB, 0xBF]):
                repairs.insert(.form)
                place += 3
            default: return
            }
        }
    }

    private mutating func skipComment() -> Bool {
        if starts(with: Array("//".utf8)) {
            while let byte = next, byte != 0x0A { _ = byte; place += 1 }
        } else if starts(with: Array("/*".utf8)) {
            place += 2
            while place < bytes.count, !starts(with: Array("*/".utf8)) { place += 1 }
            place = min(bytes.count, place + 2)
        } else {
            return false
        }
        repairs.insert(.form)
        return true
    }

    private func starts(with mark: [UInt8]) -> Bool {
        place + mark.count <= bytes.count && bytes[place..<place + mark.count].elementsEqual(mark)
    }
}

// MARK: - Texts

extension JSONReader {
    /// Which marks end a text.
    private enum Quote {
        case double
        case single
        /// “ ” „ as word processors set them.
        case curlyDouble
        /// ‘ ’
        case curlySingle
    }

    /// Takes the mark that a text begins with.
    private mutating func quote() -> Quote? {
        switch next {
        case UInt8(ascii: "\""):
            place += 1
            return .double
        case UInt8(ascii: "'"):
            place += 1
            repairs.insert(.form)
            return .single
        case 0xE2 where place + 2 < bytes.count && bytes[place + 1] == 0x80:
            let quote: Quote? =
                switch bytes[place + 2] {
                case 0x9C, 0x9D, 0x9E: .curlyDouble
                case 0x98, 0x99: .curlySingle
                default: nil
                }
            guard let quote else { return nil }
            place += 3
            repairs.insert(.form)
            return quote
        default: return nil
        }
    }

    /// Whether a text ends here; takes the mark.
    private mutating func ends(with quote: Quote) -> Bool {
        let marks: [[UInt8]] =
            switch quote {
            case .double: [[0x22]]
            case .single: [[0x27]]
            case .curlyDouble: [[0xE2, 0x80, 0x9D], [0xE2, 0x80, 0x9C]]
            case .curlySingle: [[0xE2, 0x80, 0x99], [0xE2, 0x80, 0x98]]
            }
        for mark in marks where starts(with: mark) {
            place += mark.count
            return true
        }
        return false
    }

    /// The rest of a text; nil when it does not end.
    private mutating func string(endingWith quote: Quote) -> String? {
        var text: [UInt8] = []
        while let byte = next {
            if byte == UInt8(ascii: "\\") {
                guard escape(&text) else { return nil }
            } else if (byte == 0x22 || byte == 0x27 || byte == 0xE2), ends(with: quote) {
                guard let valid = String(validating: text, as: UTF8.self) else {
                    repairs.insert(.form)
                    return String(decoding: text, as: UTF8.self)
                }
                return valid
            } else {
                if byte < 0x20 { repairs.insert(.form) }
                text.append(byte)
                place += 1
            }
        }
        return nil
    }

    private mutating func escape(_ text: inout [UInt8]) -> Bool {
        place += 1
        guard let byte = next else { return false }
        place += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            guard let unit = hexadecimal() else { return false }
            text += String(scalar(from: unit)).utf8
        case UInt8(ascii: "'"):
            repairs.insert(.form)
            text.append(byte)
        default:
            // No escape: both stand for themselves.
            repairs.insert(.form)
            text.append(UInt8(ascii: "\\"))
            text.append(byte)
        }
        return true
    }

    private mutating func scalar(from unit: UInt32) -> Character {
        if (0xD800..<0xDC00).contains(unit), starts(with: Array("\\u".utf8)) {
            let before = place
            place += 2
            if let low = hexadecimal(), (0xDC00..<0xE000).contains(low),
                let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
            {
                return Character(scalar)
            }
            place = before
        }
        guard let scalar = Unicode.Scalar(unit) else {
            repairs.insert(.form)
            return "\u{FFFD}"
        }
        return Character(scalar)
    }

    private mutating func hexadecimal() -> UInt32? {
        guard place + 4 <= bytes.count else {
            place = bytes.count
            return nil
        }
        let digits = bytes[place..<place + 4]
        guard digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return nil }
        place += 4
        return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    }
}
