import Answering
import Foundation
import Jobs
import Testing

@testable import RemoteModel

/// One label of several, and how likely each is.
@Suite struct LabelTests {
    private static func tokens(_ choices: [[(String, Double)]]) -> JSONTree {
        .object([
            "content": .list(
                choices.map { choice in
                    let entries = choice.map { text, share in
                        JSONTree.object([
                            "token": .text(text), "logprob": .number("\(log(share))"),
                        ])
                    }
                    return .object([
                        "token": .text(choice[0].0), "logprob": .number("\(log(choice[0].1))"),
                        "top_logprobs": .list(entries),
                    ])
                }
            )
        ])
    }

    private func answer(
        _ said: String,
        _ choices: [[(String, Double)]]?,
        _ labels: [String]
    ) async throws -> ModelAnswer {
        let server = try ModelServer { _, _ in
            ModelServer.whole(said, logprobs: choices.map(Self.tokens))
        }
        return try await server.model().answer(ModelServer.question(.label(labels)))
    }

    @Test func `shares come from what the server would have said instead`() async throws {
        let answer = try await answer(
            #"{"label": "travel"}"#,
            [
                [("{\"", 0.9), ("The", 0.1)], [("label", 1)], [("\":", 1)], [(" \"", 1)],
                [("tra", 0.6), ("fo", 0.2), ("house", 0.1), ("x", 0.1)],
                [("vel", 0.99), ("ce", 0.01)], [("\"}", 1)],
            ],
            ["food", "travel", "household"]
        )
        #expect(answer.text == "travel")
        let shares = answer.labels.map { ($0.probability * 1000).rounded() / 1000 }
        #expect(answer.labels.map(\.label) == ["food", "travel", "household"])
        #expect(shares == [0.222, 0.667, 0.111])
    }

    @Test func `labels that begin alike are told apart where they part`() async throws {
        let answer = try await answer(
            "none",
            [[("no", 0.8), (" Yes", 0.2)], [("ne", 0.75), ("\n", 0.25)], [("", 1)]],
            ["no", "none", "yes"]
        )
        let shares = answer.labels.map { ($0.probability * 100).rounded() }
        #expect(answer.text == "none" && shares[1] == 80 && shares[2] == 20)
    }

    @Test func `without probabilities there are none`() async throws {
        let bare = try await answer(#"{"label": "food"}"#, nil, ["food", "travel"])
        #expect(bare.text == "food" && bare.labels.isEmpty)
        // Two labels lie behind a token that nobody followed: how they share it is not known.
        let unclear = try await answer(
            "food",
            [[("food", 0.5), ("tra", 0.5)]],
            ["food", "travel", "trade"]
        )
        #expect(unclear.text == "food" && unclear.labels.isEmpty)
        // The tokens are of another answer.
        let other = try await answer("food", [[("Well", 1)]], ["food", "travel"])
        #expect(other.labels.isEmpty)
    }

    @Test(arguments: [
        "Food.", "\"food\"", "```\nfood\n```", "<think>travel?</think>\nfood",
        "{\"category\": \"food\"}",
    ])
    func `a label is known in what models write around it`(said: String) async throws {
        #expect(try await answer(said, nil, ["food", "travel"]).text == "food")
    }

    @Test func `what is no label is asked for by a schema, once more in words, and fails its job`()
        async throws
    {
        let server = try ModelServer { _, _ in ModelServer.whole("It is not food but travel.") }
        let model = try await server.model()
        let failure = try await #require(throws: JobFailure.self) {
            try await model.answer(ModelServer.question(.label(["food", "travel"])))
        }
        #expect(failure.reason == .engineFailed && failure.detail.contains("not food but"))
        #expect(server.asked.map(\.format) == [nil, "json_schema", "json_schema"])
        #expect(server.asked.first?.json["logprobs"] == .bool(true))
    }

    @Test func `a server without probabilities is not asked for them again`() async throws {
        let server = try ModelServer { _, asked in
            asked.json["logprobs"] == nil
                ? ModelServer.whole("food") : ModelServer.refusal(400, "logprobs is not supported")
        }
        let model = try await server.model()
        for _ in 0..<2 {
            let answer = try await model.answer(ModelServer.question(.label(["food", "travel"])))
            #expect(answer.text == "food" && answer.labels.isEmpty)
        }
        // The first is refused; the last is sure to be a label.
        #expect(server.asked.map(\.format) == [nil, nil, "json_schema"])
    }

    @Test func `a label in several tokens, behind a fence, of letters in several tokens`()
        async throws
    {
        let characters = Array("餐饮".utf8)
        func token(_ bytes: some Collection<UInt8>, _ share: Double) -> JSONTree {
            let members: KeyValuePairs<String, JSONTree?> = [
                "token": .text("\u{FFFD}"), "logprob": .number("\(log(share))"),
                "bytes": .list(bytes.map { .number("\($0)") }),
            ]
            return .object(members)
        }
        let tokens = JSONTree.object([
            "content": .list([
                token("```\n".utf8, 1), token(characters[..<2], 1), token(characters[2...], 0.7),
            ])
        ])
        let server = try ModelServer { _, _ in
            ModelServer.whole("```\n餐饮", logprobs: tokens)
        }
        let answer = try await server.model().answer(
            ModelServer.question(.label(["交通", "餐饮"]))
        )
        #expect(answer.text == "餐饮" && answer.labels.map(\.probability) == [0, 1])
    }
}
