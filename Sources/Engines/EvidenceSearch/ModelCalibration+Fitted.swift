// Written by Benchmarks/fit-evidence.py: do not edit, fit anew.
import Records

extension ModelCalibration {
    static let fitted = ModelCalibration(
        version: "0",
        share: 0.6,
        intercept: -1,
        weights: [
            .similarity: 1.5,
            .unfound: -1,
            .places: -0.5,
            .key: 1,
            .otherKey: -1,
            .rulesAgree: 2.5,
            .rulesAgainst: -1,
            .sums: 1,
            .weakestWord: 0.5,
        ]
    )
}
