import Qwen
import SystemPackage
import Tensors

/// What `docket model inspect` prints.
struct ModelInspectionReport {
    let inspection: ModelInspection

    init(_ inspection: ModelInspection) {
        self.inspection = inspection
    }

    // MARK: For people

    var lines: [String] {
        var lines: [String] = []
        func add(_ name: String, _ text: String) { lines.append(pad(name, 12) + text) }
        add("model", "\(inspection.path)")
        if let configuration = inspection.configuration {
            add("family", configuration.family.rawValue)
            add("decoder", Self.words(configuration.text))
            if let vision = configuration.vision { add("vision", Self.words(vision)) }
            add("context", "\(Self.grouped(configuration.text.contextLength)) tokens")
        }
        if let parameters = inspection.parameters {
            add(
                "parameters",
                parameters.vision == 0
                    ? Self.grouped(parameters.total)
                    : "\(Self.grouped(parameters.total)): vision \(Self.grouped(parameters.vision)), "
                        + "text \(Self.grouped(parameters.text))"
            )
            for (index, precision) in ModelInspection.WeightPrecision.allCases.enumerated() {
                let bytes = parameters.byteCount(at: precision)
                add(
                    index == 0 ? "memory" : "",
                    "\(pad(precision.rawValue, 6))\(Self.right(Self.grouped(bytes), 16)) bytes"
                )
            }
        }
        if let bytes = inspection.cacheBytesPerToken {
            add("", "keys and values of 1,000 tokens: \(ByteCount(bytes * 1000))")
        }
        for (index, file) in inspection.files.enumerated() {
            let name = file.path.lastComponent?.string ?? file.path.string
            let size = file.byteCount.map { "\(Self.grouped($0)) bytes" } ?? "MISSING"
            add(index == 0 ? "files" : "", "\(Fault.shown(name))  \(size)")
        }
        if let packed = inspection.packed { addPacked(packed, add) }
        for (index, type) in inspection.types.enumerated() where inspection.packed == nil {
            add(
                index == 0 ? "tensors" : "",
                "\(pad(Fault.shown(type.name), 6))\(Self.right(Self.grouped(type.tensorCount), 6)) "
                    + (type.tensorCount == 1 ? "tensor  " : "tensors ")
                    + "\(Self.right(Self.grouped(type.byteCount), 15)) bytes"
                    + (type.isRun ? "" : "  (not run)")
            )
        }
        if let tokenizer = inspection.tokenizer {
            add(
                "tokenizer",
                "\(Self.grouped(tokenizer.size)) tokens, \(tokenizer.addedCount) of them added; "
                    + (tokenizer.hasChatTemplate ? "chat template" : "no chat template")
            )
        }
        for problem in inspection.problems {
            add(
                problem.isObstacle ? "PROBLEM" : "note",
                Self.words(problem, of: inspection.path)
            )
        }
        add("usable", inspection.isUsable ? "yes" : "no")
        return lines
    }

    private func addPacked(_ contents: PackedContents, _ add: (String, String) -> Void) {
        add(
            "packed",
            "\(contents.precision.rawValue) by \(Fault.shown(contents.writer)), \(Fault.shown(contents.written))"
        )
        let source = contents.source
        let bytes = source.files.reduce(0) { $0.addingReportingOverflow($1.bytes).partialValue }
        add(
            "made of",
            "\(Fault.shown(source.name)): \(source.format.rawValue), \(Self.grouped(bytes)) bytes"
                + (source.revision.map { ", commit \(Fault.shown($0))" } ?? "")
        )
        for (index, line) in PackingReport.forms(contents).enumerated() {
            add(index == 0 ? "tensors" : "", line)
        }
        for (index, file) in contents.files.enumerated() {
            add(
                index == 0 ? "holds" : "",
                "\(Fault.shown(file.name))  \(Self.grouped(file.bytes)) bytes"
            )
        }
        if let identity = inspection.identity { add("identity", identity) }
        if inspection.isVerified { add("verified", "every byte is as it was written") }
    }

    private static func words(_ text: TextConfiguration) -> String {
        "\(text.layerCount) layers, width \(text.hiddenSize), feed-forward \(text.intermediateSize), "
            + "\(text.headCount) heads of \(text.headDimension) on \(text.keyValueHeadCount), "
            + "vocabulary \(grouped(text.vocabularySize))"
    }

    private static func words(_ vision: VisionConfiguration) -> String {
        "\(vision.depth) blocks, width \(vision.hiddenSize), feed-forward \(vision.intermediateSize), "
            + "\(vision.headCount) heads, patches of \(vision.patchSize), "
            + "features of blocks \(vision.deepstackBlocks.map(String.init).joined(separator: ", "))"
    }

    /// A number with its thousands apart: `2,127,532,032`.
    static func grouped(_ number: Int) -> String {
        var digits = Array(String(number.magnitude))
        var place = digits.count - 3
        while place > 0 {
            digits.insert(",", at: place)
            place -= 3
        }
        return (number < 0 ? "-" : "") + String(digits)
    }

    private static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }

    // MARK: Problems

    /// What is wrong, where, and what to do.
    ///
    /// - Parameters:
    ///   - problem: What was found.
    ///   - model: The model's folder or file.
    /// - Returns: The words.
    static func words(_ problem: ModelProblem, of model: FilePath) -> String {
        let again = Fault.again(model)
        switch problem {
        case .missingFile(let file): return "\(file): no such file; \(again)"
        case .configuration(let file, let fault), .generationSettings(let file, let fault):
            return Fault(qwen: fault, file: file.string).message
        case .weights(let fault): return Fault(weights: fault).message
        case .missingTensors(let names, let expected):
            return "\(names.count) of \(expected) tensors are missing: \(some(names)); \(again)"
        case .wrongShape(let file, let tensor, let found, let expected):
            return Fault(
                qwen: .wrongShape(source: file, tensor: tensor, found: found, expected: expected),
                file: file.string
            ).message
        case .unsupportedType(let file, let type, let tensors):
            let first = tensors.first ?? ""
            let words = Fault(weights: .unsupportedType(file: file, tensor: first, type: type))
            return words.message + (tensors.count > 1 ? " (\(tensors.count) tensors are)" : "")
        case .tokenizer(let fault): return Fault(tokenizer: fault).message
        case .tooManyTokens(let tokens, let rows):
            return
                "the tokenizer has \(grouped(tokens)) tokens and the model \(grouped(rows)) rows for them; "
                + "they are not of one model: \(again)"
        case .pictureSettings(let file, let fault):
            return Fault.preprocessing(fault, file: file.string).message
        case .unusedTensors(let names):
            return "\(names.count) tensors are not used: \(some(names))"
        case .damagedSections(let file, let names):
            return "\(file): \(some(names)) in it \(names.count == 1 ? "is" : "are") damaged; "
                + Fault.remake(file)
        case .noChatTemplate: return "no chat template; the family's own is taken"
        case .noVisionFile(let file):
            return
                "\(file): no vision tower beside it, so it reads text only; put its mmproj file into the folder"
        }
    }

    private static func some(_ names: [String]) -> String {
        let shown = names.prefix(3).map { Fault.shown($0) }.joined(separator: ", ")
        return names.count > 3 ? shown + " and \(names.count - 3) more" : shown
    }

    // MARK: For programs

    var json: JSONValue {
        var fields: [String: JSONValue] = [
            "path": .text(inspection.path.string),
            "format": .text(inspection.format.rawValue),
            "usable": .flag(inspection.isUsable),
            "files": .list(
                inspection.files.map { file in
                    .object([
                        "path": .text(file.path.string),
                        "bytes": file.byteCount.map { .number($0) } ?? .null,
                    ])
                }
            ),
            "tensors": .list(
                inspection.types.map { type in
                    .object([
                        "type": .text(type.name), "tensors": .number(type.tensorCount),
                        "elements": .number(type.elementCount), "bytes": .number(type.byteCount),
                        "runs": .flag(type.isRun),
                    ])
                }
            ),
            "tensor_count": .number(inspection.storedTensorCount),
            "tensor_bytes": .number(inspection.storedByteCount),
            "problems": .list(
                inspection.problems.map { problem in
                    .object([
                        "severity": .text(problem.isObstacle ? "problem" : "note"),
                        "message": .text(Self.words(problem, of: inspection.path)),
                    ])
                }
            ),
        ]
        if let packed = inspection.packed {
            fields["packed"] = .object([
                "precision": .text(packed.precision.rawValue), "name": .text(packed.name),
                "writer": .text(packed.writer), "written": .text(packed.written),
                "source": .text(packed.source.name),
                "source_format": .text(packed.source.format.rawValue),
                "revision": packed.source.revision.map { .text($0) } ?? .null,
                "identity": inspection.identity.map { .text($0) } ?? .null,
                "verified": .flag(inspection.isVerified),
                "forms": PackingReport.json(packed),
                "files": .list(packed.files.map { .text($0.name) }),
            ])
        }
        if let configuration = inspection.configuration {
            fields["family"] = .text(configuration.family.rawValue)
            fields["context"] = .number(configuration.text.contextLength)
            fields["text"] = Self.json(configuration.text)
            fields["vision"] = configuration.vision.map(Self.json) ?? .null
        }
        if let parameters = inspection.parameters {
            fields["parameters"] = .object([
                "total": .number(parameters.total), "vision": .number(parameters.vision),
                "text": .number(parameters.text),
            ])
            var memory: [String: JSONValue] = [:]
            for precision in ModelInspection.WeightPrecision.allCases {
                memory[precision.rawValue] = .number(parameters.byteCount(at: precision))
            }
            fields["memory_bytes"] = .object(memory)
        }
        fields["expected_tensors"] = inspection.expectedTensorCount.map { .number($0) } ?? .null
        fields["cache_bytes_per_token"] = inspection.cacheBytesPerToken.map { .number($0) } ?? .null
        fields["tokenizer"] =
            inspection.tokenizer.map { tokenizer in
                .object([
                    "size": .number(tokenizer.size), "added": .number(tokenizer.addedCount),
                    "chat_template": .flag(tokenizer.hasChatTemplate),
                ])
            } ?? .null
        return .object(fields)
    }

    private static func json(_ text: TextConfiguration) -> JSONValue {
        .object([
            "layers": .number(text.layerCount), "hidden": .number(text.hiddenSize),
            "feed_forward": .number(text.intermediateSize), "heads": .number(text.headCount),
            "key_value_heads": .number(text.keyValueHeadCount),
            "head_dimension": .number(text.headDimension),
            "vocabulary": .number(text.vocabularySize),
        ])
    }

    private static func json(_ vision: VisionConfiguration) -> JSONValue {
        .object([
            "blocks": .number(vision.depth), "hidden": .number(vision.hiddenSize),
            "feed_forward": .number(vision.intermediateSize), "heads": .number(vision.headCount),
            "patch": .number(vision.patchSize),
            "deepstack": .list(vision.deepstackBlocks.map { .number($0) }),
        ])
    }
}
