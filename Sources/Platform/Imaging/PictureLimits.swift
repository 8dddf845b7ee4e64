/// What a picture file may demand before it is refused.
public struct PictureLimits: Codable, Hashable, Sendable {
    /// Bytes of the file.
    public var bytes: Int
    /// Width times height of a page.
    public var pixels: Int
    /// Pages of a file.
    public var pages: Int

    /// Makes limits; those left out are a pipeline's defaults.
    public init(bytes: Int = 64_000_000, pixels: Int = 120_000_000, pages: Int = 1000) {
        self.bytes = bytes
        self.pixels = pixels
        self.pages = pages
    }
}
