internal import FoundationEssentials
internal import Glibc
internal import SystemPackage

/// What a pull leaves beside a model, `docket-model.json`: where each file is from and what its bytes must hash to.
struct ModelManifest: Codable, Equatable {
    static let fileName = "docket-model.json"

    /// One file of the model.
    struct File: Codable, Equatable {
        let path: String
        let size: Int
        /// Of the bytes on disk.
        let sha256: String
        /// How they were checked when they were pulled.
        let check: PullCheck
    }

    var format = 1
    let name: String
    /// The commit; nil where the server tells none.
    let revision: String?
    /// The branch, tag or commit that was asked for.
    let asked: String
    let from: String
    /// When, in UTC.
    let pulled: String
    let files: [File]

    /// The manifest as it is written.
    func encoded() -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        // Plain words and numbers can always be written.
        return [UInt8]((try? encoder.encode(self)) ?? Data()) + [UInt8(ascii: "\n")]
    }

    /// The manifest in a folder; nil when there is none or it is not one of ours.
    static func read(in folder: FilePath) -> ModelManifest? {
        guard let bytes = SmallFile.read(folder.appending(fileName), limit: 4 << 20) else {
            return nil
        }
        return try? JSONDecoder().decode(ModelManifest.self, from: Data(bytes))
    }
}
