internal import FoundationEssentials
internal import SystemPackage

/// What a pull in hand remembers of itself, so that the next one can go on: kept beside the files until they are all
/// there.
struct PullState: Codable, Equatable {
    static let fileName = "docket-pull.json"
    static let partialEnding = ".partial"

    /// What is known of one file.
    struct Entry: Codable, Equatable {
        let path: String
        let size: Int?
        let sha256: String?
        let gitSHA1: String?
        let etag: String?
        /// Set when the file is there whole.
        var done: ModelManifest.File?

        init(_ file: RemoteFile) {
            path = file.path
            size = file.size
            sha256 = file.sha256
            gitSHA1 = file.gitSHA1
            etag = file.etag
        }

        /// Whether a file that is offered now has the bytes that were offered then.
        func isSame(as file: RemoteFile) -> Bool {
            guard path == file.path, size == file.size else { return false }
            if file.hasDigest { return sha256 == file.sha256 && gitSHA1 == file.gitSHA1 }
            return sha256 == nil && gitSHA1 == nil && etag != nil && etag == file.etag
        }
    }

    var from: String
    var entries: [String: Entry] = [:]

    /// What a folder's earlier pull left; nothing when it left nothing that can be read.
    static func read(in folder: FilePath) -> PullState? {
        SmallFile.read(folder.appending(fileName), limit: 16 << 20).flatMap {
            try? JSONDecoder().decode(PullState.self, from: Data($0))
        }
    }

    /// Keeps it.
    func write(in folder: FilePath) throws(ModelStoreFault) {
        let data = (try? JSONEncoder().encode(self)) ?? Data()
        try DiskFault.replace(folder.appending(Self.fileName), with: [UInt8](data))
    }
}
