import ArgumentParser
import Foundation
import Storage

/// Which database, for every command.
struct DatabaseOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The database; else $DOCKET_DATABASE, else docket.sqlite in the working directory.",
            valueName: "file"
        )
    )
    var database: String?

    /// The database's path, absolute.
    var path: String {
        let given = database ?? Terminal.environment("DOCKET_DATABASE") ?? "docket.sqlite"
        return absolutePath(given)
    }

    /// Opens the database for reading.
    ///
    /// - Throws: `StoreError`; `missing` when there is none.
    func openForReading() throws(StoreError) -> Store {
        try Store(path: path, mode: .readOnly)
    }

    /// Opens an existing database for writing.
    ///
    /// - Throws: `StoreError`; `missing` when there is none.
    func openForWriting() throws(StoreError) -> Store {
        try Store(path: path, mode: .existing)
    }
}

/// A path as seen from the working directory, made absolute, with `~` for the home folder.
func absolutePath(_ path: String) -> String {
    let expanded = NSString(string: path).expandingTildeInPath
    return URL(fileURLWithPath: expanded).standardizedFileURL.path
}
