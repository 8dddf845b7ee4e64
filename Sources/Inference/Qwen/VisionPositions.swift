internal import Glibc
internal import Tensors

/// Where patches are: a learned table, stretched over the picture, and the angles of the rotary embedding.
struct VisionPositions: Sendable {
    /// The base whose powers are the wave lengths of the rotary embedding; in the reference's code, not in its configuration.
    static let rotaryBase = 10_000.0

    let configuration: VisionConfiguration
    /// `[positionSide * positionSide, hidden]`, row by row.
    let table: WeightRows

    /// Rows and columns of a grid's patches, in the order of ``PicturePatches``, for one group of frames.
    func coordinates(_ grid: PatchGrid) -> [(row: Int, column: Int)] {
        let side = configuration.mergeSize
        var coordinates: [(row: Int, column: Int)] = []
        coordinates.reserveCapacity(grid.rows * grid.columns)
        for blockRow in 0..<grid.rows / side {
            for blockColumn in 0..<grid.columns / side {
                for row in 0..<side {
                    for column in 0..<side {
                        coordinates.append((blockRow * side + row, blockColumn * side + column))
                    }
                }
            }
        }
        return coordinates
    }

    /// Adds a patch's interpolated row of the table: bilinear, the corners of table and picture on one another.
    ///
    /// - Parameters:
    ///   - coordinate: The patch's row and column.
    ///   - grid: The picture's patches.
    ///   - hidden: The patch's row of the residual stream.
    ///   - scratch: Room for a row.
    ///   - kernels: What widens rows of the table.
    func add(
        _ coordinate: (row: Int, column: Int),
        of grid: PatchGrid,
        to hidden: UnsafeMutablePointer<Float>,
        scratch: UnsafeMutablePointer<Float>,
        kernels: Kernels
    ) {
        let side = configuration.positionSide
        let width = configuration.hiddenSize
        func place(_ index: Int, _ count: Int) -> (low: Int, high: Int, share: Float) {
            let place = Double(index * (side - 1)) / Double(max(1, count - 1))
            let low = min(side - 1, Int(place))
            return (low, min(low + 1, side - 1), Float(place - Double(low)))
        }
        let row = place(coordinate.row, grid.rows)
        let column = place(coordinate.column, grid.columns)
        let corners = [
            (row.low, column.low, (1 - row.share) * (1 - column.share)),
            (row.low, column.high, (1 - row.share) * column.share),
            (row.high, column.low, row.share * (1 - column.share)),
            (row.high, column.high, row.share * column.share),
        ]
        for (tableRow, tableColumn, weight) in corners where weight != 0 {
            unsafe table.widenRow(tableRow * side + tableColumn, into: scratch, kernels: kernels)
            for index in 0..<width {
                unsafe hidden[index] += weight * scratch[index]
            }
        }
    }

    /// Writes the cosines and sines of patches' angles: half of them turn with the row, half with the column.
    ///
    /// - Parameters:
    ///   - cosine: Becomes `[patches, headDimension / 2]`.
    ///   - sine: Likewise.
    ///   - coordinates: Rows and columns of the patches.
    /// - Throws: ``MemoryFault``.
    func fill(
        cosine: FloatMatrix,
        sine: FloatMatrix,
        coordinates: [(row: Int, column: Int)]
    ) throws(MemoryFault) {
        let quarter = configuration.headDimension / 4
        let frequencies = (0..<quarter).map { pow(Self.rotaryBase, -Double($0) / Double(quarter)) }
        let most = coordinates.reduce(0) { max($0, $1.row, $1.column) }
        let angles = (0...most).flatMap { place in frequencies.map { Double(place) * $0 } }
        let cosines = angles.map { Float(cos($0)) }
        let sines = angles.map { Float(sin($0)) }
        try cosine.resize(rows: coordinates.count, columns: 2 * quarter)
        try sine.resize(rows: coordinates.count, columns: 2 * quarter)
        for (index, coordinate) in coordinates.enumerated() {
            let cosineRow = unsafe cosine.row(index)
            let sineRow = unsafe sine.row(index)
            for frequency in 0..<quarter {
                let (row, column) = (
                    coordinate.row * quarter + frequency, coordinate.column * quarter + frequency
                )
                unsafe cosineRow[frequency] = cosines[row]
                unsafe cosineRow[quarter + frequency] = cosines[column]
                unsafe sineRow[frequency] = sines[row]
                unsafe sineRow[quarter + frequency] = sines[column]
            }
        }
    }
}
