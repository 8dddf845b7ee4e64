/// A pattern for paths, such as `**/*.{jpg,png}`.
///
/// - `*` is any run of bytes within one name, `?` one character of a name.
/// - `[a-z]`, `[!0-9]`: one character of a set, or not of it.
/// - `{a,b}`: either; may be nested and may hold slashes.
/// - `**` as a whole name is any number of folders, none included; at the end, everything below.
/// - A backslash takes the next character as it is.
///
/// A pattern is matched against the whole path relative to the folder that is scanned, in bytes.
/// ASCII letters match in both cases (`IMG.JPG` matches `*.jpg`), and a name's leading dot is
/// nothing special. A slash at the end means everything below; `/` or `./` at the start mean nothing.
public struct Glob: Hashable, Sendable {
    /// The pattern as it was written.
    public let pattern: String
    let automaton: GlobAutomaton

    /// Compiles a pattern.
    ///
    /// - Parameter pattern: the pattern.
    /// - Throws: ``GlobError`` when it is not one.
    public init(_ pattern: String) throws(GlobError) {
        var parser = GlobParser(pattern)
        let tree = try parser.parse()
        self.pattern = pattern
        automaton = try GlobAutomaton(tree)
    }

    /// Whether a path matches.
    ///
    /// Takes time in proportion to the path's length, whatever the pattern.
    ///
    /// - Parameter path: the bytes of a path, relative to the folder that is scanned.
    /// - Returns: true when the whole path matches.
    public func matches(_ path: [UInt8]) -> Bool {
        automaton.isAccepting(automaton.advance(automaton.start, over: path[...]))
    }

    /// Equal when written alike.
    public static func == (left: Glob, right: Glob) -> Bool { left.pattern == right.pattern }

    /// Hashes the pattern as it was written.
    public func hash(into hasher: inout Hasher) { hasher.combine(pattern) }
}

/// Why a pattern is not a ``Glob``; offsets count characters from 0.
public enum GlobError: Error, Hashable, Sendable {
    /// It has no characters, or nothing but slashes and dots.
    case empty
    /// A `{` without its `}`.
    case unclosedBrace(offset: Int)
    /// A `[` without its `]`.
    case unclosedBracket(offset: Int)
    /// A range whose end comes before its start, such as `[z-a]`.
    case reversedRange(offset: Int)
    /// A backslash with nothing after it.
    case danglingBackslash(offset: Int)
    /// `..` as a name: nothing above the folder is ever looked at.
    case parentFolder(offset: Int)
    /// Larger than any pattern a person writes.
    case tooComplex
}
