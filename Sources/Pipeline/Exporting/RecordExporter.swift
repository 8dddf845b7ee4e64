public import Records
public import Storage

/// Writes a pipeline's records, one after the other, in the form that was asked for.
public struct RecordExporter: Sendable {
    private let record: [FieldDefinition]
    private let options: ExportOptions

    /// Prepares an export.
    ///
    /// - Parameters:
    ///   - record: the pipeline's fields, in the order of the columns.
    ///   - options: the form.
    /// - Throws: ``ExportError`` when the record cannot be written so.
    public init(record: [FieldDefinition], options: ExportOptions) throws(ExportError) {
        self.record = record
        self.options = options
        if let name = options.rowsOf {
            let lists = record.filter { $0.type.name == "list" }.map(\.name)
            guard lists.contains(name) else { throw .notAList(name, lists: lists) }
        }
        if case .excel = options.profile, options.format != .csv, options.format != .tsv {
            throw .profileWithoutTable(options.format)
        }
    }

    /// The headings of a table's columns.
    public var columns: [String] {
        ExportColumn.columns(of: record, rowsOf: options.rowsOf).map(\.name)
    }

    /// Exports what a database holds.
    ///
    /// - Parameters:
    ///   - pipeline: the pipeline's name.
    ///   - selection: which rows.
    ///   - store: the database.
    ///   - path: the file; nil or `-` for standard output. It appears when it is whole.
    /// - Returns: how many rows were written.
    /// - Throws: ``StoreError`` or ``OutputError``.
    @discardableResult
    public func export(
        _ pipeline: String,
        _ selection: ExportSelection = ExportSelection(),
        from store: Store,
        to path: String?
    ) throws -> Int {
        try export(to: path) { write in
            try store.exportRows(pipeline: pipeline, selection, write)
        }
    }

    /// Exports rows from any source; none is held longer than it takes to write it.
    ///
    /// - Parameters:
    ///   - path: the file; nil or `-` for standard output. It appears when it is whole.
    ///   - rows: hands each row to the function it is given.
    /// - Returns: how many rows were written.
    /// - Throws: ``OutputError``, and whatever `rows` throws.
    @discardableResult
    public func export(
        to path: String?,
        rows: ((ExportRow) throws -> Void) throws -> Void
    ) throws -> Int {
        var file = try AtomicFile(path)
        var count = 0
        switch options.format {
        case .csv, .tsv:
            let text = DelimitedText(format: options.format, profile: options.profile)
            let columns = ExportColumn.columns(of: record, rowsOf: options.rowsOf)
            try file.write(text.start)
            try file.write(text.line(columns.lazy.map { .text($0.name) }))
            try rows { row in
                for item in items(of: row) {
                    let cells = columns.lazy.map { $0.cell(of: row, item: item?.columns) }
                    try file.write(text.line(cells))
                    count += 1
                }
            }
        case .json, .jsonLines:
            let isArray = options.format == .json
            let json = JSONRecord(record: record, rowsOf: options.rowsOf)
            if isArray { try file.write("[".utf8) }
            try rows { row in
                for item in items(of: row) {
                    if isArray { try file.write((count == 0 ? "\n" : ",\n").utf8) }
                    try file.write(json.object(row, item: item).utf8)
                    if !isArray { try file.write("\n".utf8) }
                    count += 1
                }
            }
            if isArray { try file.write("\n]\n".utf8) }
        }
        try file.commit()
        return count
    }

    /// The items that have a row each; a document without any still has one.
    private func items(
        of row: ExportRow
    ) -> [(place: Int, columns: [String: FieldContent])?] {
        guard let name = options.rowsOf, case .list(let items) = row.values[name]?.content,
            !items.isEmpty
        else { return [nil] }
        return items.enumerated().map { ($0.offset + 1, $0.element) }
    }
}
