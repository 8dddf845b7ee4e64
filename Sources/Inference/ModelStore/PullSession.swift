internal import FoundationEssentials
internal import Glibc
internal import SystemPackage

/// One pull that has to ask a server: list, choose, fetch, put together.
struct PullSession {
    let pull: ModelPull
    let client: HubClient
    let places: PullPlaces
    let refusal: HubRefusal

    private var request: PullRequest { pull.request }
    private var retrying: Retrying {
        Retrying(settings: pull.settings, observer: pull.observer)
    }

    func run() async throws(ModelStoreFault) -> PullOutcome {
        let listing = try await list()
        let wanted = try FileSelection.select(
            listing.files,
            chosen: chosen(of: listing),
            of: request.name.description
        )
        try DiskFault.makeFolder(places.incoming)
        var state = try resume(wanted)
        try reuse(wanted, &state)
        try plan(wanted, state, listing)

        for file in wanted where state.entries[file.localName]?.done == nil {
            if FileSelection.isWeights(file.path) { try checkParts(wanted) }
            let download = try FileDownload(
                file,
                at: address(of: file, listing),
                into: places.incoming,
                revision: listing.layout == .hub ? listing.revision : nil,
                client: client,
                refusal: refusal,
                observer: pull.observer
            )
            state.entries[file.localName]?.done = try await download.run(retrying)
            try state.write(in: places.incoming)
        }
        return try publish(wanted, state, listing)
    }

    private func list() async throws(ModelStoreFault) -> RemoteListing {
        try await retrying.run(request.name.description) { () async throws(AttemptFailure) in
            let catalogue = HubCatalogue(
                client: client,
                name: request.name,
                revision: request.revision,
                refusal: refusal
            )
            if let listing = try await catalogue.list(mayBePlain: request.from != nil) {
                return listing
            }
            return try await PlainMirror(
                client: client,
                name: request.name,
                revision: request.revision,
                chosen: request.files,
                refusal: refusal
            ).list()
        }
    }

    /// The GGUF files to fetch: those that are named, and those that are there already and still offered.
    private func chosen(of listing: RemoteListing) -> [String] {
        guard !request.files.isEmpty else { return [] }
        let present = ModelManifest.read(in: places.target)?.files.map(\.path) ?? []
        let offered = Set(listing.files.map(\.localName))
        return request.files
            + present.filter { $0.hasSuffix(".gguf") && offered.contains($0) }
            .filter { !request.files.contains($0) }
    }

    /// What is left of an earlier pull, as far as it is of the same bytes.
    private func resume(_ wanted: [RemoteFile]) throws(ModelStoreFault) -> PullState {
        let earlier = PullState.read(in: places.incoming)
        var state = PullState(from: client.address.text)
        for file in wanted {
            let whole = places.incoming.appending(file.localName)
            let partial = places.incoming.appending(file.localName + PullState.partialEnding)
            var entry = PullState.Entry(file)
            if let old = earlier?.entries[file.localName], old.isSame(as: file) {
                if let done = old.done, StoreFolder.status(of: whole)?.byteCount == done.size {
                    entry.done = done
                }
            } else {
                if StoreFolder.status(of: partial).map({ $0.byteCount > 0 }) ?? false {
                    pull.observer.observe(.startingOver(file: file.localName, .changed))
                }
                DiskFault.remove(partial)
                DiskFault.remove(whole)
            }
            state.entries[file.localName] = entry
        }
        // Whatever else lies there belongs to nothing.
        let known = Set(wanted.flatMap { [$0.localName, $0.localName + PullState.partialEnding] })
        for name in StoreFolder.names(in: places.incoming)
        where !known.contains(name) && name != PullState.fileName {
            DiskFault.remove(places.incoming.appending(name))
        }
        try state.write(in: places.incoming)
        return state
    }

    /// Takes files over from the revision that is there, when their bytes are the wanted ones.
    private func reuse(
        _ wanted: [RemoteFile],
        _ state: inout PullState
    ) throws(ModelStoreFault) {
        for file in wanted
        where file.hasDigest && state.entries[file.localName]?.done == nil {
            let present = places.target.appending(file.localName)
            let whole = places.incoming.appending(file.localName)
            guard let status = StoreFolder.status(of: present), status.kind == .file,
                status.byteCount == file.size
            else { continue }
            let found = try PartialFile.digest(
                of: present,
                gitCount: file.gitSHA1 == nil ? nil : file.size
            )
            guard file.sha256 == nil || file.sha256 == found.sha256,
                file.gitSHA1 == nil || file.gitSHA1 == found.gitSHA1
            else { continue }
            let isLinked =
                unsafe present.withPlatformString { old in
                    unsafe whole.withPlatformString { new in unsafe link(old, new) }
                } == 0
            guard isLinked else { continue }
            state.entries[file.localName]?.done = ModelManifest.File(
                path: file.localName,
                size: status.byteCount,
                sha256: found.sha256,
                check: file.sha256 != nil ? .sha256 : .gitSHA1
            )
            pull.observer.observe(.kept(file: file.localName))
        }
    }

    /// Says what is to come, and refuses to begin what the disk cannot hold.
    private func plan(
        _ wanted: [RemoteFile],
        _ state: PullState,
        _ listing: RemoteListing
    ) throws(ModelStoreFault) {
        var total = 0
        var present = 0
        for file in wanted {
            let size = state.entries[file.localName]?.done?.size ?? file.size ?? 0
            total += size
            let partial = places.incoming.appending(file.localName + PullState.partialEnding)
            present +=
                state.entries[file.localName]?.done != nil
                ? size : min(size, StoreFolder.status(of: partial)?.byteCount ?? 0)
        }
        pull.observer.observe(
            .planned(
                files: wanted.count,
                byteCount: total,
                present: present,
                revision: listing.revision
            )
        )
        // A little is left for the manifest, and for whatever else writes there meanwhile.
        let needed = total - present + 1 << 20
        if let free = DiskFault.freeBytes(at: places.incoming), free < needed {
            throw .notEnoughRoom(places.incoming, needed: needed, free: free)
        }
    }

    /// Every part that the index names must be on its way before the first gigabyte comes.
    private func checkParts(_ wanted: [RemoteFile]) throws(ModelStoreFault) {
        let path = places.incoming.appending(ShardIndex.fileName)
        guard let bytes = SmallFile.read(path, limit: 256 << 20) else { return }
        let names = Set(wanted.map(\.localName))
        for part in try ShardIndex.read(bytes).files where !names.contains(part) {
            throw .missingPart(part)
        }
    }

    private func address(of file: RemoteFile, _ listing: RemoteListing) -> String {
        let parts = file.path.split(separator: "/").map(String.init)
        return switch listing.layout {
        case .hub:
            client.address.appending(
                [
                    request.name.owner, request.name.name, "resolve",
                    listing.revision ?? request.revision,
                ] + parts
            )
        case .plain(let folder): client.address.appending(folder + parts)
        }
    }

    private func publish(
        _ wanted: [RemoteFile],
        _ state: PullState,
        _ listing: RemoteListing
    ) throws(ModelStoreFault) -> PullOutcome {
        let manifest = ModelManifest(
            name: request.name.description,
            revision: listing.revision,
            asked: request.revision,
            from: client.address.text,
            pulled: Date().formatted(.iso8601),
            files: wanted.compactMap { state.entries[$0.localName]?.done }
                .sorted { $0.path < $1.path }
        )
        try DiskFault.replace(
            places.incoming.appending(ModelManifest.fileName),
            with: manifest.encoded()
        )
        try places.publish()
        return pull.outcome(manifest, places.target, wasComplete: false)
    }
}
