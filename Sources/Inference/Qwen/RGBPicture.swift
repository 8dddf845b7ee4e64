/// A decoded picture: 8-bit red, green and blue, upright, alpha already on white.
public struct RGBPicture: Sendable, Equatable {
    /// Pixels in a row, from 1.
    public let width: Int
    /// Rows, from 1.
    public let height: Int
    /// `[height, width, 3]`, top row first.
    public let pixels: [UInt8]

    /// Takes pixels over.
    public init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(width > 0 && height > 0 && pixels.count == width * height * 3)
        self.width = width
        self.height = height
        self.pixels = pixels
    }
}
