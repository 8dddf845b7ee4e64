internal import Generation
internal import Jobs
internal import Qwen

/// Where a picture's features come from: the cache where they are there, else the vision tower.
struct FeatureSource: Sendable {
    /// Features and how they were had.
    struct Found: Sendable {
        let features: PictureFeatures
        let origin: FeatureOrigin
        let rejectedNear: Int
    }

    private let asking: QuestionAnswering

    init(_ asking: QuestionAnswering) {
        self.asking = asking
    }

    func features(
        of picture: RGBPicture,
        digits: String?,
        source: (width: Int, height: Int),
        isInTurn: Bool
    ) async throws -> Found {
        guard let preprocessor = asking.preprocessor else { throw AskFault.seesNothing }
        let patches: PicturePatches
        do throws(PreprocessingFault) {
            patches = try preprocessor.patches(ofResized: picture)
        } catch {
            throw JobFailure(PictureFault(error), page: 1)
        }
        let features = try await asking.model.encode([patches])[0]
        return Found(features: features, origin: .computed, rejectedNear: 0)
    }
}
