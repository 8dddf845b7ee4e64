// Written by Benchmarks/fit-evidence.py: do not edit, fit anew.
import Records

extension ModelCalibration {
    /// Fitted on 11847 answers of a simulated model about 107 documents, with a ridge of 4.
    ///
    /// The mix: 45 % as printed, 15 % respelled, 15 % other place, 10 % other document, 10 % changed, 5 % cut.
    /// Each half of the documents judged by a fit on the other: expected calibration error 0.020
    /// (0.017 to 0.041 by bootstrap), area under the ROC curve 0.927, at 80 % coverage 0.54 of the errors.
    static let fitted = ModelCalibration(
        version: "3dff8ff9",
        share: 0.6,
        intercept: -0.829,
        weights: [
            .doubtfulDigit: 0.556,
            .key: 0.104,
            .kind("address"): 0.871,
            .kind("amount"): 0.035,
            .kind("code"): -0.582,
            .kind("currency"): 1.231,
            .kind("date"): 1.01,
            .kind("name"): 0.864,
            .kind("price"): 1.277,
            .kind("product"): 1.313,
            .kind("total"): 0.268,
            .match(.exact): 0.325,
            .match(.meaning): 0.276,
            .match(.shapes): 1.19,
            .match(.spelling): 0.44,
            .match(.symbol): 1.709,
            .otherKey: -1.005,
            .places: -1.266,
            .proof: 2.434,
            .rulesAgainst: -2.763,
            .rulesAgree: 3.932,
            .rulesSecond: 1.397,
            .similarity: 1.648,
            .unfound: -0.083,
            .weakestWord: -0.047,
        ]
    )
}
