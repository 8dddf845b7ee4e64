import Foundation
import Glibc
import Testing

/// `docket model bench` on the fixtures' tiny checkpoints: its figures mean nothing there, its form does.
@Suite struct ModelBenchTests {
    private static let stages = [
        "encode-448", "encode-1024", "encode-a4", "prefill-512", "decode", "decode-2000",
        "batch-8", "answer-60", "fields", "fields-8",
    ]

    private let place: Workplace

    init() throws { place = try Workplace() }

    private static func model(_ name: String) -> [String] {
        ["--model", Project.fixture("models/checkpoints").appending(path: name).path]
    }

    private func bench(_ words: [String], model: String = "qwen3-vl-tiny") async throws -> Ended {
        try await DocketCommand.run(["model", "bench"] + words + Self.model(model))
    }

    private func results(_ report: [String: Any]) throws -> [String: [String: Any]] {
        let list = try #require(report["results"] as? [[String: Any]])
        return Dictionary(uniqueKeysWithValues: list.map { ($0["name"] as? String ?? "", $0) })
    }

    @Test func `JSON has every stage in order, memory, and what it ran on`() async throws {
        let ended = try await bench(["--runs", "2", "--json", "--threads", "2"])
        #expect(ended.status == 0, ended.words)
        let report = try #require(try ended.objects().first)
        let list = try #require(report["results"] as? [[String: Any]])
        #expect(list.map { $0["name"] as? String } == Self.stages)
        let results = try results(report)
        for name in [
            "encode-448", "encode-1024", "encode-a4", "answer-60", "fields", "fields-8",
        ] {
            let seconds = try #require(results[name]?["seconds"] as? Double)
            #expect(seconds > 0, "\(name)")
        }
        for name in ["prefill-512", "decode", "decode-2000", "batch-8"] {
            let result = try #require(results[name])
            let rate = try #require(result["tokensPerSecond"] as? Double)
            let least = try #require(result["min"] as? Double)
            let greatest = try #require(result["max"] as? Double)
            #expect(0 < least && least <= rate && rate <= greatest, "\(name)")
            #expect((result["runs"] as? [Double])?.count == 2, "\(name)")
        }
        for name in ["decode", "decode-2000"] {
            #expect(results[name]?["bandwidthShare"] as? Double ?? 0 > 0, "\(name)")
        }
        for name in ["batch-8", "fields-8"] {
            #expect(results[name]?["timesSingle"] as? Double ?? 0 > 0, "\(name)")
        }
        // They are the same answers, to the last token.
        #expect(results["fields"]?["tokens"] as? Int ?? 0 > 8 * 20)
        #expect(results["fields"]?["tokens"] as? Int == results["fields-8"]?["tokens"] as? Int)
        #expect(report["bandwidth"] as? Double ?? 0 > 100_000_000)
        #expect(report["threads"] as? Int == 2)
        for name in ["model", "precision", "kernels", "version"] {
            #expect(!(report[name] as? String ?? "").isEmpty, "\(name)")
        }
        let memory = try #require(report["memory"] as? [String: Int])
        #expect(memory["peakBytes"] ?? 0 > 1_000_000)
        #expect(memory["peakBytes"] ?? 0 < 512_000_000, "what measures memory is not counted")
        #expect(memory["modelBytes"] ?? 0 > 100_000)
        #expect(memory["cacheBytesPerToken"] ?? 0 > 0)
        #expect((report["skipped"] as? [Any])?.isEmpty == true)
    }

    @Test func `a step reads the layers and the head, not the table of embeddings or the tower`()
        async throws
    {
        // bfloat16, head tied to the table: 4 bytes of a layer's matrices, counted by hand from config.json.
        let ended = try await bench(["--runs", "1", "--json", "--only", "decode"])
        let report = try #require(try ended.objects().first)
        let configuration = try #require(
            try JSONSerialization.jsonObject(
                with: Data(
                    contentsOf: Project.fixture("models/checkpoints/qwen3-vl-tiny/config.json")
                )
            ) as? [String: Any]
        )
        let text = try #require(configuration["text_config"] as? [String: Any])
        func size(_ key: String) throws -> Int { try #require(text[key] as? Int) }
        let hidden = try size("hidden_size")
        let width = try size("head_dim")
        let queries = try size("num_attention_heads") * width
        let keys = try size("num_key_value_heads") * width
        let layer = try hidden * (2 * queries + 2 * keys + 3 * size("intermediate_size"))
        let all = try size("num_hidden_layers") * layer + size("vocab_size") * hidden
        #expect(try results(report)["decode"]?["bytesPerToken"] as? Int == 2 * all)
    }

    @Test
    func `only the stages that are wanted are run, the long one after as many tokens as said`()
        async throws
    {
        let ended = try await bench([
            "--only", "decode-100", "--only", "prefill-512", "--context", "100", "--runs", "1",
            "--json",
        ])
        #expect(ended.status == 0, ended.words)
        let report = try #require(try ended.objects().first)
        let list = try #require(report["results"] as? [[String: Any]])
        #expect(list.map { $0["name"] as? String } == ["prefill-512", "decode-100"])
    }

    @Test func `people get a line for each stage on standard output, doubts on standard error`()
        async throws
    {
        let ended = try await bench(["--runs", "1", "--threads", "1", "--precision", "f32"])
        #expect(ended.status == 0, ended.words)
        let lines = ended.output.split(separator: "\n")
        let names = lines.compactMap { $0.split(separator: " ").first.map(String.init) }
        #expect(
            // A machine whose kernel shows no counters of energy says so in a line of its own.
            names.filter { $0 != "energy" } == ["model", "processor", "arithmetic", "ready"]
                + Self.stages + ["bandwidth", "memory"],
            ended.words
        )
        #expect(ended.output.contains("float32, "), ended.words)
        #expect(ended.output.contains("1 thread\n"), ended.words)
        #expect(ended.errors.contains("may stay in the processor's caches"), ended.words)
    }

    @Test(arguments: ["qwen2-tiny", "qwen3-tiny"])
    func `a model that reads text only is measured without pictures, and that is said`(
        model: String
    ) async throws {
        let json = try await bench(["--runs", "1", "--json"], model: model)
        #expect(json.status == 0, json.words)
        let report = try #require(try json.objects().first)
        #expect(
            Set(try results(report).keys) == [
                "prefill-512", "decode", "decode-2000", "batch-8", "fields", "fields-8",
            ]
        )
        let skipped = try #require(report["skipped"] as? [[String: String]])
        #expect(
            skipped.map { $0["name"] } == ["encode-448", "encode-1024", "encode-a4", "answer-60"]
        )
        #expect(skipped.allSatisfy { $0["reason"] == "the model reads text only" })
        let blind = try await bench(["--only", "encode-448"], model: model)
        #expect(blind.status == 64, blind.words)
        #expect(blind.errors.contains("reads text only"), blind.words)
    }

    @Test func `a context that the model does not hold is not measured, and that is said`()
        async throws
    {
        let ended = try await bench([
            "--only", "decode-5000", "--only", "decode", "--context", "5000", "--runs", "1",
        ])
        #expect(ended.status == 0, ended.words)
        #expect(
            ended.output.contains("not measured: it takes 5032 tokens, and the model holds 4096"),
            ended.words
        )
    }

    @Test func `a GGUF file is measured as well`() async throws {
        let file = Project.fixture("models/gguf/qwen3-vl-wide-mixed.gguf").path
        let ended = try await DocketCommand.run([
            "model", "bench", "--model", file, "--runs", "1", "--json", "--only", "encode-448",
            "--only", "decode",
        ])
        #expect(ended.status == 0, ended.words)
        let report = try #require(try ended.objects().first)
        #expect(Set(try results(report).keys) == ["encode-448", "decode"])
    }

    @Test(arguments: [
        (["--only", "encode"], "expected one of encode-448"),
        (["--only", "decode-2000", "--context", "100"], "decode-100"),
        (["--runs", "0"], "expected 1 to"), (["--context", "0"], "expected 1 to"),
        (["--threads", "0"], "expected 1 to"), (["receipt.jpg"], "receipt.jpg"),
    ])
    func `a wrong command line ends with 64 and says what was expected`(
        words: [String],
        expected: String
    ) async throws {
        let ended = try await bench(words)
        #expect(ended.status == 64, ended.words)
        #expect(ended.errors.contains(expected), ended.words)
        #expect(ended.output.isEmpty, ended.words)
    }

    @Test func `a model that is not there ends with 66`() async throws {
        let ended = try await DocketCommand.run(["model", "bench", "--model", "/no/such/model"])
        #expect(ended.status == 66, ended.words)
        #expect(ended.errors.contains("/no/such/model"), ended.words)
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func `a signal ends it in good order, after the lines that were measured`(signal: Int32)
        async throws
    {
        let said = place.folder.appending(path: "figures.txt")
        // A thousand runs are work for far longer than it takes to begin.
        let command =
            [DocketCommand.binary, "model", "bench", "--runs", "1000"]
            + Self.model("qwen3-vl-tiny")
        let line = command.map { "'\($0)'" }.joined(separator: " ")
        let running = try RunningCommand("/bin/bash", ["-c", "exec \(line) > '\(said.path)'"])
        for _ in 0..<10_000 where !running.hasEnded() {
            if let text = try? String(contentsOf: said, encoding: .utf8),
                text.contains("encode-448")
            {
                break
            }
            try await Task.sleep(for: .milliseconds(5))
        }
        running.send(signal)
        let ended = try await running.end(within: 60)
        #expect(ended.status == 128 + signal, ended.words)
        #expect(ended.errors.contains("interrupted"), ended.words)
        #expect(try await running.leftOver().isEmpty)
        let lines = try String(contentsOf: said, encoding: .utf8)
        #expect(lines.hasSuffix("\n") && !lines.contains("answer-60"), "\(lines)")
    }

    @Test func `figures that cannot be written end with 73`() async throws {
        let line =
            ([DocketCommand.binary, "model", "bench", "--runs", "1", "--only", "decode"]
            + Self.model("qwen2-tiny")).map { "'\($0)'" }.joined(separator: " ")
        for form in ["", "--json"] {
            let ended = try await RunningCommand(
                "/bin/bash",
                ["-c", "\(line) \(form) > /dev/full"]
            )
            .end()
            #expect(ended.status == 73, ended.words)
        }
    }
}
