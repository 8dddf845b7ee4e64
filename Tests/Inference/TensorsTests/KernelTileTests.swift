import CKernels
import Tensors
import Testing

/// One head's keys and values, not written yet: all bits are set, so that what is read of them is not a number.
struct KernelTiles {
    let format: dk_tiles
    let width: Int
    private let bytes: PlacedNumbers<UInt8>

    init(_ memory: KernelMemory, bfloat: Bool, width: Int, positions: Int) {
        format = bfloat ? DK_TILES_BF16 : DK_TILES_F32
        self.width = width
        let tiles = (positions + Int(DK_TILE_KEYS) - 1) / Int(DK_TILE_KEYS)
        bytes = memory.place(
            [UInt8](repeating: 0xFF, count: tiles * dk_tile_bytes(format, width))
        )
    }

    var marginIsIntact: Bool { bytes.marginIsIntact }
    var contents: [UInt8] { bytes.elements }
    var start: UnsafeMutableRawPointer { UnsafeMutableRawPointer(bytes.pointer) }

    func address(of position: Int) -> UnsafeRawPointer? {
        UnsafeRawPointer(bytes.pointer)
            + position / Int(DK_TILE_KEYS) * dk_tile_bytes(format, width)
    }

    func write(
        _ kernels: Kernels,
        _ keys: [Float],
        _ values: [Float],
        stride: Int,
        _ positions: Range<Int>
    ) {
        let (first, count) = (positions.lowerBound, positions.count)
        keys.withUnsafeBufferPointer { rows in
            guard let rows = rows.baseAddress else { return }
            let from = rows + first * stride
            kernels.table.write_keys(start, format, width, first, from, stride, count)
        }
        values.withUnsafeBufferPointer { rows in
            guard let rows = rows.baseAddress else { return }
            let from = rows + first * stride
            kernels.table.write_values(start, format, width, first, from, stride, count)
        }
    }
}

@Suite struct KernelTileTests {
    private static let positions = 150

    /// Tiles written in some pieces, in their order or against it.
    private static func tiles(
        _ kernels: Kernels,
        _ memory: KernelMemory,
        bfloat: Bool,
        width: Int,
        _ pieces: [Range<Int>]
    ) -> KernelTiles {
        var noise = KernelNoise(5)
        let (k, v) = (noise.floats(positions * (width + 1)), noise.floats(positions * (width + 1)))
        let tiles = KernelTiles(memory, bfloat: bfloat, width: width, positions: positions)
        for piece in pieces { tiles.write(kernels, k, v, stride: width + 1, piece) }
        #expect(tiles.marginIsIntact)
        return tiles
    }

    @Test(arguments: Kernels.available, [false, true])
    func `tiles are the same bytes in every version, however they are written`(
        kernels: Kernels,
        bfloat: Bool
    ) throws {
        let portable = try #require(Kernels.named("portable"))
        let memory = KernelMemory()
        defer { memory.free() }
        for width in [2, 6, 16, 30, 64, 128] {
            func written(_ kernels: Kernels, _ pieces: [Range<Int>]) -> [UInt8] {
                Self.tiles(kernels, memory, bfloat: bfloat, width: width, pieces).contents
            }
            let plain = written(portable, [0..<Self.positions])
            #expect(written(kernels, [0..<Self.positions]) == plain)
            #expect(written(kernels, [71..<150, 33..<71, 0..<33]) == plain)
            #expect(written(kernels, (0..<Self.positions).reversed().map { $0..<$0 + 1 }) == plain)
        }
    }

    @Test(arguments: [false, true], [0, 1, 2, 63, 64, 65, 101, 150])
    func `copies of the first positions leave the others alone`(bfloat: Bool, count: Int) throws {
        let portable = try #require(Kernels.named("portable"))
        let memory = KernelMemory()
        defer { memory.free() }
        let width = 10
        let whole = Self.tiles(portable, memory, bfloat: bfloat, width: width, [0..<150])
        let some = Self.tiles(portable, memory, bfloat: bfloat, width: width, [0..<count])
        let copy = KernelTiles(memory, bfloat: bfloat, width: width, positions: 150)
        dk_copy_positions(copy.start, whole.start, copy.format, width, count)
        #expect(copy.contents == some.contents && copy.marginIsIntact)
    }
}
