/// Cuts normalised text where Qwen's expression cuts it; byte pairs are merged inside a piece only.
///
/// The expression, tried from left to right at each place, greedily:
/// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
///
/// Every character is in exactly one piece, and each is looked at a bounded number of times.
struct PreTokenizer {
    /// The expression as `tokenizer.json` spells it: another one is refused.
    static let expression =
        #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#

    private static let letter = CharacterTable.letter
    private static let wordOrSpace =
        CharacterTable.letter | CharacterTable.number | CharacterTable.space

    private let text: [UInt8]
    private let table = CharacterTable.shared

    /// - Parameter text: Valid UTF-8.
    init(_ text: [UInt8]) {
        self.text = text
    }

    /// The character at an index: its bits and the bytes that it takes.
    @inline(__always)
    private func character(at index: Int) -> (bits: UInt8, length: Int) {
        let byte = text[index]
        if byte < 0x80 { return (table.bytes[Int(byte)], 1) }
        let (scalar, length) = ValidUTF8.scalar(text, at: index)
        return (table[scalar], length)
    }

    @inline(__always)
    private func isLineBreak(_ index: Int) -> Bool {
        text[index] == 0x0A || text[index] == 0x0D
    }

    /// Where the letters end that begin at an index; the index itself when none does.
    @inline(__always)
    private func endOfLetters(_ start: Int) -> Int {
        var index = start
        while index < text.count {
            let (bits, length) = character(at: index)
            guard bits & Self.letter != 0 else { break }
            index += length
        }
        return index
    }

    /// Where the piece ends that begins at `start`.
    func end(of start: Int) -> Int {
        if text[start] == UInt8(ascii: "'"), let end = contraction(start) { return end }
        let (bits, length) = character(at: start)
        let next = start + length
        if bits & Self.letter != 0 { return endOfLetters(next) }
        if bits & CharacterTable.number != 0 { return next }
        if !isLineBreak(start) {
            let end = endOfLetters(next)
            if end > next { return end }
        }
        if bits & CharacterTable.space == 0 { return symbols(next) }
        if text[start] == 0x20, next < text.count {
            let (bits, length) = character(at: next)
            if bits & Self.wordOrSpace == 0 { return symbols(next + length) }
        }
        return spaces(start)
    }

    /// `'s`, `'t`, `'re`, `'ve`, `'m`, `'ll`, `'d` in either case; ſ (U+017F) is an s.
    private func contraction(_ start: Int) -> Int? {
        func lower(_ offset: Int) -> UInt8 {
            start + offset < text.count ? text[start + offset] | 0x20 : 0
        }
        switch lower(1) {
        case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"):
            return start + 2
        case UInt8(ascii: "r"), UInt8(ascii: "v"):
            return lower(2) == UInt8(ascii: "e") ? start + 3 : nil
        case UInt8(ascii: "l"):
            return lower(2) == UInt8(ascii: "l") ? start + 3 : nil
        default:
            guard start + 2 < text.count, text[start + 1] == 0xC5, text[start + 2] == 0xBF else {
                return nil
            }
            return start + 3
        }
    }

    /// The rest of a run of what is neither space, letter nor number, and the line breaks after it.
    private func symbols(_ start: Int) -> Int {
        var index = start
        while index < text.count {
            let (bits, length) = character(at: index)
            guard bits & Self.wordOrSpace == 0 else { break }
            index += length
        }
        while index < text.count, isLineBreak(index) { index += 1 }
        return index
    }

    /// A run of spaces: up to its last line break; else all but the one that goes with a word.
    private func spaces(_ start: Int) -> Int {
        var index = start
        var last = start
        var lastBreak: Int?
        while index < text.count {
            let (bits, length) = character(at: index)
            guard bits & CharacterTable.space != 0 else { break }
            if isLineBreak(index) { lastBreak = index }
            last = index
            index += length
        }
        if let lastBreak { return lastBreak + 1 }
        return index == text.count || last == start ? index : last
    }
}
