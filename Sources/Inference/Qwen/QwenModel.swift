public import Generation
public import Tensors
public import Tokenization

/// A Qwen model on the processor: pictures to features, prompts to logits, one token after the other.
///
/// Weights stay in the mapped file: their pages come when they are touched, and go when memory is short. All work of a model is done
/// one piece after the other on a thread of its own and those of the pool.
public actor QwenModel: LanguageModel {
    /// Sizes and constants.
    public nonisolated let configuration: ModelConfiguration
    /// Rows of the logits, padding rows included.
    public nonisolated let vocabularySize: Int
    /// The most tokens that a sequence may have.
    public nonisolated let contextLength: Int
    /// What most of the decoder's products are of: `float32`, `bfloat16`, or the form of packed weights, `int8` or `int4`.
    public nonisolated let arithmetic: String
    /// Bytes of weights that a step of decoding reads, however many sequences it feeds.
    public nonisolated let weightBytesPerToken: Int
    /// Bytes that the keys and values of one token take.
    public nonisolated let cacheBytesPerToken: Int

    /// Tokens of a prompt that go through the decoder together unless told otherwise.
    public static let defaultChunkSize = 1024

    private let decoder: TextDecoder
    private let cacheLayout: KeyValueLayout
    private let tower: VisionTower?
    private let workspace: Workspace
    private let chunkSize: Int
    private let decoderBuffers = DecoderBuffers()
    private let visionBuffers = VisionBuffers()
    private let executor = InferenceExecutor()

    /// Where the model's work is done.
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    /// Finds all weights and checks their shapes; reads only norms and biases.
    ///
    /// - Parameters:
    ///   - checkpoint: The weights.
    ///   - configuration: Sizes and constants.
    ///   - compute: What arithmetic runs on.
    ///   - chunkSize: Tokens of a prompt that go through the decoder together, from 1. It changes no bit of the results.
    /// - Throws: ``QwenFault``: a tensor is missing, of another shape or of a type that is not run.
    public init(
        _ checkpoint: Checkpoint,
        configuration: ModelConfiguration,
        compute: Compute = Compute(),
        chunkSize: Int = defaultChunkSize
    ) throws(QwenFault) {
        precondition(chunkSize > 0)
        try configuration.checkSizes()
        self.configuration = configuration
        vocabularySize = configuration.text.vocabularySize
        contextLength = configuration.text.contextLength
        let decoder = try TextDecoder(configuration, checkpoint, compute.kernels)
        arithmetic = decoder.arithmetic(compute)
        self.decoder = decoder
        cacheLayout = decoder.cacheLayout(compute)
        weightBytesPerToken = decoder.weightBytesPerStep
        cacheBytesPerToken = cacheLayout.bytesPerPosition
        if let vision = configuration.vision {
            tower = try VisionTower(vision, checkpoint, compute.kernels)
        } else {
            tower = nil
        }
        workspace = Workspace(compute: compute)
        self.chunkSize = chunkSize
    }

    /// A new, empty sequence.
    public nonisolated func makeState() -> QwenState {
        QwenState(QwenState.Content(cache: KeyValueCache(cacheLayout), nextPosition: 0))
    }

    // MARK: Pictures

    /// Computes the features of pictures and videos.
    ///
    /// - Parameters:
    ///   - pictures: Their patches.
    ///   - observer: Sees each stage of the tower.
    /// - Returns: One for each picture; each is what it would be alone.
    /// - Throws: ``GenerationFault``: cancelled, out of memory, or
    ///   ``GenerationFault/pictureMismatch(tokens:features:)`` from a model that does not see and for patches of another size.
    public func encode(
        _ pictures: [PicturePatches],
        observer: StageObserver? = nil
    ) throws(GenerationFault) -> [PictureFeatures] {
        guard !pictures.isEmpty else { return [] }
        guard let tower else {
            throw .pictureMismatch(tokens: 0, features: pictures.count)
        }
        defer { visionBuffers.release() }
        return try tower.encode(pictures, visionBuffers, workspace, observer: observer)
    }

    // MARK: Text

    /// Computes a prompt after what the state holds already.
    ///
    /// Between its chunks other work that waits for the model is done: a long prompt does not hold up answers that run.
    ///
    /// - Parameters:
    ///   - prompt: What is new.
    ///   - state: The sequence; it holds the prompt afterwards, or what it held before when this throws.
    ///   - wanted: The tokens whose logits are wanted; nil for all.
    /// - Returns: The logits after the prompt's last token, one row; minus infinity where the head was not read.
    /// - Throws: ``GenerationFault``.
    public func prefill(
        _ prompt: QwenPrompt,
        into state: QwenState,
        wanted: [TokenID]?
    ) async throws(GenerationFault) -> Logits {
        try await prefill(prompt, into: state, wanted: wanted, observer: nil)
    }

    /// Computes a prompt while somebody watches.
    ///
    /// - Parameters:
    ///   - prompt: What is new.
    ///   - state: The sequence.
    ///   - observer: Sees each stage of all tokens together; prompts are not cut into chunks for it.
    /// - Returns: The logits after the prompt's last token, `[vocabularySize]`.
    /// - Throws: ``GenerationFault``.
    public func prefill(
        _ prompt: QwenPrompt,
        into state: QwenState,
        observer: StageObserver
    ) async throws(GenerationFault) -> [Float] {
        try await prefill(prompt, into: state, wanted: nil, observer: observer)[0].elements
    }

    private func prefill(
        _ prompt: QwenPrompt,
        into state: QwenState,
        wanted: [TokenID]?,
        observer: StageObserver?
    ) async throws(GenerationFault) -> Logits {
        var chunks = try decoder.chunks(
            of: prompt,
            after: state.content,
            configuration,
            wanted: wanted,
            chunkSize: observer == nil ? chunkSize : max(1, prompt.tokens.count)
        )
        while true {
            let logits = try decoder.runNext(&chunks, decoderBuffers, workspace, observer)
            if let logits {
                state.content = chunks.finished
                return logits
            }
            await Task.yield()
        }
    }

    /// A prompt that goes on with tokens of the answer.
    public nonisolated func prompt(
        _ prompt: QwenPrompt,
        followedBy tokens: [TokenID]
    ) -> QwenPrompt? {
        var prompt = prompt
        prompt.tokens += tokens
        return prompt
    }

    /// Feeds one or several tokens to each of several sequences in one pass over the weights.
    ///
    /// - Parameters:
    ///   - runs: One for each state, each of one token at least.
    ///   - states: The sequences, all different.
    /// - Returns: The logits after each token that is read of each run, in their order; minus infinity where the head was not read,
    ///   which is where no token of the pass wants them.
    /// - Throws: ``GenerationFault``; the sequences hold what they held before then.
    public func decode(
        _ runs: [TokenRun],
        into states: [QwenState]
    ) throws(GenerationFault) -> Logits {
        precondition(runs.count == states.count, "one run for each sequence")
        precondition(runs.allSatisfy { !$0.tokens.isEmpty }, "a run has a token")
        precondition(Set(states.map(ObjectIdentifier.init)).count == states.count)
        return try decoder.decode(runs, into: states, decoderBuffers, workspace)
    }
}
