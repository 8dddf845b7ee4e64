import Foundation
import Tensors

/// What rounding costs on matrices such as random checkpoints lack: heavy tails, and channels that stand out.
///
/// Each is multiplied as in a layer, activations rounded too; Q8_0 and Q4_0 are widened and multiplied in float32.
/// The error of each output is relative to that output's size; of all outputs the root of the mean square counts.
struct MatrixParity {
    /// The weights of a layer.
    enum Weights: String, CaseIterable {
        case normal = "normal"
        case heavyTails = "heavy tails"
        case outlierInputs = "inputs 20 times larger"
        case outlierOutputs = "outputs 20 times larger"
    }

    /// What a layer is given.
    enum Inputs: String, CaseIterable {
        case normal = "normal"
        case outliers = "channels 30 times larger"
        case gated = "gated"
        case heavyTails = "heavy tails"
    }

    static let outputs = 32
    static let rows = 24
    static let depths = [1024, 2048]

    func compare(into report: inout ParityReport) throws {
        for depth in Self.depths {
            for weights in Weights.allCases {
                for inputs in Inputs.allCases {
                    try compare(weights, inputs, depth, into: &report)
                }
            }
        }
    }

    private func compare(
        _ weights: Weights,
        _ inputs: Inputs,
        _ depth: Int,
        into report: inout ParityReport
    ) throws {
        var noise = Noise(state: UInt64(depth))
        let w = weights.draw(Self.outputs, depth, &noise)
        let x = inputs.draw(Self.rows, depth, &noise)
        let exact = try product(x, .float32(w), depth)
        for form in PackedForm.allCases {
            let rounded = form.promise.rival.rounded(w, depth: depth)
            let item =
                "matrices/\(weights.rawValue) x \(inputs.rawValue), \(depth)/\(form.rawValue)"
            report.expect(item, group: "matrices \(form.rawValue)", stage: weights.rawValue)
            report.compare(
                item,
                error: Self.error(try product(x, .packed(w, form), depth), exact),
                tolerance: form.promise.factor
                    * Self.error(try product(x, .float32(rounded), depth), exact)
            )
        }
    }

    private enum Stored {
        case float32([Float])
        case packed([Float], PackedForm)
    }

    /// `[rows, outputs]` as a layer computes it.
    private func product(_ x: [Float], _ stored: Stored, _ depth: Int) throws -> [Double] {
        let (form, bytes): (WeightForm, [UInt8]) =
            switch stored {
            case .float32(let w): (.rows(.float32), w.withUnsafeBytes { [UInt8]($0) })
            case .packed(let w, let form):
                WeightFormat.packed(form).encoded(w, rows: Self.outputs, columns: depth)
            }
        let linear = Linear(
            weight: WeightRows(form: form, rows: Self.outputs, columns: depth, bytes: bytes)
        )
        let workspace = Workspace(compute: Compute(precision: .float32))
        let activations = Activations()
        let input = try workspace.fill(activations, rows: Self.rows, for: [linear]) { row, memory in
            x.withUnsafeBufferPointer { x in
                guard let base = x.baseAddress else { return }
                memory.update(from: base + row * depth, count: depth)
            }
        }
        let results = Results(count: Self.rows * Self.outputs)
        try workspace.multiply([
            MatrixProduct(input, linear) { tile in
                tile.forEachRow { row, values in
                    for (index, column) in tile.columns.enumerated() {
                        results.values[row * Self.outputs + column] = Double(values[index])
                    }
                }
            }
        ])
        return Array(results.values)
    }

    private static func error(_ found: [Double], _ exact: [Double]) -> Double {
        var total = 0.0
        for output in 0..<outputs {
            var (error, size) = (0.0, 0.0)
            for row in 0..<rows {
                let index = row * outputs + output
                error += (found[index] - exact[index]) * (found[index] - exact[index])
                size += exact[index] * exact[index]
            }
            total += error / size
        }
        return (total / Double(outputs)).squareRoot()
    }
}

/// Numbers that several threads write, each its own.
private final class Results: @unchecked Sendable {
    // `@unchecked`: every element is written once, and read when all threads are done.
    let values: UnsafeMutableBufferPointer<Double>

    init(count: Int) {
        values = .allocate(capacity: count)
        values.initialize(repeating: .nan)
    }

    deinit { values.deallocate() }
}

// MARK: - Drawing

/// Reproducible numbers (SplitMix64, Steele, Lea, Flood 2014).
private struct Noise: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// A normal number (Box, Muller 1958).
    mutating func normal() -> Float {
        let radius = (-2 * log(1 - Double.random(in: 0..<1, using: &self))).squareRoot()
        return Float(radius * cos(2 * .pi * Double.random(in: 0..<1, using: &self)))
    }

    /// A number of Student's distribution with four degrees of freedom.
    mutating func heavyTailed() -> Float {
        let top = normal()
        let squares = (0..<4).reduce(Float(0)) { sum, _ in
            let one = normal()
            return sum + one * one
        }
        return top / (squares / 4).squareRoot()
    }
}

extension MatrixParity.Weights {
    fileprivate func draw(_ outputs: Int, _ depth: Int, _ noise: inout Noise) -> [Float] {
        var result: [Float] = []
        for output in 0..<outputs {
            for k in 0..<depth {
                let number = self == .heavyTails ? noise.heavyTailed() : noise.normal()
                // One input of 256, one output of 32.
                let standsOut =
                    self == .outlierInputs && k % 256 == 100
                    || self == .outlierOutputs && output % 32 == 7
                result.append(0.02 * number * (standsOut ? 20 : 1))
            }
        }
        return result
    }
}

extension MatrixParity.Inputs {
    fileprivate func draw(_ rows: Int, _ depth: Int, _ noise: inout Noise) -> [Float] {
        (0..<rows * depth).map { index in
            switch self {
            case .normal: noise.normal()
            // As after a norm: one channel of 512, the same in every row, beside one of the weights that stand out.
            case .outliers: noise.normal() * (index % depth % 512 == 300 ? 30 : 1)
            case .gated: Self.silu(1.5 * noise.normal()) * noise.normal()
            case .heavyTails: noise.heavyTailed()
            }
        }
    }

    private static func silu(_ x: Float) -> Float { x / (1 + exp(-x)) }
}
