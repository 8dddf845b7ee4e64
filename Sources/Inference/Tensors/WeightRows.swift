internal import CKernels

/// A stored matrix as the kernels read it, where it lies: rows of one length, or panels of packed rows.
///
/// `@unchecked Sendable`: the memory is never written, and held as long as this is.
@safe public struct WeightRows: @unchecked Sendable {
    /// How it lies in memory.
    public let form: WeightForm
    /// Rows: the outputs of a linear layer.
    public let rows: Int
    /// Elements of a row: the inputs of a linear layer.
    public let columns: Int
    /// All its bytes.
    public let byteCount: Int

    /// Bytes from one row, or panel, to the next.
    private let stride: Int
    private let base: UnsafeRawPointer
    private let owner: AnyObject

    /// Looks at a tensor as a matrix: its first dimension is rows, all others together are columns; a vector is one row.
    ///
    /// - Parameter tensor: Whole blocks a row, as the readers of files make sure.
    public init(_ tensor: WeightTensor) {
        let isVector = tensor.shape.count < 2
        let rows = isVector ? 1 : tensor.shape[0]
        let columns = isVector ? tensor.shape.first ?? 1 : tensor.shape.dropFirst().reduce(1, *)
        unsafe self.init(
            form: tensor.form,
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
    ///   - form: How it lies in memory.
    ///   - rows: Rows.
    ///   - columns: Elements of a row.
    ///   - bytes: As many as the form needs, without gaps.
    public init(form: WeightForm, rows: Int, columns: Int, bytes: [UInt8]) {
        let copy = OwnedBytes(bytes)
        unsafe self.init(
            form: form,
            rows: rows,
            columns: columns,
            bytes: unsafe UnsafeRawBufferPointer(copy.bytes),
            owner: copy
        )
    }

    private init(
        form: WeightForm,
        rows: Int,
        columns: Int,
        bytes: UnsafeRawBufferPointer,
        owner: AnyObject
    ) {
        precondition(
            form.byteCount(rows: rows, columns: columns) == bytes.count,
            "bytes are as many as the rows need"
        )
        self.form = form
        self.rows = rows
        self.columns = columns
        byteCount = bytes.count
        stride = form.byteCount(rows: 1, columns: columns) ?? 0
        // Where there is nothing to read, any address is as good as another.
        unsafe base =
            bytes.baseAddress ?? UnsafeRawPointer(Unmanaged.passUnretained(owner).toOpaque())
        self.owner = owner
    }

    /// Where a row begins: good while this is held, at any alignment.
    ///
    /// - Parameter row: From 0 through ``rows``; of packed rows the first one of a panel.
    /// - Returns: Its first byte, or its panel's.
    @unsafe public func row(_ row: Int) -> UnsafeRawPointer {
        precondition(row >= 0 && row <= rows, "a weight has no such row")
        guard case .packed = form else { return unsafe base + row * stride }
        precondition(row.isMultiple(of: PackedForm.panelRows), "a panel begins at another row")
        return unsafe base + row / PackedForm.panelRows * stride
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
        precondition(row >= 0 && row < rows, "a weight has no such row")
        switch form {
        case .rows(let type):
            unsafe kernels.widen(
                into: destination,
                from: base + row * stride,
                type: type,
                count: columns
            )
        case .packed(let form):
            unsafe dk_unpack_row(destination, base, form.packing, row, columns)
        }
    }

    /// All elements as float32, `[rows, columns]`: for norms, biases and other short ones.
    ///
    /// - Parameter kernels: What widens them.
    /// - Returns: A copy.
    public func widened(kernels: Kernels) -> [Float] {
        unsafe [Float](unsafeUninitializedCapacity: rows * columns) { buffer, count in
            if let address = buffer.baseAddress {
                for row in 0..<rows {
                    unsafe widenRow(row, into: address + row * columns, kernels: kernels)
                }
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
