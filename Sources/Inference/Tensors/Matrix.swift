internal import Glibc

/// Memory for numbers could not be had.
public struct MemoryFault: Error, Equatable, Sendable {
    /// What was asked for.
    public let byteCount: Int

    /// Reports bytes that were asked for in vain.
    public init(byteCount: Int) {
        self.byteCount = byteCount
    }
}

/// Numbers in rows, in memory that is kept from one use to the next.
///
/// Rows begin at multiples of 64 bytes and never lie a multiple of 2048 bytes apart: such rows would share one or two sets of the
/// first-level cache, and a step down a column would evict the step before.
///
/// `@unchecked Sendable`: one computation owns a matrix at a time, and the parts of a parallel step write different elements.
@safe public final class Matrix<Element: BitwiseCopyable>: @unchecked Sendable {
    /// Rows in use.
    public private(set) var rows = 0
    /// Elements of a row.
    public private(set) var columns = 0
    /// Elements from one row's begin to the next's.
    public private(set) var stride = 0

    private var memory: UnsafeMutableRawPointer?
    private var capacity = 0

    /// Makes an empty matrix.
    public init() {}

    /// Makes a matrix of a size; its elements are not set.
    ///
    /// - Parameters:
    ///   - rows: Rows.
    ///   - columns: Elements of a row.
    /// - Throws: ``MemoryFault``.
    public convenience init(rows: Int, columns: Int) throws(MemoryFault) {
        self.init()
        try resize(rows: rows, columns: columns)
    }

    deinit { unsafe free(memory) }

    /// Takes another size; elements are not kept.
    ///
    /// - Parameters:
    ///   - rows: Rows.
    ///   - columns: Elements of a row.
    /// - Throws: ``MemoryFault``; the matrix is empty then.
    public func resize(rows: Int, columns: Int) throws(MemoryFault) {
        precondition(rows >= 0 && columns >= 0)
        let size = MemoryLayout<Element>.stride
        var rowBytes = (columns * size + 63) / 64 * 64
        if rowBytes > 0, rowBytes.isMultiple(of: 2048) { rowBytes += 64 }
        let (needed, overflow) = rowBytes.multipliedReportingOverflow(by: rows)
        guard !overflow else { throw MemoryFault(byteCount: .max) }
        if needed > capacity {
            unsafe free(memory)
            unsafe memory = nil
            capacity = 0
            (self.rows, self.columns, stride) = (0, 0, 0)
            guard unsafe posix_memalign(&memory, 64, needed) == 0 else {
                unsafe memory = nil
                throw MemoryFault(byteCount: needed)
            }
            capacity = needed
        }
        (self.rows, self.columns, stride) = (rows, columns, rowBytes / size)
    }

    /// Gives the memory back.
    public func release() {
        unsafe free(memory)
        unsafe memory = nil
        capacity = 0
        (rows, columns, stride) = (0, 0, 0)
    }

    /// The rows as they lie now; good until the next change of size, and while this is held.
    public var contents: MatrixRows<Element> {
        unsafe MatrixRows(
            base: memory?.assumingMemoryBound(to: Element.self),
            rows: rows,
            columns: columns,
            stride: stride
        )
    }

    /// Where a row begins; good until the next change of size.
    ///
    /// - Parameter row: From 0 and below ``rows``.
    /// - Returns: Its first element.
    @unsafe public func row(_ row: Int) -> UnsafeMutablePointer<Element> {
        unsafe contents.row(row)
    }
}

/// The rows of a matrix, for the inner loops: reading them asks nobody whether somebody else is changing the matrix's size.
@safe public struct MatrixRows<Element: BitwiseCopyable> {
    @usableFromInline let base: UnsafeMutablePointer<Element>?
    /// Rows.
    public let rows: Int
    /// Elements of a row.
    public let columns: Int
    /// Elements from one row's begin to the next's.
    public let stride: Int

    init(base: UnsafeMutablePointer<Element>?, rows: Int, columns: Int, stride: Int) {
        unsafe self.base = base
        self.rows = rows
        self.columns = columns
        self.stride = stride
    }

    /// Where a row begins.
    ///
    /// - Parameter row: From 0 and below ``rows``.
    /// - Returns: Its first element.
    @inlinable @unsafe public func row(_ row: Int) -> UnsafeMutablePointer<Element> {
        precondition(row >= 0 && row < rows, "a matrix has no such row")
        guard let base = unsafe base else { preconditionFailure("an empty matrix has no rows") }
        return unsafe base + row * stride
    }
}

/// Rows of float32.
public typealias FloatMatrix = Matrix<Float>

extension Matrix where Element == Float {
    /// A copy of some rows without the gaps between them, `[rows, columns]`.
    ///
    /// - Parameter range: Which rows.
    /// - Returns: Their elements.
    public func elements(rows range: Range<Int>) -> [Float] {
        unsafe [Float](unsafeUninitializedCapacity: range.count * columns) { buffer, count in
            for (index, row) in range.enumerated() where columns > 0 {
                unsafe buffer.baseAddress?.advanced(by: index * columns)
                    .initialize(from: self.row(row), count: columns)
            }
            count = range.count * columns
        }
    }

    /// Copies elements without gaps into some rows.
    ///
    /// - Parameters:
    ///   - elements: `[n, columns]`.
    ///   - first: The row that the first of them becomes.
    public func set(_ elements: ArraySlice<Float>, firstRow first: Int) {
        guard columns > 0 else { return }
        let count = elements.count / columns
        precondition(count * columns == elements.count && first >= 0 && first + count <= rows)
        unsafe elements.withUnsafeBufferPointer { source in
            guard let base = source.baseAddress else { return }
            for index in 0..<count {
                unsafe row(first + index).update(from: base + index * columns, count: columns)
            }
        }
    }
}
