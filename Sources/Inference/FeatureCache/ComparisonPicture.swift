internal import Qwen

/// A picture as others are compared with it: brightness of every pixel, colour of every fourth.
struct ComparisonPicture: Sendable, Equatable {
    /// Of the brightness.
    let sides: SeenPicture.Sides
    /// `[height, width]`.
    let luma: [UInt8]
    /// Difference of blue from the brightness, then of red: `[2, (height + 1) / 2, (width + 1) / 2]`.
    let chroma: [UInt8]

    /// Bytes of a picture of these sides.
    static func byteCount(_ sides: SeenPicture.Sides) -> Int {
        sides.width * sides.height + 2 * ((sides.width + 1) / 2) * ((sides.height + 1) / 2)
    }

    /// Takes bytes that were stored; nil for another number of them.
    init?(sides: SeenPicture.Sides, bytes: [UInt8]) {
        guard bytes.count == Self.byteCount(sides) else { return nil }
        self.sides = sides
        luma = Array(bytes[..<(sides.width * sides.height)])
        chroma = Array(bytes[(sides.width * sides.height)...])
    }

    /// Brightness and colour by the weights of JFIF (ITU-R BT.601), in 16 bits behind the point.
    init(_ picture: RGBPicture) {
        let (width, height) = (picture.width, picture.height)
        let (halfWidth, halfHeight) = ((width + 1) / 2, (height + 1) / 2)
        var luma = [UInt8](repeating: 0, count: width * height)
        var chroma = [UInt8](repeating: 0, count: 2 * halfWidth * halfHeight)
        unsafe picture.pixels.withUnsafeBufferPointer { pixels in
            for place in 0..<width * height {
                let red = Int32(unsafe pixels[place * 3])
                let green = Int32(unsafe pixels[place * 3 + 1])
                let blue = Int32(unsafe pixels[place * 3 + 2])
                luma[place] = UInt8(
                    truncatingIfNeeded: (19595 * red + 38470 * green + 7471 * blue + 32768) >> 16
                )
            }
            for row in 0..<halfHeight {
                for column in 0..<halfWidth {
                    var sums = SIMD4<Int32>.zero
                    for (y, x) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
                        let place =
                            min(2 * row + y, height - 1) * width + min(2 * column + x, width - 1)
                        sums &+= SIMD4(
                            Int32(unsafe pixels[place * 3]),
                            Int32(unsafe pixels[place * 3 + 1]),
                            Int32(unsafe pixels[place * 3 + 2]),
                            0
                        )
                    }
                    let blue = (-11059 * sums.x - 21709 * sums.y + 32768 * sums.z) >> 18
                    let red = (32768 * sums.x - 27439 * sums.y - 5329 * sums.z) >> 18
                    let place = row * halfWidth + column
                    chroma[place] = UInt8(clamping: 128 + blue)
                    chroma[halfWidth * halfHeight + place] = UInt8(clamping: 128 + red)
                }
            }
        }
        sides = .init(width: width, height: height)
        self.luma = luma
        self.chroma = chroma
    }

    /// Brightness, then colour.
    var bytes: [UInt8] { luma + chroma }
}
