internal import CKernels

/// What goes into matrix products, in the form or the two forms that their weights need: float32, or rounded to bfloat16.
public final class Activations {
    private let float = Matrix<Float>()
    private let half = Matrix<UInt16>()

    /// Makes empty activations.
    public init() {}

    /// Takes a size and the forms that some layers need.
    ///
    /// - Parameters:
    ///   - rows: Rows.
    ///   - linears: The layers that will read them, all of the same number of inputs.
    ///   - compute: Says which form a layer needs.
    /// - Returns: The rows, to be written; good until the next call, and while this is held.
    /// - Throws: ``MemoryFault``.
    public func prepare(
        rows: Int,
        for linears: [Linear],
        compute: Compute
    ) throws(MemoryFault) -> ActivationRows {
        let columns = linears.first?.inputs ?? 0
        precondition(linears.allSatisfy { $0.inputs == columns })
        let needsHalf = linears.contains { compute.roundsFactors(of: $0.weight) }
        let needsFloat = linears.contains { !compute.roundsFactors(of: $0.weight) }
        if needsFloat { try float.resize(rows: rows, columns: columns) }
        if needsHalf { try half.resize(rows: rows, columns: columns) }
        return ActivationRows(
            float: needsFloat ? float.contents : nil,
            half: needsHalf ? half.contents : nil,
            rows: rows,
            columns: columns
        )
    }

    /// Gives the memory back.
    public func release() {
        float.release()
        half.release()
    }
}

/// The rows of activations, in the forms that are needed.
public struct ActivationRows {
    let float: MatrixRows<Float>?
    let half: MatrixRows<UInt16>?
    /// Rows.
    public let rows: Int
    /// Elements of a row.
    public let columns: Int

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
        if let half {
            unsafe kernels.narrow(into: half.row(row) + column, from: values, count: count)
        }
        if let float {
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
    ///   - panel: Room for as many rows of the weight as are widened at a time.
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
        if compute.roundsFactors(of: weight), let half {
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
        guard let float else {
            preconditionFailure("activations lack the form that a weight needs")
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
        let step = Self.panelColumns(rows: rows.count, most: columns.count)
        for first in Swift.stride(from: 0, to: columns.count, by: step) {
            let count = min(step, columns.count - first)
            unsafe compute.kernels.widen(
                into: panel,
                from: weight.row(columns.lowerBound + first),
                type: weight.elementType,
                count: count * weight.columns
            )
            unsafe table.matmul_f32(
                y + first,
                stride,
                x,
                float.stride,
                rows.count,
                panel,
                weight.columns,
                count,
                weight.columns
            )
        }
    }

    /// Columns that are widened at a time: for few rows no more than the second-level cache holds beside the stream of weights.
    static func panelColumns(rows: Int, most: Int) -> Int {
        rows <= 16 ? min(8, most) : most
    }
}
