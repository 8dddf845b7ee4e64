internal import SystemPackage

/// Makes an index anew from the files of the entries, one process at a time.
struct IndexRepair {
    let folder: CacheFolder

    /// A sound index in the place of one that is not.
    ///
    /// - Parameter inode: The file that was found damaged; where another one is in its place, another process has made it anew.
    /// - Returns: The index, and how many entries it has.
    /// - Throws: ``IndexFault``.
    func index(
        inPlaceOf inode: UInt64?
    ) throws(IndexFault) -> (index: CacheIndex, kept: Int) {
        do {
            return try folder.alone {
                if let index = soundIndex(otherThan: inode) {
                    return (index, try index.entryCount())
                }
                for suffix in ["", "-wal", "-shm", "-journal"] {
                    CacheFolder.remove(FilePath(folder.index.string + suffix))
                }
                let index = try CacheIndex(folder.index)
                return (index, try fill(index))
            }
        } catch {
            throw IndexFault(error)
        }
    }

    /// What another process has made meanwhile.
    private func soundIndex(otherThan inode: UInt64?) -> CacheIndex? {
        guard let index = try? CacheIndex(folder.index), index.inode != inode, index.isSound()
        else { return nil }
        return index
    }

    /// Adds every entry whose file has a sound header; other files are removed.
    private func fill(_ index: CacheIndex) throws(IndexFault) -> Int {
        var kept = 0
        var models: [String: Int64] = [:]
        for path in folder.entryFiles() {
            let header: EntryHeader
            do {
                header = try EntryFile(path).header
            } catch {
                CacheFolder.remove(path)
                continue
            }
            guard folder.entry(model: header.model, key: header.key) == path else {
                CacheFolder.remove(path)
                continue
            }
            let model: Int64
            if let known = models[header.model] {
                model = known
            } else {
                model = try index.begin(
                    model: header.model,
                    byteLimit: CacheLocation.usualByteLimit
                ).model
                models[header.model] = model
            }
            _ = try index.add(
                header,
                model: model,
                byteCount: header.fileByteCount,
                used: CacheIndex.now() - Int64(FileAge.seconds(path) * 1000)
            )
            kept += 1
        }
        return kept
    }
}
