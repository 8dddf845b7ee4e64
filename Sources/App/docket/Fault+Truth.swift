import Reporting

extension Fault {
    /// The words for a truth file that cannot be used.
    init(truth fault: TruthFault) {
        switch fault {
        case .unreadable(let path, let detail):
            self.init(
                .noInput,
                "\(path): cannot be read (\(detail)); give --truth a file that is there"
            )
        case .malformed(let path, let line, let expected):
            self.init(.usage, "\(path):\(line): expected \(expected)")
        case .noFileColumn(let path, let columns):
            self.init(
                .usage,
                "\(path): no column `path` or `file` says which document a row is of; it has \(Self.some(columns))"
            )
        case .empty(let path):
            self.init(.usage, "\(path): says nothing of any document")
        case .noDocument(let path, let files):
            self.init(
                .usage,
                "\(path): none of its files (\(Self.some(files))) is a document of the pipeline; name them as "
                    + "`docket export` does in its column `path`"
            )
        case .noField(let path, let keys, let fields):
            self.init(
                .usage,
                "\(path): none of its keys (\(Self.some(keys))) is a field of the record "
                    + "(\(Self.some(fields))); --map KEY=FIELD says which key means which field"
            )
        case .unknownKey(let key, let path, let keys):
            self.init(
                .usage,
                "--map \(key)=…: \(path) has no key \(key); it has \(Self.some(keys))"
            )
        case .unknownField(let field, let fields):
            self.init(
                .usage,
                "--map …=\(field): the record has no field \(field) that can be compared; it has "
                    + Self.some(fields)
            )
        case .nothingToCompare(let path):
            self.init(
                .usage,
                "\(path): nothing that it says of the pipeline's documents can be compared with what was found"
            )
        }
    }

    /// The first of many words.
    static func some(_ words: [String]) -> String {
        let shown = words.prefix(8).joined(separator: ", ")
        return words.count > 8 ? shown + " and \(words.count - 8) more" : shown
    }
}
