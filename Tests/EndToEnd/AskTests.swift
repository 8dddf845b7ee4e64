import Foundation
import Glibc
import Testing

/// `docket ask` on the fixtures' tiny checkpoints: their answers are noise, and always the same noise.
@Suite struct AskTests {
    private static let models = Project.fixture("models/checkpoints")
    private static let pictures = Project.fixture("models/goldens/images")

    private static func model(_ name: String) -> [String] {
        ["--route", "model", "--model", models.appending(path: name).path, "--precision", "f32"]
    }

    private func ask(
        _ words: [String],
        model: String = "qwen3-vl-tiny",
        environment: [String: String] = [:]
    ) async throws -> Ended {
        try await DocketCommand.run(
            ["ask"] + words + Self.model(model),
            environment: environment
        )
    }

    private func picture(_ name: String) -> String { Self.pictures.appending(path: name).path }

    /// The 32 tokens that the reference computes, up to an end-of-text token.
    private func recorded(_ path: String, ends: Set<Int> = [330, 332]) throws -> [Int] {
        let file = Project.fixture("models/goldens/cases/\(path).json")
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any]
        )
        let generate = try #require(object["generate"] as? [String: Any])
        return try #require(generate["ids"] as? [Int]).prefix { !ends.contains($0) }.map { $0 }
    }

    // MARK: Answers

    @Test func `a picture's answer is the reference's, and goes to standard output alone`()
        async throws
    {
        let asked = ["What is printed here?", picture("exact.png"), "--max-tokens", "32"]
        let plain = try await ask(asked + ["--quiet"])
        #expect(plain.status == 0, plain.words)
        #expect(plain.errors.isEmpty, plain.words)
        let json = try await ask(asked + ["--json"])
        let object = try #require(try json.objects().first)
        #expect(object["tokens"] as? [Int] == (try recorded("qwen3-vl-tiny/one_image")))
        #expect(plain.output == "\(object["answer"] as? String ?? "")\n")
    }

    @Test func `the question may stand behind the pictures`() async throws {
        let before = try await ask([
            "Same shop?", picture("rgba.png"), picture("exact.png"), "--max-tokens", "9",
        ])
        let behind = try await ask([
            picture("rgba.png"), picture("exact.png"), "Same shop?", "--max-tokens", "9",
        ])
        let option = try await ask(
            [
                "--question", "Same shop?", picture("rgba.png"), picture("exact.png"),
                "--max-tokens", "9",
            ]
        )
        #expect(before.status == 0, before.words)
        #expect(before.output == behind.output)
        #expect(before.output == option.output)
        let turned = try await ask([
            "Same shop?", picture("exact.png"), picture("rgba.png"), "--max-tokens", "9",
        ])
        #expect(turned.output != before.output)
    }

    @Test func `a picture that was asked about before needs no vision tower`() async throws {
        let cache = FileManager.default.temporaryDirectory
            .appending(path: "docket-cache-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: cache) }
        let asked = ["What is printed here?", picture("ticket.png"), "--max-tokens", "8", "--json"]
        func answer(_ words: [String] = []) async throws -> (text: String?, cached: Int?) {
            let ended = try await ask(asked + words, environment: ["DOCKET_CACHE": cache.path])
            let object = try #require(try ended.objects().first, ended.words)
            let stats = object["stats"] as? [String: Any]
            return (object["answer"] as? String, stats?["cached_pictures"] as? Int)
        }
        let without = try await answer(["--no-cache"])
        #expect(!FileManager.default.fileExists(atPath: cache.path))
        let first = try await answer()
        let second = try await answer()
        #expect([without.cached, first.cached, second.cached] == [0, 0, 1])
        #expect(without.text == first.text && first.text == second.text && first.text != nil)
        let said = try await ask(
            asked.dropLast() + ["--stats"],
            environment: ["DOCKET_CACHE": cache.path]
        )
        #expect(said.errors.contains("all from the cache"), said.words)
    }

    @Test func `JSON tells answer, end, pictures, likely tokens and what it took`() async throws {
        let ended = try await ask(
            [
                "Same shop?", picture("rgba.png"), picture("exact.png"), "--max-tokens", "6",
                "--json", "--logprobs", "2",
            ]
        )
        #expect(ended.status == 0, ended.words)
        let object = try #require(try ended.objects().first)
        #expect(object["end"] as? String == "max-tokens")
        #expect(object["is_whole"] as? Bool == false)
        let pictures = try #require(object["pictures"] as? [[String: Any]])
        #expect(pictures.map { $0["width"] as? Int } == [50, 64])
        #expect(pictures.map { $0["height"] as? Int } == [40, 64])
        #expect(pictures.allSatisfy { ($0["tokens"] as? Int ?? 0) > 0 })
        let steps = try #require(object["logprobs"] as? [[String: Any]])
        #expect(steps.count == 6)
        for step in steps {
            let likeliest = try #require(step["likeliest"] as? [[String: Any]])
            #expect(likeliest.count == 2)
            #expect(step["id"] as? Int == likeliest[0]["id"] as? Int)
            #expect((step["logprob"] as? Double ?? 1) < 0)
        }
        let stats = try #require(object["stats"] as? [String: Any])
        for name in ["load", "picture", "encode", "prefill", "decode"] {
            #expect(stats["\(name)_seconds"] as? Double ?? -1 > 0, "\(name)")
        }
        #expect(stats["answer_tokens"] as? Int == 6)
        #expect(
            stats["picture_tokens"] as? Int
                == pictures.reduce(0) { $0 + ($1["tokens"] as? Int ?? 0) }
        )
        #expect(stats["peak_resident_bytes"] as? Int ?? 0 > 1_000_000)
        #expect(stats["picture_worker_peak_resident_bytes"] as? Int ?? 0 > 1_000_000)
        #expect(stats["weight_bytes"] as? Int ?? 0 > 100_000)
        #expect(stats["precision"] as? String == "float32")
    }

    @Test func `the frames of a video are shown in order, a page of several alone`() async throws {
        let frames = Project.fixture("models/goldens/video").path
        let ended = try await ask([
            "What moves?", "--video", frames, "--max-tokens", "32", "--json",
        ])
        #expect(ended.status == 0, ended.words)
        let object = try #require(try ended.objects().first)
        #expect(object["tokens"] as? [Int] == (try recorded("qwen3-vl-tiny/video")))
        let shown = try #require(object["pictures"] as? [[String: Any]])
        #expect(shown.map { $0["frames"] as? Int } == [5])
        let page = try await ask(["What?", picture("exact.png"), "--pages", "2"])
        #expect(page.status == 1, page.words)
        #expect(page.errors.contains("no page 2"), page.words)
    }

    @Test func `statistics for people go to standard error`() async throws {
        let ended = try await ask([
            "How many rows?", "--max-tokens", "4", "--stats", "--threads", "1",
        ])
        #expect(ended.status == 0, ended.words)
        for word in ["load ", "prefill ", "decode ", "memory ", "tokens/s", "1 thread", "float32"] {
            #expect(ended.errors.contains(word), ended.words)
        }
        #expect(!ended.output.contains("tokens/s"))
    }

    @Test func `a draft changes nothing of an answer, and what became of it is told`() async throws
    {
        let place = try Workplace()
        let asked = [
            "Say it again.", picture("exact.png"), "--max-tokens", "40", "--allow-repetition",
            "--json",
        ]
        let plain = try await ask(asked + ["--no-speculation"])
        #expect(plain.status == 0, plain.words)
        let expected = try #require(try plain.objects().first)
        try place.write(expected["answer"] as? String ?? "", to: "draft.txt")
        let draft = place.document("draft.txt")
        let drafted = try await ask(asked + ["--draft", draft.path])
        #expect(drafted.status == 0, drafted.words)
        let object = try #require(try drafted.objects().first)
        #expect(object["tokens"] as? [Int] == expected["tokens"] as? [Int])
        #expect(object["answer"] as? String == expected["answer"] as? String)
        let plainStats = try #require(expected["stats"] as? [String: Any])
        #expect(plainStats["drafted_tokens"] as? Int == 0)
        let stats = try #require(object["stats"] as? [String: Any])
        let accepted = try #require(stats["accepted_tokens"] as? Int)
        let passes = try #require(stats["decode_passes"] as? Int)
        #expect(passes + accepted == plainStats["decode_passes"] as? Int)
        // Joules, or why they are not known.
        #expect((stats["joules"] is Double) != (stats["joules_unknown"] is String))
        let missing = try await ask(["What?", "--draft", draft.path + ".missing"])
        #expect(missing.status == 1, missing.words)
        #expect(missing.errors.contains("cannot be read"), missing.words)
    }

    @Test func `threads change no bit of the answer`() async throws {
        let one = try await ask([
            "What?", picture("ticket.png"), "--max-tokens", "24", "--threads", "1",
        ])
        let three = try await ask([
            "What?", picture("ticket.png"), "--max-tokens", "24", "--threads", "3",
        ])
        #expect(one.status == 0, one.words)
        #expect(one.outputBytes == three.outputBytes)
    }

    @Test func `a seed repeats an answer by chance`() async throws {
        func drawn(_ seed: String) async throws -> [UInt8] {
            try await ask(
                [
                    "How many rows?", "--temperature", "3", "--seed", seed, "--max-tokens", "12",
                    "--quiet",
                ]
            ).outputBytes
        }
        let first = try await drawn("1")
        #expect(try await drawn("1") == first)
        #expect(try await drawn("2") != first)
    }

    @Test(arguments: ["qwen2-tiny", "qwen3-tiny"])
    func `texts are given to models of text, from files and from standard input`(
        model: String
    ) async throws {
        let place = try Workplace()
        try place.write("A blue ticket with 2 rows.", to: "note.txt")
        let file = place.document("note.txt").path
        let ended = try await ask(
            ["Who?", "--text", file, "--max-tokens", "5", "--json"],
            model: model
        )
        #expect(ended.status == 0, ended.words)
        let without = try await ask(["Who?", "--max-tokens", "5", "--json"], model: model)
        func count(_ ended: Ended) throws -> Int {
            let stats = try ended.objects().first?["stats"] as? [String: Any]
            return try #require(stats?["prompt_tokens"] as? Int, ended.words)
        }
        #expect(try count(ended) > count(without) + 5)
    }

    @Test func `a stop text ends the answer before it`() async throws {
        let asked = ["What is printed here?", picture("exact.png"), "--max-tokens", "32", "--json"]
        let whole = try #require(try await ask(asked).objects().first?["answer"] as? String)
        let place = try #require(whole.firstIndex(of: "1"))
        let ended = try await ask(asked + ["--stop", "1"])
        let object = try #require(try ended.objects().first)
        #expect(object["answer"] as? String == String(whole[..<place]))
        #expect(object["end"] as? String == "stop-string")
    }

    @Test func `an answer in a loop is no answer`() async throws {
        var loops = 0
        for question in ["Who wrote this?", "Count", "List all words"] {
            let ended = try await ask(
                [question, "--max-tokens", "4000", "--json"],
                model: "qwen3-tiny"
            )
            let object = try #require(try ended.objects().first, ended.words)
            let isLoop = object["end"] as? String == "repetition"
            #expect(ended.status == (isLoop ? 1 : 0), ended.words)
            #expect(ended.errors.contains("loop") == isLoop, ended.words)
            if isLoop {
                loops += 1
                let loop = try #require(object["loop"] as? [String: Any])
                #expect(loop["repeated_tokens"] as? Int ?? 0 >= 64)
            }
        }
        #expect(loops > 0)
    }

    // MARK: What cannot be answered

    @Test func `an empty page is not shown to the model`() async throws {
        let page = Project.fixture("receipts/blank.jpg").path
        let alone = try await ask(["What is the total?", page])
        #expect(alone.status == 1, alone.words)
        #expect(alone.output.isEmpty)
        #expect(alone.errors.contains("blank"), alone.words)
        let beside = try await ask([
            "What?", page, picture("exact.png"), "--max-tokens", "4", "--json",
        ])
        #expect(beside.status == 0, beside.words)
        let object = try #require(try beside.objects().first)
        #expect(object["blank"] as? [String] == [page])
        #expect((object["pictures"] as? [Any])?.count == 1)
    }

    @Test func `a picture that cannot be read is named, and nothing is answered`() async throws {
        let place = try Workplace()
        try place.write("no picture", to: "note.png")
        let note = place.document("note.png").path
        for (file, word) in [
            (note, "not a picture"), ("/nowhere/receipt.jpg", "no such file"),
            (place.folder.path, "folder"),
        ] {
            let ended = try await ask(["What?", picture("exact.png"), file])
            #expect(ended.status == 1, ended.words)
            #expect(ended.output.isEmpty, ended.words)
            #expect(ended.errors.contains(file) && ended.errors.contains(word), ended.words)
        }
    }

    @Test func `a model of text says that it cannot see`() async throws {
        let ended = try await ask(["What?", picture("exact.png")], model: "qwen3-tiny")
        #expect(ended.status == 64, ended.words)
        #expect(ended.errors.contains("reads text only"), ended.words)
    }

    @Test func `without a model the command that gets one is named`() async throws {
        let place = try Workplace()
        let ended = try await DocketCommand.run(
            ["ask", "What?"],
            environment: ["DOCKET_MODELS": place.folder.path, "DOCKET_MODEL": ""]
        )
        #expect(ended.status == 66, ended.words)
        #expect(ended.errors.contains("docket model pull Qwen/Qwen3-VL-2B-Instruct"), ended.words)
    }

    @Test func `a broken model names file and remedy`() async throws {
        let place = try Workplace()
        let copy = place.folder.appending(path: "model")
        try FileManager.default.copyItem(at: Self.models.appending(path: "qwen3-tiny"), to: copy)
        let weights = copy.appending(path: "model.safetensors")
        let bytes = try Data(contentsOf: weights)
        try bytes.prefix(bytes.count / 2).write(to: weights)
        let ended = try await DocketCommand.run(["ask", "What?", "--model", copy.path])
        #expect(ended.status == 66, ended.words)
        #expect(ended.errors.contains("model.safetensors"), ended.words)
        #expect(ended.errors.contains("pull"), ended.words)
    }

    @Test(arguments: [
        ["--max-tokens", "0"], ["--temperature", "-1"], ["--top-p", "0"], ["--top-k", "-1"],
        ["--min-p", "2"],
        ["--repetition-penalty", "0"], ["--image-tokens", "0"], ["--threads", "0"], ["--stop", ""],
        ["--logprobs", "1"], ["--precision", "f16"], ["--json", "--logprobs", "-1"],
        ["--pages", "3-2"], ["--fps", "0"],
    ])
    func `a value out of range is a wrong command line`(options: [String]) async throws {
        let ended = try await ask(["What?"] + options)
        #expect(ended.status == 64, ended.words)
        #expect(ended.output.isEmpty)
        #expect(ended.errors.contains(options.first { $0 != "--json" } ?? ""), ended.words)
    }

    @Test func `pictures without a question are a wrong command line`() async throws {
        for words in [
            [], [picture("exact.png")], [picture("exact.png"), picture("rgba.png")], [" "],
        ] {
            let ended = try await ask(words)
            #expect(ended.status == 64, ended.words)
            #expect(ended.errors.contains("question"), ended.words)
        }
    }

    @Test func `a mistyped file is not taken for the question`() async throws {
        for words in [["recept.jpg"], [picture("exact.png"), "recept.jpg"], ["a.png", "b.png"]] {
            let ended = try await ask(words)
            #expect(ended.status == 1, ended.words)
            #expect(ended.errors.contains("no such file"), ended.words)
        }
    }

    @Test func `a text longer than the model holds is told with both numbers`() async throws {
        let place = try Workplace()
        try place.write(String(repeating: "word and ", count: 4000), to: "long.txt")
        let ended = try await ask(
            ["What?", "--text", place.document("long.txt").path],
            model: "qwen3-tiny"
        )
        #expect(ended.status == 1, ended.words)
        #expect(ended.errors.contains("4096"), ended.words)
    }

    // MARK: Being stopped

    @Test func `Ctrl-C ends an answer at once and cleanly`() async throws {
        let place = try Workplace()
        let said = place.folder.appending(path: "answer.txt")
        let command = line(["What is this about?", "--max-tokens", "4000", "--allow-repetition"])
        for _ in 0..<5 {
            try? FileManager.default.removeItem(at: said)
            let running = try RunningCommand(
                "/bin/bash",
                ["-c", "exec \(command) > '\(said.path)'"]
            )
            for _ in 0..<2000 where !running.hasEnded() {
                if let text = try? Data(contentsOf: said), !text.isEmpty { break }
                try await Task.sleep(for: .milliseconds(2))
            }
            running.sendToGroup(SIGINT)
            let ended = try await running.end(within: 20)
            // A machine that had answered by then had nothing to interrupt.
            if ended.status == 0 { continue }
            #expect(ended.status == 130, ended.words)
            #expect(ended.errors.contains("interrupted"), ended.words)
            #expect(try await running.leftOver().isEmpty)
            return
        }
        Issue.record("every answer had ended before it could be interrupted")
    }

    @Test func `a reader that goes away is no crash, a full disk is an error`() async throws {
        let command = line(["Count", "--max-tokens", "500"], model: "qwen2-tiny")
        let piped = try await shell("\(command) | head -c 5; echo \" ${PIPESTATUS[0]}\"")
        #expect(piped.output.hasSuffix(" 0\n"), piped.words)
        #expect(piped.errors.isEmpty, piped.words)
        let full = try await shell("\(command) > /dev/full")
        #expect(full.status == 73, full.words)
        let page = Project.fixture("receipts/blank.jpg").path
        let blank = line([page, "What?", "--json"], model: "qwen3-vl-tiny")
        let ended = try await shell("\(blank) > /dev/full")
        #expect(ended.status == 73, ended.words)
    }

    private func line(_ words: [String], model: String = "qwen3-tiny") -> String {
        ([DocketCommand.binary, "ask"] + words + Self.model(model)).map { "'\($0)'" }
            .joined(separator: " ")
    }

    private func shell(_ line: String) async throws -> Ended {
        try await RunningCommand("/bin/bash", ["-c", line]).end(within: 60)
    }
}
