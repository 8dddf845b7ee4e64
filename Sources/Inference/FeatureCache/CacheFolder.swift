internal import Crypto
internal import FoundationEssentials
internal import Glibc
internal import SystemPackage

/// Where the files of a cache are: `index.sqlite`, `entries/ab/abcd….features`, and files that are being written in `partial`.
struct CacheFolder: Sendable, Hashable {
    /// The folder itself.
    let root: FilePath

    var index: FilePath { root.appending("index.sqlite") }
    var entries: FilePath { root.appending("entries") }
    private var partial: FilePath { root.appending("partial") }
    private var lock: FilePath { root.appending("lock") }

    /// After this long, nobody is writing a file any more.
    static let longestWrite = 3600.0
    private static let suffix = ".features"

    /// Where the features of a picture are.
    ///
    /// - Parameters:
    ///   - model: What made them.
    ///   - key: SHA-256 of the picture.
    /// - Returns: The file's path, whether it is there or not.
    func entry(model: String, key: [UInt8]) -> FilePath {
        let name = Hexadecimal.text(SHA256.hash(data: Array(model.utf8) + [0] + key))
        return entries.appending(String(name.prefix(2))).appending(name + Self.suffix)
    }

    // MARK: Making

    /// Makes the folders where they are not there, for their owner only.
    ///
    /// - Throws: ``FolderFault``.
    func make() throws(FolderFault) {
        do {
            try FileManager.default.createDirectory(
                atPath: root.string,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            // What the system says to a folder that is refused is found by asking it again.
            throw .system(Self.makeFolder(root) ?? .ioError)
        }
        var status = stat()
        let result = unsafe root.withPlatformString { unsafe stat($0, &status) }
        guard result == 0 else { throw .system(Errno(rawValue: errno)) }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw .system(.notDirectory) }
        // What others may write there would be believed.
        guard status.st_uid == geteuid() else { throw .foreign }
        if status.st_mode & 0o077 != 0 {
            _ = unsafe root.withPlatformString { unsafe chmod($0, 0o700) }
        }
        for folder in [entries, partial] {
            if let errno = Self.makeFolder(folder) { throw .system(errno) }
        }
        guard unsafe root.withPlatformString({ unsafe access($0, W_OK) }) == 0 else {
            throw .system(Errno(rawValue: errno))
        }
    }

    /// Makes a folder; one that is there is fine.
    private static func makeFolder(_ path: FilePath) -> Errno? {
        let result = unsafe path.withPlatformString { unsafe mkdir($0, 0o700) }
        let error = Errno(rawValue: errno)
        return result == 0 || error == .fileExists ? nil : error
    }

    /// Holds other processes off while the index is made anew.
    func alone<Result>(_ body: () throws -> Result) throws -> Result {
        let descriptor = try FileDescriptor.open(
            lock,
            .readWrite,
            options: [.create, .closeOnExec, .noFollow],
            permissions: [.ownerRead, .ownerWrite]
        )
        defer { try? descriptor.close() }
        while flock(descriptor.rawValue, LOCK_EX) != 0 {
            guard errno == EINTR else { throw Errno(rawValue: errno) }
        }
        return try body()
    }

    // MARK: Files

    /// Writes a file that appears whole or not at all.
    ///
    /// - Parameters:
    ///   - bytes: What it holds.
    ///   - path: Its place among the entries.
    /// - Throws: `Errno`.
    func write(_ bytes: [UInt8], to path: FilePath) throws(Errno) {
        let temporary = partial.appending("\(getpid())-\(UInt64.random(in: 0 ... .max))")
        do {
            let descriptor = try FileDescriptor.open(
                temporary,
                .writeOnly,
                options: [.create, .exclusiveCreate, .closeOnExec],
                permissions: [.ownerRead, .ownerWrite]
            )
            do {
                try descriptor.closeAfter { _ = try descriptor.writeAll(bytes) }
                if let errno = Self.makeFolder(path.removingLastComponent()) { throw errno }
                let result = unsafe temporary.withPlatformString { from in
                    unsafe path.withPlatformString { to in unsafe rename(from, to) }
                }
                guard result == 0 else { throw Errno(rawValue: errno) }
            } catch {
                Self.remove(temporary)
                throw error
            }
        } catch {
            throw error as? Errno ?? .ioError
        }
    }

    /// Removes a file; one that is not there is fine.
    ///
    /// - Returns: Whether it is gone.
    @discardableResult
    static func remove(_ path: FilePath) -> Bool {
        unsafe path.withPlatformString { unsafe unlink($0) } == 0 || errno == ENOENT
    }

    /// Removes what processes that were killed left behind.
    func removeAbandoned() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: partial.string)) ?? []
        for name in names {
            let path = partial.appending(name)
            if FileAge.seconds(path) > Self.longestWrite { Self.remove(path) }
        }
    }

    /// All files of entries, those that were written first at the beginning.
    func entryFiles() -> [FilePath] {
        let folders = (try? FileManager.default.contentsOfDirectory(atPath: entries.string)) ?? []
        var files: [(path: FilePath, age: Double)] = []
        for folder in folders {
            let folder = entries.appending(folder)
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.string)) ?? []
            for name in names where name.hasSuffix(Self.suffix) {
                let path = folder.appending(name)
                files.append((path, FileAge.seconds(path)))
            }
        }
        return files.sorted { ($1.age, $0.path.string) < ($0.age, $1.path.string) }.map(\.path)
    }
}

/// Why a folder is no place for a cache.
enum FolderFault: Error, Hashable {
    /// The system refuses.
    case system(Errno)
    /// It is another user's.
    case foreign
}

/// How long ago files were written.
enum FileAge {
    /// Seconds since a file was written; 0 for one that is not there.
    static func seconds(_ path: FilePath) -> Double {
        var status = stat()
        guard unsafe path.withPlatformString({ unsafe lstat($0, &status) }) == 0 else { return 0 }
        return Date().timeIntervalSince1970 - Double(status.st_mtim.tv_sec)
            - Double(status.st_mtim.tv_nsec) / 1e9
    }
}
