import FeatureCache
import Qwen
import Testing

/// Rounding to what the cache keeps.
@Suite struct HalfPrecisionTests {
    private func rounded(_ values: [Float]) throws -> [Float] {
        try PictureFeatures(
            grid: PatchGrid(time: 1, rows: 2, columns: 2),
            tokenCount: 1,
            width: values.count,
            embeddings: values,
            deepstack: [values]
        ).roundedToHalf().deepstack[0]
    }

    @Test func `known numbers become those of IEEE 754`() throws {
        let pairs: [(Float, Float)] = [
            (0, 0), (1, 1), (-2.5, -2.5), (0.1, 0.0999755859375), (65504, 65504), (65519, 65504),
            (65520, 65504), (1e30, 65504), (-.infinity, -65504), (0x1p-24, 0x1p-24),
            (0x1p-25, 0), (0x1.8p-25, 0x1p-24), (0x1.8p-24, 0x1p-23), (0x1p-14, 0x1p-14),
            (1 + 0x1p-11, 1), (1 + 0x1.8p-10, 1 + 0x1p-9), (2049, 2048), (2051, 2052),
        ]
        #expect(try rounded(pairs.map(\.0)) == pairs.map(\.1))
    }

    @Test func `zero keeps its sign`() throws {
        #expect(try rounded([-0.0])[0].sign == .minus)
    }

    #if !arch(x86_64) || os(Linux)
        @Test
        func
            `a million numbers are rounded as the compiler rounds them, and rounding again changes nothing`()
            throws
        {
            var state: UInt32 = 1
            let values = (0..<1_000_000).map { _ -> Float in
                state = state &* 1_664_525 &+ 1_013_904_223
                let value = Float(bitPattern: state)
                return value.isNaN ? 0 : value
            }
            let ours = try rounded(values)
            let theirs = values.map { Float(max(-65504, min(65504, Float16($0)))) }
            #expect(ours == theirs)
            #expect(try rounded(ours) == ours)
        }
    #endif
}
