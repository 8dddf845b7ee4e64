import FaultyHub
import Foundation
import Synchronization
import Testing

/// Pipelines whose steps go to a server on this machine that answers as a test says.
@Suite struct RemoteRunTests {
    /// A server with one model; a nil answer refuses as one that is overloaded.
    private final class Server: Sendable {
        let hub: FaultyHub
        private let answer: Answer

        private final class Answer: Sendable {
            let text: Mutex<String?>
            init(_ text: String?) { self.text = Mutex(text) }
        }

        init(_ text: String?) throws {
            let answer = Answer(text)
            self.answer = answer
            hub = try FaultyHub { request in
                let json = ["Content-Type": "application/json"]
                guard request.method == "POST" else {
                    let list = #"{"object":"list","data":[{"id":"clerk"}]}"#
                    return .init(headers: json, body: Array(list.utf8))
                }
                guard let text = answer.text.withLock({ $0 }) else {
                    return .init(status: 503, headers: ["Retry-After": "3600"])
                }
                let content = String(
                    decoding: (try? JSONEncoder().encode(text)) ?? Data(),
                    as: UTF8.self
                )
                let reply = """
                    {"choices": [{"message": {"role": "assistant", "content": \(content)}, "finish_reason": "stop"}],
                    "usage": {"prompt_tokens": 30, "completion_tokens": 7}}
                    """
                return .init(headers: json, body: Array(reply.utf8))
            }
        }

        deinit { hub.stop() }

        var address: String { hub.address + "/v1" }
        var questions: [FaultyHub.Request] { hub.requests.filter { $0.method == "POST" } }

        func say(_ text: String?) { answer.text.withLock { $0 = text } }
    }

    private static let pipeline = """
        pipeline: letters
        input: {folders: [documents], settle: 0s}
        record: {writer: {type: text, required: true}}
        steps:
          - read: text
          - ask: Who wrote this letter?
            from: text
            fills: [writer]
            when: {missing: [writer]}
        """

    private func place() throws -> Workplace {
        let place = try Workplace()
        try place.use(Self.pipeline)
        try place.write("Dear Ms Ashdown,\nthe atlas has arrived.\nTobias Finch\n", to: "a.txt")
        return place
    }

    @Test func `what a server answers is stored with its place on the page`() async throws {
        let place = try place()
        let server = try Server(#"{"writer": "Tobias Finch"}"#)
        let run = try await place.run("--model", server.address)
        #expect(run.status == 0 && run["done"] == 1, run.ended.words)
        #expect(try await place.rows().first?["writer"] == "Tobias Finch")
        #expect(
            try StoredRows(place.database).count(
                "SELECT count(*) FROM value WHERE is_unverified = 0 AND evidence LIKE '%Finch%' AND until_run IS NULL"
            ) == 1
        )
        let asked = try #require(server.questions.first)
        #expect(String(decoding: asked.body, as: UTF8.self).contains("the atlas has arrived"))

        let count = server.questions.count
        let second = try await place.run("--model", server.address)
        #expect(second["worked"] == 0, second.ended.words)
        #expect(server.questions.count == count)
    }

    @Test func `what a server invents is unverified, and a person is asked to look`() async throws {
        let place = try place()
        let server = try Server(#"{"writer": "Wilhelmina Quartz"}"#)
        let run = try await place.run("--model", server.address)
        #expect(run.status == 0 && run["review"] == 1, run.ended.words)
        #expect(
            try StoredRows(place.database).count(
                "SELECT count(*) FROM value WHERE is_unverified = 1 AND until_run IS NULL"
            ) == 1
        )
    }

    @Test func `documents wait for a server that cannot answer now, and plan names them`()
        async throws
    {
        let place = try place()
        try await place.age()
        let server = try Server(nil)
        let run = try await place.run("--model", server.address)
        #expect(run.status == 0 && run["waiting"] == 1, run.ended.words)
        #expect(run["waiting_for_model"] == 1, run.ended.words)
        #expect(run.fields["model_unavailable"] is [String: Any], run.ended.words)

        let ended = try await place.docket(
            "plan",
            place.pipeline,
            "--json",
            "--model",
            server.address
        )
        #expect(ended.status == 0, ended.words)
        let model = try #require(try ended.objects().first?["model"] as? [String: Any])
        #expect(model["destination"] as? String == "127.0.0.1:\(server.hub.port)")
        #expect(model["sends"] as? [String] == ["texts"])
        #expect(model["waiting"] as? Int == 1)
        let waiting = try #require(model["waiting_documents"] as? [[String: Any]])
        #expect(waiting.first?["path"] as? String == "a.txt")
        #expect((waiting.first?["reason"] as? String)?.contains("503") == true, ended.words)
        let told = try await place.docket("plan", place.pipeline, "--model", server.address)
        #expect(told.output.contains("texts of 1 document would be sent to 127.0.0.1"), told.words)

        server.say(#"{"writer": "Tobias Finch"}"#)
        let next = try await place.run("--model", server.address)
        #expect(next["done"] == 1 && next["waiting"] == 0, next.ended.words)
    }

    @Test func `retry has a failed step of a model tried again`() async throws {
        let place = try place()
        let server = try Server("I would rather not say.")
        let run = try await place.run("--model", server.address)
        #expect(run["partial"] == 1, run.ended.words)
        let retry = try await place.docket("retry", place.pipeline, "--json")
        #expect(try retry.objects().first?["documents"] as? Int == 1, retry.words)
        server.say(#"{"writer": "Tobias Finch"}"#)
        let next = try await place.run("--model", server.address)
        #expect(next["done"] == 1, next.ended.words)
        let nothing = try await place.docket("retry", place.pipeline, "--json")
        #expect(try nothing.objects().first?["documents"] as? Int == 0, nothing.words)
    }

    @Test func `a document read before there was a model is named by plan when there is one`()
        async throws
    {
        let place = try place()
        try await place.age()
        let run = try await place.run()
        #expect(run.status == 0 && run["review"] == 1, run.ended.words)
        let server = try Server(#"{"writer": "Tobias Finch"}"#)
        let ended = try await place.docket(
            "plan",
            place.pipeline,
            "--json",
            "--model",
            server.address
        )
        let model = try #require(try ended.objects().first?["model"] as? [String: Any])
        #expect(model["unread"] as? Int == 0, ended.words)
        #expect(model["waiting"] as? Int == 1, ended.words)
        #expect(server.questions.isEmpty)
    }

    @Test func `the key is sent to the server and stands nowhere else`() async throws {
        let place = try place()
        let server = try Server(#"{"writer": "Tobias Finch"}"#)
        let key = place.folder.appending(path: "key").path
        try "sk-secret-4711\n".write(toFile: key, atomically: true, encoding: .utf8)
        chmod(key, 0o600)
        let run = try await place.run("--model", server.address, "--api-key-file", key)
        #expect(run.status == 0, run.ended.words)
        #expect(server.questions.first?.headers["authorization"] == "Bearer sk-secret-4711")
        #expect(!run.ended.output.contains("4711") && !run.ended.errors.contains("4711"))
        let database = try Data(contentsOf: URL(filePath: place.database))
        #expect(database.range(of: Data("4711".utf8)) == nil)
    }

    @Test
    func `a server that is not there leaves text and rules to be done, and documents wait for it`()
        async throws
    {
        let place = try place()
        let server = try Server(nil)
        let address = server.address
        server.hub.stop()
        let run = try await place.run("--model", address)
        #expect(run.status == 0, run.ended.words)
        #expect(run["waiting"] == 1 && run["waiting_for_model"] == 1, run.ended.words)
        #expect(run.fields["model_unavailable"] is [String: Any], run.ended.words)
        let plan = try await place.docket("plan", place.pipeline, "--model", address)
        #expect(plan.output.contains("cannot be asked now"), plan.words)
        let required = try await place.docket(
            "run",
            place.pipeline,
            "--model",
            address,
            "--require-model"
        )
        #expect(required.status == 66, required.words)
    }

    @Test(arguments: [
        ("http://a:b@host/v1", "no user or password in the address"),
        ("http://", "expected http://HOST:PORT/v1"),
    ])
    func `an address that is none is told before anything is done`(address: String, words: String)
        async throws
    {
        let place = try place()
        let ended = try await place.docket("run", place.pipeline, "--model", address)
        #expect(ended.status == 64, ended.words)
        #expect(ended.errors.contains(words), ended.words)
        #expect(!ended.errors.contains("a:b"))
    }
}
