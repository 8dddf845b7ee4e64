internal import Glibc
internal import Synchronization
internal import Tensors

/// How keys and values of one model lie in a block.
struct KeyValueLayout: Sendable, Equatable {
    /// Positions of a block, the unit of sharing; 256 positions of Qwen3-VL-2B are 59 MB.
    static let blockPositions = Attention.blockMultiple

    let layers: Int
    let heads: Int
    let headDimension: Int

    /// Elements of one head's keys in a block, `[blockPositions, headDimension]`.
    var planeElements: Int { Self.blockPositions * headDimension }
    /// Elements of a block: `[layers][keys, values][heads][blockPositions, headDimension]`.
    var blockElements: Int { layers * 2 * heads * planeElements }

    /// Bytes of one position.
    var bytesPerPosition: Int {
        blockElements / Self.blockPositions * MemoryLayout<Float>.stride
    }

    func plane(layer: Int, head: Int, values: Bool) -> Int {
        ((layer * 2 + (values ? 1 : 0)) * heads + head) * planeElements
    }
}

/// Keys and values of 256 positions in all layers.
///
/// `@unchecked Sendable`: a position is written once, by the sequence that claimed it, and read only by sequences whose
/// count covers it, which is set after that.
@safe final class KeyValueBlock: @unchecked Sendable {
    let layout: KeyValueLayout
    private let memory: UnsafeMutablePointer<Float>
    private let claimed = Mutex(0)

    init(_ layout: KeyValueLayout) throws(MemoryFault) {
        let bytes = layout.blockElements * MemoryLayout<Float>.stride
        var memory: UnsafeMutableRawPointer?
        guard unsafe posix_memalign(&memory, 64, max(64, bytes)) == 0, let memory = unsafe memory
        else { throw MemoryFault(byteCount: bytes) }
        self.layout = layout
        unsafe self.memory = memory.bindMemory(to: Float.self, capacity: layout.blockElements)
    }

    deinit { unsafe free(memory) }

    /// Takes positions for writing, if nobody has them yet.
    ///
    /// - Parameters:
    ///   - first: The first position in the block that the caller does not hold yet.
    ///   - end: After the last position that it wants.
    /// - Returns: Whether they are the caller's now.
    func claim(from first: Int, to end: Int) -> Bool {
        claimed.withLock { claimed in
            guard claimed == first else { return false }
            claimed = end
            return true
        }
    }

    func pointer(layer: Int, head: Int, values: Bool) -> UnsafeMutablePointer<Float> {
        unsafe memory + layout.plane(layer: layer, head: head, values: values)
    }

    /// Copies the first positions of another block; the caller must be the only one who holds this.
    func copy(_ positions: Int, of other: KeyValueBlock) {
        for plane in 0..<layout.layers * 2 * layout.heads {
            let start = plane * layout.planeElements
            unsafe (memory + start).update(
                from: other.memory + start,
                count: positions * layout.headDimension
            )
        }
    }
}

/// One sequence's keys and values.
///
/// Full blocks are shared by all sequences that were forked after them. The last one is shared too until a second sequence
/// grows in it: the first to do so goes on in place, the others copy what they have of it. So nothing is copied
/// for a prefix that itself stays as it is, whatever its length, but the end of its last block.
struct KeyValueCache: Sendable {
    let layout: KeyValueLayout
    /// Positions that are held.
    private(set) var count = 0
    private(set) var blocks: [KeyValueBlock] = []

    init(_ layout: KeyValueLayout) {
        self.layout = layout
    }

    /// Makes room for further positions, which the caller must write and then count.
    ///
    /// - Parameter positions: How many.
    /// - Throws: ``MemoryFault``; what is held stays.
    mutating func reserve(_ positions: Int) throws(MemoryFault) {
        guard positions > 0 else { return }
        let size = KeyValueLayout.blockPositions
        let end = count + positions
        var blocks = self.blocks
        if !count.isMultiple(of: size), let last = blocks.last {
            let held = count % size
            let wanted = min(size, held + positions)
            if !last.claim(from: held, to: wanted) {
                let copy = try KeyValueBlock(layout)
                copy.copy(held, of: last)
                _ = copy.claim(from: 0, to: wanted)
                blocks[blocks.count - 1] = copy
            }
        }
        while blocks.count * size < end {
            let block = try KeyValueBlock(layout)
            _ = block.claim(from: 0, to: min(size, end - blocks.count * size))
            blocks.append(block)
        }
        self.blocks = blocks
    }

    /// Counts positions that were reserved and are written in all layers now.
    mutating func advance(_ positions: Int) {
        count += positions
    }

    /// Where a position's key or value goes.
    func row(
        layer: Int,
        head: Int,
        position: Int,
        values: Bool
    ) -> UnsafeMutablePointer<Float> {
        let size = KeyValueLayout.blockPositions
        return unsafe blocks[position / size].pointer(layer: layer, head: head, values: values)
            + position % size * layout.headDimension
    }
}
