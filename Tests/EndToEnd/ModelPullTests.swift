import FaultyHub
import Foundation
import Glibc
import Testing

/// `docket model pull` and `list`, as a person starts, kills and starts them again.
@Suite struct ModelPullTests {
    private static let name = "Qwen/Tiny"
    private static let weights = "model.safetensors"
    private let place: Workplace
    private let model = PublishedModel.tiny(weightBytes: 4_000_000)

    init() throws { place = try Workplace() }

    private var models: URL { place.folder.appending(path: "models") }
    private var target: URL { models.appending(path: Self.name) }
    private var partial: URL {
        models.appending(path: "\(Self.name).incoming/\(Self.weights).partial")
    }
    private var environment: [String: String] {
        ["DOCKET_MODELS": models.path, "HF_TOKEN": "hf_secret", "HF_ENDPOINT": ""]
    }

    /// A hub; one that stalls gives a megabyte of the weights at each request and then nothing more.
    private func hub(stalls: Bool) throws -> FaultyHub {
        try FaultyHub { [model] request in
            var reply = model.answer(request)
            if stalls, request.target.hasSuffix(Self.weights) {
                reply.dropAfter = 1_000_000
                reply.hangs = true
            }
            return reply
        }
    }

    private func size(_ file: URL) -> Int {
        (try? FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int) ?? 0
    }

    private func pull(_ hub: FaultyHub, _ options: [String] = []) async throws -> Ended {
        try await DocketCommand.run(
            ["model", "pull", Self.name, "--from", hub.address] + options,
            environment: environment
        )
    }

    /// Starts a pull and sends a signal when a part of the weights is there.
    private func pull(_ hub: FaultyHub, until signal: Int32) async throws -> Ended {
        let command = try RunningCommand(
            DocketCommand.binary,
            ["model", "pull", Self.name, "--from", hub.address],
            environment: environment
        )
        let before = size(partial)
        for _ in 0..<3000 where size(partial) < before + 200_000 {
            try await Task.sleep(for: .milliseconds(10))
        }
        command.send(signal)
        return try await command.end()
    }

    private func expectWhole() {
        let bytes = (try? Data(contentsOf: target.appending(path: Self.weights))).map(Array.init)
        #expect(bytes.map { $0 == model.files[Self.weights] } == true)
    }

    @Test func `a pull that is killed leaves nothing that looks whole, and goes on`() async throws {
        let stalling = try hub(stalls: true)
        defer { stalling.stop() }
        for _ in 1...2 {
            let killed = try await pull(stalling, until: SIGKILL)
            #expect(killed.wasKilled, killed.words)
            #expect(!FileManager.default.fileExists(atPath: target.path))
        }
        let listed = try await DocketCommand.run(
            ["model", "list", "--json"],
            environment: environment
        )
        #expect(listed.output.contains(#""state": "partial""#), listed.words)

        let quick = try hub(stalls: false)
        defer { quick.stop() }
        let ended = try await pull(quick)
        #expect(ended.status == 0, ended.words)
        let start = quick.requests.last { $0.target.hasSuffix(Self.weights) }?.rangeStart
        #expect(start ?? 0 >= 200_000)
        expectWhole()
        #expect(!ended.errors.contains("hf_secret"))
    }

    @Test func `Ctrl-C stops in good order and says how to go on`() async throws {
        let stalling = try hub(stalls: true)
        defer { stalling.stop() }
        let interrupted = try await pull(stalling, until: SIGINT)
        #expect(interrupted.status == 130, interrupted.words)
        #expect(interrupted.errors.contains("`docket model pull \(Self.name)` goes on from here"))
        let terminated = try await pull(stalling, until: SIGTERM)
        #expect(terminated.status == 143, terminated.words)
        #expect(size(partial) >= 200_000)
    }

    @Test func `a pull says what it did, on the side that is asked for`() async throws {
        let hub = try hub(stalls: false)
        defer { hub.stop() }
        let quiet = try await pull(hub, ["--quiet", "--json"])
        #expect(quiet.status == 0, quiet.words)
        #expect(quiet.errors.isEmpty)
        let report = try #require(try quiet.objects().first)
        #expect(report["revision"] as? String == model.commit)
        #expect(report["was_complete"] as? Bool == false)
        #expect(report["path"] as? String == target.path)
        let again = try await pull(hub)
        #expect(again.status == 0, again.words)
        #expect(again.errors.contains("is complete"))
        #expect(again.output.isEmpty)
        let list = try await DocketCommand.run(["model", "list"], environment: environment)
        #expect(list.output.contains("Qwen/Tiny  qwen3_vl"), list.words)
        #expect(list.output.contains("complete"))
    }

    @Test func `a disk that fills keeps what is there`() async throws {
        let hub = try hub(stalls: false)
        defer { hub.stop() }
        // No file may grow beyond 1 MB: as with a full disk, writing fails in the middle.
        let line = """
            trap '' XFSZ; ulimit -f 1000; exec "$0" model pull \(Self.name) --from \(hub.address)
            """
        let ended = try await RunningCommand(
            "/bin/bash",
            ["-c", line, DocketCommand.binary],
            environment: environment
        ).end()
        #expect(ended.status == 73, ended.words)
        #expect(ended.errors.contains("no room left on the disk"), ended.words)
        #expect(size(partial) == 1_024_000)
        let after = try await pull(hub)
        #expect(after.status == 0, after.words)
        expectWhole()
    }

    @Test func `what goes wrong has its exit status and its remedy`() async throws {
        let hub = try FaultyHub { [model] request in
            if request.target.contains("Gated") {
                return FaultyHub.Reply(status: 403, headers: ["X-Error-Code": "GatedRepo"])
            }
            if request.target.contains("Busy") {
                return FaultyHub.Reply(status: 429, headers: ["Retry-After": "4000"])
            }
            return model.answer(request)
        }
        defer { hub.stop() }
        let cases: [(name: String, status: Int32, words: String)] = [
            ("Qwen/Gated", 66, "accept its terms"),
            ("Qwen/None", 66, "check the spelling"),
            ("Qwen/Busy", 75, "come back in 4000 s"),
            ("Qwen", 64, "expected OWNER/NAME"),
            ("Qwen/../x", 64, "expected OWNER/NAME"),
        ]
        for (name, status, words) in cases {
            let ended = try await DocketCommand.run(
                ["model", "pull", name, "--from", hub.address],
                environment: ["DOCKET_MODELS": models.path]
            )
            #expect(ended.status == status, ended.words)
            #expect(ended.errors.contains(words), ended.words)
        }
    }
}
