import Foundation
import Qwen
import SystemPackage
import Tensors

/// The stages of the vision tower.
struct VisionParity {
    let folder: GoldenFolder
    let tolerances: StageTolerances

    /// One of `vision/*.json`.
    struct File: Decodable {
        let checkpoint: String
        let runs: [String: Run]
    }

    struct Run: Decodable {
        let grid_thw: [[Int]]
        let images: [String]

        /// What a run looks at: pictures, or the recorded frames.
        func patches(
            _ engine: EngineUnderTest,
            _ pictures: RecordedPictures
        ) throws -> [PicturePatches] {
            guard !images.isEmpty else {
                return [try engine.preprocessor.patches(forFrames: pictures.frames())]
            }
            return try images.map { try engine.preprocessor.patches(for: pictures.picture($0)) }
        }
    }

    func compare(_ precision: Precision, into report: inout ParityReport) async throws {
        let directory = folder.goldens.appending("vision")
        for name in folder.names(in: directory, ending: ".json") {
            let file = try folder.read(File.self, "vision/\(name)")
            let stem = String(name.dropLast(".json".count))
            let arrays = try GoldenArrays(directory.appending("\(stem).safetensors"))
            for array in arrays.names {
                report.expect(
                    "vision/\(stem)/\(array)",
                    group: file.checkpoint,
                    stage: StageTolerances.stage(ofVision: array)
                )
            }
            let engine = try EngineUnderTest(file.checkpoint, in: folder, precision: precision)
            let pictures = try RecordedPictures(folder)
            for (key, run) in file.runs.sorted(by: { $0.key < $1.key }) {
                let patches = try run.patches(engine, pictures)
                let stages = Stages()
                _ = try await engine.model.encode(patches, observer: stages.observer())
                for array in arrays.names where array.hasPrefix("\(key).") {
                    let stage = String(array.dropFirst(key.count + 1))
                    let item = "vision/\(stem)/\(array)"
                    if stage == "pixel_values" {
                        let error = largestDifference(
                            patches.flatMap(\.values),
                            try arrays.floats(array)
                        )
                        report.compare(item, error: error, tolerance: 0)
                    } else {
                        report.compare(
                            item,
                            error: largestDifference(
                                stages.arrays[stage] ?? [],
                                try arrays.floats(array)
                            ),
                            tolerance: try tolerances.of(
                                StageTolerances.stage(ofVision: array),
                                file.checkpoint,
                                precision
                            )
                        )
                    }
                }
            }
        }
    }
}

/// How far a stage of a checkpoint may be off.
struct StageTolerances {
    let file: ToleranceFile

    func of(_ stage: String, _ checkpoint: String, _ precision: Precision) throws -> Double {
        guard let row = file.stages[checkpoint]?[stage] else {
            throw GoldenFault.noTolerance(stage, checkpoint: checkpoint)
        }
        return precision == .float32 ? row.suggested_atol_float32 : row.bfloat16_max_error
    }

    /// `one.block.3` is of the stage `vision.block`.
    static func stage(ofVision array: String) -> String {
        let parts = array.split(separator: ".")
        return parts.count > 1 ? "vision.\(parts[1])" : array
    }

    /// `hidden.3` is of the stage `hidden`.
    static func stage(ofCase array: String) -> String {
        let head = array.split(separator: ".").first.map(String.init) ?? array
        return head == "step_logits" ? "logits" : head
    }
}
