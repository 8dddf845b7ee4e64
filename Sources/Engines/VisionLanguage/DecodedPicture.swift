public import Qwen

/// One page of a file, decoded by a walled worker and of the size that the model takes.
public struct DecodedPicture: Sendable {
    /// The page's number in its file, from 1.
    public let page: Int
    /// Pages of the file.
    public let pageCount: Int
    /// The pixels: both sides are whole tokens, ready for ``PicturePreprocessor/patches(ofResized:)``.
    public let picture: RGBPicture
    /// Width of the page before it was resized, in pixels.
    public let sourceWidth: Int
    /// Height of the page before it was resized, in pixels.
    public let sourceHeight: Int
    /// Whether nothing is on the page, looked at before it was resized.
    public let isBlank: Bool
    /// Whether the file ended early; rows that are missing are white.
    public let isCutShort: Bool
    /// What the decoder complained of and went on.
    public let warnings: [String]
    /// The most memory that was resident in the process that decoded it.
    public let peakBytes: Int?
}

/// The frames of a video that the model is shown, of the size that it takes.
public struct DecodedVideo: Sendable {
    /// The frames, ready for ``PicturePreprocessor/patches(ofResizedFrames:)``.
    public let frames: [RGBPicture]
    /// Their numbers in the video, from 0.
    public let frameNumbers: [Int]
    /// Frames of the video in a second.
    public let framesPerSecond: Double
    /// When each group of frames that becomes a patch is, in seconds from the start.
    public let seconds: [Double]
    /// What was odd.
    public let warnings: [String]
}
