/// A part of the engine's work whose speed is measured.
public enum BenchmarkStage: CaseIterable, Sendable {
    /// Features of a picture of 448 × 448.
    case smallPicture
    /// Features of a picture of 1024 × 1024.
    case largePicture
    /// Features of a page of paper, A4 at 150 dots an inch.
    case page
    /// A prompt of text.
    case prefill
    /// One answer after a short prompt.
    case decode
    /// One answer after a long prompt.
    case longDecode
    /// Several answers at once.
    case batch
    /// A picture, a question about it, and its answer.
    case answer
    /// Answers of six fields, one by one and token by token.
    case fields
    /// The same answers at once, what is certain of them fed together.
    case fieldsTogether

    /// Tokens that ``longDecode`` comes after unless told otherwise.
    public static let usualContext = 2000
    /// Tokens of ``prefill``.
    static let prefillTokens = 512
    /// Tokens of a short prompt.
    static let shortPrompt = 32
    /// Tokens of an answer whose speed is measured, the first not counted.
    static let decodeSteps = 32
    /// Answers of ``batch`` and of fields.
    public static let batchWidth = 8
    /// Tokens of ``answer``.
    static let answerTokens = 60
    /// Tokens that an answer of fields may have.
    static let fieldTokens = 128

    /// What it is called.
    ///
    /// - Parameter context: Tokens that ``longDecode`` comes after.
    /// - Returns: A word such as `encode-448`.
    public func name(context: Int = usualContext) -> String {
        switch self {
        case .smallPicture: "encode-448"
        case .largePicture: "encode-1024"
        case .page: "encode-a4"
        case .prefill: "prefill-\(Self.prefillTokens)"
        case .decode: "decode"
        case .longDecode: "decode-\(context)"
        case .batch: "batch-\(Self.batchWidth)"
        case .answer: "answer-\(Self.answerTokens)"
        case .fields: "fields"
        case .fieldsTogether: "fields-\(Self.batchWidth)"
        }
    }

    /// Whether a model that reads text only cannot do it.
    public var needsPictures: Bool { pictureSize != nil }

    /// Width and height of the picture that it is about, in pixels; nil for text.
    var pictureSize: (width: Int, height: Int)? {
        switch self {
        case .smallPicture, .answer: (448, 448)
        case .largePicture: (1024, 1024)
        // 210 mm × 297 mm
        case .page: (1240, 1754)
        case .prefill, .decode, .longDecode, .batch, .fields, .fieldsTogether: nil
        }
    }
}
