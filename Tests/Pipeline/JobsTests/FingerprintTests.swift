import Jobs
import PipelineSpec
import Records
import Testing

@Suite struct FingerprintTests {
    private static let total = FieldDefinition(name: "total", type: .money)

    private func fingerprint(
        step: Step = .read(ReadStep()),
        record: [FieldDefinition] = [total],
        document: String = "ab",
        inputs: [String] = [],
        engine: String = "tesseract 5"
    ) -> String {
        Fingerprint.job(
            step: step,
            record: record,
            document: document,
            inputs: inputs,
            engineVersion: engine
        ).description
    }

    @Test func `equal jobs have equal fingerprints`() {
        #expect(fingerprint() == fingerprint())
        #expect(fingerprint().count == 64)
    }

    @Test func `document, settings, inputs and engine version each change the fingerprint`() {
        let all = [
            fingerprint(),
            fingerprint(step: .read(ReadStep(languages: ["deu"]))),
            fingerprint(document: "ac"),
            fingerprint(inputs: ["x"]),
            fingerprint(engine: "tesseract 6"),
        ]
        #expect(Set(all).count == all.count)
    }

    @Test func `a field that a step does not fill does not change its fingerprint`() {
        let other = FieldDefinition(name: "date", type: .date(order: nil))
        let step = Step.find(FindStep(fields: ["total"]))
        #expect(
            fingerprint(step: step, record: [Self.total])
                == fingerprint(step: step, record: [Self.total, other])
        )
        let nearer = FieldDefinition(name: "total", type: .money, near: ["Endbetrag"])
        #expect(
            fingerprint(step: step, record: [Self.total])
                != fingerprint(step: step, record: [nearer])
        )
    }

    @Test func `parts are told apart by where they end`() {
        #expect(Fingerprint(of: ["ab", "c"]) != Fingerprint(of: ["a", "bc"]))
        #expect(Fingerprint(of: ["ab"]) != Fingerprint(of: ["ab", ""]))
    }

    @Test(arguments: [
        Step.ask(AskStep(question: "Total?", fills: ["total"], when: nil, route: nil)),
        .classify(ClassifyStep(field: "kind", from: .text, when: nil)),
        .summarize(SummarizeStep(field: "gist", window: 8, stride: 6, when: nil)),
    ])
    func `a step that needs a model is skipped with a remedy`(step: Step) throws {
        guard case .skipped(let reason, let remedy) = JobRouter().route(for: step) else {
            Issue.record("\(step.verb) was sent to an engine")
            return
        }
        #expect(reason == "no model")
        #expect(!remedy.isEmpty)
    }

    @Test func `rows of a list hash alike in whatever order their columns are kept`() {
        func list(_ columns: [String], room: Int) -> Candidate {
            var row: [String: FieldContent] = [:]
            row.reserveCapacity(room)
            for column in columns { row[column] = .text(column) }
            return Candidate(
                field: "items",
                content: .list([row]),
                printed: "",
                confidence: 0.9,
                evidence: [],
                reason: ""
            )
        }
        let columns = ["name", "quantity", "price", "unit", "code", "tax"]
        let first = Fingerprint.values([list(columns, room: 6)])
        for room in [12, 100, 1000, 10_000] {
            #expect(Fingerprint.values([list(columns.reversed(), room: room)]) == first)
        }
        #expect(Fingerprint.values([list(["name"], room: 1)]) != first)
    }
}
