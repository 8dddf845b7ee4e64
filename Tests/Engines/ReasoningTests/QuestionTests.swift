import Answering
import Grammar
import Jobs
import PipelineSpec
import Reasoning
import Records
import ScriptedModel
import Testing

@Suite struct QuestionTests {
    private func question(_ step: Step, pages: [PageText] = [Sample.receipt]) async throws
        -> ModelQuestion
    {
        let model = ScriptedModel { question, _ in
            switch question.shape {
            case .text: ModelAnswer(text: "A short text.", end: .finished)
            case .label(let labels): ModelAnswer(text: labels[0], end: .finished)
            case .fields: throw CancellationError()
            }
        }
        do {
            _ = try await ReasoningEngine(model: model).answer(Sample.job(step, pages: pages)) {
                _ in
            }
        } catch is CancellationError {}
        return try #require(model.questions.first)
    }

    private static let steps: [Step] = [
        Sample.ask("merchant", "total"), Sample.ask(), Sample.ask("items", from: .text),
        .classify(ClassifyStep(field: "category")), .summarize(SummarizeStep(field: "summary")),
    ]

    @Test func `the instruction is one for all steps and documents`() async throws {
        var instructions: Set<String> = []
        for step in Self.steps {
            for page in [Sample.receipt, Sample.page(["Another one"])] {
                instructions.insert(try await question(step, pages: [page]).instruction)
            }
        }
        #expect(instructions.count == 1)
    }

    @Test func `what differs between documents of one page is not in the question`() async throws {
        for step in Self.steps {
            let first = try await question(step)
            let second = try await question(step, pages: [Sample.page(["Another one"])])
            #expect(first.question == second.question)
            #expect(first.shape == second.shape)
        }
    }

    @Test func `two steps show a document's pages alike, so that they are looked at once`()
        async throws
    {
        let first = try await question(Sample.ask("merchant", from: .text))
        let second = try await question(.classify(ClassifyStep(field: "category")))
        #expect(first.texts == second.texts)
        #expect(first.texts == [Sample.receipt.text])
    }

    @Test func `fields are asked for in the record's order, in few words`() async throws {
        let question = try await question(Sample.ask("items", "total", "date", "merchant"))
        guard case .fields(.object(let properties), let maxTokens) = question.shape else {
            Issue.record("no fields")
            return
        }
        #expect(properties.map(\.name) == ["merchant", "date", "total", "items"])
        #expect((100...4096).contains(maxTokens))
        #expect(question.question.hasPrefix("Read this receipt.\n"))
        #expect(
            question.question.contains(
                #"{"merchant": text, "date": "YYYY-MM-DD", "total": number, "items": [{"name": text, "price": number}]}"#
            )
        )
        #expect(question.pictures.map(\.page) == [1])
        #expect(question.limits == .standard)
        #expect(question.texts.isEmpty)
        #expect(question.drafts == [Sample.receipt.text])
        #expect(question.pictures.first?.digits == "742142025250310560")
    }

    @Test func `the step's own bound of tokens stands`() async throws {
        let question = try await question(Sample.ask("merchant", maxTokens: 33))
        guard case .fields(_, 33) = question.shape else {
            Issue.record("\(question.shape)")
            return
        }
    }

    @Test func `the shortest answer has room in any tokenizer`() async throws {
        for field in Sample.record {
            let question = try await question(Sample.ask(field.name))
            guard case .fields(_, let maxTokens) = question.shape else { continue }
            #expect(maxTokens > #"{"\#(field.name)": null}"#.utf8.count)
        }
    }

    @Test func `words that stand near a value are told`() async throws {
        let model = ScriptedModel.answering(#"{"due": null}"#)
        let record = [
            FieldDefinition(
                name: "due",
                type: .date(order: nil),
                near: ["payable by", "zahlbar bis"]
            )
        ]
        _ = try await ReasoningEngine(model: model).answer(
            Sample.job(Sample.ask("due"), record: record)
        ) { _ in }
        let question = try #require(model.questions.first?.question)
        #expect(question.contains(#""due" stands near: payable by, zahlbar bis"#))
    }

    @Test func `every type of field has a form, and every one may be null`() async throws {
        let types: [FieldType] = [
            .text, .date(order: nil), .money, .currency, .number, .identifier, .label(["a", "b"]),
        ]
        var record = types.enumerated().map { FieldDefinition(name: "f\($0)", type: $1) }
        let columns = types.enumerated().map { ListColumn(name: "c\($0)", type: $1) }
        record.append(FieldDefinition(name: "rows", type: .list(columns)))
        let row =
            #"{"c0": "x", "c1": "2025-01-31", "c2": -1.25, "c3": "CHF", "c4": 3, "c5": "A-1", "c6": "b"}"#
        let model = ScriptedModel.answering(
            #"{"f0": "x", "f1": "2025-01-31", "f2": -1.25, "f3": "CHF", "f4": 0.125, "f5": "A-1", "f6": "b", "rows": [\#(row)]}"#,
            #"{"f0": null, "f1": null, "f2": null, "f3": null, "f4": null, "f5": null, "f6": null, "rows": null}"#
        )
        let step = Step.ask(AskStep(question: "?", fills: record.map(\.name)))
        let engine = ReasoningEngine(model: model)
        let filled = try await engine.answer(Sample.job(step, record: record)) { _ in }
        #expect(Set(filled.candidates.map(\.field)) == Set(record.map(\.name)))
        #expect(
            filled.candidates.first { $0.field == "f4" }?.content
                == .number(DecimalNumber(units: 125, scale: 3))
        )
        let empty = try await engine.answer(Sample.job(step, record: record)) { _ in }
        #expect(empty.candidates.isEmpty)
    }

    @Test func `the version names wording and model, and only the wording where no model is asked`()
    {
        let model = ScriptedModel.answering("")
        let engine = ReasoningEngine(model: model)
        let step = Sample.ask("merchant")
        #expect(engine.version(for: step).hasSuffix(model.version))
        let text = Step.ask(AskStep(question: "What?", fills: [], route: .text))
        #expect(engine.version(for: text) == ReasoningEngine().version(for: text))
        #expect(!engine.version(for: text).contains(model.version))
    }

    @Test func `the end of a document reaches the model`() async {
        let model = ScriptedModel.answering("")
        await ReasoningEngine(model: model).finish(document: "ab12")
        #expect(model.finishedDocuments == ["ab12"])
    }
}
