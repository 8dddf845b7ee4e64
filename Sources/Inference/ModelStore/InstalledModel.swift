public import FoundationEssentials
public import SystemPackage

/// A model in the store.
public struct InstalledModel: Equatable, Sendable {
    /// `owner/name`; a packed file's without its ending.
    public let name: String
    /// Its folder, that of the begun pull when it is not complete; of a packed model its file.
    public let path: FilePath
    /// Whether it is a packed file, made of another model.
    public let isPacked: Bool
    /// What it says of its architecture, such as `qwen3_vl`; nil when it says nothing, and for a packed file.
    public let family: String?
    /// Bytes on disk of all its files.
    public let byteCount: Int
    /// Whether its pull has ended.
    public let isComplete: Bool
    /// The commit that it was pulled at.
    public let revision: String?
    /// When it was last written.
    public let modified: Date
}

extension ModelStore {
    /// All models in the store, by name; one whose pull has not ended is listed as incomplete.
    public func installed() -> [InstalledModel] {
        StoreFolder.names(in: root).flatMap { owner -> [InstalledModel] in
            let folder = root.appending(owner)
            guard !owner.hasPrefix("."), StoreFolder.isFolder(folder) else { return [] }
            let names = StoreFolder.names(in: folder)
            return names.compactMap { entry -> InstalledModel? in
                if entry.hasSuffix(Self.packedEnding) { return packed(entry, in: owner) }
                var name = entry
                let isIncoming = name.hasSuffix(StoreFolder.incoming)
                if isIncoming {
                    name.removeLast(StoreFolder.incoming.count)
                    // A newer revision on its way in hides nothing: the model that is there is complete.
                    if names.contains(name) { return nil }
                }
                guard (try? ModelName("\(owner)/\(name)")) != nil,
                    StoreFolder.isFolder(folder.appending(entry))
                else { return nil }
                return model("\(owner)/\(name)", in: folder.appending(entry), isIncoming)
            }
        }
    }

    /// How the names of packed files end.
    public static let packedEnding = ".docket"

    /// Describes a packed file among an owner's models; such a file appears whole or not at all.
    private func packed(_ entry: String, in owner: String) -> InstalledModel? {
        let path = root.appending(owner).appending(entry)
        let name = "\(owner)/\(entry.dropLast(Self.packedEnding.count))"
        guard (try? ModelName(name)) != nil, let status = StoreFolder.status(of: path),
            status.kind == .file
        else { return nil }
        return InstalledModel(
            name: name,
            path: path,
            isPacked: true,
            family: nil,
            byteCount: status.byteCount,
            isComplete: true,
            revision: nil,
            modified: Date(timeIntervalSince1970: Double(status.modified))
        )
    }

    private func model(_ name: String, in folder: FilePath, _ isIncoming: Bool) -> InstalledModel {
        let statuses = StoreFolder.names(in: folder).compactMap {
            StoreFolder.status(of: folder.appending($0))
        }
        let isComplete: Bool
        if isIncoming {
            isComplete = false
        } else {
            do throws(ModelStoreFault) {
                _ = try Self.location(ofFolder: folder, name: name)
                isComplete = true
            } catch .severalFiles {
                isComplete = true
            } catch {
                isComplete = false
            }
        }
        return InstalledModel(
            name: name,
            path: folder,
            isPacked: false,
            family: ModelFamilyWord.read(in: folder),
            byteCount: statuses.filter { $0.kind == .file }.reduce(0) { $0 + $1.byteCount },
            isComplete: isComplete,
            revision: ModelManifest.read(in: folder)?.revision,
            modified: Date(
                timeIntervalSince1970: Double(statuses.map(\.modified).max() ?? 0)
            )
        )
    }
}
