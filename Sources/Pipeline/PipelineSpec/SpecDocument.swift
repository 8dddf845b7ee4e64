import Yams

/// The text of a pipeline file, read as YAML.
struct SpecDocument {
    /// The root; nil when the file holds nothing.
    let root: SpecNode?
    /// Faults that did not keep the rest from being read: duplicate keys.
    let faults: [SpecFault]

    /// Aliases allowed in one file.
    ///
    /// They unfold where they stand, and anchors that hold aliases multiply: 20 can make at most 3^7
    /// copies of a node, which is still read in no time.
    private static let aliasLimit = 20
    private static let nodeLimit = 20_000
    private static let duplicateLimit = 100

    /// Reads the text.
    ///
    /// - Throws: ``SpecFault`` when nothing more can be said about the file.
    init(text: String, file: String) throws(SpecFault) {
        let scalars = Array(text.unicodeScalars)
        try SpecDocument.refuseControlCharacters(scalars, file: file)
        try SpecDocument.refuseAliasFlood(scalars, file: file)
        var source = scalars
        var hidden: [Unicode.Scalar: Unicode.Scalar] = [:]
        while true {
            do {
                let parser = try Yams.Parser(
                    yaml: String(String.UnicodeScalarView(source)),
                    resolver: .basic,
                    encoding: .utf8
                )
                guard let root = try parser.singleRoot() else {
                    self.root = nil
                    self.faults = []
                    return
                }
                var builder = Builder(file: file, hidden: hidden, nodesLeft: Self.nodeLimit)
                self.root = try builder.node(root)
                self.faults = builder.faults
                return
            } catch let fault as SpecFault {
                throw fault
            } catch let error as YamlError {
                // Yams stops at the first pair of equal keys. Its first letter is replaced by one that
                // occurs nowhere else, and the reading repeated, so that all pairs are found.
                guard case .duplicatedKeysInMapping(let keys, let context) = error else {
                    throw SpecDocument.fault(error, source: scalars, file: file)
                }
                guard hidden.count < Self.duplicateLimit,
                    let index = SpecDocument.firstLetter(
                        ofKeyAt: context.mark,
                        in: source
                    )
                else {
                    throw SpecFault(
                        file: file,
                        line: max(1, context.mark.line),
                        column: max(1, context.mark.column),
                        problem: .duplicateKey(keys.first ?? "", firstLine: nil)
                    )
                }
                guard let mask = SpecDocument.unusedScalar(after: hidden.count, in: scalars) else {
                    throw SpecFault(file: file, problem: .syntax("\(error)", expected: "YAML"))
                }
                hidden[mask] = source[index]
                source[index] = mask
            } catch {
                throw SpecFault(file: file, problem: .syntax("\(error)", expected: "YAML"))
            }
        }
    }

    // MARK: Before Yams

    private static func refuseControlCharacters(
        _ scalars: [Unicode.Scalar],
        file: String
    ) throws(SpecFault) {
        for (index, scalar) in scalars.enumerated() {
            switch scalar.value {
            case 0x09, 0x0A, 0x0D, 0x20...0x7E, 0x85, 0xA0...0xD7FF, 0xE000...0xFEFE,
                0xFF00...0xFFFD, 0x10000...0x10FFFF:
                continue
            default:
                let (line, column) = place(of: index, in: scalars)
                throw SpecFault(
                    file: file,
                    line: line,
                    column: column,
                    problem: .controlCharacter(scalar.value)
                )
            }
        }
    }

    /// Counts what may be an alias (`*name` after a space or bracket) before any is unfolded.
    private static func refuseAliasFlood(
        _ scalars: [Unicode.Scalar],
        file: String
    ) throws(SpecFault) {
        var count = 0
        for index in scalars.indices.dropLast() where scalars[index] == "*" {
            let before = index == 0 ? " " : scalars[index - 1]
            let after = scalars[index + 1].properties
            guard " \t\n\r[{,:-?".unicodeScalars.contains(before),
                after.isAlphabetic || after.numericType != nil
            else { continue }
            count += 1
            guard count <= aliasLimit else {
                let (line, column) = place(of: index, in: scalars)
                throw SpecFault(
                    file: file,
                    line: line,
                    column: column,
                    problem: .tooMuch("aliases (`*name`)", limit: aliasLimit)
                )
            }
        }
    }

    // MARK: Places

    /// The line and column of a scalar, with the line breaks that YAML knows.
    static func place(of index: Int, in scalars: [Unicode.Scalar]) -> (line: Int, column: Int) {
        var line = 1
        var lineStart = 0
        for position in 0..<min(index, scalars.count) where isBreak(position, in: scalars) {
            line += 1
            lineStart = position + 1
        }
        return (line, index - lineStart + 1)
    }

    /// The index of a line and column; nil beyond the end.
    static func index(line: Int, column: Int, in scalars: [Unicode.Scalar]) -> Int? {
        var current = 1
        var start = 0
        if line > 1 {
            for position in scalars.indices where isBreak(position, in: scalars) {
                current += 1
                start = position + 1
                if current == line { break }
            }
        }
        let index = start + column - 1
        return current == line && scalars.indices.contains(index) ? index : nil
    }

    private static func isBreak(_ index: Int, in scalars: [Unicode.Scalar]) -> Bool {
        switch scalars[index] {
        case "\n", "\u{85}", "\u{2028}", "\u{2029}": true
        case "\r": index + 1 == scalars.count || scalars[index + 1] != "\n"
        default: false
        }
    }

    private static func firstLetter(ofKeyAt mark: Mark, in scalars: [Unicode.Scalar]) -> Int? {
        guard let start = index(line: mark.line, column: mark.column, in: scalars) else {
            return nil
        }
        switch scalars[start] {
        case "\"", "'":
            let next = start + 1
            guard next < scalars.count, scalars[next] != scalars[start] else { return nil }
            return next
        case "&", "!", "?", "*", "[", "{", ":", ",": return nil
        default: return start
        }
    }

    private static func unusedScalar(
        after count: Int,
        in scalars: [Unicode.Scalar]
    ) -> Unicode.Scalar? {
        let used = Set(scalars)
        return (0xE000...0xF8FF).lazy.compactMap { Unicode.Scalar($0 as Int) }
            .filter { !used.contains($0) }.dropFirst(count).first
    }

    // MARK: After Yams

    private static func fault(
        _ error: YamlError,
        source: [Unicode.Scalar],
        file: String
    ) -> SpecFault {
        switch error {
        case .scanner(let context, let problem, let mark, _),
            .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            if problem == "but found another document" {
                return SpecFault(
                    file: file,
                    line: mark.line,
                    column: mark.column,
                    problem: .secondDocument
                )
            }
            let found = index(line: mark.line, column: mark.column, in: source).map { source[$0] }
            return SpecFault(
                file: file,
                line: mark.line,
                column: mark.column,
                problem: .syntax(
                    problem + (context.map { " " + $0.text } ?? ""),
                    expected: remedy(problem, context: context?.text, found: found)
                )
            )
        default:
            return SpecFault(file: file, problem: .syntax("\(error)", expected: "YAML"))
        }
    }

    /// What a person most likely has to change, for the mistakes that people make.
    private static func remedy(
        _ problem: String,
        context: String?,
        found: Unicode.Scalar?
    ) -> String {
        if found == "\t" { return "spaces: YAML is never indented by tabs" }
        if context?.contains("alias") == true || problem.contains("alias") {
            return "quotes around what begins with `*`, such as \"**/*.jpg\""
        }
        if problem.contains("escape") {
            return "single quotes around text with backslashes, such as '\\d+'"
        }
        if problem.contains("mapping values are not allowed") {
            return "quotes around text that holds a colon, or the key two columns further left"
        }
        if problem.contains("cannot start any token") {
            return "quotes around text that begins with this character"
        }
        if problem.contains("could not find expected ':'") { return "`key: value`" }
        if problem.contains("']'") { return "a closing `]`" }
        if problem.contains("'}'") { return "a closing `}`" }
        if problem.contains("end of stream") || context?.contains("quoted scalar") == true {
            return "a closing quote"
        }
        return "YAML, each level indented by two spaces"
    }

    /// Turns the nodes of Yams into ours: with a place each, equal keys reported and counted.
    private struct Builder {
        let file: String
        let hidden: [Unicode.Scalar: Unicode.Scalar]
        var nodesLeft: Int
        var faults: [SpecFault] = []

        mutating func node(_ node: Yams.Node) throws(SpecFault) -> SpecNode {
            let line = node.mark?.line ?? 1
            let column = node.mark?.column ?? 1
            nodesLeft -= 1
            guard nodesLeft > 0 else {
                throw SpecFault(
                    file: file,
                    line: line,
                    column: column,
                    problem: .tooMuch("values", limit: SpecDocument.nodeLimit)
                )
            }
            let content: SpecNode.Content
            switch node {
            case .scalar(let scalar):
                content = .scalar(restored(scalar.string), isPlain: scalar.style == .plain)
            case .sequence(let sequence):
                var list: [SpecNode] = []
                for element in sequence { list.append(try self.node(element)) }
                content = .list(list)
            case .mapping(let mapping):
                content = .mapping(try entries(mapping))
            case .alias:
                content = .scalar("", isPlain: true)
            }
            return SpecNode(content: content, line: line, column: column)
        }

        private mutating func entries(
            _ mapping: Yams.Node.Mapping
        ) throws(SpecFault) -> [(key: SpecNode, value: SpecNode)] {
            var entries: [(key: SpecNode, value: SpecNode)] = []
            var lines: [String: Int] = [:]
            for (key, value) in mapping {
                let keyNode = try node(key)
                guard case .scalar(let name, _) = keyNode.content else {
                    report(.keyNotAWord, at: keyNode)
                    continue
                }
                if let firstLine = lines[name] {
                    report(.duplicateKey(name, firstLine: firstLine), at: keyNode)
                    continue
                }
                lines[name] = keyNode.line
                entries.append((keyNode, try node(value)))
            }
            return entries
        }

        private mutating func report(_ problem: SpecProblem, at node: SpecNode) {
            faults.append(
                SpecFault(file: file, line: node.line, column: node.column, problem: problem)
            )
        }

        private func restored(_ text: String) -> String {
            guard !hidden.isEmpty else { return text }
            return String(String.UnicodeScalarView(text.unicodeScalars.map { hidden[$0] ?? $0 }))
        }
    }
}
