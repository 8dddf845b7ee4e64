internal import SystemPackage

/// The most memory that a process has had resident since it was last asked to forget.
public enum PeakMemory {
    /// Starts counting anew.
    ///
    /// - Parameter process: A process of the same user that is still running or unreaped.
    /// - Throws: `Errno` when it is gone, or `/proc` not there.
    public static func reset(of process: Int32) throws {
        let file = try FileDescriptor.open(
            FilePath("/proc/\(process)/clear_refs"),
            .writeOnly,
            options: .closeOnExec
        )
        _ = try file.closeAfter { try file.writeAll("5".utf8) }
    }

    /// Reads the peak in bytes, or `nil` when the process is gone.
    ///
    /// - Parameter process: Any process.
    /// - Returns: Bytes.
    public static func read(of process: Int32) -> Int? {
        var bytes = [UInt8](repeating: 0, count: 8192)
        let path = FilePath("/proc/\(process)/status")
        guard
            let file = try? FileDescriptor.open(path, .readOnly, options: .closeOnExec),
            let count = try? file.closeAfter({
                try unsafe bytes.withUnsafeMutableBytes { buffer in
                    try unsafe file.read(into: buffer)
                }
            })
        else { return nil }
        let status = String(decoding: bytes[..<count], as: UTF8.self)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        let kilobytes = line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap {
            Int($0)
        }
        return kilobytes.map { $0 * 1024 }
    }
}
