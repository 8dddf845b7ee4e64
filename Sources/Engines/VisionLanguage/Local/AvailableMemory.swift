internal import SystemPackage

/// Memory that could be had without pushing anything else out, as the kernel reckons it.
enum AvailableMemory {
    /// `MemAvailable`; pages of mapped files count as available.
    ///
    /// - Returns: Bytes; nil where `/proc` does not say.
    static func read() -> Int? {
        var bytes = [UInt8](repeating: 0, count: 4096)
        guard
            let file = try? FileDescriptor.open(
                FilePath("/proc/meminfo"),
                .readOnly,
                options: .closeOnExec
            ),
            let count = try? file.closeAfter({
                try unsafe bytes.withUnsafeMutableBytes { try unsafe file.read(into: $0) }
            })
        else { return nil }
        return parse(String(decoding: bytes[..<count], as: UTF8.self))
    }

    /// The number in the text of `/proc/meminfo`.
    static func parse(_ text: String) -> Int? {
        let line = text.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
        let kilobytes = line?.split(whereSeparator: \.isWhitespace).dropFirst().first
            .flatMap { Int($0) }
        return kilobytes.map { $0 * 1024 }
    }
}
