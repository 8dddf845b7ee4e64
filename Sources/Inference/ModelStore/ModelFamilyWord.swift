internal import FoundationEssentials
internal import Glibc
internal import SystemPackage

/// The word by which a model's files name its architecture.
enum ModelFamilyWord {
    private struct Configuration: Decodable {
        let modelType: String

        private enum CodingKeys: String, CodingKey { case modelType = "model_type" }
    }

    /// The architecture of the model in a folder; nil when no file says it.
    static func read(in folder: FilePath) -> String? {
        if let bytes = SmallFile.read(folder.appending("config.json"), limit: 1 << 20),
            let configuration = try? JSONDecoder().decode(Configuration.self, from: Data(bytes))
        {
            return printable(configuration.modelType)
        }
        guard let file = GGUFChoice.models(among: StoreFolder.names(in: folder)).first else {
            return nil
        }
        return architecture(ofGGUF: folder.appending(file))
    }

    /// The value of `general.architecture`, which writers put first.
    ///
    /// Source: GGUF specification (`docs/gguf.md` of ggml): magic, version, two counts, then keys with types and values.
    private static func architecture(ofGGUF path: FilePath) -> String? {
        let descriptor = unsafe path.withPlatformString {
            unsafe open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        }
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = unsafe bytes.withUnsafeMutableBytes {
            unsafe Glibc.read(descriptor, $0.baseAddress, $0.count)
        }
        let key = Array("general.architecture".utf8)
        // 24 bytes of header, the key's length and bytes, the value's type (8: text), its length and bytes.
        let valueStart = 24 + 8 + key.count + 4 + 8
        guard count > valueStart, Array(bytes[0..<4]) == Array("GGUF".utf8),
            Array(bytes[32..<32 + key.count]) == key, bytes[32 + key.count] == 8
        else { return nil }
        let length = Int(bytes[valueStart - 8])
        guard length <= 64, bytes[(valueStart - 7)..<valueStart].allSatisfy({ $0 == 0 }),
            valueStart + length <= count
        else { return nil }
        return printable(String(decoding: bytes[valueStart..<valueStart + length], as: UTF8.self))
    }

    /// A file's word may hold anything; a terminal may not be shown it.
    private static func printable(_ word: String) -> String? {
        let isPlain = word.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        return isPlain && !word.isEmpty && word.utf8.count <= 64 ? word : nil
    }
}
