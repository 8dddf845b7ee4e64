import Foundation
import Glibc
import Testing

/// Programs that read foreign files can do nothing else.
@Suite(.serialized)
struct WallTests {
    @Test func `the doctor tells a reader to break out and sees it refused`() async throws {
        let ended = try await DocketCommand.run(["doctor", "--json"])
        #expect(ended.status == 0, ended.words)
        let findings = try #require(
            JSONSerialization.jsonObject(with: Data(ended.outputBytes)) as? [[String: Any]]
        )
        let walls = try #require(findings.first { $0["name"] as? String == "walls" })
        #expect(walls["state"] as? String == "ok", ended.words)
    }

    @Test func `a command of the user's own reads its picture and nothing else`() async throws {
        let place = try Workplace()
        let secret = place.folder.appending(path: "secret.txt")
        try "the secret".write(to: secret, atomically: true, encoding: .utf8)
        let left = place.folder.appending(path: "left-behind.txt")
        let listener = try Listener()
        let script = """
            echo bytes: $(wc -c); \
            cat \(secret.path) 2>&1 || echo reading refused; \
            ls \(place.folder.path) 2>&1 || echo listing refused; \
            (echo x > \(left.path)) 2>&1 && echo was written || echo writing refused; \
            (exec 3<>/dev/tcp/127.0.0.1/\(listener.port)) 2>&1 && echo was connected || echo connecting refused; \
            kill -0 \(getpid()) 2>&1 && echo may signal || echo signalling refused
            """
        // Outside the walls all of it works: otherwise its failure inside would prove nothing.
        let outside = try await RunningCommand("bash", ["-c", script]).end(within: 20)
        for word in ["the secret", "was written", "was connected", "may signal"] {
            #expect(outside.output.contains(word), outside.words)
        }
        unlink(left.path)

        try place.use(Self.pipeline(engine: ["bash", "-c", script]))
        try place.copy("broken/letter.pnm")
        let run = try await place.run()
        let text = try StoredRows(place.database).strings("SELECT text FROM text").joined(
            separator: "\n"
        )
        #expect(text.contains("bytes: "), "\(text)\n\(run.ended.words)")
        #expect(!text.contains("bytes: 0"), "the picture is its standard input")
        for word in ["reading", "listing", "writing", "connecting"] {
            #expect(text.contains("\(word) refused"), "\(text)\n\(run.ended.words)")
        }
        #expect(!text.contains("the secret") && !text.contains("pipeline.yaml"))
        #expect(!FileManager.default.fileExists(atPath: left.path))
    }

    @Test func `an honest command takes the place of Tesseract`() async throws {
        let place = try Workplace()
        try place.use(Self.pipeline(engine: ["tesseract", "stdin", "stdout"]))
        try place.copy("broken/letter.pnm")
        let run = try await place.run()
        #expect(run.status == 0, run.ended.words)
        let text = try StoredRows(place.database).strings("SELECT text FROM text")
        #expect(text.contains { $0.contains("Plain bytes of grey") }, "\(text)")
    }

    @Test func `a command that hangs, floods, dies or is missing fails its document alone`()
        async throws
    {
        let cases = [
            ("sleep 100", ["stalled", "timeout"]), ("exit 3", ["engine-failed"]),
            ("kill -SEGV $$", ["crashed", "engine-failed"]),
            ("yes", ["too-large", "engine-failed", "timeout", "stalled", "crashed"]),
        ]
        for (script, reasons) in cases {
            let place = try Workplace()
            try place.use(
                Self.pipeline(
                    engine: ["sh", "-c", script],
                    limits: "{seconds-per-page: 3, stall: 2s}"
                )
            )
            try place.copy("broken/letter.pnm")
            try place.write("plain words", to: "words.txt")
            let command = try place.start(["run", place.pipeline, "--json"])
            let run = try RunSummary(try await command.end(within: 60))
            #expect(run.status == 1 && run.isConserved, run.ended.words)
            #expect(run["done"] == 1, "the other document is read")
            let reason = try await place.rows("--status", "failed").first?["reason"]
            #expect(
                reasons.contains(reason ?? ""),
                "\(script): \(reason ?? "-") \(run.ended.words)"
            )
            let leftOver = try await command.leftOver()
            #expect(leftOver.isEmpty, "\(script) left \(leftOver)")
        }
        let place = try Workplace()
        try place.use(Self.pipeline(engine: ["no-such-program"]))
        try place.copy("broken/letter.pnm")
        let run = try await place.run()
        #expect(run.status == 1, run.ended.words)
        let row = try await place.rows().first
        #expect(row?["reason"] == "missing-engine", run.ended.words)
    }

    private static func pipeline(engine: [String], limits: String = "{}") throws -> String {
        let list = String(
            decoding: try JSONSerialization.data(
                withJSONObject: engine,
                options: .withoutEscapingSlashes
            ),
            as: UTF8.self
        )
        return """
            pipeline: own
            input: {folders: [documents], include: ["**/*"], settle: 0s, limits: \(limits)}
            record: {type: {type: text}}
            steps:
              - read: text
                engine: \(list)
              - find: [type]
            output: {table: own}
            """
    }
}

/// A port on this machine that accepts whoever connects.
private final class Listener {
    let port: UInt16
    private let descriptor: Int32

    init() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && listen(descriptor, 5) == 0
                    && getsockname(descriptor, $0, &length) == 0
            }
        }
        try #require(bound)
        self.descriptor = descriptor
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit { close(descriptor) }
}
