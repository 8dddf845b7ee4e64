import Exporting
import Foundation
import Records
import Storage

func decimal(_ units: Int64, _ scale: Int) -> DecimalNumber {
    DecimalNumber(units: units, scale: scale)
}

func money(_ units: Int64, _ scale: Int = 2, _ currency: String? = nil) -> FieldContent {
    .money(Money(amount: decimal(units, scale), currency: currency))
}

func value(_ content: FieldContent, printed: String = "", confidence: Double = 0.9) -> ExportValue {
    ExportValue(
        content: content,
        printed: printed,
        confidence: confidence,
        evidence: [Evidence(page: 1, box: Box(x: 1, y: 2, width: 3, height: 4), words: printed)],
        reason: "right of \"TOTAL\""
    )
}

func row(_ path: String = "a.jpg", _ values: [String: FieldContent] = [:]) -> ExportRow {
    ExportRow(
        document: "ab12",
        folder: "/scans",
        pathBytes: Array(path.utf8),
        path: path,
        status: .done,
        reason: nil,
        detail: nil,
        confidence: 0.875,
        needsReview: false,
        duplicateOf: nil,
        isPresent: true,
        changedInRun: RunID(rawValue: 1),
        values: values.mapValues { value($0, printed: $0.plain) }
    )
}

let receiptRecord: [FieldDefinition] = [
    FieldDefinition(name: "merchant", type: .text),
    FieldDefinition(name: "date", type: .date(order: nil)),
    FieldDefinition(name: "currency", type: .currency),
    FieldDefinition(name: "total", type: .money),
    FieldDefinition(
        name: "items",
        type: .list([
            ListColumn(name: "name", type: .text), ListColumn(name: "quantity", type: .number),
            ListColumn(name: "price", type: .money),
        ])
    ),
]

/// A folder of its own, removed with everything in it.
final class ScratchFolder {
    let path: String

    init() throws {
        path =
            FileManager.default.temporaryDirectory.path
            + "/docket-export-\(UInt64.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    var entries: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
    }
}

/// What an export of these rows holds.
func export(
    _ rows: [ExportRow],
    record: [FieldDefinition] = receiptRecord,
    _ options: ExportOptions = ExportOptions()
) throws -> String {
    let folder = try ScratchFolder()
    let file = folder.path + "/out"
    try RecordExporter(record: record, options: options).export(to: file) { write in
        for row in rows { try write(row) }
    }
    let data = try Data(contentsOf: URL(filePath: file))
    return String(decoding: data, as: UTF8.self)
}
