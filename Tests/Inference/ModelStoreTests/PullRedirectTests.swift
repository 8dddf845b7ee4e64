import FaultyHub
import Foundation
import ModelStore
import Testing

/// Where a server sends us, and what we take along.
@Suite struct PullRedirectTests {
    private let secret = "hf_onlyForTheHub"

    @Test func `the token goes to the hub and not to where it sends us`() async throws {
        let model = PublishedModel.tiny()
        let storage = try FaultyHub { request in
            .file(model.files["model.safetensors"] ?? [], request)
        }
        defer { storage.stop() }
        let elsewhere = storage.otherAddress + "/bucket/blob?signature=abc"
        let bench = try PullBench(model) { request, _ in
            request.target.hasSuffix("/model.safetensors") ? .redirect(elsewhere) : nil
        }
        _ = try await bench.pull(environment: ["HF_TOKEN": secret])
        #expect(bench.isRight("model.safetensors"))
        #expect(!bench.hub.requests.isEmpty)
        #expect(bench.hub.requests.allSatisfy { $0.headers["authorization"] == "Bearer \(secret)" })
        #expect(storage.requests.count == 1)
        #expect(storage.requests.allSatisfy { $0.headers["authorization"] == nil })
    }

    @Test func `the same name at another port is another host`() async throws {
        let model = PublishedModel.tiny()
        let storage = try FaultyHub { model.answer($0) }
        defer { storage.stop() }
        let bench = try PullBench(model) { request, _ in .redirect(storage.address + request.target)
        }
        _ = try await bench.pull(environment: ["HF_TOKEN": secret])
        #expect(storage.requests.allSatisfy { $0.headers["authorization"] == nil })
    }

    @Test func `a token that the hub's program keeps in a file goes to no mirror`() async throws {
        let bench = try PullBench()
        let home = bench.folder.appendingPathComponent("home")
        let place = home.appendingPathComponent(".cache/huggingface")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        try Data("\(secret)\n".utf8).write(to: place.appendingPathComponent("token"))
        _ = try await bench.pull(environment: ["HOME": home.path])
        #expect(bench.hub.requests.allSatisfy { $0.headers["authorization"] == nil })
        let hub = ["HOME": home.path, "HF_ENDPOINT": bench.hub.address]
        let place2 = bench.folder.appendingPathComponent("again").path
        _ = try await bench.pull(environment: hub) {
            $0.from = nil
            $0.into = place2
        }
        #expect(bench.hub.requests.last?.headers["authorization"] == "Bearer \(secret)")
    }

    @Test func `the token is in no file of the model`() async throws {
        let bench = try PullBench()
        _ = try await bench.pull(environment: ["HF_TOKEN": secret])
        for name in try FileManager.default.contentsOfDirectory(atPath: bench.target.path) {
            let text = String(decoding: bench.bytes(name) ?? [], as: UTF8.self)
            #expect(!text.contains(secret), "\(name)")
        }
    }

    @Test func `a proxy of the environment is asked for what is elsewhere`() async throws {
        let bench = try PullBench()
        _ = try await bench.pull(environment: ["http_proxy": bench.hub.address]) {
            $0.from = "http://models.invalid"
        }
        #expect(bench.isRight("model.safetensors"))
        let (tunnels, inner) = (
            bench.hub.requests.filter { $0.method == "CONNECT" },
            bench.hub.requests.filter { $0.method != "CONNECT" }
        )
        #expect(tunnels.count == inner.count)
        #expect(tunnels.allSatisfy { $0.target == "models.invalid:80" })
    }

    @Test func `a ring of redirects ends`() async throws {
        let bench = try PullBench { request, _ in .redirect(request.target) }
        guard case .tooManyRedirects? = await bench.fault() else {
            Issue.record("expected too many redirects")
            return
        }
        #expect(bench.hub.requests.count == 6)
    }

    @Test(arguments: ["ftp://example.com/x", "file:///etc/passwd", "javascript:1", "http://"])
    func `a redirect that leads to no server is refused`(target: String) async throws {
        let bench = try PullBench { _, _ in .redirect(target) }
        guard case .badRedirect? = await bench.fault() else {
            Issue.record("expected a refusal")
            return
        }
    }

    @Test func `a signed address is not shown`() async throws {
        let bench = try PullBench { request, _ in
            request.target.contains("signature")
                ? FaultyHub.Reply(status: 418)
                : request.target.hasSuffix("/model.safetensors")
                    ? .redirect("/blob?signature=abc") : nil
        }
        let fault = await bench.fault()
        #expect(
            fault == .refused(address: bench.hub.address + "/blob", status: 418, words: "")
        )
    }

    @Test func `an address with a password is not taken`() async throws {
        let bench = try PullBench()
        let fault = await bench.fault { $0.from = "http://me:secret@127.0.0.1:1" }
        #expect(fault == .addressWithPassword(host: "127.0.0.1"))
    }

    @Test(arguments: ["example.com", "ftp://example.com", "http://", "https://h/?q=1", ""])
    func `what is no address is refused`(address: String) async throws {
        let bench = try PullBench()
        guard case .notAnAddress? = await bench.fault(change: { $0.from = address }) else {
            Issue.record("expected a refusal")
            return
        }
    }

    @Test func `nobody at the address is said so`() async throws {
        let bench = try PullBench()
        bench.hub.stop()
        let fault = await bench.fault()
        guard case .gaveUp(_, .cannotConnect("127.0.0.1", let detail), attempts: 4)? = fault else {
            Issue.record("expected to give up, not \(String(describing: fault))")
            return
        }
        #expect(detail == "Connection refused")
    }
}
