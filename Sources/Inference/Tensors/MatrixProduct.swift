internal import CKernels

/// A product of activations with a linear layer, or with two of one shape, computed in tiles.
public struct MatrixProduct {
    let input: ActivationRows
    let linear: Linear
    let partner: Linear?
    let columnMultiple: Int
    let outputs: [Range<Int>]?
    let finish: (ProductTile) -> Void

    /// Describes a product.
    ///
    /// - Parameters:
    ///   - input: `[rows, in]`.
    ///   - linear: `[out, in]`.
    ///   - partner: A second layer of the same shape, whose results are wanted together with the first one's.
    ///   - columnMultiple: Tiles begin at multiples of this: the width of a head where heads must stay whole.
    ///   - outputs: Outputs of the layer that alone are computed, in ranges that begin with a panel; nil for all.
    ///   - finish: What becomes of a tile; called on several threads at once, once for each element of the product.
    public init(
        _ input: ActivationRows,
        _ linear: Linear,
        with partner: Linear? = nil,
        columnMultiple: Int = 1,
        outputs: [Range<Int>]? = nil,
        finish: @escaping (ProductTile) -> Void
    ) {
        precondition(partner.map { $0.outputs == linear.outputs } ?? true)
        self.input = input
        self.linear = linear
        self.partner = partner
        self.columnMultiple = max(1, columnMultiple)
        self.outputs = outputs
        self.finish = finish
    }
}

/// A part of a product, its bias added.
@safe public struct ProductTile {
    /// Rows of the activations.
    public let rows: Range<Int>
    /// Outputs of the layer.
    public let columns: Range<Int>
    /// `[rows.count, columns.count]` without gaps; may be overwritten.
    @unsafe public let values: UnsafeMutablePointer<Float>
    /// The same of the partner.
    @unsafe public let partnerValues: UnsafeMutablePointer<Float>

    /// Calls something with each row of the tile.
    ///
    /// - Parameter body: Is given the row of the activations and its values, `[columns.count]`.
    @unsafe public func forEachRow(_ body: (Int, UnsafeMutablePointer<Float>) -> Void) {
        for (index, row) in rows.enumerated() {
            unsafe body(row, values + index * columns.count)
        }
    }
}

/// How a product is cut.
///
/// A class, since a copy for each part would count up and down all that it holds, on all threads at once.
private final class TilePlan {
    let product: MatrixProduct
    let firstPart: Int
    let rowsPerTile: Int
    let columnsPerTile: Int
    let columnTiles: Int
    /// Columns of each tile, where not all outputs are wanted.
    let wantedTiles: [Range<Int>]?
    let parts: Int
    let panelFloats: Int
    let tileFloats: Int

    init(_ product: MatrixProduct, firstPart: Int, compute: Compute) {
        let rows = product.input.rows
        let weights = [product.linear.weight] + (product.partner.map { [$0.weight] } ?? [])
        let widens = weights.contains {
            compute.factorForm(of: $0) == .float32 && $0.form != .rows(.float32)
        }
        let isPacked = weights.contains { compute.factorForm(of: $0) == .int8 }
        // A widened panel serves all rows; otherwise a tile's results should stay in the second-level cache.
        rowsPerTile = max(1, widens ? rows : min(rows, 256))
        let depth = max(1, product.linear.inputs)
        var multiple = product.columnMultiple
        var wanted = widens ? min(64, max(16, (1 << 18) / depth)) : 64
        if isPacked {
            // Tiles begin with a panel. Few rows are a stream of weights: parts are long enough to hide what a part costs, and short
            // enough that no thread waits long for the last one.
            multiple = Self.commonMultiple(multiple, PackedForm.panelRows)
            wanted = rows <= 16 ? max(PackedForm.panelRows, (1 << 17) / depth) : 128
        }
        columnsPerTile = max(1, wanted / multiple) * multiple
        wantedTiles = Self.tiles(of: product.outputs, columnsPerTile)
        columnTiles =
            wantedTiles?.count
            ?? (product.linear.outputs + columnsPerTile - 1) / columnsPerTile
        let rowTiles = (rows + rowsPerTile - 1) / rowsPerTile
        parts = columnTiles * rowTiles
        let panelColumns = ActivationRows.panelColumns(rows: rows, most: columnsPerTile)
        panelFloats = max(
            widens ? panelColumns * depth : 0,
            isPacked ? (dk_packed_scratch(depth) + 3) / 4 : 0
        )
        tileFloats = (rowsPerTile * columnsPerTile + 15) / 16 * 16
        self.product = product
        self.firstPart = firstPart
    }

    private static func tiles(of ranges: [Range<Int>]?, _ columnsPerTile: Int) -> [Range<Int>]? {
        ranges.map { ranges in
            ranges.flatMap { range in
                stride(from: range.lowerBound, to: range.upperBound, by: columnsPerTile).map {
                    $0..<min(range.upperBound, $0 + columnsPerTile)
                }
            }
        }
    }

    private static func commonMultiple(_ a: Int, _ b: Int) -> Int {
        var (divisor, rest) = (a, b)
        while rest > 0 { (divisor, rest) = (rest, divisor % rest) }
        return a / divisor * b
    }

    var scratchFloats: Int {
        (product.partner == nil ? 1 : 2) * tileFloats + panelFloats
    }

    func compute(_ part: Int, scratch: UnsafeMutablePointer<Float>, on compute: Compute) {
        let row = part / columnTiles * rowsPerTile
        let column = part % columnTiles * columnsPerTile
        let rows = row..<min(product.input.rows, row + rowsPerTile)
        let columns =
            wantedTiles?[part % columnTiles]
            ?? column..<min(product.linear.outputs, column + columnsPerTile)
        let second = unsafe scratch + (product.partner == nil ? 0 : tileFloats)
        let panel = unsafe second + tileFloats
        unsafe multiply(product.linear, rows, columns, into: scratch, panel: panel, on: compute)
        if let partner = product.partner {
            unsafe multiply(partner, rows, columns, into: second, panel: panel, on: compute)
        }
        product.finish(
            unsafe ProductTile(rows: rows, columns: columns, values: scratch, partnerValues: second)
        )
    }

    private func multiply(
        _ linear: Linear,
        _ rows: Range<Int>,
        _ columns: Range<Int>,
        into values: UnsafeMutablePointer<Float>,
        panel: UnsafeMutablePointer<Float>,
        on compute: Compute
    ) {
        unsafe product.input.multiply(
            into: values,
            stride: columns.count,
            rows: rows,
            columns: columns,
            weight: linear.weight,
            panel: panel,
            compute: compute
        )
        guard let bias = linear.bias else { return }
        unsafe bias.withUnsafeBufferPointer { bias in
            guard let base = bias.baseAddress else { return }
            unsafe compute.kernels.table.add_rows(
                values,
                columns.count,
                base + columns.lowerBound,
                rows.count,
                columns.count
            )
        }
    }
}

extension Workspace {
    /// Computes several products in one step of all threads.
    ///
    /// - Parameter products: Those that do not need one another's results.
    /// - Throws: ``MemoryFault``.
    public func multiply(_ products: [MatrixProduct]) throws(MemoryFault) {
        var plans: [TilePlan] = []
        var parts = 0
        for (index, product) in products.enumerated()
        where product.input.isStaged
            && !products[..<index].contains(where: { $0.input.sharesGroups(with: product.input) })
        {
            try unsafe forEachRow(product.input.rows, width: product.input.columns, scratch: 0) {
                row,
                _ in
                product.input.quantize(row: row, kernels: compute.kernels)
            }
        }
        for product in products {
            let plan = TilePlan(product, firstPart: parts, compute: compute)
            parts += plan.parts
            plans.append(plan)
        }
        let scratch = plans.map(\.scratchFloats).max() ?? 0
        try unsafe run(parts: parts, scratch: scratch) { part, memory in
            guard let plan = plans.last(where: { $0.firstPart <= part }) else { return }
            unsafe plan.compute(part - plan.firstPart, scratch: memory, on: compute)
        }
    }
}
