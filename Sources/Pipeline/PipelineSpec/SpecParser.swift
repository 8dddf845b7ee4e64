import Records
import SystemPackage

#if canImport(Glibc)
    import Glibc
#endif

/// Turns the nodes of one file into a pipeline and collects every fault on the way.
///
/// Each function reports what is wrong with its node and gives back nil, or what can be used of it, so that
/// the rest is looked at as well.
struct SpecParser {
    /// The file as it was named.
    let file: String
    /// The file's absolute path.
    let absoluteFile: FilePath
    /// The text in lines, to place a fault inside a value.
    private let scalars: [Unicode.Scalar]
    /// What is wrong.
    private(set) var faults: [SpecFault]
    /// The record's fields as far as they are known; steps refer to them.
    var record: [FieldDefinition] = []
    /// Names of fields whose definition is faulty: a step may name them without a second fault.
    var faultyFields: Set<String> = []

    init(file: String, text: String, faults: [SpecFault]) {
        self.file = file
        self.absoluteFile = SpecParser.absolute(FilePath(file))
        self.scalars = Array(text.unicodeScalars)
        self.faults = faults
    }

    /// The faults in the order of the file, then those of the files that it names.
    var sortedFaults: [SpecFault] {
        faults.filter { $0.file == file }
            .sorted { ($0.line ?? 0, $0.column ?? 0) < ($1.line ?? 0, $1.column ?? 0) }
            + faults.filter { $0.file != file }
    }

    // MARK: Faults

    mutating func report(_ problem: SpecProblem, at node: SpecNode) {
        faults.append(SpecFault(file: file, line: node.line, column: node.column, problem: problem))
    }

    /// Reports a fault inside a text: at its own column when the text stands on one line as it is.
    mutating func report(_ problem: SpecProblem, in node: SpecNode, offset: Int) {
        var column = node.column
        if case .scalar(let text, let isPlain) = node.content,
            let start = SpecDocument.index(line: node.line, column: column, in: scalars)
        {
            let first = start + (isPlain ? 0 : 1)
            if scalars.dropFirst(first).starts(with: text.unicodeScalars) {
                column += (isPlain ? 0 : 1) + offset
            }
        }
        faults.append(SpecFault(file: file, line: node.line, column: column, problem: problem))
    }

    /// Takes over the faults of another file, in their order.
    mutating func adopt(_ others: [SpecFault]) { faults += others }

    mutating func reportShape(_ node: SpecNode, of owner: String, expected: String) {
        report(.wrongShape(of: owner, found: node.shape, expected: expected), at: node)
    }

    // MARK: Shapes

    /// The values of a mapping by key, unknown keys reported.
    ///
    /// A misspelt key stands for the one it resembles, so that what is below it is looked at as well.
    mutating func mapping(
        _ node: SpecNode,
        _ owner: String,
        keys: [String]
    ) -> [String: SpecNode]? {
        guard case .mapping(let entries) = node.content else {
            reportShape(
                node,
                of: owner,
                expected: "keys and values: " + keys.joined(separator: ", ")
            )
            return nil
        }
        var values: [String: SpecNode] = [:]
        var misspelt: [String: SpecNode] = [:]
        for (key, value) in entries {
            guard case .scalar(let name, _) = key.content else { continue }
            if keys.contains(name) {
                values[name] = value
                continue
            }
            report(.unknownKey(name, of: owner, known: keys), at: key)
            if let meant = nearestWord(to: name, among: keys) { misspelt[meant] = value }
        }
        return values.merging(misspelt) { written, _ in written }
    }

    /// A text that is not empty.
    mutating func text(_ node: SpecNode, _ owner: String, expected: String = "text") -> String? {
        guard case .scalar(let text, _) = node.content, !node.isNothing,
            text.contains(where: { !$0.isWhitespace })
        else {
            reportShape(node, of: owner, expected: expected)
            return nil
        }
        return text
    }

    /// The elements of a list; one word stands for a list of one.
    mutating func elements(_ node: SpecNode, _ owner: String, expected: String) -> [SpecNode]? {
        switch node.content {
        case .list(let elements): return elements
        case .scalar where !node.isNothing: return [node]
        case .scalar, .mapping:
            reportShape(node, of: owner, expected: expected)
            return nil
        }
    }

    /// The texts of a list of texts, each once.
    mutating func texts(
        _ node: SpecNode,
        _ owner: String,
        expected: String,
        mayBeEmpty: Bool = false
    ) -> [(text: String, node: SpecNode)] {
        guard let elements = elements(node, owner, expected: expected) else { return [] }
        if elements.isEmpty, !mayBeEmpty {
            report(.wrongShape(of: owner, found: "an empty list", expected: expected), at: node)
        }
        var texts: [(text: String, node: SpecNode)] = []
        for element in elements {
            guard let text = text(element, "an entry of \(owner)", expected: expected) else {
                continue
            }
            guard !texts.contains(where: { $0.text == text }) else {
                report(.repeated(text, of: owner), at: element)
                continue
            }
            texts.append((text, element))
        }
        return texts
    }

    /// One of a closed set of words.
    mutating func word<Word: RawRepresentable<String> & CaseIterable>(
        _ node: SpecNode,
        _ owner: String,
        as type: Word.Type
    ) -> Word? {
        let known = Word.allCases.map(\.rawValue)
        guard
            let text = text(node, owner, expected: "one of " + known.joined(separator: ", "))
        else { return nil }
        guard let word = Word(rawValue: text) else {
            report(.unknownWord(text, of: owner, known: known), at: node)
            return nil
        }
        return word
    }

    mutating func bool(_ node: SpecNode, _ owner: String) -> Bool? {
        guard let text = text(node, owner, expected: "true or false") else { return nil }
        switch text.lowercased() {
        case "true", "yes", "on": return true
        case "false", "no", "off": return false
        default:
            report(.badQuantity(text, of: owner, expected: "true or false"), at: node)
            return nil
        }
    }

    /// A number, size or duration within bounds, by the function that reads it.
    mutating func quantity<Value: Comparable>(
        _ node: SpecNode,
        _ owner: String,
        in range: ClosedRange<Value>,
        expected: String,
        read: (String) -> Value?
    ) -> Value? {
        guard let text = text(node, owner, expected: expected) else { return nil }
        guard let value = read(text), range.contains(value) else {
            report(.badQuantity(text, of: owner, expected: expected), at: node)
            return nil
        }
        return value
    }

    // MARK: Names and paths

    /// Letters, digits and underscores, beginning with a letter: a column name everywhere.
    static func isIdentifier(_ name: String) -> Bool {
        guard let first = name.utf8.first, name.utf8.count <= 64 else { return false }
        return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first | 0x20)
            && name.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || byte == UInt8(ascii: "_")
            }
    }

    /// A path of the pipeline: from the file's folder, from `~`, or absolute.
    func resolved(_ path: String) -> String {
        var path = path
        if path == "~" || path.hasPrefix("~/"), let home = unsafe getenv("HOME") {
            path = unsafe String(cString: home) + path.dropFirst()
        }
        return absoluteFile.removingLastComponent().pushing(FilePath(path))
            .lexicallyNormalized().string
    }

    private static func absolute(_ path: FilePath) -> FilePath {
        guard path.isRelative else { return path.lexicallyNormalized() }
        var working = FilePath("/")
        if let pointer = unsafe getcwd(nil, 0) {
            working = unsafe FilePath(platformString: pointer)
            unsafe free(pointer)
        }
        return working.pushing(path).lexicallyNormalized()
    }
}
