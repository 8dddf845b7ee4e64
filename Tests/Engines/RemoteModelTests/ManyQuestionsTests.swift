import Answering
import FaultyHub
import Foundation
import Jobs
import Synchronization
import Testing

@testable import RemoteModel

/// Many questions at once, and who is asked at all.
@Suite(.timeLimit(.minutes(2))) struct ManyQuestionsTests {
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

    @Test(arguments: [3, 20])
    func `no more questions are on their way than are allowed`(width: Int) async throws {
        let flights = Mutex((now: 0, most: 0))
        let server = try ModelServer { _, _ in
            flights.withLock { flights in
                flights.now += 1
                flights.most = max(flights.most, flights.now)
            }
            Thread.sleep(forTimeInterval: 0.3)
            flights.withLock { $0.now -= 1 }
            return ModelServer.whole(ModelServer.good)
        }
        let model = try await server.model { $0.width = width }
        #expect(model.width == width)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<24 {
                group.addTask { _ = try await model.answer(ModelServer.question()) }
            }
            try await group.waitForAll()
        }
        #expect(server.asked.count == 24)
        // More than a client has connections for unless it is told.
        #expect((width / 2...width).contains(flights.withLock { $0.most }))
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
