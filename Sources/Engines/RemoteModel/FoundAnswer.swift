internal import Grammar

/// The JSON in what a model said.
struct FoundAnswer: Equatable, Sendable {
    /// What it says.
    let tree: JSONTree
    /// Whether it ended before it was whole.
    let isCut: Bool

    /// Places that are tried: prose may have braces of its own.
    private static let mostTries = 64

    /// Looks for an answer.
    ///
    /// Where there are several, as after a draft, the last whole one counts; where none can be read there is nothing.
    ///
    /// - Parameters:
    ///   - said: What was said.
    ///   - schema: What was asked for.
    init?(in said: String, for schema: AnswerSchema) {
        let bytes = Array(SaidText(said).text.utf8)
        var whole = JSONReader(bytes)
        if let tree = whole.value(), whole.isAtEnd(), Self.fits(tree, schema) {
            self.tree = tree
            isCut = whole.repairs.contains(.cut)
            return
        }
        guard let found = Self.found(in: bytes, for: schema) else { return nil }
        (tree, isCut) = found
    }

    private static func found(
        in bytes: [UInt8],
        for schema: AnswerSchema
    ) -> (JSONTree, isCut: Bool)? {
        let opening: UInt8
        switch schema.bare {
        case .object: opening = UInt8(ascii: "{")
        case .list: opening = UInt8(ascii: "[")
        default: return nil
        }
        var best: (JSONTree, isCut: Bool)?
        var place = 0
        for _ in 0..<mostTries {
            guard let start = bytes[place...].firstIndex(of: opening) else { break }
            var reader = JSONReader(bytes, from: start)
            place = start + 1
            guard let tree = reader.value(), fits(tree, schema) else { continue }
            let isCut = reader.repairs.contains(.cut)
            if best == nil || !isCut { best = (tree, isCut) }
            place = reader.place
        }
        return best
    }

    /// Whether a tree is an attempt at an answer.
    private static func fits(_ tree: JSONTree, _ schema: AnswerSchema) -> Bool {
        switch (schema.bare, tree) {
        case (.object(let properties), .object(let members)):
            let names = Set(properties.map { LooseName($0.name) })
            return members.contains { names.contains(LooseName($0.key)) }
                || wrapped(members, names) != nil
        case (.object, .list(let entries)): return entries.count == 1 && fits(entries[0], schema)
        case (.object, _): return false
        case (.list, .list), (.list, .null): return true
        case (.list, .object): return false
        case (_, .object), (_, .list): return false
        default: return true
        }
    }

    /// The object that is all that an object holds, as in `{"answer": {…}}`.
    static func wrapped(_ members: [JSONTree.Member], _ names: Set<LooseName>) -> JSONTree? {
        guard members.count == 1, let inner = members.first?.value, case .object(let kept) = inner,
            kept.contains(where: { names.contains(LooseName($0.key)) })
        else { return nil }
        return inner
    }
}

/// A key without what models write differently: case, spaces, dashes.
struct LooseName: Hashable, Sendable {
    private let letters: String

    init(_ name: String) {
        letters = name.lowercased().filter { $0 != "_" && $0 != "-" && !$0.isWhitespace }
    }
}

extension AnswerSchema {
    /// What the answer is when it is not null.
    var bare: AnswerSchema {
        guard case .nullable(let schema) = self else { return self }
        return schema.bare
    }

    /// Whether it may be null.
    var isNullable: Bool {
        guard case .nullable = self else { return false }
        return true
    }
}
