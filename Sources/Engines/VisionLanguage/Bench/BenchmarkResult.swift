/// What the runs of a stage gave.
public struct BenchmarkResult: Sendable {
    /// The stage.
    public let stage: BenchmarkStage
    /// Seconds, or tokens a second.
    public let measure: BenchmarkMeasure
    /// Width and height of the picture as the model was shown it.
    public var shownSize: (width: Int, height: Int)?
    /// Tokens of the picture, of the prompt, or of all answers of a run.
    public var tokens: Int
    /// Joules of a run, where the machine tells: all that its processors used meanwhile.
    public var joules: RunSamples?
    /// Seconds from pixels to patches, which are not among those of ``measure`` for pictures alone.
    public var preprocessing: RunSamples?
    /// Bytes of weights that one step reads.
    public var bytesPerToken: Int?
    /// Bytes of keys and values that one step reads, on average.
    public var cacheBytesRead: Int?
    /// The share of what memory gave, measured beside each run, at which weights were read.
    public var bandwidthShare: RunSamples?
    /// How many times the tokens of one answer alone, or as soon as one by one, measured beside each run.
    public var timesSingle: RunSamples?
}

/// A figure of several runs, and what it counts.
public enum BenchmarkMeasure: Sendable, Equatable {
    /// Less is better.
    case seconds(RunSamples)
    /// More is better.
    case tokensPerSecond(RunSamples)

    /// The figures.
    public var samples: RunSamples {
        switch self {
        case .seconds(let samples), .tokensPerSecond(let samples): samples
        }
    }
}

/// What a stage came to.
public enum BenchmarkOutcome: Sendable {
    /// It was measured.
    case measured(BenchmarkResult)
    /// It cannot be, with this model.
    case skipped(BenchmarkSkip)
}

/// Why a stage cannot be measured.
public enum BenchmarkSkip: Sendable, Equatable {
    /// The model reads text only.
    case seesNothing
    /// The model holds fewer tokens.
    case contextTooShort(needed: Int, limit: Int)
}

extension BenchmarkResult {
    /// The same with what its runs used; where one of them is not known, nothing is.
    func using(_ joules: [Double?]) -> BenchmarkResult {
        let known = joules.compactMap(\.self)
        guard known.count == joules.count, !known.isEmpty else { return self }
        var result = self
        result.joules = RunSamples(known)
        return result
    }
}

/// Figures of equal runs.
public struct RunSamples: Sendable, Equatable {
    /// In the order of the runs, at least one.
    public let values: [Double]
    /// The one in the middle, or between the two there.
    public let median: Double
    /// The least.
    public let least: Double
    /// The greatest.
    public let greatest: Double

    /// Sums up runs.
    ///
    /// - Parameter values: At least one.
    public init(_ values: [Double]) {
        precondition(!values.isEmpty, "nothing was run")
        let sorted = values.sorted()
        self.values = values
        median = (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
        least = sorted[0]
        greatest = sorted[sorted.count - 1]
    }
}
