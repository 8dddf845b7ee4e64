import FaultyHub
import Foundation
import ModelStore
import Testing

/// What a server can say instead of what it was asked for.
@Suite struct PullAnswerTests {
    private let weights = "model.safetensors"

    /// A bench that answers requests for the weights, or for the listing, with a status.
    private func bench(
        _ status: Int,
        to ending: String,
        headers: [String: String] = [:],
        first count: Int = .max
    ) throws -> PullBench {
        let counter = Counter()
        return try PullBench { request, _ in
            let path = request.target.prefix { $0 != "?" }
            guard path.hasSuffix(ending), counter.next() <= count else { return nil }
            return FaultyHub.Reply(status: status, headers: headers)
        }
    }

    @Test func `a model that is not there is said to be so`() async throws {
        let bench = try bench(
            404,
            to: "/revision/main",
            headers: ["X-Error-Code": "RepoNotFound"]
        )
        #expect(
            await bench.fault()
                == .noSuchModel("Qwen/Tiny", from: bench.hub.address, hadToken: false)
        )
    }

    @Test func `a revision that is not there is said to be so`() async throws {
        let bench = try bench(
            404,
            to: "/revision/v9",
            headers: ["X-Error-Code": "RevisionNotFound"]
        )
        #expect(
            await bench.fault { $0.revision = "v9" } == .noSuchRevision("v9", of: "Qwen/Tiny")
        )
    }

    @Test func `a wrong token is said to be wrong`() async throws {
        let bench = try bench(401, to: "/revision/main")
        #expect(await bench.fault() == .unauthorised("Qwen/Tiny", hadToken: false))
        #expect(
            await bench.fault(environment: ["HF_TOKEN": "hf_x"])
                == .unauthorised("Qwen/Tiny", hadToken: true)
        )
    }

    @Test func `a gated model is said to be gated, and is not asked for again and again`()
        async throws
    {
        let bench = try bench(403, to: "/config.json", headers: ["X-Error-Code": "GatedRepo"])
        #expect(await bench.fault() == .gated("Qwen/Tiny", hadToken: false))
        #expect(bench.requests(for: "config.json").count == 1)
    }

    @Test func `a listed file that is missing is named`() async throws {
        let bench = try bench(404, to: "/tokenizer.json")
        #expect(await bench.fault() == .noSuchFile("tokenizer.json", available: []))
    }

    @Test(arguments: [429, 500, 502, 503])
    func `a server that cannot now is asked again`(status: Int) async throws {
        let bench = try bench(status, to: weights, first: 2)
        _ = try await bench.pull()
        #expect(bench.requests(for: weights).count == 3)
    }

    @Test func `a server that never can is given up`() async throws {
        let bench = try bench(500, to: weights)
        #expect(await bench.fault() == .gaveUp(file: weights, .status(500), attempts: 4))
    }

    @Test func `as long as the server asks is waited, no less`() async throws {
        let bench = try bench(429, to: weights, headers: ["Retry-After": "1"], first: 1)
        let started = ContinuousClock.now
        _ = try await bench.pull()
        #expect(started.duration(to: .now) >= .seconds(1))
    }

    @Test func `an hour is not waited for`() async throws {
        let bench = try bench(429, to: weights, headers: ["Retry-After": "3600"])
        #expect(await bench.fault() == .comeBack(after: .seconds(3600), from: weights))
    }

    @Test func `a listing that is no listing is refused`() async throws {
        let bench = try PullBench { request, _ in
            request.target.hasPrefix("/api/")
                ? FaultyHub.Reply(body: Array("<html>Welcome</html>".utf8)) : nil
        }
        let environment = ["HF_ENDPOINT": bench.hub.address]
        let fault = await bench.fault(environment: environment) { $0.from = nil }
        #expect(
            fault == .notAHub(address: bench.hub.address + "/api/models/Qwen/Tiny/revision/main")
        )
    }

    @Test func `a listing without end is refused`() async throws {
        let bench = try PullBench { request, _ in
            guard request.target.hasPrefix("/api/") else { return nil }
            var reply = FaultyHub.Reply(body: Array(repeating: 0x20, count: 1 << 20))
            reply.announcedLength = -1
            reply.isEndless = true
            return reply
        }
        guard case .answerTooLong? = await bench.fault() else {
            Issue.record("expected a refusal")
            return
        }
    }

    @Test(arguments: [
        "../model.safetensors", "/etc/model.safetensors", "a/../../model.safetensors",
        "model\\u001b[2J.safetensors", "model\\u0000.safetensors", "..\\\\model.safetensors",
        "model.\\u202esafetensors", "./model.safetensors", "a//model.safetensors",
    ])
    func `a name that leads elsewhere is refused before anything is written`(name: String)
        async throws
    {
        let bench = try PullBench { request, reply in
            guard request.target.hasPrefix("/api/") else { return nil }
            let text = String(decoding: reply.body, as: UTF8.self)
            return .json(text.replacing("model.safetensors", with: name))
        }
        guard case .unsafeName? = await bench.fault() else {
            Issue.record("expected a refusal of \(name)")
            return
        }
        #expect(!bench.hub.requests.contains { $0.target.contains("resolve") })
    }

    @Test(arguments: ["-1", "9223372036854775807", "99999999999999999999"])
    func `a length out of all measure is refused`(size: String) async throws {
        let bench = try PullBench { request, reply in
            guard request.target.hasPrefix("/api/") else { return nil }
            let text = String(decoding: reply.body, as: UTF8.self)
            let own = "\"size\":\(PublishedModel.tiny().files["model.safetensors"]?.count ?? 0)"
            return .json(text.replacing(own, with: "\"size\":\(size)"))
        }
        #expect(await bench.fault() != nil)
        #expect(bench.requests(for: weights).isEmpty)
    }

    @Test func `what the disk cannot hold is not begun`() async throws {
        let bench = try PullBench { request, reply in
            guard request.target.hasPrefix("/api/") else { return nil }
            let text = String(decoding: reply.body, as: UTF8.self)
            let own = "\"size\":\(PublishedModel.tiny().files["model.safetensors"]?.count ?? 0)"
            return .json(text.replacing(own, with: "\"size\":1099511627776"))
        }
        guard case .notEnoughRoom(_, let needed, _)? = await bench.fault() else {
            Issue.record("expected no room")
            return
        }
        #expect(needed > 1_099_511_627_776)
        #expect(!bench.hub.requests.contains { $0.target.contains("resolve") })
    }

    @Test func `a model of pickles alone is not fetched`() async throws {
        let model = PublishedModel(files: [
            "config.json": Array("{}".utf8), "pytorch_model.bin": Array("pickle".utf8),
        ])
        let bench = try PullBench(model)
        #expect(
            await bench.fault()
                == .nothingToRun("Qwen/Tiny", found: ["config.json", "pytorch_model.bin"])
        )
    }

    @Test func `a part that the index names and the server lacks ends the pull early`()
        async throws
    {
        var model = PublishedModel.tiny()
        model.files[weights] = nil
        model.files["model-00001-of-00002.safetensors"] = PublishedModel.safetensors(byteCount: 64)
        model.files["model.safetensors.index.json"] = Array(
            #"{"weight_map":{"a":"model-00001-of-00002.safetensors","b":"model-00002-of-00002.safetensors"}}"#
                .utf8
        )
        let bench = try PullBench(model)
        #expect(await bench.fault() == .missingPart("model-00002-of-00002.safetensors"))
        #expect(bench.requests(for: "model-00001-of-00002.safetensors").isEmpty)
    }

    @Test func `without lengths in the listing the tree tells them, page by page`() async throws {
        let model = PublishedModel.tiny()
        let bench = try PullBench(model) { request, _ in
            let path = request.target
            if path.hasPrefix("/api/models/Qwen/Tiny/revision/") {
                let names = model.files.keys.map { #"{"rfilename":"\#($0)"}"# }
                return .json(
                    #"{"sha":"\#(model.commit)","siblings":[\#(names.joined(separator: ","))]}"#
                )
            }
            guard path.hasPrefix("/api/models/Qwen/Tiny/tree/\(model.commit)") else { return nil }
            let isLast = path.contains("cursor=2")
            let entries = model.files.filter { ($0.key == "model.safetensors") == isLast }
                .map { name, bytes in
                    isLast
                        ? #"{"type":"file","path":"\#(name)","size":\#(bytes.count),"oid":"0","#
                            + #""lfs":{"oid":"\#(PublishedModel.sha256(bytes))","size":\#(bytes.count)}}"#
                        : #"{"type":"file","path":"\#(name)","size":\#(bytes.count),"#
                            + #""oid":"\#(PublishedModel.gitName(bytes))"}"#
                }
            var reply = FaultyHub.Reply.json("[\(entries.joined(separator: ","))]")
            if !isLast {
                reply.headers["Link"] =
                    #"</api/models/Qwen/Tiny/tree/\#(model.commit)?recursive=true&cursor=2>; rel="next""#
            }
            return reply
        }
        let recorder = Recorder()
        _ = try await bench.pull(observer: recorder)
        #expect(recorder.events.contains(.finished(file: weights, .sha256)))
        #expect(recorder.events.contains(.finished(file: "config.json", .gitSHA1)))
    }
}
