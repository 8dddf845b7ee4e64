internal import Tensors

extension TextDecoder {
    /// Bytes of weights that a step reads for the tokens that go through it together: all matrices of the layers, and the head.
    var weightBytesPerStep: Int {
        layers.reduce(Self.bytes(head)) { $0 + Self.bytes(of: $1) }
    }

    private static func bytes(of layer: DecoderLayer) -> Int {
        [
            layer.query, layer.key, layer.value, layer.output, layer.gate, layer.up, layer.down,
        ].reduce(0) { $0 + bytes($1) }
    }

    private static func bytes(_ linear: Linear) -> Int {
        linear.weight.byteCount
    }
}
