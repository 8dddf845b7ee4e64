import Foundation
import Tensors
import Testing

@Suite final class KernelElementTests {
    private let memory = KernelMemory()
    deinit { memory.free() }

    private static let counts = [0, 1, 2, 3, 5, 7, 15, 16, 17, 31, 33, 63, 65, 127]

    /// Every tenth of a thousandth from -12 to 12, and what lies far outside.
    private static let arguments: [Float] =
        (-120_000...120_000).map { Float($0) / 10_000 } + [100, -100, 88.5, -88.5, 1e30, -1e30]

    private func expectClose(
        _ kernels: Kernels,
        _ compute: (UnsafeMutablePointer<Float>, Int) -> Void,
        to exact: (Double) -> Double
    ) {
        let placed = memory.place(Self.arguments, misalignment: 2)
        compute(placed.pointer, placed.count)
        let worst = zip(Self.arguments, placed.elements).max { left, right in
            abs(Double(left.1) - exact(Double(left.0))) / max(1, abs(Double(left.0)))
                < abs(Double(right.1) - exact(Double(right.0))) / max(1, abs(Double(right.0)))
        }
        guard let worst else { return }
        let error = abs(Double(worst.1) - exact(Double(worst.0))) / max(1, abs(Double(worst.0)))
        #expect(error <= 3e-7, "at \(worst.0): \(worst.1)")
    }

    @Test(arguments: Kernels.available)
    func `GELU by tanh is within 3e-7 of its formula`(kernels: Kernels) {
        expectClose(kernels) {
            kernels.table.gelu_tanh($0, $1)
        } to: { x in
            0.5 * x * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
        }
    }

    @Test(arguments: Kernels.available)
    func `GELU by the error function is within 3e-7 of its formula`(kernels: Kernels) {
        expectClose(kernels) {
            kernels.table.gelu_erf($0, $1)
        } to: { x in
            0.5 * x * (1 + erf(x / 2.0.squareRoot()))
        }
    }

    @Test(arguments: Kernels.available)
    func `SiLU is within 3e-7 of its formula, and is multiplied`(kernels: Kernels) {
        expectClose(kernels) { gate, count in
            let up = memory.place([Float](repeating: 0.5, count: count), misalignment: 6)
            kernels.table.silu_multiply(gate, up.pointer, count)
        } to: { x in
            0.5 * x / (1 + exp(-x))
        }
    }

    @Test(arguments: Kernels.available)
    func `what is not a number stays so, and infinity too`(kernels: Kernels) {
        for compute in [kernels.table.gelu_tanh, kernels.table.gelu_erf] {
            let placed = memory.place([Float.nan, .infinity, 1])
            compute(placed.pointer, 3)
            #expect(placed.elements[0].isNaN && placed.elements[1] == .infinity)
        }
    }

    @Test(arguments: Kernels.available)
    func `as many elements are changed as were named, whatever the count`(kernels: Kernels) {
        let table = kernels.table
        for count in Self.counts {
            var noise = KernelNoise(UInt64(count))
            let x = noise.floats(count), y = noise.floats(count)
            let sums = memory.place(y, misalignment: 2)
            table.add(sums.pointer, memory.place(x, misalignment: 4).pointer, count)
            #expect(sums.elements == zip(x, y).map(+) && sums.marginIsIntact)
            for compute in [table.gelu_tanh, table.gelu_erf] {
                let some = memory.place(x, misalignment: 2)
                compute(some.pointer, count)
                let each = x.map { value in
                    let one = memory.place([value])
                    compute(one.pointer, 1)
                    return one.elements[0]
                }
                #expect(some.elements == each && some.marginIsIntact)
            }
            let gate = memory.place(x, misalignment: 6)
            table.silu_multiply(gate.pointer, memory.place(y).pointer, count)
            #expect(gate.marginIsIntact)
        }
    }

    @Test(arguments: Kernels.available)
    func `rows are added to rows, and what lies between rows stays`(kernels: Kernels) {
        for width in Self.counts {
            var noise = KernelNoise(9)
            let y = noise.floats(3 * (width + 2)), x = noise.floats(width)
            let placed = memory.place(y, misalignment: 2)
            kernels.table.add_rows(placed.pointer, width + 2, memory.place(x).pointer, 3, width)
            let expected = y.enumerated().map { index, value in
                index % (width + 2) < width ? value + x[index % (width + 2)] : value
            }
            #expect(placed.elements == expected)
        }
    }

    @Test(arguments: Kernels.available)
    func `norms are those of their formulas, in place too`(kernels: Kernels) {
        for width in Self.counts.dropFirst() + [1000, 4096] {
            var noise = KernelNoise(UInt64(width))
            let rows = 3, stride = width + 3
            let x = noise.floats(rows * stride).map { $0 * 3 + 0.5 }
            let weight = noise.floats(width), bias = noise.floats(width)
            let placed = (
                memory.place(weight, misalignment: 2), memory.place(bias, misalignment: 4)
            )
            let rms = memory.place(x, misalignment: 2), layer = memory.place(x, misalignment: 6)
            kernels.table.rms_norm(
                rms.pointer,
                stride,
                rms.pointer,
                stride,
                placed.0.pointer,
                rows,
                width,
                1e-6
            )
            kernels.table.layer_norm(
                layer.pointer,
                stride,
                layer.pointer,
                stride,
                placed.0.pointer,
                placed.1.pointer,
                rows,
                width,
                1e-6
            )
            var exactRMS = x, exactLayer = x
            for row in 0..<rows {
                let values = (0..<width).map { Double(x[row * stride + $0]) }
                let mean = values.reduce(0, +) / Double(width)
                let square = values.reduce(0) { $0 + $1 * $1 } / Double(width)
                let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(width)
                for i in 0..<width {
                    let w = Double(weight[i])
                    exactRMS[row * stride + i] = Float(values[i] * w / (square + 1e-6).squareRoot())
                    exactLayer[row * stride + i] = Float(
                        (values[i] - mean) * w / (variance + 1e-6).squareRoot() + Double(bias[i])
                    )
                }
            }
            #expect(greatestDifference(rms.elements, exactRMS) <= 3e-6, "\(width)")
            #expect(greatestDifference(layer.elements, exactLayer) <= 5e-6, "\(width)")
            #expect(rms.marginIsIntact && layer.marginIsIntact)
        }
    }

    @Test(arguments: Kernels.available)
    func `halves of heads are rotated by their angles`(kernels: Kernels) {
        for half in Self.counts {
            var noise = KernelNoise(UInt64(half))
            let stride = 2 * half + 1
            let x = noise.floats(2 * stride)
            let angles = noise.floats(half, times: 3)
            let placed = memory.place(x, misalignment: 2)
            kernels.table.rotate_halves(
                placed.pointer,
                2,
                stride,
                2 * half,
                memory.place(angles.map(cos)).pointer,
                memory.place(angles.map(sin), misalignment: 4).pointer
            )
            var exact = x
            for head in 0..<2 {
                for j in 0..<half {
                    let a = x[head * stride + j], b = x[head * stride + j + half]
                    exact[head * stride + j] = a * cos(angles[j]) - b * sin(angles[j])
                    exact[head * stride + j + half] = b * cos(angles[j]) + a * sin(angles[j])
                }
            }
            #expect(greatestDifference(placed.elements, exact) <= 3e-7)
            #expect(placed.marginIsIntact)
        }
    }

    @Test(arguments: Kernels.available)
    func `rounding to bfloat16 is to nearest, ties to even, and keeps what is not a number`(
        kernels: Kernels
    ) {
        let cases: [(UInt32, UInt16)] = [
            (0x3F80_0000, 0x3F80), (0x3F80_8000, 0x3F80), (0x3F81_8000, 0x3F82),
            (0x3F80_8001, 0x3F81), (0x3F80_7FFF, 0x3F80), (0xBF81_8000, 0xBF82),
            (0x7F7F_FFFF, 0x7F80), (0x7F80_0000, 0x7F80), (0xFF80_0000, 0xFF80),
            (0x7F80_0001, 0x7FC0), (0xFFFF_FFFF, 0xFFFF), (0x0000_0001, 0x0000),
            (0x8000_0000, 0x8000), (0x0001_8000, 0x0002),
        ]
        for count in Self.counts {
            let chosen = (0..<count).map { cases[($0 + count) % cases.count] }
            let x = memory.place(chosen.map { Float(bitPattern: $0.0) }, misalignment: 2)
            let y = memory.place([UInt16](repeating: 1, count: count), misalignment: 2)
            kernels.table.narrow_bf16(y.pointer, x.pointer, count)
            #expect(y.elements == chosen.map(\.1) && y.marginIsIntact)
        }
    }
}
