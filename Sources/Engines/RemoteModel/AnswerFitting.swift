internal import Grammar

/// Brings what a model said into the form that was asked for, where that changes no value.
///
/// `"12.50"` is a number, `2024/03/05` a day, `Food` the label `food`; `12,50` could be two things, and `about 12` is no number: these do
/// not fit. Nothing is made up, and nothing that was said is taken for "not on the page".
struct AnswerFitting {
    /// What does not fit.
    struct Misfit: Error, Equatable, Sendable {
        /// Where: `items[2].price`; empty for the whole.
        let place: String
        /// What was said there, its beginning.
        let found: String
        /// What was asked for.
        let expected: String
    }

    /// Whether the answer broke off: what is missing is `null`, not wrong.
    private let isCut: Bool
    private var path: [String] = []
    /// Whether anything was left out for want of room.
    private(set) var isShortened = false

    private init(isCut: Bool) { self.isCut = isCut }

    /// Brings an answer into form.
    ///
    /// - Parameters:
    ///   - found: What was said.
    ///   - schema: The form.
    /// - Returns: The value, and whether something of it was left out.
    /// - Throws: ``Misfit``.
    static func fit(
        _ found: FoundAnswer,
        to schema: AnswerSchema
    ) throws(Misfit) -> (value: AnswerValue, isShortened: Bool) {
        var fitting = AnswerFitting(isCut: found.isCut)
        let value = try fitting.value(found.tree, schema)
        do throws(AnswerFault) {
            return (try schema.parse(value.json), fitting.isShortened || found.isCut)
        } catch {
            // What the schema's own reader refuses: days that are none, numbers of too many digits.
            throw Misfit(
                place: error.place,
                found: fitting.excerpt(found.tree),
                expected: schema.expected
            )
        }
    }

    private mutating func value(
        _ tree: JSONTree,
        _ schema: AnswerSchema
    ) throws(Misfit) -> AnswerValue {
        switch schema {
        case .nullable(let inner):
            if Self.saysNothing(tree, inner.bare) { return .null }
            return try value(tree, inner)
        case .object(let properties): return try object(tree, properties, schema)
        case .list(let element, let most): return try list(tree, element, most, schema)
        case .text(let most): return .text(try text(tree, schema, most))
        case .number(let digits, let decimals): return try number(tree, digits, decimals, schema)
        case .date: return .text(try day(tree, schema))
        case .choice(let labels): return .text(try choice(tree, labels, schema))
        }
    }

    // MARK: Objects and lists

    private mutating func object(
        _ tree: JSONTree,
        _ properties: [AnswerSchema.Property],
        _ schema: AnswerSchema
    ) throws(Misfit) -> AnswerValue {
        var tree = tree
        if case .list(let entries) = tree, entries.count == 1 { tree = entries[0] }
        guard case .object(var members) = tree else { throw misfit(tree, schema) }
        let names = Set(properties.map { LooseName($0.name) })
        if !members.contains(where: { names.contains(LooseName($0.key)) }),
            let inner = FoundAnswer.wrapped(members, names)?.members
        {
            members = inner
        }
        var said: [LooseName: JSONTree] = [:]
        var exact: [String: JSONTree] = [:]
        for member in members {
            said[LooseName(member.key)] = member.value
            exact[member.key] = member.value
        }
        var fitted: [AnswerValue.Member] = []
        for property in properties {
            path.append(path.isEmpty ? property.name : ".\(property.name)")
            defer { path.removeLast() }
            if let tree = exact[property.name] ?? said[LooseName(property.name)] {
                fitted.append(.init(property.name, try value(tree, property.schema)))
            } else if property.schema.isNullable {
                if isCut { isShortened = true }
                fitted.append(.init(property.name, .null))
            } else {
                throw Misfit(
                    place: path.joined(),
                    found: "nothing",
                    expected: property.schema.expected
                )
            }
        }
        return .object(fitted)
    }

    private mutating func list(
        _ tree: JSONTree,
        _ element: AnswerSchema,
        _ most: Int,
        _ schema: AnswerSchema
    ) throws(Misfit) -> AnswerValue {
        let entries: [JSONTree]
        switch tree {
        case .list(let list): entries = list
        case .null: entries = []
        // One entry, without the list around it.
        case .object where element.bare.isObject: entries = [tree]
        default: throw misfit(tree, schema)
        }
        var fitted: [AnswerValue] = []
        for (place, entry) in entries.enumerated() {
            guard fitted.count < most else {
                isShortened = true
                break
            }
            path.append("[\(place)]")
            defer { path.removeLast() }
            do {
                fitted.append(try value(entry, element))
            } catch {
                // The last entry of an answer that broke off may lack what it must have.
                guard isCut, place == entries.count - 1 else { throw error }
                isShortened = true
            }
        }
        return .list(fitted)
    }

    // MARK: Values

    private mutating func text(
        _ tree: JSONTree,
        _ schema: AnswerSchema,
        _ most: Int
    ) throws(Misfit) -> String {
        let said: String
        switch tree {
        case .text(let text): said = text
        // The digits as they were written.
        case .number(let digits): said = digits
        default: throw misfit(tree, schema)
        }
        let line = String(
            String.UnicodeScalarView(
                said.unicodeScalars.map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .lineSeparator, .paragraphSeparator: " "
                    default: scalar
                    }
                }
            )
        )
        guard line.unicodeScalars.count > most else { return line }
        isShortened = true
        return String(String.UnicodeScalarView(line.unicodeScalars.prefix(most)))
    }

    private func number(
        _ tree: JSONTree,
        _ digits: Int,
        _ decimals: Int,
        _ schema: AnswerSchema
    ) throws(Misfit) -> AnswerValue {
        var written: String
        switch tree {
        case .number(let number): written = number
        case .text(let text):
            var reader = JSONReader(Array(SaidText.trimmed(text[...]).utf8))
            guard case .number(let number) = reader.value(), reader.isAtEnd() else {
                throw misfit(tree, schema)
            }
            written = number
        default: throw misfit(tree, schema)
        }
        // No number of a document is that long.
        guard !written.contains("e"), written.utf8.count <= 64 else { throw misfit(tree, schema) }
        if let point = written.firstIndex(of: ".") {
            while written.hasSuffix("0"),
                written.distance(from: point, to: written.endIndex) > decimals + 1
            {
                written.removeLast()
            }
            if written.hasSuffix(".") { written.removeLast() }
        }
        return .number(written)
    }

    private func day(_ tree: JSONTree, _ schema: AnswerSchema) throws(Misfit) -> String {
        guard case .text(let text) = tree else { throw misfit(tree, schema) }
        // Year, month, day in this order can be nothing else; a time of day behind it changes no day.
        let date = SaidText.trimmed(text[...]).prefix { $0 != "T" && $0 != " " }
        let parts = date.split(omittingEmptySubsequences: false) { "-/.".contains($0) }
        guard parts.count == 3, parts[0].utf8.count == 4,
            parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
            parts.dropFirst().allSatisfy({ $0.utf8.count <= 2 })
        else { throw misfit(tree, schema) }
        return parts.map { $0.utf8.count == 1 ? "0\($0)" : String($0) }.joined(separator: "-")
    }

    private func choice(
        _ tree: JSONTree,
        _ labels: [String],
        _ schema: AnswerSchema
    ) throws(Misfit) -> String {
        let said: String
        switch tree {
        case .text(let text): said = text
        case .number(let digits): said = digits
        case .bool(let value): said = value ? "true" : "false"
        default: throw misfit(tree, schema)
        }
        guard let label = SaidLabel.label(said, among: labels) else { throw misfit(tree, schema) }
        return label
    }

    /// Whether a value says in other words that there is none.
    private static func saysNothing(_ tree: JSONTree, _ schema: AnswerSchema) -> Bool {
        switch (tree, schema) {
        case (.null, _): true
        case (.text(let text), .number), (.text(let text), .date), (.text(let text), .choice):
            if case .choice(let labels) = schema, labels.contains(text) {
                false
            } else {
                ["", "null", "none", "n/a", "-"].contains(
                    SaidText.trimmed(text[...]).lowercased()
                )
            }
        default: false
        }
    }

    // MARK: Faults

    private func misfit(_ tree: JSONTree, _ schema: AnswerSchema) -> Misfit {
        Misfit(place: path.joined(), found: excerpt(tree), expected: schema.expected)
    }

    private func excerpt(_ tree: JSONTree) -> String {
        SaidExcerpt.of(String(decoding: tree.bytes.prefix(400), as: UTF8.self), characters: 60)
    }
}

extension AnswerSchema {
    fileprivate var isObject: Bool {
        guard case .object = self else { return false }
        return true
    }

    /// The form in words, for a model that is asked again.
    var expected: String {
        switch self {
        case .object: "an object with all its keys"
        case .list: "a list"
        case .text: "a text"
        case .number(_, let decimals):
            decimals > 0 ? "a number with \(decimals) decimals at most" : "a whole number"
        case .date: "a date as YYYY-MM-DD"
        case .choice(let labels): "one of " + labels.prefix(40).joined(separator: ", ")
        case .nullable(let schema): schema.expected + ", or null"
        }
    }
}
