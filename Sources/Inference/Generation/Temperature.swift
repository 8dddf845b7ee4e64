/// Divides all logits.
///
/// Source: `TemperatureLogitsWarper` in Transformers.
struct Temperature: Sendable {
    private let temperature: Float

    init(_ temperature: Double) {
        self.temperature = Float(temperature)
    }

    func apply(to logits: inout [Float]) {
        guard temperature != 1 else { return }
        for index in logits.indices { logits[index] /= temperature }
    }
}
