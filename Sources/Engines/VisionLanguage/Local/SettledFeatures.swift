internal import Jobs
internal import Synchronization

/// Whose features each page of a document was given at its first look, for all later looks until the document is finished.
///
/// The features themselves are let go when memory is short. What a later step then got would depend on memory and timing if the page
/// were looked for anew: it gets those of the first look again. Some bytes a page, which are never let go before the document is.
final class SettledFeatures: Sendable {
    private let lookUps = Mutex<[String: [PictureName: FeatureLookUp]]>([:])

    /// How a page that was looked at is looked for again; nil at its first look.
    subscript(name: PictureName) -> FeatureLookUp? {
        lookUps.withLock { $0[name.document]?[name] }
    }

    /// Settles what a page was given.
    ///
    /// - Parameters:
    ///   - origin: Where its features came from.
    ///   - name: The page.
    func settle(_ origin: FeatureOrigin, of name: PictureName) {
        let lookUp: FeatureLookUp
        switch origin {
        case .near(let donor): lookUp = .donor(donor)
        case .computed, .exact: lookUp = .same
        case .shared: return
        }
        lookUps.withLock { $0[name.document, default: [:]][name] = lookUp }
    }

    /// Forgets a document, or all.
    func forget(document: String? = nil) {
        lookUps.withLock { lookUps in
            if let document { lookUps[document] = nil } else { lookUps = [:] }
        }
    }
}
