import Foundation
import Qwen
import SystemPackage
import Tensors
import Tokenization

/// What rounding weights costs, layer by layer, held against what Q8_0 and Q4_0 cost on the same weights.
///
/// Errors are relative, by the sums of squares over all recorded prompts: |ours - recorded| / |recorded|.
struct FormatParity {
    let folder: GoldenFolder

    private static let rivals: [BlockRounding] = [.q8_0, .q4_0]

    func compare(_ manifest: Manifest, into report: inout ParityReport) async throws {
        let pictures = try RecordedPictures(folder)
        for (checkpoint, cases) in manifest.cases.sorted(by: { $0.key < $1.key }) {
            var rivals: [BlockRounding: FormatErrors] = [:]
            for rival in Self.rivals {
                rivals[rival] = try await errors(.blocks(rival), checkpoint, cases.keys, pictures)
            }
            for form in PackedForm.allCases {
                let found = try await errors(.packed(form), checkpoint, cases.keys, pictures)
                guard let rival = rivals[form.promise.rival] else { continue }
                judge(found, form, beside: rival, checkpoint, into: &report)
            }
        }
    }

    private func judge(
        _ found: FormatErrors,
        _ form: PackedForm,
        beside rival: FormatErrors,
        _ checkpoint: String,
        into report: inout ParityReport
    ) {
        let group = "\(checkpoint) \(form.rawValue)"
        for stage in found.stages.keys.sorted() {
            let item = "\(checkpoint)/\(form.rawValue)/\(stage)"
            report.expect(item, group: group, stage: stage)
            report.compare(
                item,
                error: found.relative(stage),
                tolerance: form.promise.factor * rival.relative(stage)
            )
        }
        // Four bits change what small random models say: no token leads by more than they may be off.
        guard form == .int8 else { return }
        let item = "\(checkpoint)/\(form.rawValue)/greedy ids"
        report.expect(item, group: group, stage: "greedy tokens")
        let allowed = form.promise.factor * rival.largestLogitError
        let clear = found.choices.filter { $0.margin > allowed }
        let lost = clear.count { !$0.isRecorded }
        report.compare(
            item,
            problem: lost > 0
                ? "\(lost) tokens differ whose lead is above \(allowed)"
                : clear.isEmpty ? "no token leads by more than \(allowed)" : nil
        )
    }

    // MARK: - Runs

    private func errors(
        _ format: WeightFormat,
        _ checkpoint: String,
        _ cases: some Sequence<String>,
        _ pictures: RecordedPictures
    ) async throws -> FormatErrors {
        let engine = try EngineUnderTest(
            checkpoint,
            in: folder,
            precision: .float32,
            format: format
        )
        var errors = FormatErrors()
        for name in cases.sorted() {
            try await run(name, engine, pictures, into: &errors)
        }
        if engine.model.configuration.vision != nil {
            try await look(engine, pictures, into: &errors)
        }
        return errors
    }

    /// The stages of the vision tower.
    private func look(
        _ engine: EngineUnderTest,
        _ pictures: RecordedPictures,
        into errors: inout FormatErrors
    ) async throws {
        let directory = folder.goldens.appending("vision")
        for name in folder.names(in: directory, ending: ".json") {
            let file = try folder.read(VisionParity.File.self, "vision/\(name)")
            guard file.checkpoint == engine.name else { continue }
            let stem = String(name.dropLast(".json".count))
            let arrays = try GoldenArrays(directory.appending("\(stem).safetensors"))
            for (key, run) in file.runs.sorted(by: { $0.key < $1.key }) {
                let stages = Stages()
                _ = try await engine.model.encode(
                    run.patches(engine, pictures),
                    observer: stages.observer()
                )
                for array in arrays.names where array.hasPrefix("\(key).") {
                    let stage = String(array.dropFirst(key.count + 1))
                    // The kernel of the patches is not held against others: nobody's has fewer bits than 16.
                    guard let found = stages.arrays[stage], stage != "patch_embed",
                        stage != "embedded"
                    else { continue }
                    errors.add("vision.\(stage)", found: found, recorded: try arrays.floats(array))
                }
            }
        }
    }

    private func run(
        _ name: String,
        _ engine: EngineUnderTest,
        _ pictures: RecordedPictures,
        into errors: inout FormatErrors
    ) async throws {
        let stem = "cases/\(engine.name)/\(name)"
        let recorded = try folder.read(GoldenCase.self, "\(stem).json")
        let arrays = try GoldenArrays(folder.goldens.appending("\(stem).safetensors"))
        let (images, videos) = try pictures.shown(in: recorded, to: engine)
        let prompt = QwenPrompt(
            tokens: recorded.input_ids,
            images: try await engine.model.encode(images),
            videos: try await engine.model.encode(videos)
        )
        let stages = Stages()
        _ = try await engine.model.prefill(
            prompt,
            into: engine.model.makeState(),
            observer: stages.observer(logitsFrom: recorded.logits_from)
        )
        for array in arrays.names {
            guard let found = stages.arrays[array], !array.hasPrefix("rope.") else { continue }
            errors.add(array, found: found, recorded: try arrays.floats(array))
        }
        let state = engine.model.makeState()
        var logits = try await engine.model.prefill(prompt, into: state)
        for (index, token) in recorded.generate.ids.enumerated() {
            errors.add(logits, beside: recorded.generate.top5[index])
            guard index + 1 < recorded.generate.ids.count else { break }
            logits = try await engine.model.decode([token], into: [state])[0]
        }
    }
}

/// Errors of one format on one checkpoint.
struct FormatErrors {
    struct Sum {
        var error = 0.0
        var recorded = 0.0
    }

    /// A greedy token: whether it is the recorded one, and by how much that one was ahead of the next.
    struct Choice {
        let isRecorded: Bool
        let margin: Double
    }

    private(set) var stages: [String: Sum] = [:]
    private(set) var choices: [Choice] = []
    /// The largest difference of a logit among the recorded best.
    private(set) var largestLogitError = 0.0

    /// The relative error of a stage; infinite where it was not seen.
    func relative(_ stage: String) -> Double {
        guard let sum = stages[stage] else { return .infinity }
        return (sum.error / sum.recorded).squareRoot()
    }

    mutating func add(_ stage: String, found: [Float], recorded: [Float]) {
        var sum = stages[stage] ?? Sum()
        if found.count != recorded.count { sum.error = .infinity }
        for (one, other) in zip(found, recorded) {
            sum.error += (Double(one) - Double(other)) * (Double(one) - Double(other))
            sum.recorded += Double(other) * Double(other)
        }
        stages[stage] = sum
    }

    mutating func add(_ logits: [Float], beside top: GoldenCase.Top) {
        for (id, logit) in zip(top.ids, top.logits) {
            largestLogitError = max(largestLogitError, abs(Double(logits[Int(id)]) - logit))
        }
        let chosen = logits.indices.max { logits[$0] < logits[$1] }
        choices.append(
            Choice(
                isRecorded: chosen == Int(top.ids[0]),
                margin: top.logits[0] - top.logits[1]
            )
        )
    }
}
