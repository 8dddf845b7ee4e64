public import Tokenization

/// Tokens, and the features that take the place of those that stand for pictures.
public struct QwenPrompt: Sendable {
    /// One token for each merged patch of a picture included.
    public var tokens: [TokenID]
    /// What the image tokens stand for, in their order.
    public var images: [PictureFeatures]
    /// What the video tokens stand for, in their order.
    public var videos: [PictureFeatures]

    /// Makes a prompt.
    ///
    /// - Parameters:
    ///   - tokens: One token for each merged patch of a picture included.
    ///   - images: What the image tokens stand for, in their order.
    ///   - videos: What the video tokens stand for, in their order.
    public init(
        tokens: [TokenID],
        images: [PictureFeatures] = [],
        videos: [PictureFeatures] = []
    ) {
        self.tokens = tokens
        self.images = images
        self.videos = videos
    }
}
