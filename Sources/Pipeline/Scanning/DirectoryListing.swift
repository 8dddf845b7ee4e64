internal import Glibc
internal import SystemPackage

/// Reads the entries of an open directory once, in the file system's own order.
@safe struct DirectoryListing: ~Copyable {
    /// One entry; the name is only valid until the next call.
    struct Entry {
        var name: ArraySlice<UInt8>
        var kind: EntryKind
    }

    /// Opened by `init`, closed by `deinit`, and never handed out.
    private let stream: OpaquePointer
    private var name = [UInt8](repeating: 0, count: 256)

    /// Starts at the first entry; the directory's own descriptor stays open.
    init(of directory: Int32) throws(Errno) {
        let copy = fcntl(directory, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw Errno(rawValue: errno) }
        guard let stream = unsafe fdopendir(copy) else {
            let error = Errno(rawValue: errno)
            close(copy)
            throw error
        }
        unsafe self.stream = stream
        // The copy shares its position with the original.
        unsafe rewinddir(stream)
    }

    deinit { _ = unsafe closedir(stream) }

    /// The next entry, without `.` and `..`; nil after the last.
    mutating func next() throws(Errno) -> Entry? {
        while true {
            errno = 0
            guard let entry = unsafe readdir(stream) else {
                guard errno == 0 else { throw Errno(rawValue: errno) }
                return nil
            }
            // The name is longer than the structure says on some file systems, so it is not copied
            // as part of it.
            let text = unsafe UnsafeRawPointer(entry) + Self.nameOffset
            let count = unsafe strlen(text.assumingMemoryBound(to: CChar.self))
            if count > name.count { name = [UInt8](repeating: 0, count: count) }
            unsafe name.withUnsafeMutableBytes { bytes in
                unsafe bytes.copyMemory(from: UnsafeRawBufferPointer(start: text, count: count))
            }
            let dot = UInt8(ascii: ".")
            if name[0] == dot, count == 1 || (count == 2 && name[1] == dot) { continue }
            return Entry(
                name: name[..<count],
                kind: unsafe EntryKind(directoryType: entry.pointee.d_type)
            )
        }
    }

    private static let nameOffset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 19
}

extension EntryKind {
    /// Reads `d_type`; many network and user-space file systems leave it at 0.
    fileprivate init(directoryType: UInt8) {
        switch directoryType {
        case 1: self = .pipe
        case 2: self = .characterDevice
        case 4: self = .folder
        case 6: self = .blockDevice
        case 8: self = .regular
        case 10: self = .link
        case 12: self = .socket
        default: self = .unknown
        }
    }
}

extension SpecialFileKind {
    /// What a mode says, or nil for a regular file.
    init?(mode: mode_t) {
        switch mode & S_IFMT {
        case S_IFREG: return nil
        case S_IFDIR: self = .folder
        case S_IFIFO: self = .pipe
        case S_IFSOCK: self = .socket
        case S_IFCHR: self = .characterDevice
        case S_IFBLK: self = .blockDevice
        default: self = .other
        }
    }
}
