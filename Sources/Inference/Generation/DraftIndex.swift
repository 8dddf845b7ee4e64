import Tokenization

/// Texts that an answer may quote, and where each pair of tokens stands in them.
///
/// First come the drafts given with the request, then the prompt, then the answer as it grows. A look-up follows one chain
/// of places and looks at a bounded number of them, so that an answer of n tokens over texts of m costs O(n + m), whatever they are.
///
/// Source: the hash chains of deflate (RFC 1951, section 4) over tokens; drafts from the prompt are prompt lookup decoding (Saxena 2023).
struct DraftIndex: Sendable {
    /// Where an earlier place goes on as the answer does.
    struct Match: Sendable, Equatable {
        /// The place of the token that comes next there.
        var next: Int
        /// Tokens before it that are the answer's last ones, as far as they were compared.
        var length: Int
    }

    /// Tokens of drafts that are indexed; the rest of longer ones is left out.
    static let mostDrafted = 1 << 17
    /// Places of one pair that a look-up compares.
    private static let mostCompared = 32
    /// Tokens that are compared before each.
    private static let longest = 32
    /// How far behind the last quotation its continuation is looked for by one token alone.
    private static let resumption = 16
    /// Stands between texts: no answer has it.
    private static let gap: TokenID = -1

    private var tokens: [TokenID] = []
    /// For each place the one before with the same pair; -1 for none.
    private var earlier: [Int32] = []
    /// The last place of each pair.
    private var latest: [UInt64: Int32] = [:]
    /// Places before it are of drafts.
    let draftEnd: Int
    /// The place after the last token of a draft that the answer quoted.
    private var quotedEnd = 0

    /// Indexes what is known before the answer.
    ///
    /// - Parameters:
    ///   - drafts: Texts that the answer is likely to quote, the likeliest first.
    ///   - prompt: The prompt.
    init(drafts: [[TokenID]], prompt: [TokenID]) {
        var room = Self.mostDrafted
        var known: [TokenID] = []
        for draft in drafts where room > 0 && !draft.isEmpty {
            known += draft.prefix(room)
            known.append(Self.gap)
            room -= min(room, draft.count)
        }
        draftEnd = known.count
        known += prompt
        tokens.reserveCapacity(known.count + 1024)
        earlier.reserveCapacity(known.count + 1024)
        latest.reserveCapacity(known.count)
        for token in known { append(token) }
    }

    /// Takes the answer's next token.
    mutating func append(_ token: TokenID) {
        let place = tokens.count
        tokens.append(token)
        guard place > 0, let pair = pair(endingAt: place) else {
            earlier.append(-1)
            return
        }
        earlier.append(latest.updateValue(Int32(place), forKey: pair) ?? -1)
    }

    private func pair(endingAt place: Int) -> UInt64? {
        let (first, second) = (tokens[place - 1], tokens[place])
        guard first >= 0, second >= 0 else { return nil }
        return UInt64(UInt32(bitPattern: first)) << 32 | UInt64(UInt32(bitPattern: second))
    }

    // MARK: Looking up

    /// The token that stands at a match; nil at the end of a text.
    func token(at match: Match) -> TokenID? {
        let token = tokens[match.next]
        return token == Self.gap ? nil : token
    }

    /// Whether a match lies in a draft, not in the prompt or the answer.
    func isInDraft(_ match: Match) -> Bool { match.next < draftEnd }

    /// Notes that the answer has said what stands at a match.
    ///
    /// - Parameter match: The match; it moves on by the token.
    mutating func follow(_ match: inout Match) {
        match.next += 1
        match.length += 1
        if match.next <= draftEnd { quotedEnd = match.next }
    }

    /// The tokens from a match on.
    ///
    /// - Parameters:
    ///   - match: The match.
    ///   - most: As many at most.
    /// - Returns: Up to the end of the text; a match that reaches the answer's end goes on with itself.
    func continuation(of match: Match, atMost most: Int) -> [TokenID] {
        var result: [TokenID] = []
        for offset in 0..<max(0, most) {
            let place = match.next + offset
            let token = place < tokens.count ? tokens[place] : result[place - tokens.count]
            if token == Self.gap { break }
            result.append(token)
        }
        return result
    }

    /// Where the answer's last tokens stand earlier: the longest match; of equal ones the nearest after the last quotation, else
    /// the latest.
    ///
    /// - Returns: Nil where the last two tokens stand nowhere, and the last one not soon after what was quoted.
    func match() -> Match? {
        let end = tokens.count - 1
        var best: Match?
        var bestDistance = Int.max
        var place = end >= 0 ? Int(earlier[end]) : -1
        var compared = 0
        while place >= 0, compared < Self.mostCompared {
            let match = Match(next: place + 1, length: commonLength(before: place, and: end))
            let isAhead = place < draftEnd && place >= quotedEnd
            let distance = isAhead ? place - quotedEnd : Int.max
            if token(at: match) != nil,
                match.length > best?.length ?? 0
                    || (match.length == best?.length && distance < bestDistance)
            {
                best = match
                bestDistance = distance
            }
            place = Int(earlier[place])
            compared += 1
        }
        return best ?? resumed(end)
    }

    /// Where one token alone stands soon after what was quoted: a quotation that left out or changed a few.
    private func resumed(_ end: Int) -> Match? {
        guard end >= draftEnd else { return nil }
        for place in quotedEnd..<max(quotedEnd, min(draftEnd - 1, quotedEnd + Self.resumption))
        where tokens[place] == tokens[end] {
            let match = Match(next: place + 1, length: 1)
            return token(at: match) == nil ? nil : match
        }
        return nil
    }

    private func commonLength(before place: Int, and end: Int) -> Int {
        var length = 0
        while length < Self.longest, length <= place, tokens[place - length] != Self.gap,
            tokens[place - length] == tokens[end - length]
        {
            length += 1
        }
        return length
    }
}
