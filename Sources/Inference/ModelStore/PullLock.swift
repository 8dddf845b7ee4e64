internal import Glibc
internal import SystemPackage

/// One pull of a model at a time: a lock on a file beside its folder, which the system opens when its holder dies.
final class PullLock {
    private let path: FilePath
    private let descriptor: Int32

    /// Takes the lock.
    ///
    /// - Throws: ``ModelStoreFault/busy(_:process:)`` when another pull holds it.
    init(_ path: FilePath, name: String) throws(ModelStoreFault) {
        self.path = path
        while true {
            let descriptor = unsafe path.withPlatformString {
                unsafe open($0, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
            }
            guard descriptor >= 0 else { throw DiskFault.last(path) }
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                close(descriptor)
                let words = SmallFile.read(path, limit: 64) ?? []
                throw .busy(name, process: Int(String(decoding: words, as: UTF8.self)))
            }
            // The holder before us removes the file: what we hold must be the one that others find.
            var held = stat()
            var named = stat()
            if unsafe fstat(descriptor, &held) == 0,
                unsafe path.withPlatformString({ unsafe stat($0, &named) }) == 0,
                held.st_ino == named.st_ino, held.st_dev == named.st_dev
            {
                self.descriptor = descriptor
                break
            }
            close(descriptor)
        }
        ftruncate(descriptor, 0)
        let words = Array("\(getpid())".utf8)
        _ = unsafe words.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
    }

    deinit {
        _ = unsafe path.withPlatformString { unsafe unlink($0) }
        close(descriptor)
    }
}
