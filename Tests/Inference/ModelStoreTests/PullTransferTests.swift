import FaultyHub
import Foundation
import ModelStore
import Testing

/// What a server can do wrong with the bytes themselves.
@Suite struct PullTransferTests {
    private let weights = "model.safetensors"

    /// A bench whose answers for the weights go wrong: the number of the request, and the right answer.
    private func bench(
        _ model: PublishedModel = .tiny(),
        change: @escaping @Sendable (Int, FaultyHub.Request, inout FaultyHub.Reply) -> Void
    ) throws -> PullBench {
        let counter = Counter()
        return try PullBench(model) { request, reply in
            guard request.target.hasSuffix("/model.safetensors") else { return nil }
            var reply = reply
            change(counter.next(), request, &reply)
            return reply
        }
    }

    @Test func `a connection that drops is taken up where it broke`() async throws {
        let bench = try bench { number, _, reply in
            if number < 12 { reply.dropAfter = 20_000 }
        }
        let recorder = Recorder()
        _ = try await bench.pull(observer: recorder)
        #expect(bench.isRight(weights))
        // More attempts than are made without progress: each brought something.
        let starts = bench.requests(for: weights).map { $0.rangeStart ?? 0 }
        #expect(starts.count == 12)
        #expect(starts == starts.sorted())
    }

    @Test func `a server that never gives a byte is given up after a few attempts`() async throws {
        let bench = try bench { _, _, reply in reply.dropAfter = 0 }
        guard case .gaveUp(weights, .connectionLost, attempts: 4)? = await bench.fault() else {
            Issue.record("expected to give up")
            return
        }
        #expect(bench.requests(for: weights).count == 4)
        #expect(!bench.has(weights))
    }

    @Test func `a server that ignores ranges is read from the start, and nothing is doubled`()
        async throws
    {
        let all = try #require(PublishedModel.tiny().files[weights])
        let bench = try bench { number, _, reply in
            reply = FaultyHub.Reply(body: all)
            if number == 1 { reply.dropAfter = 100_000 }
        }
        let recorder = Recorder()
        _ = try await bench.pull(observer: recorder)
        #expect(bench.isRight(weights))
        #expect(recorder.events.contains(.startingOver(file: weights, .rangeIgnored)))
    }

    @Test(arguments: [
        "bytes 0-300000/400000", "bytes 5-9/10", "bytes x-y/z", "",
        "bytes 99999999999999999999-1/*",
    ])
    func `a part that was not asked for is refused`(range: String) async throws {
        let bench = try bench { number, _, reply in
            if number == 1 {
                reply.dropAfter = 100_000
            } else {
                reply.headers["Content-Range"] = range
            }
        }
        guard case .gaveUp(weights, .wrongRange, attempts: _)? = await bench.fault() else {
            Issue.record("expected a wrong range")
            return
        }
        // What came in good order is kept for a server that does better.
        #expect((bench.incomingBytes(weights + ".partial")?.count ?? 0) > 0)
    }

    @Test func `a length that is longer than the file is a lie`() async throws {
        let bench = try bench { _, _, reply in reply.announcedLength = reply.body.count + 1000 }
        guard case .gaveUp(weights, .wrongLength, attempts: _)? = await bench.fault() else {
            Issue.record("expected a wrong length")
            return
        }
    }

    @Test func `a length that is shorter than the file is a lie`() async throws {
        let bench = try bench { _, _, reply in reply.announcedLength = 1000 }
        guard case .gaveUp(weights, .wrongLength, attempts: _)? = await bench.fault() else {
            Issue.record("expected a wrong length")
            return
        }
    }

    @Test func `without a length the file's own decides`() async throws {
        let bench = try bench { _, _, reply in reply.announcedLength = -1 }
        _ = try await bench.pull()
        #expect(bench.isRight(weights))
    }

    @Test func `data without end is cut off at the file's length`() async throws {
        let bench = try bench { _, _, reply in
            reply.announcedLength = -1
            reply.isEndless = true
        }
        guard case .gaveUp(weights, .tooLong, attempts: _)? = await bench.fault() else {
            Issue.record("expected too many bytes")
            return
        }
        #expect((bench.incomingBytes(weights + ".partial")?.count ?? 0) <= 301_000)
    }

    @Test func `wrong bytes are fetched once more, and then right`() async throws {
        let bench = try bench { number, _, reply in
            if number == 1 { reply.body[150_000] ^= 0x40 }
        }
        let recorder = Recorder()
        _ = try await bench.pull(observer: recorder)
        #expect(recorder.events.contains(.startingOver(file: weights, .wrongDigest)))
        #expect(bench.isRight(weights))
    }

    @Test func `bytes that are wrong twice end the pull with both hashes, and are not kept`()
        async throws
    {
        let right = try #require(PublishedModel.tiny().files[weights])
        var wrong = right
        wrong[150_000] ^= 0x40
        let bench = try bench { [wrong] _, _, reply in reply.body = wrong }
        #expect(
            await bench.fault()
                == .wrongDigest(
                    file: weights,
                    expected: PublishedModel.sha256(right),
                    found: PublishedModel.sha256(wrong)
                )
        )
        #expect(bench.requests(for: weights).count == 2)
        #expect(!bench.has(weights))
        #expect(!bench.hasIncoming(weights + ".partial"))
        #expect(!bench.hasIncoming(weights))
    }

    @Test func `a small file is held against git's name for it`() async throws {
        let bench = try PullBench { request, reply in
            guard request.target.hasSuffix("/config.json") else { return nil }
            var reply = reply
            reply.body[0] = UInt8(ascii: "[")
            return reply
        }
        guard case .wrongDigest("config.json", _, _)? = await bench.fault() else {
            Issue.record("expected a wrong hash")
            return
        }
        #expect(bench.requests(for: weights).isEmpty)
    }

    @Test func `a server that falls silent is asked again, and left in the end`() async throws {
        let bench = try bench { _, _, reply in
            reply.dropAfter = 0
            reply.hangs = true
        }
        #expect(
            await bench.fault(settings: PullBench.impatient)
                == .gaveUp(file: weights, .silent, attempts: 2)
        )
    }

    @Test func `a server that falls silent in the middle is taken up where it was`() async throws {
        let bench = try bench { number, _, reply in
            guard number == 1 else { return }
            reply.dropAfter = 100_000
            reply.hangs = true
        }
        let recorder = Recorder()
        _ = try await bench.pull(settings: PullBench.impatient, observer: recorder)
        #expect(bench.requests(for: weights).contains { $0.rangeStart == 100_000 })
        #expect(
            recorder.events.contains {
                if case .retrying(weights, .silent, after: _) = $0 { true } else { false }
            }
        )
    }

    @Test func `what another program left under the partial's name does no harm`() async throws {
        let bench = try bench { number, _, reply in
            if number == 1 { reply.dropAfter = 50_000 }
        }
        var settings = PullBench.settings
        settings.attempts = 1
        _ = await bench.fault(settings: settings)
        let partial = bench.incoming.appendingPathComponent(weights + ".partial")
        try Data(repeating: 7, count: 60_000).write(to: partial)
        let recorder = Recorder()
        _ = try await bench.pull(observer: recorder)
        #expect(bench.isRight(weights))
        #expect(recorder.events.contains(.startingOver(file: weights, .wrongDigest)))
    }

    @Test func `a file that changed between two pulls is begun anew`() async throws {
        let bench = try bench { number, _, reply in
            if number == 1 { reply.dropAfter = 50_000 }
        }
        var settings = PullBench.settings
        settings.attempts = 1
        _ = await bench.fault(settings: settings)
        var newer = bench.model
        newer.commit = String(repeating: "b2", count: 20)
        newer.files[weights] = PublishedModel.safetensors(byteCount: 300_000, seed: 2)
        let hub = try FaultyHub { [newer] in newer.answer($0) }
        defer { hub.stop() }
        let recorder = Recorder()
        let outcome = try await bench.pull(observer: recorder) { $0.from = hub.address }
        #expect(outcome.revision == newer.commit)
        #expect(recorder.events.contains(.startingOver(file: weights, .changed)))
        #expect(hub.requests.last { $0.target.hasSuffix(weights) }?.rangeStart == nil)
        #expect(bench.isRight(weights, as: newer))
    }

    @Test func `another commit in the middle of a pull is refused`() async throws {
        let other = String(repeating: "c3", count: 20)
        let bench = try bench { _, _, reply in reply.headers["X-Repo-Commit"] = other }
        #expect(
            await bench.fault()
                == .revisionMoved(file: weights, expected: bench.model.commit, found: other)
        )
    }
}
