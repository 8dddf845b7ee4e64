internal import Glibc
internal import SystemPackage

/// A video file as ffmpeg is told of it: by its path, which is all that its walls let it open.
///
/// It must go back and forth in the file, which it cannot on standard input.
final class VideoFile: Sendable {
    /// Absolute, so that no name is taken for an option or for a protocol of ffmpeg's.
    let path: String
    /// Standard input with nothing in it.
    let nothing: FileDescriptor

    init(_ path: FilePath) throws(PictureFault) {
        let file = try DocumentFile.open(path)
        defer { try? file.close() }
        var status = stat()
        guard unsafe fstat(file.rawValue, &status) == 0 else {
            throw .unreadable(Errno(rawValue: errno))
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .unsupported("a video must be a file")
        }
        guard status.st_size > 0 else { throw .empty }
        guard let resolved = unsafe realpath(path.string, nil) else {
            throw .unreadable(Errno(rawValue: errno))
        }
        defer { unsafe free(resolved) }
        self.path = unsafe String(cString: resolved)
        nothing = try DocumentFile.open("/dev/null")
    }

    deinit { try? nothing.close() }
}
