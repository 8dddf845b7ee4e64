import Foundation
import Generation
import SystemPackage
import Tensors
import Testing

@testable import Qwen

@Suite struct WeightNamesTests {
    private static let published = WeightNames.huggingFace(
        text: "model.language_model.",
        head: "lm_head.weight",
        vision: "model.visual."
    )

    @Test func `published names are spelled as in the files`() {
        let names = Self.published
        #expect(names.name(.embedding) == "model.language_model.embed_tokens.weight")
        #expect(
            names.name(.layer(27, .gateWeight))
                == "model.language_model.layers.27.mlp.gate_proj.weight"
        )
        #expect(
            names.name(.deepstack(index: 2, block: 17, .normBias))
                == "model.visual.deepstack_merger_list.2.norm.bias"
        )
    }

    @Test func `GGUF counts DeepStack mergers by their blocks`() {
        #expect(
            WeightNames.gguf.name(.deepstack(index: 2, block: 17, .firstWeight))
                == "v.deepstack.17.fc1.weight"
        )
        #expect(WeightNames.gguf.name(.layer(3, .outputWeight)) == "blk.3.attn_output.weight")
        #expect(WeightNames.gguf.name(.merger(.secondBias)) == "mm.2.bias")
        #expect(WeightNames.gguf.patchWeight(frame: 1) == "v.patch_embd.weight.1")
    }

    @Test(arguments: [
        ("model.visual.", "visual."), ("model.visual.", "vision_tower."),
        ("model.language_model.", "language_model.model."), ("model.language_model.", "model."),
    ])
    func `other prefixes give the same model`(from: String, to: String) async throws {
        let checkpoint = TinyCheckpoint(.sees)
        try checkpoint.write(.float32)
        let expected = try await Self.logits(checkpoint.model())
        let text = try SafetensorsDirectory(checkpoint.folder)
        let renamed = Renamed(text) { name in
            name.hasPrefix(from) ? to + name.dropFirst(from.count) : name
        }
        let model = try QwenModel(
            Checkpoint(text: renamed),
            configuration: checkpoint.parsedConfiguration(),
            compute: Compute(precision: .float32)
        )
        #expect(try await Self.logits(model) == expected)
    }

    @Test func `a patch kernel with channels last gives the same model`() async throws {
        let checkpoint = TinyCheckpoint(.sees)
        try checkpoint.write(.float32)
        let expected = try await Self.logits(checkpoint.model())
        // [16, 3, 2, 4, 4] becomes [16, 2, 4, 4, 3].
        let name = "model.visual.patch_embed.proj.weight"
        let values = TinyCheckpoint.values(name, 16 * 96)
        var moved = Data()
        for output in 0..<16 {
            for pixel in 0..<32 {
                for channel in 0..<3 {
                    let value = values[output * 96 + channel * 32 + pixel]
                    withUnsafeBytes(of: value.bitPattern.littleEndian) {
                        moved.append(contentsOf: $0)
                    }
                }
            }
        }
        let path = checkpoint.folder.appending("model.safetensors")
        var data = try Data(contentsOf: URL(fileURLWithPath: path.string))
        let source = try SafetensorsDirectory(checkpoint.folder)
        let stored = try #require(try source.tensor(named: name))
        data.replaceSubrange(stored.offset..<stored.offset + stored.byteCount, with: moved)
        let header = String(decoding: data, as: UTF8.self)
        #expect(header.contains("[16,3,2,4,4]"))
        let changed = try #require(data.range(of: Data("[16,3,2,4,4]".utf8)))
        data.replaceSubrange(changed, with: Data("[16,2,4,4,3]".utf8))
        try data.write(to: URL(fileURLWithPath: path.string))
        #expect(try await Self.logits(checkpoint.model()) == expected)
    }

    @Test func `every tensor that is missing is named`() throws {
        let whole = TinyCheckpoint(.sees)
        for index in whole.tensors.indices {
            let checkpoint = TinyCheckpoint(.sees)
            let missing = checkpoint.tensors.remove(at: index)
            try checkpoint.write()
            #expect(
                throws: QwenFault.missingTensor(
                    source: checkpoint.folder,
                    tensor: missing.name,
                    expected: missing.shape
                )
            ) { try checkpoint.model() }
        }
    }

    @Test func `a tensor of another shape is named with both shapes`() throws {
        let checkpoint = TinyCheckpoint(.qwen3)
        let index = try #require(
            checkpoint.tensors.firstIndex { $0.name == "model.layers.1.self_attn.q_proj.weight" }
        )
        checkpoint.tensors[index].shape = [24, 24]
        try checkpoint.write()
        #expect(
            throws: QwenFault.wrongShape(
                source: checkpoint.folder,
                tensor: "model.layers.1.self_attn.q_proj.weight",
                found: [24, 24],
                expected: [48, 24]
            )
        ) { try checkpoint.model() }
    }

    @Test func `a head beside a table that it is tied to is not read`() async throws {
        let tied = TinyCheckpoint(.qwen3)
        tied.configuration["tie_word_embeddings"] = true
        try tied.write(.float32)
        let without = TinyCheckpoint(.qwen3)
        without.configuration["tie_word_embeddings"] = true
        without.tensors.removeAll { $0.name == "lm_head.weight" }
        try without.write(.float32)
        let untied = TinyCheckpoint(.qwen3)
        try untied.write(.float32)
        let expected = try await Self.logits(without.model())
        #expect(try await Self.logits(tied.model()) == expected)
        #expect(try await Self.logits(untied.model()) != expected)
    }

    /// Logits after a few tokens, with a picture where the model sees.
    private static func logits(_ model: QwenModel) async throws -> [Float] {
        var prompt = QwenPrompt(tokens: TinyCheckpoint.text(5))
        if model.configuration.vision != nil {
            prompt.tokens += [82, 80, 80, 83, 4]
            prompt.images = try await model.encode([TinyCheckpoint.picture(1, rows: 2, columns: 4)])
        }
        return try await model.prefill(prompt, into: model.makeState())
    }
}

/// Weights under other names.
private struct Renamed: WeightSource {
    let source: SafetensorsDirectory
    let names: [String: String]
    let storedTensors: [StoredTensor]
    var path: FilePath { source.path }

    init(_ source: SafetensorsDirectory, _ rename: (String) -> String) {
        self.source = source
        var names: [String: String] = [:]
        storedTensors = source.storedTensors.map { tensor in
            let name = rename(tensor.name)
            names[name] = tensor.name
            return StoredTensor(
                name: name,
                typeName: tensor.typeName,
                form: tensor.form,
                shape: tensor.shape,
                file: tensor.file,
                offset: tensor.offset,
                byteCount: tensor.byteCount
            )
        }
        self.names = names
    }

    func tensor(named name: String) throws(WeightFault) -> WeightTensor? {
        guard let old = names[name] else { return nil }
        return try source.tensor(named: old)
    }
}
