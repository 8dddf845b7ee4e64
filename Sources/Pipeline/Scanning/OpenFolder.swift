internal import Glibc
public import SystemPackage

/// A folder that is held open, so that what is in it is reached even when it is renamed meanwhile.
public final class OpenFolder: Sendable {
    /// Where it was opened.
    public let path: FilePath
    /// Open until the folder is let go.
    let descriptor: Int32

    /// Opens a folder.
    ///
    /// - Parameter path: where it is; may be longer than the system takes in one call.
    /// - Throws: ``ScanError`` when there is none or it cannot be opened.
    public init(_ path: FilePath) throws(ScanError) {
        self.path = path
        let bytes = unsafe path.withCString { text in
            unsafe [UInt8](UnsafeRawBufferPointer(start: text, count: strlen(text)))
        }
        let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC
        do {
            descriptor = try openFile(bytes, at: AT_FDCWD, flags: flags)
        } catch .noSuchFileOrDirectory {
            throw .missingFolder(path)
        } catch .notDirectory {
            throw .notAFolder(path)
        } catch {
            throw .unreadableFolder(path, error)
        }
    }

    deinit { close(descriptor) }

    /// Looks at a file again without opening it.
    ///
    /// - Parameter relative: the path's bytes, relative to this folder.
    /// - Returns: the stamp of the file, or of what a link leads to.
    /// - Throws: `Errno` as the system reports it; `noSuchFileOrDirectory` when it is gone.
    public func stamp(of relative: [UInt8]) throws(Errno) -> FileStamp {
        FileStamp(try status(of: relative))
    }

    func status(of relative: [UInt8]) throws(Errno) -> stat {
        try reaching(relative) { (folder, rest) throws(Errno) in
            try fileStatus(rest, at: folder)
        }
    }

    func open(_ relative: [UInt8], flags: Int32) throws(Errno) -> Int32 {
        try openFile(relative, at: descriptor, flags: flags)
    }

    private func reaching<Result>(
        _ relative: [UInt8],
        _ body: (Int32, [UInt8]) throws(Errno) -> Result
    ) throws(Errno) -> Result {
        let (parents, rest) = splitLongPath(relative)
        guard !parents.isEmpty else { return try body(descriptor, rest) }
        let folder = try openFile(parents, at: descriptor, flags: passingFlags)
        defer { close(folder) }
        return try body(folder, rest)
    }
}

/// Opens a path of any length, relative to an open folder.
func openFile(_ path: [UInt8], at folder: Int32, flags: Int32) throws(Errno) -> Int32 {
    guard !path.isEmpty, !path.contains(0) else { throw .noSuchFileOrDirectory }
    let (parents, rest) = splitLongPath(path)
    var start = folder
    if !parents.isEmpty {
        start = try openFile(parents, at: folder, flags: passingFlags)
    }
    defer { if start != folder { close(start) } }
    let name = terminated(rest)
    while true {
        let opened = unsafe name.withUnsafeBytes { bytes in
            unsafe bytes.withMemoryRebound(to: CChar.self) { text in
                unsafe text.baseAddress.map { unsafe openat(start, $0, flags) } ?? -1
            }
        }
        if opened >= 0 { return opened }
        let error = Errno(rawValue: errno)
        guard error == .interrupted else { throw error }
    }
}

/// The status of a file, or of what a link leads to, relative to an open folder.
func fileStatus(_ path: [UInt8], at folder: Int32) throws(Errno) -> stat {
    var status = stat()
    let result = unsafe terminated(path).withUnsafeBytes { bytes in
        unsafe bytes.withMemoryRebound(to: CChar.self) { text in
            unsafe text.baseAddress.map { unsafe fstatat(folder, $0, &status, 0) } ?? -1
        }
    }
    guard result == 0 else { throw Errno(rawValue: errno) }
    return status
}

private func terminated(_ path: [UInt8]) -> [UInt8] { path + [0] }

/// Cuts a path that is longer than the system takes in one call (4096 bytes with the NUL) at a slash.
private func splitLongPath(_ path: [UInt8]) -> (parents: [UInt8], rest: [UInt8]) {
    guard path.count > 4000 else { return ([], path) }
    let slash = UInt8(ascii: "/")
    guard
        let cut = path.indices.dropFirst(path.count - 4000).first(where: { path[$0] == slash }),
        cut + 1 < path.count
    else { return ([], path) }
    return (Array(path[..<cut]), Array(path[(cut + 1)...]))
}

/// How a folder is opened that is only passed through, which takes no right to list it: `O_PATH`,
/// which Glibc's module leaves out, with the value that it has on all architectures Swift runs on.
private let passingFlags = 0o10000000 | O_DIRECTORY | O_CLOEXEC
