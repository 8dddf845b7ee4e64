internal import Foundation
internal import Qwen

/// What a picture looks like in 256 bits: copies of it differ in few of them, whatever their size.
///
/// The signs of low frequencies of the brightness, after Zauner, "Implementation and Benchmarking of Perceptual Image Hash
/// Functions" (2010): the picture is averaged to 64 x 64, and of its discrete cosine transform rows and columns 1 to 16 are kept.
struct PictureHash: Sendable, Hashable {
    /// The bits, the first lowest in the first word.
    let words: [UInt64]
    /// For each band, the bit that is most likely to come out otherwise in a copy; none for a hash that was stored.
    let leastCertain: [Int]

    static let byteCount = 32
    /// The bits are dealt out to so many groups; two pictures are neighbours when they agree in one of them.
    static let bandCount = 8
    private static let side = 64
    private static let kept = 16

    static func == (one: Self, other: Self) -> Bool { one.words == other.words }
    func hash(into hasher: inout Hasher) { hasher.combine(words) }

    /// Looks at a picture.
    init(_ picture: ComparisonPicture) {
        let small = Self.averaged(picture)
        let waves = Self.waves
        // Columns first: [kept, side], then rows.
        var half = [Float](repeating: 0, count: Self.kept * Self.side)
        for frequency in 0..<Self.kept {
            for row in 0..<Self.side {
                let wave = waves[frequency * Self.side + row]
                for column in 0..<Self.side {
                    half[frequency * Self.side + column] += wave * small[row * Self.side + column]
                }
            }
        }
        var words = [UInt64](repeating: 0, count: 4)
        var weakest = [Int](repeating: 0, count: Self.bandCount)
        var weakness = [Float](repeating: .infinity, count: Self.bandCount)
        for vertical in 0..<Self.kept {
            for horizontal in 0..<Self.kept {
                var sum: Float = 0
                for column in 0..<Self.side {
                    sum +=
                        half[vertical * Self.side + column]
                        * waves[horizontal * Self.side + column]
                }
                let bit = vertical * Self.kept + horizontal
                if sum > 0 { words[bit / 64] |= 1 << UInt64(bit % 64) }
                let band = bit % Self.bandCount
                if abs(sum) < weakness[band] {
                    weakness[band] = abs(sum)
                    weakest[band] = bit
                }
            }
        }
        self.words = words
        leastCertain = weakest
    }

    /// Takes bytes that were stored; nil for another number of them.
    init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        words = (0..<4).map { word in
            bytes[word * 8..<word * 8 + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        leastCertain = []
    }

    /// The bits, eight to a byte.
    var bytes: [UInt8] {
        words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } }
    }

    /// How many bits are different.
    func distance(to other: PictureHash) -> Int {
        zip(words, other.words).reduce(0) { $0 + ($1.0 ^ $1.1).nonzeroBitCount }
    }

    /// Under which the picture is found in an index: band and bits, one number for each band.
    var bands: [Int64] { (0..<Self.bandCount).map { band(of: words, $0) } }

    /// Under which its copies are looked for: its own bands, and each with its least certain bit turned.
    var probes: [Int64] {
        bands
            + leastCertain.map { bit in
                var turned = words
                turned[bit / 64] ^= 1 << UInt64(bit % 64)
                return band(of: turned, bit % Self.bandCount)
            }
    }

    private func band(of words: [UInt64], _ band: Int) -> Int64 {
        let count = Self.byteCount * 8 / Self.bandCount
        let value = (0..<count).reduce(Int64(0)) { value, place in
            let bit = place * Self.bandCount + band
            return value << 1 | Int64(words[bit / 64] >> UInt64(bit % 64) & 1)
        }
        return Int64(band) << 32 | value
    }

    // MARK: Steps

    /// Cosines of frequencies 1 to 16: `[kept, side]`.
    private static let waves: [Float] = (1...kept).flatMap { frequency in
        (0..<side).map { place in
            Float(cos(Double.pi * (Double(place) + 0.5) * Double(frequency) / Double(side)))
        }
    }

    /// The brightness, averaged to `[side, side]`.
    private static func averaged(_ picture: ComparisonPicture) -> [Float] {
        let (width, height) = (picture.sides.width, picture.sides.height)
        let columns = shares(width)
        var rows = shares(height)[...]
        var result = [Float](repeating: 0, count: side * side)
        var line = [Float](repeating: 0, count: side)
        for row in 0..<height {
            for column in 0..<side { line[column] = 0 }
            unsafe picture.luma.withUnsafeBufferPointer { luma in
                for share in columns {
                    line[share.cell] +=
                        share.weight * Float(unsafe luma[row * width + share.place])
                }
            }
            while let share = rows.first, share.place == row {
                for column in 0..<side {
                    result[share.cell * side + column] += share.weight * line[column]
                }
                rows.removeFirst()
            }
        }
        return result
    }

    /// What part of a cell a row or column of pixels is.
    private struct Share {
        var place: Int
        var cell: Int
        var weight: Float
    }

    /// Deals pixels out to cells of equal size; one on a border goes to both.
    private static func shares(_ count: Int) -> [Share] {
        (0..<side).flatMap { cell in
            // In pixels and 64ths of them.
            let (start, end) = (cell * count, (cell + 1) * count)
            return (start / side...(end - 1) / side).map { place in
                let part = min(end, (place + 1) * side) - max(start, place * side)
                return Share(place: place, cell: cell, weight: Float(part) / Float(count))
            }
        }
        .sorted { ($0.place, $0.cell) < ($1.place, $1.cell) }
    }
}
