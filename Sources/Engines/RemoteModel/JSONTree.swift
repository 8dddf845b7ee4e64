/// JSON as it was written: keys in their order, numbers by their digits.
///
/// Servers and models are not believed to send what they should: whoever reads one asks for what it needs and gets nil for all else.
indirect enum JSONTree: Equatable, Sendable {
    case object([Member])
    case list([JSONTree])
    case text(String)
    case number(String)
    case bool(Bool)
    case null

    struct Member: Equatable, Sendable {
        var key: String
        var value: JSONTree
    }

    /// An object, written down.
    static func object(_ members: KeyValuePairs<String, JSONTree?>) -> JSONTree {
        .object(members.compactMap { key, value in value.map { Member(key: key, value: $0) } })
    }

    /// The value behind a key of an object, the last where it stands there twice.
    subscript(key: String) -> JSONTree? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.key == key }?.value
    }

    /// The text, of a text.
    var text: String? {
        guard case .text(let text) = self else { return nil }
        return text
    }

    /// The entries, of a list.
    var list: [JSONTree]? {
        guard case .list(let entries) = self else { return nil }
        return entries
    }

    /// The members, of an object.
    var members: [Member]? {
        guard case .object(let members) = self else { return nil }
        return members
    }

    /// The number, of one that is whole and not out of range.
    var int: Int? {
        guard case .number(let digits) = self else { return nil }
        return Int(digits)
    }

    /// The number, of one.
    var double: Double? {
        guard case .number(let digits) = self, let double = Double(digits), double.isFinite else {
            return nil
        }
        return double
    }

    // MARK: Writing

    /// The bytes of it, without white space.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        write(to: &bytes)
        return bytes
    }

    private func write(to bytes: inout [UInt8]) {
        switch self {
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (place, member) in members.enumerated() {
                if place > 0 { bytes.append(UInt8(ascii: ",")) }
                Self.write(member.key, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                member.value.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        case .list(let entries):
            bytes.append(UInt8(ascii: "["))
            for (place, entry) in entries.enumerated() {
                if place > 0 { bytes.append(UInt8(ascii: ",")) }
                entry.write(to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .text(let text): Self.write(text, to: &bytes)
        case .number(let digits): bytes += digits.utf8
        case .bool(let value): bytes += (value ? "true" : "false").utf8
        case .null: bytes += "null".utf8
        }
    }

    private static func write(_ text: String, to bytes: inout [UInt8]) {
        bytes.reserveCapacity(bytes.count + text.utf8.count + 2)
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0..<0x20:
                let digits = String(byte, radix: 16)
                bytes += "\\u\(byte < 16 ? "000" : "00")\(digits)".utf8
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
