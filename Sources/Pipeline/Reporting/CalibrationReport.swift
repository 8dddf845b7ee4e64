import Jobs
public import Records
public import Storage

/// What of a pipeline's records is right, and how that goes with their confidences.
public struct CalibrationReport: Sendable {
    /// What became of one field's values.
    public struct Field: Hashable, Sendable {
        /// The field.
        public var name: String
        /// Documents of which it is known what the field holds.
        public var known = 0
        /// Values that were found where the truth is known.
        public var found = 0
        /// Of these, how many are right.
        public var right = 0
        /// True values for which nothing was found.
        public var missing = 0
        /// True values that cannot be read as the field's type, and so are left out.
        public var unreadable: [String] = []
    }

    /// The fields that the truth speaks of, in the record's order.
    public private(set) var fields: [Field]
    /// The values that were found where the truth is known.
    public private(set) var values: [CalibrationValue] = []
    /// Documents of the pipeline of which something is known.
    public private(set) var documents = 0
    /// Files of the truth that are no document of the pipeline.
    public private(set) var unknownFiles: [String] = []
    /// Keys of the truth that are no fields of the record.
    public let otherKeys: [String]
    /// Values that a person corrected: they say nothing of Docket's confidence.
    public private(set) var corrections = 0

    /// Joins what a database holds with what is true.
    ///
    /// - Parameters:
    ///   - pipeline: the pipeline's name.
    ///   - record: its fields.
    ///   - truth: what is true of its documents.
    ///   - names: for keys of the truth the fields that they mean, where these have another name.
    ///   - store: the database.
    /// - Throws: ``TruthFault`` or `StoreError`.
    public init(
        pipeline: String,
        record: [FieldDefinition],
        truth: TruthFile,
        names: [String: String],
        store: Store
    ) throws {
        try self.init(record: record, truth: truth, names: names) { take in
            try store.exportRows(pipeline: pipeline) { row in
                take(row.path, row.status == .duplicate ? nil : row.values)
            }
        }
    }

    /// Joins rows of any source with what is true; a row without values is a copy of another document.
    init(
        record: [FieldDefinition],
        truth: TruthFile,
        names: [String: String],
        rows: ((String, [String: ExportValue]?) -> Void) throws -> Void
    ) throws {
        let compared = record.filter { if case .list = $0.type { false } else { true } }
        let fieldNames = compared.map(\.name)
        for (key, field) in names.sorted(by: { $0.key < $1.key }) {
            guard fieldNames.contains(field) else {
                throw TruthFault.unknownField(field, fields: fieldNames)
            }
            guard truth.keys.contains(key) else {
                throw TruthFault.unknownKey(key, path: truth.path, keys: truth.keys)
            }
        }
        // Of several keys for one field the one that was named for it counts.
        var keys: [String: String] = [:]
        for field in fieldNames where truth.keys.contains(field) { keys[field] = field }
        for (key, field) in names { keys[field] = key }
        guard !keys.isEmpty else {
            throw TruthFault.noField(path: truth.path, keys: truth.keys, fields: fieldNames)
        }
        fields = compared.filter { keys[$0.name] != nil }.map { Field(name: $0.name) }
        let used = Set(keys.values).union(keys.values.map { $0 + "_iso" })
        otherKeys = truth.keys.filter { !used.contains($0) }
        var found: [String: [String: ExportValue]] = [:]
        var copies: Set<String> = []
        try rows { path, values in
            if let values { found[path] = values } else { copies.insert(path) }
        }
        try join(truth, keys: keys, found: DocumentNames(found), copies: copies)
    }

    private mutating func join(
        _ truth: TruthFile,
        keys: [String: String],
        found: DocumentNames,
        copies: Set<String>
    ) throws(TruthFault) {
        var seen: Set<String> = []
        // The same bytes count once, whatever their names.
        for document in truth.documents where !copies.contains(document.file) {
            guard let (path, values) = found.document(named: document.file),
                seen.insert(path).inserted
            else {
                unknownFiles.append(document.file)
                continue
            }
            documents += 1
            for index in fields.indices {
                guard let key = keys[fields[index].name], var accepted = document.values[key] else {
                    continue
                }
                // Beside a date as it is printed stands the day that it means.
                if let day = document.values[key + "_iso"], !day.isEmpty { accepted = day }
                judge(values[fields[index].name], accepted, fieldAt: index)
            }
        }
        guard documents > 0 else {
            throw .noDocument(path: truth.path, files: truth.documents.prefix(3).map(\.file))
        }
        guard fields.contains(where: { $0.known > 0 }) else {
            throw .nothingToCompare(path: truth.path)
        }
    }

    private mutating func judge(_ value: ExportValue?, _ accepted: [String], fieldAt index: Int) {
        guard let value else {
            guard !accepted.isEmpty else { return }
            fields[index].known += 1
            fields[index].missing += 1
            return
        }
        guard !value.isCorrection else {
            corrections += 1
            return
        }
        guard let isRight = TruthComparison.isRight(value.content, accepted) else {
            fields[index].unreadable.append(accepted.first ?? "")
            return
        }
        fields[index].known += 1
        fields[index].found += 1
        if isRight { fields[index].right += 1 }
        values.append(
            CalibrationValue(
                document: documents,
                field: fields[index].name,
                confidence: value.confidence,
                isRight: isRight
            )
        )
    }
}

/// Finds documents by their path, or by the last part of it where only one has that.
private struct DocumentNames {
    private let byPath: [String: [String: ExportValue]]
    private var byName: [String: [String]] = [:]

    init(_ documents: [String: [String: ExportValue]]) {
        byPath = documents
        for path in documents.keys { byName[Self.name(path), default: []].append(path) }
    }

    func document(named file: String) -> (path: String, values: [String: ExportValue])? {
        if let values = byPath[file] { return (file, values) }
        guard let paths = byName[Self.name(file)], paths.count == 1, let values = byPath[paths[0]]
        else { return nil }
        return (paths[0], values)
    }

    private static func name(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }
}
