import Jobs
import Storage

/// `found 12 = done 8 + partial 0 + …`: every path found is accounted for.
enum ConservationLine {
    /// The statuses in the order of the contract.
    static let order: [DocumentStatus] = [
        .done, .partial, .review, .failed, .quarantined, .duplicate, .skipped, .waiting,
    ]

    /// The line.
    static func text(_ tally: Tally) -> String {
        let parts = order.map { "\($0.rawValue) \(tally[$0])" }.joined(separator: " + ")
        return "found \(tally.found) \(tally.isConserved ? "=" : "≠") \(parts)"
    }

    /// The line without what is zero: `found 12 = done 8 + review 4`.
    static func short(_ tally: Tally) -> String {
        let parts = order.filter { tally[$0] > 0 }.map { "\($0.rawValue) \(tally[$0])" }
        guard !parts.isEmpty || !tally.isConserved else { return "found \(tally.found)" }
        return "found \(tally.found) \(tally.isConserved ? "=" : "≠") "
            + parts.joined(separator: " + ")
    }
}
