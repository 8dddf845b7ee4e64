internal import Glibc

/// How likely each label is, by the tokens that a server says it could have chosen.
///
/// An answer is a way through tokens. Wherever a label leaves the way that was taken, the server has given that token's probability: along the
/// way, each label's is the product of what leads to it. Only tokens that lead to a label count, as if nothing else could be said.
enum LabelShares {
    /// Most probability that may lie on tokens that lead to several labels, which nobody followed.
    private static let mostUnclear = 0.01
    /// Least probability that labels must have at each token together: below it the model wanted to say something else.
    private static let leastWanted = 0.05

    /// The share of each label among all.
    ///
    /// - Parameters:
    ///   - labels: In order.
    ///   - reply: The answer with its tokens.
    /// - Returns: Shares that add up to 1; nil where the server told too little to know them.
    static func shares(of labels: [String], in reply: ChatReply) -> [Double]? {
        guard !reply.tokens.isEmpty, Set(labels).count == labels.count else { return nil }
        for wrap in [{ "{\"label\":\"\($0)\"}" }, { $0 }] as [(String) -> String] {
            let ways = labels.map { bare(wrap($0)) }
            guard Set(ways).count == ways.count else { return nil }
            if let shares = shares(of: ways, in: reply.tokens) { return shares }
        }
        return nil
    }

    private static func shares(of ways: [String], in tokens: [ChatReply.Token]) -> [Double]? {
        var shares = [Double](repeating: 0, count: ways.count)
        var (said, reached, unclear) = ("", 1.0, 0.0)
        for token in afterThoughts(tokens) {
            let taken = said + bare(token.text)
            // White space, and quotation marks that end nothing, decide nothing.
            if taken == said { continue }
            var others: [String: Double] = [:]
            for alternative in token.alternatives {
                let text = said + bare(alternative.text)
                if text != said, text != taken {
                    others[text, default: 0] += exp(min(0, alternative.logProbability))
                }
            }
            let own = exp(min(0, token.logProbability))
            let leading = others.map {
                (ways: places(in: ways, leadingFrom: $0.key), share: $0.value)
            }
            .filter { !$0.ways.isEmpty }
            let open = places(in: ways, leadingFrom: taken)
            guard !open.isEmpty else { return nil }
            let sum = leading.reduce(own) { $0 + $1.share }
            guard sum >= leastWanted, sum <= 1.01 else { return nil }
            for (places, share) in leading {
                let mass = reached * share / sum
                if places.count == 1 { shares[places[0]] += mass } else { unclear += mass }
            }
            reached *= own / sum
            said = taken
            if open.count == 1 {
                shares[open[0]] += reached
                let known = shares.reduce(0, +)
                guard unclear <= mostUnclear, known > 0 else { return nil }
                return shares.map { $0 / known }
            }
        }
        return nil
    }

    /// The labels that a text is the beginning of, or begins with.
    private static func places(in ways: [String], leadingFrom text: String) -> [Int] {
        // A longer label goes before one that it begins with: `no` is not meant where `none` stands.
        let whole = ways.indices.filter { ways[$0].hasPrefix(text) }
        guard whole.isEmpty else { return whole }
        let begun = ways.indices.filter { text.hasPrefix(ways[$0]) }
        return begun.max { ways[$0].utf8.count < ways[$1].utf8.count }.map { [$0] } ?? []
    }

    private static func afterThoughts(_ tokens: [ChatReply.Token]) -> ArraySlice<ChatReply.Token> {
        guard let end = tokens.lastIndex(where: { $0.text.contains("</think>") }) else {
            return tokens[...]
        }
        return tokens[(end + 1)...]
    }

    /// A text without white space, in small letters.
    private static func bare(_ text: String) -> String {
        text.lowercased().filter { !$0.isWhitespace }
    }
}
