import Answering
import Grammar
import Jobs
import PipelineSpec
import Records

/// An `ask` job that fills fields: one question a window, merged field by field.
struct RecordAnswer {
    let step: AskStep
    let job: Job
    let model: any AnsweringModel

    /// Asks, merges, and looks each value up on its pages.
    ///
    /// - Throws: `JobFailure`, also for an answer that is none; `EngineUnavailable`; `CancellationError`.
    func result() async throws -> JobResult {
        let windows = try SheetWindows(
            job,
            from: step.from,
            window: step.window,
            stride: step.stride
        )
        guard !windows.sheets.isEmpty else { return JobResult(route: "model") }
        var dialogue = Dialogue(job: job, model: model)
        let replies = try await dialogue.ask(eachOf: windows) { part, sheetCount in
            let plan = plan(sheetCount: sheetCount)
            return (
                Wording.fields(
                    plan.fields,
                    words: step.question,
                    of: part,
                    composed: step.composed
                ),
                .fields(plan.schema, maxTokens: step.maxTokens ?? plan.maxTokens)
            )
        }
        var fields = plan(sheetCount: windows.sheets.count).fields.map(MergedField.init)
        var doubts: [String] = []
        // The form of the longest answer takes that of every window.
        let schema = plan(sheetCount: windows.sheets.count).schema
        let answers = try replies.taken(doubts: &doubts) { reply throws(JobFailure) in
            (try Self.parsed(reply, schema), reply)
        }
        for (value, reply) in answers {
            for index in fields.indices {
                guard let answer = value[fields[index].definition.name] else { continue }
                fields[index].take(answer, from: reply)
            }
        }
        doubts += answers.map(\.1).cuts
        try await settle(&fields, &dialogue, &doubts, of: windows)
        return JobResult(
            route: "model",
            candidates: ValueCandidates(
                job: job,
                isComposed: step.composed,
                isDivided: replies.count > 1
            ).candidates(of: fields),
            doubts: doubts
        )
    }

    private func plan(sheetCount: Int) -> RecordSchema {
        RecordSchema(
            step.fills,
            of: job.record,
            pageCount: sheetCount,
            composed: step.composed
        )
    }

    private static func parsed(
        _ reply: WindowReply,
        _ schema: AnswerSchema
    ) throws(JobFailure) -> AnswerValue {
        let text = try reply.text()
        do throws(AnswerFault) {
            return try schema.parse(text)
        } catch {
            let place = error.place.isEmpty ? "" : " at \(error.place)"
            throw reply.noAnswer("is not of the form asked for" + place)
        }
    }

    /// Lets the model choose where its own answers about the windows do not agree: one of them, and nothing new.
    ///
    /// Where it cannot, the earliest stands, and a person is told.
    private func settle(
        _ fields: inout [MergedField],
        _ dialogue: inout Dialogue,
        _ doubts: inout [String],
        of windows: SheetWindows
    ) async throws {
        let open = fields.indices.filter { fields[$0].answers.count > 1 }
        guard !open.isEmpty else { return }
        let schema = AnswerSchema.object(
            open.map { .init(fields[$0].definition.name, .choice(fields[$0].choices)) }
        )
        let numbers = windows.sheets.map(\.number)
        let span = (numbers.first ?? 1)...(numbers.last ?? 1)
        let names = open.map { fields[$0].definition.name }
        let chosen: AnswerValue
        do {
            let reply = try await dialogue.ask(
                Wording.choice(words: step.question, fields: names),
                shape: .fields(schema, maxTokens: RecordSchema.bound(of: schema)),
                aboutAnswers: open.map { Wording.rivals(of: fields[$0]) },
                pages: span
            )
            chosen = try Self.parsed(WindowReply(pages: numbers, reply: reply), schema)
        } catch let failure as JobFailure {
            doubts.append(
                "the model's answers about parts of the document do not agree on \(names.joined(separator: ", ")): \(failure.detail)"
            )
            return
        }
        for index in open {
            guard case .text(let text)? = chosen[fields[index].definition.name],
                let place = fields[index].choices.firstIndex(of: text)
            else { continue }
            fields[index].prefer(place)
        }
    }
}
