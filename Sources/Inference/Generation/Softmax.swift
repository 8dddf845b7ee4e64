import Glibc

/// Probabilities of logits that may be minus infinity, summed in double precision.
///
/// - Returns: `[logits.count]`, adding to 1; empty when no logit is finite.
func softmax(_ logits: [Float]) -> [Double] {
    guard let largest = logits.max(), largest > -.infinity else { return [] }
    var probabilities = [Double](repeating: 0, count: logits.count)
    var sum = 0.0
    for (index, logit) in logits.enumerated() where logit > -.infinity {
        let weight = exp(Double(logit) - Double(largest))
        probabilities[index] = weight
        sum += weight
    }
    for index in probabilities.indices { probabilities[index] /= sum }
    return probabilities
}

/// The logarithm of the sum of all logits' exponentials.
func logSumExp(_ logits: [Float]) -> Double {
    guard let largest = logits.max(), largest > -.infinity else { return -.infinity }
    var sum = 0.0
    for logit in logits where logit > -.infinity { sum += exp(Double(logit) - Double(largest)) }
    return Double(largest) + log(sum)
}
