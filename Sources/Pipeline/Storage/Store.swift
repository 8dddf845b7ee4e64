/// The database: every run, document, page, value and their history.
///
/// All functions are synchronous and may wait for the disk: call them off the main actor.
public final class Store: Sendable {
    /// How a database is opened.
    public enum Mode: Sendable {
        /// For a run: made when it is not there.
        case create
        /// For changes to what is there.
        case existing
        /// For reading only; leaves no files behind, and works in a folder that may not be written to.
        case readOnly
    }

    /// The database's file.
    public let path: String

    /// Opens a database.
    public init(path: String, mode: Mode) throws(StoreError) { throw .missing(path: path) }
}
