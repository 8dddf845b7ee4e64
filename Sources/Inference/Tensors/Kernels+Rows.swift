internal import CKernels

// The kernels by their names, with Swift's types. Shapes and formulas are in CKernels.h.
extension Kernels {
    /// Stored elements to float32.
    @unsafe public func widen(
        into y: UnsafeMutablePointer<Float>,
        from stored: UnsafeRawPointer,
        type: ElementType,
        count: Int
    ) {
        unsafe table.widen(y, stored, type.kernelType, count)
    }

    /// Float32 to bfloat16, to nearest, ties to even.
    @unsafe public func narrow(
        into y: UnsafeMutablePointer<UInt16>,
        from x: UnsafePointer<Float>,
        count: Int
    ) {
        unsafe table.narrow_bf16(y, x, count)
    }

    /// Rows divided by their root mean square; `y` may be `x`.
    @unsafe public func rmsNorm(
        into y: UnsafeMutablePointer<Float>,
        stride yStride: Int,
        from x: UnsafePointer<Float>,
        stride xStride: Int,
        weight: [Float],
        rows: Int,
        epsilon: Float
    ) {
        unsafe table.rms_norm(y, yStride, x, xStride, weight, rows, weight.count, epsilon)
    }

    /// Rows of mean 0 and variance 1, scaled and shifted; `y` may be `x`.
    @unsafe public func layerNorm(
        into y: UnsafeMutablePointer<Float>,
        from x: UnsafePointer<Float>,
        weight: [Float],
        bias: [Float],
        epsilon: Float
    ) {
        precondition(weight.count == bias.count)
        unsafe table.layer_norm(
            y,
            weight.count,
            x,
            weight.count,
            weight,
            bias,
            1,
            weight.count,
            epsilon
        )
    }

    /// Rotates element j of each of some neighbouring heads with element j + headDimension/2.
    @unsafe public func rotateHalves(
        _ x: UnsafeMutablePointer<Float>,
        heads: Int,
        headDimension: Int,
        cosine: UnsafePointer<Float>,
        sine: UnsafePointer<Float>
    ) {
        unsafe table.rotate_halves(x, heads, headDimension, headDimension, cosine, sine)
    }

    /// `y += x`.
    @unsafe public func add(
        _ x: UnsafePointer<Float>,
        to y: UnsafeMutablePointer<Float>,
        count: Int
    ) {
        unsafe table.add(y, x, count)
    }

    /// `gate = silu(gate)·up`.
    @unsafe public func siluMultiply(
        _ gate: UnsafeMutablePointer<Float>,
        by up: UnsafePointer<Float>,
        count: Int
    ) {
        unsafe table.silu_multiply(gate, up, count)
    }

    /// The tanh form of the Gaussian error linear unit, in place.
    @unsafe public func geluTanh(_ x: UnsafeMutablePointer<Float>, count: Int) {
        unsafe table.gelu_tanh(x, count)
    }

    /// The Gaussian error linear unit, in place.
    @unsafe public func geluErf(_ x: UnsafeMutablePointer<Float>, count: Int) {
        unsafe table.gelu_erf(x, count)
    }
}
