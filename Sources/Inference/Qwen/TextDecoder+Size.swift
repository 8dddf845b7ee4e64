internal import Tensors

extension TextDecoder {
    /// Bytes of weights that a step reads for the tokens that go through it together: all matrices of the layers, and the head.
    var weightBytesPerStep: Int {
        layers.flatMap(\.linears).reduce(head.weight.byteCount) { $0 + $1.weight.byteCount }
    }
}
