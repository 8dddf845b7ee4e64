public import Qwen

/// Features hold something that is no number: the model that made them is broken.
public struct NotANumber: Error, Hashable, Sendable {}

extension PictureFeatures {
    /// The features as the cache gives them back: every number rounded to half precision, those beyond its range to its largest.
    ///
    /// A decoder that is always given these sees the same bits whether features were computed or found.
    ///
    /// - Returns: The rounded features; rounding them again changes nothing.
    /// - Throws: ``NotANumber``.
    public func roundedToHalf() throws(NotANumber) -> PictureFeatures {
        PictureFeatures(
            grid: grid,
            tokenCount: tokenCount,
            width: width,
            embeddings: try HalfPrecision.rounded(embeddings),
            deepstack: try deepstack.map { values throws(NotANumber) in
                try HalfPrecision.rounded(values)
            }
        )
    }
}

/// Numbers of 16 bits after IEEE 754 (binary16), without its infinities: what is too large becomes 65504.
///
/// Written out with integers, as the baseline instruction set has no conversion and a call for each number takes longer.
enum HalfPrecision {
    /// The bits of 65504, the largest number, as a float.
    private static let largest: UInt32 = 0x477F_E000
    /// The bits of 2^-14, the smallest number of full precision, as a float.
    private static let smallestNormal: UInt32 = 0x3880_0000
    /// What moves a float's exponent by 112, from one bias to the other.
    private static let bias = Float(bitPattern: 0x7780_0000)

    /// To nearest, ties to even.
    ///
    /// - Parameter value: Any number; of no number the result means nothing.
    /// - Returns: Its bits.
    @inline(__always)
    static func bits(_ value: Float) -> UInt16 {
        let all = value.bitPattern
        let sign = UInt16(truncatingIfNeeded: all >> 16) & 0x8000
        let magnitude = min(all & 0x7FFF_FFFF, largest)
        // Adding 0.5 leaves the wanted bits, rounded, at the end of the sum.
        let small = (Float(bitPattern: magnitude) + 0.5).bitPattern &- 0x3F00_0000
        let normal = (magnitude &- 0x3800_0000 &+ 0xFFF &+ ((magnitude >> 13) & 1)) >> 13
        return sign | UInt16(truncatingIfNeeded: magnitude < smallestNormal ? small : normal)
    }

    /// The number of some bits; what would be an infinity or no number is a large number.
    @inline(__always)
    static func value(_ bits: UInt16) -> Float {
        let magnitude = Float(bitPattern: UInt32(bits & 0x7FFF) << 13) * bias
        return Float(bitPattern: magnitude.bitPattern | UInt32(bits & 0x8000) << 16)
    }

    static func rounded(_ values: [Float]) throws(NotANumber) -> [Float] {
        try demandNumbers(values)
        return values.map { value(bits($0)) }
    }

    static func demandNumbers(_ values: [Float]) throws(NotANumber) {
        // One comparison for all: the largest magnitude's bits tell whether there is none.
        let largest = values.reduce(into: UInt32(0)) { $0 = max($0, $1.bitPattern & 0x7FFF_FFFF) }
        guard largest <= Float.infinity.bitPattern else { throw NotANumber() }
    }

    /// Adds numbers to bytes, two for each, low byte first.
    static func append(_ values: [Float], to bytes: inout [UInt8]) {
        let halves = values.map { bits($0).littleEndian }
        unsafe halves.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
    }

    /// Reads numbers of two bytes each, low byte first.
    static func values(_ bytes: ArraySlice<UInt8>) -> [Float] {
        unsafe bytes.withUnsafeBytes { raw in
            unsafe [Float](unsafeUninitializedCapacity: raw.count / 2) { output, filled in
                for place in 0..<raw.count / 2 {
                    let bits = unsafe raw.loadUnaligned(
                        fromByteOffset: place * 2,
                        as: UInt16.self
                    )
                    unsafe output[place] = value(UInt16(littleEndian: bits))
                }
                filled = raw.count / 2
            }
        }
    }
}
