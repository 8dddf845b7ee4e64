import CKernels
import Tensors
import Testing

@Suite struct KernelBlockTests {
    private func widened(_ kernels: Kernels, _ bytes: [UInt8], _ type: ElementType, count: Int)
        -> [Float]
    {
        let memory = KernelMemory()
        defer { memory.free() }
        let y = memory.place([Float](repeating: -7, count: count), misalignment: 2)
        let stored = memory.place(bytes, misalignment: 1)
        kernels.table.widen(y.pointer, stored.pointer, type.kernelType, count)
        #expect(y.marginIsIntact)
        return y.elements
    }

    private func littleEndian(_ value: Float16) -> [UInt8] {
        [UInt8(truncatingIfNeeded: value.bitPattern), UInt8(value.bitPattern >> 8)]
    }

    @Test(arguments: ElementType.allCases)
    func `sizes of blocks are the same in Swift and in C`(type: ElementType) {
        #expect(dk_block_elements(type.kernelType) == type.blockElements)
        #expect(dk_block_bytes(type.kernelType) == type.blockBytes)
    }

    @Test(arguments: Kernels.available)
    func `every float16 becomes the float that it is`(kernels: Kernels) {
        let all = (0...UInt16.max).map { $0 }
        let floats = widened(
            kernels,
            all.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] },
            .float16,
            count: all.count
        )
        #expect(
            zip(all, floats).allSatisfy { half, float in
                let exact = Float(Float16(bitPattern: half))
                return exact.isNaN ? float.isNaN : exact.bitPattern == float.bitPattern
            }
        )
    }

    @Test(arguments: Kernels.available, [1, 2, 3, 5, 15, 17, 31, 33, 63, 65])
    func `floats and bfloat16 are taken as they are`(kernels: Kernels, count: Int) {
        var noise = KernelNoise(UInt64(count))
        let values = noise.floats(count)
        let bytes = values.flatMap { value in withUnsafeBytes(of: value) { Array($0) } }
        #expect(widened(kernels, bytes, .float32, count: count) == values)
        let halves = values.map(bfloat16)
        let narrow = halves.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
        #expect(widened(kernels, narrow, .bfloat16, count: count) == halves.map(float(bfloat16:)))
    }

    @Test(arguments: Kernels.available)
    func `Q8_0 is a step times a signed byte`(kernels: Kernels) {
        let q = (0..<32).map { Int8($0 * 8 - 128) }
        let block = littleEndian(0.25) + q.map(UInt8.init(bitPattern:))
        let values = widened(
            kernels,
            littleEndian(1) + [UInt8](repeating: 3, count: 32) + block,
            .q8_0,
            count: 64
        )
        #expect(values == [Float](repeating: 3, count: 32) + q.map { Float($0) * 0.25 })
    }

    @Test(arguments: Kernels.available)
    func `Q4_0 has its first sixteen in the low nibbles`(kernels: Kernels) {
        let nibbles = (0..<16).map { UInt8($0 | ((15 - $0) << 4)) }
        let values = widened(kernels, littleEndian(-0.5) + nibbles, .q4_0, count: 32)
        let low = (0..<16).map { Float($0 - 8) * -0.5 },
            high = (0..<16).map { Float(7 - $0) * -0.5 }
        #expect(values == low + high)
    }

    /// Scales 1...8 times 7 (to reach beyond four bits) and minima, packed as Q4_K and Q5_K pack them.
    private static let scales = (1...8).map { UInt8($0 * 7) }
    private static let minima = (1...8).map { UInt8(63 - $0 * 5) }
    private static let packed: [UInt8] = {
        var bytes = [UInt8](repeating: 0, count: 12)
        for j in 0..<4 {
            let high = (scales[j + 4] >> 4, minima[j + 4] >> 4)
            bytes[j] = scales[j] | (high.0 << 6)
            bytes[j + 4] = minima[j] | (high.1 << 6)
            bytes[j + 8] = (scales[j + 4] & 15) | ((minima[j + 4] & 15) << 4)
        }
        return bytes
    }()

    /// Sub-blocks lie in pairs: the first in the low nibbles of 32 bytes, the second in the high.
    private static func nibbles(_ q: [UInt8]) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 128)
        for i in 0..<256 {
            bytes[i / 64 * 32 + i % 32] |= (q[i] & 15) << (i % 64 < 32 ? 0 : 4)
        }
        return bytes
    }

    private static func scaled(_ q: [UInt8]) -> [Float] {
        q.indices.map { i in
            let product = 0.5 * Float(scales[i / 32]) * Float(q[i])
            return product - 0.125 * Float(minima[i / 32])
        }
    }

    @Test(arguments: Kernels.available)
    func `Q4_K is a scaled nibble less a scaled minimum`(kernels: Kernels) {
        var noise = KernelNoise(4)
        let q = (0..<256).map { _ in UInt8(noise.next() >> 28) }
        let steps = littleEndian(0.5) + littleEndian(0.125)
        let block = steps + Self.packed + Self.nibbles(q)
        let exact = Self.scaled(q)
        #expect(widened(kernels, block + block, .q4_K, count: 512) == exact + exact)
    }

    @Test(arguments: Kernels.available)
    func `Q5_K adds a fifth bit`(kernels: Kernels) {
        var noise = KernelNoise(5)
        let q = (0..<256).map { _ in UInt8(noise.next() >> 27) }
        var fifth = [UInt8](repeating: 0, count: 32)
        for i in 0..<256 { fifth[i % 32] |= (q[i] >> 4) << UInt8(i / 32) }
        let steps = littleEndian(0.5) + littleEndian(0.125)
        let block = steps + Self.packed + fifth + Self.nibbles(q)
        let exact = Self.scaled(q)
        #expect(widened(kernels, block + block, .q5_K, count: 512) == exact + exact)
    }

    @Test(arguments: Kernels.available)
    func `Q6_K has a signed scale for sixteen`(kernels: Kernels) {
        var noise = KernelNoise(6)
        let q = (0..<256).map { _ in UInt8(noise.next() >> 26) }
        let scales = (0..<16).map { Int8($0 * 15 - 110) }
        var low = [UInt8](repeating: 0, count: 128), high = [UInt8](repeating: 0, count: 64)
        for i in 0..<256 {
            let half = i / 128, quarter = i % 128 / 32, place = i % 32
            low[half * 64 + quarter % 2 * 32 + place] |= (q[i] & 15) << (quarter < 2 ? 0 : 4)
            high[half * 32 + place] |= (q[i] >> 4) << UInt8(quarter * 2)
        }
        let block = low + high + scales.map(UInt8.init(bitPattern:)) + littleEndian(0.25)
        let exact = (0..<256).map { i -> Float in
            let step = 0.25 * Float(scales[i / 16])
            return step * Float(Int(q[i]) - 32)
        }
        #expect(widened(kernels, block + block, .q6_K, count: 512) == exact + exact)
    }

    @Test(arguments: Kernels.available, ElementType.allCases)
    func `any bytes become the same floats as in plain C`(kernels: Kernels, type: ElementType)
        throws
    {
        let portable = try #require(Kernels.named("portable"))
        var noise = KernelNoise(8)
        let count = 1024
        let bytes = noise.bytes(count / type.blockElements * type.blockBytes)
        let left = widened(kernels, bytes, type, count: count)
        let right = widened(portable, bytes, type, count: count)
        #expect(
            zip(left, right).allSatisfy { $0.bitPattern == $1.bitPattern || $0.isNaN && $1.isNaN }
        )
    }
}
