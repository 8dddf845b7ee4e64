/// The beginning of foreign text, short enough for a message whatever the text is.
enum Excerpt {
    /// Counted in code points: one character that a reader sees may be megabytes of accents.
    static func of(_ text: String, limit: Int = 80) -> String {
        let end = text.unicodeScalars.index(
            text.unicodeScalars.startIndex,
            offsetBy: limit,
            limitedBy: text.unicodeScalars.endIndex
        )
        guard let end, end < text.unicodeScalars.endIndex else { return text }
        return String(text.unicodeScalars[..<end]) + "…"
    }

    /// Of bytes that should be UTF-8.
    static func of(_ bytes: ArraySlice<UInt8>) -> String {
        of(String(decoding: bytes.prefix(320), as: UTF8.self))
    }
}
