/// The form of an export.
public enum ExportFormat: String, Sendable, CaseIterable {
    /// Comma-separated values by RFC 4180.
    case csv
    /// Tab-separated values; a cell with a tab, quote or line break in it is quoted as in CSV.
    case tsv
    /// One JSON object a line.
    case jsonLines = "jsonl"
    /// One JSON array of objects.
    case json

    /// The form that a file's name asks for by its ending; nil when it does not.
    public static func named(by path: String) -> ExportFormat? {
        guard let dot = path.lastIndex(of: ".") else { return nil }
        let ending = path[path.index(after: dot)...].lowercased()
        return ending == "ndjson" ? .jsonLines : ExportFormat(rawValue: ending)
    }
}

/// Who reads a table.
public enum ExportProfile: Hashable, Sendable {
    /// A program: UTF-8, ISO dates, decimal points, nothing altered.
    case machine
    /// A spreadsheet: byte-order mark, the locale's separator and decimal sign, no cell that it would execute.
    case excel(ExportLocale)
}

/// How records are written.
public struct ExportOptions: Hashable, Sendable {
    /// The form.
    public var format: ExportFormat
    /// Who reads a table; JSON is the same for all.
    public var profile: ExportProfile
    /// The list field that gives each of its items a row; nil for one row a document.
    public var rowsOf: String?

    /// Creates options.
    public init(
        format: ExportFormat = .csv,
        profile: ExportProfile = .machine,
        rowsOf: String? = nil
    ) {
        self.format = format
        self.profile = profile
        self.rowsOf = rowsOf
    }
}

/// Why an export cannot be made as asked for.
public enum ExportError: Error, Hashable, Sendable {
    /// `--rows` names a field that is not a list; `lists` are those of the record.
    case notAList(String, lists: [String])
    /// A spreadsheet's profile for a form that is no table.
    case profileWithoutTable(ExportFormat)
}
