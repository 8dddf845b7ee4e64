/// Why a file cannot be taken as the truth about documents.
public enum TruthFault: Error, Hashable, Sendable {
    /// It cannot be read; the system's words.
    case unreadable(path: String, detail: String)
    /// A line is not what it should be.
    case malformed(path: String, line: Int, expected: String)
    /// A table without a column that names the documents.
    case noFileColumn(path: String, columns: [String])
    /// It says nothing.
    case empty(path: String)
    /// None of its files is a document of the pipeline.
    case noDocument(path: String, files: [String])
    /// None of its keys is a field of the record.
    case noField(path: String, keys: [String], fields: [String])
    /// A name that shall be read as a field is not in the file.
    case unknownKey(String, path: String, keys: [String])
    /// A name that shall be read as a field is read as one that the record has not.
    case unknownField(String, fields: [String])
    /// Nothing of what it says can be compared with what was found.
    case nothingToCompare(path: String)
}
