import FaultyHub
import Foundation
import ModelStore
import Testing

/// Servers that only serve files.
@Suite struct PlainMirrorTests {
    private let weights = "model.safetensors"

    /// A server of the model's files in a folder, and of others beside them.
    private func bench(
        _ model: PublishedModel = .tiny(),
        folder: String = "",
        others: [String: [UInt8]] = [:],
        hash: @escaping @Sendable (String, [UInt8]) -> [String: String] = { _, _ in [:] },
        change: @escaping @Sendable (FaultyHub.Request, inout FaultyHub.Reply) -> Void = { _, _ in }
    ) throws -> PullBench {
        let files = model.files.merging(others) { $1 }
        return try PullBench(model) { request, _ in
            let path = String(request.target.prefix { $0 != "?" })
            guard path.hasPrefix(folder + "/"),
                let bytes = files[String(path.dropFirst(folder.count + 1))]
            else { return FaultyHub.Reply(status: 404) }
            let name = path.split(separator: "/").last.map(String.init) ?? ""
            var reply = FaultyHub.Reply.file(bytes, request, headers: hash(name, bytes))
            change(request, &reply)
            return reply
        }
    }

    @Test(arguments: ["", "/Qwen/Tiny", "/Qwen/Tiny/resolve/main"])
    func `the files are found below the address, or below the model's name`(folder: String)
        async throws
    {
        let bench = try bench(folder: folder)
        let outcome = try await bench.pull()
        #expect(bench.isRight(weights))
        #expect(bench.has("README.md"))
        #expect(outcome.revision == nil)
        // No hash is to be had, and that is said.
        #expect(outcome.unverified.contains(weights))
    }

    @Test func `a list of sums is used`() async throws {
        let model = PublishedModel.tiny()
        let sums = model.files.map { "\(PublishedModel.sha256($1))  ./\($0)\n" }.joined()
        let bench = try bench(others: ["SHA256SUMS": Array(sums.utf8)])
        #expect(try await bench.pull().unverified.isEmpty)
    }

    @Test func `wrong bytes are found by a list of sums`() async throws {
        let sums = "\(String(repeating: "0", count: 64)) *\(weights)\n"
        let bench = try bench(others: ["SHA256SUMS": Array(sums.utf8)])
        guard case .wrongDigest(weights, _, _)? = await bench.fault() else {
            Issue.record("expected a wrong hash")
            return
        }
    }

    @Test func `the manifest that an earlier pull left serves the next machine`() async throws {
        let first = try PullBench()
        _ = try await first.pull()
        let manifest = try #require(first.bytes("docket-model.json"))
        let second = try bench(others: ["docket-model.json": manifest])
        let outcome = try await second.pull()
        #expect(outcome.unverified.isEmpty)
        #expect(outcome.revision == first.model.commit)
        #expect(outcome.fileCount == 7)
    }

    @Test func `a folder of another model is not taken for this one`() async throws {
        let first = try PullBench()
        _ = try await first.pull()
        let manifest = String(
            decoding: try #require(first.bytes("docket-model.json")),
            as: UTF8.self
        )
        .replacing("Qwen/Tiny", with: "Qwen/Other")
        let second = try bench(others: ["docket-model.json": Array(manifest.utf8)])
        #expect(
            await second.fault()
                == .noSuchModel("Qwen/Tiny", from: second.hub.address, hadToken: false)
        )
    }

    @Test func `an ETag of 64 digits is the hash`() async throws {
        let bench = try bench(hash: { _, bytes in
            ["ETag": "\"\(PublishedModel.sha256(bytes))\""]
        })
        #expect(try await bench.pull().unverified.isEmpty)
    }

    @Test func `the hub's own field is the hash, and comes before the redirect`() async throws {
        let model = PublishedModel.tiny()
        let bench = try PullBench(model) { request, _ in
            let path = request.target
            let name = String(path.split(separator: "/").last ?? "")
            guard let bytes = model.files[name] else { return FaultyHub.Reply(status: 404) }
            if path.hasPrefix("/storage") { return .file(bytes, request) }
            var reply = FaultyHub.Reply.redirect("/storage/\(name)")
            reply.headers["X-Linked-Etag"] = "\"\(PublishedModel.sha256(bytes))\""
            reply.headers["X-Linked-Size"] = "\(bytes.count)"
            return reply
        }
        #expect(try await bench.pull().unverified.isEmpty)
    }

    @Test func `weights whose header does not fit their length are refused`() async throws {
        let bench = try bench(change: { request, reply in
            if request.target.hasSuffix("/model.safetensors") { reply.body.removeLast(5) }
        })
        guard case .wrongForm(weights, _)? = await bench.fault() else {
            Issue.record("expected a wrong form")
            return
        }
        #expect(!bench.has(weights))
    }

    @Test func `a server that answers everything with its own page is found out`() async throws {
        let bench = try PullBench { _, _ in
            FaultyHub.Reply(body: Array("<html>Welcome</html>".utf8))
        }
        #expect(await bench.fault() != nil)
        #expect(bench.store.installed().allSatisfy { !$0.isComplete })
    }

    @Test func `parts are those that the index names`() async throws {
        var model = PublishedModel.tiny()
        model.files[weights] = nil
        for part in ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"] {
            model.files[part] = PublishedModel.safetensors(byteCount: 5000)
        }
        model.files["model.safetensors.index.json"] = Array(
            #"{"weight_map":{"a":"model-00001-of-00002.safetensors","b":"model-00002-of-00002.safetensors"}}"#
                .utf8
        )
        let bench = try bench(model)
        _ = try await bench.pull()
        #expect(bench.bytes("model-00002-of-00002.safetensors")?.count ?? 0 > 5000)
    }

    @Test(arguments: ["../../etc/model.safetensors", "/etc/model.safetensors", "sub/x.safetensors"])
    func `an index that leads elsewhere is refused`(part: String) async throws {
        var model = PublishedModel.tiny()
        model.files["model.safetensors.index.json"] = Array(
            #"{"weight_map":{"a":"\#(part)"}}"#.utf8
        )
        guard case .unsafeName? = await (try bench(model)).fault() else {
            Issue.record("expected a refusal of \(part)")
            return
        }
    }

    @Test func `without a hash a part is only gone on with while the server vouches for it`()
        async throws
    {
        let counter = Counter()
        let bench = try bench(hash: { _, _ in ["ETag": "\"v1\""] }) { request, reply in
            guard request.method == "GET", request.target.hasSuffix("/model.safetensors"),
                counter.next() == 1
            else { return }
            reply.dropAfter = 100_000
        }
        _ = try await bench.pull()
        let last = try #require(bench.requests(for: weights).last)
        #expect(last.rangeStart ?? 0 > 0)
        #expect(last.headers["if-range"] == "\"v1\"")
        #expect(bench.isRight(weights))
    }

    @Test
    func
        `a server that vouches for nothing is read from the start, and two files never become one`()
        async throws
    {
        let other = PublishedModel.safetensors(byteCount: 300_000, seed: 2)
        let counter = Counter()
        let bench = try bench(change: { request, reply in
            guard request.method == "GET", request.target.hasSuffix("/model.safetensors") else {
                return
            }
            if counter.next() == 1 {
                reply.dropAfter = 100_000
            } else {
                reply = .file(other, request)
            }
        })
        let recorder = Recorder()
        _ = try await bench.pull(observer: recorder)
        #expect(bench.bytes(weights) == other)
        #expect(recorder.events.contains(.startingOver(file: weights, .rangeIgnored)))
    }

    @Test func `a server without HEAD is asked otherwise`() async throws {
        let bench = try bench(change: { request, reply in
            if request.method == "HEAD" { reply = FaultyHub.Reply(status: 405) }
        })
        _ = try await bench.pull()
        #expect(bench.isRight(weights))
    }
}
