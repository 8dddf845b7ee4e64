import Glibc
import Records

/// Makes of what speaks for a candidate how often such candidates are right.
///
/// A logistic regression, kept small because documents with known truth are few: over the log odds of the rule's score
/// (J. Platt, "Probabilistic outputs for support vector machines", 1999, does so with one score) and over the other
/// features as they are. `Benchmarks/fit-confidence.py` fits it with a ridge penalty, writes `Calibration+Fitted.swift`,
/// and says how well it holds.
struct Calibration: Sendable {
    /// Changes with the parameters: values of another version are stale.
    var version: String
    /// The log odds where all features are 0.
    var intercept: Double
    /// What each feature adds to the log odds, the score by its own log odds; one that is not named adds nothing.
    var weights: [Feature: Double]
    /// How often the second candidate is right where the first is wrong.
    var runnerUpShare: Double

    /// No value is certain, and none that was found is impossible.
    private static let bounds = 0.02...0.98

    /// How often candidates with such features are right when they are the best of their field.
    func confidence(_ features: [Feature: Double]) -> Double {
        // In one order, so that the sum is the same in every process.
        let sum = features.sorted { $0.key.rawValue < $1.key.rawValue }
            .reduce(intercept) { $0 + (weights[$1.key] ?? 0) * Self.input($1.key, $1.value) }
        return Self.bounded(1 / (1 + exp(-sum)))
    }

    /// The confidence of a candidate behind the best one: a part of what the best leaves.
    func confidence(ofRunnerUp score: Double, behind first: Candidate) -> Double {
        let best = first.features[.score] ?? 1
        let share = best > 0 ? min(1, score / best) : 1
        return Self.bounded((1 - first.confidence) * runnerUpShare * share)
    }

    /// A feature as it enters the sum.
    private static func input(_ feature: Feature, _ value: Double) -> Double {
        guard feature == .score else { return value }
        let score = bounded(value)
        return log(score / (1 - score))
    }

    private static func bounded(_ probability: Double) -> Double {
        min(bounds.upperBound, max(bounds.lowerBound, probability))
    }
}
