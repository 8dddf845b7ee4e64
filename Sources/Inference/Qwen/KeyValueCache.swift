internal import Tensors

/// One sequence's keys and values.
///
/// Full blocks are shared by all sequences that were forked after them. The last one is shared too until a second sequence
/// grows in it: the first to do so goes on in place, the others copy what they have of it. So nothing is copied
/// for a prefix that itself stays as it is, whatever its length, but the end of its last block.
///
/// Copies of this value are the same sequence at different times; ``forked()`` gives another one.
struct KeyValueCache: Sendable {
    let layout: KeyValueLayout
    /// Positions that are held.
    private(set) var count = 0
    private(set) var blocks: [KeyValueBlock] = []
    private var writer = KeyValueWriter()

    init(_ layout: KeyValueLayout) {
        self.layout = layout
    }

    /// Another sequence that begins with all that this one holds.
    func forked() -> KeyValueCache {
        for (index, block) in blocks.enumerated() {
            let held = count - index * KeyValueLayout.blockPositions
            block.share(min(KeyValueLayout.blockPositions, held))
        }
        var other = self
        other.writer = KeyValueWriter()
        return other
    }

    /// Makes room for further positions, which the caller must write and then count.
    ///
    /// - Parameter positions: How many.
    /// - Throws: ``MemoryFault``; what is held stays.
    mutating func reserve(_ positions: Int) throws(MemoryFault) {
        guard positions > 0 else { return }
        let size = KeyValueLayout.blockPositions
        let end = count + positions
        // Blocks beyond the last position held were reserved and not counted.
        var blocks = Array(self.blocks.prefix((count + size - 1) / size))
        if !count.isMultiple(of: size), let last = blocks.last {
            let held = count % size
            let wanted = min(size, held + positions)
            if !last.claim(from: held, to: wanted, by: writer) {
                let copy = try KeyValueBlock(layout)
                copy.copy(held, of: last)
                _ = copy.claim(from: 0, to: wanted, by: writer)
                blocks[blocks.count - 1] = copy
            }
        }
        while blocks.count * size < end {
            let block = try KeyValueBlock(layout)
            _ = block.claim(from: 0, to: min(size, end - blocks.count * size), by: writer)
            blocks.append(block)
        }
        self.blocks = blocks
    }

    /// Counts positions that were reserved and are written in all layers now: all of them or the first ones.
    mutating func advance(_ positions: Int) {
        count += positions
    }

    /// Forgets the last positions.
    ///
    /// No other sequence notices, whatever grows here afterwards. What grows again grows in place, but for positions that a fork
    /// holds too: those are copied, 255 at most, once.
    ///
    /// - Parameter count: Positions that stay, ``count`` at most.
    mutating func truncate(to count: Int) {
        precondition(
            count >= 0 && count <= self.count,
            "a sequence cannot be cut off beyond its end"
        )
        let size = KeyValueLayout.blockPositions
        self.count = count
        blocks.removeSubrange(min(blocks.count, (count + size - 1) / size)...)
    }

    /// Writes rows of one head's keys or values to positions that are reserved.
    ///
    /// - Parameters:
    ///   - part: Which they are.
    ///   - rows: `[positions, headDimension]`.
    ///   - stride: Elements from row to row.
    ///   - positions: Where they go, in the order of the rows.
    ///   - layer: The layer.
    ///   - head: The head of keys and values.
    ///   - kernels: What puts them in their order.
    func write(
        _ part: KeyValuePart,
        _ rows: UnsafePointer<Float>,
        stride: Int,
        positions: Range<Int>,
        layer: Int,
        head: Int,
        _ kernels: Kernels
    ) {
        let size = KeyValueLayout.blockPositions
        var first = positions.lowerBound
        while first < positions.upperBound {
            let end = min(positions.upperBound, (first / size + 1) * size)
            unsafe kernels.write(
                part,
                rows + (first - positions.lowerBound) * stride,
                stride: stride,
                count: end - first,
                into: blocks[first / size].tiles(layer: layer, head: head),
                at: first % size,
                layout.tiles
            )
            first = end
        }
    }

    /// Lends the tiles of one head's keys and values.
    func withTiles(
        layer: Int,
        head: Int,
        _ body: (UnsafeBufferPointer<UnsafeRawPointer?>) -> Void
    ) {
        unsafe withUnsafeTemporaryAllocation(
            of: UnsafeRawPointer?.self,
            capacity: blocks.count
        ) { pointers in
            for (index, block) in blocks.enumerated() {
                let tiles = unsafe block.tiles(layer: layer, head: head)
                unsafe pointers.initializeElement(at: index, to: UnsafeRawPointer(tiles))
            }
            unsafe body(UnsafeBufferPointer(pointers))
        }
    }
}
