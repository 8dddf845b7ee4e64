import Records
import SystemPackage

extension SpecParser {
    /// The whole file; nil when something indispensable is missing (which is then among the faults).
    mutating func pipeline(_ root: SpecNode) -> Pipeline? {
        guard let keys = mapping(root, "the pipeline", keys: PipelineKeys.file) else { return nil }
        var name: String?
        if let node = require("pipeline", in: keys, root, "pipeline: NAME") {
            name = self.name(node)
        }
        let description = keys["description"].flatMap { text($0, "`description`") }
        var input: InputSpec?
        if let node = require("input", in: keys, root, "input: {folders: [FOLDER]}") {
            input = self.input(node)
        }
        if let node = keys["record"] { record = fields(node) }
        let model = keys["model"].flatMap { self.model($0) }
        var steps: [Step]?
        let faultCount = faults.count
        if let node = require("steps", in: keys, root, "a list of steps") {
            steps = self.steps(node)
        }
        if let node = keys["forms"] {
            let isSound = faults.count == faultCount
            let forms = forms(node, found: isSound ? steps.map(Self.foundFields) : nil)
            steps = steps?.map { Self.step($0, with: forms) }
        }
        let output = keys["output"].map { self.output($0) }
        guard let name, let input, let steps else { return nil }
        return Pipeline(
            name: name,
            description: description,
            file: absoluteFile.string,
            input: input,
            record: record,
            steps: steps,
            table: output?.table ?? String(name.map { $0 == "-" ? "_" : $0 }),
            reviewBelow: output?.reviewBelow,
            model: model
        )
    }

    /// `model:`: a path that begins like one is looked for from the file's folder; names and addresses stay as they are.
    private mutating func model(_ node: SpecNode) -> String? {
        let expected =
            "a model's name, folder or file, or a server's address such as http://host:8000/v1"
        guard let word = text(node, "`model`", expected: expected) else { return nil }
        let isPath = word == "~" || ["/", "~/", "./", "../"].contains { word.hasPrefix($0) }
        return isPath ? resolved(word) : word
    }

    /// The fields that `find` steps look for.
    private static func foundFields(_ steps: [Step]) -> Set<String> {
        Set(steps.flatMap { if case .find(let step) = $0 { step.fields } else { [String]() } })
    }

    /// A `find` step with what the forms say of its own fields: a rule for another field does not change what it gives.
    private static func step(_ step: Step, with forms: [Form]) -> Step {
        guard case .find(var find) = step else { return step }
        for var form in forms {
            form.rules.removeAll { !find.fields.contains($0.field) }
            if !form.rules.isEmpty { find.forms.append(form) }
        }
        return .find(find)
    }

    private mutating func require(
        _ key: String,
        in keys: [String: SpecNode],
        _ root: SpecNode,
        _ expected: String
    ) -> SpecNode? {
        if let node = keys[key] { return node }
        report(.missingKey(key, of: "the pipeline", expected: expected), at: root)
        return nil
    }

    private mutating func name(_ node: SpecNode) -> String? {
        let rule = "a letter, then letters, digits, `_` or `-`, at most 64"
        guard let name = text(node, "`pipeline`", expected: rule) else { return nil }
        guard SpecParser.isIdentifier(String(name.map { $0 == "-" ? "_" : $0 })) else {
            report(.badName(name, of: "a pipeline", expected: rule), at: node)
            return nil
        }
        return name
    }

    /// Names that the database needs for itself.
    private static let takenTables: Set<String> = [
        "pipeline", "folder", "run", "document", "location", "page", "job", "text", "text_index",
        "outcome", "value", "check_result", "correction", "resolution",
    ]

    private mutating func output(_ node: SpecNode) -> (table: String?, reviewBelow: Double?) {
        guard let keys = mapping(node, "`output`", keys: PipelineKeys.output) else {
            return (nil, nil)
        }
        let reviewBelow = keys["review-below"].flatMap {
            quantity(
                $0,
                "`review-below`",
                in: 0...1,
                expected: "a number from 0 to 1, such as 0.60",
                read: Quantity.fraction
            )
        }
        return (keys["table"].flatMap { table($0) }, reviewBelow)
    }

    private mutating func table(_ node: SpecNode) -> String? {
        let rule = "a letter, then letters, digits or `_`, at most 64"
        guard let name = text(node, "`table`", expected: rule) else { return nil }
        let folded = name.lowercased()
        guard SpecParser.isIdentifier(name) else {
            report(.badName(name, of: "a table", expected: rule), at: node)
            return nil
        }
        guard !folded.hasPrefix("sqlite_"), !SpecParser.takenTables.contains(folded) else {
            report(.takenName(name, of: "a view", by: "a table of the database"), at: node)
            return nil
        }
        return name
    }
}
