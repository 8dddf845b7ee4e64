/// A stored matrix as the kernels read it: rows of one length, where they lie.
///
/// `@unchecked Sendable`: the memory is never written, and held as long as this is.
@safe public struct WeightRows: @unchecked Sendable {
    /// How elements are written.
    public let elementType: ElementType
    /// Rows: the outputs of a linear layer.
    public let rows: Int
    /// Elements of a row: the inputs of a linear layer.
    public let columns: Int
    /// Bytes of a row.
    public let rowBytes: Int

    private let base: UnsafeRawPointer
    private let owner: AnyObject

    /// Looks at a tensor as a matrix: its first dimension is rows, all others together are columns; a vector is one row.
    ///
    /// - Parameter tensor: Whole blocks a row, as the readers of files make sure.
    public init(_ tensor: WeightTensor) {
        guard case .rows(let elementType) = tensor.form else {
            preconditionFailure("panels are no rows")
        }
        let isVector = tensor.shape.count < 2
        let rows = isVector ? 1 : tensor.shape[0]
        let columns = isVector ? tensor.shape.first ?? 1 : tensor.shape.dropFirst().reduce(1, *)
        unsafe self.init(
            elementType: elementType,
            rows: rows,
            columns: columns,
            bytes: unsafe UnsafeRawBufferPointer(
                rebasing: tensor.file.bytes[tensor.offset..<tensor.offset + tensor.byteCount]
            ),
            owner: tensor.file
        )
    }

    /// Takes over bytes that were put into another order.
    ///
    /// - Parameters:
    ///   - elementType: How elements are written.
    ///   - rows: Rows.
    ///   - columns: Elements of a row.
    ///   - bytes: `[rows, columns]` without gaps.
    public init(elementType: ElementType, rows: Int, columns: Int, bytes: [UInt8]) {
        let copy = OwnedBytes(bytes)
        unsafe self.init(
            elementType: elementType,
            rows: rows,
            columns: columns,
            bytes: unsafe UnsafeRawBufferPointer(copy.bytes),
            owner: copy
        )
    }

    private init(
        elementType: ElementType,
        rows: Int,
        columns: Int,
        bytes: UnsafeRawBufferPointer,
        owner: AnyObject
    ) {
        precondition(columns.isMultiple(of: elementType.blockElements), "a row is whole blocks")
        self.elementType = elementType
        self.rows = rows
        self.columns = columns
        rowBytes = columns / elementType.blockElements * elementType.blockBytes
        precondition(bytes.count == rows * rowBytes, "bytes are as many as the rows need")
        // Where there is nothing to read, any address is as good as another.
        unsafe base =
            bytes.baseAddress ?? UnsafeRawPointer(Unmanaged.passUnretained(owner).toOpaque())
        self.owner = owner
    }

    /// Where a row begins: good while this is held, at any alignment.
    ///
    /// - Parameter row: From 0 through ``rows``.
    /// - Returns: Its first byte.
    @unsafe public func row(_ row: Int) -> UnsafeRawPointer {
        precondition(row >= 0 && row <= rows, "a weight has no such row")
        return unsafe base + row * rowBytes
    }

    /// Copies a row as float32.
    ///
    /// - Parameters:
    ///   - row: From 0 and below ``rows``.
    ///   - destination: Room for ``columns`` elements.
    ///   - kernels: What widens it.
    @unsafe public func widenRow(
        _ row: Int,
        into destination: UnsafeMutablePointer<Float>,
        kernels: Kernels
    ) {
        precondition(row < rows)
        unsafe kernels.widen(
            into: destination,
            from: self.row(row),
            type: elementType,
            count: columns
        )
    }

    /// All elements as float32, `[rows, columns]`: for norms, biases and other short ones.
    ///
    /// - Parameter kernels: What widens them.
    /// - Returns: A copy.
    public func widened(kernels: Kernels) -> [Float] {
        unsafe [Float](unsafeUninitializedCapacity: rows * columns) { buffer, count in
            if let address = buffer.baseAddress {
                unsafe kernels.widen(
                    into: address,
                    from: base,
                    type: elementType,
                    count: rows * columns
                )
            }
            count = rows * columns
        }
    }
}

/// Bytes in memory of their own.
@safe private final class OwnedBytes {
    let bytes: UnsafeMutableRawBufferPointer

    init(_ source: [UInt8]) {
        unsafe bytes = .allocate(byteCount: source.count, alignment: 64)
        unsafe bytes.copyBytes(from: source)
    }

    deinit { unsafe bytes.deallocate() }
}
