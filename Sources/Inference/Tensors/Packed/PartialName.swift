internal import FoundationEssentials
internal import Glibc
internal import SystemPackage

/// The names that a file has before it is whole: `.NAME.PROCESS-NUMBER.part` beside it.
///
/// Who writes holds a lock (`flock`) on the file, which the system opens when the process ends however it ends: a file of such a name
/// that nobody has locked was left behind by a process that was killed.
struct PartialName {
    /// What the file will be called.
    let target: FilePath
    /// Where it will be.
    let folder: FilePath

    private static let ending = ".part"

    init(of target: FilePath) {
        self.target = target
        let parent = target.removingLastComponent()
        folder = parent.isEmpty ? "." : parent
    }

    private var beginning: String { ".\(target.lastComponent?.string ?? "model")." }

    /// A name that no other file has.
    func make() -> FilePath {
        let number = UInt32.random(in: 0 ... .max)
        return folder.appending("\(beginning)\(getpid())-\(number)\(Self.ending)")
    }

    /// Opens a file and locks it: one without a name where the file system has such files and can name them later.
    ///
    /// - Parameter mode: Its permissions.
    /// - Returns: Its descriptor, and its name where it has one.
    /// - Throws: `Errno` of the call that failed.
    func open(_ mode: mode_t) throws(Errno) -> (Int32, FilePath?) {
        // O_TMPFILE of <fcntl.h>, a macro that Swift does not see.
        let unnamed = 0x40_0000 | O_DIRECTORY
        if unsafe access("/proc/self/fd", X_OK) == 0 {
            let descriptor = unsafe folder.withPlatformString {
                unsafe Glibc.open($0, unnamed | O_WRONLY | O_CLOEXEC, mode)
            }
            if descriptor >= 0 {
                _ = flock(descriptor, LOCK_EX)
                return (descriptor, nil)
            }
        }
        while true {
            let name = make()
            let descriptor = unsafe name.withPlatformString {
                unsafe Glibc.open($0, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
            }
            guard descriptor >= 0 else { throw Errno(rawValue: errno) }
            // Before it was locked, another process may have taken it for one that was left behind.
            _ = flock(descriptor, LOCK_EX)
            var status = stat()
            if unsafe fstat(descriptor, &status) == 0, status.st_nlink > 0 {
                return (descriptor, name)
            }
            close(descriptor)
        }
    }

    /// Removes files that were to become this one, and whose processes are gone.
    func removeAbandoned() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.string)) ?? []
        for name in names where isPartial(name) {
            let path = folder.appending(name)
            let descriptor = unsafe path.withPlatformString {
                unsafe Glibc.open($0, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
            }
            guard descriptor >= 0 else { continue }
            defer { close(descriptor) }
            var status = stat()
            guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
                flock(descriptor, LOCK_EX | LOCK_NB) == 0
            else { continue }
            _ = unsafe path.withPlatformString { unsafe unlink($0) }
        }
    }

    /// Whether ``make()`` gives such names.
    private func isPartial(_ name: String) -> Bool {
        guard name.hasPrefix(beginning), name.hasSuffix(Self.ending),
            name.utf8.count > beginning.utf8.count + Self.ending.utf8.count
        else { return false }
        let numbers = name.dropFirst(beginning.count).dropLast(Self.ending.count)
            .split(separator: "-", omittingEmptySubsequences: false)
        return numbers.count == 2
            && numbers.allSatisfy {
                !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) }
            }
    }
}
