import Records
import SystemPackage

extension SpecParser {
    private static let mostForms = 1000
    private static let formExpected =
        "a list of forms (`- form: NAME`) or paths of files with `forms:`"

    /// `forms:` of a pipeline: forms, and files that hold some.
    ///
    /// - Parameters:
    ///   - node: the value of `forms:`.
    ///   - found: the fields that `find` steps look for; nil when the steps could not be read.
    /// - Returns: the forms without faults.
    mutating func forms(_ node: SpecNode, found: Set<String>?) -> [Form] {
        var forms: [Form] = []
        var paths: Set<String> = []
        guard let elements = elements(node, "`forms`", expected: Self.formExpected) else {
            return []
        }
        if elements.isEmpty {
            report(
                .wrongShape(of: "`forms`", found: "an empty list", expected: Self.formExpected),
                at: node
            )
        }
        for element in elements {
            if case .scalar = element.content {
                guard let path = text(element, "an entry of `forms`", expected: Self.formExpected)
                else { continue }
                guard paths.insert(resolved(path)).inserted else {
                    report(.repeated(path, of: "`forms`"), at: element)
                    continue
                }
                take(self.forms(inFile: path, at: element, found: found), to: &forms, at: element)
            } else if let form = form(element, found: found) {
                take([form], to: &forms, at: element)
            }
        }
        return forms
    }

    private mutating func take(_ more: [Form], to forms: inout [Form], at node: SpecNode) {
        for form in more {
            if forms.contains(where: { $0.name == form.name }) {
                report(.repeated(form.name, of: "the names of `forms`"), at: node)
            }
            guard forms.count < Self.mostForms else {
                report(.tooMuch("forms", limit: Self.mostForms), at: node)
                return
            }
            forms.append(form)
        }
    }

    // MARK: Files

    /// The forms of another file, whose faults are told with its own name and places.
    private mutating func forms(
        inFile path: String,
        at node: SpecNode,
        found: Set<String>?
    ) -> [Form] {
        let owner = "forms file `\(path)`"
        let expected = "the path of a YAML file that holds `forms:`, from this file's folder"
        guard !path.contains("\0") else {
            report(.badName(path, of: "a file", expected: expected), at: node)
            return []
        }
        let name = resolved(path)
        let document: SpecDocument
        let text: String
        do throws(SpecFault) {
            text = try PipelineFile.text(of: PipelineFile.contents(of: name), file: name)
            document = try SpecDocument(text: text, file: name)
        } catch {
            switch error.problem {
            case .noSuchFile:
                report(.wrongShape(of: owner, found: "not there", expected: expected), at: node)
            case .unreadable(let why):
                report(
                    .wrongShape(of: owner, found: "unreadable (\(why))", expected: expected),
                    at: node
                )
            default: adopt([error])
            }
            return []
        }
        guard let root = document.root, !root.isNothing else {
            report(.wrongShape(of: owner, found: "empty", expected: expected), at: node)
            return []
        }
        var parser = SpecParser(file: name, text: text, faults: document.faults)
        parser.record = record
        parser.faultyFields = faultyFields
        let forms = parser.formsFile(root, found: found)
        adopt(parser.sortedFaults)
        return forms
    }

    private mutating func formsFile(_ root: SpecNode, found: Set<String>?) -> [Form] {
        guard let keys = mapping(root, "a forms file", keys: PipelineKeys.formsFile) else {
            return []
        }
        guard let node = keys["forms"] else {
            report(
                .missingKey("forms", of: "the file", expected: "forms: a list of `- form: NAME`"),
                at: root
            )
            return []
        }
        guard case .list(let elements) = node.content, !elements.isEmpty else {
            reportShape(node, of: "`forms`", expected: "a list of `- form: NAME`")
            return []
        }
        var forms: [Form] = []
        for element in elements {
            if let form = form(element, found: found) { take([form], to: &forms, at: element) }
        }
        return forms
    }

    // MARK: One form

    private mutating func form(_ node: SpecNode, found: Set<String>?) -> Form? {
        guard let keys = mapping(node, "a form", keys: PipelineKeys.form) else { return nil }
        let rule = "a name on one line, at most 64 signs"
        var name: String?
        if let node = keys["form"] {
            name = text(node, "`form`", expected: rule)
            if let text = name, text.count > 64 || text.contains(where: \.isNewline) {
                report(.badName(text, of: "a form", expected: rule), at: node)
                name = nil
            }
        } else {
            report(.missingKey("form", of: "a form", expected: "form: NAME"), at: node)
        }
        let owner = name.map { "form `\($0)`" } ?? "a form"
        var signs: FormSigns?
        if let node = keys["when"] {
            signs = self.signs(node, owner)
        } else {
            report(
                .missingKey("when", of: owner, expected: "when: {words: [WORDS ON ITS PAGE]}"),
                at: node
            )
        }
        var rules: [FormRule]?
        if let node = keys["fields"] {
            rules = self.rules(node, owner, found: found)
        } else {
            report(
                .missingKey("fields", of: owner, expected: "fields: {FIELD: {near: [WORDS]}}"),
                at: node
            )
        }
        guard let name, let signs, let rules else { return nil }
        return Form(name: name, signs: signs, rules: rules)
    }

    private mutating func signs(_ node: SpecNode, _ owner: String) -> FormSigns? {
        guard let keys = mapping(node, "`when` of \(owner)", keys: PipelineKeys.signs) else {
            return nil
        }
        let signs = FormSigns(
            words: keys["words"].map { phrases($0, "`words`") } ?? [],
            any: keys["any"].map { phrases($0, "`any`") } ?? [],
            pattern: keys["pattern"].flatMap { pattern($0) }
        )
        if keys.isEmpty {
            reportShape(node, of: "`when` of \(owner)", expected: "words: [WORDS ON ITS PAGE]")
        }
        return signs
    }

    /// Words to look for on a page: each has a letter or digit, for signs are not compared.
    mutating func phrases(_ node: SpecNode, _ owner: String) -> [String] {
        var phrases: [String] = []
        for (text, node) in texts(node, owner, expected: "a list of words") {
            guard text.contains(where: { $0.isLetter || $0.isNumber }), text.count <= 200 else {
                report(
                    .badName(
                        text,
                        of: "words to look for",
                        expected: "letters or digits, at most 200 signs: signs are not compared"
                    ),
                    at: node
                )
                continue
            }
            phrases.append(text)
        }
        return phrases
    }

    private mutating func rules(
        _ node: SpecNode,
        _ owner: String,
        found: Set<String>?
    ) -> [FormRule]? {
        guard case .mapping(let entries) = node.content, !entries.isEmpty else {
            reportShape(node, of: "`fields` of \(owner)", expected: "`FIELD: {near: [WORDS]}`")
            return nil
        }
        var rules: [FormRule] = []
        for (key, value) in entries {
            guard case .scalar(let name, _) = key.content, !faultyFields.contains(name) else {
                continue
            }
            guard let field = record.first(where: { $0.name == name }) else {
                report(.unknownField(name, known: record.map(\.name)), at: key)
                continue
            }
            if let found, !found.contains(name) {
                report(
                    .misplaced(
                        name,
                        why: "is looked for by no `find` step",
                        expected: "it in a step, `- find: [\(name)]`"
                    ),
                    at: key
                )
            }
            if let rule = rule(value, for: field, owner) { rules.append(rule) }
        }
        return rules
    }
}
