import FaultyHub
import Foundation
import ModelStore
import Testing

@Suite struct PullTests {
    private let weights = "model.safetensors"

    @Test func `a pull brings what docket reads, checked, and leaves pickles alone`() async throws {
        let bench = try PullBench()
        let recorder = Recorder()
        let outcome = try await bench.pull(observer: recorder)
        #expect(outcome.revision == bench.model.commit)
        #expect(outcome.fileCount == 7)
        #expect(outcome.unverified.isEmpty)
        for name in bench.model.files.keys {
            let isWanted = name != "pytorch_model.bin" && !name.hasPrefix("onnx")
            #expect(isWanted ? bench.isRight(name) : !bench.has(name), "\(name)")
        }
        #expect(recorder.events.contains(.finished(file: weights, .sha256)))
        #expect(recorder.events.contains(.finished(file: "config.json", .gitSHA1)))
        // What is fetched is what the listing named, not what `main` means a minute later.
        #expect(bench.requests(for: weights).allSatisfy { $0.target.contains(bench.model.commit) })
        #expect(try bench.store.locate(nil).layout == .checkpoint)
        #expect(try bench.store.locate("tiny").revision == bench.model.commit)
    }

    @Test func `files and folders are their owner's alone`() async throws {
        let bench = try PullBench()
        _ = try await bench.pull()
        func mode(_ path: String) throws -> Int {
            try #require(
                FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            )
        }
        #expect(try mode(bench.target.path) == 0o700)
        for name in try FileManager.default.contentsOfDirectory(atPath: bench.target.path) {
            #expect(try mode(bench.target.path + "/\(name)") == 0o600, "\(name)")
        }
        // Neither the lock nor the pull's own notes stay.
        let beside = bench.target.deletingLastPathComponent().path
        #expect(try FileManager.default.contentsOfDirectory(atPath: beside) == ["Tiny"])
        #expect(!bench.has("docket-pull.json"))
    }

    @Test func `a second pull asks nobody anything`() async throws {
        let bench = try PullBench()
        _ = try await bench.pull()
        let before = bench.hub.requests.count
        let outcome = try await bench.pull()
        #expect(outcome.wasComplete)
        #expect(bench.hub.requests.count == before)
    }

    @Test func `a file that was cut short on disk is fetched again, alone`() async throws {
        let bench = try PullBench()
        _ = try await bench.pull()
        try Data("{".utf8).write(to: bench.target.appendingPathComponent("tokenizer.json"))
        let before = bench.requests(for: weights).count
        let outcome = try await bench.pull()
        #expect(!outcome.wasComplete)
        #expect(bench.isRight("tokenizer.json"))
        #expect(bench.requests(for: weights).count == before)
    }

    @Test func `verify finds a changed byte, and the file is fetched again`() async throws {
        let bench = try PullBench()
        _ = try await bench.pull()
        var damaged = try #require(bench.bytes(weights))
        damaged[damaged.count / 2] ^= 1
        try Data(damaged).write(to: bench.target.appendingPathComponent(weights))
        #expect(try await bench.pull().wasComplete)
        let recorder = Recorder()
        let outcome = try await bench.pull(observer: recorder) { $0.verifies = true }
        #expect(!outcome.wasComplete)
        #expect(recorder.events.contains(.startingOver(file: weights, .wrongDigest)))
        #expect(bench.isRight(weights))
        #expect(try await bench.pull { $0.verifies = true }.wasComplete)
    }

    @Test func `an update takes over the files that did not change`() async throws {
        let first = try PullBench()
        _ = try await first.pull()
        var newer = PublishedModel.tiny()
        newer.commit = String(repeating: "b2", count: 20)
        newer.files["config.json"] = Array(#"{"model_type": "qwen3_vl", "newer": true}"#.utf8)
        let second = try PullBench(newer)
        try FileManager.default.createDirectory(
            at: second.target.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try FileManager.default.copyItem(at: first.target, to: second.target)
        let outcome = try await second.pull { $0.updates = true }
        #expect(outcome.revision == newer.commit)
        #expect(second.isRight("config.json"))
        #expect(second.requests(for: weights).isEmpty)
        #expect(second.isRight(weights))
        let beside = second.target.deletingLastPathComponent().path
        #expect(try FileManager.default.contentsOfDirectory(atPath: beside) == ["Tiny"])
    }

    @Test func `a model may be pulled into a folder of one's own, but not over other things`()
        async throws
    {
        let bench = try PullBench()
        let place = bench.folder.appendingPathComponent("here").path
        #expect(try await bench.pull { $0.into = place }.path == place)
        #expect(try bench.store.locate(place).layout == .checkpoint)
        let taken = bench.folder.appendingPathComponent("taken")
        try FileManager.default.createDirectory(at: taken, withIntermediateDirectories: true)
        try Data("mine".utf8).write(to: taken.appendingPathComponent("letter.txt"))
        let fault = await bench.fault { $0.into = taken.path }
        #expect(fault == .folderInUse(.init(taken.path)))
        #expect(
            try String(contentsOf: taken.appendingPathComponent("letter.txt"), encoding: .utf8)
                == "mine"
        )
    }

    @Test func `a pull that was killed while it replaced a model loses neither`() async throws {
        let bench = try PullBench()
        _ = try await bench.pull()
        let files = FileManager.default
        // Killed after the old folder was put aside, before the new one took its place.
        let aside = bench.folder.appendingPathComponent(bench.model.name + ".replaced")
        try files.moveItem(at: bench.target, to: aside)
        let before = bench.hub.requests.count
        #expect(try await bench.pull().wasComplete)
        // Killed after the new folder took its place, before the old one was removed.
        try files.copyItem(at: bench.target, to: aside)
        #expect(try await bench.pull().wasComplete)
        // Killed after old and new had changed places.
        try files.copyItem(at: bench.target, to: bench.incoming)
        try Data("{}".utf8).write(to: bench.target.appendingPathComponent("docket-pull.json"))
        #expect(try await bench.pull().wasComplete)
        #expect(bench.hub.requests.count == before)
        let beside = bench.target.deletingLastPathComponent().path
        #expect(try files.contentsOfDirectory(atPath: beside) == ["Tiny"])
    }

    @Test func `a pull that was killed at its very end fetches nothing again`() async throws {
        let bench = try PullBench { request, reply in
            guard request.target.hasSuffix("/model.safetensors") else { return nil }
            var reply = reply
            reply.dropAfter = 1000
            return reply
        }
        var settings = PullBench.settings
        settings.attempts = 1
        _ = await bench.fault(settings: settings)
        let weights = try #require(bench.model.files[weights])
        try Data(weights).write(
            to: bench.incoming.appendingPathComponent("model.safetensors.partial")
        )
        let before = bench.requests(for: "model.safetensors").count
        _ = try await bench.pull()
        #expect(bench.requests(for: "model.safetensors").count == before)
        #expect(bench.isRight("model.safetensors"))
    }

    @Test func `two pulls of one model do not meet`() async throws {
        let bench = try PullBench { request, reply in
            guard request.target.hasSuffix("safetensors") else { return nil }
            var reply = reply
            reply.pause = 0.05
            return reply
        }
        async let first = bench.pull()
        var fault: ModelStoreFault?
        for _ in 0..<200 where bench.requests(for: weights).isEmpty {
            try await Task.sleep(for: .milliseconds(10))
        }
        fault = await bench.fault()
        #expect(
            fault == .busy("Qwen/Tiny", process: Int(ProcessInfo.processInfo.processIdentifier))
        )
        #expect(try await first.byteCount > 300_000)
    }

    @Test func `a pull that is cancelled goes on where it was`() async throws {
        let isSlow = Counter()
        let bench = try PullBench { request, reply in
            guard request.target.hasSuffix("safetensors"), isSlow.next() == 1 else { return nil }
            var reply = reply
            reply.pause = 0.03
            return reply
        }
        let task = Task { try await bench.pull() }
        for _ in 0..<400
        where (bench.incomingBytes("model.safetensors.partial")?.count ?? 0) < 40_000 {
            try await Task.sleep(for: .milliseconds(5))
        }
        task.cancel()
        await #expect(throws: ModelStoreFault.cancelled) { try await task.value }
        #expect(!bench.has(weights))
        #expect(throws: ModelStoreFault.incomplete("Qwen/Tiny")) {
            try bench.store.locate("Qwen/Tiny")
        }
        #expect(bench.store.installed().map(\.isComplete) == [false])
        _ = try await bench.pull()
        let start = try #require(bench.requests(for: weights).last?.rangeStart)
        #expect(start >= 40_000)
        #expect(bench.isRight(weights))
    }
}
