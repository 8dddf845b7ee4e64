internal import Generation
internal import Qwen
public import Tensors
internal import Tokenization

/// Measures how fast a model's stages are on this machine.
///
/// Pictures are drawn and texts written in memory; weights are read once before anything is measured, so that no stage pays for the disk.
/// A rate of decoding stands beside the bandwidth of memory that was measured right before it: on a busy machine both fall together.
public struct Benchmark: Sendable {
    let answering: QuestionAnswering
    let compute: Compute
    /// How often each stage is run.
    public let runs: Int
    /// Tokens that the answer of the long stage comes after.
    public let context: Int
    /// Bytes of memory that the threads together read in a second, each time that it was measured.
    public private(set) var bandwidths: [Double] = []
    private var peak = BenchmarkPeak()
    /// Joules up to now; nil where the machine does not tell.
    private let joules: @Sendable () -> Double?

    var model: QwenModel { answering.model }

    /// Prepares to measure a model.
    ///
    /// - Parameters:
    ///   - answering: The model.
    ///   - compute: What it runs on.
    ///   - runs: How often each stage is run, from 1.
    ///   - context: Tokens that the answer of the long stage comes after, from 1.
    ///   - joules: What the machine has used up to now; nil where it does not tell.
    public init(
        _ answering: QuestionAnswering,
        compute: Compute,
        runs: Int,
        context: Int = BenchmarkStage.usualContext,
        joules: @escaping @Sendable () -> Double? = { nil }
    ) {
        precondition(runs > 0 && context > 0)
        self.answering = answering
        self.compute = compute
        self.runs = runs
        self.context = context
        self.joules = joules
    }

    /// The most memory that was resident so far, without what is read to measure memory itself; nil where the system does not tell.
    public var peakBytes: Int? { peak.bytes }

    /// Reads all weights once: those of the vision tower, of the decoder and of its head.
    ///
    /// - Throws: ``AskFault``.
    public mutating func warmUp() async throws(AskFault) {
        if let preprocessor = answering.preprocessor {
            let side = 2 * preprocessor.settings.tokenSide
            _ = try await encode(DrawnPicture.drawn(width: side, height: side), preprocessor)
        }
        _ = try await prefill(min(BenchmarkStage.shortPrompt, model.contextLength))
        peak.look()
    }

    /// Measures the bandwidth of memory, where a stage has not done so.
    public mutating func measureBandwidth() {
        for _ in 0..<runs { _ = nextBandwidth() }
    }

    /// Measures a stage.
    ///
    /// - Parameters:
    ///   - stage: The stage.
    ///   - beforeRun: Is told the number of each run before it begins, from 1.
    /// - Returns: Its figures, or why there are none.
    /// - Throws: ``AskFault``; `generation(.cancelled)` between or amid runs.
    public mutating func measure(
        _ stage: BenchmarkStage,
        beforeRun: (Int) -> Void = { _ in }
    ) async throws(AskFault) -> BenchmarkOutcome {
        let needed = tokensNeeded(stage)
        guard !stage.needsPictures || answering.seesPictures else {
            return .skipped(.seesNothing)
        }
        guard needed <= model.contextLength else {
            return .skipped(.contextTooShort(needed: needed, limit: model.contextLength))
        }
        defer { peak.look() }
        let result =
            switch stage {
            case .smallPicture, .largePicture, .page: try await pictures(stage, beforeRun)
            case .prefill: try await prompts(beforeRun)
            case .decode:
                try await answers(stage, after: BenchmarkStage.shortPrompt, beforeRun)
            case .longDecode: try await answers(stage, after: context, beforeRun)
            case .batch: try await batches(beforeRun)
            case .answer: try await answersToPictures(beforeRun)
            case .fields: try await fields(beforeRun)
            case .fieldsTogether: try await fieldsTogether(beforeRun)
            }
        return .measured(result)
    }

    /// Tokens that a sequence of a stage comes to hold; of a picture's answer, the answer's only.
    private func tokensNeeded(_ stage: BenchmarkStage) -> Int {
        switch stage {
        case .smallPicture, .largePicture, .page: 0
        case .prefill: BenchmarkStage.prefillTokens
        case .decode, .batch: BenchmarkStage.shortPrompt + BenchmarkStage.decodeSteps
        case .longDecode: context + BenchmarkStage.decodeSteps
        case .answer: BenchmarkStage.answerTokens
        case .fields, .fieldsTogether: BenchmarkStage.shortPrompt + BenchmarkStage.fieldTokens
        }
    }

    /// Measures the bandwidth of memory once.
    ///
    /// - Returns: Bytes a second; nil where there is no memory for it.
    mutating func nextBandwidth() -> Double? {
        peak.look()
        let bandwidth = MemoryBandwidth.measured(pool: compute.pool)
        peak.forget()
        if let bandwidth { bandwidths.append(bandwidth) }
        return bandwidth
    }

    /// What the machine has used since it was asked before.
    ///
    /// - Parameter before: What it said then.
    /// - Returns: Joules.
    func joules(since before: Double?) -> Double? {
        guard let before, let now = joules() else { return nil }
        return now - before
    }

    /// What the machine has used up to now.
    var joulesNow: Double? { joules() }

    /// Ends between two runs when the task was cancelled.
    func checkCancellation() throws(AskFault) {
        if Task.isCancelled { throw .generation(.cancelled) }
    }
}
