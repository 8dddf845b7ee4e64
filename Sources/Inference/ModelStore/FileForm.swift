internal import FoundationEssentials
internal import Glibc
internal import SystemPackage

/// Whether a file can be what its name says: all that can be checked where no hash is to be had.
enum FileForm {
    /// Checks a file.
    ///
    /// - Throws: ``ModelStoreFault/wrongForm(file:detail:)``.
    static func check(_ path: FilePath, name: String) throws(ModelStoreFault) {
        let detail: String?
        if name.hasSuffix(".safetensors") {
            detail = safetensors(path)
        } else if name.hasSuffix(".gguf") {
            detail = start(path, count: 4) == Array("GGUF".utf8) ? nil : "does not begin with GGUF"
        } else if name.hasSuffix(".json") {
            detail = json(path)
        } else {
            detail = nil
        }
        if let detail { throw .wrongForm(file: name, detail: detail) }
    }

    /// The header's last offset must be the file's end.
    ///
    /// Source: the safetensors format: 8 bytes of length, little-endian, a JSON object of tensors, their bytes.
    private static func safetensors(_ path: FilePath) -> String? {
        guard let size = StoreFolder.status(of: path)?.byteCount, size >= 8,
            let lengthBytes = start(path, count: 8)
        else { return "shorter than its header" }
        let length = lengthBytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        // 100 MB is the format's own limit for the header.
        guard length <= 100_000_000, Int(length) <= size - 8 else {
            return "its header is said to have \(length) bytes, the file has \(size)"
        }
        guard let header = start(path, count: 8 + Int(length)) else { return "cannot be read" }
        guard
            let tensors = try? JSONDecoder().decode(
                [String: TensorEntry].self,
                from: Data(header[8...])
            )
        else { return "its header is not JSON" }
        let end = tensors.values.compactMap(\.end).max() ?? 0
        guard end == size - 8 - Int(length) else {
            return "its tensors end at byte \(end) of \(size - 8 - Int(length))"
        }
        return nil
    }

    private struct TensorEntry: Decodable {
        let end: Int?

        private enum CodingKeys: String, CodingKey { case offsets = "data_offsets" }

        init(from decoder: any Decoder) throws {
            // `__metadata__` has no offsets.
            let offsets = try decoder.container(keyedBy: CodingKeys.self)
                .decodeIfPresent([Int].self, forKey: .offsets)
            end = offsets?.last
        }
    }

    private static func json(_ path: FilePath) -> String? {
        guard let bytes = SmallFile.read(path, limit: 256 << 20) else { return "cannot be read" }
        // A server that answers every question with its own page of HTML is the usual reason.
        let first = bytes.first { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 }
        guard first == UInt8(ascii: "{") || first == UInt8(ascii: "[") else { return "not JSON" }
        let isJSON = (try? JSONDecoder().decode(AnyJSON.self, from: Data(bytes))) != nil
        return isJSON ? nil : "not JSON"
    }

    /// Any JSON: only whether it can be read.
    private struct AnyJSON: Decodable {
        init(from decoder: any Decoder) throws {}
    }

    private static func start(_ path: FilePath, count: Int) -> [UInt8]? {
        let descriptor = unsafe path.withPlatformString { unsafe open($0, O_RDONLY | O_CLOEXEC) }
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = unsafe bytes.withUnsafeMutableBytes {
                unsafe Glibc.read(
                    descriptor,
                    UnsafeMutableRawBufferPointer(rebasing: $0[filled...]).baseAddress,
                    count - filled
                )
            }
            if got < 0, errno == EINTR { continue }
            guard got > 0 else { return nil }
            filled += got
        }
        return bytes
    }
}
