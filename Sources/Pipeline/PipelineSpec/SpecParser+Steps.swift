import Records

extension SpecParser {
    /// `steps:`.
    mutating func steps(_ node: SpecNode) -> [Step]? {
        guard case .list(let nodes) = node.content, !nodes.isEmpty else {
            reportShape(node, of: "`steps`", expected: "a list of steps, such as `- read: text`")
            return nil
        }
        var steps: [Step] = []
        var readLine: Int?
        for node in nodes {
            guard let (verb, keys) = verb(node), let value = keys[verb] else { continue }
            if verb == "read" {
                if let readLine {
                    report(
                        .stepOutOfPlace(
                            "a second `read` step",
                            expected: "one, as in line \(readLine)"
                        ),
                        at: node
                    )
                }
                readLine = readLine ?? node.line
            } else if readLine == nil, needsText(verb, keys) {
                report(
                    .stepOutOfPlace(
                        "`\(verb)` works on text that no step has read",
                        expected: "`- read: text` above it"
                    ),
                    at: node
                )
            }
            if let step = step(verb, value, keys, isTextRead: readLine != nil) {
                steps.append(step)
            }
        }
        return steps
    }

    private func needsText(_ verb: String, _ keys: [String: SpecNode]) -> Bool {
        switch verb {
        case "find": return true
        case "classify", "summarize": return !Self.says("picture", keys["from"])
        case "ask": return Self.says("text", keys["from"]) || Self.says("text", keys["route"])
        default: return false
        }
    }

    private static func says(_ word: String, _ node: SpecNode?) -> Bool {
        if case .scalar(word, _) = node?.content { true } else { false }
    }

    /// The verb of a step and its keys.
    private mutating func verb(_ node: SpecNode) -> (String, [String: SpecNode])? {
        let verbs = PipelineKeys.steps.map(\.verb)
        guard case .mapping(let entries) = node.content else {
            if case .scalar(let word, _) = node.content, !node.isNothing, !verbs.contains(word) {
                report(.noVerb(keys: [word], known: verbs), at: node)
            } else {
                reportShape(node, of: "a step", expected: "`VERB: …`, such as `read: text`")
            }
            return nil
        }
        let names = entries.map { entry in
            if case .scalar(let name, _) = entry.key.content { name } else { "" }
        }
        let found = names.filter(verbs.contains)
        guard let verb = found.first, found.count == 1 else {
            if found.count > 1 {
                report(.twoVerbs(found[0], found[1]), at: node)
            } else {
                report(.noVerb(keys: names, known: verbs), at: node)
            }
            return nil
        }
        let keys = PipelineKeys.steps.first { $0.verb == verb }?.keys ?? []
        let article = verb == "ask" ? "an" : "a"
        return mapping(node, "\(article) `\(verb)` step", keys: keys).map { (verb, $0) }
    }

    private mutating func step(
        _ verb: String,
        _ value: SpecNode,
        _ keys: [String: SpecNode],
        isTextRead: Bool
    ) -> Step? {
        let when = keys["when"].flatMap { condition($0) }
        switch verb {
        case "read":
            return read(value, keys)
        case "find":
            return .find(FindStep(fields: fieldNames(value, "`find`"), when: when))
        case "ask":
            return ask(value, keys, when, isTextRead: isTextRead)
        case "classify":
            let field = fieldName(value, "`classify`", type: "label")
            let from = keys["from"].flatMap { word($0, "`from`", as: StepSource.self) }
            return field.map {
                .classify(ClassifyStep(field: $0, from: from ?? .text, when: when))
            }
        case "summarize":
            return summarize(value, keys, when)
        default:
            return .check(CheckStep(rules: rules(value)))
        }
    }

    private enum Readable: String, CaseIterable {
        case text
    }

    // MARK: read

    private mutating func read(_ value: SpecNode, _ keys: [String: SpecNode]) -> Step? {
        let what = word(value, "`read`", as: Readable.self)
        var step = ReadStep()
        if let node = keys["languages"] { step.languages = languages(node) }
        if let node = keys["prepare"] { step.prepare = preparations(node) }
        if let node = keys["layout"],
            let layout = word(node, "`layout`", as: ReadStep.Layout.self)
        {
            step.layout = layout
        }
        if let node = keys["engine"] { step.engine = command(node) }
        if let node = keys["barcodes"] { step.barcodes = bool(node, "`barcodes`") ?? false }
        if let node = keys["frames-every"] {
            step.framesEvery = quantity(
                node,
                "`frames-every`",
                in: 40...86_400_000,
                expected: "a duration such as 2s or 500ms, at least 40ms, at most 24h",
                read: Quantity.milliseconds
            )
        }
        return what == nil ? nil : .read(step)
    }

    /// Names of language models: they become file names, so they hold nothing that leads elsewhere.
    ///
    /// `eng+deu` is two of them in one.
    private mutating func languages(_ node: SpecNode) -> [String] {
        let expected = "a list of language names such as [eng, deu]"
        var names: [String] = []
        for (name, node) in texts(node, "`languages`", expected: expected) {
            let isName = name.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "+")
            }
            let models = name.split(separator: "+", omittingEmptySubsequences: false)
            guard isName, name.utf8.count <= 40, !models.contains("") else {
                report(.badName(name, of: "a language", expected: expected), at: node)
                continue
            }
            names.append(name)
        }
        return names
    }

    private enum Preparations: String, CaseIterable {
        case none
        case fast
        case best
    }

    private mutating func preparations(_ node: SpecNode) -> [ReadStep.Preparation] {
        if case .scalar(let text, _) = node.content,
            let shorthand = Preparations(rawValue: text)
        {
            switch shorthand {
            case .none: return []
            case .fast: return ReadStep.Preparation.fast
            case .best: return ReadStep.Preparation.best
            }
        }
        let known = ReadStep.Preparation.allCases.map(\.rawValue)
        if case .scalar(let text, _) = node.content, !node.isNothing, !known.contains(text) {
            let words = Preparations.allCases.map(\.rawValue) + known
            report(.unknownWord(text, of: "preparation", known: words), at: node)
            return []
        }
        return texts(
            node,
            "`prepare`",
            expected: "`none`, `fast`, `best` or a list of " + known.joined(separator: ", "),
            mayBeEmpty: true
        ).compactMap { word($0.node, "preparation", as: ReadStep.Preparation.self) }
    }

    /// A program and its arguments; a program named with a `/` is looked for from the file's folder.
    private mutating func command(_ node: SpecNode) -> [String]? {
        let expected = "a list: [PROGRAM, ARGUMENT]"
        guard let elements = elements(node, "`engine`", expected: expected) else { return nil }
        var words: [String] = []
        for element in elements {
            guard case .scalar(let word, _) = element.content, !element.isNothing,
                !word.contains("\0")
            else {
                reportShape(element, of: "an entry of `engine`", expected: "a word")
                return nil
            }
            words.append(word)
        }
        guard let program = words.first, !program.isEmpty else {
            reportShape(node, of: "`engine`", expected: expected)
            return nil
        }
        if case .scalar = node.content, program.contains(" ") {
            report(
                .wrongShape(of: "`engine`", found: "one text with spaces", expected: expected),
                at: node
            )
            return nil
        }
        if program.contains("/") { words[0] = resolved(program) }
        return words
    }

    // MARK: check

    private mutating func rules(_ node: SpecNode) -> [CheckRule] {
        var rules: [CheckRule] = []
        for (wording, node) in texts(node, "`check`", expected: "a list of rules") {
            do throws(CheckRuleFault) {
                rules.append(try CheckRule(wording, record: record))
            } catch {
                if case .unknownField(let name, _) = error.problem, faultyFields.contains(name) {
                    continue
                }
                report(.badRule(wording, error.problem), in: node, offset: error.offset)
            }
        }
        return rules
    }

    // MARK: Fields and conditions

    mutating func fieldNames(_ node: SpecNode, _ owner: String) -> [String] {
        texts(node, owner, expected: "a list of fields")
            .filter { isField($0.text, at: $0.node) }.map(\.text)
    }

    mutating func fieldName(
        _ node: SpecNode,
        _ owner: String,
        type: String
    ) -> String? {
        guard let name = text(node, owner, expected: "a field of type \(type)"),
            isField(name, at: node),
            let field = record.first(where: { $0.name == name })
        else { return nil }
        guard field.type.name == type else {
            report(
                .wrongFieldType(name, type: field.type.name, expected: "a field of type \(type)"),
                at: node
            )
            return nil
        }
        return name
    }

    private mutating func isField(_ name: String, at node: SpecNode) -> Bool {
        if record.contains(where: { $0.name == name }) { return true }
        if !faultyFields.contains(name) {
            report(.unknownField(name, known: record.map(\.name)), at: node)
        }
        return false
    }

    private mutating func condition(_ node: SpecNode) -> StepCondition? {
        guard let keys = mapping(node, "`when`", keys: PipelineKeys.condition) else { return nil }
        guard let missing = keys["missing"] else {
            report(
                .missingKey("missing", of: "`when`", expected: "missing: [FIELD, FIELD]"),
                at: node
            )
            return nil
        }
        let names = fieldNames(missing, "`missing`")
        let confidence = keys["or-confidence-below"].flatMap {
            quantity(
                $0,
                "`or-confidence-below`",
                in: 0...1,
                expected: "a number from 0 to 1, such as 0.80",
                read: Quantity.fraction
            )
        }
        return StepCondition(missing: names, orConfidenceBelow: confidence)
    }
}
