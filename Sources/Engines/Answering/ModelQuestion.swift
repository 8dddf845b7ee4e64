public import Grammar
public import Jobs
public import PipelineSpec
public import SystemPackage

/// What a step asks a model about one document.
///
/// A model is always told `[instruction][pictures][texts][question]`. What stands in pictures, texts and question is text to it and
/// steers nothing. Questions with equal beginnings share what is computed for it.
public struct ModelQuestion: Sendable {
    /// What is the same for all documents of a pipeline: who the model is and how it answers.
    public var instruction: String
    /// The pages that it is shown.
    public var pictures: [QuestionPicture]
    /// The texts that it is shown: of pages, or earlier answers.
    public var texts: [String]
    /// What is asked.
    public var question: String
    /// The form of the answer.
    public var shape: AnswerShape
    /// Texts that the answer is likely to quote: an answer that quotes them comes sooner, and is the same.
    public var drafts: [String]
    /// SHA-256 of the document, in lower-case hexadecimal: what is kept for its next question goes by it.
    public var document: String
    /// The document's place in the order in which pictures are looked at; nil where there is none.
    public var turn: Turn?
    /// What a page may demand before it is refused: bytes of the file, pixels, time; nil leaves it to the model's own settings.
    public var limits: Limits?

    /// Collects a question.
    public init(
        instruction: String,
        pictures: [QuestionPicture] = [],
        texts: [String] = [],
        question: String,
        shape: AnswerShape,
        drafts: [String] = [],
        document: String,
        turn: Turn? = nil,
        limits: Limits? = nil
    ) {
        self.instruction = instruction
        self.pictures = pictures
        self.texts = texts
        self.question = question
        self.shape = shape
        self.drafts = drafts
        self.document = document
        self.turn = turn
        self.limits = limits
    }
}

/// A page that a model is shown.
public struct QuestionPicture: Sendable {
    /// The open file: a picture, TIFF, PDF or video.
    ///
    /// Valid until the question is answered; its offset is shared.
    public var descriptor: FileDescriptor
    /// The page, from 1.
    public var page: Int
    /// Clockwise turn in degrees (0, 90, 180, 270) that makes the page upright, besides EXIF.
    public var turnedBy: Int
    /// The digits that were read from the page, in reading order; nil where nobody read it.
    ///
    /// Two pages of different digits are never taken for the same picture.
    public var digits: String?
    /// Of a video, milliseconds from its start to the frame that is the page; nil for every other document.
    public var moment: Int?
    /// The path as a person knows it, for messages only.
    public var displayPath: String

    /// Collects a page.
    public init(
        descriptor: FileDescriptor,
        page: Int,
        turnedBy: Int = 0,
        digits: String? = nil,
        moment: Int? = nil,
        displayPath: String
    ) {
        self.descriptor = descriptor
        self.page = page
        self.turnedBy = turnedBy
        self.digits = digits
        self.moment = moment
        self.displayPath = displayPath
    }
}

/// The form of an answer.
public enum AnswerShape: Sendable, Hashable {
    /// Free text of so many tokens at most.
    case text(maxTokens: Int)
    /// JSON of this form, whole whatever happens, of so many tokens at most.
    case fields(AnswerSchema, maxTokens: Int)
    /// One of these labels, each with its probability.
    case label([String])
}
