public import Qwen
internal import Synchronization

/// Image features on disk: what the vision tower has made of a picture is not computed again, for the same picture or for one
/// that is the same to the model.
///
/// It never lies and never fails: what is damaged is forgotten, and where no cache can be there is none; each trouble is said once.
/// What a look-up gives depends on the entries that were there when the cache was opened and on what was looked up and stored
/// since, in that order: who wants the same results again looks up and stores in the same order. Several processes may use a
/// cache at once: what another one adds is served for the same pixels only, which changes no result, and becomes a donor of near
/// hits for those that open the cache later. Only what another one removes for lack of room may turn a near hit into none.
public final class FeatureCache: Sendable {
    /// Where it is.
    public let location: CacheLocation
    private let session: Mutex<CacheSession>
    private let note: @Sendable (CacheNote) -> Void

    /// Opens the cache for a model; makes its folder where there is none.
    ///
    /// - Parameters:
    ///   - location: Where it is, and how much it may hold.
    ///   - model: All that decides the features of given pixels: weights of the vision tower, preprocessing, arithmetic and instruction set.
    ///   - note: Is told what went wrong, once for each kind.
    public init(
        _ location: CacheLocation,
        model: String,
        note: @escaping @Sendable (CacheNote) -> Void
    ) {
        self.location = location
        self.note = note
        session = Mutex(
            CacheSession(
                CacheFolder(root: location.folder),
                model: model,
                byteLimit: location.byteLimit
            )
        )
        sayNotes()
    }

    /// Looks for the features of a picture; reads files for some milliseconds.
    ///
    /// - Parameter picture: The picture.
    /// - Returns: What there is, in half precision: ``Qwen/PictureFeatures/roundedToHalf()`` changes nothing of it.
    public func lookUp(_ picture: SeenPicture) -> Finding {
        let finding = session.withLock { $0.lookUp(picture) }
        sayNotes()
        return finding
    }

    /// Looks for the features of the same pixels, and learns nothing from it: what later look-ups are given stays what it was.
    ///
    /// - Parameter picture: The picture.
    /// - Returns: Its own features in half precision; nil where there are none.
    public func lookUpSame(_ picture: SeenPicture) -> PictureFeatures? {
        let features = session.withLock { $0.lookUpSame(picture) }
        sayNotes()
        return features
    }

    /// Looks for the features of a donor that ``lookUp(_:)`` has named before, and learns nothing from it.
    ///
    /// - Parameter donor: The donor's ``SeenPicture/key``.
    /// - Returns: Its features in half precision; nil where it is gone.
    public func lookUp(donor: String) -> PictureFeatures? {
        let features = session.withLock { $0.lookUp(donor: donor) }
        sayNotes()
        return features
    }

    /// Keeps the features of a picture; what was not used for longest makes room.
    ///
    /// - Parameters:
    ///   - features: What the vision tower made of it; kept in half precision. Features with what is no number are not kept.
    ///   - picture: The picture.
    public func store(_ features: PictureFeatures, of picture: SeenPicture) {
        session.withLock { $0.store(features, of: picture) }
        sayNotes()
    }

    private func sayNotes() {
        for note in session.withLock({ $0.takeNotes() }) { self.note(note) }
    }
}
