public import SystemPackage

/// A cache as its owner cares for it: looks into it and clears it out.
public struct CacheCare: Sendable {
    /// The folder.
    public let folder: FilePath
    private let files: CacheFolder

    /// What was removed, or would be.
    public struct Pruning: Sendable, Equatable {
        /// Entries that are gone.
        public var removedEntries = 0
        /// Bytes of their files.
        public var removedBytes = 0
        /// Entries that are left.
        public var keptEntries = 0
        /// Bytes of their files.
        public var keptBytes = 0
    }

    /// Names a cache.
    ///
    /// - Parameter location: Where it is; it need not be there.
    public init(_ location: CacheLocation) {
        folder = location.folder
        files = CacheFolder(root: location.folder)
    }

    /// What is there.
    ///
    /// - Returns: The status, with no models where there is no cache.
    /// - Throws: ``CacheFault``.
    public func status() throws(CacheFault) -> CacheStatus {
        var status = CacheStatus(folder: folder)
        guard let index = try open() else { return status }
        do throws(IndexFault) {
            (status.byteLimit, status.models) = try index.status()
        } catch {
            throw CacheFault(error, files)
        }
        return status
    }

    /// Removes entries, those that were not used for longest first.
    ///
    /// - Parameters:
    ///   - unusedSince: Those that were last used before this long are removed; nil for none.
    ///   - keptBytes: Of the rest, as many are removed as it takes to have no more bytes than this; nil for none.
    ///   - isTrial: Whether nothing is removed and only told what would be.
    /// - Returns: What was removed.
    /// - Throws: ``CacheFault``.
    public func prune(
        unusedSince: Duration?,
        keptBytes: Int?,
        isTrial: Bool
    ) throws(CacheFault) -> Pruning {
        var pruning = Pruning()
        guard let index = try open() else { return pruning }
        if !isTrial { files.removeAbandoned() }
        do throws(IndexFault) {
            let status = try index.status()
            pruning.keptEntries = status.models.reduce(0) { $0 + $1.entries }
            pruning.keptBytes = status.models.reduce(0) { $0 + $1.bytes }
            let oldest = unusedSince.map { CacheIndex.now() - Int64($0 / .milliseconds(1)) }
            var last: (used: Int64, id: Int64) = (.min, .min)
            while true {
                let batch = try index.leastRecentlyUsed(100, after: last)
                var removals: [CacheIndex.Removal] = []
                for (removal, used) in batch {
                    let isOld = oldest.map { used < $0 } ?? false
                    let isBeyond = keptBytes.map { pruning.keptBytes > $0 } ?? false
                    guard isOld || isBeyond else { break }
                    removals.append(removal)
                    last = (used, removal.id)
                    pruning.removedEntries += 1
                    pruning.removedBytes += removal.byteCount
                    pruning.keptEntries -= 1
                    pruning.keptBytes -= removal.byteCount
                }
                if !isTrial {
                    try index.remove(removals)
                    for removal in removals {
                        CacheFolder.remove(
                            files.entry(model: removal.modelName, key: removal.key)
                        )
                    }
                }
                guard removals.count == 100 else { break }
            }
            if !isTrial { try removeUnknown(index) }
        } catch {
            throw CacheFault(error, files)
        }
        return pruning
    }

    /// Removes files that no index knows, as of a process that was killed between the two, once nobody can be at work on them.
    private func removeUnknown(_ index: CacheIndex) throws(IndexFault) {
        var models: [String: Int64] = [:]
        for path in files.entryFiles() where FileAge.seconds(path) > CacheFolder.longestWrite {
            let header: EntryHeader
            do { header = try EntryFile(path).header } catch {
                CacheFolder.remove(path)
                continue
            }
            if models[header.model] == nil {
                models[header.model] = try index.number(ofModel: header.model) ?? -1
            }
            let entry = try index.entry(model: models[header.model] ?? -1, key: header.key)
            if entry == nil { CacheFolder.remove(path) }
        }
    }

    /// Opens the index, made anew where it is damaged; nil where there is no cache.
    private func open() throws(CacheFault) -> CacheIndex? {
        guard FileStatus.inode(files.index) != nil else { return nil }
        do throws(FolderFault) { try files.make() } catch {
            switch error {
            case .foreign: throw .foreign(folder)
            case .system(let errno): throw .unusable(folder, errno)
            }
        }
        do throws(IndexFault) {
            do throws(IndexFault) {
                let index = try CacheIndex(files.index)
                guard index.isSound() else { throw IndexFault.damaged }
                return index
            } catch .damaged, .otherVersion {
                return try IndexRepair(folder: files)
                    .index(inPlaceOf: FileStatus.inode(files.index)).index
            } catch {
                throw error
            }
        } catch {
            throw CacheFault(error, files)
        }
    }
}
