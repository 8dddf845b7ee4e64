public import FeatureCache
internal import Generation
internal import Jobs
internal import Qwen
public import Tensors

/// A picture's features as the decoder is given them, and where they come from.
struct FoundFeatures: Sendable {
    /// Rounded to half precision.
    let features: PictureFeatures
    /// The vision tower, or the cache.
    let origin: FeatureOrigin
    /// Pictures in the cache that looked alike and were not the same.
    var rejectedNear = 0
}

/// How the features of a picture are looked for in the cache.
enum FeatureLookUp: Sendable {
    /// In the order of documents: the cache may serve a near hit, and later look-ups learn from it.
    case inTurn
    /// Out of that order: the cache serves the same pixels only and is told nothing, since what the next one learnt from it would
    /// depend on who comes first.
    case same
    /// As before: the features of a donor, which the picture was given at an earlier look.
    case donor(String)
}

extension QuestionAnswering {
    /// The features of a picture: from the cache where they are there, else from the vision tower.
    ///
    /// - Parameters:
    ///   - seen: The picture.
    ///   - patches: Its patches; nil has them cut where they are needed.
    ///   - cache: Where features are kept; nil where nowhere.
    ///   - lookUp: How they are looked for there.
    /// - Returns: The features.
    /// - Throws: ``AskFault``.
    func features(
        of seen: SeenPicture,
        patches: PicturePatches? = nil,
        cache: FeatureCache?,
        lookUp: FeatureLookUp
    ) async throws(AskFault) -> FoundFeatures {
        var rejectedNear = 0
        var isInTurn = false
        switch lookUp {
        case .inTurn:
            isInTurn = true
            switch cache?.lookUp(seen) {
            case .exact(let features): return FoundFeatures(features: features, origin: .exact)
            case .near(let features, let donor):
                return FoundFeatures(features: features, origin: .near(donor: donor))
            case .absent(let rejected, _): rejectedNear = rejected
            case nil: break
            }
        case .donor(let donor):
            if let features = cache?.lookUp(donor: donor) {
                return FoundFeatures(features: features, origin: .near(donor: donor))
            }
            // The donor has made room for others since: what is left are the picture's own features.
            fallthrough
        case .same:
            if let features = cache?.lookUpSame(seen) {
                return FoundFeatures(features: features, origin: .exact)
            }
        }
        let features: PictureFeatures
        if let patches {
            features = try await encoded(patches)
        } else {
            features = try await encoded(cut(seen.picture))
        }
        if isInTurn { cache?.store(features, of: seen) }
        return FoundFeatures(features: features, origin: .computed, rejectedNear: rejectedNear)
    }

    private func cut(_ picture: RGBPicture) throws(AskFault) -> PicturePatches {
        guard let preprocessor else { throw .seesNothing }
        do {
            return try preprocessor.patches(ofResized: picture)
        } catch {
            throw .pictureSettings(error, file: "preprocessor_config.json")
        }
    }

    /// What the vision tower makes of patches, rounded to half precision as all that the decoder is given.
    func encoded(_ patches: PicturePatches) async throws(AskFault) -> PictureFeatures {
        do throws(GenerationFault) {
            let features = try await model.encode([patches])[0]
            do {
                return try features.roundedToHalf()
            } catch {
                // Its weights are broken, as where a logit is no number.
                throw GenerationFault.logitsNotFinite(step: 0, token: 0)
            }
        } catch {
            throw .generation(error)
        }
    }
}

extension FeatureCache {
    /// Opens the cache for a model.
    ///
    /// - Parameters:
    ///   - location: Where it is, and how much it may hold.
    ///   - files: The model's files.
    ///   - compute: What its arithmetic runs on.
    ///   - note: Is told what goes wrong, once for each kind.
    /// - Throws: ``AskFault`` when the files are no model.
    public convenience init(
        _ location: CacheLocation,
        of files: ModelFiles,
        compute: Compute,
        note: @escaping @Sendable (CacheNote) -> Void
    ) throws(AskFault) {
        self.init(
            location,
            model: try files.card().features(compute, revision: LocalModel.revision),
            note: note
        )
    }
}

extension ModelCard {
    /// All that decides what the vision tower makes of given pixels.
    ///
    /// - Parameters:
    ///   - compute: What arithmetic runs on.
    ///   - revision: Of the engine.
    /// - Returns: A line.
    func features(_ compute: Compute, revision: Int) -> String {
        "features/\(revision) \(identity.prefix(32)) \(compute.kernels.name) \(compute.word)"
    }
}

extension Compute {
    /// What factors and keys and values are rounded to, in a word.
    var word: String { isExact ? "exact" : precision.rawValue }
}
