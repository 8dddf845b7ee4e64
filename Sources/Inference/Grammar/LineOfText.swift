/// The bytes of a JSON text on one line: which may stand where.
///
/// Characters are well-formed UTF-8, no control characters and no line breaks (U+0000 to U+001F, U+007F to U+009F, U+2028,
/// U+2029). Of the escapes there are `\"`, `\\` and `\/`: the others stand for control characters, or for characters that models write as
/// they are.
///
/// Source: The Unicode Standard, table 3-7, well-formed UTF-8 byte sequences; RFC 8259, section 7.
enum LineOfText {
    /// What has come of a character.
    enum Place: UInt8, CaseIterable, Sendable {
        /// Between characters.
        case between
        /// After `\`.
        case escape
        /// Before the last byte.
        case oneLeft
        /// Before the last two bytes.
        case twoLeft
        /// Before the last three bytes.
        case threeLeft
        /// After lead bytes with a narrower second byte.
        case afterC2
        case afterE0
        case afterE2
        case afterE280
        case afterED
        case afterF0
        case afterF4
    }

    /// What a byte does.
    enum Step: Sendable {
        /// The text goes on.
        case goesOn(Place)
        /// The text ends.
        case closes
    }

    /// Steps by place and byte, `[places][256]`: a place, or one of the two below.
    private static let table: [UInt8] = Place.allCases.flatMap { place in
        (0...255).map { byte in
            switch step(UInt8(byte), at: place) {
            case .goesOn(let next): next.rawValue
            case .closes: closing
            case nil: forbidden
            }
        }
    }
    static let closing: UInt8 = 0xFE
    static let forbidden: UInt8 = 0xFF

    /// The same as ``step(_:at:)`` by a look at a table.
    ///
    /// - Returns: A place's number, ``closing`` or ``forbidden``.
    @inline(__always)
    static func code(_ byte: UInt8, at place: UInt8) -> UInt8 {
        table[Int(place) << 8 | Int(byte)]
    }

    /// What a byte does at a place; nil where it may not stand.
    static func step(_ byte: UInt8, at place: Place) -> Step? {
        func go(_ range: ClosedRange<UInt8>, _ next: Place) -> Step? {
            range ~= byte ? .goesOn(next) : nil
        }
        switch place {
        case .between: return lead(byte)
        case .escape:
            let isEscape = byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
            return isEscape || byte == UInt8(ascii: "/") ? .goesOn(.between) : nil
        case .oneLeft: return go(0x80...0xBF, .between)
        case .twoLeft: return go(0x80...0xBF, .oneLeft)
        case .threeLeft: return go(0x80...0xBF, .twoLeft)
        case .afterC2: return go(0xA0...0xBF, .between)
        case .afterE0: return go(0xA0...0xBF, .oneLeft)
        case .afterE2: return go(0x80...0x80, .afterE280) ?? go(0x81...0xBF, .oneLeft)
        case .afterE280: return 0xA8...0xA9 ~= byte ? nil : go(0x80...0xBF, .between)
        case .afterED: return go(0x80...0x9F, .oneLeft)
        case .afterF0: return go(0x90...0xBF, .twoLeft)
        case .afterF4: return go(0x80...0x8F, .twoLeft)
        }
    }

    private static func lead(_ byte: UInt8) -> Step? {
        switch byte {
        case UInt8(ascii: "\""): .closes
        case UInt8(ascii: "\\"): .goesOn(.escape)
        case 0x20...0x7E: .goesOn(.between)
        case 0xC2: .goesOn(.afterC2)
        case 0xC3...0xDF: .goesOn(.oneLeft)
        case 0xE0: .goesOn(.afterE0)
        case 0xE2: .goesOn(.afterE2)
        case 0xED: .goesOn(.afterED)
        case 0xE1...0xEF: .goesOn(.twoLeft)
        case 0xF0: .goesOn(.afterF0)
        case 0xF1...0xF3: .goesOn(.threeLeft)
        case 0xF4: .goesOn(.afterF4)
        default: nil
        }
    }

    /// The bytes that end a text soonest from a place on, its quotation mark not included.
    static func rest(of place: Place) -> [UInt8] {
        switch place {
        case .between: []
        case .escape: [UInt8(ascii: "/")]
        case .oneLeft, .afterE280: [0x80]
        case .twoLeft, .afterED: [0x80, 0x80]
        case .threeLeft: [0x80, 0x80, 0x80]
        case .afterC2: [0xA0]
        case .afterE0: [0xA0, 0x80]
        case .afterE2: [0x81, 0x80]
        case .afterF0: [0x90, 0x80, 0x80]
        case .afterF4: [0x80, 0x80, 0x80]
        }
    }
}
