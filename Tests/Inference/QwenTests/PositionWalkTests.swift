import Generation
import Testing

@testable import Qwen

@Suite struct PositionWalkTests {
    private static let tokens = PictureTokens(image: 80, video: 81, visionStart: 82, visionEnd: 83)

    private static func walk(
        _ ids: [Int32],
        next: Int = 0,
        images: [PatchGrid] = [],
        videos: [PatchGrid] = []
    ) throws -> PositionWalk {
        var walk = PositionWalk(next: next)
        try walk.place(
            ids,
            pictureTokens: tokens,
            images: images,
            videos: videos,
            mergeSize: 2
        )
        return walk
    }

    @Test func `text counts on in all three directions`() throws {
        let walk = try Self.walk([1, 2, 3])
        #expect(walk.positions == [[0, 0, 0], [1, 1, 1], [2, 2, 2]])
        #expect(walk.next == 3)
        #expect(walk.visual.isEmpty)
    }

    @Test func `a picture spreads over rows and columns, and text goes on after its longer side`()
        throws
    {
        let ids: [Int32] = [1, 2, 3] + Array(repeating: 80, count: 6) + [4, 5, 6]
        let walk = try Self.walk(ids, images: [PatchGrid(time: 1, rows: 4, columns: 6)])
        #expect(
            walk.positions == [
                [0, 0, 0], [1, 1, 1], [2, 2, 2],
                [3, 3, 3], [3, 3, 4], [3, 3, 5], [3, 4, 3], [3, 4, 4], [3, 4, 5],
                [6, 6, 6], [7, 7, 7], [8, 8, 8],
            ]
        )
        #expect(walk.next - ids.count == -3)
        #expect(walk.visual.map(\.token) == Array(3..<9))
        #expect(walk.visual.map(\.feature) == Array(0..<6))
    }

    @Test func `each group of frames of a video is a picture of its own`() throws {
        let ids: [Int32] = [82, 81, 81, 83, 7, 82, 81, 81, 83]
        let walk = try Self.walk(ids, videos: [PatchGrid(time: 2, rows: 2, columns: 4)])
        #expect(
            walk.positions == [
                [0, 0, 0], [1, 1, 1], [1, 1, 2], [3, 3, 3], [4, 4, 4],
                [5, 5, 5], [6, 6, 6], [6, 6, 7], [8, 8, 8],
            ]
        )
        #expect(walk.visual.map(\.feature) == [0, 1, 2, 3])
        #expect(walk.next == 9)
    }

    @Test func `images and videos are each taken in their own order`() throws {
        let ids: [Int32] = [81, 80, 80, 81]
        let walk = try Self.walk(
            ids,
            images: [PatchGrid(time: 1, rows: 2, columns: 4)],
            videos: [PatchGrid(time: 2, rows: 2, columns: 2)]
        )
        #expect(walk.visual.map(\.picture) == [1, 0, 0, 1])
        #expect(walk.visual.map(\.feature) == [0, 0, 1, 1])
    }

    @Test func `a second picture goes on where the conversation stands`() throws {
        let walk = try Self.walk(
            [5, 80, 6],
            next: 40,
            images: [PatchGrid(time: 1, rows: 2, columns: 2)]
        )
        #expect(walk.positions == [[40, 40, 40], [41, 41, 41], [42, 42, 42]])
        #expect(walk.next == 43)
    }

    @Test(arguments: [
        ([80, 80, 80], 2, 4), ([80], 2, 4), ([1], 2, 2), ([80, 80, 80, 80, 80], 2, 4),
        ([80, 1, 80], 2, 4),
    ])
    func `picture tokens that do not fit the pictures are refused`(
        ids: [Int32],
        rows: Int,
        columns: Int
    ) {
        #expect(
            throws: GenerationFault.pictureMismatch(
                tokens: ids.count { $0 == 80 },
                features: rows * columns / 4
            )
        ) { try Self.walk(ids, images: [PatchGrid(time: 1, rows: rows, columns: columns)]) }
    }

    @Test func `picture tokens without pictures are refused`() {
        #expect(throws: GenerationFault.pictureMismatch(tokens: 2, features: 0)) {
            try Self.walk([1, 80, 81])
        }
    }

    @Test func `rotary axes alternate until the shorter sections end`() {
        var text = TextConfiguration(
            hiddenSize: 2048,
            layerCount: 1,
            headCount: 16,
            keyValueHeadCount: 8,
            headDimension: 128,
            intermediateSize: 1,
            vocabularySize: 1,
            normEpsilon: 1e-6,
            rotaryBase: 5e6,
            rotarySections: [24, 20, 20],
            contextLength: 1,
            hasProjectionBias: false,
            hasOutputBias: false,
            hasHeadNorms: true
        )
        let rotary = RotaryEmbedding(text)
        #expect(rotary.axes == (0..<20).flatMap { _ in [0, 1, 2] } + [0, 0, 0, 0])
        #expect(abs(rotary.frequencies[1] - 0.78583) < 1e-5)
        #expect(abs(rotary.frequencies[63] - 2.54508e-7) < 1e-12)
        text.rotarySections = nil
        #expect(RotaryEmbedding(text).axes == Array(repeating: 0, count: 64))
    }
}
