import Foundation
@testable import Qwen
import SystemPackage
import Tensors
import Tokenization

/// Whole prompts: ids, positions, every layer, logits and greedy tokens.
struct CaseParity {
    let folder: GoldenFolder
    let tolerances: StageTolerances

    func compare(
        _ manifest: Manifest,
        _ precision: Precision,
        into report: inout ParityReport
    ) async throws {
        let pictures = try RecordedPictures(folder)
        for (checkpoint, cases) in manifest.cases.sorted(by: { $0.key < $1.key }) {
            for name in cases.keys.sorted() {
                try expect(checkpoint, name, into: &report)
            }
            let engine = try EngineUnderTest(checkpoint, in: folder, precision: precision)
            for name in cases.keys.sorted() {
                try await compare(name, engine, pictures, precision, into: &report)
            }
        }
    }

    private func expect(
        _ checkpoint: String,
        _ name: String,
        into report: inout ParityReport
    ) throws {
        let stem = "cases/\(checkpoint)/\(name)"
        let arrays = try GoldenArrays(folder.goldens.appending("\(stem).safetensors"))
        let recorded = try folder.read(GoldenCase.self, "\(stem).json")
        report.expect("\(stem) input_ids", group: checkpoint, stage: "prompt ids")
        if recorded.position_ids != nil {
            report.expect("\(stem) position_ids", group: checkpoint, stage: "positions")
            report.expect("\(stem) rope_delta", group: checkpoint, stage: "positions")
        }
        for array in arrays.names {
            report.expect(
                "\(stem)/\(array)",
                group: checkpoint,
                stage: StageTolerances.stage(ofCase: array)
            )
        }
        report.expect("\(stem) greedy ids", group: checkpoint, stage: "greedy tokens")
        report.expect("\(stem) greedy text", group: checkpoint, stage: "greedy tokens")
        report.expect("\(stem) top logits", group: checkpoint, stage: "logits")
    }

    private func compare(
        _ name: String,
        _ engine: EngineUnderTest,
        _ pictures: RecordedPictures,
        _ precision: Precision,
        into report: inout ParityReport
    ) async throws {
        let stem = "cases/\(engine.name)/\(name)"
        let recorded = try folder.read(GoldenCase.self, "\(stem).json")
        let arrays = try GoldenArrays(folder.goldens.appending("\(stem).safetensors"))

        let (images, videos) = try pictures.shown(in: recorded, to: engine)
        let ids = try promptIDs(name, recorded, images, videos, engine)
        report.compare(
            "\(stem) input_ids",
            problem: ids == recorded.input_ids ? nil : "found \(ids)"
        )
        try comparePositions(stem, recorded, images, videos, engine, into: &report)

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
        let steps = try await follow(recorded.generate.ids, prompt, engine)
        for array in arrays.names {
            let found =
                array == "step_logits" ? steps.flatMap { $0 } : stages.arrays[array] ?? []
            report.compare(
                "\(stem)/\(array)",
                error: largestDifference(found, try arrays.floats(array)),
                tolerance: try tolerances.of(
                    StageTolerances.stage(ofCase: array),
                    engine.name,
                    precision
                )
            )
        }
        let atol = try tolerances.of("logits", engine.name, precision)
        compareTokens(stem, recorded, steps, atol, engine, into: &report)
    }

    // MARK: - Prompts

    private func promptIDs(
        _ name: String,
        _ recorded: GoldenCase,
        _ images: [PicturePatches],
        _ videos: [PicturePatches],
        _ engine: EngineUnderTest
    ) throws -> [TokenID] {
        guard let messages = recorded.messages else {
            return engine.tokenizer.encode(recorded.prompt, matchingAddedTokens: true)
        }
        let side = engine.model.configuration.vision?.mergeSize ?? 1
        let conversation = try Conversation(messages) { index in
            .picture(tokens: images[index].grid.tokenCount(mergeSize: side))
        } video: {
            guard let video = recorded.video, let patches = videos.first else { return .video([]) }
            let times = VideoFrames.timestamps(
                frames: video.frames_indices,
                framesPerSecond: video.fps
            )
            let tokens = patches.grid.tokenCount(mergeSize: side) / patches.grid.time
            return .video(times.map { VideoStep(seconds: $0, tokens: tokens) })
        }
        var options = ChatTemplate.Options()
        options.nestsVideo = name.hasSuffix("_nested")
        return try engine.template.prompt(conversation, options: options).ids
    }

    private func comparePositions(
        _ stem: String,
        _ recorded: GoldenCase,
        _ images: [PicturePatches],
        _ videos: [PicturePatches],
        _ engine: EngineUnderTest,
        into report: inout ParityReport
    ) throws {
        guard let expected = recorded.position_ids else { return }
        var walk = PositionWalk(next: 0)
        try walk.place(
            recorded.input_ids,
            pictureTokens: engine.model.configuration.pictureTokens,
            images: images.map(\.grid),
            videos: videos.map(\.grid),
            mergeSize: engine.model.configuration.vision?.mergeSize ?? 1
        )
        let found = (0..<3).map { axis in walk.positions.map { Int($0[axis]) } }
        report.compare(
            "\(stem) position_ids",
            problem: found == expected ? nil : "found \(found)"
        )
        let delta = walk.next - recorded.input_ids.count
        report.compare(
            "\(stem) rope_delta",
            problem: delta == recorded.rope_delta ? nil : "found \(delta)"
        )
    }

    // MARK: - Decoding

    /// The logits before each of the recorded tokens, which are fed one by one.
    private func follow(
        _ tokens: [TokenID],
        _ prompt: QwenPrompt,
        _ engine: EngineUnderTest
    ) async throws -> [[Float]] {
        let state = engine.model.makeState()
        var steps = [try await engine.model.prefill(prompt, into: state)]
        for token in tokens.dropLast() {
            steps += try await engine.model.decode([token], into: [state])
        }
        return steps
    }

    /// The largest logit must be the recorded token's, except where the two largest are nearer than both may be off.
    private func compareTokens(
        _ stem: String,
        _ recorded: GoldenCase,
        _ steps: [[Float]],
        _ atol: Double,
        _ engine: EngineUnderTest,
        into report: inout ParityReport
    ) {
        var wrong: String?
        var ids: [TokenID] = []
        var worst = 0.0
        for (index, step) in steps.enumerated() {
            let top = recorded.generate.top5[index]
            for (id, logit) in zip(top.ids, top.logits) {
                worst = max(worst, abs(Double(step[Int(id)]) - logit))
            }
            let chosen = TokenID(step.indices.max { step[$0] < step[$1] } ?? 0)
            let margin = top.logits[0] - top.logits[1]
            if chosen != top.ids[0], margin > 2 * atol {
                wrong = wrong ?? "token \(index) is \(chosen), not \(top.ids[0])"
            }
            ids.append(margin > 2 * atol ? chosen : top.ids[0])
        }
        report.compare("\(stem) greedy ids", problem: wrong)
        let text = engine.tokenizer.decode(ids)
        report.compare(
            "\(stem) greedy text",
            problem: text == recorded.generate.text ? nil : "found \(text.debugDescription)"
        )
        // Recorded to six digits behind the point.
        report.compare("\(stem) top logits", error: worst, tolerance: atol + 1e-6)
    }
}
