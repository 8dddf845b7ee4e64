import Records

extension Calibration {
    /// Written before any fit: the rule's score as it is.
    static let fitted = Calibration(
        version: "none",
        intercept: -2.6,
        weights: [.score: 5.2],
        runnerUpShare: 0.4
    )
}
