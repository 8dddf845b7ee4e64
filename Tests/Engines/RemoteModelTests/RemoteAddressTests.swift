import Foundation
import SystemPackage
import Testing

@testable import RemoteModel

/// What a person says of a server, and where its key comes from.
@Suite struct RemoteAddressTests {
    @Test(arguments: [
        ("http://gpu-box:8000/v1", "http://gpu-box:8000/v1", "gpu-box:8000", String?.none),
        ("http://gpu-box:8000", "http://gpu-box:8000/v1", "gpu-box:8000", nil),
        (
            "HTTPS://Api.OpenAI.com/v1/#gpt-5", "https://api.openai.com/v1", "api.openai.com:443",
            "gpt-5"
        ),
        ("http://[::1]:8080/v1", "http://[::1]:8080/v1", "[::1]:8080", nil),
        (
            "http://localhost:11434/v1#qwen2.5vl:7b", "http://localhost:11434/v1",
            "localhost:11434",
            "qwen2.5vl:7b"
        ),
        (
            "https://host/a/v1/chat/completions#Qwen/Qwen3-VL-2B-Instruct", "https://host/a/v1",
            "host:443", "Qwen/Qwen3-VL-2B-Instruct"
        ),
    ])
    func `an address is taken as people write it`(
        text: String,
        base: String,
        destination: String,
        model: String?
    ) throws {
        let address = try #require(try RemoteAddress(parsing: text))
        #expect(address.base == base && address.destination == destination)
        #expect(address.model == model)
    }

    @Test(arguments: [
        "Qwen/Qwen3-VL-2B-Instruct", "/models/a", "httpd", "model.gguf", "", "ftp://x",
    ])
    func `a folder, a file or a name is no address`(text: String) throws {
        #expect(try RemoteAddress(parsing: text) == nil)
    }

    @Test func `a password in an address is refused and not repeated`() throws {
        #expect(throws: RemoteFault.addressWithPassword(host: "host")) {
            try RemoteAddress(parsing: "https://me:geheim@host/v1")
        }
        for text in [
            "http://", "http://me:geheim@ho st/v1", "http://host:0/v1", "http://host/v1?key=1",
        ] {
            let fault = try #require(throws: RemoteFault.self) {
                try RemoteAddress(parsing: text)
            }
            #expect(!"\(fault)".contains("geheim"))
        }
    }

    @Test func `who sends documents in the open is warned`() throws {
        func warnings(_ text: String) throws -> [String] {
            let address = try #require(try RemoteAddress(parsing: text))
            return RemoteModel.warnings(address: address, key: nil)
        }
        for near in [
            "http://localhost:1/v1", "http://gpu-box:8000/v1", "http://192.168.3.4/v1",
            "http://10.0.0.1/v1", "http://172.31.0.1/v1", "http://100.100.0.1/v1",
            "http://[fd00::1]/v1", "https://api.openai.com/v1", "http://box.local/v1",
        ] {
            #expect(try warnings(near).isEmpty, "\(near)")
        }
        for far in [
            "http://api.example.com/v1", "http://8.8.8.8/v1", "http://172.32.0.1/v1",
            "http://10.0.0.1.example.com/v1", "http://[2001:db8::1]/v1",
        ] {
            #expect(try warnings(far).count == 1, "\(far)")
        }
    }

    @Test
    func
        `the key is taken from where the person says, and other programs' keys go to their own host`()
        throws
    {
        func key(_ text: String, _ environment: [String: String]) throws -> String? {
            let address = try #require(try RemoteAddress(parsing: text))
            return try RemoteKey.find(for: address, file: nil, environment: environment)?.secret
        }
        let both = ["DOCKET_API_KEY": " mine\n", "OPENAI_API_KEY": "theirs"]
        #expect(try key("http://box/v1", both) == "mine")
        #expect(try key("http://box/v1", ["OPENAI_API_KEY": "theirs"]) == nil)
        #expect(try key("https://api.openai.com/v1", ["OPENAI_API_KEY": "theirs"]) == "theirs")
        #expect(try key("http://api.openai.com/v1", ["OPENAI_API_KEY": "theirs"]) == nil)
        #expect(try key("https://api.openai.com.evil.example", ["OPENAI_API_KEY": "theirs"]) == nil)
        #expect(throws: RemoteFault.badKey("$DOCKET_API_KEY")) {
            try key("http://box/v1", ["DOCKET_API_KEY": "a\r\nHost: b"])
        }
    }

    @Test func `a key that others can read is refused`() throws {
        let file = FileManager.default.temporaryDirectory
            .appendingPathComponent("docket-key-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        let address = try #require(try RemoteAddress(parsing: "http://box/v1"))
        func found() throws -> String? {
            try RemoteKey.find(
                for: address,
                file: FilePath(file.path),
                environment: ["DOCKET_API_KEY": "another"]
            )?.secret
        }
        // Another key is not taken in its place.
        #expect(throws: RemoteFault.unreadableKey(FilePath(file.path), .noSuchFileOrDirectory)) {
            try found()
        }
        try Data("from-file\n".utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file.path)
        #expect(throws: RemoteFault.exposedKey(FilePath(file.path), mode: "644")) { try found() }
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
        #expect(try found() == "from-file")
    }
}
