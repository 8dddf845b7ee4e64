import Glibc

/// Leaves the tokens whose probability is at least a share of the likeliest one's.
///
/// Source: `MinPLogitsWarper` in Transformers.
struct MinP: Sendable {
    private let share: Double

    init(_ share: Double) {
        self.share = share
    }

    func apply(to logits: inout [Float]) {
        guard share > 0, let largest = logits.max(), largest > -.infinity else { return }
        // p < share·p_max is logit < logit_max + log(share): no sum is needed.
        let threshold = Double(largest) + log(share)
        for index in logits.indices
        where logits[index] < largest && Double(logits[index]) < threshold {
            logits[index] = -.infinity
        }
    }
}
