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
/// `@unchecked Sendable`: a position is written by the one sequence that claimed it, and read only by sequences whose
/// count covers it, which is set after that; it is given back only while no other sequence's count does.
@safe final class KeyValueBlock: @unchecked Sendable {
    let layout: KeyValueLayout
    private let memory: UnsafeMutablePointer<Float>
    private let ends = Mutex(Ends())

    /// How far the block is written, and how far it is read by more than one sequence.
    private struct Ends {
        /// Positions before it have been taken for writing.
        var claimed = 0
        /// Positions before it belong to a fork: they are never given back.
        var shared = 0
    }

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
        ends.withLock { ends in
            guard ends.claimed == first else { return false }
            ends.claimed = end
            return true
        }
    }

    /// Notes that another sequence reads the first positions from now on.
    func share(_ positions: Int) {
        ends.withLock { $0.shared = max($0.shared, positions) }
    }

    /// Gives the last positions back that nobody else reads.
    ///
    /// - Parameters:
    ///   - kept: After the last position that the caller keeps.
    ///   - end: After the last one that it holds.
    func giveBack(from kept: Int, to end: Int) {
        ends.withLock { ends in
            // Whoever does not hold the last one shares all that it holds with the one who does.
            guard ends.claimed == end else { return }
            ends.claimed = min(end, max(kept, ends.shared))
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

    /// Notes that a fork holds all that this holds.
    func share() {
        let size = KeyValueLayout.blockPositions
        for (index, block) in blocks.enumerated() { block.share(min(size, count - index * size)) }
    }

    /// Takes back the last positions; a block that no position is left of goes.
    ///
    /// - Parameter newCount: Positions that are held afterwards, as many as now or fewer.
    mutating func truncate(to newCount: Int) {
        precondition(newCount >= 0 && newCount <= count)
        let size = KeyValueLayout.blockPositions
        while let last = blocks.last, (blocks.count - 1) * size >= newCount {
            last.giveBack(from: 0, to: count - (blocks.count - 1) * size)
            blocks.removeLast()
            count = min(count, blocks.count * size)
        }
        if let last = blocks.last {
            let start = (blocks.count - 1) * size
            last.giveBack(from: newCount - start, to: count - start)
        }
        count = newCount
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
