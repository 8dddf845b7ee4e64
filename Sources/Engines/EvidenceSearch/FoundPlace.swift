import FieldRules
import Records

/// One place that agrees with a value, before the best of them is chosen.
struct FoundPlace {
    var evidence: [Evidence]
    var method: EvidenceMatch.Method
    var similarity: Double
    var certainty: Double
    var leastCertainty: Double
    var hasDoubtfulDigit = false
    var dayReadings: [PrintedValues.Day.Reading] = []

    /// The page and the height where it begins, for putting places in order.
    var position: (page: Int, y: Int) {
        guard let first = evidence.first else { return (0, 0) }
        return (first.page, first.box.y + first.box.height / 2)
    }

    /// The match, with what only a comparison with the other places tells.
    func match(places: Int, key: PrintedKey?) -> EvidenceMatch {
        EvidenceMatch(
            evidence: evidence,
            method: method,
            similarity: similarity,
            certainty: certainty,
            leastCertainty: leastCertainty,
            places: places,
            key: key,
            hasDoubtfulDigit: hasDoubtfulDigit,
            dayReadings: dayReadings
        )
    }
}
