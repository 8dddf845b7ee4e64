public import SystemPackage

/// What can go wrong with models on disk: finding them, listing them, pulling them.
public enum ModelStoreFault: Error, Equatable, Sendable {
    // MARK: Finding

    /// Not `owner/name`.
    case notAName(String)
    /// No model was named and none is installed; pulls that were begun are named.
    case noModel(store: FilePath, begun: [String])
    /// No model was named and several are installed.
    case severalModels([String])
    /// A name that no installed model has.
    case notInstalled(String, installed: [String])
    /// Its pull has begun and not ended.
    case incomplete(String)
    /// A path to nothing.
    case noSuchPath(FilePath)
    /// A folder or file that holds no model; what it lacks.
    case notAModel(FilePath, lacks: String)
    /// A folder with several GGUF files, none of which was chosen.
    case severalFiles(FilePath, [String])
    /// An address where a name or path is expected.
    case address(String)

    // MARK: Asking for a pull

    /// `--from` is no HTTP address.
    case notAnAddress(String)
    /// `--from` holds a user or password.
    case addressWithPassword(host: String)
    /// A variable of the environment that should name a proxy and does not.
    case badProxy(String)
    /// `SSL_CERT_FILE` names no certificates.
    case badCertificates(FilePath)
    /// The folder to pull into holds something else.
    case folderInUse(FilePath)
    /// Another pull of the same model is at work.
    case busy(String, process: Int?)

    // MARK: What the server says

    /// No such model there, or one that is hidden from those without a token.
    case noSuchModel(String, from: String, hadToken: Bool)
    /// No such branch, tag or commit.
    case noSuchRevision(String, of: String)
    /// The owner asks readers to accept terms first.
    case gated(String, hadToken: Bool)
    /// The server wants a token, or another one.
    case unauthorised(String, hadToken: Bool)
    /// A file that is listed is not there.
    case noSuchFile(String, available: [String])
    /// Another status; the server's own words beside it.
    case refused(address: String, status: Int, words: String)
    /// The server says in how long it will answer again, and that is too long to wait for.
    case comeBack(after: Duration, from: String)
    /// What the API answered is not what the hub's API answers.
    case notAHub(address: String)
    /// An answer far longer than such an answer is.
    case answerTooLong(String, limit: Int)
    /// A redirect to nowhere, or from HTTPS to HTTP.
    case badRedirect(String)
    /// More redirects than are followed.
    case tooManyRedirects(String)
    /// The server's certificate does not prove who it is.
    case notTrusted(host: String, detail: String)
    /// The proxy does not let us through.
    case proxyRefused(String)
    /// A file name that could leave the model's folder or upset a terminal.
    case unsafeName(String)
    /// More files, or larger ones, than a model has.
    case tooMuch(String)
    /// Nothing that Docket runs is among the files.
    case nothingToRun(String, found: [String])
    /// Several GGUF files, of which one must be chosen.
    case chooseFile(String, [String])
    /// A GGUF file that is split into parts.
    case splitFile(String)
    /// A file of the model that its index names and the server does not have.
    case missingPart(String)

    // MARK: Transfer

    /// Attempts came to nothing, the last for this reason.
    case gaveUp(file: String, TransferTrouble, attempts: Int)
    /// The bytes are not those that the hash is of, twice.
    case wrongDigest(file: String, expected: String, found: String)
    /// The file cannot be what it is called, and there is no hash to say more.
    case wrongForm(file: String, detail: String)
    /// The server now serves another commit than the one that it listed.
    case revisionMoved(file: String, expected: String, found: String)
    /// Interrupted; what is there is kept.
    case cancelled

    // MARK: Disk

    /// Not enough room for what is still to come.
    case notEnoughRoom(FilePath, needed: Int, free: Int)
    /// The disk is full; what is there is kept.
    case diskFull(FilePath)
    /// Another failure to write or read.
    case disk(FilePath, Errno)
}
