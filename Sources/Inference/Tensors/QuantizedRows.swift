internal import CKernels

/// Activations in 8 bits, with a scale and a sum for each group: what goes into products with packed weights.
final class QuantizedRows {
    private let values = Matrix<Int8>()
    private let scales = Matrix<Float>()
    private let sums = Matrix<Int32>()

    /// Takes a size; nothing is set.
    ///
    /// - Parameters:
    ///   - rows: Rows.
    ///   - columns: Elements of a row; memory is for whole groups.
    /// - Throws: ``MemoryFault``.
    func resize(rows: Int, columns: Int) throws(MemoryFault) {
        let size = PackedForm.groupColumns
        let groups = (columns + size - 1) / size
        try values.resize(rows: rows, columns: groups * size)
        try scales.resize(rows: rows, columns: groups)
        try sums.resize(rows: rows, columns: groups)
        precondition(scales.stride == sums.stride)
    }

    /// The rows as they lie now; good until the next change of size.
    var contents: Contents {
        Contents(values: values.contents, scales: scales.contents, sums: sums.contents)
    }

    /// Gives the memory back.
    func release() {
        values.release()
        scales.release()
        sums.release()
    }

    /// The rows, for the inner loops.
    struct Contents {
        let values: MatrixRows<Int8>
        let scales: MatrixRows<Float>
        let sums: MatrixRows<Int32>

        /// Rounds whole groups of a row.
        ///
        /// - Parameters:
        ///   - elements: The numbers.
        ///   - row: Which row.
        ///   - column: The first one's column, where a group begins.
        ///   - count: How many: whole groups, or all to the row's end.
        ///   - kernels: What rounds them.
        func store(
            _ elements: UnsafePointer<Float>,
            row: Int,
            column: Int,
            count: Int,
            kernels: Kernels
        ) {
            let group = column / PackedForm.groupColumns
            unsafe kernels.table.quantize_row(
                values.row(row) + column,
                scales.row(row) + group,
                sums.row(row) + group,
                elements,
                count
            )
        }

        /// The rows from one on, as the kernels take them.
        func rows(from row: Int) -> dk_int8_rows {
            unsafe dk_int8_rows(
                values: values.row(row),
                stride: values.stride,
                scales: scales.row(row),
                sums: sums.row(row),
                group_stride: scales.stride
            )
        }
    }
}
