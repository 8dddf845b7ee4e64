/// One answer of a model for a job: stored as soon as it is known, whatever becomes of the job.
public struct JobAnswer: Sendable, Hashable, Codable {
    /// What the answer is of.
    public enum Part: String, Sendable, Hashable, Codable, CaseIterable {
        /// The whole question.
        case whole
        /// One window of a long document's pages.
        case window
        /// The answers to the windows, merged.
        case merged
    }

    /// Its place among the job's answers, from 0.
    public var position: Int
    /// What it is of.
    public var part: Part
    /// The first page that it is about; nil for one that merges others.
    public var firstPage: Int?
    /// The last page that it is about.
    public var lastPage: Int?
    /// What was asked.
    public var question: String
    /// Of all that decides the answer: an interrupted job takes it up again where it would ask the same.
    public var fingerprint: String
    /// What was answered.
    public var text: String
    /// Why it ended: `finished`, `cut`, `repetition`.
    public var end: String
    /// What it took.
    public var work: AnswerWork

    /// Makes an answer.
    public init(
        position: Int,
        part: Part,
        firstPage: Int? = nil,
        lastPage: Int? = nil,
        question: String,
        fingerprint: String,
        text: String,
        end: String,
        work: AnswerWork = AnswerWork()
    ) {
        self.position = position
        self.part = part
        self.firstPage = firstPage
        self.lastPage = lastPage
        self.question = question
        self.fingerprint = fingerprint
        self.text = text
        self.end = end
        self.work = work
    }
}

/// Where the features of a picture that a model is shown come from.
public enum FeatureOrigin: Sendable, Hashable, Codable {
    /// The vision tower.
    case computed
    /// The cache, for the same pixels.
    case exact
    /// The cache, for a picture that is the same to the model: the SHA-256 of that picture's pixels.
    case near(donor: String)
    /// A question about the same document before this one.
    case shared
}

/// What an answer of a model took; zero where it is not known, as of a server.
public struct AnswerWork: Sendable, Hashable, Codable {
    /// Tokens of the prompt.
    public var promptTokens = 0
    /// Tokens of the prompt that were computed before: for another document, or another question.
    public var reusedTokens = 0
    /// Tokens of the answer.
    public var answerTokens = 0
    /// Tokens of the answer that only one choice was left for.
    public var forcedTokens = 0
    /// Where the features of each picture come from.
    public var features: [FeatureOrigin] = []
    /// Pictures for which the cache held one that looked alike and was not the same.
    public var rejectedNear = 0
    /// Milliseconds of decoding and preparing pictures.
    public var decodingPictures = 0
    /// Milliseconds of the vision tower, or of the cache in its place.
    public var seeing = 0
    /// Milliseconds of the prompt.
    public var reading = 0
    /// Milliseconds of the answer; in a batch, all answers share it.
    public var answering = 0

    /// Nothing yet.
    public init() {}
}
