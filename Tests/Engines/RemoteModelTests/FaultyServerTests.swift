import Answering
import FaultyHub
import Foundation
import Jobs
import Synchronization
import Testing

@testable import RemoteModel

/// What becomes of a question when the server, or the way to it, goes wrong.
@Suite(.timeLimit(.minutes(2))) struct FaultyServerTests {
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

    @Test func `a server that chokes on one answer is asked for others`() async throws {
        let server = try ModelServer { number, _ in
            guard number < 8 else { return ModelServer.whole(ModelServer.good) }
            var reply = ModelServer.pieces("{\"merchant\": \"\u{FFFD}", finish: nil)
            reply.body += Array(#"data: {"error":{"code":500,"message":"not well-formed"}}"#.utf8)
            return reply
        }
        let model = try await server.model { $0.failuresToOpen = 3 }
        for _ in 0..<4 {
            let failure = try await #require(throws: JobFailure.self) {
                try await model.answer(ModelServer.question())
            }
            #expect(failure.detail.contains("not well-formed"))
        }
        #expect(try await model.answer(ModelServer.question()).end == .finished)
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
}
