import ArgumentParser
import FieldRules
import Foundation
import Jobs
import OCR
import PipelineSpec
import Records

/// `docket find`.
struct FindCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "find",
        abstract: "Show what the rules find in one file, and why.",
        usage: "docket find [--explain] [<options>] <file> [<field>]",
        discussion: """
            Nothing is stored. Without --explain, the value of each field. With it, every candidate of a \
            field with its confidence, place and reason, what was passed over, which of your own forms \
            had a say, and what decided.

            With a pipeline, its fields, forms and way of reading count; without one, FIELD's name says \
            what to look for (total, date, merchant, iban, …).

            Examples:
              docket find receipt.jpg
              docket find --explain receipt.jpg total
              docket find --explain --pipeline pipelines/receipts.yaml receipt.jpg total
            """
    )

    @Argument(help: "The file; - for standard input.", completion: .file())
    var file: String

    @Argument(help: "The field; else all.")
    var field: String?

    @Option(
        help: ArgumentHelp(
            "The pipeline that defines the fields and how files are read.",
            valueName: "file"
        ),
        completion: .file(extensions: ["yaml", "yml"])
    )
    var pipeline: String?

    @OptionGroup(title: "Reading without a pipeline") var reading: ReadingOptions

    @Flag(help: "Show every candidate, and what decided.")
    var explain = false

    @Flag(help: "Print JSON to standard output, one line a field.")
    var json = false

    func validate() throws {
        if pipeline != nil, reading.isGiven {
            throw ValidationError(
                "with --pipeline, its `read` step says how files are read; leave out --language, --layout and --prepare"
            )
        }
    }

    func run() async throws {
        let plan = try FindPlan(pipeline: pipeline, field: field, reading: reading)
        let pages = try await pages(by: plan)
        if pages.allSatisfy({ $0.words.isEmpty }) {
            Terminal.error(
                "docket: \(file): no text was read from it"
                    + (pages.contains { !$0.isBlank } ? "" : ": the pages are blank")
            )
        }
        var finders: [[Form]: FieldFinder] = [:]
        var isFirst = true
        for wanted in plan.fields {
            let finder = finders[wanted.forms] ?? FieldFinder(pages: pages, forms: wanted.forms)
            finders[wanted.forms] = finder
            let explanation = finder.explanation(for: wanted.field)
            if json {
                Terminal.output(
                    explain ? explanation.json(of: pages).text : explanation.valueJSON.text
                )
            } else if explain {
                if !isFirst { Terminal.output("") }
                Terminal.outputText(
                    FindReport(explanation, pages: pages, width: Terminal.columns)
                        .text(file: file, remark: plan.remark)
                )
            } else if field != nil || pipeline != nil || !explanation.candidates.isEmpty {
                Terminal.outputText(
                    FindReport(explanation, pages: pages, width: Terminal.columns).valueText
                )
            }
            isFirst = false
        }
    }

    private func pages(by plan: FindPlan) async throws -> [PageText] {
        let assembly = Assembly(jobs: 1)
        let outcomes: [PageOutcome]
        do {
            outcomes = try await SingleFile(path: file, step: plan.read, limits: plan.limits)
                .pages(by: assembly.readEngine)
        } catch let failure as JobFailure {
            await assembly.readEngine.shutdown()
            var hint = ""
            if let field, !FileManager.default.fileExists(atPath: file),
                FileManager.default.fileExists(atPath: field)
            {
                hint = "; the file comes first: docket find --explain \(field) \(file)"
            }
            throw Fault(
                .someFailed,
                "\(file): \(failure.reason.rawValue): \(failure.detail)\(hint)"
            )
        }
        await assembly.readEngine.shutdown()
        for case .failed(let number, let failure) in outcomes {
            Terminal.error(
                "docket: \(file) page \(number): \(failure.reason.rawValue): \(failure.detail)"
            )
        }
        return outcomes.compactMap { if case .read(let page) = $0 { page } else { nil } }
    }
}

/// Which fields are looked for, with which forms, and how the file is read.
private struct FindPlan {
    var fields: [(field: FieldDefinition, forms: [Form])]
    var read: ReadStep
    var limits = Limits.standard
    /// What a person should know of the choice.
    var remark: String?

    /// Languages that are read where no pipeline says which, as far as they are installed.
    private static let usualLanguages = ["eng", "deu", "fra", "spa", "nor", "chi_sim"]

    init(pipeline: String?, field: String?, reading: ReadingOptions) throws {
        guard let pipeline else {
            let field = field.map { FieldFinder.usualField(named: $0) }
            fields = (field.map { [$0] } ?? FieldFinder.usualFields).map { ($0, []) }
            read = reading.step
            if reading.languages.isEmpty {
                let installed = Set(LanguageModels.installed().languages)
                let usual = Self.usualLanguages.filter(installed.contains)
                if !usual.isEmpty { read.languages = usual }
            }
            if let field, !FieldFinder.knows(field.name) {
                remark =
                    "no rule knows a field of this name: text beside the words “\(field.name)” is looked for; "
                    + "a pipeline can say more"
            }
            return
        }
        let spec = try PipelineArguments.read(pipeline)
        let steps = spec.steps.compactMap { if case .find(let step) = $0 { step } else { nil } }
        func forms(of name: String) -> [Form] {
            steps.first { $0.fields.contains(name) }?.forms ?? []
        }
        if let field {
            guard let definition = spec.record.first(where: { $0.name == field }) else {
                let names = spec.record.map(\.name)
                let meant = nearestWord(to: field, among: names)
                throw Fault(
                    .usage,
                    "\(spec.name) has no field \(field); "
                        + (meant.map { "did you mean \($0)?" }
                            ?? "it has " + names.joined(separator: ", "))
                )
            }
            fields = [(definition, forms(of: field))]
            if !steps.contains(where: { $0.fields.contains(field) }) {
                remark =
                    "no `find` step of \(spec.name) looks for this field; this is what one would find"
            }
        } else {
            let found = Set(steps.flatMap(\.fields))
            fields = spec.record.filter { found.contains($0.name) }.map { ($0, forms(of: $0.name)) }
            if fields.isEmpty {
                throw Fault(
                    .usage,
                    "\(spec.name) has no `find` step; name a field: \(spec.record.map(\.name).joined(separator: ", "))"
                )
            }
        }
        let reads = spec.steps.compactMap { if case .read(let step) = $0 { step } else { nil } }
        read = reads.first ?? ReadStep()
        limits = spec.input.limits
    }
}

extension ReadingOptions {
    /// Whether any of them was given.
    fileprivate var isGiven: Bool {
        !languages.isEmpty || !prepare.isEmpty || layout != .auto || barcodes
    }
}
