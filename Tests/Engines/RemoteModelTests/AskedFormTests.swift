import Answering
import FaultyHub
import Foundation
import Jobs
import Synchronization
import Testing

@testable import RemoteModel

/// In which form answers are asked for, and what is taken for one.
@Suite(.timeLimit(.minutes(2))) struct AskedFormTests {
    @Test(arguments: [true, false])
    func `fields are asked for by their schema and come back in their form`(
        inPieces: Bool
    ) async throws {
        let server = try ModelServer { _, _ in
            inPieces ? ModelServer.pieces(ModelServer.good) : ModelServer.whole(ModelServer.good)
        }
        let model = try await server.model()
        let answer = try await model.answer(ModelServer.question())
        #expect(
            answer.text
                == #"{"merchant": "Bäckerei", "date": "2024-03-05", "total": 12.5, "category": "food", "items": [{"name": "Brot", "price": 4.20}]}"#
        )
        #expect(answer.end == .finished)
        #expect(answer.work.promptTokens == 30 && answer.work.answerTokens == 7)
        let asked = try #require(server.asked.first)
        #expect(asked.json["model"]?.text == "tiny")
        #expect(asked.messages.map { $0["role"]?.text } == ["system", "user"])
        #expect(asked.question == "Bäckerei 12,50\n\nWhat is it?")
        #expect(asked.json["temperature"] == .number("0") && asked.json["seed"] == .number("0"))
        #expect(asked.json["max_tokens"] == .number("200"))
        let schema = asked.json["response_format"]?["json_schema"]
        #expect(schema?["strict"] == .bool(true))
        // The keys in the record's order: servers answer in it.
        #expect(
            schema?["schema"]?["properties"]?.members?.map(\.key)
                == ["merchant", "date", "total", "category", "items"]
        )
    }

    @Test func `what a server refuses by name is left out for the rest of the run`() async throws {
        let refused = [
            "Unrecognized request argument supplied: chat_template_kwargs",
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
            "Unsupported value: 'temperature' does not support 0 with this model.",
            "Invalid schema for response_format 'answer': 'maxLength' is not permitted.",
        ]
        let server = try ModelServer { number, _ in
            number < refused.count
                ? ModelServer.refusal(400, refused[number]) : ModelServer.whole(ModelServer.good)
        }
        let model = try await server.model()
        _ = try await model.answer(ModelServer.question())
        #expect(server.asked.count == 5 && server.waited.isEmpty)
        _ = try await model.answer(ModelServer.question())
        let last = try #require(server.asked.last)
        #expect(server.asked.count == 6)
        #expect(last.json["chat_template_kwargs"] == nil && last.json["temperature"] == nil)
        #expect(last.json["max_tokens"] == nil && last.json["max_completion_tokens"] != nil)
        let text = String(decoding: last.json["response_format"]?.bytes ?? [], as: UTF8.self)
        #expect(text.contains("enum") && !text.contains("maxLength") && !text.contains("pattern"))
    }

    @Test func `a server without schemas is asked in words, and its answer is checked`()
        async throws
    {
        let server = try ModelServer { number, asked in
            switch asked.format {
            case "json_schema":
                ModelServer.refusal(422, "response_format.type: json_schema unknown")
            case "json_object": ModelServer.refusal(400, "response_format is not supported")
            default: ModelServer.whole("Here you are:\n```json\n{'total': '12.50',}\n```\nBye")
            }
        }
        let model = try await server.model()
        let answer = try await model.answer(ModelServer.question())
        #expect(
            answer.text
                == #"{"merchant": null, "date": null, "total": 12.50, "category": null, "items": null}"#
        )
        #expect(server.asked.last?.question.contains(#""enum":["food","travel"]"#) == true)
        _ = try await model.answer(ModelServer.question())
        #expect(server.asked.last?.format == nil)
    }

    @Test(arguments: ["Sure! %", "<think>{hm}</think>%", "```json\n%\n```"])
    func `answers that fit leave the schema as it is, whatever stands around them`(
        said: String
    ) async throws {
        let server = try ModelServer { _, _ in
            ModelServer.whole(said.replacing("%", with: ModelServer.good))
        }
        let model = try await server.model()
        for _ in 0..<5 { _ = try await model.answer(ModelServer.question()) }
        #expect(server.asked.count == 5)
        #expect(server.asked.allSatisfy { Self.bounds(in: $0) })
    }

    @Test
    func `a server that leaves the schema aside is told it, question by question, then at once`()
        async throws
    {
        let server = try ModelServer { _, asked in
            ModelServer.whole(
                asked.question.contains("JSON Schema") ? ModelServer.good : "A receipt."
            )
        }
        let model = try await server.model()
        for _ in 0..<7 {
            #expect(try await model.answer(ModelServer.question()).text.contains("Bäckerei"))
        }
        // Three in a row, and three more without bounds, are asked twice each.
        #expect(server.asked.count == 13)
        let (strict, rest) = (server.asked.prefix(5), server.asked.dropFirst(5))
        #expect(strict.allSatisfy { Self.bounds(in: $0) })
        #expect(!rest.contains { Self.bounds(in: $0) })
        #expect(rest.prefix(6).allSatisfy { $0.format == "json_schema" })
        #expect(rest.dropFirst(6).allSatisfy { $0.format == "json_object" })
    }

    @Test func `answers that do not fit now and then leave the schema as it is`() async throws {
        let firsts = Mutex(0)
        let server = try ModelServer { _, asked in
            guard asked.messages.count == 2 else { return ModelServer.whole(ModelServer.good) }
            let number = firsts.withLock { count in
                count += 1
                return count
            }
            return ModelServer.whole(number % 3 == 0 ? ModelServer.good : "A receipt.")
        }
        let model = try await server.model()
        for _ in 0..<9 { _ = try await model.answer(ModelServer.question()) }
        #expect(server.asked.count == 15)
        #expect(server.asked.allSatisfy { Self.bounds(in: $0) })
    }

    /// Whether an answer is held to lengths and patterns too.
    private static func bounds(in asked: ModelServer.Asked) -> Bool {
        String(decoding: asked.json["response_format"]?.bytes ?? [], as: UTF8.self)
            .contains("maxLength")
    }

    @Test(arguments: [
        #"{"error":{"message":"Not supported by this model.","param":"seed"}}"#,
        #"{"error":{"message":"Unsupported parameter(s): seed"}}"#,
        #"{"error":"Unrecognized request argument supplied: seed"}"#,
        #"{"message":"\"seed\" is not supported; the answer was to stream at any temperature"}"#,
        #"{"detail":[{"loc":["body","seed"],"msg":"Extra inputs are not permitted","input":{"stream":true,"temperature":0}}]}"#,
    ])
    func `a parameter that a server names in its own way is left out, and no other`(
        refusal: String
    ) async throws {
        let server = try ModelServer { number, _ in
            number > 0
                ? ModelServer.whole(ModelServer.good)
                : .init(status: 422, headers: [:], body: Array(refusal.utf8))
        }
        _ = try await server.model().answer(ModelServer.question())
        let last = try #require(server.asked.last)
        #expect(server.asked.count == 2)
        #expect(last.json["seed"] == nil && last.json["temperature"] == .number("0"))
        #expect(last.json["stream"] == .bool(true) && last.format == "json_schema")
    }

    @Test func `a server at fault says nothing of what it understands`() async throws {
        let server = try ModelServer { number, _ in
            number > 0
                ? ModelServer.whole(ModelServer.good)
                : ModelServer.refusal(500, "upstream closed the 'stream', field seed")
        }
        _ = try await server.model().answer(ModelServer.question())
        let last = try #require(server.asked.last)
        #expect(last.json["seed"] == .number("0") && last.json["stream"] == .bool(true))
    }

    @Test func `an answer that does not fit is asked for once more, with what is wrong with it`()
        async throws
    {
        let server = try ModelServer { number, _ in
            ModelServer.whole(number == 0 ? #"{"total": "about 12"}"# : #"{"total": 12}"#)
        }
        let answer = try await server.model().answer(ModelServer.question())
        #expect(answer.text.contains(#""total": 12,"#))
        #expect(
            server.asked.last?.question.contains(#"total is "about 12", expected a number"#) == true
        )
        #expect(
            server.asked.last?.messages.map { $0["role"]?.text }.suffix(2) == ["assistant", "user"]
        )
    }

    @Test(arguments: [
        ("I cannot read this receipt, sorry.", "I cannot read this receipt, sorry."),
        (#"{"total": "12,50"}"#, #"total is "12,50", expected a number with 3 decimals"#),
        (#"{"date": "03/05/2024"}"#, "date is \"03/05/2024\", expected a date as YYYY-MM-DD"),
        (#"{"category": "groceries"}"#, "category"),
    ])
    func `an answer that cannot be used fails its job and says how it begins`(
        said: String,
        words: String
    ) async throws {
        let server = try ModelServer { _, _ in ModelServer.whole(said) }
        let model = try await server.model()
        let failure = try await #require(throws: JobFailure.self) {
            try await model.answer(ModelServer.question())
        }
        #expect(failure.reason == .engineFailed && failure.detail.contains(words), "\(failure)")
        #expect(server.asked.count == 2)
    }

    @Test func `an answer that broke off keeps what was whole`() async throws {
        let server = try ModelServer { _, _ in
            ModelServer.pieces(
                #"{"merchant": "Bäckerei", "date": "2024-03-05", "items": [{"name": "Brot", "price": 4.20}, {"name": "Ku"#,
                finish: "length"
            )
        }
        let answer = try await server.model().answer(ModelServer.question())
        #expect(answer.end == .cut)
        #expect(
            answer.text
                == #"{"merchant": "Bäckerei", "date": "2024-03-05", "total": null, "category": null, "items": [{"name": "Brot", "price": 4.20}]}"#
        )
    }

    @Test func `thoughts are no answer, and free text is given as it is`() async throws {
        let server = try ModelServer { _, _ in
            ModelServer.whole("<think>{\"a\": 1}\nhm</think>\n\nTwo lines\nof text ")
        }
        let answer = try await server.model().answer(ModelServer.question(.text(maxTokens: 9)))
        #expect(answer.text == "Two lines\nof text" && answer.labels.isEmpty)
    }

    @Test func `a model that thinks until its tokens are used up fails its job`() async throws {
        let server = try ModelServer { _, _ in
            ModelServer.whole("<think>well, let me see", finish: "length")
        }
        let model = try await server.model()
        let failure = try await #require(throws: JobFailure.self) {
            try await model.answer(ModelServer.question(.text(maxTokens: 9)))
        }
        #expect(failure.reason == .engineFailed && failure.detail.contains("thought"))
    }
}
