internal import Glibc
internal import SystemPackage

/// Calls to the file system, with their failures as faults.
enum DiskFault {
    /// The fault for the call that has just failed.
    static func last(_ path: FilePath) -> ModelStoreFault { of(Errno(rawValue: errno), path) }

    static func of(_ error: Errno, _ path: FilePath) -> ModelStoreFault {
        error == .noSpace || error.rawValue == EDQUOT || error == .fileTooLarge
            ? .diskFull(path) : .disk(path, error)
    }

    /// Throws the fault of a call that answered other than 0.
    static func check(_ path: FilePath, _ result: Int32) throws(ModelStoreFault) {
        if result != 0 { throw last(path) }
    }

    /// Renames; 0 or -1.
    static func rename(_ old: FilePath, _ new: FilePath) -> Int32 {
        unsafe old.withPlatformString { old in
            unsafe new.withPlatformString { new in unsafe Glibc.rename(old, new) }
        }
    }

    /// Lets two paths change places in one step, so that each is there at every instant; 0 or -1.
    static func exchange(_ first: FilePath, _ second: FilePath) -> Int32 {
        // The C library has the call; its module for Swift does not show it.
        guard let symbol = unsafe dlsym(nil, "renameat2") else {
            errno = ENOSYS
            return -1
        }
        let call = unsafe unsafeBitCast(symbol, to: Exchange.self)
        return unsafe first.withPlatformString { first in
            unsafe second.withPlatformString { second in
                // RENAME_EXCHANGE of <linux/fs.h>.
                unsafe call(AT_FDCWD, first, AT_FDCWD, second, 1 << 1)
            }
        }
    }

    /// `renameat2` of the C library.
    private typealias Exchange =
        @convention(c) (
            Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32
        ) -> Int32

    /// Makes a folder and those above it, for its owner only; those that are there stay as they are.
    static func makeFolder(_ path: FilePath) throws(ModelStoreFault) {
        if path.isEmpty || StoreFolder.isFolder(path) { return }
        try makeFolder(path.removingLastComponent())
        let result = unsafe path.withPlatformString { unsafe mkdir($0, 0o700) }
        if result != 0, errno != EEXIST { throw last(path) }
    }

    /// Brings a folder's names, or a file's bytes, to the disk.
    static func synchronize(_ path: FilePath) throws(ModelStoreFault) {
        let descriptor = unsafe (path.isEmpty ? "." : path).withPlatformString {
            unsafe open($0, O_RDONLY | O_CLOEXEC)
        }
        guard descriptor >= 0 else { throw last(path) }
        defer { close(descriptor) }
        // A file system that knows no fsync of folders says EINVAL.
        if fsync(descriptor) != 0, errno != EINVAL { throw last(path) }
    }

    /// Writes a small file in one step: it is there whole, or not at all.
    static func replace(_ path: FilePath, with bytes: [UInt8]) throws(ModelStoreFault) {
        var temporary = path
        temporary.removeLastComponent()
        temporary.append((path.lastComponent?.string ?? "file") + ".new")
        _ = unsafe temporary.withPlatformString { unsafe unlink($0) }
        let file = try PartialFile(temporary, expectedCount: nil)
        let written = unsafe bytes.withUnsafeBytes { bytes in
            Result { () throws(ModelStoreFault) in try unsafe file.append(bytes) }
        }
        try written.get()
        try file.finish(as: path)
    }

    /// Removes a file, or a folder with all that is in it; links are removed, not followed.
    static func remove(_ path: FilePath) {
        var status = stat()
        guard unsafe path.withPlatformString({ unsafe lstat($0, &status) }) == 0 else { return }
        if status.st_mode & S_IFMT == S_IFDIR {
            for name in StoreFolder.names(in: path) { remove(path.appending(name)) }
            _ = unsafe path.withPlatformString { unsafe rmdir($0) }
        } else {
            _ = unsafe path.withPlatformString { unsafe unlink($0) }
        }
    }

    /// Bytes that may still be written to the file system of a folder.
    static func freeBytes(at folder: FilePath) -> Int? {
        var status = statvfs()
        guard unsafe folder.withPlatformString({ unsafe statvfs($0, &status) }) == 0 else {
            return nil
        }
        let (bytes, isOverflowing) = Int(clamping: status.f_bavail)
            .multipliedReportingOverflow(by: Int(clamping: status.f_frsize))
        return isOverflowing ? .max : bytes
    }

    /// Passes a file's bytes on, a megabyte at a time.
    static func read(
        _ descriptor: Int32,
        _ path: FilePath,
        _ body: (UnsafeRawBufferPointer) -> Void
    ) throws(ModelStoreFault) {
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            if Task.isCancelled { throw .cancelled }
            let count = unsafe buffer.withUnsafeMutableBytes {
                unsafe Glibc.read(descriptor, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw last(path) }
            if count == 0 { return }
            unsafe buffer.withUnsafeBytes {
                unsafe body(UnsafeRawBufferPointer(rebasing: $0[..<count]))
            }
        }
    }
}
