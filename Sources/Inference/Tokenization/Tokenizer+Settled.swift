extension Tokenizer {
    /// Encodes text that goes on: the tokens that stay the same whatever follows.
    ///
    /// The pieces that text is cut into end by what stands behind them, so that every piece but the last is settled; the last as
    /// well where each byte that may follow would begin a new one.
    ///
    /// - Parameters:
    ///   - text: The beginning of the text.
    ///   - next: Bytes that may follow; nil where the text ends.
    /// - Returns: Tokens whose bytes are the beginning of `text`; none when the text is not in the tokenizer's normal form.
    public func encodeSettled(_ text: [UInt8], before next: [UInt8]?) -> [TokenID] {
        guard String(validating: text, as: UTF8.self) != nil,
            !composes || CanonicalComposition.shared.normalized(text) == text
        else { return [] }
        var ends = Self.ends(ofPiecesIn: text)
        if let next {
            let isSettled =
                next.allSatisfy { byte in
                    byte < 0x80 && Self.ends(ofPiecesIn: text + [byte]).dropLast() == ends[...]
                } && !next.isEmpty
            if !isSettled { ends = ends.dropLast() }
        }
        var ids: [TokenID] = []
        var encoder = PieceEncoder(merges: merges, byteTokens: byteTokens, bytes: text.count)
        var start = 0
        for end in ends {
            encoder.append(Array(text[start..<end]), to: &ids)
            start = end
        }
        return ids
    }

    private static func ends(ofPiecesIn text: [UInt8]) -> [Int] {
        let preTokenizer = PreTokenizer(text)
        var ends: [Int] = []
        while (ends.last ?? 0) < text.count { ends.append(preTokenizer.end(of: ends.last ?? 0)) }
        return ends
    }
}
