import Foundation

/// What is true of documents, as a person wrote it down: a file of JSON lines or a table.
public struct TruthFile: Sendable {
    /// What is known of one document.
    struct Document: Sendable {
        /// The document's path, or the last part of it.
        var file: String
        /// What each key holds: the texts that are accepted, none where the document has no such value.
        var values: [String: [String]]
    }

    /// Where it was read from.
    let path: String
    /// The documents in the order of the file.
    let documents: [Document]
    /// Every key of any document, sorted, without the one that names the file.
    let keys: [String]

    /// Reads a file.
    ///
    /// JSON lines: each an object with `file` (or `path`) and values; a list of texts accepts any of them, null or an
    /// empty text says that the document has none, and a key that is not there says nothing. A table, by its name's
    /// ending `.csv` or `.tsv`: a column `path` (or `file`), an empty cell is a value that the document has not.
    ///
    /// - Parameter path: the file.
    /// - Throws: ``TruthFault``.
    public init(path: String) throws(TruthFault) {
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            throw .unreadable(path: path, detail: (error as NSError).localizedDescription)
        }
        let text = String(decoding: data, as: UTF8.self)
        try self.init(text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text, path: path)
    }

    /// Reads a file's text.
    init(_ text: String, path: String) throws(TruthFault) {
        self.path = path
        let name = path.lowercased()
        documents =
            name.hasSuffix(".csv") || name.hasSuffix(".tsv")
            ? try Self.table(text, separator: name.hasSuffix(".tsv") ? "\t" : ",", path: path)
            : try Self.lines(text, path: path)
        guard !documents.isEmpty else { throw .empty(path: path) }
        keys = Set(documents.flatMap(\.values.keys)).sorted()
    }

    private static let fileKeys = ["file", "path"]

    private static func lines(_ text: String, path: String) throws(TruthFault) -> [Document] {
        var documents: [Document] = []
        let decoder = JSONDecoder()
        for (index, line) in text.split(
            omittingEmptySubsequences: false,
            whereSeparator: \.isNewline
        ).enumerated() where line.contains(where: { !$0.isWhitespace }) {
            func fault(_ expected: String) -> TruthFault {
                .malformed(path: path, line: index + 1, expected: expected)
            }
            guard
                let object = try? decoder.decode([String: TruthValue].self, from: Data(line.utf8))
            else {
                throw fault("an object in JSON, such as {\"file\": \"a.jpg\", \"total\": \"5.20\"}")
            }
            guard
                let key = fileKeys.first(where: { object[$0]?.texts.first != nil }),
                let file = object[key]?.texts.first
            else { throw fault("the document's path under \"file\"") }
            var values: [String: [String]] = [:]
            for (name, value) in object where name != key && value.isComparable {
                values[name] = value.texts
            }
            documents.append(Document(file: file, values: values))
        }
        return documents
    }

    private static func table(
        _ text: String,
        separator: Character,
        path: String
    ) throws(TruthFault) -> [Document] {
        let rows = TableText.rows(of: text, separator: separator)
        guard let heading = rows.first else { throw .empty(path: path) }
        let names = heading.cells
        guard let place = fileKeys.reversed().lazy.compactMap({ names.firstIndex(of: $0) }).first
        else { throw .noFileColumn(path: path, columns: names) }
        var documents: [Document] = []
        for row in rows.dropFirst() where row.cells != [""] {
            guard row.cells.count == names.count else {
                throw .malformed(
                    path: path,
                    line: row.line,
                    expected: "\(names.count) cells, as the heading has, not \(row.cells.count)"
                )
            }
            var values: [String: [String]] = [:]
            for (index, name) in names.enumerated() where index != place {
                values[name] = row.cells[index].isEmpty ? [] : [row.cells[index]]
            }
            documents.append(Document(file: row.cells[place], values: values))
        }
        return documents
    }
}

/// A value of a JSON object as the texts that it accepts.
private enum TruthValue: Decodable {
    case texts([String])
    /// An object, or a list of such: nothing that one value is compared with.
    case other

    var texts: [String] { if case .texts(let texts) = self { texts } else { [] } }
    var isComparable: Bool { if case .texts = self { true } else { false } }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .texts([])
        } else if let text = try? container.decode(String.self) {
            self = .texts(text.allSatisfy(\.isWhitespace) ? [] : [text])
        } else if let flag = try? container.decode(Bool.self) {
            self = .texts([flag ? "true" : "false"])
        } else if let number = try? container.decode(Decimal.self) {
            self = .texts([number.description])
        } else if let list = try? container.decode([TruthValue].self) {
            self = list.allSatisfy(\.isComparable) ? .texts(list.flatMap(\.texts)) : .other
        } else {
            self = .other
        }
    }
}
