internal import CKernels

/// What goes into matrix products, in the form or the two forms that their weights need: float32, or rounded to bfloat16.
///
/// `@unchecked Sendable`: as the matrices that it is made of.
@safe public final class Activations: @unchecked Sendable {
    private let float = Matrix<Float>()
    private let half = Matrix<UInt16>()
    private var needsFloat = false
    private var needsHalf = false

    /// Rows in use.
    public private(set) var rows = 0
    /// Elements of a row.
    public private(set) var columns = 0

    /// Makes empty activations.
    public init() {}

    /// Takes a size and the forms that some layers need.
    ///
    /// - Parameters:
    ///   - rows: Rows.
    ///   - linears: The layers that will read them, all of the same number of inputs.
    ///   - compute: Says which form a layer needs.
    /// - Throws: ``MemoryFault``.
    public func prepare(
        rows: Int,
        for linears: [Linear],
        compute: Compute
    ) throws(MemoryFault) {
        columns = linears.first?.inputs ?? 0
        precondition(linears.allSatisfy { $0.inputs == columns })
        self.rows = rows
        needsHalf = linears.contains { compute.roundsFactors(of: $0.weight) }
        needsFloat = linears.contains { !compute.roundsFactors(of: $0.weight) }
        if needsFloat { try float.resize(rows: rows, columns: columns) }
        if needsHalf { try half.resize(rows: rows, columns: columns) }
    }

    /// Writes a part of a row.
    ///
    /// - Parameters:
    ///   - values: The elements.
    ///   - row: Which row.
    ///   - column: The first one's column.
    ///   - count: How many.
    ///   - kernels: What rounds them.
    @unsafe public func store(
        _ values: UnsafePointer<Float>,
        row: Int,
        column: Int = 0,
        count: Int,
        kernels: Kernels
    ) {
        precondition(column >= 0 && count >= 0 && column + count <= columns)
        if needsHalf {
            unsafe kernels.narrow(into: half.row(row) + column, from: values, count: count)
        }
        if needsFloat {
            unsafe (float.row(row) + column).update(from: values, count: count)
        }
    }

    /// Products of some rows with some rows of a weight: `y[r, c] = x[r]·w[c]`.
    ///
    /// - Parameters:
    ///   - y: `[rows, columns]`, rows `stride` apart.
    ///   - stride: Elements from row to row.
    ///   - rows: Rows of these activations.
    ///   - columns: Rows of the weight.
    ///   - weight: `[out, in]`.
    ///   - panel: Room for `columns.count` rows of the weight as float32, where they are to be widened.
    ///   - compute: The kernels and the precision.
    @unsafe func multiply(
        into y: UnsafeMutablePointer<Float>,
        stride: Int,
        rows: Range<Int>,
        columns: Range<Int>,
        weight: WeightRows,
        panel: UnsafeMutablePointer<Float>,
        compute: Compute
    ) {
        guard !rows.isEmpty, !columns.isEmpty else { return }
        precondition(weight.columns == self.columns && rows.upperBound <= self.rows)
        let table = unsafe compute.kernels.table
        let stored = unsafe weight.row(columns.lowerBound)
        if compute.roundsFactors(of: weight) {
            unsafe table.matmul_bf16(
                y,
                stride,
                half.row(rows.lowerBound),
                half.stride,
                rows.count,
                stored.assumingMemoryBound(to: UInt16.self),
                weight.columns,
                columns.count,
                weight.columns
            )
            return
        }
        let x = unsafe float.row(rows.lowerBound)
        if weight.elementType == .float32 {
            unsafe table.matmul_f32(
                y,
                stride,
                x,
                float.stride,
                rows.count,
                stored.assumingMemoryBound(to: Float.self),
                weight.columns,
                columns.count,
                weight.columns
            )
            return
        }
        unsafe compute.kernels.widen(
            into: panel,
            from: stored,
            type: weight.elementType,
            count: columns.count * weight.columns
        )
        unsafe table.matmul_f32(
            y,
            stride,
            x,
            float.stride,
            rows.count,
            panel,
            weight.columns,
            columns.count,
            weight.columns
        )
    }
}
