import Tokenization

/// Tokens that may follow one that is fed next, in one pass with it.
struct DraftProposal: Sendable {
    /// Tokens of a stretch in one pass: more than any key has.
    static let mostStretched = 256

    /// Tokens that must follow, and are fed whatever they cost: each saves a pass.
    var stretch: [TokenID] = []
    /// The tokens whose logits are wanted where the stretch is not fed; nil for all.
    var wantedAtOnce: [TokenID]?
    /// Tokens after those that are guessed, and verified.
    var tokens: [TokenID] = []
    /// How likely each is right, given those before it.
    var chances: [Double] = []
    /// The tokens whose logits are wanted, after what is certain and after each draft; nil for all.
    var wanted: [[TokenID]?] = [nil]
    /// Whether they are fed whatever they cost.
    var isUnconditional = false
}

/// Decides how many drafted tokens a pass is given: as many as make it worth most, and none where that does not pay.
///
/// With chances p₁, p₂, … a draft of k tokens is expected to give p₁ + p₁p₂ + … tokens more. The number is chosen that gives most
/// tokens a second, by the measured time of passes of so many rows.
///
/// Whatever is believed of chances and times, drafts may lose only a small share of the time so far: what a pass
/// would lose if every draft in it were wrong must fit in there. Right drafts earn more room.
///
/// Source: expected tokens and cost as in section 3 of "Fast Inference from Transformers via Speculative Decoding" (Leviathan et al. 2023).
struct DraftPlanner: Sendable {
    /// Drafted tokens of one sequence in a pass: eight rows cost about one pass where weights are packed.
    static let mostDrafted = 7
    /// Rows of a pass up to which drafts are added.
    private static let mostRows = 16
    /// The share of the time so far that drafts may lose.
    private static let mostLost = 0.02
    /// Drafts must promise so much.
    private static let leastValue = 1.02
    /// And so much where it is not believed.
    private static let leastTrialValue = 1.1
    /// What a further row costs in passes, as far as nothing was measured: no less than this, and where the prompt's time is
    /// known, somewhat more than one of its tokens took, as few rows are multiplied less well than many.
    private static let leastRowCost = 0.03
    private static let promptFactor = 1.5

    private let history: SpeculationHistory
    /// Seconds of passes without drafts, by their sequences.
    private var plain: [Int: RecentMedian] = [:]
    private var seconds = 0.0
    /// Seconds of a prompt's token.
    private var rowSeconds: Double?
    /// What drafts lost in seconds; negative where they gained.
    private var loss = 0.0
    private var passes = 0
    private var nextTrial = 0
    private var trialInterval = 16

    init(_ history: SpeculationHistory) {
        self.history = history
    }

    // MARK: Deciding

    /// How many drafted tokens each sequence gets in the next pass.
    ///
    /// - Parameter proposals: One for each sequence.
    /// - Returns: For each sequence, how many of its tokens are fed.
    mutating func counts(for proposals: [DraftProposal]) -> [Int] {
        var counts = proposals.map { $0.isUnconditional ? $0.tokens.count : 0 }
        let fixed = counts.reduce(0, +)
        // A pass with stretches takes longer by itself: it would teach nothing about drafts.
        guard proposals.allSatisfy(\.stretch.isEmpty),
            proposals.contains(where: { !$0.isUnconditional && !$0.tokens.isEmpty })
        else { return counts }
        let picks = Self.picks(
            from: proposals,
            atMost: max(Self.mostDrafted, Self.mostRows - proposals.count) - fixed
        )
        let row = assumedCost(of: proposals.count)
        var most = best(picks, of: proposals.count, row: row)
        if most == 0, passes >= nextTrial {
            // What was measured may have been disturbed, or have changed since.
            most = best(picks, of: proposals.count, row: row, isTrial: true)
            if most > 0 {
                nextTrial = passes + trialInterval
                trialInterval = min(1024, 2 * trialInterval)
            }
        }
        // Tokens that are certain save a pass each: no pass costs more for them.
        most = max(most, picks.prefix { $0.chance == 1 }.count)
        for pick in picks.prefix(most) { counts[pick.sequence] += 1 }
        return counts
    }

    private struct Pick {
        let sequence: Int
        /// How likely the token is right, and all before it.
        let chance: Double
    }

    /// Drafted tokens in the order of how likely they are right.
    private static func picks(from proposals: [DraftProposal], atMost most: Int) -> [Pick] {
        var picks: [Pick] = []
        for (sequence, proposal) in proposals.enumerated() where !proposal.isUnconditional {
            var chance = 1.0
            for share in proposal.chances {
                chance *= share
                picks.append(Pick(sequence: sequence, chance: chance))
            }
        }
        // Chances of one sequence fall, so that each of its tokens stays behind those before it.
        return Array(
            picks.enumerated().sorted {
                $0.element.chance > $1.element.chance
                    || ($0.element.chance == $1.element.chance && $0.offset < $1.offset)
            }.prefix(max(0, most)).map(\.element)
        )
    }

    /// How many picks give most tokens a second.
    private func best(
        _ picks: [Pick],
        of sequences: Int,
        row: Double,
        isTrial: Bool = false
    ) -> Int {
        let width = Double(sequences)
        let base = seconds(of: sequences)
        var (best, bestValue) = (0, isTrial ? Self.leastTrialValue : Self.leastValue)
        var (expected, certain) = (0.0, 0.0)
        for (index, pick) in picks.enumerated() {
            expected += pick.chance
            if pick.chance == 1 { certain += 1 }
            let drafted = index + 1
            let measured = history.cost(drafted: drafted, sequences: sequences, row: row)
            let cost = isTrial ? 1 + Double(drafted) * row : measured
            let value = (1 + expected / width) / cost
            guard value > bestValue else { continue }
            // Before a pass without drafts was timed, nothing is known.
            guard let base else { continue }
            let atRisk = (measured - 1 - certain / width) * base
            guard loss + atRisk <= Self.mostLost * seconds else { continue }
            (best, bestValue) = (drafted, value)
        }
        return best
    }

    /// What a pass without drafts takes; of another number of sequences where there was none of these yet.
    private func seconds(of sequences: Int) -> Double? {
        if let own = plain[sequences], own.count > 1 { return own.median }
        return plain.filter { $0.value.count > 1 }
            .min { abs($0.key - sequences) < abs($1.key - sequences) }?.value.median
    }

    private func assumedCost(of sequences: Int) -> Double {
        guard let rowSeconds, let base = seconds(of: sequences), base > 0 else {
            return Self.leastRowCost
        }
        return min(1, max(Self.leastRowCost, Self.promptFactor * rowSeconds / base))
    }

    // MARK: Learning

    /// Notes a prompt.
    mutating func prefilled(_ tokens: Int, in time: Duration) {
        guard tokens > 0 else { return }
        rowSeconds = time / .seconds(1) / Double(tokens)
    }

    /// Notes a pass.
    ///
    /// - Parameters:
    ///   - time: What it took.
    ///   - drafted: Drafted tokens in it.
    ///   - certain: Tokens of stretches in it.
    ///   - sequences: Sequences in it.
    mutating func passed(in time: Duration, drafted: Int, certain: Int = 0, sequences: Int) {
        let time = time / .seconds(1)
        passes += 1
        seconds += time
        guard certain == 0 else { return }
        guard drafted > 0 else {
            plain[sequences, default: RecentMedian()].add(time)
            return
        }
        guard let base = seconds(of: sequences), base > 0 else { return }
        loss += time - base
        history.observe(cost: time / base, drafted: drafted, sequences: sequences)
    }

    /// Notes drafted tokens that were right: each is a share of a pass saved.
    mutating func accepted(_ count: Int, of sequences: Int) {
        guard count > 0, let base = seconds(of: sequences) else { return }
        loss -= base * Double(count) / Double(sequences)
        trialInterval = 16
    }
}
