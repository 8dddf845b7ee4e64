public import Tokenization

/// Sizes and constants of a model.
public struct ModelConfiguration: Sendable, Equatable {
    /// The architecture.
    public var family: ModelFamily
    /// The decoder.
    public var text: TextConfiguration
    /// The tower, in models that see.
    public var vision: VisionConfiguration?
    /// The tokens that stand for pictures, in models that see.
    public var pictureTokens: PictureTokens?
    /// Whether the head's weight is the embedding table; nil leaves it to whether a head is stored.
    public var tiesHead: Bool?
    /// The first token of a text, where the configuration names one.
    public var beginToken: TokenID?
    /// Tokens that end an answer, as far as the configuration names them; ``GenerationConfiguration`` knows better.
    public var endTokens: [TokenID]
}

/// The tokens that stand for pictures.
public struct PictureTokens: Sendable, Equatable {
    /// In place of each merged patch of a picture.
    public var image: TokenID
    /// In place of each merged patch of a video.
    public var video: TokenID
    /// Before a picture or a group of frames.
    public var visionStart: TokenID
    /// After it.
    public var visionEnd: TokenID

    /// Names the tokens.
    public init(image: TokenID, video: TokenID, visionStart: TokenID, visionEnd: TokenID) {
        self.image = image
        self.video = video
        self.visionStart = visionStart
        self.visionEnd = visionEnd
    }
}

/// Sizes and constants of the decoder.
public struct TextConfiguration: Sendable, Equatable {
    /// Width of the residual stream.
    public var hiddenSize: Int
    /// Layers.
    public var layerCount: Int
    /// Heads of queries.
    public var headCount: Int
    /// Heads of keys and values, each shared by a group of query heads.
    public var keyValueHeadCount: Int
    /// Width of a head; `headCount * headDimension` need not be ``hiddenSize``.
    public var headDimension: Int
    /// Width between the halves of the feed-forward network.
    public var intermediateSize: Int
    /// Rows of the embedding table, padding included.
    public var vocabularySize: Int
    /// Added to the mean square in norms.
    public var normEpsilon: Float
    /// The base whose powers are the wave lengths of the rotary embedding.
    public var rotaryBase: Double
    /// How many frequencies turn with time, height and width; nil where all turn with one position.
    public var rotarySections: [Int]?
    /// The most tokens of a sequence.
    public var contextLength: Int
    /// Whether queries, keys and values are shifted by a bias.
    public var hasProjectionBias: Bool
    /// Whether the attention's output is shifted by a bias.
    public var hasOutputBias: Bool
    /// Whether queries and keys are normed head by head.
    public var hasHeadNorms: Bool

    /// Width of all query heads.
    public var queryWidth: Int { headCount * headDimension }
    /// Width of all key heads.
    public var keyWidth: Int { keyValueHeadCount * headDimension }
    /// Query heads that share a key head.
    public var groupSize: Int { headCount / keyValueHeadCount }
}

/// Sizes and constants of the vision tower.
public struct VisionConfiguration: Sendable, Equatable {
    /// Width of the residual stream.
    public var hiddenSize: Int
    /// Blocks.
    public var depth: Int
    /// Heads.
    public var headCount: Int
    /// Width between the halves of the feed-forward network.
    public var intermediateSize: Int
    /// Pixels of a patch each way.
    public var patchSize: Int
    /// Frames of a patch.
    public var temporalPatchSize: Int
    /// Patches each way that become one token.
    public var mergeSize: Int
    /// Colours of a pixel.
    public var channels: Int
    /// Rows, and columns, of the table of learned positions.
    public var positionSide: Int
    /// Blocks after which features leave for the decoder, in the order of their mergers.
    public var deepstackBlocks: [Int]
    /// Width of the features: the decoder's.
    public var outputSize: Int
    /// Added to the variance in norms.
    public var normEpsilon: Float = 1e-6

    /// Width of a head.
    public var headDimension: Int { hiddenSize / headCount }
    /// Values of a patch.
    public var patchWidth: Int { channels * temporalPatchSize * patchSize * patchSize }
    /// Patches that become one token.
    public var patchesPerToken: Int { mergeSize * mergeSize }
    /// Width of the patches that become one token.
    public var mergedSize: Int { hiddenSize * patchesPerToken }
}
