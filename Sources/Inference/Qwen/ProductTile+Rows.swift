internal import Tensors

extension ProductTile {
    /// Writes the tile to its place in a matrix.
    func write(to matrix: MatrixRows<Float>, firstRow: Int = 0) {
        unsafe forEachRow { row, values in
            unsafe (matrix.row(firstRow + row) + columns.lowerBound)
                .update(from: values, count: columns.count)
        }
    }

    /// Adds the tile to its place in a matrix.
    func add(to matrix: MatrixRows<Float>, firstRow: Int, _ kernels: Kernels) {
        unsafe forEachRow { row, values in
            unsafe kernels.add(
                values,
                to: matrix.row(firstRow + row) + columns.lowerBound,
                count: columns.count
            )
        }
    }

    /// Writes the tile to its place in what goes into another product.
    func store(in activations: ActivationRows, _ kernels: Kernels) {
        unsafe forEachRow { row, values in
            unsafe activations.store(
                values,
                row: row,
                column: columns.lowerBound,
                count: columns.count,
                kernels: kernels
            )
        }
    }
}
