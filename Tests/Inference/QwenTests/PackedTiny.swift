import Foundation
import SystemPackage
import Tensors
import Testing

@testable import Qwen

/// How a tiny model's weights lie, and what they are multiplied in.
enum TinyWeights: String, CaseIterable {
    /// As they were written, nothing rounded.
    case float32
    /// As they were written, activations rounded.
    case bfloat16
    /// Packed to 8 bits.
    case int8
    /// Packed to 4 bits; the tower to 8.
    case int4
}

/// A tiny model of a size and a form of weights.
struct TinyModel: CustomTestStringConvertible {
    let kind: TinyCheckpoint.Kind
    let isWide: Bool
    let weights: TinyWeights

    static let all = TinyCheckpoint.Kind.allCases.flatMap { kind in
        [false, true].flatMap { isWide in
            TinyWeights.allCases.map { TinyModel(kind: kind, isWide: isWide, weights: $0) }
        }
    }
    static let packed = all.filter { $0.weights == .int8 || $0.weights == .int4 }

    var testDescription: String { "\(kind) \(isWide ? "wide" : "small") \(weights)" }

    func checkpoint() throws -> TinyCheckpoint {
        let checkpoint = TinyCheckpoint(kind, isWide ? .wide : .small)
        try checkpoint.write()
        return checkpoint
    }

    func model() throws -> QwenModel { try checkpoint().model(weights) }
}

extension TinyCheckpoint {
    /// The checkpoint, once written, with its weights as they are or packed.
    func model(
        _ weights: TinyWeights,
        threads: Int = 2,
        chunkSize: Int = 1024
    ) throws -> QwenModel {
        let form: PackedForm
        switch weights {
        case .float32: return try model(Precision.float32, threads: threads, chunkSize: chunkSize)
        case .bfloat16: return try model(Precision.bfloat16, threads: threads, chunkSize: chunkSize)
        case .int8: form = .int8
        case .int4: form = .int4
        }
        let packed = try OpenedModel(packed: pack(form))
        return try QwenModel(
            packed.checkpoint,
            configuration: packed.configuration,
            compute: Compute(pool: ThreadPool(threads: threads), precision: .bfloat16),
            chunkSize: chunkSize
        )
    }

    /// Packs the checkpoint into a file beside it, once.
    private func pack(_ form: PackedForm) throws -> FilePath {
        let path = folder.appending("tiny.\(form.rawValue).docket")
        if FileManager.default.fileExists(atPath: path.string) { return path }
        let packing = try ModelPacking(opened(), to: form, name: "tiny", sourceName: "Tiny")
        _ = try packing.write(
            to: path,
            replaces: false,
            writer: "a test",
            date: "2026-11-21T00:00:00Z",
            compute: Compute(pool: ThreadPool(threads: 1))
        )
        return path
    }

    /// The checkpoint with the tokenizer of a fixture, as it has none of its own.
    func opened() throws -> OpenedModel {
        let own = folder.appending("tokenizer.json").string
        if !FileManager.default.fileExists(atPath: own) {
            let tokenizer = FilePath(#filePath).removingLastComponent().removingLastComponent()
                .removingLastComponent().removingLastComponent()
                .appending("fixtures/models/checkpoints/qwen3-tiny/tokenizer.json")
            try FileManager.default.copyItem(atPath: tokenizer.string, toPath: own)
        }
        return try OpenedModel(folder: folder)
    }
}
