internal import Generation
internal import Tokenization

/// A chunk of a prompt.
struct PromptStep {
    let tokens: ArraySlice<TokenID>
    let positions: ArraySlice<TokenPosition>
    let visual: ArraySlice<VisualToken>
    let pictures: [PictureFeatures]
    /// Whether the prompt ends with it.
    let isLast: Bool
    /// The tokens whose logits are wanted after the prompt; nil for all.
    let wanted: [TokenID]?
}

/// A prompt that is computed chunk by chunk, so that other sequences can go on in between.
struct PromptChunks {
    private let tokens: [TokenID]
    private let walk: PositionWalk
    private let pictures: [PictureFeatures]
    private let wanted: [TokenID]?
    private let count: Int
    private var index = 0
    private var firstVisual = 0
    /// What the sequence holds with the chunks that are computed.
    var content: QwenState.Content

    /// Cuts a prompt whose tokens have their places.
    init(
        tokens: [TokenID],
        walk: PositionWalk,
        pictures: [PictureFeatures],
        wanted: [TokenID]?,
        size: Int,
        content: QwenState.Content
    ) {
        self.tokens = tokens
        self.walk = walk
        self.pictures = pictures
        self.wanted = wanted
        count = (tokens.count + size - 1) / size
        self.content = content
    }

    /// The next chunk; there must be one.
    ///
    /// Chunks are of one size: a short one at the end would read all weights for few tokens.
    mutating func next() -> PromptStep {
        precondition(index < count, "the prompt is over")
        let range = index * tokens.count / count..<(index + 1) * tokens.count / count
        var endVisual = firstVisual
        while endVisual < walk.visual.count, walk.visual[endVisual].token < range.upperBound {
            endVisual += 1
        }
        defer {
            index += 1
            firstVisual = endVisual
        }
        return PromptStep(
            tokens: tokens[range],
            positions: walk.positions[range],
            visual: walk.visual[firstVisual..<endVisual],
            pictures: pictures,
            isLast: index == count - 1,
            wanted: wanted
        )
    }

    /// What the sequence holds with the whole prompt.
    var finished: QwenState.Content {
        var content = content
        content.nextPosition = walk.next
        content.decodedCount = 0
        return content
    }
}
