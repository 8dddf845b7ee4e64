internal import FoundationEssentials
internal import Qwen
internal import SystemPackage

/// One model's use of the cache since it was opened.
///
/// Donors of near hits are entries that were there when the cache was opened, and what this session has stored or been served since:
/// what other processes add meanwhile changes no result.
struct CacheSession: Sendable {
    /// The most bits in which a copy's hash differs.
    static let radius = 28
    /// The most entries that a picture is compared with.
    private static let comparisonLimit = 8
    /// How far the sides of a page may lie apart, as a share, to be the same page at the same size.
    private static let sizeTolerance = 0.02
    /// How far the shapes of two pictures may lie apart, as a share, to be one page at two sizes.
    private static let shapeTolerance = 0.04
    /// Entries that are removed at once when there is no room.
    private static let removedAtOnce = 16

    let folder: CacheFolder
    private let model: String
    private let byteLimit: Int
    private var index: CacheIndex?
    private var modelID: Int64 = 0
    /// The newest entry when the cache was opened.
    private var horizon: Int64 = 0
    private var own = OwnEntries()
    private var isFull = false
    private var saidKinds: Set<Int> = []
    private var unsaid: [CacheNote] = []

    init(_ folder: CacheFolder, model: String, byteLimit: Int) {
        self.folder = folder
        self.model = model
        self.byteLimit = byteLimit
        guard byteLimit > 0 else { return }
        do throws(FolderFault) {
            try folder.make()
        } catch {
            switch error {
            case .foreign: note(.foreign(folder.root))
            case .system(.noSpace), .system(.diskQuotaExceeded): note(.full(folder.root))
            case .system(let errno): note(.unusable(folder.root, errno))
            }
            return
        }
        folder.removeAbandoned()
        do throws(IndexFault) {
            try open(try CacheIndex(folder.index))
        } catch {
            recover(from: error)
        }
    }

    /// What has not been said yet.
    mutating func takeNotes() -> [CacheNote] {
        defer { unsaid = [] }
        return unsaid
    }

    // MARK: Looking up

    mutating func lookUp(_ seen: SeenPicture) -> Finding {
        do throws(IndexFault) {
            guard let index else { return .nothing }
            if let features = try exact(seen, index) { return .exact(features) }
            return try alike(seen, index)
        } catch {
            recover(from: error)
            return .nothing
        }
    }

    /// The features of the same pixels; their entry becomes no donor by it.
    mutating func lookUpSame(_ seen: SeenPicture) -> PictureFeatures? {
        do throws(IndexFault) {
            guard let index else { return nil }
            guard let (entry, features) = try self.entry(seen.keyBytes, index) else {
                try index.count(.absent(rejected: 0, isLikelyDuplicate: false), model: modelID)
                return nil
            }
            try index.count(.exact(entry.id), model: modelID)
            return features
        } catch {
            recover(from: error)
            return nil
        }
    }

    /// The features of a donor that a look-alike was given before.
    mutating func lookUp(donor: String) -> PictureFeatures? {
        do throws(IndexFault) {
            guard let index, let key = Hexadecimal.bytes(donor),
                let (entry, features) = try self.entry(key, index)
            else { return nil }
            try index.count(.near(entry.id, rejected: 0), model: modelID)
            return features
        } catch {
            recover(from: error)
            return nil
        }
    }

    /// An entry with its features; nil where there is none, or it is damaged.
    private mutating func entry(
        _ key: [UInt8],
        _ index: CacheIndex
    ) throws(IndexFault) -> (IndexedEntry, PictureFeatures)? {
        guard let entry = try index.entry(model: modelID, key: key),
            let features = try read(entry, index, { file in try file.features() })
        else { return nil }
        return (entry, features)
    }

    private mutating func exact(
        _ seen: SeenPicture,
        _ index: CacheIndex
    ) throws(IndexFault) -> PictureFeatures? {
        guard let (entry, features) = try self.entry(seen.keyBytes, index) else { return nil }
        // One that another process has added would have been computed and stored here without it.
        if entry.id > horizon { own.add(entry.id, entry.hash) }
        try index.count(.exact(entry.id), model: modelID)
        return features
    }

    private mutating func alike(
        _ seen: SeenPicture,
        _ index: CacheIndex
    ) throws(IndexFault) -> Finding {
        let picture = ComparisonPicture(seen.picture)
        let neighbours = try index.neighbours(
            model: modelID,
            hash: PictureHash(picture),
            newest: horizon,
            own: own,
            radius: Self.radius
        )
        var rejected = 0
        for entry in neighbours.filter({ Self.isSameSize($0, seen) }).prefix(Self.comparisonLimit) {
            if PictureComparison.showsDigits(reduction: seen.reduction)
                || seen.digits != nil && seen.digits == entry.digits
            {
                let features = try read(entry, index) { file -> PictureFeatures? in
                    let comparison = PictureComparison(try file.comparison(), picture)
                    return comparison.agrees(reduction: seen.reduction) ? try file.features() : nil
                }
                if let features = features.flatMap({ $0 }) {
                    try index.count(.near(entry.id, rejected: rejected), model: modelID)
                    return .near(features, donor: Hexadecimal.text(entry.key))
                }
            }
            rejected += 1
        }
        let duplicate = neighbours.first { Self.isOtherSize($0, seen) }
        try index.count(
            .absent(rejected: rejected, isLikelyDuplicate: duplicate != nil),
            model: modelID
        )
        return .absent(
            rejectedNear: rejected,
            likelyDuplicate: duplicate.map { Hexadecimal.text($0.key) }
        )
    }

    /// Whether the model sees both in the same patches, and the pages were of the same size.
    private static func isSameSize(_ entry: IndexedEntry, _ seen: SeenPicture) -> Bool {
        entry.sides == seen.sides && haveSameSource(entry, seen)
    }

    private static func haveSameSource(_ entry: IndexedEntry, _ seen: SeenPicture) -> Bool {
        isNear(entry.source.width, seen.source.width, within: sizeTolerance)
            && isNear(entry.source.height, seen.source.height, within: sizeTolerance)
    }

    /// Whether both have the same shape and the page another size.
    private static func isOtherSize(_ entry: IndexedEntry, _ seen: SeenPicture) -> Bool {
        !isSameSize(entry, seen)
            && isNear(
                entry.source.width * seen.source.height,
                seen.source.width * entry.source.height,
                within: shapeTolerance
            )
    }

    private static func isNear(_ one: Int, _ other: Int, within tolerance: Double) -> Bool {
        Double(abs(one - other)) <= tolerance * Double(max(one, other))
    }

    /// Reads from an entry's file; one that is not what it should be is forgotten.
    ///
    /// - Returns: What was read; nil where there was nothing to read.
    private mutating func read<Result>(
        _ entry: IndexedEntry,
        _ index: CacheIndex,
        _ body: (borrowing EntryFile) throws -> Result
    ) throws(IndexFault) -> Result? {
        let path = folder.entry(model: model, key: entry.key)
        do {
            let file = try EntryFile(path)
            guard file.header.key == entry.key, file.header.model == model,
                file.header.sides == entry.sides
            else { throw EntryFault.damaged }
            return try body(file)
        } catch Errno.noSuchFileOrDirectory {
            // Another process, or a person, has removed it.
        } catch {
            note(.damagedEntry(path))
            CacheFolder.remove(path)
        }
        let removal = CacheIndex.Removal(
            id: entry.id,
            model: modelID,
            modelName: model,
            key: entry.key,
            hash: entry.hash,
            byteCount: 0
        )
        try index.remove([removal])
        return nil
    }

    // MARK: Storing

    mutating func store(_ features: PictureFeatures, of seen: SeenPicture) {
        guard let index, !isFull, features.hasOnlyNumbers else { return }
        let picture = ComparisonPicture(seen.picture)
        let header = EntryHeader(
            model: model,
            key: seen.keyBytes,
            sides: seen.sides,
            source: seen.source,
            digits: seen.digits,
            hash: PictureHash(picture),
            grid: features.grid,
            tokenCount: features.tokenCount,
            featureWidth: features.width,
            layerCount: features.deepstack.count
        )
        guard let bytes = EntryFile.bytes(header, picture, features), bytes.count <= byteLimit
        else { return }
        do throws(Errno) {
            try folder.write(bytes, to: folder.entry(model: model, key: seen.keyBytes))
        } catch {
            recover(from: IndexFault(error))
            return
        }
        do throws(IndexFault) {
            let id = try index.add(header, model: modelID, byteCount: bytes.count)
            own.add(id, header.hash)
            try makeRoom(index)
        } catch {
            recover(from: error)
        }
    }

    /// Removes what was not used for longest, until the rest is within the limit.
    private func makeRoom(_ index: CacheIndex) throws(IndexFault) {
        var excess = try index.byteCount() - byteLimit
        while excess > 0 {
            var removals: [CacheIndex.Removal] = []
            for (removal, _) in try index.leastRecentlyUsed(Self.removedAtOnce) where excess > 0 {
                removals.append(removal)
                excess -= removal.byteCount
            }
            guard !removals.isEmpty else { return }
            // The index first: an entry without a file is found out, a file without an entry is not.
            try index.remove(removals)
            for removal in removals {
                CacheFolder.remove(folder.entry(model: removal.modelName, key: removal.key))
            }
        }
    }

    // MARK: Trouble

    private mutating func open(_ index: CacheIndex) throws(IndexFault) {
        (modelID, horizon) = try index.begin(model: model, byteLimit: byteLimit)
        own = OwnEntries()
        self.index = index
    }

    /// Goes on with what is left.
    private mutating func recover(from fault: IndexFault) {
        switch fault {
        case .full:
            note(.full(folder.root))
            isFull = true
        case .busy: note(.busy(folder.index))
        case .system(let errno):
            note(.unusable(folder.root, errno))
            index = nil
        case .other(let code, let message):
            note(.failed(folder.index, code: code, message: message))
            index = nil
        case .damaged, .otherVersion:
            let old = index
            index = nil
            guard saidKinds.isDisjoint(with: [CacheNote.damagedIndex(folder.index, kept: 0).kind])
            else { return }
            do throws(IndexFault) {
                let (made, kept) = try IndexRepair(folder: folder).index(inPlaceOf: old?.inode)
                note(
                    fault == .damaged
                        ? .damagedIndex(folder.index, kept: kept)
                        : .otherVersion(folder.index, kept: kept)
                )
                try open(made)
            } catch {
                note(.failed(folder.index, code: 0, message: "\(error)"))
                index = nil
            }
        }
    }

    private mutating func note(_ note: CacheNote) {
        if saidKinds.insert(note.kind).inserted { unsaid.append(note) }
    }
}

extension PictureFeatures {
    /// Whether each of them is a number.
    var hasOnlyNumbers: Bool {
        do throws(NotANumber) {
            for values in [embeddings] + deepstack { try HalfPrecision.demandNumbers(values) }
            return true
        } catch {
            return false
        }
    }
}
