/// A linear layer: `y = x·Wᵀ + b`.
public struct Linear: Sendable {
    /// `[out, in]`.
    public let weight: WeightRows
    /// `[out]`, where the layer has one.
    public let bias: [Float]?

    /// Outputs.
    public var outputs: Int { weight.rows }
    /// Inputs.
    public var inputs: Int { weight.columns }

    /// Joins a weight and its bias.
    ///
    /// - Parameters:
    ///   - weight: `[out, in]`.
    ///   - bias: `[out]`.
    public init(weight: WeightRows, bias: [Float]? = nil) {
        precondition(bias.map { $0.count == weight.rows } ?? true)
        self.weight = weight
        self.bias = bias
    }
}
