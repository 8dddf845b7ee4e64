internal import Qwen

/// A picture drawn in memory: dark lines on white, as of a printed page.
enum DrawnPicture {
    /// Draws one.
    ///
    /// - Parameters:
    ///   - width: In pixels.
    ///   - height: In pixels.
    /// - Returns: The picture, always the same.
    static func drawn(width: Int, height: Int) -> RGBPicture {
        let white = [UInt8](repeating: 255, count: width * 3)
        var lines = white
        for column in 0..<width where column % 8 < 5 && column % 56 < 40 {
            for channel in 0..<3 { lines[column * 3 + channel] = UInt8(column % 64) }
        }
        var pixels: [UInt8] = []
        pixels.reserveCapacity(width * height * 3)
        for row in 0..<height { pixels += row % 24 < 12 ? lines : white }
        return RGBPicture(width: width, height: height, pixels: pixels)
    }
}
