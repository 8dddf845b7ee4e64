import Answering
import FaultyHub
import Foundation
import Jobs
import Synchronization
import Testing

@testable import RemoteModel

/// What becomes of a question when the server, or the way to it, goes wrong.
@Suite(.timeLimit(.minutes(2))) struct FaultyServerTests {
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

    @Test func `a server that takes the schema and leaves it aside is told it from then on`()
        async throws
    {
        let server = try ModelServer { _, _ in ModelServer.whole("Sure! " + ModelServer.good) }
        let model = try await server.model()
        _ = try await model.answer(ModelServer.question())
        #expect(server.asked.count == 1)
        _ = try await model.answer(ModelServer.question())
        #expect(server.asked.last?.format == nil)
        #expect(server.asked.last?.question.contains("JSON Schema") == true)
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

    // MARK: Faults that pass

    @Test(arguments: [408, 409, 425, 500, 502, 503, 504])
    func `a server that cannot just now is asked again`(status: Int) async throws {
        let server = try ModelServer { number, _ in
            number < 2
                ? ModelServer.refusal(status, "later") : ModelServer.whole(ModelServer.good)
        }
        let answer = try await server.model().answer(ModelServer.question())
        #expect(answer.end == .finished && server.asked.count == 3)
        #expect(server.waited == [.seconds(1), .seconds(2)])
    }

    @Test(arguments: [
        ("17", Duration.seconds(18)), ("Sun, 06 Nov 1994 08:50:37 GMT", .seconds(61)),
    ])
    func `a server that says when is asked then`(wish: String, pause: Duration) async throws {
        let server = try ModelServer { number, _ in
            number == 0
                ? ModelServer.refusal(429, "slow down", headers: ["Retry-After": wish])
                : ModelServer.whole(ModelServer.good)
        }
        _ = try await server.model().answer(ModelServer.question())
        #expect(server.waited == [pause])
    }

    @Test func `a server that wants to be left alone for an hour is not waited for`() async throws {
        let server = try ModelServer { _, _ in
            ModelServer.refusal(429, "slow down", headers: ["Retry-After": "3600"])
        }
        let model = try await server.model()
        let absence = try await #require(throws: EngineUnavailable.self) {
            try await model.answer(ModelServer.question())
        }
        #expect(absence.reason.contains("429: slow down") && server.asked.count == 1)
    }

    @Test func `an answer that breaks off is asked for again`() async throws {
        let server = try ModelServer { number, _ in
            var half = ModelServer.pieces(ModelServer.good)
            half.dropAfter = 200
            switch number {
            case 0: return half
            // An orderly end in the middle is no end either.
            case 1: return ModelServer.pieces(ModelServer.good, finish: nil)
            case 2:
                var reset = ModelServer.whole(ModelServer.good)
                reset.dropAfter = 0
                return reset
            default: return ModelServer.whole(ModelServer.good)
            }
        }
        let answer = try await server.model().answer(ModelServer.question())
        #expect(answer.text.contains("Bäckerei") && server.asked.count == 4)
    }

    @Test func `a server that stalls is noticed`() async throws {
        let server = try ModelServer { _, _ in
            var stalled = ModelServer.pieces(ModelServer.good)
            stalled.dropAfter = 100
            stalled.hangs = true
            return stalled
        }
        let model = try await server.model {
            $0.stallTimeout = .milliseconds(200)
            $0.slowAttempts = 2
        }
        let failure = try await #require(throws: JobFailure.self) {
            try await model.answer(ModelServer.question())
        }
        #expect(failure.reason == .stalled && server.asked.count == 2)
    }

    @Test func `a server that goes on and on is ended`() async throws {
        let server = try ModelServer { _, _ in
            var endless = FaultyHub.Reply(
                headers: ["Content-Type": "text/event-stream"],
                body: Array(": ping\n\n".utf8)
            )
            endless.isEndless = true
            endless.announcedLength = -1
            endless.pause = 0.02
            return endless
        }
        let model = try await server.model {
            $0.answerTimeout = .milliseconds(300)
            $0.slowAttempts = 1
        }
        let failure = try await #require(throws: JobFailure.self) {
            try await model.answer(ModelServer.question())
        }
        #expect(failure.reason == .timeout)
    }

    @Test func `an answer without end is not collected`() async throws {
        let server = try ModelServer { _, _ in
            var endless = FaultyHub.Reply(body: [UInt8](repeating: 0x20, count: 1 << 16))
            endless.isEndless = true
            endless.announcedLength = -1
            return endless
        }
        let model = try await server.model { $0.longestAnswer = 1 << 20 }
        let failure = try await #require(throws: JobFailure.self) {
            try await model.answer(ModelServer.question())
        }
        #expect(failure.reason == .engineFailed && failure.detail.contains("longer than any"))
        #expect(server.asked.count == 1)
    }

    // MARK: Faults that stay

    @Test(arguments: [400, 413, 422])
    func `what a server refuses for what it was asked fails the job, once`(status: Int) async throws
    {
        let server = try ModelServer { _, _ in ModelServer.refusal(status, "no such thing") }
        let model = try await server.model()
        let failure = try await #require(throws: JobFailure.self) {
            try await model.answer(ModelServer.question())
        }
        #expect(failure.detail.contains("status \(status): no such thing"))
        #expect(server.asked.count == 1)
    }

    @Test func `a question longer than the model holds is too large`() async throws {
        let server = try ModelServer { _, _ in
            ModelServer.refusal(
                400,
                "the request exceeds the available context size (4096 tokens), try increasing it"
            )
        }
        let model = try await server.model()
        let failure = try await #require(throws: JobFailure.self) {
            try await model.answer(ModelServer.question())
        }
        #expect(failure.reason == .tooLarge)
    }

    @Test(arguments: [(401, "api-key-file"), (403, "api-key-file"), (404, "#NAME")])
    func `where no document would fare better they wait`(status: Int, remedy: String) async throws {
        let server = try ModelServer { _, _ in ModelServer.refusal(status, "no") }
        let model = try await server.model()
        let absence = try await #require(throws: EngineUnavailable.self) {
            try await model.answer(ModelServer.question())
        }
        #expect(absence.remedy.contains(remedy) && server.asked.count == 1)
    }

    @Test func `a page for people is no answer`() async throws {
        let server = try ModelServer { _, _ in
            .init(headers: ["Content-Type": "text/html"], body: Array("<!DOCTYPE html><p>Hi".utf8))
        }
        let model = try await server.model()
        let absence = try await #require(throws: EngineUnavailable.self) {
            try await model.answer(ModelServer.question())
        }
        #expect(absence.reason.contains("web page") && absence.remedy.contains("/v1"))
    }

    @Test(arguments: [
        "", "null", "[]", "{}", #"{"choices": 7}"#, #"{"choices": []}"#, #"{"choices": [null]}"#,
        #"{"choices": [{"message": 5}]}"#, #"{"choices": [{"message": {"content": {"a": 1}}}]}"#,
        #"{"choices": [{"message": {"content": "x"#, "\u{0}\u{1}",
    ])
    func `an answer of another kind is none`(body: String) async throws {
        let server = try ModelServer { _, _ in .init(body: Array(body.utf8)) }
        let model = try await server.model { $0.attempts = 2 }
        let failure = try await #require(throws: JobFailure.self) {
            try await model.answer(ModelServer.question(.text(maxTokens: 5)))
        }
        #expect(failure.reason == .engineFailed)
    }

    @Test func `no content, a refusal and a filter are told apart`() async throws {
        let replies: [FaultyHub.Reply] = [
            ModelServer.whole(nil),
            .init(
                body: Array(
                    #"{"choices": [{"message": {"content": null, "refusal": "I will not."}, "finish_reason": "stop"}]}"#
                        .utf8
                )
            ),
            ModelServer.whole("half", finish: "content_filter"),
        ]
        let server = try ModelServer { number, _ in replies[number] }
        let model = try await server.model()
        for words in ["said nothing", "refuses: I will not.", "content filter"] {
            let failure = try await #require(throws: JobFailure.self) {
                try await model.answer(ModelServer.question(.text(maxTokens: 5)))
            }
            #expect(failure.detail.contains(words), "\(failure)")
        }
    }

    @Test func `a fault in the middle of an answer is the server's word`() async throws {
        let server = try ModelServer { number, _ in
            guard number == 0 else { return ModelServer.whole(ModelServer.good) }
            return .init(
                headers: ["Content-Type": "text/event-stream"],
                body: Array(
                    "data: {\"choices\":[{\"delta\":{\"content\":\"{\"}}]}\n\ndata: {\"error\":{\"code\":503,\"message\":\"busy\"}}\n\n"
                        .utf8
                )
            )
        }
        _ = try await server.model().answer(ModelServer.question())
        #expect(server.asked.count == 2)
    }

    @Test func `an answer that was sent whole counts although the server complains of it`()
        async throws
    {
        let server = try ModelServer { _, _ in
            var reply = ModelServer.pieces(ModelServer.good, finish: nil)
            reply.body += Array(#"data: {"error":{"code":500,"message":"not well-formed"}}"#.utf8)
            return reply
        }
        let answer = try await server.model().answer(ModelServer.question())
        #expect(answer.text.contains("Bäckerei") && server.asked.count == 1)
    }

    @Test func `nobody is followed to another host`() async throws {
        let other = try ModelServer { _, _ in ModelServer.whole(ModelServer.good) }
        let server = try ModelServer { _, _ in
            .init(
                status: 307,
                headers: ["Location": other.hub.otherAddress + "/v1/chat/completions"]
            )
        }
        let model = try await server.model(key: "sk-secret")
        let absence = try await #require(throws: EngineUnavailable.self) {
            try await model.answer(ModelServer.question())
        }
        #expect(absence.reason.contains("sends us on to") && other.hub.requests.isEmpty)
    }

    // MARK: Many questions

    @Test func `a server that has failed often is left alone, then tried with one question`()
        async throws
    {
        let isWell = Mutex(false)
        let server = try ModelServer { _, _ in
            isWell.withLock { $0 }
                ? ModelServer.whole(ModelServer.good) : ModelServer.refusal(502, "bad gateway")
        }
        let model = try await server.model {
            $0.attempts = 2
            $0.failuresToOpen = 3
            $0.openPause = .seconds(60)
        }
        for _ in 0..<4 {
            await #expect(throws: EngineUnavailable.self) {
                try await model.answer(ModelServer.question())
            }
        }
        #expect(server.asked.count == 3)
        isWell.withLock { $0 = true }
        server.pass(.seconds(59))
        await #expect(throws: EngineUnavailable.self) {
            try await model.answer(ModelServer.question())
        }
        server.pass(.seconds(2))
        #expect(try await model.answer(ModelServer.question()).end == .finished)
        #expect(try await model.answer(ModelServer.question()).end == .finished)
        #expect(server.asked.count == 5)
    }

    @Test func `no more questions are on their way than are allowed`() async throws {
        let flights = Mutex((now: 0, most: 0))
        let server = try ModelServer { _, _ in
            flights.withLock { flights in
                flights.now += 1
                flights.most = max(flights.most, flights.now)
            }
            Thread.sleep(forTimeInterval: 0.05)
            flights.withLock { $0.now -= 1 }
            return ModelServer.whole(ModelServer.good)
        }
        let model = try await server.model { $0.width = 3 }
        #expect(model.width == 3)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<12 {
                group.addTask { _ = try await model.answer(ModelServer.question()) }
            }
            try await group.waitForAll()
        }
        #expect(server.asked.count == 12)
        #expect((2...3).contains(flights.withLock { $0.most }))
    }

    @Test func `a question that is no longer wanted ends at once`() async throws {
        let server = try ModelServer { _, _ in
            var silent = ModelServer.whole(ModelServer.good)
            silent.dropAfter = 0
            silent.hangs = true
            return silent
        }
        let model = try await server.model()
        let task = Task { try await model.answer(ModelServer.question()) }
        while server.asked.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        let start = ContinuousClock.now
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(ContinuousClock.now - start < .seconds(10))
    }

    // MARK: Who is asked

    @Test func `a server that is not there is no fault of the documents`() async throws {
        let server = try ModelServer { _, _ in ModelServer.whole("") }
        server.hub.stop()
        let absence = try await #require(throws: EngineUnavailable.self) {
            try await server.model()
        }
        #expect(absence.reason.contains("refused"), "\(absence)")
    }

    @Test func `the only model of a server answers, and of several the one that is named`()
        async throws
    {
        let several =
            #"{"data":[{"id":"a","owned_by":"vllm"},{"id":"b","owned_by":"vllm","root":"B/b"}]}"#
        let server = try ModelServer(models: several) { _, _ in ModelServer.whole("x") }
        let port = server.hub.port
        await #expect(
            throws: RemoteFault.severalModels(destination: "127.0.0.1:\(port)", names: ["a", "b"])
        ) { try await server.model() }
        await #expect(
            throws: RemoteFault.noSuchModel(
                "c",
                destination: "127.0.0.1:\(port)",
                names: ["a", "b"]
            )
        ) { try await server.model(name: "c") }
        let model = try await server.model(name: "b")
        #expect(model.version.contains("b at 127.0.0.1:\(port) of B/b"))
        #expect(model.destination == "127.0.0.1:\(port)")
    }

    @Test func `a model that sees nothing is shown nothing`() async throws {
        let list =
            #"{"models":[{"name":"t","capabilities":["completion"]}],"data":[{"id":"t","owned_by":"llamacpp","created":1,"meta":{"n_params":7,"size":9}}]}"#
        let server = try ModelServer(models: list) { _, _ in ModelServer.whole("x") }
        let model = try await server.model()
        #expect(!model.seesPictures)
        #expect(model.version.contains("n_params 7 size 9") && !model.version.contains("created"))
    }

    // MARK: Secrets

    @Test func `the key goes to the server and into no message`() async throws {
        let server = try ModelServer { _, asked in
            ModelServer.refusal(401, "Incorrect key \(asked.headers["authorization"] ?? "")")
        }
        let model = try await server.model(key: "sk-0123456789")
        let absence = try await #require(throws: EngineUnavailable.self) {
            try await model.answer(ModelServer.question())
        }
        #expect(server.asked.first?.headers["authorization"] == "Bearer sk-0123456789")
        #expect(!"\(absence)".contains("0123456789") && absence.reason.contains("Incorrect key"))
        #expect(!model.version.contains("0123456789"))
        var dumped = ""
        dump(try RemoteKey("sk-0123456789", origin: "a test"), to: &dumped)
        #expect(!dumped.contains("0123456789"))
    }
}
