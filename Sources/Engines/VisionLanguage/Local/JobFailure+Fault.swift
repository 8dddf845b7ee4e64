internal import Generation
internal import Jobs

extension JobFailure {
    /// A page that cannot be shown to a model.
    ///
    /// - Parameters:
    ///   - fault: Why; not ``PictureFault/cancelled``.
    ///   - page: Which page, from 1.
    init(_ fault: PictureFault, page: Int) {
        self.init(FailureReason(rawValue: fault.reason) ?? .crashed, fault.detail, page: page)
    }
}

extension PictureFault {
    /// What happened, with the numbers.
    var detail: String {
        switch self {
        case .unreadable(let errno): "cannot be read (\(errno))"
        case .empty: "the file has no bytes"
        case .unsupported(let cause):
            cause.isEmpty ? "not a picture or PDF of any kind that is read" : cause
        case .corrupt(let cause): cause
        case .encrypted: "asks for a password"
        case .tooManyBytes(let limit): "more than \(limit) bytes"
        case .tooManyPixels(let width, let height, let limit):
            "\(width)x\(height) pixels, the limit is \(limit)"
        case .tooManyPages(let count, let limit): "\(count) pages at once, the limit is \(limit)"
        case .noSuchPage(let page, let count): "no page \(page), it has \(count)"
        case .tooNarrow(let width, let height, let limit):
            "\(width)x\(height) pixels; one side may be at most \(limit) times as long as the other"
        case .noFrames: "no frame in it"
        case .tooManyFrames(let count, let limit): "\(count) frames, the limit is \(limit)"
        case .unequalFrames(let frame): "frame \(frame) has another size than the first"
        case .tooLong(let seconds, let limit): "\(seconds) seconds long, the limit is \(limit)"
        case .timeout(let seconds): "decoding took longer than \(seconds) s"
        case .crashed(let cause): cause
        case .outOfMemory: "decoding wanted more memory than its limit"
        case .missingProgram(let program, let package): "needs \(program) (package \(package))"
        case .cancelled: "interrupted"
        }
    }
}

extension GenerationFault {
    /// What it means for the job that asked.
    ///
    /// - Parameter model: The model's name.
    /// - Returns: `JobFailure`, or `CancellationError`.
    func failure(of model: String) -> any Error {
        switch self {
        case .cancelled: CancellationError()
        case .contextExceeded(let needed, let limit): JobFailure(needed: needed, limit: limit)
        case .outOfMemory(let bytes):
            JobFailure(.outOfMemory, "\(model) had no memory for \(bytes) bytes")
        case .logitsNotFinite(let step, _):
            JobFailure(.engineFailed, "\(model) computed no number at token \(step) of its answer")
        case .nothingAllowed(let step):
            JobFailure(.engineFailed, "\(model) had nothing to say at token \(step) of its answer")
        case .pictureMismatch(let tokens, let features):
            JobFailure(
                .engineFailed,
                "\(model) has \(tokens) tokens for pictures of \(features)"
            )
        case .logitsMiscounted, .optionOutOfRange, .tokenOutOfRange, .emptyPrompt:
            JobFailure(.engineFailed, "\(model): \(self)")
        }
    }
}

extension JobFailure {
    /// A question that is longer than the model can hold.
    init(needed: Int, limit: Int) {
        self.init(
            .tooLarge,
            "question and answer take \(needed) tokens, the model holds \(limit): ask about fewer pages at once (`window:`)"
        )
    }
}
