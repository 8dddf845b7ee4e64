import Foundation
import Testing
import WebAccess

@testable import ModelStore

/// What is decided without a server.
@Suite struct PullDecisionTests {
    @Test func `waiting doubles up to its limit, spread by chance`() {
        var plan = RetryPlan(settings: PullSettings())
        var waits: [Duration] = []
        while case .retry(let wait) = plan.failed(reached: 0, retryAfter: nil, jitter: 1) {
            waits.append(wait)
        }
        #expect(waits == [.seconds(1), .seconds(2), .seconds(4), .seconds(8), .seconds(16)])
        var early = RetryPlan(settings: PullSettings())
        #expect(
            early.failed(reached: 0, retryAfter: nil, jitter: 0) == .retry(after: .seconds(0.5))
        )
    }

    @Test func `attempts that bring a file on do not count`() {
        var plan = RetryPlan(settings: PullSettings())
        for attempt in 1...100 {
            let action = plan.failed(reached: attempt << 20, retryAfter: nil, jitter: 1)
            #expect(action == .retry(after: .seconds(1)))
        }
        // Nearly nothing is not progress: a server that gives a byte a time is not followed for ever.
        var trickle = RetryPlan(settings: PullSettings())
        let actions = (1...6).map { trickle.failed(reached: $0, retryAfter: nil, jitter: 1) }
        #expect(actions.last == .giveUp)
    }

    @Test func `begun anew and broken at the same place again and again is no progress`() {
        var plan = RetryPlan(settings: PullSettings())
        let actions = (1...7).map { _ in plan.failed(reached: 5 << 20, retryAfter: nil, jitter: 1) }
        #expect(actions.last == .giveUp)
    }

    @Test func `a server's wish to wait is taken as a date too`() throws {
        let now = Date(timeIntervalSince1970: 784_111_777)
        let date = "Sun, 06 Nov 1994 08:50:37 GMT"
        #expect(RetryAfter.duration(date, now: now) == .seconds(60))
        #expect(RetryAfter.duration("soon", now: now) == nil)
        #expect(RetryAfter.duration("-1", now: now) == nil)
        #expect(
            RetryAfter.duration("Sun, 99 Nov 9223372036854775807 08:50:37 GMT", now: now) == nil
        )
        #expect(RetryAfter.duration(nil, now: now) == nil)
    }

    @Test(arguments: [
        "", "bytes", "bytes */5", "bytes 5-4/10", "bytes -1-4/10", "bytes 0-9/9", "bits 0-1/2",
        "bytes 0-1", "bytes 0-1/2/3", "bytes 0-99999999999999999999/*",
    ])
    func `a range that makes no sense is none`(text: String) {
        #expect(ContentRange(text) == nil)
    }

    @Test func `a range is read`() throws {
        let range = try #require(ContentRange("bytes 5-9/10"))
        #expect(range.start == 5 && range.end == 9 && range.total == 10)
        #expect(try #require(ContentRange("bytes 5-9/*")).total == nil)
    }

    @Test func `a character of a name cannot change what is asked`() throws {
        let address = try HubAddress("https://hub.example/base/")
        #expect(
            address.appending(["a", "refs/pr/1", "x?y#z%20 ä"])
                == "https://hub.example/base/a/refs%2Fpr%2F1/x%3Fy%23z%2520%20%C3%A4"
        )
    }

    @Test func `a proxy is taken from the environment, and not for what it excepts`() throws {
        let settings = ProxySettings(environment: [
            "https_proxy": "http://me:secret@proxy:8080", "HTTP_PROXY": "http://evil:1",
            "no_proxy": "corp.example, .internal",
        ])
        #expect(try settings.server(for: "https") != nil)
        // A web server sets HTTP_PROXY from a client's field `Proxy`.
        #expect(try settings.server(for: "http") == nil)
        for host in ["localhost", "127.0.0.1", "corp.example", "a.corp.example", "x.internal"] {
            #expect(settings.isDirect(host), "\(host)")
        }
        #expect(!settings.isDirect("huggingface.co"))
        #expect(!settings.isDirect("notcorp.example"))
        #expect(throws: WebAccessFault.badProxy("https_proxy")) {
            try ProxySettings(environment: ["https_proxy": "ftp://x"]).server(for: "https")
        }
    }

    @Test(arguments: [
        "127.0.0.1.evil.example", "127.0.0.1.", "127.0.0.1.1", "127.0.0", "127.0.0.256",
        "127.0.0.+1", "127.0..1",
        "127.evil", "128.0.0.1", "1127.0.0.1", "localhost.evil.example", "::1.evil.example", "::2",
        "",
    ])
    func `a host that only begins like this machine is another`(host: String) {
        #expect(!Loopback.contains(host))
        #expect(!ProxySettings(environment: [:]).isDirect(host))
    }

    @Test(arguments: ["localhost", "127.0.0.1", "127.1.2.255", "::1", "[::1]"])
    func `this machine is known by all its names`(host: String) {
        #expect(Loopback.contains(host))
    }

    @Test func `the token goes nowhere unencrypted but to this machine`() throws {
        let environment = ["HF_TOKEN": "hf_x\n"]
        func token(_ address: String) throws -> String? {
            HubToken(for: try HubAddress(address), isHub: false, environment: environment)?.secret
        }
        #expect(try token("https://mirror.example") == "hf_x")
        #expect(try token("http://mirror.example") == nil)
        #expect(try token("http://127.0.0.1:80") == "hf_x")
        #expect(try token("http://localhost:80") == "hf_x")
        #expect(try token("http://[::1]:80") == "hf_x")
        #expect(try token("http://127.0.0.1.evil.example") == nil)
        #expect(try token("http://127.evil.example") == nil)
        let broken = ["HF_TOKEN": "a\r\nX-Evil: 1"]
        let address = try HubAddress("https://mirror.example")
        #expect(HubToken(for: address, isHub: false, environment: broken) == nil)
        let whole = try #require(HubToken(for: address, isHub: false, environment: environment))
        #expect(!"\(whole)".contains("hf_x"))
        #expect(!String(reflecting: whole).contains("hf_x"))
    }

    @Test func `a model is replaced without being away for an instant`() throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("docket-exchange-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        for name in ["old", "new"] {
            let place = folder.appendingPathComponent(name)
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            try Data(name.utf8).write(to: place.appendingPathComponent("which"))
        }
        let (old, new) = (folder.path + "/old", folder.path + "/new")
        #expect(DiskFault.exchange(.init(new), .init(old)) == 0)
        #expect(try String(contentsOfFile: old + "/which", encoding: .utf8) == "new")
        #expect(try String(contentsOfFile: new + "/which", encoding: .utf8) == "old")
        #expect(DiskFault.exchange(.init(new), .init(folder.path + "/none")) == -1)
    }

    @Test func `git's name of content is what git says`() {
        // `printf hello | git hash-object --stdin`
        var digest = ContentDigest(byteCount: 5)
        Array("hello".utf8).withUnsafeBytes { digest.update($0) }
        #expect(digest.result().gitSHA1 == "b6fc4c620b67d95f953a5c1c1230aaab5db5a1b0")
        #expect(
            digest.result().sha256
                == "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
        )
    }

    @Test func `licences come along, programs of others do not`() throws {
        let offered = [
            "config.json", "model.safetensors", "consolidated.safetensors", "LICENSE",
            "LICENSE.pickle", "README.md", "training_args.bin", "tokenizer.json",
            "tokenizer.json.partial", "tokenizer.py", "tokenizer.model", "modeling.py",
            "docket-model.json", ".gitattributes", "rng_state.pth", "chat_template.jinja",
            "video_preprocessor_config.json", "adapter/config.json",
        ].map { RemoteFile(path: $0, size: 10) }
        let chosen = try FileSelection.select(offered, chosen: [], of: "O/N").map(\.path)
        #expect(
            chosen == [
                "LICENSE", "README.md", "chat_template.jinja", "config.json", "tokenizer.json",
                "video_preprocessor_config.json", "model.safetensors",
            ]
        )
    }
}
