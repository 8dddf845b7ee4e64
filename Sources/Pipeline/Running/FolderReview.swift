import Glibc
public import Jobs
public import Scanning
public import Storage

/// What one step through a folder and the database's memory of it came upon.
public enum ReviewedPath: Sendable {
    /// A file whose result is stored and still holds; or it waits for the model, which `RunPlan.waitsForModel(_:)` tells.
    case unchanged(KnownLocation)
    /// A file that needs work: new, changed, or its outcome does not hold any more.
    case needsWork(FoundFile, known: KnownLocation?)
    /// A path that matched and cannot be opened as a file.
    case notAFile(path: [UInt8], DocumentStatus, reason: String, detail: String?)
    /// A path that is not there any more, or not looked at any more.
    case vanished(KnownLocation)
    /// A path inside a folder that could not be read: nothing is known of it tonight.
    case unreachable(KnownLocation, reason: String)
    /// A folder that could not be read, or not to its end.
    case unreadableFolder(path: [UInt8], reason: String)
    /// Something to tell that touches no path's outcome.
    case note(path: [UInt8], String)
}

/// Walks one folder and the database's memory of it side by side.
///
/// Both are in the order of the paths' bytes, so that one pass with constant memory finds what is
/// new, changed, unchanged and gone, among a million files too.
public final class FolderReview {
    private static let batch = 2000

    private let scanner: DirectoryScanner
    private let store: Store?
    private let pipeline: PipelineID?
    private let folder: FolderID?
    private let plan: RunPlan

    private var known: [KnownLocation] = []
    private var knownIndex = 0
    private var knownEnds = false
    private var found: ScanEvent?
    private var scanEnds = false
    private var unreadable: [(prefix: [UInt8], reason: String)] = []

    /// Begins a review.
    ///
    /// - Parameters:
    ///   - scanner: the walk, not begun yet.
    ///   - store: the database, or nil when there is none yet (everything is new).
    ///   - pipeline: whose memory to compare with; nil when the database does not know it.
    ///   - folder: the folder in the database; nil when it does not know it.
    ///   - plan: what decides whether a stored outcome still holds.
    public init(
        scanner: DirectoryScanner,
        store: Store?,
        pipeline: PipelineID?,
        folder: FolderID?,
        plan: RunPlan
    ) {
        self.scanner = scanner
        self.store = store
        self.pipeline = pipeline
        self.folder = folder
        self.plan = plan
        if store == nil || pipeline == nil || folder == nil { knownEnds = true }
    }

    /// The next path of either side, in the order of bytes; nil at the end.
    ///
    /// - Throws: `ScanError` when the folder itself cannot be walked, `StoreError`.
    public func next() throws -> ReviewedPath? {
        if found == nil, !scanEnds {
            found = try scanner.next()
            scanEnds = found == nil
        }
        guard let event = found else {
            return try nextKnown().map(absent)
        }
        guard event.isMatch else {
            found = nil
            return folderEvent(event)
        }
        guard let remembered = try peekKnown() else {
            found = nil
            return present(event, known: nil)
        }
        switch compare(remembered.path, event.path) {
        case ..<0:
            knownIndex += 1
            return absent(remembered)
        case 0:
            knownIndex += 1
            found = nil
            return present(event, known: remembered)
        default:
            found = nil
            return present(event, known: nil)
        }
    }

    private func folderEvent(_ event: ScanEvent) -> ReviewedPath {
        let reason =
            switch event {
            case .loop: "the folder contains itself through a link; it was entered once"
            case .tooDeep: "folders are nested too deeply here"
            case .unreadableFolder(_, let error): String(describing: error)
            case .file, .notRegular, .danglingLink, .unreadableFile: ""
            }
        if case .loop = event { return .note(path: event.path, reason) }
        unreadable.append((event.path, reason))
        return .unreadableFolder(path: event.path, reason: reason)
    }

    private func present(_ event: ScanEvent, known: KnownLocation?) -> ReviewedPath {
        switch event {
        case .file(let file):
            if let known, isUnchanged(file, known) { return .unchanged(known) }
            return .needsWork(file, known: known)
        case .notRegular(let path, let kind):
            return .notAFile(
                path: path,
                .skipped,
                reason: "not a file but a \(kind.rawValue)",
                detail: nil
            )
        case .danglingLink(let path):
            return .notAFile(
                path: path,
                .skipped,
                reason: "a link that leads nowhere",
                detail: nil
            )
        case .unreadableFile(let path, let error):
            return .notAFile(
                path: path,
                .failed,
                reason: FailureReason.unreadable.rawValue,
                detail: String(describing: error)
            )
        case .unreadableFolder, .loop, .tooDeep: return folderEvent(event)
        }
    }

    private func isUnchanged(_ file: FoundFile, _ known: KnownLocation) -> Bool {
        guard known.stamp == file.stamp, known.isTrusted, known.pathStatus == nil,
            known.document != nil, let status = known.outcomeStatus,
            let plan = known.planFingerprint, let engines = known.engineFingerprint
        else { return false }
        return self.plan.holds(status: status, plan: plan, engines: engines)
            || self.plan.waitsForModel(plan: plan, engines: engines)
    }

    private func absent(_ known: KnownLocation) -> ReviewedPath {
        if let reason = reasonUnreachable(known.path) { return .unreachable(known, reason: reason) }
        return .vanished(known)
    }

    /// Why a path could not be looked at, if it lies in a folder that could not be read.
    public func reasonUnreachable(_ path: [UInt8]) -> String? {
        unreadable.first { prefix, _ in
            prefix.isEmpty
                || (path.count > prefix.count && path[prefix.count] == UInt8(ascii: "/")
                    && path.starts(with: prefix))
        }?.reason
    }

    private func peekKnown() throws -> KnownLocation? {
        if knownIndex == known.count, !knownEnds, let store, let pipeline, let folder {
            known = try store.knownLocations(
                pipeline: pipeline,
                folder: folder,
                after: known.last?.path,
                limit: Self.batch
            )
            knownIndex = 0
            knownEnds = known.count < Self.batch
        }
        return knownIndex < known.count ? known[knownIndex] : nil
    }

    private func nextKnown() throws -> KnownLocation? {
        guard let location = try peekKnown() else { return nil }
        knownIndex += 1
        return location
    }

    private func compare(_ left: [UInt8], _ right: [UInt8]) -> Int {
        let order = unsafe left.withUnsafeBytes { left in
            unsafe right.withUnsafeBytes { right in
                let common = min(left.count, right.count)
                guard common > 0, let a = left.baseAddress, let b = right.baseAddress else {
                    return 0
                }
                return unsafe Int(memcmp(a, b, common))
            }
        }
        return order != 0 ? order : left.count - right.count
    }
}
