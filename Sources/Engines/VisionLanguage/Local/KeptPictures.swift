internal import Qwen
internal import Synchronization

/// Which picture of which document.
struct PictureName: Hashable, Sendable {
    /// SHA-256 of the document.
    let document: String
    /// The file as a person knows it: a document of several files has several first pages.
    let path: String
    /// From 1.
    let page: Int
    /// Clockwise, in degrees.
    let turnedBy: Int
}

/// Features of documents' pictures, kept for the next question about them.
///
/// Without it the answers are the same: they are computed again, or come from the cache on disk, as ``SettledFeatures`` has it.
final class KeptPictures: Sendable {
    /// A page that was looked at.
    enum Picture: Sendable {
        /// Nothing is on it: it is not shown.
        case blank
        /// What the model takes in place of its tokens, rounded to half precision.
        case seen(PictureFeatures)

        fileprivate var byteCount: Int {
            switch self {
            case .blank: 0
            case .seen(let features): features.byteCount
            }
        }
    }

    private struct Content {
        var pictures: [PictureName: (picture: Picture, used: Int)] = [:]
        var byteCount = 0
        var clock = 0
    }

    private let byteLimit: Int
    private let content = Mutex(Content())

    /// Room for features.
    ///
    /// - Parameter byteLimit: Bytes of all of them.
    init(byteLimit: Int) {
        self.byteLimit = byteLimit
    }

    subscript(name: PictureName) -> Picture? {
        content.withLock { content in
            content.clock += 1
            content.pictures[name]?.used = content.clock
            return content.pictures[name]?.picture
        }
    }

    /// Keeps a picture; those that were not used for longest go where there is no room.
    func keep(_ picture: Picture, as name: PictureName) {
        content.withLock { content in
            content.clock += 1
            content.byteCount -= content.pictures[name]?.picture.byteCount ?? 0
            content.pictures[name] = (picture, content.clock)
            content.byteCount += picture.byteCount
            while content.byteCount > byteLimit,
                let oldest = content.pictures.filter({ $0.value.picture.byteCount > 0 })
                    .min(by: { $0.value.used < $1.value.used })
            {
                content.byteCount -= oldest.value.picture.byteCount
                content.pictures[oldest.key] = nil
            }
        }
    }

    /// Forgets a document's pictures, or all.
    func forget(document: String? = nil) {
        content.withLock { content in
            for (name, kept) in content.pictures
            where document == nil || name.document == document {
                content.byteCount -= kept.picture.byteCount
                content.pictures[name] = nil
            }
        }
    }
}
