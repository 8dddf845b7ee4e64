import FieldRules
public import Records

/// Looks for values among the words that were read from a document.
///
/// For answers of a model: what it says must be printed somewhere. A number, day or code agrees only in all of its
/// digits; a text by how much of it is there. The words are indexed once, in time that grows with their count.
public struct EvidenceSearch: Sendable {
    let letters: DocumentLetters
    let printed: PrintedValues
    private let values: ValuePlaces
    private let symbols: SymbolPlaces

    /// Whether no word was read at all, so that nothing can be found.
    public var isEmpty: Bool { letters.words.isEmpty && symbols.isEmpty }

    /// Indexes a document's words.
    ///
    /// - Parameter pages: What was read from its pages.
    public init(pages: [PageText]) {
        self.init(pages: pages, printed: PrintedValues(pages: pages))
    }

    private init(pages: [PageText], printed: PrintedValues) {
        letters = DocumentLetters(pages)
        self.printed = printed
        values = ValuePlaces(printed, letters)
        symbols = SymbolPlaces(pages)
    }

    /// Where a value is printed: of several places the one that agrees best, and of equal ones the one beside the field's key word.
    ///
    /// - Parameters:
    ///   - content: The value; a list is found where any of its cells is.
    ///   - printed: How it is said to be printed, looked for where the content itself is not found.
    ///   - field: The field that it is for.
    /// - Returns: The place; nil where it is not printed, and for labels, which are no words of the page.
    public func find(
        _ content: FieldContent,
        printed: String? = nil,
        field: FieldDefinition
    ) -> EvidenceMatch? {
        if case .list(let rows) = content { return found(rows, field: field) }
        var places = places(of: content, type: field.type)
        if places.isEmpty, let printed, !printed.isEmpty, case .text = content {
            places = TextPlaces(letters: letters).places(of: printed, isCode: false)
        }
        return best(of: places, field: field)
    }

    /// Everywhere that a value is printed, the closest first.
    func places(of content: FieldContent, type: FieldType) -> [FoundPlace] {
        switch content {
        case .text(let text):
            let places = TextPlaces(letters: letters).places(of: text, isCode: false)
            return places.isEmpty ? symbols.places(of: text) : places
        case .identifier(let code):
            return symbols.places(of: code)
                + TextPlaces(letters: letters).places(of: code, isCode: true)
        case .money(let money): return values.places(of: money.amount, isMoney: true)
        case .number(let number): return values.places(of: number, isMoney: false)
        case .date(let day):
            if case .date(let order) = type { return values.places(of: day, order: order) }
            return values.places(of: day, order: nil)
        case .currency(let code): return values.places(ofCurrency: code)
        case .label, .list: return []
        }
    }

    private static let mostKeys = 40

    private func best(of places: [FoundPlace], field: FieldDefinition) -> EvidenceMatch? {
        guard let first = places.first else { return nil }
        let top = places.map(\.similarity).max() ?? first.similarity
        let equal = places.filter { $0.similarity >= top - 0.02 }
        var chosen: (place: FoundPlace, key: PrintedKey?, rank: Int)?
        for place in equal.prefix(Self.mostKeys) {
            let key = place.evidence.first.flatMap { printed.key(beside: $0, field: field) }
            let rank = Self.rank(key)
            if chosen.map({ rank > $0.rank }) ?? true { chosen = (place, key, rank) }
        }
        return chosen.map { $0.place.match(places: equal.count, key: $0.key) }
    }

    /// What a key word says of a place, the most first: its own, one with a wrong letter, none, another value's.
    private static func rank(_ key: PrintedKey?) -> Int {
        guard let key else { return 1 }
        return key.isOfField ? (key.isInexact ? 2 : 3) : 0
    }

    private func found(_ rows: [[String: FieldContent]], field: FieldDefinition) -> EvidenceMatch? {
        let matches = find(rows: rows, field: field)
        let cells = matches.flatMap(\.cells.values)
        guard let weakest = cells.min(by: { $0.similarity < $1.similarity }) else { return nil }
        let asked = cells.count + matches.reduce(0) { $0 + $1.missing.count }
        return EvidenceMatch(
            evidence: matches.flatMap(\.evidence),
            method: weakest.method,
            similarity: cells.reduce(0) { $0 + $1.similarity } / Double(max(1, asked)),
            certainty: cells.reduce(0) { $0 + $1.certainty } / Double(cells.count),
            leastCertainty: cells.map(\.leastCertainty).min() ?? 0,
            hasDoubtfulDigit: cells.contains(where: \.hasDoubtfulDigit)
        )
    }
}
