internal import Glibc
internal import Synchronization
internal import Tensors

/// How keys and values of one model lie in a block.
struct KeyValueLayout: Sendable, Equatable {
    /// Positions of a block, the unit of sharing, whole tiles: 256 positions of Qwen3-VL-2B are 29 MB in bfloat16.
    static let blockPositions = 4 * KeyValueTiles.tilePositions

    let layers: Int
    let heads: Int
    /// How one head's positions of one layer lie.
    let tiles: KeyValueTiles

    /// Bytes of one head's keys and values of a layer in a block.
    private var planeBytes: Int {
        tiles.tileCount(positions: Self.blockPositions) * tiles.tileBytes
    }
    /// Bytes of a block: `[layers][heads][tiles]`.
    var blockBytes: Int { planes * planeBytes }
    /// Bytes that a position takes in all layers.
    var bytesPerPosition: Int { planes * tiles.tileBytes / KeyValueTiles.tilePositions }
    /// Heads of all layers.
    var planes: Int { layers * heads }

    /// Where one head's tiles begin.
    func plane(_ index: Int) -> Int { index * planeBytes }
}

/// Which sequence writes: all copies of a cache have one number, a fork another.
struct KeyValueWriter: Equatable, Sendable {
    private static let last = Atomic<UInt64>(0)
    private let number: UInt64

    /// One that nobody else is.
    init() {
        number = Self.last.add(1, ordering: .relaxed).newValue
    }
}

/// Keys and values of 256 positions in all layers.
///
/// `@unchecked Sendable`: a position is written by the one sequence that claimed it, and read only by sequences whose count covers
/// it, which is set after that.
@safe final class KeyValueBlock: @unchecked Sendable {
    /// Who may write where.
    private struct Claims {
        /// Positions before this are somebody's.
        var end = 0
        /// Who claimed the last of them.
        var writer: KeyValueWriter?
        /// Positions before this are held by several sequences and stay as they are.
        var shared = 0
    }

    let layout: KeyValueLayout
    private let memory: UnsafeMutableRawPointer
    private let claims = Mutex(Claims())

    init(_ layout: KeyValueLayout) throws(MemoryFault) {
        let bytes = layout.blockBytes
        var memory: UnsafeMutableRawPointer?
        guard unsafe posix_memalign(&memory, 64, max(64, bytes)) == 0, let memory = unsafe memory
        else { throw MemoryFault(byteCount: bytes) }
        self.layout = layout
        unsafe self.memory = memory
    }

    deinit { unsafe free(memory) }

    /// Takes positions for writing, if nobody else has them.
    ///
    /// Positions that the same sequence claimed before, and has given up by truncating itself, may be written again,
    /// unless it was forked while it held them.
    ///
    /// - Parameters:
    ///   - first: The first position in the block that the caller does not hold.
    ///   - end: After the last position that it wants.
    ///   - writer: The caller.
    /// - Returns: Whether they are the caller's now.
    func claim(from first: Int, to end: Int, by writer: KeyValueWriter) -> Bool {
        claims.withLock { claims in
            let isOwn = claims.writer == writer && first >= claims.shared
            guard claims.end == first || isOwn else { return false }
            claims.end = end
            claims.writer = writer
            return true
        }
    }

    /// Keeps positions as they are from now on, as another sequence holds them too.
    func share(_ positions: Int) {
        claims.withLock { $0.shared = max($0.shared, positions) }
    }

    /// The tiles of one head of one layer.
    func tiles(layer: Int, head: Int) -> UnsafeMutableRawPointer {
        unsafe memory + layout.plane(layer * layout.heads + head)
    }

    /// Copies the first positions of another block; the caller must be the only one who holds this.
    func copy(_ positions: Int, of other: KeyValueBlock) {
        for plane in 0..<layout.planes {
            let start = layout.plane(plane)
            unsafe layout.tiles.copy(positions, from: other.memory + start, to: memory + start)
        }
    }
}
