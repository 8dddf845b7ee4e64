import Glibc
import Records

/// Makes of what speaks for a model's answer how often such answers are right.
///
/// A logistic regression over the features as they are. `Benchmarks/fit-evidence.py` fits it on answers of a simulated
/// model, whose share of right ones it states, and writes `ModelCalibration+Fitted.swift`.
struct ModelCalibration: Sendable {
    /// Changes with the parameters: values of another version are stale.
    var version: String
    /// The share of the simulated answers that is right: what is left to say where nothing can be looked for.
    var share: Double
    /// The log odds where all features are 0.
    var intercept: Double
    /// What each feature adds to the log odds; one that is not named adds nothing.
    var weights: [Feature: Double]

    /// No value is certain, and none that was answered is impossible.
    private static let bounds = 0.02...0.98

    /// How often answers with such features are right.
    func confidence(_ features: [Feature: Double]) -> Double {
        // In one order, so that the sum is the same in every process.
        let sum = features.sorted { $0.key.rawValue < $1.key.rawValue }
            .reduce(intercept) { $0 + (weights[$1.key] ?? 0) * $1.value }
        return Self.bounded(1 / (1 + exp(-sum)))
    }

    /// A probability that is neither 0 nor 1, in thousandths.
    static func bounded(_ probability: Double) -> Double {
        let inside = min(bounds.upperBound, max(bounds.lowerBound, probability))
        return (inside * 1000).rounded() / 1000
    }
}
