/// Text out of ids one at a time, never half a character.
///
/// What it has given out so far, and at the end ``finish()``, is together what
/// ``Tokenizer/decode(_:skippingSpecial:)`` gives for all the ids.
public struct StreamingDecoder: Sendable {
    private let tokenizer: Tokenizer
    private let skippingSpecial: Bool
    /// The beginning of a character: at most three bytes between calls.
    private var held: [UInt8] = []

    /// Begins a text.
    ///
    /// - Parameters:
    ///   - tokenizer: Whose ids these are.
    ///   - skippingSpecial: Whether control tokens are left out.
    public init(_ tokenizer: Tokenizer, skippingSpecial: Bool = false) {
        self.tokenizer = tokenizer
        self.skippingSpecial = skippingSpecial
    }

    /// Takes the next id.
    ///
    /// - Parameter id: Any id; one without a token adds nothing.
    /// - Returns: The characters that are complete now, U+FFFD for bytes that cannot become one.
    public mutating func append(_ id: TokenID) -> String {
        guard !(skippingSpecial && tokenizer.isSpecial(id)) else { return "" }
        held.append(contentsOf: tokenizer.bytes(of: id))
        let complete = held.count - Self.unfinished(held)
        let text = String(decoding: held[..<complete], as: UTF8.self)
        held.removeSubrange(..<complete)
        return text
    }

    /// Ends the text.
    ///
    /// - Returns: U+FFFD when it ends inside a character, else nothing.
    public mutating func finish() -> String {
        defer { held = [] }
        return String(decoding: held, as: UTF8.self)
    }

    /// Bytes at the end that begin a character and may still become one.
    ///
    /// Source: The Unicode Standard, table 3-7, well-formed UTF-8 byte sequences.
    private static func unfinished(_ bytes: [UInt8]) -> Int {
        for length in 1...3 where length <= bytes.count {
            let start = bytes.count - length
            let lead = bytes[start]
            if lead & 0xC0 == 0x80 { continue }
            let needed =
                switch lead {
                case 0xC2...0xDF: 2
                case 0xE0...0xEF: 3
                case 0xF0...0xF4: 4
                default: 1
                }
            guard length < needed else { return 0 }
            guard length > 1 else { return 1 }
            let second: ClosedRange<UInt8> =
                switch lead {
                case 0xE0: 0xA0...0xBF
                case 0xED: 0x80...0x9F
                case 0xF0: 0x90...0xBF
                case 0xF4: 0x80...0x8F
                default: 0x80...0xBF
                }
            return second ~= bytes[start + 1] ? length : 0
        }
        return 0
    }
}
