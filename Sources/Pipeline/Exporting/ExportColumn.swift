import Jobs
import Records
import Storage

/// One column of a table.
struct ExportColumn {
    /// What stands in it.
    enum Content {
        case path
        case field(String)
        case currency(ofField: String)
        case list(String, columns: [ListColumn])
        case item(column: String)
        case itemCurrency(column: String)
        case status
        case reason
        case confidence
        case needsReview
        case document
        case duplicateOf
        case folder
    }

    /// The heading.
    var name: String
    /// What stands in it.
    var content: Content

    /// The columns of a record: the path, the fields in their order, then what Docket says of the document.
    ///
    /// An amount has its currency beside it when no field of the record holds it.
    static func columns(of record: [FieldDefinition], rowsOf list: String?) -> [ExportColumn] {
        var columns = [ExportColumn(name: "path", content: .path)]
        let names = Set(record.map { $0.name.lowercased() })
        let hasCurrency = record.contains { $0.type == .currency }
        func add(_ name: String, _ type: FieldType, _ content: Content, currency: Content) {
            columns.append(ExportColumn(name: name, content: content))
            guard type == .money, !hasCurrency, !names.contains("\(name)_currency".lowercased())
            else { return }
            columns.append(ExportColumn(name: "\(name)_currency", content: currency))
        }
        for field in record {
            guard case .list(let listColumns) = field.type else {
                add(
                    field.name,
                    field.type,
                    .field(field.name),
                    currency: .currency(ofField: field.name)
                )
                continue
            }
            guard field.name == list else {
                let content = Content.list(field.name, columns: listColumns)
                columns.append(ExportColumn(name: field.name, content: content))
                continue
            }
            for column in listColumns {
                add(
                    "\(field.name)_\(column.name)",
                    column.type,
                    .item(column: column.name),
                    currency: .itemCurrency(column: column.name)
                )
            }
        }
        return columns + [
            ExportColumn(name: "status", content: .status),
            ExportColumn(name: "reason", content: .reason),
            ExportColumn(name: "confidence", content: .confidence),
            ExportColumn(name: "needs_review", content: .needsReview),
            ExportColumn(name: "document", content: .document),
            ExportColumn(name: "duplicate_of", content: .duplicateOf),
            ExportColumn(name: "folder", content: .folder),
        ]
    }

    /// What stands in this column of a row.
    ///
    /// - Parameters:
    ///   - row: the document.
    ///   - item: the item that has this row to itself, in an export of items.
    /// - Returns: the cell.
    func cell(of row: ExportRow, item: [String: FieldContent]?) -> Cell {
        switch content {
        case .path: .text(row.path)
        case .field(let name): Cell(row.values[name]?.content)
        case .currency(let name): Cell(currencyOf: row.values[name]?.content)
        case .list(let name, let columns):
            if case .list(let items) = row.values[name]?.content {
                .text(JSONText.list(items, columns: columns))
            } else {
                .empty
            }
        case .item(let column): Cell(item?[column])
        case .itemCurrency(let column): Cell(currencyOf: item?[column])
        case .status: .text(row.status.rawValue)
        case .reason: Cell(text: row.reason)
        case .confidence: row.confidence.map { .number(confidenceText($0)) } ?? .empty
        case .needsReview: .text(row.needsReview ? "true" : "false")
        case .document: Cell(text: row.document)
        case .duplicateOf: Cell(text: row.duplicateOf)
        case .folder: .text(row.folder)
        }
    }
}

/// What stands in one cell of a table.
enum Cell {
    /// Nothing.
    case empty
    /// Text, to be read as text.
    case text(String)
    /// A number, with a decimal point and without grouping.
    case number(String)
    /// A day in ISO 8601, which spreadsheets of every locale read as a date.
    case date(String)

    init(_ content: FieldContent?) {
        switch content {
        case nil: self = .empty
        case .text(let text), .currency(let text), .identifier(let text), .label(let text):
            self = .text(text)
        case .date(let date): self = .date(date.description)
        case .money(let money): self = .number(money.amount.description)
        case .number(let number): self = .number(number.description)
        case .list(let items): self = .text(JSONText.list(items, columns: nil))
        }
    }

    init(currencyOf content: FieldContent?) {
        guard case .money(let money) = content else {
            self = .empty
            return
        }
        self = Cell(text: money.currency)
    }

    init(text: String?) {
        self = text.map { .text($0) } ?? .empty
    }
}

/// A confidence to four places, without trailing zeros: it is an estimate, and more would pretend.
func confidenceText(_ confidence: Double) -> String {
    guard confidence.isFinite else { return "0" }
    var units = Int64((min(max(confidence, 0), 1) * 10_000).rounded())
    var scale = 4
    while scale > 0, units % 10 == 0 {
        units /= 10
        scale -= 1
    }
    return DecimalNumber(units: units, scale: scale).description
}
