internal import CKernels

/// What keys and values are rounded to when they are stored for attention.
public enum KeyValueFormat: Sendable {
    /// Not rounded.
    case float32
    /// Rounded to bfloat16: half the memory, and what attention reads of it.
    case bfloat16
}

extension Compute {
    /// What keys and values are rounded to: the one place where that is decided.
    ///
    /// Float32 where that precision was asked for, or where the layer's own weights are float32. Otherwise bfloat16, in which a
    /// processor with such products multiplies them as they lie, and others widen them as they read.
    ///
    /// - Parameter weight: The weight that gives queries.
    /// - Returns: The format.
    public func keyValueFormat(beside weight: WeightRows) -> KeyValueFormat {
        isExact || weight.form == .rows(.float32) ? .float32 : .bfloat16
    }
}

/// How one head's keys and values lie: in tiles of 64 positions, in the order in which attention reads them.
///
/// `CKernels.h` has the order. Different positions are different bytes.
public struct KeyValueTiles: Sendable, Equatable {
    /// Positions of a tile.
    public static let tilePositions = Int(DK_TILE_KEYS)

    /// What numbers are rounded to.
    public let format: KeyValueFormat
    /// Elements of a key, and of a value.
    public let headDimension: Int
    /// Bytes of a tile, keys and values.
    public let tileBytes: Int

    /// Describes tiles.
    ///
    /// - Parameters:
    ///   - format: What numbers are rounded to.
    ///   - headDimension: Elements of a key, and of a value.
    public init(format: KeyValueFormat, headDimension: Int) {
        self.format = format
        self.headDimension = headDimension
        tileBytes = dk_tile_bytes(format.tiles, headDimension)
    }

    /// Tiles that some positions need.
    ///
    /// - Parameter positions: How many, the first of which begins a tile.
    /// - Returns: The count of tiles.
    public func tileCount(positions: Int) -> Int {
        (positions + Self.tilePositions - 1) / Self.tilePositions
    }

    /// Copies the first positions of tiles, and no byte of others.
    ///
    /// - Parameters:
    ///   - positions: How many.
    ///   - source: The tiles to read.
    ///   - destination: The tiles to write.
    @unsafe public func copy(
        _ positions: Int,
        from source: UnsafeRawPointer,
        to destination: UnsafeMutableRawPointer
    ) {
        unsafe dk_copy_positions(destination, source, format.tiles, headDimension, positions)
    }
}

extension KeyValueFormat {
    var tiles: dk_tiles {
        switch self {
        case .float32: DK_TILES_F32
        case .bfloat16: DK_TILES_BF16
        }
    }
}

/// Which of the two a row is.
public enum KeyValuePart: Sendable {
    case keys
    case values
}

extension Kernels {
    /// Puts rows of keys or of values into tiles.
    ///
    /// - Parameters:
    ///   - part: Which they are.
    ///   - rows: `[count, headDimension]`.
    ///   - stride: Elements from row to row.
    ///   - count: How many rows.
    ///   - tiles: The tiles of one head.
    ///   - first: The first row's position in them; the others follow.
    ///   - layout: How they lie.
    @unsafe public func write(
        _ part: KeyValuePart,
        _ rows: UnsafePointer<Float>,
        stride: Int,
        count: Int,
        into tiles: UnsafeMutableRawPointer,
        at first: Int,
        _ layout: KeyValueTiles
    ) {
        let (format, width) = (layout.format.tiles, layout.headDimension)
        switch part {
        case .keys: unsafe table.write_keys(tiles, format, width, first, rows, stride, count)
        case .values: unsafe table.write_values(tiles, format, width, first, rows, stride, count)
        }
    }
}
