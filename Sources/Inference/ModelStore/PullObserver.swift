/// What a pull does, as it goes on.
public enum PullEvent: Equatable, Sendable {
    /// What there is to fetch; lengths that the server does not tell count as 0.
    case planned(files: Int, byteCount: Int, present: Int, revision: String?)
    /// A file begins, or goes on behind the bytes that are there.
    case began(file: String, size: Int?, offset: Int)
    /// So many more bytes of the file.
    case received(Int)
    /// An attempt failed and another follows.
    case retrying(file: String, TransferTrouble, after: Duration)
    /// What was there of a file is thrown away.
    case startingOver(file: String, StartOver)
    /// A file is there whole, checked in this way.
    case finished(file: String, PullCheck)
    /// A file is taken from the revision that is there already.
    case kept(file: String)
}

/// Why what was there of a file is thrown away.
public enum StartOver: Equatable, Sendable {
    /// The server sends the whole file whatever part is asked for.
    case rangeIgnored
    /// The file is another one than before.
    case changed
    /// Its bytes are not those that the hash is of.
    case wrongDigest
}

/// How a file's bytes were checked.
public enum PullCheck: String, Codable, Equatable, Sendable {
    /// Against a SHA-256 that the server or a list of sums names.
    case sha256
    /// Against the SHA-1 that git names the content by.
    case gitSHA1 = "git-sha1"
    /// Only its form: no hash was to be had.
    case form
}

/// Told of what a pull does, from whatever task it runs in.
public protocol PullObserver: Sendable {
    /// Something happened.
    func observe(_ event: PullEvent)
}
