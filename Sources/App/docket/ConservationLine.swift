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
}
