import Answering
import Grammar
import Jobs
import PipelineSpec
import Reasoning
import Records
import ScriptedModel
import Testing

/// Whatever a model answers in the form asked for, the job ends with values of the record.
@Suite struct AnyAnswerTests {
    @Test func `any answer of its form becomes values of the fields' types`() async throws {
        var random = SplitMix(state: 42)
        let record =
            Sample.record + [
                FieldDefinition(name: "weight", type: .number),
                FieldDefinition(
                    name: "stays",
                    type: .list([
                        .init(name: "from", type: .date(order: nil)),
                        .init(name: "nights", type: .number),
                        .init(name: "currency", type: .currency),
                        .init(name: "code", type: .identifier),
                    ])
                ),
            ]
        let step = Step.ask(
            AskStep(
                question: "Read it.",
                fills: record.map(\.name),
                from: .text,
                window: 1,
                stride: 1
            )
        )
        let pages = (1...2).map { Sample.page(["Total 5.60", "1 Milk"], number: $0) }
        for round in 0..<60 {
            let seed = random.next()
            let model = ScriptedModel { question, number in
                guard case .fields(let schema, _) = question.shape else {
                    throw JobFailure(.unsupported, "no fields")
                }
                var random = SplitMix(state: seed &+ UInt64(number))
                return ModelAnswer(text: Self.text(schema, &random), end: .finished)
            }
            let result = try await ReasoningEngine(model: model).answer(
                Sample.job(step, pages: pages, record: record)
            ) { _ in }
            for candidate in result.candidates {
                let field = try #require(record.first { $0.name == candidate.field })
                #expect(Self.fits(candidate.content, field.type), "round \(round)")
                #expect((0...1).contains(candidate.confidence))
            }
        }
    }

    private static func text(_ schema: AnswerSchema, _ random: inout SplitMix) -> String {
        switch schema {
        case .object(let properties):
            "{"
                + properties.map { "\"\($0.name)\": \(text($0.schema, &random))" }
                .joined(separator: ", ") + "}"
        case .list(let row, let atMost):
            "["
                + (0..<Int.random(in: 0...min(atMost, 5), using: &random))
                .map { _ in text(row, &random) }.joined(separator: ", ") + "]"
        case .text(let atMost):
            "\""
                + String(
                    (0..<Int.random(in: 0...atMost, using: &random)).compactMap { _ in
                        "aZ9 .,-/é漢🦊´€".randomElement(using: &random)
                    }
                ) + "\""
        case .number(let digits, let decimals):
            (Bool.random(using: &random) ? "-" : "")
                + (Bool.random(using: &random)
                    ? "0" : "9" + self.digits(0...(digits - 1), &random))
                + (Bool.random(using: &random) ? "." + self.digits(1...decimals, &random) : "")
        case .date: ["\"2024-02-29\"", "\"1999-12-31\"", "\"2031-04-03\""][Int(random.next() % 3)]
        case .choice(let choices): "\"\(choices.randomElement(using: &random) ?? "")\""
        case .nullable(let schema):
            Bool.random(using: &random) ? "null" : text(schema, &random)
        }
    }

    private static func digits(_ count: ClosedRange<Int>, _ random: inout SplitMix) -> String {
        String(
            (0..<Int.random(in: count, using: &random)).compactMap { _ in
                "0123456789".randomElement(using: &random)
            }
        )
    }

    private static func fits(_ content: FieldContent, _ type: FieldType) -> Bool {
        switch (content, type) {
        case (.text, .text), (.date, .date), (.money, .money), (.currency, .currency),
            (.number, .number), (.identifier, .identifier):
            true
        case (.label(let label), .label(let labels)): labels.contains(label)
        case (.list(let rows), .list(let columns)):
            rows.allSatisfy { row in
                row.allSatisfy { name, cell in
                    columns.contains { $0.name == name && fits(cell, $0.type) }
                }
            }
        default: false
        }
    }
}

/// Numbers that are the same in every run (SplitMix64, Steele, Lea and Flood 2014).
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
