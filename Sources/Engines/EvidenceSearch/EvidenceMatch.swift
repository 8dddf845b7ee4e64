public import FieldRules
public import Records

/// Where a value was found on a document's pages, and how well what is printed there agrees with it.
public struct EvidenceMatch: Hashable, Sendable {
    /// How what is printed agrees with the value, the closest first.
    public enum Method: String, Hashable, Sendable, Codable, CaseIterable {
        /// Sign by sign.
        case exact
        /// In other case, spacing, accents or punctuation, over a line's end or a hyphen.
        case spelling
        /// As a number or day of the same meaning, or a currency by its sign.
        case meaning
        /// In a bar code or matrix code.
        case symbol
        /// With signs that are taken for each other in reading: O and 0, l and 1, rn and m.
        case shapes
        /// Only in part, or with other letters.
        case part
    }

    /// The places, one for each line that it is printed on.
    public var evidence: [Evidence]
    /// How it agrees.
    public var method: Method
    /// How much of it agrees, 0 to 1; 1 where nothing differs that means anything.
    public var similarity: Double
    /// How sure the reader was of the words there, on average over their signs, 0 to 1.
    public var certainty: Double
    /// How sure the reader was of the least sure word there, 0 to 1.
    public var leastCertainty: Double
    /// How many places agree as well as this one, this one included.
    public var places: Int
    /// The key word beside the place; nil where there is none.
    public var key: PrintedKey?
    /// Whether a digit was taken for another one of like shape, because the reader was unsure of the word.
    public var hasDoubtfulDigit: Bool
    /// The days that the print can mean, for a date that can be read in two ways; empty for all else.
    public var dayReadings: [PrintedValues.Day.Reading]

    /// What is printed there, as it was read.
    public var printed: String { evidence.map(\.words).joined(separator: " ") }

    /// Collects a match.
    public init(
        evidence: [Evidence],
        method: Method,
        similarity: Double,
        certainty: Double,
        leastCertainty: Double,
        places: Int = 1,
        key: PrintedKey? = nil,
        hasDoubtfulDigit: Bool = false,
        dayReadings: [PrintedValues.Day.Reading] = []
    ) {
        self.evidence = evidence
        self.method = method
        self.similarity = similarity
        self.certainty = certainty
        self.leastCertainty = leastCertainty
        self.places = places
        self.key = key
        self.hasDoubtfulDigit = hasDoubtfulDigit
        self.dayReadings = dayReadings
    }
}

/// Where the cells of one row of a list were found.
public struct RowMatch: Hashable, Sendable {
    /// The cells that were found, by column.
    public var cells: [String: EvidenceMatch]
    /// The columns whose cells should be printed and are not.
    public var missing: Set<String>
    /// The smallest boxes that hold all that was found, one for each page.
    public var evidence: [Evidence]

    /// Collects a row.
    public init(cells: [String: EvidenceMatch], missing: Set<String>, evidence: [Evidence]) {
        self.cells = cells
        self.missing = missing
        self.evidence = evidence
    }
}
