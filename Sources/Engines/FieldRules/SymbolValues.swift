import Records

/// Values that bar codes and matrix codes of a document hold: they outrank what is printed beside them.
struct SymbolValues {
    let reading: DocumentReading

    /// Article numbers, and other codes where there are none.
    func barcodes() -> [Proposal] {
        var proposals: [Proposal] = []
        for (page, symbol) in reading.symbols {
            if let number = Self.articleNumber(of: symbol) {
                proposals.append(
                    proposal(
                        .identifier(number),
                        symbol,
                        page,
                        1,
                        "reads a bar code (\(symbol.format.rawValue))"
                    )
                )
            } else if Self.isCode(symbol) {
                proposals.append(
                    proposal(
                        .identifier(symbol.text),
                        symbol,
                        page,
                        0.6,
                        "reads a bar code (\(symbol.format.rawValue))"
                    )
                )
            }
        }
        return proposals
    }

    /// Parcel numbers.
    func trackingNumbers() -> [Proposal] {
        reading.symbols.compactMap { page, symbol in
            if symbol.isGS1, let serial = GS1Elements(symbol.text).content("00") {
                return proposal(
                    .identifier("00" + serial),
                    symbol,
                    page,
                    0.97,
                    "the shipping unit's number in a bar code"
                )
            }
            let code = symbol.text.filter { $0 != " " }.uppercased()
            if let form = TrackingNumber.form(of: code) {
                return proposal(
                    .identifier(code),
                    symbol,
                    page,
                    form.isProven ? 1 : 0.85,
                    "reads a bar code, in the form of \(form.carrier)"
                )
            }
            guard !symbol.format.isArticleNumber, Self.isCode(symbol), symbol.text.count >= 8 else {
                return nil
            }
            return proposal(.identifier(symbol.text), symbol, page, 0.5, "reads a bar code")
        }
    }

    /// Lots in GS1 symbols.
    func lots() -> [Proposal] {
        gs1 { $0.content("10").map { (.identifier($0), "the lot in a bar code") } }
    }

    /// Last days in GS1 symbols.
    func bestBeforeDays() -> [Proposal] {
        gs1 { $0.day("15", "17").map { (.date($0), "the last day in a bar code") } }
    }

    private func gs1(
        _ value: (GS1Elements) -> (content: FieldContent, reason: String)?
    ) -> [Proposal] {
        reading.symbols.compactMap { page, symbol in
            guard symbol.isGS1, let found = value(GS1Elements(symbol.text)) else { return nil }
            return proposal(found.content, symbol, page, 1, found.reason)
        }
    }

    private func proposal(
        _ content: FieldContent,
        _ symbol: Symbol,
        _ page: Int,
        _ strength: Double,
        _ reason: String
    ) -> Proposal {
        Proposal(
            content: content,
            printed: symbol.text,
            confidence: strength * symbol.confidence,
            evidence: [Evidence(page: page, box: symbol.box, words: symbol.text)],
            reason: reason,
            agreements: 1
        )
    }

    /// The digits of an article: those of EAN and UPC, or those that a GS1 symbol holds.
    private static func articleNumber(of symbol: Symbol) -> String? {
        if symbol.format.isArticleNumber { return symbol.text }
        guard symbol.isGS1, var number = GS1Elements(symbol.text).content("01", "02") else {
            return symbol.format == .itf && symbol.text.count == 14
                && CheckDigits.isProductCode(symbol.text) ? symbol.text : nil
        }
        // The number of a single article is printed without its leading zero.
        if number.hasPrefix("0") { number.removeFirst() }
        return number
    }

    /// Whether a symbol's text is a code: not an address on the web, not a visiting card.
    private static func isCode(_ symbol: Symbol) -> Bool {
        symbol.text.count <= 60 && symbol.text.contains(where: \.isNumber)
            && symbol.text.allSatisfy {
                $0.isASCII && ($0.isLetter || $0.isNumber || "-./ ".contains($0))
            }
    }
}
