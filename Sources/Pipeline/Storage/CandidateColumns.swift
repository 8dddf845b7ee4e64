import GRDB
import Records

/// A candidate as its columns hold it; equal columns are the same candidate, `1.5` and `1.50` are not.
struct CandidateColumns: Hashable {
    /// The columns that say what a candidate is, in the order in which they are read.
    static let names =
        "field, content, printed, confidence, evidence, reason, assumed_order, features, is_unverified"

    var field: String
    var content: String
    var printed: String
    var confidence: Double
    var evidence: String
    var reason: String
    var assumedOrder: String?
    var features: String
    var isUnverified: Bool

    init(_ candidate: Candidate) throws {
        field = candidate.field
        content = try JSONColumn.text(StoredContent(candidate.content))
        printed = candidate.printed
        confidence = candidate.confidence.isFinite ? candidate.confidence : 0
        evidence = try JSONColumn.text(list: candidate.evidence)
        reason = candidate.reason
        assumedOrder = candidate.assumedOrder?.rawValue
        features = try Self.text(candidate.features)
        isUnverified = candidate.isUnverified
    }

    init(_ row: Row, at index: Int) throws {
        field = try row.text(index)
        content = try row.text(index + 1)
        printed = try row.text(index + 2)
        confidence = try row.double(index + 3)
        evidence = try row.text(index + 4)
        reason = try row.text(index + 5)
        assumedOrder = try row.optionalText(index + 6)
        features = try row.text(index + 7)
        isUnverified = try row.bool(index + 8)
    }

    /// Most candidates of a pipeline without rules have none, which needs no encoder.
    private static func text(_ features: [Feature: Double]) throws -> String {
        features.isEmpty ? "{}" : try JSONColumn.text(features.filter { $0.value.isFinite })
    }

    var candidate: Candidate {
        get throws {
            Candidate(
                field: field,
                content: try JSONColumn.value(StoredContent.self, from: content).content,
                printed: printed,
                confidence: confidence,
                evidence: try JSONColumn.list(Evidence.self, from: evidence),
                reason: reason,
                assumedOrder: try assumedOrder.map { try named(DateOrder.self, $0) },
                features: features == "{}"
                    ? [:] : try JSONColumn.value([Feature: Double].self, from: features),
                isUnverified: isUnverified
            )
        }
    }

    func insert(of step: StepOfDocument, at position: Int, run: RunID, in db: Database) throws {
        let content = try candidate.content
        try db.run(
            """
            INSERT INTO value (pipeline, document, step_index, position, \(Self.names), plain, minor_units,
                currency, chosen, from_run)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?)
            """,
            [
                step.pipeline.rawValue, step.document.rawValue, step.index, position, field,
                self.content, printed, confidence, evidence, reason, assumedOrder, features,
                isUnverified,
                try content.viewText, content.minorUnits, content.currencyCode, run.rawValue,
            ]
        )
    }
}
