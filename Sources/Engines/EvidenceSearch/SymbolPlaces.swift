import Records

/// Finds codes in the bar codes and matrix codes of a document.
struct SymbolPlaces {
    private var places: [String: FoundPlace] = [:]

    /// Most symbols of a page that are looked at.
    private static let mostSymbols = 100

    init(_ pages: [PageText]) {
        for page in pages {
            for symbol in page.symbols.prefix(Self.mostSymbols) {
                let place = FoundPlace(
                    evidence: [
                        Evidence(page: page.number, box: symbol.box.bounded, words: symbol.text)
                    ],
                    method: .symbol,
                    similarity: 1,
                    certainty: min(1, max(0, symbol.confidence.isNaN ? 0 : symbol.confidence)),
                    leastCertainty: min(1, max(0, symbol.confidence.isNaN ? 0 : symbol.confidence))
                )
                for form in Self.forms(of: symbol) where places[form] == nil {
                    places[form] = place
                }
            }
        }
    }

    var isEmpty: Bool { places.isEmpty }

    /// Where a symbol holds a code.
    func places(of code: String) -> [FoundPlace] {
        places[Self.signs(code)].map { [$0] } ?? []
    }

    /// What a symbol says, and the article number in it without the zeros before it.
    private static func forms(of symbol: Symbol) -> [String] {
        let signs = signs(symbol.text)
        guard !signs.isEmpty else { return [] }
        var forms = [signs]
        if symbol.isGS1, signs.hasPrefix("01"), signs.count >= 16 {
            let number = String(signs.dropFirst(2).prefix(14))
            forms += [number, String(number.drop { $0 == "0" })]
        }
        if symbol.format.isArticleNumber {
            forms.append(String(signs.drop { $0 == "0" }))
        }
        return forms
    }

    private static func signs(_ text: String) -> String {
        text.prefix(512).filter { $0.isASCII && ($0.isLetter || $0.isNumber) }.uppercased()
    }
}
