public import FoundationEssentials
internal import SystemPackage

/// What is to be pulled.
public struct PullRequest: Sendable {
    /// The model.
    public let name: ModelName
    /// Branch, tag or commit.
    public var revision = "main"
    /// The hub or mirror; nil means `HF_ENDPOINT`, else the hub.
    public var from: String?
    /// GGUF files, where a repository holds several.
    public var files: [String] = []
    /// The folder that the model becomes; nil means its place in the store.
    public var into: String?
    /// Whether to hash a model again that is there already.
    public var verifies = false
    /// Whether to look for a newer commit when the model is there already.
    public var updates = false

    /// Asks for a model.
    public init(name: ModelName) { self.name = name }
}

/// How a pull ended.
public struct PullOutcome: Equatable, Sendable {
    /// `owner/name`.
    public let name: String
    /// The model's folder.
    public let path: String
    /// The commit.
    public let revision: String?
    /// Files that it has.
    public let fileCount: Int
    /// Bytes of them.
    public let byteCount: Int
    /// Whether it was there already.
    public let wasComplete: Bool
    /// Files of which only the form could be checked.
    public let unverified: [String]
}

/// Brings a model here: whole and checked, or not at all.
public struct ModelPull: Sendable {
    private static let hub = "https://huggingface.co"

    let store: ModelStore
    let request: PullRequest
    let settings: PullSettings
    let environment: [String: String]
    let observer: any PullObserver

    /// Prepares a pull.
    ///
    /// - Parameters:
    ///   - request: What is wanted.
    ///   - store: Where it goes unless the request names a folder.
    ///   - settings: How patient to be.
    ///   - environment: For `HF_TOKEN`, `HF_ENDPOINT`, `HF_HOME`, `HOME` and the proxies.
    ///   - observer: Told how it goes.
    public init(
        _ request: PullRequest,
        store: ModelStore,
        settings: PullSettings = PullSettings(),
        environment: [String: String] = ProcessInfo.processInfo.environment,
        observer: any PullObserver
    ) {
        self.request = request
        self.store = store
        self.settings = settings
        self.environment = environment
        self.observer = observer
    }

    /// Pulls.
    ///
    /// What has arrived is kept in a folder of its own until everything is there; the model's folder then appears, or
    /// changes, in one step. Killed at any instant and run again, it goes on.
    ///
    /// - Returns: How it ended.
    /// - Throws: ``ModelStoreFault``; ``ModelStoreFault/cancelled`` when its task is cancelled.
    public func run() async throws(ModelStoreFault) -> PullOutcome {
        let endpoint = environment["HF_ENDPOINT"].flatMap { $0.isEmpty ? nil : $0 } ?? Self.hub
        let address = try HubAddress(request.from ?? endpoint)
        let places = PullPlaces(request, store: store)
        try DiskFault.makeFolder(places.target.removingLastComponent())
        let lock = try PullLock(places.lock, name: request.name.description)
        defer { withExtendedLifetime(lock) {} }
        try places.recover()
        if let outcome = try present(in: places.target) { return outcome }

        let token = HubToken(
            for: address,
            isHub: request.from == nil,
            environment: environment
        )
        let client = try HubClient(
            address: address,
            token: token,
            settings: settings,
            environment: environment
        )
        let session = PullSession(
            pull: self,
            client: client,
            places: places,
            refusal: HubRefusal(
                name: request.name.description,
                revision: request.revision,
                from: address.text,
                hadToken: token != nil
            )
        )
        do throws(ModelStoreFault) {
            let outcome = try await session.run()
            await client.shutdown()
            return outcome
        } catch {
            await client.shutdown()
            throw error
        }
    }

    /// The outcome for a model that is there, whole, and asked for no more than that.
    private func present(in folder: FilePath) throws(ModelStoreFault) -> PullOutcome? {
        guard StoreFolder.isFolder(folder) else { return nil }
        guard let manifest = ModelManifest.read(in: folder) else {
            guard StoreFolder.names(in: folder).isEmpty else { throw .folderInUse(folder) }
            return nil
        }
        guard manifest.name == request.name.description else { throw .folderInUse(folder) }
        let names = Set(manifest.files.map(\.path))
        let hasAll = request.files.allSatisfy {
            names.contains($0.split(separator: "/").last.map(String.init) ?? $0)
        }
        guard !request.updates, hasAll,
            manifest.asked == request.revision || manifest.revision == request.revision
        else { return nil }
        for file in manifest.files {
            guard RemoteFile.isSafe(file.path), !file.path.contains("/") else { return nil }
            let path = folder.appending(file.path)
            guard StoreFolder.isFile(path),
                StoreFolder.status(of: path)?.byteCount == file.size
            else { return nil }
            if request.verifies {
                observer.observe(.began(file: file.path, size: file.size, offset: 0))
                let found = try PartialFile.digest(of: path)
                guard found.sha256 == file.sha256 else {
                    observer.observe(.startingOver(file: file.path, .wrongDigest))
                    return nil
                }
                observer.observe(.finished(file: file.path, .sha256))
            }
        }
        return outcome(manifest, folder, wasComplete: true)
    }

    /// How a pull ended that left this manifest.
    func outcome(
        _ manifest: ModelManifest,
        _ folder: FilePath,
        wasComplete: Bool
    ) -> PullOutcome {
        PullOutcome(
            name: manifest.name,
            path: folder.string,
            revision: manifest.revision,
            fileCount: manifest.files.count,
            byteCount: manifest.files.reduce(0) { $0 + $1.size },
            wasComplete: wasComplete,
            unverified: manifest.files.filter { $0.check == .form }.map(\.path)
        )
    }
}
