/// Tells text from other bytes by looking at them.
enum TextGuess {
    /// Whether bytes are text: UTF-8, UTF-16 with its mark, or mostly printable as Latin-1.
    ///
    /// - Parameters:
    ///   - bytes: a file's first bytes.
    ///   - isWhole: whether the file ends there; otherwise the last character may be cut.
    /// - Returns: true when a person could read them.
    static func isText(_ bytes: [UInt8], isWhole: Bool) -> Bool {
        if bytes.starts(with: [0xFF, 0xFE]) { return isUTF16(bytes, highByte: 1) }
        if bytes.starts(with: [0xFE, 0xFF]) { return isUTF16(bytes, highByte: 0) }
        var controls = 0
        var high = 0
        var isUTF8 = true
        var position = 0
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case 0: return false
            case 0x09...0x0D, 0x1B, 0x20...0x7E: position += 1
            case 0x01...0x1F, 0x7F:
                controls += 1
                position += 1
            default:
                high += 1
                var length = UTF8Sequence.length(in: bytes, at: position)
                if length == 0 {
                    let isCut = !isWhole && bytes.count - position < 4
                    if !isCut { isUTF8 = false }
                    length = 1
                }
                position += length
            }
        }
        // A stray control character does not make a text binary; one in 200 does.
        guard controls * 200 <= bytes.count else { return false }
        // In western texts of one byte a letter, few letters have accents; more is another alphabet,
        // which would come out as gibberish, or no text at all.
        return isUTF8 || high * 10 <= bytes.count * 3
    }

    /// Whether bytes look like text in an encoding that cannot be told from others: one of the east
    /// or UTF-16 without its mark.
    ///
    /// - Parameter bytes: the first bytes of a file that ``isText(_:isWhole:)`` does not take for text.
    /// - Returns: true when a person with the right program could read them.
    static func isForeignText(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= 16 else { return false }
        let zeros = bytes.count { $0 == 0 }
        let isControl: (UInt8) -> Bool = {
            ($0 < 0x20 && !(0x09...0x0D).contains($0)) || $0 == 0x7F
        }
        let controls = bytes.count(where: isControl) - zeros
        guard controls * 200 <= bytes.count else { return false }
        if zeros == 0 { return true }
        // Western letters in UTF-16: nearly every second byte is zero, and only every second.
        let evenZeros = stride(from: 0, to: bytes.count, by: 2).count { bytes[$0] == 0 }
        return zeros * 10 >= bytes.count * 4 && min(evenZeros, zeros - evenZeros) * 50 <= zeros
    }

    private static func isUTF16(_ bytes: [UInt8], highByte: Int) -> Bool {
        var expectsLow = false
        var controls = 0
        var position = 2
        while position + 1 < bytes.count {
            let unit =
                UInt16(bytes[position + highByte]) << 8 | UInt16(bytes[position + 1 - highByte])
            position += 2
            let isLow = (0xDC00...0xDFFF).contains(unit)
            if isLow != expectsLow { return false }
            expectsLow = (0xD800...0xDBFF).contains(unit)
            switch unit {
            case 0, 0xFFFF, 0xFFFE: return false
            case 0x09...0x0D, 0x1B: break
            case 0x01...0x1F, 0x7F: controls += 1
            default: break
            }
        }
        return controls * 200 <= bytes.count
    }
}
