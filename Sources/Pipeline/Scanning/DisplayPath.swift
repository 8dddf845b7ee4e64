/// A path of any bytes as text that is safe to print and that no other path is printed as.
///
/// Bytes that are not UTF-8, and characters that would move the cursor, end the line or turn the
/// direction of writing, become `\xNN`, byte by byte. A backslash stays itself unless it would read
/// as such an escape.
///
/// - Parameter path: the path's bytes.
/// - Returns: the text, for messages, tables and exports.
public func displayPath(_ path: some Collection<UInt8>) -> String {
    let bytes = Array(path)
    // Nearly every path is plain ASCII without a backslash.
    if bytes.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && $0 != 0x5C }) {
        return String(decoding: bytes, as: UTF8.self)
    }
    var text = ""
    var position = 0
    while position < bytes.count {
        let length = UTF8Sequence.length(in: bytes, at: position)
        let sequence = bytes[position..<(position + max(length, 1))]
        let character = length == 0 ? nil : String(decoding: sequence, as: UTF8.self)
        if let character, let scalar = character.unicodeScalars.first,
            isPrintable(scalar), !beginsEscape(bytes, at: position)
        {
            text += character
        } else {
            for byte in sequence { text += escaped(byte) }
        }
        position += sequence.count
    }
    return text
}

/// A whole path as text: the folder as it is named, and what lies in it as by ``displayPath(_:)``.
///
/// - Parameters:
///   - path: the bytes of the path relative to the folder.
///   - folder: the folder.
/// - Returns: the text, for messages, tables and exports.
public func displayPath(_ path: some Collection<UInt8>, in folder: String) -> String {
    folder + (folder.hasSuffix("/") ? "" : "/") + displayPath(path)
}

private func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069, 0xFEFF: return false
    default: break
    }
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: return false
    default: return true
    }
}

private func beginsEscape(_ bytes: [UInt8], at position: Int) -> Bool {
    func isDigit(_ byte: UInt8) -> Bool {
        Character(Unicode.Scalar(byte)).isHexDigit && byte < 0x80
    }
    return bytes[position] == UInt8(ascii: "\\") && position + 3 < bytes.count
        && bytes[position + 1] == UInt8(ascii: "x")
        && isDigit(bytes[position + 2]) && isDigit(bytes[position + 3])
}

private func escaped(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16, uppercase: true)
    return "\\x" + (digits.count == 1 ? "0" + digits : digits)
}
