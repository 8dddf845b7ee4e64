import Foundation
import Generation
import SystemPackage
import Tensors
import Testing

@testable import Qwen

/// Tiny models that are packed, and what comes of it.
@Suite struct ModelPackingTests {
    private static let fixtures = FilePath(#filePath).removingLastComponent()
        .removingLastComponent().removingLastComponent().removingLastComponent()
        .appending("fixtures/models")
    private let folder: FilePath

    init() throws {
        let path = FileManager.default.temporaryDirectory
            .appendingPathComponent("docket-packing-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        folder = FilePath(path)
    }

    private static func checkpoint(_ name: String) throws -> OpenedModel {
        try OpenedModel(folder: fixtures.appending("checkpoints").appending(name))
    }

    private static func gguf(_ name: String) throws -> OpenedModel {
        let files = fixtures.appending("gguf")
        return try OpenedModel(
            gguf: files.appending("\(name).gguf"),
            projector: files.appending("\(name)-mmproj.gguf")
        )
    }

    private func pack(
        _ model: OpenedModel,
        to form: PackedForm,
        tables: PackedForm? = nil
    ) throws -> PackingResult {
        let packing = try ModelPacking(
            model,
            to: form,
            tables: tables,
            name: "tiny",
            sourceName: "Tiny"
        )
        let result = try packing.write(
            to: folder.appending("tiny.\(form).docket"),
            replaces: true,
            writer: "a test",
            date: "2026-11-21T00:00:00Z",
            compute: Compute(pool: ThreadPool(threads: 2))
        )
        #expect(result.byteCount <= packing.neededBytes)
        return result
    }

    /// All numbers of a weight.
    private static func numbers(_ name: String, _ source: any WeightSource) throws -> [Float] {
        let tensor = try #require(try source.tensor(named: name))
        return WeightRows(tensor).widened(kernels: .best)
    }

    private static func error(_ found: [Float], _ expected: [Float]) -> Double {
        var (loss, norm) = (0.0, 0.0)
        for (a, b) in zip(found, expected) {
            loss += Double(a - b) * Double(a - b)
            norm += Double(b) * Double(b)
        }
        return norm > 0 ? (loss / norm).squareRoot() : loss
    }

    // MARK: What is in the file

    @Test(arguments: ["qwen3-vl-tiny", "qwen3-vl-tiny-sharded", "qwen3-tiny", "qwen2-tiny"])
    func `every weight is there with its shape, and as near as its error says`(
        name: String
    ) throws {
        let model = try Self.checkpoint(name)
        for form in PackedForm.allCases {
            let result = try pack(model, to: form)
            let packed = try PackedFile(result.path)
            #expect(packed.damagedSections() == [])
            let names = model.checkpoint.names
            let tensors = ExpectedTensor.all(
                of: model.configuration,
                names: .packed,
                hasHead: model.checkpoint.has(.head)
            )
            #expect(packed.contents.tensors.map(\.name) == tensors.map(\.name))
            for (tensor, entry) in zip(tensors, packed.contents.tensors) {
                let before = try Self.numbers(
                    names.name(tensor.role),
                    tensor.isVision ? model.checkpoint.vision : model.checkpoint.text
                )
                let after = try Self.numbers(entry.name, packed)
                let error = Self.error(after, before)
                #expect(abs(error - (entry.error?.relative ?? 0)) < 1e-5, "\(entry.name)")
                #expect(entry.shape == tensor.shape)
                let limit = ["int8": 0.01, "int4": 0.1, "BF16": 0.004, "F32": 0][entry.form]
                #expect(error <= (try #require(limit)), "\(entry.name) \(entry.form)")
                // Norms, biases and positions are added or multiplied one by one: they are as they were.
                let isVector = tensor.shape.count == 1 || entry.name.hasSuffix("pos_embed.weight")
                #expect((entry.form == "F32") == isVector, "\(entry.name)")
            }
        }
    }

    @Test
    func
        `4 bits are for the decoder; the tower keeps 8, and the tables do where that is asked for`()
        throws
    {
        let model = try Self.checkpoint("qwen3-vl-tiny")
        for tables in [PackedForm.int4, .int8] {
            let result = try pack(model, to: .int4, tables: tables == .int4 ? nil : tables)
            for tensor in result.contents.tensors where tensor.form != "F32" {
                let isLayer = tensor.name.contains("language_model.layers.")
                let isTable = tensor.name.hasSuffix("embed_tokens.weight")
                // The kernel of the patches is rounded no further than to 16 bits.
                let isKernel = tensor.name.hasSuffix("patch_embed.proj.weight")
                let form = isLayer ? PackedForm.int4 : isTable ? tables : .int8
                #expect(tensor.form == (isKernel ? "BF16" : form.rawValue), "\(tensor.name)")
            }
        }
    }

    @Test func `a weight that packing would hurt more than GGUF's blocks takes more bits`() throws {
        let tiny = TinyCheckpoint(.qwen3)
        try tiny.write(.float32)
        let name = "model.layers.1.mlp.gate_proj.weight"
        // Nothing or a half: blocks with a scale hold it exactly, in 8 bits and in 4.
        try change(name, in: tiny, Self.halves)
        let opened = try tiny.opened()
        let result = try pack(opened, to: .int4)
        let forms = Dictionary(
            uniqueKeysWithValues: result.contents.tensors.map { ($0.name, $0.form) }
        )
        let layer = "model.language_model.layers."
        #expect(forms[layer + "1.mlp.gate_proj.weight"] == "BF16")
        #expect(forms[layer + "0.mlp.gate_proj.weight"] == "int4")
        let packed = try PackedFile(result.path)
        #expect(packed.damagedSections() == [])
        let after = try Self.numbers(layer + "1.mlp.gate_proj.weight", packed)
        let expected = after.indices.map { Self.halves($0) }
        #expect(after == expected)
    }

    @Test(arguments: [Float.nan, .infinity])
    func `a weight that holds no number is named, and nothing is written`(value: Float) throws {
        let tiny = TinyCheckpoint(.qwen3)
        try tiny.write(.float32)
        for name in ["model.layers.2.self_attn.k_proj.weight", "model.norm.weight"] {
            let path = folder.appending("tiny.int8.docket").string
            try change(name, in: tiny) { $0 == 5 ? value : 1 }
            let opened = try tiny.opened()
            #expect(throws: PackingFault.notFinite(source: tiny.folder, tensor: name)) {
                try pack(opened, to: .int8)
            }
            #expect(!FileManager.default.fileExists(atPath: path))
            try change(name, in: tiny) { _ in 1 }
        }
    }

    @Test func `a weight beyond bfloat16 is named, and a file that is there is kept`() throws {
        let tiny = TinyCheckpoint(.qwen3)
        try tiny.write(.float32)
        let name = "model.layers.1.mlp.gate_proj.weight"
        // Blocks with a scale hold it exactly, so that it is not packed to 8 bits; and bfloat16 rounds it to infinity.
        try change(name, in: tiny) { Self.halves($0) == 0 ? 0 : .greatestFiniteMagnitude }
        let path = folder.appending("tiny.int8.docket").string
        let before = Data("mine".utf8)
        try before.write(to: URL(fileURLWithPath: path))
        let opened = try tiny.opened()
        #expect(throws: PackingFault.tooLarge(source: tiny.folder, tensor: name)) {
            try pack(opened, to: .int8)
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    }

    @Test func `of a packed file's small files the known ones are read, and none that is too long`()
        throws
    {
        let whole = try PackedFile(pack(Self.checkpoint("qwen3-tiny"), to: .int8).path)
        for (name, isRefused) in [("generation_config.json", true), ("README.md", false)] {
            let path = folder.appending("long.int8.docket")
            let writer = try PackedFileWriter(path, replaces: true)
            var contents = whole.contents
            (contents.files, contents.tensors) = ([], [])
            for file in whole.contents.files where file.name != name {
                try writer.append(try #require(try whole.bytes(ofFile: file.name)))
                contents.files.append(try writer.endSection(file.name))
            }
            // 16 MB and a byte, and not what its checksum says.
            try writer.append([UInt8](repeating: 0x20, count: 16 << 20 + 1))
            var section = try writer.endSection(name)
            section.sha256 = String(repeating: "0", count: 64)
            contents.files.append(section)
            _ = try writer.commit(contents)
            let long = try PackedFile(path)
            if isRefused {
                let fault = QwenFault.fileTooLong(
                    file: path.appending(name),
                    byteCount: section.bytes,
                    limit: 16 << 20
                )
                #expect(throws: fault) { try SettingsFiles(long) }
            } else {
                #expect(try SettingsFiles(long).bytes(name) == nil)
                #expect(try SettingsFiles(long).bytes("config.json") != nil)
            }
        }
    }

    @Test func `a packed file is not packed again`() throws {
        let result = try pack(Self.checkpoint("qwen3-tiny"), to: .int8)
        let model = try OpenedModel(packed: result.path)
        #expect(throws: PackingFault.packedAlready(result.path)) { try pack(model, to: .int4) }
    }

    // MARK: What it computes

    @Test(arguments: ["qwen3-vl-tiny", "qwen3-tiny", "qwen2-tiny"])
    func `a packed model says nearly what its source says`(name: String) async throws {
        let source = try Self.checkpoint(name)
        for (form, limit) in [(PackedForm.int8, 0.1), (.int4, 0.7)] {
            let packed = try OpenedModel(packed: pack(source, to: form).path)
            #expect(packed.configuration == source.configuration)
            #expect(packed.generation == source.generation)
            #expect(packed.pictures == source.pictures && packed.videos == source.videos)
            let text = "Total 12.50 é <|im_end|>"
            #expect(packed.tokenizer.encode(text) == source.tokenizer.encode(text))
            #expect(packed.tokenizer.chatTemplateText == source.tokenizer.chatTemplateText)
            let expected = try await Self.logits(source)
            let found = try await Self.logits(packed)
            #expect(Self.error(found, expected) < limit, "\(form)")
        }
    }

    @Test func `of a GGUF file the same is packed as of the folder that it was made of`()
        async throws
    {
        // The fixture's GGUF file has the bfloat16 weights of the checkpoint.
        let folder = try pack(Self.checkpoint("qwen3-vl-tiny"), to: .int8)
        let weights = folder.contents.tensors.map { [$0.name, $0.form, $0.sha256] }
        let model = try Self.gguf("qwen3-vl-tiny-bf16")
        let result = try pack(model, to: .int8)
        let same = result.contents.tensors.map { [$0.name, $0.form, $0.sha256] }
        #expect(same == weights)
        #expect(result.contents.source.format == .gguf)
        #expect(
            result.contents.source.files.map(\.name)
                == ["qwen3-vl-tiny-bf16-mmproj.gguf", "qwen3-vl-tiny-bf16.gguf"]
        )
        let packed = try OpenedModel(packed: result.path)
        #expect(packed.configuration == model.configuration)
        #expect(packed.pictures == model.pictures)
        let text = "Total 12.50 é"
        #expect(packed.tokenizer.encode(text) == model.tokenizer.encode(text))
        #expect(try await Self.logits(packed).count == model.configuration.text.vocabularySize)
    }

    @Test func `blocks of GGUF are packed to as few bits as was asked for`() throws {
        let result = try pack(Self.gguf("qwen3-vl-wide-mixed"), to: .int8)
        let kept = result.contents.tensors.filter { $0.form == "BF16" }
        #expect(kept.map(\.name) == ["model.visual.patch_embed.proj.weight"])
        #expect(Set(result.contents.tensors.map(\.form)) == ["int8", "F32", "BF16"])
    }

    // MARK: Help

    private static func halves(_ index: Int) -> Float {
        index * index % 7 % 2 == 0 ? 0 : 0.5
    }

    private static func logits(_ opened: OpenedModel) async throws -> [Float] {
        let model = try QwenModel(
            opened.checkpoint,
            configuration: opened.configuration,
            compute: Compute(pool: ThreadPool(threads: 2), precision: .float32)
        )
        return try await model.prefill(
            QwenPrompt(tokens: [5, 9, 2, 77, 31]),
            into: model.makeState()
        )
    }

    /// Writes other numbers into a tensor of float32.
    private func change(
        _ name: String,
        in tiny: TinyCheckpoint,
        _ value: (Int) -> Float
    ) throws {
        let tensor = try #require(
            try SafetensorsDirectory(tiny.folder).storedTensors.first { $0.name == name }
        )
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: tensor.file.string))
        try file.seek(toOffset: UInt64(tensor.offset))
        var bytes = Data()
        for index in 0..<tensor.elementCount {
            withUnsafeBytes(of: value(index).bitPattern.littleEndian) {
                bytes.append(contentsOf: $0)
            }
        }
        try file.write(contentsOf: bytes)
        try file.close()
    }
}
