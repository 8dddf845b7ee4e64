import CKernels
import Tensors
import Testing

/// Activations in 8 bits, as a kernel wants them, rows further apart than they are wide.
struct Int8Rows {
    var values: [Int8]
    var scales: [Float]
    var sums: [Int32]
    let groups: Int

    var rows: Int { scales.count / max(1, groups) }

    /// `[rows, columns]`, between columns that must stay -7.
    func multiply(
        _ panels: UnsafeRawPointer,
        _ packing: dk_packing,
        _ kernels: Kernels,
        _ columns: Int,
        _ depth: Int
    ) -> [Float] {
        let memory = KernelMemory()
        defer { memory.free() }
        let yStride = columns + 3
        let y = memory.place([Float](repeating: -7, count: rows * yStride), misalignment: 4)
        let scratch = memory.place([UInt8](repeating: 0, count: dk_packed_scratch(depth)))
        var x = dk_int8_rows(
            values: memory.place(values, misalignment: 3).pointer,
            stride: groups * Int(DK_GROUP),
            scales: memory.place(scales, misalignment: 4).pointer,
            sums: memory.place(sums, misalignment: 4).pointer,
            group_stride: groups
        )
        kernels.table.matmul_packed(
            y.pointer,
            yStride,
            &x,
            rows,
            panels,
            packing,
            columns,
            depth,
            scratch.pointer
        )
        #expect(y.marginIsIntact && scratch.marginIsIntact)
        let elements = y.elements
        #expect(
            (0..<rows).allSatisfy { row in
                elements[row * yStride + columns..<(row + 1) * yStride].allSatisfy { $0 == -7 }
            }
        )
        return (0..<rows).flatMap { elements[$0 * yStride..<$0 * yStride + columns] }
    }
}

/// One row as a version quantises it, by its bits.
struct Int8Row: Equatable {
    let values: [Int8]
    let scales: [UInt32]
    let sums: [Int32]

    init(_ kernels: Kernels, _ x: [Float]) {
        let groups = (x.count + Int(DK_GROUP) - 1) / Int(DK_GROUP)
        let memory = KernelMemory()
        defer { memory.free() }
        let values = memory.place(
            [Int8](repeating: 9, count: groups * Int(DK_GROUP)),
            misalignment: 1
        )
        let scales = memory.place([Float](repeating: 9, count: groups), misalignment: 4)
        let sums = memory.place([Int32](repeating: 9, count: groups), misalignment: 4)
        kernels.table.quantize_row(
            values.pointer,
            scales.pointer,
            sums.pointer,
            memory.place(x, misalignment: 2).pointer,
            x.count
        )
        #expect(values.marginIsIntact && scales.marginIsIntact && sums.marginIsIntact)
        self.values = values.elements
        self.scales = scales.elements.map { $0.isNaN ? Float.nan.bitPattern : $0.bitPattern }
        self.sums = sums.elements
    }
}

/// A product of noise with packed weights; some groups are large, small or zero.
struct PackedProduct {
    let rows: Int
    let columns: Int
    let depth: Int
    let packing: dk_packing
    var x: [Float]
    var w: [Float]

    init(rows: Int, columns: Int, depth: Int, packing: dk_packing) {
        self.rows = rows
        self.columns = columns
        self.depth = depth
        self.packing = packing
        var noise = KernelNoise(UInt64(rows * 1_000_003 + columns * 1009 + depth))
        x = noise.floats(rows * depth)
        w = noise.floats(columns * depth)
        if rows % 4 == 1 { for k in 0..<depth { x[k] *= 1e-36 } }
        if rows % 4 == 2 { for k in 0..<depth { x[k] = 0 } }
        if columns % 3 == 1 { for k in 0..<depth { w[k] *= 0x1p-130 } }
        for index in stride(from: 50, to: x.count, by: 501) { x[index] *= 1000 }
    }

    var unpacked: [Float] {
        let memory = KernelMemory()
        defer { memory.free() }
        return unpack(
            pack(w, columns, depth, packing, in: memory),
            columns,
            depth,
            packing,
            in: memory
        )
    }

    /// `[rows, columns]` of some rows and some columns, which begin with a panel.
    func compute(_ kernels: Kernels, rows some: Range<Int>? = nil, columns part: Range<Int>? = nil)
        -> [Float]
    {
        let some = some ?? 0..<rows, part = part ?? 0..<columns
        let quantized = some.map { Int8Row(kernels, Array(x[$0 * depth..<($0 + 1) * depth])) }
        let activations = Int8Rows(
            values: quantized.flatMap(\.values),
            scales: quantized.flatMap { $0.scales.map(Float.init(bitPattern:)) },
            sums: quantized.flatMap(\.sums),
            groups: (depth + Int(DK_GROUP) - 1) / Int(DK_GROUP)
        )
        let memory = KernelMemory()
        defer { memory.free() }
        let panels = pack(w, columns, depth, packing, in: memory)
        let first = panels.pointer + dk_packed_bytes(packing, part.lowerBound, depth)
        return activations.multiply(first, packing, kernels, part.count, depth)
    }
}

func pack(
    _ weights: [Float],
    _ outputs: Int,
    _ depth: Int,
    _ packing: dk_packing,
    by lanes: Int = .max,
    in memory: KernelMemory
)
    -> PlacedNumbers<UInt8>
{
    let panels = memory.place(
        [UInt8](repeating: 0, count: dk_packed_bytes(packing, outputs, depth))
    )
    dk_pack_by(
        lanes,
        panels.pointer,
        packing,
        memory.place(weights, misalignment: 2).pointer,
        depth,
        outputs,
        depth
    )
    #expect(panels.marginIsIntact)
    return panels
}

func unpack(
    _ panels: PlacedNumbers<UInt8>,
    _ outputs: Int,
    _ depth: Int,
    _ packing: dk_packing,
    in memory: KernelMemory
) -> [Float] {
    (0..<outputs).flatMap { output in
        let row = memory.place([Float](repeating: 0, count: depth), misalignment: 2)
        dk_unpack_row(row.pointer, panels.pointer, packing, output, depth)
        #expect(row.marginIsIntact)
        return row.elements
    }
}

/// The root of the squared differences' sum, over that of the second's squares.
func relativeError(_ values: [Float], _ exact: [Float]) -> Float {
    var lost = 0.0, whole = 0.0
    for (value, exact) in zip(values, exact) {
        lost += Double(value - exact) * Double(value - exact)
        whole += Double(exact) * Double(exact)
    }
    return Float((lost / whole).squareRoot())
}
