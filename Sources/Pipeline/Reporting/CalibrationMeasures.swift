/// How far confidences can be trusted: measured on values of known truth.
///
/// Expected calibration error: M. P. Naeini, G. Cooper, M. Hauskrecht, "Obtaining well calibrated probabilities using
/// Bayesian binning" (2015), here in bins of equally many values. Area under the ROC curve: by ranks (J. Hanley,
/// B. McNeil, 1982). Risk and coverage: R. El-Yaniv, Y. Wiener, "On the foundations of noise-free selective
/// classification" (2010). Intervals: percentiles of a bootstrap over documents (B. Efron, 1979).
public struct CalibrationMeasures: Sendable {
    /// Values of about one confidence.
    public struct Bin: Hashable, Sendable {
        /// The lowest confidence.
        public var lowest: Double
        /// The highest confidence.
        public var highest: Double
        /// How many values.
        public var count: Int
        /// Their mean confidence.
        public var confidence: Double
        /// The share of them that is right.
        public var right: Double
    }

    /// A measure with the range that holds it in 95 of 100 draws of the documents.
    public struct Estimate: Hashable, Sendable {
        /// The measure.
        public var value: Double
        /// The lower end of the range.
        public var low: Double
        /// The upper end of the range.
        public var high: Double
    }

    /// What remains of the errors when only the surest values are kept.
    public struct Selection: Hashable, Sendable {
        /// The share of values that is kept.
        public var coverage: Double
        /// The lowest confidence among them.
        public var confidence: Double
        /// The share of them that is wrong.
        public var risk: Double
        /// The share of all errors that is among them.
        public var errorsLeft: Double
    }

    /// How many values were measured.
    public let count: Int
    /// The share of them that is wrong.
    public let errorRate: Double
    /// Bins of equally many values, from the least sure on.
    public let bins: [Bin]
    /// The mean gap between confidence and share right.
    public let calibrationError: Estimate
    /// The calibration error that confidences without fault would show on so few values.
    public let errorByChance: Double
    /// The mean square of the gap between confidence and outcome.
    public let brierScore: Double
    /// How often a right value has more confidence than a wrong one; nil where all are right, or all wrong.
    public let discrimination: Estimate?

    private let sorted: [CalibrationValue]

    private static let mostBins = 10
    private static let leastInBin = 8
    /// Steps that all draws together may take.
    private static let work = 40_000_000

    /// Measures values; nil when there is none.
    public init?(_ values: [CalibrationValue]) {
        guard !values.isEmpty else { return nil }
        let sorted = values.enumerated().sorted {
            ($0.element.confidence, $0.offset) < ($1.element.confidence, $1.offset)
        }.map(\.element)
        self.sorted = sorted
        count = sorted.count
        errorRate = Double(sorted.count { !$0.isRight }) / Double(sorted.count)
        brierScore =
            sorted.reduce(0) { sum, value in
                let gap = value.confidence - (value.isRight ? 1 : 0)
                return sum + gap * gap
            } / Double(sorted.count)
        let binCount = max(1, min(Self.mostBins, sorted.count / Self.leastInBin))
        let once = [Int](repeating: 1, count: sorted.count)
        bins = Self.bins(sorted, once, binCount)
        let draws = max(100, min(1000, Self.work / sorted.count))
        var resampling = Resampling(sorted)
        var errors: [Double] = []
        var areas: [Double] = []
        for _ in 0..<draws {
            let weights = resampling.next()
            errors.append(Self.calibrationError(Self.bins(sorted, weights, binCount)))
            if let area = Self.area(sorted, weights) { areas.append(area) }
        }
        calibrationError = Self.estimate(Self.calibrationError(bins), errors)
        discrimination = Self.area(sorted, once).map { Self.estimate($0, areas) }
        var chance = 0.0
        let repeats = min(200, draws)
        for _ in 0..<repeats {
            let outcomes = sorted.map { value in
                var value = value
                value.isRight = resampling.generator.nextShare() < value.confidence
                return value
            }
            chance += Self.calibrationError(Self.bins(outcomes, once, binCount))
        }
        errorByChance = chance / Double(repeats)
    }

    /// What remains when only so large a share of the values is kept, the surest; equal confidences count in part.
    public func selection(coverage: Double) -> Selection {
        let wanted = coverage * Double(count)
        var taken = 0.0
        var errors = 0.0
        var confidence = 1.0
        var end = sorted.count
        while end > 0, taken < wanted {
            var start = end - 1
            while start > 0, sorted[start - 1].confidence == sorted[end - 1].confidence {
                start -= 1
            }
            let group = sorted[start..<end]
            let share = min(1, (wanted - taken) / Double(group.count))
            taken += share * Double(group.count)
            errors += share * Double(group.count { !$0.isRight })
            confidence = sorted[start].confidence
            end = start
        }
        return selection(taken: taken, errors: errors, confidence: confidence)
    }

    /// What remains when only values of so much confidence are kept.
    public func selection(confidence: Double) -> Selection {
        let kept = sorted.filter { $0.confidence >= confidence }
        return selection(
            taken: Double(kept.count),
            errors: Double(kept.count { !$0.isRight }),
            confidence: confidence
        )
    }

    private func selection(taken: Double, errors: Double, confidence: Double) -> Selection {
        let all = errorRate * Double(count)
        return Selection(
            coverage: taken / Double(count),
            confidence: confidence,
            risk: taken > 0 ? errors / taken : 0,
            errorsLeft: all > 0 ? errors / all : 0
        )
    }

    // MARK: Measures of values that count several times

    private static func bins(
        _ sorted: [CalibrationValue],
        _ weights: [Int],
        _ count: Int
    ) -> [Bin] {
        let total = weights.reduce(0, +)
        let shares = sharesRight(sorted, weights)
        var bins: [Bin] = []
        var seen = 0
        var place = 0
        var left = weights.first ?? 0
        for part in 1...count {
            let end = part * total / count
            var bin = Bin(lowest: 1, highest: 0, count: 0, confidence: 0, right: 0)
            while seen < end {
                while left == 0 {
                    place += 1
                    left = weights[place]
                }
                let value = sorted[place]
                let taken = min(left, end - seen)
                bin.lowest = min(bin.lowest, value.confidence)
                bin.highest = max(bin.highest, value.confidence)
                bin.count += taken
                bin.confidence += value.confidence * Double(taken)
                bin.right += shares[place] * Double(taken)
                left -= taken
                seen += taken
            }
            guard bin.count > 0 else { continue }
            bin.confidence /= Double(bin.count)
            bin.right /= Double(bin.count)
            bins.append(bin)
        }
        return bins
    }

    /// For each value the share that is right among those of its confidence: where a bin ends within them, which of
    /// them are in it is of no meaning.
    private static func sharesRight(_ sorted: [CalibrationValue], _ weights: [Int]) -> [Double] {
        var shares = [Double](repeating: 0, count: sorted.count)
        var start = 0
        while start < sorted.count {
            var end = start
            var right = 0
            var all = 0
            while end < sorted.count, sorted[end].confidence == sorted[start].confidence {
                all += weights[end]
                if sorted[end].isRight { right += weights[end] }
                end += 1
            }
            if all > 0 { for place in start..<end { shares[place] = Double(right) / Double(all) } }
            start = end
        }
        return shares
    }

    private static func calibrationError(_ bins: [Bin]) -> Double {
        let count = bins.reduce(0) { $0 + $1.count }
        let gaps = bins.reduce(0) { $0 + abs($1.confidence - $1.right) * Double($1.count) }
        return count > 0 ? gaps / Double(count) : 0
    }

    private static func area(_ sorted: [CalibrationValue], _ weights: [Int]) -> Double? {
        var wrongBelow = 0.0
        var wins = 0.0
        var right = 0.0
        var start = 0
        while start < sorted.count {
            var end = start
            var rightHere = 0
            var wrongHere = 0
            while end < sorted.count, sorted[end].confidence == sorted[start].confidence {
                if sorted[end].isRight {
                    rightHere += weights[end]
                } else {
                    wrongHere += weights[end]
                }
                end += 1
            }
            wins += Double(rightHere) * (wrongBelow + Double(wrongHere) / 2)
            right += Double(rightHere)
            wrongBelow += Double(wrongHere)
            start = end
        }
        return right > 0 && wrongBelow > 0 ? wins / (right * wrongBelow) : nil
    }

    private static func estimate(_ value: Double, _ draws: [Double]) -> Estimate {
        let ordered = draws.sorted()
        guard !ordered.isEmpty else { return Estimate(value: value, low: value, high: value) }
        return Estimate(
            value: value,
            low: ordered[ordered.count * 25 / 1000],
            high: ordered[max(0, ordered.count * 975 / 1000 - 1)]
        )
    }
}
