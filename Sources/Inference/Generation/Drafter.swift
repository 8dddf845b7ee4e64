import Tokenization

/// Guesses how an answer goes on, and learns from each of its tokens how far guesses can be trusted.
///
/// Guesses cost nothing but a look-up: they are compared with the answer whether or not the model is fed them, so that what
/// they are worth is known before any is tried.
struct Drafter: Sendable {
    private var index: DraftIndex
    private var match: DraftIndex.Match?
    private let history: SpeculationHistory

    /// A drafter for one answer.
    ///
    /// - Parameters:
    ///   - drafts: Texts that the answer is likely to quote.
    ///   - prompt: The prompt.
    ///   - history: What guesses were worth before.
    init(drafts: [[TokenID]], prompt: [TokenID], history: SpeculationHistory) {
        index = DraftIndex(drafts: drafts, prompt: prompt)
        self.history = history
    }

    /// Takes the answer's next token.
    mutating func append(_ token: TokenID) {
        if var match, let guess = index.token(at: match) {
            history.observe(evidence(match), isRight: guess == token)
            if guess == token {
                index.follow(&match)
                self.match = match
            } else {
                self.match = nil
            }
        } else {
            match = nil
        }
        index.append(token)
        if let match, index.token(at: match) == nil { self.match = nil }
        if match == nil { match = index.match() }
    }

    /// How the answer may go on.
    ///
    /// - Parameter most: As many tokens at most.
    /// - Returns: Each token and how likely it is, given those before it.
    func guesses(atMost most: Int) -> [(token: TokenID, chance: Double)] {
        guard let match else { return [] }
        var evidence = evidence(match)
        return index.continuation(of: match, atMost: most).map { token in
            defer { evidence.length += 1 }
            return (token, history.chance(evidence))
        }
    }

    private func evidence(_ match: DraftIndex.Match) -> SpeculationHistory.Evidence {
        SpeculationHistory.Evidence(isInDraft: index.isInDraft(match), length: match.length)
    }
}
