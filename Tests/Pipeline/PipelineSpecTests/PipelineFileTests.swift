import Foundation
import PipelineSpec
import Records
import Testing

@Suite struct PipelineFileTests {
    @Test func `a pipeline is read with every key`() throws {
        let pipeline = try parse(
            """
            pipeline: night-run
            description: All of it.
            input:
              folders: [../scans, /abs/olute, sub/./x]
              include: ["**/*.{jpg,pdf}", "[!a]?.png"]
              exclude: []
              settle: 500ms
              limits: {bytes: 64MiB, pixels: 1.5M, pages: 7, seconds-per-page: 90, stall: 2m}
            record:
              merchant: text
              date: {type: date, order: month-first}
              total: {type: money, required: yes, near: [zu zahlen, 5], pattern: '(\\d+)'}
              kind: {type: label, labels: [a, b]}
              items: {type: list, of: {name: text, day: {type: date, order: day-first}}}
            steps:
              - read: text
                languages: [eng, chi_sim, eng+deu]
                prepare: [scale, orient]
                layout: sparse
                engine: [./tool, --flag, ""]
                frames-every: 1.5s
              - find: merchant
                when: {missing: date}
              - ask: What is it?
                fills: [merchant, items]
                composed: yes
                from: text
                window: 6
                stride: 5
                max-tokens: 300
                when: {missing: [merchant], or-confidence-below: 0.85}
                route: model
              - ask: All of it.
                fills: merchant
                route: text
              - classify: kind
                from: picture
              - summarize: merchant
                from: picture
                window: 4
                stride: 3
                max-tokens: 90
              - check: date is not in the future
            model: ../models/small
            output: {table: night}
            """,
            file: "/home/x/specs/n.yaml"
        )
        #expect(pipeline.name == "night-run")
        #expect(pipeline.description == "All of it.")
        #expect(pipeline.file == "/home/x/specs/n.yaml")
        #expect(pipeline.table == "night")
        #expect(pipeline.model == "/home/x/models/small")
        #expect(
            pipeline.input
                == InputSpec(
                    folders: ["/home/x/scans", "/abs/olute", "/home/x/specs/sub/x"],
                    include: ["**/*.{jpg,pdf}", "[!a]?.png"],
                    exclude: [],
                    settle: .milliseconds(500),
                    limits: Limits(
                        bytes: 67_108_864,
                        pixels: 1_500_000,
                        pages: 7,
                        millisecondsPerPage: 90_000,
                        stallMilliseconds: 120_000
                    )
                )
        )
        #expect(
            pipeline.record == [
                FieldDefinition(name: "merchant", type: .text),
                FieldDefinition(name: "date", type: .date(order: .monthFirst)),
                FieldDefinition(
                    name: "total",
                    type: .money,
                    isRequired: true,
                    near: ["zu zahlen", "5"],
                    pattern: "(\\d+)"
                ),
                FieldDefinition(name: "kind", type: .label(["a", "b"])),
                FieldDefinition(
                    name: "items",
                    type: .list([
                        ListColumn(name: "name", type: .text),
                        ListColumn(name: "day", type: .date(order: .dayFirst)),
                    ])
                ),
            ]
        )
        #expect(
            pipeline.steps == [
                .read(
                    ReadStep(
                        languages: ["eng", "chi_sim", "eng+deu"],
                        prepare: [.scale, .orient],
                        layout: .sparse,
                        engine: ["/home/x/specs/tool", "--flag", ""],
                        framesEvery: 1500
                    )
                ),
                .find(
                    FindStep(
                        fields: ["merchant"],
                        when: StepCondition(missing: ["date"], orConfidenceBelow: nil)
                    )
                ),
                .ask(
                    AskStep(
                        question: "What is it?",
                        fills: ["merchant", "items"],
                        from: .text,
                        window: 6,
                        stride: 5,
                        maxTokens: 300,
                        when: StepCondition(missing: ["merchant"], orConfidenceBelow: 0.85),
                        route: .model,
                        composed: true,
                        takesText: false
                    )
                ),
                .ask(
                    AskStep(
                        question: "All of it.",
                        fills: ["merchant"],
                        route: .text,
                        takesText: true
                    )
                ),
                .classify(ClassifyStep(field: "kind", from: .picture, when: nil)),
                .summarize(
                    SummarizeStep(
                        field: "merchant",
                        from: .picture,
                        window: 4,
                        stride: 3,
                        maxTokens: 90
                    )
                ),
                .check(
                    CheckStep(rules: [
                        .notInFuture(field: "date", wording: "date is not in the future")
                    ])
                ),
            ]
        )
    }

    @Test func `what is not said has its default`() throws {
        let pipeline = try parse(
            "pipeline: my-scans\ninput: {folders: x}\nsteps: [{read: text}]\n"
        )
        #expect(pipeline.table == "my_scans")
        #expect(pipeline.record.isEmpty)
        #expect(pipeline.input.include == ["**/*"])
        #expect(pipeline.input.exclude == ["**/.*"])
        #expect(pipeline.input.settle == .seconds(2))
        #expect(pipeline.input.limits == .standard)
        #expect(pipeline.steps == [.read(ReadStep())])
        #expect(pipeline.model == nil)
    }

    @Test(arguments: ["Qwen/Qwen3-VL-2B-Instruct", "http://gpu-box:8000/v1", "my-model"])
    func `a model's name or address stays as it is written`(word: String) throws {
        #expect(try parse(goodSpec + "model: \(word)\n").model == word)
    }

    @Test(arguments: [
        ("", true), ("fills: merchant", true), ("fills: total", false),
        ("fills: [merchant, date]", false), ("fills: merchant\n    composed: yes", false),
    ])
    func `the page's text can be the answer where free text or one text field is wanted`(
        keys: String,
        takesText: Bool
    ) throws {
        let spec = goodSpec.replacing("fills: [items]", with: keys)
        guard case .ask(let step) = try parse(spec).steps[2] else {
            Issue.record("no ask step")
            return
        }
        #expect(step.takesText == takesText)
        let unread = try parse("pipeline: a\ninput: {folders: [b]}\nsteps:\n  - ask: Read it.\n")
        guard case .ask(let step) = unread.steps[0] else { return }
        #expect(!step.takesText)
    }

    @Test func `a window smaller than the usual stride is its own stride`() throws {
        let spec = goodSpec.replacing("fills: [items]", with: "fills: [items]\n    window: 3")
        guard case .ask(let step) = try parse(spec).steps[2] else {
            Issue.record("no ask step")
            return
        }
        #expect(step.window == 3)
        #expect(step.stride == 3)
    }

    @Test func `a step that sees pictures alone needs no read step`() {
        let start = "pipeline: a\ninput: {folders: [b]}\nrecord: {note: text}\nsteps:\n"
        #expect(faults(start + "  - ask: What is it?\n    fills: note\n") == [])
        #expect(faults(start + "  - summarize: note\n    from: picture\n") == [])
    }

    @Test(arguments: ["from: text", "route: text"])
    func `a step that works on text wants it read before`(key: String) {
        let start = "pipeline: a\ninput: {folders: [b]}\nrecord: {note: text}\nsteps:\n"
        #expect(
            faults(start + "  - ask: What is it?\n    fills: note\n    \(key)\n") == [
                "5:5: `ask` works on text that no step has read; expected `- read: text` above it"
            ]
        )
    }

    @Test func `a file with byte-order mark and Windows line ends is read`() throws {
        let text = "\u{FEFF}" + goodSpec.replacing("\n", with: "\r\n")
        #expect(try parse(text).record == parse(goodSpec).record)
        #expect(faults(text.replacing("layout", with: "layout")) == [])
    }

    @Test func `prepare none prepares nothing`() throws {
        let text = goodSpec.replacing("- read: text", with: "- read: text\n    prepare: none")
        guard case .read(let step) = try parse(text).steps[0] else { return }
        #expect(step.prepare.isEmpty)
    }

    @Test func `prepare fast and best stand for lists, and best for nothing said`() throws {
        for (word, list) in [
            ("fast", ReadStep.Preparation.fast), ("best", ReadStep.Preparation.best),
        ] {
            let text = goodSpec.replacing(
                "- read: text",
                with: "- read: text\n    prepare: \(word)"
            )
            guard case .read(let step) = try parse(text).steps[0] else { return }
            #expect(step.prepare == list)
        }
        #expect(ReadStep().prepare == ReadStep.Preparation.best)
        #expect(!ReadStep.Preparation.fast.contains(.reread))
    }

    @Test func `an anchor can be used again`() throws {
        let text =
            goodSpec
            .replacing("find: [merchant, date, total]", with: "find: &main [merchant, date]")
            .replacing("missing: [items]", with: "missing: *main")
        let pipeline = try parse(text)
        #expect(
            pipeline.steps[2].condition
                == StepCondition(missing: ["merchant", "date"], orConfidenceBelow: nil)
        )
    }

    @Test(arguments: ["receipts", "invoices", "labels", "scans", "reviews"])
    func `the pipelines that come with Docket are without faults`(name: String) throws {
        let pipeline = try PipelineFile.read(projectFolder + "/pipelines/\(name).yaml")
        #expect(pipeline.name == name)
        #expect(pipeline.table == name)
        #expect(pipeline.input.folders.allSatisfy { $0.hasPrefix(projectFolder + "/fixtures") })
        // A pattern's first group is the value: a group meant for grouping only would cut it.
        for field in pipeline.record {
            guard let pattern = field.pattern else { continue }
            let match = try #require("at 12:34:56 today".firstMatch(of: try Regex(pattern)))
            #expect(match.output[1].substring == "12:34:56")
        }
    }

    // MARK: Files

    @Test func `a missing file is told from a faulty one`() throws {
        do throws(SpecFaults) {
            _ = try PipelineFile.read("/nowhere/x.yaml")
            Issue.record("read")
        } catch {
            #expect(error.isFileMissing)
            #expect(
                error.description
                    == "/nowhere/x.yaml: no such file; expected the path of a pipeline file"
            )
        }
        do throws(SpecFaults) {
            _ = try PipelineFile.read("/tmp")
            Issue.record("read")
        } catch {
            #expect(!error.isFileMissing)
            #expect(error.description.hasPrefix("/tmp: cannot be read: Is a directory"))
        }
    }

    @Test func `a relative file gives absolute folders`() throws {
        let folder =
            FileManager.default.temporaryDirectory.path
            + "/docket-spec-\(UInt64.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try goodSpec.write(toFile: folder + "/a.yaml", atomically: false, encoding: .utf8)
        let working = FileManager.default.currentDirectoryPath
        let up = String(repeating: "../", count: working.split(separator: "/").count)
        let pipeline = try PipelineFile.read(up + String(folder.dropFirst()) + "/a.yaml")
        #expect(pipeline.input.folders == [folder + "/scans"])
        #expect(pipeline.file == folder + "/a.yaml")
    }

    @Test func `a folder may begin with the home folder's sign`() throws {
        let home = try #require(ProcessInfo.processInfo.environment["HOME"])
        let text = goodSpec.replacing("[scans]", with: "[~/Scans]")
        #expect(try parse(text).input.folders == ["\(home == "/" ? "" : home)/Scans"])
    }
}

let projectFolder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .path
