import Records

extension SpecParser {
    private static let nameRule = "a letter, then letters, digits or `_`, at most 64"

    /// `record:`.
    mutating func fields(_ node: SpecNode) -> [FieldDefinition] {
        guard case .mapping(let entries) = node.content else {
            reportShape(node, of: "`record`", expected: "fields: `NAME: {type: TYPE}`")
            return []
        }
        var fields: [FieldDefinition] = []
        var names: [String: String] = [:]
        for (key, value) in entries {
            guard case .scalar(let name, _) = key.content else { continue }
            // The database and spreadsheets do not tell `Total` from `total`.
            let folded = name.lowercased()
            guard SpecParser.isIdentifier(name) else {
                report(.badName(name, of: "a field", expected: SpecParser.nameRule), at: key)
                faultyFields.insert(name)
                continue
            }
            if PipelineKeys.viewColumns.contains(folded) {
                report(.takenName(name, of: "a field", by: "a column of every export"), at: key)
                faultyFields.insert(name)
                continue
            }
            if let other = names[folded] {
                report(.takenName(name, of: "a field", by: "the field `\(other)`"), at: key)
                faultyFields.insert(name)
                continue
            }
            names[folded] = name
            if let field = field(name, value) {
                fields.append(field)
            } else {
                faultyFields.insert(name)
            }
        }
        refuseColumnClashes(of: fields, in: entries)
        return fields
    }

    /// `NAME: {type: …}`, or `NAME: TYPE`.
    private mutating func field(_ name: String, _ node: SpecNode) -> FieldDefinition? {
        let owner = "field `\(name)`"
        if case .scalar(let word, _) = node.content, !node.isNothing {
            return type(word, node, owner, keys: [:]).map { FieldDefinition(name: name, type: $0) }
        }
        guard let keys = mapping(node, owner, keys: PipelineKeys.field) else { return nil }
        guard let typeNode = keys["type"] else {
            report(
                .missingKey(
                    "type",
                    of: owner,
                    expected: "one of " + PipelineKeys.types.joined(separator: ", ")
                ),
                at: node
            )
            return nil
        }
        let isRequired = keys["required"].flatMap { bool($0, "`required`") } ?? false
        let near = keys["near"].map {
            texts($0, "`near`", expected: "a list of words", mayBeEmpty: true).map(\.text)
        }
        let pattern = keys["pattern"].flatMap { self.pattern($0) }
        guard let word = text(typeNode, "`type`", expected: "a type"),
            let type = type(word, typeNode, owner, keys: keys)
        else { return nil }
        return FieldDefinition(
            name: name,
            type: type,
            isRequired: isRequired,
            near: near ?? [],
            pattern: pattern
        )
    }

    private mutating func type(
        _ word: String,
        _ node: SpecNode,
        _ owner: String,
        keys: [String: SpecNode],
        known: [String] = PipelineKeys.types
    ) -> FieldType? {
        guard known.contains(word) else {
            report(.unknownWord(word, of: "type", known: known), at: node)
            return nil
        }
        for (key, type) in [("labels", "label"), ("of", "list"), ("order", "date")]
        where word != type {
            guard let stray = keys[key] else { continue }
            report(
                .misplaced(key, why: "does not go with type \(word)", expected: "type: \(type)"),
                at: stray
            )
        }
        switch word {
        case "text": return .text
        case "money": return .money
        case "currency": return .currency
        case "number": return .number
        case "identifier": return .identifier
        case "date":
            return .date(
                order: keys["order"].flatMap { self.word($0, "`order`", as: DateOrder.self) }
            )
        case "label":
            guard let labels = keys["labels"] else {
                report(
                    .missingKey("labels", of: owner, expected: "labels: [WORD, WORD]"),
                    at: node
                )
                return nil
            }
            return .label(
                texts(labels, "`labels`", expected: "a list of at least one word").map(\.text)
            )
        default:
            guard let columns = keys["of"] else {
                report(
                    .missingKey("of", of: owner, expected: "of: {NAME: TYPE, NAME: TYPE}"),
                    at: node
                )
                return nil
            }
            return self.columns(columns).map { .list($0) }
        }
    }

    private mutating func columns(_ node: SpecNode) -> [ListColumn]? {
        guard case .mapping(let entries) = node.content, !entries.isEmpty else {
            reportShape(node, of: "`of`", expected: "columns: `{NAME: TYPE, NAME: TYPE}`")
            return nil
        }
        let faultCount = faults.count
        let types = PipelineKeys.types.filter { $0 != "list" }
        var columns: [ListColumn] = []
        var names: Set<String> = []
        for (key, value) in entries {
            guard case .scalar(let name, _) = key.content else { continue }
            guard SpecParser.isIdentifier(name) else {
                report(.badName(name, of: "a column", expected: SpecParser.nameRule), at: key)
                continue
            }
            guard names.insert(name.lowercased()).inserted else {
                report(.takenName(name, of: "a column", by: "another column"), at: key)
                continue
            }
            let owner = "column `\(name)`"
            var keys: [String: SpecNode] = [:]
            var typeNode = value
            if case .mapping = value.content {
                keys = mapping(value, owner, keys: PipelineKeys.column) ?? [:]
                guard let node = keys["type"] else {
                    report(
                        .missingKey(
                            "type",
                            of: owner,
                            expected: "one of " + types.joined(separator: ", ")
                        ),
                        at: value
                    )
                    continue
                }
                typeNode = node
            }
            if let word = text(typeNode, owner, expected: "a type"),
                let type = type(word, typeNode, owner, keys: keys, known: types)
            {
                columns.append(ListColumn(name: name, type: type))
            }
        }
        return faults.count == faultCount ? columns : nil
    }

    /// A regular expression that compiles and that ends on every text.
    mutating func pattern(_ node: SpecNode) -> String? {
        guard let pattern = text(node, "`pattern`", expected: "a regular expression") else {
            return nil
        }
        guard pattern.utf8.count <= 1000 else {
            report(.badPattern(pattern, why: "longer than 1000 bytes"), at: node)
            return nil
        }
        guard !hasNestedRepetition(pattern) else {
            report(
                .badPattern(pattern, why: "repeats a group that repeats inside, and may never end"),
                at: node
            )
            return nil
        }
        do {
            _ = try Regex(pattern)
            return pattern
        } catch {
            report(.badPattern(pattern, why: SpecParser.firstSentence("\(error)")), at: node)
            return nil
        }
    }

    private static func firstSentence(_ text: String) -> String {
        let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? text
        let lead = "cannot parse regular expression: "
        return line.lowercased().hasPrefix(lead) ? String(line.dropFirst(lead.count)) : line
    }

    /// `--rows items` writes a list's columns as `items_name`: no field may be called so.
    private mutating func refuseColumnClashes(
        of fields: [FieldDefinition],
        in entries: [(key: SpecNode, value: SpecNode)]
    ) {
        for field in fields {
            guard case .list(let columns) = field.type else { continue }
            let taken = Set(columns.map { "\(field.name)_\($0.name)".lowercased() })
            for (key, _) in entries {
                guard case .scalar(let name, _) = key.content, taken.contains(name.lowercased())
                else { continue }
                report(
                    .takenName(name, of: "a field", by: "a column of the list `\(field.name)`"),
                    at: key
                )
            }
        }
    }
}
