public import Records

/// A key word that stands beside a value on the page.
public struct PrintedKey: Hashable, Sendable {
    /// The key word as printed.
    public var printed: String
    /// Where the value stands, seen from it: `right of`, `below`.
    public var relation: String
    /// Whether it is a key word of the field that was asked for, and not of another.
    public var isOfField: Bool
    /// Whether one letter of it differs from the key word as it is known.
    public var isInexact: Bool

    /// The place in words: `right of “TOTAL”`.
    public var place: String { "\(relation) “\(printed)”" }
}

extension PrintedValues {
    /// The key word that names what is printed at a place: the nearest to its left, else one in the rows above its column.
    ///
    /// - Parameters:
    ///   - evidence: The place.
    ///   - field: The field that the value is for; its `near:` words and what its name says are its key words.
    /// - Returns: The key word; nil where there is none.
    public func key(beside evidence: Evidence, field: FieldDefinition) -> PrintedKey? {
        let meaning = FieldMeaning.of(field.name)
        let own = FieldKeys(field, meaning)
        let box = evidence.box
        var above: PrintedKey?
        for index in rows(near: evidence).reversed() {
            let row = reading.rows[index]
            if row.box.y <= box.midY, row.box.maxY >= box.midY {
                let keys = own.keys(in: row).filter { row.box(of: $0.key.words).x <= box.x }
                // A long row may be a sentence: only what is near names the value.
                if let nearest = keys.last { return Self.printed(nearest, "right of") }
            } else if above == nil, row.box.maxY <= box.midY,
                box.y - row.box.maxY <= (row.isPlainText ? 2 : row.letterHeight * 4)
            {
                let key = own.keys(in: row).first {
                    let keyBox = row.box(of: $0.key.words)
                    return keyBox.x < box.maxX && box.x < keyBox.maxX
                }
                above = key.map { Self.printed($0, "below") }
            }
        }
        return above
    }

    private static func printed(_ key: FieldKeys.Key, _ relation: String) -> PrintedKey {
        PrintedKey(
            printed: key.key.printed,
            relation: relation,
            isOfField: key.isOfField,
            isInexact: key.key.isInexact
        )
    }
}

/// The key words of a row as one field sees them: its own and those of other values.
private struct FieldKeys {
    struct Key {
        var key: RowKey
        var isOfField: Bool
    }

    private let concepts: Set<KeyConcept>
    private let type: FieldType
    private var near: KeyMatcher<Int>?

    /// What stands in every document's head and foot and names no value.
    private static let unnaming: Set<KeyConcept> = [.heading, .courtesy, .till, .currency]

    init(_ field: FieldDefinition, _ meaning: FieldMeaning) {
        concepts = Set(meaning.concepts)
        type = field.type
        var phrases = field.near
        if phrases.isEmpty, meaning.concepts.isEmpty, meaning.kind == .keyed {
            phrases = [field.name]
        }
        guard !phrases.isEmpty else { return }
        var matcher = KeyMatcher<Int>()
        for phrase in phrases { matcher.add(phrase, meaning: 0) }
        near = matcher
    }

    /// Whether a key word names values of the field's type: no amount is what stands behind a telephone's number.
    private func names(_ concept: KeyConcept) -> Bool {
        guard !Self.unnaming.contains(concept) else { return false }
        return switch type {
        case .money, .number: Self.amounts.contains(concept)
        case .date: Self.days.contains(concept)
        default: true
        }
    }

    private static let amounts: Set<KeyConcept> = [
        .grandTotal, .total, .weakTotal, .subtotal, .net, .tax, .taxSummary, .cash, .change,
        .rounding, .discount, .service, .itemCount, .price, .unitPrice, .quantity,
    ]
    private static let days: Set<KeyConcept> = [
        .documentDate, .date, .dueDate, .orderDate, .deliveryDate, .bestBefore, .productionDate,
        .period, .otherDate,
    ]

    /// The keys from left to right.
    func keys(in row: PageRow) -> [Key] {
        var keys = row.keys.filter { concepts.contains($0.concept) || names($0.concept) }.map {
            Key(key: $0, isOfField: concepts.contains($0.concept))
        }
        guard let near else { return keys }
        let letters = RowLetters(row.words)
        for match in near.matches(in: letters) {
            let key = DocumentReading.rowKey(
                match.letters,
                in: row,
                letters: letters,
                concept: .product,
                isInexact: match.isInexact
            )
            keys.removeAll { $0.key.words.overlaps(key.words) }
            keys.append(Key(key: key, isOfField: true))
        }
        return keys.sorted { $0.key.words.lowerBound < $1.key.words.lowerBound }
    }
}
