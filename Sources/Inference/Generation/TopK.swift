/// Leaves the `k` largest logits, and all that equal the least of them.
///
/// Source: `TopKLogitsWarper` in Transformers.
struct TopK: Sendable {
    private let count: Int

    init(_ count: Int) {
        self.count = count
    }

    func apply(to logits: inout [Float]) {
        guard count > 0, count < logits.count,
            let threshold = largest(count, of: logits).last?.logit
        else { return }
        for index in logits.indices where logits[index] < threshold {
            logits[index] = -.infinity
        }
    }
}
