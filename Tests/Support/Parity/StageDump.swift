import Foundation
import Qwen
import SystemPackage
import Tensors
import Tokenization

/// Writes what every stage of a model computes, for comparisons outside: `Benchmarks/quantization.py` reads it.
///
/// Inputs and output are safetensors files. Inputs: `tokens`, I32 `[tokens]`, and for picture N `pixel_values.N`, F32 `[patches, width]`,
/// and `grid.N`, I32 `[3]`. Output: the stages of the decoder by their names, those of the vision tower after `vision.`, all F32
/// `[rows, columns]`; logits of every position.
struct StageDump {
    let model: FilePath
    /// What factors of products are rounded to.
    let precision: Precision
    /// What weights are packed to first; nil takes them as they lie.
    var form: PackedForm?

    func write(inputs: FilePath, to output: FilePath) async throws {
        let engine = try loaded()
        let arrays = try GoldenArrays(inputs)
        var pictures: [PicturePatches] = []
        while arrays.names.contains("grid.\(pictures.count)") {
            let grid = try arrays.integers("grid.\(pictures.count)").map(Int.init)
            let name = "pixel_values.\(pictures.count)"
            guard grid.count == 3, let width = try arrays.shape(name).last else {
                throw GoldenFault.noArray(name, file: inputs)
            }
            pictures.append(
                PicturePatches(
                    grid: PatchGrid(time: grid[0], rows: grid[1], columns: grid[2]),
                    patchWidth: width,
                    values: try arrays.floats(name)
                )
            )
        }
        let tower = WrittenStages()
        let features = try await engine.encode(
            pictures,
            observer: tower.observer(prefix: "vision.")
        )
        let decoder = WrittenStages()
        _ = try await engine.prefill(
            QwenPrompt(tokens: try arrays.integers("tokens"), images: features),
            into: engine.makeState(),
            observer: decoder.observer(logitsFrom: 0)
        )
        try Self.write(tower.stages + decoder.stages, to: output)
    }

    private func loaded() throws -> QwenModel {
        let isPacked = model.string.hasSuffix(PackedLayout.suffix)
        let opened = try isPacked ? OpenedModel(packed: model) : OpenedModel(folder: model)
        var checkpoint = opened.checkpoint
        if let form, case .safetensors(let weights) = opened.storage {
            checkpoint = Checkpoint(text: try RewrittenWeights(weights, as: .packed(form)))
        }
        return try QwenModel(
            checkpoint,
            configuration: opened.configuration,
            compute: Compute(precision: precision)
        )
    }

    private static func write(_ stages: [WrittenStages.Stage], to output: FilePath) throws {
        struct Entry: Encodable {
            let dtype = "F32"
            let shape: [Int]
            let data_offsets: [Int]
        }
        var entries: [String: Entry] = [:]
        var end = 0
        for stage in stages {
            let length = 4 * stage.values.count
            entries[stage.name] = Entry(
                shape: [stage.rows, stage.columns],
                data_offsets: [end, end + length]
            )
            end += length
        }
        var header = try JSONEncoder().encode(entries)
        header += Data(repeating: UInt8(ascii: " "), count: (8 - header.count % 8) % 8)
        var data = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Data($0) }
        data += header
        for stage in stages { stage.values.withUnsafeBytes { data += $0 } }
        try data.write(to: URL(fileURLWithPath: output.string))
    }
}

/// Keeps what an observer sees, in its order.
private final class WrittenStages: @unchecked Sendable {
    // `@unchecked`: written by the model's thread while the one reader awaits it.
    struct Stage {
        let name: String
        let rows: Int
        let columns: Int
        let values: [Float]
    }

    private(set) var stages: [Stage] = []

    func observer(prefix: String = "", logitsFrom: Int? = nil) -> StageObserver {
        StageObserver(logitsFrom: logitsFrom) { name, rows, columns, values in
            self.stages.append(
                Stage(name: prefix + name, rows: rows, columns: columns, values: values)
            )
        }
    }
}
