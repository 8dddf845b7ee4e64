internal import Generation
internal import Tokenization

/// A token's place in time, height and width; for text all three are one number.
typealias TokenPosition = SIMD3<Int32>

/// A token that stands for a merged patch.
struct VisualToken: Equatable {
    /// Which token of the prompt.
    var token: Int
    /// Which of the prompt's pictures, images first, then videos.
    var picture: Int
    /// Which of the picture's features.
    var feature: Int
}

/// Gives tokens their places: one after the other for text, side by side for pictures.
///
/// A picture's tokens share the time at which it begins and spread over height and width; what follows begins after its longer
/// side. Each group of frames of a video is such a picture.
///
/// Source: `get_rope_index` of Qwen3-VL in Transformers.
struct PositionWalk {
    /// Where the next token goes.
    private(set) var next: Int
    /// The places so far.
    private(set) var positions: [TokenPosition] = []
    /// The tokens that stand for patches.
    private(set) var visual: [VisualToken] = []

    /// Begins.
    ///
    /// - Parameter next: Where the first token goes: 0, or where an earlier part of the conversation ended.
    init(next: Int = 0) {
        self.next = next
    }

    /// Places a prompt's tokens.
    ///
    /// - Parameters:
    ///   - tokens: The prompt, with one token for each merged patch.
    ///   - pictureTokens: Which tokens those are; nil where the model does not see.
    ///   - images: The patches of each image.
    ///   - videos: The patches of each video.
    ///   - mergeSize: Patches each way that become one token.
    /// - Throws: ``GenerationFault/pictureMismatch(tokens:features:)`` where tokens and patches do not go together.
    mutating func place(
        _ tokens: [TokenID],
        pictureTokens: PictureTokens?,
        images: [PatchGrid],
        videos: [PatchGrid],
        mergeSize: Int
    ) throws(GenerationFault) {
        guard let pictureTokens else {
            guard images.isEmpty, videos.isEmpty else {
                let features = (images + videos).reduce(0) {
                    $0 + $1.tokenCount(mergeSize: mergeSize)
                }
                throw .pictureMismatch(tokens: 0, features: features)
            }
            placeText(tokens.count)
            return
        }
        let mismatch = GenerationFault.pictureMismatch(
            tokens: tokens.count { $0 == pictureTokens.image || $0 == pictureTokens.video },
            features: (images + videos).reduce(0) { $0 + $1.tokenCount(mergeSize: mergeSize) }
        )
        var imageSteps = Self.steps(images, firstPicture: 0, mergeSize: mergeSize)
        var videoSteps = Self.steps(videos, firstPicture: images.count, mergeSize: mergeSize)
        positions.reserveCapacity(positions.count + tokens.count)
        var index = 0
        while index < tokens.count {
            let token = tokens[index]
            let step: PictureStep?
            switch token {
            case pictureTokens.image: step = imageSteps.popLast()
            case pictureTokens.video: step = videoSteps.popLast()
            default:
                placeText(1)
                index += 1
                continue
            }
            guard let step, step.count <= tokens.count - index,
                tokens[index..<index + step.count].allSatisfy({ $0 == token })
            else { throw mismatch }
            place(step, token: index)
            index += step.count
        }
        guard imageSteps.isEmpty, videoSteps.isEmpty else { throw mismatch }
    }

    private mutating func placeText(_ count: Int) {
        for _ in 0..<count {
            positions.append(TokenPosition(repeating: Int32(next)))
            next += 1
        }
    }

    private mutating func place(_ step: PictureStep, token: Int) {
        for row in 0..<step.rows {
            for column in 0..<step.columns {
                let place = row * step.columns + column
                visual.append(
                    VisualToken(
                        token: token + place,
                        picture: step.picture,
                        feature: step.firstFeature + place
                    )
                )
                positions.append(
                    TokenPosition(Int32(next), Int32(next + row), Int32(next + column))
                )
            }
        }
        next += max(step.rows, step.columns)
    }

    /// One image, or one group of frames: `rows * columns` tokens.
    private struct PictureStep {
        let picture: Int
        let firstFeature: Int
        let rows: Int
        let columns: Int
        var count: Int { rows * columns }
    }

    /// The steps of some pictures, the first one last.
    private static func steps(
        _ grids: [PatchGrid],
        firstPicture: Int,
        mergeSize: Int
    ) -> [PictureStep] {
        var steps: [PictureStep] = []
        for (index, grid) in grids.enumerated() {
            let (rows, columns) = (grid.rows / mergeSize, grid.columns / mergeSize)
            for time in 0..<grid.time {
                steps.append(
                    PictureStep(
                        picture: firstPicture + index,
                        firstFeature: time * rows * columns,
                        rows: rows,
                        columns: columns
                    )
                )
            }
        }
        return steps.reversed()
    }
}
