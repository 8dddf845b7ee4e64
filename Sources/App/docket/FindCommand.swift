import ArgumentParser
import FieldRules
import Jobs
import OCR
import PipelineSpec
import Records

/// `docket find`.
struct FindCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "find",
        abstract: "Show what the rules find in one file, and why.",
        discussion: """
            Nothing is stored. With --explain every candidate of one field is shown with its confidence \
            and reason; without, the chosen value of each field that the pipeline's `find` steps name.

            Examples:
              docket find --pipeline pipelines/receipts.yaml receipt.jpg
              docket find --pipeline pipelines/receipts.yaml --explain receipt.jpg total
            """
    )

    @Argument(help: "The file.", completion: .file())
    var file: String

    @Argument(help: "The field, with --explain; else all.")
    var field: String?

    @Option(
        help: ArgumentHelp(
            "The pipeline that defines the fields and how files are read.",
            valueName: "file"
        ),
        completion: .file(extensions: ["yaml", "yml"])
    )
    var pipeline: String

    @Flag(help: "Show every candidate.")
    var explain = false

    @Flag(help: "Print JSON lines to standard output.")
    var json = false

    func run() async throws {
        let spec = try PipelineArguments.read(pipeline)
        let fields = try wanted(spec)
        let read = spec.steps.compactMap { if case .read(let step) = $0 { step } else { nil } }
        let assembly = Assembly(jobs: 1)
        let outcomes: [PageOutcome]
        do {
            outcomes = try await SingleFile(
                path: file,
                step: read.first ?? ReadStep(),
                limits: spec.input.limits
            ).pages(by: assembly.readEngine)
        } catch let failure as JobFailure {
            await assembly.readEngine.shutdown()
            throw Fault(.someFailed, "\(file): \(failure.reason.rawValue): \(failure.detail)")
        }
        await assembly.readEngine.shutdown()
        let pages = outcomes.compactMap { if case .read(let page) = $0 { page } else { nil } }
        let finder = FieldFinder(pages: pages)
        for field in fields { show(field, finder.candidates(for: field), of: spec) }
    }

    private func wanted(_ spec: Pipeline) throws -> [FieldDefinition] {
        if let field {
            guard let definition = spec.record.first(where: { $0.name == field }) else {
                throw Fault(
                    .usage,
                    "\(spec.name) has no field \(field); it has "
                        + spec.record.map(\.name).joined(separator: ", ")
                )
            }
            return [definition]
        }
        let found = Set(
            spec.steps.flatMap { if case .find(let step) = $0 { step.fields } else { [String]() } }
        )
        return spec.record.filter { found.contains($0.name) }
    }

    private func show(_ field: FieldDefinition, _ candidates: [Candidate], of spec: Pipeline) {
        let record = Record.choosing(from: candidates.map { ($0, 0) }, fields: [field])
        let chosen = record.chosenIndices
        for (index, candidate) in candidates.enumerated() where explain || chosen.contains(index) {
            if json {
                Terminal.output(Self.json(candidate, isChosen: chosen.contains(index)).text)
            } else {
                let places = candidate.evidence.map {
                    "p. \($0.page) at \($0.box.x),\($0.box.y)"
                }
                Terminal.output(
                    "\(chosen.contains(index) ? "*" : " ") \(pad(field.name, 16))"
                        + "\(pad(candidate.content.plain, 28)) "
                        + "\(Int((candidate.confidence * 100).rounded())) %  \(candidate.reason)"
                        + (places.isEmpty ? "" : "  (\(places.joined(separator: "; ")))")
                )
            }
        }
        guard !json, chosen.isEmpty else { return }
        let why = record.ambiguousDates.isEmpty ? "nothing found" : "can be read two ways"
        Terminal.output("  \(pad(field.name, 16))\(why)")
    }

    private static func json(_ candidate: Candidate, isChosen: Bool) -> JSONValue {
        .object([
            "field": .text(candidate.field), "content": .text(candidate.content.plain),
            "printed": .text(candidate.printed), "confidence": .fraction(candidate.confidence),
            "reason": .text(candidate.reason), "is_chosen": .flag(isChosen),
            "evidence": .list(
                candidate.evidence.map { evidence in
                    .object([
                        "page": .number(evidence.page), "words": .text(evidence.words),
                        "box": .list(
                            [
                                evidence.box.x, evidence.box.y, evidence.box.width,
                                evidence.box.height,
                            ].map(JSONValue.number)
                        ),
                    ])
                }
            ),
        ])
    }
}
