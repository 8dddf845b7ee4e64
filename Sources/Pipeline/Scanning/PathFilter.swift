/// Which paths are looked at: those that match an `include` and neither match an `exclude` nor lie
/// in a folder that does.
struct PathFilter: Sendable {
    /// What is known of a folder's path, to be continued by the names in it.
    struct Prefix: Sendable {
        fileprivate var include: GlobAutomaton.State
        fileprivate var exclude: GlobAutomaton.State
    }

    private let include: GlobAutomaton
    private let exclude: GlobAutomaton
    private let excludesNothing: Bool

    init(include: [Glob], exclude: [Glob]) {
        self.include = GlobAutomaton(joining: include)
        self.exclude = GlobAutomaton(joining: exclude)
        excludesNothing = exclude.isEmpty
    }

    /// The folder that is scanned.
    var root: Prefix { Prefix(include: include.start, exclude: exclude.start) }

    /// Whether a file of this name is looked at.
    func admits(_ name: ArraySlice<UInt8>, in folder: Prefix) -> Bool {
        guard include.isAccepting(include.advance(folder.include, over: name)) else { return false }
        return excludesNothing
            || !exclude.isAccepting(exclude.advance(folder.exclude, over: name))
    }

    /// What a folder of this name begins, or nil when nothing in it can be looked at.
    func entering(_ name: ArraySlice<UInt8>, in folder: Prefix) -> Prefix? {
        let slash: ArraySlice<UInt8> = [UInt8(ascii: "/")]
        let included = include.advance(include.advance(folder.include, over: name), over: slash)
        if include.isDead(included) { return nil }
        guard !excludesNothing else { return Prefix(include: included, exclude: folder.exclude) }
        let named = exclude.advance(folder.exclude, over: name)
        if exclude.isAccepting(named) { return nil }
        let excluded = exclude.advance(named, over: slash)
        // `.git/**`: everything that could follow the slash would be left out.
        if exclude.leadsOnlyToMatches(excluded) { return nil }
        return Prefix(include: included, exclude: excluded)
    }
}
