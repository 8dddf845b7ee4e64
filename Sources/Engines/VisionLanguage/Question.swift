public import FeatureCache
public import Qwen
public import Tokenization

/// A picture or video as the model is shown it.
public struct View: Sendable {
    /// Its patches.
    public let patches: PicturePatches
    /// When each group of frames of a video is, in seconds from its start; nil for a still picture.
    public let seconds: [Double]?
    /// The picture that the patches were cut from; nil where its features are not to be looked for in a cache.
    let seen: SeenPicture?

    /// A still picture.
    ///
    /// - Parameters:
    ///   - picture: Its patches.
    ///   - seen: What they were cut from; nil where its features are not to be looked for in a cache.
    public init(picture: PicturePatches, seen: SeenPicture? = nil) {
        patches = picture
        seconds = nil
        self.seen = seen
    }

    /// A video.
    ///
    /// - Parameters:
    ///   - video: Its patches.
    ///   - seconds: When each group of frames is, `[grid.time]`.
    public init(video: PicturePatches, seconds: [Double]) {
        precondition(seconds.count == video.grid.time)
        patches = video
        self.seconds = seconds
        seen = nil
    }

    /// Whether it moves.
    public var isVideo: Bool { seconds != nil }
}

/// One question to a model, with what it is about.
///
/// The model is told `[system][pictures and videos][texts][question]`. Everything is text to it: control tokens written in a
/// document, in the question or in the instructions steer nothing.
public struct Question: Sendable {
    /// What is asked.
    public var text: String
    /// Pictures and videos, in the order in which they are shown.
    public var views: [View]
    /// Texts that the question is about, of any origin.
    public var documents: [String]
    /// Texts that the answer is likely to quote: what was read on the page, say.
    ///
    /// The model is not shown them; an answer that quotes them comes sooner, and is the same.
    public var drafts: [String]
    /// Instructions; nil leaves it to the model's template.
    public var system: String?
    /// Whether a model that can think aloud first may do so.
    public var mayThink: Bool

    /// Collects a question.
    public init(
        _ text: String,
        views: [View] = [],
        documents: [String] = [],
        drafts: [String] = [],
        system: String? = nil,
        mayThink: Bool = false
    ) {
        self.text = text
        self.views = views
        self.documents = documents
        self.drafts = drafts
        self.system = system
        self.mayThink = mayThink
    }
}

/// A question as the model is given it.
public struct PreparedQuestion: Sendable {
    /// Tokens and features.
    public let prompt: QwenPrompt
    /// Tokens of texts that the answer is likely to quote.
    public var drafts: [[TokenID]] = []
    /// Tokens of pictures and videos among them.
    public let viewTokens: [Int]
    /// How many of those pictures the vision tower was not needed for.
    public var cachedViews = 0
    /// What the vision tower took, or the cache in its place.
    public let encoding: Duration
}
