internal import Generation
internal import Tokenization

/// The tokens that may come in a state, each with the tokens that the answer needs after it at least.
struct AllowedTokens: Sendable {
    /// Tokens that are told one by one, by id upwards.
    private let few: [(token: TokenID, needed: Int)]
    /// Tokens of whole characters inside a text; nil outside texts.
    private let inText: TokenSet?
    private let neededInText: Int
    /// All of both; nil outside texts, where ``few`` are all.
    private let all: TokenSet?
    /// The least and the most that one of them needs.
    let least: Int
    let most: Int

    /// Collects tokens.
    ///
    /// - Parameters:
    ///   - few: Tokens that are told one by one, and what each needs.
    ///   - inText: Tokens of whole characters inside a text, if the state is in one.
    ///   - neededInText: What each of those needs.
    init(
        few: [(token: TokenID, needed: Int)],
        inText: TokenSet? = nil,
        neededInText: Int = 0
    ) {
        self.few = few.sorted { $0.token < $1.token }
        self.inText = inText
        self.neededInText = neededInText
        var all = inText
        for (token, _) in few { all?.insert(token) }
        self.all = all
        let needed = few.map(\.needed) + (inText == nil ? [] : [neededInText])
        least = needed.min() ?? 0
        most = needed.max() ?? 0
    }

    /// How many tokens are needed of a choice: what is left allows it, or nothing else.
    private func limit(_ remaining: Int) -> Int { max(least, remaining - 1) }

    /// All of them that can be completed, where they are told one by one.
    ///
    /// - Parameter remaining: Tokens that the answer may still have, the next one included.
    /// - Returns: Nil where tokens inside a text are among them.
    func listed(remaining: Int) -> [TokenID]? {
        let limit = limit(remaining)
        guard inText == nil || neededInText > limit else { return nil }
        return few.filter { $0.needed <= limit }.map(\.token)
    }

    /// Takes out of a set what cannot be completed.
    ///
    /// - Parameters:
    ///   - tokens: The set.
    ///   - remaining: Tokens that the answer may still have, the next one included.
    func restrict(_ tokens: inout TokenSet, remaining: Int) {
        let limit = limit(remaining)
        if limit >= most, let all {
            tokens.formIntersection(all)
            return
        }
        var result = TokenSet(capacity: tokens.capacity)
        if let inText, neededInText <= limit { result.formUnion(inText) }
        for (token, needed) in few where needed <= limit { result.insert(token) }
        tokens.formIntersection(result)
    }
}
