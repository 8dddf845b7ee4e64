public import SystemPackage

/// What went wrong with the cache, and what it did about it: said once each, as a run goes on without.
public enum CacheNote: Sendable, Hashable {
    /// The folder cannot be made or used: nothing is looked up or kept.
    case unusable(FilePath, Errno)
    /// The folder belongs to another user, who could put anything there: nothing is looked up or kept.
    case foreign(FilePath)
    /// No room is left on the disk: nothing more is kept.
    case full(FilePath)
    /// A file was damaged, or of another version: it was forgotten.
    case damagedEntry(FilePath)
    /// The index was damaged: it was made anew from the entries, of which so many are kept.
    case damagedIndex(FilePath, kept: Int)
    /// The index was of another version of Docket: it was made anew.
    case otherVersion(FilePath, kept: Int)
    /// Another process kept the index to itself for too long: what it would have said is not known.
    case busy(FilePath)
    /// SQLite says something else: nothing more is looked up or kept.
    case failed(FilePath, code: Int, message: String)

    /// Notes of one kind are said once, whatever they are about.
    var kind: Int {
        switch self {
        case .unusable: 0
        case .foreign: 1
        case .full: 2
        case .damagedEntry: 3
        case .damagedIndex: 4
        case .otherVersion: 5
        case .busy: 6
        case .failed: 7
        }
    }
}
