import Foundation
import SystemPackage
import Tensors
import Testing
import Tokenization

@testable import Qwen

@Suite struct ModelInspectionTests {
    let folder: InspectedFolder

    init() throws {
        folder = try InspectedFolder()
    }

    static let fixtures = FilePath(#filePath).removingLastComponent().removingLastComponent()
        .removingLastComponent().removingLastComponent().appending("fixtures").appending("models")

    static func checkpoint(_ name: String) -> FilePath {
        fixtures.appending("checkpoints").appending(name)
    }

    // MARK: What is sound

    @Test(arguments: [
        "qwen3-vl-tiny", "qwen3-vl-tiny-f32", "qwen3-vl-tiny-sharded", "qwen3-tiny", "qwen2-tiny",
    ])
    func `a sound folder has no problem, and its tensors are those that are expected`(
        name: String
    ) throws {
        let inspection = ModelInspection(folder: Self.checkpoint(name))
        #expect(inspection.problems == [])
        #expect(inspection.isUsable)
        #expect(inspection.storedTensorCount == inspection.expectedTensorCount)
        let parameters = try #require(inspection.parameters)
        #expect(inspection.types.reduce(0) { $0 + $1.elementCount } == parameters.total)
        #expect(inspection.tokenizer?.hasChatTemplate == true)
    }

    @Test(arguments: ["qwen3-vl-tiny-bf16", "qwen3-vl-wide-mixed"])
    func `a sound pair of GGUF files has no problem`(name: String) throws {
        let files = Self.fixtures.appending("gguf")
        let inspection = ModelInspection(
            gguf: files.appending("\(name).gguf"),
            vision: files.appending("\(name)-mmproj.gguf")
        )
        #expect(inspection.problems == [])
        #expect(inspection.configuration?.family == .qwen3VL)
        #expect(inspection.storedTensorCount == inspection.expectedTensorCount)
        #expect(inspection.tokenizer?.hasChatTemplate == true)
    }

    @Test func `without its vision tower a GGUF file reads text`() {
        let file = Self.fixtures.appending("gguf").appending("qwen3-vl-tiny-bf16.gguf")
        let inspection = ModelInspection(gguf: file, vision: nil)
        #expect(inspection.problems == [.noVisionFile(file: file)])
        #expect(inspection.isUsable)
    }

    @Test func `GGUF files give the configuration and tokens of the checkpoint they were made of`()
        throws
    {
        let files = Self.fixtures.appending("gguf")
        let text = try GGUFFile(files.appending("qwen3-vl-tiny-bf16.gguf"))
        let vision = try GGUFFile(files.appending("qwen3-vl-tiny-bf16-mmproj.gguf"))
        var found = try ModelConfiguration(gguf: text, vision: vision)
        let folder = Self.checkpoint("qwen3-vl-tiny")
        let json = try Data(
            contentsOf: URL(filePath: folder.appending("config.json").string)
        )
        var expected = try ModelConfiguration(json: Array(json))
        // GGUF names one end; the tokens' texts name all.
        #expect(expected.endTokens.allSatisfy(found.endTokens.contains))
        (found.endTokens, expected.endTokens) = ([], [])
        (found.beginToken, expected.beginToken) = (nil, nil)
        #expect(found == expected)
        let tokenizer = try Tokenizer(text)
        let original = try Tokenizer(directory: folder)
        for sample in ["TOTAL: $17.25\r\nTAX 7%", "日期是什么？ 😀 naïve café", "<|im_end|> don't"] {
            #expect(tokenizer.encode(sample) == original.encode(sample))
            #expect(
                tokenizer.encode(sample, matchingAddedTokens: true)
                    == original.encode(sample, matchingAddedTokens: true)
            )
        }
        #expect(tokenizer.chatTemplateText == original.chatTemplateText)
    }

    // MARK: Sizes of the published models

    @Test func `the published 2B has the published numbers, without a byte of its weights`() throws
    {
        try folder.write(PublishedModel.configuration, as: "config.json")
        try folder.writeSparse(
            header: PublishedModel.header(of: try ModelConfiguration(json: folder.configuration())),
            headerBytes: 76_240,
            fileBytes: 4_255_140_312
        )
        let inspection = ModelInspection(folder: folder.path)
        let parameters = try #require(inspection.parameters)
        #expect(parameters.total == 2_127_532_032)
        #expect(parameters.vision == 406_957_056)
        #expect(parameters.text == 1_720_574_976)
        #expect(parameters.byteCount(at: .float32) == 8_510_128_128)
        #expect(parameters.byteCount(at: .bfloat16) == 4_255_064_064)
        #expect(parameters.byteCount(at: .int8) == 2_127_532_032)
        #expect(parameters.byteCount(at: .int4) == 1_063_766_016)
        #expect(inspection.cacheBytesPerToken == 229_376)
        #expect(inspection.expectedTensorCount == 625)
        #expect(inspection.storedTensorCount == 625)
        #expect(inspection.storedByteCount == 4_255_064_064)
        // The tokenizer is what this folder lacks, and all that it lacks.
        #expect(inspection.problems == [.tokenizer(.noTokenizer(directory: folder.path.string))])
    }

    @Test func `a download that broke off tells how much is missing`() throws {
        try folder.write(PublishedModel.configuration, as: "config.json")
        let file = try folder.writeSparse(
            header: PublishedModel.header(of: try ModelConfiguration(json: folder.configuration())),
            headerBytes: 76_240,
            fileBytes: 1_000_000
        )
        let inspection = ModelInspection(folder: folder.path)
        #expect(
            inspection.problems.first
                == .weights(.truncated(file: file, needed: 4_255_140_312, found: 1_000_000))
        )
        #expect(inspection.storedTensorCount == 625)
        #expect(!inspection.isUsable)
    }

    // MARK: What is wrong

    /// A copy of a sound folder.
    func copy(_ name: String) throws {
        try folder.copy(Self.checkpoint(name))
    }

    @Test func `everything that is wrong is told at once`() throws {
        try copy("qwen3-vl-tiny-sharded")
        try folder.remove("model-00001-of-00002.safetensors")
        try folder.remove("tokenizer.json")
        try folder.remove("merges.txt")
        try folder.write("{", as: "generation_config.json")
        try folder.write(#"{"resample": 2}"#, as: "preprocessor_config.json")
        let inspection = ModelInspection(folder: folder.path)
        #expect(!inspection.isUsable)
        #expect(
            inspection.problems.contains(
                .weights(
                    .missingShard(folder: folder.path, shard: "model-00001-of-00002.safetensors")
                )
            )
        )
        #expect(
            inspection.problems.contains(
                .tokenizer(.noTokenizer(directory: folder.path.string))
            )
        )
        #expect(
            inspection.problems.contains(
                .generationSettings(
                    file: folder.path.appending("generation_config.json"),
                    .malformedConfiguration
                )
            )
        )
        let missing = inspection.problems.compactMap { problem -> Int? in
            if case .missingTensors(let names, expected: 92) = problem { names.count } else { nil }
        }
        #expect(missing.count == 1)
        #expect(inspection.storedTensorCount + (missing.first ?? 0) == 92)
        #expect(
            inspection.problems.contains {
                if case .pictureSettings = $0 { true } else { false }
            }
        )
    }

    @Test func `weights of another size than the configuration are named with both shapes`() throws
    {
        try copy("qwen3-tiny")
        let text = try folder.text("config.json")
        try folder.write(
            text.replacing(/"intermediate_size": \d+/, with: "\"intermediate_size\": 61"),
            as: "config.json"
        )
        let inspection = ModelInspection(folder: folder.path)
        #expect(
            inspection.problems.contains(
                .wrongShape(
                    file: folder.path.appending("model.safetensors"),
                    tensor: "model.layers.0.mlp.gate_proj.weight",
                    found: [60, 44],
                    expected: [61, 44]
                )
            )
        )
    }

    @Test func `more tensors than are needed are a note, and fewer layers make them so`() throws {
        try copy("qwen3-tiny")
        let text = try folder.text("config.json")
        try folder.write(
            text.replacing(/"num_hidden_layers": \d+/, with: "\"num_hidden_layers\": 2"),
            as: "config.json"
        )
        let inspection = ModelInspection(folder: folder.path)
        #expect(inspection.isUsable)
        guard case .unusedTensors(let names) = inspection.problems.first else {
            Issue.record("\(inspection.problems)")
            return
        }
        #expect(names.count == 11)
        #expect(names.allSatisfy { $0.hasPrefix("model.layers.2.") })
    }

    @Test func `tensors that are needed in a type that is not run are named with it`() throws {
        try copy("qwen2-tiny")
        let file = folder.path.appending("model.safetensors")
        var bytes = try Data(contentsOf: URL(filePath: file.string))
        // As long as before, so that the header's length stays.
        let found = try #require(bytes.range(of: Data("\"BF16\"".utf8)))
        bytes.replaceSubrange(found, with: Data("\"I16\" ".utf8))
        try folder.write(Array(bytes), as: "model.safetensors")
        let inspection = ModelInspection(folder: folder.path)
        #expect(!inspection.isUsable)
        let types = inspection.problems.compactMap { problem -> [String]? in
            guard case .unsupportedType(file, "I16", let tensors) = problem else { return nil }
            return tensors
        }
        #expect(types.count == 1 && types.first?.count == 1, "\(inspection.problems)")
        #expect(inspection.types.contains { $0.name == "I16" && !$0.isRun && $0.tensorCount == 1 })
    }

    @Test func `another architecture is named`() throws {
        try folder.write(#"{"model_type": "llama", "hidden_size": 64}"#, as: "config.json")
        let inspection = ModelInspection(folder: folder.path)
        #expect(
            inspection.problems.contains(
                .configuration(
                    file: folder.path.appending("config.json"),
                    .unsupportedArchitecture(
                        found: "llama",
                        supported: ModelFamily.allCases.map(\.rawValue)
                    )
                )
            )
        )
    }

    @Test func `an empty folder lacks everything, and one that is not there too`() {
        for path in [folder.path, folder.path.appending("absent")] {
            let inspection = ModelInspection(folder: path)
            #expect(inspection.problems.contains(.missingFile(path.appending("config.json"))))
            #expect(!inspection.isUsable)
            #expect(inspection.parameters == nil)
        }
    }

    @Test func `a GGUF file that was cut short still tells what it is`() throws {
        let name = "qwen3-vl-tiny-bf16.gguf"
        let whole = try Data(
            contentsOf: URL(filePath: Self.fixtures.appending("gguf").appending(name).string)
        )
        let file = try folder.write(Array(whole.prefix(whole.count / 2)), as: name)
        let inspection = ModelInspection(gguf: file, vision: nil)
        guard
            case .weights(.truncated(file, needed: _, found: whole.count / 2)) =
                inspection.problems.first
        else {
            Issue.record("\(inspection.problems)")
            return
        }
        #expect(inspection.configuration?.text.hiddenSize == 40)
        #expect(inspection.tokenizer != nil)
    }
}
