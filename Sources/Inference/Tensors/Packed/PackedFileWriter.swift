internal import Glibc
public import SystemPackage

/// Writes a packed model file, section after section; it appears whole or not at all.
///
/// Where the file system can do that (`O_TMPFILE`, Linux 3.11), nothing of it has a name before it is whole, so that not even a process that
/// is killed leaves anything behind; elsewhere the next writer of the same file removes that. It is readable by its owner only; a file that it replaces passes its permissions on.
public final class PackedFileWriter {
    /// The file as it was named.
    public let path: FilePath
    private let target: FilePath
    private let replaces: Bool
    private let descriptor: Int32
    /// The name that it has while it is written; nil while it has none.
    private var temporary: FilePath?
    /// Where the next byte goes.
    private var position = PackedPrefix.count
    /// Where the section at work began, and what has passed of it.
    private var sectionStart = PackedPrefix.count
    private var digest = SectionDigest()

    /// Begins a file.
    ///
    /// - Parameters:
    ///   - path: Where it will be.
    ///   - replaces: Whether a file that is there may be replaced.
    ///   - needed: Bytes that the disk must have room for; 0 does not ask.
    /// - Throws: ``WriteFault``; nothing is changed then but that what killed processes left of this file is gone.
    public init(_ path: FilePath, replaces: Bool, needed: Int = 0) throws(WriteFault) {
        var mode: mode_t = 0o600
        var target = path
        var status = stat()
        if unsafe path.withPlatformString({ unsafe stat($0, &status) }) == 0 {
            guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path) }
            guard replaces else { throw .exists(path) }
            mode = status.st_mode & 0o777
            // A symbolic link stays; what it leads to is replaced.
            target = Self.resolved(path) ?? path
        }
        guard target.lastComponent != nil, !path.string.hasSuffix("/") else {
            throw .notAFile(path)
        }
        let part = PartialName(of: target)
        part.removeAbandoned()
        let free = Self.freeBytes(at: part.folder)
        if let free, free < needed {
            throw .notEnoughRoom(path, needed: needed, free: free)
        }
        self.path = path
        self.target = target
        self.replaces = replaces
        do throws(Errno) {
            (descriptor, temporary) = try part.open(mode)
        } catch .noSuchFileOrDirectory, .notDirectory {
            throw .noFolder(path)
        } catch {
            throw .failed(path, error)
        }
        // What the file replaces decides, not the process's mask.
        if mode != 0o600 { _ = fchmod(descriptor, mode) }
    }

    deinit {
        close(descriptor)
        if let temporary { _ = unsafe temporary.withPlatformString { unsafe unlink($0) } }
    }

    // MARK: Sections

    /// Adds bytes to the section.
    ///
    /// - Parameter bytes: The bytes.
    /// - Throws: ``WriteFault/failed(_:_:)``.
    public func append(_ bytes: UnsafeRawBufferPointer) throws(WriteFault) {
        try unsafe write(bytes, at: position)
        unsafe digest.update(bytes)
        position += bytes.count
    }

    /// Adds bytes to the section.
    ///
    /// - Parameter bytes: The bytes.
    /// - Throws: ``WriteFault/failed(_:_:)``.
    public func append(_ bytes: [UInt8]) throws(WriteFault) {
        try unsafe bytes.withUnsafeBufferPointer { bytes throws(WriteFault) in
            try unsafe append(UnsafeRawBufferPointer(bytes))
        }
    }

    /// Takes the section back, to write it in another form.
    public func restartSection() {
        position = sectionStart
        digest = SectionDigest()
    }

    /// Ends the section; the next one begins at the next multiple of 64.
    ///
    /// - Parameter name: What it holds.
    /// - Returns: Where it lies.
    /// - Throws: ``WriteFault/failed(_:_:)``.
    public func endSection(_ name: String) throws(WriteFault) -> PackedSection {
        let section = PackedSection(
            name: name,
            offset: sectionStart,
            bytes: position - sectionStart,
            sha256: digest.text
        )
        // What a section that was taken back has left is written over, the gap too.
        let padding =
            (PackedLayout.alignment - position % PackedLayout.alignment)
            % PackedLayout.alignment
        try write([UInt8](repeating: 0, count: padding), at: position)
        position += padding
        sectionStart = position
        digest = SectionDigest()
        return section
    }

    /// Writes the table of contents, makes the file last and moves it to its place.
    ///
    /// - Parameter contents: What is in it.
    /// - Returns: The length of the file.
    /// - Throws: ``WriteFault``; what stood in its place before is then still there.
    public func commit(_ contents: PackedContents) throws(WriteFault) -> Int {
        guard let json = try? contents.encoded() else {
            throw .unwritableContents(path, byteCount: nil)
        }
        guard json.count <= PackedLayout.longestContents else {
            throw .unwritableContents(path, byteCount: json.count)
        }
        let offset = position
        let contentsDigest = unsafe json.withUnsafeBytes { unsafe SectionDigest.of($0) }
        try write(json, at: offset)
        let prefix = PackedPrefix(
            layout: PackedLayout.version,
            contentsOffset: UInt64(offset),
            contentsCount: UInt64(json.count),
            contentsDigest: contentsDigest
        )
        try write(prefix.encoded, at: 0)
        let length = offset + json.count
        guard ftruncate(descriptor, off_t(length)) == 0, fsync(descriptor) == 0 else {
            throw .failed(path, Errno(rawValue: errno))
        }
        try move()
        return length
    }

    private func write(_ bytes: [UInt8], at offset: Int) throws(WriteFault) {
        try unsafe bytes.withUnsafeBufferPointer { bytes throws(WriteFault) in
            try unsafe write(UnsafeRawBufferPointer(bytes), at: offset)
        }
    }

    private func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(WriteFault) {
        var done = 0
        while done < bytes.count {
            let count = unsafe pwrite(
                descriptor,
                bytes.baseAddress.map { unsafe $0 + done },
                bytes.count - done,
                off_t(offset + done)
            )
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                throw .failed(path, count == 0 ? .noSpace : Errno(rawValue: errno))
            }
            done += count
        }
    }

    // MARK: The system

    /// Gives the file its name, in one step.
    private func move() throws(WriteFault) {
        let part = PartialName(of: target)
        do throws(Errno) {
            if replaces {
                let name = temporary ?? part.make()
                if temporary == nil { try Self.link(descriptor, as: name) }
                temporary = name
                try Self.rename(name, to: target)
            } else if let temporary {
                try Self.renameUnlessThere(temporary, to: target)
            } else {
                try Self.link(descriptor, as: target)
            }
        } catch .fileExists where !replaces {
            // Somebody else has put a file there meanwhile.
            throw .exists(path)
        } catch {
            throw .failed(path, error)
        }
        temporary = nil
        Self.synchronize(part.folder)
    }

    /// Names a file that has no name; the name must be free.
    private static func link(_ descriptor: Int32, as name: FilePath) throws(Errno) {
        let result = unsafe name.withPlatformString {
            unsafe linkat(
                AT_FDCWD,
                "/proc/self/fd/\(descriptor)",
                AT_FDCWD,
                $0,
                AT_SYMLINK_FOLLOW
            )
        }
        guard result == 0 else { throw Errno(rawValue: errno) }
    }

    private static func rename(_ name: FilePath, to target: FilePath) throws(Errno) {
        let result = unsafe name.withPlatformString { from in
            unsafe target.withPlatformString { to in unsafe Glibc.rename(from, to) }
        }
        guard result == 0 else { throw Errno(rawValue: errno) }
    }

    /// Renames to a name that must be free.
    private static func renameUnlessThere(
        _ name: FilePath,
        to target: FilePath
    ) throws(Errno) {
        // `renameat2` of the C library, whose module for Swift does not show it, with RENAME_NOREPLACE of <linux/fs.h>.
        typealias Call =
            @convention(c) (
                Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32
            ) -> Int32
        if let symbol = unsafe dlsym(nil, "renameat2") {
            let call = unsafe unsafeBitCast(symbol, to: Call.self)
            let result = unsafe name.withPlatformString { from in
                unsafe target.withPlatformString { to in
                    unsafe call(AT_FDCWD, from, AT_FDCWD, to, 1)
                }
            }
            if result == 0 { return }
            guard errno == EINVAL || errno == ENOSYS else { throw Errno(rawValue: errno) }
        }
        // File systems that cannot do that, of other machines above all, have links.
        let result = unsafe name.withPlatformString { from in
            unsafe target.withPlatformString { to in unsafe Glibc.link(from, to) }
        }
        guard result == 0 else { throw Errno(rawValue: errno) }
        _ = unsafe name.withPlatformString { unsafe unlink($0) }
    }

    private static func resolved(_ path: FilePath) -> FilePath? {
        guard let pointer = unsafe path.withPlatformString({ unsafe realpath($0, nil) }) else {
            return nil
        }
        defer { unsafe free(pointer) }
        return unsafe FilePath(platformString: pointer)
    }

    /// Bytes that may still be written to the file system of a folder.
    private static func freeBytes(at folder: FilePath) -> Int? {
        var status = statvfs()
        guard unsafe folder.withPlatformString({ unsafe statvfs($0, &status) }) == 0 else {
            return nil
        }
        let (bytes, overflow) = Int(clamping: status.f_bavail)
            .multipliedReportingOverflow(by: Int(clamping: status.f_frsize))
        return overflow ? .max : bytes
    }

    /// Makes the name last; some file systems cannot, and then there is nothing to gain.
    private static func synchronize(_ folder: FilePath) {
        let descriptor = unsafe folder.withPlatformString {
            unsafe open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        }
        guard descriptor >= 0 else { return }
        _ = fsync(descriptor)
        close(descriptor)
    }
}
