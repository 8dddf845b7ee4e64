internal import CKernels

/// What goes into matrix products, in the forms that their weights need: float32, bfloat16, or 8 bits in groups.
public final class Activations {
    private let float = Matrix<Float>()
    private let half = Matrix<UInt16>()
    private let quantized = QuantizedRows()

    /// Makes empty activations.
    public init() {}

    /// Takes a size and the forms that some layers need.
    ///
    /// - Parameters:
    ///   - rows: Rows.
    ///   - linears: The layers that will read them, all of the same number of inputs.
    ///   - storesGroups: Promises that every part that is stored begins at a multiple of ``ActivationRows/groupColumns`` and ends at
    ///     one or at the row's end. Otherwise rows for packed weights wait as float32 until they are whole.
    ///   - compute: Says which form a layer needs.
    /// - Returns: The rows, to be written; good until the next call, and while this is held.
    /// - Throws: ``MemoryFault``.
    public func prepare(
        rows: Int,
        for linears: [Linear],
        storesGroups: Bool = false,
        compute: Compute
    ) throws(MemoryFault) -> ActivationRows {
        let columns = linears.first?.inputs ?? 0
        precondition(linears.allSatisfy { $0.inputs == columns })
        let forms = Set(linears.map { compute.factorForm(of: $0.weight) })
        let isInt8 = forms.contains(.int8)
        let isStaged = isInt8 && !storesGroups
        let needsFloat = forms.contains(.float32) || isStaged
        let needsHalf = forms.contains(.bfloat16)
        if needsFloat { try float.resize(rows: rows, columns: columns) }
        if needsHalf { try half.resize(rows: rows, columns: columns) }
        if isInt8 { try quantized.resize(rows: rows, columns: columns) }
        return ActivationRows(
            float: needsFloat ? float.contents : nil,
            half: needsHalf ? half.contents : nil,
            quantized: isInt8 ? quantized.contents : nil,
            isStaged: isStaged,
            rows: rows,
            columns: columns
        )
    }

    /// Gives the memory back.
    public func release() {
        float.release()
        half.release()
        quantized.release()
    }
}

/// The rows of activations, in the forms that are needed.
public struct ActivationRows {
    let float: MatrixRows<Float>?
    let half: MatrixRows<UInt16>?
    let quantized: QuantizedRows.Contents?
    /// Whether ``quantized`` is made of whole rows of ``float`` before a product.
    let isStaged: Bool
    /// Rows.
    public let rows: Int
    /// Elements of a row.
    public let columns: Int

    /// Columns that share a scale, where a packed weight reads the rows as they are stored; else 1.
    public var groupColumns: Int {
        quantized != nil && !isStaged ? PackedForm.groupColumns : 1
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
        if let half {
            unsafe kernels.narrow(into: half.row(row) + column, from: values, count: count)
        }
        if let float {
            unsafe (float.row(row) + column).update(from: values, count: count)
        }
        if let quantized, !isStaged {
            precondition(
                column.isMultiple(of: groupColumns)
                    && (count.isMultiple(of: groupColumns) || column + count == columns),
                "a part of a group cannot be rounded"
            )
            unsafe quantized.store(
                values,
                row: row,
                column: column,
                count: count,
                kernels: kernels
            )
        }
    }

    /// Whether both are the same rows in 8 bits.
    func sharesGroups(with other: ActivationRows) -> Bool {
        unsafe quantized?.values.base == other.quantized?.values.base
    }

    /// Rounds a row that waited for all its parts.
    func quantize(row: Int, kernels: Kernels) {
        guard isStaged, let quantized, let float else { return }
        unsafe quantized.store(
            float.row(row),
            row: row,
            column: 0,
            count: columns,
            kernels: kernels
        )
    }

    /// Products of some rows with some rows of a weight: `y[r, c] = x[r]·w[c]`.
    ///
    /// - Parameters:
    ///   - y: `[rows, columns]`, rows `stride` apart.
    ///   - stride: Elements from row to row.
    ///   - rows: Rows of these activations.
    ///   - columns: Rows of the weight; of a packed one they begin with a panel.
    ///   - weight: `[out, in]`.
    ///   - panel: Room for as many rows of the weight as are widened at a time, or what a packed product needs.
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
        let type: ElementType
        switch weight.form {
        case .packed(let form):
            guard let quantized else { Self.lackForm() }
            var x = unsafe quantized.rows(from: rows.lowerBound)
            unsafe table.matmul_packed(
                y,
                stride,
                &x,
                rows.count,
                stored,
                form.packing,
                columns.count,
                weight.columns,
                panel
            )
            return
        case .rows(let own): type = own
        }
        if compute.factorForm(of: weight) == .bfloat16 {
            guard let half else { Self.lackForm() }
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
        guard let float else { Self.lackForm() }
        let x = unsafe float.row(rows.lowerBound)
        if type == .float32 {
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
                type: type,
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

    private static func lackForm() -> Never {
        preconditionFailure("activations lack the form that a weight needs")
    }

    /// Columns that are widened at a time: for few rows no more than the second-level cache holds beside the stream of weights.
    static func panelColumns(rows: Int, most: Int) -> Int {
        rows <= 16 ? min(8, most) : most
    }
}
