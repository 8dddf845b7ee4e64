import GRDB

extension StoreError {
    /// Says in our terms what SQLite, or the decoding of a row, found.
    init(_ error: any Error, path: String) {
        switch error {
        case let error as StoreError: self = error
        case let error as DatabaseError: self.init(sqlite: error, path: path)
        case let error as StoredFormError:
            self = .corrupt(path: path, detail: "\(error.what): \(error.text)")
        case is DecodingError, is RowDecodingError:
            self = .corrupt(path: path, detail: "a row does not hold what it should: \(error)")
        default: self = .other(code: 0, message: "\(error)")
        }
    }

    private init(sqlite error: DatabaseError, path: String) {
        let message = error.message ?? "SQLite code \(error.extendedResultCode.rawValue)"
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy(path: path)
        case .SQLITE_FULL: self = .diskFull(path: path)
        case .SQLITE_READONLY, .SQLITE_PERM: self = .readOnly(path: path)
        case .SQLITE_CANTOPEN: self = .cannotOpen(path: path, detail: message)
        case .SQLITE_NOTADB: self = .notADatabase(path: path)
        case .SQLITE_CORRUPT: self = .corrupt(path: path, detail: message)
        case .SQLITE_IOERR:
            // The shared index of the write-ahead log could not grow: that happens on a full disk.
            self =
                error.extendedResultCode == .SQLITE_IOERR_SHMSIZE
                ? .diskFull(path: path) : .inputOutput(path: path, detail: message)
        default:
            self = .other(code: Int(error.extendedResultCode.rawValue), message: message)
        }
    }
}

/// A column that does not hold what Docket writes there.
struct StoredFormError: Error {
    /// What was expected.
    var what: String
    /// What is there.
    var text: String
}
