internal import Generation
internal import Qwen
internal import Tokenization

/// A prompt and the ends of those parts of it that other questions begin with too.
struct SharedPrompt: Sendable {
    /// The whole prompt.
    let prompt: QwenPrompt
    /// The pictures in it, in their order.
    let pictures: [PictureName]
    /// SHA-256 of the document that it is about.
    let document: String
    /// Tokens up to the end of the instructions.
    let instruction: Int
    /// Tokens up to the end of pictures and texts; all pictures lie in front of it, or none is to be shared.
    let material: Int
}

/// Keys and values of what prompts begin with: the instructions of a pipeline, a document's pictures and texts.
///
/// Without it the answers are the same, to the last bit; the prompt takes longer.
actor KeptPrefixes {
    /// A sequence that a prompt goes on with.
    struct Beginning: Sendable {
        /// Nobody else's.
        let state: QwenState
        /// Tokens of them that were computed for an earlier question.
        let reused: Int
    }

    private struct Material {
        let document: String
        let pictures: [PictureName]
        let tokens: [TokenID]
        let state: QwenState
        var used: Int
    }

    private struct Instruction {
        let state: Task<QwenState, any Error>
        var used: Int
    }

    /// Pipelines of one run are few.
    private static let mostInstructions = 4
    /// Windows and steps of one document that are kept.
    private static let mostOfDocument = 2
    /// What is shorter is computed again as fast as it is looked up.
    private static let shortest = 16

    private let model: QwenModel
    private let byteLimit: Int
    private var instructions: [[TokenID]: Instruction] = [:]
    private var materials: [Material] = []
    private var clock = 0

    /// Keeps nothing yet.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - byteLimit: Bytes of documents' keys and values.
    init(_ model: QwenModel, byteLimit: Int) {
        self.model = model
        self.byteLimit = byteLimit
    }

    /// A sequence that holds what of a prompt other questions share, computed now where it is not kept.
    ///
    /// - Parameter shared: The prompt.
    /// - Returns: The sequence, which the prompt's other tokens are still to be fed to.
    /// - Throws: ``GenerationFault``.
    func beginning(of shared: SharedPrompt) async throws(GenerationFault) -> Beginning {
        clock += 1
        if let kept = material(of: shared) {
            return Beginning(state: kept.fork(), reused: kept.tokenCount)
        }
        let tokens = shared.prompt.tokens
        let (state, reused) = try await instruction(Array(tokens[..<shared.instruction]))
        guard shared.material - shared.instruction >= Self.shortest else {
            return Beginning(state: state, reused: reused)
        }
        let rest = Array(tokens[shared.instruction..<shared.material])
        _ = try await model.prefill(
            QwenPrompt(tokens: rest, images: shared.prompt.images),
            into: state,
            wanted: []
        )
        keep(
            Material(
                document: shared.document,
                pictures: shared.pictures,
                tokens: Array(tokens[..<shared.material]),
                state: state,
                used: clock
            )
        )
        return Beginning(state: state.fork(), reused: reused)
    }

    /// Forgets a document's pictures and texts.
    func forget(document: String) {
        materials.removeAll { $0.document == document }
    }

    /// Forgets everything.
    func forgetAll() {
        materials = []
        instructions = [:]
    }

    // MARK: Instructions

    private func instruction(
        _ tokens: [TokenID]
    ) async throws(GenerationFault) -> (state: QwenState, reused: Int) {
        guard tokens.count >= Self.shortest else {
            return (try await Self.computed(tokens, model), 0)
        }
        let wasKept = instructions[tokens] != nil
        // Whoever comes while it is computed waits for it; it goes on when the first who asked is cancelled.
        let kept =
            instructions[tokens]
            ?? Instruction(
                state: Task { [model] in try await Self.computed(tokens, model) },
                used: clock
            )
        instructions[tokens] = Instruction(state: kept.state, used: clock)
        if instructions.count > Self.mostInstructions,
            let oldest = instructions.min(by: { $0.value.used < $1.value.used })
        {
            instructions[oldest.key] = nil
        }
        do {
            return (try await kept.state.value.fork(), wasKept ? tokens.count : 0)
        } catch {
            instructions[tokens] = nil
            throw error as? GenerationFault ?? .cancelled
        }
    }

    private static func computed(
        _ tokens: [TokenID],
        _ model: QwenModel
    ) async throws(GenerationFault) -> QwenState {
        let state = model.makeState()
        if !tokens.isEmpty {
            _ = try await model.prefill(QwenPrompt(tokens: tokens), into: state, wanted: [])
        }
        return state
    }

    // MARK: Pictures and texts

    /// The longest beginning of a prompt that is kept of its document.
    private func material(of shared: SharedPrompt) -> QwenState? {
        let place = materials.indices.filter { place in
            let kept = materials[place]
            return kept.document == shared.document && kept.pictures == shared.pictures
                && shared.prompt.tokens.starts(with: kept.tokens)
        }.max { materials[$0].tokens.count < materials[$1].tokens.count }
        guard let place else { return nil }
        materials[place].used = clock
        return materials[place].state
    }

    private func keep(_ material: Material) {
        materials.removeAll {
            $0.document == material.document && $0.pictures == material.pictures
                && $0.tokens == material.tokens
        }
        materials.append(material)
        materials.sort { $0.used < $1.used }
        while let oldest = materials.firstIndex(where: { $0.document == material.document }),
            materials.count(where: { $0.document == material.document }) > Self.mostOfDocument
        {
            materials.remove(at: oldest)
        }
        var byteCount = materials.reduce(0) {
            $0 + $1.tokens.count * model.cacheBytesPerToken
        }
        while byteCount > byteLimit, !materials.isEmpty {
            byteCount -= materials.removeFirst().tokens.count * model.cacheBytesPerToken
        }
    }
}
