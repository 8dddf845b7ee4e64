/// What the vision tower makes of a picture or video: what the decoder takes in place of its tokens.
public struct PictureFeatures: Sendable, Equatable {
    /// The patches that it was made from.
    public let grid: PatchGrid
    /// Tokens.
    public let tokenCount: Int
    /// Width of the features: the decoder's hidden size.
    public let width: Int
    /// `[tokenCount, width]`, in place of the tokens' embeddings.
    public let embeddings: [Float]
    /// For each of the decoder's first layers, `[tokenCount, width]` that is added to what the layer gives (DeepStack).
    public let deepstack: [[Float]]

    /// Bytes of the features.
    public var byteCount: Int {
        (1 + deepstack.count) * embeddings.count * MemoryLayout<Float>.stride
    }

    /// Takes features over, that were computed now or earlier.
    ///
    /// - Parameters:
    ///   - grid: The patches that they were made from.
    ///   - tokenCount: Tokens.
    ///   - width: Width of the features.
    ///   - embeddings: `[tokenCount, width]`.
    ///   - deepstack: For each of the decoder's first layers, `[tokenCount, width]`.
    public init(
        grid: PatchGrid,
        tokenCount: Int,
        width: Int,
        embeddings: [Float],
        deepstack: [[Float]]
    ) {
        precondition(embeddings.count == tokenCount * width)
        precondition(deepstack.allSatisfy { $0.count == embeddings.count })
        self.grid = grid
        self.tokenCount = tokenCount
        self.width = width
        self.embeddings = embeddings
        self.deepstack = deepstack
    }
}
