/// Why the database could not be used.
public enum StoreError: Error, Hashable, Sendable {
    /// There is no such file.
    case missing(path: String)
    /// Another process is writing for longer than we wait.
    case busy(path: String)
    /// It could not be opened or created.
    case cannotOpen(path: String, detail: String)
    /// The file is something else.
    case notADatabase(path: String)
    /// It is a database of another program.
    case foreign(path: String)
    /// It is damaged: truncated, overwritten.
    case corrupt(path: String, detail: String)
    /// The file or its folder may not be written to.
    case readOnly(path: String)
    /// No room; what was being written was undone.
    case diskFull(path: String)
    /// Reading or writing failed below SQLite.
    case inputOutput(path: String, detail: String)
    /// It was written by a later version of Docket.
    case newer(path: String, version: Int)
    /// The pipeline's table bears the name of another table or of another pipeline's view.
    case viewNameTaken(String)
    /// No such run.
    case noSuchRun(RunID)
    /// No run of such a pipeline is stored.
    case noSuchPipeline(String, known: [String])
    /// Two runs of different pipelines cannot be compared.
    case differentPipelines(RunID, RunID)
    /// A prefix of a hash that several documents share.
    case ambiguous(String, documents: [String])
    /// Anything else that SQLite says.
    case other(code: Int, message: String)
}
