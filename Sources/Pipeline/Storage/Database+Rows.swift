import FoundationEssentials
import GRDB
import Jobs

// Statements are compiled once a connection and kept by their text; a document costs some thirty of them.
extension Database {
    /// Executes a statement.
    func run(_ sql: String, _ arguments: StatementArguments = []) throws {
        try cachedStatement(sql: sql).execute(arguments: arguments)
    }

    /// The first row of a query.
    func row(_ sql: String, _ arguments: StatementArguments = []) throws -> Row? {
        try Row.fetchOne(cachedStatement(sql: sql), arguments: arguments)
    }

    /// All rows of a query, one after the other.
    func rows(_ sql: String, _ arguments: StatementArguments = []) throws -> RowCursor {
        try Row.fetchCursor(cachedStatement(sql: sql), arguments: arguments)
    }

    /// Inserts a row and gives its number.
    func insert(_ sql: String, _ arguments: StatementArguments) throws -> Int64 {
        try run(sql, arguments)
        return lastInsertedRowID
    }
}

// Columns are decoded with an error where they hold something else: a person may have edited the file.
extension Row {
    func int64(_ index: Int) throws -> Int64 { try decode(Int64.self, atIndex: index) }
    func int(_ index: Int) throws -> Int { try decode(Int.self, atIndex: index) }
    func double(_ index: Int) throws -> Double { try decode(Double.self, atIndex: index) }
    func bool(_ index: Int) throws -> Bool { try decode(Int64.self, atIndex: index) != 0 }
    func text(_ index: Int) throws -> String { try decode(String.self, atIndex: index) }

    func optionalInt64(_ index: Int) throws -> Int64? {
        hasNull(atIndex: index) ? nil : try int64(index)
    }
    func optionalInt(_ index: Int) throws -> Int? { hasNull(atIndex: index) ? nil : try int(index) }
    func optionalDouble(_ index: Int) throws -> Double? {
        hasNull(atIndex: index) ? nil : try double(index)
    }
    func optionalText(_ index: Int) throws -> String? {
        hasNull(atIndex: index) ? nil : try text(index)
    }

    func bytes(_ index: Int) throws -> [UInt8] {
        try withUnsafeData(atIndex: index) { data in data.map { [UInt8]($0) } ?? [] }
    }

    func status(_ index: Int) throws -> DocumentStatus {
        try named(DocumentStatus.self, text(index))
    }

    func optionalStatus(_ index: Int) throws -> DocumentStatus? {
        try optionalText(index).map { try named(DocumentStatus.self, $0) }
    }
}

/// The case of a closed set that a column names.
func named<Name: RawRepresentable<String>>(_ type: Name.Type, _ text: String) throws -> Name {
    guard let name = Name(rawValue: text) else {
        throw StoredFormError(what: "expected a \(type)", text: text)
    }
    return name
}
