/// What keeps a text from being a glob that can match a path below a folder; nil when nothing does.
///
/// Stricter than `Scanning.Glob`, which compiles what passes here: a leading `/` or a stray `}` would
/// be taken there for what was hardly meant.
func globFault(_ glob: String) -> String? {
    let scalars = Array(glob.unicodeScalars)
    if scalars.count > 300 { return "is longer than 300 characters" }
    if scalars.first == "/" { return "begins with `/`, but paths are relative to their folder" }
    if scalars.allSatisfy({ $0 == "." || $0 == "/" }) { return "names the folder itself" }
    if scalars.contains("\0") { return "holds a zero character" }
    if scalars.split(separator: "/", omittingEmptySubsequences: false)
        .contains(where: { $0.elementsEqual("..".unicodeScalars) })
    {
        return "holds `..`, but only what is below a folder is looked at"
    }
    var braces = 0
    var rest = scalars[...]
    while let scalar = rest.popFirst() {
        switch scalar {
        case "\\":
            guard rest.popFirst() != nil else { return "ends with a backslash" }
        case "{":
            braces += 1
            guard braces <= 16 else { return "nests braces more than 16 deep" }
        case "}":
            guard braces > 0 else { return "has a `}` without `{`" }
            braces -= 1
        case "[":
            if let fault = bracketFault(&rest) { return fault }
        default: break
        }
    }
    return braces > 0 ? "has a `{` without `}`" : nil
}

/// Steps over a set of characters whose `[` was read.
private func bracketFault(_ rest: inout ArraySlice<Unicode.Scalar>) -> String? {
    let unclosed = "has a `[` without `]`"
    if rest.first == "!" || rest.first == "^" { rest.removeFirst() }
    var isFirst = true
    while let first = rest.first, first != "/" {
        // A bracket that comes first is a member of the set.
        if first == "]", !isFirst {
            rest.removeFirst()
            return nil
        }
        isFirst = false
        guard let low = setMember(&rest) else { return unclosed }
        guard rest.first == "-", rest.dropFirst().first != nil, rest.dropFirst().first != "]" else {
            continue
        }
        rest.removeFirst()
        guard let high = setMember(&rest) else { return unclosed }
        guard low <= high else { return "has a range that runs backwards, `\(low)-\(high)`" }
    }
    return unclosed
}

private func setMember(_ rest: inout ArraySlice<Unicode.Scalar>) -> Unicode.Scalar? {
    if rest.first == "\\" { rest.removeFirst() }
    return rest.popFirst()
}
