public import VisionLanguage

/// How patient a remote model is asked, and what it is shown.
public struct RemoteOptions: Sendable, Hashable {
    /// Questions that are on their way at once.
    public var width = 4
    /// For a connection to be made.
    public var connectTimeout: Duration = .seconds(10)
    /// Without a byte from a server that has been asked.
    public var stallTimeout: Duration = .seconds(300)
    /// For one whole answer.
    public var answerTimeout: Duration = .seconds(1800)
    /// For the list of models, before the first question.
    public var listTimeout: Duration = .seconds(15)
    /// Attempts at one question, where the fault may pass.
    public var attempts = 5
    /// Attempts at one question that ended because time was up, or in the middle of the answer by the server's own fault.
    public var slowAttempts = 2
    /// Longest pause before the second attempt; doubled before each further one.
    ///
    /// Each pause is a random part of it.
    public var firstDelay: Duration = .seconds(1)
    /// Doubling ends here.
    public var longestDelay: Duration = .seconds(30)
    /// A server that asks us to wait longer than this is not waited for.
    public var longestWait: Duration = .seconds(120)
    /// Attempts in a row that fail before the server is left alone.
    public var failuresToOpen = 6
    /// For how long it is left alone.
    public var openPause: Duration = .seconds(60)
    /// Longest answer of the server, in bytes.
    public var longestAnswer = 16 << 20
    /// The most tokens that a page would become for Docket's own engine: what settles its size.
    public var imageTokens = 1280
    /// What a document may demand before it is refused, where the question does not say.
    public var limits = PictureDecoder.Limits()

    /// The settings of `docket run`.
    public init() {}
}
