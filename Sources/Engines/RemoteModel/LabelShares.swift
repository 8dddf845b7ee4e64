internal import Glibc

/// How likely each label is, by the tokens that a server says it could have chosen.
///
/// An answer is a way through tokens. Wherever a label leaves the way that was taken, the server has given that token's probability: along the
/// way, each label's is the product of what leads to it. Only tokens that lead to a label count, as if nothing else could be said.
enum LabelShares {
    /// Most probability that may lie on tokens that lead to several labels, which nobody followed.
    private static let mostUnclear = 0.02
    /// Least probability that labels must have together where they part: below it the model wanted to say something else.
    private static let leastWanted = 0.05

    /// The share of each label among all.
    ///
    /// - Parameters:
    ///   - labels: In order.
    ///   - reply: The answer with its tokens.
    /// - Returns: Shares that add up to 1; nil where the server told too little to know them.
    static func shares(of labels: [String], in reply: ChatReply) -> [Double]? {
        let tokens = answerTokens(of: reply)
        guard !tokens.isEmpty else { return nil }
        for wrap in [{ "{\"label\":\"\($0)\"}" }, { $0 }] as [(String) -> String] {
            let ways = labels.map { bare(wrap($0).utf8) }
            guard Set(ways).count == ways.count else { return nil }
            if let shares = shares(of: ways, in: tokens) { return shares }
        }
        return nil
    }

    private static func shares(
        of ways: [[UInt8]],
        in tokens: ArraySlice<ChatReply.Token>
    ) -> [Double]? {
        var shares = [Double](repeating: 0, count: ways.count)
        var (said, reached, unclear) = ([UInt8](), 1.0, 0.0)
        for token in tokens {
            let taken = said + bare(token.bytes)
            // White space decides nothing.
            if taken == said { continue }
            let open = places(in: ways, leadingFrom: taken)
            guard !open.isEmpty else { return nil }
            var own = exp(min(0, token.logProbability))
            var others: [(places: [Int], share: Double)] = []
            for alternative in token.alternatives {
                let text = said + bare(alternative.bytes)
                if text == said || text == taken { continue }
                let places = places(in: ways, leadingFrom: text)
                let share = exp(min(0, alternative.logProbability))
                if places == open {
                    // The same labels, by other pieces of their letters.
                    own += share
                } else if !places.isEmpty {
                    others.append((places, share))
                }
            }
            if !others.isEmpty || open.count < places(in: ways, leadingFrom: said).count {
                let sum = others.reduce(own) { $0 + $1.share }
                guard sum >= leastWanted, sum <= 1.01 else { return nil }
                for (places, share) in others {
                    let mass = reached * share / sum
                    if places.count == 1 { shares[places[0]] += mass } else { unclear += mass }
                }
                reached *= own / sum
            }
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
    private static func places(in ways: [[UInt8]], leadingFrom text: [UInt8]) -> [Int] {
        let whole = ways.indices.filter { ways[$0].starts(with: text) }
        guard whole.isEmpty else { return whole }
        // A longer label goes before one that it begins with: `no` is not meant where `none` stands.
        let begun = ways.indices.filter { text.starts(with: ways[$0]) }
        return begun.max { ways[$0].count < ways[$1].count }.map { [$0] } ?? []
    }

    /// The tokens of the answer itself, without thoughts and fences before it; empty where they are of another text.
    private static func answerTokens(of reply: ChatReply) -> ArraySlice<ChatReply.Token> {
        let answer = bare(SaidText(reply.text).text.utf8)
        let pieces = reply.tokens.map { bare($0.bytes) }
        guard !answer.isEmpty, let found = Array(pieces.joined()).ranges(of: answer).last else {
            return []
        }
        var count = 0
        for (place, piece) in pieces.enumerated() {
            if count == found.lowerBound { return reply.tokens[place...] }
            count += piece.count
        }
        return []
    }

    /// Bytes without white space, in small letters.
    private static func bare(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        bytes.compactMap { byte in
            switch byte {
            case 0x09, 0x0A, 0x0D, 0x20: nil
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte + 0x20
            default: byte
            }
        }
    }
}
