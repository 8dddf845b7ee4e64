internal import Glibc
internal import Sandbox
internal import SystemPackage

/// An open file with a beginning to go back to: a regular file, or what came out of a pipe.
struct DocumentFile: Sendable {
    private static let chunk = 1 << 16
    /// Where the mark of a PDF may stand: some have a line of their transport before it.
    private static let markedBytes = 1024

    /// Open for reading, and not at the place of the descriptor it was made of.
    let descriptor: FileDescriptor
    /// Bytes of the file.
    let byteCount: Int

    /// Opens a file once more, or reads a pipe to its end.
    ///
    /// - Parameters:
    ///   - file: Open for reading; it stays open.
    ///   - limit: Most bytes.
    /// - Throws: ``PictureFault``.
    init(_ file: FileDescriptor, limit: Int) throws(PictureFault) {
        switch FileNature(of: file.rawValue) {
        case .regular(let count):
            guard count <= limit else { throw .tooManyBytes(limit: limit) }
            descriptor = try Self.reopened(file)
            byteCount = count
        case .folder: throw .unreadable(.isDirectory)
        case .stream:
            (descriptor, byteCount) = try Self.copy(of: file, limit: limit)
        case .unknown(let errno): throw .unreadable(errno)
        }
        guard byteCount > 0 else {
            close()
            throw .empty
        }
    }

    /// Opens a file for reading.
    static func open(_ path: FilePath) throws(PictureFault) -> FileDescriptor {
        do {
            return try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
        } catch {
            throw .unreadable(error as? Errno ?? .ioError)
        }
    }

    /// Closes it.
    func close() { try? descriptor.close() }

    /// The file again with a place of its own, at the start; the caller closes it.
    func again() throws(PictureFault) -> FileDescriptor { try Self.reopened(descriptor) }

    /// Whether it says that it is a PDF.
    func isPDF() throws(PictureFault) -> Bool {
        guard let start = try? descriptor.readAll(limit: Self.markedBytes) else {
            throw .unreadable(.ioError)
        }
        let mark = Array("%PDF-".utf8)
        return start.indices.contains { start[$0...].starts(with: mark) }
    }

    private static func reopened(_ file: FileDescriptor) throws(PictureFault) -> FileDescriptor {
        do {
            return try FileDescriptor.open(
                FilePath("/proc/self/fd/\(file.rawValue)"),
                .readOnly,
                options: .closeOnExec
            )
        } catch {
            throw .unreadable(error as? Errno ?? .ioError)
        }
    }

    private static func copy(
        of stream: FileDescriptor,
        limit: Int
    ) throws(PictureFault) -> (FileDescriptor, Int) {
        let copy: FileDescriptor
        do {
            copy = try MemoryFile.make(name: "docket-document")
        } catch {
            throw .outOfMemory
        }
        do {
            var count = 0
            var buffer = [UInt8](repeating: 0, count: chunk)
            while true {
                let read = try unsafe buffer.withUnsafeMutableBytes {
                    unsafe try stream.read(into: $0)
                }
                if read == 0 { return (copy, count) }
                count += read
                guard count <= limit else { throw PictureFault.tooManyBytes(limit: limit) }
                try copy.writeAll(buffer[..<read])
            }
        } catch {
            try? copy.close()
            throw error as? PictureFault ?? .unreadable(error as? Errno ?? .ioError)
        }
    }
}

/// What a descriptor leads to.
private enum FileNature {
    case regular(byteCount: Int)
    case folder
    case stream
    case unknown(Errno)

    init(of descriptor: Int32) {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else {
            self = .unknown(Errno(rawValue: errno))
            return
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: self = .regular(byteCount: Int(status.st_size))
        case S_IFDIR: self = .folder
        default: self = .stream
        }
    }
}
