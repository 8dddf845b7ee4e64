internal import CKernels

/// Which inputs make each output along one axis, and with what weights.
struct ResamplingAxis: Equatable {
    /// The first input of each output.
    let first: [UInt32]
    /// How many inputs follow, that one included.
    let count: [UInt32]
    /// `[outputs, stride]`, zeros behind each row's `count`.
    let weights: [Int16]
    /// Weights in a row.
    let stride: Int
    /// Bits behind the point of a weight.
    let precision: Int

    /// Inputs on each side of a point that the kernel reaches.
    private static let reach = 2.0
    /// Where the search for the best precision ends.
    private static let highestPrecision = 22

    /// Computes the weights that make `outputs` of `inputs`.
    init(from inputs: Int, to outputs: Int) {
        let scale = Double(inputs) / Double(outputs)
        let support = max(scale, 1) * Self.reach
        // Multiplied, not divided: so does the reference, and the last bit may differ.
        let inverse = scale >= 1 ? 1 / scale : 1
        let stride = Int(support.rounded(.up)) * 2 + 1
        var exact = [Double](repeating: 0, count: outputs * stride)
        var first: [UInt32] = []
        var count: [UInt32] = []
        first.reserveCapacity(outputs)
        count.reserveCapacity(outputs)
        for output in 0..<outputs {
            let centre = scale * (Double(output) + 0.5)
            let low = max(Int(centre - support + 0.5), 0)
            let high = min(Int(centre + support + 0.5), inputs)
            let row = output * stride
            var sum = 0.0
            for input in low..<high {
                let weight = Self.keys((Double(input) - centre + 0.5) * inverse)
                exact[row + input - low] = weight
                sum += weight
            }
            if sum != 0 { for place in row..<row + high - low { exact[place] /= sum } }
            first.append(UInt32(low))
            count.append(UInt32(high - low))
        }
        let precision = Self.precision(greatest: exact.max() ?? 0)
        let unit = Double(1 << precision)
        self.first = first
        self.count = count
        self.stride = stride
        self.precision = precision
        weights = exact.map { Int16(($0 * unit + ($0 < 0 ? -0.5 : 0.5))) }
    }

    /// Keys' kernel with a = -0.5, in the reference's order of operations.
    private static func keys(_ position: Double) -> Double {
        let a = -0.5
        let x = abs(position)
        if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
        if x < 2 { return (((x - 5) * x + 8) * x - 4) * a }
        return 0
    }

    /// The most bits with which the greatest weight is still one of 16 bits.
    private static func precision(greatest: Double) -> Int {
        var precision = 0
        while precision < highestPrecision {
            if Int(0.5 + greatest * Double(1 << (precision + 1))) >= 1 << 15 { break }
            precision += 1
        }
        return precision
    }

    /// Lends the same to the kernels.
    func withResampling<Result>(_ body: (UnsafePointer<dk_resampling>) -> Result) -> Result {
        unsafe first.withUnsafeBufferPointer { first in
            unsafe count.withUnsafeBufferPointer { count in
                unsafe weights.withUnsafeBufferPointer { weights in
                    var resampling = unsafe dk_resampling(
                        first: first.baseAddress,
                        count: count.baseAddress,
                        weights: weights.baseAddress,
                        stride: stride,
                        precision: UInt32(precision)
                    )
                    return unsafe withUnsafePointer(to: &resampling) { unsafe body($0) }
                }
            }
        }
    }
}
