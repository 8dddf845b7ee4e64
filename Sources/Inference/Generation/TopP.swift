import Tokenization

/// Leaves the likeliest tokens that together reach a probability.
///
/// A token goes when it and all less likely ones together have at most `1 - topP`; the likeliest always stays. Among equals
/// the higher id stays longer, as it does in the reference's stable ascending sort.
///
/// Source: nucleus sampling (Holtzman et al. 2020), as `TopPLogitsWarper` in Transformers does it.
struct TopP: Sendable {
    private let probability: Double

    init(_ probability: Double) {
        self.probability = probability
    }

    func apply(to logits: inout [Float]) {
        guard probability < 1 else { return }
        let probabilities = softmax(logits)
        guard !probabilities.isEmpty else { return }
        // All tokens below this together stay under 1 - topP: they go, whatever their order, and need not be sorted.
        let negligible = (1 - probability) / Double(logits.count)
        var ranked: [RankedToken] = []
        for (index, logit) in logits.enumerated() where probabilities[index] > negligible {
            ranked.append(RankedToken(id: TokenID(index), logit: logit))
        }
        ranked.sort { $0.logit > $1.logit || ($0.logit == $1.logit && $0.id > $1.id) }
        // Single precision, as the reference compares: sums such as 0.05 + 0.15 meet 1 - 0.8 in it.
        let limit = Float(1 - probability)
        var atOrBelow = 1.0
        var kept = [Float](repeating: -.infinity, count: logits.count)
        for (rank, token) in ranked.enumerated() {
            if rank > 0, Float(atOrBelow) <= limit { break }
            kept[Int(token.id)] = token.logit
            atOrBelow -= probabilities[Int(token.id)]
        }
        logits = kept
    }
}
