public import Tokenization

/// Notices when an answer has run into a loop of any period.
///
/// An answer loops when its end says again, word for word, what it has just said: at least ``Limits/tokens`` tokens and at
/// least ``Limits/periods`` whole periods of it beyond the first time. With the standard limits, 64 and 2, one token repeated is a
/// loop after 65, a line of 10 tokens after 74 (it stood there seven times), a passage of 100 after 300 (three times). What
/// people print stays below: a rule of dashes across a page is some 5 to 40 tokens, a number of 30 zeros 30, an empty table of
/// 10 rows and 6 columns 60; rows of a filled table differ, and any difference begins anew.
///
/// The check looks at the last `3·2ʲ⁺¹` tokens for periods up to `2ʲ⁺¹`, once in every `2ʲ/4` tokens: n tokens cost
/// O(n log n) whatever they are, and a loop is noticed within an eighth of its length.
///
/// Source: the Z-function of the reversed end (Gusfield, *Algorithms on Strings, Trees, and Sequences*, 1997, section 1.3).
public struct RepetitionGuard: Sendable {
    /// From when on a repetition is a loop.
    public struct Limits: Sendable, Equatable {
        /// Tokens said again.
        public var tokens: Int
        /// Whole periods said again.
        public var periods: Int

        /// What ``RepetitionGuard`` explains.
        public static let standard = Limits(tokens: 64, periods: 2)

        /// Sets both, each at least 1.
        public init(tokens: Int, periods: Int) {
            self.tokens = max(1, tokens)
            self.periods = max(1, periods)
        }
    }

    /// A loop at the end of an answer.
    public struct Loop: Sendable, Equatable {
        /// Tokens of one round.
        public let period: Int
        /// Tokens of the answer up to the end of the first round.
        public let keptTokens: Int
        /// Tokens said again after that.
        public let repeatedTokens: Int
    }

    private let limits: Limits
    private var tokens: [TokenID] = []
    /// The longest period of the first level; at this length the two limits ask for the same.
    private let base: Int

    /// A guard for one answer.
    public init(_ limits: Limits = .standard) {
        self.limits = limits
        base = max(1, limits.tokens / limits.periods)
    }

    /// Takes the answer's next token.
    ///
    /// - Parameter token: The token.
    /// - Returns: The loop that the answer now ends in, if any.
    public mutating func append(_ token: TokenID) -> Loop? {
        tokens.append(token)
        var longest = base
        // The first level is looked at with every few tokens; each further one has twice the periods, half as often.
        while longest == base || longest / 2 + repeatedTokens(longest / 2 + 1) <= tokens.count {
            if tokens.count % max(1, longest / 8) == 0, let loop = loop(periodsUpTo: longest) {
                return loop
            }
            longest *= 2
        }
        return nil
    }

    /// Tokens that must be said again for a period to be a loop.
    private func repeatedTokens(_ period: Int) -> Int {
        max(limits.tokens, limits.periods * period)
    }

    private func loop(periodsUpTo longest: Int) -> Loop? {
        let count = min(tokens.count, longest + repeatedTokens(longest))
        guard
            let period = Self.period(
                of: tokens.suffix(count),
                upTo: longest,
                needing: repeatedTokens
            )
        else { return nil }
        // Back to where the loop began, which may lie before the tokens looked at.
        var start = tokens.count - period
        while start > 0, tokens[start - 1] == tokens[start - 1 + period] { start -= 1 }
        let kept = start + period
        return Loop(period: period, keptTokens: kept, repeatedTokens: tokens.count - kept)
    }

    /// The shortest period with which the end of a list repeats for long enough.
    private static func period(
        of end: ArraySlice<TokenID>,
        upTo longest: Int,
        needing needed: (Int) -> Int
    ) -> Int? {
        let text = Array(end.reversed())
        // matches[i]: how far the reversed end, from i on, is the same as from its start.
        var matches = [Int](repeating: 0, count: text.count)
        var (left, right) = (0, 0)
        for index in 1..<max(1, text.count) {
            var length = index < right ? min(right - index, matches[index - left]) : 0
            while index + length < text.count, text[length] == text[index + length] { length += 1 }
            if index + length > right { (left, right) = (index, index + length) }
            matches[index] = length
            if index <= longest, length >= needed(index) { return index }
        }
        return nil
    }
}
