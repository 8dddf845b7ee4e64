internal import Synchronization

/// What earlier tokens and passes of a model taught about drafts: how often they are right, and what a pass with them costs.
///
/// It steers only whether drafts are tried, never what an answer says. One is shared by all answers of a model.
public final class SpeculationHistory: Sendable {
    /// What speaks for a guess.
    struct Evidence: Sendable, Equatable {
        /// Whether it stands in a draft given with the request, not in the prompt or the answer.
        var isInDraft: Bool
        /// How many tokens before it agree.
        var length: Int

        /// Guesses of one class are counted together.
        fileprivate var classIndex: Int {
            let step =
                switch length {
                case ...1: 0
                case 2: 1
                case 3: 2
                case 4...5: 3
                case 6...8: 4
                case 9...15: 5
                default: 6
                }
            return isInDraft ? step : 7 + step
        }
    }

    private struct Passes: Hashable {
        let sequences: Int
        let drafted: Int
    }

    private struct Content {
        /// How likely a guess of each class is right; before anything is known, a careful guess itself.
        var chances = [
            0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95,
            0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9,
        ]
        var costs: [Passes: RecentMedian] = [:]
    }

    /// How much one guess changes what is believed: eight or so count.
    private static let weight = 0.125
    private let content = Mutex(Content())

    /// Makes a history of nothing.
    public init() {}

    // MARK: Guesses

    /// Notes whether a guess was right.
    func observe(_ evidence: Evidence, isRight: Bool) {
        content.withLock {
            let index = evidence.classIndex
            $0.chances[index] += ((isRight ? 1 : 0) - $0.chances[index]) * Self.weight
        }
    }

    /// How likely a guess is right.
    func chance(_ evidence: Evidence) -> Double {
        content.withLock { $0.chances[evidence.classIndex] }
    }

    // MARK: Costs

    /// Notes what a pass took.
    ///
    /// - Parameters:
    ///   - cost: Its time, as a multiple of a pass without drafts.
    ///   - drafted: Drafted tokens in it.
    ///   - sequences: Sequences in it.
    func observe(cost: Double, drafted: Int, sequences: Int) {
        content.withLock {
            let key = Passes(sequences: sequences, drafted: drafted)
            $0.costs[key, default: RecentMedian()].add(cost)
        }
    }

    /// What a pass will take, as a multiple of one without drafts.
    ///
    /// - Parameters:
    ///   - drafted: Drafted tokens in it, at least one.
    ///   - sequences: Sequences in it.
    ///   - row: What a further token costs where nothing was measured.
    /// - Returns: At least 1; what was measured, or between and beyond what was measured by a straight line.
    func cost(drafted: Int, sequences: Int, row: Double) -> Double {
        content.withLock { content in
            func measured(_ drafted: Int) -> Double? {
                content.costs[Passes(sequences: sequences, drafted: drafted)]?.median
            }
            if let cost = measured(drafted) { return max(1, cost) }
            var (below, belowCost) = (0, 1.0)
            for fewer in stride(from: drafted - 1, to: 0, by: -1) {
                guard let cost = measured(fewer) else { continue }
                (below, belowCost) = (fewer, max(1, cost))
                break
            }
            for more in drafted + 1...drafted + DraftPlanner.mostDrafted {
                guard let cost = measured(more) else { continue }
                let share = Double(drafted - below) / Double(more - below)
                return max(1, belowCost + (cost - belowCost) * share)
            }
            return belowCost + row * Double(drafted - below)
        }
    }
}

/// The median of the last few numbers: one pass that another program disturbed changes nothing.
struct RecentMedian: Sendable {
    private static let window = 9
    private var numbers: [Double] = []
    private var oldest = 0
    /// Nil before the first number.
    private(set) var median: Double?

    /// How many numbers it is of.
    var count: Int { numbers.count }

    mutating func add(_ number: Double) {
        if numbers.count < Self.window {
            numbers.append(number)
        } else {
            numbers[oldest] = number
            oldest = (oldest + 1) % Self.window
        }
        median = numbers.sorted()[(numbers.count - 1) / 2]
    }
}
