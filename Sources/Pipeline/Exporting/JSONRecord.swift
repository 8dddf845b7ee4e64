import Jobs
import Records
import Storage

/// Writes a row as one JSON object on one line.
struct JSONRecord {
    let record: [FieldDefinition]
    let rowsOf: String?

    /// The object.
    ///
    /// - Parameters:
    ///   - row: the document.
    ///   - item: the item that has this object to itself, with its place from 1.
    /// - Returns: the object as JSON, without a line break.
    func object(_ row: ExportRow, item: (place: Int, columns: [String: FieldContent])?) -> String {
        var members: [(name: String, json: String)] = [("path", JSONText.string(row.path))]
        if rowsOf != nil { members.append(("row", item.map { String($0.place) } ?? "null")) }
        members += [
            ("record", JSONText.object(record.map { ($0.name, field($0, of: row, item: item)) })),
            ("status", JSONText.string(row.status.rawValue)),
            ("reason", JSONText.optional(row.reason)),
            ("detail", JSONText.optional(row.detail)),
            ("confidence", row.confidence.map(confidenceText) ?? "null"),
            ("needs_review", row.needsReview ? "true" : "false"),
            ("document", JSONText.optional(row.document)),
            ("duplicate_of", JSONText.optional(row.duplicateOf)),
            ("folder", JSONText.string(row.folder)),
            ("is_present", row.isPresent ? "true" : "false"),
        ]
        return JSONText.object(members)
    }

    private func field(
        _ field: FieldDefinition,
        of row: ExportRow,
        item: (place: Int, columns: [String: FieldContent])?
    ) -> String {
        guard let value = row.values[field.name] else { return "null" }
        var columns: [ListColumn]?
        if case .list(let definition) = field.type { columns = definition }
        var json = JSONText.content(value.content, columns: columns)
        if field.name == rowsOf {
            json = item.map { JSONText.item($0.columns, columns: columns) } ?? "null"
        }
        var members: [(name: String, json: String)] = [("value", json)]
        if case .money(let money) = value.content {
            members.append(("currency", JSONText.optional(money.currency)))
            members.append(("minor_units", money.minorUnits.map(String.init) ?? "null"))
        }
        members += [
            ("printed", JSONText.string(value.printed)),
            ("confidence", confidenceText(value.confidence)),
            ("reason", JSONText.string(value.reason)),
            ("is_correction", value.isCorrection ? "true" : "false"),
            ("is_unverified", value.isUnverified ? "true" : "false"),
            ("evidence", "[" + value.evidence.map(evidence).joined(separator: ",") + "]"),
        ]
        return JSONText.object(members)
    }

    private func evidence(_ evidence: Evidence) -> String {
        let box = evidence.box
        return JSONText.object([
            ("page", String(evidence.page)),
            ("box", "[\(box.x),\(box.y),\(box.width),\(box.height)]"),
            ("words", JSONText.string(evidence.words)),
        ])
    }
}
