/// What a ``DirectoryScanner`` may use up.
public struct ScanLimits: Hashable, Sendable {
    /// Memory for names that were listed and not yet handed out, in bytes; about this much in all.
    ///
    /// A directory whose names need more is listed several times.
    public var nameBytes: Int
    /// How many folders deep the scanner goes, the scanned one included.
    public var depth: Int
    /// How many folders are held open at once; further ones are opened again on the way back.
    public var openFolders: Int

    /// Limits for scanning beside everything else that a run does: a million names of ordinary
    /// length are listed once, ten million in some fifteen passes.
    public static let standard = ScanLimits(nameBytes: 48 << 20, depth: 512, openFolders: 48)

    /// Creates limits; each is raised to the least that a scanner works with.
    public init(nameBytes: Int, depth: Int, openFolders: Int) {
        self.nameBytes = max(nameBytes, 1)
        self.depth = max(depth, 1)
        self.openFolders = max(openFolders, 3)
    }
}
