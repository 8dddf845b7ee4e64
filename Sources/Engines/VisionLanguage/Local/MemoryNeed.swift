internal import Qwen

/// How much memory a model wants.
struct MemoryNeed: Sendable {
    /// Room for activations, and for the rest of the program.
    private static let rest = 256 << 20
    /// Tokens of a usual question and its answer: a page, and what was read on it.
    private static let usualTokens = 3072
    private static let mostAnswers = 8

    /// Bytes of the weights: they are read over and over, and must stay in memory.
    let weightBytes: Int
    /// Bytes of the keys and values of a usual question.
    let answerBytes: Int

    /// Reckons by a model's sizes.
    ///
    /// - Parameters:
    ///   - card: The sizes.
    ///   - isExact: Whether keys and values are float32.
    init(_ card: ModelCard, isExact: Bool) {
        let text = card.configuration.text
        weightBytes = card.weightBytes
        answerBytes = 2 * text.layerCount * text.keyWidth * (isExact ? 4 : 2) * Self.usualTokens
    }

    /// Bytes that must be there before it is loaded.
    var toLoad: Int { weightBytes + Self.rest + answerBytes }

    /// Bytes that must be there while it is loaded; pages of its files count, as they could be had.
    var toGoOn: Int { weightBytes + Self.rest / 2 }

    /// How many answers may run at once.
    ///
    /// - Parameter available: Bytes that could be had; nil where it is not known.
    /// - Returns: 1 to 8.
    func width(_ available: Int?) -> Int {
        guard let available else { return Self.mostAnswers }
        let room = (available - toLoad) / 2
        return min(Self.mostAnswers, max(1, room / max(1, answerBytes)))
    }
}
