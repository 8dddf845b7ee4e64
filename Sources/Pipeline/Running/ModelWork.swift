public import Jobs
import Synchronization

/// What the model did in a run.
public struct ModelWork: Hashable, Sendable {
    /// Documents that were taken through its steps.
    public var documents = 0
    /// Answers it gave.
    public var answers = 0
    /// Tokens of all prompts.
    public var promptTokens = 0
    /// Tokens of the prompts that were computed before.
    public var reusedTokens = 0
    /// Tokens of all answers.
    public var answerTokens = 0
    /// Tokens of the answers that only one choice was left for.
    public var forcedTokens = 0
    /// Pictures that went through the vision tower.
    public var computedPictures = 0
    /// Pictures whose features the cache held.
    public var exactPictures = 0
    /// Pictures for which the cache held those of one that is the same to the model.
    public var nearPictures = 0
    /// Pictures that an earlier question about the document had shown already.
    public var sharedPictures = 0
    /// Pictures for which the cache held one that looked alike and was not the same.
    public var rejectedNear = 0
    /// Milliseconds of decoding and preparing pictures.
    public var decodingPictures = 0
    /// Milliseconds of the vision tower, or of the cache in its place.
    public var seeing = 0
    /// Milliseconds of the prompts.
    public var reading = 0
    /// Milliseconds of the answers.
    public var answering = 0

    /// Nothing yet.
    public init() {}

    /// Takes one answer into account.
    public mutating func count(_ work: AnswerWork) {
        answers += 1
        promptTokens += work.promptTokens
        reusedTokens += work.reusedTokens
        answerTokens += work.answerTokens
        forcedTokens += work.forcedTokens
        for origin in work.features {
            switch origin {
            case .computed: computedPictures += 1
            case .exact: exactPictures += 1
            case .near: nearPictures += 1
            case .shared: sharedPictures += 1
            }
        }
        rejectedNear += work.rejectedNear
        decodingPictures += work.decodingPictures
        seeing += work.seeing
        reading += work.reading
        answering += work.answering
    }

    /// The numbers by their names in a summary.
    public var numbers: [String: Int] {
        [
            "documents": documents, "answers": answers, "prompt_tokens": promptTokens,
            "reused_tokens": reusedTokens, "answer_tokens": answerTokens,
            "forced_tokens": forcedTokens, "pictures_computed": computedPictures,
            "pictures_exact": exactPictures, "pictures_near": nearPictures,
            "pictures_shared": sharedPictures, "near_rejected": rejectedNear,
            "decoding_milliseconds": decodingPictures, "seeing_milliseconds": seeing,
            "reading_milliseconds": reading, "answering_milliseconds": answering,
        ]
    }
}

/// Counts what the model does, from several documents at once.
final class ModelWorkLog: Sendable {
    private let work = Mutex(ModelWork())

    /// What it did so far.
    var total: ModelWork { work.withLock { $0 } }

    func count(_ answer: AnswerWork) { work.withLock { $0.count(answer) } }

    func countDocument() { work.withLock { $0.documents += 1 } }
}
