/// What keeps a text from being a glob that can match a path below a folder; nil when nothing does.
func globFault(_ glob: String) -> String? {
    if glob.hasPrefix("/") { return "begins with `/`, but paths are relative to their folder" }
    if glob.contains("\0") { return "holds a zero character" }
    if glob.split(separator: "/", omittingEmptySubsequences: false).contains(where: { $0 == ".." })
    {
        return "holds `..`, but only what is below a folder is looked at"
    }
    var braces = 0
    var characters = Array(glob)[...]
    while let character = characters.popFirst() {
        switch character {
        case "\\":
            guard characters.popFirst() != nil else { return "ends with a backslash" }
        case "{":
            braces += 1
        case "}":
            guard braces > 0 else { return "has a `}` without `{`" }
            braces -= 1
        case "[":
            if characters.first == "!" || characters.first == "^" { characters.removeFirst() }
            // A bracket that comes first is a member of the set.
            if characters.first == "]" { characters.removeFirst() }
            guard let end = characters.firstIndex(of: "]") else { return "has a `[` without `]`" }
            characters = characters[(end + 1)...]
        default: break
        }
    }
    return braces > 0 ? "has a `{` without `}`" : nil
}
