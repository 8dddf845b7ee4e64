import Foundation
import Testing

/// `docket model inspect`, as a person or a script reads it.
@Suite struct ModelInspectTests {
    private static let models = Project.root.appending(path: "fixtures/models")
    private let place: Workplace

    init() throws { place = try Workplace() }

    private func inspect(_ arguments: [String]) async throws -> Ended {
        try await DocketCommand.run(["model", "inspect"] + arguments)
    }

    @Test(arguments: [
        "checkpoints/qwen3-vl-tiny-sharded", "checkpoints/qwen2-tiny",
        "gguf/qwen3-vl-wide-mixed.gguf",
    ])
    func `a model that can be run ends with 0 and says so`(model: String) async throws {
        let ended = try await inspect([Self.models.appending(path: model).path])
        #expect(ended.status == 0, ended.words)
        #expect(ended.output.contains("usable      yes\n"), ended.words)
        #expect(!ended.output.contains("PROBLEM"), ended.words)
        #expect(ended.errors.isEmpty, ended.words)
    }

    @Test func `what a broken download left ends with 66, all problems told with their remedy`()
        async throws
    {
        let folder = place.folder.appending(path: "broken")
        try FileManager.default.copyItem(
            at: Self.models.appending(path: "checkpoints/qwen3-vl-tiny-sharded"),
            to: folder
        )
        for name in ["model-00002-of-00002.safetensors", "tokenizer.json", "vocab.json"] {
            try FileManager.default.removeItem(at: folder.appending(path: name))
        }
        let shard = try FileHandle(
            forWritingTo: folder.appending(path: "model-00001-of-00002.safetensors")
        )
        try shard.truncate(atOffset: 100_000)
        try shard.close()
        let ended = try await inspect([folder.path])
        #expect(ended.status == 66, ended.words)
        let problems = ended.output.split(separator: "\n").filter { $0.hasPrefix("PROBLEM") }
        #expect(problems.count == 4, ended.words)
        for word in [
            "cut short", "00002-of-00002.safetensors is missing", "tokenizer.json", "44 of 92",
        ] {
            #expect(problems.contains { $0.contains(word) }, ended.words)
        }
        #expect(ended.output.contains("MISSING"), ended.words)
    }

    @Test func `JSON has the numbers that the words have`() async throws {
        let ended = try await inspect([
            Self.models.appending(path: "checkpoints/qwen3-vl-tiny").path, "--json",
        ])
        let report = try #require(try ended.objects().first)
        #expect(report["usable"] as? Bool == true)
        #expect(report["family"] as? String == "qwen3_vl")
        let parameters = try #require(report["parameters"] as? [String: Int])
        #expect(parameters["total"] == 244_112)
        let memory = try #require(report["memory_bytes"] as? [String: Int])
        #expect(memory == ["f32": 976_448, "bf16": 488_224, "int8": 244_112, "int4": 122_056])
        #expect(report["tensor_count"] as? Int == 92)
    }

    @Test func `a broken model that the environment names is looked at too`() async throws {
        let folder = place.folder.appending(path: "begun")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data("{}".utf8).write(to: folder.appending(path: "config.json"))
        let ended = try await DocketCommand.run(
            ["model", "inspect"],
            environment: ["DOCKET_MODEL": folder.path]
        )
        #expect(ended.status == 66, ended.words)
        #expect(ended.output.contains("PROBLEM"), ended.words)
        #expect(!ended.errors.contains("no model is installed"), ended.words)
    }

    @Test func `a file that is no model ends with 66 and its name`() async throws {
        let file = place.folder.appending(path: "letter.gguf")
        try Data("Dear Sir or Madam".utf8).write(to: file)
        let ended = try await inspect([file.path])
        #expect(ended.status == 66, ended.words)
        #expect(ended.output.contains("letter.gguf: not a GGUF file"), ended.words)
    }
}
